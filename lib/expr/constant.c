/* Constants as packs write them: a literal of the field's type, or for dates and timestamps also `today` and `now` with
 * an interval added or taken away. */
#include "base/mem.h"
#include "base/utf8.h"
#include "expr/kernel.h"

typedef enum base { FIXED, TODAY, NOW } base;

struct ay_constant {
    base base;
    ay_cell cell; /* FIXED; else its type only */
    ay_interval plus;
};

static ay_str skip_space(ay_str s)
{
    while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) s = ay_str_slice(s, 1, s.len);
    return s;
}

static bool take_word(ay_str *s, const char *word)
{
    const size_t n = strlen(word);
    if (s->len < n) return false;
    const ay_token token = {AY_TOKEN_NAME, ay_str_slice(*s, 0, n), 0};
    if (!ay_token_is(&token, word)) return false;
    if (s->len > n && !strchr(" \t+-", s->ptr[n])) return false;
    *s = skip_space(ay_str_slice(*s, n, s->len));
    return true;
}

/* What follows `today` or `now`: nothing, or a sign and an interval. */
static bool read_shift(ay_str rest, ay_interval *ret)
{
    *ret = (ay_interval){0, 0, 0};
    if (!rest.len) return true;
    if (rest.ptr[0] != '+' && rest.ptr[0] != '-') return false;
    if (ay_interval_parse(skip_space(ay_str_slice(rest, 1, rest.len)), ret) != AY_TIME_OK) return false;
    if (rest.ptr[0] == '+') return true;
    if (ret->months == INT32_MIN || ret->days == INT32_MIN || ret->us == INT64_MIN) return false;
    *ret = ay_interval_neg(*ret);
    return true;
}

static bool moves(ay_type type)
{
    return type == AY_DATE || type == AY_TIMESTAMP || type == AY_TIMESTAMPTZ;
}

/* Not a fault of the pack's text but of the library's: reported, so that it cannot pass. */
static const ay_constant *no_memory(const ay_node *node, assay_diags *diags)
{
    ay_diag_error(diags, "no-memory", node->pos, "out of memory", "内存不足");
    return NULL;
}

static const ay_constant *unreadable(const ay_node *node, ay_type type, const char *const why[2], assay_diags *diags)
{
    ay_diag_error(diags, "bad-literal", node->pos, "'" AY_STR_FMT "' cannot be read as %s: %s%.0s",
                  "“" AY_STR_FMT "”不能读作 %s：%.0s%s", AY_STR_ARG(node->text), ay_type_name(type), why[0], why[1]);
    return NULL;
}

const ay_constant *ay_constant_compile(ay_arena *arena, const ay_node *node, ay_type type, const ay_zone *zone,
                                       assay_diags *diags)
{
    const char *why[2] = {"", ""};
    if (node->kind != AY_NODE_SCALAR) {
        ay_diag_error(diags, "bad-literal", node->pos, "a value of type %s, not a %s", "应为 %s 类型的值，而不是 %s",
                      ay_type_name(type), ay_node_kind_name(node->kind));
        return NULL;
    }
    ay_constant *constant = AY_ARENA_NEW(arena, ay_constant);
    if (!constant) return no_memory(node, diags);
    ay_str rest = node->text;
    constant->cell.type = type;
    if (moves(type)) constant->base = take_word(&rest, "today") ? TODAY : take_word(&rest, "now") ? NOW : FIXED;
    if (constant->base != FIXED) {
        static const char *const shift[2] = {"after today or now comes + or - and an interval, as in today - 18 years",
                                             "today 或 now 之后应为 + 或 - 和时间间隔，如 today - 18 years"};
        return read_shift(rest, &constant->plus) ? constant : unreadable(node, type, shift, diags);
    }
    assay_status status;
    if (ay_utf8_valid(node->text) < node->text.len)
        return unreadable(node, type, (const char *const[]){"not UTF-8", "不是 UTF-8"}, diags);
    if (ay_literal_read(node->text, type, zone, arena, &constant->cell, why, &status)) return constant;
    return status == ASSAY_ENOMEM ? no_memory(node, diags) : unreadable(node, type, why, diags);
}

bool ay_constant_is_fixed(const ay_constant *constant)
{
    return constant->base == FIXED;
}

static bool shifted(const ay_constant *constant, const ay_context *context, int64_t *ret)
{
    const ay_type type = constant->cell.type;
    int64_t at = constant->base == NOW ? context->now_local : 0;
    if (constant->base == TODAY && !ay_date_midnight(context->today, &at)) return false;
    if (type == AY_TIMESTAMPTZ) {
        at = constant->base == NOW ? context->as_of_us : ay_local_to_utc(context->zone, at);
        return ay_tstz_plus(context->zone, at, constant->plus, ret);
    }
    if (ay_timestamp_add(at, constant->plus, ret) != AY_TIME_OK) return false;
    if (type == AY_DATE) *ret = *ret / AY_DAY_US - (*ret % AY_DAY_US < 0); /* the day it falls on */
    return true;
}

ay_cell ay_constant_value(const ay_constant *constant, const ay_context *context)
{
    ay_cell cell = constant->cell;
    if (constant->base != FIXED) cell.is_bad = !shifted(constant, context, &cell.v.i64);
    return cell;
}
