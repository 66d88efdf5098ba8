/* Records from the calling program, one by one; what was found goes to a callback.
 *
 *   01_push_records PACK        (examples/pack.yaml) */
#include <assay/assay.h>

#include <stdio.h>
#include <string.h>

typedef struct reading {
    const char *station; /* NULL: no value */
    int64_t day;         /* since 1970-01-01 */
    const char *level;   /* decimals are pushed as text, so that no digit is lost */
} reading;

static const reading readings[] = {
    {"BJ01", 20454, "3.50"}, {"BJ01", 20455, "12.51"}, {"bj02", 20454, "0"},
    {NULL, 20455, "1.25"},   {"BJ01", 20454, "3.75"},
};

static const assay_column columns[] = {{"station", ASSAY_TEXT}, {"day", ASSAY_DATE}, {"level", ASSAY_DECIMAL}};
enum { STATION, DAY, LEVEL, COLUMNS };

static assay_status push_one(assay_feed *feed, const reading *r, assay_err *err)
{
    assay_status st = ASSAY_OK;
    if (r->station) st = assay_feed_text(feed, STATION, r->station, strlen(r->station), err); /* not set: null */
    if (st == ASSAY_OK) st = assay_feed_int(feed, DAY, r->day, err);
    if (st == ASSAY_OK) st = assay_feed_text(feed, LEVEL, r->level, strlen(r->level), err);
    return st == ASSAY_OK ? assay_feed_next(feed, err) : st;
}

static assay_status push_all(assay_run *run, assay_err *err)
{
    assay_feed *feed = NULL;
    assay_status st = assay_feed_open(run, "reading", columns, COLUMNS, &feed, err);
    if (st != ASSAY_OK) return st;
    for (size_t i = 0; st == ASSAY_OK && i < sizeof readings / sizeof *readings; i++)
        st = push_one(feed, &readings[i], err);
    /* Closing frees the feed in any case; its error matters only where there was none before. */
    const assay_status closed = assay_feed_close(feed, st == ASSAY_OK ? err : NULL);
    return st == ASSAY_OK ? closed : st;
}

/* Bytes come in pieces of any size; a real program would write to a file, a queue, a socket. */
static int print_bytes(void *stream, const void *bytes, size_t len)
{
    return fwrite(bytes, 1, len, stream) == len ? 0 : 1;
}

static void print_rules(const assay_result *result)
{
    for (size_t i = 0; i < assay_result_rule_count(result); i++) {
        assay_rule_result r;
        assay_result_rule(result, i, &r);
        printf("%-4s %s: %llu evaluated, %llu failed\n", assay_outcome_name(r.outcome), r.id,
               (unsigned long long)r.evaluated, (unsigned long long)r.failed);
    }
    printf("%s, %llu findings\n", assay_outcome_name(assay_result_outcome(result)),
           (unsigned long long)assay_result_finding_count(result));
}

static assay_status run_pack(const assay_pack *pack, assay_err *err)
{
    assay_run_options options = ASSAY_RUN_OPTIONS_INIT;
    assay_run *run = NULL;
    assay_result *result = NULL;
    options.as_of = "2026-01-31";
    assay_status st = assay_run_open(pack, &options, &run, err);
    if (st == ASSAY_OK) st = push_all(run, err);
    if (st == ASSAY_OK) st = assay_run_finish(run, &result, err);
    if (st == ASSAY_OK) st = assay_result_write(result, ASSAY_RESULT_FINDINGS, print_bytes, stdout, err);
    if (st == ASSAY_OK) print_rules(result);
    assay_result_free(result);
    assay_run_free(run);
    return st;
}

int main(int argc, char **argv)
{
    assay_pack *pack = NULL;
    assay_err err;
    if (argc != 2) {
        fputs("01_push_records PACK\n", stderr);
        return 2;
    }
    assay_status st = assay_pack_load(argv[1], NULL, &pack, NULL, &err);
    if (st == ASSAY_OK) st = run_pack(pack, &err);
    assay_pack_free(pack);
    if (st != ASSAY_OK) fprintf(stderr, "%s\n", err.text);
    return st == ASSAY_OK ? 0 : 1;
}
