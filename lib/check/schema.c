/* schema: the source has these columns, of these types. A column that is missing or of another type fails, and with
 * `exact` one that was not named. Every column compared counts once, also in a source that comes in parts. */
#include "base/mem.h"
#include "check/group.h"
#include "check/kinds.h"
#include "check/param.h"
#include "check/state.h"

typedef struct schema_column {
    const char *name;
    ay_type type;
} schema_column;

typedef struct schema_args {
    schema_column *columns;
    uint32_t n;
    ay_set names; /* -> index */
    bool is_exact;
} schema_args;

/* What was seen, as tuples: name, type expected (null: not named), type found (null: missing). Sorted, these are the
 * details of the findings, and equal ones from several parts stand together. */
typedef struct schema_state {
    ay_sorter *seen;
    const ay_schema *last; /* the parts of a source share one schema */
    ay_buf line;
} schema_state;

enum { DETAIL_NAME, DETAIL_EXPECTED, DETAIL_FOUND, DETAIL_COUNT };

static bool compile_column(ay_build *b, const ay_node *item, schema_args *args, uint32_t i)
{
    const ay_str name = item->key->text;
    args->columns[i].name = ay_arena_copy(b->arena, name);
    if (!args->columns[i].name || !ay_set_add(&args->names, ay_str_from(args->columns[i].name), i, NULL)) return false;
    if (item->kind == AY_NODE_SCALAR && ay_type_from_name(item->text, &args->columns[i].type)) return true;
    const char *words[AY_TYPE_COUNT];
    for (size_t t = 0; t < AY_TYPE_COUNT; t++) words[t] = ay_type_name((ay_type)t);
    if (item->kind == AY_NODE_SCALAR)
        ay_diag_unknown(b->diags, "unknown-type", item->pos, "type", "类型", item->text, words, AY_TYPE_COUNT);
    else
        ay_diag_error(b->diags, "bad-value", item->pos, "the type of column '" AY_STR_FMT "' must be one word",
                      "列“" AY_STR_FMT "”的类型应为一个词", AY_STR_ARG(name));
    return false;
}

static void free_names(void *set)
{
    ay_set_free((ay_set *)set);
}

static bool compile_columns(ay_build *b, const ay_node *columns, schema_args *args)
{
    if (columns->kind != AY_NODE_MAP || columns->n == 0 || columns->n > UINT32_MAX) {
        ay_diag_error(b->diags, "bad-value", columns->pos, "'columns' takes a map of column names and types",
                      "columns 的参数应为“列名: 类型”的映射");
        return false;
    }
    args->n = (uint32_t)columns->n;
    args->columns = AY_ARENA_ARRAY(b->arena, columns->n, schema_column);
    if (!args->columns || !ay_arena_defer(b->arena, free_names, &args->names)) return false;
    bool ok = true;
    for (uint32_t i = 0; i < args->n; i++) ok &= compile_column(b, columns->items[i], args, i);
    return ok;
}

static bool compile(ay_build *b, const ay_node *arg, ay_rule *rule)
{
    static const char *const keys[] = {"columns", "exact"};
    schema_args *args = AY_ARENA_NEW(b->arena, schema_args);
    if (!args || !ay_param_map(b, arg, "schema", keys, AY_COUNT(keys))) return false;
    rule->args = args;
    const ay_node *columns = ay_shape_need(b, arg, "schema", "columns"), *exact = ay_node_get(arg, "exact");
    const bool ok = !exact || ay_param_bool(b, exact, &args->is_exact);
    return columns && compile_columns(b, columns, args) && ok;
}

static void state_close(void *state)
{
    schema_state *s = (schema_state *)state;
    if (!s) return;
    ay_sorter_free(s->seen);
    ay_buf_free(&s->line);
    ay_free(s);
}

static assay_status state_open(const ay_rule *rule, ay_budget *budget, void **ret, assay_err *err)
{
    (void)rule;
    schema_state *s = AY_NEW(schema_state);
    AY_NOMEM_IF(!s, err);
    const assay_status status = ay_sorter_open(budget, &s->seen, err);
    if (status == ASSAY_OK) *ret = s;
    else state_close(s);
    return status;
}

static void put_type(ay_buf *out, const ay_type *type)
{
    static const ay_cell none = {.is_null = true};
    if (type) ay_tuple_put_str(out, ay_str_from(ay_type_name(*type)));
    else ay_tuple_put(out, &none);
}

static assay_status see(schema_state *s, const char *name, const ay_type *expected, const ay_type *found,
                        assay_err *err)
{
    ay_buf_clear(&s->line);
    ay_tuple_put_str(&s->line, ay_str_from(name));
    put_type(&s->line, expected);
    put_type(&s->line, found);
    AY_TRY(ay_buf_status(&s->line, err));
    return ay_sorter_put(s->seen, 0, ay_buf_view(&s->line), err);
}

static const ay_column *find(const ay_schema *schema, const char *name)
{
    for (uint32_t i = 0; i < schema->n; i++)
        if (strcmp(schema->columns[i].name, name) == 0) return &schema->columns[i];
    return NULL;
}

static assay_status absorb(const ay_rule *rule, void *state, const ay_view *view, const uint64_t *active,
                           assay_err *err)
{
    (void)active;
    const schema_args *args = (const schema_args *)rule->args;
    schema_state *s = (schema_state *)state;
    if (s->last == view->source) return ASSAY_OK;
    for (uint32_t i = 0; i < args->n; i++) {
        const ay_column *column = find(view->source, args->columns[i].name);
        AY_TRY(see(s, args->columns[i].name, &args->columns[i].type, column ? &column->type : NULL, err));
    }
    for (uint32_t i = 0; args->is_exact && i < view->source->n; i++) {
        const ay_column *column = &view->source->columns[i];
        if (ay_set_find(&args->names, ay_str_from(column->name)) == UINT32_MAX)
            AY_TRY(see(s, column->name, NULL, &column->type, err));
    }
    s->last = view->source;
    return ASSAY_OK;
}

static assay_status merge(const ay_rule *rule, void *into, void *from, assay_err *err)
{
    (void)rule;
    schema_state *a = (schema_state *)into, *b = (schema_state *)from;
    b->last = NULL;
    return ay_sorter_absorb(a->seen, b->seen, err);
}

/* ---- Stored ---- */

static void close_sorted(ay_sorted **sorted)
{
    ay_sorted_close(*sorted);
}

/* What was seen, once each: how many parts saw it is not told. */
static assay_status put_distinct(ay_sorted *sorted, ay_buf *list, uint64_t *ret_n, assay_err *err)
{
    ay_buf previous = {0};
    assay_status status = ASSAY_OK;
    for (bool end = false; status == ASSAY_OK;) {
        ay_sort_record record;
        status = ay_sorted_next(sorted, &record, &end, err);
        if (status != ASSAY_OK || end) break;
        if (ay_str_eq(record.bytes, ay_buf_view(&previous))) continue;
        ay_buf_sized(list, record.bytes);
        ay_buf_clear(&previous);
        ay_buf_str(&previous, record.bytes);
        ++*ret_n;
        status = ay_buf_status(&previous, err);
    }
    ay_buf_free(&previous);
    return status;
}

static assay_status save(const ay_rule *rule, void *state, ay_stream *out, assay_err *err)
{
    (void)rule;
    AY_CLEANUP(close_sorted) ay_sorted *sorted = NULL;
    AY_CLEANUP(ay_buf_free) ay_buf list = {0};
    uint64_t n = 0;
    AY_TRY(ay_sorted_open(((schema_state *)state)->seen, &sorted, err));
    AY_TRY(put_distinct(sorted, &list, &n, err));
    AY_TRY(ay_buf_status(&list, err));
    ay_state_put_counts(out, &n, 1);
    ay_buf_str(&out->buf, ay_buf_view(&list));
    return ASSAY_OK;
}

static assay_status check_seen(const void *ctx, ay_str record, ay_arena *heap, uint64_t *ret_prefix, assay_err *err)
{
    (void)ctx;
    (void)ret_prefix; /* 0, as it was put */
    ay_cursor c = ay_cursor_on(record.ptr, record.len);
    ay_cell name;
    AY_TRY(ay_state_take_cell(&c, heap, &name, err));
    if (name.is_null || name.is_bad || name.type != AY_TEXT) return ay_in_damaged(err);
    AY_TRY(ay_state_take_null_or_text(&c, heap, err));
    AY_TRY(ay_state_take_null_or_text(&c, heap, err));
    return c.at == c.end ? ASSAY_OK : ay_in_damaged(err);
}

static assay_status load(const ay_rule *rule, void *state, const ay_context *context, ay_in *in, assay_err *err)
{
    (void)rule;
    (void)context;
    static const ay_state_form form = {.check = check_seen, .is_set = true};
    return ay_state_take_sorter(in, ((schema_state *)state)->seen, &form, err);
}

typedef struct schema_finish {
    const ay_rule *rule;
    const ay_emit *emit;
    ay_tally *tally;
    ay_buf previous; /* record */
    bool is_failed;  /* its column */
} schema_finish;

/* One record in order. A column fails once, however many parts disagree with it; each way it does is a finding. */
static assay_status judge(schema_finish *f, ay_str record, assay_err *err)
{
    const ay_str previous = ay_buf_view(&f->previous);
    if (ay_str_eq(record, previous)) return ASSAY_OK;
    const size_t name = ay_tuple_length(record, DETAIL_NAME + 1);
    const bool is_new = !previous.len || ay_tuple_length(previous, DETAIL_NAME + 1) != name ||
                        memcmp(record.ptr, previous.ptr, name) != 0;
    if (is_new) f->is_failed = false;
    f->tally->evaluated += is_new;
    ay_buf_clear(&f->previous);
    ay_buf_str(&f->previous, record);
    AY_TRY(ay_buf_status(&f->previous, err));
    const size_t expected = ay_tuple_length(record, DETAIL_EXPECTED + 1);
    const ay_str a = ay_str_slice(record, name, expected), b = ay_str_slice(record, expected, record.len);
    if (ay_str_eq(a, b)) return ASSAY_OK;
    f->tally->failed += !f->is_failed;
    f->is_failed = true;
    return f->emit->finding(f->emit->ctx, f->rule, AY_FAIL, (ay_str){0}, (ay_str){0}, record, err);
}

static assay_status judge_all(schema_finish *f, ay_sorter *seen, assay_err *err)
{
    AY_CLEANUP(close_sorted) ay_sorted *sorted = NULL;
    AY_TRY(ay_sorted_open(seen, &sorted, err));
    for (;;) {
        ay_sort_record record;
        bool end = false;
        AY_TRY(ay_sorted_next(sorted, &record, &end, err));
        if (end) return ASSAY_OK;
        AY_TRY(judge(f, record.bytes, err));
    }
}

static assay_status finish(const ay_rule *rule, void *state, const ay_context *context, const ay_emit *emit,
                           ay_tally *tally, assay_err *err)
{
    (void)context;
    schema_finish f = {.rule = rule, .emit = emit, .tally = tally};
    const assay_status status = judge_all(&f, ((schema_state *)state)->seen, err);
    ay_buf_free(&f.previous);
    return status;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    (void)rule;
    if (facts->n_detail < DETAIL_COUNT) return;
    const ay_cell *expected = &facts->detail[DETAIL_EXPECTED], *found = &facts->detail[DETAIL_FOUND];
    ay_buf_text(out, zh ? "列“" : "column '");
    ay_buf_str(out, facts->detail[DETAIL_NAME].v.str);
    ay_buf_text(out, zh ? "”" : "'");
    if (expected->is_null) {
        ay_buf_text(out, zh ? "未在规定之列" : " is not one of those named");
        return;
    }
    if (found->is_null) {
        ay_buf_text(out, zh ? "缺失，类型应为 " : " is missing, expected with type ");
    } else {
        ay_buf_text(out, zh ? "的类型为 " : " has type ");
        ay_buf_str(out, found->v.str);
        ay_buf_text(out, zh ? "，应为 " : ", expected ");
    }
    ay_buf_str(out, expected->v.str);
}

const ay_kind ay_kind_schema = {
    .name = "schema",
    .over = AY_OVER_DATASET,
    .of_whole = true,
    .summary = "the columns of the source and their types",
    .summary_zh = "数据源的列及其类型",
    .indicator = "0102",
    .without = AY_WITHOUT_WHERE | AY_WITHOUT_NULLS | AY_WITHOUT_ON_EMPTY,
    .compile = compile,
    .state_open = state_open,
    .absorb = absorb,
    .merge = merge,
    .save = save,
    .load = load,
    .finish = finish,
    .state_close = state_close,
    .reason = reason,
};
