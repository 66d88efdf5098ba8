/* A source yields batches. Decoders take bytes cut anywhere and do no I/O; readers of files and of PostgreSQL feed
 * them. */
#ifndef AY_SOURCE_SOURCE_H
#define AY_SOURCE_SOURCE_H

#include "record/batch.h"

typedef struct ay_source ay_source;

/* A record that could not be split into fields (lenient mode): it has no values, only a place and a reason. */
typedef struct ay_reject {
    uint64_t record;      /* 1-based record number */
    uint64_t line;        /* 1-based line in the file, 0 unknown */
    uint64_t byte_offset; /* of the fault in the input, from 0; 0 also where it is no longer known (a converted pipe) */
    assay_status code;    /* what it would be in strict mode: EFORMAT, or ELIMIT for a field that is too long */
    char reason[160], reason_zh[160];
} ay_reject;

typedef struct ay_source_ops {
    /* The next batch, borrowed until the next call; *ret_end with no batch when all is read. */
    assay_status (*next)(ay_source *self, const ay_batch **ret_batch, bool *ret_end, assay_err *err);
    void (*close)(ay_source *self);
} ay_source_ops;

struct ay_source {
    const ay_source_ops *ops;
    const ay_schema *schema; /* columns of the batches */
    /* Lenient mode: called for each rejected record; NULL in strict mode, where it is an error. */
    assay_status (*on_reject)(void *ctx, const ay_reject *reject, assay_err *err);
    void *reject_ctx;
};

static inline assay_status ay_source_next(ay_source *s, const ay_batch **ret_batch, bool *ret_end, assay_err *err)
{
    return s->ops->next(s, ret_batch, ret_end, err);
}
static inline ay_source *ay_source_close(ay_source *s)
{
    if (s) s->ops->close(s);
    return NULL;
}

#endif
