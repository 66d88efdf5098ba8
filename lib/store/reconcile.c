/* Findings of a night against the tickets of a dataset. Both are walked in order of ticket id, side by side, so memory
 * does not grow with either; what is to be done is collected, and then written table by table.
 *
 *   collect   findings of one key and rule -> one fault (id, digest of what was found, the first finding)
 *   compare   faults and tickets -> steps (what a run does with a ticket: ticket/act)
 *   write     steps -> tickets, findings, events */
#include <stdio.h>

#include "store/add.h"
#include "store/witness.h"

#include "base/hash.h"
#include "base/mem.h"
#include "proof/base64.h"
#include "run/shown.h"
#include "ticket/act.h"

/* A fault and a step in a sorter: a head of fixed size, then the bytes of the first finding. */
typedef struct head {
    char id[AY_TICKET_ID], digest[AY_TICKET_ID];
    uint64_t records;
    uint8_t act, state; /* steps only; ACT_NONE: the finding is over, nothing else */
} head;

enum { ACT_NONE = AY_ACT_COUNT };

typedef struct reconciling {
    assay_store *store;
    const ay_adding *adding;
    const ay_dataset_result *dataset;
    ay_namer *namer;
    ay_sorter *faults, *steps;
    ay_witness *witness; /* NULL: the run made no leaves */
    ay_set rules;        /* id -> index in dataset->rules */
    ay_set unread;       /* places that could not be read, of records with a ticket */
    ay_arena places;
    ay_buf key, scratch, record;
} reconciling;

static assay_status put(ay_sorter *sorter, ay_buf *room, const head *h, ay_str finding, assay_err *err)
{
    ay_buf_clear(room);
    ay_buf_put(room, h, sizeof *h);
    ay_buf_str(room, finding);
    AY_TRY(ay_buf_status(room, err));
    return ay_sorter_put(sorter, ay_sort_prefix(ay_buf_view(room)), ay_buf_view(room), err);
}

static ay_str take(ay_str record, head *ret)
{
    memcpy(ret, record.ptr, sizeof *ret);
    return ay_str_slice(record, sizeof *ret, record.len);
}

/* ---- Collect ---- */

/* A finding in its sorted form, split where its key ends and where what was found ends (detail is how it is told). */
typedef struct split {
    ay_str key, rule, found;
} split;

static assay_status split_finding(ay_str bytes, uint32_t n_key, split *ret, assay_err *err)
{
    enum { RULE, VERDICT, N_VALUES, FIXED };
    const size_t key = ay_tuple_length(bytes, n_key);
    ay_cell fixed[FIXED];
    bool is_whole = key != SIZE_MAX;
    ay_cursor c = ay_cursor_on(bytes.ptr + (is_whole ? key : 0), bytes.len - (is_whole ? key : 0));
    for (int i = 0; i < FIXED && is_whole; i++) is_whole = ay_tuple_take(&c, NULL, &fixed[i]);
    AY_FAIL_IF(!is_whole, err, ASSAY_EINTERNAL, "a finding is damaged", "问题记录已损坏");
    const ay_str rest = ay_str_slice(bytes, key, bytes.len);
    const size_t rule = ay_tuple_length(rest, 1);
    const size_t found = ay_tuple_length(rest, FIXED + (uint32_t)fixed[N_VALUES].v.i64);
    AY_FAIL_IF(rule == SIZE_MAX || found == SIZE_MAX, err, ASSAY_EINTERNAL, "a finding is damaged", "问题记录已损坏");
    *ret = (split){ay_str_slice(bytes, 0, key), ay_str_slice(rest, 0, rule), ay_str_slice(rest, rule, found)};
    return ASSAY_OK;
}

static assay_status rule_of(const ay_dataset_result *d, ay_str rule, const ay_rule **ret, assay_err *err)
{
    ay_cell ordinal;
    ay_cursor c = ay_cursor_on(rule.ptr, rule.len);
    AY_FAIL_IF(!ay_tuple_take(&c, NULL, &ordinal), err, ASSAY_EINTERNAL, "a finding is damaged", "问题记录已损坏");
    *ret = ay_finding_rule(d, (uint32_t)ordinal.v.i64);
    return ASSAY_OK;
}

/* Chained, as a key may have several records; findings come in one order, so the digest does not depend on another.
 * With the seed, as a digest of a personal value alone would tell the value to whoever tries all of them. */
static void chain(ay_str seed, char digest[AY_TICKET_ID], ay_str found, ay_buf *scratch)
{
    unsigned char hash[16];
    ay_buf_clear(scratch);
    ay_buf_str(scratch, seed);
    ay_buf_put(scratch, digest, AY_TICKET_ID);
    ay_buf_str(scratch, found);
    if (scratch->failed) return; /* whoever calls asks */
    ay_hash128(ay_buf_view(scratch), hash);
    ay_buf_clear(scratch);
    ay_hex_put((ay_str){(const char *)hash, sizeof hash}, scratch);
    if (!scratch->failed) memcpy(digest, scratch->ptr, AY_TICKET_ID);
}

/* The fault that is being gathered: its head, its key and rule, its first finding. */
typedef struct gathering {
    head h;
    ay_buf same; /* key and rule */
    ay_buf first;
} gathering;

/* A field of a record, whose key is known by its print. */
typedef struct place {
    unsigned char print[AY_PRINT_SIZE];
    uint32_t field;
} place;

static ay_str place_bytes(const place *p)
{
    return (ay_str){(const char *)p, sizeof *p};
}

/* A rule that reads such a field has not judged this record, whatever it says of the others. */
static assay_status note_unread(reconciling *r, const ay_rule *rule, ay_str key, assay_err *err)
{
    const ay_watch *watch = r->dataset->plan->watch;
    place p = {.field = (uint32_t)rule->field};
    if (rule->field < 0 || strcmp(rule->kind->name, "type") != 0) return ASSAY_OK;
    if (r->dataset->dataset->fields[rule->field].type == AY_TEXT)
        return ASSAY_OK; /* others read it as the text it is */
    ay_watch_print(watch, key, &r->scratch, p.print);
    AY_TRY(ay_buf_status(&r->scratch, err));
    if (!ay_watch_has(watch, p.print)) return ASSAY_OK;
    ay_str kept;
    AY_NOMEM_IF(!ay_arena_str(&r->places, place_bytes(&p), &kept) || !ay_set_add(&r->unread, kept, 0, NULL), err);
    return ASSAY_OK;
}

static assay_status begin_fault(reconciling *r, gathering *g, const split *s, ay_str finding, assay_err *err)
{
    const ay_rule *rule = NULL;
    g->h = (head){0};
    memset(g->h.digest, '0', sizeof g->h.digest);
    ay_buf_clear(&g->same);
    ay_buf_str(&g->same, s->key);
    ay_buf_str(&g->same, s->rule);
    ay_buf_clear(&g->first);
    ay_buf_str(&g->first, finding);
    AY_TRY(ay_buf_status(&g->same, err));
    AY_TRY(ay_buf_status(&g->first, err));
    AY_TRY(rule_of(r->dataset, s->rule, &rule, err));
    AY_TRY(note_unread(r, rule, s->key, err));
    return ay_ticket_id(r->namer, r->dataset->dataset->name, rule->id, s->key, g->h.id, err);
}

static assay_status end_fault(reconciling *r, const gathering *g, assay_err *err)
{
    return g->h.records ? put(r->faults, &r->record, &g->h, ay_buf_view(&g->first), err) : ASSAY_OK;
}

static assay_status gather(reconciling *r, gathering *g, ay_str finding, assay_err *err)
{
    split s = {0};
    AY_TRY(split_finding(finding, r->dataset->dataset->n_key, &s, err));
    const ay_str same = {s.key.ptr, s.key.len + s.rule.len}; /* they stand side by side */
    if (!g->h.records || !ay_str_eq(same, ay_buf_view(&g->same))) {
        AY_TRY(end_fault(r, g, err));
        AY_TRY(begin_fault(r, g, &s, finding, err));
    }
    chain(ay_str_from(r->store->seed), g->h.digest, s.found, &r->scratch);
    g->h.records++;
    return ay_buf_status(&r->scratch, err);
}

static assay_status collect(reconciling *r, assay_err *err)
{
    gathering g = {0};
    ay_sorted *sorted = NULL;
    AY_TRY(ay_sorted_open(r->dataset->partial.sorted, &sorted, err));
    assay_status st = ASSAY_OK;
    for (bool end = false; st == ASSAY_OK;) {
        ay_sort_record record;
        st = ay_sorted_next(sorted, &record, &end, err);
        if (st != ASSAY_OK || end) break;
        st = gather(r, &g, record.bytes, err);
    }
    if (st == ASSAY_OK) st = end_fault(r, &g, err);
    ay_sorted_close(sorted);
    ay_buf_free(&g.same);
    ay_buf_free(&g.first);
    return st;
}

/* ---- Compare ---- */

/* Both sides, each at its next one. */
typedef struct sides {
    ay_sorted *faults;
    ay_rows *tickets;
    bool no_fault, no_ticket; /* at their ends */
    head fault;
    ay_str finding;
} sides;

enum { ID, STATE, DIGEST, RULE, PRINT, RESOLUTION, HAS_KEY };
static const char tickets_sql[] =
    "select id, state, digest, rule, key_print, resolution, case when key = 'null' then 0 "
    "else 1 end from ticket where dataset = $1 order by id";

static assay_status next_fault(sides *s, assay_err *err)
{
    ay_sort_record record;
    AY_TRY(ay_sorted_next(s->faults, &record, &s->no_fault, err));
    if (!s->no_fault) s->finding = take(record.bytes, &s->fault);
    return ASSAY_OK;
}

static assay_status next_ticket(sides *s, assay_err *err)
{
    return ay_rows_next(s->tickets, &s->no_ticket, err);
}

static bool take_print(const sides *s, unsigned char ret[AY_PRINT_SIZE])
{
    return ay_hex_take(ay_rows_text(s->tickets, PRINT), ret, AY_PRINT_SIZE);
}

static bool is_unread(const reconciling *r, const sides *s, const ay_rule *rule)
{
    place p = {.field = 0};
    if (!take_print(s, p.print)) return false;
    for (uint32_t i = 0; i < rule->n_fields; i++) {
        p.field = rule->fields[i];
        if (ay_set_find(&r->unread, place_bytes(&p)) != UINT32_MAX) return true;
    }
    return false;
}

static bool is_judged(const reconciling *r, const sides *s)
{
    const uint32_t i = ay_set_find(&r->rules, ay_rows_text(s->tickets, RULE));
    if (i == UINT32_MAX) return false;
    const ay_rule_outcome *o = &r->dataset->rules[i];
    return o->outcome != ASSAY_NOT_EVALUATED && o->outcome != ASSAY_ERROR && !is_unread(r, s, o->rule);
}

/* What has no key is not a record that could be missing. */
static bool is_seen(const reconciling *r, const sides *s)
{
    unsigned char print[AY_PRINT_SIZE];
    if (!ay_rows_int(s->tickets, HAS_KEY)) return true;
    return take_print(s, print) && ay_watch_saw(r->dataset->plan->watch, print);
}

/* Not one that somebody reopened while the run was under way. */
static bool is_watched(const reconciling *r, const sides *s)
{
    unsigned char print[AY_PRINT_SIZE];
    return take_print(s, print) && ay_watch_has(r->dataset->plan->watch, print);
}

static assay_status put_step(reconciling *r, head *step, int act, ay_state state, ay_str finding, assay_err *err)
{
    step->act = (uint8_t)act;
    step->state = (uint8_t)state;
    return put(r->steps, &r->record, step, finding, err);
}

static void print_of(reconciling *r, ay_str finding, unsigned char ret[AY_PRINT_SIZE])
{
    const ay_str key = ay_str_slice(finding, 0, ay_tuple_length(finding, r->dataset->dataset->n_key));
    ay_watch_print(r->dataset->plan->watch, key, &r->scratch, ret);
}

/* The leaf of a record whose ticket is opened, comes back or is closed is its evidence. */
static assay_status want_leaf(reconciling *r, const head *step, const sides *s, ay_str finding, assay_err *err)
{
    unsigned char print[AY_PRINT_SIZE];
    if (!r->witness) return ASSAY_OK;
    if (finding.len) print_of(r, finding, print);
    else if (!take_print(s, print)) return ASSAY_OK;
    AY_TRY(ay_buf_status(&r->scratch, err));
    return ay_witness_want(r->witness, print, step->id, err);
}

/* A ticket that is over while its fault was still there: now it is not. */
static assay_status end_finding(reconciling *r, const sides *s, ay_state state, assay_err *err)
{
    head step = {0};
    const bool is_over = ay_rows_text(s->tickets, DIGEST).len && is_judged(r, s);
    if (!is_over) return ASSAY_OK;
    memcpy(step.id, ay_rows_text(s->tickets, ID).ptr, sizeof step.id);
    return put_step(r, &step, ACT_NONE, state, (ay_str){0}, err);
}

static void count_step(const reconciling *r, ay_act act)
{
    assay_store_delta *d = r->adding->delta;
    d->opened += act == AY_ACT_FOUND;
    d->changed += act == AY_ACT_CHANGED;
    d->reopened += act == AY_ACT_REFOUND;
    d->closed += act == AY_ACT_PASSED;
    d->gone += act == AY_ACT_VANISHED;
}

static assay_status judge_ticket(reconciling *r, const sides *s, bool is_found, assay_err *err)
{
    ay_state state;
    ay_act act;
    head step = is_found ? s->fault : (head){0};
    AY_FAIL_IF(
        !ay_state_find(ay_rows_text(s->tickets, STATE), &state) || ay_rows_text(s->tickets, ID).len != AY_TICKET_ID,
        err, ASSAY_EFORMAT, "a ticket of %s has an unknown state", "%s 的某个工单状态未知", r->dataset->dataset->name);
    const ay_str digest = {s->fault.digest, AY_TICKET_ID};
    const ay_sight sight = {.state = state,
                            .is_found = is_found,
                            .is_same = is_found && ay_str_eq(ay_rows_text(s->tickets, DIGEST), digest),
                            .was_rejected = ay_str_is(ay_rows_text(s->tickets, RESOLUTION), "rejected"),
                            .is_judged = !is_found && is_judged(r, s),
                            .is_seen = !is_found && is_seen(r, s),
                            .is_certain = !is_found && r->dataset->rejected == 0 && is_watched(r, s)};
    if (!ay_act_of_run(&sight, &act)) {
        r->adding->delta->unchanged += is_found;
        return is_found || !ay_state_is_over(state) ? ASSAY_OK : end_finding(r, s, state, err);
    }
    memcpy(step.id, ay_rows_text(s->tickets, ID).ptr, sizeof step.id);
    count_step(r, act);
    const ay_str finding = is_found ? s->finding : (ay_str){0};
    AY_TRY(want_leaf(r, &step, s, finding, err));
    return put_step(r, &step, (int)act, ay_act_leads_to(act, state), finding, err);
}

static assay_status compare_next(reconciling *r, sides *s, assay_err *err)
{
    const ay_str fault = {s->fault.id, AY_TICKET_ID};
    const int c = s->no_fault ? 1 : s->no_ticket ? -1 : ay_str_cmp(fault, ay_rows_text(s->tickets, ID));
    if (c < 0) {
        head step = s->fault;
        count_step(r, AY_ACT_FOUND);
        AY_TRY(want_leaf(r, &step, s, s->finding, err));
        AY_TRY(put_step(r, &step, AY_ACT_FOUND, AY_STATE_OPEN, s->finding, err));
        return next_fault(s, err);
    }
    AY_TRY(judge_ticket(r, s, c == 0, err));
    if (c == 0) AY_TRY(next_fault(s, err));
    return next_ticket(s, err);
}

static assay_status compare(reconciling *r, assay_err *err)
{
    sides s = {0};
    const char *const args[] = {r->dataset->dataset->name};
    AY_TRY(ay_sorted_open(r->faults, &s.faults, err));
    assay_status st = ay_db_query(r->store->db, tickets_sql, args, 1, &s.tickets, err);
    if (st == ASSAY_OK) st = next_fault(&s, err);
    if (st == ASSAY_OK) st = next_ticket(&s, err);
    while (st == ASSAY_OK && !(s.no_fault && s.no_ticket)) st = compare_next(r, &s, err);
    ay_rows_close(s.tickets);
    ay_sorted_close(s.faults);
    return st;
}

/* ---- Write: one pass over the steps for each table ---- */

typedef struct writing {
    reconciling *r;
    ay_shower *shower;
    ay_bulk *bulk;
    char records[24];
} writing;

typedef assay_status (*write_fn)(writing *w, const head *step, ay_str finding, assay_err *err);

static ay_str records_text(writing *w, const head *step)
{
    snprintf(w->records, sizeof w->records, "%llu", (unsigned long long)step->records);
    return ay_str_from(w->records);
}

static assay_status write_pass(writing *w, const char *table, const char *const *columns, int n, write_fn fn,
                               assay_err *err)
{
    ay_sorted *sorted = NULL;
    AY_TRY(ay_sorted_open(w->r->steps, &sorted, err));
    assay_status st = ay_bulk_open(w->r->store->db, table, columns, n, &w->bulk, err);
    for (bool end = false; st == ASSAY_OK;) {
        ay_sort_record record;
        head step;
        st = ay_sorted_next(sorted, &record, &end, err);
        if (st != ASSAY_OK || end) break;
        const ay_str finding = take(record.bytes, &step);
        st = fn(w, &step, finding, err);
    }
    if (st == ASSAY_OK) st = ay_bulk_close(w->bulk, err);
    else ay_bulk_drop(w->bulk);
    w->bulk = NULL;
    ay_sorted_close(sorted);
    return st;
}

uint32_t ay_answerable_source(const ay_dataset *dataset, const ay_rule *rule)
{
    const int32_t field = rule->field >= 0 ? rule->field : rule->n_fields == 1 ? (int32_t)rule->fields[0] : -1;
    return field >= 0 ? dataset->facts[field].source : dataset->source;
}

const char *ay_answerable_owner(const assay_pack *pack, uint32_t source)
{
    return pack->sources[source].owner[0] ? pack->sources[source].owner : pack->sources[source].id;
}

static const char *const ticket_columns[] = {"id",       "dataset", "rule",   "field",   "key",     "key_print",
                                             "source",   "owner",   "basis",  "state",   "opened",  "due",
                                             "severity", "version", "digest", "records", "reopened"};

static assay_status write_ticket(writing *w, const head *step, ay_str finding, assay_err *err)
{
    const reconciling *r = w->r;
    const ay_dataset *d = r->dataset->dataset;
    unsigned char print[AY_PRINT_SIZE];
    ay_shown shown;
    if (step->act != AY_ACT_FOUND) return ASSAY_OK;
    AY_TRY(ay_show(w->shower, r->dataset, finding, &shown, err));
    print_of(w->r, finding, print);
    ay_buf_clear(&w->r->key);
    ay_hex_put((ay_str){(const char *)print, sizeof print}, &w->r->key);
    AY_TRY(ay_buf_status(&w->r->scratch, err));
    AY_TRY(ay_buf_status(&w->r->key, err));
    const uint32_t source = ay_answerable_source(d, shown.rule);
    const assay_pack *pack = r->adding->result->pack;
    const ay_str values[] = {{step->id, AY_TICKET_ID},
                             ay_str_from(d->name),
                             ay_str_from(shown.rule->id),
                             ay_str_from(shown.field ? shown.field : ""),
                             shown.key,
                             ay_buf_view(&w->r->key),
                             ay_str_from(pack->sources[source].id),
                             ay_str_from(ay_answerable_owner(pack, source)),
                             ay_str_from(shown.rule->basis),
                             ay_str_from(ay_state_name(AY_STATE_OPEN)),
                             ay_str_from(r->adding->day),
                             ay_str_from(r->adding->due[source]),
                             ay_str_from(ay_severity_name(shown.rule->severity)),
                             ay_str_from(r->adding->run_text),
                             {step->digest, AY_TICKET_ID},
                             records_text(w, step),
                             ay_str_from("0")};
    _Static_assert(AY_COUNT(values) == AY_COUNT(ticket_columns), "a value for each column");
    return ay_bulk_put(w->bulk, values, err);
}

static const char *const move_columns[] = {"id",  "state",  "digest",     "version",  "records",
                                           "due", "closed", "resolution", "reopened", "is_new"};
static const char move_table[] =
    "create temp table move (id text, state text, digest text, version bigint, records bigint,"
    " due text, closed text, resolution text, reopened bigint, is_new bigint)";

/* NULL keeps what the ticket has. A ticket that comes back has a new deadline where it was over. */
static assay_status write_move(writing *w, const head *step, ay_str finding, assay_err *err)
{
    const ay_adding *a = w->r->adding;
    const ay_rule *rule = NULL;
    split s;
    const char *due = NULL;
    if (step->act == AY_ACT_FOUND) return ASSAY_OK;
    const bool is_found = step->act == AY_ACT_CHANGED || step->act == AY_ACT_REFOUND;
    const bool is_refound = step->act == AY_ACT_REFOUND;
    if (is_refound) {
        AY_TRY(split_finding(finding, w->r->dataset->dataset->n_key, &s, err));
        AY_TRY(rule_of(w->r->dataset, s.rule, &rule, err));
        due = a->due[ay_answerable_source(w->r->dataset->dataset, rule)];
    }
    const bool is_closing = step->act == AY_ACT_PASSED || step->act == AY_ACT_VANISHED;
    const ay_str values[] = {{step->id, AY_TICKET_ID},
                             ay_str_from(ay_state_name((ay_state)step->state)),
                             is_found ? (ay_str){step->digest, AY_TICKET_ID} : ay_str_from(""),
                             is_found ? ay_str_from(a->run_text) : (ay_str){0},
                             is_found ? records_text(w, step) : (ay_str){0},
                             ay_str_from(due),
                             is_closing ? ay_str_from(a->day) : (ay_str){0},
                             is_closing ? ay_str_from(step->act == AY_ACT_PASSED ? "passed" : "gone") : (ay_str){0},
                             ay_str_from(is_refound ? "1" : "0"),
                             ay_str_from(is_closing || is_refound ? "1" : "0")};
    _Static_assert(AY_COUNT(values) == AY_COUNT(move_columns), "a value for each column");
    return ay_bulk_put(w->bulk, values, err);
}

static const char *const finding_columns[] = {"ticket",     "run",           "verdict",    "value", "reason",
                                              "suggestion", "suggestion_by", "confidence", "masked"};

static assay_status write_finding(writing *w, const head *step, ay_str finding, assay_err *err)
{
    ay_shown shown;
    char confidence[24];
    if (!finding.len) return ASSAY_OK;
    AY_TRY(ay_show(w->shower, w->r->dataset, finding, &shown, err));
    snprintf(confidence, sizeof confidence, "%u", shown.confidence);
    const bool is_suggested = shown.suggestion.ptr != NULL;
    const ay_str values[] = {{step->id, AY_TICKET_ID},
                             ay_str_from(w->r->adding->run_text),
                             ay_str_from(shown.verdict),
                             shown.value,
                             shown.reason,
                             shown.suggestion,
                             is_suggested ? ay_str_from(shown.suggestion_by) : (ay_str){0},
                             is_suggested ? ay_str_from(confidence) : (ay_str){0},
                             ay_str_from(shown.is_masked ? "1" : "0")};
    _Static_assert(AY_COUNT(values) == AY_COUNT(finding_columns), "a value for each column");
    return ay_bulk_put(w->bulk, values, err);
}

static const char *const event_columns[] = {"ticket", "moment", "who", "act", "state", "run", "detail"};

/* {"leaf": of the record as it was read by this run} */
static assay_status put_evidence(reconciling *r, const head *step, ay_buf *out, assay_err *err)
{
    ay_digest leaf;
    bool is_found = false;
    ay_buf_clear(out);
    if (!r->witness) return ASSAY_OK;
    AY_TRY(ay_witness_next(r->witness, step->id, &leaf, &is_found, err));
    if (!is_found) return ASSAY_OK;
    ay_buf_text(out, "{\"leaf\":\"");
    ay_hex_put((ay_str){(const char *)leaf.bytes, sizeof leaf.bytes}, out);
    ay_buf_text(out, "\"}");
    return ay_buf_status(out, err);
}

static assay_status write_event(writing *w, const head *step, ay_str finding, assay_err *err)
{
    (void)finding;
    if (step->act == ACT_NONE) return ASSAY_OK;
    AY_TRY(put_evidence(w->r, step, &w->r->scratch, err));
    const ay_str evidence = ay_buf_view(&w->r->scratch);
    const ay_str values[] = {{step->id, AY_TICKET_ID},
                             ay_str_from(w->r->adding->moment),
                             ay_str_from("assay"),
                             ay_str_from(ay_acts[step->act].name),
                             ay_str_from(ay_state_name((ay_state)step->state)),
                             ay_str_from(w->r->adding->run_text),
                             evidence.len ? evidence : (ay_str){0}};
    _Static_assert(AY_COUNT(values) == AY_COUNT(event_columns), "a value for each column");
    return ay_bulk_put(w->bulk, values, err);
}

/* Moves go through a table of their own, so that many tickets are changed by one statement. A ticket that was over gets
 * a new deadline and waits to be given out again; one whose correction did not hold keeps the old one. */
static assay_status apply_moves(writing *w, assay_err *err)
{
    ay_db *db = w->r->store->db;
    const char *const args[] = {w->r->adding->run_text};
    AY_TRY(ay_db_exec(db, move_table, NULL, 0, err));
    AY_TRY(write_pass(w, "move", move_columns, AY_COUNT(move_columns), write_move, err));
    AY_TRY(ay_db_exec(db,
                      "update finding set gone = $1 from move where finding.ticket = move.id and finding.gone is null",
                      args, 1, err));
    AY_TRY(ay_db_exec(db,
                      "update ticket set"
                      " due = case when move.due is not null and ticket.state in ('closed', 'gone') then move.due else "
                      "ticket.due end,"
                      " received = case when move.due is not null and ticket.state in ('closed', 'gone') then null"
                      " else ticket.received end,"
                      " state = move.state, digest = move.digest, version = coalesce(move.version, ticket.version),"
                      " records = coalesce(move.records, ticket.records),"
                      " closed = case when move.is_new = 1 then move.closed else ticket.closed end,"
                      " resolution = case when move.is_new = 1 then move.resolution else ticket.resolution end,"
                      " reopened = ticket.reopened + move.reopened"
                      " from move where ticket.id = move.id",
                      NULL, 0, err));
    return ay_db_exec(db, "drop table move", NULL, 0, err);
}

static assay_status write_all(writing *w, assay_err *err)
{
    AY_TRY(write_pass(w, "ticket", ticket_columns, AY_COUNT(ticket_columns), write_ticket, err));
    AY_TRY(apply_moves(w, err));
    AY_TRY(write_pass(w, "finding", finding_columns, AY_COUNT(finding_columns), write_finding, err));
    return write_pass(w, "event", event_columns, AY_COUNT(event_columns), write_event, err);
}

/* ---- The whole ---- */

static assay_status open_parts(reconciling *r, assay_err *err)
{
    ay_budget *budget = r->adding->result->budget;
    for (uint32_t i = 0; i < r->dataset->n_rules; i++)
        AY_NOMEM_IF(!ay_set_add(&r->rules, ay_str_from(r->dataset->rules[i].rule->id), i, NULL), err);
    AY_TRY(ay_namer_open(ay_str_from(r->store->seed), &r->namer, err));
    if (r->dataset->plan->proving) AY_TRY(ay_witness_open(budget, &r->witness, err));
    AY_TRY(ay_sorter_open(budget, &r->faults, err));
    return ay_sorter_open(budget, &r->steps, err);
}

static assay_status run_steps(reconciling *r, assay_err *err)
{
    writing w = {.r = r};
    AY_TRY(open_parts(r, err));
    AY_TRY(collect(r, err));
    AY_TRY(compare(r, err));
    if (!ay_sorter_count(r->steps)) return ASSAY_OK;
    if (r->witness) AY_TRY(ay_witness_look(r->witness, r->dataset, err));
    AY_TRY(ay_shower_open(r->adding->result, &w.shower, err));
    const assay_status st = write_all(&w, err);
    ay_shower_free(w.shower);
    return st;
}

assay_status ay_reconcile(assay_store *store, const ay_adding *adding, const ay_dataset_result *dataset, assay_err *err)
{
    reconciling r = {.store = store, .adding = adding, .dataset = dataset};
    const assay_status st = run_steps(&r, err);
    ay_set_free(&r.rules);
    ay_set_free(&r.unread);
    ay_arena_free(&r.places);
    ay_namer_free(r.namer);
    ay_witness_free(r.witness);
    ay_sorter_free(r.faults);
    ay_sorter_free(r.steps);
    ay_buf_free(&r.key);
    ay_buf_free(&r.scratch);
    ay_buf_free(&r.record);
    return st;
}
