/* What a run log holds, found by reading all of it. */
#ifndef AY_PROOF_LOG_INDEX_H
#define AY_PROOF_LOG_INDEX_H

#include "base/buf.h"
#include "proof/digest.h"
#include "proof/snapshot.h"

#define AY_LOG_HEAD        "ASSAYLG\x01"
#define AY_LOG_HEAD_BYTES  8
#define AY_LOG_ENTRY_BYTES ((size_t)16 << 20)
#define AY_LOG_FRAME_BYTES (4 + 2 * AY_DIGEST_SIZE) /* around an entry: its length, its two leaf hashes */
#define AY_LOG_ALGS        2

/* An entry: u32 length ‖ bytes ‖ SM3 leaf hash ‖ SHA-256 leaf hash. */
typedef struct ay_log_entry {
    uint64_t at; /* of its bytes in the file */
    uint32_t len;
    ay_digest hash[AY_LOG_ALGS]; /* by ay_alg */
} ay_log_entry;

typedef struct ay_log_index {
    ay_log_entry *entries;
    uint64_t n, cap;
    uint64_t end; /* behind the last whole entry; what follows is none */
} ay_log_index;

/* The frame of an entry, its hashes computed. */
assay_status ay_log_frame(ay_hasher *const hashers[AY_LOG_ALGS], ay_str data, ay_buf *out, ay_log_entry *ret,
                          assay_err *err);
assay_status ay_log_index_add(ay_log_index *index, const ay_log_entry *entry, assay_err *err);
/* Entries up to the first place that holds none: a length of nothing, of too much or of more than there is, or hashes
 * that are not those of the bytes. EFORMAT: this is no run log, or one of another version. */
assay_status ay_log_scan(const ay_source_at *source, uint64_t size, ay_hasher *const hashers[AY_LOG_ALGS],
                         ay_log_index *ret, assay_err *err);
void ay_log_index_free(ay_log_index *index);

#endif
