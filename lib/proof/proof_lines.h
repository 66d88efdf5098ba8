/* Lines of proofs: a word and a value, and hashes. */
#ifndef AY_PROOF_PROOF_LINES_H
#define AY_PROOF_PROOF_LINES_H

#include "base/arena.h"
#include "base/buf.h"
#include "proof/digest.h"

/* What follows `word` and a space in the next line; false, and nothing is taken: it begins otherwise. */
bool ay_field_take(ay_str *rest, const char *word, ay_str *ret);
bool ay_hash_take(ay_str base64, ay_digest *ret);
void ay_hash_put(const ay_digest *hash, ay_buf *out); /* with its line feed */
/* Base64 as bytes in the arena; *ret_nomem tells the two falses apart. */
bool ay_blob_take(ay_str base64, ay_arena *arena, ay_str *ret, bool *ret_nomem);

#endif
