#define _GNU_SOURCE /* memmem */
#include "check/history.h"

#include "base/mem.h"
#include "check/param.h"

/* ---- Parameters ---- */

static const char of_last[] = "% of last ", last_word[] = "last ";

static bool read_runs(ay_str text, uint32_t *ret)
{
    uint64_t runs;
    if (!ay_count_parse(text, &runs) || runs < 1 || runs > AY_HISTORY_RUNS) return false;
    *ret = (uint32_t)runs;
    return true;
}

bool ay_param_last(ay_build *b, const ay_node *node, uint32_t *ret)
{
    const size_t word = strlen(last_word);
    if (!ay_param_scalar(b, node)) return false;
    const ay_str text = node->text;
    const bool is_last = text.len > word && memcmp(text.ptr, last_word, word) == 0;
    if (is_last && read_runs(ay_str_slice(text, word, text.len), ret)) return true;
    ay_diag_error(b->diags, "bad-value", node->pos, "'" AY_STR_FMT "' is not 'last 7': from 1 to %d runs",
                  "“" AY_STR_FMT "”不是“last 7”这样的写法：1 到 %d 次运行", AY_STR_ARG(text), AY_HISTORY_RUNS);
    return false;
}

static bool read_change(ay_build *b, ay_str text, ay_change *ret)
{
    const char *at = text.len ? (const char *)memmem(text.ptr, text.len, of_last, strlen(of_last)) : NULL;
    if (!at) return false;
    const ay_str share = ay_str_slice(text, 0, (size_t)(at - text.ptr) + 1);
    const ay_str runs = ay_str_slice(text, (size_t)(at - text.ptr) + strlen(of_last), text.len);
    if (!ay_percent_parse(share, &ret->within) || !read_runs(runs, &ret->last)) return false;
    ret->share = ay_arena_copy(b->arena, share);
    return true;
}

bool ay_param_change(ay_build *b, const ay_node *node, ay_change *ret)
{
    if (!ay_param_scalar(b, node)) return false;
    if (read_change(b, node->text, ret)) return ret->share;
    ay_diag_error(b->diags, "bad-value", node->pos,
                  "'" AY_STR_FMT "' is not a change such as '10%% of last 7': from 0%% to 100%%, of 1 to %d runs",
                  "“" AY_STR_FMT "”不是“10%% of last 7”这样的变化限度：0%% 到 100%%，1 到 %d 次运行",
                  AY_STR_ARG(node->text), AY_HISTORY_RUNS);
    return false;
}

/* ---- Sums over runs ---- */

typedef struct filling {
    ay_pool *pool;
    const ay_rule *rule;
} filling;

static assay_status fail_damaged(const ay_rule *rule, assay_err *err)
{
    return ay_fail(err, ASSAY_EIO, "the store's figures of rule %.200s cannot be read",
                   "存储库中规则 %.200s 的指标无法读取", rule->id);
}

static const ay_named *find(const ay_past *past, const char *name)
{
    for (uint32_t i = 0; i < past->n; i++)
        if (strcmp(past->figures[i].name, name) == 0) return &past->figures[i];
    return NULL;
}

static bool has_all(const ay_past *past, const ay_pool *pool)
{
    for (uint32_t i = 0; i < pool->n; i++)
        if (!find(past, pool->names[i])) return false;
    return true;
}

static assay_status take_run(void *ctx, const ay_past *past, assay_err *err)
{
    const filling *f = (const filling *)ctx;
    if (!has_all(past, f->pool)) return ASSAY_OK;
    for (uint32_t i = 0; i < f->pool->n; i++) {
        const ay_named *figure = find(past, f->pool->names[i]);
        ay_huge value = ay_huge_from_dec(ay_dec_from_i64(figure->value));
        if (figure->text && !ay_huge_read(ay_str_from(figure->text), &value)) return fail_damaged(f->rule, err);
        ay_huge_add(&f->pool->sums[i], &value);
    }
    f->pool->runs++;
    return ASSAY_OK;
}

assay_status ay_pool_fill(ay_pool *pool, const ay_rule *rule, const ay_context *context, uint32_t last, ay_tally *tally,
                          assay_err *err)
{
    const ay_history *history = context->history;
    filling f = {pool, rule};
    const ay_past_sink sink = {take_run, &f};
    if (history) AY_TRY(history->last(history->ctx, rule->id, last, &sink, err));
    if (!history) tally->lack = (ay_lack){AY_LACK_STORE, last, 0};
    else if (pool->runs < last) tally->lack = (ay_lack){AY_LACK_RUNS, last, pool->runs};
    return ASSAY_OK;
}

#define COUNT_MAX (UINT64_C(1) << 54) /* there are not so many records, and sums of counts stay within 64 bits */

assay_status ay_pool_count(const ay_pool *pool, uint32_t i, const ay_rule *rule, uint64_t *ret, assay_err *err)
{
    const bool is_count = ay_huge_whole(&pool->sums[i], ret) && *ret <= COUNT_MAX;
    return is_count ? ASSAY_OK : fail_damaged(rule, err);
}

/* ---- Change against a mean ---- */

#define SHOWN_DIGITS 12

void ay_ratio_text(const ay_ratio *ratio, ay_buf *out)
{
    ay_huge quotient = ratio->num;
    ay_huge_div(&quotient, ratio->den);
    ay_huge_text(&quotient, ratio->den == 1 ? AY_HUGE_SCALE : SHOWN_DIGITS, out);
}

static ay_huge times(const ay_huge *a, uint64_t b)
{
    ay_huge product = *a;
    const ay_huge factor = ay_huge_from_u64(b);
    ay_huge_mul(&product, &factor);
    return product;
}

/* |a/b - A/B| > n/d * |A/B|, multiplied by b * B * d. The numerators are below 2^326 (huge.c; 366 runs), the others
 * below 2^64: all products fit. */
static bool is_beyond(const ay_ratio *now, const ay_ratio *mean, ay_limit within)
{
    ay_huge moved = times(&now->num, mean->den), allowed = times(&mean->num, now->den);
    ay_huge_sub(&moved, &allowed);
    ay_huge_abs(&moved);
    ay_huge_abs(&allowed);
    moved = times(&moved, within.den);
    allowed = times(&allowed, within.num);
    return ay_huge_cmp(&moved, &allowed) > 0;
}

assay_status ay_change_judge(const ay_change *change, const ay_measured *m, const ay_rule *rule,
                             const ay_context *context, ay_tally *tally, bool *ret_beyond, ay_ratio *ret_mean,
                             assay_err *err)
{
    ay_huge sums[2] = {{{0}}, {{0}}};
    ay_pool pool = {.names = m->names, .n = m->names[1] ? 2 : 1, .sums = sums};
    *ret_beyond = false;
    AY_TRY(ay_pool_fill(&pool, rule, context, change->last, tally, err));
    if (tally->lack.of != AY_LACK_NONE) return ASSAY_OK;
    *ret_mean = (ay_ratio){sums[0], pool.runs};
    if (m->names[1]) AY_TRY(ay_pool_count(&pool, 1, rule, &ret_mean->den, err));
    if (!ret_mean->den) tally->lack = (ay_lack){AY_LACK_RECORDS, change->last, pool.runs};
    else *ret_beyond = is_beyond(&m->now, ret_mean, change->within);
    return ASSAY_OK;
}

void ay_change_reason(const ay_change *change, ay_str mean, bool zh, ay_buf *out)
{
    ay_buf_printf(out,
                  zh ? "；最近 %u 次运行的平均值为 " AY_STR_FMT "，变化应不超过 %s"
                     : "; mean of the last %u: " AY_STR_FMT ", a change of at most %s expected",
                  change->last, AY_STR_ARG(mean), change->share);
}
