#include "expr/places.h"

#include "base/mem.h"
#include "base/scan.h"

#define CLASSES 8 /* bits of a member */

typedef struct class_set {
    bool has[128];
} class_set;

typedef struct reading {
    ay_scan at;
    class_set classes[CLASSES];
    size_t n_classes;
} reading;

static bool is_word_character(char c)
{
    return ay_is_digit(c) || ay_is_alpha(c) || c == '_';
}

static bool take_word_character(ay_scan *s, char *ret)
{
    if (ay_scan_ended(s) || !is_word_character(*s->at)) return false;
    *ret = *s->at++;
    return true;
}

static void add(class_set *set, char first, char last)
{
    for (char c = first; c <= last; c++) set->has[(unsigned char)c] = true;
}

static bool take_digits(ay_scan *s, class_set *set)
{
    if (s->end - s->at < 2 || memcmp(s->at, "\\d", 2) != 0) return false;
    s->at += 2;
    add(set, '0', '9');
    return true;
}

/* Behind a '[': letters, digits, ranges of them and \d, at the end perhaps a hyphen, up to the ']'. */
static bool take_class(ay_scan *s, class_set *set)
{
    const char *const start = s->at;
    while (!ay_scan_at(s, ']') && !ay_scan_at(s, '-')) {
        char first, last;
        if (take_digits(s, set)) continue;
        if (!take_word_character(s, &first)) return false;
        last = first;
        if (s->end - s->at >= 2 && s->at[0] == '-' && s->at[1] != ']') {
            s->at++;
            if (!take_word_character(s, &last) || last < first) return false;
        }
        add(set, first, last);
    }
    if (s->at == start) return false;
    if (ay_scan_take(s, '-')) add(set, '-', '-');
    return ay_scan_take(s, ']');
}

/* One character outside brackets that stands for itself. */
static bool take_literal(ay_scan *s, class_set *set)
{
    if (ay_scan_ended(s) || !(is_word_character(*s->at) || (*s->at && strchr(" -/:,", *s->at)))) return false;
    add(set, *s->at, *s->at);
    s->at++;
    return true;
}

/* {n}; without it 1. 0: too many, none, or another quantifier. */
static size_t take_count(ay_scan *s)
{
    size_t n = 0;
    if (!ay_scan_take(s, '{')) return 1;
    for (; ay_scan_at_digit(s) && n <= AY_PLACES_MAX; s->at++) n = n * 10 + (size_t)(*s->at - '0');
    return ay_scan_take(s, '}') && n <= AY_PLACES_MAX ? n : 0;
}

/* Its number among the classes, CLASSES: there are too many. */
static size_t number_of(reading *r, const class_set *set)
{
    size_t i = 0;
    while (i < r->n_classes && memcmp(&r->classes[i], set, sizeof *set) != 0) i++;
    if (i == r->n_classes && i < CLASSES) r->classes[r->n_classes++] = *set;
    return i;
}

static bool take_places(reading *r, ay_places *places)
{
    class_set set = {{false}};
    const bool ok =
        ay_scan_take(&r->at, '[') ? take_class(&r->at, &set) : take_digits(&r->at, &set) || take_literal(&r->at, &set);
    const size_t count = ok ? take_count(&r->at) : 0, number = number_of(r, &set);
    if (!count || count > AY_PLACES_MAX - places->n || number == CLASSES) return false;
    memset(places->wanted + places->n, 1 << number, count);
    places->n += count;
    return true;
}

ay_places ay_places_read(ay_str pattern)
{
    reading r = {.at = ay_scan_on(pattern)};
    ay_places places = {.n = 0};
    while (!ay_scan_ended(&r.at))
        if (!take_places(&r, &places)) return (ay_places){.n = 0};
    for (size_t i = 0; i < r.n_classes; i++)
        for (size_t c = 0; c < 128; c++) places.members[c] |= (uint8_t)(r.classes[i].has[c] << i);
    return places;
}

bool ay_places_hold(const ay_places *places, ay_str value)
{
    if (!places->n || value.len != places->n) return false;
    uint32_t missing = 0;
    for (size_t i = 0; i < places->n; i++)
        missing |= places->wanted[i] & ~(uint32_t)places->members[(unsigned char)value.ptr[i]];
    return !missing;
}

/* No class has a bar in it, and no escape of one: every bar of a pattern that can be read here parts alternatives. */
ay_rows ay_rows_read(ay_str pattern)
{
    ay_rows rows = {.n = 0};
    for (size_t from = 0; pattern.len && from <= pattern.len;) {
        const char *bar = memchr(pattern.ptr + from, '|', pattern.len - from);
        const size_t to = bar ? (size_t)(bar - pattern.ptr) : pattern.len;
        const ay_places places = ay_places_read(ay_str_slice(pattern, from, to));
        if (!places.n || rows.n == AY_ROWS_MAX) return (ay_rows){.n = 0};
        rows.of[rows.n++] = places;
        from = to + 1;
    }
    return rows;
}

bool ay_rows_hold(const ay_rows *rows, ay_str value)
{
    bool holds = false;
    for (size_t i = 0; i < rows->n && !holds; i++) holds = ay_places_hold(&rows->of[i], value);
    return holds;
}
