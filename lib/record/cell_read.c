/* Reading one text as a type. */
#include <assert.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "record/batch.h"
#include "record/json_check.h"

#define UUID_BYTES 16
#define UUID_TEXT  36

typedef struct reason {
    const char *en, *zh; /* en NULL: it was read */
} reason;

static const reason fine = {NULL, NULL};
static const reason not_bool = {"not true or false", "不是布尔值（true 或 false）"};
static const reason not_int = {"not a whole number", "不是整数"};
static const reason int_range = {"a whole number beyond 64 bits", "整数超出 64 位的范围"};
static const reason not_number = {"not a number", "不是数字"};
static const reason dec_range = {"a number of more than 38 digits", "数字超过 38 位"};
static const reason float_range = {"a number out of the range of floating point", "数字超出浮点数的范围"};
static const reason not_uuid = {"not a UUID", "不是 UUID"};
static const reason not_bytes = {"not bytes in the form \\x and pairs of hex digits",
                                 "不是 \\x 加十六进制数对形式的字节串"};
static const reason not_json = {"not JSON", "不是 JSON"};
static const reason no_memory = {"out of memory", "内存不足"};

typedef struct job {
    ay_str text;
    const ay_zone *zone;
    ay_arena *heap;
    void *to; /* of the type's storage */
} job;

typedef reason (*read_fn)(const job *j);

static reason put_text(const job *j, ay_str text)
{
    *(ay_str *)j->to = text;
    return fine;
}

static reason read_text(const job *j)
{
    return put_text(j, j->text);
}

static reason read_bool(const job *j)
{
    static const char *const yes[] = {"t", "true", "1", "y", "yes", "on"}, *const no[] = {"f", "false", "0",
                                                                                          "n", "no",    "off"};
    for (size_t i = 0; i < AY_COUNT(yes); i++) {
        const bool is_yes = ay_is_word(j->text, yes[i]);
        if (!is_yes && !ay_is_word(j->text, no[i])) continue;
        *(int64_t *)j->to = is_yes;
        return fine;
    }
    return not_bool;
}

static reason of_number(ay_num_status status, reason syntax, reason range)
{
    if (status == AY_NUM_OK) return fine;
    return status == AY_NUM_RANGE ? range : syntax;
}

static reason read_int(const job *j)
{
    return of_number(ay_i64_parse(j->text, j->to), not_int, int_range);
}

static reason read_dec(const job *j)
{
    return of_number(ay_dec_parse(j->text, j->to), not_number, dec_range);
}

static reason read_float(const job *j)
{
    return of_number(ay_f64_parse(j->text, j->to), not_number, float_range);
}

static int hex_digit(char c)
{
    const char lower = ay_to_lower(c);
    if (ay_is_digit(c)) return c - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Two hex digits as a byte; false: they are not. */
static bool take_byte(const char *at, char *ret)
{
    const int high = hex_digit(at[0]), low = hex_digit(at[1]);
    if (high < 0 || low < 0) return false;
    *ret = (char)(high << 4 | low);
    return true;
}

static reason read_uuid(const job *j)
{
    char bytes[UUID_BYTES];
    if (j->text.len != UUID_TEXT) return not_uuid;
    for (size_t i = 0, n = 0; i < UUID_TEXT;) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (j->text.ptr[i++] != '-') return not_uuid;
            continue;
        }
        if (!take_byte(j->text.ptr + i, &bytes[n++])) return not_uuid;
        i += 2;
    }
    char *kept = ay_arena_bytes(j->heap, UUID_BYTES);
    if (!kept) return no_memory;
    memcpy(kept, bytes, UUID_BYTES);
    return put_text(j, (ay_str){kept, UUID_BYTES});
}

static reason read_bytes(const job *j)
{
    const ay_str text = j->text;
    if (text.len < 2 || text.len % 2 || text.ptr[0] != '\\' || text.ptr[1] != 'x') return not_bytes;
    const size_t n = text.len / 2 - 1;
    char *bytes = ay_arena_bytes(j->heap, n);
    if (!bytes) return no_memory;
    for (size_t i = 0; i < n; i++) {
        if (!take_byte(text.ptr + 2 + 2 * i, &bytes[i])) return not_bytes;
    }
    return put_text(j, (ay_str){bytes, n});
}

static reason read_json(const job *j)
{
    if (!ay_json_valid(j->text)) return not_json;
    return read_text(j);
}

static reason of_time(ay_time_status status)
{
    if (status == AY_TIME_OK) return fine;
    return (reason){ay_time_reason(status, false), ay_time_reason(status, true)};
}

static reason read_date(const job *j)
{
    return of_time(ay_date_parse(j->text, j->to));
}

static reason read_time(const job *j)
{
    return of_time(ay_time_parse(j->text, j->to));
}

static reason read_timetz(const job *j)
{
    return of_time(ay_timetz_parse(j->text, j->to));
}

static reason read_timestamp(const job *j)
{
    return of_time(ay_timestamp_parse(j->text, j->to));
}

static reason read_timestamptz(const job *j)
{
    return of_time(ay_timestamptz_parse(j->text, j->zone, j->to));
}

static reason read_interval(const job *j)
{
    return of_time(ay_interval_parse(j->text, j->to));
}

static const read_fn readers[] = {
    [AY_TEXT] = read_text,
    [AY_BOOL] = read_bool,
    [AY_INT] = read_int,
    [AY_DEC] = read_dec,
    [AY_FLOAT] = read_float,
    [AY_DATE] = read_date,
    [AY_TIME] = read_time,
    [AY_TIMETZ] = read_timetz,
    [AY_TIMESTAMP] = read_timestamp,
    [AY_TIMESTAMPTZ] = read_timestamptz,
    [AY_INTERVAL] = read_interval,
    [AY_UUID] = read_uuid,
    [AY_BYTES] = read_bytes,
    [AY_JSON] = read_json,
    [AY_JSONB] = read_json,
};
_Static_assert(AY_COUNT(readers) == AY_TYPE_COUNT, "a reader for every type");

static reason read_value(ay_str text, ay_type type, const ay_zone *zone, ay_arena *heap, void *to)
{
    assert(type < AY_TYPE_COUNT);
    return readers[type](&(job){text, zone, heap, to});
}

static assay_status status_of(reason why)
{
    return why.en == no_memory.en ? ASSAY_ENOMEM : ASSAY_OK;
}

bool ay_value_read(ay_str text, ay_type type, const ay_zone *zone, ay_arena *heap, void *to, assay_status *ret_status)
{
    const reason why = read_value(text, type, zone, heap, to);
    *ret_status = status_of(why);
    return !why.en;
}

bool ay_cell_read(ay_str text, ay_type type, const ay_zone *zone, ay_arena *heap, ay_cell *ret,
                  const char **ret_reason_en, const char **ret_reason_zh, assay_status *ret_status)
{
    *ret = (ay_cell){.type = type, .raw = text};
    const reason why = read_value(text, type, zone, heap, &ret->v);
    ret->is_bad = why.en != NULL;
    if (ret_reason_en) *ret_reason_en = why.en;
    if (ret_reason_zh) *ret_reason_zh = why.zh;
    if (ret_status) *ret_status = status_of(why);
    return !ret->is_bad;
}
