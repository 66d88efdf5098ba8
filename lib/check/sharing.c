/* sharing, opening: what the catalogue asks of a dataset that states `share` or `open`. Nobody writes them: the loader
 * adds them, and their verdicts stand in the pack, not in the records. */
#include "check/sharing.h"

#include "base/mem.h"
#include "check/kinds.h"
#include "check/param.h"
#include "check/state.h"

static const char *const fault_en[] = {
    [AY_SHARE_CONDITION] = "shared on conditions, but 'condition' does not say which",
    [AY_SHARE_BASIS] = "not shared, but 'basis' does not name the law that says so",
    [AY_OPEN_CONDITION] = "open on conditions, but 'condition' does not say which",
    [AY_OPEN_BASIS] = "stated not to be open, but 'basis' does not say on what ground",
};
static const char *const fault_zh[] = {
    [AY_SHARE_CONDITION] = "有条件共享，但未列明条件（condition）",
    [AY_SHARE_BASIS] = "不予共享，但未列明法律依据（basis）",
    [AY_OPEN_CONDITION] = "有条件开放，但未列明条件（condition）",
    [AY_OPEN_BASIS] = "注明不予开放，但未列明依据（basis）",
};
_Static_assert(AY_COUNT(fault_en) == AY_SHARING_FAULTS && AY_COUNT(fault_zh) == AY_SHARING_FAULTS,
               "a sentence for every fault");

uint32_t ay_sharing_faults(ay_str share, ay_str open, bool has_condition, bool has_basis)
{
    const bool is[] = {
        [AY_SHARE_CONDITION] = ay_str_is(share, "conditional") && !has_condition,
        [AY_SHARE_BASIS] = ay_str_is(share, "none") && !has_basis,
        [AY_OPEN_CONDITION] = ay_str_is(open, "conditional") && !has_condition,
        /* what is not shared cannot be open: that is said once */
        [AY_OPEN_BASIS] = ay_str_is(open, "none") && !ay_str_is(share, "none") && !has_basis,
    };
    uint32_t faults = 0;
    for (uint32_t i = 0; i < AY_SHARING_FAULTS; i++) faults |= (uint32_t)is[i] << i;
    return faults;
}

const char *ay_sharing_fault_text(ay_sharing_fault fault, bool zh)
{
    return zh ? fault_zh[fault] : fault_en[fault];
}

/* ---- Compiling ---- */

typedef struct statement {
    uint32_t evaluated;     /* statements, or fields */
    uint32_t n;             /* of faults */
    const uint32_t *faults; /* ay_sharing_fault, or numbers of fields */
    const ay_field *fields; /* of the dataset */
} statement;

static bool compile_sharing(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    const ay_node *share = ay_node_get(arg, "share"), *open = ay_node_get(arg, "open");
    statement *args = AY_ARENA_NEW(build->arena, statement);
    uint32_t *faults = AY_ARENA_ARRAY(build->arena, AY_SHARING_FAULTS, uint32_t);
    if (!args || !faults) return false;
    const uint32_t bits = ay_sharing_faults(share ? share->text : AY_STR(""), open ? open->text : AY_STR(""),
                                            ay_node_get(arg, "condition") != NULL, ay_node_get(arg, "basis") != NULL);
    *args = (statement){.evaluated = (uint32_t)(share != NULL) + (open != NULL), .faults = faults};
    for (uint32_t i = 0; i < AY_SHARING_FAULTS; i++)
        if (bits >> i & 1) faults[args->n++] = i;
    rule->args = args;
    return true;
}

static bool compile_opening(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    (void)arg;
    statement *args = AY_ARENA_NEW(build->arena, statement);
    uint32_t *fields = AY_ARENA_ARRAY(build->arena, build->n_fields, uint32_t);
    if (!args || !fields) return false;
    *args = (statement){.evaluated = build->n_fields, .faults = fields, .fields = build->fields};
    for (uint32_t i = 0; i < build->n_fields; i++)
        if (ay_forbids_opening(&build->fields[i])) fields[args->n++] = i;
    rule->args = args;
    return true;
}

/* ---- Running: nothing is kept of the records ---- */

static assay_status state_open(const ay_rule *rule, ay_budget *budget, void **ret, assay_err *err)
{
    (void)rule;
    (void)budget;
    *ret = AY_NEW(char);
    AY_NOMEM_IF(!*ret, err);
    return ASSAY_OK;
}

static assay_status absorb(const ay_rule *rule, void *state, const ay_view *view, const uint64_t *active,
                           assay_err *err)
{
    (void)rule;
    (void)state;
    (void)view;
    (void)active;
    (void)err;
    return ASSAY_OK;
}

static assay_status merge(const ay_rule *rule, void *into, void *from, assay_err *err)
{
    (void)rule;
    (void)into;
    (void)from;
    (void)err;
    return ASSAY_OK;
}

static assay_status save(const ay_rule *rule, void *state, ay_stream *out, assay_err *err)
{
    (void)rule;
    (void)state;
    (void)out;
    (void)err;
    return ASSAY_OK;
}

static assay_status load(const ay_rule *rule, void *state, const ay_context *context, ay_in *in, assay_err *err)
{
    (void)rule;
    (void)state;
    (void)context;
    (void)in;
    (void)err;
    return ASSAY_OK;
}

static assay_status finish(const ay_rule *rule, void *state, const ay_context *context, const ay_emit *emit,
                           ay_tally *tally, assay_err *err)
{
    (void)state;
    (void)context;
    const statement *args = (const statement *)rule->args;
    ay_buf detail = {0};
    assay_status status = ASSAY_OK;
    tally->evaluated = args->evaluated;
    tally->failed = args->n;
    for (uint32_t i = 0; i < args->n && status == ASSAY_OK; i++) {
        ay_buf_clear(&detail);
        ay_tuple_put_u64(&detail, args->faults[i]);
        status = ay_buf_status(&detail, err);
        if (status == ASSAY_OK)
            status = emit->finding(emit->ctx, rule, AY_FAIL, (ay_str){0}, (ay_str){0}, ay_buf_view(&detail), err);
    }
    ay_buf_free(&detail);
    return status;
}

static void state_close(void *state)
{
    ay_free(state);
}

static void put_forbidden(const ay_field *field, bool zh, ay_buf *out)
{
    const bool is_personal = field->level == AY_PERSONAL;
    if (zh) ay_buf_printf(out, "开放的数据集含有%s字段 %s", is_personal ? "个人信息" : "敏感", field->name);
    else ay_buf_printf(out, "open dataset holds %s field %s", ay_level_name(field->level), field->name);
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const statement *args = (const statement *)rule->args;
    if (!facts->n_detail) return;
    const uint32_t fault = (uint32_t)facts->detail[0].v.i64;
    if (args->fields) put_forbidden(&args->fields[fault], zh, out);
    else ay_buf_text(out, ay_sharing_fault_text((ay_sharing_fault)fault, zh));
}

#define IMPLIED(word, compile_word, en, zh)                                                                            \
    const ay_kind ay_kind_##word = {                                                                                   \
        .name = #word,                                                                                                 \
        .over = AY_OVER_DATASET,                                                                                       \
        .implied = true,                                                                                               \
        .of_whole = true,                                                                                              \
        .summary = en,                                                                                                 \
        .summary_zh = zh,                                                                                              \
        .indicator = "0106",                                                                                           \
        .compile = compile_word,                                                                                       \
        .state_open = state_open,                                                                                      \
        .absorb = absorb,                                                                                              \
        .merge = merge,                                                                                                \
        .save = save,                                                                                                  \
        .load = load,                                                                                                  \
        .finish = finish,                                                                                              \
        .state_close = state_close,                                                                                    \
        .reason = reason,                                                                                              \
    }

IMPLIED(opening, compile_opening, "an open dataset has no sensitive or personal field",
        "开放的数据集不含敏感或个人信息字段");
IMPLIED(sharing, compile_sharing, "sharing and opening are stated with their conditions and grounds",
        "共享、开放属性附有条件与依据");
