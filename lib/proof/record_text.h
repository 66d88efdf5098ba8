/* A record for people. */
#ifndef AY_PROOF_RECORD_TEXT_H
#define AY_PROOF_RECORD_TEXT_H

#include "base/buf.h"
#include "proof/record.h"

/* A valid field as "name = value", without a line end: numbers, dates and times as PostgreSQL writes them, times with a
 * zone in UTC, texts in quotes. Whatever could move a cursor or hide text is written as \u{...}. */
void ay_record_field_text(const ay_record_field *field, ay_buf *out);
/* Text of unknown origin with the same care. */
void ay_plain_text(ay_str text, ay_buf *out);

#endif
