/* Inside of reading answers. A format hands over its lines as cells by column; here they are checked, held against each
 * other and kept until all are read. */
#ifndef AY_ORDER_ANSWERS_H
#define AY_ORDER_ANSWERS_H

#include "base/hash.h"
#include "order/columns.h"
#include "order/order.h"

#define AY_ORDER_CELLS 256 /* in a line of a table; what stands further right is ignored */

typedef struct ay_answers_entry ay_answers_entry;

typedef struct ay_answers {
    ay_arena arena; /* what the entries hold */
    ay_answers_entry *entries;
    size_t n, cap;
    ay_set tickets; /* its first entry */
    uint64_t unanswered;
    bool from_1904; /* days that are numbers count from then */
    ay_arena row;   /* of one line */

    /* Of a table: which column is what. */
    bool has_head;
    uint32_t rows; /* that were no header */
    uint8_t column[AY_ORDER_CELLS];
} ay_answers;

void ay_answers_free(ay_answers *answers);

/* One line; a line without any text is passed over. ENOMEM. */
assay_status ay_answers_row(ay_answers *answers, uint64_t line, const ay_str cells[AY_ORDER_COLUMNS], assay_err *err);
assay_status ay_answers_refuse(ay_answers *answers, uint64_t line, ay_str ticket, const assay_err *why, assay_err *err);
/* One line of a table, n <= AY_ORDER_CELLS. The first that names the needed columns is the header. EFORMAT: a header
 * that names a column twice, or none among the first lines. */
assay_status ay_answers_table_row(ay_answers *answers, uint64_t line, const ay_str *cells, size_t n, assay_err *err);
assay_status ay_answers_table_end(const ay_answers *answers, assay_err *err);

/* Check one line that has an answer. EFORMAT: *err says what is wrong with it; ENOMEM. Strings are copied into the
 * arena; from_1904: days that are numbers count from that year. */
assay_status ay_answer_check(const ay_str cells[AY_ORDER_COLUMNS], bool from_1904, ay_arena *arena, ay_answer *ret,
                             assay_err *err);

assay_status ay_answers_csv(ay_answers *answers, ay_str bytes, assay_err *err);
assay_status ay_answers_ndjson(ay_answers *answers, ay_str bytes, assay_err *err);
assay_status ay_answers_xlsx(ay_answers *answers, ay_str bytes, assay_err *err);

#endif
