#include "proof/manifest.h"

#include "base/mem.h"
#include "proof/base64.h"
#include "proof/jcs.h"
#include "proof/lines.h"
#include "proof/manifest_members.h"

#define DEPTH 4

/* ---- Digests ---- */

const char *ay_alg_name(ay_alg alg)
{
    return alg == AY_SM3 ? "sm3" : "sha256";
}

bool ay_alg_from_name(ay_str name, ay_alg *ret)
{
    *ret = ay_str_is(name, "sm3") ? AY_SM3 : AY_SHA256;
    return ay_str_is(name, ay_alg_name(*ret));
}

void ay_digest_put(ay_alg alg, const ay_digest *digest, ay_buf *out)
{
    ay_buf_text(out, ay_alg_name(alg));
    ay_buf_char(out, ':');
    ay_hex_put((ay_str){(const char *)digest->bytes, AY_DIGEST_SIZE}, out);
}

bool ay_digest_take(ay_str text, ay_alg *ret_alg, ay_digest *ret)
{
    const char *colon = text.len ? memchr(text.ptr, ':', text.len) : NULL;
    if (!colon) return false;
    const size_t at = (size_t)(colon - text.ptr);
    return ay_alg_from_name(ay_str_slice(text, 0, at), ret_alg) &&
           ay_hex_take(ay_str_slice(text, at + 1, text.len), ret->bytes, AY_DIGEST_SIZE);
}

assay_status ay_digest_of(ay_alg alg, ay_str bytes, ay_buf *out, assay_err *err)
{
    ay_hasher *hasher = NULL;
    ay_digest digest;
    AY_TRY(ay_hasher_open(alg, AY_PROVIDER_EVP, &hasher, err));
    const assay_status st = ay_hash(hasher, &(ay_message){.body = bytes}, 1, &digest, err);
    ay_hasher_free(hasher);
    AY_TRY(st);
    ay_digest_put(alg, &digest, out);
    return ay_buf_status(out, err);
}

/* ---- Writing ---- */

static void put_columns(const ay_run_manifest *run, ay_buf *out)
{
    ay_buf_char(out, '[');
    for (uint32_t i = 0; i < run->n_columns; i++) {
        const ay_manifest_column *c = &run->columns[i];
        ay_buf_text(out, i > 0 ? ",{\"name\":" : "{\"name\":");
        ay_jcs_put_string(c->name, out);
        ay_buf_text(out, ",\"source_type\":");
        ay_jcs_put_string(c->source_type, out);
        ay_buf_text(out, ",\"type\":");
        ay_jcs_put_string(c->type, out);
        ay_buf_char(out, '}');
    }
    ay_buf_char(out, ']');
}

static void put_key(const ay_run_manifest *run, ay_buf *out)
{
    ay_buf_char(out, '[');
    for (uint32_t i = 0; i < run->n_key; i++) {
        if (i > 0) ay_buf_char(out, ',');
        ay_jcs_put_string(run->key[i], out);
    }
    ay_buf_char(out, ']');
}

static void put_value(const ay_manifest *manifest, const ay_member *member, ay_buf *out)
{
    const void *at = (const char *)manifest + member->at;
    switch (member->form) {
    case AY_MEMBER_COLUMNS: put_columns(&manifest->as.run, out); return;
    case AY_MEMBER_KEY: put_key(&manifest->as.run, out); return;
    case AY_MEMBER_CONST: ay_jcs_put_string(ay_str_from(member->text), out); return;
    case AY_MEMBER_ALG: ay_jcs_put_string(ay_str_from(ay_alg_name(*(const ay_alg *)at)), out); return;
    case AY_MEMBER_COUNT: ay_buf_printf(out, "\"%llu\"", (unsigned long long)*(const uint64_t *)at); return;
    case AY_MEMBER_TIME:
        ay_buf_char(out, '"');
        ay_instant_put(*(const int64_t *)at, out);
        ay_buf_char(out, '"');
        return;
    case AY_MEMBER_TEXT:
    case AY_MEMBER_DIGITS:
    case AY_MEMBER_UUID:
    case AY_MEMBER_DIGEST: ay_jcs_put_string(*(const ay_str *)at, out); return;
    }
}

static bool is_absent(const ay_manifest *manifest, const ay_member *member)
{
    return member->may_be_absent && !((const ay_str *)((const char *)manifest + member->at))->ptr;
}

static void put_members(const ay_manifest *manifest, ay_members members, ay_buf *out)
{
    char before = '{';
    for (size_t i = 0; i < members.n; i++) {
        const ay_member *member = &members.list[i];
        if (is_absent(manifest, member)) continue;
        ay_buf_char(out, before);
        ay_jcs_put_string(ay_str_from(member->name), out);
        ay_buf_char(out, ':');
        put_value(manifest, member, out);
        before = ',';
    }
    ay_buf_char(out, '}');
}

static assay_status bad_member(const char *name, assay_status code, assay_err *err)
{
    return ay_fail(err, code, "manifest: '%s' is missing or not of its form", "运行清单：“%s”缺失或形式不正确", name);
}

static assay_status check_members(const ay_manifest *manifest, assay_status code, assay_err *err)
{
    const ay_members members = ay_manifest_members(manifest->kind);
    for (size_t i = 0; i < members.n; i++)
        if (!ay_member_valid(manifest, &members.list[i])) return bad_member(members.list[i].name, code, err);
    return ay_manifest_check(manifest, code, err);
}

assay_status ay_manifest_put(const ay_manifest *manifest, ay_buf *out, assay_err *err)
{
    AY_TRY(check_members(manifest, ASSAY_EUSAGE, err));
    put_members(manifest, ay_manifest_members(manifest->kind), out);
    return ay_buf_status(out, err);
}

/* ---- Reading ---- */

static bool take_string(const ay_jcs *object, const char *name, ay_str *ret)
{
    const ay_jcs *value = ay_jcs_member(object, name);
    if (!value || value->kind != AY_JCS_STRING) return false;
    *ret = value->text;
    return true;
}

static bool take_columns(const ay_jcs *value, ay_arena *arena, ay_run_manifest *run, bool *ret_nomem)
{
    if (value->kind != AY_JCS_ARRAY) return false;
    ay_manifest_column *columns = AY_ARENA_ARRAY(arena, value->n, ay_manifest_column);
    *ret_nomem = !columns;
    for (uint32_t i = 0; columns && i < value->n; i++) {
        const ay_jcs *item = value->items[i];
        if (item->kind != AY_JCS_OBJECT || item->n != 3 || !take_string(item, "name", &columns[i].name) ||
            !take_string(item, "type", &columns[i].type) || !take_string(item, "source_type", &columns[i].source_type))
            return false;
    }
    run->columns = columns;
    run->n_columns = value->n;
    return columns != NULL;
}

static bool take_key(const ay_jcs *value, ay_arena *arena, ay_run_manifest *run, bool *ret_nomem)
{
    if (value->kind != AY_JCS_ARRAY) return false;
    ay_str *key = AY_ARENA_ARRAY(arena, value->n, ay_str);
    *ret_nomem = !key;
    for (uint32_t i = 0; key && i < value->n; i++) {
        if (value->items[i]->kind != AY_JCS_STRING) return false;
        key[i] = value->items[i]->text;
    }
    run->key = key;
    run->n_key = value->n;
    return key != NULL;
}

/* The string of a member, into its place. */
static bool take_text(ay_str text, const ay_member *member, void *to)
{
    switch (member->form) {
    case AY_MEMBER_CONST: return ay_str_is(text, member->text);
    case AY_MEMBER_COUNT: return ay_count_take(text, to);
    case AY_MEMBER_TIME: return ay_instant_take(text, to);
    case AY_MEMBER_ALG: return ay_alg_from_name(text, to);
    default: *(ay_str *)to = text; return true;
    }
}

static bool take_member(const ay_jcs *value, const ay_member *member, ay_arena *arena, ay_manifest *ret,
                        bool *ret_nomem)
{
    if (member->form == AY_MEMBER_COLUMNS) return take_columns(value, arena, &ret->as.run, ret_nomem);
    if (member->form == AY_MEMBER_KEY) return take_key(value, arena, &ret->as.run, ret_nomem);
    return value->kind == AY_JCS_STRING && take_text(value->text, member, (char *)ret + member->at);
}

static bool is_known(ay_members members, ay_str name)
{
    for (size_t i = 0; i < members.n; i++)
        if (ay_str_is(name, members.list[i].name)) return true;
    return false;
}

/* What is signed is not passed over; the first member that the table lacks, by name. */
static assay_status fail_unknown(const ay_jcs *object, ay_members members, assay_err *err)
{
    uint32_t i = 0;
    while (i + 1 < object->n && is_known(members, object->items[i]->name)) i++;
    const ay_str name = object->items[i]->name;
    return ay_fail(err, ASSAY_EFORMAT,
                   "manifest: a member that format " AY_MANIFEST_FORMAT " does not have: '" AY_STR_FMT "'",
                   "运行清单：含有格式 " AY_MANIFEST_FORMAT " 没有的成员：“" AY_STR_FMT "”", AY_STR_ARG(name));
}

static assay_status take_members(const ay_jcs *object, ay_arena *arena, ay_manifest *ret, assay_err *err)
{
    const ay_members members = ay_manifest_members(ret->kind);
    uint32_t known = 0;
    for (size_t i = 0; i < members.n; i++) {
        const ay_member *member = &members.list[i];
        const ay_jcs *value = ay_jcs_member(object, member->name);
        bool no_memory = false;
        if (!value && member->may_be_absent) continue;
        const bool ok = value && take_member(value, member, arena, ret, &no_memory);
        AY_NOMEM_IF(no_memory, err);
        if (!ok) return bad_member(member->name, ASSAY_EFORMAT, err);
        known++;
    }
    if (known < object->n) return fail_unknown(object, members, err);
    return check_members(ret, ASSAY_EFORMAT, err);
}

static assay_status take_kind(const ay_jcs *value, ay_manifest_kind *ret, assay_err *err)
{
    ay_str format = {0}, type = {0};
    const bool ok =
        value->kind == AY_JCS_OBJECT && take_string(value, "format", &format) && ay_str_is(format, AY_MANIFEST_FORMAT);
    AY_FAIL_IF(!ok, err, ASSAY_EFORMAT, "manifest: not of format " AY_MANIFEST_FORMAT,
               "运行清单：格式不是 " AY_MANIFEST_FORMAT);
    (void)take_string(value, "type", &type);
    *ret = ay_str_is(type, "key") ? AY_MANIFEST_KEY : AY_MANIFEST_RUN;
    if (!ay_str_is(type, "key") && !ay_str_is(type, "run")) return bad_member("type", ASSAY_EFORMAT, err);
    return ASSAY_OK;
}

static assay_status check_canonical(const ay_manifest *manifest, ay_str bytes, assay_err *err)
{
    ay_buf again = {.max = bytes.len};
    put_members(manifest, ay_manifest_members(manifest->kind), &again);
    const bool no_memory = again.failed == ASSAY_ENOMEM;
    const bool same = !again.failed && ay_str_eq(ay_buf_view(&again), bytes);
    ay_buf_free(&again);
    AY_NOMEM_IF(no_memory, err);
    AY_FAIL_IF(!same, err, ASSAY_EFORMAT, "manifest: not in canonical form", "运行清单：不是规范形式");
    return ASSAY_OK;
}

assay_status ay_manifest_take(ay_str bytes, ay_arena *arena, ay_manifest *ret, assay_err *err)
{
    ay_manifest manifest = {0};
    const ay_jcs *value = NULL;
    AY_FAIL_IF(bytes.len > AY_MANIFEST_BYTES, err, ASSAY_ELIMIT, "manifest: more than %zu bytes",
               "运行清单：超过 %zu 字节", AY_MANIFEST_BYTES);
    AY_TRY(ay_jcs_read(bytes, DEPTH, arena, &value, err));
    AY_TRY(take_kind(value, &manifest.kind, err));
    AY_TRY(take_members(value, arena, &manifest, err));
    AY_TRY(check_canonical(&manifest, bytes, err));
    *ret = manifest;
    return ASSAY_OK;
}
