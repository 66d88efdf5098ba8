/* What leaves and the snapshot tree cost:
 *
 * - `leaves tree COUNT [MIB [DIRECTORY]]`: COUNT synthetic leaves into a snapshot tree (SM3 lanes), within MIB (96) of
 *   memory;
 * - `leaves hash`: nanoseconds a message: SM3 and SHA-256, each provider and width;
 * - `leaves make`: nanoseconds a record of 180 to 220 bytes: kh, salt and leaf;
 * - `leaves encode`: nanoseconds a record of 12 fields: its canonical bytes. */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "base/mem.h"
#include "proof/leaf.h"
#include "proof/record.h"
#include "proof/sm3.h"
#include "proof/snapshot.h"

enum { BATCH = 1024, REPEATS = 60 };

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int fail(const assay_err *err)
{
    fprintf(stderr, "leaves: %s\n", err->text);
    return 3;
}

static uint64_t next_random(uint64_t *state) /* xorshift64* */
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

/* ---- The tree ---- */

static assay_status put_synthetic(ay_snapshot *part, uint64_t count, assay_err *err)
{
    static ay_leaf leaves[BATCH];
    uint64_t state = 88172645463325252u;
    for (uint64_t done = 0; done < count;) {
        const size_t n = count - done < BATCH ? (size_t)(count - done) : BATCH;
        for (size_t i = 0; i < n; i++)
            for (size_t w = 0; w < sizeof *leaves / 8; w++) {
                const uint64_t v = next_random(&state);
                memcpy((char *)&leaves[i] + 8 * w, &v, 8);
            }
        AY_TRY(ay_snapshot_add(part, leaves, n, err));
        done += n;
    }
    return ASSAY_OK;
}

static assay_status count_bytes(void *self, ay_str bytes, assay_err *err)
{
    (void)err;
    *(uint64_t *)self += bytes.len;
    return ASSAY_OK;
}

static void tell_usage(const char *what, double begin)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%-8s %7.1f s wall so far; CPU so far %.1f s user, %.1f s system; peak RSS %.1f MiB\n", what,
           seconds_of(CLOCK_MONOTONIC) - begin, (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6,
           (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6, (double)usage.ru_maxrss / 1024);
}

static void tell_head(const ay_snapshot_head *head, uint64_t written)
{
    printf("%llu leaves, b %u, %llu bytes of files, root ", (unsigned long long)head->count, head->b,
           (unsigned long long)written);
    for (size_t i = 0; i < AY_DIGEST_SIZE; i++) printf("%02x", head->root.bytes[i]);
    printf("\n");
}

static assay_status build(ay_budget *budget, uint64_t count, assay_err *err)
{
    ay_hasher *hasher = NULL;
    ay_snapshot *part = NULL;
    ay_snapshot_head head;
    uint64_t written = 0;
    const double begin = seconds_of(CLOCK_MONOTONIC);
    AY_TRY(ay_hasher_open(AY_SM3, AY_PROVIDER_LANES, &hasher, err));
    const ay_sink sink = {count_bytes, &written};
    const ay_snapshot_options options = {hasher, AY_SNAPSHOT_BY_ROWS, sink, sink};
    assay_status status = ay_snapshot_open(budget, &part, err);
    if (status == ASSAY_OK) status = put_synthetic(part, count, err);
    tell_usage("added", begin);
    if (status == ASSAY_OK) status = ay_snapshot_finish(part, &options, &head, err);
    tell_usage("finished", begin);
    if (status == ASSAY_OK) tell_head(&head, written);
    (void)ay_snapshot_free(part);
    (void)ay_hasher_free(hasher);
    return status;
}

static int tree(int argc, char **argv)
{
    assay_err err = {0};
    ay_budget budget = {.memory_limit = (argc > 3 ? strtoull(argv[3], NULL, 10) : 96) << 20,
                        .spill_dir = argc > 4 ? argv[4] : NULL};
    if (build(&budget, strtoull(argv[2], NULL, 10), &err) != ASSAY_OK) return fail(&err);
    printf("budget: peak %.1f MiB, spilled %.1f MiB\n", (double)budget.peak / 1048576,
           (double)budget.spilled / 1048576);
    return 0;
}

/* ---- Messages ---- */

static const size_t lengths[] = {33, 64, 65, 200, 1000};
static char texts[BATCH][1024];
static ay_message messages[BATCH];
static ay_digest digests[BATCH];

static void set_messages(size_t len)
{
    for (size_t i = 0; i < BATCH; i++) messages[i] = (ay_message){{texts[i], 1}, {texts[i] + 1, len - 1}};
}

/* One batch, by a kernel or by a hasher. */
static assay_status once(const ay_sm3_kernel *kernel, ay_hasher *hasher, assay_err *err)
{
    if (!kernel) return ay_hash(hasher, messages, BATCH, digests, err);
    ay_sm3_batch(kernel, &ay_sm3_initial, messages, BATCH, digests);
    return ASSAY_OK;
}

static assay_status time_row(const char *name, const ay_sm3_kernel *kernel, ay_hasher *hasher, assay_err *err)
{
    printf("%-12s", name);
    for (size_t l = 0; l < AY_COUNT(lengths); l++) {
        double best = 1e9;
        set_messages(lengths[l]);
        for (int i = 0; i < REPEATS; i++) {
            const double begin = seconds_of(CLOCK_THREAD_CPUTIME_ID);
            AY_TRY(once(kernel, hasher, err));
            const double took = seconds_of(CLOCK_THREAD_CPUTIME_ID) - begin;
            if (took < best) best = took;
        }
        printf(" %7.0f", best / BATCH * 1e9);
    }
    printf("\n");
    return ASSAY_OK;
}

static assay_status time_evp(const char *name, ay_alg alg, assay_err *err)
{
    ay_hasher *hasher = NULL;
    AY_TRY(ay_hasher_open(alg, AY_PROVIDER_EVP, &hasher, err));
    const assay_status status = time_row(name, NULL, hasher, err);
    (void)ay_hasher_free(hasher);
    return status;
}

static assay_status time_all(assay_err *err)
{
    printf("ns/message  ");
    for (size_t l = 0; l < AY_COUNT(lengths); l++) printf(" %5zu B", lengths[l]);
    printf("\n");
    AY_TRY(time_evp("sha256 evp", AY_SHA256, err));
    AY_TRY(time_evp("sm3 evp", AY_SM3, err));
    for (size_t k = 0; ay_sm3_kernel_at(k); k++) {
        const ay_sm3_kernel *kernel = ay_sm3_kernel_at(k);
        char name[32];
        snprintf(name, sizeof name, "sm3 %s x%u", kernel->name, kernel->lanes);
        AY_TRY(time_row(name, kernel, NULL, err));
    }
    return ASSAY_OK;
}

static void fill_texts(void)
{
    uint64_t state = 1234567;
    for (size_t i = 0; i < BATCH; i++)
        for (size_t j = 0; j < sizeof *texts; j++) texts[i][j] = (char)next_random(&state);
}

/* ---- Leaves ---- */

static assay_status time_leaves(ay_hasher *hasher, const char *name, assay_err *err)
{
    static ay_str keys[BATCH], records[BATCH];
    static ay_leaf leaves[BATCH];
    const ay_leaf_options options = {.dataset = AY_STR("enterprise"), .epoch = 1};
    const ay_leaf_batch batch = {keys, records, BATCH};
    ay_leaf_maker *maker = NULL;
    AY_TRY(ay_leaf_maker_open(hasher, &options, &maker, err));
    for (size_t i = 0; i < BATCH; i++) keys[i] = (ay_str){texts[i], 40};
    for (size_t i = 0; i < BATCH; i++) records[i] = (ay_str){texts[i], 180 + i * 37 % 41};
    double best = 1e9;
    assay_status status = ASSAY_OK;
    for (int i = 0; i < REPEATS && status == ASSAY_OK; i++) {
        const double begin = seconds_of(CLOCK_THREAD_CPUTIME_ID);
        status = ay_leaf_make(maker, &batch, leaves, NULL, err);
        const double took = seconds_of(CLOCK_THREAD_CPUTIME_ID) - begin;
        if (took < best) best = took;
    }
    printf("%-12s %7.0f ns/record\n", name, best / BATCH * 1e9);
    (void)ay_leaf_maker_free(maker);
    return status;
}

static assay_status time_makers(assay_err *err)
{
    static const struct {
        const char *name;
        ay_alg alg;
        ay_provider provider;
    } ways[] = {{"sha256 evp", AY_SHA256, AY_PROVIDER_EVP},
                {"sm3 evp", AY_SM3, AY_PROVIDER_EVP},
                {"sm3 lanes", AY_SM3, AY_PROVIDER_LANES}};
    for (size_t i = 0; i < AY_COUNT(ways); i++) {
        ay_hasher *hasher = NULL;
        AY_TRY(ay_hasher_open(ways[i].alg, ways[i].provider, &hasher, err));
        const assay_status status = time_leaves(hasher, ways[i].name, err);
        (void)ay_hasher_free(hasher);
        if (status != ASSAY_OK) return status;
    }
    return ASSAY_OK;
}

/* ---- Records ---- */

/* What an enterprise has: every value of one field is as long, or as large, as the others of it. */
static const struct {
    const char *name;
    ay_type type;
    uint32_t size; /* bytes of a text, values of a number */
} columns[] = {{"id", AY_INT, 100000000},
               {"uscc", AY_TEXT, 18},
               {"name", AY_TEXT, 36},
               {"legal_person", AY_TEXT, 9},
               {"registered_capital", AY_DEC, 1000000000},
               {"established_on", AY_DATE, 20000},
               {"region_code", AY_TEXT, 6},
               {"address", AY_TEXT, 60},
               {"employees", AY_INT, 5000},
               {"is_listed", AY_BOOL, 2},
               {"phone", AY_TEXT, 11},
               {"updated_at", AY_TIMESTAMPTZ, 1000000000}};

static void fill_column(ay_col *col, size_t which, uint64_t *state)
{
    for (uint32_t row = 0; row < BATCH; row++) {
        const uint64_t random = next_random(state);
        const uint32_t size = columns[which].size;
        if (col->type == AY_TEXT) col->v.str[row] = (ay_str){texts[row] + random % 512, size};
        else if (col->type == AY_DEC) col->v.dec[row] = (ay_dec){.coef = (ay_i128)(random % size), .scale = 2};
        else col->v.i64[row] = (int64_t)(random % size);
    }
}

static assay_status open_records(ay_batch *batch, ay_record_plan **ret, assay_err *err)
{
    ay_type types[AY_COUNT(columns)];
    ay_field fields[AY_COUNT(columns)] = {{0}};
    uint64_t state = 7;
    for (size_t i = 0; i < AY_COUNT(columns); i++) {
        types[i] = columns[i].type;
        fields[i] = (ay_field){.name = columns[i].name, .type = columns[i].type};
    }
    AY_TRY(ay_batch_open(batch, types, AY_COUNT(columns), BATCH, err));
    batch->rows = BATCH;
    for (size_t i = 0; i < AY_COUNT(columns); i++) fill_column(&batch->cols[i], i, &state);
    return ay_record_plan_open(fields, NULL, AY_COUNT(columns), ret, err);
}

static assay_status time_records(assay_err *err)
{
    ay_batch batch = {0};
    ay_record_plan *plan = NULL;
    ay_records records = {0};
    double best = 1e9;
    assay_status status = open_records(&batch, &plan, err);
    for (int i = 0; i < REPEATS && status == ASSAY_OK; i++) {
        const double begin = seconds_of(CLOCK_THREAD_CPUTIME_ID);
        status = ay_records_encode(plan, &batch, &records, err);
        const double took = seconds_of(CLOCK_THREAD_CPUTIME_ID) - begin;
        if (took < best) best = took;
    }
    if (status == ASSAY_OK)
        printf("encode, %zu bytes %7.0f ns/record\n", records.bytes.len / BATCH, best / BATCH * 1e9);
    ay_records_free(&records);
    ay_record_plan_free(plan);
    ay_batch_free(&batch);
    return status;
}

int main(int argc, char **argv)
{
    assay_err err = {0};
    const ay_str verb = ay_str_from(argc > 1 ? argv[1] : "");
    if (ay_str_is(verb, "tree") && argc > 2) return tree(argc, argv);
    fill_texts();
    if (ay_str_is(verb, "hash")) return time_all(&err) == ASSAY_OK ? 0 : fail(&err);
    if (ay_str_is(verb, "make")) return time_makers(&err) == ASSAY_OK ? 0 : fail(&err);
    if (ay_str_is(verb, "encode")) return time_records(&err) == ASSAY_OK ? 0 : fail(&err);
    fputs("leaves tree COUNT [MIB [DIRECTORY]] | hash | make | encode\n", stderr);
    return 2;
}
