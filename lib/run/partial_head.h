/* What a partial says of itself.
 *
 * partial := "assayprt" . version u32 . head length u32 . head . body length u64 . body . SHA-256 of all before
 * head    := engine . dataset . pack digest . job . label . as-of i64 . schema digest . lenient u8 . of u32 .
 *            6 facts . chunks u32 . chunks, each: name . SHA-256 of the body that was written for it
 * fact    := 00 (not told) | 01 text | 02 (the chunks disagree)
 * text    := length u32 . bytes
 *
 * Numbers are big-endian. The chunks are ordered by name. The head is read by accepting what is written and nothing
 * else; a new member is a new version. */
#ifndef AY_RUN_PARTIAL_HEAD_H
#define AY_RUN_PARTIAL_HEAD_H

#include "base/arena.h"
#include "base/input.h"
#include "proof/digest.h"

#define AY_PARTIAL_MAGIC      "assayprt"
#define AY_PARTIAL_MAGIC_SIZE 8
#define AY_PARTIAL_VERSION    1
#define AY_PARTIAL_NAME_MAX   128
#define AY_PARTIAL_PLACE_MAX  4096
#define AY_PARTIAL_CHUNKS_MAX 100000

typedef enum ay_fact_state { AY_FACT_NONE, AY_FACT_ONE, AY_FACT_MANY } ay_fact_state;

typedef struct ay_fact {
    ay_fact_state state;
    const char *text; /* of AY_FACT_ONE */
} ay_fact;

/* How the records came in, as ay_reading_facts has it. */
enum { AY_FACT_KIND, AY_FACT_PLACE, AY_FACT_SERVER, AY_FACT_DATABASE, AY_FACT_SNAPSHOT, AY_FACT_LSN, AY_FACTS };

typedef struct ay_chunk {
    ay_str name; /* zero-terminated */
    ay_digest digest;
} ay_chunk;

typedef struct ay_partial_head {
    const char *engine, *dataset, *job, *label;
    ay_digest pack, schema;
    int64_t as_of_us;
    bool lenient;
    uint32_t of;
    ay_fact facts[AY_FACTS];
    ay_chunk *chunks;
    uint32_t n_chunks;
} ay_partial_head;

/* Whether this is a name: 1 to AY_PARTIAL_NAME_MAX bytes of UTF-8 without control characters. */
bool ay_partial_is_name(ay_str text);
/* Append everything before the body, but for its length. The chunks are put in order. */
void ay_partial_head_put(ay_partial_head *head, ay_buf *out);
/* Texts live in the arena. EFORMAT. */
assay_status ay_partial_head_take(ay_in *in, ay_arena *arena, ay_partial_head *ret, assay_err *err);

#endif
