/* Two texts within k edits have a common variant when from each up to k characters are left out: those that the edits
 * touch (SymSpell). The same holds for what both begin with, and for what both end with, as far as the edits lie there:
 * at the inner end of the longer rest as many characters are left out as the other lost. So short texts are kept under
 * the hashes of all their variants, and long ones under those of their two ends together; the variants of a value are
 * looked up, and what is found there is compared. */
#include "check/near.h"

#include "base/mem.h"
#include "base/utf8.h"

#define NONE UINT32_MAX

enum {
    LIMIT = 2,
    SHORT = 5,                 /* characters of a value that has one edit only */
    WHOLE = 12,                /* longer texts are known by their ends */
    END = WHOLE / 2,           /* characters of an end */
    LENGTH_MAX = 256,          /* longer texts are near to none */
    PARTS_MAX = WHOLE + LIMIT, /* characters of which some are left out */
    VARIANTS_MAX = 1 + PARTS_MAX + PARTS_MAX * (PARTS_MAX - 1) / 2,
    PLACES_MAX = 4 << 20, /* 16 MiB of them, and as much of buckets */
    SEEN = 256,
    LOOKS_MAX = 4096 /* at texts, for one value */
};

typedef struct points {
    const uint32_t *at;
    size_t n;
} points;

/* What tells most texts apart without a comparison. */
typedef struct outline {
    uint32_t letters; /* bit set of code points modulo 32 */
    uint16_t n;       /* code points; 0: too long */
    bool is_number;   /* all are digits */
} outline;

struct ay_near {
    ay_str *texts;
    outline *outlines; /* beside them */
    uint32_t n;
    uint32_t *starts; /* of buckets, and behind the last one the number of places */
    uint32_t *places; /* texts, bucket by bucket */
    uint32_t mask;    /* buckets less one */
};

/* ---- texts ---- */

static outline decode(ay_str text, uint32_t out[LENGTH_MAX])
{
    outline o = {.is_number = true};
    for (size_t at = 0; at < text.len; o.n++) {
        if (o.n == LENGTH_MAX) return (outline){0};
        const uint32_t cp = ay_utf8_next(text, &at);
        o.letters |= UINT32_C(1) << cp % 32;
        o.is_number &= cp >= '0' && cp <= '9';
        out[o.n] = cp;
    }
    return o;
}

/* Edits that a text can be away from a value: 2 from one of at least 6 characters. */
static unsigned edits_of_text(const outline *o)
{
    return o->n + LIMIT > SHORT ? LIMIT : 1;
}

static unsigned edits_of_value(const outline *o)
{
    if (o->n < 2) return 0;
    return o->n <= SHORT || o->is_number ? 1 : LIMIT;
}

/* ---- variants ---- */

/* Powers are counted in both directions, modulo 2^64. */
#define BASE    UINT64_C(0x9E3779B97F4A7C15)
#define INVERSE UINT64_C(0xF1DE83E19937733D)
_Static_assert(BASE *INVERSE == 1, "a power down takes a power up back");

/* Variants, first the text itself, then those without one of its n characters, then those without two. */
typedef struct variants {
    uint64_t hashes[VARIANTS_MAX];
    size_t n, count;
} variants;

/* Of polynomials: sums[i] is that of the first i characters. What stands behind one that is left out moves down. */
static void take_variants(points p, unsigned edits, variants *ret)
{
    uint64_t sums[PARTS_MAX + 1], power = 1;
    sums[0] = 0;
    for (size_t i = 0; i < p.n; i++, power *= BASE)
        sums[i + 1] = sums[i] + ((uint64_t)p.at[i] + 1) * UINT64_C(0xD6E8FEB86659FD93) * power;
    ret->hashes[0] = sums[p.n];
    ret->n = p.n;
    ret->count = 1;
    for (size_t a = 0; a < p.n; a++) ret->hashes[ret->count++] = sums[a] + (sums[p.n] - sums[a + 1]) * INVERSE;
    for (size_t a = 0; a < p.n && edits > 1; a++)
        for (size_t b = a + 1; b < p.n; b++)
            ret->hashes[ret->count++] =
                sums[a] + ((sums[b] - sums[a + 1]) + (sums[p.n] - sums[b + 1]) * INVERSE) * INVERSE;
}

static unsigned left_out(const variants *v, size_t i)
{
    return i == 0 ? 0 : i <= v->n ? 1 : 2;
}

typedef struct hashes {
    uint32_t at[2 * VARIANTS_MAX];
    size_t n;
} hashes;

static void add_hash(uint64_t hash, hashes *out)
{
    out->at[out->n++] = (uint32_t)((hash ^ hash >> 29) * UINT64_C(0xBF58476D1CE4E5B9) >> 32);
}

static void hash_whole(points p, unsigned edits, hashes *out)
{
    variants v;
    take_variants(p, edits, &v);
    for (size_t i = 0; i < v.count; i++) add_hash(v.hashes[i], out);
}

static void hash_ends(points p, unsigned edits, hashes *out)
{
    variants head, tail;
    take_variants((points){p.at, END}, edits, &head);
    take_variants((points){p.at + p.n - END, END}, edits, &tail);
    for (size_t i = 0; i < head.count; i++)
        for (size_t k = 0; k < tail.count; k++)
            if (left_out(&head, i) + left_out(&tail, k) <= edits)
                add_hash(head.hashes[i] * 31 + tail.hashes[k] + 1, out);
}

/* ---- the index ---- */

/* Count the places of each bucket, or, once their ends are known, fill them from behind. */
static uint64_t pass(ay_near *near, bool is_filling)
{
    uint32_t at[LENGTH_MAX];
    uint64_t total = 0;
    for (uint32_t i = 0; i < near->n; i++) {
        const outline o = near->outlines[i] = decode(near->texts[i], at);
        hashes h;
        h.n = 0;
        if (o.n > WHOLE) hash_ends((points){at, o.n}, edits_of_text(&o), &h);
        else if (o.n) hash_whole((points){at, o.n}, edits_of_text(&o), &h);
        for (size_t v = 0; v < h.n && near->starts; v++) {
            uint32_t *start = &near->starts[h.at[v] & near->mask];
            if (is_filling) near->places[--*start] = i;
            else ++*start;
        }
        total += h.n;
    }
    return total;
}

static bool fill(ay_near *near, uint32_t total)
{
    while (near->mask < total) near->mask = near->mask * 2 + 1;
    near->starts = AY_NEW_ARRAY((size_t)near->mask + 2, uint32_t);
    near->places = AY_NEW_ARRAY(total, uint32_t);
    if (!near->starts || !near->places) return false;
    (void)pass(near, false);
    for (uint32_t b = 1; b <= near->mask + 1; b++) near->starts[b] += near->starts[b - 1];
    (void)pass(near, true);
    return true;
}

bool ay_near_open(ay_str *texts, uint32_t n, ay_near **ret)
{
    ay_near *near = AY_NEW(ay_near);
    if (!near) {
        ay_free(texts);
        return false;
    }
    *near = (ay_near){.texts = texts, .outlines = AY_NEW_ARRAY(n, outline), .n = n};
    const uint64_t total = near->outlines ? pass(near, false) : 0;
    if (near->outlines && (total > PLACES_MAX || fill(near, (uint32_t)total))) {
        *ret = near;
        return true;
    }
    ay_near_close(near);
    return false;
}

void ay_near_close(void *near)
{
    ay_near *own = (ay_near *)near;
    ay_free(own->texts);
    ay_free(own->outlines);
    ay_free(own->starts);
    ay_free(own->places);
    ay_free(own);
}

/* ---- the distance ---- */

static points behind(points p, size_t n)
{
    return (points){p.at + n, p.n - n};
}

static unsigned lesser(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* limit + 1: more than the limit. What both begin with costs nothing; then each kind of edit is tried, which ends soon
 * as there are two at most. */
static unsigned distance(points a, points b, unsigned limit)
{
    while (a.n && b.n && *a.at == *b.at) {
        a = behind(a, 1);
        b = behind(b, 1);
    }
    const size_t more = a.n > b.n ? a.n - b.n : b.n - a.n;
    if (more > limit) return limit + 1;
    if (!a.n || !b.n) return (unsigned)more;
    if (!limit) return 1;
    unsigned best = distance(behind(a, 1), behind(b, 1), limit - 1);
    best = lesser(best, distance(behind(a, 1), b, limit - 1));
    best = lesser(best, distance(a, behind(b, 1), limit - 1));
    if (a.n > 1 && b.n > 1 && a.at[0] == b.at[1] && a.at[1] == b.at[0])
        best = lesser(best, distance(behind(a, 2), behind(b, 2), limit - 1));
    return best + 1;
}

/* ---- the search ---- */

typedef struct search {
    const ay_near *near;
    const ay_near_filter *filter;
    points value;
    outline outline;
    unsigned limit, best_distance;
    uint32_t best;
    uint32_t seen[SEEN];      /* of each place the last text looked at, plus 1: near ones share many variants */
    bool is_tied, has_others; /* others: further away than the best, within the limit */
} search;

/* One edit changes two bits of the set at most. */
static bool may_be_near(const search *s, const outline *text)
{
    if (s->outline.is_number) return text->is_number && text->n == s->outline.n;
    return (unsigned)__builtin_popcount(s->outline.letters ^ text->letters) <= 2 * s->limit;
}

static bool is_accepted(const search *s, uint32_t i)
{
    return !s->filter || s->filter->accepts(s->filter->ctx, s->near->texts[i]);
}

static void consider(search *s, uint32_t i)
{
    uint32_t at[LENGTH_MAX];
    if (s->seen[i % SEEN] == i + 1 || i == s->best) return;
    s->seen[i % SEEN] = i + 1;
    if (!may_be_near(s, &s->near->outlines[i])) return;
    const points text = {at, decode(s->near->texts[i], at).n};
    const unsigned d = distance(s->value, text, s->limit);
    if (d > s->limit || !is_accepted(s, i)) return;
    s->has_others |= s->best != NONE && d != s->best_distance;
    if (d > s->best_distance) return;
    s->is_tied = d == s->best_distance;
    s->best_distance = d;
    s->best = i;
}

/* All that matters is known. */
static bool is_over(const search *s)
{
    return s->best_distance == 1 && (s->is_tied || s->has_others);
}

/* False: too many texts look alike. */
static bool search_within(search *s, unsigned limit)
{
    hashes h;
    size_t looks = 0;
    h.n = 0;
    s->limit = limit;
    memset(s->seen, 0, sizeof s->seen);
    if (s->value.n <= WHOLE + limit) hash_whole(s->value, limit, &h);
    if (s->value.n + limit > WHOLE) hash_ends(s->value, limit, &h);
    for (size_t v = 0; v < h.n && !is_over(s); v++) {
        const uint32_t *bucket = &s->near->starts[h.at[v] & s->near->mask];
        looks += bucket[1] - bucket[0];
        if (looks > LOOKS_MAX) return false;
        for (uint32_t k = bucket[0]; k < bucket[1]; k++) consider(s, s->near->places[k]);
    }
    return true;
}

/* One edit first: it mostly is one, and two texts at that distance end the search. */
static bool search_all(search *s, unsigned edits)
{
    return search_within(s, 1) && !s->is_tied && (edits == 1 || search_within(s, edits));
}

/* Numbers lie close together, and one that is not listed is often no slip at all. */
static uint32_t confidence(const search *s)
{
    if (s->outline.is_number) return 60;
    return s->best_distance == 1 && !s->has_others ? 90 : 70;
}

bool ay_near_find(const ay_near *near, ay_str value, const ay_near_filter *filter, ay_near_hit *ret)
{
    uint32_t at[LENGTH_MAX];
    search s = {.near = near, .filter = filter, .outline = decode(value, at), .best_distance = LIMIT + 1, .best = NONE};
    const unsigned edits = edits_of_value(&s.outline);
    s.value = (points){at, s.outline.n};
    if (!edits || !near->starts || !search_all(&s, edits)) return false;
    if (s.best == NONE || s.is_tied || !s.best_distance) return false;
    *ret = (ay_near_hit){near->texts[s.best], confidence(&s)};
    return true;
}
