/* Scores: the indicators of GB/T 36344-2018 as A and B, weighted up to dimensions and a total.
 *
 * Indicator X = A / B. For 0303 and 0305 (lower is better) A counts failing elements and the score is 1 - X. Rules
 * count with their weight in the score, once each in A and B. A dimension is the mean of its assessable indicators, the
 * total the mean of the assessable dimensions weighted by the pack. All in integers, rounded down when shown, and 100
 * only where nothing failed. What has an input missing (a rule that was not evaluated) is not assessable, and so is
 * everything above it; what has nothing to count (B = 0) is left out, and without anything counted there is no total.
 */
#ifndef AY_RUN_SCORE_H
#define AY_RUN_SCORE_H

#include "pack/pack.h"

#define AY_INDICATORS     21
#define AY_NOT_ASSESSABLE (-1)

typedef struct ay_indicator {
    const char *code; /* "0101"; traceability: "trace" */
    const char *zh, *en;
    uint32_t dimension; /* 0..6 */
    bool lower_is_better;
} ay_indicator;

typedef struct ay_dimension {
    const char *code; /* "01" .. "06"; traceability: "trace" */
    const char *zh, *en;
} ay_dimension;

extern const ay_indicator ay_indicators[AY_INDICATORS];
extern const ay_dimension ay_dimensions[AY_DIMENSIONS];

typedef struct ay_indicator_score {
    uint64_t a, b;
    __int128 weighted_good, weighted_of;
    bool is_used, is_missing; /* some rule counts here; some rule's input is missing */
    int64_t score_e4;         /* 0 .. 1000000, or AY_NOT_ASSESSABLE */
} ay_indicator_score;

typedef struct ay_scoreboard {
    ay_indicator_score indicators[AY_INDICATORS];
    int64_t dimensions_e4[AY_DIMENSIONS];
    int64_t total_e4;
    const ay_grade *grade; /* NULL: not assessable */
} ay_scoreboard;

/* Zero-initialise, add, then close once. */
void ay_score_add(ay_scoreboard *board, const ay_rule *rule, uint64_t evaluated, uint64_t failed, bool is_missing);
/* Traceability: of `fields` fields, `answerable` name a source with an owner. */
void ay_score_add_trace(ay_scoreboard *board, uint64_t answerable, uint64_t fields);
void ay_score_close(ay_scoreboard *board, const assay_pack *pack);

#endif
