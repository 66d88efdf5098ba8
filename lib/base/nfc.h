/* Unicode normalisation forms C and KC of utf8proc. nfc.c is the only file that sees utf8proc.h. */
#ifndef AY_BASE_NFC_H
#define AY_BASE_NFC_H

#include "base/buf.h"

typedef enum ay_form { AY_FORM_NFC, AY_FORM_NFKC } ay_form;

/* A text of such characters alone is in the form already. Ranges of common characters, without a look into the tables
 * of utf8proc: false says nothing. */
bool ay_nfc_is_plain(ay_form form, uint32_t cp);
/* Appends the text (valid UTF-8) in the form. `room` holds its code points meanwhile and is kept for the next one. */
void ay_nfc_put(ay_form form, ay_str text, ay_buf *room, ay_buf *out);
int ay_unicode_digit(uint32_t cp); /* the value of a decimal digit (category Nd of Unicode 15), -1: it is none */

#endif
