#include "base/sort_run.h"

#include <assert.h>

#include "base/mem.h"

#define FIRST_SIZE ((size_t)1024)
#define RADIX_MIN  256 /* below it comparing is cheaper than eight histograms */

static bool grow(ay_run *run, ay_budget *budget, size_t size)
{
    char *block = (char *)ay_realloc_array(run->block, size, 1);
    if (!block) return false;
    const size_t index = run->n * sizeof(ay_run_entry);
    if (index) memmove(block + size - index, block + run->size - index, index);
    ay_budget_take(budget, size - run->size);
    run->block = block;
    run->size = size;
    return true;
}

bool ay_run_put(ay_run *run, ay_budget *budget, size_t max, const ay_sort_record *record, bool *ret_nomem)
{
    const size_t index = run->n * sizeof(ay_run_entry);
    const size_t need = run->used + record->bytes.len + index + sizeof(ay_run_entry);
    *ret_nomem = false;
    if (need > run->size) {
        if (need > max && run->n > 0) return false;
        size_t size = run->size ? run->size : FIRST_SIZE;
        while (size < need) size *= 2;
        if (size > max) size = need > max ? (need + 15) & ~(size_t)15 : max;
        *ret_nomem = !grow(run, budget, size);
        if (*ret_nomem) return false;
    }
    if (record->bytes.len) memcpy(run->block + run->used, record->bytes.ptr, record->bytes.len);
    run->n++;
    *ay_run_entries(run) = (ay_run_entry){record->prefix, (uint32_t)run->used, (uint32_t)record->bytes.len};
    run->used += record->bytes.len;
    return true;
}

void ay_run_free(ay_run *run, ay_budget *budget)
{
    ay_free(run->block);
    ay_budget_give(budget, run->size);
    if (run->file) ay_spill_discard(run->file, run->from, run->to);
    ay_spill_unref(run->file);
    *run = (ay_run){0};
}

/* ---- Sorting the index ---- */

static bool entry_less(const ay_run_entry *a, const ay_run_entry *b, const char *bytes)
{
    if (a->prefix != b->prefix) return a->prefix < b->prefix;
    return ay_str_cmp((ay_str){bytes + a->offset, a->len}, (ay_str){bytes + b->offset, b->len}) < 0;
}

static void insertion_sort(ay_run_entry *e, size_t n, const char *bytes)
{
    for (size_t i = 1; i < n; i++) {
        const ay_run_entry moved = e[i];
        size_t at = i;
        for (; at > 0 && entry_less(&moved, &e[at - 1], bytes); at--) e[at] = e[at - 1];
        e[at] = moved;
    }
}

static void merge_sort(ay_run_entry *e, size_t n, ay_run_entry *scratch, const char *bytes)
{
    if (n <= 8) {
        insertion_sort(e, n, bytes);
        return;
    }
    const size_t half = n / 2;
    merge_sort(e, half, scratch, bytes);
    merge_sort(e + half, n - half, scratch, bytes);
    if (!entry_less(&e[half], &e[half - 1], bytes)) return; /* in order already */
    memcpy(scratch, e, half * sizeof *e);
    size_t left = 0, right = half, out = 0;
    while (left < half && right < n)
        e[out++] = entry_less(&e[right], &scratch[left], bytes) ? e[right++] : scratch[left++];
    memcpy(e + out, scratch + left, (half - left) * sizeof *e);
}

/* One stable pass by one byte of the prefix. False: all have the same byte, nothing was moved. */
static bool radix_pass(const ay_run_entry *from, ay_run_entry *to, uint32_t n, const uint32_t count[256],
                       unsigned shift)
{
    if (count[from[0].prefix >> shift & 0xff] == n) return false;
    uint32_t next[256];
    for (uint32_t i = 0, sum = 0; i < 256; sum += count[i++]) next[i] = sum;
    for (uint32_t i = 0; i < n; i++) to[next[from[i].prefix >> shift & 0xff]++] = from[i];
    return true;
}

static void radix_sort(ay_run_entry *e, uint32_t n, ay_run_entry *scratch)
{
    uint32_t count[8][256] = {{0}};
    for (uint32_t i = 0; i < n; i++)
        for (unsigned byte = 0; byte < 8; byte++) count[byte][e[i].prefix >> byte * 8 & 0xff]++;
    ay_run_entry *from = e, *to = scratch;
    for (unsigned byte = 0; byte < 8; byte++) {
        if (!radix_pass(from, to, n, count[byte], byte * 8)) continue;
        ay_run_entry *const swapped = from;
        from = to;
        to = swapped;
    }
    if (from != e) memcpy(e, from, n * sizeof *e);
}

/* The index grows downwards: of records that came in order, the last is the first in it. */
static bool came_in_order(const ay_run_entry *e, uint32_t n, const char *bytes)
{
    for (uint32_t i = 1; i < n; i++)
        if (entry_less(&e[i - 1], &e[i], bytes)) return false;
    return true;
}

static void turn_round(ay_run_entry *e, uint32_t n)
{
    for (uint32_t i = 0; i < n / 2; i++) {
        const ay_run_entry swapped = e[i];
        e[i] = e[n - 1 - i];
        e[n - 1 - i] = swapped;
    }
}

static void sort_entries(ay_run_entry *e, uint32_t n, ay_run_entry *scratch, const char *bytes)
{
    if (n < RADIX_MIN) {
        merge_sort(e, n, scratch, bytes);
        return;
    }
    radix_sort(e, n, scratch);
    for (uint32_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && e[to].prefix == e[from].prefix;) to++;
        merge_sort(e + from, to - from, scratch, bytes);
    }
}

assay_status ay_run_sort(ay_run *run, ay_budget *budget, assay_err *err)
{
    assert(run->level == 0);
    if (came_in_order(ay_run_entries(run), run->n, run->block)) {
        turn_round(ay_run_entries(run), run->n);
        return ASSAY_OK;
    }
    const size_t bytes = run->n * sizeof(ay_run_entry);
    ay_run_entry *scratch = (ay_run_entry *)ay_alloc(bytes);
    AY_NOMEM_IF(!scratch, err);
    ay_budget_take(budget, bytes);
    sort_entries(ay_run_entries(run), run->n, scratch, run->block);
    ay_budget_give(budget, bytes);
    ay_free(scratch);
    return ASSAY_OK;
}

/* ---- Reading one run, or several that follow each other ---- */

#define HEADER (sizeof(uint64_t) + sizeof(uint32_t))

struct ay_run_reader {
    const ay_run *run, *last; /* the one that is read; all up to the last one are in memory, where there are several */
    ay_sort_record record;
    bool done;
    uint32_t next;   /* in memory: entry */
    uint64_t offset; /* in a file: what is to be read from there next */
    char *buffer;
    size_t size, at, len; /* of the buffer; where the next record starts in it; bytes in it */
};

static size_t io_size(const ay_budget *budget)
{
    const size_t share = ay_budget_limit(budget) / 2048;
    return share < 4096 ? 4096 : share > ((size_t)256 << 10) ? (size_t)256 << 10 : share;
}

static assay_status reader_resize(ay_run_reader *r, ay_budget *budget, size_t size, assay_err *err)
{
    char *buffer = (char *)ay_realloc_array(r->buffer, size, 1);
    AY_NOMEM_IF(!buffer, err);
    ay_budget_take(budget, size);
    ay_budget_give(budget, r->size);
    r->buffer = buffer;
    r->size = size;
    return ASSAY_OK;
}

/* At least `need` bytes of the run in the buffer from `at` on. */
static assay_status reader_fill(ay_run_reader *r, ay_budget *budget, size_t need, assay_err *err)
{
    if (r->len - r->at >= need) return ASSAY_OK;
    r->len -= r->at;
    if (r->len) memmove(r->buffer, r->buffer + r->at, r->len);
    r->at = 0;
    const uint64_t left = r->run->to - r->offset;
    AY_FAIL_IF(r->len + left < need, err, ASSAY_EIO, "a temporary file in '%s' was damaged", "“%s”中的临时文件已损坏",
               r->run->file->dir);
    const size_t usual = io_size(budget), size = need > usual ? need : usual;
    if (r->size < size || (r->size > usual && size == usual)) AY_TRY(reader_resize(r, budget, size, err));
    const size_t more = left < r->size - r->len ? (size_t)left : r->size - r->len;
    AY_TRY(ay_spill_read(r->run->file, r->offset, r->buffer + r->len, more, err));
    r->offset += more;
    r->len += more;
    return ASSAY_OK;
}

static assay_status reader_next_in_file(ay_run_reader *r, ay_budget *budget, assay_err *err)
{
    r->done = r->at == r->len && r->offset == r->run->to;
    if (r->done) return ASSAY_OK;
    uint32_t len;
    AY_TRY(reader_fill(r, budget, HEADER, err));
    memcpy(&r->record.prefix, r->buffer + r->at, sizeof r->record.prefix);
    memcpy(&len, r->buffer + r->at + sizeof r->record.prefix, sizeof len);
    AY_TRY(reader_fill(r, budget, HEADER + len, err));
    r->record.bytes = (ay_str){r->buffer + r->at + HEADER, len};
    r->at += HEADER + len;
    return ASSAY_OK;
}

static assay_status reader_next(ay_run_reader *r, ay_budget *budget, assay_err *err)
{
    if (r->run->level) return reader_next_in_file(r, budget, err);
    r->done = r->next == r->run->n && r->run == r->last;
    if (r->done) return ASSAY_OK;
    if (r->next == r->run->n) {
        r->run++;
        r->next = 0;
    }
    const ay_run_entry *e = &ay_run_entries(r->run)[r->next++];
    if (r->next < r->run->n) __builtin_prefetch(r->run->block + e[1].offset); /* for when it is this run's turn again */
    r->record = (ay_sort_record){e->prefix, {r->run->block + e->offset, e->len}, true};
    return ASSAY_OK;
}

/* ---- Merging runs: a tree of losers ---- */

static bool node_less(const ay_merge *m, ay_merge_node a, ay_merge_node b)
{
    if (a.done || b.done) return !a.done && b.done;
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    return ay_str_cmp(m->readers[a.reader].record.bytes, m->readers[b.reader].record.bytes) < 0;
}

/* The reader's way up from its leaf: at each node the loser stays, the winner goes on. On the first way through a node
 * nobody is there yet: it waits for its opponent. */
static void play(ay_merge *m, uint32_t reader)
{
    ay_merge_node winner = {m->readers[reader].record.prefix, reader, m->readers[reader].done};
    for (uint32_t node = (reader + m->n) / 2; node > 0; node /= 2) {
        const ay_merge_node waiting = m->tree[node];
        if (waiting.reader == UINT32_MAX) {
            m->tree[node] = winner;
            return;
        }
        if (!node_less(m, waiting, winner)) continue;
        m->tree[node] = winner;
        winner = waiting;
    }
    m->tree[0] = winner;
}

static ay_str bytes_of(const ay_run *run, uint32_t i)
{
    const ay_run_entry *e = &ay_run_entries(run)[i];
    return (ay_str){run->block + e->offset, e->len};
}

/* As the runs of a source do that comes in order: then nothing of the two has to be compared. */
static bool follows(const ay_run *run, const ay_run *before)
{
    if (run->level || before->level) return false;
    const uint64_t first = ay_run_entries(run)->prefix, last = ay_run_entries(before)[before->n - 1].prefix;
    if (first != last) return first > last;
    return ay_str_cmp(bytes_of(run, 0), bytes_of(before, before->n - 1)) >= 0;
}

static void add_run(ay_merge *merge, const ay_run *run)
{
    ay_run_reader *before = merge->n ? &merge->readers[merge->n - 1] : NULL;
    if (before && follows(run, before->last)) before->last = run;
    else merge->readers[merge->n++] = (ay_run_reader){.run = run, .last = run, .offset = run->from};
}

assay_status ay_merge_open(ay_merge *merge, const ay_run *runs, uint32_t n, ay_budget *budget, assay_err *err)
{
    *merge = (ay_merge){.budget = budget};
    merge->readers = AY_NEW_ARRAY(n, ay_run_reader);
    merge->tree = AY_NEW_ARRAY((size_t)n + 1, ay_merge_node);
    AY_NOMEM_IF(!merge->readers || !merge->tree, err);
    for (uint32_t i = 0; i < n; i++) add_run(merge, &runs[i]);
    for (uint32_t i = 0; i < merge->n; i++) merge->tree[i].reader = UINT32_MAX;
    return ASSAY_OK;
}

static assay_status start(ay_merge *merge, assay_err *err)
{
    for (uint32_t i = 0; i < merge->n; i++) {
        AY_TRY(reader_next(&merge->readers[i], merge->budget, err));
        play(merge, i);
    }
    merge->started = true;
    return ASSAY_OK;
}

assay_status ay_merge_next(ay_merge *merge, ay_sort_record *ret, bool *ret_end, assay_err *err)
{
    AY_TRY(ay_budget_cancelled(merge->budget, err));
    *ret_end = merge->n == 0;
    if (*ret_end) return ASSAY_OK;
    if (merge->started) {
        const uint32_t last = merge->tree[0].reader;
        if (!merge->readers[last].done) AY_TRY(reader_next(&merge->readers[last], merge->budget, err));
        play(merge, last);
    } else {
        AY_TRY(start(merge, err));
    }
    const ay_run_reader *first = &merge->readers[merge->tree[0].reader];
    *ret_end = first->done;
    if (!*ret_end) *ret = first->record;
    return ASSAY_OK;
}

void ay_merge_close(ay_merge *merge)
{
    for (uint32_t i = 0; merge->readers && i < merge->n; i++) {
        ay_budget_give(merge->budget, merge->readers[i].size);
        ay_free(merge->readers[i].buffer);
    }
    ay_free(merge->readers);
    ay_free(merge->tree);
    *merge = (ay_merge){0};
}

/* ---- Writing a run ---- */

typedef struct run_writer {
    ay_spill *file;
    ay_budget *budget;
    char *buffer;
    size_t size, len;
} run_writer;

static assay_status writer_flush(run_writer *w, assay_err *err)
{
    AY_TRY(ay_spill_write(w->file, (ay_str){w->buffer, w->len}, err));
    w->len = 0;
    return ASSAY_OK;
}

static assay_status writer_put(run_writer *w, ay_str bytes, assay_err *err)
{
    if (bytes.len > w->size - w->len) AY_TRY(writer_flush(w, err));
    if (bytes.len > w->size) return ay_spill_write(w->file, bytes, err);
    if (bytes.len) memcpy(w->buffer + w->len, bytes.ptr, bytes.len);
    w->len += bytes.len;
    return ASSAY_OK;
}

static assay_status write_all(ay_merge *merge, run_writer *w, assay_err *err)
{
    for (;;) {
        ay_sort_record record;
        bool end = false;
        AY_TRY(ay_merge_next(merge, &record, &end, err));
        if (end) return writer_flush(w, err);
        const uint32_t len = (uint32_t)record.bytes.len;
        char header[HEADER];
        memcpy(header, &record.prefix, sizeof record.prefix);
        memcpy(header + sizeof record.prefix, &len, sizeof len);
        AY_TRY(writer_put(w, (ay_str){header, sizeof header}, err));
        AY_TRY(writer_put(w, record.bytes, err));
    }
}

assay_status ay_merge_write(ay_merge *merge, ay_spill *file, uint32_t level, ay_run *ret, assay_err *err)
{
    run_writer w = {.file = file, .budget = merge->budget, .size = io_size(merge->budget)};
    w.buffer = (char *)ay_alloc(w.size);
    AY_NOMEM_IF(!w.buffer, err);
    ay_budget_take(w.budget, w.size);
    const uint64_t from = file->size;
    const assay_status status = write_all(merge, &w, err);
    ay_budget_give(w.budget, w.size);
    ay_free(w.buffer);
    if (status != ASSAY_OK) return status;
    *ret = (ay_run){.level = level, .file = ay_spill_ref(file), .from = from, .to = file->size};
    return ASSAY_OK;
}
