#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make proof: quantrac verify and a verifier written from the documents say the same, on good and on damaged archives;
every byte of a journal, a sealed file, the seal list and the checkpoints is found; the commands of docs/quantrac-proof.md
do what the page says; an archive that h5repack rewrote is judged and reported as before; files by strangers harm nobody.

    prove_archive.py QUANTRAC [MUTATIONS [SEED [BYTES]]]
"""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

import h5py
import numpy

from prove_bytes import file_bytes, journal_bytes, list_bytes
from prove_damages import DAMAGES, damage, repack
from prove_kit import DAY, HERE, QUANTRAC, both, make, quantrac, read, revoke, run, write

MUTATIONS = int(sys.argv[2]) if len(sys.argv) > 2 else 300
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 20261115
BYTES = int(sys.argv[4]) if len(sys.argv) > 4 else 2000


HARMLESS = ("nothing", "a link round and round", "one that is to be the first, beside others", "a checkpoint that was being written")


def compare(folder, archive):
    good, _ = both(archive)
    same = found = 0
    for name, *what in DAMAGES:
        copy = os.path.join(folder, "copy")
        shutil.copytree(archive, copy, symlinks=True)
        damage(copy, *what)
        ours, theirs = both(copy)
        shutil.rmtree(copy)
        harmless = name in HARMLESS
        same += ours == theirs
        found += (ours == good) == harmless
        if ours != theirs:
            print(f"  {name}: quantrac alone says {sorted(ours - theirs)}, the other alone {sorted(theirs - ours)}")
        if (ours == good) != harmless:
            print(f"  {name}: {'not found' if ours == good else sorted(ours ^ good)}")
    print(f"  {len(DAMAGES)} archives, {len(DAMAGES) - len(HARMLESS)} of them damaged: {found} as they should be, both verifiers "
          f"give the same verdict on every file of {same}")
    return same == found == len(DAMAGES)


def revoked(folder, archive):
    """A key that is revoked: what it signed before counts, what it signed later does not; neither is damaged."""
    copy = os.path.join(folder, "revoked")
    shutil.copytree(archive, copy)
    revoke(folder, copy, 2)
    ours, theirs = both(copy)
    want = {("checkpoints/000000000002", "OK"), ("checkpoints/000000000004", "REVOKED"), ("checkpoints/000000000006", "OK")}
    well = ours == theirs and want <= ours and not any(word == "DAMAGED" for _, word in ours)
    print("  a revoked key: " + ("what it signed before counts, what it signed later is REVOKED, nothing DAMAGED" if well
                                 else str(ours ^ theirs)))
    return well


# ---- the commands of the page ----

def page(folder, archive):
    with open(os.path.join(HERE, "../docs/quantrac-proof.md"), encoding="utf-8") as file:
        blocks = re.findall(r"```sh\n(.*?)```", file.read(), re.S)
    done = 0
    path = os.path.dirname(QUANTRAC) + ":" + os.environ["PATH"]
    for block in blocks:
        result = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=archive, capture_output=True, text=True,
                                check=False, env={**os.environ, "N": "000000000004", "KEY": "archive", "TMPDIR": folder,
                                                  "PATH": path})
        expected = re.findall(r"# prints: (.*)", block)
        done += result.returncode == 0 and all(line in result.stdout + result.stderr for line in expected)
        if result.returncode or not all(line in result.stdout + result.stderr for line in expected):
            print(f"  this of the page fails:\n{block}{result.stdout}{result.stderr}")
    print(f"  {done} of {len(blocks)} command blocks of docs/quantrac-proof.md do what the page says")
    return done == len(blocks) > 0


# ---- an archive that was rewritten ----

def permit(folder, archive):
    """That of the demo, for the imported station: without one nothing is judged."""
    with open(os.path.join(HERE, "../cli/demo/permit-water.yaml"), encoding="utf-8") as file:
        text = file.read()
    for key, value in (("id", "thu"), ("station", "outlet"), ("parameters", "[cod]")):
        text = re.sub(rf"(?m)^{key}: .*", f"{key}: {value}", text)
    path = os.path.join(folder, "permit.yaml")
    write(path, text.encode())
    quantrac("--archive", archive, "permit", "set", path)


def answers(archive):
    """What is judged and reported of five days; without the time of asking."""
    asked = (("means", "--station", "outlet", "--channel", "cod"), ("judge", "--station", "outlet"),
             ("report", "outlet", "--day", "2026-11-03", "--format", "json"))
    said = [run(QUANTRAC, "--archive", archive, *words) for words in asked]
    return [re.sub(r'"(made|version|digest)":("[^"]*"|\d+)', "", text) for text in said]


def rewritten(folder, archive):
    """Judging and reporting do not notice."""
    copy = os.path.join(folder, "rewritten")
    shutil.copytree(archive, copy)
    permit(folder, copy)
    before = answers(copy)
    for day in (1, 3, 4, 5, 6):
        repack(copy, day)
    after = answers(copy)
    said = quantrac("--archive", copy, "verify").count("OK content (file rewritten)")
    days, same = before[1].count("within limit"), sum(a == b for a, b in zip(before, after))
    print(f"  five days rewritten by h5repack: verify says OK content of {said}; {before[0].count(chr(10)) - 1} means, judge "
          f"({days} days within limit) and report: {same} of 3 answer as before")
    return same == 3 and said == 5 and days == 6 and "22.9" in before[2]


# ---- files by strangers ----

def mutate(data, chance):
    data = bytearray(data)
    for _ in range(chance.randint(1, 16)):
        at = chance.randrange(48, 4096 if chance.random() < 0.75 else len(data))
        data[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF)) if chance.random() < 0.5 else data[at] ^ 1 << chance.randrange(8)
    return bytes(data)


def strangers(folder, archive):
    path, chance, count = os.path.join(archive, DAY % 3), random.Random(SEED), {}
    earliest = os.path.join(folder, "earliest.h5")
    run("h5repack", "--low=0", "--high=1", path, earliest)
    with open(path, "rb") as one, open(earliest, "rb") as two:
        latest, old = one.read(), two.read()
    originals = [latest, old, old]  # the old form has no check sums over what libhdf5 keeps
    for i in range(MUTATIONS):
        mutant = mutate(originals[i % 3], chance)
        if mutant in originals:
            continue
        write(path, mutant)
        said = quantrac("--archive", archive, "verify", path)
        line = next((x for x in said.splitlines() if x.startswith(DAY % 3)), "no verdict")
        kind = ("crash" if "libhdf5 fails" in line else "hang" if "come back" in line else "reach" if "reaches for" in line
                else "OK content" if ": OK content (file rewritten)" in line else "OK" if line.endswith(": OK") else
                "damage" if "DAMAGED" in line else "no verdict")
        count[kind] = count.get(kind, 0) + 1
    print(f"  {MUTATIONS} mutated files, seed {SEED}: {count}")
    return not {"OK", "no verdict"} & set(count)


def sparse(path, size):
    """As long as its superblock says, and nothing but holes."""
    data = bytearray(read(path)[:48])
    data[28:36] = size.to_bytes(8, "little")
    data[44:48] = bytes(4)
    write(path, bytes(data))
    os.truncate(path, size)


def bomb(path, rows):
    """A column whose only chunk is deflated zeros: of 1 GiB."""
    os.chmod(path, 0o600)
    with h5py.File(path, "r+") as file:
        group = next(g for g in file.values() if isinstance(g, h5py.Group) and "cod" in g)
        del group["cod"]
        made = group.create_dataset("cod", (rows,), "<f8", chunks=(1 << 27,), maxshape=(None,), compression="gzip")
        made[:] = numpy.zeros(rows)


def giant(archive, name, make_it):
    """Seconds and the most memory of any process of one verify."""
    path = os.path.join(archive, DAY % 3)
    make_it(path)
    code = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:]); "
            "print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    began = time.monotonic()
    said = run("/usr/bin/python3", "-c", code, QUANTRAC, "--archive", archive, "verify", path)
    took, peak = time.monotonic() - began, int(re.search(r"peak (\d+)", said)[1]) // 1024
    line = next(x for x in said.splitlines() if x.startswith(DAY % 3)).partition(": ")[2]
    well = "DAMAGED" in line and peak < 640 and took < 90
    print(f"  {name}: {peak} MiB, {took:.1f} s: {line[:110]}")
    return well


def giants(folder, archive):
    original = read(os.path.join(archive, DAY % 3))
    with h5py.File(os.path.join(archive, DAY % 3), "r") as file:
        rows = max(len(g["time"]) for g in file.values() if isinstance(g, h5py.Group))
    cases = (("a sparse file of 8 GiB", lambda path: sparse(path, 8 << 30)),
             ("a sparse file of 60 MiB", lambda path: sparse(path, 60 << 20)),
             ("a chunk of 1 GiB in a few KiB", lambda path: bomb(path, rows)))
    well = True
    for name, make_it in cases:
        write(os.path.join(archive, DAY % 3), original)
        well = giant(archive, name, make_it) and well
    write(os.path.join(archive, DAY % 3), original)
    return well


def main():
    with tempfile.TemporaryDirectory() as folder:
        archive = make(folder)
        well = [compare(folder, archive), revoked(folder, archive), journal_bytes(folder, archive),
                file_bytes(folder, archive, BYTES, SEED), list_bytes(folder, archive, 7, SEED), page(folder, archive),
                rewritten(folder, archive), giants(folder, archive), strangers(folder, archive)]
    print("proof: " + ("ok" if all(well) else "FAILED"))
    sys.exit(0 if all(well) else 1)


main()
