/* Two nights with a store: what is overdue is listed and answered, and what is left goes out as a work order.
 *
 *   03_tickets PACK        (examples/pack.yaml) */
#include <assay/assay.h>
#include <assay/store.h>
#include <assay/ticket.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const assay_column columns[] = {{"station", ASSAY_TEXT}, {"day", ASSAY_TEXT}, {"level", ASSAY_TEXT}};
enum { COLUMNS = sizeof columns / sizeof *columns };

static const char *const readings[][COLUMNS] = {
    {"BJ01", "2026-02-27", "2.5"},
    {"BJ02", "2026-02-27", "13.75"}, /* too high, from the first night on */
    {"SH1", "2026-03-04", "3.1"},    /* no code of a station, in the second night */
};

/* ---- A night ---- */

static assay_status push(assay_run *run, size_t n, assay_err *err)
{
    assay_feed *feed = NULL;
    assay_status st = assay_feed_open(run, "reading", columns, COLUMNS, &feed, err);
    if (st != ASSAY_OK) return st;
    for (size_t i = 0; st == ASSAY_OK && i < n; i++) {
        for (size_t c = 0; st == ASSAY_OK && c < COLUMNS; c++) {
            size_t len = 0;
            while (readings[i][c][len]) len++;
            st = assay_feed_text(feed, c, readings[i][c], len, err);
        }
        if (st == ASSAY_OK) st = assay_feed_next(feed, err);
    }
    const assay_status closed = assay_feed_close(feed, st == ASSAY_OK ? err : NULL);
    return st == ASSAY_OK ? closed : st;
}

/* Begin, feed, finish, add: all of the night is in the store, or nothing. */
static assay_status store_night(assay_store *store, assay_run *run, size_t n, assay_store_delta *delta, assay_err *err)
{
    assay_result *result = NULL;
    assay_status st = assay_store_begin(store, run, err);
    if (st == ASSAY_OK) st = push(run, n, err);
    if (st == ASSAY_OK) st = assay_run_finish(run, &result, err);
    if (st == ASSAY_OK) st = assay_store_add(store, result, delta, err);
    assay_result_free(result);
    return st;
}

static assay_status night(assay_store *store, const assay_pack *pack, const char *day, size_t n, assay_err *err)
{
    assay_run *run = NULL;
    assay_store_delta delta;
    assay_run_options options = ASSAY_RUN_OPTIONS_INIT;
    options.as_of = day;
    assay_status st = assay_run_open(pack, &options, &run, err);
    if (st == ASSAY_OK) st = store_night(store, run, n, &delta, err);
    if (st == ASSAY_OK)
        printf("%s: run %llu, %llu opened, %llu as before\n", day, (unsigned long long)delta.run,
               (unsigned long long)delta.opened, (unsigned long long)delta.unchanged);
    assay_run_free(run);
    return st;
}

/* ---- Tickets ---- */

static int print_ticket(void *ctx, const assay_ticket *t)
{
    (void)ctx;
    printf("%s  %s  %s  due %s  %s  %s\n", t->rule, t->key, t->value, t->due, t->state, t->owner);
    return 0;
}

static assay_status answer_overdue(assay_store *store, assay_err *err)
{
    assay_ticket_filter overdue = ASSAY_TICKET_FILTER_INIT;
    assay_ticket_deed deed = ASSAY_TICKET_DEED_INIT;
    assay_ticket_sum sum;
    overdue.due_before = "2026-03-13";
    assay_status st = assay_tickets_list(store, &overdue, print_ticket, NULL, err);
    if (st != ASSAY_OK) return st;
    deed.act = "confirm";
    deed.who = "example";
    deed.day = "2026-03-13";
    st = assay_tickets_act(store, &overdue, &deed, NULL, NULL, &sum, err);
    if (st == ASSAY_OK) printf("%llu confirmed\n", (unsigned long long)sum.done);
    return st;
}

static int count_lines(void *ctx, const void *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) *(int *)ctx += ((const char *)bytes)[i] == '\n';
    return 0;
}

static assay_status give_out(assay_store *store, assay_err *err)
{
    assay_ticket_filter open = ASSAY_TICKET_FILTER_INIT;
    assay_order_options options = ASSAY_ORDER_OPTIONS_INIT;
    int lines = 0;
    open.state = "open";
    options.day = "2026-03-13";
    assay_status st = assay_tickets_list(store, &open, print_ticket, NULL, err);
    if (st == ASSAY_OK) st = assay_tickets_export(store, &open, &options, count_lines, &lines, NULL, err);
    if (st == ASSAY_OK) printf("a work order of %d lines\n", lines);
    return st;
}

static assay_status use(const char *where, const assay_pack *pack, assay_err *err)
{
    assay_store *store = NULL;
    assay_status st = assay_store_init(where, NULL, err);
    if (st == ASSAY_OK) st = assay_store_open(where, NULL, &store, err);
    if (st == ASSAY_OK) st = night(store, pack, "2026-03-02", 2, err);
    if (st == ASSAY_OK) st = night(store, pack, "2026-03-05", 3, err);
    if (st == ASSAY_OK) st = answer_overdue(store, err);
    if (st == ASSAY_OK) st = give_out(store, err);
    assay_store_close(store);
    return st;
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/assay-example-XXXXXX", where[64], lock[80];
    assay_err err = {0};
    assay_pack *pack = NULL;
    if (argc != 2 || !mkdtemp(folder)) return 2;
    snprintf(where, sizeof where, "%s/assay.db", folder);
    snprintf(lock, sizeof lock, "%s.lock", where);
    assay_status st = assay_pack_load(argv[1], NULL, &pack, NULL, &err);
    if (st == ASSAY_OK) st = use(where, pack, &err);
    if (st != ASSAY_OK) fprintf(stderr, "%s\n", err.text);
    assay_pack_free(pack);
    unlink(where);
    unlink(lock);
    rmdir(folder);
    return st == ASSAY_OK ? 0 : 1;
}
