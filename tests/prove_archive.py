#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make proof: quantrac verify and a verifier written from the documents say the same, on good and on damaged archives;
the commands of docs/quantrac-proof.md do what the page says; files by strangers harm nobody.

    prove_archive.py QUANTRAC [MUTATIONS]
"""
import collections
import datetime
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import h5py

from verify_archive import crc32c

HERE = os.path.dirname(os.path.abspath(__file__))
VERIFIER = os.path.join(HERE, "verify_archive.py")
QUANTRAC = os.path.abspath(sys.argv[1])
MUTATIONS = int(sys.argv[2]) if len(sys.argv) > 2 else 300
WORDS = ("OK content", "OK", "DAMAGED", "MISSING", "NOT SEALED", "PRUNED", "torn tail", "last line torn")
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
        if re.fullmatch(r"seals line \d+", place):
            word = "DAMAGED"
        if word and not place.endswith(".tsr"):
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


# ---- damages: each gets the path of a copy ----

def change(name, old, new, count=1):
    def act(archive):
        path = os.path.join(archive, name)
        with open(path, "rb") as file:
            data = file.read()
        assert old in data, (name, old)
        write(path, data.replace(old, new, count))
    return act


def write(path, data):
    if os.path.exists(path):
        os.chmod(path, 0o600)
    with open(path, "wb") as file:
        file.write(data)


def flip(name, where, bits=1):
    def act(archive):
        path = os.path.join(archive, name) if isinstance(name, str) else name(archive)
        with open(path, "rb") as file:
            data = bytearray(file.read())
        data[where if where >= 0 else len(data) + where] ^= bits
        write(path, bytes(data))
    return act


def segment(archive):
    folder = os.path.join(archive, "journal/outlet")
    folder = os.path.join(folder, sorted(os.listdir(folder))[0])
    return os.path.join(folder, sorted(os.listdir(folder))[0])


def edit(*words):
    def act(archive):
        run("/usr/bin/python3", os.path.join(HERE, "edit_h5.py"), os.path.join(archive, DAY % 3), *words)
    return act


def instrument(archive):
    with h5py.File(os.path.join(archive, DAY % 3), "r") as file:
        return next(n for n in file if isinstance(file[n], h5py.Group) and n != "events")


def sealed(act):
    """A change that libhdf5 makes in a sealed file."""
    def done(archive):
        path = os.path.join(archive, DAY % 3)
        os.chmod(path, 0o600)
        with h5py.File(path, "r+") as file:
            act(file)
    return done


def flags_change(state):
    values = state.attrs["flag_values"]
    values[1] = 2
    state.attrs.modify("flag_values", values)


def journal(*segments):
    """A journal of segments (number, first seq, commits, records before it that never came)."""
    def act(archive):
        folder = os.path.join(archive, f"journal/tram-01/{EPOCH:016x}")
        os.makedirs(folder)
        for segment in segments:
            write(os.path.join(folder, f"{segment[1]:020}.log"), small_segment(EPOCH, *segment)[1])
    return act


def folder_instead(name):
    def act(archive):
        os.remove(os.path.join(archive, name))
        os.mkdir(os.path.join(archive, name))
    return act


def put_in(name):
    return lambda archive: write(os.path.join(os.fsencode(archive), name), b"x")


def repack(archive):
    path = os.path.join(archive, DAY % 4)
    run("h5repack", "-f", "GZIP=9", path, path + ".new")
    os.replace(path + ".new", path)


def cut(name, n):
    def act(archive):
        path = os.path.join(archive, name)
        with open(path, "rb") as file:
            lines = file.read().split(b"\n")
        write(path, b"\n".join(lines[:n] + [b""]))
    return act


def swap(archive):
    one, two = (os.path.join(archive, DAY % n) for n in (3, 4))
    os.rename(one, one + ".x")
    os.rename(two, one)
    os.rename(one + ".x", two)


def damages(group):
    cod, checkpoint = f"/{group}/cod", "checkpoints/000000000004"
    return {
        "nothing": lambda archive: None,
        "a value of a record": edit("value", cod, "20", "99"),
        "a state of a record": edit("value", cod + "_state", "20", "2"),
        "a number of a record": edit("value", f"/{group}/seq", "20", "9999"),
        "the time of a record": edit("value", f"/{group}/time", "20", "5"),
        "the unit attribute": edit("attribute", cod, "units", "ug L-1"),
        "a name attribute": edit("attribute", cod, "long_name", "nitrate"),
        "what it is expressed as": edit("attribute", cod, "expressed_as", "N"),
        "the unit of time": edit("attribute", f"/{group}/time", "units", "seconds since 1971-01-01 00:00:00"),
        "the zone's name": edit("attribute", "/", "zone_name", "Khac"),
        "the station": edit("attribute", "/", "station", "other"),
        "an attribute taken away": edit("remove", cod, "unit_of_instrument"),
        "the units taken away": sealed(lambda file: file[cod].attrs.__delitem__("units")),
        "an attribute put in": sealed(lambda file: file[cod].attrs.create("x", 1)),
        "the group renamed": sealed(lambda file: file.move(group, group + "-b")),
        "the values of the flags": sealed(lambda file: flags_change(file[cod + "_state"])),
        "a dataset put in": edit("new", f"{group}/extra"),
        "a dataset put in at the root": edit("new", "extra"),
        "rewritten by h5repack": repack,
        "a file taken away": lambda archive: os.remove(os.path.join(archive, DAY % 5)),
        "a file put in": lambda archive: shutil.copy(os.path.join(archive, DAY % 5), os.path.join(archive, DAY % 9)),
        "two files swapped": swap,
        "a file cut short": lambda archive: os.truncate(os.path.join(archive, DAY % 5), 5000),
        "a root in the seal list": flip("seals", 120, 1),
        "a count in the seal list": change("seals", b"records 98", b"records 97"),
        "a prev in the seal list": flip("seals", -3, 1),
        "the seal list cut": cut("seals", 4),
        "the seal list torn": lambda archive: os.truncate(os.path.join(archive, "seals"), os.path.getsize(
            os.path.join(archive, "seals")) - 9),
        "a line of the seal list gone": lambda archive: change("seals", open(os.path.join(archive, "seals"), "rb").read()
                                                               .split(b"\n")[1] + b"\n", b"")(archive),
        "the root of a checkpoint": flip(checkpoint, 21, 1),
        "the signature of a checkpoint": flip(checkpoint, -20, 1),
        "the size in a checkpoint": change(checkpoint, b"\n4\n", b"\n3\n"),
        "the co-signature": flip("checkpoints/000000000006", -20, 1),
        "a checkpoint taken away": lambda archive: os.remove(os.path.join(archive, checkpoint)),
        "a letter that is no base64": flip(checkpoint, -20, 64),
        "a folder for a checkpoint": folder_instead(checkpoint),
        "the acts taken away": lambda archive: os.remove(os.path.join(archive, "checkpoints/acts")),
        "a name that is no text": put_in(b"kcn-mau/outlet/2026/\xff\xc3\x28.h5"),
        "a name that is no text, of a key": put_in(b"checkpoints/\xfe.pem"),
        "a key in the acts": flip("checkpoints/acts", 20, 1),
        "a signature in the acts": flip("checkpoints/acts", -20, 1),
        "the acts cut": cut("checkpoints/acts", 2),
        "the order of a pruned file": change("checkpoints/acts", b"QD-12", b"QD-13"),
        "a bit of a journal's record": flip(segment, 700, 4),
        "a bit of a journal's header": flip(segment, 30, 4),
        "a bit of a journal's check sum": flip(segment, 64, 4),
        "a journal's last bytes": flip(segment, 65, 128),
        "a folder for a journal's segment": lambda archive: folder_instead(segment(archive))(archive),
        "records that never came": journal((1, 1, (2, 3), 0), (2, 10, (2,), 4)),
        "records that never came, so many or more": journal((1, 1, (2, 3), 0), (2, 10, (2,), 0xFFFFFFFF)),
        "records missing before some that never came": journal((1, 1, (2, 3), 0), (2, 10, (2,), 3), (3, 12, (1,), 5)),
        "records missing, and no header tells": journal((1, 1, (2, 3), 0), (2, 10, (2,), 0)),
    }


def compare(folder, archive):
    good, _ = both(archive)
    same = found = 0
    table_of = damages(instrument(archive))
    for name, act in table_of.items():
        copy = os.path.join(folder, "copy")
        shutil.copytree(archive, copy)
        act(copy)
        ours, theirs = both(copy)
        shutil.rmtree(copy)
        same += ours == theirs
        found += ours != good or name == "nothing"
        if ours != theirs:
            print(f"  {name}: quantrac alone says {sorted(ours - theirs)}, the other alone {sorted(theirs - ours)}")
        if ours == good and name != "nothing":
            print(f"  {name}: not found")
    print(f"  {len(table_of)} archives, {len(table_of) - 1} of them damaged: {found} as they should be, both verifiers "
          f"give the same verdict on every file of {same}")
    return same == found == len(table_of)


# ---- the commands of the page ----

def page(folder, archive):
    with open(os.path.join(HERE, "../docs/quantrac-proof.md"), encoding="utf-8") as file:
        blocks = re.findall(r"```sh\n(.*?)```", file.read(), re.S)
    done = 0
    path = os.path.dirname(QUANTRAC) + ":" + os.environ["PATH"]
    for block in blocks:
        result = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=archive, capture_output=True, text=True,
                                check=False, env={**os.environ, "N": "000000000004", "KEY": "archive", "TMPDIR": folder, "PATH": path})
        expected = re.findall(r"# prints: (.*)", block)
        done += result.returncode == 0 and all(line in result.stdout + result.stderr for line in expected)
        if result.returncode or not all(line in result.stdout + result.stderr for line in expected):
            print(f"  this of the page fails:\n{block}{result.stdout}{result.stderr}")
    print(f"  {done} of {len(blocks)} command blocks of docs/quantrac-proof.md do what the page says")
    return done == len(blocks) > 0


# ---- every byte of a journal ----

EPOCH, TAKEN_US = 0x1122334455667700, 1794712500000000


def small_segment(epoch, number, first, commits, skipped=0):
    """A segment as quantrac-journal lays it out: STATE records of `tram-01` in commits of so many, and 32 bytes of zeros."""
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


def every_byte(folder):
    """Two segments of five records in three commits each; one journal per byte of them, with that byte changed."""
    archive, made, count = os.path.join(folder, "bytes"), {}, collections.Counter()
    plan = ((1, 1, (2, 1, 2)), (2, 6, (1, 2, 2)))
    changes = [(s, at) for s, segment in enumerate(plan) for at in range(len(small_segment(EPOCH, *segment)[1]))]
    for i, (s, at) in enumerate(changes):
        epoch = EPOCH + i
        place = f"journal/tram-01/{epoch:016x}"
        os.makedirs(os.path.join(archive, place))
        for n, segment in enumerate(plan):
            data = bytearray(small_segment(epoch, *segment)[1])
            data[at] ^= (1 << at % 8) * (n == s)
            write(os.path.join(archive, place, f"{segment[1]:020}.log"), bytes(data))
        made[place] = (s, at, len(small_segment(epoch, *plan[s])[0]))
    write(os.path.join(archive, "archive.yaml"), b'zone: kcn-mau\nname: "kcn-mau"\noffset: "+07:00"\n')
    write(os.path.join(archive, "seals"), b"")
    said = [quantrac("--archive", archive, "verify"), run("/usr/bin/python3", VERIFIER, archive)]
    well = True
    for place, (s, at, end) in made.items():
        name, words = f"{plan[s][1]:020}.log", []
        for text in said:
            lines = [line for line in text.splitlines() if line.startswith(place + ": ")]
            kind = next((w for w in ("DAMAGED", "torn tail") if any(f": {w}" in line for line in lines)), "unseen")
            start = [64] + [int(a) for line in lines for a in re.findall(rf"{name} offset (\d+)", line)]
            located = "header" in " ".join(lines) if at < 64 else min(start[1:] or [at]) <= at
            words.append(kind if kind == "unseen" or located and (name in " ".join(lines) or "missing" in " ".join(lines))
                         else "misplaced")
        unused = s == 0 and at >= end  # behind the last record of a whole segment: never written, never read
        newest = s == 1 and at >= end - 2 * 88  # in the newest commit, or behind it
        want = "unseen" if unused else "torn tail" if newest else "DAMAGED"
        count[want if words == [want, want] else f"byte {at} of segment {s + 1}: {words}"] += 1
        well = well and words == [want, want]
    print(f"  {len(made)} journals, one for each byte of two segments, with that byte changed; both verifiers say: {dict(count)}"
          " (torn tail: in the newest commit or behind it; unseen: zeros behind the last record of a whole segment)")
    return well


# ---- files by strangers ----

def mutate(data, chance):
    data = bytearray(data)
    for _ in range(chance.randint(1, 16)):
        at = chance.randrange(48, 4096 if chance.random() < 0.75 else len(data))
        data[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF)) if chance.random() < 0.5 else data[at] ^ 1 << chance.randrange(8)
    return bytes(data)


def strangers(folder, archive):
    path, chance, count = os.path.join(archive, DAY % 3), random.Random(20261115), {}
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
                else "OK content" if line.endswith("(file rewritten)") else "OK" if line.endswith(": OK") else
                "damage" if "DAMAGED" in line else "no verdict")
        count[kind] = count.get(kind, 0) + 1
    print(f"  {MUTATIONS} mutated files, seed 20261115: {count}")
    return not {"OK", "no verdict"} & set(count)


def main():
    with tempfile.TemporaryDirectory() as folder:
        archive = make(folder)
        well = [compare(folder, archive), every_byte(folder), page(folder, archive), strangers(folder, archive)]
    print("proof: " + ("ok" if all(well) else "FAILED"))
    sys.exit(0 if all(well) else 1)


main()
