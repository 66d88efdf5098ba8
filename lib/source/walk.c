#include "source/walk.h"

static void open_window(ay_walk *w, size_t base)
{
    const size_t left = w->text.len - base, most = (size_t)AY_WALK_WORDS * 64, n = left < most ? left : most;
    w->base = base;
    w->word = 0;
    w->words = (uint32_t)((n + 63) / 64);
    w->bits = 0;
    if (n == 0) return;
    w->find(ay_str_slice(w->text, base, base + n), &w->set, w->map);
    w->bits = w->map[0];
}

void ay_walk_open(ay_walk *w, const char of[AY_MARKS_KINDS])
{
    w->find = ay_marks_best();
    memcpy(w->set.of, of, sizeof w->set.of);
    ay_walk_begin(w, AY_STR(""));
}

void ay_walk_begin(ay_walk *w, ay_str text)
{
    w->text = text;
    open_window(w, 0);
}

void ay_walk_to(ay_walk *w, size_t at)
{
    const size_t word = (at - w->base) / 64;
    if (at < w->base || word >= w->words) {
        open_window(w, at);
        return;
    }
    w->word = (uint32_t)word;
    w->bits = w->map[word] & UINT64_MAX << (at - w->base) % 64;
}

bool ay_walk_on(ay_walk *w)
{
    const size_t next = w->base + (size_t)w->words * 64;
    w->word = w->words; /* stays at the end */
    if (next >= w->text.len) return false;
    open_window(w, next);
    return true;
}
