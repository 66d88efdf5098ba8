/* UTF-8: validation, counting and decoding of code points (RFC 3629: no surrogates, no overlong forms, U+10FFFF). */
#ifndef AY_BASE_UTF8_H
#define AY_BASE_UTF8_H

#include "base/str.h"

size_t ay_utf8_valid(ay_str s);               /* length of the longest valid prefix; == s.len when all is valid */
bool ay_utf8_is_text(ay_str s);               /* all of it is valid, and no byte is zero */
size_t ay_utf8_length(ay_str s);              /* code points of valid UTF-8 */
size_t ay_utf8_utf16_length(ay_str s);        /* UTF-16 code units of valid UTF-8 */
uint32_t ay_utf8_next(ay_str s, size_t *pos); /* the code point at *pos, which moves on; s valid, *pos < s.len */
size_t ay_utf8_encode(uint32_t code_point, char out[4]); /* bytes written */
size_t ay_utf8_offset(ay_str s, size_t code_points);     /* byte offset of that code point; s.len when beyond */

bool ay_unicode_is_space(uint32_t cp);       /* Unicode White_Space, and ZWSP U+200B, BOM U+FEFF, word joiner U+2060 */
bool ay_unicode_is_private(uint32_t cp);     /* U+E000-F8FF, planes 15 and 16 */
bool ay_unicode_is_control(uint32_t cp);     /* C0 (tab, CR, LF included), DEL, C1 */
bool ay_unicode_is_zero_width(uint32_t cp);  /* U+200B-200F, 202A-202E, 2060-2064, FEFF, 00AD, 180E */
bool ay_unicode_is_ideograph(uint32_t cp);   /* unified and compatibility ideographs, planes 2 and 3, U+3007 */
uint32_t ay_unicode_half_width(uint32_t cp); /* U+FF01-FF5E -> ASCII, U+3000 -> space; others as they are */
ay_str ay_utf8_trim(ay_str s);               /* without white space (as above) at both ends */

#endif
