#include "proof/proof_file.h"

#include "base/mem.h"
#include "proof/base64.h"
#include "proof/lines.h"
#include "proof/proof_lines.h"

#define TITLE "assay-proof@v1"

static const char *const neighbours[] = {"below", "above"};

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

static bool can_put(const ay_proof *proof)
{
    const ay_snapshot_proof *place = &proof->place;
    bool ok = place->n_top <= AY_SNAPSHOT_B_MAX && proof->manifest.len > 0;
    for (unsigned i = 0; i < 2; i++)
        if (place->has[i]) ok = ok && place->leaves[i].n <= AY_MERKLE_DEPTH_MAX && proof->openings[i].record.len > 0;
    return ok && (proof->is_absence || (place->has[0] && !place->has[1]));
}

static void put_opening(const ay_proof *proof, unsigned i, ay_buf *out)
{
    put_blob("record", proof->openings[i].record, out);
    put_bytes("kh", proof->place.leaves[i].leaf.kh, AY_KH_SIZE, out);
    put_bytes("salt", proof->openings[i].salt.bytes, AY_SALT_SIZE, out);
}

static void put_bucket(const ay_proof *proof, ay_buf *out)
{
    const ay_snapshot_proof *place = &proof->place;
    ay_buf_printf(out, "bucket %u %u %llu\n", place->bucket, proof->bucket_bits, (unsigned long long)place->count);
}

static void put_presence(const ay_proof *proof, ay_buf *out)
{
    const ay_leaf_proof *leaf = &proof->place.leaves[0];
    put_opening(proof, 0, out);
    put_bucket(proof, out);
    ay_buf_printf(out, "leaf %llu\n", (unsigned long long)leaf->position);
    put_hashes("path", leaf->path, leaf->n, out);
}

static void put_absence(const ay_proof *proof, ay_buf *out)
{
    put_bytes("absent", proof->absent, AY_KH_SIZE, out);
    put_bucket(proof, out);
    for (unsigned i = 0; i < 2; i++) {
        const ay_leaf_proof *leaf = &proof->place.leaves[i];
        if (!proof->place.has[i]) continue;
        ay_buf_printf(out, "%s %llu\n", neighbours[i], (unsigned long long)leaf->position);
        put_opening(proof, i, out);
        put_hashes("path", leaf->path, leaf->n, out);
    }
}

assay_status ay_proof_put(const ay_proof *proof, ay_buf *out, assay_err *err)
{
    AY_FAIL_IF(!can_put(proof), err, ASSAY_EUSAGE, "a proof is for one record of one manifest, or for the lack of one",
               "证明文件针对一份清单中的一条记录，或其不存在");
    ay_buf_printf(out, TITLE "\nalg %s\n", ay_alg_name(proof->alg));
    if (proof->is_absence) put_absence(proof, out);
    else put_presence(proof, out);
    put_hashes("top", proof->place.top, proof->place.n_top, out);
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

static bool take_position(reader *r, const char *word, uint64_t *ret)
{
    ay_str value;
    return take(r, word, &value) && ay_count_take(value, ret);
}

/* All lines of this word, of which there may be none. */
static bool take_hashes(reader *r, const char *word, ay_digest *to, uint32_t max, uint32_t *ret_n)
{
    ay_str value;
    for (*ret_n = 0; take(r, word, &value); ++*ret_n)
        if (*ret_n == max || !ay_hash_take(value, &to[*ret_n])) return false;
    return true;
}

static bool take_path(reader *r, ay_leaf_proof *leaf)
{
    return take_hashes(r, "path", leaf->path, AY_MERKLE_DEPTH_MAX, &leaf->n);
}

static bool take_opening(reader *r, ay_proof *proof, unsigned i)
{
    return take_blob(r, "record", &proof->openings[i].record) &&
           take_bytes(r, "kh", proof->place.leaves[i].leaf.kh, AY_KH_SIZE) &&
           take_bytes(r, "salt", proof->openings[i].salt.bytes, AY_SALT_SIZE);
}

static bool take_presence(reader *r, ay_proof *proof)
{
    ay_leaf_proof *leaf = &proof->place.leaves[0];
    proof->place.has[0] = true;
    return take_opening(r, proof, 0) && take_bucket(r, proof) && take_position(r, "leaf", &leaf->position) &&
           take_path(r, leaf);
}

/* A neighbour, or none. */
static bool take_neighbour(reader *r, ay_proof *proof, unsigned i)
{
    ay_leaf_proof *leaf = &proof->place.leaves[i];
    ay_str value;
    proof->place.has[i] = take(r, neighbours[i], &value);
    return !proof->place.has[i] ||
           (ay_count_take(value, &leaf->position) && take_opening(r, proof, i) && take_path(r, leaf));
}

static bool take_place(reader *r, ay_proof *proof)
{
    ay_str value;
    proof->is_absence = take(r, "absent", &value);
    if (!proof->is_absence) return take_presence(r, proof);
    return ay_hex_take(value, proof->absent, AY_KH_SIZE) && take_bucket(r, proof) && take_neighbour(r, proof, 0) &&
           take_neighbour(r, proof, 1);
}

static bool take_all(reader *r, ay_proof *proof)
{
    ay_snapshot_proof *place = &proof->place;
    return take_alg(r, &proof->alg) && take_place(r, proof) &&
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
