#include "proof/snapshot_root.h"

#include "base/mem.h"

#define ROWS 1024 /* of the bucket table, hashed and written together */

uint32_t ay_snapshot_b(uint64_t count)
{
    if (count < 2048) return 0;
    const uint32_t b = 63 - (uint32_t)__builtin_clzll(count) - 10;
    return b < AY_SNAPSHOT_B_MAX ? b : AY_SNAPSHOT_B_MAX;
}

uint32_t ay_snapshot_bucket(const unsigned char kh[AY_KH_SIZE], uint32_t b)
{
    const uint32_t first = (uint32_t)kh[0] << 24 | (uint32_t)kh[1] << 16 | (uint32_t)kh[2] << 8 | kh[3];
    return b ? first >> (32 - b) : 0;
}

/* ---- Rows of the bucket table ---- */

void ay_bucket_row_put(unsigned char *to, uint32_t bucket, uint64_t count, const ay_digest *root)
{
    for (unsigned i = 0; i < 4; i++) to[i] = (unsigned char)(bucket >> (24 - 8 * i));
    for (unsigned i = 0; i < 8; i++) to[4 + i] = (unsigned char)(count >> (56 - 8 * i));
    memcpy(to + 12, root->bytes, AY_DIGEST_SIZE);
}

assay_status ay_bucket_row_hash(ay_hasher *hasher, const unsigned char *rows, size_t n, ay_message *scratch,
                                ay_digest *ret, assay_err *err)
{
    for (size_t i = 0; i < n; i++)
        scratch[i] = (ay_message){{"\x00"
                                   "CRB\x01",
                                   5},
                                  {(const char *)rows + i * AY_BUCKET_ROW_SIZE, AY_BUCKET_ROW_SIZE}};
    return ay_hash(hasher, scratch, n, ret, err);
}

/* ---- From leaves in order to the root ---- */

struct ay_root_builder {
    const ay_snapshot_options *options;
    uint32_t b, bucket; /* the one being filled; all below are in rows or behind them */
    uint64_t count;
    ay_merkle *in_bucket, *top;
    ay_digest empty; /* H("") */
    uint32_t n;      /* of rows */
    unsigned char rows[ROWS * AY_BUCKET_ROW_SIZE];
    ay_digest hashes[ROWS];
    ay_message scratch[ROWS];
};

assay_status ay_root_builder_open(const ay_snapshot_options *options, uint32_t b, ay_root_builder **ret, assay_err *err)
{
    AY_FAIL_IF(b > AY_SNAPSHOT_B_MAX, err, ASSAY_EUSAGE, "a snapshot tree has at most 2^%d buckets, not 2^%u",
               "快照树最多有 2^%d 个桶，而不是 2^%u 个", AY_SNAPSHOT_B_MAX, b);
    ay_root_builder *builder = AY_NEW(ay_root_builder);
    AY_NOMEM_IF(!builder, err);
    builder->options = options;
    builder->b = b;
    assay_status status = ay_merkle_open(options->hasher, &builder->in_bucket, err);
    if (status == ASSAY_OK) status = ay_merkle_open(options->hasher, &builder->top, err);
    if (status == ASSAY_OK) status = ay_merkle_root(builder->in_bucket, &builder->empty, err);
    if (status != ASSAY_OK) {
        (void)ay_root_builder_free(builder);
        return status;
    }
    *ret = builder;
    return ASSAY_OK;
}

ay_root_builder *ay_root_builder_free(ay_root_builder *builder)
{
    if (!builder) return NULL;
    (void)ay_merkle_free(builder->in_bucket);
    (void)ay_merkle_free(builder->top);
    return (ay_root_builder *)ay_free(builder);
}

static assay_status write_to(const ay_sink *sink, const void *bytes, size_t len, assay_err *err)
{
    return sink->write && len ? sink->write(sink->self, (ay_str){(const char *)bytes, len}, err) : ASSAY_OK;
}

static assay_status flush_rows(ay_root_builder *builder, assay_err *err)
{
    const uint32_t n = builder->n;
    builder->n = 0;
    AY_TRY(ay_bucket_row_hash(builder->options->hasher, builder->rows, n, builder->scratch, builder->hashes, err));
    for (uint32_t i = 0; i < n; i++) AY_TRY(ay_merkle_add(builder->top, &builder->hashes[i], err));
    return write_to(&builder->options->buckets, builder->rows, (size_t)n * AY_BUCKET_ROW_SIZE, err);
}

static assay_status close_bucket(ay_root_builder *builder, assay_err *err)
{
    const uint64_t count = ay_merkle_count(builder->in_bucket);
    ay_digest root = builder->empty;
    if (count) AY_TRY(ay_merkle_root(builder->in_bucket, &root, err));
    ay_bucket_row_put(builder->rows + (size_t)builder->n * AY_BUCKET_ROW_SIZE, builder->bucket, count, &root);
    builder->bucket++;
    return ++builder->n < ROWS ? ASSAY_OK : flush_rows(builder, err);
}

assay_status ay_root_builder_take(void *self, const ay_leaf *leaves, size_t n, assay_err *err)
{
    ay_root_builder *builder = (ay_root_builder *)self;
    for (size_t i = 0; i < n; i++) {
        const uint32_t bucket = ay_snapshot_bucket(leaves[i].kh, builder->b);
        while (builder->bucket < bucket) AY_TRY(close_bucket(builder, err));
        AY_TRY(ay_merkle_add(builder->in_bucket, &leaves[i].hash, err));
    }
    builder->count += n;
    return write_to(&builder->options->leaves, leaves, n * sizeof *leaves, err);
}

assay_status ay_root_builder_end(ay_root_builder *builder, ay_snapshot_head *ret, assay_err *err)
{
    while (builder->bucket < UINT32_C(1) << builder->b) AY_TRY(close_bucket(builder, err));
    AY_TRY(flush_rows(builder, err));
    ret->count = builder->count;
    ret->b = builder->b;
    return ay_merkle_root(builder->top, &ret->root, err);
}

assay_status ay_snapshot_finish(ay_snapshot *part, const ay_snapshot_options *options, ay_snapshot_head *ret,
                                assay_err *err)
{
    const bool by_rows = options->b == AY_SNAPSHOT_BY_ROWS;
    ay_root_builder *builder = NULL;
    AY_TRY(ay_root_builder_open(options, by_rows ? ay_snapshot_b(ay_snapshot_count(part)) : options->b, &builder, err));
    assay_status status = ay_snapshot_each(part, &(ay_leaf_taker){ay_root_builder_take, builder}, err);
    if (status == ASSAY_OK) status = ay_root_builder_end(builder, ret, err);
    (void)ay_root_builder_free(builder);
    return status;
}
