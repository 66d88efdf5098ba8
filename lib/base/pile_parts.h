/* What a pile is made of. For pile.c and pile_read.c only. */
#ifndef AY_BASE_PILE_PARTS_H
#define AY_BASE_PILE_PARTS_H

#include "base/pile.h"
#include "base/sift.h"
#include "base/spill.h"

#define AY_PILE_BUCKETS 256                                   /* by the first byte of the hash */
#define AY_PILE_HEADER  (sizeof(uint64_t) + sizeof(uint32_t)) /* before each record in the log: hash, length */

/* A piece of the index in memory, by buckets: hashes, each with its place in the log from `base` on. */
typedef struct ay_pile_chunk {
    struct ay_pile_chunk *next;
    uint64_t base;
    uint32_t n;
    uint32_t starts[AY_PILE_BUCKETS + 1]; /* where each bucket begins among the entries */
    ay_pair entries[];
} ay_pile_chunk;

/* All chunks that were spilled at once, by buckets, in the file from `from` on. */
typedef struct ay_pile_run {
    struct ay_pile_run *next;
    uint64_t base;
    ay_spill *file;
    uint64_t from;
    uint64_t starts[AY_PILE_BUCKETS + 1];
} ay_pile_run;

/* A piece of the log: the bytes [from, to) of it. No record lies in two. */
typedef struct ay_pile_piece {
    uint64_t from, to;
    ay_buf block; /* its ptr is NULL: in the file from `at` on */
    ay_spill *file;
    uint64_t at;
} ay_pile_piece;

struct ay_pile {
    ay_budget *budget;
    uint64_t count;
    ay_buf tail;       /* end of the log, not in a piece yet */
    size_t tail_taken; /* of the budget */
    size_t begun;      /* where the last record starts in it */
    uint64_t end;      /* of the pieces: where the tail starts in the log */
    ay_pile_piece *pieces;
    uint32_t n_pieces, cap_pieces;
    ay_pair *filling; /* not by buckets yet; places from 0 on */
    uint32_t n_filling, cap_filling;
    ay_pile_chunk *chunks;
    ay_pile_run *runs;
    size_t held_log, held_index; /* bytes of pieces and of chunks in memory */
    size_t held_runs;            /* ... and of what is to be known of the runs */
    ay_spill *file;              /* where this pile writes; opened when it first does */
};

/* What is being filled becomes pieces and chunks: before reading. */
assay_status ay_pile_seal(ay_pile *pile, assay_err *err);
/* Lets go of all records. */
void ay_pile_clear(ay_pile *pile);

#endif
