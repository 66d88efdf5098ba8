/* What the tests of work orders share: answers read as text, a line each, so that a whole reading is compared at once.
 */
#ifndef ORDER_KIT_H
#define ORDER_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "order/order.h"

#define ID_A "0123456789abcdef0123456789abcdef"
#define ID_B "fedcba9876543210fedcba9876543210"

/* "2 A confirm|remark|who|day|state|0"; ids that are known are one letter. */
static inline const char *kit_id(const char *ticket)
{
    if (strcmp(ticket, ID_A) == 0) return "A";
    return strcmp(ticket, ID_B) == 0 ? "B" : ticket;
}

static inline assay_status kit_line(void *ctx, const ay_answer *a, assay_err *err)
{
    ay_buf_printf(ctx, "%llu %s %s|%s|%s|%s|%s|%u\n", (unsigned long long)a->line, kit_id(a->ticket), a->act, a->remark,
                  a->who, a->day, a->state, a->extend_days);
    return ay_buf_status(ctx, err);
}

static inline assay_status kit_refuse(void *ctx, uint64_t line, const char *ticket, const assay_err *why,
                                      assay_err *err)
{
    assert_true(why->text[0] && why->text_zh[0]);
    ay_buf_printf(ctx, "%llu %s refused: %s\n", (unsigned long long)line, kit_id(ticket), why->text);
    return ay_buf_status(ctx, err);
}

/* Everything that came out, then the counts; or the error. */
static inline assay_status kit_read(ay_order_format format, ay_str bytes, ay_buf *out)
{
    assay_err err;
    ay_answers_count n;
    const ay_answers_sink sink = {.ctx = out, .line = kit_line, .refuse = kit_refuse};
    const assay_status st = ay_answers_read(format, bytes, &sink, &n, &err);
    if (st == ASSAY_OK)
        ay_buf_printf(out, "%llu answered, %llu refused, %llu unanswered, %llu repeated\n",
                      (unsigned long long)n.answered, (unsigned long long)n.refused, (unsigned long long)n.unanswered,
                      (unsigned long long)n.repeated);
    else ay_buf_printf(out, "status %d: %s\n", (int)st, err.text);
    ay_buf_char(out, '\0');
    return out->failed ? out->failed : st;
}

static inline void kit_expect(const char *label, ay_order_format format, ay_str bytes, const char *want)
{
    ay_buf out = {0};
    (void)kit_read(format, bytes, &out);
    if (strcmp(out.ptr, want) != 0) fail_msg("%s:\n%s--- expected:\n%s", label, out.ptr, want);
    ay_buf_free(&out);
}

#endif
