/* Bytes as a code list, or as two that are read as one: they are read or refused with a line of the file, what is asked
 * for never depends on the order of asking, a second file never takes a code out of force, and what replaces a retired
 * code is itself accepted. The first byte chooses the columns, and whether there are two files. */
#include <stdlib.h>

#include "base/mem.h"
#include "check/code_list.h"

enum { KEY = 1, FROM = 2, TO = 4, PARENT = 8, SUCCESSORS = 16, TWO_FILES = 32 };

typedef struct input {
    ay_str files[2];
    ay_arena *arena;
} input;

static bool give_file(void *ctx, ay_str name, ay_pos pos, ay_str *ret_bytes)
{
    const input *in = ctx;
    (void)pos;
    return ay_arena_str(in->arena, in->files[ay_str_is(name, "y.csv")], ret_bytes);
}

static void check_heirs(const ay_code_list *list, ay_str code, const ay_code_need *need)
{
    ay_code_lapse lapse;
    ay_code_explain(list, code, need, &lapse);
    if (lapse.n_heirs > AY_CODE_HEIRS) abort();
    for (uint32_t i = 0; i < lapse.n_heirs; i++) {
        if (ay_code_find(list, lapse.heirs[i], need) != AY_CODE_IN) abort();
        if (i && ay_str_cmp(lapse.heirs[i - 1], lapse.heirs[i]) >= 0) abort();
    }
}

static void ask_one(const ay_code_list *list, const ay_code_list *alone, ay_str code, ay_code_need need)
{
    const ay_code_verdict verdict = ay_code_find(list, code, &need);
    if (verdict == AY_CODE_RETIRED || verdict == AY_CODE_NOT_YET) check_heirs(list, code, &need);
    if (verdict != ay_code_find(list, code, &need)) abort();
    need.leaf = false;
    const ay_code_verdict loose = ay_code_find(list, code, &need);
    if (loose == AY_CODE_NOT_LEAF || (verdict != loose && verdict != AY_CODE_NOT_LEAF)) abort();
    if (alone && ay_code_find(alone, code, &need) == AY_CODE_IN && loose != AY_CODE_IN) abort();
}

/* Anything that looks like a code, taken from the start of each line. */
static void ask(const ay_code_list *list, const ay_code_list *alone, ay_str bytes)
{
    static const int64_t days[] = {0, 10957, 20000, AY_INFINITY, AY_NEG_INFINITY};
    for (size_t from = 0, to; from < bytes.len; from = to + 1) {
        for (to = from; to < bytes.len && bytes.ptr[to] != ',' && bytes.ptr[to] != '\n'; to++) continue;
        const ay_str code = ay_str_slice(bytes, from, to);
        for (size_t i = 0; i < AY_COUNT(days); i++) {
            ask_one(list, alone, code, (ay_code_need){days[i], days[i], true});
            ask_one(list, alone, code, (ay_code_need){days[i], 20000, false});
        }
    }
}

static const ay_code_list *read_list(uint8_t options, size_t n_files, input *in, assay_diags *diags)
{
    static const ay_node files[] = {{.kind = AY_NODE_SCALAR, .pos = {"fuzz.yaml", 1, 1}, .text = {"x.csv", 5}},
                                    {.kind = AY_NODE_SCALAR, .pos = {"fuzz.yaml", 1, 2}, .text = {"y.csv", 5}}};
    static const ay_node *const both[] = {&files[0], &files[1]};
    static const ay_node names[] = {{.kind = AY_NODE_SCALAR, .pos = {"fuzz.yaml", 2, 1}, .text = {"k", 1}},
                                    {.kind = AY_NODE_SCALAR, .pos = {"fuzz.yaml", 3, 1}, .text = {"f", 1}},
                                    {.kind = AY_NODE_SCALAR, .pos = {"fuzz.yaml", 4, 1}, .text = {"t", 1}},
                                    {.kind = AY_NODE_SCALAR, .pos = {"fuzz.yaml", 5, 1}, .text = {"p", 1}},
                                    {.kind = AY_NODE_SCALAR, .pos = {"fuzz.yaml", 6, 1}, .text = {"s", 1}}};
    const ay_code_columns columns = {.key = options & KEY ? &names[0] : NULL,
                                     .from = options & FROM ? &names[1] : NULL,
                                     .to = options & TO ? &names[2] : NULL,
                                     .parent = options & PARENT ? &names[3] : NULL,
                                     .successors = options & SUCCESSORS ? &names[4] : NULL};
    ay_build build = {.arena = in->arena, .diags = diags, .read_file = give_file, .read_ctx = in};
    const ay_code_list *list = NULL;
    const size_t before = ay_diags_errors(diags);
    const bool ok = ay_code_list_read(&build, both, n_files, &columns, &list);
    if (ok != (ay_diags_errors(diags) == before) || ok != (list != NULL)) abort();
    return list;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0) return 0;
    ay_arena arena = {0};
    const ay_str bytes = {(const char *)data + 1, len - 1};
    const bool is_split = data[0] & TWO_FILES;
    const size_t half = is_split ? bytes.len / 2 : bytes.len;
    input in = {{ay_str_slice(bytes, 0, half), ay_str_slice(bytes, half, bytes.len)}, &arena};
    assay_diags *diags = assay_diags_new();
    if (!diags) abort();
    const ay_code_list *alone = read_list(data[0], 1, &in, diags);
    const ay_code_list *list = is_split ? read_list(data[0], 2, &in, diags) : alone;
    if (list) ask(list, alone, bytes);
    assay_diags_free(diags);
    ay_arena_free(&arena);
    return 0;
}
