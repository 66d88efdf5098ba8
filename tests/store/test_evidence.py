"""What a store keeps of proofs: the leaf of a record at each step of its ticket, the entries and checkpoints of the run log."""
import glob
import json
import os
import struct

import store_kit as kit

PACK = """assay: 1
pack: p
version: 1.0.0
timezone: UTC
sources: {s: {title: {zh: 源, en: Source}, owner: 甲科}}
datasets:
  a:
    title: {zh: 甲, en: A}
    source: s
    file: a.csv
    key: [id]
    fields: {id: {standard: text}, n: {standard: integer, max: 9}, m: {standard: integer, max: 9}}
"""
KH, LEAF = 16, 48  # of a row of the leaf file: the key's hash, then the leaf (lib/proof/SPEC.md)


class Evidence(kit.Case):
    def setUp(self):
        super().setUp()
        self.init()
        self.key, self.pem = self.path("proof.key"), self.path("sign.pem")
        self.assertEqual(self.assay("key", "new", self.key).code, 0)
        self.assertEqual(self.assay("key", "new", self.pem, "--ed25519", "--name", "t").code, 0)

    def prove(self, day, *rows):
        """A run with a proof; the leaves of its snapshot, by the hash of their key."""
        self.write("a.csv", "id,n,m\n" + "".join(f"{row}\n" for row in rows))
        before = set(glob.glob(self.path("log/snapshots/*.leaves")))
        self.night(self.write("p.yaml", PACK), "--as-of", day, "--proof", self.path("log"), "--proof-key", self.key, "--sign", f"t={self.pem}",
                   "--origin", "t/log")
        new, = set(glob.glob(self.path("log/snapshots/*.leaves"))) - before
        with open(new, "rb") as f:
            rows = f.read()
        self.assertEqual(len(rows) % LEAF, 0)
        return {rows[i:i + KH].hex(): rows[i + KH:i + LEAF].hex() for i in range(0, len(rows), LEAF)}

    def test_leaves(self):
        """Two rules of one record, one record that passes later, one that goes, one that fails without a proof."""
        first = self.prove("2026-03-02", "k1,10,10", "k2,10,1", "k3,1,1", "k4,10,1")
        second = self.prove("2026-03-03", "k1,10,1", "k2,1,1", "k3,1,1")
        leaves = {}
        for t in self.listed():
            leaves[t["key"]["id"], t["rule"]] = [(e["act"], (e["detail"] or {}).get("leaf")) for e in self.history(t["id"])]
        of = {key: next(kh for kh in first if first[kh] == leaves[key, "a.n.max"][0][1]) for key in ("k1", "k2", "k4")}
        self.assertEqual(len(set(of.values())), 3)
        self.assertEqual(leaves, {
            ("k1", "a.n.max"): [("found", first[of["k1"]])],
            ("k1", "a.m.max"): [("found", first[of["k1"]]), ("passed", second[of["k1"]])],
            ("k2", "a.n.max"): [("found", first[of["k2"]]), ("passed", second[of["k2"]])],
            ("k4", "a.n.max"): [("found", first[of["k4"]]), ("vanished", None)]})
        self.assertNotEqual(first[of["k2"]], second[of["k2"]])
        self.assertNotIn(of["k4"], second)

    def test_log(self):
        """The entries of the log and its last checkpoints, byte for byte; the run has one id in both."""
        self.prove("2026-03-02", "k1,10,1")
        self.prove("2026-03-03", "k1,10,1")
        with open(self.path("log/entries"), "rb") as f:
            entries = f.read()
        found, at = [], 8  # behind the name of the format
        while at < len(entries):
            size, = struct.unpack_from(">I", entries, at)
            found.append(entries[at + 4:at + 4 + size].decode())
            at += 4 + size + 2 * 32  # behind it its two hashes
        kept = self.rows("select entry, body from manifest order by run")
        self.assertEqual(kept, [(str(i), body) for i, body in enumerate(found)])
        ids = [row[0] for row in self.rows("select id from run order by no")]
        self.assertEqual([json.loads(body)["run"] for _, body in kept], ids)
        notes = dict(self.rows("select alg, body from checkpoint where run = 2"))
        for alg in ("sm3", "sha256"):
            with open(self.path(f"log/checkpoint.{alg}"), encoding="utf-8") as f:
                self.assertEqual(notes[alg], f.read())
        self.whole()

    def test_without(self):
        """Nothing is made up where there are no leaves."""
        self.write("a.csv", "id,n,m\nk1,10,1\n")
        self.night(self.write("p.yaml", PACK), "--as-of", "2026-03-02")
        ticket, = self.listed()
        self.assertEqual([e["detail"] for e in self.history(ticket["id"])], [None])
        self.assertEqual((self.rows("select * from manifest"), self.rows("select * from checkpoint")), ([], []))


if __name__ == "__main__":
    kit.main()
