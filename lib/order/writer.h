/* Inside of the writers of work orders: one for each format behind one table of functions. */
#ifndef AY_ORDER_WRITER_H
#define AY_ORDER_WRITER_H

#include "base/stream.h"
#include "order/columns.h"
#include "order/order.h"

typedef struct ay_order_sheet ay_order_sheet; /* of the xlsx */

typedef struct ay_order_ops {
    assay_status (*begin)(ay_order_writer *w, assay_err *err); /* NULL: nothing to do; so the others but put */
    assay_status (*put)(ay_order_writer *w, const assay_ticket *ticket, assay_err *err);
    assay_status (*end)(ay_order_writer *w, assay_err *err);
    void (*drop)(ay_order_writer *w);
} ay_order_ops;

struct ay_order_writer {
    const ay_order_ops *ops;
    ay_order_options options;
    int64_t day; /* since 1970 */
    ay_stream out;
    ay_arena arena;     /* of one ticket */
    ay_buf plain, text; /* one cell; all cells of a ticket, harmless */
    ay_order_sheet *sheet;
};

extern const ay_order_ops ay_order_csv, ay_order_ndjson, ay_order_xlsx;

/* The cells of the header (ticket NULL) or of a ticket, harmless, but for formulas. They live until the next call. */
assay_status ay_order_row(ay_order_writer *w, const assay_ticket *ticket, ay_str ret[AY_ORDER_COLUMNS], assay_err *err);

#endif
