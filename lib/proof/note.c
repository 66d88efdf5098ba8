#include "proof/note.h"

#include <assert.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "proof/base64.h"
#include "proof/digest.h"

#define DASH "\xe2\x80\x94 " /* em dash and space: what a line of a signature begins with */

#define TYPE_ED25519 "\x01"
#define TYPE_SM2     "\xffsm2-sm3-id:" AY_SM2_ID

/* ---- Signers ---- */

static ay_str type_of(ay_key_kind kind)
{
    return kind == AY_KEY_ED25519 ? AY_STR(TYPE_ED25519) : AY_STR(TYPE_SM2);
}

static bool name_valid(ay_str name)
{
    if (name.len == 0 || ay_utf8_valid(name) < name.len) return false;
    for (size_t at = 0; at < name.len;) {
        const uint32_t cp = ay_utf8_next(name, &at);
        if (cp == '+' || ay_unicode_is_space(cp) || ay_unicode_is_control(cp)) return false;
    }
    return true;
}

assay_status ay_signer_make(ay_str name, const ay_key *key, ay_signer *ret, assay_err *err)
{
    AY_FAIL_IF(!name_valid(name), err, ASSAY_EUSAGE,
               "the name of a signer must be UTF-8 without white space, plus and control characters, and not empty",
               "签名者名称须为 UTF-8，不含空白、加号和控制字符，且不能为空");
    const ay_str pieces[] = {name, AY_STR("\n"), type_of(ay_key_kind_of(key)), ay_key_raw(key)};
    char hex[65];
    *ret = (ay_signer){.name = name, .key = key};
    AY_TRY(ay_sha256_hex(pieces, AY_COUNT(pieces), hex, err));
    (void)ay_hex_take((ay_str){hex, 8}, ret->id.bytes, sizeof ret->id.bytes);
    return ASSAY_OK;
}

assay_status ay_signer_put(const ay_signer *signer, ay_buf *out, assay_err *err)
{
    const ay_str type = type_of(ay_key_kind_of(signer->key)), raw = ay_key_raw(signer->key);
    char bytes[128];
    assert(type.len + raw.len <= sizeof bytes);
    memcpy(bytes, type.ptr, type.len);
    memcpy(bytes + type.len, raw.ptr, raw.len);
    ay_buf_str(out, signer->name);
    ay_buf_char(out, '+');
    ay_hex_put((ay_str){(const char *)signer->id.bytes, sizeof signer->id.bytes}, out);
    ay_buf_char(out, '+');
    ay_base64_put((ay_str){bytes, type.len + raw.len}, out);
    return ay_buf_status(out, err);
}

/* What stands before the next plus; false: there is none. */
static bool take_part(ay_str *rest, ay_str *ret)
{
    const char *plus = rest->len ? memchr(rest->ptr, '+', rest->len) : NULL;
    if (!plus) return false;
    const size_t len = (size_t)(plus - rest->ptr);
    *ret = ay_str_slice(*rest, 0, len);
    *rest = ay_str_slice(*rest, len + 1, rest->len);
    return true;
}

static assay_status take_key(ay_str bytes, ay_key **ret, assay_err *err)
{
    for (int i = 0; i < 2; i++) {
        const ay_key_kind kind = i == 0 ? AY_KEY_ED25519 : AY_KEY_SM2;
        const ay_str type = type_of(kind);
        if (bytes.len < type.len || memcmp(bytes.ptr, type.ptr, type.len) != 0) continue;
        return ay_key_from_raw(kind, ay_str_slice(bytes, type.len, bytes.len), ret, err);
    }
    return ay_fail(err, ASSAY_EFORMAT, "the signer's key is neither Ed25519 nor SM2",
                   "签名者的密钥既不是 Ed25519 也不是 SM2");
}

assay_status ay_signer_take(ay_str text, ay_signer *ret, ay_key **ret_key, assay_err *err)
{
    char bytes[128];
    size_t len = 0;
    ay_str name, id, rest = text;
    ay_signer_id wanted;
    ay_key *key = NULL;
    const bool ok = take_part(&rest, &name) && take_part(&rest, &id) && name_valid(name) &&
                    ay_hex_take(id, wanted.bytes, sizeof wanted.bytes) && ay_base64_room(rest.len) <= sizeof bytes &&
                    ay_base64_take(rest, bytes, &len);
    AY_FAIL_IF(!ok, err, ASSAY_EFORMAT, "a signer is written as name+8 hex digits+base64",
               "签名者应写作“名称+8 位十六进制数+base64”");
    AY_TRY(take_key((ay_str){bytes, len}, &key, err));
    assay_status st = ay_signer_make(name, key, ret, err);
    if (st == ASSAY_OK && memcmp(ret->id.bytes, wanted.bytes, sizeof wanted.bytes) != 0)
        st = ay_fail(err, ASSAY_EFORMAT, "the signer's id is not that of its name and key",
                     "签名者的编号与其名称和密钥不符");
    if (st == ASSAY_OK) *ret_key = key;
    else ay_key_free(key);
    return st;
}

/* ---- Writing ---- */

bool ay_note_text_valid(ay_str text)
{
    if (text.len == 0 || text.ptr[text.len - 1] != '\n' || ay_utf8_valid(text) < text.len) return false;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 && text.ptr[i] != '\n') return false;
    return true;
}

assay_status ay_note_begin(ay_str text, ay_buf *out, assay_err *err)
{
    AY_FAIL_IF(!ay_note_text_valid(text), err, ASSAY_EUSAGE,
               "the text of a note must be UTF-8 without control characters and end with a line feed",
               "签名文本须为 UTF-8，不含控制字符，并以换行结尾");
    ay_buf_str(out, text);
    ay_buf_char(out, '\n');
    return ay_buf_status(out, err);
}

void ay_note_put_signature(const ay_signer *signer, ay_str signature, ay_buf *out)
{
    char bytes[4 + AY_SIGNATURE_MAX];
    assert(signature.len <= AY_SIGNATURE_MAX);
    memcpy(bytes, signer->id.bytes, 4);
    memcpy(bytes + 4, signature.ptr, signature.len);
    ay_buf_text(out, DASH);
    ay_buf_str(out, signer->name);
    ay_buf_char(out, ' ');
    ay_base64_put((ay_str){bytes, 4 + signature.len}, out);
    ay_buf_char(out, '\n');
}

assay_status ay_note_sign(const ay_signer *signer, ay_str text, ay_buf *out, assay_err *err)
{
    ay_buf signature = {0};
    const assay_status st = ay_sign(signer->key, text, &signature, err);
    if (st == ASSAY_OK) ay_note_put_signature(signer, ay_buf_view(&signature), out);
    ay_buf_free(&signature);
    AY_TRY(st);
    return ay_buf_status(out, err);
}

/* ---- Reading ---- */

static assay_status bad_line(uint32_t line, assay_err *err)
{
    return ay_fail(err, ASSAY_EFORMAT, "note: line %u of the signatures is none", "签名文本：签名部分第 %u 行不是签名",
                   line);
}

/* A line without its line feed. */
static bool take_signature(ay_str line, ay_arena *arena, ay_note_signature *ret, bool *ret_nomem)
{
    const size_t dash = sizeof DASH - 1;
    if (line.len < dash || memcmp(line.ptr, DASH, dash) != 0) return false;
    line = ay_str_slice(line, dash, line.len);
    const char *space = line.len ? memchr(line.ptr, ' ', line.len) : NULL;
    if (!space) return false;
    const size_t at = (size_t)(space - line.ptr);
    const ay_str text = ay_str_slice(line, at + 1, line.len);
    size_t len = 0;
    ret->name = ay_str_slice(line, 0, at);
    if (!name_valid(ret->name)) return false;
    char *bytes = ay_arena_bytes(arena, ay_base64_room(text.len));
    *ret_nomem = !bytes;
    if (!bytes || !ay_base64_take(text, bytes, &len) || len <= sizeof ret->id.bytes) return false;
    memcpy(ret->id.bytes, bytes, sizeof ret->id.bytes);
    ret->bytes = (ay_str){bytes + sizeof ret->id.bytes, len - sizeof ret->id.bytes};
    return true;
}

static assay_status take_signatures(ay_str lines, ay_arena *arena, ay_note *ret, assay_err *err)
{
    ay_note_signature *signatures = AY_ARENA_ARRAY(arena, AY_NOTE_SIGNATURES, ay_note_signature);
    AY_NOMEM_IF(!signatures, err);
    for (ret->n = 0; lines.len > 0; ret->n++) {
        bool no_memory = false;
        const char *end = memchr(lines.ptr, '\n', lines.len);
        AY_FAIL_IF(ret->n == AY_NOTE_SIGNATURES, err, ASSAY_ELIMIT, "note: more than %d signatures",
                   "签名文本：签名超过 %d 个", AY_NOTE_SIGNATURES);
        if (!end) return bad_line(ret->n + 1, err);
        const size_t len = (size_t)(end - lines.ptr);
        const bool ok = take_signature(ay_str_slice(lines, 0, len), arena, &signatures[ret->n], &no_memory);
        AY_NOMEM_IF(no_memory, err);
        if (!ok) return bad_line(ret->n + 1, err);
        lines = ay_str_slice(lines, len + 1, lines.len);
    }
    ret->signatures = signatures;
    return ASSAY_OK;
}

/* Where the blank line stands that the signatures follow: the last one; SIZE_MAX: there is none. */
static size_t blank_line(ay_str bytes)
{
    for (size_t i = bytes.len; i >= 2; i--)
        if (bytes.ptr[i - 1] == '\n' && bytes.ptr[i - 2] == '\n') return i - 1;
    return SIZE_MAX;
}

assay_status ay_note_read(ay_str bytes, ay_arena *arena, ay_note *ret, assay_err *err)
{
    AY_FAIL_IF(bytes.len > AY_NOTE_BYTES, err, ASSAY_ELIMIT, "note: more than %zu bytes", "签名文本：超过 %zu 字节",
               AY_NOTE_BYTES);
    AY_FAIL_IF(!ay_note_text_valid(bytes), err, ASSAY_EFORMAT,
               "note: not UTF-8 without control characters that ends with a line feed",
               "签名文本：不是以换行结尾、不含控制字符的 UTF-8");
    const size_t blank = blank_line(bytes);
    AY_FAIL_IF(blank == SIZE_MAX || blank + 1 == bytes.len, err, ASSAY_EFORMAT,
               "note: no signatures behind a blank line", "签名文本：空行之后没有签名");
    ay_note note = {.text = ay_str_slice(bytes, 0, blank)};
    AY_TRY(take_signatures(ay_str_slice(bytes, blank + 1, bytes.len), arena, &note, err));
    *ret = note;
    return ASSAY_OK;
}

static bool is_by(const ay_note_signature *signature, const ay_signer *signer)
{
    return ay_str_eq(signature->name, signer->name) &&
           memcmp(signature->id.bytes, signer->id.bytes, sizeof signer->id.bytes) == 0;
}

static assay_status verify_one(const ay_note *note, const ay_note_signature *signature, const ay_signer *signer,
                               assay_err *err)
{
    const assay_status st = ay_verify(signer->key, note->text, signature->bytes, err);
    if (st != ASSAY_EFORMAT) return st;
    return ay_fail(err, ASSAY_EFORMAT, "note: the signature of " AY_STR_FMT " does not verify",
                   "签名文本：" AY_STR_FMT " 的签名验证不通过", AY_STR_ARG(signer->name));
}

assay_status ay_note_verify(const ay_note *note, const ay_signer *signers, uint32_t n, uint64_t *ret_who,
                            assay_err *err)
{
    uint64_t who = 0;
    assert(n <= 64);
    for (uint32_t i = 0; i < note->n; i++) {
        for (uint32_t j = 0; j < n; j++) {
            if (!is_by(&note->signatures[i], &signers[j])) continue;
            AY_TRY(verify_one(note, &note->signatures[i], &signers[j], err));
            who |= UINT64_C(1) << j;
        }
    }
    AY_FAIL_IF(!who, err, ASSAY_EFORMAT, "note: no signature by a known key", "签名文本：没有已知密钥的签名");
    *ret_who = who;
    return ASSAY_OK;
}
