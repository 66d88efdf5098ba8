/* TZif files (RFC 8536), versions 1 to 4. From version 2 on only the 64-bit data and the footer are read. */
#include "base/cursor.h"
#include "base/mem.h"
#include "base/zone.h"

#define HEADER_REST 15    /* reserved bytes behind the version */
#define OFFSET_MAX  93599 /* the bound of RFC 8536: 25:59:59 */

typedef struct counts {
    uint32_t utc, std, leap, changes, types, chars;
    char version;
} counts;

static bool take_header(ay_cursor *c, counts *ret)
{
    const unsigned char *magic = ay_take(c, 4), *version = ay_take(c, 1);
    (void)ay_take(c, HEADER_REST);
    ret->utc = ay_take_u32(c);
    ret->std = ay_take_u32(c);
    ret->leap = ay_take_u32(c);
    ret->changes = ay_take_u32(c);
    ret->types = ay_take_u32(c);
    ret->chars = ay_take_u32(c);
    if (c->is_short || memcmp(magic, "TZif", 4) != 0) return false;
    ret->version = (char)*version;
    return ret->types > 0 && ret->types <= 256;
}

static size_t data_size(const counts *n, size_t time_size)
{
    return (size_t)n->changes * (time_size + 1) + (size_t)n->types * 6 + n->chars + (size_t)n->leap * (time_size + 4) +
           n->std + n->utc;
}

static int64_t take_time(ay_cursor *c, size_t size)
{
    return size == 8 ? (int64_t)ay_take_u64(c) : (int32_t)ay_take_u32(c);
}

/* The offset of type i; false: damaged. */
static bool type_offset(const unsigned char *types, uint32_t n, unsigned i, int32_t *ret)
{
    if (i >= n) return false;
    ay_cursor c = ay_cursor_on(types + (size_t)i * 6, 6);
    *ret = (int32_t)ay_take_u32(&c);
    return *ret >= -OFFSET_MAX && *ret <= OFFSET_MAX;
}

/* The caller has seen that all of the data is there. */
static bool take_changes(ay_cursor *c, const counts *n, size_t time_size, ay_zone *zone)
{
    ay_cursor times = ay_cursor_on(ay_take(c, n->changes * time_size), n->changes * time_size);
    const unsigned char *index = ay_take(c, n->changes), *types = ay_take(c, (size_t)n->types * 6);
    if (!type_offset(types, n->types, 0, &zone->first_s)) return false;
    for (size_t i = 0; i < n->changes; i++) {
        ay_zone_change *change = &zone->changes[i];
        change->at = take_time(&times, time_size);
        if (!type_offset(types, n->types, index[i], &change->offset_s)) return false;
        if (i > 0 && change->at <= change[-1].at) return false;
    }
    zone->n = n->changes;
    return true;
}

static bool take_footer(ay_cursor *c, ay_zone_rule *rule)
{
    const unsigned char *start = ay_take(c, 1);
    if (!start || *start != '\n') return false;
    const unsigned char *stop = memchr(c->at, '\n', (size_t)(c->end - c->at));
    if (!stop) return false;
    const ay_str text = {(const char *)c->at, (size_t)(stop - c->at)};
    return text.len == 0 || ay_zone_rule_parse(text, rule);
}

static assay_status damaged(const char *name, assay_err *err)
{
    return ay_fail(err, ASSAY_EFORMAT, "the file of time zone '%s' is damaged", "时区“%s”的文件已损坏", name);
}

assay_status ay_zone_decode(const char *name, ay_str bytes, ay_zone *zone, assay_err *err)
{
    ay_cursor c = ay_cursor_on(bytes.ptr, bytes.len);
    counts n;
    size_t time_size = 4;
    if (!take_header(&c, &n)) return damaged(name, err);
    if (n.version >= '2') {
        time_size = 8;
        if (!ay_take(&c, data_size(&n, 4)) || !take_header(&c, &n)) return damaged(name, err);
    }
    AY_FAIL_IF(n.leap > 0, err, ASSAY_EFORMAT, "time zone '%s' counts leap seconds: use one that does not",
               "时区“%s”计闰秒：请改用不计闰秒的时区", name);
    const size_t size = data_size(&n, time_size);
    if (size > (size_t)(c.end - c.at)) return damaged(name, err);
    zone->changes = AY_NEW_ARRAY(n.changes, ay_zone_change);
    AY_NOMEM_IF(!zone->changes, err);
    ay_cursor data = ay_cursor_on(ay_take(&c, size), size);
    if (!take_changes(&data, &n, time_size, zone)) return damaged(name, err);
    return time_size == 4 || take_footer(&c, &zone->rule) ? ASSAY_OK : damaged(name, err);
}
