/* SQL's LIKE. On a mismatch only the last % is widened: a % that matched as early as possible never has to be
 * revisited, so the work is bounded by |value| * |pattern|. */
#include "base/mem.h"
#include "base/utf8.h"
#include "expr/kernel.h"

typedef struct walk {
    ay_str value, pattern, escape;
    size_t v, p;           /* where we are */
    size_t back_v, back_p; /* where to go on after a mismatch: behind the last %, its run one longer */
    bool can_go_back;
} walk;

static bool escaped(const walk *w)
{
    return w->escape.len && w->pattern.len - w->p >= w->escape.len &&
           memcmp(w->pattern.ptr + w->p, w->escape.ptr, w->escape.len) == 0;
}

static bool go_back(walk *w)
{
    if (!w->can_go_back || w->back_v >= w->value.len) return false;
    (void)ay_utf8_next(w->value, &w->back_v);
    w->v = w->back_v;
    w->p = w->back_p;
    return true;
}

/* One step with something left of the value. */
static ay_like_verdict step(walk *w)
{
    if (w->p == w->pattern.len) return go_back(w) ? AY_LIKE_YES : AY_LIKE_NO;
    bool plain = escaped(w);
    if (plain) w->p += w->escape.len;
    if (w->p == w->pattern.len) return AY_LIKE_FAULT;
    if (!plain && w->pattern.ptr[w->p] == '%') {
        w->back_p = ++w->p;
        w->back_v = w->v;
        w->can_go_back = true;
        return AY_LIKE_YES;
    }
    const uint32_t wanted = ay_utf8_next(w->pattern, &w->p), given = ay_utf8_next(w->value, &w->v);
    if (wanted == given || (!plain && wanted == '_')) return AY_LIKE_YES;
    return go_back(w) ? AY_LIKE_YES : AY_LIKE_NO;
}

ay_like_verdict ay_like(ay_str value, ay_str pattern, ay_str escape)
{
    walk w = {.value = value, .pattern = pattern, .escape = escape};
    while (w.v < value.len) {
        const ay_like_verdict verdict = step(&w);
        if (verdict != AY_LIKE_YES) return verdict;
    }
    while (w.p < pattern.len && pattern.ptr[w.p] == '%' && !escaped(&w)) w.p++;
    return w.p == pattern.len ? AY_LIKE_YES : AY_LIKE_NO;
}

bool ay_k_like(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        const ay_like_verdict verdict = ay_like(AY_AT(c->arg[0], str, i), AY_AT(c->arg[1], str, i), c->term->escape);
        if (verdict == AY_LIKE_YES) ay_bit_set(c->out->truth, i);
        if (verdict == AY_LIKE_FAULT) ay_bit_set(c->out->bad, i);
    }
    return true;
}
