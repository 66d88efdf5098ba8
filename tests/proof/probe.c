/* The proof layer behind a line interface, for tests in Python.
 *
 *   probe leaves ALG PROVIDER DATASET EPOCH INDEX_KEY SALT_KEY   lines KEY.RECORD    -> kh salt leaf
 *   probe root ALG PROVIDER                                      lines HASH          -> root
 *   probe snapshot ALG PROVIDER B|- PARTS MEMORY                 lines KH+LEAF       -> count b root
 *   probe check ALG PROVIDER   lines path INDEX SIZE LEAF ROOT HASH,... | consistency OLD NOW ROOT ROOT HASH,...  ->
 * holds|fails
 *
 * All bytes in hex. Exit code 3 with the message where the library says an error. */
#include <stdio.h>

#include "base/mem.h"
#include "proof/leaf.h"
#include "proof/merkle.h"
#include "proof/snapshot.h"

enum { LINE_MAX_ = 1 << 16, PARTS_MAX = 8 };

static _Noreturn void give_up(const char *why)
{
    fprintf(stderr, "probe: %s\n", why);
    exit(3);
}

static void must(assay_status status, const assay_err *err)
{
    if (status != ASSAY_OK) give_up(err->text);
}

/* ---- Hex ---- */

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t unhex(ay_str hex, char *to)
{
    if (hex.len % 2) give_up("hex of odd length");
    for (size_t i = 0; i < hex.len / 2; i++) {
        const int high = digit(hex.ptr[2 * i]), low = digit(hex.ptr[2 * i + 1]);
        if (high < 0 || low < 0) give_up("not hex");
        to[i] = (char)(high << 4 | low);
    }
    return hex.len / 2;
}

static void put_hex(const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) printf("%02x", ((const unsigned char *)bytes)[i]);
}

static bool next_line(char *line, ay_str *ret)
{
    if (!fgets(line, LINE_MAX_, stdin)) return false;
    *ret = ay_str_from(line);
    if (ret->len && line[ret->len - 1] == '\n') ret->len--;
    return true;
}

static ay_str take_word(ay_str *rest, char end)
{
    const char *at = rest->len ? (const char *)memchr(rest->ptr, end, rest->len) : NULL;
    const size_t n = at ? (size_t)(at - rest->ptr) : rest->len;
    const ay_str word = {rest->ptr, n};
    *rest = ay_str_slice(*rest, at ? n + 1 : n, rest->len);
    return word;
}

/* ---- The verbs ---- */

static void leaves(ay_hasher *hasher, char **argv)
{
    static char dataset[1024], line[LINE_MAX_], bytes[LINE_MAX_];
    assay_err err;
    ay_leaf_maker *maker;
    ay_leaf_options o = {.epoch = (uint32_t)strtoul(argv[1], NULL, 10)};
    o.dataset = (ay_str){dataset, unhex(ay_str_from(argv[0]), dataset)};
    if (unhex(ay_str_from(argv[2]), (char *)o.index_key) != AY_LEAF_KEY_SIZE ||
        unhex(ay_str_from(argv[3]), (char *)o.salt_key) != AY_LEAF_KEY_SIZE)
        give_up("keys have 32 bytes");
    must(ay_leaf_maker_open(hasher, &o, &maker, &err), &err);
    for (ay_str rest; next_line(line, &rest);) {
        ay_leaf leaf;
        ay_salt salt;
        ay_str key = {bytes, 0}, record;
        key.len = unhex(take_word(&rest, '.'), bytes);
        record = (ay_str){bytes + key.len, unhex(rest, bytes + key.len)};
        must(ay_leaf_make(maker, &(ay_leaf_batch){&key, &record, 1}, &leaf, &salt, &err), &err);
        put_hex(leaf.kh, AY_KH_SIZE);
        printf(" ");
        put_hex(salt.bytes, AY_SALT_SIZE);
        printf(" ");
        put_hex(leaf.hash.bytes, AY_DIGEST_SIZE);
        printf("\n");
    }
    (void)ay_leaf_maker_free(maker);
}

static void root(ay_hasher *hasher)
{
    static char line[LINE_MAX_];
    assay_err err;
    ay_merkle *tree;
    ay_digest digest;
    must(ay_merkle_open(hasher, &tree, &err), &err);
    for (ay_str rest; next_line(line, &rest);) {
        if (rest.len != 2 * AY_DIGEST_SIZE) give_up("not a hash");
        (void)unhex(rest, (char *)digest.bytes);
        must(ay_merkle_add(tree, &digest, &err), &err);
    }
    must(ay_merkle_root(tree, &digest, &err), &err);
    put_hex(digest.bytes, AY_DIGEST_SIZE);
    printf("\n");
    (void)ay_merkle_free(tree);
}

static void snapshot(ay_hasher *hasher, char **argv)
{
    static char line[LINE_MAX_];
    assay_err err;
    ay_budget budget = {.memory_limit = strtoull(argv[2], NULL, 10)};
    const size_t n = strtoul(argv[1], NULL, 10);
    ay_snapshot *parts[PARTS_MAX];
    ay_snapshot_head head;
    ay_snapshot_options o = {.hasher = hasher, .b = AY_SNAPSHOT_BY_ROWS};
    if (n < 1 || n > PARTS_MAX) give_up("too many parts");
    if (argv[0][0] != '-') o.b = (uint32_t)strtoul(argv[0], NULL, 10);
    for (size_t i = 0; i < n; i++) must(ay_snapshot_open(&budget, &parts[i], &err), &err);
    ay_str rest;
    for (size_t i = 0; next_line(line, &rest); i++) {
        ay_leaf leaf;
        if (rest.len != 2 * sizeof leaf) give_up("not a leaf");
        (void)unhex(rest, (char *)&leaf);
        must(ay_snapshot_add(parts[i % n], &leaf, 1, &err), &err);
    }
    for (size_t i = 1; i < n; i++) {
        must(ay_snapshot_absorb(parts[0], parts[i], &err), &err);
        (void)ay_snapshot_free(parts[i]);
    }
    must(ay_snapshot_finish(parts[0], &o, &head, &err), &err);
    (void)ay_snapshot_free(parts[0]);
    printf("%llu %u ", (unsigned long long)head.count, head.b);
    put_hex(head.root.bytes, AY_DIGEST_SIZE);
    printf("\n");
}

/* ---- Checking proofs ---- */

static bool read_digest(ay_str hex, ay_digest *ret)
{
    static char bytes[LINE_MAX_];
    const size_t n = unhex(hex, bytes);
    return ay_digest_from((ay_str){bytes, n}, ret);
}

static bool check_line(ay_hasher *hasher, ay_str rest)
{
    ay_digest hashes[AY_MERKLE_CONSISTENCY_MAX], a, b;
    uint32_t n = 0;
    const bool is_path = ay_str_is(take_word(&rest, ' '), "path");
    const uint64_t first = strtoull(take_word(&rest, ' ').ptr, NULL, 10);
    const uint64_t second = strtoull(take_word(&rest, ' ').ptr, NULL, 10);
    if (!read_digest(take_word(&rest, ' '), &a) || !read_digest(take_word(&rest, ' '), &b)) return false;
    for (bool more = !ay_str_is(rest, "-"); more;) {
        more = rest.len && memchr(rest.ptr, ',', rest.len) != NULL;
        if (n == AY_COUNT(hashes) || !read_digest(take_word(&rest, ','), &hashes[n++])) return false;
    }
    const ay_merkle_proof proof = {hashes, n};
    if (is_path) return ay_merkle_check_path(hasher, (ay_merkle_place){first, second}, &a, proof, &b, NULL) == ASSAY_OK;
    const ay_merkle_head old = {first, a}, now = {second, b};
    return ay_merkle_check_consistency(hasher, &old, &now, proof, NULL) == ASSAY_OK;
}

static void check(ay_hasher *hasher)
{
    static char line[LINE_MAX_];
    for (ay_str rest; next_line(line, &rest);) puts(check_line(hasher, rest) ? "holds" : "fails");
}

int main(int argc, char **argv)
{
    assay_err err;
    ay_hasher *hasher;
    if (argc < 4) give_up("too few arguments");
    const ay_alg alg = ay_str_is(ay_str_from(argv[2]), "sm3") ? AY_SM3 : AY_SHA256;
    const ay_provider provider = ay_str_is(ay_str_from(argv[3]), "lanes") ? AY_PROVIDER_LANES : AY_PROVIDER_EVP;
    must(ay_hasher_open(alg, provider, &hasher, &err), &err);
    const ay_str verb = ay_str_from(argv[1]);
    if (ay_str_is(verb, "leaves") && argc == 8) leaves(hasher, argv + 4);
    else if (ay_str_is(verb, "root") && argc == 4) root(hasher);
    else if (ay_str_is(verb, "snapshot") && argc == 7) snapshot(hasher, argv + 4);
    else if (ay_str_is(verb, "check") && argc == 4) check(hasher);
    else give_up("no such verb");
    (void)ay_hasher_free(hasher);
    return 0;
}
