/* Keys and signatures: Ed25519 (RFC 8032) and SM2 with SM3 (GB/T 32918.2), over OpenSSL. */
#ifndef AY_PROOF_SIGN_H
#define AY_PROOF_SIGN_H

#include "base/buf.h"

/* The distinguishing identifier that goes into every SM2 signature: the one GM/T 0009 uses where none is agreed upon.
 */
#define AY_SM2_ID "1234567812345678"

#define AY_KEY_RAW_MAX    65 /* Ed25519: 32 bytes; SM2: 04 ‖ x ‖ y */
#define AY_SIGNATURE_MAX  72 /* Ed25519: 64 bytes; SM2: DER of two integers */
#define AY_KEY_FILE_BYTES 16384

typedef enum ay_key_kind { AY_KEY_ED25519, AY_KEY_SM2 } ay_key_kind;

typedef struct ay_key ay_key; /* immutable; one thread at a time */

assay_status ay_key_generate(ay_key_kind kind, ay_key **ret, assay_err *err);
/* A public key from its bytes. EFORMAT: they are none, or no point of the curve. */
assay_status ay_key_from_raw(ay_key_kind kind, ay_str raw, ay_key **ret, assay_err *err);
ay_key *ay_key_free(ay_key *key);

ay_key_kind ay_key_kind_of(const ay_key *key);
bool ay_key_is_private(const ay_key *key);
ay_str ay_key_raw(const ay_key *key); /* the public key */

/* ---- Files: PEM, private keys as PKCS #8 without a password ---- */

/* A private key is refused unless the file belongs to this user and nobody else may read or write it. */
assay_status ay_key_load(const char *path, ay_key **ret, assay_err *err);
/* The private key into a new file of mode 0600; what exists is never overwritten. */
assay_status ay_key_store(const ay_key *key, const char *path, assay_err *err);
assay_status ay_key_put_pem(const ay_key *key, ay_buf *out, assay_err *err); /* the public key */

/* ---- Signatures ---- */

/* SM2 signatures are randomised, DER. EUSAGE: the key is a public one. */
assay_status ay_sign(const ay_key *key, ay_str message, ay_buf *out, assay_err *err);
/* OK: the signature is one of this key over these bytes. EFORMAT: it is not, or SM2's is not in DER's only form. */
assay_status ay_verify(const ay_key *key, ay_str message, ay_str signature, assay_err *err);

/* ---- A signature from elsewhere: a command that asks a device ---- */

/* Runs `command` by /bin/sh -c with the message as its standard input (a file, so that it may seek). What it writes to
 * its standard output is the signature in base64: Ed25519's 64 bytes, SM2's DER or its 64 bytes r ‖ s, which are turned
 * into DER. It is verified with `key` before it is taken. EIO: the command cannot be run, fails, writes something else
 * or is not done after `timeout_ms`; then it is killed with all its children that kept its process group. */
assay_status ay_sign_by_command(const char *command, uint32_t timeout_ms, const ay_key *key, ay_str message,
                                ay_buf *out, assay_err *err);

#endif
