#include "proof/manifest_members.h"

#include <stddef.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/time.h"
#include "base/utf8.h"
#include "proof/lines.h"
#include "proof/snapshot.h"

#define MANIFEST(kind, name) offsetof(ay_manifest, as.kind.name)
#define TEXT(kind, name)                                                                                               \
    {                                                                                                                  \
#name, AY_MEMBER_TEXT, false, NULL, MANIFEST(kind, name)                                                       \
    }

static const ay_member run_members[] = {
    {"alg", AY_MEMBER_ALG, false, NULL, MANIFEST(run, alg)},
    {"bridge_of", AY_MEMBER_DIGEST, true, NULL, MANIFEST(run, bridge_of)},
    {"bucket_bits", AY_MEMBER_COUNT, false, NULL, MANIFEST(run, bucket_bits)},
    {"bucket_table", AY_MEMBER_DIGEST, false, NULL, MANIFEST(run, bucket_table)},
    {"columns", AY_MEMBER_COLUMNS, false, NULL, 0},
    {"contract", AY_MEMBER_TEXT, true, NULL, MANIFEST(run, contract)},
    TEXT(run, dataset),
    {"ended", AY_MEMBER_TIME, false, NULL, MANIFEST(run, ended)},
    TEXT(run, engine),
    {"epoch", AY_MEMBER_COUNT, false, NULL, MANIFEST(run, epoch)},
    {"findings", AY_MEMBER_DIGITS, true, NULL, MANIFEST(run, findings)},
    {"findings_root", AY_MEMBER_DIGEST, true, NULL, MANIFEST(run, findings_root)},
    {"format", AY_MEMBER_CONST, false, AY_MANIFEST_FORMAT, 0},
    {"key", AY_MEMBER_KEY, false, NULL, 0},
    {"lsn", AY_MEMBER_TEXT, true, NULL, MANIFEST(run, lsn)},
    {"namespace", AY_MEMBER_TEXT, false, NULL, MANIFEST(run, namespace_)},
    {"outcome", AY_MEMBER_TEXT, true, NULL, MANIFEST(run, outcome)},
    TEXT(run, pack),
    {"pack_digest", AY_MEMBER_DIGEST, false, NULL, MANIFEST(run, pack_digest)},
    TEXT(run, pack_version),
    {"previous", AY_MEMBER_DIGEST, true, NULL, MANIFEST(run, previous)},
    {"result", AY_MEMBER_DIGEST, true, NULL, MANIFEST(run, result)},
    {"root", AY_MEMBER_DIGEST, false, NULL, MANIFEST(run, root)},
    {"rows", AY_MEMBER_COUNT, false, NULL, MANIFEST(run, rows)},
    {"run", AY_MEMBER_UUID, false, NULL, MANIFEST(run, run)},
    {"score", AY_MEMBER_TEXT, true, NULL, MANIFEST(run, score)},
    {"snapshot", AY_MEMBER_TEXT, true, NULL, MANIFEST(run, snapshot)},
    {"started", AY_MEMBER_TIME, false, NULL, MANIFEST(run, started)},
    {"type", AY_MEMBER_CONST, false, "run", 0},
};

static const ay_member key_members[] = {
    {"at", AY_MEMBER_TIME, false, NULL, MANIFEST(key, at)},
    TEXT(key, engine),
    {"format", AY_MEMBER_CONST, false, AY_MANIFEST_FORMAT, 0},
    TEXT(key, new_signer),
    {"old_signer", AY_MEMBER_TEXT, true, NULL, MANIFEST(key, old_signer)},
    {"reason", AY_MEMBER_TEXT, true, NULL, MANIFEST(key, reason)},
    {"type", AY_MEMBER_CONST, false, "key", 0},
};

ay_members ay_manifest_members(ay_manifest_kind kind)
{
    if (kind == AY_MANIFEST_RUN) return (ay_members){run_members, AY_COUNT(run_members)};
    return (ay_members){key_members, AY_COUNT(key_members)};
}

/* ---- Forms ---- */

#define INSTANT_LENGTH 27
#define FIRST_INSTANT  INT64_C(-62167219200000000) /* 0000-01-01 */
#define END_INSTANT    INT64_C(253402300800000000) /* 10000-01-01 */

bool ay_instant_valid(int64_t us)
{
    return us >= FIRST_INSTANT && us < END_INSTANT;
}

static void instant_text(int64_t us, char to[INSTANT_LENGTH + 1])
{
    const int64_t into = ((us % AY_DAY_US) + AY_DAY_US) % AY_DAY_US;
    const unsigned seconds = (unsigned)(into / 1000000);
    int64_t year;
    unsigned month, day;
    ay_civil_from_days((us - into) / AY_DAY_US, &year, &month, &day);
    (void)snprintf(to, INSTANT_LENGTH + 1, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ", (unsigned)year % 10000, month % 100,
                   day % 100, seconds / 3600, seconds / 60 % 60, seconds % 60, (unsigned)(into % 1000000));
}

void ay_instant_put(int64_t us, ay_buf *out)
{
    char text[INSTANT_LENGTH + 1];
    instant_text(us, text);
    ay_buf_put(out, text, INSTANT_LENGTH);
}

bool ay_instant_take(ay_str text, int64_t *ret_us)
{
    char again[INSTANT_LENGTH + 1];
    int64_t us;
    if (text.len != INSTANT_LENGTH || ay_timestamptz_parse(text, NULL, &us) != AY_TIME_OK) return false;
    if (!ay_instant_valid(us)) return false;
    instant_text(us, again);
    *ret_us = us;
    return memcmp(again, text.ptr, INSTANT_LENGTH) == 0;
}

static bool is_text(ay_str text)
{
    return text.ptr && text.len > 0 && ay_utf8_valid(text) == text.len;
}

/* Lower case, of version 7: what is made of it sorts by time. */
static bool is_uuid(ay_str text)
{
    if (!text.ptr || text.len != 36) return false;
    for (size_t i = 0; i < 36; i++) {
        const char c = text.ptr[i];
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    }
    return text.ptr[14] == '7' && strchr("89ab", text.ptr[19]) != NULL;
}

static bool is_digest(ay_str text)
{
    ay_alg alg;
    ay_digest digest;
    return text.ptr && ay_digest_take(text, &alg, &digest);
}

static bool columns_valid(const ay_run_manifest *run)
{
    for (uint32_t i = 0; i < run->n_columns; i++) {
        const ay_manifest_column *c = &run->columns[i];
        if (!is_text(c->name) || !is_text(c->type) || !is_text(c->source_type)) return false;
    }
    return run->n_columns > 0;
}

static bool key_valid(const ay_run_manifest *run)
{
    for (uint32_t i = 0; i < run->n_key; i++)
        if (!is_text(run->key[i])) return false;
    return true;
}

bool ay_member_valid(const ay_manifest *manifest, const ay_member *member)
{
    const void *at = (const char *)manifest + member->at;
    switch (member->form) {
    case AY_MEMBER_CONST:
    case AY_MEMBER_COUNT: return true;
    case AY_MEMBER_ALG: return *(const ay_alg *)at == AY_SM3 || *(const ay_alg *)at == AY_SHA256;
    case AY_MEMBER_TIME: return ay_instant_valid(*(const int64_t *)at);
    case AY_MEMBER_COLUMNS: return columns_valid(&manifest->as.run);
    case AY_MEMBER_KEY: return key_valid(&manifest->as.run);
    case AY_MEMBER_TEXT:
    case AY_MEMBER_DIGITS:
    case AY_MEMBER_UUID:
    case AY_MEMBER_DIGEST: break;
    }
    const ay_str text = *(const ay_str *)at;
    if (!text.ptr) return member->may_be_absent;
    switch (member->form) {
    case AY_MEMBER_TEXT: return is_text(text);
    case AY_MEMBER_DIGITS: return ay_count_take(text, &(uint64_t){0});
    case AY_MEMBER_UUID: return is_uuid(text);
    default: return is_digest(text);
    }
}

/* ---- What members say of each other ---- */

static bool is_of(ay_str digest, ay_alg alg)
{
    ay_alg found;
    ay_digest bytes;
    return ay_digest_take(digest, &found, &bytes) && found == alg;
}

static assay_status check_names(const ay_run_manifest *run, assay_status code, assay_err *err)
{
    ay_set names = {0};
    bool twice = false, unknown = false, ok = true;
    for (uint32_t i = 0; ok && i < run->n_columns; i++) {
        uint32_t before = UINT32_MAX;
        ok = ay_set_add(&names, run->columns[i].name, i, &before);
        twice = twice || before != UINT32_MAX;
    }
    for (uint32_t i = 0; i < run->n_key; i++) {
        unknown = unknown || ay_set_find(&names, run->key[i]) == UINT32_MAX;
        for (uint32_t j = 0; j < i; j++) twice = twice || ay_str_eq(run->key[i], run->key[j]);
    }
    ay_set_free(&names);
    AY_NOMEM_IF(!ok, err);
    AY_FAIL_IF(twice, err, code, "manifest: a column or a field of the key occurs twice", "运行清单：列或主键字段重复");
    AY_FAIL_IF(unknown, err, code, "manifest: a field of the key is no column", "运行清单：主键字段不在列中");
    return ASSAY_OK;
}

assay_status ay_manifest_check(const ay_manifest *manifest, assay_status code, assay_err *err)
{
    if (manifest->kind != AY_MANIFEST_RUN) return ASSAY_OK;
    const ay_run_manifest *run = &manifest->as.run;
    AY_FAIL_IF(!is_of(run->root, run->alg) || !is_of(run->bucket_table, run->alg), err, code,
               "manifest: root and bucket table must be of the algorithm that it names",
               "运行清单：根和分桶表的摘要须与所列算法一致");
    AY_FAIL_IF(run->bucket_bits > AY_SNAPSHOT_B_MAX, err, code, "manifest: bucket_bits is at most %d",
               "运行清单：bucket_bits 最大为 %d", AY_SNAPSHOT_B_MAX);
    AY_FAIL_IF(run->epoch > UINT32_MAX, err, code, "manifest: epoch is at most %u", "运行清单：epoch 最大为 %u",
               UINT32_MAX);
    AY_FAIL_IF(run->ended < run->started, err, code, "manifest: it ended before it started",
               "运行清单：结束时间早于开始时间");
    AY_FAIL_IF(!run->findings.ptr != !run->findings_root.ptr, err, code,
               "manifest: findings and findings_root go together", "运行清单：findings 与 findings_root 须同时出现");
    return check_names(run, code, err);
}
