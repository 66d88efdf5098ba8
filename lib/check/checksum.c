/* checksum: the value is right by the arithmetic of its check characters, and, where the system is an identifier's,
 * by all that its standard says of it. */
#include "check/identifier.h"
#include "check/iso7064.h"
#include "check/kinds.h"
#include "check/param.h"

#include "base/mem.h"

#define SYSTEMS_MAX 8 /* that one field may follow */

typedef struct arithmetic {
    const ay_iso7064 *iso; /* NULL: an identifier */
    const ay_identifier *identifier;
} arithmetic;

typedef struct checksum {
    arithmetic systems[SYSTEMS_MAX]; /* the value must follow one of them */
    uint32_t n;
    ay_part part;
} checksum;

/* ---- the parameter ---- */

static size_t all_names(const char *names[AY_ISO7064_COUNT + 16])
{
    size_t n = 0;
    for (size_t i = 0; ay_identifier_at(i); i++) names[n++] = ay_identifier_at(i)->name;
    for (uint32_t i = 0; i < AY_ISO7064_COUNT; i++) names[n++] = ay_iso7064_name(i);
    return n;
}

static bool add_system(ay_build *b, const ay_node *node, checksum *args)
{
    const char *names[AY_ISO7064_COUNT + 16];
    const size_t n = all_names(names);
    uint32_t i = 0;
    if (!ay_param_word(b, node, names, n, &i)) return false;
    arithmetic *s = &args->systems[args->n++];
    if (i < n - AY_ISO7064_COUNT) {
        s->identifier = ay_identifier_at(i);
        return true;
    }
    s->iso = ay_iso7064_open(i - (uint32_t)(n - AY_ISO7064_COUNT), b->arena);
    return s->iso != NULL;
}

static bool is_named_twice(ay_build *b, const ay_node *list, size_t i)
{
    size_t before = 0;
    while (before < i && !ay_str_eq(list->items[before]->text, list->items[i]->text)) before++;
    if (before == i) return false;
    ay_diag_error(b->diags, "duplicate", list->items[i]->pos, "'" AY_STR_FMT "' is listed twice",
                  "“" AY_STR_FMT "”重复列出", AY_STR_ARG(list->items[i]->text));
    return true;
}

static bool add_systems(ay_build *b, const ay_node *node, checksum *args)
{
    if (node->kind != AY_NODE_LIST) return add_system(b, node, args);
    bool ok = node->n >= 1 && node->n <= SYSTEMS_MAX;
    if (!ok)
        ay_diag_error(b->diags, "bad-value", node->pos, "expected a list of 1 to %d checksums",
                      "此处应为 1 至 %d 个校验算法", SYSTEMS_MAX);
    for (size_t i = 0; ok && i < node->n; i++)
        if (!add_system(b, node->items[i], args) || is_named_twice(b, node, i)) return false;
    return ok;
}

static bool compile_map(ay_build *b, const ay_node *arg, checksum *args)
{
    static const char *const keys[] = {"system", "part"};
    if (!ay_param_map(b, arg, "checksum", keys, AY_COUNT(keys))) return false;
    const ay_node *named = ay_node_get(arg, "system"), *part = ay_node_get(arg, "part");
    if (!named) ay_diag_error(b->diags, "missing-key", arg->pos, "'checksum' needs a system", "checksum 需要 system");
    const bool ok = named && add_systems(b, named, args);
    return (!part || ay_param_part(b, part, &args->part)) && ok;
}

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    checksum *args = AY_ARENA_NEW(build->arena, checksum);
    if (!args || !ay_param_own_field(build, arg, rule)) return false;
    rule->args = args;
    return arg->kind == AY_NODE_MAP ? compile_map(build, arg, args) : add_systems(build, arg, args);
}

/* ---- the test ---- */

static ay_flaw test_one(const arithmetic *s, ay_str text, int64_t today)
{
    return s->iso ? ay_iso7064_test(s->iso, text) : s->identifier->test(text, today);
}

/* Of several systems the one that the value follows furthest. */
static ay_flaw test(const checksum *args, ay_str value, int64_t today)
{
    ay_str text;
    if (!ay_part_take(args->part, value, &text)) return (ay_flaw){.code = AY_FLAW_SHORT};
    ay_flaw flaw = test_one(&args->systems[0], text, today);
    for (uint32_t i = 1; i < args->n && flaw.code != AY_FLAW_NONE; i++) {
        const ay_flaw other = test_one(&args->systems[i], text, today);
        if (other.code == AY_FLAW_NONE || other.code > flaw.code) flaw = other;
    }
    return flaw;
}

/* Does the test find no flaw. */
static bool holds(const checksum *args, ay_str value, int64_t today)
{
    ay_str text;
    if (!ay_part_take(args->part, value, &text)) return false;
    for (uint32_t i = 0; i < args->n; i++) {
        const arithmetic *s = &args->systems[i];
        if (s->iso ? ay_iso7064_holds(s->iso, text) : s->identifier->holds(text, today)) return true;
    }
    return false;
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    const checksum *args = (const checksum *)rule->args;
    const ay_str *texts = view->batch->cols[rule->fields[0]].v.str;
    const int64_t today = view->context->today;
    AY_BITS_EACH (i, active, view->batch->rows)
        if (!holds(args, texts[i], today)) ay_bit_set(marks.fail, i);
    return ASSAY_OK;
}

/* ---- in words ---- */

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const checksum *args = (const checksum *)rule->args;
    const ay_str value = ay_fact_text(facts, 0);
    const ay_flaw flaw = test(args, value, facts->today);
    ay_str text;
    (void)ay_part_take(args->part, value, &text);
    if (args->part.to)
        ay_buf_printf(out, zh ? "第 %u 至 %u 个字符：" : "characters %u to %u: ", args->part.from, args->part.to);
    ay_flaw_reason(&flaw, text, facts->is_quotable, zh, out);
}

static void put_upgrade(ay_str value, ay_buf *out)
{
    char longer[18];
    if (ay_citizen_id_upgrade(value, longer)) ay_buf_put(out, longer, sizeof longer);
}

/* That the birth was in this century is all that is assumed. */
#define UPGRADE_CONFIDENCE 99
/* What is told where a value is masked, as the figure goes with its length: that of the 18 characters of most. */
#define MASKED_CONFIDENCE 5

/* One wrong character is the likeliest fault, and each of them may be it: whichever, one other character makes the
 * value right. The check character is no likelier than the rest. */
static uint32_t check_confidence(const checksum *args, ay_str value, bool is_quotable)
{
    ay_str text;
    if (!is_quotable || !ay_part_take(args->part, value, &text)) return MASKED_CONFIDENCE;
    const size_t n = ay_utf8_length(text);
    return n < 100 ? (uint32_t)(100 / n) : 1;
}

/* What the arithmetic gives: the check characters that the others ask for, which is right where no other character is
 * wrong; or the form of today. */
static bool suggest(const ay_rule *rule, const ay_facts *facts, ay_memo *memo, ay_suggestion *ret, ay_buf *out)
{
    (void)memo;
    const checksum *args = (const checksum *)rule->args;
    const ay_str value = ay_fact_text(facts, 0);
    const ay_flaw flaw = test(args, value, facts->today);
    if (flaw.code == AY_FLAW_OLD_FORM && !args->part.to) {
        const size_t before = out->len;
        *ret = (ay_suggestion){.by = AY_BY_UPGRADE, .confidence = UPGRADE_CONFIDENCE};
        put_upgrade(value, out);
        return out->len > before;
    }
    if (flaw.code != AY_FLAW_CHECK) return false;
    *ret = (ay_suggestion){.by = AY_BY_CHECK_DIGIT, .confidence = check_confidence(args, value, facts->is_quotable)};
    const size_t at = ay_utf8_offset(value, (args->part.to ? args->part.from - 1 : 0) + flaw.at - 1);
    ay_buf_str(out, ay_str_slice(value, 0, at));
    ay_buf_text(out, flaw.expected);
    ay_buf_str(out, ay_str_slice(value, at + strlen(flaw.expected), value.len));
    return true;
}

const ay_kind ay_kind_checksum = {
    .name = "checksum",
    .over = AY_OVER_VALUE,
    .summary = "the check characters agree with the rest of the value",
    .summary_zh = "校验码正确",
    .indicator = "0301",
    .types = AY_TYPE_BIT(AY_TEXT),
    .compile = compile,
    .eval = eval,
    .reason = reason,
    .suggest = suggest,
};
