/* What a calendar says of each of its days, one a line: "DATE WORKING DUE0 DUE1 DUE5 DUE10 DUE20", the due dates in
 * working days; "-" where a day would be needed that the calendar has not.
 *
 *     probe CALENDAR FIRST LAST */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/time.h"
#include "base/workdays.h"

static const uint32_t counts[] = {0, 1, 5, 10, 20};

static void give_up(const char *what)
{
    fprintf(stderr, "probe: %s\n", what);
    exit(EXIT_FAILURE);
}

static void read_file(const char *path, ay_buf *out)
{
    FILE *file = fopen(path, "rb");
    if (!file) give_up(path);
    for (size_t n = 1; n; out->len += n) {
        char *room = ay_buf_reserve(out, 4096);
        if (!room) give_up("out of memory");
        n = fread(room, 1, 4096, file);
    }
    fclose(file);
}

static int64_t read_day(const char *text)
{
    int64_t day;
    if (ay_date_parse(ay_str_from(text), &day) != AY_TIME_OK) give_up(text);
    return day;
}

static void put_day(const ay_workdays *days, int64_t day, ay_buf *out)
{
    bool working;
    if (ay_workdays_is_working(days, day, &working, NULL) != ASSAY_OK) give_up("a day is not in the calendar");
    ay_date_text(day, out);
    ay_buf_text(out, working ? " 1" : " 0");
    for (size_t i = 0; i < AY_COUNT(counts); i++) {
        int64_t due;
        ay_buf_char(out, ' ');
        if (ay_workdays_add(days, day, counts[i], &due, NULL) == ASSAY_OK) ay_date_text(due, out);
        else ay_buf_char(out, '-');
    }
    ay_buf_char(out, '\n');
}

int main(int argc, char **argv)
{
    ay_buf text = {0}, out = {0};
    ay_workdays *days = NULL;
    assay_err err;
    if (argc != 4) give_up("usage: CALENDAR FIRST LAST");
    read_file(argv[1], &text);
    if (ay_workdays_parse(ay_buf_view(&text), argv[1], &days, &err) != ASSAY_OK) give_up(err.text);
    for (int64_t day = read_day(argv[2]), last = read_day(argv[3]); day <= last; day++) put_day(days, day, &out);
    if (out.failed) give_up("out of memory");
    fwrite(out.ptr, 1, out.len, stdout);
    ay_workdays_free(days);
    ay_buf_free(&text);
    ay_buf_free(&out);
    return 0;
}
