/* A proof for each record with one key: that it stands in what a run has archived. */
#include "base/mem.h"
#include "proof/proof_file.h"
#include "run/archive_read.h"
#include "base/stream.h"

typedef struct captured {
    struct captured *next;
    ay_leaf leaf;
    ay_salt salt;
    ay_str record;
} captured;

typedef struct capture {
    ay_key_wanted wanted;
    pthread_mutex_t lock;
    ay_arena arena; /* what was captured */
    ay_buf text;
    captured *first;
} capture;

static assay_status keep(capture *c, const ay_opened *opened, assay_err *err)
{
    captured *one = AY_ARENA_NEW(&c->arena, captured);
    AY_NOMEM_IF(!one || !ay_arena_str(&c->arena, opened->record, &one->record), err);
    one->leaf = opened->leaf;
    one->salt = opened->salt;
    one->next = c->first;
    c->first = one;
    return ASSAY_OK;
}

static assay_status on_leaf(void *ctx, ay_prover *prover, const ay_batch *fields, uint32_t row, assay_err *err)
{
    capture *c = (capture *)ctx;
    ay_opened opened;
    pthread_mutex_lock(&c->lock);
    assay_status st = ASSAY_OK;
    if (ay_row_has_key(&c->wanted, fields, row, &c->text)) {
        st = ay_prover_one(prover, fields, row, &opened, err);
        if (st == ASSAY_OK) st = keep(c, &opened, err);
    }
    if (st == ASSAY_OK) st = ay_buf_status(&c->text, err);
    pthread_mutex_unlock(&c->lock);
    return st;
}

/* ---- One proof ---- */

/* Where in its bucket the leaf stands: that of equal ones which is the first. */
static assay_status find_place(const ay_archive_reader *r, ay_hasher *hasher, const captured *one,
                               ay_snapshot_proof *ret, assay_err *err)
{
    ay_snapshot_place place;
    AY_TRY(ay_snapshot_find(&r->files, one->leaf.kh, &place, err));
    for (uint64_t i = 0; i < place.matches; i++) {
        AY_TRY(ay_snapshot_prove(&r->files, hasher, one->leaf.kh, place.position + i, ret, err));
        if (ay_digest_eq(&ret->leaves[0].leaf.hash, &one->leaf.hash)) return ASSAY_OK;
    }
    return ay_fail(err, ASSAY_EFORMAT,
                   place.matches ? "the record is not what it was in run " AY_STR_FMT
                                 : "no record of run " AY_STR_FMT " has this key",
                   place.matches ? "该记录与运行 " AY_STR_FMT " 时不同" : "运行 " AY_STR_FMT " 中没有该主键的记录",
                   AY_STR_ARG(r->manifest.as.run.run));
}

static assay_status put_proof(ay_archive_reader *r, ay_hasher *hasher, const captured *one, ay_buf *out, assay_err *err)
{
    ay_digest path[AY_MERKLE_DEPTH_MAX];
    ay_proof proof = {.alg = r->manifest.as.run.alg,
                      .openings = {{one->salt, one->record}},
                      .bucket_bits = r->files.head.b,
                      .manifest = ay_buf_view(&r->bytes),
                      .log = {.index = r->index, .path = path, .note = ay_buf_view(&r->note)}};
    AY_TRY(find_place(r, hasher, one, &proof.place, err));
    AY_TRY(ay_log_path(r->log, AY_SHA256, r->index, r->checkpoint.size, path, &proof.log.n, err));
    return ay_proof_put(&proof, out, err);
}

static assay_status put_proofs(ay_archive_reader *r, const capture *c, ay_stream *out, assay_err *err)
{
    ay_hasher *hasher = NULL;
    AY_FAIL_IF(!c->first, err, ASSAY_EUSAGE, "dataset %s has no record with this key", "数据集 %s 中没有该主键的记录",
               r->dataset->name);
    AY_TRY(ay_hasher_open(r->manifest.as.run.alg, AY_PROVIDER_EVP, &hasher, err));
    assay_status st = ASSAY_OK;
    for (const captured *one = c->first; one && st == ASSAY_OK; one = one->next)
        st = put_proof(r, hasher, one, &out->buf, err);
    ay_hasher_free(hasher);
    return st == ASSAY_OK ? ay_stream_flush(out, 0, err) : st;
}

static assay_status prove(const assay_pack *pack, const assay_run_options *options, const assay_archive_place *place,
                          capture *c, size_t n_key, const assay_explain_source *source, ay_stream *out, assay_err *err)
{
    ay_archive_reader reader;
    assay_run *run = NULL;
    const ay_trace trace = {.leaf = on_leaf, .ctx = c};
    assay_status st = ay_archive_reader_open(pack, place, &reader, err);
    if (st == ASSAY_OK) st = ay_archive_check_key(&reader, n_key, err);
    c->wanted.dataset = reader.dataset;
    c->wanted.zone = pack->zone;
    if (st == ASSAY_OK) st = ay_archive_reread(&reader, pack, options, &trace, source, &run, err);
    if (st == ASSAY_OK) st = put_proofs(&reader, c, out, err);
    assay_run_free(run);
    ay_archive_reader_close(&reader);
    return st;
}

assay_status assay_archive_prove(const assay_pack *pack, const assay_run_options *options,
                                 const assay_archive_place *place, const char *const *key, size_t n_key,
                                 const assay_explain_source *source, assay_write_fn write, void *ctx, assay_err *err)
{
    capture c = {.wanted.texts = key};
    ay_stream out = {.write = write, .ctx = ctx};
    pthread_mutex_init(&c.lock, NULL);
    const assay_status st = prove(pack, options, place, &c, n_key, source, &out, err);
    pthread_mutex_destroy(&c.lock);
    ay_arena_free(&c.arena);
    ay_buf_free(&c.text);
    ay_buf_free(&out.buf);
    return st;
}
