/* Any bytes as the entries of a run log: no run log, or entries that, framed again, are the bytes up to where they end.
 * Nobody guesses the hashes of an entry, so where the first byte is odd the rest are entries, parted by line feeds,
 * that are framed here and cut short by half of that byte. */
#include <stdlib.h>

#include "proof/log_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool ok)
{
    if (!ok) abort();
}

static assay_status read_bytes(void *self, uint64_t at, void *to, size_t len, assay_err *err)
{
    const ay_str *bytes = self;
    (void)err;
    require(len <= bytes->len && at <= bytes->len - len);
    memcpy(to, bytes->ptr + at, len);
    return ASSAY_OK;
}

static void put_frames(ay_hasher *const hashers[AY_LOG_ALGS], ay_str lines, ay_buf *out)
{
    ay_buf_text(out, AY_LOG_HEAD);
    for (size_t from = 0; from < lines.len;) {
        const char *end = memchr(lines.ptr + from, '\n', lines.len - from);
        const size_t to = end ? (size_t)(end - lines.ptr) : lines.len;
        ay_log_entry entry;
        require(ay_log_frame(hashers, ay_str_slice(lines, from, to), out, &entry, NULL) == ASSAY_OK);
        from = to + 1;
    }
}

static void check(ay_hasher *const hashers[AY_LOG_ALGS], ay_str bytes)
{
    ay_log_index index = {0};
    ay_buf again = {0};
    const ay_source_at source = {read_bytes, &bytes};
    if (ay_log_scan(&source, bytes.len, hashers, &index, NULL) == ASSAY_OK && index.end > 0) {
        ay_buf_text(&again, AY_LOG_HEAD);
        for (uint64_t i = 0; i < index.n; i++) {
            ay_log_entry entry;
            const ay_str data = ay_str_slice(bytes, index.entries[i].at, index.entries[i].at + index.entries[i].len);
            require(ay_log_frame(hashers, data, &again, &entry, NULL) == ASSAY_OK);
        }
        require(again.len == index.end && ay_str_eq(ay_buf_view(&again), ay_str_slice(bytes, 0, index.end)));
    }
    ay_log_index_free(&index);
    ay_buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    ay_hasher *hashers[AY_LOG_ALGS] = {NULL};
    ay_buf framed = {0};
    if (len == 0) return 0;
    for (int alg = 0; alg < AY_LOG_ALGS; alg++)
        require(ay_hasher_open((ay_alg)alg, AY_PROVIDER_EVP, &hashers[alg], NULL) == ASSAY_OK);
    const ay_str rest = {(const char *)data + 1, len - 1};
    if (data[0] & 1) {
        put_frames(hashers, rest, &framed);
        const size_t cut = data[0] >> 1;
        check(hashers, (ay_str){framed.ptr, cut < framed.len ? framed.len - cut : 0});
    } else {
        check(hashers, rest);
    }
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) ay_hasher_free(hashers[alg]);
    ay_buf_free(&framed);
    return 0;
}
