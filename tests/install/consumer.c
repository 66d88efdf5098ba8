/* A program of somebody else: sees what is installed, and nothing else. */
#include <assay/assay.h>

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    assay_pack *pack = NULL;
    assay_err err;
    if (argc != 2 || assay_pack_load(argv[1], NULL, &pack, NULL, &err) != ASSAY_OK) {
        fprintf(stderr, "%s\n", argc == 2 ? err.text : "consumer PACK");
        return 1;
    }
    printf("%s %s %zu\n", assay_version(), assay_pack_id(pack), assay_pack_rule_count(pack));
    assay_pack_free(pack);
    return 0;
}
