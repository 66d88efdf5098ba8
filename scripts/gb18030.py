#!/usr/bin/env python3
"""Writes lib/base/gb18030_ranges.h: the characters that GB 18030 encodes in two bytes, as the system's iconv does it.

    scripts/gb18030.py > lib/base/gb18030_ranges.h       made with glibc 2.36 (Debian 12)
"""
import ctypes
import platform

NAMES = 4  # ranges a line


def converter():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.iconv_open.restype = ctypes.c_void_p
    libc.iconv.restype = ctypes.c_size_t
    libc.iconv.argtypes = [ctypes.c_void_p] + [ctypes.c_void_p] * 4
    handle = libc.iconv_open(b"GB18030", b"UTF-8")

    def bytes_of(cp):
        """How many bytes the character takes; 0: iconv has none for it."""
        text, out = ctypes.create_string_buffer(chr(cp).encode()), ctypes.create_string_buffer(8)
        source, target = ctypes.c_char_p(ctypes.addressof(text)), ctypes.c_char_p(ctypes.addressof(out))
        left, room = ctypes.c_size_t(len(text.raw) - 1), ctypes.c_size_t(8)
        libc.iconv(handle, None, None, None, None)
        failed = libc.iconv(handle, *map(ctypes.byref, (source, left, target, room)))
        return 0 if failed else 8 - room.value

    return bytes_of


def ranges():
    bytes_of, found = converter(), []
    for cp in range(0x80, 0x110000):
        if 0xD800 <= cp < 0xE000 or bytes_of(cp) != 2:
            continue
        if found and found[-1][1] == cp - 1:
            found[-1][1] = cp
        else:
            found.append([cp, cp])
    return found


def main():
    print(f"""/* Written by scripts/gb18030.py with the iconv of {' '.join(platform.libc_ver())}: change that, not this. */
/* clang-format off */""")
    found = [f"{{0x{a:x}, 0x{b:x}}}," for a, b in ranges()]
    for i in range(0, len(found), NAMES):
        print("    " + " ".join(found[i:i + NAMES]))
    print("    /* clang-format on */")


if __name__ == "__main__":
    main()
