/* When corrections are due: what sources say, which calendar counts, and what is said where it cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.h"
#include "pack/load.h"

static int64_t day_of(const char *date)
{
    int64_t day = 0;
    if (ay_date_parse(ay_str_from(date), &day) != AY_TIME_OK) fail_msg("%s", date);
    return day;
}

static assay_pack *load_text(const char *text, const char *folder)
{
    assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    options.include_dirs = &folder;
    options.n_include_dirs = 1;
    assay_pack *pack = NULL;
    assay_err err;
    if (ay_pack_load_bytes("mem.yaml", ay_str_from(text), &options, &pack, NULL, &err) != ASSAY_OK)
        fail_msg("%s", err.text);
    return pack;
}

static void assert_due(const assay_pack *pack, const char *source, const char *from, const char *want)
{
    uint32_t i = 0;
    while (strcmp(pack->sources[i].id, source) != 0) i++;
    int64_t due = 0;
    assay_err err;
    if (ay_pack_due(pack, i, day_of(from), &due, &err) != ASSAY_OK) fail_msg("%s: %s", source, err.text);
    if (due != day_of(want)) fail_msg("%s from %s: not %s", source, from, want);
}

/* ---- what sources say ---- */

static const struct within_case {
    const char *text;
    uint32_t n;
    bool working;
} withins[] = {
    {"10 working days", 10, true},     {"1 working day", 1, true}, {"007 working days", 7, true},
    {"3650 working days", 3650, true}, {"1 day", 1, false},        {"3 days", 3, false},
    {"3650 days", 3650, false},        {"2 weeks", 14, false},     {"1 week", 7, false},
    {"521 weeks", 3647, false},
};

static void check_within(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(withins); i++) {
        char text[128];
        snprintf(text, sizeof text, "assay: 1\nsources: {s: {correct_within: %s}}\n", withins[i].text);
        assay_pack *pack = load_text(text, "/nowhere");
        const ay_deadline within = pack->sources[0].within;
        if (within.n != withins[i].n || within.working != withins[i].working) fail_msg("%s: %u", text, within.n);
        assert_string_equal(pack->sources[0].correct_within, withins[i].text);
        assay_pack_free(pack);
    }
    assay_pack *pack = load_text("assay: 1\nsources: {s: {title: S}}\n", "/nowhere");
    assert_true(pack->sources[0].within.n == 10 && pack->sources[0].within.working);
    assert_string_equal(pack->sources[0].correct_within, "");
    assay_pack_free(pack);
}

/* ---- which calendar ---- */

static const char four[] =
    "assay: 1\nsources: {usual: {}, one: {correct_within: 1 working day}, three: {correct_within: 3 "
    "days}, weeks: {correct_within: 2 weeks}}\n";

static void check_default(void **state)
{
    (void)state;
    assay_pack *pack = load_text(four, ASSAY_RULES);
    assert_int_equal(pack->n_files, 1); /* the pack's digest does not know the default */
    assert_due(pack, "usual", "2026-02-13", "2026-03-05");
    assert_due(pack, "one", "2026-02-13", "2026-02-14");
    assert_due(pack, "three", "2026-02-13", "2026-02-16"); /* a free day is a day */
    assert_due(pack, "weeks", "2026-12-20", "2027-01-03"); /* needs no calendar */
    int64_t due = 77;
    assay_err err;
    assert_int_equal(ay_pack_due(pack, 0, day_of("2026-12-20"), &due, &err), ASSAY_ELIMIT);
    assert_string_equal(err.text,
                        "calendar 'calendars/cn.csv' has the years 2004-2026, but 2027 is needed: add the holidays "
                        "and make-up days of that year");
    assert_int_equal(due, 77);
    assay_pack_free(pack);
}

static void check_named(void **state)
{
    (void)state;
    assay_pack *pack = NULL;
    assay_err err;
    if (assay_pack_load(ASSAY_PACK_CASES "/good/calendar.yaml", NULL, &pack, NULL, &err)) fail_msg("%s", err.text);
    assert_int_equal(pack->n_files, 2);
    assert_string_equal(pack->files[1].name, "lib/days.csv");
    assert_due(pack, "one", "2026-12-30", "2027-01-02"); /* as lib/days.csv has it */
    assert_due(pack, "silent", "2026-12-30", "2027-01-14");
    assert_due(pack, "days", "2026-12-30", "2027-01-02");
    uint32_t most = 0;
    while (strcmp(pack->sources[most].id, "most") != 0) most++;
    int64_t due;
    assert_int_equal(ay_pack_due(pack, most, day_of("2026-12-30"), &due, &err), ASSAY_ELIMIT);
    assert_non_null(strstr(err.text, "'lib/days.csv' has the years 2026-2027, but 2028 is needed"));
    assay_pack_free(pack);
}

/* ---- a default that is not there, or not right: only who asks for it is told ---- */

static void assert_refused(const char *folder, assay_status status, const char *en, const char *zh)
{
    assay_pack *pack = load_text(four, folder);
    assay_err err;
    int64_t due;
    assert_due(pack, "three", "2026-02-13", "2026-02-16");
    assert_int_equal(ay_pack_due(pack, 1, day_of("2026-02-13"), &due, &err), status);
    if (!strstr(err.text, en) || !strstr(err.text_zh, zh)) fail_msg("%s / %s", err.text, err.text_zh);
    assert_int_equal(ay_pack_due(pack, 1, day_of("2026-02-13"), &due, NULL), status);
    assay_pack_free(pack);
}

static void write_file(const char *path, const char *text, long size)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    if (size) assert_int_equal(truncate(path, size), 0);
}

static void check_default_faults(void **state)
{
    (void)state;
    char folder[] = "/tmp/assay-due-XXXXXX", inside[64], path[96];
    assert_non_null(mkdtemp(folder));
    snprintf(inside, sizeof inside, "%s/calendars", folder);
    snprintf(path, sizeof path, "%s/cn.csv", inside);
    assert_refused(
        folder, ASSAY_EUSAGE,
        "working days cannot be counted: file 'calendars/cn.csv' was not found; searched: ., /tmp/assay-due-",
        "无法计算工作日：未找到文件“calendars/cn.csv”；已搜索：");
    assert_int_equal(mkdir(inside, 0700), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_refused(folder, ASSAY_EIO, "cn.csv' cannot be read: Is a directory", "无法读取文件“");
    assert_int_equal(rmdir(path), 0);
    write_file(path, "# years: 2026-2026\ndate,kind,name\n2026-01-32,holiday,\n", 0);
    assert_refused(folder, ASSAY_EFORMAT, "calendars/cn.csv:3: '2026-01-32' is not a date",
                   "calendars/cn.csv:3: “2026-01-32”");
    write_file(path, "", AY_WORKDAYS_BYTES + 1);
    assert_refused(folder, ASSAY_ELIMIT, "is larger than 1048576 bytes", "超过 1048576 字节");
    unlink(path);
    rmdir(inside);
    rmdir(folder);
}

/* ---- lack of memory ---- */

static assay_status load_and_ask(void *arg)
{
    static const char *const folders[] = {ASSAY_RULES};
    assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    options.include_dirs = folders;
    options.n_include_dirs = 1;
    assay_pack *pack = NULL;
    assay_status status = assay_pack_load((const char *)arg, &options, &pack, NULL, NULL);
    int64_t due;
    if (status == ASSAY_OK) status = ay_pack_due(pack, 0, day_of("2026-02-13"), &due, NULL);
    assay_pack_free(pack);
    return status;
}

static void check_allocations(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(load_and_ask, (char[]){ASSAY_PACK_CASES "/good/calendar.yaml"}) > 20);
    assert_true(fail_each_allocation(load_and_ask, (char[]){ASSAY_PACK_CASES "/good/minimal.yaml"}) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_within),         cmocka_unit_test(check_default),     cmocka_unit_test(check_named),
        cmocka_unit_test(check_default_faults), cmocka_unit_test(check_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
