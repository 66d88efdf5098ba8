/* Runs a fuzz target over every file of a corpus folder, in builds without libFuzzer. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void give_up(const char *what, const char *path)
{
    fprintf(stderr, "replay: %s: %s\n", what, path);
    exit(EXIT_FAILURE);
}

static void read_file(const char *path, ay_buf *out)
{
    char bytes[4096];
    size_t n;
    FILE *file = fopen(path, "rb");
    if (!file) give_up("cannot open", path);
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0) ay_buf_put(out, bytes, n);
    if (ferror(file)) give_up("cannot read", path);
    fclose(file);
}

static void replay(const char *folder, const char *name)
{
    ay_buf path = {0}, input = {0};
    ay_buf_printf(&path, "%s/%s", folder, name);
    ay_buf_char(&path, '\0');
    if (path.failed) give_up("out of memory", name);
    read_file(path.ptr, &input);
    uint8_t *exact = ay_alloc(input.len ? input.len : 1); /* a block of its own size: reading behind its end is found */
    if (input.failed || !exact) give_up("out of memory", path.ptr);
    if (input.len) memcpy(exact, input.ptr, input.len);
    fprintf(stderr, "%s\n", name); /* the last one named is the one that failed */
    (void)LLVMFuzzerTestOneInput(exact, input.len);
    ay_free(exact);
    ay_buf_free(&input);
    ay_buf_free(&path);
}

int main(int argc, char **argv)
{
    if (argc != 2) give_up("usage", "REPLAY FOLDER");
    DIR *folder = opendir(argv[1]);
    if (!folder) give_up("cannot open", argv[1]);
    size_t n = 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        replay(argv[1], entry->d_name);
        n++;
    }
    closedir(folder);
    if (n == 0) give_up("no input in", argv[1]);
    printf("%zu inputs\n", n);
    return EXIT_SUCCESS;
}
