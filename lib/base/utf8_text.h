/* The two ways of ay_utf8_is_text, for itself and its tests: they agree on every text. */
#ifndef AY_BASE_UTF8_TEXT_H
#define AY_BASE_UTF8_TEXT_H

#include "base/utf8.h"

#ifdef __x86_64__
#define AY_UTF8_WIDE 1
#else
#define AY_UTF8_WIDE 0
#endif

bool ay_utf8_is_text_plain(ay_str s);
#if AY_UTF8_WIDE
bool ay_utf8_is_text_wide(ay_str s); /* only where the processor has AVX512BW */
#endif

#endif
