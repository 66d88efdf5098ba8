/* Kernels: one operation over the columns of a batch. They look only at `live` records, where no argument is null or
 * unreadable, set `bad` where there is no answer (overflow, division by zero) and `null` where the answer is unknown
 * (the month of infinity), and allocate text in the heap of the batch only. */
#ifndef AY_EXPR_KERNEL_H
#define AY_EXPR_KERNEL_H

#include "base/bits.h"
#include "expr/tree.h"

/* A column to read. mask 0: one value for all records. Bits count only where the record is active. */
typedef struct ay_vec {
    ay_type type;
    size_t mask;
    const uint64_t *null, *bad;
    const uint64_t *truth; /* BOOL */
    union {
        const void *any;
        const int64_t *i64;
        const double *f64;
        const ay_dec *dec;
        const ay_str *str;
        const ay_interval *iv;
        const ay_timetz *ttz;
    } v;
} ay_vec;

/* A column to write. */
typedef struct ay_slot {
    uint64_t *null, *bad, *truth;
    uint64_t *work, *more; /* scratch of the term that owns the slot */
    union {
        void *any;
        int64_t *i64;
        double *f64;
        ay_dec *dec;
        ay_str *str;
        ay_interval *iv;
    } v;
} ay_slot;

typedef struct ay_call {
    const ay_term *term;
    const ay_vec *arg;
    ay_slot *out;
    const uint64_t *live;
    size_t rows;
    const ay_context *context;
    ay_arena *heap;
    ay_buf *text; /* scratch */
    ay_regex_match *match;
} ay_call;

#define AY_AT(vec, member, i) ((vec).v.member[(i) & (vec).mask])
#define AY_EACH_LIVE(i, c)    AY_BITS_EACH (i, (c)->live, (c)->rows)

/* Sets the bits of live records where a stands to b as `want` says; others are left alone. */
void ay_compare(const ay_vec *a, const ay_vec *b, uint8_t want, const uint64_t *live, size_t rows, uint64_t *truth);

bool ay_k_compare(const ay_call *c);
bool ay_k_like(const ay_call *c);
bool ay_k_matches(const ay_call *c);
bool ay_k_concat(const ay_call *c);

/* number.c */
bool ay_k_int_add(const ay_call *c);
bool ay_k_int_sub(const ay_call *c);
bool ay_k_int_mul(const ay_call *c);
bool ay_k_int_div(const ay_call *c);
bool ay_k_int_mod(const ay_call *c);
bool ay_k_int_neg(const ay_call *c);
bool ay_k_int_abs(const ay_call *c);
bool ay_k_dec_add(const ay_call *c);
bool ay_k_dec_sub(const ay_call *c);
bool ay_k_dec_mul(const ay_call *c);
bool ay_k_dec_div(const ay_call *c);
bool ay_k_dec_mod(const ay_call *c);
bool ay_k_dec_neg(const ay_call *c);
bool ay_k_dec_abs(const ay_call *c);
bool ay_k_dec_round(const ay_call *c); /* with or without a scale */
bool ay_k_float_add(const ay_call *c);
bool ay_k_float_sub(const ay_call *c);
bool ay_k_float_mul(const ay_call *c);
bool ay_k_float_div(const ay_call *c);
bool ay_k_float_neg(const ay_call *c);
bool ay_k_float_abs(const ay_call *c);
bool ay_k_float_round(const ay_call *c);
bool ay_k_int_dec(const ay_call *c);
bool ay_k_int_float(const ay_call *c);
bool ay_k_dec_float(const ay_call *c);

/* temporal.c */
bool ay_k_date_add(const ay_call *c);    /* date + integer */
bool ay_k_date_sub(const ay_call *c);    /* date - integer */
bool ay_k_date_diff(const ay_call *c);   /* date - date = integer */
bool ay_k_date_iv_add(const ay_call *c); /* date + interval = timestamp */
bool ay_k_date_iv_sub(const ay_call *c);
bool ay_k_ts_add(const ay_call *c); /* timestamp + interval */
bool ay_k_ts_sub(const ay_call *c);
bool ay_k_tstz_add(const ay_call *c);
bool ay_k_tstz_sub(const ay_call *c);
bool ay_k_ts_diff(const ay_call *c); /* = interval of days and microseconds */
bool ay_k_iv_add(const ay_call *c);
bool ay_k_iv_sub(const ay_call *c);
bool ay_k_iv_neg(const ay_call *c);
bool ay_k_date_ts(const ay_call *c);
bool ay_k_ts_tstz(const ay_call *c);
bool ay_k_to_char(const ay_call *c);   /* a date in the words of a template */
bool ay_k_age_years(const ay_call *c); /* of a date, until another or today */
bool ay_k_date_month(const ay_call *c);
bool ay_k_ts_month(const ay_call *c);
bool ay_k_tstz_month(const ay_call *c); /* in the pack's zone */

/* Times in a zone; NULL is UTC. Infinities stay. */
int64_t ay_local_to_utc(const ay_zone *zone, int64_t local_us);
/* Bytes of the word of to_char that a text begins with: YYYY, MM, DD, or one of - / . as it is; 0: none. */
size_t ay_to_char_word(ay_str text);
/* Midnight of a day; false: outside the range of timestamps. */
bool ay_date_midnight(int64_t days, int64_t *ret_us);
bool ay_tstz_plus(const ay_zone *zone, int64_t utc_us, ay_interval iv, int64_t *ret_us);

#define AY_DATE_MIN INT64_C(-2440588)   /* 4714-11-24 BC, PostgreSQL's first day */
#define AY_DATE_MAX INT64_C(2145042905) /* 5874897-12-31, its last */

/* func.c */
bool ay_k_same(const ay_call *c); /* the argument itself: round(integer) */
bool ay_k_length(const ay_call *c);
bool ay_k_substr(const ay_call *c);
bool ay_k_upper(const ay_call *c);
bool ay_k_lower(const ay_call *c);
bool ay_k_trim(const ay_call *c);

/* like.c */
typedef enum ay_like_verdict { AY_LIKE_NO, AY_LIKE_YES, AY_LIKE_FAULT } ay_like_verdict;
/* SQL's LIKE over code points: % any run, _ any one, `escape` (empty: none) makes the next one plain. FAULT: the
 * pattern ends with the escape. At most |value| * |pattern| steps. */
ay_like_verdict ay_like(ay_str value, ay_str pattern, ay_str escape);

#endif
