/* Texts of tickets for people, made harmless. */
#ifndef AY_ORDER_PLAIN_H
#define AY_ORDER_PLAIN_H

#include "base/arena.h"
#include "base/buf.h"

/* JSON without its marks: a text or number alone as it is, an object as "a=1; b=x", null as nothing, anything else and
 * what is no JSON as it stands. ENOMEM. */
assay_status ay_order_plain(ay_str json, ay_arena *arena, ay_buf *out, assay_err *err);

/* Control characters become their pictures (U+2400 and on); what has none, turns the direction of the text, is no
 * character or no UTF-8 becomes U+FFFD. keep_lines: line ends stay, each as LF. */
void ay_order_visible(ay_str text, bool keep_lines, ay_buf *out);

/* A spreadsheet would take it for a formula: = + - @, also in full width, behind any spaces and apostrophes, or a tab
 * or carriage return first. Written with an apostrophe before it; read, that apostrophe goes again. */
bool ay_order_is_formula(ay_str text);
ay_str ay_order_unguarded(ay_str text);

#endif
