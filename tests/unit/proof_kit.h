/* What the tests of the proof layer share: the ways to hash, hex, random bytes. Include after cmocka.h. */
#ifndef AY_TESTS_PROOF_KIT_H
#define AY_TESTS_PROOF_KIT_H

#include "base/mem.h"
#include "proof/digest.h"

static const struct way {
    const char *label;
    ay_alg alg;
    ay_provider provider;
} ways[] = {{"sm3 evp", AY_SM3, AY_PROVIDER_EVP},
            {"sm3 lanes", AY_SM3, AY_PROVIDER_LANES},
            {"sha256 evp", AY_SHA256, AY_PROVIDER_EVP}};

static inline ay_hasher *open_hasher(const struct way *way)
{
    ay_hasher *hasher = NULL;
    assay_err err = {0};
    if (ay_hasher_open(way->alg, way->provider, &hasher, &err) != ASSAY_OK) fail_msg("%s: %s", way->label, err.text);
    return hasher;
}

static inline void assert_hex(const char *label, const void *bytes, size_t n, const char *want)
{
    char got[2 * 64 + 1] = "";
    for (size_t i = 0; i < n; i++) (void)snprintf(got + 2 * i, 3, "%02x", ((const unsigned char *)bytes)[i]);
    if (strcmp(got, want) != 0) fail_msg("%s: %s instead of %s", label, got, want);
}

static inline uint64_t next_random(uint64_t *state) /* xorshift64* */
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static inline void fill_random(void *bytes, size_t n, uint64_t *state)
{
    for (size_t i = 0; i < n; i++) ((unsigned char *)bytes)[i] = (unsigned char)(next_random(state) >> 56);
}

#endif
