/* What a rule over the dataset comes to: counts, figures by name, and what was lacking to judge it. */
#ifndef AY_CHECK_TALLY_H
#define AY_CHECK_TALLY_H

#include "base/arena.h"
#include "check/huge.h"

/* A figure that is published in the result and kept by a store. Whole counts are numbers; what may have a fraction or
 * need more than 64 bits is a plain decimal as text, so that nothing is rounded on the way. */
typedef struct ay_named {
    const char *name; /* lives as long as the pack or the result */
    const char *text; /* "-12.5"; NULL: value */
    int64_t value;
} ay_named;

/* Why a rule that looks at earlier runs could not be judged, or not in all its parts. */
typedef enum ay_lack_of {
    AY_LACK_NONE,
    AY_LACK_STORE,  /* no store was given */
    AY_LACK_RUNS,   /* it holds fewer runs than asked for */
    AY_LACK_RECORDS /* the runs held no records to compare with */
} ay_lack_of;

typedef struct ay_lack {
    ay_lack_of of;
    uint32_t wanted, found; /* runs */
} ay_lack;

/* One line for people, without a full stop. */
void ay_lack_text(const ay_lack *lack, bool zh, ay_buf *out);

typedef struct ay_tally {
    uint64_t evaluated, failed, skipped, unreadable;
    ay_named *figures; /* in the arena */
    uint32_t n_figures, cap;
    ay_lack lack;
    ay_arena *arena; /* of the result; set before the kind's finish, which need not look for lack of memory: */
    bool is_nomem;   /* a figure could not be added */
} ay_tally;

void ay_tally_figure(ay_tally *tally, const char *name, uint64_t value);
void ay_tally_decimal(ay_tally *tally, const char *name, const ay_huge *value); /* all of its 38 fraction digits */

#endif
