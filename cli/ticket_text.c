#include "ticket_text.h"

#include <stdlib.h>
#include <string.h>

#include "interrupt.h"

/* ---- JSON: the texts of a ticket are UTF-8 ---- */

static void put_string(const char *text)
{
    putchar('"');
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\') printf("\\%c", *c);
        else if (*c < 0x20) printf("\\u%04x", *c);
        else putchar(*c);
    }
    putchar('"');
}

static void put_member(const char *name, const char *text)
{
    printf("\"%s\":", name);
    if (*text) put_string(text);
    else fputs("null", stdout);
    putchar(',');
}

static void put_raw(const char *name, const char *json)
{
    printf("\"%s\":%s,", name, *json ? json : "null");
}

static void print_json(const assay_ticket *t)
{
    putchar('{');
    put_member("id", t->id);
    put_member("dataset", t->dataset);
    put_member("rule", t->rule);
    put_member("field", t->field);
    put_raw("key", t->key);
    put_member("source", t->source);
    put_member("owner", t->owner);
    put_member("severity", t->severity);
    put_member("basis", t->basis);
    put_member("state", t->state);
    put_raw("value", t->value);
    put_member("reason", t->reason);
    put_raw("suggestion", t->suggestion);
    put_member("suggestion_by", t->suggestion_by);
    printf("\"confidence\":%d,", t->confidence);
    put_member("opened", t->opened);
    put_member("received", t->received);
    put_member("due", t->due);
    put_member("closed", t->closed);
    put_member("resolution", t->resolution);
    printf("\"records\":%llu,\"reopened\":%llu}\n", (unsigned long long)t->records, (unsigned long long)t->reopened);
}

/* ---- Text ---- */

static void print_line(const assay_ticket *t)
{
    printf("%.12s  %-10s  %s  %s  %s  %s  %s  %s%s%s\n", t->id, t->state, *t->due ? t->due : "-", t->owner, t->rule,
           t->key, *t->value ? t->value : "-", t->reason, *t->suggestion ? " -> " : "", t->suggestion);
}

static int keep_id(ticket_output *out, const char *id)
{
    char(*more)[40] = realloc(out->ids, (out->n_ids + 1) * sizeof *more);
    if (!more) return 1;
    out->ids = more;
    snprintf(out->ids[out->n_ids++], sizeof *more, "%s", id);
    return 0;
}

int ticket_print(void *output, const assay_ticket *ticket)
{
    ticket_output *out = output;
    out->n++;
    if (out->is_json) print_json(ticket);
    else print_line(ticket);
    if (out->is_full && keep_id(out, ticket->id) != 0) return 1;
    return cli_is_interrupted() || ferror(stdout);
}

int ticket_print_event(void *output, const assay_ticket_event *e)
{
    const ticket_output *out = output;
    if (!out->is_json) {
        printf("  %s  %s  %s  %s  %s%s%s\n", e->moment, e->who, e->act, e->state, e->remark, *e->detail ? "  " : "",
               e->detail);
        return ferror(stdout);
    }
    printf("{\"no\":%llu,", (unsigned long long)e->no);
    put_member("moment", e->moment);
    put_member("who", e->who);
    put_member("act", e->act);
    put_member("state", e->state);
    put_member("remark", e->remark);
    put_raw("detail", e->detail);
    printf("\"run\":%llu}\n", (unsigned long long)e->run);
    return ferror(stdout);
}

void ticket_output_free(ticket_output *out)
{
    free(out->ids);
    out->ids = NULL;
}
