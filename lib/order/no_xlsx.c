/* In place of the xlsx*.c files in a build without them. */
#include "order/answers.h"
#include "order/writer.h"

static assay_status fail(assay_err *err)
{
    return ay_fail(err, ASSAY_EUSAGE,
                   "this build knows no xlsx: it was configured with ASSAY_XLSX=OFF; use csv or ndjson",
                   "此版本不支持 xlsx：编译时设置了 ASSAY_XLSX=OFF；请使用 csv 或 ndjson");
}

static assay_status no_begin(ay_order_writer *w, assay_err *err)
{
    (void)w;
    return fail(err);
}

const ay_order_ops ay_order_xlsx = {.begin = no_begin};

assay_status ay_answers_xlsx(ay_answers *answers, ay_str bytes, assay_err *err)
{
    (void)answers, (void)bytes;
    return fail(err);
}
