#!/usr/bin/env python3
"""R in pandas, with the arithmetic of check characters over arrays of bytes.

    pandas_peer.py FILE CODES      prints {seconds, counts}
"""
import json
import sys
import time

import numpy
import pandas

ALPHABET = b"0123456789ABCDEFGHJKLMNPQRTUWXY"
FIELDS = ["uscc", "name", "legal_person", "citizen_id", "phone", "region", "capital", "founded", "status", "updated_at", "address"]


def remainders(values, alphabet, weights, modulus):
    """Of the weighted sum over the characters of texts of 18 ASCII characters."""
    value = numpy.zeros(256, dtype=numpy.int32)
    value[list(alphabet)] = range(len(alphabet))
    characters = values.to_numpy(dtype="S18").view(numpy.uint8).reshape(-1, 18)
    return value[characters] @ numpy.array(weights, dtype=numpy.int32) % modulus


def wrong(column, pattern, alphabet, weights, modulus, right):
    values = column.dropna()
    shaped = values[values.str.fullmatch(pattern)]
    return len(values) - int((remainders(shaped, alphabet, weights, modulus) == right).sum())


def counts_of(e, codes):
    uscc, name = e["uscc"].dropna(), e["name"].where(~e["name"].isin(["", "无"])).dropna()
    length, moments = name.str.len(), e["updated_at"]
    found = {
        "uscc.required": e["uscc"].isna(), "name.required": e["name"].isna() | e["name"].isin(["", "无"]),
        "legal_person.required": e["legal_person"].isna(), "region.required": e["region"].isna(),
        "uscc.unique": uscc.duplicated(keep=False),
        "uscc.match": ~uscc.str.fullmatch("[0-9A-HJ-NPQRTUWXY]{18}"),
        "phone.match": ~e["phone"].dropna().str.fullmatch("1[3-9][0-9]{9}"),
        "region.code": ~e["region"].dropna().isin(codes),
        "capital.range": ~e["capital"].dropna().between(0, 1e12),
        "founded.range": ~e["founded"].dropna().between("1949-10-01", "2026-07-01"),  # ISO dates sort as texts
        "status.one_of": ~e["status"].dropna().isin(["存续", "注销", "吊销"]),
        "name.length": ~length.between(2, 40),
        "live-has-phone": (e["status"] == "存续") & e["phone"].isna(),
        "whole-record": e.duplicated(FIELDS, keep=False),
    }
    counts = {rule: int(failed.sum()) for rule, failed in found.items()}
    counts["fresh"] = int(moments[moments <= "2026-07-01 00:00:00+08"].max() < "2026-06-24 00:00:00+08")
    counts["uscc.checksum"] = wrong(e["uscc"], "[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}", ALPHABET,
                                    [3**i % 31 for i in range(17)] + [1], 31, 0)
    counts["citizen_id.checksum"] = wrong(e["citizen_id"], "[0-9]{17}[0-9X]", b"0123456789X",
                                          [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1], 11, 1)
    return counts


def main():
    codes = set(pandas.read_csv(sys.argv[2], dtype=str)["code"])
    begin = time.perf_counter()
    e = pandas.read_csv(sys.argv[1], dtype={field: float if field == "capital" else str for field in ["id", *FIELDS]},
                        keep_default_na=False, na_values=[""])
    counts = counts_of(e, codes)
    print(json.dumps({"seconds": time.perf_counter() - begin, "counts": counts}))


if __name__ == "__main__":
    main()
