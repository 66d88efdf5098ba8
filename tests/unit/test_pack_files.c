/* Packs as files: every one under good/ loads without a word, and every one under bad/ and lint/ yields exactly the
 * diagnostics written at its end in lines "#! [FILE:]LINE:COLUMN CODE TEXT". @FILE@, @DIR@ and @RULES@ stand for the
 * path of the pack, its folder and the folder of the installed rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "assay/pack.h"
#include "base/buf.h"

typedef struct scene {
    const char *folder;
    int lint;
    assay_status want_bare; /* of a file without expectations */
} scene;

static int is_pack(const struct dirent *entry)
{
    const size_t len = strlen(entry->d_name);
    return len > 5 && strcmp(entry->d_name + len - 5, ".yaml") == 0;
}

static void read_wanted(const char *path, ay_buf *want)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    ay_buf all = {0};
    char *room;
    for (size_t n = 1; n;) {
        room = ay_buf_reserve(&all, 4096);
        n = fread(room, 1, 4096, file);
        all.len += n;
    }
    fclose(file);
    for (size_t from = 0; from < all.len;) {
        const char *end = memchr(all.ptr + from, '\n', all.len - from);
        const size_t to = end ? (size_t)(end - all.ptr) : all.len;
        if (to - from > 3 && memcmp(all.ptr + from, "#! ", 3) == 0) {
            ay_buf_put(want, all.ptr + from + 3, to - from - 3);
            ay_buf_char(want, '\n');
        }
        from = to + 1;
    }
    ay_buf_char(want, 0);
    ay_buf_free(&all);
}

/* `text` with every `what` replaced. */
static void put_replaced(ay_buf *out, const char *text, const char *what, const char *by)
{
    for (const char *hit; (hit = strstr(text, what)) != NULL; text = hit + strlen(what)) {
        ay_buf_put(out, text, (size_t)(hit - text));
        ay_buf_text(out, by);
    }
    ay_buf_text(out, text);
    ay_buf_char(out, 0);
}

static void put_diag(ay_buf *out, const assay_diag *d, const char *path, const char *folder)
{
    ay_buf one = {0}, two = {0}, three = {0};
    put_replaced(&one, d->text, path, "@FILE@");
    put_replaced(&two, one.ptr, folder, "@DIR@");
    put_replaced(&three, two.ptr, ASSAY_RULES_DIR, "@RULES@");
    if (strcmp(d->file, path) != 0) ay_buf_printf(out, "%s:", d->file);
    ay_buf_printf(out, "%u:%u %s %s\n", d->line, d->column, d->code, three.ptr);
    ay_buf_free(&one);
    ay_buf_free(&two);
    ay_buf_free(&three);
}

static void check_texts(const assay_diag *d, const char *path)
{
    assert_string_not_equal(d->text, "");
    assert_string_not_equal(d->text_zh, "");
    if (strchr(d->text, '\n')) fail_msg("%s: a text of several lines: %s", path, d->text);
    if (strcmp(d->text, d->text_zh) == 0) fail_msg("%s: not translated: %s", path, d->text);
}

static unsigned check_file(const scene *s, const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    ay_buf want = {0}, got = {0};
    read_wanted(path, &want);
    assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    options.lint = s->lint;
    assay_diags *diags = assay_diags_new();
    assay_pack *pack = NULL;
    assay_err err;
    size_t errors = 0;
    const assay_status status = assay_pack_load(path, &options, &pack, diags, &err);
    for (size_t i = 0; i < assay_diags_count(diags); i++) {
        const assay_diag *d = assay_diags_at(diags, i);
        check_texts(d, path);
        put_diag(&got, d, path, folder);
        errors += d->level == ASSAY_LEVEL_ERROR;
    }
    ay_buf_char(&got, 0);
    unsigned faults = strcmp(want.ptr, got.ptr) != 0;
    if (faults) {
        print_error("%s\n--- want\n%s", path, want.ptr);
        print_error("--- got\n%s", got.ptr);
    }
    if (status != (errors ? ASSAY_EPACK : ASSAY_OK) || (!want.ptr[0] && status != s->want_bare) ||
        !pack != (errors > 0)) {
        print_error("%s: status %d, %zu errors\n", path, (int)status, errors);
        faults++;
    }
    assay_pack_free(pack);
    assay_diags_free(diags);
    ay_buf_free(&want);
    ay_buf_free(&got);
    return faults;
}

static void check_folder(void **state)
{
    const scene *s = *state;
    char folder[512];
    struct dirent **names;
    unsigned faults = 0;
    snprintf(folder, sizeof folder, "%s/%s", ASSAY_PACK_CASES, s->folder);
    const int n = scandir(folder, &names, is_pack, alphasort);
    assert_true(n > 2);
    for (int i = 0; i < n; i++) {
        faults += check_file(s, folder, names[i]->d_name);
        (free)(names[i]);
    }
    (free)(names);
    assert_int_equal(faults, 0);
}

int main(void)
{
    static scene good = {"good", 1, ASSAY_OK}, bad = {"bad", 0, ASSAY_EPACK}, lint = {"lint", 1, ASSAY_OK};
    const struct CMUnitTest tests[] = {
        {"good packs load", check_folder, NULL, NULL, &good},
        {"bad packs are refused, every fault named", check_folder, NULL, NULL, &bad},
        {"lint warns", check_folder, NULL, NULL, &lint},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
