/* Before a run: its datasets are claimed, and it is told what to look out for. After it: its rows, then its tickets. */
#include <stdio.h>

#include "store/add.h"

#include "base/mem.h"
#include "proof/base64.h"
#include "proof/run_id.h"
#include "store/schema.h"

/* ---- Before ---- */

static assay_status claim(assay_store *store, const char *dataset, assay_err *err)
{
    char name[300];
    bool is_ours = false;
    snprintf(name, sizeof name, "run of %s", dataset);
    AY_TRY(ay_db_hold(store->db, name, &is_ours, err));
    AY_FAIL_IF(!is_ours, err, ASSAY_EUSAGE,
               "another run of dataset %s with this store is under way: wait for it, or select other datasets",
               "数据集 %s 的另一次运行正在使用该存储库：请等待其结束，或选择其他数据集", dataset);
    return ASSAY_OK;
}

typedef struct beginning {
    assay_run *run;
    uint32_t dataset;
    ay_watch *watch;
} beginning;

/* The keys of what is still to be corrected. */
static assay_status load_watch(assay_store *store, void *ctx, assay_err *err)
{
    const beginning *b = (const beginning *)ctx;
    const char *const args[] = {b->run->pack->datasets[b->dataset].name};
    ay_rows *rows = NULL;
    bool end = false;
    AY_TRY(ay_db_query(store->db,
                       "select key_print from ticket where dataset = $1 and state not in ('closed', 'gone') and key <> "
                       "'null'",
                       args, 1, &rows, err));
    assay_status st = ay_rows_next(rows, &end, err);
    while (st == ASSAY_OK && !end) {
        unsigned char print[AY_PRINT_SIZE];
        if (!ay_hex_take(ay_rows_text(rows, 0), print, sizeof print))
            st = ay_fail(err, ASSAY_EFORMAT, "a ticket of %s has a damaged key_print", "%s 的某个工单 key_print 已损坏",
                         args[0]);
        if (st == ASSAY_OK) st = ay_watch_add(b->watch, print, err);
        if (st == ASSAY_OK) st = ay_rows_next(rows, &end, err);
    }
    ay_rows_close(rows);
    return st;
}

static assay_status begin_dataset(assay_store *store, assay_run *run, uint32_t i, assay_err *err)
{
    beginning b = {.run = run, .dataset = i};
    AY_TRY(claim(store, run->pack->datasets[i].name, err));
    AY_TRY(ay_watch_open(ay_str_from(store->seed), run->budget, &b.watch, err));
    AY_TRY(ay_run_watch(run, i, b.watch, err));
    return ay_store_work(store, false, load_watch, &b, err);
}

assay_status assay_store_begin(assay_store *store, assay_run *run, assay_err *err)
{
    AY_TRY(ay_run_check(run, err));
    AY_FAIL_IF(run->counts_only, err, ASSAY_EUSAGE, "a store keeps findings: leave out `counts_only`",
               "存储库须保存问题记录：请不要指定 counts_only");
    for (uint32_t i = 0; i < run->pack->n_sources; i++) {
        int64_t due;
        AY_TRY(ay_pack_due(run->pack, i, run->context->today, &due, err));
    }
    for (uint32_t i = 0; i < run->pack->n_datasets; i++)
        if (run->datasets[i].selected) AY_TRY(begin_dataset(store, run, i, err));
    store->pack = run->pack->id;
    ay_run_set_history(run, &store->history);
    return ASSAY_OK;
}

/* ---- Small rows ---- */

typedef struct number {
    char text[24];
} number;

static const char *unsigned_text(uint64_t value, number *room)
{
    snprintf(room->text, sizeof room->text, "%llu", (unsigned long long)value);
    return room->text;
}

/* Not assessable is null. */
static const char *score_text(int64_t e4, number *room)
{
    return e4 == AY_NOT_ASSESSABLE ? NULL : unsigned_text((uint64_t)e4, room);
}

/* A buffer keeps its failure itself: as one of writing it would be taken for another. */
static int append_bytes(void *buf, const void *bytes, size_t len)
{
    ay_buf_put((ay_buf *)buf, bytes, len);
    return 0;
}

static assay_status insert_run(assay_store *store, ay_adding *a, assay_err *err)
{
    assay_result *r = a->result;
    char id[AY_RUN_ID_SIZE], stored[AY_MOMENT_SIZE];
    number score, records, findings;
    assay_stats stats;
    AY_CLEANUP(ay_buf_free) ay_buf json = {0};
    AY_TRY(ay_run_id_new(ay_clock_us(), id, err));
    ay_moment_now(stored);
    assay_result_stats(r, &stats);
    AY_TRY(assay_result_write(r, ASSAY_RESULT_JSON, append_bytes, &json, err));
    ay_buf_char(&json, '\0');
    AY_TRY(ay_buf_status(&json, err));
    const char *const args[] = {r->archived_run[0] ? r->archived_run : id,
                                r->pack->id,
                                r->pack->version,
                                r->pack_digest,
                                r->as_of,
                                a->day,
                                stored,
                                assay_outcome_name(assay_result_outcome(r)),
                                score_text(assay_result_score(r), &score),
                                unsigned_text(stats.records, &records),
                                unsigned_text(stats.findings, &findings),
                                json.ptr};
    AY_TRY(
        ay_db_exec(store->db,
                   "insert into run (id, pack, version, digest, as_of, day, stored, outcome, score, records, findings, "
                   "result) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                   args, AY_COUNT(args), err));
    AY_TRY(ay_db_int(store->db, "select no from run where id = $1", args, 1, &a->run, err));
    unsigned_text((uint64_t)a->run, (number *)(void *)a->run_text);
    a->delta->run = (uint64_t)a->run;
    return ASSAY_OK;
}

static assay_status insert_reading(assay_store *store, const ay_adding *a, const ay_dataset_result *d, assay_err *err)
{
    number records, findings;
    const char *const args[] = {a->run_text, d->dataset->name, unsigned_text(d->records, &records),
                                unsigned_text(d->findings, &findings), d->facts.kind};
    AY_TRY(ay_db_exec(store->db,
                      "insert into reading (run, dataset, records, findings, kind) values ($1, $2, $3, $4, $5)", args,
                      AY_COUNT(args), err));
    if (!d->manifest) return ASSAY_OK;
    number entry;
    const char *const proof[] = {a->run_text, d->dataset->name, unsigned_text(d->entry, &entry), d->manifest};
    return ay_db_exec(store->db, "insert into manifest (run, dataset, entry, body) values ($1, $2, $3, $4)", proof,
                      AY_COUNT(proof), err);
}

static assay_status insert_figures(assay_store *store, const ay_adding *a, const ay_rule_outcome *o, assay_err *err)
{
    for (uint32_t i = 0; i < o->tally.n_figures; i++) {
        const ay_named *figure = &o->tally.figures[i];
        char value[24];
        snprintf(value, sizeof value, "%lld", (long long)figure->value);
        const char *const args[] = {a->result->pack->id, o->rule->id, a->run_text, figure->name,
                                    figure->text ? figure->text : value};
        AY_TRY(ay_db_exec(store->db, "insert into figure (pack, rule, run, name, value) values ($1, $2, $3, $4, $5)",
                          args, AY_COUNT(args), err));
    }
    return ASSAY_OK;
}

static assay_status insert_outcomes(assay_store *store, const ay_adding *a, const ay_dataset_result *d, assay_err *err)
{
    for (uint32_t i = 0; i < d->n_rules; i++) {
        const ay_rule_outcome *o = &d->rules[i];
        number n[5];
        const char *const args[] = {d->dataset->name,
                                    o->rule->id,
                                    a->run_text,
                                    assay_outcome_name(o->outcome),
                                    unsigned_text(o->count.evaluated, &n[0]),
                                    unsigned_text(o->count.failed, &n[1]),
                                    unsigned_text(o->count.skipped, &n[2]),
                                    unsigned_text(o->count.unreadable, &n[3]),
                                    unsigned_text(o->count.excluded, &n[4])};
        AY_TRY(ay_db_exec(store->db,
                          "insert into outcome (dataset, rule, run, outcome, evaluated, failed, skipped, unreadable, "
                          "excluded) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                          args, AY_COUNT(args), err));
        AY_TRY(insert_figures(store, a, o, err));
    }
    return ASSAY_OK;
}

/* ---- Scores: the total (code ""), dimensions and indicators of one scope ---- */

static assay_status insert_score(assay_store *store, const ay_adding *a, const char *scope, const char *code,
                                 int64_t e4, assay_err *err)
{
    number score;
    const char *const args[] = {a->run_text, scope, code, score_text(e4, &score)};
    return ay_db_exec(store->db, "insert into score (run, scope, code, score) values ($1, $2, $3, $4)", args,
                      AY_COUNT(args), err);
}

static assay_status insert_board(assay_store *store, const ay_adding *a, const char *kind, const char *name,
                                 const ay_scoreboard *board, assay_err *err)
{
    char scope[300];
    snprintf(scope, sizeof scope, "%s%s", kind, name);
    AY_TRY(insert_score(store, a, scope, "", board->total_e4, err));
    for (uint32_t i = 0; i < AY_DIMENSIONS; i++)
        AY_TRY(insert_score(store, a, scope, ay_dimensions[i].code, board->dimensions_e4[i], err));
    for (uint32_t i = 0; i < AY_INDICATORS; i++)
        if (board->indicators[i].is_used && strcmp(ay_indicators[i].code, "trace") != 0)
            AY_TRY(insert_score(store, a, scope, ay_indicators[i].code, board->indicators[i].score_e4, err));
    return ASSAY_OK;
}

static assay_status insert_scores(assay_store *store, const ay_adding *a, assay_err *err)
{
    const assay_result *r = a->result;
    AY_TRY(insert_board(store, a, "all", "", &r->score, err));
    for (uint32_t i = 0; i < r->pack->n_sources; i++)
        AY_TRY(insert_board(store, a, "source:", r->pack->sources[i].id, &r->sources[i], err));
    for (uint32_t i = 0; i < r->pack->n_datasets; i++)
        if (r->datasets[i].selected)
            AY_TRY(insert_board(store, a, "dataset:", r->pack->datasets[i].name, &r->datasets[i].score, err));
    return ASSAY_OK;
}

/* ---- The whole ---- */

static assay_status add_datasets(assay_store *store, const ay_adding *a, assay_err *err)
{
    const assay_result *r = a->result;
    for (uint32_t i = 0; i < r->pack->n_datasets; i++) {
        const ay_dataset_result *d = &r->datasets[i];
        if (!d->selected) continue;
        AY_TRY(insert_outcomes(store, a, d, err));
        if (!d->fed) continue;
        AY_TRY(insert_reading(store, a, d, err));
        AY_TRY(ay_reconcile(store, a, d, err));
    }
    return ASSAY_OK;
}

/* The first tickets of a store come in order of their ids, so in none of their fingerprints: that index is made when
 * they are there, sorted, which spares a night with a million findings most of its writing. */
static assay_status add_tickets(assay_store *store, const ay_adding *a, assay_err *err)
{
    int64_t n;
    AY_TRY(ay_db_int(store->db, "select count(*) from (select id from ticket limit 1) one", NULL, 0, &n, err));
    if (n) return add_datasets(store, a, err);
    AY_TRY(ay_db_exec(store->db, "drop index ticket_print", NULL, 0, err));
    AY_TRY(add_datasets(store, a, err));
    return ay_db_exec(store->db, AY_TICKET_PRINT, NULL, 0, err);
}

/* The run log as it stood after this run: its entries are the manifests. */
static assay_status insert_checkpoints(assay_store *store, const ay_adding *a, assay_err *err)
{
    static const char *const names[] = {[AY_SM3] = "sm3", [AY_SHA256] = "sha256"};
    for (size_t i = 0; i < AY_COUNT(names); i++) {
        const char *const args[] = {a->run_text, names[i], a->result->checkpoints[i]};
        if (!args[2]) continue;
        AY_TRY(ay_db_exec(store->db, "insert into checkpoint (run, alg, body) values ($1, $2, $3)", args,
                          AY_COUNT(args), err));
    }
    return ASSAY_OK;
}

static assay_status add_rows(assay_store *store, void *ctx, assay_err *err)
{
    ay_adding *a = (ay_adding *)ctx;
    AY_TRY(ay_store_last_event(store, &a->events_before, err));
    AY_TRY(insert_run(store, a, err));
    AY_TRY(insert_scores(store, a, err));
    AY_TRY(insert_checkpoints(store, a, err));
    AY_TRY(add_tickets(store, a, err));
    return ay_store_last_event(store, &a->events_after, err);
}

static assay_status find_dues(const ay_adding *a, ay_arena *arena, assay_err *err)
{
    const assay_pack *pack = a->result->pack;
    for (uint32_t i = 0; i < pack->n_sources; i++) {
        int64_t due;
        char text[AY_MOMENT_SIZE];
        AY_TRY(ay_pack_due(pack, i, a->result->today, &due, err));
        ay_day_text(due, text);
        a->due[i] = ay_arena_copy(arena, ay_str_from(text));
        AY_NOMEM_IF(!a->due[i], err);
    }
    return ASSAY_OK;
}

static assay_status check_begun(const assay_result *result, assay_err *err)
{
    for (uint32_t i = 0; i < result->pack->n_datasets; i++) {
        const ay_dataset_result *d = &result->datasets[i];
        AY_FAIL_IF(d->selected && !d->plan->watch, err, ASSAY_EUSAGE,
                   "the run was not begun with a store: call assay_store_begin before it is fed",
                   "本次运行开始时未使用存储库：请在读取前调用 assay_store_begin");
    }
    return ASSAY_OK;
}

assay_status assay_store_add(assay_store *store, assay_result *result, assay_store_delta *ret, assay_err *err)
{
    assay_store_delta delta = {0};
    AY_CLEANUP(ay_arena_free) ay_arena arena = {0};
    ay_adding adding = {.result = result, .delta = &delta};
    if (ret) *ret = delta;
    AY_TRY(check_begun(result, err));
    adding.due = AY_ARENA_ARRAY(&arena, result->pack->n_sources + 1, const char *);
    AY_NOMEM_IF(!adding.due, err);
    ay_day_text(result->today, adding.day);
    ay_moment_text(result->as_of_us, adding.moment);
    AY_TRY(find_dues(&adding, &arena, err));
    AY_TRY(ay_store_work(store, true, add_rows, &adding, err));
    if (ret) *ret = delta;
    return ay_store_tell(store, adding.events_before, adding.events_after, err);
}
