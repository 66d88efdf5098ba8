/* The expression language: a typed subset of SQL's boolean expressions with PostgreSQL's answers.
 * Compiled once (immutable, shared by threads), evaluated over columns by one ay_eval a thread.
 *
 * Where it says more, or something else, than PostgreSQL:
 * - Integers have 64 bits, decimals 38 digits; what leaves them, and division by zero, is unreadable, as an error
 * there.
 * - Unreadable goes before null: `null + unreadable` and `unreadable is null` are unreadable. `and`, `or`, `in` and
 *   `between` are decided by any operand that can decide them, in whatever order they are written.
 * - Text is compared by its bytes (COLLATE "C"); upper and lower change ASCII letters only; length and substr count
 * code points; trim takes away all of Unicode's white space.
 * - round(integer) stays an integer; the days added to a date have 32 bits.
 * - `now` is a local time beside a date or timestamp, else a timestamptz; so is `now + interval`.
 * - `matches` means the whole value and takes a pattern in quotes. Bare names are fields as written, case included.
 * - age_years(d) is the whole years from d until today, age_years(d, e) until e; somebody born on 29 February comes of
 *   age on 1 March. Infinite dates have no age.
 * - month(d) is 1 to 12, of a timestamptz in the pack's zone; as extract(month from d) null for infinite dates.
 * - to_char takes a date of the years 1 to 9999 and a template in quotes of YYYY, MM, DD and - / . only.
 * Limits: 64 KiB of text, 64 levels of nesting, 128 operators below each other. */
#ifndef AY_EXPR_EXPR_H
#define AY_EXPR_EXPR_H

#include "base/diag.h"
#include "record/batch.h"

typedef struct ay_expr ay_expr;
typedef struct ay_eval ay_eval;

/* What is known only when a run starts. Immutable during the run. */
typedef struct ay_context {
    int64_t as_of_us;  /* UTC; `now` as timestamptz */
    int64_t now_local; /* the same in the pack's zone; `now` as timestamp */
    int64_t today;     /* its date in the pack's zone, days */
    const ay_zone *zone;
    const struct ay_history *history; /* what earlier runs found, see check/history.h; NULL: there is no store */
    const struct ay_prints_key
        *prints_key; /* findings are only counted: values may be kept as fingerprints under this key */
} ay_context;

/* Compile the boolean expression in a scalar node over these fields. Errors go to diags with positions that point into
 * the YAML line (right also inside quoted and block scalars as far as the text is unescaped), and NULL is returned.
 * The result lives in the arena. */
const ay_expr *ay_expr_compile(ay_arena *arena, const ay_node *text, const ay_field *fields, uint32_t n_fields,
                               const ay_zone *zone, assay_diags *diags);
/* The same bytes for every way to write an expression that compiles: white space, case of keywords, != and <>, quotes
 * around names. */
void ay_expr_canonical(const ay_node *text, assay_diags *diags, ay_buf *out);
/* The fields it reads: ascending, no duplicates. */
uint32_t ay_expr_fields(const ay_expr *expr, const uint32_t **ret_fields);
/* A constant of a type as written in a pack: a literal of that type (`1949-10-01`, `1e12`, `注销`), or for date and
 * timestamps also `today`, `now`, each optionally followed by + or - and an interval (`today - 18 years`). */
typedef struct ay_constant ay_constant;
const ay_constant *ay_constant_compile(ay_arena *arena, const ay_node *node, ay_type type, const ay_zone *zone,
                                       assay_diags *diags);
ay_cell ay_constant_value(const ay_constant *constant,
                          const ay_context *context);   /* is_bad: outside the range of dates */
bool ay_constant_is_fixed(const ay_constant *constant); /* does not depend on as-of */

assay_status ay_eval_open(const ay_expr *expr, uint32_t cap, ay_eval **ret, assay_err *err);
/* For the records in `active`: sets the bit in is_true, is_unknown or is_bad (unreadable: a bad field, division by
 * zero, overflow, a pattern's limit), none for false. Bitmaps are overwritten, bits outside `active` are 0. Fails only
 * with ENOMEM. A bad field only matters where it decides: `false and bad` is false, `true or bad` is true, as with
 * unknown. */
assay_status ay_eval_run(ay_eval *eval, const ay_batch *batch, const ay_context *context, const uint64_t *active,
                         uint64_t *is_true, uint64_t *is_unknown, uint64_t *is_bad, assay_err *err);
ay_eval *ay_eval_close(ay_eval *eval);

#endif
