/* Answers to work orders, and tickets written into them. The first byte chooses: a CSV, an NDJSON, an xlsx, the shared
 * texts and the sheet of an xlsx (divided by a NUL), or the texts of a ticket (the same). Answers: read or refused with
 * a reason, as often as is counted, the same each time. Tickets: what is written is read back as one line without an
 * answer, and no cell of it is a formula. */
#include <stdlib.h>

#include "base/mem.h"
#include "order/order.h"
#include "order/plain.h"
#include "record/json_check.h"
#if AY_XLSX
#include "../unit/xlsx_kit.h"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool ok)
{
    if (!ok) abort();
}

/* ---- Answers ---- */

typedef struct told {
    ay_answers_count count;
    uint64_t line;
    ay_buf text;
} told;

static void in_order(told *t, uint64_t line)
{
    require(line > t->line || t->line == 0);
    t->line = line;
}

static bool is_harmless(const char *text, bool keep_lines)
{
    ay_buf visible = {0};
    ay_order_visible(ay_str_from(text), keep_lines, &visible);
    const bool same = ay_str_is(ay_buf_view(&visible), text);
    ay_buf_free(&visible);
    return same;
}

static assay_status take_line(void *ctx, const ay_answer *a, assay_err *err)
{
    told *t = ctx;
    in_order(t, a->line);
    t->count.answered++;
    require(strlen(a->ticket) == 32 && is_harmless(a->remark, true) && is_harmless(a->who, false));
    require((strcmp(a->act, "extend") == 0) == (a->extend_days > 0));
    require(a->day[0] == '\0' || strlen(a->day) == 10);
    ay_buf_printf(&t->text, "%s %s %s %s %s %s %u\n", a->ticket, a->act, a->remark, a->who, a->day, a->state,
                  a->extend_days);
    return ay_buf_status(&t->text, err);
}

static assay_status take_refusal(void *ctx, uint64_t line, const char *ticket, const assay_err *why, assay_err *err)
{
    told *t = ctx;
    in_order(t, line);
    t->count.refused++;
    require(why->text[0] && why->text_zh[0] && is_harmless(ticket, false));
    ay_buf_printf(&t->text, "%s %s\n", ticket, why->text);
    return ay_buf_status(&t->text, err);
}

static assay_status read_answers(ay_order_format format, ay_str bytes, told *ret)
{
    assay_err err = {0};
    ay_answers_count count;
    const ay_answers_sink sink = {.ctx = ret, .line = take_line, .refuse = take_refusal};
    const assay_status st = ay_answers_read(format, bytes, &sink, &count, &err);
    if (st == ASSAY_OK) {
        require(count.answered == ret->count.answered && count.refused == ret->count.refused);
        ret->count = count;
        return st;
    }
    require(st == ASSAY_EFORMAT || st == ASSAY_ELIMIT || (st == ASSAY_EUSAGE && format == AY_ORDER_XLSX && !AY_XLSX));
    require(err.text[0] && err.text_zh[0] && ret->line == 0);
    return st;
}

static void read_twice(ay_order_format format, ay_str bytes)
{
    told once = {0}, twice = {0};
    require(read_answers(format, bytes, &once) == read_answers(format, bytes, &twice));
    require(ay_str_eq(ay_buf_view(&once.text), ay_buf_view(&twice.text)));
    ay_buf_free(&once.text);
    ay_buf_free(&twice.text);
}

static ay_str part(ay_str *rest)
{
    const char *end = rest->len ? memchr(rest->ptr, '\0', rest->len) : NULL;
    const ay_str found = ay_str_slice(*rest, 0, end ? (size_t)(end - rest->ptr) : rest->len);
    *rest = ay_str_slice(*rest, found.len + (end != NULL), rest->len);
    return found;
}

static void read_sheet(ay_str bytes)
{
#if AY_XLSX
    ay_buf xlsx = {0};
    const ay_str shared = part(&bytes);
    kit_xlsx(AY_STR(KIT_BOOK), AY_STR(KIT_RELATIONS), shared, bytes, &xlsx);
    read_twice(AY_ORDER_XLSX, ay_buf_view(&xlsx));
    ay_buf_free(&xlsx);
#else
    (void)bytes;
#endif
}

/* ---- Tickets ---- */

static int collect(void *ctx, const void *bytes, size_t len)
{
    ay_buf_put(ctx, bytes, len);
    return 0;
}

static const char *text_of(ay_str *rest, ay_arena *arena)
{
    const char *text = ay_arena_copy(arena, part(rest));
    require(text != NULL);
    return text;
}

static void write_ticket(const assay_ticket *ticket, ay_order_format format, ay_buf *out)
{
    ay_order_writer *w = NULL;
    const ay_order_options options = {.format = format, .zh = true, .day = "2026-07-01", .write = collect, .ctx = out};
    require(ay_order_open(&options, &w, NULL) == ASSAY_OK && ay_order_put(w, ticket, NULL) == ASSAY_OK);
    require(ay_order_close(w, NULL) == ASSAY_OK);
}

/* Cells as a program reads them that knows quotes: none begins as a formula does. */
static void find_formula(ay_str csv)
{
    bool quoted = false, begins = true;
    for (size_t at = strlen("\xef\xbb\xbf"); at < csv.len; at++) {
        const char c = csv.ptr[at];
        const bool doubled = quoted && c == '"' && csv.ptr[at + 1] == '"'; /* a line end follows any quote */
        require(!begins || c == '\0' || !strchr("=+-@\t", c));
        if (doubled) at++;
        else if (c == '"') quoted = !quoted;
        begins = begins ? c == ' ' || (c == '"' && !doubled) : !quoted && (c == ',' || c == '\n');
    }
}

static void read_back(ay_order_format format, ay_str bytes)
{
    told back = {0};
    require(read_answers(format, bytes, &back) == ASSAY_OK);
    require(back.count.unanswered == 1 && back.line == 0);
}

static void write_texts(ay_str bytes)
{
    ay_arena arena = {0};
    const assay_ticket ticket = {
        .id = "0123456789abcdef0123456789abcdef",
        .dataset = "d",
        .rule = "r",
        .field = text_of(&bytes, &arena),
        .key = text_of(&bytes, &arena),
        .value = text_of(&bytes, &arena),
        .reason = text_of(&bytes, &arena),
        .suggestion = text_of(&bytes, &arena),
        .basis = text_of(&bytes, &arena),
        .owner = text_of(&bytes, &arena),
        .source = "",
        .severity = "error",
        .state = "open",
        .suggestion_by = "",
        .opened = "2026-07-01",
        .received = "",
        .due = "",
        .closed = "",
        .resolution = "",
    };
    for (ay_order_format format = AY_ORDER_CSV; format <= (AY_XLSX ? AY_ORDER_XLSX : AY_ORDER_NDJSON); format++) {
        ay_buf out = {0};
        write_ticket(&ticket, format, &out);
        if (format == AY_ORDER_CSV) find_formula(ay_buf_view(&out));
        if (format == AY_ORDER_NDJSON) require(ay_json_valid(ay_buf_view(&out)));
        read_back(format, ay_buf_view(&out));
        ay_buf_free(&out);
    }
    ay_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0) return 0;
    const ay_str bytes = {(const char *)data + 1, len - 1};
    switch (data[0] % 5) {
    case 0: read_twice(AY_ORDER_CSV, bytes); break;
    case 1: read_twice(AY_ORDER_NDJSON, bytes); break;
    case 2: read_twice(AY_ORDER_XLSX, bytes); break;
    case 3: read_sheet(bytes); break;
    default: write_texts(bytes); break;
    }
    return 0;
}
