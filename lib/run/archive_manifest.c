/* The manifest of one dataset of a run. */
#include "base/mem.h"
#include "run/archive.h"

static ay_str text_or_none(const char *text)
{
    return text && *text ? ay_str_from(text) : (ay_str){0};
}

static ay_str text_or(const char *text, const char *otherwise)
{
    return ay_str_from(text && *text ? text : otherwise);
}

/* ---- The one before ---- */

static bool is_same_dataset(const ay_manifest *m, const assay_pack *pack, const ay_dataset *dataset)
{
    return m->kind == AY_MANIFEST_RUN && ay_str_is(m->as.run.namespace_, pack->id) &&
           ay_str_is(m->as.run.dataset, dataset->name);
}

assay_status ay_archive_find_previous(const assay_archive *archive, const assay_pack *pack, const ay_dataset *dataset,
                                      ay_alg alg, ay_archive_previous *ret, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf bytes = {0};
    AY_CLEANUP(ay_arena_free) ay_arena heap = {0};
    for (uint64_t i = ay_log_size(archive->log); i-- > 0 && !ret->found;) {
        ay_manifest m;
        ay_buf_clear(&bytes);
        ay_arena_reset(&heap);
        AY_TRY(ay_log_entry_at(archive->log, i, &bytes, err));
        AY_TRY(ay_manifest_take(ay_buf_view(&bytes), &heap, &m, err));
        ret->found = is_same_dataset(&m, pack, dataset);
        if (!ret->found) continue;
        ret->bucket_bits = (uint32_t)m.as.run.bucket_bits;
        ret->alg = m.as.run.alg;
        ret->epoch = m.as.run.epoch;
    }
    return ret->found ? ay_digest_of(alg, ay_buf_view(&bytes), &ret->digest, err) : ASSAY_OK;
}

/* ---- This one ---- */

static assay_status name_columns(const ay_dataset_result *d, ay_arena *arena, ay_run_manifest *m, assay_err *err)
{
    const ay_dataset *dataset = d->dataset;
    ay_manifest_column *columns = AY_ARENA_ARRAY(arena, dataset->n_fields, ay_manifest_column);
    ay_str *key = AY_ARENA_ARRAY(arena, dataset->n_key, ay_str);
    AY_NOMEM_IF(!columns || !key, err);
    const char *type = d->partial.evidence.types.ptr;
    for (uint32_t i = 0; i < dataset->n_fields; i++) {
        const ay_field *f = &dataset->fields[i];
        columns[i] = (ay_manifest_column){ay_str_from(f->name), ay_str_from(ay_type_name(f->type)), ay_str_from(type)};
        type += strlen(type) + 1;
    }
    for (uint32_t i = 0; i < dataset->n_key; i++) key[i] = ay_str_from(dataset->fields[dataset->key[i]].name);
    m->columns = columns;
    m->n_columns = dataset->n_fields;
    m->key = key;
    m->n_key = dataset->n_key;
    return ASSAY_OK;
}

/* Texts that have to be made; each is kept by the caller until the manifest is written. */
typedef struct texts {
    ay_buf root, buckets, pack, score, engine;
} texts;

static void texts_free(texts *t)
{
    ay_buf_free(&t->root);
    ay_buf_free(&t->buckets);
    ay_buf_free(&t->pack);
    ay_buf_free(&t->score);
    ay_buf_free(&t->engine);
}

static assay_status make_texts(const assay_result *result, ay_alg alg, const ay_archived *archived, texts *t,
                               assay_err *err)
{
    ay_digest_put(alg, &archived->head.root, &t->root);
    ay_digest_put(alg, &archived->buckets, &t->buckets);
    ay_buf_printf(&t->pack, "sha256:%s", result->pack_digest);
    ay_buf_printf(&t->engine, "assay %s", assay_version());
    if (assay_result_score(result) >= 0) ay_buf_int(&t->score, assay_result_score(result));
    AY_TRY(ay_buf_status(&t->root, err));
    AY_TRY(ay_buf_status(&t->buckets, err));
    AY_TRY(ay_buf_status(&t->pack, err));
    AY_TRY(ay_buf_status(&t->engine, err));
    return ay_buf_status(&t->score, err);
}

static ay_run_manifest describe(const ay_archive_run *run, const ay_dataset_result *d, const ay_archive_leaves *leaves,
                                const texts *t)
{
    const assay_result *result = run->result;
    return (ay_run_manifest){
        .run = ay_str_from(leaves->run),
        .engine = ay_buf_view(&t->engine),
        .started = run->started,
        .ended = run->ended,
        .namespace_ = ay_str_from(result->pack->id),
        .dataset = ay_str_from(d->dataset->name),
        .alg = leaves->how->alg,
        .root = ay_buf_view(&t->root),
        .bucket_table = ay_buf_view(&t->buckets),
        .epoch = leaves->how->leaf.epoch,
        .pack = ay_str_from(result->pack->id),
        .pack_version = text_or(result->pack->version, "0"),
        .pack_digest = ay_buf_view(&t->pack),
        .outcome = ay_str_from(assay_outcome_name(assay_result_outcome(result))),
        .score = t->score.len ? ay_buf_view(&t->score) : (ay_str){0},
        .result = ay_buf_view(&run->result_digest),
        .findings = ay_buf_view(&run->findings),
        .findings_root = ay_buf_view(&run->findings_root),
        .snapshot = text_or_none(d->facts.snapshot),
        .lsn = text_or_none(d->facts.lsn),
    };
}

assay_status ay_archive_manifest(const ay_archive_run *run, const ay_dataset_result *dataset,
                                 const ay_archive_leaves *leaves, const ay_archived *archived,
                                 const ay_archive_previous *previous, bool is_bridge, ay_buf *out, assay_err *err)
{
    AY_CLEANUP(texts_free) texts t = {0};
    AY_CLEANUP(ay_arena_free) ay_arena arena = {0};
    AY_TRY(make_texts(run->result, leaves->how->alg, archived, &t, err));
    ay_manifest m = {.kind = AY_MANIFEST_RUN, .as.run = describe(run, dataset, leaves, &t)};
    m.as.run.rows = archived->head.count;
    m.as.run.bucket_bits = archived->head.b;
    if (previous->found) m.as.run.previous = ay_buf_view(&previous->digest);
    if (is_bridge) m.as.run.bridge_of = m.as.run.previous;
    AY_TRY(name_columns(dataset, &arena, &m.as.run, err));
    return ay_manifest_put(&m, out, err);
}
