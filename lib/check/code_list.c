#include "check/code_list.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "check/code_csv.h"
#include "check/code_set.h"

#define NONE     UINT32_MAX
#define UNLISTED 0 /* the entry before those of the lines, never in force: what is not listed needs no branch */

/* One line of a list; lines of one code are chained. */
typedef struct entry {
    int64_t from, to; /* days, inclusive */
    uint32_t next;    /* UNLISTED: the last */
    bool is_parent;   /* kept in the first line of a code */
} entry;

/* What only findings need of a line, as it is written. */
typedef struct words {
    ay_str code, name, since, until, successors;
} words;

struct ay_code_list {
    ay_code_set codes; /* code -> its first entry */
    entry *entries;
    words *words;    /* beside the entries */
    uint32_t n, cap; /* with UNLISTED */
    bool has_from, has_to, has_parent;
};

/* Where the columns of a file stand; NONE: not read. */
typedef struct places {
    uint32_t key, name, parent, from, to, successors;
} places;

typedef struct source {
    ay_code_csv csv;
    places places;
    uint32_t width; /* columns of the header */
    uint32_t first; /* entries of the files before it */
} source;

/* ---- the header ---- */

/* The column that a node names, or the one of the usual name (may be NULL); NONE where there is none. */
static bool find_column(ay_code_csv *csv, const ay_node *node, const char *usual, uint32_t *ret)
{
    const ay_str name = node ? node->text : ay_str_from(usual);
    for (*ret = 0; name.ptr && *ret < csv->n; ++*ret)
        if (ay_str_eq(name, csv->cells[*ret])) return true;
    *ret = NONE;
    if (!node) return true;
    const char *names[AY_CODE_COLUMNS];
    for (uint32_t i = 0; i < csv->n; i++)
        if (!(names[i] = ay_arena_copy(csv->build->arena, csv->cells[i]))) return false;
    ay_diag_unknown(csv->build->diags, "unknown-column", node->pos, "column", "列", name, names, csv->n);
    return false;
}

static bool read_header(source *s, const ay_code_columns *columns, ay_code_list *list)
{
    places *p = &s->places;
    const bool by_code = !columns->key || ay_str_is(columns->key->text, "code"); /* what the others speak of */
    s->width = s->csv.n;
    bool ok = find_column(&s->csv, columns->key, "code", &p->key);
    ok &= find_column(&s->csv, NULL, by_code ? "name" : NULL, &p->name);
    ok &= find_column(&s->csv, columns->parent, by_code ? "parent" : NULL, &p->parent);
    ok &= find_column(&s->csv, columns->from, "since", &p->from);
    ok &= find_column(&s->csv, columns->to, "until", &p->to);
    ok &= find_column(&s->csv, columns->successors, by_code ? "successors" : NULL, &p->successors);
    if (p->key == NONE) p->key = 0;
    list->has_from |= p->from != NONE;
    list->has_to |= p->to != NONE;
    list->has_parent |= p->parent != NONE;
    return ok;
}

/* ---- the lines ---- */

/* A year, a month or a date: its first or its last day. */
static bool read_day(ay_str text, bool is_last, int64_t *ret)
{
    char full[] = "0000-01-01";
    if (text.len != 4 && text.len != 7 && text.len != 10) return false;
    memcpy(full, text.ptr, text.len);
    if (is_last && text.len == 4) memcpy(full + 5, "12", 2);
    if (ay_date_parse((ay_str){full, 10}, ret) != AY_TIME_OK) return false;
    if (!is_last || text.len == 10) return true;
    int64_t year;
    unsigned month, day;
    ay_civil_from_days(*ret, &year, &month, &day);
    *ret += (int64_t)ay_days_in_month(year, month) - 1;
    return true;
}

/* The cell of a column that may be missing. */
static ay_str cell_of(const source *s, uint32_t place)
{
    return place == NONE ? AY_STR("") : s->csv.cells[place];
}

static bool read_period(source *s, entry *ret, words *ret_words)
{
    const places *p = &s->places;
    *ret = (entry){AY_NEG_INFINITY, AY_INFINITY, UNLISTED, false};
    *ret_words = (words){s->csv.cells[p->key], cell_of(s, p->name), cell_of(s, p->from), cell_of(s, p->to),
                         cell_of(s, p->successors)};
    if (ret_words->since.len && !read_day(ret_words->since, false, &ret->from))
        return ay_code_fault(&s->csv, "the first day of validity is no year, month or date",
                             "有效期起始不是年、年月或日期");
    if (ret_words->until.len && !read_day(ret_words->until, true, &ret->to))
        return ay_code_fault(&s->csv, "the last day of validity is no year, month or date",
                             "有效期截止不是年、年月或日期");
    if (ret->from > ret->to) return ay_code_fault(&s->csv, "the validity ends before it begins", "有效期截止早于起始");
    if (ret_words->successors.len && ret->to == AY_INFINITY)
        return ay_code_fault(&s->csv, "a code whose validity has no end has no successors",
                             "有效期未截止的代码不应有后继代码");
    return true;
}

static bool grow(ay_build *b, ay_code_list *list)
{
    if (list->n < list->cap) return true;
    const uint32_t cap = list->cap ? list->cap * 2 : 64;
    entry *entries = AY_ARENA_ARRAY(b->arena, cap, entry);
    words *texts = AY_ARENA_ARRAY(b->arena, cap, words);
    if (!entries || !texts) return false;
    if (list->n) memcpy(entries, list->entries, list->n * sizeof *entries);
    if (list->n) memcpy(texts, list->words, list->n * sizeof *texts);
    list->entries = entries;
    list->words = texts;
    list->cap = cap;
    return true;
}

/* A code may come back with another period, but within a file never twice for one day. */
static bool chain(source *s, ay_code_list *list, uint32_t first, const entry *added)
{
    uint32_t last = first;
    for (uint32_t i = first; i != UNLISTED; i = list->entries[i].next) {
        last = i;
        if (i >= s->first && added->from <= list->entries[i].to && list->entries[i].from <= added->to)
            return ay_code_fault(&s->csv, "the code is listed twice for the same time", "同一代码在同一时间重复列出");
    }
    list->entries[last].next = list->n;
    return true;
}

static bool add_line(source *s, ay_code_list *list)
{
    if (s->csv.n != s->width)
        return ay_code_fault(&s->csv, "the line has another number of columns than the header", "列数与表头不符");
    const ay_str code = s->csv.cells[s->places.key];
    entry added;
    words texts;
    if (!code.len) return ay_code_fault(&s->csv, "the code is empty", "代码为空");
    if (ay_utf8_trim(code).len != code.len)
        return ay_code_fault(&s->csv, "white space around the code", "代码前后有空白");
    if (!read_period(s, &added, &texts) || !grow(s->csv.build, list)) return false;
    uint32_t first = NONE;
    if (!ay_code_set_add(&list->codes, code, list->n, &first)) return false;
    if (first != NONE && !chain(s, list, first, &added)) return false;
    list->entries[list->n] = added;
    list->words[list->n++] = texts;
    return true;
}

static bool read_lines(source *s, ay_code_list *list)
{
    bool ok = true;
    s->first = list->n;
    for (bool end = false;;) {
        if (!ay_code_csv_next(&s->csv, &end)) return false;
        if (end) break;
        if (!add_line(s, list)) ok = false;
    }
    if (ok && list->n == s->first) return ay_code_fault(&s->csv, "the code list has no codes", "代码表没有任何代码");
    return ok;
}

/* ---- what lines say of other codes ---- */

/* The next code of "510903;510904"; false: there is none. */
static bool next_successor(ay_str *rest, ay_str *ret)
{
    if (!rest->ptr || !rest->len) return false;
    const char *end = memchr(rest->ptr, ';', rest->len);
    const size_t len = end ? (size_t)(end - rest->ptr) : rest->len;
    *ret = ay_str_slice(*rest, 0, len);
    *rest = ay_str_slice(*rest, end ? len + 1 : len, rest->len);
    return true;
}

static bool check_successors(source *s, const ay_code_list *list)
{
    ay_str rest = cell_of(s, s->places.successors), code;
    while (next_successor(&rest, &code))
        if (ay_code_set_find(&list->codes, code) == NONE)
            return ay_code_fault(&s->csv, "a successor is not a code of the list", "后继代码不在代码表中");
    return true;
}

static bool mark_parent(source *s, ay_code_list *list)
{
    const ay_str parent = cell_of(s, s->places.parent);
    if (!parent.len) return true;
    const uint32_t i = ay_code_set_find(&list->codes, parent);
    if (i == NONE) return ay_code_fault(&s->csv, "the parent is not a code of the list", "上级代码不在代码表中");
    if (!ay_str_eq(parent, s->csv.cells[s->places.key])) list->entries[i].is_parent = true;
    return true;
}

/* Parents and successors may stand below, or in another file, so they are looked up in a second pass. */
static bool relate(source *s, ay_code_list *list)
{
    bool ok = true;
    ay_code_csv_rewind(&s->csv);
    for (bool end = false;;) {
        if (!ay_code_csv_next(&s->csv, &end)) return false;
        if (end) break;
        if (!mark_parent(s, list)) ok = false;
        if (!check_successors(s, list)) ok = false;
    }
    return ok;
}

/* ---- the whole ---- */

static bool read_files(ay_build *build, const ay_node *const *files, size_t n, const ay_code_columns *columns,
                       ay_code_list *list)
{
    source *sources = AY_ARENA_ARRAY(build->arena, n, source);
    bool ok = sources;
    for (size_t i = 0; i < n && sources; i++)
        if (!ay_code_csv_open(build, files[i], &sources[i].csv) || !read_header(&sources[i], columns, list) ||
            !read_lines(&sources[i], list))
            ok = false;
    for (size_t i = 0; i < n && ok; i++)
        if (!relate(&sources[i], list)) ok = false;
    return ok;
}

static void free_codes(void *codes)
{
    ay_code_set_free((ay_code_set *)codes);
}

bool ay_code_list_read(ay_build *build, const ay_node *const *files, size_t n_files, const ay_code_columns *columns,
                       const ay_code_list **ret)
{
    ay_code_list *list = AY_ARENA_NEW(build->arena, ay_code_list);
    if (!list || !ay_arena_defer(build->arena, free_codes, &list->codes)) return false;
    if (!grow(build, list)) return false;
    list->entries[list->n++] = (entry){AY_INFINITY, AY_NEG_INFINITY, UNLISTED, false};
    if (!read_files(build, files, n_files, columns, list)) return false;
    *ret = list;
    return true;
}

bool ay_code_list_has_from(const ay_code_list *list)
{
    return list->has_from;
}

bool ay_code_list_has_to(const ay_code_list *list)
{
    return list->has_to;
}

bool ay_code_list_has_parent(const ay_code_list *list)
{
    return list->has_parent;
}

uint32_t ay_code_list_lines(const ay_code_list *list)
{
    return list->n - 1;
}

void ay_code_list_line(const ay_code_list *list, uint32_t i, ay_str *ret_code, ay_str *ret_name)
{
    *ret_code = list->words[i + 1].code;
    *ret_name = list->words[i + 1].name;
}

/* ---- asking ---- */

static uint32_t entry_of(const ay_code_list *list, ay_str code)
{
    const uint32_t first = ay_code_set_find(&list->codes, code);
    return first == NONE ? UNLISTED : first;
}

/* Without a branch on what differs from code to code: whether a code is in force cannot be guessed. */
static bool is_accepted(const ay_code_list *list, uint32_t first, const ay_code_need *need)
{
    const entry *e = &list->entries[first];
    const bool is_kept_out = need->leaf & e->is_parent;
    bool is_in = (e->from <= need->last) & (need->first <= e->to);
    while (e->next != UNLISTED) {
        e = &list->entries[e->next];
        is_in |= (e->from <= need->last) & (need->first <= e->to);
    }
    return is_in & !is_kept_out;
}

static ay_code_verdict judge(const ay_code_list *list, uint32_t first, const ay_code_need *need)
{
    if (first == UNLISTED) return AY_CODE_NOT_LISTED;
    if (is_accepted(list, first, need)) return AY_CODE_IN;
    if (need->leaf && list->entries[first].is_parent) return AY_CODE_NOT_LEAF;
    for (uint32_t i = first; i != UNLISTED; i = list->entries[i].next)
        if (list->entries[i].to < need->first) return AY_CODE_RETIRED;
    return AY_CODE_NOT_YET;
}

void ay_code_fetch(const ay_code_list *list, ay_str code)
{
    ay_code_set_fetch(&list->codes, code);
}

bool ay_code_accepts(const ay_code_list *list, ay_str code, const ay_code_need *need)
{
    return is_accepted(list, entry_of(list, code), need);
}

size_t ay_code_answers(const ay_code_list *list)
{
    return list->n + (size_t)1;
}

/* An entry's answer stands one further on: NONE + 1 is 0, where no bit is set, and needs no branch. */
void ay_code_accept_all(const ay_code_list *list, const ay_code_need *need, uint64_t *ret_accepted)
{
    ay_bits_zero(ret_accepted, ay_code_answers(list));
    for (uint32_t i = 0; i < list->n; i++)
        if (is_accepted(list, i, need)) ay_bit_set(ret_accepted, i + 1);
}

bool ay_code_is_accepted(const ay_code_list *list, ay_str code, const uint64_t *accepted)
{
    return ay_bit(accepted, (uint32_t)(ay_code_set_find(&list->codes, code) + 1));
}

ay_code_verdict ay_code_find(const ay_code_list *list, ay_str code, const ay_code_need *need)
{
    return judge(list, entry_of(list, code), need);
}

/* The last period that ended before the need, or else the first that starts after it. */
static uint32_t nearest_period(const ay_code_list *list, uint32_t first, const ay_code_need *need)
{
    uint32_t ended = UNLISTED, next = UNLISTED;
    for (uint32_t i = first; i != UNLISTED; i = list->entries[i].next) {
        const entry *e = &list->entries[i];
        if (e->to < need->first && (ended == UNLISTED || e->to > list->entries[ended].to)) ended = i;
        if (e->from > need->last && (next == UNLISTED || e->from < list->entries[next].from)) next = i;
    }
    return ended != UNLISTED ? ended : next;
}

/* Heirs are kept in order of their bytes, each once. */
static void add_heir(ay_code_lapse *lapse, ay_str code)
{
    uint32_t at = 0;
    while (at < lapse->n_heirs && ay_str_cmp(lapse->heirs[at], code) < 0) at++;
    if (at < lapse->n_heirs && ay_str_eq(lapse->heirs[at], code)) return;
    if (lapse->n_heirs == AY_CODE_HEIRS) {
        lapse->has_more = true;
        return;
    }
    memmove(&lapse->heirs[at + 1], &lapse->heirs[at], (lapse->n_heirs - at) * sizeof code);
    lapse->heirs[at] = code;
    lapse->n_heirs++;
}

#define RETIRED_MAX 64 /* codes between a retired one and its heirs */

typedef struct line_of_descent {
    uint32_t first[RETIRED_MAX]; /* first entries of retired codes, each once */
    uint32_t n;
} line_of_descent;

static void add_retired(line_of_descent *line, uint32_t first, ay_code_lapse *lapse)
{
    for (uint32_t i = 0; i < line->n; i++)
        if (line->first[i] == first) return;
    if (line->n == RETIRED_MAX) lapse->has_more = true;
    else line->first[line->n++] = first;
}

void ay_code_explain(const ay_code_list *list, ay_str code, const ay_code_need *need, ay_code_lapse *ret)
{
    line_of_descent line = {{entry_of(list, code)}, 1};
    const uint32_t own = nearest_period(list, line.first[0], need);
    *ret = (ay_code_lapse){.until = list->words[own].until, .since = list->words[own].since};
    for (uint32_t i = 0; i < line.n; i++) {
        const uint32_t period = nearest_period(list, line.first[i], need);
        ay_str rest = list->words[period].successors;
        if (list->entries[period].to >= need->first) break; /* the code itself, not yet in force */
        for (ay_str heir; next_successor(&rest, &heir);) {
            const uint32_t first = entry_of(list, heir);
            const ay_code_verdict verdict = judge(list, first, need);
            if (verdict == AY_CODE_IN) add_heir(ret, heir);
            if (verdict == AY_CODE_RETIRED) add_retired(&line, first, ret);
        }
    }
}
