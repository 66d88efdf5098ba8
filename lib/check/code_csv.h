/* The lines of a code list: CSV (RFC 4180, UTF-8) with a header, and before it comment lines that start with "# ". */
#ifndef AY_CHECK_CODE_CSV_H
#define AY_CHECK_CODE_CSV_H

#include "check/rule.h"

#define AY_CODE_COLUMNS 64

typedef struct ay_code_csv {
    ay_build *build;
    ay_str bytes; /* live as long as the pack, as do cells */
    size_t at;
    ay_pos pos;     /* of the line being read */
    uint32_t lines; /* ends of line passed */
    ay_str cells[AY_CODE_COLUMNS];
    uint32_t n;
    size_t body_at; /* where the first line below the header starts, and the lines before it */
    uint32_t body_lines;
} ay_code_csv;

/* Reports a fault of the line being read; the value is false. */
#define ay_code_fault(csv, en, zh) (ay_diag_error((csv)->build->diags, "bad-code-list", (csv)->pos, en, zh), false)

/* Reads `file` through build->read_file, and its header into the cells. False: reported, or no memory. */
bool ay_code_csv_open(ay_build *build, const ay_node *file, ay_code_csv *ret);
/* The next line into the cells, or *ret_end. False: reported, or no memory, and there is no next line. */
bool ay_code_csv_next(ay_code_csv *csv, bool *ret_end);
void ay_code_csv_rewind(ay_code_csv *csv); /* the next line is the first below the header */

#endif
