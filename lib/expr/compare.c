/* Kernels of comparison, one loop a storage; and pattern matching. */
#include <math.h>

#include "base/mem.h"
#include "base/word.h"
#include "expr/kernel.h"

/* NaN equals NaN and is above all others, as in PostgreSQL. */
static int order_f64(double a, double b)
{
    if (isnan(a) || isnan(b)) return isnan(a) - isnan(b) > 0 ? 1 : isnan(a) - isnan(b) < 0 ? -1 : 0;
    return (a > b) - (a < b);
}

static int order_i64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

#define COMPARE_LOOP(name, member, order)                                                                              \
    static void name(const ay_vec *a, const ay_vec *b, uint8_t want, const uint64_t *live, size_t rows,                \
                     uint64_t *truth)                                                                                  \
    {                                                                                                                  \
        AY_BITS_EACH (i, live, rows) {                                                                                 \
            const int sign = order(AY_AT(*a, member, i), AY_AT(*b, member, i));                                        \
            const unsigned bit = sign < 0 ? AY_LT : sign > 0 ? AY_GT : AY_EQ;                                          \
            truth[i >> 6] |= (uint64_t)((want & bit) != 0) << (i & 63);                                                \
        }                                                                                                              \
    }
COMPARE_LOOP(compare_i64, i64, order_i64)
COMPARE_LOOP(compare_f64, f64, order_f64)
COMPARE_LOOP(compare_dec, dec, ay_dec_cmp)
COMPARE_LOOP(compare_str, str, ay_str_cmp)
COMPARE_LOOP(compare_iv, iv, ay_interval_cmp)
COMPARE_LOOP(compare_ttz, ttz, ay_timetz_cmp)
#undef COMPARE_LOOP

/* Which comes first costs more than whether they are the same. */
static void compare_same(const ay_vec *a, const ay_vec *b, bool want, const uint64_t *live, size_t rows,
                         uint64_t *truth)
{
    AY_BITS_EACH (i, live, rows) {
        const bool same = ay_word_eq(AY_AT(*a, str, i), AY_AT(*b, str, i));
        truth[i >> 6] |= (uint64_t)(same == want) << (i & 63);
    }
}

/* Truth is kept as bits: false < true. */
static void compare_bool(const ay_vec *a, const ay_vec *b, uint8_t want, const uint64_t *live, size_t rows,
                         uint64_t *truth)
{
    for (size_t w = 0; w < AY_BITS_WORDS(rows); w++) {
        const uint64_t x = a->truth[w], y = b->truth[w];
        uint64_t bits = 0;
        if (want & AY_LT) bits |= ~x & y;
        if (want & AY_EQ) bits |= ~(x ^ y);
        if (want & AY_GT) bits |= x & ~y;
        truth[w] |= bits & live[w];
    }
}

void ay_compare(const ay_vec *a, const ay_vec *b, uint8_t want, const uint64_t *live, size_t rows, uint64_t *truth)
{
    if (a->type == AY_BOOL) {
        compare_bool(a, b, want, live, rows, truth);
        return;
    }
    switch (ay_type_storage(a->type)) {
    case AY_STORE_I64: compare_i64(a, b, want, live, rows, truth); break;
    case AY_STORE_F64: compare_f64(a, b, want, live, rows, truth); break;
    case AY_STORE_DEC: compare_dec(a, b, want, live, rows, truth); break;
    case AY_STORE_STR:
        if (want == AY_EQ || want == (AY_LT | AY_GT)) compare_same(a, b, want == AY_EQ, live, rows, truth);
        else compare_str(a, b, want, live, rows, truth);
        break;
    case AY_STORE_IV: compare_iv(a, b, want, live, rows, truth); break;
    case AY_STORE_TTZ: compare_ttz(a, b, want, live, rows, truth); break;
    }
}

bool ay_k_compare(const ay_call *c)
{
    ay_compare(&c->arg[0], &c->arg[1], c->term->want, c->live, c->rows, c->out->truth);
    return true;
}

bool ay_k_matches(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        const ay_regex_verdict verdict = ay_regex_whole(c->term->regex, c->match, AY_AT(c->arg[0], str, i));
        if (verdict == AY_REGEX_YES) ay_bit_set(c->out->truth, i);
        if (verdict == AY_REGEX_LIMIT) ay_bit_set(c->out->bad, i);
    }
    return true;
}
