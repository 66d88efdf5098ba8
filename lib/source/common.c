#include "source/common.h"

#include <inttypes.h>

#include "base/utf8.h"

/* Append as much of `from` as fits, cut between two characters. */
static void append(char *to, size_t size, const char *from)
{
    const size_t len = strlen(to);
    ay_str s = ay_str_from(from);
    if (s.len >= size - len) s.len = ay_utf8_valid((ay_str){from, size - len - 1});
    memcpy(to + len, s.ptr, s.len);
    to[len + s.len] = '\0';
}

assay_status ay_fail_in(assay_err *err, const assay_err *where, const assay_err *why, uint64_t line)
{
    assay_err made = {.code = why->code, .line = line > UINT32_MAX ? UINT32_MAX : (uint32_t)line};
    append(made.text, sizeof made.text, where->text);
    append(made.text, sizeof made.text, ": ");
    append(made.text, sizeof made.text, why->text);
    append(made.text_zh, sizeof made.text_zh, where->text_zh);
    append(made.text_zh, sizeof made.text_zh, "：");
    append(made.text_zh, sizeof made.text_zh, why->text_zh);
    if (err) *err = made;
    return made.code;
}

assay_status ay_decoder_fail(ay_place place, const assay_err *why, assay_err *err)
{
    assay_err where;
    if (place.line && !place.record) (void)ay_fail(&where, why->code, "line %" PRIu64, "第 %" PRIu64 " 行", place.line);
    else if (place.line)
        (void)ay_fail(&where, why->code, "line %" PRIu64 ", record %" PRIu64,
                      "第 %" PRIu64 " 行，第 %" PRIu64 " 条记录", place.line, place.record);
    else (void)ay_fail(&where, why->code, "record %" PRIu64, "第 %" PRIu64 " 条记录", place.record);
    return ay_fail_in(err, &where, why, place.line);
}

assay_status ay_decoder_refuse(const ay_decoder *d, ay_place place, const assay_err *why, assay_err *err)
{
    if (!d->on_reject) return ay_decoder_fail(place, why, err);
    ay_reject reject = {.record = place.record, .line = place.line, .byte_offset = place.offset, .code = why->code};
    append(reject.reason, sizeof reject.reason, why->text);
    append(reject.reason_zh, sizeof reject.reason_zh, why->text_zh);
    return d->on_reject(d->reject_ctx, &reject, err);
}

void ay_decoder_begin_record(ay_decoder *d, size_t bytes)
{
    d->records++;
    if (d->batch.rows == 0) {
        d->batch.first_record = d->records;
        d->bytes = 0;
    }
    d->bytes += bytes;
}

size_t ay_text_valid(ay_str s)
{
    if (ay_utf8_is_text(s)) return s.len;
    const size_t valid = ay_utf8_valid(s);
    const char *nul = memchr(s.ptr, 0, valid);
    return nul ? (size_t)(nul - s.ptr) : valid;
}
