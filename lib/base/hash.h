/* XXH3, the only file pair that sees xxhash.h: hash maps, partitioning, fingerprints. Never evidence. */
#ifndef AY_BASE_HASH_H
#define AY_BASE_HASH_H

#include "base/str.h"

uint64_t ay_hash64(ay_str s);
void ay_hash128(ay_str s, unsigned char ret[16]); /* XXH3-128, seed 0, in its canonical form: big-endian */

/* XXH3-128 under a secret of at least 136 random bytes: who does not know it cannot find two texts that agree. */
void ay_hash128_keyed(ay_str s, const unsigned char *secret, size_t secret_len, uint64_t *ret_high, uint64_t *ret_low);

/* An open-addressing set of strings, built once and then only read (missing words, code lists, value lists, names).
 * Strings are borrowed. Lookups are thread-safe once building is over. */
typedef struct ay_set {
    struct ay_set_slot {
        ay_str key;
        uint64_t hash;
        uint32_t value;
        bool used;
    } * slots;
    size_t n, cap; /* cap is a power of two, or 0 */
} ay_set;

/* Adds key -> value; *ret_existing (may be NULL) becomes the value already there, or UINT32_MAX when it was new.
 * An existing value is kept. False: out of memory. */
bool ay_set_add(ay_set *set, ay_str key, uint32_t value, uint32_t *ret_existing);
uint32_t ay_set_find(const ay_set *set, ay_str key); /* the value, or UINT32_MAX */
void ay_set_free(ay_set *set);

#endif
