#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second verifier of an archive, written from docs/ alone; it says what `quantrac verify` says, file by file.

    verify_archive.py ARCHIVE | file FILE | roots N... | journal FOLDER/SOURCE/EPOCH

Left out: time stamps (*.tsr), the contents of *.pem, what co-signers say beside their signature, the times of the
day a file covers, positions, names that had to be made unlike others ("__2"), HDF5's filters and dimensions, the
columns of verbatim rows, and the number of a journal's segment whose header is damaged, which is guessed.
"""
import base64
import glob
import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

import h5py
import numpy

NONE, FILL = "0" * 64, 9.969209968386869e36
ID, N, HASH = "[a-z0-9][a-z0-9_-]*", "(?:0|[1-9][0-9]*)", "[0-9a-f]{64}"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00"
SEAL = re.compile(rf"v1 (?P<date>\d{{4}}-\d\d-\d\d|-) (?P<station>{ID}) (?P<kind>day|late[1-9]\d*|unplaced) "
                  rf"records (?P<records>{N}) readings (?P<readings>{N}) gaps (?P<gaps>{N}) root (?P<root>{HASH}) "
                  rf"file (?P<file>{HASH}) path (?P<path>(?!/|\S*\.\.)[a-z0-9_./-]+) at {TIME} prev (?P<prev>{HASH})")
ACT = re.compile(rf"(v1 (key|revoke|witness|prune) (\S+) (\S+) from ({N}) at {TIME} prev ({HASH}) by ({ID})) "
                 r"sig (\S+)(?: (\S+))?")
NOTE = re.compile(rf"(quantrac/{ID}\n({N})\n(\S+)\nat {TIME}\nprev ({HASH})\nacts ({N}) ({HASH})\n)\n"
                  rf"((?:\u2014 {ID} \S+\n)+)")
BEFORE = "does not name the line before it: a line was changed, added or removed"
BANNER = "DỮ LIỆU MÔ PHỎNG – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ / SIMULATED DATA"
IGNORED = set("CLASS NAME REFERENCE_LIST DIMENSION_LIST day_us utc_offset_min time_coverage_start "
              "time_coverage_end".split())
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../docs/quantrac-archive.md"),
          encoding="utf-8") as page:  # its tables of attributes
    FIXED = {n: json.loads(a) for n, a in re.findall(r"^\| `(.+?)` \| `(\{.*\})` \|$", page.read(), re.M)}
ORDER = struct.Struct("<24xQQ")  # (epoch, seq) of a record
SAID, CRC = [], list(range(256))
for _ in range(8):
    CRC = [c >> 1 ^ 0x82F63B78 * (c & 1) for c in CRC]


def need(holds, words):
    if not holds:
        raise ValueError(words)


def say(line):
    SAID.append("".join(c if c.isprintable() else repr(c)[1:-1] for c in line))
    print(SAID[-1])
    return True


def read(path):
    with open(path, "rb") as file:
        return file.read()


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root_of(items):
    """Root of the tree of RFC 6962."""
    def join(nodes):
        half = 1 << (len(nodes) - 1).bit_length() >> 1
        return nodes[0] if len(nodes) == 1 else sha(b"\1", join(nodes[:half]), join(nodes[half:]))
    return join([sha(b"\0", item) for item in items]) if items else sha()


def strings(group, name, rows):
    """The byte string of each row."""
    if name not in group:
        return [b""] * rows
    data, ends = group[name][:].tobytes(), numpy.cumsum(group[name + "_length"][:], dtype="i8").tolist()
    need(len(ends) == rows and ends[-1] == len(data), f"{group.name}/{name}: its lengths do not add up")
    return [data[start:end] for start, end in zip([0] + ends, ends)]


def describe(group):
    return json.loads(group["describe"][:].tobytes()) if "describe" in group else {}


def group_records(group, epochs, station):
    rows, us = len(group["time"]), numpy.rint(group["time"][:] * 1e6).astype("i8").tolist()
    if group.name == "/events":
        out = strings(group, "record", rows)
        need([(r[3], struct.unpack_from("<q", r, 40)[0]) for r in out] == list(zip(group["type"][:], us)),
             "/events: type or time is not that of the record")
        return out
    clock, version, epoch, seq, mono, boot = (
        group[n][:].tolist() for n in ("clock", "version", "epoch", "seq", "time_mono", "boot"))
    vendor, exchange, verbatim = (strings(group, n, rows) for n in ("vendor", "exchange", "verbatim"))
    column = {c.attrs["channel"].decode(): n for n, c in group.items() if "ancillary_variables" in c.attrs}
    names = [column[c["name"]] for c in describe(group).get("channels", [])]
    need(len(names) == len(column), f"{group.name}: has other channels than its DESCRIBE")
    values = numpy.array([group[n][:] for n in names], "<f8").reshape(len(names), rows).T.copy()
    states = numpy.array([group[n + "_state"][:] for n in names], "u1").reshape(len(names), rows).T.copy()
    sampled = [(i, group[n + "_sample_time"][:]) for i, n in enumerate(names) if n + "_sample_time" in group]

    def count(data, at=0):  # of exchanges
        return at < len(data) and 1 + count(data, at + 8 + struct.unpack_from("<H", data, at + 6)[0])

    digest, out = bytes.fromhex(group.attrs["describe_sha256"].decode()), []
    for i in range(rows):
        samples = [struct.pack("<Hq", n, round(float(t[i]) * 1e6)) for n, t in sampled if t[i] != FILL]
        payload = digest + struct.pack("<4H", len(names), len(samples), len(vendor[i]), count(exchange[i]))
        payload += states[i].tobytes() + values[i].tobytes() + b"".join(samples) + vendor[i] + exchange[i]
        out.append(verbatim[i] or struct.pack("<HBBBBH16sQQqqQ", 64 + len(payload), version[i], 2, clock[i], 0, 0,
                                              station, epochs[epoch[i]], seq[i], us[i], mono[i], boot[i]) + payload)
    return out


def file_records(path):
    """All records of a sealed file, in the order of the tree."""
    with h5py.File(path, "r") as file:
        station, epochs = bytes(file.attrs["station"]), file["epochs"][:].tolist()
        made = [group_records(g, epochs, station) for g in file.values() if isinstance(g, h5py.Group)]
    return sorted(sum(made, []), key=ORDER.unpack_from)


def units(unit):
    unit = {"": "1", "pH": "1", "Cel": "degC", "deg": "degree"}.get(unit, unit)
    above, *below = unit.replace("Nm3", "m3").split("/")
    return " ".join([above] + [re.sub(r"^([A-Za-z]+)(\d*)$", lambda m: f"{m[1]}-{m[2] or 1}", b) for b in below])


def derived(thing, zone, seal):
    """The attributes quantrac-archive derives for a file, group or column; None for what it does not know."""
    name, group = thing.name.split("/")[-1], thing.parent
    if not name or isinstance(thing, h5py.Group) and name != "events":
        text = describe(thing)
        if name and not re.fullmatch(re.escape(text.get("instrument", "")) + r"(__\d+)?", name):
            return None
        out = {a: text.get(key) for a, key in FIXED[f"from DESCRIBE to {'group' if name else 'root'}"].items()}
        below = [] if name else [describe(g) for g in thing.values() if isinstance(g, h5py.Group)]
        banner = [BANNER] if "simulation" in [t.get("origin") for t in [text] + below] else []
        out["simulation"] = BANNER if banner else None
        if name:
            return out | {"describe_sha256": sha(thing["describe"][:].tobytes()).hex()}
        date = "unplaced" if seal["kind"] == "unplaced" else seal["date"]
        out["title"] = " \u2013 ".join([zone["name"], text.get("station_name") or seal["station"], date] + banner)
        return out | FIXED["/"] | {
            "zone": zone["zone"], "zone_name": zone["name"], "institution": zone["name"], "station": seal["station"],
            "late": int(seal["kind"].removeprefix("late")) if "late" in seal["kind"] else 0, "date": date,
            "utc_offset": zone["offset"], "records": int(seal["records"])}
    base, end = re.fullmatch("(.*?)(_state|_sample_time|_length|_bytes|)", name).groups()
    channels = {c["name"]: c for c in describe(group).get("channels", [])}
    channel = channels.get(base, channels.get(re.sub(r"__\d+$", "", base)))
    if channel and group.name != "/" and base in group and "channel" in group[base].attrs:
        label = channel.get("label_en") or channel.get("label_vi") or channel["name"]
        out = {a: channel.get(key) for a, key in FIXED["from DESCRIBE to channel"].items()}
        out |= {"_FillValue": FILL, "units": units(channel.get("unit", "")), "long_name": label,
                "ancillary_variables": base + "_state"}
        return FIXED[end] | {"_state": {"long_name": label + ": what the value is"}}.get(end, {}) if end else out
    if end in ("_length", "_bytes") and base in group:
        return FIXED[end]
    return FIXED.get("/" + name if group.name == "/" or name == "events" else name)


def check_names(file, zone, seal):
    names = []
    file.visit(names.append)
    things = [file] + [file[n] for n in names]
    need(len(names) == sum(len(t) for t in things if isinstance(t, h5py.Group)), "/: a link quantrac does not write")
    for thing in things:
        want = derived(thing, zone, seal)
        need(want is not None, f"{thing.name}: was not written by quantrac")
        for key in sorted((set(want) | set(thing.attrs)) - IGNORED):
            have = thing.attrs.get(key)
            have = have.decode() if isinstance(have, bytes) else have if have is None else numpy.ravel(have).tolist()
            have = have[0] if isinstance(have, list) and len(have) == 1 else have
            need(have == want.get(key), f"{thing.name} attribute {key}: {have!r}; by the records {want.get(key)!r}")


def check_file(path, zone, seal):
    try:
        same = sha(read(path)).hex() == seal["file"]
        records = file_records(path)
        counts = [len(records)] + [sum(r[3] == kind for r in records) for kind in (2, 5)]
        need(counts == [int(seal[n]) for n in ("records", "readings", "gaps")], f"holds {counts} records")
        need(root_of(records).hex() == seal["root"], "a record was changed")
        nodes = b"".join(root_of(records[i:i + 64]) for i in range(0, len(records), 64))
        with h5py.File(path, "r") as file:
            need(file["tree"][:].tobytes() == nodes, "/tree: holds other nodes than those of the records")
            check_names(file, zone, seal)
    except Exception as why:
        return f"DAMAGED: {why}"
    return "OK" if same else "OK content (file rewritten)"


def crc32c(data, seed=0):
    crc = seed ^ 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def need_signed(by, key, text, signature):
    """That it is the Ed25519 signature of a key over a text."""
    with tempfile.TemporaryDirectory() as folder:
        der = bytes.fromhex("302a300506032b6570032100") + key
        for name, data in (("key", der), ("text", text.encode()), ("sig", signature)):
            with open(f"{folder}/{name}", "wb") as file:
                file.write(data)
        words = "openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey key -in text -sigfile sig"
        done = subprocess.run(words.split(), cwd=folder, capture_output=True, check=False)
    need(done.returncode == 0, f"is not signed as it should be, by {by}")


def unpacked(text):
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, "base64 that is not to the letter")
    return data


class Acts:
    """What the acts say of keys and witnesses, [public key, from, to], and of files taken away by an order."""

    def __init__(self):
        self.keys, self.witnesses, self.pruned, self.signer, self.hashes = {}, {}, {}, None, [NONE]

    def take(self, line):
        m = ACT.fullmatch(line)
        need(m, "is not an act")
        text, kind, subject, what, start, prev, by, one, two = m.groups()
        need(prev == self.hashes[-1], BEFORE)
        new = unpacked(what) if kind in ("key", "witness") else None
        need(by == (self.signer or subject) and (self.signer or kind == "key"), f"{by} may not sign it")
        need_signed(by, self.keys[by][0] if self.signer else new, text, unpacked(one))
        need((two is None) == (kind != "key" or self.signer is None), "a signature is missing, or one too many")
        if two is not None:
            need_signed(subject, new, text, unpacked(two))
        if new is not None:
            need(len(new) == 32 and re.fullmatch(ID, subject) and len(subject) < 33 and
                 subject not in [*self.keys, *self.witnesses], f"{subject} is no new name and key")
            if kind == "key":
                for key in self.keys.values():
                    key[2] = min(key[2], int(start))
                self.signer = subject
            (self.keys if kind == "key" else self.witnesses)[subject] = [new, int(start), 1 << 62]
        elif kind == "revoke":
            need(subject in self.keys and subject != by and what == "-", f"{by} cannot revoke {subject}")
            self.keys[subject][2] = min(self.keys[subject][2], int(start))
        else:
            self.pruned[subject] = what
        self.hashes.append(sha(line.encode()).hex())

    def check_note(self, name, note, before, lines):
        text, size, root, prev, known, act, signatures = note
        need(name in ("open", f"{int(size):012}"), f"covers {size} seals, which is not its name")
        need(prev == before, "does not name the checkpoint before it: one was changed, added or removed")
        need(int(known) < len(self.hashes), f"knows {known} acts; the list has only {len(self.hashes) - 1}")
        need(self.hashes[int(known)] == act, "knows other acts")
        need(len({who for who, _ in signatures}) == len(signatures), "is signed twice by one key")
        for i, (who, signed) in enumerate(signatures):
            key, first, last = (self.witnesses if i else self.keys).get(who, (None, 0, 1 << 62 if i else 0))
            need(i or key and first <= int(size) <= last, f"{who} may not sign {size} seals")
            time = int.from_bytes(signed[4:12], "big")
            if key:
                need(signed[:4] == sha(who.encode(), b"\n\4" if i else b"\n\1", key)[:4], "names another key")
                need_signed(who, key, f"cosignature/v1\ntime {time}\n" * (i > 0) + text, signed[-64:])
        need(int(size) <= len(lines), f"covers {size} seals; the list has only {len(lines)}")
        need(root == root_of(lines[:int(size)]), f"its root is not that of the first {size} seals")
        return f"OK, {size} seals"


def note_of(data):
    """The words of a checkpoint that is of the form; its root and its signatures as bytes."""
    m = NOTE.fullmatch(data.decode())
    need(m, "is not of the form of a checkpoint")
    text, size, root, prev, known, act, signatures = m.groups()
    signatures = [(who, unpacked(code)) for who, code in re.findall("\u2014 (.*) (.*)\n", signatures)]
    sizes = [len(signed) for _, signed in signatures]
    need(len(unpacked(root)) == 32 and sizes == [68] + [76] * (len(sizes) - 1), "a hash or signature of another length")
    return text, size, unpacked(root), prev, known, act, signatures


def check_checkpoints(folder, lines):
    acts, before, broken = Acts(), NONE, False
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    text = read(f"{folder}/acts").decode(errors="replace") if "acts" in names else ""
    for i, line in enumerate(text.removesuffix("\n").split("\n") if text else []):
        try:
            need(not broken, BEFORE)
            acts.take(line)
        except ValueError as why:
            broken = say(f"checkpoints/acts line {i + 1}: DAMAGED: {why}")
    if "acts" in names and not broken:
        say(f"checkpoints/acts: OK, {len(acts.hashes) - 1} lines, key {acts.signer} signs")
    for name in names:
        known = [key + ".pem" for key in [*acts.keys, *acts.witnesses]]
        if not re.fullmatch(r"\..*|acts|open|[0-9]{12}(\.ts[qr])?", name, re.S) and name not in known:
            say(f"checkpoints/{name}: NOT SEALED: no act names it")
        if not re.fullmatch("open|[0-9]{12}", name):
            continue
        note = None
        try:
            note = note_of(read(f"{folder}/{name}"))
            say(f"checkpoints/{name}: {acts.check_note(name, note, before, lines)}")
        except (ValueError, OSError) as why:
            say(f"checkpoints/{name}: DAMAGED: {why}")
        before = sha(note[0].encode()).hex() if note else before
    return acts.pruned


def entry(data, at, seed, epoch):
    """(record, first of a commit, where the next begins) of a sound entry, else None."""
    if at + 80 > len(data):
        return None
    check, length, first, record_length, version = struct.unpack_from("<IHH8xHB", data, at)
    end, after = at + 16 + length, at + 16 + -(-length // 8) * 8
    sound = 64 <= length == record_length and version == 1 and ORDER.unpack_from(data, at + 16)[0] == epoch
    sound = sound and after <= len(data) and not any(data[end:after]) and crc32c(data[at + 4:end], seed) == check
    return (data[at + 16:end], first, after) if sound else None


def read_journal(folder, tell=lambda words: None):
    """The records of one epoch, by the rules of quantrac-journal, "Reading"; says what is not as written."""
    names = sorted(n for n in os.listdir(folder) if re.fullmatch(r"[0-9]{20}\.log", n))
    source, epoch = os.path.basename(os.path.dirname(folder)).encode(), int(os.path.basename(folder), 16)
    number, firsts = 0, [int(name[:20]) for name in names]
    wanted = firsts[0] if names else None
    for name, first, limit in zip(names, firsts, firsts[1:] + [None]):
        try:
            data, at = read(f"{folder}/{name}"), 64
        except OSError as why:
            tell(f"DAMAGED: {name}: cannot be read: {why.strerror}")
            continue
        if limit is None and not any(data):
            break  # allocated, and never begun
        want = struct.pack("<4sHH16sQ", b"QTJ1", 1, 0, source, epoch), first, crc32c(data[:60])
        found, start, skipped, check = struct.unpack_from("<QQ8xII", data.ljust(64), 32)
        if (data[:32], start, check) != want or found <= number:
            tell(f"DAMAGED: {name}: its header (bytes 0 to 63) is not as written")
            found = number + 1
        elif skipped and first > wanted:
            begin = wanted if skipped == 0xFFFFFFFF else max(wanted, first - skipped)
            if begin > wanted:
                tell(f"DAMAGED: records {wanted} to {begin - 1} are missing before {name}")
            tell(f"records {begin} to {first - 1} never came ({name})")
            wanted = first
        number, seed = found, crc32c(struct.pack("<QQ", epoch, found))
        while limit is None or wanted < limit:
            one = entry(data, at, seed, epoch)
            if one is None:
                behind = [a for a in range(at, len(data), 8) if any(data[a:a + 8]) and entry(data, a, seed, epoch)]
                if limit is None and any(data[at:]) and not any(entry(data, a, seed, epoch)[1] for a in behind):
                    tell(f"torn tail of {len(data) - at} bytes behind seq {wanted - 1} ({name} offset {at})")
                    break
                if not behind:
                    break
                tell(f"DAMAGED: {name} offset {at} to {behind[0] - 1} is no record, or not as written")
                one, at = entry(data, behind[0], seed, epoch), behind[0]
            seq = ORDER.unpack_from(one[0])[1]
            if limit is not None and seq >= limit:
                break
            if seq > wanted:
                tell(f"DAMAGED: records {wanted} to {seq - 1} are missing before {name} offset {at}")
            if seq >= wanted:
                yield one[0]
            wanted, at = max(wanted, seq + 1), one[2]


def check_archive(archive):
    with open(f"{archive}/archive.yaml", encoding="utf-8") as file:
        zone = dict(re.findall(r'^(zone|name|offset): "?(.*?)"?$', file.read(), re.M))
    *lines, torn = read(f"{archive}/seals").split(b"\n")
    if torn:
        say(f"seals: last line torn ({len(torn)} bytes)")
    before, seals = NONE, {}
    for i, line in enumerate(lines):
        m = SEAL.fullmatch(line.decode(errors="replace"))
        if not m or m["prev"] != before:
            say(f"seals line {i + 1}: " + (BEFORE if m else "is not a seal"))
        seals.update({m["path"]: m} if m else {})
        before = sha(line).hex()
    if not any(line.startswith("seals line") for line in SAID):
        say(f"seals: OK, {len(lines)} lines, each names the one before")
    pruned = check_checkpoints(f"{archive}/checkpoints", lines)
    for path, seal in seals.items():
        say(f"{path}: " + (check_file(f"{archive}/{path}", zone, seal) if os.path.exists(f"{archive}/{path}") else
                           f"PRUNED (by order {pruned[path]})" if path in pruned else "MISSING"))
    for path in sorted(glob.glob("**", root_dir=archive, recursive=True)):
        if path.startswith((zone["zone"] + "/", "unplaced/")) and path not in seals and (
                os.path.isfile(f"{archive}/{path}")):
            say(f"{path}: NOT SEALED: no line of the seal list names it")
    for place in sorted(glob.glob("journal/*/" + "[0-9a-f]" * 16, root_dir=archive)):
        if not re.fullmatch(ID, place.split("/")[1]):
            continue
        count = len(list(read_journal(f"{archive}/{place}", lambda words: say(f"{place}: {words}"))))
        if not any(line.startswith(f"{place}: DAMAGED") for line in SAID):
            say(f"{place}: OK, {count} records")
    wrong = any(re.search("^seals line|: (DAMAGED|MISSING|NOT SEALED)", line) for line in SAID)
    print(f"{len(seals)} sealed files: {sum(x.endswith('h5: OK') for x in SAID)} OK: " + ("DAMAGED" if wrong else "OK"))
    return 65 if wrong else 0


def main(what, *words):
    if what == "file":
        records = file_records(words[0])
        print(len(records), root_of(records).hex())
    elif what == "roots":
        for n in words:
            print(root_of([b"record %d" % i for i in range(int(n))]).hex())
    elif what == "journal":
        for record in read_journal(os.path.abspath(words[0])):
            print(ORDER.unpack_from(record)[1], struct.unpack_from("<q", record, 40)[0], len(record))
    try:
        return check_archive(what) if what not in ("file", "roots", "journal") else 0
    except (OSError, KeyError, UnicodeDecodeError) as why:
        print(ascii(f"{what}: is no archive: {why}"), file=sys.stderr)
        return 66


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
