/* YAML text to a tree with positions. yaml.c is the only file that sees yaml.h of libyaml. */
#ifndef AY_PACK_TREE_H
#define AY_PACK_TREE_H

#include "base/diag.h"

#define AY_TREE_DEPTH 32
#define AY_TREE_NODES 200000 /* keys included, aliases expanded */
#define AY_TREE_BYTES (1024 * 1024)

/* Read one document. `file` must live as long as the arena. Every fault goes to diags; *ret_root is NULL when the text
 * could not be read to its end, and holds the tree when there were only faults that leave a tree (duplicate keys, tags,
 * merge keys). Fails only with ENOMEM. */
assay_status ay_tree_read(ay_arena *arena, const char *file, ay_str bytes, assay_diags *diags, const ay_node **ret_root,
                          assay_err *err);

#endif
