/* Bytes as a text under the checks that know Unicode: what is repaired once needs no further repair and is valid UTF-8,
 * a text fails `normalize` exactly when its repair is another text, and every verdict comes with a reason. The first
 * two bytes choose the repairs and the classes; the text ends before the first byte that is not UTF-8. */
#include <stdlib.h>

#include "base/gb18030.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "check/kinds.h"
#include "check/normalize.h"

static void require(bool holds)
{
    if (!holds) abort();
}

/* The words of the bits as a list. */
static void put_words(uint32_t bits, const char *const *words, size_t n, const ay_node **items, ay_node *nodes,
                      ay_node *list)
{
    *list = (ay_node){.kind = AY_NODE_LIST, .pos = {"fuzz.yaml", 1, 1}, .items = items};
    for (size_t i = 0; i < n; i++) {
        if (!(bits >> i & 1)) continue;
        nodes[list->n] = (ay_node){.kind = AY_NODE_SCALAR, .pos = {"fuzz.yaml", 1, 2}, .text = ay_str_from(words[i])};
        items[list->n] = &nodes[list->n];
        list->n++;
    }
}

static ay_verdict verdict_of(const ay_rule *rule, ay_str text)
{
    uint64_t fail[1] = {0}, unknown[1] = {0}, unreadable[1] = {0};
    const uint64_t active[1] = {1};
    ay_col column = {.type = AY_TEXT, .v.str = &text};
    const ay_batch batch = {.cols = &column, .n = 1, .rows = 1, .cap = 1};
    void *scratch = NULL;
    if (rule->kind->open) require(rule->kind->open(rule, 1, &scratch, NULL) == ASSAY_OK);
    const ay_view view = {.batch = &batch};
    require(rule->kind->eval(rule, scratch, &view, active, (ay_marks){fail, unknown, unreadable}, NULL) == ASSAY_OK);
    if (rule->kind->close) rule->kind->close(scratch);
    require(!unknown[0] && !(fail[0] && unreadable[0]));
    return fail[0] ? AY_FAIL : unreadable[0] ? AY_UNREADABLE : AY_PASS;
}

static void explain(const ay_rule *rule, ay_str text, ay_verdict verdict)
{
    const ay_cell value = {.type = AY_TEXT, .v.str = text};
    const ay_facts facts = {.values = &value, .verdict = verdict};
    for (int zh = 0; zh < 2 && verdict != AY_PASS; zh++) {
        ay_buf words = {0};
        rule->kind->reason(rule, &facts, zh, &words);
        require(!words.failed && words.len && ay_utf8_valid(ay_buf_view(&words)) == words.len);
        ay_buf_free(&words);
    }
}

static ay_verdict ask(const char *check, const ay_node *arg, ay_str text)
{
    const ay_field field = {.name = "a", .column = "a", .type = AY_TEXT};
    ay_arena arena = {0};
    ay_build build = {.arena = &arena, .diags = assay_diags_new(), .fields = &field, .n_fields = 1};
    ay_rule rule = {.id = "a", .kind = ay_kind_find(ay_str_from(check)), .arg = arg};
    require(build.diags && rule.kind->compile(&build, arg, &rule));
    const ay_verdict verdict = verdict_of(&rule, text);
    explain(&rule, text, verdict);
    assay_diags_free(build.diags);
    ay_arena_free(&arena);
    return verdict;
}

static void check_repairs(uint32_t bits, ay_str text)
{
    size_t n;
    const char *const *words = ay_norm_words(&n);
    const ay_node *items[8];
    ay_node nodes[8], list;
    ay_norm_room once = {0}, twice = {0};
    ay_str first, second;
    if (bits & AY_NORM_UPPER) bits &= ~AY_NORM_LOWER;
    if (bits & AY_NORM_NFC) bits &= ~AY_NORM_NFKC;
    require(ay_norm_apply(bits, text, &once, &first, NULL) == ASSAY_OK);
    require(ay_norm_apply(bits, first, &twice, &second, NULL) == ASSAY_OK);
    require(ay_str_eq(first, second) && ay_utf8_valid(first) == first.len);
    put_words(bits, words, n, items, nodes, &list);
    if (bits) require((ask("normalize", &list, text) == AY_FAIL) == !ay_str_eq(first, text));
    if (bits) require(ask("normalize", &list, first) == AY_PASS);
    ay_norm_room_free(&once);
    ay_norm_room_free(&twice);
}

static void check_classes(uint32_t bits, ay_str text)
{
    static const char *const words[] = {"private_use", "replacement", "control",  "full_width",
                                        "zero_width",  "space",       "question", "mixed_scripts"};
    const ay_node *items[AY_COUNT(words)];
    ay_node nodes[AY_COUNT(words)], list;
    put_words(bits, words, AY_COUNT(words), items, nodes, &list);
    if (bits) (void)ask("charset", &list, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len < 2) return 0;
    ay_str text = {(const char *)data + 2, len - 2};
    text.len = ay_utf8_valid(text);
    check_repairs(data[0], text);
    check_classes(data[1], text);
    const size_t n = ay_utf8_length(text), length = ay_gb18030_length(text);
    require(length >= n && length <= 4 * n && length <= 2 * text.len);
    return 0;
}
