/* How long a text is in GB 18030, without converting it. The table is that of glibc 2.36: two-byte codes stand for the
 * characters of Unicode that the editions up to 2005 still had in the private use area; see rules/checks/length.md. */
#ifndef AY_BASE_GB18030_H
#define AY_BASE_GB18030_H

#include "base/str.h"

size_t ay_gb18030_length(ay_str s); /* bytes: 1, 2 or 4 a character; s is valid UTF-8 */

#endif
