/* length: how long a text is, in characters (code points) unless another unit is named; bytes for bytes. */
#include "check/length.h"

#include "check/kinds.h"
#include "check/param.h"

#include "base/gb18030.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "expr/regex.h"

enum { CHARACTERS, BYTES, UTF16, GRAPHEMES, GB18030 };

static const char *const unit_name[] = {[CHARACTERS] = "characters",
                                        [BYTES] = "bytes",
                                        [UTF16] = "utf16",
                                        [GRAPHEMES] = "graphemes",
                                        [GB18030] = "gb18030"};
static const char *const unit_en[] = {[CHARACTERS] = "",
                                      [BYTES] = " bytes",
                                      [UTF16] = " UTF-16 units",
                                      [GRAPHEMES] = " graphemes",
                                      [GB18030] = " bytes of GB 18030"};
static const char *const unit_zh[] = {[CHARACTERS] = "",
                                      [BYTES] = " 字节",
                                      [UTF16] = " 个 UTF-16 单元",
                                      [GRAPHEMES] = " 个字素",
                                      [GB18030] = " 个 GB 18030 字节"};
_Static_assert(AY_COUNT(unit_name) == AY_LENGTH_UNITS && AY_COUNT(unit_en) == AY_LENGTH_UNITS &&
                   AY_COUNT(unit_zh) == AY_LENGTH_UNITS,
               "name every unit");

const ay_length *ay_length_of(const ay_rule *rule)
{
    return rule->kind == &ay_kind_length ? (const ay_length *)rule->args : NULL;
}

static bool compile_map(ay_build *b, const ay_node *arg, ay_length *args)
{
    static const char *const keys[] = {"min", "max", "unit"};
    if (!ay_param_map(b, arg, "length", keys, AY_COUNT(keys))) return false;
    const ay_node *min = ay_node_get(arg, "min"), *max = ay_node_get(arg, "max"), *unit = ay_node_get(arg, "unit");
    bool ok = true;
    if (!min && !max) {
        ay_diag_error(b->diags, "missing-key", arg->pos, "'length' needs min or max", "length 需要 min 或 max");
        ok = false;
    }
    if (min && !ay_param_u64(b, min, UINT32_MAX, &args->min)) ok = false;
    if (max && !ay_param_u64(b, max, UINT32_MAX, &args->max)) ok = false;
    if (unit && !ay_param_word(b, unit, unit_name, AY_COUNT(unit_name), &args->unit)) ok = false;
    if (ok && args->min > args->max) {
        ay_diag_error(b->diags, "contradiction", arg->pos, "no length is at least %llu and at most %llu",
                      "不存在不小于 %llu 且不大于 %llu 的长度", (unsigned long long)args->min,
                      (unsigned long long)args->max);
        ok = false;
    }
    return ok;
}

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    ay_length *args = AY_ARENA_NEW(build->arena, ay_length);
    if (!args || !ay_param_own_field(build, arg, rule)) return false;
    const bool is_bytes = build->fields[rule->field].type == AY_BYTES;
    *args = (ay_length){.max = UINT64_MAX, .unit = is_bytes ? BYTES : CHARACTERS, .is_bytes = is_bytes};
    rule->args = args;
    if (arg->kind != AY_NODE_MAP) {
        const bool ok = ay_param_u64(build, arg, UINT32_MAX, &args->min);
        args->max = args->min;
        return ok;
    }
    if (!compile_map(build, arg, args)) return false;
    if (!is_bytes || args->unit == BYTES) return true;
    ay_diag_error(build->diags, "type-mismatch", arg->pos, "bytes have no %s", "二进制值没有 %s 单位",
                  unit_name[args->unit]);
    return false;
}

static size_t byte_length(ay_str s)
{
    return s.len;
}

/* SIZE_MAX: a limit was hit while looking for graphemes. */
typedef size_t measure(ay_str s);
static measure *const measures[] = {[CHARACTERS] = ay_utf8_length,
                                    [BYTES] = byte_length,
                                    [UTF16] = ay_utf8_utf16_length,
                                    [GRAPHEMES] = ay_grapheme_length,
                                    [GB18030] = ay_gb18030_length};
_Static_assert(AY_COUNT(measures) == AY_LENGTH_UNITS, "measure in every unit");

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    const ay_length *args = (const ay_length *)rule->args;
    const ay_str *texts = view->batch->cols[rule->fields[0]].v.str;
    measure *const length = measures[args->unit];
    AY_BITS_EACH (i, active, view->batch->rows) {
        if (texts[i].len < args->min && args->unit != GB18030) { /* no other unit is smaller than a byte of UTF-8 */
            ay_bit_set(marks.fail, i);
            continue;
        }
        const size_t n = length(texts[i]);
        if (n == SIZE_MAX) ay_bit_set(marks.unreadable, i);
        else if (n < args->min || n > args->max) ay_bit_set(marks.fail, i);
    }
    return ASSAY_OK;
}

static void put_bounds(const ay_length *args, bool zh, ay_buf *out)
{
    const unsigned long long min = args->min, max = args->max;
    if (args->min == args->max) ay_buf_printf(out, zh ? "应为 %llu" : "should be %llu", min);
    else if (args->max == UINT64_MAX) ay_buf_printf(out, zh ? "应不小于 %llu" : "should be at least %llu", min);
    else if (args->min == 0) ay_buf_printf(out, zh ? "应不大于 %llu" : "should be at most %llu", max);
    else ay_buf_printf(out, zh ? "应为 %llu 至 %llu" : "should be %llu to %llu", min, max);
}

static size_t fact_length(const ay_length *args, ay_str text)
{
    if (!args->is_bytes) return measures[args->unit](text);
    return text.len < 2 ? 0 : (text.len - 2) / 2;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const ay_length *args = (const ay_length *)rule->args;
    const size_t n = fact_length(args, ay_fact_text(facts, 0));
    if (n == SIZE_MAX) {
        ay_buf_text(out, zh ? "文本过于复杂，无法计数" : "the text is too complex to be counted");
        return;
    }
    const char *unit = zh ? unit_zh[args->unit] : unit_en[args->unit];
    if (facts->is_quotable) ay_buf_printf(out, zh ? "长度为 %zu%s，" : "length is %zu%s, ", n, unit);
    else ay_buf_text(out, zh ? "长度不符，" : "the length is wrong, ");
    put_bounds(args, zh, out);
    if (!facts->is_quotable) ay_buf_text(out, unit);
}

const ay_kind ay_kind_length = {
    .name = "length",
    .over = AY_OVER_VALUE,
    .summary = "the text is as long as it should be",
    .summary_zh = "文本长度符合要求",
    .indicator = "0302",
    .types = AY_TYPE_BIT(AY_TEXT) | AY_TYPE_BIT(AY_BYTES),
    .compile = compile,
    .eval = eval,
    .reason = reason,
};
