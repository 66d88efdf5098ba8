#include "check/code_set.h"

#include "base/mem.h"

#define SHORT 8
#define FREE  UINT32_MAX

/* The bytes of a short code as one word. Only its own bytes are read: two loads that overlap where it is no power of
 * two. Which byte comes first does not matter, as the same machine makes and compares the words. */
static uint64_t word_of(ay_str code)
{
    const size_t n = code.len;
    if (n >= 4) {
        uint32_t head, tail;
        memcpy(&head, code.ptr, 4);
        memcpy(&tail, code.ptr + n - 4, 4);
        return head | (uint64_t)tail << 32;
    }
    if (n == 0) return 0;
    const unsigned char *at = (const unsigned char *)code.ptr;
    return at[0] | (uint64_t)at[n / 2] << 8 | (uint64_t)at[n - 1] << 16;
}

/* The slot that holds the code, or the free one where it belongs. */
static struct ay_code_slot *slot_of(const ay_code_set *set, uint64_t word, uint32_t len)
{
    const uint64_t spread = (word ^ len) * UINT64_C(0x9E3779B97F4A7C15);
    size_t i = (spread ^ spread >> 32) & (set->cap - 1);
    while (set->slots[i].value != FREE && (set->slots[i].word != word || set->slots[i].len != len))
        i = (i + 1) & (set->cap - 1);
    return &set->slots[i];
}

static bool grow(ay_code_set *set)
{
    ay_code_set wider = {.n = set->n, .cap = set->cap ? set->cap * 2 : 16, .longer = set->longer};
    wider.slots = AY_NEW_ARRAY(wider.cap, struct ay_code_slot);
    if (!wider.slots) return false;
    for (size_t i = 0; i < wider.cap; i++) wider.slots[i].value = FREE;
    for (size_t i = 0; i < set->cap; i++) {
        const struct ay_code_slot *old = &set->slots[i];
        if (old->value != FREE) *slot_of(&wider, old->word, old->len) = *old;
    }
    ay_free(set->slots);
    *set = wider;
    return true;
}

bool ay_code_set_add(ay_code_set *set, ay_str code, uint32_t value, uint32_t *ret_existing)
{
    if (code.len > SHORT) return ay_set_add(&set->longer, code, value, ret_existing);
    if ((set->n + 1) * 2 > set->cap && !grow(set)) return false;
    const uint64_t word = word_of(code);
    struct ay_code_slot *slot = slot_of(set, word, (uint32_t)code.len);
    if (ret_existing) *ret_existing = slot->value;
    if (slot->value != FREE) return true;
    *slot = (struct ay_code_slot){word, value, (uint32_t)code.len};
    set->n++;
    return true;
}

uint32_t ay_code_set_find(const ay_code_set *set, ay_str code)
{
    if (code.len > SHORT) return ay_set_find(&set->longer, code);
    return set->n ? slot_of(set, word_of(code), (uint32_t)code.len)->value : FREE;
}

void ay_code_set_free(ay_code_set *set)
{
    ay_free(set->slots);
    ay_set_free(&set->longer);
    *set = (ay_code_set){0};
}
