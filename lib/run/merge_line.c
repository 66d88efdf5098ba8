/* Partials as lines of base64. */
#include "base/mem.h"
#include "proof/base64.h"
#include "run/merge.h"

bool ay_line_begins(ay_str bytes)
{
    static const char begin[] = "YXNzYXlwcn"; /* the characters that the magic alone decides */
    return bytes.len >= sizeof begin - 1 && memcmp(bytes.ptr, begin, sizeof begin - 1) == 0;
}

static assay_status fill_line(ay_line *l, assay_err *err)
{
    size_t n = 0;
    AY_TRY(l->text->read(l->text->ctx, l->chars + l->n, sizeof l->chars - l->n, &n, err));
    const char *end = memchr(l->chars + l->n, '\n', n);
    l->is_end = n == 0 || end;
    l->n = end ? (size_t)(end - l->chars) : l->n + n;
    return ASSAY_OK;
}

assay_status ay_line_read(void *line, char *to, size_t len, size_t *ret_len, assay_err *err)
{
    ay_line *l = line;
    *ret_len = 0;
    while (l->n < 4 && !l->is_end) AY_TRY(fill_line(l, err));
    if (l->n == 0) return ASSAY_OK;
    const size_t room = len / 3 * 4, units = l->n - l->n % 4, take = units < room ? units : room;
    AY_FAIL_IF(take == 0, err, ASSAY_EFORMAT, "cut off: the end is missing", "不完整：缺少末尾部分");
    if (l->is_padded || !ay_base64_take((ay_str){l->chars, take}, to, ret_len)) return ay_in_damaged(err);
    l->is_padded = *ret_len < ay_base64_room(take);
    l->n -= take;
    memmove(l->chars, l->chars + take, l->n);
    return ASSAY_OK;
}
