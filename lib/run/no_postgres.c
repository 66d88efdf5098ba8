/* In place of postgres.c in a build without libpq. */
#include "run/run.h"

static assay_status fail_absent(assay_err *err)
{
    return ay_fail(err, ASSAY_EUSAGE, "this build cannot read PostgreSQL: it was configured with ASSAY_PG=OFF",
                   "此版本不能读取 PostgreSQL：编译时设置了 ASSAY_PG=OFF");
}

assay_status assay_run_postgres(assay_run *run, const char *dataset, const char *conninfo, assay_err *err)
{
    (void)run, (void)dataset, (void)conninfo;
    return fail_absent(err);
}

assay_status assay_run_postgres_piece(assay_run *run, const char *dataset, const char *conninfo,
                                      const assay_piece *piece, assay_err *err)
{
    (void)run, (void)dataset, (void)conninfo, (void)piece;
    return fail_absent(err);
}
