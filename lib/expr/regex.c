/* Patterns with PCRE2. The whole value must match: anchored at both ends by options rather than by text around the
 * pattern, so that neither a comment nor an unbalanced parenthesis of the pattern can reach beyond it. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <limits.h>

#include "base/mem.h"
#include "base/word.h"
#include "expr/places.h"
#include "expr/regex.h"

#define PATTERN_BYTES 65536
#define MATCH_LIMIT   1000000u /* steps of one value; a catastrophic pattern ends here within milliseconds */
#define DEPTH_LIMIT   250000u
#define HEAP_KIB      16384u
#define JIT_STACK_MIN 32768
#define JIT_STACK_MAX (1 << 20)

struct ay_regex {
    pcre2_code *code;
    ay_rows rows; /* where the pattern is no more than that */
};

struct ay_regex_match {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

static void *take(size_t bytes, void *unused)
{
    (void)unused;
    return ay_alloc(bytes);
}

static void give(void *p, void *unused)
{
    (void)unused;
    ay_free(p);
}

static void free_general(pcre2_general_context **context)
{
    pcre2_general_context_free(*context);
}

static void free_compile(pcre2_compile_context **context)
{
    pcre2_compile_context_free(*context);
}

static pcre2_code *compile(ay_str pattern, uint32_t options, int *fault, size_t *offset)
{
    AY_CLEANUP(free_general) pcre2_general_context *general = pcre2_general_context_create(take, give, NULL);
    AY_CLEANUP(free_compile) pcre2_compile_context *context = general ? pcre2_compile_context_create(general) : NULL;
    *fault = PCRE2_ERROR_NOMEMORY;
    *offset = 0;
    if (!context) return NULL;
    pcre2_set_max_pattern_length(context, PATTERN_BYTES);
    /* compiled code keeps the memory functions of the context, not the context */
    return pcre2_compile((PCRE2_SPTR)(pattern.ptr ? pattern.ptr : ""), pattern.len, options, fault, offset, context);
}

static assay_status fail(int fault, char message[128])
{
    if (fault == PCRE2_ERROR_NOMEMORY || fault == PCRE2_ERROR_HEAP_FAILED) return ASSAY_ENOMEM;
    if (pcre2_get_error_message(fault, (PCRE2_UCHAR *)message, 128) < 0) memcpy(message, "invalid", sizeof "invalid");
    return ASSAY_EFORMAT;
}

assay_status ay_regex_compile(ay_str pattern, ay_regex **ret, size_t *ret_offset, char message[128])
{
    const bool unicode = pattern.len >= 4 && memcmp(pattern.ptr, "(?u)", 4) == 0;
    const ay_str rest = ay_str_slice(pattern, unicode ? 4 : 0, pattern.len);
    const uint32_t options = PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOLLAR_ENDONLY |
                             PCRE2_NEVER_BACKSLASH_C | (unicode ? PCRE2_UCP : 0);
    ay_regex *regex = AY_NEW(ay_regex);
    *ret_offset = 0;
    if (!regex) return ASSAY_ENOMEM;
    int fault;
    regex->code = compile(rest, options, &fault, ret_offset);
    if (!regex->code) {
        *ret_offset += unicode ? 4 : 0;
        ay_regex_free(regex);
        return fail(fault, message);
    }
    (void)pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE); /* where there is none, patterns are interpreted */
    if (!unicode) regex->rows = ay_rows_read(pattern);
    *ret = regex;
    return ASSAY_OK;
}

void ay_regex_free(void *p)
{
    ay_regex *regex = p;
    if (!regex) return;
    pcre2_code_free(regex->code);
    ay_free(regex);
}

static bool match_parts(const pcre2_code *code, ay_regex_match *match)
{
    AY_CLEANUP(free_general) pcre2_general_context *general = pcre2_general_context_create(take, give, NULL);
    if (!general) return false;
    match->data = pcre2_match_data_create(1, general); /* the verdict is wanted, not the groups */
    match->context = pcre2_match_context_create(general);
    size_t jit = 0;
    if (!match->data || !match->context) return false;
    pcre2_set_match_limit(match->context, MATCH_LIMIT);
    pcre2_set_depth_limit(match->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(match->context, HEAP_KIB);
    if (!code || pcre2_pattern_info(code, PCRE2_INFO_JITSIZE, &jit) != 0 || jit == 0) return true;
    match->stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, general);
    if (match->stack) pcre2_jit_stack_assign(match->context, NULL, match->stack);
    return match->stack != NULL;
}

static void match_clear(ay_regex_match *match)
{
    pcre2_match_data_free(match->data);
    pcre2_match_context_free(match->context);
    pcre2_jit_stack_free(match->stack);
}

assay_status ay_regex_match_open(const ay_regex *regex, ay_regex_match **ret, assay_err *err)
{
    ay_regex_match *match = AY_NEW(ay_regex_match);
    AY_NOMEM_IF(!match, err);
    if (!match_parts(regex->code, match)) {
        ay_regex_match_close(match);
        return ay_fail_nomem(err);
    }
    *ret = match;
    return ASSAY_OK;
}

ay_regex_match *ay_regex_match_close(ay_regex_match *match)
{
    if (match) match_clear(match);
    return ay_free(match);
}

static ay_regex_verdict search(const ay_regex *regex, ay_regex_match *match, ay_str value)
{
    const int found = pcre2_match(regex->code, (PCRE2_SPTR)(value.len ? value.ptr : ""), value.len, 0, 0, match->data,
                                  match->context);
    if (found >= 0) return AY_REGEX_YES;
    return found == PCRE2_ERROR_NOMATCH ? AY_REGEX_NO : AY_REGEX_LIMIT;
}

/* What is not ASCII could be no UTF-8 at all. */
ay_regex_verdict ay_regex_whole(const ay_regex *regex, ay_regex_match *match, ay_str value)
{
    if (ay_rows_hold(&regex->rows, value)) return AY_REGEX_YES;
    return regex->rows.n && ay_is_ascii(value) ? AY_REGEX_NO : search(regex, match, value);
}

/* Every byte one character of its own: ASCII without CR, which pairs with LF. */
static bool is_plain(ay_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80 || s.ptr[i] == '\r') return false;
    return true;
}

static size_t count_graphemes(const pcre2_code *code, ay_regex_match *match, ay_str s)
{
    size_t n = 0;
    for (size_t at = 0; at < s.len; n++) {
        const int found =
            pcre2_match(code, (PCRE2_SPTR)s.ptr, s.len, at, at ? PCRE2_NO_UTF_CHECK : 0, match->data, match->context);
        if (found < 0) return SIZE_MAX;
        at = pcre2_get_ovector_pointer(match->data)[1];
    }
    return n;
}

size_t ay_grapheme_length(ay_str s)
{
    if (is_plain(s)) return s.len;
    int fault;
    size_t offset, n = SIZE_MAX;
    ay_regex_match match = {0};
    pcre2_code *code = compile(AY_STR("\\X"), PCRE2_UTF | PCRE2_ANCHORED, &fault, &offset);
    if (code && match_parts(NULL, &match)) n = count_graphemes(code, &match, s);
    match_clear(&match);
    pcre2_code_free(code);
    return n;
}
