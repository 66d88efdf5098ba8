#include "run/partial_head.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

#define TEXT_MAX ((size_t)1 << 20) /* of a fact: a query may be long */
#define HEAD_MAX ((uint32_t)64 << 20)

bool ay_partial_is_name(ay_str text)
{
    bool is_name = text.len > 0 && text.len <= AY_PARTIAL_NAME_MAX && ay_utf8_valid(text) == text.len;
    for (size_t at = 0; is_name && at < text.len;) is_name = !ay_unicode_is_control(ay_utf8_next(text, &at));
    return is_name;
}

/* ---- Writing ---- */

static int by_name(const void *a, const void *b)
{
    return ay_str_cmp(((const ay_chunk *)a)->name, ((const ay_chunk *)b)->name);
}

static void put_text(ay_buf *out, const char *text)
{
    ay_buf_sized(out, ay_str_from(text));
}

static void put_digest(ay_buf *out, const ay_digest *digest)
{
    ay_buf_put(out, digest->bytes, sizeof digest->bytes);
}

static void put_head(ay_partial_head *h, ay_buf *out)
{
    put_text(out, h->engine);
    put_text(out, h->dataset);
    put_digest(out, &h->pack);
    put_text(out, h->job);
    put_text(out, h->label);
    ay_buf_u64(out, (uint64_t)h->as_of_us);
    put_digest(out, &h->schema);
    ay_buf_char(out, h->lenient);
    ay_buf_u32(out, h->of);
    for (size_t i = 0; i < AY_FACTS; i++) {
        ay_buf_char(out, (char)h->facts[i].state);
        if (h->facts[i].state == AY_FACT_ONE) put_text(out, h->facts[i].text);
    }
    qsort(h->chunks, h->n_chunks, sizeof *h->chunks, by_name);
    ay_buf_u32(out, h->n_chunks);
    for (uint32_t i = 0; i < h->n_chunks; i++) {
        ay_buf_sized(out, h->chunks[i].name);
        put_digest(out, &h->chunks[i].digest);
    }
}

void ay_partial_head_put(ay_partial_head *head, ay_buf *out)
{
    ay_buf inner = {0};
    put_head(head, &inner);
    ay_buf_put(out, AY_PARTIAL_MAGIC, AY_PARTIAL_MAGIC_SIZE);
    ay_buf_u32(out, AY_PARTIAL_VERSION);
    ay_buf_sized(out, ay_buf_view(&inner));
    if (inner.failed) out->failed = inner.failed;
    ay_buf_free(&inner);
}

/* ---- Reading ---- */

static assay_status take_text(ay_in *in, ay_arena *arena, size_t max, const char **ret, assay_err *err)
{
    ay_str text;
    AY_TRY(ay_in_str(in, max, &text, err));
    if (ay_utf8_valid(text) < text.len || (text.len && memchr(text.ptr, 0, text.len))) return ay_in_damaged(err);
    *ret = ay_arena_copy(arena, text);
    AY_NOMEM_IF(!*ret, err);
    return ASSAY_OK;
}

static assay_status take_name(ay_in *in, ay_arena *arena, bool may_be_empty, const char **ret, assay_err *err)
{
    AY_TRY(take_text(in, arena, AY_PARTIAL_NAME_MAX, ret, err));
    const ay_str name = ay_str_from(*ret);
    return ay_partial_is_name(name) || (may_be_empty && !name.len) ? ASSAY_OK : ay_in_damaged(err);
}

static assay_status take_digest(ay_in *in, ay_digest *ret, assay_err *err)
{
    ay_str bytes;
    AY_TRY(ay_in_take(in, AY_DIGEST_SIZE, &bytes, err));
    memcpy(ret->bytes, bytes.ptr, AY_DIGEST_SIZE);
    return ASSAY_OK;
}

static assay_status take_fact(ay_in *in, ay_arena *arena, ay_fact *ret, assay_err *err)
{
    uint8_t state;
    AY_TRY(ay_in_u8(in, &state, err));
    if (state > AY_FACT_MANY) return ay_in_damaged(err);
    ret->state = (ay_fact_state)state;
    return state == AY_FACT_ONE ? take_text(in, arena, TEXT_MAX, &ret->text, err) : ASSAY_OK;
}

static assay_status take_chunks(ay_in *in, ay_arena *arena, ay_partial_head *h, assay_err *err)
{
    AY_TRY(ay_in_u32(in, &h->n_chunks, err));
    if (h->n_chunks == 0 || h->n_chunks > h->of) return ay_in_damaged(err);
    h->chunks = AY_ARENA_ARRAY(arena, h->n_chunks, ay_chunk);
    AY_NOMEM_IF(!h->chunks, err);
    for (uint32_t i = 0; i < h->n_chunks; i++) {
        const char *name;
        AY_TRY(take_name(in, arena, false, &name, err));
        AY_TRY(take_digest(in, &h->chunks[i].digest, err));
        h->chunks[i].name = ay_str_from(name);
        if (i && by_name(&h->chunks[i - 1], &h->chunks[i]) >= 0) return ay_in_damaged(err);
    }
    return ASSAY_OK;
}

static bool is_kind(const ay_fact *fact)
{
    return fact->state == AY_FACT_ONE &&
           (strcmp(fact->text, "postgres") == 0 || strcmp(fact->text, "file") == 0 || strcmp(fact->text, "push") == 0);
}

static assay_status take_head(ay_in *in, ay_arena *arena, ay_partial_head *h, assay_err *err)
{
    uint64_t as_of;
    uint8_t lenient;
    AY_TRY(take_name(in, arena, false, &h->engine, err));
    AY_TRY(take_text(in, arena, TEXT_MAX, &h->dataset, err));
    AY_TRY(take_digest(in, &h->pack, err));
    AY_TRY(take_name(in, arena, false, &h->job, err));
    AY_TRY(take_name(in, arena, true, &h->label, err));
    AY_TRY(ay_in_u64(in, &as_of, err));
    AY_TRY(take_digest(in, &h->schema, err));
    AY_TRY(ay_in_u8(in, &lenient, err));
    AY_TRY(ay_in_u32(in, &h->of, err));
    if (lenient > 1 || h->of == 0 || h->of > AY_PARTIAL_CHUNKS_MAX) return ay_in_damaged(err);
    h->as_of_us = (int64_t)as_of;
    h->lenient = lenient;
    for (size_t i = 0; i < AY_FACTS; i++) AY_TRY(take_fact(in, arena, &h->facts[i], err));
    if (!is_kind(&h->facts[AY_FACT_KIND]) || h->facts[AY_FACT_PLACE].state == AY_FACT_NONE) return ay_in_damaged(err);
    return take_chunks(in, arena, h, err);
}

assay_status ay_partial_head_take(ay_in *in, ay_arena *arena, ay_partial_head *ret, assay_err *err)
{
    ay_str magic;
    uint32_t version, len;
    *ret = (ay_partial_head){0};
    in->left = AY_PARTIAL_MAGIC_SIZE + 2 * sizeof(uint32_t);
    AY_TRY(ay_in_take(in, AY_PARTIAL_MAGIC_SIZE, &magic, err));
    AY_FAIL_IF(memcmp(magic.ptr, AY_PARTIAL_MAGIC, AY_PARTIAL_MAGIC_SIZE) != 0, err, ASSAY_EFORMAT,
               "not a partial: write one with assay scan", "不是部分结果：请用 assay scan 生成");
    AY_TRY(ay_in_u32(in, &version, err));
    AY_FAIL_IF(version != AY_PARTIAL_VERSION, err, ASSAY_EFORMAT,
               "a partial in format %u, but version %s reads format %d: scan and merge with the same version",
               "部分结果的格式为 %u，而版本 %s 读取格式 %d：请用同一版本扫描与合并", version, assay_version(),
               AY_PARTIAL_VERSION);
    AY_TRY(ay_in_u32(in, &len, err));
    if (len > HEAD_MAX) return ay_in_damaged(err);
    in->left = len;
    AY_TRY(take_head(in, arena, ret, err));
    return in->left == 0 ? ASSAY_OK : ay_in_damaged(err);
}
