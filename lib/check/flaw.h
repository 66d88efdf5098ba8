/* What is wrong with a structured value: which part, at which character, and what would be right. One vocabulary for
 * `checksum` and `format`, so that both speak alike. */
#ifndef AY_CHECK_FLAW_H
#define AY_CHECK_FLAW_H

#include "check/rule.h"

/* In the order in which a value is looked at: of several systems that a value may follow, the one that got furthest
 * tells why it fails. */
typedef enum ay_flaw_code {
    AY_FLAW_NONE,
    AY_FLAW_SHORT,    /* no place for a check character, or for the part that is tested */
    AY_FLAW_LENGTH,   /* `what`: the lengths that are right */
    AY_FLAW_ALPHABET, /* of character `at`; `what`: what it should be */
    AY_FLAW_PART,     /* `what` says it */
    AY_FLAW_OLD_FORM, /* a form that was replaced: `what` says it */
    AY_FLAW_CHECK,    /* check characters `found` from `at` on, that should be `expected` */
} ay_flaw_code;

typedef struct ay_flaw {
    ay_flaw_code code;
    uint32_t at; /* characters, 1-based */
    ay_title what;
    char found[3], expected[3];
} ay_flaw;

static inline ay_flaw ay_flaw_none(void)
{
    return (ay_flaw){.code = AY_FLAW_NONE};
}

ay_flaw ay_flaw_length(const char *lengths); /* "18", "15 or 18" are told as they are */
ay_flaw ay_flaw_alphabet(ay_str text, size_t byte, const char *en, const char *zh); /* en "": of the checksum */
ay_flaw ay_flaw_part(const char *en, const char *zh);
ay_flaw ay_flaw_check(uint32_t at, char found, char expected);

/* In words. Unless is_quotable nothing is told that the value holds: neither its check character nor its length. */
void ay_flaw_reason(const ay_flaw *flaw, ay_str text, bool is_quotable, bool zh, ay_buf *out);

#endif
