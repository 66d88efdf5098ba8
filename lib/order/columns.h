/* The columns of a work order and the words in them, each in both languages. */
#ifndef AY_ORDER_COLUMNS_H
#define AY_ORDER_COLUMNS_H

#include "assay/ticket.h"
#include "base/arena.h"
#include "base/buf.h"
#include "ticket/act.h"

typedef struct ay_order_word {
    const char *en, *zh; /* en: as it is stored, and the one NDJSON knows */
} ay_order_word;

typedef struct ay_order_words {
    size_t n;
    ay_order_word (*at)(size_t i);
} ay_order_words;

/* The names of states and acts; those acts alone that answer. */
extern const ay_order_words ay_order_states, ay_order_answers;
ay_act ay_order_answer(size_t i);

/* In either language, any case. False: none of them. */
bool ay_order_find(ay_order_words words, ay_str text, size_t *ret);
void ay_order_list(ay_order_words words, bool zh, ay_buf *out); /* "a, b, c" */

typedef enum ay_order_column {
    AY_ORDER_ID,
    AY_ORDER_DATASET,
    AY_ORDER_RULE,
    AY_ORDER_BASIS,
    AY_ORDER_KEY,
    AY_ORDER_FIELD,
    AY_ORDER_VALUE,
    AY_ORDER_REASON,
    AY_ORDER_SUGGESTION,
    AY_ORDER_SUGGESTION_BY,
    AY_ORDER_CONFIDENCE,
    AY_ORDER_SEVERITY,
    AY_ORDER_STATE,
    AY_ORDER_OPENED,
    AY_ORDER_DUE,
    AY_ORDER_OWNER,
    AY_ORDER_ANSWER, /* from here on people write */
    AY_ORDER_REMARK,
    AY_ORDER_DAYS,
    AY_ORDER_ANSWERED_BY,
    AY_ORDER_ANSWERED_ON,
    AY_ORDER_COLUMNS
} ay_order_column;

/* Columns that count when answers are read. */
static inline bool ay_order_is_read(ay_order_column column)
{
    return column == AY_ORDER_ID || column == AY_ORDER_STATE ||
           (column >= AY_ORDER_ANSWER && column < AY_ORDER_COLUMNS);
}

extern const ay_order_word ay_order_heads[AY_ORDER_COLUMNS];

ay_order_column ay_order_column_of(ay_str head); /* AY_ORDER_COLUMNS: none of them */
/* Append the cell of a ticket, for people: words in the language, JSON as plain text (what is no JSON as it is);
 * nothing where people write. The arena is used for the while. ENOMEM. */
assay_status ay_order_cell(const assay_ticket *ticket, ay_order_column column, bool zh, ay_arena *arena, ay_buf *out,
                           assay_err *err);

#endif
