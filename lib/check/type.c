/* type: the value can be read as a type. For the field's own type the reader has found out already (bad values); a
 * text field may also be asked whether its texts read as another type. */
#include "check/kinds.h"
#include "check/param.h"

#include "base/mem.h"

typedef struct typed {
    ay_type type;
    bool is_own;
    const ay_zone *zone;
} typed;

static bool read_type(ay_build *b, const ay_node *arg, ay_type *ret)
{
    if (!ay_param_scalar(b, arg)) return false;
    if (ay_type_from_name(arg->text, ret)) return true;
    const char *names[AY_TYPE_COUNT];
    for (uint32_t t = 0; t < AY_TYPE_COUNT; t++) names[t] = ay_type_name((ay_type)t);
    ay_diag_unknown(b->diags, "unknown-type", arg->pos, "type", "类型", arg->text, names, AY_TYPE_COUNT);
    return false;
}

/* `arg` is NULL for the rule that every field has by itself: its own type. */
static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    typed *args = AY_ARENA_NEW(build->arena, typed);
    if (!args || !ay_param_own_field(build, arg, rule)) return false;
    const ay_field *field = &build->fields[rule->field];
    *args = (typed){.type = field->type, .is_own = true, .zone = field->zone};
    rule->args = args;
    if (arg && !read_type(build, arg, &args->type)) return false;
    args->is_own = args->type == field->type;
    if (args->is_own || field->type == AY_TEXT) return true;
    ay_diag_error(build->diags, "type-mismatch", arg->pos, "field '%s' is of type %s and is never %s",
                  "字段“%s”的类型为 %s，不会是 %s", field->name, ay_type_name(field->type), ay_type_name(args->type));
    return false;
}

static assay_status open(const ay_rule *rule, uint32_t cap, void **ret_scratch, assay_err *err)
{
    (void)rule;
    (void)cap;
    ay_arena *heap = AY_NEW(ay_arena); /* what reading a text needs, for one value at a time */
    AY_NOMEM_IF(!heap, err);
    *ret_scratch = heap;
    return ASSAY_OK;
}

static void close(void *scratch)
{
    if (!scratch) return;
    ay_arena_free((ay_arena *)scratch);
    ay_free(scratch);
}

/* The texts of one word of the bitmap. */
static assay_status read_texts(const typed *args, ay_arena *heap, const ay_str *texts, uint64_t todo, uint64_t *fail,
                               assay_err *err)
{
    for (; todo; todo &= todo - 1) {
        const size_t i = (size_t)__builtin_ctzll(todo);
        ay_cell cell;
        assay_status status = ASSAY_OK;
        if (ay_cell_read(texts[i], args->type, args->zone, heap, &cell, NULL, NULL, &status)) continue;
        AY_NOMEM_IF(status == ASSAY_ENOMEM, err);
        ay_bit_set(fail, i);
    }
    ay_arena_reset(heap);
    return ASSAY_OK;
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    const typed *args = (const typed *)rule->args;
    const ay_col *col = &view->batch->cols[rule->fields[0]];
    for (size_t w = 0; w < AY_BITS_WORDS(view->batch->rows); w++) {
        marks.unknown[w] |= active[w] & col->null[w];
        marks.fail[w] |= active[w] & col->bad[w];
        const uint64_t todo = args->is_own ? 0 : active[w] & ~col->null[w] & ~col->bad[w];
        if (todo) AY_TRY(read_texts(args, (ay_arena *)scratch, col->v.str + w * 64, todo, &marks.fail[w], err));
    }
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const typed *args = (const typed *)rule->args;
    const char *en_why = "", *zh_why = "";
    AY_CLEANUP(ay_arena_free) ay_arena heap = {0};
    ay_cell cell;
    assay_status status = ASSAY_OK;
    (void)ay_cell_read(ay_fact_text(facts, 0), args->type, args->zone, &heap, &cell, &en_why, &zh_why, &status);
    if (status == ASSAY_ENOMEM) out->failed = status;
    ay_buf_printf(out, zh ? "不能读作 %s" : "cannot be read as %s", ay_type_name(args->type));
    const char *why = zh ? zh_why : en_why;
    if (why && why[0]) ay_buf_printf(out, zh ? "：%s" : ": %s", why);
}

const ay_kind ay_kind_type = {
    .name = "type",
    .over = AY_OVER_VALUE,
    .summary = "the value can be read as the type",
    .summary_zh = "值符合数据类型",
    .indicator = "0302",
    .sees_null = true,
    .compile = compile,
    .open = open,
    .eval = eval,
    .close = close,
    .reason = reason,
};
