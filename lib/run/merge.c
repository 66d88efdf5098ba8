#include "run/merge.h"

#include <assert.h>

#include "assay/partial.h"
#include "base/mem.h"
#include "proof/base64.h"
#include "run/digests.h"
#include "run/options.h"

/* One partial on its way in. */
typedef struct incoming {
    assay_run *run;
    ay_in in;
    const ay_bytes *from;
    ay_hasher *hasher;
    ay_arena heap; /* of the head */
    ay_partial_head head;
    ay_partial partial;
} incoming;

/* ---- What all partials of a run have in common ---- */

static bool has_begun(const assay_run *run)
{
    bool begun = false;
    for (uint32_t i = 0; i < run->pack->n_datasets; i++) begun |= run->datasets[i].fed != AY_UNFED;
    return begun;
}

static assay_status check_pack(const assay_run *run, const ay_partial_head *head, assay_err *err)
{
    char hex[65];
    ay_digest digest;
    AY_FAIL_IF(strcmp(head->engine, assay_version()) != 0, err, ASSAY_EFORMAT,
               "written by version %s, and this is %s: scan and merge with the same version",
               "由版本 %s 写出，而当前为 %s：请用同一版本扫描与合并", head->engine, assay_version());
    AY_TRY(ay_pack_digest(run->pack, hex, err));
    (void)ay_hex_take((ay_str){hex, 64}, digest.bytes, AY_DIGEST_SIZE);
    AY_FAIL_IF(!ay_digest_eq(&digest, &head->pack), err, ASSAY_EFORMAT,
               "of another pack, or of other files of it: scan again with this one",
               "属于另一规则包，或其文件已变化：请用当前规则包重新扫描");
    return ASSAY_OK;
}

/* A run that was not told its moment takes that of its first partial. */
static assay_status check_moment(assay_run *run, const ay_partial_head *head, assay_err *err)
{
    if (!run->has_as_of && !has_begun(run)) {
        run->has_as_of = true;
        return ay_run_set_as_of(run, head->as_of_us, err);
    }
    AY_FAIL_IF(head->as_of_us != run->context->as_of_us, err, ASSAY_EFORMAT,
               "looks from another moment than %s: scan all chunks with the same --as-of",
               "基准时间不是 %s：请用相同的 --as-of 扫描所有分块", run->as_of);
    return ASSAY_OK;
}

static assay_status check_job(const assay_run *run, const ay_partial_head *head, assay_err *err)
{
    const ay_partial_head *first = run->first_head;
    if (!first) return ASSAY_OK;
    AY_FAIL_IF(strcmp(head->job, first->job) != 0, err, ASSAY_EFORMAT, "of job '%s', and the others are of '%s'",
               "属于作业“%s”，而其他的属于“%s”", head->job, first->job);
    AY_FAIL_IF(strcmp(head->label, first->label) != 0, err, ASSAY_EFORMAT,
               "of snapshot '%s', and the others are of '%s'", "属于快照“%s”，而其他的属于“%s”", head->label,
               first->label);
    return ASSAY_OK;
}

static assay_status check_dataset(const ay_dataset_run *d, const ay_partial_head *head, assay_err *err)
{
    const ay_partial_head *others = &d->origin->head;
    AY_FAIL_IF(head->of != others->of, err, ASSAY_EFORMAT, "says that dataset %s has %u chunks, and the others say %u",
               "称数据集 %s 有 %u 块，而其他的称有 %u 块", head->dataset, head->of, others->of);
    const bool is_same = ay_digest_eq(&head->schema, &others->schema) && head->lenient == others->lenient &&
                         strcmp(head->facts[AY_FACT_KIND].text, others->facts[AY_FACT_KIND].text) == 0;
    AY_FAIL_IF(!is_same, err, ASSAY_EFORMAT,
               "of dataset %s, but read from other columns, from another kind of source or in another way (--lenient)",
               "属于数据集 %s，但读取的列、来源类型或方式（--lenient）与其他的不同", head->dataset);
    return ASSAY_OK;
}

/* ---- Chunks ---- */

static void free_origin(void *p)
{
    ay_merged *origin = p;
    ay_free(origin->head.chunks);
    ay_set_free(&origin->known);
}

static assay_status copy_text(assay_run *run, const char *text, const char **ret, assay_err *err)
{
    *ret = ay_run_copy(run, text);
    AY_NOMEM_IF(!*ret, err);
    return ASSAY_OK;
}

/* The first partial of a dataset. */
static assay_status found_origin(assay_run *run, ay_dataset_run *d, const ay_partial_head *head, assay_err *err)
{
    ay_merged *o = AY_ARENA_NEW(&run->arena, ay_merged);
    AY_NOMEM_IF(!o || !ay_arena_defer(&run->arena, free_origin, o), err);
    o->head = *head;
    o->head.chunks = NULL;
    o->head.n_chunks = 0;
    memset(o->head.facts, 0, sizeof o->head.facts);
    o->head.engine = assay_version();
    o->head.dataset = d->plan.dataset->name;
    AY_TRY(copy_text(run, head->job, &o->head.job, err));
    AY_TRY(copy_text(run, head->label, &o->head.label, err));
    o->head.facts[AY_FACT_KIND].state = AY_FACT_ONE;
    AY_TRY(copy_text(run, head->facts[AY_FACT_KIND].text, &o->head.facts[AY_FACT_KIND].text, err));
    AY_TRY(ay_run_begin(run, d, err));
    d->partial.schema = head->schema;
    d->origin = o;
    if (!run->first_head) run->first_head = &o->head;
    return ASSAY_OK;
}

static assay_status add_chunk(assay_run *run, ay_merged *o, const ay_chunk *chunk, assay_err *err)
{
    ay_partial_head *h = &o->head;
    AY_FAIL_IF(h->n_chunks == h->of, err, ASSAY_EFORMAT, "chunk '%s' is one more than the %u of the dataset",
               "分块“%s”超出该数据集的 %u 块", chunk->name.ptr, h->of);
    if (h->n_chunks == o->cap) {
        const uint32_t cap = o->cap ? o->cap * 2 : 16;
        ay_chunk *chunks = ay_realloc_array(h->chunks, cap, sizeof *chunks);
        AY_NOMEM_IF(!chunks, err);
        h->chunks = chunks;
        o->cap = cap;
    }
    ay_chunk copy = {.digest = chunk->digest};
    AY_NOMEM_IF(!ay_arena_str(&run->arena, chunk->name, &copy.name), err);
    AY_NOMEM_IF(!ay_set_add(&o->known, copy.name, h->n_chunks, NULL), err);
    h->chunks[h->n_chunks++] = copy;
    return ASSAY_OK;
}

/* Whether its chunks are here already: all of them, or none. */
static assay_status find_chunks(const ay_merged *o, const ay_partial_head *head, bool *ret_known, assay_err *err)
{
    uint32_t n_known = 0;
    const ay_chunk *last = NULL;
    for (uint32_t i = 0; i < head->n_chunks; i++) {
        const ay_chunk *chunk = &head->chunks[i];
        const uint32_t at = ay_set_find(&o->known, chunk->name);
        if (at == UINT32_MAX) continue;
        assert(o->head.chunks); /* what is known stands there */
        AY_FAIL_IF(!ay_digest_eq(&chunk->digest, &o->head.chunks[at].digest), err, ASSAY_EFORMAT,
                   "chunk '%s' is there already and is not the same: the two were read from different data",
                   "分块“%s”已存在且内容不同：两者读自不同的数据", chunk->name.ptr);
        n_known++;
        last = chunk;
    }
    AY_FAIL_IF(n_known && n_known < head->n_chunks, err, ASSAY_EFORMAT,
               "covers chunk '%s', which is there already, and others that are not: the two cannot be merged",
               "包含已存在的分块“%s”和尚不存在的分块：两者无法合并", last->name.ptr);
    *ret_known = n_known > 0;
    return ASSAY_OK;
}

/* Also of a repeat: the result must not depend on which of the two came first. */
static assay_status join_facts(assay_run *run, ay_fact *into, const ay_fact *from, assay_err *err)
{
    for (size_t i = 0; i < AY_FACTS; i++) {
        if (from[i].state == AY_FACT_NONE || into[i].state == AY_FACT_MANY) continue;
        if (from[i].state == AY_FACT_ONE && into[i].state == AY_FACT_NONE) {
            AY_TRY(copy_text(run, from[i].text, &into[i].text, err));
            into[i].state = AY_FACT_ONE;
        } else if (from[i].state == AY_FACT_MANY || strcmp(from[i].text, into[i].text) != 0) {
            into[i] = (ay_fact){.state = AY_FACT_MANY};
        }
    }
    return ASSAY_OK;
}

/* ---- One partial ---- */

static assay_status read_bytes(void *ctx, char *to, size_t len, size_t *ret_len, assay_err *err)
{
    const incoming *c = ctx;
    AY_FAIL_IF(c->run && atomic_load(&c->run->cancel), err, ASSAY_ECANCELLED, "cancelled while merging",
               "合并时被取消");
    return c->from->read(c->from->ctx, to, len, ret_len, err);
}

static assay_status hash_bytes(void *ctx, ay_str bytes, assay_err *err)
{
    const incoming *c = ctx;
    return ay_hasher_put(c->hasher, bytes, err);
}

static assay_status take_head(incoming *c, assay_err *err)
{
    AY_TRY(ay_partial_head_take(&c->in, &c->heap, &c->head, err));
    const int64_t moment = c->head.as_of_us;
    const bool is_moment = ay_timestamp_is_sound(moment) && moment != AY_INFINITY && moment != AY_NEG_INFINITY;
    return is_moment ? ASSAY_OK : ay_in_damaged(err);
}

static assay_status find_place(assay_run *run, const ay_partial_head *head, ay_dataset_run **ret, assay_err *err)
{
    AY_TRY(check_pack(run, head, err));
    AY_TRY(ay_run_find(run, head->dataset, ret, err));
    const ay_dataset_run *d = *ret;
    AY_FAIL_IF(d->fed != AY_UNFED && !d->origin, err, ASSAY_EUSAGE, "dataset %s was already read in this run",
               "数据集 %s 在本次运行中已经读过", head->dataset);
    AY_FAIL_IF(d->plan.proving || d->plan.n_rules != d->plan.dataset->n_rules, err, ASSAY_EUSAGE,
               "partials are of all rules and carry no leaves: leave out `rules` and `proof_key`",
               "部分结果包含全部规则且不含存证的叶：请不要指定 rules 和 proof_key");
    AY_FAIL_IF(d->plan.watch, err, ASSAY_EUSAGE,
               "a store must see the records themselves: run the dataset, or merge without",
               "存储库须看到记录本身：请运行该数据集，或不用存储库合并");
    AY_TRY(check_moment(run, head, err));
    AY_TRY(check_job(run, head, err));
    return d->origin ? check_dataset(d, head, err) : found_origin(run, *ret, head, err);
}

static assay_status take_body(incoming *c, ay_dataset_run *d, assay_err *err)
{
    c->in.left = sizeof(uint64_t);
    uint64_t len;
    AY_TRY(ay_in_u64(&c->in, &len, err));
    c->in.left = len;
    AY_TRY(ay_partial_open(&d->plan, c->run->budget, &c->partial, err));
    AY_TRY(ay_partial_load(&c->partial, &c->in, err));
    c->partial.schema = c->head.schema;
    const bool is_sound = c->in.left == 0 && (c->head.lenient || !c->partial.rejected);
    return is_sound ? ASSAY_OK : ay_in_damaged(err);
}

static assay_status check_digest(incoming *c, assay_err *err)
{
    ay_digest digest;
    ay_str told;
    bool is_end = false;
    AY_TRY(ay_in_settle(&c->in, err));
    AY_TRY(ay_hasher_end(c->hasher, &digest, err));
    c->in.seen = NULL;
    c->in.left = AY_DIGEST_SIZE;
    AY_TRY(ay_in_take(&c->in, AY_DIGEST_SIZE, &told, err));
    AY_FAIL_IF(memcmp(told.ptr, digest.bytes, AY_DIGEST_SIZE) != 0, err, ASSAY_EFORMAT,
               "damaged: it has not the digest that it was written with", "已损坏：摘要与写出时不符");
    AY_TRY(ay_in_end(&c->in, &is_end, err));
    AY_FAIL_IF(!is_end, err, ASSAY_EFORMAT, "something follows the partial", "部分结果之后还有内容");
    return ASSAY_OK;
}

/* A partial that turns out to be damaged at its end has changed nothing but the run, which ends. */
static assay_status take_partial(incoming *c, assay_err *err)
{
    ay_dataset_run *d = NULL;
    bool is_known = false;
    AY_TRY(ay_hasher_open(AY_SHA256, AY_PROVIDER_EVP, &c->hasher, err));
    AY_TRY(ay_hasher_begin(c->hasher, err));
    AY_TRY(take_head(c, err));
    AY_TRY(find_place(c->run, &c->head, &d, err));
    AY_TRY(find_chunks(d->origin, &c->head, &is_known, err));
    AY_TRY(take_body(c, d, err));
    AY_TRY(check_digest(c, err));
    AY_TRY(join_facts(c->run, d->origin->head.facts, c->head.facts, err));
    if (is_known) return ASSAY_OK;
    for (uint32_t i = 0; i < c->head.n_chunks; i++) AY_TRY(add_chunk(c->run, d->origin, &c->head.chunks[i], err));
    const uint64_t records = c->partial.records;
    AY_TRY(ay_partial_merge(&d->partial, &c->partial, err));
    AY_TRY(ay_run_tick(c->run, d, records, err));
    d->fed = AY_FED;
    return ASSAY_OK;
}

static void release(incoming *c)
{
    if (c->partial.plan) ay_partial_free(&c->partial);
    ay_hasher_free(c->hasher);
    ay_in_free(&c->in);
    ay_arena_free(&c->heap);
}

assay_status ay_merge_one(assay_run *run, const ay_bytes *from, assay_err *err)
{
    incoming c = {.run = run, .from = from};
    c.in = (ay_in){.read = read_bytes, .seen = hash_bytes, .ctx = &c};
    run->is_merge = true;
    const assay_status status = ay_run_ended(run, take_partial(&c, err));
    release(&c);
    return status;
}

assay_status ay_merge_peek(const ay_bytes *from, uint32_t *ret_chunks, assay_err *err)
{
    incoming c = {.from = from};
    c.in = (ay_in){.read = read_bytes, .ctx = &c};
    const assay_status status = take_head(&c, err);
    *ret_chunks = c.head.n_chunks;
    release(&c);
    return status;
}

/* ---- From memory ---- */

static assay_status read_memory(void *ctx, char *to, size_t len, size_t *ret_len, assay_err *err)
{
    ay_str *rest = ctx;
    (void)err;
    *ret_len = rest->len < len ? rest->len : len;
    if (*ret_len) memcpy(to, rest->ptr, *ret_len);
    *rest = ay_str_slice(*rest, *ret_len, rest->len);
    return ASSAY_OK;
}

assay_status assay_run_merge(assay_run *run, const void *bytes, size_t len, assay_err *err)
{
    ay_str rest = {bytes, len};
    const ay_bytes memory = {read_memory, &rest};
    AY_TRY(ay_run_check(run, err));
    if (!ay_line_begins(rest)) return ay_merge_one(run, &memory, err);
    ay_line line = {.text = &memory};
    return ay_merge_one(run, &(ay_bytes){ay_line_read, &line}, err);
}
