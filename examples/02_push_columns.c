/* Records from the calling program, whole columns at a time; progress and a summary in Chinese.
 *
 *   02_push_columns PACK        (examples/pack.yaml) */
#include <assay/assay.h>

#include <stdio.h>

enum { BLOCK = 1000, BLOCKS = 3, COLUMNS = 3 };

static const assay_column columns[COLUMNS] = {{"station", ASSAY_TEXT}, {"day", ASSAY_DATE}, {"level", ASSAY_DECIMAL}};

/* One block of records as columns. The memory is ours and is used again for the next block. */
typedef struct block {
    assay_str stations[BLOCK], levels[BLOCK];
    int64_t days[BLOCK];
    uint64_t no_level[(BLOCK + 63) / 64]; /* a bit for each record, set: null */
} block;

/* A station measures on every day; in each block one level is missing and one is too high. */
static void fill(block *b, int number)
{
    static const assay_str station = {"BJ01", 4}, usual = {"2.5", 3}, too_high = {"13", 2};
    for (int i = 0; i < BLOCK; i++) {
        b->stations[i] = station;
        b->days[i] = number * BLOCK + i;
        b->levels[i] = i == 500 ? too_high : usual;
    }
    b->no_level[7 / 64] |= UINT64_C(1) << (7 % 64);
}

static assay_status push_blocks(assay_feed *feed, assay_err *err)
{
    static block b;
    const assay_vector vectors[COLUMNS] = {{NULL, b.stations}, {NULL, b.days}, {b.no_level, b.levels}};
    assay_status st = ASSAY_OK;
    for (int i = 0; st == ASSAY_OK && i < BLOCKS; i++) {
        fill(&b, i);
        st = assay_feed_columns(feed, vectors, BLOCK, err);
    }
    return st;
}

static assay_status push_all(assay_run *run, assay_err *err)
{
    assay_feed *feed = NULL;
    assay_status st = assay_feed_open(run, "reading", columns, COLUMNS, &feed, err);
    if (st != ASSAY_OK) return st;
    st = push_blocks(feed, err);
    const assay_status closed = assay_feed_close(feed, st == ASSAY_OK ? err : NULL);
    return st == ASSAY_OK ? closed : st;
}

static void on_progress(void *stream, const assay_progress *now)
{
    if (now->done) fprintf(stream, "%s: %llu records\n", now->dataset, (unsigned long long)now->records);
}

static int print_bytes(void *stream, const void *bytes, size_t len)
{
    return fwrite(bytes, 1, len, stream) == len ? 0 : 1;
}

static assay_status run_pack(const assay_pack *pack, assay_err *err)
{
    assay_run_options options = ASSAY_RUN_OPTIONS_INIT;
    assay_run *run = NULL;
    assay_result *result = NULL;
    options.as_of = "2026-01-31";
    options.lang = "zh";
    options.progress = on_progress;
    options.progress_ctx = stdout;
    assay_status st = assay_run_open(pack, &options, &run, err);
    if (st == ASSAY_OK) st = push_all(run, err);
    if (st == ASSAY_OK) st = assay_run_finish(run, &result, err);
    if (st == ASSAY_OK) st = assay_result_write(result, ASSAY_RESULT_SUMMARY, print_bytes, stdout, err);
    assay_result_free(result);
    assay_run_free(run);
    return st;
}

int main(int argc, char **argv)
{
    assay_pack *pack = NULL;
    assay_err err;
    if (argc != 2) {
        fputs("02_push_columns PACK\n", stderr);
        return 2;
    }
    assay_status st = assay_pack_load(argv[1], NULL, &pack, NULL, &err);
    if (st == ASSAY_OK) st = run_pack(pack, &err);
    assay_pack_free(pack);
    if (st != ASSAY_OK) fprintf(stderr, "%s\n", err.text_zh);
    return st == ASSAY_OK ? 0 : 1;
}
