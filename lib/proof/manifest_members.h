/* The members of manifests, one table a kind, which writing, reading and checking share. */
#ifndef AY_PROOF_MANIFEST_MEMBERS_H
#define AY_PROOF_MANIFEST_MEMBERS_H

#include "proof/manifest.h"

typedef enum ay_member_form {
    AY_MEMBER_CONST, /* always `text` */
    AY_MEMBER_TEXT,  /* not empty */
    AY_MEMBER_COUNT,
    AY_MEMBER_DIGITS, /* a count that is kept as text, so that it can be absent */
    AY_MEMBER_TIME,
    AY_MEMBER_UUID,
    AY_MEMBER_DIGEST,
    AY_MEMBER_ALG,
    AY_MEMBER_COLUMNS,
    AY_MEMBER_KEY,
} ay_member_form;

typedef struct ay_member {
    const char *name;
    ay_member_form form;
    bool may_be_absent;
    const char *text;
    size_t at; /* in ay_manifest */
} ay_member;

typedef struct ay_members {
    const ay_member *list; /* sorted by name */
    size_t n;
} ay_members;

#define AY_MANIFEST_FORMAT "assay-manifest@v1"

ay_members ay_manifest_members(ay_manifest_kind kind);
/* Whether the member is there and of its form, as far as one can see it alone. */
bool ay_member_valid(const ay_manifest *manifest, const ay_member *member);
/* What the members say of each other. */
assay_status ay_manifest_check(const ay_manifest *manifest, assay_status code, assay_err *err);

void ay_instant_put(int64_t us, ay_buf *out); /* 2026-11-25T22:37:51.000000Z; years 0 to 9999 */
bool ay_instant_take(ay_str text, int64_t *ret_us);
bool ay_instant_valid(int64_t us);

#endif
