/* Any bytes as a signed note: refused with a reason, or put together again from what was read to the same bytes; its
 * text as a checkpoint likewise; and without a key nothing verifies. */
#include <stdlib.h>

#include "proof/base64.h"
#include "proof/checkpoint.h"
#include "proof/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool ok)
{
    if (!ok) abort();
}

static void check_checkpoint(ay_str text)
{
    ay_checkpoint checkpoint;
    ay_buf again = {0};
    if (ay_checkpoint_take(text, &checkpoint, NULL) == ASSAY_OK) {
        require(ay_checkpoint_put(&checkpoint, &again, NULL) == ASSAY_OK);
        require(ay_str_eq(ay_buf_view(&again), text));
    }
    ay_buf_free(&again);
}

static void check_note(const ay_note *note, ay_str bytes)
{
    ay_buf again = {0}, blob = {0};
    uint64_t who;
    require(ay_note_begin(note->text, &again, NULL) == ASSAY_OK);
    for (uint32_t i = 0; i < note->n; i++) {
        const ay_note_signature *s = &note->signatures[i];
        ay_buf_clear(&blob);
        ay_buf_put(&blob, s->id.bytes, sizeof s->id.bytes);
        ay_buf_str(&blob, s->bytes);
        ay_buf_text(&again, "\xe2\x80\x94 ");
        ay_buf_str(&again, s->name);
        ay_buf_char(&again, ' ');
        ay_base64_put(ay_buf_view(&blob), &again);
        ay_buf_char(&again, '\n');
    }
    require(ay_str_eq(ay_buf_view(&again), bytes));
    require(ay_note_verify(note, NULL, 0, &who, NULL) == ASSAY_EFORMAT);
    ay_buf_free(&again);
    ay_buf_free(&blob);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const ay_str bytes = {(const char *)data, len};
    ay_arena arena = {0};
    assay_err err = {0};
    ay_note note;
    const assay_status st = ay_note_read(bytes, &arena, &note, &err);
    require(st == ASSAY_OK || (err.text[0] && err.text_zh[0]));
    if (st == ASSAY_OK) {
        check_note(&note, bytes);
        check_checkpoint(note.text);
    }
    check_checkpoint(bytes);
    ay_arena_free(&arena);
    return 0;
}
