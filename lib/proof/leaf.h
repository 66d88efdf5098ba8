/* Leaves: what of a record stands in the snapshot tree. SPEC.md says byte for byte what is hashed.
 *
 * kh orders the tree and tells nothing of the record without the index key; the salt keeps whoever sees a leaf from
 * guessing the record, and is given to an auditor for one record at a time. */
#ifndef AY_PROOF_LEAF_H
#define AY_PROOF_LEAF_H

#include "proof/digest.h"

#define AY_KH_SIZE       16
#define AY_SALT_SIZE     16
#define AY_LEAF_KEY_SIZE 32

/* As a leaf file has it: 48 bytes, in the order of memcmp. */
typedef struct ay_leaf {
    unsigned char kh[AY_KH_SIZE];
    ay_digest hash;
} ay_leaf;
_Static_assert(sizeof(ay_leaf) == 48, "rows of the leaf file are written as they lie in memory");

typedef struct ay_salt {
    unsigned char bytes[AY_SALT_SIZE];
} ay_salt;

typedef struct ay_leaf_options {
    ay_str dataset; /* the name, at most 65535 bytes */
    uint32_t epoch; /* of the salt key */
    unsigned char index_key[AY_LEAF_KEY_SIZE], salt_key[AY_LEAF_KEY_SIZE];
} ay_leaf_options;

typedef struct ay_leaf_maker ay_leaf_maker; /* one thread at a time */

/* The hasher is borrowed, dataset and keys are copied. Errors: ENOMEM, EUSAGE (the name is too long), EINTERNAL. */
assay_status ay_leaf_maker_open(ay_hasher *hasher, const ay_leaf_options *options, ay_leaf_maker **ret, assay_err *err);
ay_leaf_maker *ay_leaf_maker_free(ay_leaf_maker *maker); /* wipes the keys */

/* Canonical records: keys[i] is the record of the key fields, records[i] that of all fields; where a dataset has no
 * key, the two are the same. */
typedef struct ay_leaf_batch {
    const ay_str *keys, *records;
    size_t n;
} ay_leaf_batch;

/* ret_salts may be NULL. Nothing is allocated. */
assay_status ay_leaf_make(ay_leaf_maker *maker, const ay_leaf_batch *batch, ay_leaf *ret, ay_salt *ret_salts,
                          assay_err *err);

/* The leaf of a record whose kh and salt were disclosed: needs no key. */
assay_status ay_leaf_hash(ay_hasher *hasher, const unsigned char kh[AY_KH_SIZE], const ay_salt *salt, ay_str record,
                          ay_digest *ret, assay_err *err);

#endif
