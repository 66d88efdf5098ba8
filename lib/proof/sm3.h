/* SM3 (GB/T 32905-2016) of many messages at once: one message a lane, as many lanes as a vector register has words.
 * For digest.c, its tests and the benchmark. */
#ifndef AY_PROOF_SM3_H
#define AY_PROOF_SM3_H

#include "proof/digest.h"

#define AY_SM3_BLOCK     64
#define AY_SM3_LANES_MAX 16

extern const uint32_t ay_sm3_constants[64]; /* T_j, already turned left by j bits */

/* The compression function over `lanes` states side by side: word i of lane l is state[i * lanes + l], and so it is
 * with the 16 words that each lane takes in. Both are aligned to 64 bytes. */
typedef struct ay_sm3_kernel {
    const char *name;
    uint32_t lanes;
    void (*load)(uint32_t *words, const unsigned char *const *blocks); /* the words of a block (any alignment) a lane */
    void (*absorb)(uint32_t *state, const uint32_t *words);
    void (*store)(const uint32_t *state, unsigned char *const *digests); /* a digest a lane */
} ay_sm3_kernel;

extern const ay_sm3_kernel ay_sm3_plain; /* one lane, C without vectors: runs everywhere */

/* The kernels this machine can run, from one lane upwards; NULL past the last. */
const ay_sm3_kernel *ay_sm3_kernel_at(size_t i);
const ay_sm3_kernel *ay_sm3_widest(void);

/* Where a message starts: the state after `bytes` bytes, a multiple of the block. */
typedef struct ay_sm3_start {
    uint32_t words[8];
    uint64_t bytes;
} ay_sm3_start;

extern const ay_sm3_start ay_sm3_initial;

void ay_sm3_start_behind(const unsigned char *block, ay_sm3_start *ret); /* the state after one block */

/* ret[i] = SM3 of what is in the start and messages[i]. The bodies may lie in ret, each in its own element. */
void ay_sm3_batch(const ay_sm3_kernel *kernel, const ay_sm3_start *start, const ay_message *messages, size_t n,
                  ay_digest *ret);
/* ret[i] = SM3 of what is in `outer` and the SM3 of what is in `inner` and messages[i]: HMAC. */
void ay_sm3_mac_batch(const ay_sm3_kernel *kernel, const ay_sm3_start *inner, const ay_sm3_start *outer,
                      const ay_message *messages, size_t n, ay_digest *ret);
/* ret[i] = SM3 of 01, children[2 i] and children[2 i + 1]: nodes of a Merkle tree. ret may be children. */
void ay_sm3_nodes(const ay_sm3_kernel *kernel, const ay_digest *children, size_t n, ay_digest *ret);

#endif
