/* findings.ndjson: each finding put into words and masked, in order of dataset, key, rule. */
#include "base/json.h"
#include "base/stream.h"
#include "run/result.h"
#include "run/shown.h"

#define FLUSH_AT ((size_t)256 << 10)

static void put_raw(ay_json *json, const char *key, ay_str value)
{
    ay_json_key(json, key);
    ay_json_raw(json, value);
}

static void put_text(ay_json *json, const char *key, const char *text)
{
    ay_json_key(json, key);
    ay_json_text(json, text);
}

static void put_finding(const ay_dataset *dataset, const ay_shown *shown, ay_buf *out)
{
    ay_json json = {.out = out};
    ay_json_open_object(&json);
    put_text(&json, "dataset", dataset->name);
    put_text(&json, "rule", shown->rule->id);
    put_raw(&json, "key", shown->key);
    put_text(&json, "field", shown->field);
    put_raw(&json, shown->field ? "value" : "values", shown->value);
    put_text(&json, "verdict", shown->verdict);
    ay_json_key(&json, "reason");
    ay_json_str(&json, shown->reason);
    if (shown->suggestion.ptr) {
        put_raw(&json, "suggestion", shown->suggestion);
        put_text(&json, "suggestion_by", shown->suggestion_by);
        ay_json_key(&json, "confidence");
        ay_json_int(&json, shown->confidence);
    }
    ay_json_close_object(&json);
    ay_buf_char(out, '\n');
}

static assay_status write_sorted(ay_shower *shower, const ay_dataset_result *d, ay_sorted *sorted, ay_stream *out,
                                 assay_err *err)
{
    for (bool end = false;;) {
        ay_sort_record record;
        ay_shown shown;
        AY_TRY(ay_sorted_next(sorted, &record, &end, err));
        if (end) return ASSAY_OK;
        AY_TRY(ay_show(shower, d, record.bytes, &shown, err));
        put_finding(d->dataset, &shown, &out->buf);
        AY_TRY(ay_stream_flush(out, FLUSH_AT, err));
    }
}

assay_status ay_result_write_findings(assay_result *result, ay_stream *out, assay_err *err)
{
    ay_shower *shower = NULL;
    AY_TRY(ay_shower_open(result, &shower, err));
    assay_status st = ASSAY_OK;
    for (uint32_t i = 0; st == ASSAY_OK && i < result->pack->n_datasets; i++) {
        ay_sorted *sorted = NULL;
        const ay_dataset_result *d = &result->datasets[i];
        if (!d->selected || !d->fed) continue;
        st = ay_sorted_open(d->partial.sorted, &sorted, err);
        if (st == ASSAY_OK) st = write_sorted(shower, d, sorted, out, err);
        ay_sorted_close(sorted);
    }
    ay_shower_free(shower);
    return st;
}
