"""assay-verify: proofs that hold, and that none of their bytes can be another; the auditor's policy; what it stands on."""
import os
import re
import shutil
import subprocess
import unittest

import kit
import proofs
from proofs import NAME, OTHER

ROWS = 40


class Case(proofs.Case):
    def setUp(self):
        super().setUp()
        self.sample()
        self.policy = self.write("policy", f"# the bureau\n{self.signers[NAME]}\n")

    def prove(self, row, name="proof", index=0, alg="sm3"):
        return self.write(name, proofs.make("prove", self.log, index, row, index + 1, alg))

    def audit(self, *args, env=None):
        done = subprocess.run([os.environ["ASSAY_VERIFY"], *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.dir,
                              env=self.environment(env), check=False)
        return kit.Done(done.returncode, done.stdout, done.stderr)


class Proofs(Case):
    def test_presence(self):
        self.prove(7)
        done = self.audit("policy", "proof")
        signer = "+".join(self.signers[NAME].split("+")[:2])
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertRegex(done.out, "(?s)^proof: holds\n  dataset: file t\n  run: 0193a1b2-c3d4-7e5f-8a6b-000000000000\n"
                                   "  pack: demo 1.0.0 sm3:[0-9a-f]{64}\n  this record stood in the snapshot of 40 records\n"
                                   "    id = 7\n    name = \"甲7公司[\\\\]u[{]1b[}]1\"\n"
                                   f"  log: ex.gov.cn/log/sm3, entry 0 of 4 that were signed\n  signed by: {re.escape(signer)}\n$")
        quiet = self.audit("--quiet", "policy", "proof").out
        self.assertNotIn("公司", quiet)
        self.assertNotIn("id =", quiet)
        self.assertIn("成立", self.audit("--lang", "zh", "policy", "proof").out)
        self.assertIn("成立", self.audit("policy", "proof", env={"LC_ALL": "zh_CN.UTF-8"}).out)

    def test_each_record(self):
        """Every record of three snapshots, from both logs; and as many that are not there."""
        for index, rows in ((0, ROWS), (1, ROWS), (2, 60)):
            names = []
            for row in range(0, rows * 2, 7):
                self.prove(row, f"p{row}", index, "sm3" if row % 2 else "sha256")
                names.append(f"p{row}")
            done = self.audit("policy", *names)
            self.assertEqual((done.code, done.err), (0, ""))
            self.assertEqual(done.out.count(": holds\n"), len(names))
            self.assertEqual(done.out.count("  no record had the key hash "), len([r for r in range(0, rows * 2, 7) if r >= rows]))

    def test_absence_in_nothing(self):
        self.prove(5, index=3)  # of a snapshot without records
        done = self.audit("policy", "proof")
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertIn("in the snapshot of 0 records", done.out)

    def test_absence_hides_neighbours(self):
        self.prove(999)
        done = self.audit("policy", "proof")
        self.assertEqual(done.code, 0)
        self.assertNotIn("公司", done.out)

    def test_every_byte(self):
        for row, n in ((7, 150), (999, 150)):
            whole = proofs.make("prove", self.log, 0, row, 1, "sm3")
            names = []
            for at, changed in proofs.changes(whole, n, seed=row):
                self.write(f"c{at}", changed)
                names.append(f"c{at}")
            done = self.audit("policy", *names)
            self.assertEqual((done.code, done.out, done.err.count("\n")), (1, "", n))
            self.write("cut", whole[:-1])
            self.assertEqual(self.audit("policy", "cut").code, 1)
            self.write("more", whole + b"\n")
            self.assertEqual(self.audit("policy", "more").code, 1)

    def test_absence_of_what_is_there(self):
        """Neighbours that are none, and a record denied between its neighbours."""
        self.prove(999, "absent")
        absent = self.read("absent").decode()
        self.prove(7, "present")
        present = self.read("present").decode()
        kh = re.search("^kh (.*)$", present, re.M).group(1)
        denied = re.sub("^absent .*$", "absent " + kh, absent, flags=re.M)
        one = re.sub("(?ms)^below .*(?=^above )", "", absent)
        for text, said in ((denied, "the key "), (one, "the leaves of a proof of absence are not neighbours")):
            self.write("changed", text)
            done = self.audit("policy", "changed")
            self.assertEqual((done.code, done.out), (1, ""))
            self.assertIn(said, done.err)

    def test_codes(self):
        self.prove(7)
        self.write("bad", "no proof\n")
        for names, code in ((["proof"], 0), (["proof", "bad"], 1), (["bad", "nowhere"], 1), (["proof", "nowhere"], 3),
                            (["nowhere"], 3)):
            self.assertEqual(self.audit("policy", *names).code, code, names)
        self.assertEqual(self.audit("policy", "nowhere").err, "assay-verify: nowhere: cannot be read: No such file or directory\n")
        self.assertEqual(self.audit("nowhere", "proof").code, 3)
        for args in ([], ["policy"], ["--colour", "policy", "proof"], ["--lang", "fr", "policy", "proof"], ["--lang"], ["--quiet"]):
            done = self.audit(*args)
            self.assertEqual((done.code, done.out), (2, ""), args)
            self.assertTrue(done.err.startswith("assay-verify [--quiet]"))
        self.assertEqual(self.audit("--help").code, 0)
        self.assertRegex(self.audit("--version").out, r"^assay-verify \d+\.\d+\.\d+\n$")


class Policy(Case):
    def test_ranges(self):
        self.prove(7, index=2)
        signer = self.signers[NAME]
        for line, code in ((signer, 0), (signer + " 0", 0), (signer + " 2", 0), (signer + " 2 2", 0), (signer + " 0 2", 0),
                           (signer + " 3", 1), (signer + " 0 1", 1), (signer + " 3 18446744073709551615", 1)):
            self.write("policy", line)  # without a line end
            done = self.audit("policy", "proof")
            self.assertEqual(done.code, code, line)
            if code:
                self.assertEqual(done.err, "assay-verify: proof: no key that signed counts for entry 2 of the log\n")

    def test_two_keys(self):
        """A signature of a known key that is out of its range does not stand in for one that counts."""
        self.sign(NAME, OTHER)
        self.prove(7, index=2)
        self.write("policy", f"{self.signers[NAME]} 0 1\n{self.signers[OTHER]} 2\n")
        done = self.audit("policy", "proof")
        self.assertEqual(done.code, 0)
        self.assertRegex(done.out, f"signed by: {OTHER}[+][0-9a-f]{{8}}\n$")
        self.write("policy", f"{self.signers[NAME]} 0 1\n{self.signers[OTHER]} 3\n")
        self.assertEqual(self.audit("policy", "proof").code, 1)

    def test_unknown_key(self):
        self.prove(7)
        self.write("policy", self.signers[OTHER] + "\n")
        done = self.audit("policy", "proof")
        self.assertEqual((done.code, done.err), (1, "assay-verify: proof: note: no signature by a known key\n"))

    def test_faults(self):
        self.prove(7)
        signer = self.signers[NAME]
        for text, said in (("\n#\n" + signer + " \n", "policy:3: words are parted by one space"),
                           ("# x\n" + signer + "  1\n", "policy:2: behind a signer may stand"),
                           (signer + " 01\n", "policy:1: behind a signer"), (signer + " 1 2 3\n", "policy:1: behind a signer"),
                           (signer + " -1\n", "policy:1: behind a signer"), (signer + " 2 1\n", "policy:1: the first entry"),
                           (signer + " 18446744073709551616\n", "policy:1: behind a signer"),
                           (signer + "\n" + signer + "\n", f"policy:2: signer {NAME} is given twice"),
                           (signer + "\r\n", "policy:1: a signer is written as"), (" " + signer + "\n", "policy:1: words are"),
                           (signer.replace("a+", "c+") + "\n", "policy:1: the signer's id"), ("x\n", "policy:1: a signer is"),
                           ("", "policy: the policy names no signer"), ("# x\n\n", "policy: the policy names no signer")):
            self.write("policy", text)
            done = self.audit("policy", "proof")
            self.assertEqual((done.code, done.out), (2, ""), text)
            self.assertIn("assay-verify: " + said, done.err)


class Program(unittest.TestCase):
    def test_stands_on_little(self):
        if not shutil.which("readelf"):
            self.skipTest("no readelf")
        out = subprocess.run(["readelf", "-d", os.environ["ASSAY_VERIFY"]], stdout=subprocess.PIPE, check=True).stdout.decode()
        needed = set(re.findall(r"\(NEEDED\).*\[(lib[\w+-]+?)(?:-\d)?\.so", out))
        self.assertIn("libcrypto", needed)
        self.assertLessEqual(needed, {"libcrypto", "libxxhash", "libutf8proc", "libc", "libm", "libasan", "libubsan", "libtsan",
                                      "libgcc_s", "libpthread", "ld"})

    def test_pages(self):
        """Both man pages have the options that the help has."""
        said = subprocess.run([os.environ["ASSAY_VERIFY"], "--help"], stdout=subprocess.PIPE, check=True).stdout.decode()
        options = set(re.findall(r"^  (--\w+)", said, re.M))
        self.assertEqual(len(options), 4)
        folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../cli/verify")
        for page in ("assay-verify.1", "assay-verify.zh.1"):
            with open(os.path.join(folder, page), encoding="utf-8") as f:
                found = re.findall(r"^\.BI? \\-\\-(\w+)", f.read(), re.M)
            self.assertEqual({"--" + name for name in found}, options, page)


if __name__ == "__main__":
    unittest.main()
