/* From leaves in order to the root of a snapshot tree, and the rows of its bucket table. For snapshot_*.c. */
#ifndef AY_PROOF_SNAPSHOT_ROOT_H
#define AY_PROOF_SNAPSHOT_ROOT_H

#include "proof/snapshot.h"

typedef struct ay_root_builder ay_root_builder;

/* The options are borrowed; their b is not looked at. */
assay_status ay_root_builder_open(const ay_snapshot_options *options, uint32_t b, ay_root_builder **ret,
                                  assay_err *err);
ay_root_builder *ay_root_builder_free(ay_root_builder *builder);
assay_status ay_root_builder_take(void *builder, const ay_leaf *leaves, size_t n, assay_err *err); /* a leaf taker */
assay_status ay_root_builder_end(ay_root_builder *builder, ay_snapshot_head *ret, assay_err *err);

/* The head that the leaf file gives, and with it the bucket table, to the options' sink; of files->head only the count
 * is looked at. EFORMAT: the leaves are not in order. */
assay_status ay_snapshot_rebuild(const ay_snapshot_files *files, const ay_snapshot_options *options,
                                 ay_snapshot_head *ret, assay_err *err);

void ay_bucket_row_put(unsigned char *to, uint32_t bucket, uint64_t count, const ay_digest *root);
/* What stands in the upper tree for n rows that lie one after another. */
assay_status ay_bucket_row_hash(ay_hasher *hasher, const unsigned char *rows, size_t n, ay_message *scratch,
                                ay_digest *ret, assay_err *err);

/* Whether the paths of a proof lead to the root, for who made it from the files and has no records. */
assay_status ay_snapshot_check_paths(ay_hasher *hasher, const ay_snapshot_head *head, const ay_snapshot_proof *proof,
                                     assay_err *err);

#endif
