#include <xxhash.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/word.h"

uint64_t ay_hash64(ay_str s)
{
    return XXH3_64bits(s.len ? s.ptr : "", s.len);
}

void ay_hash128(ay_str s, unsigned char ret[16])
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(s.len ? s.ptr : "", s.len));
    memcpy(ret, canonical.digest, sizeof canonical.digest);
}

void ay_hash128_keyed(ay_str s, const unsigned char *secret, size_t secret_len, uint64_t *ret_high, uint64_t *ret_low)
{
    const XXH128_hash_t h = XXH3_128bits_withSecret(s.len ? s.ptr : "", s.len, secret, secret_len);
    *ret_high = h.high64;
    *ret_low = h.low64;
}

/* The slot that holds the key, or the free one where it belongs. */
static struct ay_set_slot *slot_of(const ay_set *set, ay_str key, uint64_t hash)
{
    size_t i = hash & (set->cap - 1);
    while (set->slots[i].used && (set->slots[i].hash != hash || !ay_word_eq(set->slots[i].key, key)))
        i = (i + 1) & (set->cap - 1);
    return &set->slots[i];
}

static bool grow(ay_set *set)
{
    ay_set wider = {.n = set->n, .cap = set->cap ? set->cap * 2 : 16};
    wider.slots = AY_NEW_ARRAY(wider.cap, struct ay_set_slot);
    if (!wider.slots) return false;
    for (size_t i = 0; i < set->cap; i++)
        if (set->slots[i].used) *slot_of(&wider, set->slots[i].key, set->slots[i].hash) = set->slots[i];
    ay_free(set->slots);
    *set = wider;
    return true;
}

bool ay_set_add(ay_set *set, ay_str key, uint32_t value, uint32_t *ret_existing)
{
    if ((set->n + 1) * 3 > set->cap * 2 && !grow(set)) return false;
    const uint64_t hash = ay_hash64(key);
    struct ay_set_slot *slot = slot_of(set, key, hash);
    if (ret_existing) *ret_existing = slot->used ? slot->value : UINT32_MAX;
    if (slot->used) return true;
    *slot = (struct ay_set_slot){key, hash, value, true};
    set->n++;
    return true;
}

uint32_t ay_set_find(const ay_set *set, ay_str key)
{
    if (set->n == 0) return UINT32_MAX;
    const struct ay_set_slot *slot = slot_of(set, key, ay_hash64(key));
    return slot->used ? slot->value : UINT32_MAX;
}

void ay_set_free(ay_set *set)
{
    ay_free(set->slots);
    *set = (ay_set){0};
}
