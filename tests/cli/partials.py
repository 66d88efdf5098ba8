"""What the tests of scan and merge share: a pack with every check that this version has, data for it, and the pieces."""
import os
import random

import kit

JOB = ("--dataset", "a", "--job", "night", "--as-of", "2026-01-31")
HEAD = kit.HEAD.replace("datasets:\n", """  town: {title: {zh: 市, en: Town}, normalize: [trim, width], checks: [{code: {file: towns.csv, part: 1..2}}, {not_in: [C9]}]}
  phone: {title: {zh: 电话, en: Phone}, level: personal, checks: [{format: phone}, {charset: [space, full_width]}]}
  remark: {title: {zh: 备注, en: Remark}, checks: [{personal: true}, {not_match: '.*[?].*'}]}
datasets:
""")
TOWNS = "# Towns, made up\ncode,name\nC1,one\nC2,two\n"
PACK = """  a:
    title: {zh: 甲, en: A}
    source: s
    %s
    key: [id]
    segment: town[1..2]
    share: conditional
    open: unconditional
    fields:
      id: {standard: integer, required: true, unique: true}
      town: {standard: town, required: true}
      card: {standard: text, checksum: luhn, length: {max: 8}, match: "[0-9]+"}
      phone: {standard: phone}
      remark: {standard: remark}
      kind: {standard: word, one_of: [x, y]}
      amount: {standard: decimal, min: 0, max: 900, exclusive_min: -1, exclusive_max: 950, scale: 2}
      born: {standard: date, max: today}
      ended: {standard: date}
      seen: {standard: timestamptz}
      lon: {standard: decimal}
      lat: {standard: decimal}
    rules:
      - {id: place, coordinates: {longitude: lon, latitude: lat}}
      - {id: both, together: [lon, lat]}
      - {id: live, expect: amount > 10 or kind is null, where: town <> 'C1'}
      - {id: broken, expect: 100 / amount > 1, where: 1 / amount > 0}
      - {id: order, order: [born, ended]}
      - {id: pairs, unique: {fields: [town, kind], nulls: equal, count: surplus}}
      - {id: cards, unique: {fields: [card], nulls: fail}}
      - {id: of-town, depends: {kind: [town, card]}}
      - {id: serial, sequence: {field: id, step: 1}}
      - {id: days, sequence: {field: born, step: 1 day, by: [town]}, nulls: fail}
      - {id: periods, overlap: {from: born, to: ended, by: [town]}}
      - {id: many, rows: {min: 10, max: 20}}
      - {id: fresh, fresh: {field: seen, within: 1 hour}}
      - {id: sum, aggregate: {figure: sum, of: amount, by: [town], max: 1}}
      - {id: mean, aggregate: {figure: mean, of: amount, min: 1000}}
      - {id: median, aggregate: {figure: quantile, of: amount, quantile: 0.5, max: 1}}
      - {id: kinds, aggregate: {figure: distinct, of: kind, max: 1}}
      - {id: newest, aggregate: {figure: max, of: seen, max: 2025-01-01}}
      - {id: columns, schema: {columns: {id: integer, gone: text}, exact: true}}
      - {id: like-before, change: {figure: distinct, of: kind, within: 10%% of last 3}}
      - {id: shape, distribution: {field: amount, bins: [0, 100], against: last 3, psi: 0.2}}
"""
COLUMNS = ("id", "town", "card", "phone", "remark", "kind", "amount", "born", "ended", "seen", "lon", "lat")


def value(rng, *usual, odd=(), p=0.05):
    return rng.choice(odd) if odd and rng.random() < p else rng.choice(usual)


def record(rng, i):
    return (str(i if rng.random() > 0.03 else rng.randrange(i + 1)),
            value(rng, "C1", "C2", "C1x", odd=("", "C3", "C9", "Ｃ1", " C2")),
            value(rng, "79927398713"[:8], "18", "26", "34", odd=("", "17", "x", "1234567890")),
            value(rng, "13900221432", "0825-2222222", odd=("", "12900221432", "1390022 1432")),
            value(rng, "", "ok", "好", odd=("13900221432", "a?b", '"')),
            value(rng, "x", "y", odd=("", "无", "z")),
            f"{rng.randrange(95000) / 100:.2f}" if rng.random() > 0.05 else rng.choice(("", "0", "-2", "1.234", "NaN", "?")),
            f"20{rng.randrange(10, 27)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}" if rng.random() > 0.03 else rng.choice(("", "2026-02-30")),
            value(rng, "2024-01-01", "2026-12-31", "", odd=("x",)),
            f"2026-01-{rng.randrange(1, 31):02} 08:00:00+08",
            *value(rng, ("105.5929", "30.5328"), odd=(("", ""), ("1", ""), ("30.5", "105.6"))))


def quoted(text):
    return '"' + text.replace('"', '""') + '"' if set(text) & set('",\n') else text


def line(fields):
    return ",".join(map(quoted, fields)) + "\n"


def records(seed, n):
    rng = random.Random(seed)
    return [record(rng, i) for i in range(n)]


class Case(kit.Case):
    """`self.a_pack` with dataset a, read from a table or a file."""

    def make_pack(self, place="table: a"):
        self.write("towns.csv", TOWNS)
        return self.pack(PACK % place, head=HEAD)

    def report(self, *args, code=1):
        """The files of a report; nothing else was said."""
        folder = self.path("report")
        done = self.assay(*args, "--report", folder, "--quiet")
        self.assertEqual((done.code, done.out, done.err), (code, "", ""))
        files = kit.tree(folder)
        for name in files:
            os.unlink(os.path.join(folder, name))
        os.rmdir(folder)
        self.assertEqual(sorted(files), ["findings.ndjson", "result.json", "summary.txt"])
        return files

    def same(self, merged, whole):
        for name in ("result.json", "findings.ndjson", "summary.txt"):
            self.assertTrue(merged[name] == whole[name], name + " differs")

    def scan(self, pack, chunk, of, *args, **more):
        """The path of a partial."""
        path = self.path(f"{chunk}.part")
        done = self.assay("scan", pack, *JOB, "--chunk", str(chunk), "--of", str(of), "-o", path, *args, **more)
        self.assertEqual((done.code, done.out, done.err), (0, "", ""))
        return path

    def unwritten(self, code, en, zh, *args, **more):
        """Refused with this message, and nothing was written, under any name."""
        before = kit.tree(self.dir)
        for lang, text in (("en", en), ("zh", zh)):
            done = self.assay(*args, "--lang", lang, **more)
            self.assertEqual((done.code, done.out, done.err), (code, "", "assay: " + text + "\n"))
        self.assertEqual(kit.tree(self.dir), before)
