"""For each kind of check: which columns to draw, which rules over them, and the SQL that says what they should find.

Written from the pages in rules/checks, not from the program. SQL cannot say some things (check characters, personal data):
there the answer is worked out here and given to the server as a table.
"""
import datetime
import re
import unicodedata
from decimal import Decimal

from properties_tables import CITY, DATES, DECS, FLOATS, GARBAGE, INTS, LOOSE, POOLS, STAMPS, TEXTS, ZIP, Column, copied, quoted

NOW = "timestamp '2026-02-28 12:00:00'"
FINITE = [d for d in DECS if d != "NaN"]


class Rule:
    """A rule of a pack and its query: `verdict` is text over one record v, `body` a query over good (the records that
    `where` chooses and that can be read) with the columns id and verdict. `bad`: fields that make a record unreadable."""

    def __init__(self, check, verdict=None, body=None, bad=(), takes_nulls=True):
        self.check, self.verdict, self.body, self.bad, self.takes_nulls = check, verdict, body, bad, takes_nulls
        self.id, self.yaml, self.where, self.nulls, self.tolerance, self.severity = None, None, None, "skip", "0", "error"
        self.prepare, self.files = "", {}

    def query(self, table):
        where = f"({self.where}) is true" if self.where else "true"
        bad = " or ".join(f"v.{field}_bad" for field in self.bad) or "false"
        mapped = {"skip": "verdict", "pass": "replace(verdict, 'skipped', 'pass')",
                  "fail": "replace(verdict, 'skipped', 'fail')"}[self.nulls]
        body = self.body or f"select id, {self.verdict} as verdict from good v"
        return (f"with chosen as (select v.*, {bad} as is_bad from typed_{table} v where {where}), "
                f"good as (select * from chosen where not is_bad) "
                f"select id, {mapped} from ({body}) answer(id, verdict) "
                f"union all select id, 'unreadable' from chosen where is_bad "
                f"union all select id, 'excluded' from typed_{table} v where not ({where})")


def options(rng, rule, name):
    """What every rule may have beside its check."""
    rule.id = name
    rule.yaml = {"id": name, **rule.check}
    wheres = ["w > 1", "w is not null", "w = 1 or w = 2", "not (w < 2)", "w is null", "w < 0", "w in (0, 3)"]
    if rng.random() < 0.4 and "schema" not in rule.check:
        rule.where = rule.yaml["where"] = rng.choice(wheres)
    if rng.random() < 0.3 and rule.takes_nulls:
        rule.nulls = rule.yaml["nulls"] = rng.choice(["skip", "pass", "fail"])
    is_one_verdict = rule.check.keys() & {"rows", "fresh"} or "by" not in rule.check.get("aggregate", {"by": []})
    if rng.random() < 0.3 and not is_one_verdict:
        rule.tolerance = rule.yaml["tolerance"] = rng.choice(
            ["1", "3", "10%", "33.3%", "0.5%", "100%", {"warn": "1", "fail": "2"}, {"warn": "10%", "fail": "50%"}, {"fail": "40%"}])
    if rng.random() < 0.2:
        rule.severity = rule.yaml["severity"] = rng.choice(["info", "warning", "error", "critical"])
    return rule


def own_type(column):
    """The rule that every field of a type other than text has by itself."""
    c = column.name
    rule = Rule({}, f"case when {c}_bad then 'fail' else verdict({c} = {c}) end")
    rule.id = f"{c}.type"
    return rule


def told(rule, table, ok):
    """A rule whose answer (id -> true, false or None for unknown) was worked out here."""
    told.count += 1
    name = f"told_{told.count}"
    rows = "".join(f"{key}\t{copied(value if value is None else str(value))}\n" for key, value in ok.items())
    rule.prepare = f"create table {name} (id bigint, ok boolean);\ncopy {name} from stdin;\n{rows}\\.\n"
    rule.verdict = f"(select verdict(x.ok) from {name} x where x.id = v.id)"
    return rule


told.count = 0


def over(values, test):
    return {key: None if value is None else test(value) for key, value in values.items()}


def one_text(rng, pool=None, **more):
    return [Column(rng, "c", "text", pool, **more)]


# ---- over one value ----

def required(rng):
    columns = one_text(rng, missing=["", "无", "-"]) + [Column(rng, "d", rng.choice(["date", "integer"]))]

    def make(rng, _):
        c = rng.choice("cd")
        return Rule({"field": c, "required": "true"}, f"verdict({c} is not null or {c}_bad)", takes_nulls=False)
    return columns, make


def type_(rng):
    kind = rng.choice(["integer", "decimal", "date"])

    def make(rng, _):
        return Rule({"field": "c", "type": kind}, f"verdict(c ~ '{LOOSE[kind]}')")
    return one_text(rng, [v for v in POOLS[kind][1] if v != "NaN"] + GARBAGE), make


def length(rng):
    def make(rng, table):
        unit = rng.choice(["characters", "bytes", "utf16", "graphemes", None])
        low, high = sorted(rng.choices(range(8), k=2))
        bounds = rng.choice([{"min": low}, {"max": high}, {"min": low, "max": high}])
        low, high = bounds.get("min", 0), bounds.get("max", 10**9)
        check = {**bounds, "unit": unit} if unit else bounds
        if not unit and rng.random() < 0.5:
            check = low = high = rng.randint(0, 6)
        rule = Rule({"field": "c", "length": check}, f"verdict(char_length(c) between {low} and {high})")
        if unit == "bytes":
            rule.verdict = f"verdict(octet_length(c) between {low} and {high})"
        elif unit == "utf16":
            told(rule, table, over(table.column("c"), lambda s: low <= len(s.encode("utf-16-le")) // 2 <= high))
        elif unit == "graphemes":
            told(rule, table, over(table.column("c"), lambda s: low <= len(
                [c for i, c in enumerate(s) if i == 0 or not unicodedata.combining(c)]) <= high))
        return rule
    return one_text(rng), make


PATTERNS = [  # of the pack (PCRE2, the whole value; a dot is no line break), of PostgreSQL
    (r"[0-9]+", r"^[0-9]+$"), (r"a|ab", r"^(a|ab)$"), (r"[a-z]*", r"^[a-z]*$"), (r"\d{6}|X", r"^([0-9]{6}|X)$"),
    (r".{2}", r"^[^\n]{2}$"), (r".*遂.*", r"^[^\n]*遂[^\n]*$"), (r"(?i)AB?", r"^[aA][bB]?$"), (r"\w+", r"^[A-Za-z0-9_]+$"),
    (r"[^a]", r"^[^a]$"), (r"(?s).+", r"^.+$"), (r"[\x{4e00}-\x{9fff}]+", r"^[\u4e00-\u9fff]+$"), (r"\s*", r"^[ \t\n\r\f\v]*$"),
    (r"\S{2,3}", r"^[^ \t\n\r\f\v]{2,3}$"), (r"(遂)(宁)?\x{5e02}?", r"^遂(宁)?市?$"), (r"line\n?", r"^line\n?$"),
    (r"(?:a|b)+|\\N", r"^([ab]+|\\N)$"), (r"\x{20bb7}.*", "^\U00020bb7[^\\n]*$")]


def patterns(negated):
    def draw(rng):
        def make(rng, _):
            mine, theirs = rng.choice(PATTERNS)
            check = "not_match" if negated else "match"
            return Rule({"field": "c", check: mine}, f"verdict(c {'!~' if negated else '~'} $pattern${theirs}$pattern$)")
        return one_text(rng), make
    return draw


RELATIVE = [("today", "date_trunc('day', {now})"), ("today - 18 years", "date_trunc('day', {now}) - interval '18 years'"),
            ("today - 1 day", "date_trunc('day', {now}) - interval '1 day'")]


def bounds(check, operator):
    kinds = ["integer", "decimal", "float", "date", "timestamp", "timestamptz"]

    def draw(rng):
        columns = [Column(rng, f"c{i}", kind) for i, kind in enumerate(kinds)]

        def make(rng, _):
            column = rng.choice(columns)
            text = rng.choice([v for v in POOLS[column.kind][1] if v != "NaN"])
            bound = f"{quoted(text)}::{POOLS[column.kind][0]}"
            if "inf" in text.lower():
                text, bound = "0", "0"
            if column.kind in ("date", "timestamp") and rng.random() < 0.3:
                text, bound = rng.choice(RELATIVE)
                bound = "(" + bound.format(now=NOW) + ")"
                if column.kind == "timestamp" and rng.random() < 0.5:
                    text, bound = "now", NOW
            number = f" and {column.name} <> 'NaN'" if column.kind in ("decimal", "float") else ""
            return Rule({"field": column.name, check: text}, f"verdict({column.name} {operator} {bound}{number})",
                        bad=[column.name])
        return columns, make
    return draw


def listed(check, operator):
    def draw(rng):
        columns = [Column(rng, f"c{i}", kind) for i, kind in enumerate(["text", "integer", "decimal", "date", "boolean"])]

        def make(rng, _):
            column = rng.choice(columns)
            pool = [v for v in POOLS[column.kind][1] if v != "NaN"]
            if column.kind == "decimal":
                pool = list({Decimal(v): v for v in rng.sample(pool, len(pool))}.values())
            entries = rng.sample(pool, rng.randint(1, min(5, len(pool))))
            values = ", ".join(f"{quoted(v)}::{POOLS[column.kind][0]}" for v in entries)
            return Rule({"field": column.name, check: entries}, f"verdict({column.name} {operator} ({values}))", bad=[column.name])
        return columns, make
    return draw


FROM = [("", "-infinity"), ("2019", "2019-01-01"), ("2020-01", "2020-01-01"), ("2020-02-29", "2020-02-29"), ("1999", "1999-01-01")]
TO = [("", "infinity"), ("2020", "2020-12-31"), ("2020-02", "2020-02-29"), ("2026-02-28", "2026-02-28"), ("2026-02-27", "2026-02-27"),
      ("2026", "2026-12-31")]


def code(rng):
    columns = [Column(rng, "c", "text", ["1", "2", "01", "a", "A", "遂宁", "x,y", 'say "hi"', "99", "", "3"]),
               Column(rng, "d", "date", DATES, loose=False), Column(rng, "s", "timestamp", STAMPS)]

    def make(rng, table):
        make.count += 1
        name = f"{table.name}_{make.count}"
        codes = rng.sample(["1", "2", "01", "a", "遂宁", "x,y", 'say "hi"', "3"], rng.randint(1, 8))
        rows = []
        for i, value in enumerate(codes):
            parent = rng.choice(["", *codes[:i]])
            if rng.random() < 0.2:
                rows += [(value, ("2001", "2001-01-01"), ("2005", "2005-12-31"), parent),
                         (value, ("2020-01-02", "2020-01-02"), rng.choice(TO), parent)]
            else:
                rows.append((value, rng.choice(FROM), rng.choice(TO), parent))
        cells = [["code", "since", "until", "parent"], *([v, f[0], t[0], p] for v, f, t, p in rows)]
        file = "".join(",".join('"' + c.replace('"', '""') + '"' if c else "" for c in row) + "\n" for row in cells)
        dated, leaf, at = rng.random() < 0.7, rng.random() < 0.4, rng.choice([None, "d", "s"])
        check = {"file": f"{name}.csv", **({"from": "since", "to": "until"} if dated else {}),
                 **({"at": at} if dated and at else {}), **({"parent": "parent", "leaf": "true"} if leaf else {})}
        if not dated and len({r[0] for r in rows}) != len(rows):
            check["from"], check["to"], dated = "since", "until", True
        at = check.get("at")
        day = f"{at}::date" if at else "date '2026-02-28'"
        found = "x.code = v.c" + (f" and {day} between x.since and x.until" if dated else "") + (
            f" and not exists (select from codes_{name} y where y.parent = x.code)" if leaf else "")
        known = f"v.c is null or {at} is null" if at else "v.c is null"
        rule = Rule({"field": "c", "code": check}, f"case when {known} then 'skipped' else "
                    f"verdict(exists (select from codes_{name} x where {found})) end")
        values = ", ".join(f"({quoted(v)}, date '{f[1]}', date '{t[1]}', {quoted(p)})" for v, f, t, p in rows)
        rule.prepare = f"create table codes_{name} (code text, since date, until date, parent text);\n" \
                       f"insert into codes_{name} values {values};\n"
        rule.files = {f"{name}.csv": file}
        return rule
    make.count = 0
    return columns, make


DIGITS, LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# system -> characters, supplementary check character, modulus, radix (0: hybrid), number of check characters
SYSTEMS = {"luhn": (DIGITS, "", 0, 0, 1), "iso7064-mod11-2": (DIGITS, "X", 11, 2, 1), "iso7064-mod37-2": (DIGITS + LETTERS, "*", 37, 2, 1),
           "iso7064-mod97-10": (DIGITS, "", 97, 10, 2), "iso7064-mod661-26": (LETTERS, "", 661, 26, 2),
           "iso7064-mod1271-36": (DIGITS + LETTERS, "", 1271, 36, 2), "iso7064-mod11-10": (DIGITS, "", 10, 0, 1),
           "iso7064-mod27-26": (LETTERS, "", 26, 0, 1), "iso7064-mod37-36": (DIGITS + LETTERS, "", 36, 0, 1)}


def luhn(text):
    doubled = [sum(divmod(2 * int(c), 10)) for c in text[-2::-2]]
    return (sum(doubled) + sum(int(c) for c in text[::-2])) % 10 == 0


def checks_out(system, text):
    """Whether the check characters of ISO/IEC 7064:2003 (clauses 6 and 7) or of Luhn's formula are right."""
    characters, extra, modulus, radix, n_check = SYSTEMS[system]
    if len(text) <= n_check or any(c not in characters for c in text[:-1]) or text[-1] not in characters + extra:
        return False
    if system == "luhn":
        return luhn(text)
    values = [(characters + extra).index(c) for c in text]
    if radix:
        return sum(v * radix**i for i, v in enumerate(reversed(values))) % modulus == 1
    product = modulus
    for value in values[:-1]:
        product = ((product + value) % modulus or modulus) * 2 % (modulus + 1)
    return (product + values[-1]) % modulus == 1


def checksum(rng):
    system = rng.choice(list(SYSTEMS))
    characters, extra, _, _, n_check = SYSTEMS[system]
    pool = ["", "0", "00", "1", "X", " 07", "\uff10\uff17", "x"]
    ends = [a + b for a in characters for b in characters] if n_check == 2 else list(characters + extra)
    while len(pool) < 40:
        stem = "".join(rng.choices(characters, k=rng.randint(1, 20)))
        right = [stem + end for end in ends if checks_out(system, stem + end)]
        wrong = stem + rng.choice(ends)
        pool += [*right, wrong, wrong.lower(), rng.choice(characters) + wrong]

    def make(_, table):
        return told(Rule({"field": "c", "checksum": system}), table, over(table.column("c"), lambda s: checks_out(system, s)))
    return one_text(rng, pool), make


def scale(rng):
    columns = [Column(rng, "c", "decimal"), Column(rng, "t", "text", DECS + ["x", "", "1,5", "1.50"])]

    def make(rng, _):
        n = rng.choice([0, 0, 1, 2, 3, 20])
        fits = "verdict(case when {0} is not null then coalesce(scale(trim_scale({0})) <= {1}, false) end)"
        if rng.random() < 0.5:
            return Rule({"field": "c", "scale": n}, fits.format("c", n), bad=["c"])
        read = f"(case when t ~ '{LOOSE['decimal']}' then t end)::numeric"
        return Rule({"field": "t", "scale": n}, f"case when t !~ '{LOOSE['decimal']}' then 'unreadable' else {fits.format(read, n)} end")
    return columns, make


CLASSES = {"private_use": [(0xE000, 0xF8FF), (0xF0000, 0x10FFFF)], "replacement": [(0xFFFD, 0xFFFD)],
           "control": [(0, 0x1F), (0x7F, 0x9F)], "full_width": [(0xFF01, 0xFF5E), (0x3000, 0x3000)],
           "zero_width": [(0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0xFEFF, 0xFEFF), (0xAD, 0xAD), (0x180E, 0x180E)]}


def charset(rng):
    edges = [chr(c) for ranges in CLASSES.values() for first, last in ranges
             for c in (first - 1, first, last, last + 1) if 0 < c <= 0x10FFFF and not 0xD800 <= c < 0xE000]

    def make(rng, table):
        words = rng.sample(list(CLASSES), rng.randint(1, 5))
        return told(Rule({"field": "c", "charset": words}), table, over(table.column("c"), lambda s: not any(
            first <= ord(c) <= last for c in s for word in words for first, last in CLASSES[word])))
    return one_text(rng, TEXTS + ["遂" + c for c in edges]), make


def repaired(words, text):
    if "trim" in words:
        text = text.strip(" \t\n\v\f\r\x85\u00a0\u3000\u200b\ufeff")
    if "width" in words:
        text = "".join(" " if c == "\u3000" else chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in text)
    if "upper" in words:
        text = re.sub("[a-z]", lambda m: m[0].upper(), text)
    return re.sub("[A-Z]", lambda m: m[0].lower(), text) if "lower" in words else text


def normalize(rng):
    def make(rng, table):
        words = rng.sample(["trim", "width", rng.choice(["upper", "lower"])], rng.randint(1, 3))
        return told(Rule({"field": "c", "normalize": words}), table, over(table.column("c"), lambda s: repaired(words, s) == s))
    return one_text(rng, TEXTS + ["\uff41", "\uff3a", "a\u3000b", "b\u00a0", "\u00df", "\u0131"]), make


def born(text):
    try:
        datetime.date(int(text[:4]), int(text[4:6]), int(text[6:]))
        return True
    except ValueError:
        return False


PROVINCES = {str(n) for r in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66), (71, 72), (81, 84)) for n in range(*r)}
CARDS = {13: "4", 14: "3[0689]", 15: "3[47]", 16: "[3-6]|9[4-9]", 17: "6|9[4-9]", 18: "6|9[4-9]", 19: "[46]|9[4-9]"}
# the lengths of the groups in which each kind is written; of a citizen id without its X
SHAPES = {"citizen_id": {(6, 8, 4), (6, 12), (14, 4), (6, 4, 4, 4), (6, 8, 3), (6, 11), (14, 3), (6, 4, 4, 3)},
          "mobile": {(3, 4, 4), (3, 8), (7, 4)},
          "bank_card": {(4, 4, 4, 4), (4, 4, 4, 4, 1), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4)}}


def is_region(number):
    """Of permits of residents of Hong Kong, Macao and Taiwan the first six digits are one of three."""
    if number[:2] in ("81", "82", "83"):
        return number[2:6] == "0000"
    return number[number[0] == "9":][:2] in PROVINCES


def is_personal(word, digits, x):
    if word == "citizen_id":
        number = digits + "X" if len(digits) == 17 and x else digits
        return (len(number) == 18 and is_region(number) and 1800 <= int(number[6:10]) <= 2199
                and born(number[6:14]) and checks_out("iso7064-mod11-2", number))
    if word == "mobile":
        return re.fullmatch("1[3-9][0-9]{9}", digits) is not None
    return re.match(CARDS.get(len(digits), "x"), digits) is not None and luhn(digits)


def holds_personal(words, text):
    text = "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else " " if c == "\u3000" else c for c in text)
    for chain in re.finditer("[0-9]+(?:[ -][0-9]+)*([Xx](?![0-9A-Za-z]))?", text):
        groups = re.findall("[0-9]+", chain[0])
        if "mobile" in words and text[:chain.start()].endswith("+") and re.fullmatch("861[3-9][0-9]{9}", groups[0]):
            return True
        for first in range(len(groups)):
            for last in range(first + 1, len(groups) + 1):
                some, x = groups[first:last], chain[1] and last == len(groups)
                for word in words:
                    is_written = last - first == 1 or (tuple(map(len, some)) in SHAPES[word] and (
                        word != "bank_card" or last - first == len(groups)))
                    if is_written and is_personal(word, "".join(some), x):
                        return True
    return False


def personal_text(rng):
    day = rng.choice(["19491231", "20000229", "19990229", "20261301", "19850600", "20240131"])
    region = rng.choice([rng.choice(sorted(PROVINCES)), "9" + rng.choice(sorted(PROVINCES)), "".join(rng.choices(DIGITS[1:], k=2))])
    stem = (region + "".join(rng.choices(DIGITS, k=4)))[:6] + day + "".join(rng.choices(DIGITS, k=3))
    right = next(stem + c for c in DIGITS + "X" if checks_out("iso7064-mod11-2", stem + c))
    card = rng.choice("3456912") + "".join(rng.choices(DIGITS, k=rng.randint(10, 18)))
    number = rng.choice([right, right.lower(), right[:-1] + rng.choice(DIGITS + "X"), "1" + rng.choice("23456789") + "".join(
        rng.choices(DIGITS, k=9)), card + rng.choice(DIGITS), next(card + c for c in DIGITS if luhn(card + c))])
    if rng.random() < 0.3:
        shape = rng.choice([shape for shapes in SHAPES.values() for shape in sorted(shapes)] + [(2, 4), (4, 4, 4)])
        cuts = [sum(shape[:i]) for i in range(len(shape))] + [len(number)]
        number = rng.choice(" - ").join(number[a:b] for a, b in zip(cuts, cuts[1:]) if a < b)
    if rng.random() < 0.2:
        number = "".join(chr(ord(c) + 0xFEE0) if c != " " else "\u3000" for c in number)
    ends = ["", "", "", "电话", "+86", "86", "0", "+", "-", " ", "a", "X", "x5", "，", "\U00020bb7", "13800138000 "]
    return rng.choice(ends) + number + rng.choice(ends)


def personal(rng):
    def make(rng, table):
        words = rng.sample(["citizen_id", "mobile", "bank_card"], rng.randint(1, 3))
        check = "true" if len(words) == 3 else words
        return told(Rule({"field": "c", "personal": check}), table, over(table.column("c"), lambda s: holds_personal(words, s)
                                                                         is False))
    return one_text(rng, TEXTS[:10] + [personal_text(rng) for _ in range(80)]), make


# ---- over one record ----

TERMS = ["a < b", "a + 1 >= b", "a = b", "a <> 2", "s like '%a%'", "s is not null and length(s) < 3", "a between 1 and 5",
         "d > 2 or a < 0", "s in ('a', 'ab', '遂宁')", "s not in ('a', '无')", "coalesce(a, 0) = 0", "a is distinct from b",
         "case when a > 3 then d > 1 else b = 1 end", "t >= date '2020-01-01'", "t + interval '1 month' > timestamp '2020-03-01 00:00:00'",
         "upper(s) = 'A'", "abs(a) <= 3", "a * b > d", "s || 'x' = 'ax'", "substr(s, 1, 1) = '遂'", "b is null", "d * 2 = 3.0",
         "round(d, 1) = 1.5", "t is not null", "length(s) > a", "a - b between -1 and 1", "s >= 'a'", "s like '_'", "t = date '2020-02-29'"]


def expect(rng):
    small = [str(i) for i in range(-3, 8)]
    columns = [Column(rng, "a", "integer", small, loose=False), Column(rng, "b", "integer", small, loose=False),
               Column(rng, "d", "decimal", FINITE, loose=False), Column(rng, "s", "text"), Column(rng, "t", "date", DATES, loose=False)]

    def make(rng, _):
        text = rng.choice(TERMS)
        for _ in range(rng.randint(0, 3)):
            text = rng.choice(["({}) and {}", "{} or ({})", "not ({}) or {}", "({} or {})"]).format(text, rng.choice(TERMS))
        return Rule({"expect": text}, f"verdict({text})")
    return columns, make


def together(rng):
    columns = [Column(rng, f"c{i}", rng.choice(["text", "integer", "date"])) for i in range(3)]

    def make(rng, _):
        fields = rng.sample(["c0", "c1", "c2"], rng.randint(2, 3))
        present = " + ".join(f"({c} is not null or {c}_bad)::int" for c in fields)
        return Rule({"together": fields}, f"verdict({present} in (0, {len(fields)}))", takes_nulls=False)
    return columns, make


def order(rng):
    kind = rng.choice(["integer", "decimal", "date", "timestamp", "timestamptz", "float"])
    columns = [Column(rng, f"c{i}", kind, FINITE if kind == "decimal" else None) for i in range(4)]

    def make(rng, _):
        fields = rng.sample(["c0", "c1", "c2", "c3"], rng.randint(2, 4))
        strict = rng.random() < 0.5
        check = {"fields": fields, "strict": "true"} if strict else fields
        pair = f"before {'<' if strict else '<='} x" + (" and x <> 'NaN' and before <> 'NaN'" if kind == "float" else "")
        verdict = f"""(select case when not bool_and({pair}) filter (where before is not null) then 'fail' when {' or '.join(f'v.{c}_bad' for c in fields)}
            then 'unreadable' when count(*) < 2 then 'skipped' else 'pass' end
            from (select x, lag(x) over (order by i) as before
                  from unnest(array[{', '.join(f'v.{c}' for c in fields)}]) with ordinality u(x, i) where x is not null) pairs)"""
        return Rule({"order": check}, verdict)
    return columns, make


# ---- over the dataset ----

def unique(rng):
    columns = [Column(rng, f"c{i}", rng.choice(["text", "integer", "decimal", "date", "float", "boolean", "timestamptz"]))
               for i in range(3)]

    def make(rng, _):
        fields = rng.sample(["c0", "c1", "c2"], rng.randint(1, 3))
        nulls, count = rng.choice(["distinct", "equal", "fail"]), rng.choice(["rows", "surplus"])
        check = {"fields": fields, "nulls": nulls, "count": count}
        if nulls == "distinct" and count == "rows" and rng.random() < 0.7:
            check = fields
        some = " or ".join(f"{c} is null" for c in fields)
        null = {"distinct": f"when {some} then 'skipped'", "fail": f"when {some} then 'fail'", "equal": ""}[nulls]
        same = f"(partition by {', '.join(fields)} order by id rows between unbounded preceding and unbounded following)"
        repeat = "fail" if count == "rows" else "found"
        return Rule({"unique": check}, body=f"""select id, case {null} when count(*) over same = 1 then 'pass'
            when row_number() over same = 1 then '{repeat}' else 'fail' end from good window same as {same}""",
                    bad=fields, takes_nulls=False)
    return columns, make


def depends(rng):
    columns = [Column(rng, "city", "text", CITY), Column(rng, "zip", "text", ZIP), Column(rng, "n", "integer", ["1", "2"]),
               Column(rng, "d", "decimal", ["1", "1.0", "2.50", "2.5", "3"])]

    def make(rng, _):
        dependent, *by = rng.sample(["city", "zip", "n", "d"], rng.randint(2, 3))
        keys = ", ".join(by)
        null = " or ".join(f"{c} is null" for c in [dependent, *by])
        return Rule({"depends": {dependent: by}}, body=f"""
            with counted as (select {keys}, {dependent}, count(*) as n_same from good where not ({null}) group by {keys}, {dependent}),
            ranked as (select *, max(n_same) over (partition by {keys}) as most from counted),
            judged as (select *, count(*) filter (where n_same = most) over (partition by {keys}) as n_most from ranked)
            select id, case when {null.replace(dependent + ' is', 'g.' + dependent + ' is')} then 'skipped'
                            when n_same = most and n_most = 1 then 'pass' else 'fail' end
            from good g left join judged j using ({keys}, {dependent})""".replace("g." + dependent, dependent), bad=[dependent, *by])
    return columns, make


STEPS = {"integer": ["1", "2"], "decimal": ["1", "0.5", "1.5"], "date": ["1", "2", "1 day", "1 month", "2 days", "1 year"],
         "timestamp": ["1 hour", "1 day", "1 month", "2 hours", "1 second"], "timestamptz": ["1 hour", "1 day", "1 month"]}


def sequence(rng):
    kind = rng.choice(list(STEPS))
    columns = [Column(rng, "c", kind, {"date": DATES, "timestamp": STAMPS, "decimal": FINITE}.get(kind), rng.choice([0, 0.1])),
               Column(rng, "g", "text", CITY + [""]), Column(rng, "h", "integer", ["1", "2"])]

    def make(rng, _):
        step, by = rng.choice(STEPS[kind]), rng.choice([[], [], ["g"], ["h"], ["g", "h"]])
        null = " or ".join(f"{c} is null" for c in ["c", *by])
        group = f"partition by {', '.join(by)}" if by else ""
        if kind in ("integer", "decimal"):
            follows = f"c::numeric = before::numeric + {step}"
        else:
            interval = f"interval '{step}{' days' if step.isdigit() else ''}'"
            follows = f"c = before + {interval}"
            if step in ("1 month", "1 year"):
                last = "extract(day from {} + interval '1 day') = 1".format
                follows += f" or ({last('c')} and {last('before')} and c::time = before::time and date_trunc('month', c) = " \
                           f"date_trunc('month', before) + {interval})"
        check = {"field": "c", "step": step, **({"by": by} if by else {})}
        return Rule({"sequence": check}, body=f"""select id, case when {null} then 'skipped' when before is null or ({follows})
            then 'pass' else 'fail' end
            from (select *, lag(c) over ({group} order by c, id) as before from good where not ({null})
                  union all select *, null from good where {null}) x""".replace("c::time", "c::timestamp::time").replace(
                      "before::time ", "before::timestamp::time "), bad=["c", *by])
    return columns, make


def overlap(rng):
    kind = rng.choice(["integer", "date", "timestamp", "timestamptz", "decimal"])
    pool = {"integer": INTS, "decimal": FINITE, "date": None}.get(kind, STAMPS)
    columns = [Column(rng, "a", kind, pool), Column(rng, "b", kind, pool), Column(rng, "g", "text", TEXTS)]

    def make(rng, _):
        by = rng.choice([[], ["g"], ["g"]])
        null = "a is null" + (" or g is null" if by else "")
        same = "and y.g = x.g" if by else ""
        return Rule({"overlap": {"from": "a", "to": "b", **({"by": by} if by else {})}}, body=f"""
            with usable as (select * from good where not ({null}))
            select id, 'skipped' from good where {null} union all
            select id, verdict(not coalesce(b < a, false) and not exists (
                select from usable y where y.id <> x.id {same} and not coalesce(y.b < y.a, false)
                and (y.b is null or x.a <= y.b) and (x.b is null or y.a <= x.b))) from usable x""", bad=["a", "b", *by])
    return columns, make


def rows(rng):
    def make(rng, _):
        low, high = sorted(rng.choices([0, 1, 2, 3, 5, 10, 20, 50, 100, 200], k=2))
        check = rng.choice([{"min": low}, {"max": high}, {"min": low, "max": high}])
        return Rule({"rows": check}, body=f"""select null::bigint, verdict(count(*) between {check.get('min', 0)}
            and {check.get('max', 10**9)}) from good""", takes_nulls=False)
    return one_text(rng), make


def fresh(rng):
    kind = rng.choice(["date", "timestamp", "timestamptz"])
    columns = [Column(rng, "c", kind, loose=False)]

    def make(rng, _):
        within = rng.choice(["1 day", "2 days", "1 hour", "12 hours", "1 month", "10 years", "1 second", "36 hours"])
        value = "c::timestamp" if kind != "timestamptz" else "(c at time zone 'Asia/Shanghai')"
        return Rule({"fresh": {"field": "c", "within": within}}, body=f"""select null::bigint, verdict(coalesce(
            max({value}) filter (where {value} <= {NOW}) >= {NOW} - interval '{within}', false)) from good having count(*) > 0""",
                    bad=["c"], takes_nulls=False)
    return columns, make


def aggregate(rng):
    columns = [Column(rng, "k", "text", CITY), Column(rng, "i", "integer", ["-3", "0", "1", "2", "7", "9223372036854775807", "-9223372036854775808"], loose=False),
               Column(rng, "d", "decimal", FINITE, loose=False), Column(rng, "t", "date", DATES, loose=False),
               Column(rng, "g", "text", CITY), Column(rng, "f", "float", FLOATS)]

    def make(rng, _):
        figure = rng.choice(["count", "sum", "mean", "min", "max", "stddev", "quantile", "distinct", "share_null"])
        of = rng.choice({"sum": "id", "mean": "id", "stddev": "id", "min": "idtf", "max": "idtf", "quantile": "idtf"}.get(figure, "idtgfk"))
        by = rng.choice([[], ["g"]]) if of != "g" else []
        quantile = rng.choice(["0", "0.25", "0.5", "0.9", "1"])
        value = {"count": f"count({of})", "mean": f"avg({of}::numeric)", "sum": f"sum({of}::numeric)", "min": f"min({of})", "max": f"max({of})",
                 "stddev": f"stddev_samp({of}::numeric)", "distinct": f"count(distinct {of})",
                 "quantile": f"percentile_disc({quantile}) within group (order by {of})",
                 "share_null": f"count(*) filter (where {of} is null)::numeric / nullif(count(*), 0)"}[figure]
        is_date = of == "t" and figure in ("min", "max", "quantile")
        low, high = sorted(rng.choices(DATES if is_date else ["0", "1", "2", "2.5", "5", "20", "1000"], k=2),
                           key=str if is_date else Decimal)
        if figure in ("count", "distinct"):
            low, high = sorted(rng.choices(["0", "1", "2", "3", "4", "10"], k=2), key=int)
        if figure == "share_null":
            low, high = "0.1", rng.choice(["0.2", "0.5", "1"])
        literal = (lambda s: f"date '{s}'") if is_date else str
        bound = rng.choice([{"min": low}, {"max": high}, {"min": low, "max": high}])
        tests = [f"({value}) {'>=' if end == 'min' else '<='} {literal(limit)}" for end, limit in bound.items()]
        check = {"figure": figure, "of": of, **({"by": by} if by else {}), **({"quantile": quantile} if figure == "quantile" else {}), **bound}
        return Rule({"aggregate": check}, body=f"""select null::bigint, verdict({' and '.join(tests)}) from good
            {'group by g' if by else ''} having ({value}) is not null {'and count(*) > 0' if figure == 'distinct' else ''}
""", takes_nulls=False)
    return columns, make


SQL_NAMES = {"bigint": "integer", "text": "text", "numeric": "decimal", "double precision": "float", "date": "date",
             "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz", "boolean": "boolean"}


def schema(rng):
    columns = [Column(rng, f"c{i}", rng.choice(list(POOLS))) for i in range(rng.randint(1, 5))]

    def make(rng, table):
        declared = {c.name: c.kind if rng.random() < 0.8 else rng.choice(list(POOLS))
                    for c in rng.sample(columns, rng.randint(1, len(columns)))}
        if rng.random() < 0.3:
            declared["missing"] = "text"
        exact = rng.random() < 0.5
        if exact and rng.random() < 0.5:
            declared.update({"id": "integer", "w": "integer"})
        values = ", ".join(f"('{n}', '{t}')" for n, t in declared.items())
        names = ", ".join(f"('{a}', '{b}')" for a, b in SQL_NAMES.items())
        return Rule({"schema": {"columns": declared, "exact": str(exact).lower()}}, body=f"""
            select null::bigint, verdict(coalesce(s.type = d.type, false)) from (values {values}) d(name, type)
            full join (select c.column_name::text as name, n.type from information_schema.columns c
                       join (values {names}) n(sql, type) on n.sql = c.data_type where table_name = '{table.name}') s using (name)
            where {'true' if exact else 'd.name is not null'}""", takes_nulls=False)
    return columns, make


def large(rng):
    """More than fits into the least memory: sets and findings spill."""
    columns = [Column(rng, "g", "text", [f"{i:05}" for i in range(20000)], 0.01, missing=["00000"]),
               Column(rng, "n", "integer", [str(i) for i in range(400)], 0.02, loose=False),
               Column(rng, "a", "date", DATES, 0.01, loose=False), Column(rng, "b", "date", DATES, 0.1, loose=False)]
    for column, values in zip(columns, ([f"{i:05}" for i in range(8000)], [str(i) for i in range(6)], DATES, DATES)):
        column.values = values
    known, period = "g is not null and n is not null", "g is not null and a is not null"
    rules = [
        Rule({"unique": ["g", "n"]}, body=f"""select id, case when {known} then verdict(count(*) over (partition by g, n) = 1)
            else 'skipped' end from good"""),
        Rule({"unique": {"fields": ["g", "n", "a", "b"], "nulls": "equal"}},
             body="select id, verdict(count(*) over (partition by g, n, a, b) = 1) from good"),
        Rule({"depends": {"n": ["g"]}}, body=f"""
            select id, case when {known} then verdict(same = most and tops = most) else 'skipped' end
            from (select *, sum((same = most)::int) over (partition by g) as tops
                  from (select *, max(same) over (partition by g) as most
                        from (select *, count(*) over (partition by g, n) as same
                              from (select id, n, case when {known} then g end as g from good) k) s) m) t"""),
        Rule({"sequence": {"field": "n", "step": "1", "by": ["g"]}}, body=f"""
            select id, verdict(coalesce(n - lag(n) over (partition by g order by n, id) = 1, true)) from good where {known}
            union all select id, 'skipped' from good where not ({known})"""),
        Rule({"overlap": {"from": "a", "to": "b", "by": ["g"]}}, body=f"""
            with x as (select * from good where {period}),
            clash as (select distinct x.id from x join x y using (g) where y.id <> x.id
                      and not coalesce(x.b < x.a, false) and not coalesce(y.b < y.a, false)
                      and x.a <= coalesce(y.b, 'infinity') and y.a <= coalesce(x.b, 'infinity'))
            select id, verdict(not coalesce(b < a, false) and clash.id is null) from x left join clash using (id)
            union all select id, 'skipped' from good where not ({period})"""),
        Rule({"field": "n", "one_of": ["1", "2"]}, "verdict(n in (1, 2))"),
        Rule({"aggregate": {"figure": "max", "of": "n", "max": "3"}}, body="select null::bigint, verdict(max(n) <= 3) from good"),
        Rule({"aggregate": {"figure": "min", "of": "a", "by": ["n"], "min": "2000-01-01"}},
             body="select null::bigint, verdict(min(a) >= '2000-01-01') from good group by n having count(a) > 0"),
    ]
    for i, rule in enumerate(rules):
        rule.id, rule.yaml = f"r{i}", {"id": f"r{i}", **rule.check}
    return columns, rules


KINDS = {
    "required": required, "type": type_, "length": length, "match": patterns(False), "not_match": patterns(True),
    "min": bounds("min", ">="), "max": bounds("max", "<="), "exclusive_min": bounds("exclusive_min", ">"),
    "exclusive_max": bounds("exclusive_max", "<"), "one_of": listed("one_of", "in"), "not_in": listed("not_in", "not in"),
    "code": code, "checksum": checksum, "scale": scale, "charset": charset, "normalize": normalize, "personal": personal,
    "expect": expect, "together": together, "order": order, "unique": unique, "depends": depends, "sequence": sequence,
    "overlap": overlap, "rows": rows, "fresh": fresh, "aggregate": aggregate, "schema": schema,
}
