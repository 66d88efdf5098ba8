/* The functions: one table of name, arguments, result and kernel; and the kernels of those over text.
 * upper and lower change ASCII letters only, as PostgreSQL does under the C locale; length counts code points; trim
 * takes away white space of all Unicode, not only U+0020 (see base/utf8.h). */
#include "base/mem.h"
#include "base/utf8.h"
#include "expr/kernel.h"

typedef struct function {
    const char *name;
    uint32_t least, most;
    ay_type args[3];
    ay_type type;
    ay_kernel kernel;
} function;

/* Of the rows of one name the first that fits exactly is taken, else the first that fits with promotion. */
static const function functions[] = {
    {"length", 1, 1, {AY_TEXT}, AY_INT, ay_k_length},
    {"substr", 2, 3, {AY_TEXT, AY_INT, AY_INT}, AY_TEXT, ay_k_substr},
    {"upper", 1, 1, {AY_TEXT}, AY_TEXT, ay_k_upper},
    {"lower", 1, 1, {AY_TEXT}, AY_TEXT, ay_k_lower},
    {"trim", 1, 1, {AY_TEXT}, AY_TEXT, ay_k_trim},
    {"abs", 1, 1, {AY_INT}, AY_INT, ay_k_int_abs},
    {"abs", 1, 1, {AY_DEC}, AY_DEC, ay_k_dec_abs},
    {"abs", 1, 1, {AY_FLOAT}, AY_FLOAT, ay_k_float_abs},
    {"round", 1, 1, {AY_INT}, AY_INT, ay_k_same}, /* PostgreSQL goes through float8 and loses digits; this does not */
    {"round", 1, 2, {AY_DEC, AY_INT}, AY_DEC, ay_k_dec_round},
    {"round", 1, 1, {AY_FLOAT}, AY_FLOAT, ay_k_float_round},
    {"to_char", 2, 2, {AY_DATE, AY_TEXT}, AY_TEXT, ay_k_to_char},
    {"age_years", 1, 2, {AY_DATE, AY_DATE}, AY_INT, ay_k_age_years},
    {"month", 1, 1, {AY_DATE}, AY_INT, ay_k_date_month},
    {"month", 1, 1, {AY_TIMESTAMP}, AY_INT, ay_k_ts_month},
    {"month", 1, 1, {AY_TIMESTAMPTZ}, AY_INT, ay_k_tstz_month},
    {"coalesce", 1, UINT32_MAX, {AY_TEXT}, AY_TEXT, NULL}, /* any arguments of one type; evaluated in turn */
};

static bool same_name(ay_str name, const char *known)
{
    const ay_token token = {AY_TOKEN_NAME, name, 0};
    return ay_token_is(&token, known);
}

static const function *named(ay_str name)
{
    for (size_t i = 0; i < AY_COUNT(functions); i++)
        if (same_name(name, functions[i].name)) return &functions[i];
    return NULL;
}

static ay_term *unknown(ay_compiler *cx, ay_str name, uint32_t offset)
{
    const char *names[AY_COUNT(functions)];
    for (size_t i = 0; i < AY_COUNT(functions); i++) names[i] = functions[i].name;
    cx->faulty = true;
    ay_diag_unknown(cx->diags, "unknown-function", ay_source_pos(cx->node, offset), "function", "函数", name, names,
                    AY_COUNT(functions));
    return ay_term_fault(cx, offset);
}

static bool fits(const function *f, ay_terms args, bool exactly)
{
    if (args.n < f->least || args.n > f->most) return false;
    for (uint32_t i = 0; i < args.n; i++) {
        const int cost = ay_promotion(args.items[i], f->args[i]);
        if (cost < 0 || (exactly && cost > 0)) return false;
    }
    return true;
}

static const function *overload(ay_str name, ay_terms args)
{
    for (int exactly = 1; exactly >= 0; exactly--)
        for (size_t i = 0; i < AY_COUNT(functions); i++)
            if (same_name(name, functions[i].name) && fits(&functions[i], args, exactly)) return &functions[i];
    return NULL;
}

static ay_term *make_coalesce(ay_compiler *cx, ay_terms args, uint32_t offset)
{
    ay_type type;
    uint32_t odd = 0;
    if (!ay_common_type(args, 1, &type, &odd)) {
        ay_fault(cx, "expression-type", args.items[odd]->offset, "coalesce has %s before and %s here",
                 "coalesce 前面是 %s，此处是 %s", ay_type_name(type), ay_type_name(args.items[odd]->type));
        return ay_term_fault(cx, offset);
    }
    for (uint32_t i = 0; i < args.n; i++)
        if (!(args.items[i] = ay_cast(cx, args.items[i], type, false))) return NULL;
    ay_term *fault = ay_terms_fault(args);
    return fault ? fault : ay_term_new(cx, AY_OP_COALESCE, type, offset, args);
}

/* "substr takes (text, integer[, integer]), not (integer)" would need the list twice; the types given are enough to
 * see. */
static ay_term *no_overload(ay_compiler *cx, const function *f, ay_terms args, uint32_t offset)
{
    char given[128] = "";
    size_t n = 0;
    for (uint32_t i = 0; i < args.n && n + 24 < sizeof given; i++) {
        const ay_str type = ay_str_from(args.items[i]->untyped ? "text" : ay_type_name(args.items[i]->type));
        if (i) memcpy(given + n, ", ", 2);
        n += i ? 2 : 0;
        memcpy(given + n, type.ptr, type.len);
        n += type.len;
    }
    ay_fault(cx, "expression-type", offset, "%s does not take (%s)", "%s 不接受参数 (%s)", f->name, given);
    return ay_term_fault(cx, offset);
}

/* Only what PostgreSQL's to_char means by these: any other letter could be one of its many other words. */
static bool known_template(ay_compiler *cx, const ay_term *template)
{
    const ay_str s = template->value.str;
    size_t at = 0;
    if (template->op == AY_OP_CONST && !template->is_null)
        for (size_t n; at < s.len && (n = ay_to_char_word(ay_str_slice(s, at, s.len))); at += n) continue;
    if (at && at == s.len) return true;
    ay_fault(cx, "expression-template", template->offset, "to_char takes a text of YYYY, MM, DD, - / and ., in quotes",
             "to_char 的格式须为引号内由 YYYY、MM、DD 与 - / . 组成的文本");
    return false;
}

ay_term *ay_make_function(ay_compiler *cx, ay_str name, ay_terms args, uint32_t offset)
{
    const function *any = named(name);
    if (!any) return unknown(cx, name, offset);
    ay_term *fault = ay_terms_fault(args);
    if (fault) return fault;
    if (!any->kernel && args.n) return make_coalesce(cx, args, offset);
    const function *f = overload(name, args);
    if (!f) return no_overload(cx, any, args, offset);
    for (uint32_t i = 0; i < args.n; i++)
        if (!(args.items[i] = ay_cast(cx, args.items[i], f->args[i], false))) return NULL;
    fault = ay_terms_fault(args);
    if (fault) return fault;
    if (f->kernel == ay_k_to_char && !known_template(cx, args.items[1])) return ay_term_fault(cx, offset);
    return ay_term_call(cx, f->kernel, f->type, offset, args);
}

bool ay_k_same(const ay_call *c)
{
    AY_EACH_LIVE (i, c) c->out->v.i64[i] = AY_AT(c->arg[0], i64, i);
    return true;
}

bool ay_k_length(const ay_call *c)
{
    AY_EACH_LIVE (i, c) c->out->v.i64[i] = (int64_t)ay_utf8_length(AY_AT(c->arg[0], str, i));
    return true;
}

/* PostgreSQL's: positions from 1, those before the text count too; a negative length has no answer. */
static bool substr(ay_str s, int64_t from, int64_t length, ay_str *ret)
{
    int64_t end;
    if (length < 0) return false;
    if (__builtin_add_overflow(from, length, &end)) end = INT64_MAX;
    const size_t first = from > 1 ? (size_t)(from - 1) : 0, last = end > 1 ? (size_t)(end - 1) : 0;
    const size_t a = ay_utf8_offset(s, first), b = ay_utf8_offset(s, last);
    *ret = ay_str_slice(s, a, b > a ? b : a);
    return true;
}

bool ay_k_substr(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        const int64_t length = c->term->n == 3 ? AY_AT(c->arg[2], i64, i) : INT64_MAX;
        if (!substr(AY_AT(c->arg[0], str, i), AY_AT(c->arg[1], i64, i), length, &c->out->v.str[i]))
            ay_bit_set(c->out->bad, i);
    }
    return true;
}

/* Letters from `first` to first + 25 change case. */
static bool change_case(const ay_call *c, char first)
{
    AY_EACH_LIVE (i, c) {
        const ay_str s = AY_AT(c->arg[0], str, i);
        char *out = ay_arena_bytes(c->heap, s.len);
        if (!out) return false;
        for (size_t k = 0; k < s.len; k++) {
            const unsigned letter = (unsigned char)s.ptr[k] - (unsigned)(unsigned char)first;
            out[k] = (char)(letter < 26 ? s.ptr[k] ^ 0x20 : s.ptr[k]);
        }
        c->out->v.str[i] = (ay_str){out, s.len};
    }
    return true;
}

bool ay_k_upper(const ay_call *c)
{
    return change_case(c, 'a');
}

bool ay_k_lower(const ay_call *c)
{
    return change_case(c, 'A');
}

bool ay_k_trim(const ay_call *c)
{
    AY_EACH_LIVE (i, c) c->out->v.str[i] = ay_utf8_trim(AY_AT(c->arg[0], str, i));
    return true;
}

bool ay_k_concat(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        const ay_str a = AY_AT(c->arg[0], str, i), b = AY_AT(c->arg[1], str, i);
        char *out = ay_arena_bytes(c->heap, a.len + b.len);
        if (!out) return false;
        if (a.len) memcpy(out, a.ptr, a.len);
        if (b.len) memcpy(out + a.len, b.ptr, b.len);
        c->out->v.str[i] = (ay_str){out, a.len + b.len};
    }
    return true;
}
