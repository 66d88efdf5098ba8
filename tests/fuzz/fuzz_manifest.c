/* Any bytes as a manifest: refused with a reason, or written again to the same bytes. */
#include <stdlib.h>

#include "proof/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const ay_str bytes = {(const char *)data, len};
    ay_arena arena = {0};
    ay_buf again = {0};
    assay_err err = {0};
    ay_manifest manifest;
    const assay_status st = ay_manifest_take(bytes, &arena, &manifest, &err);
    require(st == ASSAY_OK || (err.text[0] && err.text_zh[0]));
    if (st == ASSAY_OK) {
        require(ay_manifest_put(&manifest, &again, NULL) == ASSAY_OK);
        require(ay_str_eq(ay_buf_view(&again), bytes));
    }
    ay_buf_free(&again);
    ay_arena_free(&arena);
    return 0;
}
