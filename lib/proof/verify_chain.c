/* What the manifests of a log say of each other: each names the one before it of its dataset, a bridge stands on a
 * snapshot of the log, and keys follow from each other. */
#include "base/hash.h"
#include "base/mem.h"
#include "proof/verify.h"

typedef struct entry {
    uint32_t dataset; /* its number */
    uint64_t rows;
    ay_digest digests[AY_LOG_ALGS];
} entry;

/* A key that signs: named by a manifest, not yet replaced by a later one. */
typedef struct key_in_use {
    ay_str signer;
    bool is_replaced;
} key_in_use;

typedef struct chain {
    ay_audit *v;
    ay_hasher *hashers[AY_LOG_ALGS];
    ay_set names;   /* of datasets, with their namespace: their numbers */
    ay_set digests; /* of manifests of runs: numbers of their entries */
    uint32_t *last; /* by dataset: its latest entry */
    entry *entries; /* by index; of runs */
    key_in_use *keys;
    uint32_t n_datasets, n_keys, n_runs, n_bridges;
} chain;

/* ---- Runs ---- */

static assay_status hash_manifest(chain *c, ay_str bytes, entry *ret, assay_err *err)
{
    for (int alg = 0; alg < AY_LOG_ALGS; alg++)
        AY_TRY(ay_hash(c->hashers[alg], &(ay_message){.body = bytes}, 1, &ret->digests[alg], err));
    return ASSAY_OK;
}

/* The number of a dataset; *ret_is_new: its first manifest. */
static assay_status number_of(chain *c, const ay_run_manifest *run, uint32_t *ret, bool *ret_is_new, assay_err *err)
{
    ay_buf name = {0};
    ay_str kept = {0};
    uint32_t found = UINT32_MAX;
    ay_buf_str(&name, run->namespace_);
    ay_buf_char(&name, '\0');
    ay_buf_str(&name, run->dataset);
    const bool ok = !name.failed && ay_arena_str(&c->v->arena, ay_buf_view(&name), &kept) &&
                    ay_set_add(&c->names, kept, c->n_datasets, &found);
    ay_buf_free(&name);
    AY_NOMEM_IF(!ok, err);
    *ret_is_new = found == UINT32_MAX;
    *ret = *ret_is_new ? c->n_datasets++ : found;
    return ASSAY_OK;
}

static bool is_digest_of(ay_str text, const entry *e)
{
    ay_alg alg;
    ay_digest digest;
    return ay_digest_take(text, &alg, &digest) && ay_digest_eq(&digest, &e->digests[alg]);
}

static assay_status check_previous(const chain *c, const ay_run_manifest *run, const uint32_t *last, assay_err *err)
{
    AY_FAIL_IF(!last && run->previous.ptr, err, ASSAY_EFORMAT,
               "names a manifest before it, but is the first of dataset " AY_STR_FMT,
               "引用了前一份清单，但它是数据集 " AY_STR_FMT " 的第一份", AY_STR_ARG(run->dataset));
    if (!last) return ASSAY_OK;
    AY_FAIL_IF(!run->previous.ptr || !is_digest_of(run->previous, &c->entries[*last]), err, ASSAY_EFORMAT,
               "does not name entry %u, the manifest before it of dataset " AY_STR_FMT,
               "没有引用条目 %u，即数据集 " AY_STR_FMT " 的前一份清单", *last, AY_STR_ARG(run->dataset));
    return ASSAY_OK;
}

static assay_status check_bridge(chain *c, const ay_run_manifest *run, uint32_t dataset, assay_err *err)
{
    ay_alg alg;
    ay_digest digest;
    if (!run->bridge_of.ptr) return ASSAY_OK;
    (void)ay_digest_take(run->bridge_of, &alg, &digest); /* of its form: the manifest was read */
    const uint32_t at = ay_set_find(&c->digests, (ay_str){(const char *)digest.bytes, sizeof digest.bytes});
    const bool ok = at != UINT32_MAX && c->entries[at].dataset == dataset && c->entries[at].rows == run->rows;
    AY_FAIL_IF(!ok, err, ASSAY_EFORMAT, "is a bridge from no manifest of the same dataset and number of rows before it",
               "所桥接的清单不是此前同一数据集、行数相同的清单");
    c->n_bridges++;
    return ASSAY_OK;
}

static assay_status keep_entry(chain *c, uint32_t index, assay_err *err)
{
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) {
        const ay_digest *d = &c->entries[index].digests[alg];
        AY_NOMEM_IF(!ay_set_add(&c->digests, (ay_str){(const char *)d->bytes, sizeof d->bytes}, index, NULL), err);
    }
    return ASSAY_OK;
}

static assay_status take_run(chain *c, uint32_t index, ay_str bytes, const ay_run_manifest *run, assay_err *err)
{
    entry *e = &c->entries[index];
    bool is_new = false;
    e->rows = run->rows;
    AY_TRY(hash_manifest(c, bytes, e, err));
    AY_TRY(number_of(c, run, &e->dataset, &is_new, err));
    AY_TRY(check_previous(c, run, is_new ? NULL : &c->last[e->dataset], err));
    AY_TRY(check_bridge(c, run, e->dataset, err));
    c->last[e->dataset] = index;
    c->n_runs++;
    return keep_entry(c, index, err);
}

/* ---- Keys ---- */

static assay_status check_signer(ay_str text, assay_err *err)
{
    ay_signer signer;
    ay_key *key = NULL;
    AY_TRY(ay_signer_take(text, &signer, &key, err));
    ay_key_free(key);
    return ASSAY_OK;
}

/* The old key gives way; false: it is none of those in use, though the log names keys. */
static bool replace(chain *c, ay_str old)
{
    for (uint32_t i = 0; i < c->n_keys; i++)
        if (!c->keys[i].is_replaced && ay_str_eq(c->keys[i].signer, old)) return c->keys[i].is_replaced = true;
    return c->n_keys == 0;
}

static assay_status take_key(chain *c, const ay_key_manifest *key, assay_err *err)
{
    ay_str signer = {0};
    AY_TRY(check_signer(key->new_signer, err));
    if (key->old_signer.ptr) AY_TRY(check_signer(key->old_signer, err));
    AY_FAIL_IF(key->old_signer.ptr && !replace(c, key->old_signer), err, ASSAY_EFORMAT,
               "replaces a key that was not in use", "所更换的密钥当时并未使用");
    for (uint32_t i = 0; i < c->n_keys; i++)
        AY_FAIL_IF(ay_str_eq(c->keys[i].signer, key->new_signer), err, ASSAY_EFORMAT,
                   "brings a key that was there before", "引入的密钥此前已经出现过");
    AY_NOMEM_IF(!ay_arena_str(&c->v->arena, key->new_signer, &signer), err);
    c->keys[c->n_keys++] = (key_in_use){.signer = signer};
    return ASSAY_OK;
}

/* The newest key is in the log itself: its signature must be under both checkpoints, whoever is trusted. */
static assay_status check_newest(const chain *c, assay_err *err)
{
    ay_signers newest = {0};
    uint64_t who;
    if (c->n_keys == 0) return ASSAY_OK;
    assay_status st = ay_signers_add(&newest, c->keys[c->n_keys - 1].signer, err);
    for (int alg = 0; alg < AY_LOG_ALGS && st == ASSAY_OK; alg++)
        st = ay_note_verify(&c->v->note[alg], newest.list, newest.n, &who, err);
    ay_signers_free(&newest);
    AY_FAIL_IF(st == ASSAY_EFORMAT, err, ASSAY_EFORMAT, "a checkpoint is not signed by the newest key of the log",
               "检查点没有日志中最新密钥的签名");
    return st;
}

/* ---- All of it ---- */

static assay_status take(void *self, uint64_t index, ay_str bytes, const ay_manifest *manifest, assay_err *err)
{
    chain *c = self;
    if (manifest->kind == AY_MANIFEST_KEY) return take_key(c, &manifest->as.key, err);
    return take_run(c, (uint32_t)index, bytes, &manifest->as.run, err);
}

static assay_status open_chain(chain *c, assay_err *err)
{
    const uint64_t n = ay_log_size(c->v->log);
    AY_FAIL_IF(n >= UINT32_MAX, err, ASSAY_ELIMIT, "more than %u entries", "条目超过 %u 个", UINT32_MAX);
    c->entries = AY_ARENA_ARRAY(&c->v->arena, n, entry);
    c->last = AY_ARENA_ARRAY(&c->v->arena, n, uint32_t);
    c->keys = AY_ARENA_ARRAY(&c->v->arena, n, key_in_use);
    AY_NOMEM_IF(!c->entries || !c->last || !c->keys, err);
    for (int alg = 0; alg < AY_LOG_ALGS; alg++)
        AY_TRY(ay_hasher_open((ay_alg)alg, AY_PROVIDER_EVP, &c->hashers[alg], err));
    return ASSAY_OK;
}

static void tell(const chain *c)
{
    assay_verdict *verdict = c->v->verdict;
    ay_verdict_say(verdict,
                   "manifests: %u of runs on %u datasets, each well-formed and with the digest of the one before it; "
                   "%u of keys, each replacing a key in use, the newest signs",
                   "清单：%u 份运行清单，涉及 %u 个数据集，形式均正确且均含前一份的摘要；%u 份密钥清单，"
                   "所更换者均为在用密钥，最新密钥已签名",
                   c->n_runs, c->n_datasets, c->n_keys);
    if (c->n_bridges)
        ay_verdict_say(
            verdict,
            "bridges: %u, each from a manifest of the same dataset and number of rows before it; that both are "
            "of the same records is the word of who signed",
            "桥接：%u 处，均出自此前同一数据集、行数相同的清单；二者出自相同的记录由签名者作保", c->n_bridges);
    ay_json_key(&verdict->json, "runs");
    ay_json_uint(&verdict->json, c->n_runs);
    ay_json_key(&verdict->json, "datasets");
    ay_json_uint(&verdict->json, c->n_datasets);
    ay_json_key(&verdict->json, "keys");
    ay_json_uint(&verdict->json, c->n_keys);
    ay_json_key(&verdict->json, "bridges");
    ay_json_uint(&verdict->json, c->n_bridges);
}

assay_status ay_verify_chain(ay_audit *v, assay_err *err)
{
    chain c = {.v = v};
    assay_status st = open_chain(&c, err);
    if (st == ASSAY_OK) st = ay_verify_each(v, &(ay_manifest_taker){take, &c}, err);
    if (st == ASSAY_OK) st = check_newest(&c, err);
    if (st == ASSAY_OK) tell(&c);
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) ay_hasher_free(c.hashers[alg]);
    ay_set_free(&c.names);
    ay_set_free(&c.digests);
    return st;
}
