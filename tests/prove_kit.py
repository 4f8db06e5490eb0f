#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small archive with everything in it, and what the two verifiers say of it."""
import datetime
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
VERIFIER = os.path.join(HERE, "verify_archive.py")
QUANTRAC = os.path.abspath(sys.argv[1])
WORDS = ("OK content", "OK", "DAMAGED", "MISSING", "NOT SEALED", "PRUNED", "REVOKED", "torn tail")
DAY = "kcn-mau/outlet/2026/outlet_2026-11-0%d.h5"


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, **more)
    if done.returncode not in (0, 65):
        sys.exit(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def quantrac(*words):
    return run(QUANTRAC, *words)


def verdicts(said):
    """{(place, verdict)} of what a verifier printed."""
    found = set()
    for line in said.splitlines():
        place, _, rest = line.partition(": ")
        place = re.sub(r"\\(x|udc)[0-9a-f]{2}|\ufffd", "?", place)  # a byte that is no text, in either's way
        hole = re.match(r"(DAMAGED: )?records \d+ to \d+ (are missing|never came)", rest)
        word = hole[0] if hole else next((w for w in WORDS if rest.startswith(w)), None)
        if place in ("seals", "checkpoints/acts") and word == "OK":
            word = None  # the other one says what is wrong with them
        if word and (word == "NOT SEALED" or not place.endswith(".tsr")):
            found.add((place, word))
    return found


def both(archive):
    ours = verdicts(quantrac("--archive", archive, "verify"))
    theirs = verdicts(run("/usr/bin/python3", VERIFIER, archive))
    return ours, theirs


# ---- a small archive with everything in it ----

def table(path, first, days):
    start = datetime.datetime(2026, 11, first)
    with open(path, "w", encoding="utf-8") as out:
        out.write("date,COD\n")
        for i in range(days * 96):
            out.write(f"{(start + datetime.timedelta(minutes=15 * i)).isoformat()},{20 + i % 7}\n")


def take(archive, path, *more):
    quantrac("--archive", archive, "import", path, "--station", "outlet", "--time", "date", "--map", "COD=cod:mg/L",
             "--declare", "cod:expressed_as=O2", *more)


def make(folder):
    archive, keys = os.path.join(folder, "archive"), os.path.join(folder, "keys")
    for name in ("archive", "second", "so-tnmt"):
        quantrac("keys", "new", name, "--sign", "--into", keys)
    os.environ["QUANTRAC_SIGN_KEY"] = os.path.join(keys, "archive.sign.secret")
    for i in range(3):
        path = os.path.join(folder, f"{i}.csv")
        table(path, 1 + 2 * i, 2)
        take(archive, path, *(("--zone", "kcn-mau") if i == 0 else ()))
        if i == 0:
            quantrac("--archive", archive, "keys", "admit", "so-tnmt", os.path.join(keys, "so-tnmt.sign.pub"), "--sign")
        if i == 1:
            quantrac("--archive", archive, "keys", "rotate", os.path.join(keys, "second.sign.secret"), "--sign")
            os.environ["QUANTRAC_SIGN_KEY"] = os.path.join(keys, "second.sign.secret")
    note = os.path.join(folder, "note")
    quantrac("receipt", "witness", archive, "--memory", os.path.join(folder, "memory"), "--key",
             os.path.join(keys, "so-tnmt.sign.secret"), "-o", note)
    quantrac("--archive", archive, "receipt", "store", note)
    quantrac("--archive", archive, "prune", DAY % 2, "--order", "QD-12/2031")
    return archive


def revoke(folder, archive, size):
    """The first key, by the one that signs now."""
    os.environ["QUANTRAC_SIGN_KEY"] = os.path.join(folder, "keys", "second.sign.secret")
    quantrac("--archive", archive, "keys", "revoke", "archive", "--sign", "--from", str(size))


def write(path, data):
    if os.path.exists(path):
        os.chmod(path, 0o600)
    with open(path, "wb") as file:
        file.write(data)


def read(path):
    with open(path, "rb") as file:
        return file.read()
