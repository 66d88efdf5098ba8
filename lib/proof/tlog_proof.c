#include "proof/tlog_proof.h"

#include "base/mem.h"
#include "proof/base64.h"
#include "proof/lines.h"
#include "proof/proof_lines.h"

#define TITLE "c2sp.org/tlog-proof@v1"

bool ay_field_take(ay_str *rest, const char *word, ay_str *ret)
{
    ay_str after = *rest, line;
    const size_t len = strlen(word);
    if (!ay_line_take(&after, &line) || line.len <= len + 1) return false;
    if (memcmp(line.ptr, word, len) != 0 || line.ptr[len] != ' ') return false;
    *ret = ay_str_slice(line, len + 1, line.len);
    *rest = after;
    return true;
}

bool ay_hash_take(ay_str base64, ay_digest *ret)
{
    char bytes[AY_DIGEST_SIZE + 1];
    size_t len = 0;
    if (base64.len != 44 || !ay_base64_take(base64, bytes, &len)) return false;
    return ay_digest_from((ay_str){bytes, len}, ret);
}

void ay_hash_put(const ay_digest *hash, ay_buf *out)
{
    ay_base64_put((ay_str){(const char *)hash->bytes, AY_DIGEST_SIZE}, out);
    ay_buf_char(out, '\n');
}

bool ay_blob_take(ay_str base64, ay_arena *arena, ay_str *ret, bool *ret_nomem)
{
    char *bytes = ay_arena_bytes(arena, ay_base64_room(base64.len));
    size_t len = 0;
    *ret_nomem = !bytes;
    if (!bytes || !ay_base64_take(base64, bytes, &len)) return false;
    *ret = (ay_str){bytes, len};
    return true;
}

assay_status ay_tlog_proof_put(const ay_tlog_proof *proof, ay_buf *out, assay_err *err)
{
    AY_FAIL_IF(proof->n > AY_MERKLE_DEPTH_MAX || proof->note.len == 0, err, ASSAY_EUSAGE,
               "log proof: a path has at most %d hashes, and a note stands behind it",
               "日志证明：路径最多 %d 个哈希，其后须有签名文本", AY_MERKLE_DEPTH_MAX);
    ay_buf_text(out, TITLE "\n");
    if (proof->extra.ptr) {
        ay_buf_text(out, "extra ");
        ay_base64_put(proof->extra, out);
        ay_buf_char(out, '\n');
    }
    ay_buf_printf(out, "index %llu\n", (unsigned long long)proof->index);
    for (uint32_t i = 0; i < proof->n; i++) ay_hash_put(&proof->path[i], out);
    ay_buf_char(out, '\n');
    ay_buf_str(out, proof->note);
    return ay_buf_status(out, err);
}

/* Hashes up to the blank line, which is taken too. */
static bool take_path(ay_str *rest, ay_digest *path, uint32_t *ret_n)
{
    ay_str line;
    for (*ret_n = 0; ay_line_take(rest, &line); ++*ret_n) {
        if (line.len == 0) return true;
        if (*ret_n == AY_MERKLE_DEPTH_MAX || !ay_hash_take(line, &path[*ret_n])) return false;
    }
    return false;
}

assay_status ay_tlog_proof_take(ay_str text, ay_arena *arena, ay_tlog_proof *ret, assay_err *err)
{
    ay_tlog_proof proof = {0};
    ay_str rest = text, line;
    bool no_memory = false;
    ay_digest *path = AY_ARENA_ARRAY(arena, AY_MERKLE_DEPTH_MAX, ay_digest);
    AY_NOMEM_IF(!path, err);
    bool ok = ay_line_take(&rest, &line) && ay_str_is(line, TITLE);
    if (ok && ay_field_take(&rest, "extra", &line)) ok = ay_blob_take(line, arena, &proof.extra, &no_memory);
    AY_NOMEM_IF(no_memory, err);
    ok = ok && ay_field_take(&rest, "index", &line) && ay_count_take(line, &proof.index) &&
         take_path(&rest, path, &proof.n) && rest.len > 0;
    AY_FAIL_IF(!ok, err, ASSAY_EFORMAT, "log proof: not of the form of " TITLE, "日志证明：不符合 " TITLE " 的格式");
    proof.path = path;
    proof.note = rest;
    *ret = proof;
    return ASSAY_OK;
}
