"""Random tables: small, full of nulls, repeats and boundaries; and the views by which SQL reads them as the packs do."""

TEXTS = ["", " ", "a", "A", "b", "ab", "aB1", "Z9", "\uff11\uff12", "\uff21", "遂宁", "遂宁市", "\U00020bb7", "\U00020bb7野家",
         "\u00e9", "e\u0301", "x\ty", "line\n", "two\nlines", "\ufffd", "\ue000", "\U000f0001", "\u200bz", "\u3000遂", "无", "-",
         "12", "012", "  pad  ", "\U0001f600", "NULL", "%_", "'", '"', "\\", "\\N", "\u00a0", "\x7f", "\x85", "\ufeffbom",
         "a\u00adb", "\uff08括号\uff09", "\uff5e", "1.50", "5109001", "510900"]
INTS = [str(i) for i in range(-3, 10)] + ["2147483647", "-2147483648", "9007199254740993", "9223372036854775807",
                                         "-9223372036854775808"]
DECS = ["0", "0.00", "1", "1.0", "1.00", "-1", "1.5", "2.50", "2.5", "12.345", "12.3450", "-0.01", "99999999999999999999.5",
        "99999999999999999999.50", "0.00000000000000000001", "100", "3", "7", "NaN"]
FLOATS = ["0", "-0", "1", "-1", "1.5", "0.1", "0.30000000000000004", "1e300", "-1e-300", "9007199254740992", "NaN",
          "Infinity", "-Infinity"]
DATES = ["2019-12-31", "2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04", "2020-01-30", "2020-01-31", "2020-02-28",
         "2020-02-29", "2020-03-01", "2020-03-31", "2021-02-28", "2026-02-27", "2026-02-28", "2026-03-01", "2008-02-28",
         "1949-10-01", "9999-12-31", "0001-01-01"]
STAMPS = ["2020-01-01 00:00:00", "2020-01-01 01:00:00", "2020-01-01 02:00:00", "2020-01-01 02:00:00.000001",
          "2020-01-01 03:00:00", "2020-01-02 00:00:00", "2020-01-02 02:00:00", "2020-01-31 12:00:00", "2020-02-29 12:00:00",
          "2026-02-28 11:59:59.999999", "2026-02-28 12:00:00", "2026-02-28 12:00:00.000001", "2026-02-27 12:00:00"]
CITY, ZIP = ["遂宁", "绵阳", "成都", "渝"], ["629000", "621000", "610000"]

# type of the pack -> (type of the table, values)
POOLS = {"text": ("text", TEXTS), "integer": ("bigint", INTS), "decimal": ("numeric", DECS), "float": ("float8", FLOATS),
         "date": ("date", DATES), "timestamp": ("timestamp", STAMPS), "timestamptz": ("timestamptz", STAMPS),
         "boolean": ("boolean", ["true", "false"])}
INFINITE = ["infinity", "-infinity"]
# texts that can be read as the type, as a pattern of PostgreSQL; all values of the pools above can be
LOOSE = {"integer": "^[-+]?[0-9]+$", "decimal": "^([-+]?[0-9]+([.][0-9]+)?|NaN)$",
         "date": "^[0-9]{4}-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])$"}
GARBAGE = ["", "x", "1,5", "--1", "12a", "2020-13-01", "29.2.2020", "0x1f", "1 2", "\uff11"]


class Column:
    """One column of a table, and the field that reads it."""

    def __init__(self, rng, name, kind, pool=None, nulls=None, loose=None, missing=None):
        self.name, self.kind = name, kind
        words = ["无", "-", "", "a", "12"] if kind == "text" else []
        self.missing = missing or rng.sample(words, rng.choice([0, 0, 0, 1, 2]) if words else 0)
        self.ddl, values = POOLS[kind]
        values = list(values if pool is None else pool)
        if pool is None and kind in ("date", "timestamp") and rng.random() < 0.3:
            values += INFINITE
        self.values = rng.sample(values, rng.randint(1, len(values)))
        self.nulls = rng.choice([0, 0, 0, 0.1, 0.1, 0.3, 0.6, rng.choice([0.5, 1])]) if nulls is None else nulls
        self.is_loose = kind in LOOSE and (rng.random() < 0.25 if loose is None else loose)
        if self.is_loose:
            self.ddl = "text"
            self.values = [v for v in self.values if v not in INFINITE] + rng.sample(GARBAGE, rng.randint(0, 2))

    def draw(self, rng):
        return None if not self.values or rng.random() < self.nulls else rng.choice(self.values)

    def view(self):
        """The column as SQL reads it, and whether it is unreadable."""
        if self.missing:
            words = ", ".join(map(quoted, self.missing))
            return f"case when {self.name} not in ({words}) then {self.name} end as {self.name}, false as {self.name}_bad"
        bad = f"coalesce({self.name} !~ '{LOOSE[self.kind]}', false)" if self.is_loose else "false"
        cast = f"case when not {bad} then {self.name}::{POOLS[self.kind][0]} end" if self.is_loose else self.name
        return f"{cast} as {self.name}, {bad} as {self.name}_bad"


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def copied(value):
    if value is None:
        return "\\N"
    for char, escape in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        value = value.replace(char, escape)
    return value


class Table:
    """A table `name` with key id and a column w for `where`; `typed_NAME` is what SQL is asked about."""

    def __init__(self, rng, name, columns, n=None):
        self.name, self.columns = name, columns
        if n is None:
            n = rng.choice([0, 1, rng.randint(2, 3), *(rng.randint(4, most) for most in (20, 60, 60, 100, 100, 300))])
        w = Column(rng, "w", "integer", ["0", "1", "2", "3"], rng.choice([0, 0.2]), loose=False)
        self.all = [w, *columns]
        ids = rng.sample(range(-5, 4 * n + 5), n)
        self.rows = [[str(i), *(c.draw(rng) for c in self.all)] for i in ids]

    def column(self, name):
        """id -> value of a column; None also where the value means that there is none."""
        at = [c.name for c in self.all].index(name)
        return {int(row[0]): None if row[at + 1] in self.all[at].missing else row[at + 1] for row in self.rows}

    def copy_text(self):
        return "".join("\t".join(copied(v) for v in row) + "\n" for row in self.rows)

    def script(self):
        ddl = ", ".join(f"{c.name} {c.ddl}" for c in self.all)
        lines = [f"create table {self.name} (id bigint, {ddl});", f"copy {self.name} from stdin;"]
        views = ", ".join(c.view() for c in self.all)
        return "\n".join([*lines, self.copy_text() + "\\.", f"create view typed_{self.name} as select id, {views} from {self.name};\n"])

    def dump(self):
        names = "\t".join(["id", *(f"{c.name}:{c.kind}{'(text)' if c.is_loose else ''}" for c in self.all)])
        return "\n".join([names, *("\t".join(copied(v) for v in row) for row in self.rows)])
