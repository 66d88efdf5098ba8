#include "run/kept.h"

#include <assert.h>

#include "base/buf.h"
#include "base/mem.h"

#define PLACES 4096 /* by the twelve bits behind the first byte: some rows a place in a run of millions */
#define FEW    16   /* below it insertion is cheaper than a call a comparison */

typedef struct entry {
    uint64_t prefix; /* the first half of kh */
    const char *row;
} entry;

struct ay_kept_reader {
    ay_bins *bins;
    unsigned which; /* the bin after the one that is being read */
    ay_bin_room room;
    entry *entries; /* of this bin, in order */
    uint64_t n, next;
    ay_sorter *sorter; /* of a bin that does not fit instead: kh and what is behind the length */
    ay_sorted *sorted;
    ay_buf row;
    uint64_t ends[PLACES];
};

void ay_kept_put_length(char *row, size_t len)
{
    const uint32_t v = __builtin_bswap32((uint32_t)(len - AY_KEPT_HEAD));
    memcpy(row + AY_KH_SIZE, &v, sizeof v);
}

static size_t length_of(const char *row)
{
    uint32_t v;
    memcpy(&v, row + AY_KH_SIZE, sizeof v);
    return AY_KEPT_HEAD + (size_t)__builtin_bswap32(v);
}

assay_status ay_kept_open(ay_bins *bins, ay_kept_reader **ret, assay_err *err)
{
    AY_TRY(ay_bins_settle(bins, sizeof(entry), err));
    ay_kept_reader *reader = AY_NEW(ay_kept_reader);
    AY_NOMEM_IF(!reader, err);
    reader->bins = bins;
    *ret = reader;
    return ASSAY_OK;
}

static void close_sorter(ay_kept_reader *reader)
{
    reader->sorted = ay_sorted_close(reader->sorted);
    reader->sorter = ay_sorter_free(reader->sorter);
}

ay_kept_reader *ay_kept_close(ay_kept_reader *reader)
{
    if (!reader) return NULL;
    close_sorter(reader);
    ay_bins_free_room(reader->bins, &reader->room);
    ay_buf_free(&reader->row);
    return (ay_kept_reader *)ay_free(reader);
}

/* ---- A bin in memory ---- */

static int compare(const void *a, const void *b)
{
    const entry *x = (const entry *)a, *y = (const entry *)b;
    if (x->prefix != y->prefix) return x->prefix < y->prefix ? -1 : 1;
    const int by_kh = memcmp(x->row, y->row, AY_KH_SIZE);
    if (by_kh != 0) return by_kh;
    return ay_str_cmp(ay_kept_rest((ay_str){x->row, length_of(x->row)}),
                      ay_kept_rest((ay_str){y->row, length_of(y->row)}));
}

static void sort_place(entry *entries, uint64_t n)
{
    if (n > FEW) {
        qsort(entries, n, sizeof *entries, compare);
        return;
    }
    for (uint64_t i = 1; i < n; i++) {
        const entry moving = entries[i];
        uint64_t j = i;
        for (; j > 0 && compare(&moving, &entries[j - 1]) < 0; j--) entries[j] = entries[j - 1];
        entries[j] = moving;
    }
}

static uint64_t *place_of(ay_kept_reader *reader, uint64_t prefix)
{
    return &reader->ends[prefix >> 44 & (PLACES - 1)];
}

static uint64_t prefix_of(const char *row)
{
    return ay_sort_prefix((ay_str){row, AY_KH_SIZE});
}

/* Each row goes to its place; the few of a place are sorted by comparing. */
static void sort_rows(ay_kept_reader *reader, const char *rows, uint64_t bytes)
{
    memset(reader->ends, 0, sizeof reader->ends);
    for (const char *row = rows; row < rows + bytes; row += length_of(row)) ++*place_of(reader, prefix_of(row));
    uint64_t begin = 0;
    for (unsigned p = 0; p < PLACES; p++) {
        const uint64_t n = reader->ends[p];
        reader->ends[p] = begin;
        begin += n;
    }
    for (const char *row = rows; row < rows + bytes; row += length_of(row)) {
        const uint64_t prefix = prefix_of(row);
        reader->entries[(*place_of(reader, prefix))++] = (entry){prefix, row};
    }
    for (unsigned p = 0; p < PLACES; p++) {
        begin = p ? reader->ends[p - 1] : 0;
        if (reader->ends[p] - begin > 1) sort_place(reader->entries + begin, reader->ends[p] - begin);
    }
}

/* ---- A bin that does not fit ---- */

typedef struct feed {
    ay_sorter *sorter;
    ay_buf rest, record; /* bytes of a row that is not whole yet */
} feed;

static assay_status put_in_sorter(feed *f, ay_str row, assay_err *err)
{
    ay_buf_clear(&f->record);
    ay_buf_put(&f->record, row.ptr, AY_KH_SIZE);
    ay_buf_str(&f->record, ay_kept_rest(row));
    AY_TRY(ay_buf_status(&f->record, err));
    return ay_sorter_put(f->sorter, ay_sort_prefix(row), ay_buf_view(&f->record), err);
}

static assay_status take_bytes(void *self, ay_str bytes, assay_err *err)
{
    feed *f = (feed *)self;
    ay_buf_str(&f->rest, bytes);
    AY_TRY(ay_buf_status(&f->rest, err));
    size_t at = 0;
    while (f->rest.len - at >= AY_KEPT_HEAD && length_of(f->rest.ptr + at) <= f->rest.len - at) {
        const ay_str row = {f->rest.ptr + at, length_of(f->rest.ptr + at)};
        AY_TRY(put_in_sorter(f, row, err));
        at += row.len;
    }
    f->rest.len -= at;
    if (at && f->rest.len) memmove(f->rest.ptr, f->rest.ptr + at, f->rest.len);
    return ASSAY_OK;
}

static assay_status fill_sorter(ay_kept_reader *reader, unsigned which, assay_err *err)
{
    AY_TRY(ay_sorter_open(ay_bins_budget(reader->bins), &reader->sorter, err));
    feed f = {.sorter = reader->sorter};
    const assay_status st = ay_bins_each(reader->bins, which, &(ay_bin_taker){take_bytes, &f}, err);
    ay_buf_free(&f.rest);
    ay_buf_free(&f.record);
    return st == ASSAY_OK ? ay_sorted_open(reader->sorter, &reader->sorted, err) : st;
}

static assay_status next_sorted(ay_kept_reader *reader, ay_str *ret, assay_err *err)
{
    ay_sort_record record;
    bool end = false;
    static const char length[AY_KEPT_HEAD - AY_KH_SIZE];
    AY_TRY(ay_sorted_next(reader->sorted, &record, &end, err));
    *ret = (ay_str){0};
    if (end) {
        close_sorter(reader);
        return ASSAY_OK;
    }
    ay_buf_clear(&reader->row);
    ay_buf_put(&reader->row, record.bytes.ptr, AY_KH_SIZE);
    ay_buf_put(&reader->row, length, sizeof length);
    ay_buf_str(&reader->row, ay_str_slice(record.bytes, AY_KH_SIZE, record.bytes.len));
    AY_TRY(ay_buf_status(&reader->row, err));
    ay_kept_put_length(reader->row.ptr, reader->row.len);
    *ret = ay_buf_view(&reader->row);
    return ASSAY_OK;
}

/* ---- Bin after bin ---- */

static assay_status open_bin(ay_kept_reader *reader, unsigned which, assay_err *err)
{
    AY_TRY(ay_budget_cancelled(ay_bins_budget(reader->bins), err));
    const ay_bin_size size = ay_bins_size(reader->bins, which);
    const uint64_t before = size.rows * sizeof(entry);
    bool fits;
    if (!size.rows) return ASSAY_OK;
    AY_TRY(ay_bins_make_room(reader->bins, &reader->room, before + size.bytes, &fits, err));
    if (!fits) return fill_sorter(reader, which, err);
    AY_TRY(ay_bins_load(reader->bins, which, reader->room.at + before, err));
    reader->entries = (entry *)(void *)reader->room.at;
    sort_rows(reader, reader->room.at + before, size.bytes);
    reader->n = size.rows;
    reader->next = 0;
    return ASSAY_OK;
}

assay_status ay_kept_next(ay_kept_reader *reader, ay_str *ret, assay_err *err)
{
    for (;;) {
        if (reader->sorted) {
            AY_TRY(next_sorted(reader, ret, err));
            if (ret->ptr) return ASSAY_OK;
        }
        if (reader->next < reader->n) {
            const char *row = reader->entries[reader->next++].row;
            *ret = (ay_str){row, length_of(row)};
            return ASSAY_OK;
        }
        *ret = (ay_str){0};
        if (reader->which == AY_BINS) return ASSAY_OK;
        reader->n = reader->next = 0;
        AY_TRY(open_bin(reader, reader->which++, err));
    }
}
