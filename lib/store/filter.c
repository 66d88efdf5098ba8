#include "store/filter.h"
#include "store/store.h"

#include "base/mem.h"
#include "base/options.h"
#include "base/time.h"
#include "ticket/act.h"
#include "ticket/identity.h"

#define ID_LEAST 8

static void put_equal(ay_filter *f, const char *column, const char *value)
{
    if (!value) return;
    f->args[f->n++] = value;
    f->is_restricted = true;
    ay_buf_printf(&f->sql, " and t.%s = $%d", column, f->n);
}

static assay_status put_state(ay_filter *f, const char *state, assay_err *err)
{
    ay_state known;
    if (!state) return ASSAY_OK;
    if (strcmp(state, "unclosed") == 0) {
        f->is_restricted = true;
        ay_buf_text(&f->sql, " and t.state not in ('closed', 'gone')");
        return ASSAY_OK;
    }
    AY_FAIL_IF(
        !ay_state_find(ay_str_from(state), &known), err, ASSAY_EUSAGE,
        "state '%.64s' is none: open dispatched confirmed rejected corrected returned disputed gone closed, or "
        "unclosed",
        "没有状态“%.64s”：open dispatched confirmed rejected corrected returned disputed gone closed 或 unclosed",
        state);
    put_equal(f, "state", state);
    return ASSAY_OK;
}

static assay_status put_day(ay_filter *f, const char *op, const char *day, assay_err *err)
{
    int64_t days;
    if (!day) return ASSAY_OK;
    AY_TRY(ay_day_take(day, &days, err));
    f->args[f->n++] = day;
    f->is_restricted = true;
    ay_buf_printf(&f->sql, " and t.state not in ('closed', 'gone') and t.due %s $%d", op, f->n);
    return ASSAY_OK;
}

/* A range and not a pattern: an index finds it in both back ends. No digit of an id lies behind 'f'. */
static assay_status put_ids(ay_filter *f, const assay_ticket_filter *from, assay_err *err)
{
    f->first_id = f->n;
    if (!from->n_ids) return ASSAY_OK;
    f->is_restricted = true;
    ay_buf_text(&f->sql, " and (");
    for (size_t i = 0; i < from->n_ids; i++) {
        const size_t len = strlen(from->ids[i]);
        const bool is_id = len >= ID_LEAST && len <= AY_TICKET_ID && strspn(from->ids[i], "0123456789abcdef") == len;
        AY_FAIL_IF(!is_id, err, ASSAY_EUSAGE, "'%.64s' is no ticket: 32 hexadecimal digits, or at least the first 8",
                   "“%.64s”不是工单号：应为 32 位十六进制数字，或至少前 8 位", from->ids[i]);
        AY_FAIL_IF(f->n == AY_FILTER_ARGS, err, ASSAY_EUSAGE, "too many tickets are named at once: use a filter",
                   "一次指定的工单过多：请使用筛选条件");
        f->args[f->n++] = from->ids[i];
        ay_buf_printf(&f->sql, len == AY_TICKET_ID ? "%1$st.id = $%2$d" : "%1$s(t.id >= $%2$d and t.id < $%2$d || 'g')",
                      i ? " or " : "", f->n);
    }
    ay_buf_char(&f->sql, ')');
    return ASSAY_OK;
}

assay_status ay_filter_take(const assay_ticket_filter *from, ay_filter *ret, assay_err *err)
{
    assay_ticket_filter f = {0};
    *ret = (ay_filter){0};
    AY_TRY(ay_take_options(&f, sizeof f, sizeof f, from, err));
    ay_buf_text(&ret->sql, "1 = 1");
    put_equal(ret, "dataset", f.dataset);
    put_equal(ret, "rule", f.rule);
    put_equal(ret, "source", f.source);
    put_equal(ret, "owner", f.owner);
    put_equal(ret, "severity", f.severity);
    AY_TRY(put_state(ret, f.state, err));
    AY_TRY(put_day(ret, "<", f.due_before, err));
    AY_TRY(put_day(ret, "<=", f.due_until, err));
    AY_TRY(put_ids(ret, &f, err));
    return ay_buf_status(&ret->sql, err);
}

void ay_filter_free(ay_filter *filter)
{
    ay_buf_free(&filter->sql);
}
