#include "fuzz_decode.h"

/* Groups of columns, so that every type is met with few bytes. */
static ay_decoder *open_copybin(uint8_t options, uint32_t cap)
{
    static const ay_type groups[8][3] = {{AY_TEXT, AY_INT, AY_BOOL},    {AY_DEC, AY_DEC, AY_DEC},
                                         {AY_DATE, AY_TIME, AY_TIMETZ}, {AY_TIMESTAMP, AY_TIMESTAMPTZ, AY_INTERVAL},
                                         {AY_UUID, AY_BYTES, AY_FLOAT}, {AY_JSON, AY_JSONB, AY_TEXT},
                                         {AY_INT, AY_FLOAT, AY_DATE},   {AY_DEC, AY_TEXT, AY_INT}};
    const uint32_t n = (options >> 4) % 4;
    const ay_decode_limits limits = {.batch_cap = cap, .field_bytes = options & 0x40 ? 16 : 0};
    ay_decoder *d = NULL;
    if (ay_copybin_open(groups[(options >> 1) % 8], n, limits, &d, NULL) != ASSAY_OK) abort();
    return d;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    return fuzz_cuts(open_copybin, data, len);
}
