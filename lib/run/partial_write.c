/* Writing the partial of a dataset. */
#include "assay/partial.h"

#include "base/mem.h"
#include "base/options.h"
#include "proof/base64.h"
#include "run/digests.h"
#include "run/run.h"

/* ---- The way out: hashed, counted, as bytes or as a line ---- */

#define LINE_UNIT ((size_t)3) /* bytes that make whole characters of base64 */

typedef struct sink {
    assay_write_fn write; /* NULL: nobody wants the bytes */
    void *ctx;
    bool is_line;
    ay_hasher *hasher;
    uint64_t n;
    char rest[LINE_UNIT]; /* of a line: not encoded yet */
    size_t n_rest;
    ay_buf encoded;
    assay_err err; /* of a failure that is not the writer's */
} sink;

static int hand_over(sink *s)
{
    if (ay_buf_status(&s->encoded, &s->err) != ASSAY_OK) return 1;
    const int code = s->encoded.len ? s->write(s->ctx, s->encoded.ptr, s->encoded.len) : 0;
    ay_buf_clear(&s->encoded);
    return code;
}

static int write_line(sink *s, ay_str bytes)
{
    while (s->n_rest && s->n_rest < LINE_UNIT && bytes.len) {
        s->rest[s->n_rest++] = bytes.ptr[0];
        bytes = ay_str_slice(bytes, 1, bytes.len);
    }
    if (s->n_rest == LINE_UNIT) {
        ay_base64_put((ay_str){s->rest, LINE_UNIT}, &s->encoded);
        s->n_rest = 0;
    }
    const size_t whole = bytes.len - bytes.len % LINE_UNIT;
    ay_base64_put(ay_str_slice(bytes, 0, whole), &s->encoded);
    for (size_t i = whole; i < bytes.len; i++) s->rest[s->n_rest++] = bytes.ptr[i];
    return hand_over(s);
}

static int end_line(sink *s)
{
    ay_base64_put((ay_str){s->rest, s->n_rest}, &s->encoded);
    ay_buf_char(&s->encoded, '\n');
    return hand_over(s);
}

static int pass(sink *s, ay_str bytes)
{
    if (!s->write) return 0;
    return s->is_line ? write_line(s, bytes) : s->write(s->ctx, bytes.ptr, bytes.len);
}

static int put(void *ctx, const void *bytes, size_t len)
{
    sink *s = ctx;
    const ay_str piece = {bytes, len};
    s->n += len;
    if (ay_hasher_put(s->hasher, piece, &s->err) != ASSAY_OK) return 1;
    return pass(s, piece);
}

/* What the stream takes for a writer that refuses may have been something else. */
static assay_status cause(const sink *s, assay_status status, assay_err *err)
{
    if (status != ASSAY_EIO || s->err.code == ASSAY_OK) return status;
    if (err) *err = s->err;
    return s->err.code;
}

static assay_status refused(const sink *s, assay_err *err)
{
    return cause(s, ay_fail(err, ASSAY_EIO, "the output could not be written", "无法写出结果"), err);
}

/* ---- The head ---- */

static assay_status check_name(const char *what, const char *what_zh, const char *name, assay_err *err)
{
    AY_FAIL_IF(!name || !ay_partial_is_name(ay_str_from(name)), err, ASSAY_EUSAGE,
               "the name of the %1$s must have 1 to %3$d bytes, UTF-8 without control characters%2$.0s",
               "%1$.0s%2$s名称应为 1 至 %3$d 字节的 UTF-8 文本，不含控制字符", what, what_zh, AY_PARTIAL_NAME_MAX);
    return ASSAY_OK;
}

static assay_status check_options(const assay_partial_options *o, assay_err *err)
{
    AY_TRY(check_name("job", "作业", o->job, err));
    AY_TRY(check_name("chunk", "分块", o->chunk, err));
    if (o->label && o->label[0]) AY_TRY(check_name("snapshot", "快照", o->label, err));
    AY_FAIL_IF(o->of == 0 || o->of > AY_PARTIAL_CHUNKS_MAX, err, ASSAY_EUSAGE, "a dataset has 1 to %d chunks, not %u",
               "一个数据集可分为 1 至 %d 块，不能为 %u", AY_PARTIAL_CHUNKS_MAX, o->of);
    AY_FAIL_IF(o->place && strlen(o->place) > AY_PARTIAL_PLACE_MAX, err, ASSAY_EUSAGE,
               "the name of the place is longer than %d bytes", "来源名称超过 %d 字节", AY_PARTIAL_PLACE_MAX);
    return ASSAY_OK;
}

static assay_status check_run(const assay_run *run, const ay_dataset_run *d, assay_err *err)
{
    AY_FAIL_IF(d->fed != AY_FED, err, ASSAY_EUSAGE, "dataset %s was not read: there is nothing to write",
               "数据集 %s 尚未读取：没有可写的内容", d->plan.dataset->name);
    AY_FAIL_IF(d->plan.n_rules != d->plan.dataset->n_rules, err, ASSAY_EUSAGE,
               "a partial is of all rules: leave out `rules`", "部分结果须包含全部规则：请不要指定 rules");
    AY_FAIL_IF(d->plan.proving, err, ASSAY_EUSAGE,
               "a partial carries no leaves: read the whole dataset in one run for a proof",
               "部分结果不含存证的叶：需要存证时请在一次运行中读取整个数据集");
    AY_FAIL_IF(run->counts_only, err, ASSAY_EUSAGE, "a partial is of findings, too: leave out `counts_only`",
               "部分结果须包含问题记录：请不要指定 counts_only");
    AY_FAIL_IF(!run->has_as_of, err, ASSAY_EUSAGE, "name the moment that all chunks are looked at from (as_of)",
               "请指定所有分块共用的基准时间（as_of）");
    return ASSAY_OK;
}

static ay_fact fact_of(const char *text)
{
    return (ay_fact){text ? AY_FACT_ONE : AY_FACT_NONE, text};
}

static void fill_facts(const ay_reading_facts *from, const char *place, ay_fact *to)
{
    to[AY_FACT_KIND] = fact_of(from->kind);
    to[AY_FACT_PLACE] = fact_of(place ? place : from->place);
    to[AY_FACT_SERVER] = fact_of(from->server_version);
    to[AY_FACT_DATABASE] = fact_of(from->database);
    to[AY_FACT_SNAPSHOT] = fact_of(from->snapshot);
    to[AY_FACT_LSN] = fact_of(from->lsn);
}

/* Of a dataset that was read here. `chunk` is lent to the head. */
static assay_status new_head(const assay_run *run, const ay_dataset_run *d, const assay_partial_options *o,
                             ay_chunk *chunk, ay_partial_head *ret, assay_err *err)
{
    char hex[65];
    AY_TRY(check_options(o, err));
    AY_TRY(ay_pack_digest(run->pack, hex, err));
    *ret = (ay_partial_head){.engine = assay_version(),
                             .dataset = d->plan.dataset->name,
                             .job = o->job,
                             .label = o->label ? o->label : "",
                             .schema = d->partial.schema,
                             .as_of_us = run->context->as_of_us,
                             .lenient = d->facts.lenient,
                             .of = o->of,
                             .chunks = chunk,
                             .n_chunks = 1};
    (void)ay_hex_take((ay_str){hex, 64}, ret->pack.bytes, AY_DIGEST_SIZE);
    chunk->name = ay_str_from(o->chunk);
    fill_facts(&d->facts, o->place, ret->facts);
    return ASSAY_OK;
}

/* ---- Writing ---- */

/* The body into the sink, hashed from its beginning. */
static assay_status save_body(ay_dataset_run *d, sink *s, assay_err *err)
{
    ay_stream out = {.write = put, .ctx = s};
    const assay_status status = ay_partial_save(&d->partial, &out, err);
    ay_buf_free(&out.buf);
    return cause(s, status, err);
}

/* Once for its length and digest, which stand before it. */
static assay_status measure(ay_dataset_run *d, ay_hasher *hasher, uint64_t *ret_len, ay_digest *ret, assay_err *err)
{
    sink s = {.hasher = hasher};
    AY_TRY(ay_hasher_begin(hasher, err));
    AY_TRY(save_body(d, &s, err));
    *ret_len = s.n;
    return ay_hasher_end(hasher, ret, err);
}

static assay_status put_all(ay_partial_head *head, ay_dataset_run *d, uint64_t body_len, sink *s, assay_err *err)
{
    ay_digest all;
    AY_CLEANUP(ay_buf_free) ay_buf front = {0};
    ay_partial_head_put(head, &front);
    ay_buf_u64(&front, body_len);
    AY_TRY(ay_buf_status(&front, err));
    AY_TRY(ay_hasher_begin(s->hasher, err));
    if (put(s, front.ptr, front.len) != 0) return refused(s, err);
    AY_TRY(save_body(d, s, err));
    AY_TRY(ay_hasher_end(s->hasher, &all, err));
    const bool is_out = pass(s, (ay_str){(const char *)all.bytes, sizeof all.bytes}) == 0;
    return is_out && (!s->is_line || end_line(s) == 0) ? ASSAY_OK : refused(s, err);
}

static assay_status write_partial(assay_run *run, ay_dataset_run *d, const assay_partial_options *o, sink *s,
                                  assay_err *err)
{
    ay_partial_head head;
    ay_chunk chunk;
    ay_digest digest;
    uint64_t body_len;
    if (d->origin) head = d->origin->head;
    else AY_TRY(new_head(run, d, o, &chunk, &head, err));
    AY_TRY(measure(d, s->hasher, &body_len, &digest, err));
    if (!d->origin) chunk.digest = digest;
    s->is_line = o->line != 0;
    return put_all(&head, d, body_len, s, err);
}

static assay_status run_partial(assay_run *run, const char *dataset, const assay_partial_options *options, sink *s,
                                assay_err *err)
{
    assay_partial_options o = {0};
    ay_dataset_run *d = NULL;
    AY_TRY(ay_take_options(&o, sizeof o, sizeof o, options, err));
    AY_TRY(ay_run_find(run, dataset, &d, err));
    AY_TRY(check_run(run, d, err));
    AY_TRY(ay_hasher_open(AY_SHA256, AY_PROVIDER_EVP, &s->hasher, err));
    AY_TRY(write_partial(run, d, &o, s, err));
    d->fed = AY_WRITTEN;
    return ASSAY_OK;
}

assay_status assay_run_partial(assay_run *run, const char *dataset, const assay_partial_options *options,
                               assay_write_fn write, void *ctx, assay_err *err)
{
    sink s = {.write = write, .ctx = ctx};
    const assay_status status = ay_run_ended(run, run_partial(run, dataset, options, &s, err));
    ay_hasher_free(s.hasher);
    ay_buf_free(&s.encoded);
    return status;
}
