#include "check/code_guess.h"

#include "base/hash.h"
#include "base/mem.h"
#include "check/near.h"

#define NAME_CONFIDENCE 95 /* another list may have given the name to another code */
#define NONE            UINT32_MAX

struct ay_code_guess {
    const ay_code_list *list;
    ay_set names;   /* name -> a line that has it */
    uint32_t *next; /* beside the lines: another one of the same name, or NONE */
    ay_near *near;
};

static bool add_name(ay_code_guess *guess, ay_str name, uint32_t line)
{
    uint32_t first = NONE;
    guess->next[line] = NONE;
    if (!name.len) return true;
    if (!ay_set_add(&guess->names, name, line, &first)) return false;
    if (first == NONE) return true;
    guess->next[line] = guess->next[first];
    guess->next[first] = line;
    return true;
}

/* Each code once. */
static bool take_codes(const ay_code_list *list, ay_str *codes, uint32_t *ret_n)
{
    ay_set seen = {0};
    bool ok = true;
    *ret_n = 0;
    for (uint32_t i = 0; ok && i < ay_code_list_lines(list); i++) {
        uint32_t first = NONE;
        ay_str code, name;
        ay_code_list_line(list, i, &code, &name);
        ok = ay_set_add(&seen, code, i, &first);
        if (first == NONE) codes[(*ret_n)++] = code;
    }
    ay_set_free(&seen);
    return ok;
}

static bool index_codes(ay_code_guess *guess)
{
    uint32_t n = 0;
    ay_str *codes = AY_NEW_ARRAY(ay_code_list_lines(guess->list), ay_str);
    if (codes && take_codes(guess->list, codes, &n)) return ay_near_open(codes, n, &guess->near);
    ay_free(codes);
    return false;
}

static bool index_names(ay_code_guess *guess)
{
    const uint32_t n = ay_code_list_lines(guess->list);
    guess->next = AY_NEW_ARRAY(n, uint32_t);
    bool ok = guess->next;
    for (uint32_t i = 0; ok && i < n; i++) {
        ay_str code, name;
        ay_code_list_line(guess->list, i, &code, &name);
        ok = add_name(guess, name, i);
    }
    return ok;
}

bool ay_code_guess_open(const ay_code_list *list, ay_code_guess **ret)
{
    ay_code_guess *guess = AY_NEW(ay_code_guess);
    if (!guess) return false;
    guess->list = list;
    if (index_names(guess) && index_codes(guess)) {
        *ret = guess;
        return true;
    }
    ay_code_guess_close(guess);
    return false;
}

void ay_code_guess_close(void *guess)
{
    ay_code_guess *own = (ay_code_guess *)guess;
    ay_set_free(&own->names);
    ay_free(own->next);
    if (own->near) ay_near_close(own->near);
    ay_free(own);
}

/* What ay_near asks of a code. */
typedef struct wanted {
    const ay_code_list *list;
    const ay_code_need *need;
} wanted;

static bool accepts(const void *ctx, ay_str code)
{
    const wanted *w = (const wanted *)ctx;
    return ay_code_accepts(w->list, code, w->need);
}

/* A name may stand in several lines of one code, for its periods. */
static bool find_named(const ay_code_guess *guess, ay_str name, const wanted *w, ay_str *ret_code)
{
    *ret_code = AY_STR("");
    for (uint32_t line = ay_set_find(&guess->names, name); line != NONE; line = guess->next[line]) {
        ay_str code, own;
        ay_code_list_line(guess->list, line, &code, &own);
        if (!accepts(w, code) || ay_str_eq(code, *ret_code)) continue;
        if (ret_code->len) return false;
        *ret_code = code;
    }
    return ret_code->len > 0;
}

bool ay_code_guess_find(const ay_code_guess *guess, ay_str value, const ay_code_need *need, ay_suggestion *ret,
                        ay_str *ret_code)
{
    const wanted w = {guess->list, need};
    ay_near_hit hit;
    if (find_named(guess, value, &w, ret_code)) {
        *ret = (ay_suggestion){.by = AY_BY_NAME, .confidence = NAME_CONFIDENCE};
        return true;
    }
    if (!ay_near_find(guess->near, value, &(ay_near_filter){accepts, &w}, &hit)) return false;
    *ret = (ay_suggestion){.by = AY_BY_NEAREST, .confidence = hit.confidence};
    *ret_code = hit.text;
    return true;
}
