#include "run/digests.h"

#include "base/mem.h"
#include "proof/base64.h"

static assay_status digest_files(const assay_pack *pack, ay_buf *list, assay_err *err)
{
    for (uint32_t i = 0; i < pack->n_files; i++) {
        char hex[65];
        AY_TRY(ay_sha256_hex(&pack->files[i].bytes, 1, hex, err));
        ay_buf_printf(list, "%s\n", hex);
    }
    return ay_buf_status(list, err);
}

assay_status ay_pack_digest(const assay_pack *pack, char ret_hex[65], assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf list = {0};
    AY_TRY(digest_files(pack, &list, err));
    const ay_str all = ay_buf_view(&list);
    return ay_sha256_hex(&all, 1, ret_hex, err);
}

static int by_name(const void *a, const void *b)
{
    const ay_column *x = *(const ay_column *const *)a, *y = *(const ay_column *const *)b;
    const int names = strcmp(x->name, y->name);
    return names ? names : (x->type > y->type) - (x->type < y->type);
}

static void put_columns(const ay_column **columns, uint32_t n, ay_buf *out)
{
    qsort(columns, n, sizeof *columns, by_name);
    for (uint32_t i = 0; i < n; i++) {
        ay_buf_sized(out, ay_str_from(columns[i]->name));
        ay_buf_sized(out, ay_str_from(ay_type_name(columns[i]->type)));
    }
}

assay_status ay_schema_digest(const ay_schema *schema, ay_digest *ret, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf list = {0};
    char hex[65];
    const ay_column **columns = AY_NEW_ARRAY(schema->n + 1, const ay_column *);
    AY_NOMEM_IF(!columns, err);
    for (uint32_t i = 0; i < schema->n; i++) columns[i] = &schema->columns[i];
    put_columns(columns, schema->n, &list);
    ay_free(columns);
    AY_TRY(ay_buf_status(&list, err));
    const ay_str all = ay_buf_view(&list);
    AY_TRY(ay_sha256_hex(&all, 1, hex, err));
    (void)ay_hex_take((ay_str){hex, 64}, ret->bytes, AY_DIGEST_SIZE);
    return ASSAY_OK;
}
