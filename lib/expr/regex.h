/* Patterns: PCRE2 with JIT, UTF, match and heap limits. regex.c is the only file that sees pcre2.h. */
#ifndef AY_EXPR_REGEX_H
#define AY_EXPR_REGEX_H

#include "base/arena.h"
#include "base/err.h"

typedef struct ay_regex ay_regex;             /* immutable, shared by threads */
typedef struct ay_regex_match ay_regex_match; /* scratch of one thread */
typedef enum ay_regex_verdict { AY_REGEX_NO, AY_REGEX_YES, AY_REGEX_LIMIT } ay_regex_verdict;

/* Whole-value match: \A(?:pattern)\z; \d \w \s are ASCII unless the pattern starts with (?u). EFORMAT: *ret_offset is
 * the byte of the fault in the pattern, message (static size) says what. */
assay_status ay_regex_compile(ay_str pattern, ay_regex **ret, size_t *ret_offset, char message[128]);
void ay_regex_free(void *regex);
assay_status ay_regex_match_open(const ay_regex *regex, ay_regex_match **ret, assay_err *err);
ay_regex_match *ay_regex_match_close(ay_regex_match *match);
ay_regex_verdict ay_regex_whole(const ay_regex *regex, ay_regex_match *match, ay_str value);
/* User-perceived characters (extended grapheme clusters, PCRE2's \X); SIZE_MAX when a limit is hit. */
size_t ay_grapheme_length(ay_str s);

#endif
