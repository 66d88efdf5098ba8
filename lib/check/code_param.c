#include "check/code_param.h"

#include "base/ascii.h"
#include "base/mem.h"
#include "check/param.h"

static bool compile_day(ay_build *b, const ay_node *day, const char *word, ay_code_args *args, ay_rule *rule)
{
    uint32_t *fields = AY_ARENA_ARRAY(b->arena, 2, uint32_t);
    if (!fields || !ay_param_field(b, day, &fields[1])) return false;
    const ay_field *field = &b->fields[fields[1]];
    fields[0] = (uint32_t)rule->field;
    rule->fields = fields;
    rule->n_fields = 2;
    args->day_type = field->type;
    args->day_name = field->name;
    args->day_is_quotable = field->level < AY_SENSITIVE;
    if (field->type == AY_DATE || field->type == AY_TIMESTAMP || field->type == AY_TIMESTAMPTZ) return true;
    ay_diag_error(b->diags, "type-mismatch", day->pos, "'%s' needs a date, but field '%s' is of type %s",
                  "%s 需要日期字段，而字段“%s”的类型为 %s", word, field->name, ay_type_name(field->type));
    return false;
}

static bool compile_since(ay_build *b, const ay_node *since, ay_code_args *args, ay_rule *rule)
{
    args->when = AY_CODE_SINCE_FIELD;
    if (!ay_param_is_part(since)) return compile_day(b, since, "since", args, rule);
    args->when = AY_CODE_SINCE_PART;
    if (!ay_param_part(b, since, &args->year)) return false;
    if (args->year.to - args->year.from == 3) return true;
    ay_diag_error(b->diags, "bad-value", since->pos, "a year has four characters, '" AY_STR_FMT "' are %u",
                  "年份为四个字符，“" AY_STR_FMT "”为 %u 个", AY_STR_ARG(since->text),
                  args->year.to - args->year.from + 1);
    return false;
}

static bool compile_when(ay_build *b, const ay_node *arg, ay_code_args *args, ay_rule *rule)
{
    const ay_node *at = ay_node_get(arg, "at"), *since = ay_node_get(arg, "since");
    if (at && since) {
        ay_diag_error(b->diags, "contradiction", since->pos, "'at' and 'since' exclude each other",
                      "at 与 since 不能同时使用");
        return false;
    }
    if (since) return compile_since(b, since, args, rule);
    args->when = at ? AY_CODE_AT : AY_CODE_TODAY;
    return !at || compile_day(b, at, "at", args, rule);
}

static bool columns_are_texts(ay_build *b, const ay_code_columns *c)
{
    const ay_node *const nodes[] = {c->key, c->from, c->to, c->parent, c->successors};
    bool ok = true;
    for (size_t i = 0; i < AY_COUNT(nodes); i++)
        if (nodes[i] && !ay_param_scalar(b, nodes[i])) ok = false;
    return ok;
}

static bool compile_map(ay_build *b, const ay_node *arg, ay_code_args *args, ay_rule *rule, ay_code_columns *c)
{
    static const char *const keys[] = {"file",       "key",  "from", "to", "parent",
                                       "successors", "leaf", "part", "at", "since"};
    if (!ay_param_map(b, arg, "code", keys, AY_COUNT(keys))) return false;
    *c = (ay_code_columns){ay_node_get(arg, "key"), ay_node_get(arg, "parent"), ay_node_get(arg, "from"),
                           ay_node_get(arg, "to"), ay_node_get(arg, "successors")};
    const ay_node *leaf = ay_node_get(arg, "leaf"), *place = ay_node_get(arg, "part");
    bool ok = columns_are_texts(b, c);
    if (leaf && !ay_param_bool(b, leaf, &args->leaf_only)) ok = false;
    if (place && !ay_param_part(b, place, &args->part)) ok = false;
    return compile_when(b, arg, args, rule) && ok;
}

/* What the files must have for the parameter to do anything. */
static bool is_consistent(ay_build *b, const ay_node *arg, const ay_code_args *args)
{
    const bool has_to = ay_code_list_has_to(args->list);
    bool ok = true;
    if (args->when == AY_CODE_AT && !has_to && !ay_code_list_has_from(args->list)) {
        ay_diag_error(b->diags, "no-effect", arg->pos, "'at' has no effect without 'from' or 'to'",
                      "没有 from 或 to 时 at 不起作用");
        ok = false;
    }
    if (args->when >= AY_CODE_SINCE_FIELD && !has_to) {
        ay_diag_error(b->diags, "no-effect", arg->pos, "'since' has no effect without 'to'",
                      "没有 to 时 since 不起作用");
        ok = false;
    }
    if (args->leaf_only && !ay_code_list_has_parent(args->list)) {
        ay_diag_error(b->diags, "missing-key", arg->pos, "'leaf' needs the column 'parent'", "leaf 需要 parent 列");
        ok = false;
    }
    return ok;
}

/* A name, or a list of names, none twice. */
static bool file_names(ay_build *b, const ay_node *const *files, size_t n, ay_buf *names)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        if (!ay_param_scalar(b, files[i])) return false;
        for (size_t j = 0; j < i && ok; j++) {
            if (!ay_str_eq(files[j]->text, files[i]->text)) continue;
            ay_diag_error(b->diags, "duplicate", files[i]->pos, "'" AY_STR_FMT "' is listed twice",
                          "“" AY_STR_FMT "”重复列出", AY_STR_ARG(files[i]->text));
            ok = false;
        }
        if (i) ay_buf_text(names, ", ");
        ay_buf_str(names, files[i]->text);
    }
    return ok;
}

static bool read_files(ay_build *b, const ay_node *file, const ay_code_columns *columns, ay_code_args *args)
{
    const bool is_list = file->kind == AY_NODE_LIST;
    const ay_node *const one[] = {file}, *const *files = is_list ? file->items : one;
    const size_t n = is_list ? file->n : 1;
    AY_CLEANUP(ay_buf_free) ay_buf names = {0};
    if (n == 0) {
        ay_diag_error(b->diags, "no-effect", file->pos, "the list is empty", "列表为空");
        return false;
    }
    if (!file_names(b, files, n, &names) || names.failed) return false;
    args->file = ay_arena_copy(b->arena, ay_buf_view(&names));
    return args->file && ay_code_list_read(b, files, n, columns, &args->list);
}

bool ay_code_compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    ay_code_args *args = AY_ARENA_NEW(build->arena, ay_code_args);
    if (!args || !ay_param_own_field(build, arg, rule)) return false;
    rule->args = args;
    args->zone = build->zone;
    args->is_quotable = build->fields[rule->field].level < AY_SENSITIVE;
    ay_code_columns columns = {0};
    const bool is_map = arg->kind == AY_NODE_MAP;
    if (is_map && !compile_map(build, arg, args, rule, &columns)) return false;
    const ay_node *file = is_map ? ay_node_get(arg, "file") : arg;
    if (!file) {
        ay_diag_error(build->diags, "missing-key", arg->pos, "'code' needs a file", "code 需要 file");
        return false;
    }
    if (!is_map && !ay_param_scalar(build, file)) return false;
    return read_files(build, file, &columns, args) && is_consistent(build, arg, args);
}
