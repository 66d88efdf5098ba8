/* Bytes as a pack: nothing crashes, a refusal has a reason, and what loads, loads again to the same rules. */
#include <stdlib.h>

#include "pack/load.h"

static size_t load_rules(ay_str bytes, bool *ret_ok)
{
    assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    options.lint = 1;
    assay_pack *pack = NULL;
    assay_diags *diags = assay_diags_new();
    if (!diags) abort();
    *ret_ok = ay_pack_load_bytes("fuzz.yaml", bytes, &options, &pack, diags, NULL) == ASSAY_OK;
    if (!*ret_ok && ay_diags_errors(diags) == 0) abort();
    const size_t rules = pack ? assay_pack_rule_count(pack) : 0;
    assay_pack_free(pack);
    assay_diags_free(diags);
    return rules;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const ay_str bytes = {(const char *)data, len};
    bool first, second;
    const size_t rules = load_rules(bytes, &first);
    if (rules != load_rules(bytes, &second) || first != second) abort();
    return 0;
}
