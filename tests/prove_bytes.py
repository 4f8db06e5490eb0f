#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes of a journal, a sealed file, the seal list and a checkpoint, changed one by one: each is found, and where."""
import collections
import concurrent.futures
import contextlib
import io
import os
import pathlib
import random
import re
import shutil
import struct

import verify_archive
from prove_kit import DAY, VERIFIER, quantrac, read, run, write
from verify_archive import crc32c

EPOCH, TAKEN_US = 0x1122334455667700, 1794712500000000
PLAN = ((1, 1, (2, 1, 2)), (2, 6, (1, 2, 2)))  # segments: number, first seq, records of each commit


def small_segment(epoch, number, first, commits, skipped=0):
    """A segment as quantrac-journal lays it out: STATE records of `tram-01`, and 32 bytes of zeros."""
    header = struct.pack("<4sHH16sQQQqI", b"QTJ1", 1, 0, b"tram-01", epoch, number, first, TAKEN_US + number, skipped)
    out, seq = header + struct.pack("<I", crc32c(header)), first
    seed = crc32c(struct.pack("<QQ", epoch, number))
    for place in (i for n in commits for i in range(n)):
        size = 66 + seq % 5
        record = struct.pack("<HBBBBH16sQQqqQ", size, 1, 3, 1, 0, 0, b"tram-01", epoch, seq, TAKEN_US + seq, seq, 7)
        body = struct.pack("<HHq", size, place == 0, TAKEN_US + seq) + record + b"{}".ljust(size - 64)
        out += struct.pack("<I", crc32c(body, seed)) + body + bytes(-(4 + len(body)) % 8)
        seq += 1
    return out, out + bytes(32)


# ---- a journal ----

def journals_make(archive):
    """Two segments; one journal for each byte of them, with that byte changed: {place: (segment, byte, end of its data)}."""
    made = {}
    changes = [(s, at) for s, segment in enumerate(PLAN) for at in range(len(small_segment(EPOCH, *segment)[1]))]
    for i, (s, at) in enumerate(changes):
        place = f"journal/tram-01/{EPOCH + i:016x}"
        os.makedirs(os.path.join(archive, place))
        for n, segment in enumerate(PLAN):
            data = bytearray(small_segment(EPOCH + i, *segment)[1])
            data[at] ^= (1 << at % 8) * (n == s)
            write(os.path.join(archive, place, f"{segment[1]:020}.log"), bytes(data))
        made[place] = (s, at, len(small_segment(EPOCH + i, *PLAN[s])[0]))
    write(os.path.join(archive, "archive.yaml"), b'zone: kcn-mau\nname: "kcn-mau"\noffset: "+07:00"\n')
    write(os.path.join(archive, "seals"), b"")
    return made


def journal_word(text, place, s, at):
    """What a verifier says of a journal, and that it says where."""
    name = f"{PLAN[s][1]:020}.log"
    lines = " ".join(line for line in text.splitlines() if line.startswith(place + ": "))
    kind = next((word for word in ("DAMAGED", "torn tail") if f": {word}" in lines), "unseen")
    starts = [int(start) for start in re.findall(rf"{name} offset (\d+)", lines)]
    located = "header" in lines if at < 64 else min(starts or [64]) <= at
    return kind if located and (name in lines or "missing" in lines) else "misplaced" if lines else "unseen"


def journal_bytes(folder, _):
    archive, count = os.path.join(folder, "bytes"), collections.Counter()
    made = journals_make(archive)
    said = [quantrac("--archive", archive, "verify"), run("/usr/bin/python3", VERIFIER, archive)]
    for place, (s, at, end) in made.items():
        tail = s == 1 and at >= end - 2 * 88 or s == 0 and at >= end
        words = {journal_word(text, place, s, at) for text in said}
        count["as it should be" if words == {"torn tail" if tail else "DAMAGED"} else f"byte {at} of {s}: {words}"] += 1
        count["torn tail"] += tail
    good = count.pop("as it should be")
    tails = count.pop("torn tail")
    print(f"  journal: every byte of two segments: both verifiers found and located {good} of {len(made)}, {tails} "
          f"of them as a torn tail (newest commit, or behind the last record); {list(count)[:9] or 'none unseen'}")
    return good == len(made)


# ---- a sealed file ----

def file_word(archive, data, at):
    """What quantrac says of the file with one byte changed, on one line."""
    path = os.path.join(archive, DAY % 3)
    write(path, data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1:])
    line = next(x for x in quantrac("--archive", archive, "verify", path).splitlines() if x.startswith(DAY % 3))
    text = line.partition(": ")[2]
    if text.startswith("OK content"):
        return "to the byte" if f"byte {at} is not as it was sealed" in text else text
    if not text.startswith("DAMAGED"):
        return text
    return "to the record or object" if re.search(r"/\S|seq \d+|row \d+|records|attribute", text) else "to the file"


def file_bytes(folder, archive, many, seed):
    """A sample of its bytes, in two copies side by side."""
    data = read(os.path.join(archive, DAY % 3))
    places = sorted(random.Random(seed).sample(range(len(data)), min(many, len(data))))
    copies = [os.path.join(folder, f"file-{i}") for i in range(2)]
    for copy in copies:
        shutil.copytree(archive, copy)

    def share(i):
        return collections.Counter(file_word(copies[i], data, at) for at in places[i::2])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        count = sum(pool.map(share, range(2)), collections.Counter())
    good = sum(count[word] for word in ("to the byte", "to the record or object", "to the file"))
    print(f"  sealed file: {len(places)} of its {len(data)} bytes: found and located {good} of {len(places)}: {dict(count)}")
    return good == len(places)


# ---- the lists ----

def places_of(text):
    return {line.partition(": ")[0] for line in text.splitlines()
            if re.search(": (DAMAGED|MISSING|NOT SEALED|REVOKED)", line) and " sealed files: " not in line}


def python_places(archive):
    """What the second verifier says, in this process."""
    verify_archive.SAID.clear()
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        verify_archive.check_archive(pathlib.Path(archive))
    return places_of(out.getvalue())


def list_bytes(folder, archive, step, seed):
    """Every step-th byte of the seal list, the acts and the checkpoints, in an archive without its files, which are missing."""
    copy, count, total = os.path.join(folder, "lists"), collections.Counter(), 0
    shutil.copytree(archive, copy, ignore=shutil.ignore_patterns("*.h5", "journal"))
    names = ["seals", "checkpoints/acts"] + [f"checkpoints/{n}" for n in os.listdir(f"{copy}/checkpoints") if n.isdigit()]
    for name in names:
        path, before = os.path.join(copy, name), python_places(copy)
        data = read(path)
        for at in range(seed % step, len(data), step):
            write(path, data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1:])
            ours, theirs = places_of(quantrac("--archive", copy, "verify", "-q")), python_places(copy)
            new = {place for place in ours - before if not place.endswith(".h5")}
            want = {name + (f" line {data[:at].count(10) + 1}" if not name[-1].isdigit() else "")}
            total += 1
            count["good" if ours == theirs and new == want else f"{name} {at}: {sorted(ours ^ theirs)} {sorted(new)}"] += 1
        write(path, data)
    good = count.pop("good", 0)
    print(f"  seal list, acts and checkpoints: every {step}th byte: both verifiers found and located {good} of {total}, each in "
          f"its line or file and nowhere else {list(count)[:9] or ''}")
    return good == total
