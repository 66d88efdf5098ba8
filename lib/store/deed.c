#include <stdio.h>

#include "store/deed.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/options.h"
#include "base/utf8.h"
#include "pack/pack.h"

/* One deed that is to be written; NULL keeps what the ticket has. */
typedef struct ay_done {
    const char *id, *act, *state, *owner, *received, *due, *closed, *resolution;
    const char *who, *remark, *detail, *moment;
    bool is_reopened;
    struct ay_done *next;
} ay_done;

/* ---- What is to be done ---- */

static assay_status take_day(const char *day, ay_deed *ret, assay_err *err)
{
    if (!day) {
        ret->day = ay_today();
        ay_day_text(ret->day, ret->day_text);
        ay_moment_now(ret->moment);
        return ASSAY_OK;
    }
    AY_TRY(ay_day_take(day, &ret->day, err));
    ay_day_text(ret->day, ret->day_text);
    ay_moment_text(ret->day * AY_DAY_US, ret->moment);
    return ASSAY_OK;
}

static bool is_blank(const char *text)
{
    return !text || !text[strspn(text, " \t\r\n")];
}

/* What people write goes into histories, work orders and terminals. A line end is no harm in a remark. */
static assay_status check_text(const char *name, const char *text, bool has_lines, assay_err *err)
{
    const ay_str s = ay_str_from(text ? text : "");
    bool is_plain = ay_utf8_is_text(s);
    for (size_t at = 0; is_plain && at < s.len;) {
        const uint32_t c = ay_utf8_next(s, &at);
        is_plain = !ay_unicode_is_control(c) || (has_lines && c == '\n');
    }
    AY_FAIL_IF(!is_plain, err, ASSAY_EUSAGE, "%s: there is a control character in it, or it is not UTF-8",
               "%s：含有控制字符，或不是 UTF-8", name);
    return ASSAY_OK;
}

assay_status ay_deed_take(const assay_ticket_deed *from, ay_deed *ret, assay_err *err)
{
    assay_ticket_deed d = {0};
    *ret = (ay_deed){0};
    AY_TRY(ay_take_options(&d, sizeof d, sizeof d, from, err));
    AY_FAIL_IF(!d.act || !ay_act_find(ay_str_from(d.act), &ret->act), err, ASSAY_EUSAGE,
               "'%.32s' is nothing to do with a ticket: dispatch confirm reject correct return transfer extend dispute "
               "close reopen",
               "没有操作“%.32s”：dispatch confirm reject correct return transfer extend dispute close reopen",
               d.act ? d.act : "");
    const ay_act_rule *rule = &ay_acts[ret->act];
    AY_FAIL_IF(is_blank(d.who), err, ASSAY_EUSAGE, "say who does it: who", "请说明操作人：who");
    AY_FAIL_IF(rule->needs_remark && is_blank(d.remark), err, ASSAY_EUSAGE, "%s needs a reason: remark",
               "%s 需要说明理由：remark", rule->name);
    AY_FAIL_IF(rule->needs_owner && is_blank(d.owner), err, ASSAY_EUSAGE, "%s needs to know to whom: owner",
               "%s 需要指明转给谁：owner", rule->name);
    AY_FAIL_IF(rule->needs_days && (d.days == 0 || d.days > 3650), err, ASSAY_EUSAGE,
               "%s needs a number of days from 1 to 3650: days", "%s 需要 1 至 3650 的天数：days", rule->name);
    AY_TRY(check_text("who", d.who, false, err));
    AY_TRY(check_text("owner", d.owner, false, err));
    AY_TRY(check_text("remark", d.remark, true, err));
    ret->who = d.who;
    ret->remark = is_blank(d.remark) ? NULL : d.remark;
    ret->owner = rule->needs_owner ? d.owner : NULL;
    ret->days = d.days;
    ret->pack = d.pack;
    return take_day(d.day, ret, err);
}

/* ---- Deadlines ---- */

static assay_status find_source(const ay_deed *deed, const char *source, uint32_t *ret, assay_err *err)
{
    AY_FAIL_IF(!deed->pack, err, ASSAY_EUSAGE, "%s counts a deadline: name the pack", "%s 需要计算期限：请指明规则包",
               ay_acts[deed->act].name);
    for (*ret = 0; *ret < deed->pack->n_sources; (*ret)++)
        if (strcmp(deed->pack->sources[*ret].id, source) == 0) return ASSAY_OK;
    return ay_fail(err, ASSAY_EUSAGE, "the pack has no source '%.128s'", "规则包中没有数源“%.128s”", source);
}

static assay_status count_due(const ay_deed *deed, const assay_ticket *t, int64_t *ret, assay_err *err)
{
    uint32_t source = 0;
    int64_t due = 0;
    AY_TRY(find_source(deed, t->source, &source, err));
    if (deed->act != AY_ACT_EXTEND) return ay_pack_due(deed->pack, source, deed->day, ret, err);
    AY_FAIL_IF(ay_date_parse(ay_str_from(t->due), &due) != AY_TIME_OK, err, ASSAY_EUSAGE, "it has no deadline",
               "该工单没有期限");
    return ay_pack_later(deed->pack, source, due, deed->days, ret, err);
}

/* ---- One deed ---- */

static bool gives_out(ay_act act)
{
    return act == AY_ACT_DISPATCH || act == AY_ACT_TRANSFER;
}

/* What the deed before has too is kept once: a million tickets are given out by one person on one day. */
static const char *copy(ay_deeds *deeds, const char *before, const char *text, bool *ok)
{
    if (text && before && strcmp(text, before) == 0) return before;
    const char *kept = text ? ay_arena_copy(&deeds->arena, ay_str_from(text)) : NULL;
    *ok = *ok && (kept || !text);
    return kept;
}

/* What the event tells beside the act itself. */
static void put_detail(const ay_deed *deed, ay_buf *out)
{
    ay_json json = {.out = out};
    if (deed->detail) ay_buf_text(out, deed->detail);
    if (deed->detail || (!deed->owner && deed->act != AY_ACT_EXTEND)) return;
    ay_json_open_object(&json);
    if (deed->owner) {
        ay_json_key(&json, "owner");
        ay_json_text(&json, deed->owner);
    } else {
        ay_json_key(&json, "days");
        ay_json_uint(&json, deed->days);
    }
    ay_json_close_object(&json);
}

static assay_status fill(ay_deeds *deeds, const ay_deed *deed, const assay_ticket *t, const char *due, ay_state to,
                         ay_done *ret, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf detail = {0};
    bool ok = true;
    put_detail(deed, &detail);
    if (detail.len) ay_buf_char(&detail, '\0');
    AY_TRY(ay_buf_status(&detail, err));
    const bool is_close = deed->act == AY_ACT_CLOSE;
    const bool was_rejected = strcmp(t->state, ay_state_name(AY_STATE_REJECTED)) == 0;
    const ay_done before = deeds->tail ? *deeds->tail : (ay_done){0};
    *ret = (ay_done){.id = copy(deeds, NULL, t->id, &ok),
                     .act = ay_acts[deed->act].name,
                     .state = ay_state_name(to),
                     .owner = copy(deeds, before.owner, deed->owner, &ok),
                     .received = gives_out(deed->act) ? copy(deeds, before.received, deed->day_text, &ok) : NULL,
                     .due = copy(deeds, before.due, due, &ok),
                     .closed = is_close ? copy(deeds, before.closed, deed->day_text, &ok) : NULL,
                     .resolution = !is_close      ? NULL
                                   : was_rejected ? "rejected"
                                                  : "by-hand",
                     .who = copy(deeds, before.who, deed->who, &ok),
                     .remark = copy(deeds, before.remark, deed->remark, &ok),
                     .detail = copy(deeds, before.detail, detail.ptr, &ok),
                     .moment = copy(deeds, before.moment, deed->moment, &ok),
                     .is_reopened = deed->act == AY_ACT_REOPEN};
    AY_NOMEM_IF(!ok, err);
    return ASSAY_OK;
}

assay_status ay_deeds_add(ay_deeds *deeds, const ay_deed *deed, const assay_ticket *t, bool *ret_refused,
                          assay_err *err)
{
    ay_state state;
    char due[AY_MOMENT_SIZE] = "";
    AY_FAIL_IF(!ay_state_find(ay_str_from(t->state), &state), err, ASSAY_EFORMAT, "ticket %.32s has an unknown state",
               "工单 %.32s 状态未知", t->id);
    *ret_refused = !ay_act_may(deed->act, state);
    if (*ret_refused) {
        ay_fail(err, ASSAY_EUSAGE, "it is %1$s: %3$s cannot be done%2$.0s%4$.0s", "%1$.0s该工单%2$s：%3$.0s不能%4$s",
                t->state, ay_state_zh(state), ay_acts[deed->act].name, ay_acts[deed->act].zh);
        return ASSAY_OK;
    }
    if (gives_out(deed->act) || deed->act == AY_ACT_EXTEND) {
        int64_t day = 0;
        AY_TRY(count_due(deed, t, &day, err));
        ay_day_text(day, due);
    }
    ay_done *done = AY_ARENA_NEW(&deeds->arena, ay_done);
    AY_NOMEM_IF(!done, err);
    AY_TRY(fill(deeds, deed, t, *due ? due : NULL, ay_act_leads_to(deed->act, state), done, err));
    if (deeds->tail) deeds->tail->next = done;
    else deeds->first = done;
    deeds->tail = done;
    return ASSAY_OK;
}

/* ---- All of them ---- */

static const char *const move_columns[] = {"id",  "state",  "owner",      "received",
                                           "due", "closed", "resolution", "reopened"};

static assay_status put_move(ay_bulk *bulk, const ay_done *d, assay_err *err)
{
    const ay_str values[] = {ay_str_from(d->id),         ay_str_from(d->state),
                             ay_str_from(d->owner),      ay_str_from(d->received),
                             ay_str_from(d->due),        ay_str_from(d->closed),
                             ay_str_from(d->resolution), ay_str_from(d->is_reopened ? "1" : "0")};
    _Static_assert(AY_COUNT(values) == AY_COUNT(move_columns), "a value for each column");
    return ay_bulk_put(bulk, values, err);
}

static const char *const event_columns[] = {"ticket", "moment", "who", "act", "state", "remark", "detail"};

static assay_status put_event(ay_bulk *bulk, const ay_done *d, assay_err *err)
{
    const ay_str values[] = {ay_str_from(d->id),    ay_str_from(d->moment), ay_str_from(d->who),   ay_str_from(d->act),
                             ay_str_from(d->state), ay_str_from(d->remark), ay_str_from(d->detail)};
    _Static_assert(AY_COUNT(values) == AY_COUNT(event_columns), "a value for each column");
    return ay_bulk_put(bulk, values, err);
}

typedef assay_status (*put_fn)(ay_bulk *bulk, const ay_done *done, assay_err *err);

static assay_status write_table(ay_deeds *deeds, const char *table, const char *const *columns, int n, put_fn put,
                                assay_err *err)
{
    ay_bulk *bulk = NULL;
    AY_TRY(ay_bulk_open(deeds->store->db, table, columns, n, &bulk, err));
    assay_status st = ASSAY_OK;
    for (const ay_done *d = deeds->first; d && st == ASSAY_OK; d = d->next) st = put(bulk, d, err);
    if (st == ASSAY_OK) return ay_bulk_close(bulk, err);
    ay_bulk_drop(bulk);
    return st;
}

assay_status ay_deeds_write(ay_deeds *deeds, assay_err *err)
{
    ay_db *db = deeds->store->db;
    if (!deeds->first) return ASSAY_OK;
    AY_TRY(ay_db_exec(db,
                      "create temp table deed (id text, state text, owner text, received text, due text, closed text,"
                      " resolution text, reopened bigint)",
                      NULL, 0, err));
    AY_TRY(write_table(deeds, "deed", move_columns, AY_COUNT(move_columns), put_move, err));
    AY_TRY(ay_db_exec(db,
                      "update ticket set state = deed.state, owner = coalesce(deed.owner, ticket.owner),"
                      " received = coalesce(deed.received, ticket.received), due = coalesce(deed.due, ticket.due),"
                      " closed = case when deed.reopened = 1 then null else coalesce(deed.closed, ticket.closed) end,"
                      " resolution = case when deed.reopened = 1 then null"
                      " else coalesce(deed.resolution, ticket.resolution) end,"
                      " reopened = ticket.reopened + deed.reopened from deed where ticket.id = deed.id",
                      NULL, 0, err));
    AY_TRY(ay_db_exec(db, "drop table deed", NULL, 0, err));
    return write_table(deeds, "event", event_columns, AY_COUNT(event_columns), put_event, err);
}

void ay_deeds_free(ay_deeds *deeds)
{
    ay_arena_free(&deeds->arena);
}
