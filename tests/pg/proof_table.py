"""A table with a column of every type, random records for it, and changes of single values that must or must not be seen."""
import json
import uuid

WORDS = ["", " ", "a", "无", "１２", "遂宁市", "𠮷野家", "é", "é", "tab\there", "two\nlines", "back\\slash", "\\N", "\\.", "q'u\"o,te",
         "  pad  ", "x" * 300, "　", "NULL"]
INFINITE = ["infinity", "-infinity"]


def text(rng):
    return rng.choice(WORDS) if rng.random() < 0.5 else "".join(rng.choice("abc遂宁１ '\",\\\n") for _ in range(rng.randint(0, 12)))


def integer(bits):
    def make(rng):
        top = 2 ** (bits - 1)
        return str(rng.choice([-top, top - 1, 0, -1, 1, rng.randrange(-top, top), rng.randint(-99, 99)]))
    return make


def number(rng):
    if rng.random() < 0.1:
        return rng.choice(["NaN", "Infinity", "-Infinity", "0", "-0.00", "1.0", "1.00", "1E+3", "1" + "0" * 37,
                           "9" * 60 + ".5", "0.00000000000000000001"])
    return f"{rng.randint(-10 ** rng.randint(1, 18), 10 ** 12)}.{rng.randint(0, 999):03}{'0' * rng.randint(0, 3)}"


def real(rng):
    return rng.choice(["NaN", "Infinity", "-Infinity", "0", "-0", "0.1", "1e30", "-1e-30", "16777216", str(rng.random())])


def double(rng):
    return rng.choice(["NaN", "Infinity", "-Infinity", "0", "-0", "0.1", "0.30000000000000004", "5e-324",
                       "1.7976931348623157e308", repr(rng.random() * 10 ** rng.randint(-9, 9))])


def date(rng):
    if rng.random() < 0.15:
        return rng.choice([*INFINITE, "0044-03-15 BC", "4713-11-24 BC", "5874897-12-31", "0001-01-01", "1969-12-31"])
    return f"{rng.randint(1900, 2100)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


def clock(rng):
    return f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}.{rng.choice([0, 1, 500000, 999998]):06}"


def zone(rng):
    return rng.choice(["+00", "+08", "-03:30", "+05:45", "-12", "+13"])


def stamp(rng):
    if rng.random() < 0.15:
        return rng.choice([*INFINITE, "0044-03-15 12:00:00.5 BC", "9999-12-31 23:59:59.999998", "1970-01-01 00:00:00"])
    return f"{rng.randint(1900, 2100)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02} {clock(rng)}"


def stamp_with_zone(rng):
    value = stamp(rng)
    return value if value in INFINITE or value.endswith("BC") else value + zone(rng)


def interval(rng):
    return rng.choice(["1 mon", "30 days", "720:00:00", "0", "-1 year 2 mons -3 days 04:05:06.789", "-178000000 years",
                       f"{rng.randint(-99, 99)} mons {rng.randint(-99, 99)} days {rng.randint(-9999, 9999)}.25 secs"])


def document(rng):
    return json.dumps(rng.choice([None, True, "遂宁", [], {}, [1, [2, {"b": None, "a": "é\n"}]], {"b": 1, "a": {"y": [0.5], "x": ""}},
                                  {"n": rng.randint(-9, 9), "z": text(rng)}]), ensure_ascii=rng.random() < 0.5,
                      indent=rng.choice([None, 1]))


class Column:
    def __init__(self, name, sql, kind, make, exported=None):
        self.name, self.sql, self.kind, self.make = name, sql, kind, make
        self.exported = exported or name  # how files are written with its value


COLUMNS = [
    Column("c_text", "text", "text", text),
    Column("c_other", "text", "text", text),
    Column("c_varchar", "varchar(400)", "text", text),
    # A file holds the blanks that fill a char(n), and they are text there: exported without them.
    Column("c_char", "char(8)", "text", lambda rng: rng.choice(["", "ab", "遂宁", "x y", "12345678"]), "c_char::text"),
    Column("c_bool", "boolean", "boolean", lambda rng: rng.choice(["t", "f"])),
    Column("c_int2", "int2", "integer", integer(16)),
    Column("c_int4", "int4", "integer", integer(32)),
    Column("c_int8", "int8", "integer", integer(64)),
    Column("c_numeric", "numeric", "decimal", number),
    # A float4 is written with the digits that tell float4 apart, which name another float8.
    Column("c_float4", "float4", "float", real, "c_float4::float8"),
    Column("c_float8", "float8", "float", double),
    Column("c_date", "date", "date", date),
    Column("c_time", "time", "time", clock),
    Column("c_timetz", "timetz", "timetz", lambda rng: clock(rng) + zone(rng)),
    Column("c_timestamp", "timestamp", "timestamp", stamp),
    Column("c_timestamptz", "timestamptz", "timestamptz", stamp_with_zone),
    Column("c_interval", "interval", "interval", interval),
    Column("c_uuid", "uuid", "uuid", lambda rng: str(uuid.UUID(int=rng.getrandbits(128)))),
    Column("c_bytea", "bytea", "bytes", lambda rng: "\\x" + rng.randbytes(rng.choice([0, 1, 20])).hex()),
    Column("c_json", "json", "json", document),
    Column("c_jsonb", "jsonb", "jsonb", document),
]
BY_NAME = {c.name: c for c in COLUMNS}


def quoted(value):
    return "null" if value is None else "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def literal(column, value):
    return f"{quoted(value)}::{column.sql}"


def create(name):
    return f"create table {name} (id int8 not null, {', '.join(f'{c.name} {c.sql}' for c in COLUMNS)});\n"


def record(rng, key):
    return [str(key)] + [None if rng.random() < 0.12 else c.make(rng) for c in COLUMNS]


def insert(name, records):
    rows = ",\n".join("(" + ", ".join([r[0], *(literal(c, v) for c, v in zip(COLUMNS, r[1:]))]) + ")" for r in records)
    return f"insert into {name} values {rows};\n"


def pack(table, columns=None):
    fields = ", ".join(f"{c.name}: {{standard: own_{c.kind}}}" for c in columns or COLUMNS)
    return ("assay: 1\npack: proof\nversion: 1.0.0\ntimezone: Asia/Shanghai\nsources: {s: {title: {zh: 源, en: S}, owner: o}}\n"
            f"standards: {{{', '.join(f'own_{k}: {{type: {k}}}' for k in sorted({c.kind for c in COLUMNS}))}}}\n"
            f"datasets:\n  d: {{title: {{zh: 集, en: D}}, source: s, table: {table}, key: [id], fields: "
            f"{{id: {{standard: integer, required: true}}, {fields}}}}}\n")


def exported(table):
    return f"select id, {', '.join(c.exported for c in COLUMNS)} from {table} order by id"


def pushed_columns():
    """A decimal column takes what fits 38 digits; here are numbers beyond them, so they are pushed as text."""
    return ["id:integer", *(f"{c.name}:{'text' if c.kind == 'decimal' else c.kind}" for c in COLUMNS)]


def pushed_value(name, kind):
    """SQL: the value as a caller pushes it, its bytes in hexadecimal. Moments are whole numbers, the infinite ones the ends of int64."""
    ends = f"case {name} when 'infinity' then '{2 ** 63 - 1}' when '-infinity' then '{-2 ** 63}' else "
    number = {"boolean": f"{name}::int::text", "date": f"{ends}({name} - date '1970-01-01')::text end",
              "time": f"(extract(epoch from {name}) * 1000000)::int8::text"}
    number |= {kind: f"{ends}(extract(epoch from {name}) * 1000000)::numeric(40)::text end" for kind in ("timestamp", "timestamptz")}
    if kind == "bytes":
        return f"'x' || encode({name}, 'hex')"
    return f"'x' || encode(convert_to({number.get(kind, name + '::text')}, 'UTF8'), 'hex')"


def pushed(table):
    values = [pushed_value("id", "integer"), *(pushed_value(c.exported, c.kind) for c in COLUMNS)]
    return f"select {', '.join(values)} from {table} order by id;\n"


# ---- Changes: SQL that returns the ids of what it changed, as `op, id` ----

def differs(column, value):
    """Whether the stored value is another than this one, in the sense of leaves: 1.0 is 1.00, -0 is 0, but 1 mon is not 30 days."""
    if column.kind in ("interval", "json"):  # which SQL takes for equal, or does not compare
        return f"{column.name}::text is distinct from ({value})::text"
    return f"{column.name} is distinct from {value}"


def update(column, value, key, condition="true"):
    return (f"update d set {column.name} = {value} where id = {key} and {condition} and {differs(column, value)} "
            "returning 'changed', id;\n")


def other_value(rng, key):
    column = rng.choice(COLUMNS)
    return update(column, literal(column, None if rng.random() < 0.1 else column.make(rng)), key)


def swap_within(_rng, key):
    return (f"update d set c_text = c_other, c_other = c_text where id = {key} and c_text is distinct from c_other "
            "returning 'changed', id;\n")


def delete(_rng, key):
    return f"delete from d where id = {key} returning 'removed', id;\n"


def duplicate(_rng, key):
    return f"insert into d select * from d where id = {key} returning 'added', id;\n"


def add(rng, key):
    return insert("d", [record(rng, 10 ** 6 + key)])[:-2] + " returning 'added', id;\n"


def null_to_empty(rng, key):
    name = rng.choice(["c_text", "c_varchar", "c_other"])
    return f"update d set {name} = case when {name} is null then '' end where id = {key} and coalesce({name}, '') = '' returning 'changed', id;\n"


def trailing_space(rng, key):
    name = rng.choice(["c_text", "c_varchar"])
    return f"update d set {name} = {name} || ' ' where id = {key} and {name} is not null returning 'changed', id;\n"


def later(rng, key):
    name = rng.choice(["c_timestamp", "c_timestamptz", "c_time"])
    finite = "" if name == "c_time" else f"and isfinite({name})"
    return f"update d set {name} = {name} + interval '1 us' where id = {key} and {name} is not null {finite} returning 'changed', id;\n"


def other_scale(_rng, key):
    """No change: nothing is returned."""
    return f"update d set c_numeric = c_numeric * 1.00000 where id = {key};\n"


def other_zero(_rng, key):
    return f"update d set c_float8 = -c_float8 where id = {key} and c_float8 = 0;\n"


def same_json(_rng, key):
    return f"update d set c_jsonb = c_jsonb::text::jsonb where id = {key};\n"


SINGLE = [other_value] * 12 + [swap_within, delete, duplicate, add, null_to_empty, null_to_empty, trailing_space, later, later,
                               other_scale, other_zero, same_json]


def swap_between(rng, one, two):
    column = rng.choice(COLUMNS)
    name, differ = column.name, differs(column, "o.v")
    return (f"with o as (select case id when {one} then {two} else {one} end as id, {name} as v from d where id in ({one}, {two})) "
            f"update d set {name} = o.v from o where o.id = d.id and d.{differ} returning 'changed', d.id;\n")

