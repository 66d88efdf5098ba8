/* When corrections are due: `correct_within` of sources, and the calendar by which working days are counted. */
#include "pack/load.h"

#include "base/ascii.h"
#include "base/mem.h"

#define DEFAULT_CALENDAR "calendars/cn.csv"
#define DAYS_MAX         3650

/* ---- the time of a source ---- */

static const struct unit {
    const char *word; /* behind the number; an s may follow */
    int64_t days;
    bool working;
} units[] = {{" working day", 1, true}, {" day", 1, false}, {" week", 7, false}};

static const struct unit *find_unit(ay_str word)
{
    if (word.len && word.ptr[word.len - 1] == 's') word.len--;
    for (size_t i = 0; i < AY_COUNT(units); i++)
        if (ay_str_is(word, units[i].word)) return &units[i];
    return NULL;
}

/* "10 working days" */
static bool read_deadline(ay_str s, ay_deadline *ret)
{
    size_t digits = 0;
    while (digits < s.len && ay_is_digit(s.ptr[digits])) digits++;
    const struct unit *unit = find_unit(ay_str_slice(s, digits, s.len));
    int64_t n;
    if (!unit || ay_i64_parse(ay_str_slice(s, 0, digits), &n) != AY_NUM_OK || n < 1 || n > DAYS_MAX / unit->days)
        return false;
    *ret = (ay_deadline){(uint32_t)(n * unit->days), unit->working};
    return true;
}

ay_deadline ay_load_deadline(ay_load *l, const ay_node *text)
{
    ay_deadline deadline;
    if (read_deadline(text->text, &deadline)) return deadline;
    ay_diag_error(l->build.diags, "bad-value", text->pos,
                  "'%.64s' is not a time such as '10 working days', '3 days' or '2 weeks', at most %d days",
                  "“%.64s”不是期限，应如“10 working days”、“3 days”或“2 weeks”，最多 %d 天", text->text.ptr, DAYS_MAX);
    return AY_DEADLINE_USUAL;
}

/* ---- the calendar ---- */

static void free_days(void *days)
{
    ay_workdays_free((ay_workdays *)days);
}

/* Days that live as long as the pack. */
static assay_status parse_days(ay_load *l, ay_str bytes, const char *name, const ay_workdays **ret, assay_err *err)
{
    ay_workdays *days;
    AY_TRY(ay_workdays_parse(bytes, name, &days, err));
    AY_NOMEM_IF(!ay_arena_defer(l->build.arena, free_days, days), err);
    *ret = days;
    return ASSAY_OK;
}

static assay_status load_named(ay_load *l, const ay_node *node, ay_calendar *calendar)
{
    ay_str bytes;
    assay_err *err = &calendar->err;
    const char *name = ay_read_text(l, node);
    if (!name || !ay_load_read_file(l, node->text, node->pos, &bytes)) return ASSAY_OK; /* reported, or l->nomem */
    const assay_status status = parse_days(l, bytes, name, &calendar->days, err);
    if (status != ASSAY_EFORMAT) return status;
    ay_diag_error(l->build.diags, "bad-calendar", ((ay_pos){name, err->line, 0}), "%s%.0s", "%.0s%s", err->text,
                  err->text_zh);
    return ASSAY_OK;
}

static assay_status load_default(ay_load *l, ay_calendar *calendar)
{
    ay_str bytes;
    assay_err *err = &calendar->err;
    AY_TRY(ay_load_read_aside(l, DEFAULT_CALENDAR, AY_WORKDAYS_BYTES, &bytes, err));
    const assay_status status = parse_days(l, bytes, DEFAULT_CALENDAR, &calendar->days, err);
    if (status != ASSAY_EFORMAT) return status;
    return ay_fail(err, status, "%s:%u: %s%.0s", "%s:%u: %.0s%s", DEFAULT_CALENDAR, err->line, err->text, err->text_zh);
}

void ay_load_calendar(ay_load *l)
{
    const ay_node *node = ay_node_get(l->docs[0].root, "calendar");
    ay_calendar *calendar = ay_load_array(l, 1, sizeof *calendar);
    if (!calendar) return;
    l->pack->calendar = calendar;
    const assay_status status = node ? load_named(l, node, calendar) : load_default(l, calendar);
    if (status == ASSAY_ENOMEM) l->nomem = true;
}

assay_status ay_pack_due(const assay_pack *pack, uint32_t source, int64_t from_day, int64_t *ret_due, assay_err *err)
{
    return ay_pack_later(pack, source, from_day, pack->sources[source].within.n, ret_due, err);
}

assay_status ay_pack_later(const assay_pack *pack, uint32_t source, int64_t from_day, uint32_t n, int64_t *ret_due,
                           assay_err *err)
{
    const ay_calendar *calendar = pack->calendar;
    if (!pack->sources[source].within.working) {
        const ay_time_status status = ay_date_add(from_day, (ay_interval){.days = (int32_t)n}, ret_due);
        AY_FAIL_IF(status != AY_TIME_OK, err, ASSAY_EUSAGE, "day %lld and %u days is no date",
                   "第 %lld 日加 %u 天不是日期", (long long)from_day, n);
        return ASSAY_OK;
    }
    if (calendar->days) return ay_workdays_add(calendar->days, from_day, n, ret_due, err);
    return ay_fail(err, calendar->err.code, "working days cannot be counted: %s%.0s", "无法计算工作日：%.0s%s",
                   calendar->err.text, calendar->err.text_zh);
}
