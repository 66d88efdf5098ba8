/* What another program is asked about: makes a key and a signed note, or judges a signature made elsewhere.
 *
 *   sign_probe make ed25519|sm2 FOLDER          writes key.pem public.pem text signature note
 *   sign_probe verify FOLDER                    public.pem, text, signature: exit 0 when it verifies, 1 when not
 *   sign_probe command FOLDER COMMAND           a note by a command that signs: public.pem, text -> note */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "proof/note.h"

static const char name[] = "data.example.gov.cn/assay";

static void require(assay_status status, const assay_err *err)
{
    if (status == ASSAY_OK) return;
    fprintf(stderr, "sign_probe: %s\n", err->text);
    exit(2);
}

static const char *path_of(const char *folder, const char *file)
{
    static char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    return path;
}

static void write_file(const char *path, ay_str bytes)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes.ptr, 1, bytes.len, file) != bytes.len || fclose(file) != 0) exit(2);
}

static ay_buf read_file(const char *path)
{
    ay_buf bytes = {0};
    FILE *file = fopen(path, "rb");
    if (!file) exit(2);
    for (int c; (c = fgetc(file)) != EOF;) ay_buf_char(&bytes, (char)c);
    (void)fclose(file);
    return bytes;
}

static void make(ay_key_kind kind, const char *folder)
{
    const ay_str text = AY_STR("data.example.gov.cn/assay/ent/sm3\n42\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    ay_key *key = NULL;
    ay_signer signer;
    ay_buf pem = {0}, signature = {0}, note = {0};
    assay_err err;
    require(ay_key_generate(kind, &key, &err), &err);
    require(ay_key_store(key, path_of(folder, "key.pem"), &err), &err);
    require(ay_key_put_pem(key, &pem, &err), &err);
    require(ay_signer_make(ay_str_from(name), key, &signer, &err), &err);
    require(ay_sign(key, text, &signature, &err), &err);
    require(ay_note_begin(text, &note, &err), &err);
    ay_note_put_signature(&signer, ay_buf_view(&signature), &note);
    write_file(path_of(folder, "public.pem"), ay_buf_view(&pem));
    write_file(path_of(folder, "text"), text);
    write_file(path_of(folder, "signature"), ay_buf_view(&signature));
    write_file(path_of(folder, "note"), ay_buf_view(&note));
    ay_key_free(key);
    ay_buf_free(&pem);
    ay_buf_free(&signature);
    ay_buf_free(&note);
}

static int verify(const char *folder)
{
    ay_key *key = NULL;
    assay_err err;
    require(ay_key_load(path_of(folder, "public.pem"), &key, &err), &err);
    ay_buf text = read_file(path_of(folder, "text")), signature = read_file(path_of(folder, "signature"));
    const assay_status status = ay_verify(key, ay_buf_view(&text), ay_buf_view(&signature), &err);
    ay_key_free(key);
    ay_buf_free(&text);
    ay_buf_free(&signature);
    return status == ASSAY_OK ? 0 : 1;
}

static void by_command(const char *folder, const char *command)
{
    ay_key *key = NULL;
    ay_signer signer;
    assay_err err;
    ay_buf signature = {0}, note = {0};
    require(ay_key_load(path_of(folder, "public.pem"), &key, &err), &err);
    ay_buf text = read_file(path_of(folder, "text"));
    require(ay_signer_make(ay_str_from(name), key, &signer, &err), &err);
    require(ay_sign_by_command(command, 60000, key, ay_buf_view(&text), &signature, &err), &err);
    require(ay_note_begin(ay_buf_view(&text), &note, &err), &err);
    ay_note_put_signature(&signer, ay_buf_view(&signature), &note);
    write_file(path_of(folder, "note"), ay_buf_view(&note));
    ay_key_free(key);
    ay_buf_free(&text);
    ay_buf_free(&signature);
    ay_buf_free(&note);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "make") == 0) {
        make(strcmp(argv[2], "sm2") == 0 ? AY_KEY_SM2 : AY_KEY_ED25519, argv[3]);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "verify") == 0) return verify(argv[2]);
    if (argc == 4 && strcmp(argv[1], "command") == 0) {
        by_command(argv[2], argv[3]);
        return 0;
    }
    return 2;
}
