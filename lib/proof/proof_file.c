#include "proof/proof_file.h"

#include "base/mem.h"
#include "proof/base64.h"
#include "proof/lines.h"
#include "proof/proof_lines.h"

#define TITLE "assay-proof@v1"

/* ---- Writing ---- */

static void put_bytes(const char *word, const void *bytes, size_t len, ay_buf *out)
{
    ay_buf_text(out, word);
    ay_buf_char(out, ' ');
    ay_hex_put((ay_str){bytes, len}, out);
    ay_buf_char(out, '\n');
}

static void put_blob(const char *word, ay_str bytes, ay_buf *out)
{
    ay_buf_text(out, word);
    ay_buf_char(out, ' ');
    ay_base64_put(bytes, out);
    ay_buf_char(out, '\n');
}

static void put_hashes(const char *word, const ay_digest *hashes, uint32_t n, ay_buf *out)
{
    for (uint32_t i = 0; i < n; i++) {
        ay_buf_text(out, word);
        ay_buf_char(out, ' ');
        ay_hash_put(&hashes[i], out);
    }
}

assay_status ay_proof_put(const ay_proof *proof, ay_buf *out, assay_err *err)
{
    const ay_snapshot_proof *place = &proof->place;
    const ay_leaf_proof *leaf = &place->leaves[0];
    const bool ok = place->has[0] && !place->has[1] && leaf->n <= AY_MERKLE_DEPTH_MAX &&
                    place->n_top <= AY_SNAPSHOT_B_MAX && proof->record.len > 0 && proof->manifest.len > 0;
    AY_FAIL_IF(!ok, err, ASSAY_EUSAGE, "a proof is for one record of one manifest", "证明文件针对一份清单中的一条记录");
    ay_buf_printf(out, TITLE "\nalg %s\n", ay_alg_name(proof->alg));
    put_blob("record", proof->record, out);
    put_bytes("kh", leaf->leaf.kh, AY_KH_SIZE, out);
    put_bytes("salt", proof->salt.bytes, AY_SALT_SIZE, out);
    ay_buf_printf(out, "bucket %u %u %llu\nleaf %llu\n", place->bucket, proof->bucket_bits,
                  (unsigned long long)place->count, (unsigned long long)leaf->position);
    put_hashes("path", leaf->path, leaf->n, out);
    put_hashes("top", place->top, place->n_top, out);
    put_blob("manifest", proof->manifest, out);
    return ay_tlog_proof_put(&proof->log, out, err);
}

/* ---- Reading ---- */

typedef struct reader {
    ay_str rest;
    ay_arena *arena;
    const char *word; /* the one being read */
    bool no_memory;
} reader;

static bool take(reader *r, const char *word, ay_str *ret)
{
    r->word = word;
    return ay_field_take(&r->rest, word, ret);
}

static bool take_blob(reader *r, const char *word, ay_str *ret)
{
    ay_str value;
    return take(r, word, &value) && ay_blob_take(value, r->arena, ret, &r->no_memory);
}

static bool take_bytes(reader *r, const char *word, unsigned char *to, size_t n)
{
    ay_str value;
    return take(r, word, &value) && ay_hex_take(value, to, n);
}

static bool take_alg(reader *r, ay_alg *ret)
{
    ay_str value;
    return take(r, "alg", &value) && ay_alg_from_name(value, ret);
}

static bool take_u32(ay_str *line, uint32_t *ret)
{
    ay_str word;
    uint64_t v;
    if (!ay_word_take(line, &word) || !ay_count_take(word, &v) || v > UINT32_MAX) return false;
    *ret = (uint32_t)v;
    return true;
}

static bool take_bucket(reader *r, ay_proof *proof)
{
    ay_str line;
    return take(r, "bucket", &line) && take_u32(&line, &proof->place.bucket) && take_u32(&line, &proof->bucket_bits) &&
           ay_count_take(line, &proof->place.count);
}

static bool take_position(reader *r, uint64_t *ret)
{
    ay_str value;
    return take(r, "leaf", &value) && ay_count_take(value, ret);
}

/* All lines of this word, of which there may be none. */
static bool take_hashes(reader *r, const char *word, ay_digest *to, uint32_t max, uint32_t *ret_n)
{
    ay_str value;
    for (*ret_n = 0; take(r, word, &value); ++*ret_n)
        if (*ret_n == max || !ay_hash_take(value, &to[*ret_n])) return false;
    return true;
}

static bool take_all(reader *r, ay_proof *proof)
{
    ay_snapshot_proof *place = &proof->place;
    ay_leaf_proof *leaf = &place->leaves[0];
    place->has[0] = true;
    return take_alg(r, &proof->alg) && take_blob(r, "record", &proof->record) &&
           take_bytes(r, "kh", leaf->leaf.kh, AY_KH_SIZE) && take_bytes(r, "salt", proof->salt.bytes, AY_SALT_SIZE) &&
           take_bucket(r, proof) && take_position(r, &leaf->position) &&
           take_hashes(r, "path", leaf->path, AY_MERKLE_DEPTH_MAX, &leaf->n) &&
           take_hashes(r, "top", place->top, AY_SNAPSHOT_B_MAX, &place->n_top) &&
           take_blob(r, "manifest", &proof->manifest);
}

assay_status ay_proof_take(ay_str text, ay_arena *arena, ay_proof *ret, assay_err *err)
{
    reader r = {.rest = text, .arena = arena, .word = TITLE};
    ay_str title;
    AY_FAIL_IF(text.len > AY_PROOF_BYTES, err, ASSAY_ELIMIT, "proof: more than %zu bytes", "证明文件：超过 %zu 字节",
               AY_PROOF_BYTES);
    memset(ret, 0, sizeof *ret);
    const bool ok = ay_line_take(&r.rest, &title) && ay_str_is(title, TITLE) && take_all(&r, ret);
    AY_NOMEM_IF(r.no_memory, err);
    AY_FAIL_IF(!ok, err, ASSAY_EFORMAT, "proof: '%s' is missing or not of its form", "证明文件：“%s”缺失或形式不正确",
               r.word);
    return ay_tlog_proof_take(r.rest, arena, &ret->log, err);
}
