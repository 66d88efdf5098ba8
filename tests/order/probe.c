/* The order layer behind a command, asked by tests in Python.
 *
 *   order_probe write csv|ndjson|xlsx en|zh DAY < tickets > work-order   a JSON object a ticket, its members as texts
 *   order_probe read csv|ndjson|xlsx < answers                           prints an object for every line, then the
 * counts */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "order/order.h"
#include "proof/jcs.h"

static int give_up(const assay_err *err)
{
    fprintf(stderr, "%d\n%s\n%s\n", (int)err->code, err->text, err->text_zh);
    return 1;
}

static void read_input(ay_buf *out)
{
    char bytes[4096];
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, stdin)) > 0;) ay_buf_put(out, bytes, n);
}

static int write_out(void *ctx, const void *bytes, size_t len)
{
    (void)ctx;
    return fwrite(bytes, 1, len, stdout) != len;
}

static ay_order_format format_of(const char *name)
{
    if (strcmp(name, "csv") == 0) return AY_ORDER_CSV;
    return strcmp(name, "xlsx") == 0 ? AY_ORDER_XLSX : AY_ORDER_NDJSON;
}

/* ---- Writing ---- */

static const char *text(const ay_jcs *ticket, const char *name, ay_arena *arena)
{
    const ay_jcs *member = ay_jcs_member(ticket, name);
    return member ? ay_arena_copy(arena, member->text) : "";
}

static assay_status put_ticket(ay_order_writer *w, ay_str line, ay_arena *arena, assay_err *err)
{
    const ay_jcs *t;
    AY_TRY(ay_jcs_read(line, 4, arena, &t, err));
#define TEXT(name) .name = text(t, #name, arena)
    const assay_ticket ticket = {
        TEXT(id),
        TEXT(dataset),
        TEXT(rule),
        TEXT(field),
        TEXT(key),
        TEXT(source),
        TEXT(owner),
        TEXT(severity),
        TEXT(basis),
        TEXT(state),
        TEXT(value),
        TEXT(reason),
        TEXT(suggestion),
        TEXT(suggestion_by),
        TEXT(opened),
        TEXT(received),
        TEXT(due),
        TEXT(closed),
        TEXT(resolution),
        .confidence = (int)strtol(text(t, "confidence", arena), NULL, 10),
        .records = strtoul(text(t, "records", arena), NULL, 10),
        .reopened = strtoul(text(t, "reopened", arena), NULL, 10),
    };
#undef TEXT
    return ay_order_put(w, &ticket, err);
}

static assay_status put_all(ay_order_writer *w, ay_str bytes, ay_arena *arena, assay_err *err)
{
    for (size_t from = 0; from < bytes.len;) {
        const char *end = memchr(bytes.ptr + from, '\n', bytes.len - from);
        const size_t to = end ? (size_t)(end - bytes.ptr) : bytes.len;
        AY_TRY(put_ticket(w, ay_str_slice(bytes, from, to), arena, err));
        ay_arena_reset(arena);
        from = to + 1;
    }
    return ASSAY_OK;
}

static int write_order(char **args, ay_str bytes)
{
    assay_err err;
    ay_arena arena = {0};
    ay_order_writer *w = NULL;
    const ay_order_options options = {.format = format_of(args[0]),
                                      .zh = strcmp(args[1], "zh") == 0,
                                      .owner = "市交通运输局",
                                      .day = args[2],
                                      .write = write_out};
    assay_status st = ay_order_open(&options, &w, &err);
    if (st != ASSAY_OK) return give_up(&err);
    st = put_all(w, bytes, &arena, &err);
    if (st == ASSAY_OK) st = ay_order_close(w, &err);
    else ay_order_drop(w);
    ay_arena_free(&arena);
    return st == ASSAY_OK ? 0 : give_up(&err);
}

/* ---- Reading ---- */

static void print(const ay_buf *buf)
{
    fwrite(buf->ptr, 1, buf->len, stdout);
    putchar('\n');
}

static void put_uint(ay_json *j, const char *key, uint64_t v)
{
    ay_json_key(j, key);
    ay_json_uint(j, v);
}

static void put_text(ay_json *j, const char *key, const char *v)
{
    ay_json_key(j, key);
    ay_json_text(j, v);
}

static assay_status take_line(void *ctx, const ay_answer *answer, assay_err *err)
{
    ay_buf out = {0};
    ay_json j = {.out = &out};
    (void)ctx, (void)err;
    ay_json_open_object(&j);
    put_uint(&j, "line", answer->line);
    put_text(&j, "ticket", answer->ticket);
    put_text(&j, "act", answer->act);
    put_text(&j, "remark", answer->remark);
    put_text(&j, "who", answer->who);
    put_text(&j, "day", answer->day);
    put_text(&j, "state", answer->state);
    put_uint(&j, "days", answer->extend_days);
    ay_json_close_object(&j);
    print(&out);
    ay_buf_free(&out);
    return ASSAY_OK;
}

static assay_status take_refusal(void *ctx, uint64_t line, const char *ticket, const assay_err *why, assay_err *err)
{
    ay_buf out = {0};
    ay_json j = {.out = &out};
    (void)ctx, (void)err;
    ay_json_open_object(&j);
    put_uint(&j, "line", line);
    put_text(&j, "ticket", ticket);
    put_text(&j, "refused", why->text);
    put_text(&j, "refused_zh", why->text_zh);
    ay_json_close_object(&j);
    print(&out);
    ay_buf_free(&out);
    return ASSAY_OK;
}

static int read_answers(char **args, ay_str bytes)
{
    assay_err err;
    ay_answers_count count;
    const ay_answers_sink sink = {.line = take_line, .refuse = take_refusal};
    if (ay_answers_read(format_of(args[0]), bytes, &sink, &count, &err) != ASSAY_OK) return give_up(&err);
    printf("{\"answered\":%llu,\"refused\":%llu,\"unanswered\":%llu,\"repeated\":%llu}\n",
           (unsigned long long)count.answered, (unsigned long long)count.refused, (unsigned long long)count.unanswered,
           (unsigned long long)count.repeated);
    return 0;
}

int main(int argc, char **argv)
{
    ay_buf input = {0};
    int code = 2;
    read_input(&input);
    if (argc == 5 && strcmp(argv[1], "write") == 0) code = write_order(argv + 2, ay_buf_view(&input));
    else if (argc == 3 && strcmp(argv[1], "read") == 0) code = read_answers(argv + 2, ay_buf_view(&input));
    ay_buf_free(&input);
    return code;
}
