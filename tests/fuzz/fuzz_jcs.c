/* Any text as JSON: refused with a reason, or written in a canonical form that reads back to the same form, and that
 * the record layer takes for JSON too. The first byte chooses how numbers are written. */
#include <stdlib.h>

#include "proof/jcs.h"
#include "record/json_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool ok)
{
    if (!ok) abort();
}

/* False: refused. */
static bool canonical(ay_str text, ay_jcs_numbers numbers, ay_buf *out)
{
    ay_arena arena = {0};
    assay_err err = {0};
    const ay_jcs *value;
    assay_status st = ay_jcs_read(text, 64, &arena, &value, &err);
    if (st == ASSAY_OK) {
        require(ay_json_valid(text));
        out->max = 1 << 20; /* a short number may have many zeros */
        st = ay_jcs_write(value, numbers, out, &err);
    }
    require(st == ASSAY_OK || (err.text[0] && err.text_zh[0]));
    ay_arena_free(&arena);
    return st == ASSAY_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0) return 0;
    const ay_jcs_numbers numbers = data[0] & 1 ? AY_JCS_EXACT : AY_JCS_DOUBLES;
    ay_buf once = {0}, twice = {0};
    if (canonical((ay_str){(const char *)data + 1, len - 1}, numbers, &once)) {
        require(canonical(ay_buf_view(&once), numbers, &twice));
        require(ay_str_eq(ay_buf_view(&once), ay_buf_view(&twice)));
    }
    ay_buf_free(&once);
    ay_buf_free(&twice);
    return 0;
}
