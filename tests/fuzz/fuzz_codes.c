/* Bytes as a code list: it is read or refused with a line of the file, every code of the first lines is found again,
 * and what is asked for never depends on the order of asking. The first byte chooses the columns. */
#include <stdlib.h>

#include "base/mem.h"
#include "check/code_list.h"

typedef struct input {
    ay_str bytes;
    ay_arena *arena;
} input;

static bool give_file(void *ctx, ay_str name, ay_pos pos, ay_str *ret_bytes)
{
    const input *in = ctx;
    (void)name;
    (void)pos;
    return ay_arena_str(in->arena, in->bytes, ret_bytes);
}

/* Any code that looks like one, taken from the start of each line. */
static void ask(const ay_code_list *list, ay_str bytes, bool leaf_only)
{
    static const int64_t days[] = {0, 10957, 20000, AY_INFINITY, AY_NEG_INFINITY};
    for (size_t from = 0, to; from < bytes.len; from = to + 1) {
        for (to = from; to < bytes.len && bytes.ptr[to] != ',' && bytes.ptr[to] != '\n'; to++) continue;
        const ay_str code = ay_str_slice(bytes, from, to);
        for (size_t i = 0; i < AY_COUNT(days); i++) {
            const ay_code_verdict verdict = ay_code_find(list, code, days[i], leaf_only);
            const ay_code_verdict loose = ay_code_find(list, code, days[i], false);
            if (verdict != ay_code_find(list, code, days[i], leaf_only)) abort();
            if (loose == AY_CODE_NOT_LEAF || (verdict != loose && verdict != AY_CODE_NOT_LEAF)) abort();
        }
    }
}

static const ay_code_list *read_list(uint8_t options, input *in, assay_diags *diags)
{
    static const ay_node file = {.kind = AY_NODE_SCALAR, .pos = {"fuzz.yaml", 1, 1}, .text = {"x.csv", 5}};
    static const ay_node names[] = {{.kind = AY_NODE_SCALAR, .pos = {"fuzz.yaml", 2, 1}, .text = {"k", 1}},
                                    {.kind = AY_NODE_SCALAR, .pos = {"fuzz.yaml", 3, 1}, .text = {"f", 1}},
                                    {.kind = AY_NODE_SCALAR, .pos = {"fuzz.yaml", 4, 1}, .text = {"t", 1}},
                                    {.kind = AY_NODE_SCALAR, .pos = {"fuzz.yaml", 5, 1}, .text = {"p", 1}}};
    const ay_code_columns columns = {.key = options & 1 ? &names[0] : NULL,
                                     .from = options & 2 ? &names[1] : NULL,
                                     .to = options & 4 ? &names[2] : NULL,
                                     .parent = options & 8 ? &names[3] : NULL};
    ay_build build = {.arena = in->arena, .diags = diags, .read_file = give_file, .read_ctx = in};
    const ay_code_list *list = NULL;
    const bool ok = ay_code_list_read(&build, &file, &columns, &list);
    if (ok != (ay_diags_errors(diags) == 0) || ok != (list != NULL)) abort();
    return list;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0) return 0;
    ay_arena arena = {0};
    input in = {{(const char *)data + 1, len - 1}, &arena};
    assay_diags *diags = assay_diags_new();
    if (!diags) abort();
    const ay_code_list *list = read_list(data[0], &in, diags);
    if (list) ask(list, in.bytes, data[0] & 8);
    assay_diags_free(diags);
    ay_arena_free(&arena);
    return 0;
}
