"""Proofs from end to end, where something goes wrong: killed in the middle, no room, wrong keys, damaged files, two at once."""
import json
import os
import random
import re
import shutil
import stat
import subprocess
import sys
import time
import unittest

import kit

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pg"))
import proof_kit  # noqa: E402  pylint: disable=wrong-import-position

PACK = """  a: {title: {zh: 甲, en: A}, source: s, file: a.csv, key: [id], fields: {
    id: {standard: ID}, name: {standard: word}}}
"""
KILLS, RECORDS = 50, 4000


class Proof(kit.Case):
    def setUp(self):
        super().setUp()
        self.file_pack = self.pack(PACK.replace("ID", "text"))
        self.archive = proof_kit.Archive(os.environ["ASSAY"], self.path("archive"))
        self.fill(20)

    def fill(self, n, name="x"):
        self.write("a.csv", "id,name\n" + "".join(f"K{i:04},{name}{i % 7}\n" for i in range(n)))

    def run_proof(self, *more, code=0, env=None):
        done = self.assay("run", self.file_pack, *(more or self.archive.arguments()), "--quiet", env=env)
        self.assertEqual((done.code, done.out), (code, ""), done.err)
        return done.err

    def verify(self, *more, code=0, verifier=None, secret=None):
        done = self.assay(*proof_kit.VERIFY_DATA, self.file_pack, "--proof", self.archive.proofs, "--proof-key",
                          secret or self.archive.secret, "--signer", verifier or self.archive.verifier, *more)
        self.assertEqual(done.code, code, done.err)
        return done

    def manifests(self):
        return proof_kit.manifests(self.archive.proofs)

    def snapshots(self):
        return sorted(os.listdir(self.archive.proofs + "/snapshots"))

    def told(self, err, en):
        self.assertEqual(err, "assay: " + en + "\n")

    def instead(self, option, value):
        """The arguments of a run with another value of one option."""
        arguments = self.archive.arguments()
        arguments[arguments.index(option) + 1] = value
        return arguments

    # ---- What a good run leaves ----

    def test_files_and_modes(self):
        self.run_proof()
        run = self.manifests()[0]["run"]
        self.assertEqual(self.snapshots(), [f"{run}.a.{suffix}" for suffix in ("buckets", "keys", "leaves")])
        for name, mode in (("", 0o700), ("/snapshots", 0o700), *((f"/snapshots/{name}", 0o600) for name in self.snapshots())):
            self.assertEqual(stat.S_IMODE(os.stat(self.archive.proofs + name).st_mode), mode, name)

    def test_digests_are_those_of_the_report(self):
        """With a report; and without one, where the proof puts the findings that go to the output into words itself."""
        self.file_pack = self.pack(PACK.replace("ID", "text").replace("word}", "word, length: {max: 3}}"))
        options = "--proof-alg", "sha256", "--as-of", "2026-07-01"
        for n, bad in ((20, 0), (20, 1), (20, 19), (9000, 8999)):
            self.archive.fresh()
            self.write("a.csv", "id,name\n" + "".join(f"K{i:04},{'长' * (4 if i < bad else 3)}\n" for i in range(n)))
            self.run_proof(*options, "--report", self.path("report"), *self.archive.arguments(), code=int(bad > 0))
            shown = self.assay("run", self.file_pack, *options, "--format", "ndjson", *self.archive.arguments(), "--quiet")
            with open(self.path("report/findings.ndjson"), encoding="utf-8") as file:
                self.assertEqual(shown.out, file.read(), shown.err)
            lines, root = proof_kit.tree(self.path("report/findings.ndjson"))
            self.assertEqual(lines, bad)
            for manifest in self.manifests():
                self.assertEqual(manifest["result"], "sha256:" + proof_kit.sha256(self.path("report/result.json")))
                self.assertEqual((manifest["findings"], manifest["findings_root"]), (str(lines), "sha256:" + root))
            self.assertEqual(len(self.manifests()), 2)

    def test_no_findings_no_root_of_them(self):
        """Where nobody asks for findings they are counted: the manifest is the same but for them, and a list of them is
        not taken for that of the run."""
        options = "--as-of", "2026-07-01", *self.archive.arguments()
        self.run_proof("--report", self.path("report"), *options)
        self.run_proof(*options)
        kept, counted = self.manifests()
        self.assertEqual(sorted(kept.keys() - counted.keys()), ["findings", "findings_root"])
        self.assertEqual({m: v for m, v in proof_kit.timeless(kept).items() if not m.startswith("findings")}, proof_kit.timeless(counted))
        self.assertEqual(kept["result"], counted["result"])
        self.archive.fresh()
        self.run_proof(*options)
        report = "verify", "report", self.path("report/result.json"), "--proof", self.archive.proofs, "--signer", self.archive.verifier
        self.assertEqual(self.assay(*report).code, 0)
        done = self.assay(*report, "--findings", self.path("report/findings.ndjson"))
        self.assertEqual(done.code, 1, done.err)
        self.assertIn("kept no findings", done.err)

    def test_previous(self):
        for _ in range(3):
            self.run_proof("--proof-alg", "sha256", *self.archive.arguments())
        one, two, three = self.manifests()
        raw = proof_kit.entries(self.archive.proofs)
        self.assertNotIn("previous", one)
        self.assertEqual([two["previous"], three["previous"]], ["sha256:" + proof_kit.sha256_of(bytes_) for bytes_ in raw[:2]])

    # ---- Bridges ----

    def bridge(self, *more, secret=None, code=0):
        """A run whose leaves are made as they were before, too."""
        done = self.assay("run", self.file_pack, *self.instead("--proof-key", secret or self.archive.secret), "--quiet", *more)
        self.assertEqual((done.code, done.out), (code, ""), done.err)
        return done.err

    def test_bridges(self):
        """To another algorithm, then to another epoch and secret. What a bridge leads from has the root that such a run has, and
        so has the bridge; both name what is before them, and data can be verified against both."""
        options = "--as-of", "2026-07-01"
        new_secret = self.path("new-secret")
        self.assertEqual(self.assay("key", "new", new_secret).code, 0)
        self.run_proof("--proof-alg", "sha256", *options, *self.archive.arguments())
        alone = self.manifests()[0]
        self.archive.fresh()
        self.run_proof(*options, *self.archive.arguments())
        self.bridge("--proof-alg", "sha256", "--bridge-alg", "sm3", *options)
        self.bridge("--proof-epoch", "2", "--bridge-alg", "sha256", "--bridge-key", self.archive.secret, *options, secret=new_secret)
        first, before, bridge, before_2, bridge_2 = self.manifests()
        raw = proof_kit.entries(self.archive.proofs)
        self.assertEqual([(m["alg"], m["epoch"]) for m in self.manifests()],
                         [("sm3", "1"), ("sm3", "1"), ("sha256", "1"), ("sha256", "1"), ("sm3", "2")])
        self.assertEqual((before["root"], bridge["root"], before_2["root"]), (first["root"], alone["root"], alone["root"]))
        self.assertEqual(proof_kit.timeless(bridge), {**proof_kit.timeless(alone), "bridge_of": bridge["previous"]})
        self.assertEqual(bridge["previous"], "sha256:" + proof_kit.sha256_of(raw[1]))
        self.assertEqual(before_2["previous"], "sha256:" + proof_kit.sha256_of(raw[2]))
        self.assertEqual(bridge_2["previous"], bridge_2["bridge_of"])
        self.assertNotIn("bridge_of", {**first, **before, **before_2})
        self.assertEqual(len({m["run"] for m in self.manifests()}), 5)
        self.assertEqual(len(self.snapshots()), 15)
        for manifest in self.manifests():
            secret = new_secret if manifest["epoch"] == "2" else self.archive.secret
            self.verify("--run", manifest["run"], secret=secret)
        self.verify(secret=new_secret)
        log = "verify", "log", self.archive.proofs, "--signer", self.archive.verifier, "--snapshots"
        done = self.assay(*log)
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("bridges: 2, each from a manifest of the same dataset", done.out)
        self.assertEqual(json.loads(self.assay(*log, "--format", "json").out)["bridges"], 2)

    def test_bridges_from_nowhere(self):
        self.assertIn("dataset a has no manifest yet: there is nothing to bridge", self.bridge("--proof-epoch", "2", "--bridge-alg", "sm3", code=2))
        self.assertEqual((self.manifests(), self.snapshots()), ([], []))
        self.run_proof("--proof-epoch", "3", *self.archive.arguments())
        cases = ((["--bridge-alg", "sm3"], "these are the run's own"),
                 (["--bridge-alg", "sm3", "--bridge-epoch", "2"], "the last manifest of dataset a is of sm3, epoch 3: a bridge leads from there"),
                 (["--bridge-alg", "sha256", "--bridge-epoch", "3"], "is of sm3, epoch 3"),
                 (["--bridge-alg", "md5"], "--bridge-alg"),
                 (["--bridge-alg", "sm3", "--bridge-epoch", "0"], "--bridge-epoch 0: not a number in range"),
                 (["--bridge-epoch", "3"], "bridge_epoch and bridge_key do nothing without bridge_alg"),
                 (["--bridge-alg", "sha256", "--bridge-key", self.path("none")], "none"))
        for more, text in cases:
            self.assertIn(text, self.bridge(*more, code=3 if text == "none" else 2))
        done = self.assay("run", self.file_pack, "--bridge-alg", "sm3", "--quiet")
        self.assertEqual((done.code, done.out), (2, ""))
        self.assertIn("a bridge leads to leaves: give their proof_key", done.err)
        self.assertEqual((len(self.manifests()), len(self.snapshots())), (1, 3))

    def test_bridges_of_two_datasets(self):
        """One of them is over its bridge already: told before anything is read, and the other one goes alone."""
        two = PACK.replace("ID", "text")
        self.file_pack = self.pack(two + two.replace("  a:", "  b:").replace("a.csv", "b.csv"))
        shutil.copy(self.path("a.csv"), self.path("b.csv"))
        report = self.path("report")
        self.run_proof()
        bridge = "--proof-epoch", "2", "--bridge-alg", "sm3"
        self.bridge(*bridge, "--dataset", "a", "--keep-fields", "--report", report)
        shutil.rmtree(report)
        self.told(self.bridge(*bridge, "--report", report, code=2),
                  "the last manifest of dataset a is of sm3, epoch 2: a bridge leads from there")
        self.assertFalse(os.path.exists(report))
        self.bridge(*bridge, "--dataset", "b")
        self.assertEqual([(m["dataset"], m["epoch"], "bridge_of" in m, "findings_root" in m) for m in self.manifests()],
                         [("a", "1", False, False), ("b", "1", False, False), ("a", "1", False, True), ("a", "2", True, True),
                          ("b", "1", False, False), ("b", "2", True, False)])
        self.assertEqual(self.assay("verify", "log", self.archive.proofs, "--signer", self.archive.verifier, "--snapshots").code, 0)
        for manifest in self.manifests()[2:]:
            self.verify("--dataset", manifest["dataset"], "--run", manifest["run"])

    # ---- Killed ----

    def test_killed_at_any_moment(self):
        rng = random.Random(7)
        self.fill(RECORDS)
        begun = time.monotonic()
        self.run_proof()
        whole, killed = time.monotonic() - begun, 0
        for _ in range(KILLS):
            process = self.start("run", self.file_pack, *self.archive.arguments(), "--quiet")
            time.sleep(whole * (rng.random() ** 0.5))
            process.kill()
            killed += process.wait() != 0
            self.check_archive()
            shutil.rmtree(self.spill)
            os.mkdir(self.spill)
        self.assertGreater(killed, KILLS // 5)
        self.run_proof()
        self.assertFalse([name for name in self.snapshots() if name.endswith(".tmp")], "left behind by a run that was killed")
        for manifest in self.manifests():
            self.verify("--run", manifest["run"])

    def check_archive(self):
        """Every manifest has its files, whole."""
        found = self.snapshots()
        for manifest in self.manifests():
            for suffix, size in (("leaves", 48 * RECORDS), ("buckets", 44 * 2 ** int(manifest["bucket_bits"])), ("keys", None)):
                name = f"{manifest['run']}.a.{suffix}"
                self.assertIn(name, found)
                if size:
                    self.assertEqual(os.path.getsize(f"{self.archive.proofs}/snapshots/{name}"), size)

    def test_leftovers_do_not_disturb(self):
        self.run_proof()
        run = self.manifests()[0]["run"]
        left = self.archive.proofs + f"/snapshots/{run}.a.leaves.tmp"
        with open(left, "wb") as file:
            file.write(b"half")
        self.verify()
        self.run_proof()
        self.assertFalse(os.path.exists(left))

    def test_torn_tail(self):
        self.run_proof()
        with open(self.archive.proofs + "/entries", "ab") as file:
            file.write(b"\0\0\1\0half")
        before = kit.tree(self.archive.proofs)
        self.verify()
        entries = self.archive.proofs + "/entries"
        self.told(self.run_proof(*self.archive.arguments(), code=3),
                  f"the log in {self.archive.proofs} ends in 8 bytes that are no entry: a run was cut off while it wrote; keep "
                  f"a copy, then drop them: truncate -s -8 {entries}")
        self.assertEqual(kit.tree(self.archive.proofs), before)
        os.truncate(entries, os.path.getsize(entries) - 8)
        self.run_proof()
        self.verify()

    def test_two_at_once(self):
        self.run_proof()
        os.mkfifo(self.path("pipe"))
        slow = self.start("run", self.file_pack, *self.archive.arguments(), "--csv", "a=" + self.path("pipe"))
        with open(self.path("pipe"), "wb") as pipe:
            pipe.write(b"id,name\n")
            pipe.flush()
            self.told(self.run_proof(*self.archive.arguments(), code=2),
                      f"run log '{self.archive.proofs}' is being written by another process")
        self.assertEqual(self.ends(slow, 20)[0], 0)
        self.assertEqual(len(self.manifests()), 2)

    # ---- No room ----

    def test_full_disk(self):
        """Of ever more room: nothing is half-written, and with enough the run goes through."""
        self.fill(RECORDS)
        folder = self.path("tiny")
        os.mkdir(folder)
        codes = set()
        for size in (16, 64, 128, 192, 256, 320, 384, 512, 1024):
            if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "none", folder], check=False,
                                  stderr=subprocess.DEVNULL).returncode:
                raise unittest.SkipTest("mounting needs root")
            try:
                done = self.assay("run", self.file_pack, *self.instead("--proof", folder + "/proofs"), "--quiet")
                codes.add(done.code)
                files = os.listdir(folder + "/proofs/snapshots")
                self.assertEqual(len(files), 3 if done.code == 0 else 0, (size, done.err, files))
                if done.code:
                    self.assertIn("No space left on device", done.err)
            finally:
                subprocess.run(["umount", folder], check=True)
        self.assertEqual(codes, {0, 3})

    def test_no_folder(self):
        self.write("file", "")
        self.told(self.run_proof(*self.instead("--proof", self.path("file/proofs")), code=3),
                  f"folder {self.path('file/proofs')} cannot be made: Not a directory")

    # ---- Keys ----

    def test_keys_of_a_run(self):
        missing, public, wide = self.path("missing"), self.path("public"), self.path("wide")
        subprocess.run(["openssl", "pkey", "-in", self.archive.pem, "-pubout", "-out", public], check=True)
        os.chmod(public, 0o600)
        for path, source in ((wide, self.archive.secret), (wide + ".pem", self.archive.pem)):
            shutil.copy(source, path)
            os.chmod(path, 0o644)
        name = proof_kit.SIGNER
        for option, value, code, text in (
                ("--proof-key", missing, 3, f"key file {missing}: No such file or directory"),
                ("--proof-key", wide, 3, f"key file {wide} is open to others (mode 0644): run chmod 600 on it"),
                ("--sign", f"{name}={missing}", 3, f"key file '{missing}': No such file or directory"),
                ("--sign", f"{name}={public}", 3, f"key file {public} holds no private key"),
                ("--sign", f"{name}={wide}.pem", 2, f"key file '{wide}.pem' holds a private key but others can get at it; it must be yours, "
                 "with mode 0600"),
                ("--sign", name, 2, f"--sign {name}: write NAME=FILE")):
            with self.subTest(option + value):
                self.told(self.run_proof(*self.instead(option, value), code=code), text)
                self.assertFalse(os.path.exists(self.archive.proofs + "/checkpoint.sha256"))

    def test_another_secret(self):
        """Data that has not changed must not be told to have, with no word about the key."""
        self.run_proof()
        other = self.path("other")
        self.assay("key", "new", other)
        self.assertIn("none of the keys of then is among those of now", self.verify(secret=other, code=1).err)

    def test_another_signer(self):
        self.run_proof()
        other = proof_kit.verifier(proof_kit.make_key(self.path("other.pem")))
        done = self.verify(verifier=other, code=3)
        self.assertEqual(done.out, "")

    def test_sm2(self):
        pem = proof_kit.make_key(self.path("sm2.pem"), "SM2")
        self.run_proof(*self.archive.arguments(), "--sign", f"{proof_kit.SIGNER}={pem}")
        self.verify()

    def test_signer_elsewhere(self):
        """A command signs; what it says is believed only where it is a signature."""
        for command, code in ((f"openssl pkeyutl -sign -rawin -inkey {self.archive.pem} -in /dev/stdin | base64 -w0", 0),
                              ("echo AAAA", 3), ("false", 3)):
            with self.subTest(command):
                self.archive.fresh()
                arguments = self.archive.arguments()
                at = arguments.index("--sign")
                arguments[at:at + 2] = ["--signer", self.archive.verifier, "--signer-command", command]
                self.run_proof(*arguments, code=code)
                self.verify(code=code)

    def test_options_that_need_each_other(self):
        secret, pem, origin = self.archive.secret, self.archive.pem, proof_kit.SIGNER
        proofs = self.archive.proofs
        for arguments, text in (
                (["--proof", proofs], "--proof and --proof-key go together"),
                (["--proof-key", secret], "--proof and --proof-key go together"),
                (["--origin", origin], "--origin, --sign and --signer do nothing without --proof"),
                (["--proof", proofs, "--proof-key", secret, "--origin", origin], "an archive needs 1 to 8 signers"),
                (["--proof", proofs, "--proof-key", secret, "--sign", f"{origin}={pem}"], "a new log needs a name: give its origin"),
                (["--proof", proofs, "--proof-key", secret, "--signer", self.archive.verifier], "--signer and --signer-command go together"),
                (["--proof-alg", "sm3"], "proof_alg, proof_epoch and proof_fields do nothing without proof_key"),
                ([*self.archive.arguments(), "--proof-epoch", "0"], "--proof-epoch 0: not a number in range"),
                ([*self.archive.arguments(), *["--sign", f"{origin}={pem}"] * 8], f"--sign {origin}={pem}: too many keys"),
                ([*self.archive.arguments(), *["--sign", f"{origin}={pem}"] * 7, "--signer", self.archive.verifier,
                  "--signer-command", "false"], f"--signer {self.archive.verifier}: too many keys")):
            with self.subTest(text):
                self.told(self.run_proof(*arguments, code=2), text)

    def test_another_origin(self):
        self.run_proof()
        self.told(self.run_proof(*self.instead("--origin", "other.example"), code=2),
                  f"this log is '{proof_kit.SIGNER}', not 'other.example'")

    # ---- Damage ----

    def damage(self, suffix, change):
        path, = (f"{self.archive.proofs}/snapshots/{name}" for name in self.snapshots() if name.endswith(suffix))
        with open(path, "rb") as file:
            data = bytearray(file.read())
        with open(path, "wb") as file:
            file.write(change(data))
        return path

    @staticmethod
    def flip(at):
        def change(data):
            data[at] ^= 1
            return data
        return change

    def test_damaged_files(self):
        """Nothing is compared with leaves that are not those of the manifest."""
        for suffix, change in ((".leaves", self.flip(0)), (".leaves", self.flip(47)), (".leaves", lambda data: data[:-48]),
                               (".leaves", lambda data: data + data[-48:]), (".leaves", lambda data: data[48:] + data[:48]),
                               (".leaves", lambda data: b""), (".buckets", self.flip(0)), (".buckets", self.flip(43)),
                               (".buckets", lambda data: data[:-1])):
            with self.subTest(suffix):
                self.archive.fresh()
                self.run_proof()
                self.damage(suffix, change)
                self.assertEqual(self.verify(code=3).out, "")

    def test_damaged_log(self):
        for change in (self.flip(20), lambda data: data[:-1], lambda data: data[:8]):
            self.archive.fresh()
            self.run_proof()
            entries = self.archive.proofs + "/entries"
            with open(entries, "rb") as file:
                data = bytearray(file.read())
            with open(entries, "wb") as file:
                file.write(change(data))
            before = kit.tree(self.archive.proofs)
            self.assertEqual(self.verify(code=3).out, "")
            self.run_proof(*self.archive.arguments(), code=3)
            self.assertEqual(kit.tree(self.archive.proofs), before)

    def test_leaf_file_that_may_only_be_read(self):
        self.run_proof()
        for name in self.snapshots():
            os.chmod(f"{self.archive.proofs}/snapshots/{name}", 0o400)
        self.verify()
        self.run_proof()

    def test_kept_keys_may_go(self):
        """Without them a record that is gone is told by the hash of its key."""
        self.run_proof()
        self.fill(19)
        self.assertIn('"op":"removed","key":{"id":"K0019"}', self.verify(code=1).out)
        name, = (name for name in self.snapshots() if name.endswith(".keys"))
        os.unlink(f"{self.archive.proofs}/snapshots/{name}")
        self.assertRegex(self.verify(code=1).out, r'^\{"dataset":"a","op":"removed","kh":"[0-9a-f]{32}","records":1\}\n$')

    # ---- Masking ----

    def test_masked_keys(self):
        self.file_pack = self.pack(PACK.replace("ID", "secret"))
        self.run_proof()
        self.fill(19, "changed")
        masked, shown = self.verify(code=1).out, self.verify("--reveal", "a.id", code=1).out
        self.assertEqual((len(masked.splitlines()), masked.count("K00")), (20, 0), masked)
        self.assertEqual(sorted(set(re.findall(r"K\d{4}", shown))), [f"K{i:04}" for i in range(20)])


if __name__ == "__main__":
    proof_kit.need_openssl()
    kit.main()
