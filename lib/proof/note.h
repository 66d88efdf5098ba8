/* Signed notes (C2SP signed-note): a text and lines of signatures under it. */
#ifndef AY_PROOF_NOTE_H
#define AY_PROOF_NOTE_H

#include "base/arena.h"
#include "proof/sign.h"

#define AY_NOTE_BYTES      ((size_t)1 << 20)
#define AY_NOTE_SIGNATURES 64

/* ---- Who signs ---- */

typedef struct ay_signer_id {
    unsigned char bytes[4];
} ay_signer_id;

/* A name and a key that belong together. Borrowed: name and key. */
typedef struct ay_signer {
    ay_str name;
    const ay_key *key;
    ay_signer_id id;
} ay_signer;

/* EUSAGE: a name that a note cannot carry (empty, with white space, plus or control characters, not UTF-8). */
assay_status ay_signer_make(ay_str name, const ay_key *key, ay_signer *ret, assay_err *err);
/* "name+id+base64", as it is published. */
assay_status ay_signer_put(const ay_signer *signer, ay_buf *out, assay_err *err);
/* The same from its text; the key has to be freed. EFORMAT: not of that form, of another kind of key, or the id is not
 * the one of name and key. */
assay_status ay_signer_take(ay_str text, ay_signer *ret, ay_key **ret_key, assay_err *err);

/* ---- Writing ---- */

/* Whether a note can carry the text: UTF-8 without control characters but line feeds, the last byte is one. */
bool ay_note_text_valid(ay_str text);
/* The text and the blank line. EUSAGE: the text cannot be carried. */
assay_status ay_note_begin(ay_str text, ay_buf *out, assay_err *err);
/* A line for a signature that was made over the text elsewhere. */
void ay_note_put_signature(const ay_signer *signer, ay_str signature, ay_buf *out);
/* A line for a signature made here, with the signer's private key. */
assay_status ay_note_sign(const ay_signer *signer, ay_str text, ay_buf *out, assay_err *err);

/* ---- Reading ---- */

typedef struct ay_note_signature {
    ay_str name;
    ay_signer_id id;
    ay_str bytes;
} ay_note_signature;

typedef struct ay_note {
    ay_str text; /* its last line feed included: what is signed */
    const ay_note_signature *signatures;
    uint32_t n;
} ay_note;

/* Borrows from the bytes. EFORMAT, with the line; ELIMIT: more bytes or signatures than above. */
assay_status ay_note_read(ay_str bytes, ay_arena *arena, ay_note *ret, assay_err *err);
/* Signatures of others are left aside; each one that names a signer (by name and id) must verify, and there must be
 * one. *ret_who: bit i is set when signers[i], i < 64, has signed. EFORMAT says which does not hold. */
assay_status ay_note_verify(const ay_note *note, const ay_signer *signers, uint32_t n, uint64_t *ret_who,
                            assay_err *err);

#endif
