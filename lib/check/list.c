/* one_of, not_in: values of the field's type, so 1.0 is in [1] and `no` is a text. Texts and bytes are looked up in a
 * hash set, other types in a sorted array. */
#include "check/kinds.h"
#include "check/near.h"
#include "check/param.h"

#include "base/mem.h"

typedef struct member {
    ay_cell value; /* first: the comparison for bsearch takes a cell */
    const ay_node *node;
} member;

typedef struct members {
    bool is_wanted; /* one_of */
    bool is_text;
    ay_set set;     /* storage STR */
    member *sorted; /* other storages */
    size_t n;
} members;

static void free_set(void *set)
{
    ay_set_free((ay_set *)set);
}

static int compare(const void *a, const void *b)
{
    return ay_cell_cmp((const ay_cell *)a, (const ay_cell *)b);
}

static int compare_placed(const void *a, const void *b)
{
    const int c = compare(a, b);
    const ay_pos x = ((const member *)a)->node->pos, y = ((const member *)b)->node->pos;
    if (c) return c;
    return x.line != y.line ? (x.line > y.line) - (x.line < y.line) : (x.column > y.column) - (x.column < y.column);
}

static bool add_text(ay_build *b, const ay_node *item, members *args, ay_str text, size_t i)
{
    uint32_t existing = UINT32_MAX;
    if (!ay_set_add(&args->set, text, (uint32_t)i, &existing)) return false;
    if (existing == UINT32_MAX) return true;
    ay_param_repeated(b, item);
    return false;
}

static bool fill(ay_build *b, const ay_node *list, const ay_field *field, members *args)
{
    bool ok = true;
    const bool is_text = ay_type_storage(field->type) == AY_STORE_STR;
    for (size_t i = 0; i < list->n; i++) {
        ay_cell value;
        if (!ay_param_value(b, list->items[i], field, &value)) ok = false;
        else if (is_text && !add_text(b, list->items[i], args, value.v.str, i)) ok = false;
        else args->sorted[args->n++] = (member){value, list->items[i]};
    }
    if (is_text) return ok;
    qsort(args->sorted, args->n, sizeof *args->sorted, compare_placed);
    for (size_t i = 1; i < args->n; i++) {
        if (compare(&args->sorted[i - 1], &args->sorted[i])) continue;
        ay_param_repeated(b, args->sorted[i].node);
        ok = false;
    }
    return ok;
}

static bool is_list(ay_build *b, const ay_node *arg, bool is_wanted)
{
    if (arg->kind == AY_NODE_LIST && arg->n) return true;
    if (arg->kind != AY_NODE_LIST)
        ay_diag_error(b->diags, "wrong-kind", arg->pos, "expected a list of values", "此处应为值的列表");
    else if (is_wanted)
        ay_diag_error(b->diags, "contradiction", arg->pos, "no value is one of an empty list",
                      "空列表使任何值都不能通过");
    else ay_diag_error(b->diags, "no-effect", arg->pos, "an empty list excludes nothing", "空列表不排除任何值");
    return false;
}

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    members *args = AY_ARENA_NEW(build->arena, members);
    if (!args || !ay_param_own_field(build, arg, rule)) return false;
    rule->args = args;
    args->is_wanted = rule->kind == &ay_kind_one_of;
    args->is_text = build->fields[rule->field].type == AY_TEXT;
    if (!is_list(build, arg, args->is_wanted)) return false;
    args->sorted = AY_ARENA_ARRAY(build->arena, arg->n, member);
    if (!args->sorted || !ay_arena_defer(build->arena, free_set, &args->set)) return false;
    return fill(build, arg, &build->fields[rule->field], args);
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    const members *args = (const members *)rule->args;
    const uint32_t field = rule->fields[0];
    const ay_col *col = &view->batch->cols[field];
    const bool is_text = args->set.n > 0;
    AY_BITS_EACH (i, active, view->batch->rows) {
        bool is_in;
        if (is_text) {
            is_in = ay_set_find(&args->set, col->v.str[i]) != UINT32_MAX;
        } else {
            const ay_cell value = ay_batch_cell(view->batch, field, (uint32_t)i);
            is_in = bsearch(&value, args->sorted, args->n, sizeof *args->sorted, compare) != NULL;
        }
        if (is_in != args->is_wanted) ay_bit_set(marks.fail, i);
    }
    return ASSAY_OK;
}

#define SHOWN 10 /* longer lists are not repeated in a message */

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    (void)facts;
    const members *args = (const members *)rule->args;
    if (!args->is_wanted) {
        ay_buf_text(out, zh ? "属于不允许的值" : "is one of the values that are not allowed");
        return;
    }
    ay_buf_text(out, zh ? "不在允许的值之中" : "is not one of the allowed values");
    if (rule->arg->n > SHOWN) return;
    for (size_t i = 0; i < rule->arg->n; i++) {
        ay_buf_text(out, i ? (zh ? "、" : ", ") : (zh ? "：" : ": "));
        ay_buf_str(out, rule->arg->items[i]->text);
    }
}

static bool open_near(const ay_rule *rule, ay_memo *memo)
{
    ay_near *near = NULL;
    const size_t n = rule->arg->n;
    ay_str *texts = AY_NEW_ARRAY(n, ay_str);
    for (size_t i = 0; texts && i < n; i++) texts[i] = rule->arg->items[i]->text;
    if (!texts || !ay_near_open(texts, (uint32_t)n, &near)) return false;
    *memo = (ay_memo){near, ay_near_close};
    return true;
}

/* The nearest of the texts. */
static bool suggest(const ay_rule *rule, const ay_facts *facts, ay_memo *memo, ay_suggestion *ret, ay_buf *out)
{
    const members *args = (const members *)rule->args;
    const ay_str value = ay_fact_text(facts, 0);
    ay_near_hit hit;
    if (!args->is_text || facts->verdict != AY_FAIL || !value.len) return false;
    if (!memo->kept && !open_near(rule, memo)) {
        out->failed = ASSAY_ENOMEM;
        return false;
    }
    if (!ay_near_find((const ay_near *)memo->kept, value, NULL, &hit)) return false;
    *ret = (ay_suggestion){.by = AY_BY_NEAREST, .confidence = hit.confidence};
    ay_buf_str(out, hit.text);
    return true;
}

#define LISTED (~(AY_TYPE_BIT(AY_JSON) | AY_TYPE_BIT(AY_JSONB)) & (AY_TYPE_BIT(AY_TYPE_COUNT) - 1))

#define LIST(word, how, en, zh)                                                                                        \
    const ay_kind ay_kind_##word = {                                                                                   \
        .name = #word,                                                                                                 \
        .over = AY_OVER_VALUE,                                                                                         \
        .summary = en,                                                                                                 \
        .summary_zh = zh,                                                                                              \
        .indicator = "0302",                                                                                           \
        .types = LISTED,                                                                                               \
        .compile = compile,                                                                                            \
        .eval = eval,                                                                                                  \
        .reason = reason,                                                                                              \
        .suggest = how,                                                                                                \
    }

LIST(one_of, suggest, "the value is one of the list", "值在列表之内");
LIST(not_in, NULL, "the value is not one of the list", "值不在列表之内");
