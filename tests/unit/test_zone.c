/* Time zones. The expected instants were taken by hand from PostgreSQL 15 (timestamptz input with this TimeZone) and
 * agree with Python's zoneinfo except in gaps and overlaps, where PostgreSQL's choice counts; nothing here needs a
 * server, but the system's zoneinfo has to be there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/zone.h"
#include "fault.h"

static const struct local_case {
    const char *zone, *local;
    const char *utc;  /* the instant */
    const char *back; /* and how it reads in the zone */
} locals[] = {
    {"Asia/Shanghai", "1986-05-04 01:59:59", "1986-05-03 17:59:59", "1986-05-04 01:59:59+08"},
    {"Asia/Shanghai", "1986-05-04 02:00:00", "1986-05-03 18:00:00", "1986-05-04 03:00:00+09"},
    {"Asia/Shanghai", "1986-05-04 02:30:00", "1986-05-03 18:30:00", "1986-05-04 03:30:00+09"},
    {"Asia/Shanghai", "1986-05-04 03:00:00", "1986-05-03 18:00:00", "1986-05-04 03:00:00+09"},
    {"Asia/Shanghai", "1986-09-14 00:59:59", "1986-09-13 15:59:59", "1986-09-14 00:59:59+09"},
    {"Asia/Shanghai", "1986-09-14 01:00:00", "1986-09-13 17:00:00", "1986-09-14 01:00:00+08"},
    {"Asia/Shanghai", "1986-09-14 01:30:00", "1986-09-13 17:30:00", "1986-09-14 01:30:00+08"},
    {"Asia/Shanghai", "1986-09-14 02:00:00", "1986-09-13 18:00:00", "1986-09-14 02:00:00+08"},
    {"Asia/Shanghai", "1990-07-01 12:00:00", "1990-07-01 03:00:00", "1990-07-01 12:00:00+09"},
    {"Asia/Shanghai", "1991-09-15 01:30:00", "1991-09-14 17:30:00", "1991-09-15 01:30:00+08"},
    {"Asia/Shanghai", "1992-07-01 12:00:00", "1992-07-01 04:00:00", "1992-07-01 12:00:00+08"},
    {"Asia/Shanghai", "1900-12-31 23:59:59", "1900-12-31 15:59:59", "1900-12-31 23:59:59+08"},
    {"Asia/Shanghai", "1901-01-01 00:00:00", "1900-12-31 16:00:00", "1901-01-01 00:00:00+08"},
    {"Asia/Shanghai", "1850-01-01 00:00:00", "1849-12-31 15:54:17", "1850-01-01 00:00:00+08:05:43"},
    {"Asia/Shanghai", "1940-07-01 00:00:00", "1940-06-30 15:00:00", "1940-07-01 00:00:00+09"},
    {"Asia/Shanghai", "2024-02-29 22:22:01.5", "2024-02-29 14:22:01.5", "2024-02-29 22:22:01.5+08"},
    {"Asia/Shanghai", "3000-07-01 00:00:00", "3000-06-30 16:00:00", "3000-07-01 00:00:00+08"},
    {"Asia/Shanghai", "0044-03-15 12:00:00 BC", "0044-03-15 03:54:17 BC", "0044-03-15 12:00:00+08:05:43 BC"},
    {"America/New_York", "2024-03-10 02:30:00", "2024-03-10 07:30:00", "2024-03-10 03:30:00-04"},
    {"America/New_York", "2024-11-03 01:30:00", "2024-11-03 06:30:00", "2024-11-03 01:30:00-05"},
    {"America/New_York", "2024-11-03 00:59:59.999999", "2024-11-03 04:59:59.999999", "2024-11-03 00:59:59.999999-04"},
    {"America/New_York", "2500-07-01 00:00:00", "2500-07-01 04:00:00", "2500-07-01 00:00:00-04"},
    {"America/New_York", "2500-12-01 00:00:00", "2500-12-01 05:00:00", "2500-12-01 00:00:00-05"},
    {"America/New_York", "2500-03-14 02:30:00", "2500-03-14 07:30:00", "2500-03-14 03:30:00-04"},
    {"America/New_York", "290000-07-01 00:00:00", "290000-07-01 04:00:00", "290000-07-01 00:00:00-04"},
    {"Europe/Moscow", "2014-10-26 01:30:00", "2014-10-25 22:30:00", "2014-10-26 01:30:00+03"},
    {"Australia/Lord_Howe", "2400-01-15 00:00:00", "2400-01-14 13:00:00", "2400-01-15 00:00:00+11"},
    {"Australia/Lord_Howe", "2400-07-15 00:00:00", "2400-07-14 13:30:00", "2400-07-15 00:00:00+10:30"},
    {"Australia/Lord_Howe", "2400-04-02 01:45:00", "2400-04-01 15:15:00", "2400-04-02 01:45:00+10:30"},
    {"Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30 22:00:00", "2011-12-31 12:00:00+14"},
    {"Asia/Kolkata", "2024-07-01 00:00:00", "2024-06-30 18:30:00", "2024-07-01 00:00:00+05:30"},
    {"Europe/Dublin", "2200-01-01 00:00:00", "2200-01-01 00:00:00", "2200-01-01 00:00:00+00"},
    {"Europe/Dublin", "2200-07-01 00:00:00", "2200-06-30 23:00:00", "2200-07-01 00:00:00+01"},
    {"UTC", "2024-02-29 22:22:01", "2024-02-29 22:22:01", "2024-02-29 22:22:01+00"},
    {"+08:00", "1986-07-01 12:00:00", "1986-07-01 04:00:00", "1986-07-01 12:00:00+08"},
    {"-0330", "2024-07-01 12:00:00", "2024-07-01 15:30:00", "2024-07-01 12:00:00-03:30"},
    {"+05", "2024-07-01 12:00:00", "2024-07-01 07:00:00", "2024-07-01 12:00:00+05"},
    {"Asia/Shanghai", "infinity", "infinity", "infinity"},
    {"Asia/Shanghai", "-infinity", "-infinity", "-infinity"},
};

static void assert_buf(const char *label, ay_buf *out, const char *want)
{
    if (!ay_str_is(ay_buf_view(out), want)) fail_msg("%s: got %.*s, want %s", label, (int)out->len, out->ptr, want);
    ay_buf_free(out);
}

static ay_zone *open_zone(const char *name)
{
    ay_zone *zone = NULL;
    assay_err err = {0};
    if (ay_zone_open(name, &zone, &err) != ASSAY_OK) fail_msg("%s: %s", name, err.text);
    return zone;
}

static void test_locals(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(locals); i++) {
        const struct local_case *c = &locals[i];
        ay_zone *zone = open_zone(c->zone);
        ay_buf out = {0};
        int64_t utc;
        if (ay_timestamptz_parse(ay_str_from(c->local), zone, &utc) != AY_TIME_OK) fail_msg("%s", c->local);
        ay_timestamp_text(utc, &out);
        assert_buf(c->local, &out, c->utc);
        ay_timestamptz_text(utc, zone, &out);
        assert_buf(c->local, &out, c->back);
        ay_zone_close(zone);
    }
}

static void test_offsets(void **state)
{
    (void)state;
    ay_zone *zone = open_zone("Asia/Shanghai");
    int32_t offset = -1;
    assert_true(ay_zone_from_utc(zone, 0, &offset) == INT64_C(28800000000));
    assert_int_equal(offset, 28800);
    assert_true(ay_zone_from_utc(zone, 0, NULL) == INT64_C(28800000000));
    assert_true(ay_zone_from_utc(zone, -1, NULL) == INT64_C(28799999999));
    assert_true(ay_zone_from_utc(zone, AY_INFINITY, &offset) == AY_INFINITY);
    assert_int_equal(offset, 0);
    assert_true(ay_zone_from_utc(zone, AY_INFINITY - 1, NULL) == AY_INFINITY); /* no room for 8 hours */
    assert_true(ay_zone_to_utc(zone, AY_NEG_INFINITY + 1) == AY_NEG_INFINITY);
    assert_null(ay_zone_close(zone));
    assert_null(ay_zone_close(NULL));
}

static void test_unknown_names(void **state)
{
    (void)state;
    static const char *const names[] = {"",
                                        "Asia/Shangai",
                                        "Asia",
                                        "../../../etc/passwd",
                                        "/usr/share/zoneinfo/UTC",
                                        "Asia/../UTC",
                                        "+24:00",
                                        "+08:60",
                                        "+8",
                                        "+08:0",
                                        "+08:000",
                                        "08:00",
                                        "+0a",
                                        "tzdata.zi/",
                                        "zone.tab/x",
                                        "CST-8",
                                        "Asia/Shanghai ",
                                        "上海"};
    for (size_t i = 0; i < AY_COUNT(names); i++) {
        ay_zone *zone = NULL;
        assay_err err = {0};
        const assay_status status = ay_zone_open(names[i], &zone, &err);
        if (status != ASSAY_EUSAGE) fail_msg("'%s': status %d", names[i], status);
        if (!strstr(err.text, "unknown time zone") || !strstr(err.text_zh, "未知时区")) fail_msg("%s", err.text);
        assert_null(zone);
    }
}

/* ---- Damaged files ---- */

/* Builds TZif bytes: version 2, an empty 32-bit block, then one change at 0 from +0 to +3600. */
typedef struct file {
    char bytes[512];
    size_t n;
} file;

static void put(file *f, const void *bytes, size_t n)
{
    memcpy(f->bytes + f->n, bytes, n);
    f->n += n;
}

static void put_header(file *f, const char *version, const unsigned char counts[6])
{
    static const char zeros[15] = {0};
    put(f, "TZif", 4);
    put(f, version, 1);
    put(f, zeros, sizeof zeros);
    for (int i = 0; i < 6; i++) put(f, (const unsigned char[]){0, 0, 0, counts[i]}, 4);
}

static const unsigned char utc_type[6] = {0, 0, 0, 0, 0, 0}, one_type[6] = {0, 0, 0x0e, 0x10, 1, 0};

static file good_file(void)
{
    file f = {.n = 0};
    put_header(&f, "2", (const unsigned char[]){0, 0, 0, 0, 1, 1});
    put(&f, utc_type, 6);
    put(&f, "\0", 1);
    put_header(&f, "2", (const unsigned char[]){0, 0, 0, 1, 2, 4});
    put(&f, "\0\0\0\0\0\0\0\0", 8);
    put(&f, "\1", 1);
    put(&f, utc_type, 6);
    put(&f, one_type, 6);
    put(&f, "UTC\0", 4);
    put(&f, "\nUTC0\n", 6);
    return f;
}

static assay_status decode(const file *f, size_t n, ay_zone *zone)
{
    char *exact = (char *)ay_alloc(n); /* so that reading past the end is seen */
    memcpy(exact, f->bytes, n);
    *zone = (ay_zone){0};
    assay_err err = {0};
    const assay_status status = ay_zone_decode("X", (ay_str){exact, n}, zone, &err);
    if (status != ASSAY_OK) assert_int_equal(err.code, status);
    zone->changes = (ay_zone_change *)ay_free(zone->changes);
    ay_free(exact);
    return status;
}

static void test_file(void **state)
{
    (void)state;
    const file f = good_file();
    ay_zone zone;
    assert_int_equal(decode(&f, f.n, &zone), ASSAY_OK);
    assert_int_equal(zone.n, 1);
    assert_true(zone.rule.is_set && !zone.rule.has_dst && zone.rule.standard_s == 0);
    for (size_t n = 0; n < f.n; n++) /* every truncation */
        if (decode(&f, n, &zone) != ASSAY_EFORMAT) fail_msg("cut to %zu bytes", n);
}

/* Whatever a byte becomes, it is read or refused, never read past the end. */
static void test_every_changed_byte(void **state)
{
    (void)state;
    const file f = good_file();
    for (size_t i = 0; i < f.n; i++) {
        for (int bit = 0; bit < 8; bit++) {
            file changed = f;
            changed.bytes[i] = (char)(changed.bytes[i] ^ 1 << bit);
            ay_zone zone;
            const assay_status status = decode(&changed, f.n, &zone);
            if (status != ASSAY_OK && status != ASSAY_EFORMAT) fail_msg("byte %zu bit %d: %d", i, bit, status);
        }
    }
}

static void test_version_1(void **state)
{
    (void)state;
    file f = {.n = 0};
    put_header(&f, "\0", (const unsigned char[]){0, 0, 0, 2, 2, 4});
    put(&f,
        "\xff\xff\xff\xff"
        "\0\0\0\1",
        8);
    put(&f, "\1\0", 2);
    put(&f, utc_type, 6);
    put(&f, one_type, 6);
    put(&f, "UTC\0", 4);
    ay_zone zone;
    assert_int_equal(decode(&f, f.n, &zone), ASSAY_OK);
    assert_int_equal(zone.n, 2);
    assert_false(zone.rule.is_set);
    f.bytes[44 + 7] = '\0'; /* second change: -1, then 0 becomes ... */
    f.bytes[44 + 3] = '\0';
    f.bytes[44] = f.bytes[45] = f.bytes[46] = '\0'; /* ... 0 and 0: not ascending */
    assert_int_equal(decode(&f, f.n, &zone), ASSAY_EFORMAT);
}

static void test_leap_seconds(void **state)
{
    (void)state;
    file f = {.n = 0};
    put_header(&f, "\0", (const unsigned char[]){0, 0, 1, 0, 1, 4});
    put(&f, utc_type, 6);
    put(&f,
        "UTC\0"
        "\0\0\0\0\0\0\0\1",
        12);
    ay_zone zone;
    assert_int_equal(decode(&f, f.n, &zone), ASSAY_EFORMAT);
}

/* ---- Rules ---- */

static const struct rule_case {
    const char *text;
    int64_t year;
    int64_t begin, end; /* -1: no rule like this */
} rules[] = {
    /* seconds by Python: datetime(...).timestamp() */
    {"EST5EDT,M3.2.0,M11.1.0", 2024, 1710054000, 1730613600},
    {"EST5EDT4,M3.2.0/2:00:00,M11.1.0/2", 2024, 1710054000, 1730613600},
    {"CET-1CEST,M3.5.0,M10.5.0/3", 2024, 1711846800, 1729990800},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", 2024, 1711846800, 1729990800},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2024, 1711846800, 1729990800},
    {"EET-2EEST,M3.4.4/50,M10.4.4/50", 2024, 1711756800, 1729897200},
    {"AAA0BBB,J60,J300/0", 2024, 1709258400, 1729983600}, /* J does not count 29 February */
    {"AAA0BBB,59,299/0", 2024, 1709172000, 1729897200},
};

/* The last change of the table counts until the next one of the rule, even where the rule would say otherwise. */
static void test_table_before_rule(void **state)
{
    (void)state;
    ay_zone_change last = {1719792000, 7200}; /* 2024-07-01 00:00 UTC */
    ay_zone zone = {.first_s = 3600, .changes = &last, .n = 1};
    assert_true(ay_zone_rule_parse(AY_STR("EST5EDT,M3.2.0,M11.1.0"), &zone.rule));
    static const struct {
        int64_t utc_s;
        int32_t offset_s;
    } cases[] = {
        {1719791999, 3600}, {1719792000, 7200}, {1730613599, 7200}, {1730613600, -18000}, {1741503600, -14400}};
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        int32_t offset;
        (void)ay_zone_from_utc(&zone, cases[i].utc_s * 1000000, &offset);
        assert_int_equal(offset, cases[i].offset_s);
    }
}

static const char *const bad_rules[] = {
    "EST",
    "ES5",
    "5",
    "EST5EDT",
    "EST5EDT,",
    "EST5EDT,M3.2.0",
    "EST5EDT,M13.2.0,M11.1.0",
    "EST5EDT,M3.6.0,M11.1.0",
    "EST5EDT,M3.2.7,M11.1.0",
    "EST5EDT,M3.2.0,M11.1.0,",
    "EST25",
    "EST-24:00:00",
    "<+08-8",
    "EST5EDT,J0,J365",
    "EST5EDT,J1,J366",
    "EST5EDT,0,366",
    "EST5EDT,M3.2.0/168,M11.1.0",
    "EST5:60",
    "EST5EDT,M3.2,M11.1.0",
    "EST5 ",
};

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(rules); i++) {
        ay_zone_rule rule;
        ay_zone_change pair[2];
        if (!ay_zone_rule_parse(ay_str_from(rules[i].text), &rule)) fail_msg("%s", rules[i].text);
        ay_zone_rule_year(&rule, rules[i].year, pair);
        if (pair[0].at != rules[i].begin || pair[1].at != rules[i].end)
            fail_msg("%s: %lld %lld", rules[i].text, (long long)pair[0].at, (long long)pair[1].at);
    }
    for (size_t i = 0; i < AY_COUNT(bad_rules); i++) {
        ay_zone_rule rule;
        if (ay_zone_rule_parse(ay_str_from(bad_rules[i]), &rule)) fail_msg("%s", bad_rules[i]);
    }
}

static assay_status open_and_close(void *arg)
{
    ay_zone *zone = NULL;
    assay_err err = {0};
    const assay_status status = ay_zone_open((const char *)arg, &zone, &err);
    ay_zone_close(zone);
    return status;
}

static void test_memory(void **state)
{
    (void)state;
    char name[] = "Asia/Shanghai";
    assert_true(fail_each_allocation(open_and_close, name) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_locals),
        cmocka_unit_test(test_offsets),
        cmocka_unit_test(test_unknown_names),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_every_changed_byte),
        cmocka_unit_test(test_version_1),
        cmocka_unit_test(test_leap_seconds),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_table_before_rule),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
