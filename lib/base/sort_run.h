/* Runs: sorted sequences of records, in memory or in a temporary file, and their merge. For sort.c only. */
#ifndef AY_BASE_SORT_RUN_H
#define AY_BASE_SORT_RUN_H

#include "base/spill.h"

typedef struct ay_run_entry {
    uint64_t prefix;
    uint32_t offset, len;
} ay_run_entry;

/* In memory: one block, in which the bytes grow upwards from the start and the index downwards from the end.
 * In a file: the records of [from, to), each as prefix, length (native byte order) and bytes. */
typedef struct ay_run {
    uint32_t level; /* 0: in memory; 1: as it was spilled; n + 1: merged from runs of level n */
    uint32_t n;     /* records, in memory */
    char *block;
    size_t size, used; /* of the block; bytes in use at its start */
    ay_spill *file;
    uint64_t from, to;
} ay_run;

static inline ay_run_entry *ay_run_entries(const ay_run *run) /* of a run in memory */
{
    return (ay_run_entry *)(void *)(run->block + run->size) - run->n;
}

/* False: no room within `max` bytes (a record always finds room in an empty run), or no memory: then *ret_nomem. */
bool ay_run_put(ay_run *run, ay_budget *budget, size_t max, const ay_sort_record *record, bool *ret_nomem);
assay_status ay_run_sort(ay_run *run, ay_budget *budget, assay_err *err); /* a run in memory */
void ay_run_free(ay_run *run, ay_budget *budget);

typedef struct ay_run_reader ay_run_reader;

/* A reader in the tree, with what decides most matches beside it. */
typedef struct ay_merge_node {
    uint64_t prefix;
    uint32_t reader;
    bool done;
} ay_merge_node;

/* All records of some runs in order. The runs are borrowed; none is empty. Close it also after an open that failed. */
typedef struct ay_merge {
    ay_budget *budget;
    ay_run_reader *readers;
    ay_merge_node *tree; /* [0]: the reader whose record is next; [1..n): the losers on the way there */
    uint32_t n;          /* readers: of runs that follow each other one is enough */
    bool started;
} ay_merge;

assay_status ay_merge_open(ay_merge *merge, const ay_run *runs, uint32_t n, ay_budget *budget, assay_err *err);
assay_status ay_merge_next(ay_merge *merge, ay_sort_record *ret, bool *ret_end, assay_err *err);
void ay_merge_close(ay_merge *merge);
/* Append all to a file: *ret is a run of that level. */
assay_status ay_merge_write(ay_merge *merge, ay_spill *file, uint32_t level, ay_run *ret, assay_err *err);

#endif
