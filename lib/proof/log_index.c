#include "proof/log_index.h"

#include "base/mem.h"
#include "proof/merkle.h"

static assay_status hash_entry(ay_hasher *const hashers[AY_LOG_ALGS], ay_str data, ay_log_entry *ret, assay_err *err)
{
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) AY_TRY(ay_merkle_leaf(hashers[alg], data, &ret->hash[alg], err));
    return ASSAY_OK;
}

assay_status ay_log_frame(ay_hasher *const hashers[AY_LOG_ALGS], ay_str data, ay_buf *out, ay_log_entry *ret,
                          assay_err *err)
{
    const uint32_t len = __builtin_bswap32((uint32_t)data.len);
    ret->len = (uint32_t)data.len;
    AY_TRY(hash_entry(hashers, data, ret, err));
    ay_buf_put(out, &len, sizeof len);
    ay_buf_str(out, data);
    ay_buf_put(out, ret->hash, sizeof ret->hash);
    return ay_buf_status(out, err);
}

assay_status ay_log_index_add(ay_log_index *index, const ay_log_entry *entry, assay_err *err)
{
    if (index->n == index->cap) {
        const uint64_t cap = index->cap ? index->cap * 2 : 64;
        ay_log_entry *entries = ay_realloc_array(index->entries, cap, sizeof *entries);
        AY_NOMEM_IF(!entries, err);
        index->entries = entries;
        index->cap = cap;
    }
    index->entries[index->n++] = *entry;
    index->end = entry->at + entry->len + sizeof entry->hash;
    return ASSAY_OK;
}

/* The entry that begins at index->end; *ret_ok false: none does. */
static assay_status scan_entry(const ay_source_at *source, uint64_t size, ay_hasher *const hashers[AY_LOG_ALGS],
                               ay_log_index *index, ay_buf *scratch, bool *ret_ok, assay_err *err)
{
    const uint64_t left = size - index->end;
    uint32_t len;
    ay_log_entry entry = {.at = index->end + sizeof len};
    *ret_ok = false;
    if (left < AY_LOG_FRAME_BYTES) return ASSAY_OK;
    AY_TRY(source->read(source->self, index->end, &len, sizeof len, err));
    entry.len = __builtin_bswap32(len);
    if (entry.len == 0 || entry.len > AY_LOG_ENTRY_BYTES || entry.len > left - AY_LOG_FRAME_BYTES) return ASSAY_OK;
    ay_buf_clear(scratch);
    char *bytes = ay_buf_reserve(scratch, entry.len + sizeof entry.hash);
    AY_NOMEM_IF(!bytes, err);
    AY_TRY(source->read(source->self, entry.at, bytes, entry.len + sizeof entry.hash, err));
    AY_TRY(hash_entry(hashers, (ay_str){bytes, entry.len}, &entry, err));
    if (memcmp(entry.hash, bytes + entry.len, sizeof entry.hash) != 0) return ASSAY_OK;
    *ret_ok = true;
    return ay_log_index_add(index, &entry, err);
}

static assay_status scan(const ay_source_at *source, uint64_t size, ay_hasher *const hashers[AY_LOG_ALGS],
                         ay_log_index *index, assay_err *err)
{
    ay_buf scratch = {0};
    assay_status st = ASSAY_OK;
    for (bool ok = true; ok && st == ASSAY_OK && index->end < size;)
        st = scan_entry(source, size, hashers, index, &scratch, &ok, err);
    ay_buf_free(&scratch);
    return st;
}

assay_status ay_log_scan(const ay_source_at *source, uint64_t size, ay_hasher *const hashers[AY_LOG_ALGS],
                         ay_log_index *ret, assay_err *err)
{
    char head[AY_LOG_HEAD_BYTES];
    const size_t there = size < sizeof head ? (size_t)size : sizeof head;
    if (there > 0) AY_TRY(source->read(source->self, 0, head, there, err));
    AY_FAIL_IF(memcmp(head, AY_LOG_HEAD, there) != 0, err, ASSAY_EFORMAT, "not a run log of version 1",
               "不是版本 1 的运行日志");
    ay_log_index index = {0};
    if (there < sizeof head) { /* what is left of a head that was being written */
        *ret = index;
        return ASSAY_OK;
    }
    index.end = sizeof head;
    const assay_status st = scan(source, size, hashers, &index, err);
    if (st == ASSAY_OK) *ret = index;
    else ay_log_index_free(&index);
    return st;
}

void ay_log_index_free(ay_log_index *index)
{
    ay_free(index->entries);
    *index = (ay_log_index){0};
}
