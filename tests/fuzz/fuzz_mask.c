/* A text through the gate with every mask: what comes out is text, shows no more than the mask allows, and is the same
 * whenever it is asked for. The bytes are also read as a key. The first two bytes choose head and tail. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "run/mask.h"

static const ay_secret key = {{1, 2, 3}};

static void put(ay_level level, ay_mask mask, ay_str text, ay_buf *out)
{
    const ay_field field = {.name = "v", .level = level, .mask = mask, .standard = "s"};
    const ay_dataset dataset = {.name = "d", .fields = &field, .n_fields = 1};
    ay_secret own = key;
    const ay_gate gate = {.pseudonym_key = &own};
    ay_buf_clear(out);
    ay_gate_put(&gate, (ay_leaving){&dataset, 0, NULL}, text, out);
    if (out->failed || ay_utf8_valid(ay_buf_view(out)) != out->len) abort();
}

/* Behind the stars nothing, or what the value ends with; before them what it begins with. */
static size_t check_shown(ay_str text, ay_str shown)
{
    size_t head = 0, tail = 0;
    while (head < shown.len && shown.ptr[head] != '*') head++;
    while (tail < shown.len && shown.ptr[shown.len - 1 - tail] != '*') tail++;
    if (head == shown.len || head > text.len || tail > text.len) abort();
    if (head && memcmp(shown.ptr, text.ptr, head) != 0) abort();
    if (tail && memcmp(shown.ptr + shown.len - tail, text.ptr + text.len - tail, tail) != 0) abort();
    return ay_utf8_length(ay_str_slice(shown, 0, head)) +
           ay_utf8_length(ay_str_slice(shown, shown.len - tail, shown.len));
}

static void try_masks(uint8_t head, uint8_t tail, ay_str text)
{
    const ay_mask masks[] = {
        {AY_MASK_BY_LEVEL, 0, 0},  {AY_MASK_ALL, 0, 0},   {AY_MASK_ENDS, head % 100, tail % 100},
        {AY_MASK_PSEUDONYM, 0, 0}, {AY_MASK_EMAIL, 0, 0}, {AY_MASK_ADDRESS, 0, 0},
    };
    ay_buf one = {0}, two = {0};
    const bool has_stars = text.len && memchr(text.ptr, '*', text.len);
    for (size_t i = 0; i < AY_COUNT(masks); i++) {
        put(AY_PERSONAL, masks[i], text, &one);
        put(AY_PERSONAL, masks[i], text, &two);
        if (!ay_str_eq(ay_buf_view(&one), ay_buf_view(&two))) abort();
        if (masks[i].form == AY_MASK_PSEUDONYM && one.len != 34) abort();
        if (masks[i].form == AY_MASK_PSEUDONYM || has_stars) continue;
        const size_t shown = check_shown(text, ay_buf_view(&one));
        if (masks[i].form <= AY_MASK_ENDS && shown * 2 > ay_utf8_length(text)) abort();
    }
    put(AY_INTERNAL, masks[0], text, &one);
    if (!ay_str_eq(ay_buf_view(&one), text)) abort();
    ay_buf_free(&one);
    ay_buf_free(&two);
}

/* Read again from what it was read as. */
static void try_key(ay_str text)
{
    ay_secret first, second;
    char hex[2 * AY_SECRET_BYTES];
    if (!ay_secret_parse(text, &first)) return;
    for (size_t i = 0; i < AY_SECRET_BYTES; i++) {
        hex[2 * i] = "0123456789ABCDEF"[first.bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789ABCDEF"[first.bytes[i] & 15];
    }
    if (!ay_secret_parse((ay_str){hex, sizeof hex}, &second) || memcmp(&first, &second, sizeof first) != 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len < 2) return 0;
    const ay_str bytes = {(const char *)data + 2, len - 2};
    try_key(bytes);
    try_masks(data[0], data[1] ? data[1] : 1, ay_str_slice(bytes, 0, ay_utf8_valid(bytes)));
    return 0;
}
