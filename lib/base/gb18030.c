#include "base/gb18030.h"

#include "base/mem.h"
#include "base/utf8.h"

/* The characters of two bytes, in order. */
static const struct {
    uint32_t from, to;
} doubles[] = {
#include "base/gb18030_ranges.h"
};

static bool is_double(uint32_t cp)
{
    size_t low = 0, high = AY_COUNT(doubles);
    if (cp >= 0x4e00 && cp <= 0x9fa5) return true;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (doubles[middle].from <= cp) low = middle + 1;
        else high = middle;
    }
    return low && cp <= doubles[low - 1].to;
}

size_t ay_gb18030_length(ay_str s)
{
    size_t n = 0;
    for (size_t at = 0; at < s.len;) {
        const uint32_t cp = ay_utf8_next(s, &at);
        n += cp < 0x80 ? 1 : is_double(cp) ? 2 : 4;
    }
    return n;
}
