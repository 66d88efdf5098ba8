/* Partials of a fixed pack. What a run takes it can also finish, and writes again as the same bytes.
 * Byte 0 says what the rest is: 0: a partial or a line as it stands; 1: the body of a partial, which gets its head and
 * digest here, so that what lies behind them is reached, and the head does not age with the version. */
#include <stdlib.h>

#include "../partial_pack.h"
#include "assay/assay.h"
#include "base/mem.h"
#include "pack/load.h"
#include "proof/base64.h"
#include "run/digests.h"
#include "run/partial_head.h"

static void require(bool holds)
{
    if (!holds) abort();
}

static const assay_pack *the_pack(void)
{
    static assay_pack *pack;
    const assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    if (!pack)
        require(ay_pack_load_bytes("fuzz.yaml", AY_STR(partial_pack_text), &options, &pack, NULL, NULL) == ASSAY_OK);
    return pack;
}

static void hash(ay_str bytes, ay_digest *ret)
{
    char hex[65];
    require(ay_sha256_hex(&bytes, 1, hex, NULL) == ASSAY_OK);
    require(ay_hex_take((ay_str){hex, 64}, ret->bytes, AY_DIGEST_SIZE));
}

/* Records of a file, read leniently as of 2026-07-01: so that rejected ones may be among them. */
static void put_partial(ay_str body, ay_buf *out)
{
    ay_chunk chunk = {.name = AY_STR("1")};
    char hex[65];
    ay_digest all;
    ay_partial_head head = {.engine = assay_version(),
                            .dataset = "d",
                            .job = "j",
                            .label = "",
                            .as_of_us = INT64_C(1782835200000000),
                            .lenient = true,
                            .of = 1,
                            .facts = {[AY_FACT_KIND] = {AY_FACT_ONE, "file"}, [AY_FACT_PLACE] = {AY_FACT_ONE, "-"}},
                            .chunks = &chunk,
                            .n_chunks = 1};
    require(ay_pack_digest(the_pack(), hex, NULL) == ASSAY_OK);
    require(ay_hex_take((ay_str){hex, 64}, head.pack.bytes, AY_DIGEST_SIZE));
    hash(body, &chunk.digest);
    ay_partial_head_put(&head, out);
    ay_buf_u64(out, body.len);
    ay_buf_str(out, body);
    hash(ay_buf_view(out), &all);
    ay_buf_put(out, all.bytes, sizeof all.bytes);
}

static int collect(void *ctx, const void *bytes, size_t len)
{
    ay_buf_put(ctx, bytes, len);
    return 0;
}

static assay_run *take(ay_str partial, assay_err *err)
{
    assay_run_options o = ASSAY_RUN_OPTIONS_INIT;
    assay_run *run = NULL;
    o.allow_missing = 1;
    require(assay_run_open(the_pack(), &o, &run, NULL) == ASSAY_OK);
    if (assay_run_merge(run, partial.ptr, partial.len, err) == ASSAY_OK) return run;
    require(err->text[0] && err->text_zh[0]);
    return assay_run_free(run);
}

static void write_again(ay_str partial, int line)
{
    assay_partial_options o = ASSAY_PARTIAL_OPTIONS_INIT;
    assay_err err = {0};
    ay_buf again = {0};
    assay_run *run = take(partial, &err);
    o.line = line;
    require(run && assay_run_partial(run, "d", &o, collect, &again, &err) == ASSAY_OK);
    if (line && again.len == partial.len + 1) again.len--; /* the line came without its end */
    require(ay_str_eq(ay_buf_view(&again), partial));
    ay_buf_free(&again);
    assay_run_free(run);
}

static void finish(assay_run *run)
{
    static const assay_part parts[] = {ASSAY_RESULT_JSON, ASSAY_RESULT_FINDINGS, ASSAY_RESULT_SUMMARY};
    assay_result *result = NULL;
    ay_buf out = {0};
    assay_err err = {0};
    require(assay_run_finish(run, &result, &err) == ASSAY_OK);
    for (size_t i = 0; i < AY_COUNT(parts); i++)
        require(assay_result_write(result, parts[i], collect, &out, &err) == ASSAY_OK);
    ay_buf_free(&out);
    assay_result_free(result);
    assay_run_free(run);
}

static void try(ay_str partial)
{
    assay_err err = {0};
    assay_run *run = take(partial, &err);
    if (!run) return;
    finish(run);
    write_again(partial, partial.ptr[0] == 'Y');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    ay_buf partial = {0};
    if (len < 2) return 0;
    const ay_str rest = {(const char *)data + 1, len - 1};
    if (data[0] == 1) put_partial(rest, &partial);
    else ay_buf_str(&partial, rest);
    try(ay_buf_view(&partial));
    ay_buf_free(&partial);
    return 0;
}
