"""assay verify: what holds, and that no change of a folder of proofs goes unseen."""
import json
import os
import shutil
import unittest

import proofs
from proofs import HEAD, NAME, OTHER


class Log(proofs.Case):
    def test_holds(self):
        self.sample()
        text = self.holds("--since", self.path("old.sm3"), "--snapshots").splitlines()
        self.assertEqual(text[:2], [f"verified: the log '{self.log}'. The data it speaks of was not read.", "entries: 4"])
        self.assertEqual(text[4:], [
            "manifests: 4 of runs on 2 datasets, each well-formed and with the digest of the one before it; 0 of keys, each "
            "replacing a key in use, the newest signs",
            f"append-only since: 2 entries (sm3 checkpoint '{self.path('old.sm3')}')",
            "snapshots: 4 leaf files with the roots and 4 bucket tables with the digests of their manifests; of 0 manifests no "
            "leaf file is kept",
            "result: holds"])
        for line, (origin, alg) in zip(text[2:4], ((proofs.ORIGIN + "/sm3", "sm3"), (proofs.ORIGIN, "sha256"))):
            signer = "+".join(self.signers[NAME].split("+")[:2])
            self.assertRegex(line, f"^checkpoint: {origin}, root {alg}:[0-9a-f]{{64}}, signed by {signer.replace('+', '[+]')}$")
        self.assertIn("结论：成立", self.holds("--lang", "zh"))
        self.assertEqual(self.holds("--quiet"), "")

    def test_json(self):
        self.sample()
        found = json.loads(self.holds("--since", self.path("old.sha256"), "--format", "json", "--snapshots", "--quiet"))
        checkpoints = found.pop("checkpoints")
        self.assertEqual([c["origin"] for c in checkpoints], [proofs.ORIGIN + "/sm3", proofs.ORIGIN])
        self.assertEqual(found, {"verified": "log", "dir": self.log, "entries": 4, "runs": 4, "datasets": 2, "keys": 0, "bridges": 0,
                                 "append_only_since": 2, "leaf_files": 4, "bucket_tables": 4, "leaf_files_not_kept": 0,
                                 "holds": True})
        done = self.verify("--format", "json", signer=OTHER)
        found = json.loads(done.out)
        self.assertEqual((done.code, found["holds"]), (1, False))
        self.assertIn("no signature by a known key", found["fault"])
        self.assertIn("没有已知密钥的签名", found["fault_zh"])

    def test_every_byte(self):
        """Single bytes, all over the three files: none can be another."""
        self.sample()
        for name, n in (("entries", 160), ("checkpoint.sm3", 70), ("checkpoint.sha256", 70)):
            whole = self.read("log/" + name)
            for at, changed in proofs.changes(whole, n, seed=name):
                self.write("log/" + name, changed)
                self.assertEqual(self.verify("--quiet").code, 1, f"{name}: byte {at}")
            self.write("log/" + name, whole)
        self.holds()

    def test_snapshots(self):
        self.sample()
        folder = self.path("log/snapshots")
        for name in sorted(os.listdir(folder)):
            whole = self.read("log/snapshots/" + name)
            # The root binds the hash in each row of 48 bytes; the key hash before it only in its order.
            others = [changed for at, changed in proofs.changes(whole, 25, seed=name)
                      if name.endswith(".buckets") or at % 48 >= 16] if whole else []
            others += [whole + b"\0" * 48, whole[:-1], whole[48:] + whole[:48], b""]
            for changed in others:
                self.write("log/snapshots/" + name, changed)
                if changed != whole:
                    self.fails(name, "--snapshots")
                    self.holds("--quiet")  # the log itself is what it was
            self.write("log/snapshots/" + name, whole)
        shutil.rmtree(folder)
        self.assertIn("0 leaf files with the roots and 0 bucket tables with the digests of their manifests; of 4 manifests no leaf",
                      self.holds("--snapshots"))
        os.mkdir(folder)
        os.mkdir(f"{folder}/0193a1b2-c3d4-7e5f-8a6b-000000000000.t.leaves")
        done = self.verify("--snapshots")
        self.assertEqual((done.code, done.out), (3, ""))
        self.assertIn("is no ordinary file", done.err)

    def test_entries(self):
        """Entries dropped, swapped, doubled, put in front; cut anywhere; bytes behind."""
        self.sample()
        whole = self.read("log/entries")
        head, a, b, c, d = whole[:HEAD], *proofs.frames(whole)
        for order in ([a, b, c], [], [b, c, d], [a, c, b, d], [a, b, d, c], [a, b, c, d, d], [a, b, b, d], [a, b, c, c]):
            self.write("log/entries", head + b"".join(order))
            self.assertEqual(self.verify("--quiet").code, 1, len(order))
        for cut in range(0, len(whole), 97):
            self.write("log/entries", whole[:cut])
            self.assertEqual(self.verify("--quiet").code, 1, f"cut at {cut}")
        for more in (b"\0", b"x" * 100, a[:50]):
            self.write("log/entries", whole + more)
            self.fails(f"ends in {len(more)} bytes that are no entry")
        os.remove(self.path("log/entries"))
        self.assertEqual(self.verify().code, 3)

    def test_unsigned_end(self):
        self.sample()
        self.run_into("t", seed=5)
        self.fails("checkpoint.sm3': it was signed for 4 entries, and the log has 5")

    def test_checkpoints(self):
        self.sample()
        for name in ("checkpoint.sm3", "checkpoint.sha256"):
            whole = self.read("log/" + name)
            os.remove(self.path("log/" + name))
            self.fails(f"{name}': there is no checkpoint")
            self.write("log/" + name, whole)
        shutil.copy(self.path("old.sm3"), self.path("log/checkpoint.sm3"))  # of this log, but not of its end
        self.fails("checkpoint.sm3': it was signed for 2 entries, and the log has 4")
        self.sign(origin="ex.gov.cn/else")
        sm3 = self.read("log/checkpoint.sm3")
        self.sign()
        self.write("log/checkpoint.sm3", sm3)
        self.fails("the two checkpoints are of two logs: 'ex.gov.cn/log' and 'ex.gov.cn/else/sm3'")
        self.write("log/checkpoint.sm3", b"x" * (1 << 21))
        self.fails("is too long")

    def test_signers(self):
        self.sample()
        self.fails("note: no signature by a known key", signer=OTHER)
        self.sign(NAME, OTHER)
        self.holds()
        self.assertIn(f"{NAME}+", self.holds("--signer", self.signers[OTHER]))
        # a wrong signature of a signer who is known counts, though the other one's is right
        note = self.read("log/checkpoint.sha256").split(b"\n")
        note[-2] = note[-3].replace(note[-3].split(b" ")[1], note[-2].split(b" ")[1])
        self.write("log/checkpoint.sha256", b"\n".join(note))
        self.holds()  # of an id that nobody has: passed over
        self.sign(NAME, OTHER)
        note = self.read("log/checkpoint.sha256")
        other = note.split(b"\n")[-2]
        changed = other[:-20] + (b"A" if other[-20:-19] != b"A" else b"B") + other[-19:]
        self.write("log/checkpoint.sha256", note.replace(other, changed))
        self.holds()  # nobody knows OTHER here
        self.fails(f"the signature of {OTHER} does not verify", "--signer", self.signers[OTHER])

    def test_since(self):
        self.sample()
        for alg in ("sm3", "sha256"):
            old = self.read("old." + alg)
            self.holds("--since", self.path("old." + alg))
            for at, changed in proofs.changes(old, 30, seed=alg):
                self.write("changed", changed)
                self.assertEqual(self.verify("--quiet", "--since", self.path("changed")).code, 1, f"{alg}: byte {at}")
        self.assertEqual(self.verify("--since", self.path("nowhere")).code, 3)
        # the same keys, another log; and the same origin with another history
        other = self.path("other")
        self.run_into("t", seed=7, log=other)
        self.sign(log=other, origin="ex.gov.cn/else")
        self.fails("it is a checkpoint of another log, 'ex.gov.cn/else'", "--since", other + "/checkpoint.sha256")
        self.sign(log=other)
        self.fails("the first 1 entries are no longer those it was signed for", "--since", other + "/checkpoint.sm3")
        for seed in range(8, 12):
            self.run_into("t", seed=seed, log=other)
        self.sign(log=other)
        self.fails("it was signed for 5 entries, and the log has only 4", "--since", other + "/checkpoint.sm3")

    def test_history_rewritten(self):
        """The whole log made again and signed again by the same key: only an older checkpoint shows it."""
        self.sample()
        shutil.rmtree(self.log)
        for seed in (1, 3, 5, 7):
            self.run_into("t", seed=seed)
        self.sign()
        self.holds("--snapshots")
        for alg in ("sm3", "sha256"):
            self.fails("the first 2 entries are no longer those", "--since", self.path("old." + alg))

    def test_usage(self):
        self.sample()
        signer = self.signers[NAME]
        for args, said in (
                ([], "say what to verify"), (["log"], "say what to verify"), (["everything", "log"], "say what to verify"),
                (["log", "log", "log", "--signer", signer], "say what to verify"),
                (["log", "log"], "name at least one signer"),
                (["log", "log", "--signer", "x"], "a signer is written as name+8 hex digits+base64"),
                (["log", "log", "--signer", signer.replace("a+", "b+")], "the signer's id is not that of its name and key"),
                (["log", "log", "--signer", signer, "--signer", signer], f"signer {NAME} is given twice"),
                (["log", "log", "--signer", signer, "--proof", "log"], "--proof does not belong to assay verify log"),
                (["report", "result.json", "--signer", signer, "--snapshots"], "--snapshots does not belong to assay verify report"),
                (["report", "result.json", "--signer", signer], "assay verify report needs --proof")):
            done = self.assay("verify", *args)
            self.assertEqual((done.code, done.out), (2, ""), args)
            self.assertIn(said, done.err)
        self.assertEqual(self.assay("verify", "log", "nowhere", "--signer", signer).code, 3)


class Manifests(proofs.Case):
    """Logs that are signed and whole, and yet say something wrong."""

    def setUp(self):
        super().setUp()
        self.sample()

    def add(self, entry):
        proofs.make("raw", self.log, self.write("entry", entry))
        self.sign()

    def last(self, n=1):
        return proofs.manifest_of(proofs.frames(self.read("log/entries"))[-n])

    def test_previous(self):
        first, t, u = self.last(4), self.last(2), self.last(1)
        for manifest, said in (
                ({**t, "previous": first["previous"] if "previous" in first else u["previous"]},
                 "entry 4: does not name entry 2, the manifest before it of dataset t"),
                (first, "entry 4: does not name entry 2, the manifest before it of dataset t"),
                ({**t, "dataset": "new"}, "entry 4: names a manifest before it, but is the first of dataset new"),
                ({**t, "namespace": "new"}, "entry 4: names a manifest before it, but is the first of dataset t")):
            whole = self.read("log/entries")
            self.add(proofs.canonical(manifest))
            self.fails(said)
            os.remove(self.path("log/checkpoint.sm3"))
            os.remove(self.path("log/checkpoint.sha256"))
            self.write("log/entries", whole)

    def test_form(self):
        whole = self.read("log/entries")
        for entry, said in (
                (b"{}", "entry 4: manifest: not of format assay-manifest@v1"),
                (b"\xff", "entry 4: "),
                (json.dumps(self.last()).encode(), "entry 4: manifest: not in canonical form"),
                (proofs.canonical({**self.last(), "more": "x"}), "entry 4: manifest: a member that format"),
                (proofs.canonical({k: v for k, v in self.last().items() if k != "rows"}), "entry 4: manifest: 'rows' is missing"),
                (proofs.canonical({**self.last(), "rows": 7}), "entry 4: manifest: 'rows' is missing or not of its form")):
            self.add(entry)
            self.fails(said)
            os.remove(self.path("log/checkpoint.sm3"))
            os.remove(self.path("log/checkpoint.sha256"))
            self.write("log/entries", whole)

    def test_bridge(self):
        self.run_into("t", rows=60, seed=6)
        self.sign()
        good = self.last()
        for bridge, said in ((good["previous"], None), ("sm3:" + "0" * 64, "is a bridge from no manifest"),
                             (self.last(2)["previous"], "is a bridge from no manifest")):
            frames = proofs.frames(self.read("log/entries"))
            os.remove(self.path("log/checkpoint.sm3"))
            os.remove(self.path("log/checkpoint.sha256"))
            self.write("log/entries", b"ASSAYLG\1" + b"".join(frames[:4]))
            self.add(proofs.canonical({**good, "bridge_of": bridge}))
            self.fails("entry 4: " + said) if said else self.holds()

    def test_name_of_file(self):
        self.add(proofs.canonical({**{k: v for k, v in self.last().items() if k != "previous"}, "dataset": "../x"}))
        self.holds()
        self.fails("no file can have the name of dataset ../x", "--snapshots")

    def key(self, new, old=None):
        proofs.make("key", self.log, self.signers.get(new, new), self.signers.get(old, old) if old else "-")

    def test_rotation(self):
        self.key(NAME)
        self.sign()
        self.assertIn("1 of keys", self.holds())
        self.key(OTHER, NAME)
        self.sign(NAME, OTHER)
        self.assertIn("2 of keys", self.holds())
        self.holds(signer=OTHER)
        self.sign(NAME)  # the old key alone, after it was replaced
        self.fails("a checkpoint is not signed by the newest key of the log")
        self.sign(OTHER)
        self.holds(signer=OTHER)
        self.key(NAME, OTHER)
        self.sign(NAME, OTHER)
        self.fails("entry 6: brings a key that was there before")

    def test_rotation_out_of_nothing(self):
        self.key(NAME)
        self.key(OTHER, NAME)
        third = self.assay("key", "new", self.path("c.pem"), "--ed25519", "--name", "ex.gov.cn/c").out.strip()
        self.key(third, NAME)
        self.sign(NAME, OTHER)
        self.fails("entry 6: replaces a key that was not in use")

    def test_rotation_form(self):
        self.key("nobody")
        self.sign()
        self.fails("entry 4: a signer is written as")


class Report(proofs.Case):
    def report(self, *args, **more):
        return self.verify("--proof", self.log, *args, what="report", of=self.result, **more)

    def test_holds(self):
        self.sample()
        done = self.report("--findings", self.findings)
        self.assertEqual((done.code, done.err), (0, ""))
        lines = done.out.splitlines()
        self.assertEqual(lines[0], f"verified: that the report '{self.result}' is one of the log '{self.log}'. The data was not read.")
        self.assertRegex(lines[4], "^entry 0: run 0193a1b2-c3d4-7e5f-8a6b-000000000000, dataset t, pack demo 1.0.0 sm3:[0-9a-f]{64}$")
        self.assertRegex(lines[5], "^entry 1: run 0193a1b2-c3d4-7e5f-8a6b-000000000001, dataset u, pack demo 1.0.0 sha256:")
        self.assertEqual(lines[8:], ["result: holds"])
        found = json.loads(self.report("--format", "json").out)
        self.assertEqual([(m["index"], m["dataset"]) for m in found["manifests"]], [(0, "t"), (1, "u"), (2, "t"), (3, "u")])
        self.assertTrue(found["holds"])

    def test_changed(self):
        self.sample()
        whole = self.read("result.json")
        for changed in (whole[:-1], whole + b"\n", b"", whole.replace(b"1", b"2")):
            self.write("result.json", changed)
            done = self.report()
            self.assertEqual(done.code, 1)
            self.assertIn("no manifest of the log is of the result", done.err)
        self.write("result.json", whole)

    def test_changed_findings(self):
        whole = b'{"finding":1}\n{"finding":2}\n\n' + b"z" * 200000 + b"\n"
        self.write("findings.ndjson", whole)
        self.sample()
        self.assertEqual(self.report("--findings", self.findings).code, 0)
        lines = whole.splitlines(keepends=True)
        for changed in (b"", whole[:-1], whole[:-2] + b"\n", whole + b"\n", whole + b" ", whole[1:], b"\n" + whole, b"".join(lines[1:]),
                        b"".join(lines[:-1]), b"".join(reversed(lines)), whole + lines[-1], whole.replace(b"\n", b"\r\n"),
                        whole.replace(b"1", b"3"), whole.replace(b"\n\n", b"\n")):
            self.write("findings.ndjson", changed)
            self.assertEqual(self.report().code, 0)
            done = self.report("--findings", self.findings)
            self.assertEqual(done.code, 1, changed[:100])
            self.assertIn("the result is that of a run in the log, the findings", done.err)

    def test_empty_findings(self):
        self.write("findings.ndjson", b"")
        self.sample()
        self.assertEqual(self.report("--findings", self.findings).code, 0)
        self.write("findings.ndjson", b"\n")
        self.assertEqual(self.report("--findings", self.findings).code, 1)

    def test_number_of_findings(self):
        """It is bound beside the root."""
        self.sample()
        changed = proofs.manifest_of(proofs.frames(self.read("log/entries"))[0])
        self.assertEqual(changed["findings"], "1")
        changed["findings"] = "2"
        self.write("raw", proofs.canonical(changed))
        shutil.rmtree(self.log)
        proofs.make("raw", self.log, self.path("raw"))
        self.sign()
        self.assertEqual(self.report().code, 0)
        self.assertEqual(self.report("--findings", self.findings).code, 1)

    def test_older_manifest(self):
        """Of before the tree, with a digest of the file: refused by the name of the member."""
        self.sample()
        changed = proofs.manifest_of(proofs.frames(self.read("log/entries"))[0])
        changed["tickets"] = changed.pop("findings_root")
        del changed["findings"]
        self.write("raw", proofs.canonical(changed))
        shutil.rmtree(self.log)
        proofs.make("raw", self.log, self.path("raw"))
        self.sign()
        done = self.report("--findings", self.findings)
        self.assertEqual(done.code, 1)
        self.assertIn("a member that format assay-manifest@v1 does not have: 'tickets'", done.err)

    def test_log_is_verified(self):
        self.sample()
        self.assertEqual(self.report(signer=OTHER).code, 1)
        whole = self.read("log/entries")
        for at, changed in proofs.changes(whole, 20, seed=1):
            self.write("log/entries", changed)
            self.assertEqual(self.report().code, 1, at)
        self.write("log/entries", whole)
        os.remove(self.result)
        done = self.report()
        self.assertEqual((done.code, done.out), (3, ""))


class Keys(proofs.Case):
    def test_files(self):
        for name, path in self.keys.items():
            self.assertEqual(os.stat(path).st_mode & 0o7777, 0o600)
            before = self.read(os.path.basename(path))
            done = self.assay("key", "new", path, "--sm2")
            self.assertEqual((done.code, done.out, self.read(os.path.basename(path))), (3, "", before))
            self.assertIn("File exists", done.err)
            self.assertEqual(self.assay("key", "public", path, "--name", name).out.strip(), self.signers[name])
            pem = self.assay("key", "public", path, "--pem").out
            self.assertTrue(pem.startswith("-----BEGIN PUBLIC KEY-----\n"))
            self.assertNotIn("PRIVATE", pem)
            self.write("public.pem", pem)  # also from the public part alone
            self.assertEqual(self.assay("key", "public", "public.pem", "--name", name).out.strip(), self.signers[name])
        os.chmod(self.keys[NAME], 0o640)
        self.assertEqual(self.assay("key", "public", self.keys[NAME], "--pem").code, 2)

    def test_silent(self):
        done = self.assay("key", "new", "s.pem", "--ed25519")
        self.assertEqual((done.code, done.out, done.err), (0, "", ""))

    def test_usage(self):
        for args in (["new"], ["new", "x", "y"], ["public", "a.pem"], ["public", "a.pem", "--name", "n", "--pem"], ["list", "x"],
                     ["new", "x", "--sm2", "--ed25519"], ["new", "x", "--name", "n"], ["new", "x", "--sm2", "--pem"],
                     ["public", "a.pem", "--sm2", "--pem"], ["new", "x", "--sm2", "--name", "two words"],
                     ["new", "x", "--sm2", "--name", ""], ["new", "x", "--sm2", "--name", "a+b"]):
            done = self.assay("key", *args)
            self.assertEqual((done.code, done.out, os.path.exists(self.path("x"))), (2, "", False), args)
        self.assertEqual(self.assay("key", "public", "nowhere", "--pem").code, 3)
        self.assertEqual(self.assay("key", "public", self.result, "--pem").code, 3)


if __name__ == "__main__":
    unittest.main()
