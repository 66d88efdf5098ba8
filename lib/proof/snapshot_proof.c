#include "proof/snapshot_root.h"

#include "base/mem.h"

#define PIECE 256

/* ---- Reading the two files ---- */

typedef struct bucket_row {
    uint64_t first, count; /* the bucket's leaves in the leaf file */
} bucket_row;

static assay_status fail_files(assay_err *err)
{
    return ay_fail(err, ASSAY_EFORMAT, "the leaf file or the bucket table does not belong to this root",
                   "叶子文件或桶表与该树根不符");
}

static assay_status read_leaves(const ay_snapshot_files *files, uint64_t from, size_t n, ay_leaf *ret, assay_err *err)
{
    if (n > files->head.count || from > files->head.count - n) return fail_files(err);
    return files->leaves.read(files->leaves.self, from * sizeof(ay_leaf), ret, n * sizeof(ay_leaf), err);
}

static assay_status read_rows(const ay_snapshot_files *files, uint64_t from, size_t n, unsigned char *ret,
                              assay_err *err)
{
    return files->buckets.read(files->buckets.self, from * AY_BUCKET_ROW_SIZE, ret, n * AY_BUCKET_ROW_SIZE, err);
}

static uint64_t row_count(const unsigned char *row)
{
    uint64_t v = 0;
    for (unsigned i = 4; i < 12; i++) v = v << 8 | row[i];
    return v;
}

/* Where the leaves of a bucket lie: behind those of all buckets before it. */
static assay_status locate(const ay_snapshot_files *files, uint32_t bucket, bucket_row *ret, assay_err *err)
{
    unsigned char rows[PIECE * AY_BUCKET_ROW_SIZE];
    *ret = (bucket_row){0};
    for (uint64_t from = 0; from <= bucket;) {
        const uint32_t n = (uint32_t)(bucket + 1 - from < PIECE ? bucket + 1 - from : PIECE);
        AY_TRY(read_rows(files, from, n, rows, err));
        for (uint32_t i = 0; i < n; i++) {
            ret->first += ret->count;
            ret->count = row_count(rows + (size_t)i * AY_BUCKET_ROW_SIZE);
            if (ret->first > files->head.count || ret->count > files->head.count - ret->first) return fail_files(err);
        }
        from += n;
    }
    return ASSAY_OK;
}

/* How many leaves of the bucket are below kh, or, with `equal`, not above it. */
static assay_status count_below(const ay_snapshot_files *files, const bucket_row *row, const unsigned char *kh,
                                bool equal, uint64_t *ret, assay_err *err)
{
    uint64_t low = 0, high = row->count;
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        ay_leaf leaf;
        AY_TRY(read_leaves(files, row->first + middle, 1, &leaf, err));
        const int c = memcmp(leaf.kh, kh, AY_KH_SIZE);
        if (c < 0 || (equal && c == 0)) low = middle + 1;
        else high = middle;
    }
    *ret = low;
    return ASSAY_OK;
}

assay_status ay_snapshot_find(const ay_snapshot_files *files, const unsigned char kh[AY_KH_SIZE],
                              ay_snapshot_place *ret, assay_err *err)
{
    bucket_row row = {0};
    uint64_t below, upto;
    if (files->head.b > AY_SNAPSHOT_B_MAX) return fail_files(err);
    AY_TRY(locate(files, ay_snapshot_bucket(kh, files->head.b), &row, err));
    AY_TRY(count_below(files, &row, kh, false, &below, err));
    AY_TRY(count_below(files, &row, kh, true, &upto, err));
    *ret = (ay_snapshot_place){.position = below, .matches = upto - below};
    return ASSAY_OK;
}

/* ---- Paths ---- */

typedef struct prover {
    const ay_snapshot_files *files;
    ay_hasher *hasher;
    ay_merkle *scratch;
    bucket_row row;
} prover;

static assay_status read_bucket_leaves(void *self, uint64_t from, uint32_t n, ay_digest *ret, assay_err *err)
{
    const prover *p = (const prover *)self;
    ay_leaf leaves[PIECE];
    for (uint32_t done = 0; done < n;) {
        const uint32_t m = n - done < PIECE ? n - done : PIECE;
        AY_TRY(read_leaves(p->files, p->row.first + from + done, m, leaves, err));
        for (uint32_t i = 0; i < m; i++) ret[done + i] = leaves[i].hash;
        done += m;
    }
    return ASSAY_OK;
}

static assay_status read_top_leaves(void *self, uint64_t from, uint32_t n, ay_digest *ret, assay_err *err)
{
    const prover *p = (const prover *)self;
    unsigned char rows[PIECE * AY_BUCKET_ROW_SIZE];
    ay_message scratch[PIECE];
    for (uint32_t done = 0; done < n;) {
        const uint32_t m = n - done < PIECE ? n - done : PIECE;
        AY_TRY(read_rows(p->files, from + done, m, rows, err));
        AY_TRY(ay_bucket_row_hash(p->hasher, rows, m, scratch, ret + done, err));
        done += m;
    }
    return ASSAY_OK;
}

static assay_status prove_leaf(prover *p, uint64_t position, ay_leaf_proof *ret, assay_err *err)
{
    const ay_merkle_leaves leaves = {p->row.count, read_bucket_leaves, p};
    ret->position = position;
    AY_TRY(read_leaves(p->files, p->row.first + position, 1, &ret->leaf, err));
    return ay_merkle_path(p->scratch, &leaves, position, ret->path, &ret->n, err);
}

static assay_status prove_bucket(prover *p, uint32_t bucket, ay_snapshot_proof *ret, assay_err *err)
{
    const ay_merkle_leaves rows = {UINT64_C(1) << p->files->head.b, read_top_leaves, p};
    ret->bucket = bucket;
    ret->count = p->row.count;
    return ay_merkle_path(p->scratch, &rows, bucket, ret->top, &ret->n_top, err);
}

/* Proofs of the leaves `has` says, at the positions. */
static assay_status prove(const ay_snapshot_files *files, ay_hasher *hasher, const unsigned char *kh,
                          const uint64_t positions[2], ay_snapshot_proof *ret, assay_err *err)
{
    prover p = {.files = files, .hasher = hasher};
    const uint32_t bucket = ay_snapshot_bucket(kh, files->head.b);
    AY_TRY(locate(files, bucket, &p.row, err));
    AY_TRY(ay_merkle_open(hasher, &p.scratch, err));
    assay_status status = prove_bucket(&p, bucket, ret, err);
    for (unsigned i = 0; i < 2 && status == ASSAY_OK; i++)
        if (ret->has[i]) status = prove_leaf(&p, positions[i], &ret->leaves[i], err);
    (void)ay_merkle_free(p.scratch);
    if (status != ASSAY_OK) return status;
    return ay_snapshot_check_paths(hasher, &files->head, ret, NULL) == ASSAY_OK ? ASSAY_OK : fail_files(err);
}

assay_status ay_snapshot_prove(const ay_snapshot_files *files, ay_hasher *hasher, const unsigned char kh[AY_KH_SIZE],
                               uint64_t position, ay_snapshot_proof *ret, assay_err *err)
{
    ay_snapshot_place place = {0};
    AY_TRY(ay_snapshot_find(files, kh, &place, err));
    AY_FAIL_IF(position < place.position || position - place.position >= place.matches, err, ASSAY_EUSAGE,
               "no leaf of this key is at position %llu of its bucket", "其桶中第 %llu 个位置没有该键的叶子",
               (unsigned long long)position);
    *ret = (ay_snapshot_proof){.has = {true, false}};
    return prove(files, hasher, kh, (const uint64_t[2]){position, 0}, ret, err);
}

assay_status ay_snapshot_prove_absent(const ay_snapshot_files *files, ay_hasher *hasher,
                                      const unsigned char kh[AY_KH_SIZE], ay_snapshot_proof *ret, assay_err *err)
{
    ay_snapshot_place place = {0};
    bucket_row row = {0};
    AY_TRY(ay_snapshot_find(files, kh, &place, err));
    AY_FAIL_IF(place.matches, err, ASSAY_EUSAGE, "the snapshot has a record of this key: its absence cannot be proved",
               "快照中有该键的记录，无法证明其不存在");
    AY_TRY(locate(files, ay_snapshot_bucket(kh, files->head.b), &row, err));
    *ret = (ay_snapshot_proof){.has = {place.position > 0, place.position < row.count}};
    return prove(files, hasher, kh, (const uint64_t[2]){place.position - 1, place.position}, ret, err);
}
