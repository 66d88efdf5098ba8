/* A text as an RFC 6962 tree of its lines: each line with its line feed is a leaf, and so is what follows the last line
 * feed, if anything does. Every byte of the text is bound, and one line can be proved without the others. */
#ifndef AY_PROOF_LINE_TREE_H
#define AY_PROOF_LINE_TREE_H

#include "proof/merkle.h"

typedef struct ay_line_tree ay_line_tree; /* one thread at a time */

assay_status ay_line_tree_open(ay_alg alg, ay_provider provider, ay_line_tree **ret, assay_err *err);
ay_line_tree *ay_line_tree_free(ay_line_tree *tree); /* takes NULL, returns NULL */
/* The next piece of the text, cut anywhere. Memory does not depend on how long a line is. */
assay_status ay_line_tree_put(ay_line_tree *tree, ay_str piece, assay_err *err);
/* Root and number of lines. The tree is empty afterwards, ready for the next text. */
assay_status ay_line_tree_end(ay_line_tree *tree, ay_merkle_head *ret, assay_err *err);

#endif
