#!/usr/bin/env python3
"""Signatures against the openssl command, both ways: an auditor needs nothing of ours, and a device need not be ours.

    openssl.py PROBE    PROBE is the program sign_probe
"""
import base64
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SM2 = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
OPTIONS = {"sm2": SM2, "ed25519": ["-rawin"]}


def pkeyutl(*args):
    return subprocess.run(["openssl", "pkeyutl", *map(str, args)], capture_output=True, text=True)


def verified(folder, kind, text, signature, options=None):
    done = pkeyutl("-verify", "-pubin", "-inkey", folder / "public.pem", "-in", text, "-sigfile", signature,
                   *(options if options is not None else OPTIONS[kind]))
    return done.returncode == 0


def split_note(path):
    """The text of a note and the signature in its only line, taken apart without our code."""
    text, _, lines = path.read_bytes().rpartition(b"\n\n")
    dash, name, blob = lines.decode().rstrip("\n").split(" ")
    assert dash == "—" and name == "data.example.gov.cn/assay"
    return text + b"\n", base64.b64decode(blob, validate=True)[4:]


def check_note(folder, kind, label):
    text, signature = split_note(folder / "note")
    (folder / "note.text").write_bytes(text)
    (folder / "note.signature").write_bytes(signature)
    if not verified(folder, kind, folder / "note.text", folder / "note.signature"):
        return [f"{kind}: openssl does not verify {label}"]
    (folder / "note.text").write_bytes(text.replace(b"42", b"43"))
    if verified(folder, kind, folder / "note.text", folder / "note.signature"):
        return [f"{kind}: openssl verifies another text than that of {label}"]
    return []


def check_theirs(probe, folder, kind):
    """openssl signs with our key file; we judge."""
    faults = []
    done = pkeyutl("-sign", "-inkey", folder / "key.pem", "-in", folder / "text", "-out", folder / "signature", *OPTIONS[kind])
    if done.returncode:
        return [f"{kind}: openssl cannot sign with our key: {done.stderr}"]
    if subprocess.run([probe, "verify", folder]).returncode != 0:
        faults.append(f"{kind}: we do not verify what openssl signed")
    if kind == "sm2":  # another identifier is another signature
        pkeyutl("-sign", "-inkey", folder / "key.pem", "-in", folder / "text", "-out", folder / "signature",
                "-rawin", "-digest", "sm3", "-pkeyopt", "distid:somebody")
        if subprocess.run([probe, "verify", folder]).returncode != 1:
            faults.append("sm2: we verify a signature under another identifier")
    return faults


def check_command(probe, folder, kind):
    """openssl as the command that signs, as it would be written in a configuration."""
    options = " ".join(OPTIONS[kind])
    command = f"openssl pkeyutl -sign -inkey '{folder}/key.pem' -in /dev/stdin {options} | base64 -w0"
    done = subprocess.run([probe, "command", folder, command], capture_output=True, text=True)
    if done.returncode:
        return [f"{kind}: {done.stderr}"]
    return check_note(folder, kind, "a note signed by a command")


def check_kind(probe, kind):
    faults = []
    for i in range(8):  # signatures of SM2 are random, and so is how long they are
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            subprocess.run([probe, "make", kind, folder], check=True)
            faults += check_note(folder, kind, "our note") + check_theirs(probe, folder, kind)
            if i == 0:
                faults += check_command(probe, folder, kind)
    return faults


def main():
    if not shutil.which("openssl"):
        print("skipped: no openssl command")
        return 77
    faults = check_kind(sys.argv[1], "ed25519") + check_kind(sys.argv[1], "sm2")
    print("\n".join(faults) if faults else "openssl and we agree")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
