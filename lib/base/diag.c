#include "base/diag.h"

#include <assert.h>
#include <stdarg.h>

#include "base/buf.h"
#include "base/mem.h"

typedef struct diag_entry {
    assay_diag diag;
    uint32_t file; /* in order of loading */
} diag_entry;

struct assay_diags {
    ay_arena arena;
    diag_entry *entries; /* in order: added where they belong, since reading is const */
    size_t n, cap;
    const char **files;
    uint32_t n_files, cap_files;
    size_t errors;
    bool out_of_memory;
};

assay_diags *assay_diags_new(void)
{
    return AY_NEW(assay_diags);
}

assay_diags *assay_diags_free(assay_diags *diags)
{
    if (!diags) return NULL;
    ay_arena_free(&diags->arena);
    ay_free(diags->entries);
    ay_free(diags->files);
    return (assay_diags *)ay_free(diags);
}

size_t assay_diags_count(const assay_diags *diags)
{
    return diags->n;
}

const assay_diag *assay_diags_at(const assay_diags *diags, size_t i)
{
    assert(i < diags->n);
    return &diags->entries[i].diag;
}

size_t ay_diags_errors(const assay_diags *diags)
{
    return diags->errors;
}

bool ay_diags_out_of_memory(const assay_diags *diags)
{
    return diags->out_of_memory;
}

/* UINT32_MAX: out of memory. */
static uint32_t file_index(assay_diags *diags, const char *name)
{
    for (uint32_t i = 0; i < diags->n_files; i++)
        if (strcmp(diags->files[i], name) == 0) return i;
    if (diags->n_files == diags->cap_files) {
        const uint32_t cap = diags->cap_files ? diags->cap_files * 2 : 8;
        const char **files = (const char **)ay_realloc_array(diags->files, cap, sizeof *files);
        if (!files) return UINT32_MAX;
        diags->files = files;
        diags->cap_files = cap;
    }
    const char *copy = ay_arena_copy(&diags->arena, ay_str_from(name));
    if (!copy) return UINT32_MAX;
    diags->files[diags->n_files] = copy;
    return diags->n_files++;
}

void ay_diags_file(assay_diags *diags, const char *file)
{
    if (file_index(diags, file) == UINT32_MAX) diags->out_of_memory = true;
}

static bool comes_after(const diag_entry *a, const diag_entry *b)
{
    if (a->file != b->file) return a->file > b->file;
    if (a->diag.line != b->diag.line) return a->diag.line > b->diag.line;
    return a->diag.column > b->diag.column;
}

static bool insert(assay_diags *diags, const diag_entry *entry)
{
    if (diags->n == diags->cap) {
        const size_t cap = diags->cap ? diags->cap * 2 : 16;
        diag_entry *entries = (diag_entry *)ay_realloc_array(diags->entries, cap, sizeof *entries);
        if (!entries) return false;
        diags->entries = entries;
        diags->cap = cap;
    }
    size_t at = diags->n++;
    for (; at > 0 && comes_after(&diags->entries[at - 1], entry); at--) diags->entries[at] = diags->entries[at - 1];
    diags->entries[at] = *entry;
    return true;
}

static void add(assay_diags *diags, assay_level level, const char *code, ay_pos pos, const ay_buf *en, const ay_buf *zh)
{
    const uint32_t file = file_index(diags, pos.file ? pos.file : "");
    const char *text = en->failed ? NULL : ay_arena_copy(&diags->arena, ay_buf_view(en));
    const char *text_zh = zh->failed ? NULL : ay_arena_copy(&diags->arena, ay_buf_view(zh));
    if (level == ASSAY_LEVEL_ERROR) diags->errors++; /* counted even where its text is lost */
    if (file == UINT32_MAX || !text || !text_zh) {
        diags->out_of_memory = true;
        return;
    }
    const diag_entry entry = {{level, code, diags->files[file], pos.line, pos.column, text, text_zh}, file};
    if (!insert(diags, &entry)) diags->out_of_memory = true;
}

void ay_diag_add(assay_diags *diags, assay_level level, const char *code, ay_pos pos, const char *en, const char *zh,
                 ...)
{
    ay_buf text = {0}, text_zh = {0};
    va_list args;
    va_start(args, zh);
    ay_buf_vprintf(&text, en, args);
    va_end(args);
    va_start(args, zh);
    ay_buf_vprintf(&text_zh, zh, args);
    va_end(args);
    add(diags, level, code, pos, &text, &text_zh);
    ay_buf_free(&text);
    ay_buf_free(&text_zh);
}

/* ---- Nearest word ---- */

#define WORD_MAX 64

static unsigned char fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static uint8_t least(unsigned a, unsigned b, unsigned c)
{
    const unsigned ab = a < b ? a : b;
    return (uint8_t)(ab < c ? ab : c);
}

/* Damerau-Levenshtein (adjacent swaps) over bytes, upper and lower case alike; both at most WORD_MAX long. */
static unsigned distance(ay_str a, ay_str b)
{
    uint8_t rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= b.len; j++) rows[0][j] = (uint8_t)j;
    for (size_t i = 1; i <= a.len; i++) {
        uint8_t *now = rows[i % 3];
        const uint8_t *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = (uint8_t)i;
        for (size_t j = 1; j <= b.len; j++) {
            const unsigned char x = fold(a.ptr[i - 1]), y = fold(b.ptr[j - 1]);
            now[j] = least(last[j] + 1U, now[j - 1] + 1U, last[j - 1] + (x != y ? 1U : 0U));
            if (i > 1 && j > 1 && x == fold(b.ptr[j - 2]) && y == fold(a.ptr[i - 2]))
                now[j] = least(now[j], before[j - 2] + 1U, now[j]);
        }
    }
    return rows[a.len % 3][b.len];
}

const char *ay_nearest(ay_str text, const char *const *words, size_t n)
{
    if (text.len > WORD_MAX) return NULL;
    const char *best = NULL;
    unsigned best_distance = UINT8_MAX;
    for (size_t i = 0; i < n; i++) {
        const ay_str word = ay_str_from(words[i]);
        if (word.len > WORD_MAX) continue;
        const unsigned d = distance(text, word);
        const size_t longer = text.len > word.len ? text.len : word.len;
        if (d * 3 > longer || d >= best_distance) continue;
        best = words[i];
        best_distance = d;
    }
    return best;
}

#define LISTED_MAX 12 /* so many known words are named where none is near */

static void list_words(ay_buf *out, const char *const *words, size_t n, const char *between)
{
    for (size_t i = 0; i < n; i++) {
        if (i) ay_buf_text(out, between);
        ay_buf_text(out, words[i]);
    }
}

void ay_diag_unknown(assay_diags *diags, const char *code, ay_pos pos, const char *what_en, const char *what_zh,
                     ay_str text, const char *const *words, size_t n)
{
    ay_buf en = {0}, zh = {0};
    const char *near = ay_nearest(text, words, n);
    ay_buf_printf(&en, "unknown %s '" AY_STR_FMT "'", what_en, AY_STR_ARG(text));
    ay_buf_printf(&zh, "未知的%s“" AY_STR_FMT "”", what_zh, AY_STR_ARG(text));
    if (near) {
        ay_buf_printf(&en, ", did you mean '%s'?", near);
        ay_buf_printf(&zh, "，是否应为“%s”？", near);
    } else if (n > 0 && n <= LISTED_MAX) {
        ay_buf_text(&en, "; known: ");
        ay_buf_text(&zh, "；可用：");
        list_words(&en, words, n, ", ");
        list_words(&zh, words, n, "、");
    }
    add(diags, ASSAY_LEVEL_ERROR, code, pos, &en, &zh);
    ay_buf_free(&en);
    ay_buf_free(&zh);
}
