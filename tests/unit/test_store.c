/* A store through the public API: wrong use, callers that stop, and every way out for lack of memory, after which all
 * or nothing is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "assay/assay.h"
#include "base/buf.h"
#include "base/mem.h"
#include "fault.h"
#include "pack/load.h"

/* Plain days: no calendar is read. */
static const char pack_text[] = "assay: 1\n"
                                "pack: unit\n"
                                "version: 1.0.0\n"
                                "timezone: UTC\n"
                                "sources: {s: {title: {zh: 源, en: Source}, owner: o, correct_within: 10 days}}\n"
                                "standards:\n"
                                "  up: {title: {zh: 大写, en: Upper}, normalize: [upper]}\n"
                                "datasets:\n"
                                "  d: {title: {zh: 集, en: Set}, source: s, table: d, key: [id], fields: {id: "
                                "{standard: integer}, v: {standard: up}, "
                                "n: {standard: integer, max: 9}}}\n";

static char folder[] = "/tmp/assay-store-XXXXXX";
static char path[64], csv[64];
static ay_buf pristine, filled; /* the file before and after a run */

static void wipe(void)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < AY_COUNT(suffixes); i++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        (void)unlink(name);
    }
}

static void write_file(const char *where, const void *bytes, size_t len)
{
    FILE *file = fopen(where, "wbe");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void read_file(ay_buf *ret)
{
    char bytes[4096];
    FILE *file = fopen(path, "rbe");
    assert_non_null(file);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;) ay_buf_put(ret, bytes, n);
    assert_int_equal(fclose(file), 0);
}

static void restore(const ay_buf *content)
{
    wipe();
    write_file(path, content->ptr, content->len);
}

static assay_pack *load(void)
{
    assay_pack *pack = NULL;
    assay_err err = {0};
    const assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    if (ay_pack_load_bytes("unit.yaml", AY_STR(pack_text), &options, &pack, NULL, &err) != ASSAY_OK)
        fail_msg("%s", err.text);
    return pack;
}

/* ---- Steps ---- */

static assay_status open_store(assay_store **ret, assay_err *err)
{
    assay_store_options o = ASSAY_STORE_OPTIONS_INIT;
    o.patience_ms = 1000;
    return assay_store_open(path, &o, ret, err);
}

static assay_status feed(assay_store *store, assay_run *run, assay_store_delta *delta, assay_err *err)
{
    assay_result *result = NULL;
    AY_TRY(assay_store_begin(store, run, err));
    AY_TRY(assay_run_file(run, "d", csv, NULL, err));
    AY_TRY(assay_run_finish(run, &result, err));
    const assay_status st = assay_store_add(store, result, delta, err);
    assay_result_free(result);
    return st;
}

static assay_status night(assay_store *store, const assay_pack *pack, const char *day, assay_store_delta *delta,
                          assay_err *err)
{
    assay_run *run = NULL;
    assay_run_options o = ASSAY_RUN_OPTIONS_INIT;
    o.as_of = day;
    AY_TRY(assay_run_open(pack, &o, &run, err));
    const assay_status st = feed(store, run, delta, err);
    assay_run_free(run);
    return st;
}

static void need(assay_status st, const assay_err *err)
{
    if (st != ASSAY_OK) fail_msg("%d: %s", st, err->text);
}

static int set_up(void **state)
{
    static const char table[] = "id,v,n\n1,a,1\n2,B,10\n3,c,11\n4,D,1\n";
    assay_err err = {0};
    assay_store *store = NULL;
    assay_store_delta delta;
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/a.db", folder);
    snprintf(csv, sizeof csv, "%s/d.csv", folder);
    write_file(csv, table, sizeof table - 1);
    *state = load();
    need(assay_store_init(path, NULL, &err), &err);
    read_file(&pristine);
    need(open_store(&store, &err), &err);
    need(night(store, *state, "2026-03-02", &delta, &err), &err);
    assert_int_equal(delta.run, 1);
    assert_int_equal(delta.opened, 4);
    assay_store_close(store);
    read_file(&filled);
    return 0;
}

static int tear_down(void **state)
{
    assay_pack_free(*state);
    ay_buf_free(&pristine);
    ay_buf_free(&filled);
    wipe();
    (void)unlink(csv);
    return rmdir(folder);
}

/* ---- Wrong use ---- */

static void test_not_begun(void **state)
{
    assay_store *store = NULL;
    assay_run *run = NULL;
    assay_result *result = NULL;
    assay_err err = {0};
    assay_run_options o = ASSAY_RUN_OPTIONS_INIT;
    restore(&pristine);
    need(open_store(&store, &err), &err);
    need(assay_run_open(*state, &o, &run, &err), &err);
    need(assay_run_file(run, "d", csv, NULL, &err), &err);
    need(assay_run_finish(run, &result, &err), &err);
    assert_int_equal(assay_store_add(store, result, NULL, &err), ASSAY_EUSAGE);
    assert_non_null(strstr(err.text, "not begun with a store"));
    assay_result_free(result);
    assay_run_free(run);
    assert_null(assay_store_close(store));
    assert_null(assay_store_close(NULL));
}

static void test_counts_are_not_kept(void **state)
{
    assay_store *store = NULL;
    assay_run *run = NULL;
    assay_err err = {0};
    assay_run_options o = ASSAY_RUN_OPTIONS_INIT;
    o.counts_only = 1;
    need(open_store(&store, &err), &err);
    need(assay_run_open(*state, &o, &run, &err), &err);
    assert_int_equal(assay_store_begin(store, run, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "a store keeps findings: leave out `counts_only`");
    assay_run_free(run);
    assay_store_close(store);
}

static void test_places(void **state)
{
    (void)state;
    assay_store *store = NULL;
    assay_store_options wrong = ASSAY_STORE_OPTIONS_INIT;
    wrong.struct_size = 4;
    assert_int_equal(assay_store_open(NULL, NULL, &store, NULL), ASSAY_EUSAGE);
    assert_int_equal(assay_store_init("", NULL, NULL), ASSAY_EUSAGE);
    assert_int_equal(assay_store_open(path, &wrong, &store, NULL), ASSAY_EUSAGE);
    assert_null(store);
}

static int stop_at(void *ctx, const assay_ticket *ticket)
{
    assert_int_equal(strlen(ticket->id), 32);
    assert_string_equal(ticket->due, "2026-03-12");
    return --*(int *)ctx == 0;
}

static int stop_event(void *ctx, const assay_ticket_event *event)
{
    assert_true(*event->who && *event->act);
    return --*(int *)ctx == 0;
}

static int keep_id(void *ctx, const assay_ticket *ticket)
{
    memcpy(ctx, ticket->id, 33);
    return 0;
}

static int refuse_bytes(void *ctx, const void *bytes, size_t len)
{
    (void)ctx, (void)bytes, (void)len;
    return 1;
}

static void test_stopped_by_the_caller(void **state)
{
    (void)state;
    assay_store *store = NULL;
    assay_err err = {0};
    char id[33];
    uint64_t n;
    restore(&filled);
    need(open_store(&store, &err), &err);
    for (int at = 1; at <= 5; at++) {
        int left = at;
        assert_int_equal(assay_tickets_list(store, NULL, stop_at, &left, &err), at <= 4 ? ASSAY_ECANCELLED : ASSAY_OK);
    }
    need(assay_tickets_list(store, NULL, keep_id, id, &err), &err);
    int left = 1;
    assert_int_equal(assay_ticket_history(store, id, stop_event, &left, &err), ASSAY_ECANCELLED);
    need(assay_ticket_history(store, id, stop_event, &left, &err), &err);
    assert_int_equal(assay_ticket_history(store, "none", stop_event, &left, &err), ASSAY_EUSAGE);
    assert_true(assay_store_export(store, refuse_bytes, NULL, &err) != ASSAY_OK);
    assert_true(assay_tickets_export(store, NULL, NULL, refuse_bytes, NULL, &n, &err) != ASSAY_OK);
    assay_store_close(store);
}

/* What nobody wanted to hear is in the store all the same. */
static void test_event_refused(void **state)
{
    assay_store *store = NULL;
    assay_err err = {0};
    assay_store_delta delta;
    assay_store_options o = ASSAY_STORE_OPTIONS_INIT;
    o.on_event = refuse_bytes;
    restore(&pristine);
    need(assay_store_open(path, &o, &store, &err), &err);
    assert_int_equal(night(store, *state, "2026-03-02", &delta, &err), ASSAY_EIO);
    assert_non_null(strstr(err.text, "what was done is in the store"));
    assert_int_equal(delta.opened, 4);
    assay_store_close(store);
    need(open_store(&store, &err), &err);
    int left = 9;
    need(assay_tickets_list(store, NULL, stop_at, &left, &err), &err);
    assert_int_equal(left, 5);
    assay_store_close(store);
}

static void test_deeds(void **state)
{
    (void)state;
    static const struct {
        const char *act, *who, *remark, *owner, *day;
        uint32_t days;
        assay_status status;
    } cases[] = {
        {NULL, "w", "r", NULL, NULL, 0, ASSAY_EUSAGE},
        {"found", "w", "r", NULL, NULL, 0, ASSAY_EUSAGE},
        {"confirm", NULL, "r", NULL, NULL, 0, ASSAY_EUSAGE},
        {"confirm", "\t", "r", NULL, NULL, 0, ASSAY_EUSAGE},
        {"confirm", "w\x1b", "r", NULL, NULL, 0, ASSAY_EUSAGE},
        {"reject", "w", " \n", NULL, NULL, 0, ASSAY_EUSAGE},
        {"transfer", "w", NULL, "", NULL, 0, ASSAY_EUSAGE},
        {"extend", "w", "r", NULL, NULL, 3651, ASSAY_EUSAGE},
        {"close", "w", "\xff", NULL, NULL, 0, ASSAY_EUSAGE},
        {"close", "w", "r", NULL, "2026-02-29", 0, ASSAY_EUSAGE},
        {"dispatch", "w", NULL, NULL, NULL, 0, ASSAY_EUSAGE}, /* no pack */
        {"confirm", "w", "a\nb", NULL, "2026-03-03", 0, ASSAY_OK},
    };
    assay_store *store = NULL;
    assay_err err = {0};
    assay_ticket_filter all = ASSAY_TICKET_FILTER_INIT;
    all.dataset = "d";
    restore(&filled);
    need(open_store(&store, &err), &err);
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        assay_ticket_deed deed = ASSAY_TICKET_DEED_INIT;
        assay_ticket_sum sum = {0};
        deed.act = cases[i].act;
        deed.who = cases[i].who;
        deed.remark = cases[i].remark;
        deed.owner = cases[i].owner;
        deed.day = cases[i].day;
        deed.days = cases[i].days;
        if (assay_tickets_act(store, &all, &deed, NULL, NULL, &sum, &err) != cases[i].status) fail_msg("case %zu", i);
        assert_int_equal(sum.refused, 0);
    }
    assay_ticket_deed deed = ASSAY_TICKET_DEED_INIT;
    deed.act = "confirm";
    deed.who = "w";
    assert_int_equal(assay_tickets_act(store, NULL, &deed, NULL, NULL, NULL, &err), ASSAY_EUSAGE); /* all there are */
    assay_store_close(store);
}

/* ---- No memory ---- */

static assay_status make(void *arg)
{
    assay_store *store = NULL;
    (void)arg;
    wipe();
    AY_TRY(assay_store_init(path, NULL, NULL));
    AY_TRY(assay_store_upgrade(path, NULL, NULL));
    const assay_status st = open_store(&store, NULL);
    assay_store_close(store);
    return st;
}

static int count_ticket(void *ctx, const assay_ticket *ticket)
{
    (void)ticket;
    ++*(int *)ctx;
    return 0;
}

static assay_status add(void *arg)
{
    assay_store *store = NULL;
    assay_store_delta delta;
    int n = 0;
    restore(&pristine);
    AY_TRY(open_store(&store, NULL));
    const assay_status st = night(store, (const assay_pack *)arg, "2026-03-02", &delta, NULL);
    const assay_status listed = assay_tickets_list(store, NULL, count_ticket, &n, NULL);
    if (listed == ASSAY_OK) assert_int_equal(n, st == ASSAY_OK ? 4 : 0);
    assay_store_close(store);
    return st == ASSAY_OK ? listed : st;
}

/* A second night, on which everything has moved. */
static assay_status add_more(void *arg)
{
    static const char table[] = "id,v,n\n1,A,?\n2,b,12\n4,D,1\n";
    assay_store *store = NULL;
    assay_store_delta delta;
    restore(&filled);
    write_file(csv, table, sizeof table - 1);
    AY_TRY(open_store(&store, NULL));
    const assay_status st = night(store, (const assay_pack *)arg, "2026-03-03", &delta, NULL);
    if (st == ASSAY_OK) {
        assert_int_equal(delta.opened, 2);
        assert_int_equal(delta.closed, 1);
        assert_int_equal(delta.gone, 2);
        assert_int_equal(delta.changed, 1);
    }
    assay_store_close(store);
    return st;
}

static int take_bytes(void *ctx, const void *bytes, size_t len)
{
    (void)bytes;
    *(size_t *)ctx += len;
    return 0;
}

static assay_status act_all(assay_store *store, const assay_pack *pack)
{
    assay_ticket_filter all = ASSAY_TICKET_FILTER_INIT;
    assay_ticket_deed deed = ASSAY_TICKET_DEED_INIT;
    all.dataset = "d";
    deed.act = "transfer";
    deed.who = "w";
    deed.owner = "p";
    deed.pack = pack;
    deed.day = "2026-03-03";
    return assay_tickets_act(store, &all, &deed, NULL, NULL, NULL, NULL);
}

static assay_status import_one(assay_store *store, char *id)
{
    char line[128];
    assay_import_options o = ASSAY_IMPORT_OPTIONS_INIT;
    o.format = ASSAY_ORDER_NDJSON;
    o.who = "w";
    o.day = "2026-03-04";
    AY_TRY(assay_tickets_list(store, NULL, keep_id, id, NULL));
    const int n = snprintf(line, sizeof line, "{\"id\":\"%s\",\"answer\":\"confirm\"}\n", id);
    return assay_tickets_import(store, line, (size_t)n, &o, NULL, NULL, NULL, NULL);
}

static assay_status look(assay_store *store, const assay_pack *pack, const char *id)
{
    size_t written = 0;
    uint64_t n = 0;
    int left = 9;
    static const char *const key[] = {"2"};
    AY_TRY(assay_ticket_history(store, id, stop_event, &left, NULL));
    AY_TRY(assay_tickets_marks(store, pack, "d", key, 1, &n, NULL));
    AY_TRY(assay_tickets_export(store, NULL, NULL, take_bytes, &written, &n, NULL));
    AY_TRY(assay_tickets_sql(store, NULL, pack, take_bytes, NULL, &written, NULL, NULL));
    AY_TRY(assay_store_check(store, take_bytes, &written, &n, NULL));
    AY_TRY(assay_store_export(store, take_bytes, &written, NULL));
    return assay_store_prune(store, "2030-01-01", &n, NULL);
}

static assay_status act(void *arg)
{
    assay_store *store = NULL;
    char id[33] = "";
    size_t told = 0;
    assay_store_options o = ASSAY_STORE_OPTIONS_INIT;
    o.on_event = take_bytes;
    o.on_event_ctx = &told;
    restore(&filled);
    AY_TRY(assay_store_open(path, &o, &store, NULL));
    assay_status st = act_all(store, arg);
    if (st == ASSAY_OK) st = import_one(store, id);
    if (st == ASSAY_OK) st = look(store, arg, id);
    assay_store_close(store);
    return st;
}

static void test_no_memory_making(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(make, NULL) > 10);
}

static void test_no_memory_adding(void **state)
{
    assert_true(fail_each_allocation(add, *state) > 100);
    assert_true(fail_each_allocation(add_more, *state) > 100);
}

static void test_no_memory_acting(void **state)
{
    assert_true(fail_each_allocation(act, *state) > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_begun),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_stopped_by_the_caller),
        cmocka_unit_test(test_event_refused),
        cmocka_unit_test(test_deeds),
        cmocka_unit_test(test_no_memory_making),
        cmocka_unit_test(test_no_memory_adding),
        cmocka_unit_test(test_counts_are_not_kept),
        cmocka_unit_test(test_no_memory_acting),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
