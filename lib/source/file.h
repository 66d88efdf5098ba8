/* A file or standard input as a source: reads, converts the encoding (iconv) strictly, feeds a decoder. */
#ifndef AY_SOURCE_FILE_H
#define AY_SOURCE_FILE_H

#include <stdatomic.h>

#include "assay/run.h"
#include "source/source.h"

typedef struct ay_file_request {
    const char *path;                  /* "-": standard input */
    const assay_file_options *options; /* NULL: defaults */
    const ay_field *fields;            /* of the dataset */
    uint32_t n;
    uint32_t batch_cap;
    const atomic_bool *cancel; /* looked at while waiting for a pipe; ECANCELLED when it is set; may be NULL */
} ay_file_request;

/* A header names columns in any order (more columns than fields are read over); without a header the columns are the
 * fields in order. For COPY binary there is no header and every column is as the field's type. A byte that is not of
 * the encoding: strict EFORMAT with line and byte offset; lenient: a rejected record. */
assay_status ay_file_source_open(const ay_file_request *request, ay_source **ret, assay_err *err);
/* All columns of the file, also those that no field wants (for the `schema` check and for messages). */
const ay_schema *ay_file_source_columns(const ay_source *source);

#endif
