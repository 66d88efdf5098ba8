#!/usr/bin/python3
"""Check characters, held against python3-stdnum on generated values: checksums.py ASSAY.

Debian's python3-stdnum belongs to Debian's own interpreter. Where that library is known to be wrong its verdict is not
asked for, and what was left out is listed and counted at the end.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

try:
    import stdnum
    from stdnum import luhn
    from stdnum.cn import ric, uscc
    from stdnum.iso7064 import mod_11_2, mod_11_10, mod_37_2, mod_37_36, mod_97_10
except ImportError:
    print("skipped: python3-stdnum is not installed")
    sys.exit(77)

VALUES = 4000  # of each system
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_CLASSES = ("11 12 13 19 21 29 31 32 33 34 35 39 41 49 51 52 53 59 61 62 69 71 72 79 81 89 91 92 93 "
                "A1 A9 N1 N2 N3 N9 Y1").split()
rng = random.Random(20260131)


def draw(alphabet, n):
    return "".join(rng.choice(alphabet) for _ in range(n))


def slip(text, alphabet):
    """One of: as it is, a character changed, two neighbours exchanged, one lost, one doubled."""
    i = rng.randrange(len(text))
    kind = rng.randrange(6)
    if kind == 0:
        return text[:i] + rng.choice(alphabet) + text[i + 1:]
    if kind == 1:
        return text[:i] + text[i:i + 2][::-1] + text[i + 2:]
    if kind == 2:
        return text[:i] + text[i + 1:]
    if kind == 3:
        return text[:i] + text[i] + text[i:]
    return text


def plain(module, alphabet, least, most):
    """Values of a system of any length."""
    def values():
        body = draw(alphabet, rng.randint(least, most))
        return slip(body + module.calc_check_digit(body), alphabet + "X*")
    return values


def is_alone(text):
    return len(text) < 2


def is_valid(module, checks=""):
    """The library takes a check character alone, and one in the middle (`checks` of the system that are no digits), for right."""
    return lambda text: not is_alone(text) and not any(c in text[:-1] for c in checks) and module.is_valid(text)


def plain_reasons(module, checks=""):
    def reasons(text):
        if is_valid(module, checks)(text) == (bool(text) and module.is_valid(text)):
            return None
        return "a check character alone" if is_alone(text) else "a check character inside"
    return reasons


def mod97_values():
    body = draw(DIGITS, rng.randint(1, 25))
    return slip(body + mod_97_10.calc_check_digits(body), DIGITS)


def uscc_values():
    body = rng.choice(USCC_CLASSES) + draw(DIGITS, 6) + draw(USCC, 9)
    return slip(body + uscc.calc_check_digit(body), USCC)


def uscc_verdict(text):
    """The arithmetic is the library's; that the first two may be letters, and which pairs there are, it does not know."""
    if len(text) != 18 or any(c not in USCC for c in text) or any(c not in DIGITS for c in text[2:8]):
        return False
    return text[:2] in USCC_CLASSES and uscc.calc_check_digit(text[:17]) == text[17]


def uscc_reasons(text):
    right = uscc_verdict(text)
    return None if right == uscc.is_valid(text) else ("letter in place 1" if right else "pair that is no class")


def ric_values():
    body = rng.choice(["11", "13", "32", "44", "51", "65"]) + draw(DIGITS, 4) + \
        f"{rng.randint(1880, 2025):04}{rng.randint(1, 13):02}{rng.randint(1, 32):02}" + draw(DIGITS, 3)
    return slip(body + mod_11_2.calc_check_digit(body), DIGITS + "X")


def ric_verdict(text):
    """Date and arithmetic are the library's; its list of regions lacks retired ones, so it is not asked for them."""
    if len(text) != 18 or not text[:17].isdigit() or not text.isascii():
        return False
    try:
        ric.get_birth_date(text)
    except Exception:  # pylint: disable=broad-except
        return False
    return int(text[6:10]) >= 1800 and mod_11_2.is_valid(text)


def ric_reasons(text):
    return "region that its list lacks" if ric_verdict(text) and not ric.is_valid(text) else None


def province_verdict(verdict):
    provinces = {f"{t}{u}" for t, us in {1: "12345", 2: "123", 3: "1234567", 4: "123456", 5: "01234", 6: "12345"}.items()
                 for u in us}
    return lambda text: text[:2] in provinces and verdict(text)


def gs15_values():
    body = draw(DIGITS, 14)
    return slip(body + mod_11_10.calc_check_digit(body), DIGITS)


def card_values():
    body = rng.choice("3456") + draw(DIGITS, rng.randint(11, 17))
    return slip(body + luhn.calc_check_digit(body), DIGITS)


SYSTEMS = {  # system: values, verdict, why the library's own verdict is not that (None: it is)
    "luhn": (plain(luhn, DIGITS, 1, 24), is_valid(luhn), plain_reasons(luhn)),
    "iso7064-mod11-2": (plain(mod_11_2, DIGITS, 1, 24), is_valid(mod_11_2, "X"), plain_reasons(mod_11_2, "X")),
    "iso7064-mod37-2": (plain(mod_37_2, DIGITS + LETTERS, 1, 24), is_valid(mod_37_2, "*"), plain_reasons(mod_37_2, "*")),
    "iso7064-mod97-10": (mod97_values, is_valid(mod_97_10), None),
    "iso7064-mod11-10": (plain(mod_11_10, DIGITS, 1, 24), is_valid(mod_11_10), plain_reasons(mod_11_10)),
    "iso7064-mod37-36": (plain(mod_37_36, DIGITS + LETTERS, 1, 24), is_valid(mod_37_36), plain_reasons(mod_37_36)),
    "gs15": (gs15_values, lambda text: len(text) == 15 and text.isdigit() and mod_11_10.is_valid(text), None),
    "gb32100": (uscc_values, uscc_verdict, uscc_reasons),
    "gb11643": (ric_values, province_verdict(ric_verdict), ric_reasons),
    "bank-card": (card_values, lambda text: 13 <= len(text) <= 19 and text[0] != "0" and luhn.is_valid(text), None),
}


def run(assay, folder, values):
    """system -> the values that the command rejects."""
    lines = ["assay: 1", "pack: t", "timezone: Asia/Shanghai", "sources: {s: {title: s, owner: o}}", "standards:"]
    lines += [f"  s{i}: {{type: text, level: public, checks: [checksum: {system}]}}" for i, system in enumerate(values)]
    lines += ["datasets:"]
    for i, (system, texts) in enumerate(values.items()):
        with open(os.path.join(folder, f"d{i}.csv"), "w", encoding="ascii") as file:
            file.write("n,v\n" + "".join(f"{n},{text}\n" for n, text in enumerate(texts)))
        lines += [f"  d{i}: {{title: d, source: s, file: d{i}.csv, key: [n], fields: {{n: {{standard: integer, "
                  f"required: true, unique: true}}, v: {{standard: s{i}}}}}}}"]
    with open(os.path.join(folder, "pack.yaml"), "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
    done = subprocess.run([assay, "run", "pack.yaml", "--as-of", "2026-01-31", "--report", "out", "--quiet"], cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 1:
        sys.exit(f"the command ended with {done.returncode}: {done.stderr.decode()}")
    rejected = {f"d{i}": set() for i in range(len(values))}
    with open(os.path.join(folder, "out", "findings.ndjson"), encoding="utf-8") as file:
        for line in file:
            finding = json.loads(line)
            rejected[finding["dataset"]].add(finding["key"]["n"])
    return {system: rejected[f"d{i}"] for i, system in enumerate(values)}


def compare(system, texts, rejected):
    _, verdict, reasons = SYSTEMS[system]
    wrong = [text for n, text in enumerate(texts) if verdict(text) == (n in rejected)]
    left_out = {}
    for text in texts:
        reason = reasons(text) if reasons else None
        if reason:
            left_out[reason] = left_out.get(reason, 0) + 1
    print(f"{system:18} {len(texts)} values, {len(rejected)} rejected, {len(wrong)} otherwise than python3-stdnum")
    for reason, n in sorted(left_out.items()):
        print(f"{'':18} {n} where the library's own verdict is not used: {reason}")
    for text in wrong[:10]:
        print(f"{'':18} {text}: {'valid' if verdict(text) else 'invalid'} by the library")
    return len(wrong)


def main():
    values = {system: [make() for _ in range(VALUES)] for system, (make, _, _) in SYSTEMS.items()}
    with tempfile.TemporaryDirectory() as folder:
        rejected = run(os.path.abspath(sys.argv[1]), folder, values)
    print(f"python3-stdnum {stdnum.__version__}")
    wrong = sum(compare(system, values[system], rejected[system]) for system in SYSTEMS)
    few = [s for s in SYSTEMS if not VALUES // 10 < len(rejected[s]) < VALUES * 9 // 10]
    if few:
        print("hardly any value, or nearly every one, is rejected:", *few)
    return 1 if wrong or few else 0


if __name__ == "__main__":
    sys.exit(main())
