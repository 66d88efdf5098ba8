/* Diagnostics of a pack: all of them are collected and reported in one go. */
#ifndef AY_BASE_DIAG_H
#define AY_BASE_DIAG_H

#include "assay/pack.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/node.h"

/* Append one diagnostic. `code` is a short stable word such as "unknown-key" (lower case, hyphens), static.
 * Running out of memory is remembered in the list and reported by whoever closes it. */
void ay_diag_add(assay_diags *diags, assay_level level, const char *code, ay_pos pos, const char *en, const char *zh,
                 ...) __attribute__((format(printf, 5, 7), format(printf, 6, 7)));

#define ay_diag_error(diags, code, pos, ...) ay_diag_add((diags), ASSAY_LEVEL_ERROR, (code), (pos), __VA_ARGS__)
#define ay_diag_warn(diags, code, pos, ...)  ay_diag_add((diags), ASSAY_LEVEL_WARNING, (code), (pos), __VA_ARGS__)

size_t ay_diags_errors(const assay_diags *diags);      /* how many are errors */
bool ay_diags_out_of_memory(const assay_diags *diags); /* a diagnostic was lost: whoever closes the list fails */
/* A file is being loaded: its diagnostics come behind those of the files named before. A file never named so counts as
 * loaded at its first diagnostic. */
void ay_diags_file(assay_diags *diags, const char *file);

/* The nearest of the n words to `text` (Damerau-Levenshtein, at most a third of the length away), or NULL. */
const char *ay_nearest(ay_str text, const char *const *words, size_t n);

/* "unknown key 'treshold', did you mean 'threshold'?" with the position of the node's key. */
void ay_diag_unknown(assay_diags *diags, const char *code, ay_pos pos, const char *what_en, const char *what_zh,
                     ay_str text, const char *const *words, size_t n);

#endif
