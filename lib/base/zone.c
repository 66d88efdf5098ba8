#include "base/zone.h"

#include <stdio.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "base/time_range.h"

#define FOLDER         "/usr/share/zoneinfo/"
#define NAME_MAX_BYTES 100
#define FILE_MAX       ((size_t)1 << 20)
#define SECOND_US      INT64_C(1000000)
#define DAY_S          86400

/* Names are paths below the folder: nothing that could lead out of it. */
static bool is_name(ay_str name)
{
    if (name.len == 0 || name.len > NAME_MAX_BYTES || !ay_is_alpha(name.ptr[0])) return false;
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.ptr[i];
        if (!ay_is_alpha(c) && !ay_is_digit(c) && !memchr("_+-/", c, 4)) return false;
    }
    return true;
}

static void close_file(FILE **file)
{
    if (*file) (void)fclose(*file);
}

/* *ret_found is false when there is no such file (or it is a folder). */
static assay_status read_file(const char *name, ay_buf *bytes, bool *ret_found, assay_err *err)
{
    char path[sizeof FOLDER + NAME_MAX_BYTES];
    (void)snprintf(path, sizeof path, FOLDER "%s", name);
    AY_CLEANUP(close_file) FILE *file = fopen(path, "rbe");
    *ret_found = false;
    if (!file) return ASSAY_OK;
    bytes->max = FILE_MAX;
    for (size_t got = 1; got > 0; bytes->len += got) {
        char *room = ay_buf_reserve(bytes, 4096);
        if (!room) return ay_buf_status(bytes, err);
        got = fread(room, 1, 4096, file);
    }
    *ret_found = !ferror(file);
    return ASSAY_OK;
}

static assay_status unknown(const char *name, assay_err *err)
{
    return ay_fail(err, ASSAY_EUSAGE,
                   "unknown time zone '" AY_STR_FMT "': write a name such as Asia/Shanghai or an offset such as +08:00",
                   "未知时区“" AY_STR_FMT "”：请写时区名（如 Asia/Shanghai）或偏移（如 +08:00）",
                   AY_STR_ARG(ay_str_from(name)));
}

static assay_status load(const char *name, ay_zone *zone, assay_err *err)
{
    const ay_str text = ay_str_from(name);
    if (ay_str_is(text, "UTC") || ay_zone_offset_parse(text, &zone->first_s)) return ASSAY_OK;
    if (!is_name(text)) return unknown(name, err);
    AY_CLEANUP(ay_buf_free) ay_buf bytes = {0};
    bool found;
    AY_TRY(read_file(name, &bytes, &found, err));
    if (!found) return unknown(name, err);
    return ay_zone_decode(name, ay_buf_view(&bytes), zone, err);
}

assay_status ay_zone_open(const char *name, ay_zone **ret, assay_err *err)
{
    ay_zone *zone = AY_NEW(ay_zone);
    AY_NOMEM_IF(!zone, err);
    const assay_status status = load(name, zone, err);
    if (status != ASSAY_OK) zone = ay_zone_close(zone);
    else *ret = zone;
    return status;
}

ay_zone *ay_zone_close(ay_zone *zone)
{
    if (zone) ay_free(zone->changes);
    return (ay_zone *)ay_free(zone);
}

/* How many changes of the table are at or before t. */
static size_t count_until(const ay_zone *zone, int64_t t)
{
    size_t from = 0, to = zone->n;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (zone->changes[middle].at <= t) from = middle + 1;
        else to = middle;
    }
    return from;
}

/* The offset at a time, and the first change after it. */
typedef struct span {
    int32_t offset_s;
    bool has_next;
    ay_zone_change next;
} span;

/* Behind the table, whose last change was at `last`: the changes of the rule in the years around t. */
static void find_by_rule(const ay_zone_rule *rule, int64_t t, int64_t last, span *ret)
{
    if (!rule->has_dst) {
        ret->offset_s = rule->standard_s;
        return;
    }
    int64_t year;
    unsigned month, day;
    ay_civil_from_days(ay_floor_div(t, DAY_S), &year, &month, &day);
    for (int i = 0; i < 6 && !ret->has_next; i++) {
        ay_zone_change pair[2];
        ay_zone_rule_year(rule, year - 1 + i / 2, pair);
        const ay_zone_change change = pair[i % 2];
        if (change.at <= last) continue; /* what the table says of that time goes first */
        if (change.at <= t) ret->offset_s = change.offset_s;
        else *ret = (span){ret->offset_s, true, change};
    }
}

static span find(const ay_zone *zone, int64_t t)
{
    const size_t n = count_until(zone, t);
    span found = {.offset_s = n > 0 ? zone->changes[n - 1].offset_s : zone->first_s};
    if (n < zone->n) {
        found.has_next = true;
        found.next = zone->changes[n];
    } else if (zone->rule.is_set) {
        find_by_rule(&zone->rule, t, zone->n > 0 ? zone->changes[zone->n - 1].at : INT64_MIN, &found);
    }
    return found;
}

/* As PostgreSQL does it: zones do not change twice within two days, so the first change after a day before the local
 * time is the only one that can matter. */
static int32_t local_offset(const ay_zone *zone, int64_t local_s)
{
    const span found = find(zone, local_s - DAY_S);
    if (!found.has_next) return found.offset_s;
    const int64_t before = local_s - found.offset_s, after = local_s - found.next.offset_s, change = found.next.at;
    if (before < change && after < change) return found.offset_s;
    if (before > change && after >= change) return found.next.offset_s;
    return before > after ? found.offset_s : found.next.offset_s; /* a gap; an overlap */
}

int64_t ay_zone_to_utc(const ay_zone *zone, int64_t local_us)
{
    if (local_us == AY_INFINITY || local_us == AY_NEG_INFINITY) return local_us;
    const int32_t offset = local_offset(zone, ay_floor_div(local_us, SECOND_US));
    int64_t utc;
    if (__builtin_sub_overflow(local_us, offset * SECOND_US, &utc)) return offset < 0 ? AY_INFINITY : AY_NEG_INFINITY;
    return utc;
}

int64_t ay_zone_from_utc(const ay_zone *zone, int64_t utc_us, int32_t *ret_offset_s)
{
    int32_t offset = 0;
    int64_t local = utc_us;
    if (utc_us != AY_INFINITY && utc_us != AY_NEG_INFINITY) {
        offset = find(zone, ay_floor_div(utc_us, SECOND_US)).offset_s;
        if (__builtin_add_overflow(utc_us, offset * SECOND_US, &local))
            local = offset > 0 ? AY_INFINITY : AY_NEG_INFINITY;
    }
    if (ret_offset_s) *ret_offset_s = offset;
    return local;
}
