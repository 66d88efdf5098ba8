/* Kernels over numbers. Integers are 64-bit, division truncates; what leaves the range, or divides by zero, has no
 * answer. */
#include <math.h>

#include "base/mem.h"
#include "expr/kernel.h"

#define INT_KERNEL(name, builtin)                                                                                      \
    bool name(const ay_call *c)                                                                                        \
    {                                                                                                                  \
        AY_EACH_LIVE (i, c)                                                                                            \
            if (builtin(AY_AT(c->arg[0], i64, i), AY_AT(c->arg[1], i64, i), &c->out->v.i64[i]))                        \
                ay_bit_set(c->out->bad, i);                                                                            \
        return true;                                                                                                   \
    }
INT_KERNEL(ay_k_int_add, __builtin_add_overflow)
INT_KERNEL(ay_k_int_sub, __builtin_sub_overflow)
INT_KERNEL(ay_k_int_mul, __builtin_mul_overflow)
#undef INT_KERNEL

bool ay_k_int_div(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        const int64_t a = AY_AT(c->arg[0], i64, i), b = AY_AT(c->arg[1], i64, i);
        if (b == 0 || (b == -1 && a == INT64_MIN)) ay_bit_set(c->out->bad, i);
        else c->out->v.i64[i] = a / b;
    }
    return true;
}

bool ay_k_int_mod(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        const int64_t a = AY_AT(c->arg[0], i64, i), b = AY_AT(c->arg[1], i64, i);
        if (b == 0) ay_bit_set(c->out->bad, i);
        else c->out->v.i64[i] = b == -1 ? 0 : a % b; /* INT64_MIN % -1 traps in C */
    }
    return true;
}

bool ay_k_int_neg(const ay_call *c)
{
    AY_EACH_LIVE (i, c)
        if (__builtin_sub_overflow(INT64_C(0), AY_AT(c->arg[0], i64, i), &c->out->v.i64[i])) ay_bit_set(c->out->bad, i);
    return true;
}

bool ay_k_int_abs(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        const int64_t a = AY_AT(c->arg[0], i64, i);
        if (a == INT64_MIN) ay_bit_set(c->out->bad, i);
        else c->out->v.i64[i] = a < 0 ? -a : a;
    }
    return true;
}

#define DEC_KERNEL(name, operation)                                                                                    \
    bool name(const ay_call *c)                                                                                        \
    {                                                                                                                  \
        AY_EACH_LIVE (i, c)                                                                                            \
            if (operation(AY_AT(c->arg[0], dec, i), AY_AT(c->arg[1], dec, i), &c->out->v.dec[i]) != AY_NUM_OK)         \
                ay_bit_set(c->out->bad, i);                                                                            \
        return true;                                                                                                   \
    }
DEC_KERNEL(ay_k_dec_add, ay_dec_add)
DEC_KERNEL(ay_k_dec_sub, ay_dec_sub)
DEC_KERNEL(ay_k_dec_mul, ay_dec_mul)
DEC_KERNEL(ay_k_dec_div, ay_dec_div)
DEC_KERNEL(ay_k_dec_mod, ay_dec_mod)
#undef DEC_KERNEL

bool ay_k_dec_neg(const ay_call *c)
{
    AY_EACH_LIVE (i, c) c->out->v.dec[i] = ay_dec_neg(AY_AT(c->arg[0], dec, i));
    return true;
}

bool ay_k_dec_abs(const ay_call *c)
{
    AY_EACH_LIVE (i, c) c->out->v.dec[i] = ay_dec_abs(AY_AT(c->arg[0], dec, i));
    return true;
}

bool ay_k_dec_round(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        int64_t scale = c->term->n == 2 ? AY_AT(c->arg[1], i64, i) : 0;
        scale = scale < -100 ? -100 : scale > 100 ? 100 : scale; /* beyond all digits either way */
        if (ay_dec_round(AY_AT(c->arg[0], dec, i), (int)scale, &c->out->v.dec[i]) != AY_NUM_OK)
            ay_bit_set(c->out->bad, i);
    }
    return true;
}

/* As PostgreSQL: an infinity or a zero that the operands do not account for is overflow or underflow. */
static bool float_ok(double a, double b, double result, bool can_vanish)
{
    if (isinf(result) && !isinf(a) && !isinf(b)) return false;
    return !can_vanish || result != 0.0;
}

#define FLOAT_KERNEL(name, operator, can_vanish)                                                                       \
    bool name(const ay_call *c)                                                                                        \
    {                                                                                                                  \
        AY_EACH_LIVE (i, c) {                                                                                          \
            const double a = AY_AT(c->arg[0], f64, i), b = AY_AT(c->arg[1], f64, i), result = a operator b;            \
            c->out->v.f64[i] = result;                                                                                 \
            if (!float_ok(a, b, result, can_vanish)) ay_bit_set(c->out->bad, i);                                       \
        }                                                                                                              \
        return true;                                                                                                   \
    }
FLOAT_KERNEL(ay_k_float_add, +, false)
FLOAT_KERNEL(ay_k_float_sub, -, false)
FLOAT_KERNEL(ay_k_float_mul, *, a != 0.0 && b != 0.0)
#undef FLOAT_KERNEL

bool ay_k_float_div(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        const double a = AY_AT(c->arg[0], f64, i), b = AY_AT(c->arg[1], f64, i);
        const bool zero = b == 0.0 && !isnan(a);
        const double result = b == 0.0 ? NAN : a / b;
        c->out->v.f64[i] = result;
        if (zero || !float_ok(a, b, result, a != 0.0 && !isinf(b))) ay_bit_set(c->out->bad, i);
    }
    return true;
}

bool ay_k_float_neg(const ay_call *c)
{
    AY_EACH_LIVE (i, c) c->out->v.f64[i] = -AY_AT(c->arg[0], f64, i);
    return true;
}

bool ay_k_float_abs(const ay_call *c)
{
    AY_EACH_LIVE (i, c) c->out->v.f64[i] = fabs(AY_AT(c->arg[0], f64, i));
    return true;
}

bool ay_k_float_round(const ay_call *c)
{
    AY_EACH_LIVE (i, c)
        c->out->v.f64[i] = rint(AY_AT(c->arg[0], f64, i)); /* half to even, as PostgreSQL's round(float8) */
    return true;
}

bool ay_k_int_dec(const ay_call *c)
{
    AY_EACH_LIVE (i, c) c->out->v.dec[i] = ay_dec_from_i64(AY_AT(c->arg[0], i64, i));
    return true;
}

bool ay_k_int_float(const ay_call *c)
{
    AY_EACH_LIVE (i, c) c->out->v.f64[i] = (double)AY_AT(c->arg[0], i64, i);
    return true;
}

/* Through its text, which is read correctly rounded: the nearest double, as PostgreSQL's cast. */
bool ay_k_dec_float(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        ay_buf_clear(c->text);
        ay_dec_text(AY_AT(c->arg[0], dec, i), c->text);
        if (ay_buf_status(c->text, NULL) != ASSAY_OK) return false;
        if (ay_f64_parse(ay_buf_view(c->text), &c->out->v.f64[i]) != AY_NUM_OK) ay_bit_set(c->out->bad, i);
    }
    return true;
}
