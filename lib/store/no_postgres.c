/* A build without PostgreSQL: a store is a file. */
#include "store/db_kind.h"

assay_status ay_postgres_open(const ay_db_options *options, ay_db **ret, assay_err *err)
{
    (void)options, (void)ret;
    return ay_fail(err, ASSAY_EUSAGE, "this build has no PostgreSQL: name a file", "本程序不含 PostgreSQL：请指定文件");
}
