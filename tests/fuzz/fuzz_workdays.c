/* Bytes as a calendar: it is refused with a reason and a line of the text, or counts so that the n-th working day is
 * one, has n working days up to it and none is passed over, and only what it has not is refused. The first byte chooses
 * the numbers that are asked for. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/time.h"
#include "base/workdays.h"

static void require(bool holds)
{
    if (!holds) abort();
}

static bool is_working(const ay_workdays *days, int64_t day)
{
    bool working;
    require(ay_workdays_is_working(days, day, &working, NULL) == ASSAY_OK);
    return working;
}

/* From `day` by n, by the step of one day that needs no counting. */
static void check_count(const ay_workdays *days, int64_t day, uint32_t n)
{
    int64_t due;
    assay_err err = {0};
    const assay_status status = ay_workdays_add(days, day, n, &due, &err);
    uint32_t passed = 0;
    if (status != ASSAY_OK) {
        const bool is_day = day >= ay_days_from_civil(1, 1, 1) && day <= ay_days_from_civil(9999, 12, 31);
        require(status == (is_day ? ASSAY_ELIMIT : ASSAY_EUSAGE) && err.text[0] && err.text_zh[0] &&
                (n > 0 || !is_day));
        return;
    }
    for (int64_t each = day + 1; each <= due; each++) passed += is_working(days, each);
    require(passed == n && (n == 0 ? due == day : is_working(days, due)));
}

/* Around every date that stands at the start of a line. */
static void ask(const ay_workdays *days, ay_str text, uint32_t n)
{
    for (size_t from = 0, to; from < text.len; from = to + 1) {
        for (to = from; to < text.len && text.ptr[to] != '\n'; to++) continue;
        int64_t day;
        if (to - from < 10 || ay_date_parse(ay_str_slice(text, from, from + 10), &day) != AY_TIME_OK) continue;
        require(ay_workdays_add(days, day, 0, &day, NULL) == ASSAY_OK);
        for (int64_t near = day - 3; near <= day + 3; near++) check_count(days, near, n);
        bool working; /* a listed day is one of the calendar */
        require(ay_workdays_is_working(days, day, &working, NULL) == ASSAY_OK);
    }
}

static void check_refusal(ay_str text, const assay_err *err)
{
    uint32_t lines = 1;
    for (size_t i = 0; i < text.len; i++) lines += text.ptr[i] == '\n';
    require(err->code == ASSAY_EFORMAT && err->text[0] && err->text_zh[0]);
    require(err->line <= lines && (err->line > 0 || text.len > AY_WORKDAYS_BYTES));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0) return 0;
    const ay_str text = {(const char *)data + 1, len - 1};
    ay_workdays *days = NULL;
    assay_err err = {0};
    const assay_status status = ay_workdays_parse(text, "fuzz.csv", &days, &err);
    require((status == ASSAY_OK) == (days != NULL));
    if (days) ask(days, text, data[0]);
    else check_refusal(text, &err);
    ay_workdays_free(days);
    return 0;
}
