/* Leaves and the files of a snapshot in memory, for its tests. Include after cmocka.h. */
#ifndef AY_TESTS_SNAPSHOT_KIT_H
#define AY_TESTS_SNAPSHOT_KIT_H

#include "base/buf.h"
#include "proof/snapshot.h"
#include "proof_kit.h"

static inline ay_leaf *make_leaves(size_t n, uint64_t seed)
{
    ay_leaf *leaves = AY_NEW_ARRAY(n, ay_leaf);
    assert_non_null(leaves);
    fill_random(leaves, n * sizeof *leaves, &seed);
    return leaves;
}

static inline int compare_leaves(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(ay_leaf));
}

static inline assay_status write_to_buf(void *self, ay_str bytes, assay_err *err)
{
    ay_buf_str((ay_buf *)self, bytes);
    return ay_buf_status((const ay_buf *)self, err);
}

static inline assay_status read_from_buf(void *self, uint64_t at, void *to, size_t len, assay_err *err)
{
    const ay_buf *buf = (const ay_buf *)self;
    if (at + len > buf->len) return ay_fail(err, ASSAY_EIO, "the file ends", "文件结束");
    memcpy(to, buf->ptr + at, len);
    return ASSAY_OK;
}

typedef struct snapshot_kept {
    ay_snapshot_files files;
    ay_buf leaves, buckets;
} snapshot_kept;

static inline void keep_snapshot(ay_hasher *hasher, const ay_leaf *leaves, size_t n, uint32_t b, snapshot_kept *ret)
{
    ay_budget budget = {0};
    ay_snapshot *part = NULL;
    assay_err err = {0};
    *ret = (snapshot_kept){0};
    const ay_snapshot_options o = {hasher, b, {write_to_buf, &ret->leaves}, {write_to_buf, &ret->buckets}};
    assert_int_equal(ay_snapshot_open(&budget, &part, NULL), ASSAY_OK);
    assert_int_equal(ay_snapshot_add(part, leaves, n, NULL), ASSAY_OK);
    if (ay_snapshot_finish(part, &o, &ret->files.head, &err) != ASSAY_OK) fail_msg("%s", err.text);
    (void)ay_snapshot_free(part);
    assert_true(budget.used == 0);
    ret->files.leaves = (ay_source_at){read_from_buf, &ret->leaves};
    ret->files.buckets = (ay_source_at){read_from_buf, &ret->buckets};
}

static inline void drop_snapshot(snapshot_kept *kept)
{
    ay_buf_free(&kept->leaves);
    ay_buf_free(&kept->buckets);
}

#endif
