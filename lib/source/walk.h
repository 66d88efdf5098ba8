/* From one mark of a text to the next: the characters at which a format has to look. They are found a window at a time,
 * so that the bitmap of the window stays in the nearest cache. */
#ifndef AY_SOURCE_WALK_H
#define AY_SOURCE_WALK_H

#include "base/marks.h"

#define AY_WALK_WORDS 64

typedef struct ay_walk {
    ay_marks_fn find;
    ay_mark_set set;
    ay_str text;
    size_t base;          /* of the window, in the text */
    uint32_t word, words; /* of the window: the current one, and how many it has */
    uint64_t bits;        /* marks of the current word that are still ahead */
    uint64_t map[AY_WALK_WORDS];
} ay_walk;

void ay_walk_open(ay_walk *w, const char of[AY_MARKS_KINDS]);
/* A text; the walk stands at its beginning. It must stay as it is as long as it is walked. */
void ay_walk_begin(ay_walk *w, ay_str text);
/* Stand at a place of the text, before or behind the present one. */
void ay_walk_to(ay_walk *w, size_t at);
/* Find the marks of the next window; false: the text has no more. */
bool ay_walk_on(ay_walk *w);

/* The next mark, behind which the walk stands then; text.len when there is none. */
static inline size_t ay_walk_next(ay_walk *w)
{
    while (!w->bits) {
        if (++w->word < w->words) w->bits = w->map[w->word];
        else if (!ay_walk_on(w)) return w->text.len;
    }
    const size_t at = w->base + w->word * 64 + (size_t)__builtin_ctzll(w->bits);
    w->bits &= w->bits - 1;
    return at;
}

#endif
