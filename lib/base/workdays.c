#include "base/workdays.h"

#include "base/bits.h"
#include "base/mem.h"
#include "base/scan.h"
#include "base/time.h"
#include "base/utf8.h"

#define YEAR_MAX 9999

struct ay_workdays {
    char *name;
    int64_t first_year, last_year;
    int64_t first; /* 1 January of the first year */
    size_t n;      /* days to 31 December of the last */
    uint64_t *working;
};

typedef struct reader {
    ay_str text;
    size_t at;
    uint32_t line; /* the one being read */
    ay_workdays *days;
    int64_t last;      /* the day of the line before */
    int64_t next_year; /* no line yet has a holiday of this one */
    assay_err *err;
} reader;

static assay_status at_line(const reader *r)
{
    if (r->err) r->err->line = r->line;
    return ASSAY_EFORMAT;
}

#define FAULT(r, ...) (ay_fail((r)->err, ASSAY_EFORMAT, __VA_ARGS__), at_line(r))
#define FAULT_IF(cond, r, ...)                                                                                         \
    do {                                                                                                               \
        if (cond) return FAULT(r, __VA_ARGS__);                                                                        \
    } while (0)

/* ---- lines ---- */

static bool at_end(const reader *r)
{
    return r->at == r->text.len;
}

/* The next line, without its end. */
static assay_status take_line(reader *r, ay_str *ret)
{
    const ay_str rest = ay_str_slice(r->text, r->at, r->text.len);
    const char *end = rest.len ? memchr(rest.ptr, '\n', rest.len) : NULL;
    r->line++;
    FAULT_IF(!end, r, "a whole line is missing here: the file may have been cut off",
             "此处缺少完整的一行，文件可能被截断");
    size_t len = (size_t)(end - rest.ptr);
    r->at += len + 1;
    if (len && rest.ptr[len - 1] == '\r') len--;
    *ret = ay_str_slice(rest, 0, len);
    return ASSAY_OK;
}

/* Past the byte order mark of a text that is UTF-8 and not too long. */
static assay_status open_text(reader *r)
{
    const ay_str bom = AY_STR("\xEF\xBB\xBF");
    FAULT_IF(r->text.len > AY_WORKDAYS_BYTES, r, "a calendar has at most %d bytes", "日历文件不得超过 %d 字节",
             AY_WORKDAYS_BYTES);
    const size_t valid = ay_utf8_valid(r->text);
    for (size_t i = 0; i < valid && valid < r->text.len; i++) r->line += r->text.ptr[i] == '\n';
    if (valid < r->text.len) {
        r->line++;
        return FAULT(r, "the calendar is not UTF-8", "日历不是 UTF-8 编码");
    }
    if (r->text.len >= bom.len && memcmp(r->text.ptr, bom.ptr, bom.len) == 0) r->at = bom.len;
    return ASSAY_OK;
}

/* ---- the head ---- */

static bool take_year(ay_scan *s, int64_t *ret)
{
    const char *start = s->at;
    for (*ret = 0; ay_scan_at_digit(s) && s->at - start < 4; s->at++) *ret = *ret * 10 + (*s->at - '0');
    return s->at - start == 4 && *ret > 0;
}

/* "2004-2026" */
static assay_status read_years(reader *r, ay_str text)
{
    ay_workdays *days = r->days;
    ay_scan s = ay_scan_on(text);
    FAULT_IF(days->first_year, r, "the years are stated twice", "重复注明年份");
    FAULT_IF(!take_year(&s, &days->first_year) || !ay_scan_take(&s, '-') || !take_year(&s, &days->last_year) ||
                 !ay_scan_ended(&s) || days->first_year > days->last_year,
             r, "'" AY_STR_FMT "' is not a range of years such as 2004-2026",
             "“" AY_STR_FMT "”不是年份范围，应如 2004-2026", AY_STR_ARG(text));
    return ASSAY_OK;
}

static assay_status read_head(reader *r)
{
    const ay_str mark = AY_STR("# years: ");
    ay_str line;
    for (;;) {
        AY_TRY(take_line(r, &line));
        if (!line.len || line.ptr[0] != '#') break;
        if (line.len > mark.len && memcmp(line.ptr, mark.ptr, mark.len) == 0)
            AY_TRY(read_years(r, ay_str_slice(line, mark.len, line.len)));
    }
    FAULT_IF(!r->days->first_year, r, "a line '# years: 2004-2026' must stand before the header",
             "表头之前必须有一行“# years: 2004-2026”注明年份");
    FAULT_IF(!ay_str_is(line, "date,kind,name"), r, "the header must be 'date,kind,name', found '" AY_STR_FMT "'",
             "表头应为 'date,kind,name'，而不是“" AY_STR_FMT "”", AY_STR_ARG(line));
    return ASSAY_OK;
}

/* ---- the days ---- */

static bool is_weekend(int64_t day)
{
    const int64_t from_monday = (day + 3) % 7; /* 1970-01-01 was a Thursday */
    return (from_monday + 7) % 7 >= 5;
}

static assay_status fill_weeks(reader *r)
{
    ay_workdays *days = r->days;
    days->first = ay_days_from_civil(days->first_year, 1, 1);
    days->n = (size_t)(ay_days_from_civil(days->last_year + 1, 1, 1) - days->first);
    days->working = AY_NEW_ARRAY(AY_BITS_WORDS(days->n), uint64_t);
    AY_NOMEM_IF(!days->working, r->err);
    for (size_t i = 0; i < days->n; i++)
        if (!is_weekend(days->first + (int64_t)i)) ay_bit_set(days->working, i);
    r->last = days->first - 1;
    r->next_year = days->first_year;
    return ASSAY_OK;
}

static bool holds(const ay_workdays *days, int64_t day)
{
    return day >= days->first && day < days->first + (int64_t)days->n;
}

static int64_t year_of(int64_t day)
{
    int64_t year;
    unsigned month, of_month;
    ay_civil_from_days(day, &year, &month, &of_month);
    return year;
}

static assay_status read_date(reader *r, ay_str text, int64_t *ret)
{
    const ay_workdays *days = r->days;
    FAULT_IF(text.len != 10 || ay_date_parse(text, ret) != AY_TIME_OK, r,
             "'" AY_STR_FMT "' is not a date such as 2026-10-01", "“" AY_STR_FMT "”不是日期，应如 2026-10-01",
             AY_STR_ARG(text));
    FAULT_IF(!holds(days, *ret), r, AY_STR_FMT " lies outside the stated years %lld-%lld",
             AY_STR_FMT " 不在所注明的 %lld-%lld 年内", AY_STR_ARG(text), (long long)days->first_year,
             (long long)days->last_year);
    FAULT_IF(*ret == r->last, r, AY_STR_FMT " is listed twice", AY_STR_FMT " 重复列出", AY_STR_ARG(text));
    FAULT_IF(*ret < r->last, r, AY_STR_FMT " stands behind a later day: the days must be in order of time",
             AY_STR_FMT " 排在较晚日期之后：须按日期先后排列", AY_STR_ARG(text));
    r->last = *ret;
    return ASSAY_OK;
}

static assay_status fail_empty_year(const reader *r)
{
    return FAULT(r, "no holiday is listed for the year %lld, which the calendar says it has",
                 "日历注明包含 %lld 年，却没有列出该年的任何节假日", (long long)r->next_year);
}

static assay_status set_holiday(reader *r, int64_t day)
{
    const int64_t year = year_of(day);
    if (year > r->next_year) return fail_empty_year(r);
    r->next_year = year + 1;
    ay_bit_clear(r->days->working, (size_t)(day - r->days->first));
    return ASSAY_OK;
}

static assay_status set_workday(reader *r, ay_str date, int64_t day)
{
    FAULT_IF(!is_weekend(day), r, AY_STR_FMT " is no Saturday or Sunday: people work on it anyway",
             AY_STR_FMT " 不是周六或周日，本来就是工作日", AY_STR_ARG(date));
    ay_bit_set(r->days->working, (size_t)(day - r->days->first));
    return ASSAY_OK;
}

/* A cell and the comma behind it. */
static bool take_cell(ay_str *rest, ay_str *ret)
{
    const char *comma = rest->len ? memchr(rest->ptr, ',', rest->len) : NULL;
    if (!comma) return false;
    const size_t len = (size_t)(comma - rest->ptr);
    *ret = ay_str_slice(*rest, 0, len);
    *rest = ay_str_slice(*rest, len + 1, rest->len);
    return true;
}

static assay_status read_day(reader *r)
{
    ay_str name, date, kind;
    int64_t day;
    AY_TRY(take_line(r, &name));
    FAULT_IF(!take_cell(&name, &date) || !take_cell(&name, &kind) || (name.len && memchr(name.ptr, ',', name.len)), r,
             "a line has three cells: date,kind,name", "每行应有三列：date,kind,name");
    AY_TRY(read_date(r, date, &day));
    if (ay_str_is(kind, "holiday")) return set_holiday(r, day);
    if (ay_str_is(kind, "workday")) return set_workday(r, date, day);
    return FAULT(r, "'" AY_STR_FMT "' is neither 'holiday' nor 'workday'",
                 "“" AY_STR_FMT "”既不是 holiday 也不是 workday", AY_STR_ARG(kind));
}

/* ---- the whole ---- */

static assay_status read_all(reader *r)
{
    AY_TRY(open_text(r));
    AY_TRY(read_head(r));
    AY_TRY(fill_weeks(r));
    while (!at_end(r)) AY_TRY(read_day(r));
    return r->next_year > r->days->last_year ? ASSAY_OK : fail_empty_year(r);
}

assay_status ay_workdays_parse(ay_str csv, const char *name, ay_workdays **ret, assay_err *err)
{
    const size_t name_size = strlen(name) + 1;
    ay_workdays *days = AY_NEW(ay_workdays);
    AY_NOMEM_IF(!days, err);
    reader r = {.text = csv, .days = days, .err = err};
    days->name = ay_alloc(name_size);
    if (days->name) memcpy(days->name, name, name_size);
    const assay_status status = days->name ? read_all(&r) : ay_fail_nomem(err);
    if (status != ASSAY_OK) {
        ay_workdays_free(days);
        return status;
    }
    *ret = days;
    return ASSAY_OK;
}

ay_workdays *ay_workdays_free(ay_workdays *days)
{
    if (!days) return NULL;
    ay_free(days->working);
    ay_free(days->name);
    return ay_free(days);
}

/* ---- asking ---- */

static assay_status check_day(int64_t day, assay_err *err)
{
    AY_FAIL_IF(day < ay_days_from_civil(1, 1, 1) || day > ay_days_from_civil(YEAR_MAX, 12, 31), err, ASSAY_EUSAGE,
               "day %lld from 1970-01-01 lies outside the years 1 to %d",
               "自 1970-01-01 起的第 %lld 日不在 1 至 %d 年内", (long long)day, YEAR_MAX);
    return ASSAY_OK;
}

static assay_status need_day(const ay_workdays *days, int64_t day, assay_err *err)
{
    AY_FAIL_IF(
        !holds(days, day), err, ASSAY_ELIMIT,
        "calendar '%s' has the years %lld-%lld, but %lld is needed: add the holidays and make-up days of that year",
        "日历“%s”只有 %lld-%lld 年，还需要 %lld 年：请补充该年的放假和调休上班日", days->name,
        (long long)days->first_year, (long long)days->last_year, (long long)year_of(day));
    return ASSAY_OK;
}

assay_status ay_workdays_is_working(const ay_workdays *days, int64_t day, bool *ret, assay_err *err)
{
    AY_TRY(check_day(day, err));
    AY_TRY(need_day(days, day, err));
    *ret = ay_bit(days->working, (size_t)(day - days->first));
    return ASSAY_OK;
}

assay_status ay_workdays_add(const ay_workdays *days, int64_t day, uint32_t n, int64_t *ret_due, assay_err *err)
{
    AY_TRY(check_day(day, err));
    while (n > 0) {
        day++;
        AY_TRY(need_day(days, day, err));
        n -= ay_bit(days->working, (size_t)(day - days->first));
    }
    *ret_due = day;
    return ASSAY_OK;
}
