#include "run/mask.h"

#include "base/utf8.h"

static const char stars[] = "***";

/* Of fewer characters (a name, a flag, an age) the first one alone would tell much or all. */
enum { PERSONAL_SHOWN_FROM = 6 };

void ay_mask(ay_level level, ay_str text, ay_buf *out)
{
    if (level <= AY_INTERNAL) {
        ay_buf_str(out, text);
        return;
    }
    const size_t n = ay_utf8_length(text);
    size_t shown = level == AY_SENSITIVE ? n / 4 : 0;
    if (shown > 4) shown = 4;
    const size_t head = level == AY_PERSONAL && n >= PERSONAL_SHOWN_FROM ? 1 : shown;
    ay_buf_str(out, ay_str_slice(text, 0, ay_utf8_offset(text, head)));
    ay_buf_text(out, stars);
    ay_buf_str(out, ay_str_slice(text, ay_utf8_offset(text, n - shown), text.len));
}
