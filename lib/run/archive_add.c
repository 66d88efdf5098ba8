/* Adding a result to an archive: files of its datasets first, by a thread; then manifests and checkpoints. */
#include <assert.h>

#include "base/mem.h"
#include "base/thread.h"
#include "run/archive.h"
#include "run/run.h"

typedef struct part {
    ay_dataset_result *dataset;
    ay_archive_leaves leaves;
    bool is_before, is_bridge; /* what a bridge leads from, and behind it the bridge */
    ay_archive_previous previous;
    ay_archived archived;
    bool has_files; /* that no manifest speaks of */
} part;

struct ay_archive_draft {
    assay_archive *archive;
    assay_result *result;
    ay_archive_run run;
    char id[AY_RUN_ID_SIZE], id_before[AY_RUN_ID_SIZE]; /* of the run, and of what bridges lead from */
    ay_companion *companion;
    part *parts; /* in the order of the log; the companion's own while it works */
    uint32_t n;
};

/* ---- Files ---- */

/* A dataset keeps its buckets while they are not half or twice as large as they should be. */
static uint32_t choose_bits(const ay_archive_previous *previous, uint64_t rows)
{
    const uint32_t own = ay_snapshot_b(rows);
    const bool is_near = previous->bucket_bits + 1 >= own && previous->bucket_bits <= own + 1;
    return previous->found && is_near ? previous->bucket_bits : own;
}

/* Who names what the log does not end with has mistaken something. */
static assay_status check_before(const char *name, const ay_proving *how, const ay_archive_previous *last,
                                 assay_err *err)
{
    AY_FAIL_IF(!last->found, err, ASSAY_EUSAGE, "dataset %s has no manifest yet: there is nothing to bridge",
               "数据集 %s 还没有清单：没有可桥接的内容", name);
    AY_FAIL_IF(last->alg != how->alg || last->epoch != how->leaf.epoch, err, ASSAY_EUSAGE,
               "the last manifest of dataset %s is of %s, epoch %llu: a bridge leads from there",
               "数据集 %s 的最近一份清单使用 %s、纪元 %llu：桥接须从那里出发", name, ay_alg_name(last->alg),
               (unsigned long long)last->epoch);
    return ASSAY_OK;
}

static assay_status look_back(ay_archive_draft *draft, part *p, assay_err *err)
{
    const ay_archive_leaves *l = &p->leaves;
    AY_TRY(ay_archive_find_previous(draft->archive, draft->result->pack, l->dataset, l->how->alg, &p->previous, err));
    return p->is_before ? check_before(l->dataset->name, l->how, &p->previous, err) : ASSAY_OK;
}

static assay_status write_part(ay_archive_draft *draft, part *p, assay_err *err)
{
    const uint32_t bits = choose_bits(&p->previous, ay_snapshot_count(p->leaves.evidence->leaves));
    AY_TRY(ay_archive_files(draft->archive->dir, &p->leaves, bits, &p->archived, err));
    p->has_files = true;
    return ASSAY_OK;
}

static assay_status write_parts(void *self, assay_err *err)
{
    ay_archive_draft *draft = (ay_archive_draft *)self;
    for (uint32_t i = 0; i < draft->n; i++) AY_TRY(look_back(draft, &draft->parts[i], err));
    for (uint32_t i = 0; i < draft->n; i++) AY_TRY(write_part(draft, &draft->parts[i], err));
    return ASSAY_OK;
}

static void put_parts(ay_archive_draft *draft, ay_dataset_result *d)
{
    const ay_plan *plan = d->plan;
    const ay_archive_leaves before = {d->dataset, plan->bridge, &d->partial.bridge, draft->id_before},
                            own = {d->dataset, plan->proving, &d->partial.evidence, draft->id};
    if (plan->bridge) draft->parts[draft->n++] = (part){.dataset = d, .leaves = before, .is_before = true};
    draft->parts[draft->n++] = (part){.dataset = d, .leaves = own, .is_bridge = plan->bridge != NULL};
}

static assay_status start_draft(ay_archive_draft *draft, assay_err *err)
{
    ay_archive_run *run = &draft->run;
    assay_result *result = draft->result;
    run->result = result;
    run->ended = ay_clock_us();
    run->started = run->ended - (int64_t)result->elapsed_us;
    AY_TRY(ay_run_id_new(run->started, draft->id_before, err));
    AY_TRY(ay_run_id_new(run->started, draft->id, err));
    draft->parts = AY_NEW_ARRAY(2 * (size_t)result->pack->n_datasets, part);
    AY_NOMEM_IF(!draft->parts, err);
    for (uint32_t i = 0; i < result->pack->n_datasets; i++)
        if (ay_is_proved(&result->datasets[i])) put_parts(draft, &result->datasets[i]);
    AY_TRY(ay_companion_open(write_parts, &draft->companion, err));
    ay_companion_start(draft->companion, draft);
    return ASSAY_OK;
}

static assay_status fail_no_leaves(assay_err *err)
{
    return ay_fail(err, ASSAY_EUSAGE, "the run made no leaves: give it a proof_key",
                   "本次运行没有生成叶：请指定 proof_key");
}

static void free_previous(ay_archive_previous *previous)
{
    ay_buf_free(&previous->digest);
}

static assay_status check_bridge(const assay_archive *archive, const assay_pack *pack, const ay_plan *plan,
                                 assay_err *err)
{
    AY_CLEANUP(free_previous) ay_archive_previous last = {0};
    if (!plan->bridge) return ASSAY_OK;
    AY_TRY(ay_archive_find_previous(archive, pack, plan->dataset, plan->bridge->alg, &last, err));
    return check_before(plan->dataset->name, plan->bridge, &last, err);
}

assay_status assay_archive_check(const assay_archive *archive, const assay_run *run, assay_err *err)
{
    bool is_proved = false;
    for (uint32_t i = 0; i < run->pack->n_datasets; i++) {
        const ay_plan *plan = &run->datasets[i].plan;
        is_proved |= plan->proving != NULL;
        AY_TRY(check_bridge(archive, run->pack, plan, err));
    }
    return is_proved ? ASSAY_OK : fail_no_leaves(err);
}

assay_status assay_archive_begin(assay_archive *archive, assay_result *result, assay_err *err)
{
    if (!ay_result_proving(result)) return fail_no_leaves(err);
    AY_FAIL_IF(archive->draft, err, ASSAY_EUSAGE, "what was begun has not been added", "已开始的结果尚未加入");
    ay_archive_draft *draft = AY_NEW(ay_archive_draft);
    AY_NOMEM_IF(!draft, err);
    *draft = (ay_archive_draft){.archive = archive, .result = result};
    archive->draft = draft;
    const assay_status st = start_draft(draft, err);
    if (st != ASSAY_OK) ay_archive_drop_draft(archive);
    return st;
}

static void drop_parts(const ay_archive_draft *draft)
{
    for (uint32_t i = 0; i < draft->n; i++) {
        part *p = &draft->parts[i];
        if (p->has_files) ay_archive_files_remove(draft->archive->dir, p->leaves.run, p->leaves.dataset->name);
        free_previous(&p->previous);
    }
}

void ay_archive_drop_draft(assay_archive *archive)
{
    ay_archive_draft *draft = AY_STEAL(archive->draft);
    if (!draft) return;
    ay_companion_close(draft->companion);
    drop_parts(draft);
    ay_free(draft->parts);
    ay_buf_free(&draft->run.result_digest);
    ay_buf_free(&draft->run.findings_root);
    ay_buf_free(&draft->run.findings);
    ay_free(draft);
}

/* ---- Digests ---- */

typedef struct digesting {
    ay_hasher *hasher;
    assay_err *err;
} digesting;

static int hash_piece(void *ctx, const void *bytes, size_t len)
{
    digesting *d = (digesting *)ctx;
    return ay_hasher_put(d->hasher, (ay_str){(const char *)bytes, len}, d->err) == ASSAY_OK ? 0 : 1;
}

static assay_status digest_result(assay_result *result, ay_alg alg, ay_buf *out, assay_err *err)
{
    digesting d = {.err = err};
    ay_digest digest;
    AY_TRY(ay_hasher_open(alg, AY_PROVIDER_EVP, &d.hasher, err));
    assay_status st = ay_hasher_begin(d.hasher, err);
    if (st == ASSAY_OK) st = assay_result_write(result, ASSAY_RESULT_JSON, hash_piece, &d, err);
    if (st == ASSAY_OK) st = ay_hasher_end(d.hasher, &digest, err);
    ay_hasher_free(d.hasher);
    AY_TRY(st);
    ay_digest_put(alg, &digest, out);
    return ay_buf_status(out, err);
}

static assay_status digest_findings(assay_result *result, ay_alg alg, ay_archive_run *run, assay_err *err)
{
    ay_merkle_head head;
    if (!ay_result_keeps_findings(result)) return ASSAY_OK;
    AY_TRY(ay_result_findings_tree(result, &head, err));
    ay_buf_printf(&run->findings, "%llu", (unsigned long long)head.size);
    ay_digest_put(alg, &head.root, &run->findings_root);
    AY_TRY(ay_buf_status(&run->findings, err));
    return ay_buf_status(&run->findings_root, err);
}

/* ---- Manifests ---- */

static assay_status name_previous(part *p, ay_str manifest, assay_err *err)
{
    p->previous.found = true;
    ay_buf_clear(&p->previous.digest);
    return ay_digest_of(p->leaves.how->alg, manifest, &p->previous.digest, err);
}

/* The result tells the last manifest of a dataset, which is that of the run itself. */
static assay_status add_manifest(ay_archive_draft *draft, part *p, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf manifest = {0};
    assay_result *result = draft->result;
    ay_dataset_result *d = p->dataset;
    if (p->is_bridge) AY_TRY(name_previous(p, ay_str_from(d->manifest), err));
    AY_TRY(ay_archive_manifest(&draft->run, d, &p->leaves, &p->archived, &p->previous, p->is_bridge, &manifest, err));
    AY_TRY(ay_log_append(draft->archive->log, ay_buf_view(&manifest), &d->entry, err));
    p->has_files = false;
    d->manifest = ay_arena_copy(&result->arena, ay_buf_view(&manifest));
    AY_NOMEM_IF(!d->manifest, err);
    return ASSAY_OK;
}

static assay_status add_draft(assay_archive *archive, ay_archive_draft *draft, assay_err *err)
{
    assay_result *result = draft->result;
    const ay_alg alg = ay_result_proving(result)->alg;
    AY_TRY(digest_result(result, alg, &draft->run.result_digest, err));
    AY_TRY(digest_findings(result, alg, &draft->run, err));
    AY_TRY(ay_companion_wait(draft->companion, err));
    for (uint32_t i = 0; i < draft->n; i++) AY_TRY(add_manifest(draft, &draft->parts[i], err));
    AY_TRY(ay_archive_checkpoints(archive, result, err));
    memcpy(result->archived_run, draft->id, sizeof draft->id);
    return ASSAY_OK;
}

assay_status assay_archive_add(assay_archive *archive, assay_result *result, assay_err *err)
{
    if (!archive->draft) AY_TRY(assay_archive_begin(archive, result, err));
    assert(archive->draft);
    AY_FAIL_IF(archive->draft->result != result, err, ASSAY_EUSAGE, "another result was begun", "已开始的是另一个结果");
    const assay_status st = add_draft(archive, archive->draft, err);
    ay_archive_drop_draft(archive);
    return st;
}
