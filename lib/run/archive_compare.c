/* Comparing a dataset with what a run has archived of it: which keys were added, removed, changed. */
#include <errno.h>
#include <stdio.h>

#include "base/json.h"
#include "base/mem.h"
#include "proof/base64.h"
#include "run/archive_read.h"
#include "base/stream.h"

#define PIECE    1024
#define FLUSH_AT ((size_t)256 << 10)

/* ---- First: the leaves on one side only, as `kh . sign` ---- */

typedef struct comparer {
    const ay_archive_reader *reader;
    uint64_t read; /* leaves of then, from the file */
    ay_leaf old[PIECE];
    size_t at, n;
    ay_sorter *differences;
    ay_sorter *hashes; /* of the same leaves, as `hash . sign` */
    assay_archive_difference *counts;
} comparer;

/* The next leaf of then; NULL behind the last. */
static assay_status peek_old(comparer *c, const ay_leaf **ret, assay_err *err)
{
    const ay_snapshot_files *files = &c->reader->files;
    *ret = NULL;
    if (c->at == c->n) {
        const uint64_t left = files->head.count - c->read;
        c->at = 0;
        c->n = left < PIECE ? (size_t)left : PIECE;
        if (c->n)
            AY_TRY(
                files->leaves.read(files->leaves.self, c->read * sizeof *c->old, c->old, c->n * sizeof *c->old, err));
        c->read += c->n;
    }
    if (c->at < c->n) *ret = &c->old[c->at];
    return ASSAY_OK;
}

static assay_status note(ay_sorter *to, const unsigned char *what, size_t len, char sign, assay_err *err)
{
    char bytes[AY_DIGEST_SIZE + 1];
    memcpy(bytes, what, len);
    bytes[len] = sign;
    const ay_str record = {bytes, len + 1};
    return ay_sorter_put(to, ay_sort_prefix(record), record, err);
}

static assay_status note_leaf(comparer *c, const ay_leaf *leaf, char sign, assay_err *err)
{
    AY_TRY(note(c->differences, leaf->kh, AY_KH_SIZE, sign, err));
    return note(c->hashes, leaf->hash.bytes, AY_DIGEST_SIZE, sign, err);
}

static assay_status take_new(void *self, const ay_leaf *leaves, size_t n, assay_err *err)
{
    comparer *c = (comparer *)self;
    const ay_leaf *old;
    for (size_t i = 0; i < n; i++) {
        int order = -1;
        for (;;) {
            AY_TRY(peek_old(c, &old, err));
            order = old ? memcmp(old, &leaves[i], sizeof *old) : 1;
            if (order >= 0) break;
            AY_TRY(note_leaf(c, old, '-', err));
            c->at++;
        }
        if (order == 0) c->at++;
        else AY_TRY(note_leaf(c, &leaves[i], '+', err));
    }
    return ASSAY_OK;
}

static assay_status take_rest(comparer *c, assay_err *err)
{
    const ay_leaf *old;
    for (;;) {
        AY_TRY(peek_old(c, &old, err));
        if (!old) return ASSAY_OK;
        AY_TRY(note_leaf(c, old, '-', err));
        c->at++;
    }
}

/* The root binds the hashes of leaves, and each of these the kh it was made with, but not the kh beside it in the file:
 * a hash on both sides has two. */
static assay_status find_foreign_kh(const comparer *c, ay_sorted *sorted, assay_err *err)
{
    char last[AY_DIGEST_SIZE] = {0}, sign = 0;
    for (bool end = false;;) {
        ay_sort_record record;
        AY_TRY(ay_sorted_next(sorted, &record, &end, err));
        if (end) return ASSAY_OK;
        const char now = record.bytes.ptr[AY_DIGEST_SIZE];
        AY_FAIL_IF(sign && sign != now && memcmp(last, record.bytes.ptr, sizeof last) == 0, err, ASSAY_EFORMAT,
                   "%s holds a leaf under the key of another record", "%s 中有叶被置于其他记录的主键之下",
                   c->reader->leaves.path);
        memcpy(last, record.bytes.ptr, sizeof last);
        sign = now;
    }
}

static assay_status check_keys(const comparer *c, assay_err *err)
{
    ay_sorted *sorted = NULL;
    assay_status st = ay_sorted_open(c->hashes, &sorted, err);
    if (st == ASSAY_OK) st = find_foreign_kh(c, sorted, err);
    ay_sorted_close(sorted);
    return st;
}

/* ---- Then: their keys ---- */

/* Keys in the order of kh: those of now come from the run, those of then from the file that was kept. */
typedef struct key_source {
    ay_kept_reader *reader; /* or */
    FILE *file;
    size_t prints; /* bytes of the fields' fingerprints in front of the tuple */
    unsigned char kh[AY_KH_SIZE];
    ay_buf row; /* fingerprints and tuple */
    bool end;
} key_source;

static ay_str tuple_of(const key_source *k)
{
    return ay_str_slice(ay_buf_view(&k->row), k->prints, k->row.len);
}

static assay_status next_read(key_source *k, assay_err *err)
{
    ay_str row;
    AY_TRY(ay_kept_next(k->reader, &row, err));
    k->end = !row.ptr;
    if (k->end) return ASSAY_OK;
    memcpy(k->kh, row.ptr, AY_KH_SIZE);
    ay_buf_clear(&k->row);
    ay_buf_str(&k->row, ay_kept_rest(row));
    return ay_buf_status(&k->row, err);
}

static assay_status next_in_file(key_source *k, assay_err *err)
{
    unsigned char head[AY_KH_SIZE + 4];
    k->end = fread(head, 1, sizeof head, k->file) != sizeof head;
    if (k->end) return ASSAY_OK;
    const uint32_t n = (uint32_t)head[16] << 24 | (uint32_t)head[17] << 16 | (uint32_t)head[18] << 8 | head[19];
    memcpy(k->kh, head, AY_KH_SIZE);
    ay_buf_clear(&k->row);
    char *to = ay_buf_reserve(&k->row, n);
    AY_TRY(ay_buf_status(&k->row, err));
    AY_FAIL_IF(n < k->prints || (n && fread(to, 1, n, k->file) != n), err, ASSAY_EFORMAT, "the kept keys are damaged",
               "保留的主键已损坏");
    k->row.len = n;
    return ASSAY_OK;
}

/* Go on to this kh; *ret: its key is here. */
static assay_status seek_key(key_source *k, const unsigned char *kh, bool *ret, assay_err *err)
{
    *ret = false;
    if (!k->reader && !k->file) return ASSAY_OK;
    while (!k->end && memcmp(k->kh, kh, AY_KH_SIZE) < 0) AY_TRY(k->reader ? next_read(k, err) : next_in_file(k, err));
    *ret = !k->end && memcmp(k->kh, kh, AY_KH_SIZE) == 0;
    return ASSAY_OK;
}

typedef struct teller {
    const ay_archive_reader *reader;
    const assay_result *result;
    key_source now, then;
    ay_stream out;
    ay_buf text, shown;
    ay_arena heap;
} teller;

static assay_status put_key(teller *t, ay_json *j, ay_str tuple, assay_err *err)
{
    const ay_dataset *d = t->reader->dataset;
    ay_cursor c = ay_cursor_on(tuple.ptr, tuple.len);
    AY_FAIL_IF(ay_tuple_length(tuple, d->n_key) != tuple.len, err, ASSAY_EFORMAT, "the kept keys are damaged",
               "保留的主键已损坏");
    ay_json_key(j, "key");
    ay_json_open_object(j);
    for (uint32_t k = 0; k < d->n_key; k++) {
        ay_cell cell;
        ay_arena_reset(&t->heap);
        AY_NOMEM_IF(!ay_tuple_take(&c, &t->heap, &cell), err);
        ay_buf_clear(&t->text);
        ay_buf_clear(&t->shown);
        ay_cell_text_in(&cell, t->result->pack->zone, &t->text);
        ay_gate_put(&t->result->gate, (ay_leaving){d, d->key[k], NULL}, ay_buf_view(&t->text), &t->shown);
        AY_TRY(ay_buf_status(&t->text, err));
        AY_TRY(ay_buf_status(&t->shown, err));
        ay_json_key(j, d->fields[d->key[k]].name);
        if (cell.is_null) ay_json_null(j);
        else ay_json_str(j, ay_buf_view(&t->shown));
    }
    ay_json_close_object(j);
    return ASSAY_OK;
}

static assay_status put_kh(teller *t, ay_json *j, const unsigned char *kh, assay_err *err)
{
    ay_buf_clear(&t->text);
    ay_hex_put((ay_str){(const char *)kh, AY_KH_SIZE}, &t->text);
    ay_json_key(j, "kh");
    ay_json_str(j, ay_buf_view(&t->text));
    return ay_buf_status(&t->text, err);
}

/* Which fields of a record changed, where that was kept. */
static void put_fields(const teller *t, ay_json *j)
{
    const ay_dataset *d = t->reader->dataset;
    ay_json_key(j, "fields");
    ay_json_open_array(j);
    for (uint32_t i = 0; i < d->n_fields; i++) {
        const size_t at = (size_t)i * AY_FIELD_PRINT_SIZE;
        if (memcmp(t->now.row.ptr + at, t->then.row.ptr + at, AY_FIELD_PRINT_SIZE) != 0)
            ay_json_text(j, d->fields[i].name);
    }
    ay_json_close_array(j);
}

static assay_status put_difference(teller *t, ay_json *j, const unsigned char *kh, bool is_change, assay_err *err)
{
    bool is_now = false, is_then = false;
    AY_TRY(seek_key(&t->now, kh, &is_now, err));
    AY_TRY(seek_key(&t->then, kh, &is_then, err));
    const bool is_known = is_now || is_then;
    AY_TRY(is_known ? put_key(t, j, tuple_of(is_now ? &t->now : &t->then), err) : put_kh(t, j, kh, err));
    if (is_change && is_now && is_then && t->now.prints) put_fields(t, j);
    return ASSAY_OK;
}

static assay_status tell(teller *t, const unsigned char *kh, const char *op, uint64_t records, bool is_one,
                         assay_err *err)
{
    ay_json j = {.out = &t->out.buf};
    if (!records) return ASSAY_OK;
    ay_json_open_object(&j);
    ay_json_key(&j, "dataset");
    ay_json_text(&j, t->reader->dataset->name);
    ay_json_key(&j, "op");
    ay_json_text(&j, op);
    AY_TRY(put_difference(t, &j, kh, is_one, err));
    ay_json_key(&j, "records");
    ay_json_uint(&j, records);
    ay_json_close_object(&j);
    ay_buf_char(&t->out.buf, '\n');
    return ay_stream_flush(&t->out, FLUSH_AT, err);
}

/* Leaves of one kh: what went and what came make changed records, as far as they pair. */
typedef struct group {
    unsigned char kh[AY_KH_SIZE];
    uint64_t minus, plus;
} group;

static assay_status tell_group(teller *t, group *g, assay_archive_difference *counts, assay_err *err)
{
    const uint64_t changed = g->minus < g->plus ? g->minus : g->plus;
    counts->changed += changed;
    counts->removed += g->minus - changed;
    counts->added += g->plus - changed;
    const bool is_one = g->minus == 1 && g->plus == 1; /* of several under one key it is not known which became which */
    AY_TRY(tell(t, g->kh, "changed", changed, is_one, err));
    AY_TRY(tell(t, g->kh, "removed", g->minus - changed, false, err));
    AY_TRY(tell(t, g->kh, "added", g->plus - changed, false, err));
    g->minus = g->plus = 0;
    return ASSAY_OK;
}

static assay_status tell_all(teller *t, ay_sorted *sorted, assay_archive_difference *counts, assay_err *err)
{
    group g = {.minus = 0};
    for (;;) {
        ay_sort_record record;
        bool end = false;
        AY_TRY(ay_sorted_next(sorted, &record, &end, err));
        if (end || memcmp(g.kh, record.bytes.ptr, AY_KH_SIZE) != 0) AY_TRY(tell_group(t, &g, counts, err));
        if (end) return ASSAY_OK;
        memcpy(g.kh, record.bytes.ptr, AY_KH_SIZE);
        if (record.bytes.ptr[AY_KH_SIZE] == '+') g.plus++;
        else g.minus++;
    }
}

/* ---- All of it ---- */

/* Keys need not have been kept, or not for so long; of a file with another head none are known. */
static assay_status open_kept(teller *t, assay_err *err)
{
    const ay_dataset *d = t->reader->dataset;
    char head[AY_KEYS_HEAD_SIZE], want[AY_KEYS_HEAD_SIZE];
    const size_t prints = t->reader->keeps_fields ? d->n_fields : 0;
    t->now.prints = t->then.prints = prints * AY_FIELD_PRINT_SIZE;
    ay_archive_keys_head((uint32_t)prints, want);
    t->then.file = fopen(t->reader->keys, "rbe");
    AY_FAIL_IF(!t->then.file && errno != ENOENT, err, ASSAY_EIO, "%s cannot be read: %s", "%s 无法读取：%s",
               t->reader->keys, strerror(errno));
    if (!t->then.file) return ASSAY_OK;
    if (fread(head, 1, sizeof head, t->then.file) == sizeof head && memcmp(head, want, sizeof head) == 0)
        return ASSAY_OK;
    (void)fclose(t->then.file);
    t->then.file = NULL;
    return ASSAY_OK;
}

static assay_status name_differences(teller *t, comparer *c, ay_evidence *evidence, assay_err *err)
{
    ay_sorted *sorted = NULL;
    assay_status st = ay_sorted_open(c->differences, &sorted, err);
    if (st == ASSAY_OK) st = ay_kept_open(evidence->keys, &t->now.reader, err);
    if (st == ASSAY_OK) st = open_kept(t, err);
    if (st == ASSAY_OK) st = tell_all(t, sorted, c->counts, err);
    if (st == ASSAY_OK) st = ay_stream_flush(&t->out, 0, err);
    ay_kept_close(t->now.reader);
    ay_sorted_close(sorted);
    if (t->then.file) (void)fclose(t->then.file);
    return st;
}

static void teller_free(teller *t)
{
    ay_buf_free(&t->now.row);
    ay_buf_free(&t->then.row);
    ay_buf_free(&t->out.buf);
    ay_buf_free(&t->text);
    ay_buf_free(&t->shown);
    ay_arena_free(&t->heap);
}

static assay_status compare_leaves(comparer *c, ay_evidence *evidence, assay_err *err)
{
    AY_TRY(ay_snapshot_each(evidence->leaves, &(ay_leaf_taker){take_new, c}, err));
    AY_TRY(take_rest(c, err));
    return check_keys(c, err);
}

static assay_status compare(const ay_archive_reader *reader, assay_result *result, ay_stream out,
                            assay_archive_difference *ret, assay_err *err)
{
    ay_dataset_result *d = &result->datasets[reader->dataset - result->pack->datasets];
    teller t = {.reader = reader, .result = result, .out = out};
    comparer *c = AY_NEW(comparer);
    AY_NOMEM_IF(!c, err);
    *ret = (assay_archive_difference){.then = reader->files.head.count, .now = d->records};
    snprintf(ret->run, sizeof ret->run, AY_STR_FMT, AY_STR_ARG(reader->manifest.as.run.run));
    c->reader = reader;
    c->counts = ret;
    assay_status st = ay_sorter_open(result->budget, &c->differences, err);
    if (st == ASSAY_OK) st = ay_sorter_open(result->budget, &c->hashes, err);
    if (st == ASSAY_OK) st = compare_leaves(c, &d->partial.evidence, err);
    if (st == ASSAY_OK) st = name_differences(&t, c, &d->partial.evidence, err);
    ay_sorter_free(c->differences);
    ay_sorter_free(c->hashes);
    ay_free(c);
    teller_free(&t);
    return st;
}

assay_status assay_archive_compare(const assay_pack *pack, const assay_run_options *options,
                                   const assay_archive_place *place, const assay_explain_source *source,
                                   assay_write_fn write, void *ctx, assay_archive_difference *ret, assay_err *err)
{
    ay_archive_reader reader;
    assay_run *run = NULL;
    assay_result *result = NULL;
    assay_archive_difference difference;
    assay_status st = ay_archive_reader_open(pack, place, &reader, err);
    if (st == ASSAY_OK) st = ay_archive_reread(&reader, pack, options, NULL, source, &run, err);
    if (st == ASSAY_OK) st = assay_run_finish(run, &result, err);
    if (st == ASSAY_OK) st = compare(&reader, result, (ay_stream){.write = write, .ctx = ctx}, &difference, err);
    if (st == ASSAY_OK) *ret = difference;
    assay_result_free(result);
    assay_run_free(run);
    ay_archive_reader_close(&reader);
    return st;
}
