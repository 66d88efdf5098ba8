"""What the samples of the domain packs share: numbers from a seed, identifiers made by arithmetic, planted faults, files.

A module NAME.py makes the samples of rules/packs/NAME.yaml. It has
    SAMPLES    [Sample]: one for each dataset, with its records and the findings that they must give
    VARIANTS   [Variant]: for the rules over a whole dataset, which no single record can fail
Everything is synthetic: well-formed, and of nobody.
"""
import csv
import io
from collections import namedtuple

AS_OF = "2026-06-30T08:00:00+08:00"

Fault = namedtuple("Fault", "key rule what")
# What makes a rule over a whole dataset fail, once and without a key: a key of the pack left out (`drop`), another hour of
# the run, or only the first records.
Variant = namedtuple("Variant", "rule drop as_of rows", defaults=(None, None, None))


class Numbers:
    """A linear congruential generator (constants of MMIX): the same numbers with every version of Python."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n

    def pick(self, items):
        return items[self.below(len(items))]

    def digits(self, n):
        return "".join(str(self.below(10)) for _ in range(n))


# ---- Identifiers, by the standards' own arithmetic ----

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def citizen_id(region, birth, sequence):
    """GB 11643: region, birth date, three digits, ISO 7064 MOD 11-2."""
    body = region + birth.replace("-", "") + f"{sequence:03}"
    return body + "10X98765432"[sum(int(c) * 2 ** (17 - i) for i, c in enumerate(body)) % 11]


def organisation_code(body):
    """GB 11714: eight characters and one that checks them."""
    total = sum("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(c) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2)))
    return body + "0123456789X0"[11 - total % 11]


def credit_code(head, region, organisation):
    """GB 32100: two characters, region, organisation code, one that checks them all."""
    body = head + region + organisation
    return body + USCC_ALPHABET[-sum(USCC_ALPHABET.index(c) * 3**i for i, c in enumerate(body)) % 31]


def register_number(region, serial):
    """GS 15: region, eight digits, ISO 7064 MOD 11,10."""
    product = 10
    for c in region + serial:
        product = ((product + int(c)) % 10 or 10) * 2 % 11
    return region + serial + str((11 - product) % 10)


def other(character):
    """A digit that it is not."""
    return "1" if character == "0" else "0"


# ---- Records and faults ----

class Sample:
    """Records of one dataset, written as NAME.csv; findings that they must give, written as NAME.faults.csv.

    columns: {column: type in PostgreSQL}, the first is the key.
    personal: columns whose values no output may show.
    """

    def __init__(self, name, dataset, table, columns, personal=()):
        self.name, self.dataset, self.table, self.columns, self.personal = name, dataset, table, columns, personal
        self.key = next(iter(columns))
        self.rows, self.faults = [], []
        self.secrets = []  # personal values inside other columns

    def add(self, row):
        unknown = row.keys() - self.columns.keys()
        assert not unknown, unknown
        self.rows.append({column: row.get(column, "") for column in self.columns})
        return self.rows[-1]

    def plant(self, row, rules, what, **changes):
        """Change a record so that exactly these rules (ids behind the dataset's, separated by spaces) find it."""
        row = self.add({**row, **changes})
        self.faults += [Fault(row[self.key], f"{self.dataset}.{rule}", what) for rule in rules.split()]
        return row

    def typed(self):
        """Records that typed columns can hold, and their faults: those of a rule `type` cannot be stored in a table."""
        left_out = {fault.key for fault in self.faults if fault.rule.endswith(".type")}
        return ([row for row in self.rows if row[self.key] not in left_out],
                [fault for fault in self.faults if fault.key not in left_out])

    def files(self):
        """{name: bytes}"""
        return {f"{self.name}.csv": csv_bytes(self.columns, [list(row.values()) for row in self.rows]),
                f"{self.name}.faults.csv": csv_bytes(Fault._fields, sorted(self.faults))}


def csv_bytes(header, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()
