/* Any bytes as the proof for a record: refused with a reason, or written again to the same bytes; and without a key it
 * never holds. */
#include <stdlib.h>

#include "proof/proof_file.h"

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
    ay_proof proof;
    ay_proof_facts facts;
    const assay_status st = ay_proof_take(bytes, &arena, &proof, &err);
    require(st == ASSAY_OK || (err.text[0] && err.text_zh[0]));
    if (st == ASSAY_OK) {
        require(ay_proof_put(&proof, &again, NULL) == ASSAY_OK);
        require(ay_str_eq(ay_buf_view(&again), bytes));
        require(ay_proof_check(&proof, NULL, 0, &arena, &facts, &err) != ASSAY_OK && err.text[0]);
    }
    ay_buf_free(&again);
    ay_arena_free(&arena);
    return 0;
}
