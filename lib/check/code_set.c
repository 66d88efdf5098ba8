#include "check/code_set.h"

#include "base/mem.h"
#include "base/word.h"

#define LINE 64
#define FREE UINT32_MAX

_Static_assert(sizeof(struct ay_code_bucket) == LINE, "a bucket is a cache line");

/* The code as a word: its bytes from the lowest on, the length in the highest where that is free. 0: empty, too long,
 * or its eighth byte could be a length. */
static uint64_t word_of(ay_str code)
{
    const size_t n = code.len;
    if (n - 1 >= 8) return 0;
    if (n == 8) return (unsigned char)code.ptr[7] < 8 ? 0 : ay_load64(code.ptr);
    return ay_load_few(code.ptr, n) | (uint64_t)n << 56;
}

static size_t place_of(const ay_code_set *set, uint64_t word)
{
    const uint64_t spread = word * UINT64_C(0x9E3779B97F4A7C15);
    return (spread ^ spread >> 32) & (set->cap - 1);
}

/* A bucket is full when its last word is one; only then a word may be in the next. */
static uint32_t find_word(const ay_code_set *set, uint64_t word)
{
    for (size_t i = place_of(set, word);; i = (i + 1) & (set->cap - 1)) {
        const struct ay_code_bucket *b = &set->buckets[i];
        size_t at = 0;
        for (size_t k = 0; k < AY_CODE_BUCKET; k++) at += (k + 1) * (b->words[k] == word);
        if (!b->words[AY_CODE_BUCKET - 1] || at) return b->values[at];
    }
}

static void put_word(ay_code_set *set, uint64_t word, uint32_t value)
{
    size_t i = place_of(set, word), k = 0;
    while (set->buckets[i].words[AY_CODE_BUCKET - 1]) i = (i + 1) & (set->cap - 1);
    while (set->buckets[i].words[k]) k++;
    set->buckets[i].words[k] = word;
    set->buckets[i].values[k + 1] = value;
    set->n++;
}

static bool grow(ay_code_set *set)
{
    ay_code_set wider = {.cap = set->cap ? set->cap * 2 : 4, .longer = set->longer};
    wider.block = ay_alloc_array(wider.cap + 1, LINE);
    if (!wider.block) return false;
    char *at = (char *)wider.block;
    wider.buckets = (struct ay_code_bucket *)(void *)(at + (LINE - (uintptr_t)at % LINE) % LINE);
    for (size_t i = 0; i < wider.cap; i++) wider.buckets[i].values[0] = FREE;
    for (size_t i = 0; i < set->cap; i++)
        for (size_t k = 0; k < AY_CODE_BUCKET && set->buckets[i].words[k]; k++)
            put_word(&wider, set->buckets[i].words[k], set->buckets[i].values[k + 1]);
    ay_free(set->block);
    *set = wider;
    return true;
}

bool ay_code_set_add(ay_code_set *set, ay_str code, uint32_t value, uint32_t *ret_existing)
{
    const uint64_t word = word_of(code);
    if (!word) return ay_set_add(&set->longer, code, value, ret_existing);
    if ((set->n + 1) * 5 > set->cap * AY_CODE_BUCKET * 2 && !grow(set)) return false;
    const uint32_t existing = find_word(set, word);
    if (ret_existing) *ret_existing = existing;
    if (existing == FREE) put_word(set, word, value);
    return true;
}

uint32_t ay_code_set_find(const ay_code_set *set, ay_str code)
{
    const uint64_t word = word_of(code);
    if (!word) return ay_set_find(&set->longer, code);
    return set->n ? find_word(set, word) : FREE;
}

void ay_code_set_fetch(const ay_code_set *set, ay_str code)
{
    const uint64_t word = word_of(code);
    if (set->n) __builtin_prefetch(&set->buckets[place_of(set, word)]);
}

void ay_code_set_free(ay_code_set *set)
{
    ay_free(set->block);
    ay_set_free(&set->longer);
    *set = (ay_code_set){0};
}
