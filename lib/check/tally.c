#include "check/tally.h"

#include "base/mem.h"
#include "check/rule.h"

#define FEW 8 /* figures of most rules */

static void put(ay_tally *tally, ay_named figure)
{
    if (tally->n_figures == tally->cap) {
        const uint32_t cap = tally->cap ? tally->cap * 2 : FEW;
        ay_named *more = AY_ARENA_ARRAY(tally->arena, cap, ay_named);
        if (!more) {
            tally->is_nomem = true;
            return;
        }
        if (tally->n_figures) memcpy(more, tally->figures, tally->n_figures * sizeof *more);
        tally->figures = more;
        tally->cap = cap;
    }
    tally->figures[tally->n_figures++] = figure;
}

void ay_tally_figure(ay_tally *tally, const char *name, uint64_t value)
{
    put(tally, (ay_named){.name = name, .value = (int64_t)value});
}

void ay_tally_decimal(ay_tally *tally, const char *name, const ay_huge *value)
{
    ay_buf text = {0};
    ay_huge_text(value, AY_HUGE_SCALE, &text);
    const char *copy = text.failed ? NULL : ay_arena_copy(tally->arena, ay_buf_view(&text));
    ay_buf_free(&text);
    if (copy) put(tally, (ay_named){.name = name, .text = copy});
    else tally->is_nomem = true;
}

void ay_lack_text(const ay_lack *lack, bool zh, ay_buf *out)
{
    switch (lack->of) {
    case AY_LACK_NONE: return;
    case AY_LACK_STORE:
        ay_buf_printf(out,
                      zh ? "需要与存储库中此前至少 %u 次运行比较，而本次运行没有存储库"
                         : "needs a store with at least %u earlier runs, and this run has no store",
                      lack->wanted);
        return;
    case AY_LACK_RUNS:
        ay_buf_printf(out,
                      zh ? "需要与存储库中此前至少 %u 次运行比较，现有 %u 次"
                         : "needs a store with at least %u earlier runs, %u are there",
                      lack->wanted, lack->found);
        return;
    case AY_LACK_RECORDS:
        ay_buf_printf(
            out, zh ? "最近 %u 次运行中没有可供比较的记录" : "there was no record to compare with in the last %u runs",
            lack->wanted);
        return;
    }
}

assay_status ay_rule_finish(const ay_rule *rule, void *state, const ay_context *context, const ay_emit *emit,
                            ay_arena *arena, ay_tally *ret_tally, assay_err *err)
{
    *ret_tally = (ay_tally){.arena = arena};
    AY_TRY(rule->kind->finish(rule, state, context, emit, ret_tally, err));
    AY_NOMEM_IF(ret_tally->is_nomem, err);
    return ASSAY_OK;
}
