/* Cryptographic digests, the one layer of them: SM3 (GB/T 32905) and SHA-256, one message, a stream of pieces or a
 * batch of messages, and HMAC (RFC 2104) over either. All from OpenSSL's libcrypto, except that SM3 of a batch may come
 * from this library's own code (sm3.h), which gives the same bytes several times faster. */
#ifndef AY_PROOF_DIGEST_H
#define AY_PROOF_DIGEST_H

#include "base/err.h"
#include "base/str.h"

#define AY_DIGEST_SIZE 32

typedef struct ay_digest {
    unsigned char bytes[AY_DIGEST_SIZE];
} ay_digest;

typedef enum ay_alg { AY_SM3, AY_SHA256 } ay_alg;

/* Who computes the SM3 of batches. Where a certified product is asked for, that is libcrypto with its module: EVP. */
typedef enum ay_provider { AY_PROVIDER_EVP, AY_PROVIDER_LANES } ay_provider;

/* head ‖ body, so that nobody has to copy records behind their prefixes. Borrowed. */
typedef struct ay_message {
    ay_str head, body;
} ay_message;

/* The only door for digests that come from outside: false unless these are 32 bytes. */
bool ay_digest_from(ay_str bytes, ay_digest *ret);
static inline bool ay_digest_eq(const ay_digest *a, const ay_digest *b)
{
    return memcmp(a->bytes, b->bytes, AY_DIGEST_SIZE) == 0;
}

/* ---- Hashing: one thread at a time ---- */

typedef struct ay_hasher ay_hasher;

/* The provider matters for AY_SM3 only. Errors: ENOMEM, ESOURCE (libcrypto does not offer the algorithm). */
assay_status ay_hasher_open(ay_alg alg, ay_provider provider, ay_hasher **ret, assay_err *err);
ay_hasher *ay_hasher_free(ay_hasher *hasher);
ay_alg ay_hasher_alg(const ay_hasher *hasher);

/* A stream. Between begin and end nothing else may be asked of the hasher. Always libcrypto. */
assay_status ay_hasher_begin(ay_hasher *hasher, assay_err *err);
assay_status ay_hasher_put(ay_hasher *hasher, ay_str piece, assay_err *err);
assay_status ay_hasher_end(ay_hasher *hasher, ay_digest *ret, assay_err *err);

/* ret[i] = H(messages[i]). The bodies may lie in ret, each in its own element. Allocates nothing of its own. */
assay_status ay_hash(ay_hasher *hasher, const ay_message *messages, size_t n, ay_digest *ret, assay_err *err);

/* ret[i] = H(01 ‖ children[2 i] ‖ children[2 i + 1]), the node of a Merkle tree above them. ret may be children. */
assay_status ay_hash_nodes(ay_hasher *hasher, const ay_digest *children, size_t n, ay_digest *ret, assay_err *err);

/* ---- HMAC: the two keyed states are computed once ---- */

typedef struct ay_mac ay_mac;

/* The hasher is borrowed. A key longer than a block is hashed first, as RFC 2104 has it. */
assay_status ay_mac_open(ay_hasher *hasher, ay_str key, ay_mac **ret, assay_err *err);
ay_mac *ay_mac_free(ay_mac *mac); /* the key's traces are wiped */
assay_status ay_mac_compute(ay_mac *mac, const ay_message *messages, size_t n, ay_digest *ret, assay_err *err);

/* SHA-256 over a sequence of pieces; hex is lower case and zero-terminated. */
assay_status ay_sha256_hex(const ay_str *pieces, size_t n, char ret_hex[65], assay_err *err);

#endif
