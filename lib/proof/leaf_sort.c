#include "proof/leaf_sort.h"

#define FEW 32 /* below it comparing is cheaper than counting */

static const unsigned char *bytes_of(const ay_leaf *leaf)
{
    return (const unsigned char *)leaf;
}

static void insertion_sort(ay_leaf *leaves, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const ay_leaf moving = leaves[i];
        size_t j = i;
        for (; j > 0 && memcmp(&moving, &leaves[j - 1], sizeof moving) < 0; j--) leaves[j] = leaves[j - 1];
        leaves[j] = moving;
    }
}

/* Swap every leaf into the group of its byte: heads[g] is the first place of g not filled yet, ends[g] where g ends. */
static void permute(ay_leaf *leaves, unsigned byte, size_t *heads, const size_t *ends)
{
    for (unsigned g = 0; g < 256; g++)
        while (heads[g] < ends[g]) {
            ay_leaf *here = &leaves[heads[g]];
            const unsigned to = bytes_of(here)[byte];
            if (to == g) {
                heads[g]++;
                continue;
            }
            const ay_leaf moving = *here;
            *here = leaves[heads[to]];
            leaves[heads[to]++] = moving;
        }
}

/* False where all leaves have the same byte. */
static bool group(ay_leaf *leaves, size_t n, unsigned byte, size_t *ends)
{
    size_t heads[256], counts[256] = {0};
    for (size_t i = 0; i < n; i++) counts[bytes_of(&leaves[i])[byte]]++;
    if (counts[bytes_of(leaves)[byte]] == n) return false;
    size_t at = 0;
    for (unsigned g = 0; g < 256; g++) {
        heads[g] = at;
        ends[g] = at += counts[g];
    }
    permute(leaves, byte, heads, ends);
    return true;
}

static void sort_groups(ay_leaf *leaves, size_t n, unsigned known)
{
    size_t ends[256];
    while (!group(leaves, n, known, ends))
        if (++known == sizeof *leaves) return;
    for (unsigned g = 0; g < 256; g++) {
        const size_t begin = g ? ends[g - 1] : 0;
        if (ends[g] - begin > 1) ay_leaf_sort(leaves + begin, ends[g] - begin, known + 1);
    }
}

/* Depth of recursion: at most one level a byte, 2 KiB of stack each. */
void ay_leaf_sort(ay_leaf *leaves, size_t n, unsigned known)
{
    if (n <= FEW || known >= sizeof *leaves) insertion_sort(leaves, n);
    else sort_groups(leaves, n, known);
}
