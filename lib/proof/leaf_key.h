/* The two keys of leaves, from one secret file: SPEC.md, "Keys". */
#ifndef AY_PROOF_LEAF_KEY_H
#define AY_PROOF_LEAF_KEY_H

#include "proof/leaf.h"
#include "proof/secret.h"

/* Sets index_key, salt_key and epoch. Errors: ENOMEM, ESOURCE. */
assay_status ay_leaf_keys(const ay_secret *secret, uint32_t epoch, ay_leaf_options *ret, assay_err *err);
void ay_leaf_keys_wipe(ay_leaf_options *options);

#endif
