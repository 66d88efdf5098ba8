#include "fuzz_decode.h"

static ay_decoder *open_csv(uint8_t options, uint32_t cap)
{
    static const ay_column names[] = {{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}};
    static const uint32_t keep_of[] = {1, UINT32_MAX, 0, UINT32_MAX};
    static const ay_keep keep = {.of = keep_of, .n = 2};
    const uint32_t n = 1 + (options >> 1) % 4;
    const ay_schema header = {.columns = names, .n = n};
    const ay_csv_options csv = {.delimiter = options & 0x10 ? ';' : 0,
                                .quote = options & 0x20 ? '\'' : 0,
                                .null_text = options & 0x40 ? "NULL" : NULL,
                                .expect_header = options & 0x80 ? &header : NULL,
                                .keep = n >= 3 ? &keep : NULL,
                                .ragged = options & 0x20};
    const ay_decode_limits limits = {.batch_cap = cap, .field_bytes = options & 8 ? 8 : 0};
    ay_decoder *d = NULL;
    if (ay_csv_open(n, &csv, limits, &d, NULL) != ASSAY_OK) abort();
    return d;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    return fuzz_cuts(open_csv, data, len);
}
