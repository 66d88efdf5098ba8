/* A proof that no record with one key stands in what a run has archived: the leaves on both sides of its place, with
 * the records that open them. */
#include <assert.h>

#include "base/mem.h"
#include "base/options.h"
#include "proof/proof_file.h"
#include "run/archive_read.h"
#include "run/options.h"
#include "base/stream.h"

/* ---- The kh of a key that is given as texts ---- */

/* A record of texts, null but for the key, which is read as the run reads the values of a file. */
static void fill_texts(const ay_dataset *d, const char *const *key, ay_batch *in)
{
    in->rows = 1;
    for (uint32_t i = 0; i < d->n_fields; i++) ay_bit_set(in->cols[i].null, 0);
    for (uint32_t k = 0; k < d->n_key; k++) {
        ay_col *col = &in->cols[d->key[k]];
        memset(col->null, 0, sizeof *col->null);
        col->v.str[0] = ay_str_from(key[k]);
    }
}

static assay_status open_texts(const ay_dataset *d, ay_arena *arena, ay_batch *in, ay_schema *schema, assay_err *err)
{
    ay_column *columns = AY_ARENA_ARRAY(arena, d->n_fields, ay_column);
    ay_type *types = AY_ARENA_ARRAY(arena, d->n_fields, ay_type);
    AY_NOMEM_IF(!columns || !types, err);
    for (uint32_t i = 0; i < d->n_fields; i++) {
        types[i] = AY_TEXT;
        columns[i] = (ay_column){.name = d->fields[i].column, .type = AY_TEXT};
    }
    *schema = (ay_schema){columns, d->n_fields};
    return ay_batch_open(in, types, d->n_fields, 1, err);
}

static assay_status read_key(const ay_dataset *d, ay_prover *prover, const char *const *key, unsigned char *ret,
                             assay_err *err)
{
    AY_CLEANUP(ay_arena_free) ay_arena arena = {0};
    AY_CLEANUP(ay_batch_free) ay_batch in = {0};
    ay_schema schema;
    ay_reader *reader = NULL;
    const ay_batch *typed = NULL;
    ay_opened opened;
    AY_TRY(open_texts(d, &arena, &in, &schema, err));
    assert(in.cols);
    fill_texts(d, key, &in);
    AY_TRY(ay_reader_open(d->fields, d->n_fields, &schema, 1, &reader, err));
    assay_status st = ay_reader_read(reader, &in, &typed, err);
    if (st == ASSAY_OK) st = ay_prover_one(prover, typed, 0, &opened, err);
    if (st == ASSAY_OK) memcpy(ret, opened.leaf.kh, AY_KH_SIZE);
    ay_reader_free(reader);
    return st;
}

static assay_status open_prover(const ay_archive_reader *r, const char *key_file, ay_arena *arena, ay_prover **ret,
                                assay_err *err)
{
    const ay_run_manifest *m = &r->manifest.as.run;
    ay_proving_options options = {.alg = m->alg, .epoch = (uint32_t)m->epoch};
    const ay_proving *proving = NULL;
    ay_secret *secret = NULL;
    AY_TRY(ay_secret_read(key_file, &secret, err));
    options.secret = secret;
    const assay_status st = ay_proving_make(arena, r->dataset, &options, &proving, err);
    ay_secret_free(secret);
    AY_TRY(st);
    return ay_prover_open(proving, r->dataset, 1, ret, err);
}

static assay_status find_kh(const ay_archive_reader *r, const assay_run_options *options, const char *const *key,
                            unsigned char *ret, assay_err *err)
{
    AY_CLEANUP(ay_arena_free) ay_arena arena = {0};
    assay_run_options o = {0};
    ay_prover *prover = NULL;
    AY_TRY(ay_take_options(&o, sizeof o, AY_RUN_OPTIONS_FIRST, options, err));
    AY_FAIL_IF(!o.proof_key, err, ASSAY_EUSAGE, "leaves need their secret: name its file (proof_key)",
               "生成叶需要密钥：请指定文件（proof_key）");
    assay_status st = open_prover(r, o.proof_key, &arena, &prover, err);
    if (st == ASSAY_OK) st = read_key(r->dataset, prover, key, ret, err);
    ay_prover_close(prover);
    return st;
}

/* ---- The neighbours ---- */

typedef struct neighbours {
    const ay_snapshot_proof *place;
    pthread_mutex_t lock;
    ay_arena arena; /* of the records */
    ay_opening openings[2];
    bool is_open[2];
} neighbours;

static assay_status keep(neighbours *n, int side, const ay_opened *opened, assay_err *err)
{
    AY_NOMEM_IF(!ay_arena_str(&n->arena, opened->record, &n->openings[side].record), err);
    n->openings[side].salt = opened->salt;
    n->is_open[side] = true;
    return ASSAY_OK;
}

static assay_status on_leaf(void *ctx, ay_prover *prover, const ay_batch *fields, uint32_t row, assay_err *err)
{
    neighbours *n = (neighbours *)ctx;
    const ay_leaf leaf = *ay_prover_leaf(prover, row);
    assay_status st = ASSAY_OK;
    for (int side = 0; side < 2 && st == ASSAY_OK; side++) {
        ay_opened opened;
        if (!n->place->has[side] || memcmp(&leaf, &n->place->leaves[side].leaf, sizeof leaf) != 0) continue;
        pthread_mutex_lock(&n->lock);
        if (!n->is_open[side]) {
            st = ay_prover_one(prover, fields, row, &opened, err);
            if (st == ASSAY_OK) st = keep(n, side, &opened, err);
        }
        pthread_mutex_unlock(&n->lock);
    }
    return st;
}

static assay_status open_neighbours(const ay_archive_reader *r, const assay_pack *pack,
                                    const assay_run_options *options, const assay_explain_source *source, neighbours *n,
                                    assay_err *err)
{
    const ay_trace trace = {.leaf = on_leaf, .ctx = n};
    assay_run *run = NULL;
    const assay_status st = ay_archive_reread(r, pack, options, &trace, source, &run, err);
    assay_run_free(run);
    AY_TRY(st);
    for (int side = 0; side < 2; side++)
        AY_FAIL_IF(
            n->place->has[side] && !n->is_open[side], err, ASSAY_EFORMAT,
            "a record beside the place of the key is not what it was: absence can be proved from data of then only",
            "该主键位置旁的记录已有变化：只能用当时的数据证明其不存在");
    return ASSAY_OK;
}

/* ---- The proof ---- */

static assay_status find_gap(const ay_archive_reader *r, const unsigned char *kh, ay_snapshot_proof *ret,
                             assay_err *err)
{
    ay_hasher *hasher = NULL;
    AY_TRY(ay_hasher_open(r->manifest.as.run.alg, AY_PROVIDER_EVP, &hasher, err));
    const assay_status st = ay_snapshot_prove_absent(&r->files, hasher, kh, ret, err);
    ay_hasher_free(hasher);
    return st;
}

static assay_status put_proof(ay_archive_reader *r, const neighbours *n, const unsigned char *kh, ay_buf *out,
                              assay_err *err)
{
    ay_digest path[AY_MERKLE_DEPTH_MAX];
    ay_proof proof = {.alg = r->manifest.as.run.alg,
                      .is_absence = true,
                      .openings = {n->openings[0], n->openings[1]},
                      .bucket_bits = r->files.head.b,
                      .place = *n->place,
                      .manifest = ay_buf_view(&r->bytes),
                      .log = {.index = r->index, .path = path, .note = ay_buf_view(&r->note)}};
    memcpy(proof.absent, kh, AY_KH_SIZE);
    AY_TRY(ay_log_path(r->log, AY_SHA256, r->index, r->checkpoint.size, path, &proof.log.n, err));
    return ay_proof_put(&proof, out, err);
}

assay_status assay_archive_prove_absent(const assay_pack *pack, const assay_run_options *options,
                                        const assay_archive_place *place, const char *const *key, size_t n_key,
                                        const assay_explain_source *source, assay_write_fn write, void *ctx,
                                        assay_err *err)
{
    ay_archive_reader reader;
    ay_snapshot_proof gap;
    neighbours n = {.place = &gap};
    unsigned char kh[AY_KH_SIZE];
    ay_stream out = {.write = write, .ctx = ctx};
    pthread_mutex_init(&n.lock, NULL);
    assay_status st = ay_archive_reader_open(pack, place, &reader, err);
    if (st == ASSAY_OK) st = ay_archive_check_key(&reader, n_key, err);
    if (st == ASSAY_OK) st = find_kh(&reader, options, key, kh, err);
    if (st == ASSAY_OK) st = find_gap(&reader, kh, &gap, err);
    if (st == ASSAY_OK) st = open_neighbours(&reader, pack, options, source, &n, err);
    if (st == ASSAY_OK) st = put_proof(&reader, &n, kh, &out.buf, err);
    if (st == ASSAY_OK) st = ay_stream_flush(&out, 0, err);
    ay_buf_free(&out.buf);
    ay_arena_free(&n.arena);
    pthread_mutex_destroy(&n.lock);
    ay_archive_reader_close(&reader);
    return st;
}
