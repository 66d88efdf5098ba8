#!/usr/bin/env python3
"""What the library takes from tables of Unicode and of GB 18030, against those of Python and of the system's iconv.

    text.py PROBE

Every code point that Python's edition of Unicode assigns, and random sequences of them, in NFC and NFKC; every decimal digit;
the length in GB 18030 of every code point. Python has the edition of 2000, apart from which the library knows where it
differs: DIFFERS is that list, and rules/checks/length.md shows it.
"""
import random
import subprocess
import sys
import unicodedata

SCALARS = [cp for cp in range(1, 0x110000) if not 0xD800 <= cp < 0xE000]
ASSIGNED = [cp for cp in SCALARS if unicodedata.category(chr(cp)) != "Cn"]
SEQUENCES = 200_000
# What NFC and NFKC act on, drawn as often as all the rest.
ACTIVE = [cp for cp in ASSIGNED if unicodedata.combining(chr(cp)) or unicodedata.decomposition(chr(cp))
          or unicodedata.category(chr(cp))[0] == "M" or 0x1100 <= cp < 0x1200 or 0xAC00 <= cp < 0xAC80]
NEWER_DIGITS = [*range(0x11F50, 0x11F5A), *range(0x1E4F0, 0x1E4FA)]  # of Unicode 15; Python 3.11 has 14

OLD_PRIVATE = [*range(0xE78D, 0xE797), 0xE816, 0xE817, 0xE818, 0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE831, 0xE832, 0xE83B, 0xE843,
               0xE854, 0xE855, 0xE864]  # iconv has no code for these
DIFFERS = {  # code point: bytes here; Python has 2 for 4 and 4 for 2
    0x1E3F: 2, 0xE7C7: 4,
    **{cp: 2 for cp in [*range(0x9FB4, 0x9FBC), *range(0xFE10, 0xFE1A)]},
    **{cp: 2 for cp in [0x20087, 0x20089, 0x200CC, 0x215D7, 0x2298F, 0x241FE]},
    **{cp: 4 for cp in OLD_PRIVATE},
}


def probe(program, texts, *words):
    done = subprocess.run([program, *words], input="".join(t + "\0" for t in texts).encode(), capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


def compare(what, texts, got, want):
    if len(got) != len(texts):
        return [f"{what}: {len(got)} answers to {len(texts)} texts"]
    wrong = [(t, g, w) for t, g, w in zip(texts, got, want) if g != w]
    return [f"{what}: {ascii(t)}: got {ascii(g)}, want {ascii(w)}" for t, g, w in wrong[:5]] + \
        ([f"{what}: {len(wrong)} differ"] if wrong else [])


def sequences():
    draw = random.Random(18030)
    return ["".join(chr(draw.choice(draw.choice((ACTIVE, ASSIGNED)))) for _ in range(draw.randint(2, 6)))
            for _ in range(SEQUENCES)]


def check_forms(program):
    faults = []
    single, many = [chr(cp) for cp in ASSIGNED], sequences()
    behind = ["e" + c for c in single]
    for form in ("NFC", "NFKC"):
        for what, texts in (("code points", single), ("code points behind a letter", behind), ("sequences", many)):
            got = probe(program, texts, form.lower())
            faults += compare(f"{form}: {what}", texts, got, [unicodedata.normalize(form, t) for t in texts])
    return faults


def check_digits(program):
    texts = [chr(cp) for cp in SCALARS]
    want = [str(unicodedata.decimal(t, -1)) for t in texts]
    for cp in NEWER_DIGITS:
        want[cp - 1 - (0x800 if cp > 0xDFFF else 0)] = str(cp & 0xF)
    return compare("digits", texts, probe(program, texts, "--digit"), want)


def iconv_length(cp):
    done = subprocess.run(["iconv", "-f", "UTF-8", "-t", "GB18030"], input=chr(cp).encode(), capture_output=True)
    return None if done.returncode else len(done.stdout)


def iconv_lengths(cps):
    """All in one go, each before a line feed, which is one byte and part of no code."""
    done = subprocess.run(["iconv", "-f", "UTF-8", "-t", "GB18030"], input="".join(f"{chr(cp)}\n" for cp in cps).encode(),
                          capture_output=True, check=True)
    return [len(line) for line in done.stdout.split(b"\n")[:-1]]


def check_gb18030(program):
    texts = [chr(cp) for cp in SCALARS]
    got = probe(program, texts, "--gb18030")
    want = [str(DIFFERS.get(cp, len(chr(cp).encode("gb18030")))) for cp in SCALARS]
    faults = compare("GB 18030 of Python", texts, got, want)
    faults += [f"U+{cp:04X} does not differ from Python's" for cp, n in DIFFERS.items() if n == len(chr(cp).encode("gb18030"))]
    faults += [f"iconv knows U+{cp:04X}" for cp in OLD_PRIVATE if iconv_length(cp) is not None]
    known = [cp for cp in SCALARS if cp != 0xA and cp not in OLD_PRIVATE]
    length = dict(zip(SCALARS, got))
    return faults + compare("GB 18030 of iconv", [chr(cp) for cp in known], [length[cp] for cp in known],
                            [str(n) for n in iconv_lengths(known)])


def main():
    program = sys.argv[1]
    faults = check_forms(program) + check_digits(program) + check_gb18030(program)
    print("\n".join(faults) if faults else f"{len(ASSIGNED)} code points of Unicode {unicodedata.unidata_version}, "
          f"{SEQUENCES} sequences and {len(SCALARS)} lengths agree")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
