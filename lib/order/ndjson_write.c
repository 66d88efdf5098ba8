/* One object a line: the members of assay_ticket, see rules/ticket.schema.json. */
#include "base/json.h"
#include "base/utf8.h"
#include "order/writer.h"
#include "record/json_check.h"

/* JSON as it is, unless it would not stay one line. */
static void put_json(ay_json *j, const char *key, const char *text)
{
    const ay_str json = ay_str_from(text);
    const bool one_line = !memchr(json.ptr, '\n', json.len) && !memchr(json.ptr, '\r', json.len);
    ay_json_key(j, key);
    if (json.len == 0) ay_json_null(j);
    else if (one_line && ay_utf8_valid(json) == json.len && ay_json_valid(json)) ay_json_raw(j, json);
    else ay_json_str(j, json);
}

static void put_text(ay_json *j, const char *key, const char *text)
{
    ay_json_key(j, key);
    ay_json_text(j, text);
}

static void put_what(ay_json *j, const assay_ticket *t)
{
    put_text(j, "id", t->id);
    put_text(j, "dataset", t->dataset);
    put_text(j, "rule", t->rule);
    put_text(j, "basis", t->basis);
    put_json(j, "key", t->key);
    put_text(j, "field", t->field);
    put_json(j, "value", t->value);
    put_text(j, "reason", t->reason);
    put_json(j, "suggestion", t->suggestion);
    put_text(j, "suggestion_by", t->suggestion_by);
    ay_json_key(j, "confidence");
    ay_json_int(j, t->confidence);
    put_text(j, "severity", t->severity);
}

static void put_course(ay_json *j, const assay_ticket *t)
{
    put_text(j, "source", t->source);
    put_text(j, "owner", t->owner);
    put_text(j, "state", t->state);
    put_text(j, "opened", t->opened);
    put_text(j, "received", t->received);
    put_text(j, "due", t->due);
    put_text(j, "closed", t->closed);
    put_text(j, "resolution", t->resolution);
    ay_json_key(j, "records");
    ay_json_uint(j, t->records);
    ay_json_key(j, "reopened");
    ay_json_uint(j, t->reopened);
}

static assay_status ndjson_put(ay_order_writer *w, const assay_ticket *ticket, assay_err *err)
{
    ay_json j = {.out = &w->out.buf};
    ay_json_open_object(&j);
    put_what(&j, ticket);
    put_course(&j, ticket);
    ay_json_close_object(&j);
    ay_buf_char(&w->out.buf, '\n');
    return ay_buf_status(&w->out.buf, err);
}

const ay_order_ops ay_order_ndjson = {.put = ndjson_put};
