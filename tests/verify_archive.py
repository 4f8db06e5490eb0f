#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second verifier, written from docs/quantrac-{record,journal,archive,proof}.md alone.

    verify_archive.py DIR     a line per file of an archive, as `quantrac verify` prints it; 65 if one is bad

How a file becomes records again is in verify_root.py, the check sum of a journal in journal_reader.py.
"""
import base64
import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

import h5py

from journal_reader import crc32c
from verify_root import file_records, leaf, parts, root, sha, text

NONE = "0" * 64
# units as CF reads them (quantrac-archive, "Units"); another unit is not compared
UNITS = {"mg/L": "mg L-1", "ug/L": "ug L-1", "mg/Nm3": "mg m-3", "ug/Nm3": "ug m-3", "pH": "1", "Cel": "degC",
         "m3/h": "m3 h-1", "%": "%", "": "1"}
STATES = "ok unchanged silent garbled refused no_value below_range above_range calibrating maintenance fault stopped off"
TEXTS = ["maker", "model", "serial", "outlet", "driver", "line", "import_file", "import_sha256", "import_who"]
CHANNEL = ["standard_name", "expressed_as", "basis", "gas_state", "method", "kind", "accuracy_reading_percent",
           "accuracy_span_percent", "accuracy_absolute", "result_every_s", "resolution", "decimals"]
RENAMED = {"range_low": "low", "range_high": "high", "reference_temperature_C": "reference_temperature_C",
           "reference_pressure_kPa": "reference_pressure_kPa", "long_name_vi": "label_vi", "unit_of_instrument": "unit"}
COLUMNS = ("time", "time_mono", "boot", "clock", "epoch", "seq", "version", "transport", "time_stored", "describe",
           "describe_bytes", "type") + tuple(n + e for n in ("vendor", "exchange", "verbatim", "record")
                                              for e in ("", "_length", "_bytes"))
bad = 0

def say(place, text, damage=False):
    global bad
    bad += damage
    print(f"{place}: {text}")

# ---- sealed files ----

def differs(place, attributes, want):
    for name, value in want.items():
        there = attributes.get(name)
        if there is None and value is None:
            continue
        if there is None or value is None:
            return f"{place} attribute {name}: is not as the records say"
        if isinstance(value, str) and text(there) != value or not isinstance(value, str) and float(there) != value:
            return f"{place} attribute {name}: says {there!r}; by the records it is {value!r}"
    return None

def group_differs(group):  # attributes and names, against the DESCRIBE
    plain = group["describe"][:].tobytes()
    if sha(plain).hex() != text(group.attrs["describe_sha256"]):
        return f"{group.name}/describe: is not the text whose hash the group carries"
    told = json.loads(plain)
    want = {name: told.get(name) for name in TEXTS + ["instrument", "origin", "poll_every_s"]}
    want["title"] = told.get("summary")
    found = differs(group.name, group.attrs, want)
    found = found or differs(group.name + "/time", group["time"].attrs, {
        "units": "seconds since 1970-01-01 00:00:00", "standard_name": "time", "calendar": "standard"})
    names = [n for n in group if "ancillary_variables" in group[n].attrs]
    for name, channel in zip(names, told["channels"]):
        want = {n: channel.get(n) for n in CHANNEL} | {n: channel.get(k) for n, k in RENAMED.items()}
        want |= {"channel": channel["name"], "ancillary_variables": name + "_state",
                 "long_name": channel.get("label_en") or channel.get("label_vi") or channel["name"]}
        if channel.get("unit", "") in UNITS:
            want["units"] = UNITS[channel.get("unit", "")]
        found = found or differs(f"{group.name}/{name}", group[name].attrs, want)
        found = found or differs(f"{group.name}/{name}_state", group[name + "_state"].attrs, {"flag_meanings": STATES})
    if len(names) != len(told["channels"]):
        return f"{group.name}: has not the channels of its DESCRIBE"
    known = set(COLUMNS).union(*((n, n + "_state", n + "_sample_time") for n in names))
    strange = [n for n in group if n not in known]
    return found or (f"{group.name}/{strange[0]}: was not written by quantrac" if strange else None)

def content(path, seal, zone):  # what is wrong with records, names and attributes; None: nothing
    records = file_records(path)
    with h5py.File(path, "r", track_order=True) as file:
        types = [r[3] for r in records]
        if (len(records), types.count(2), types.count(5)) != seal["counts"]:
            return f"holds {len(records)} records, not the {seal['counts'][0]} that were sealed"
        if root([leaf(r) for r in records]).hex() != seal["root"]:
            return "records are not those that were sealed"
        found = differs("/", file.attrs, {"zone": zone["zone"], "zone_name": zone["name"], "station": seal["station"],
                                          "format": "quantrac day 1", "utc_offset": zone["offset"],
                                          "records": len(records)})
        known = ("epochs", "tree", "tree_bytes", "describe", "describe_bytes", "latitude", "longitude", "altitude")
        strange = [n for n in file if n not in known and not hasattr(file[n], "keys")]
        for group in [one for one in file.values() if isinstance(one, h5py.Group)]:
            if group.name != "/events":
                found = found or group_differs(group)
            elif list(group["type"][:]) != [r[3] for r in parts(group, "record", len(group["time"]))]:
                found = found or "/events/type: is not what the records give"
        return found or (f"/{strange[0]}: was not written by quantrac" if strange else None)

def check_file(folder, seal, zone, pruned):
    path = os.path.join(folder, seal["path"])
    if not os.path.exists(path):
        gone = seal["path"] in pruned
        return say(seal["path"], f"PRUNED by order {pruned.get(seal['path'])}" if gone else "MISSING", not gone)
    with open(path, "rb") as file:
        same = sha(file.read()).hex() == seal["file"]
    try:
        found = content(path, seal, zone)
    except Exception as error:  # whatever h5py says of a damaged file
        found = f"{type(error).__name__}: {error}"[:100]
    if found:
        return say(seal["path"], f"DAMAGED: {found}", True)
    return say(seal["path"], "OK" if same else "OK content (file rewritten)")

# ---- seal list, acts, checkpoints ----

SEAL = re.compile(r"v1 (\d{4}-\d\d-\d\d|-) ([a-z0-9][a-z0-9_-]{0,15}) (day|late[1-9]\d*|unplaced) records (0|[1-9]\d*) "
                  r"readings (0|[1-9]\d*) gaps (0|[1-9]\d*) root ([0-9a-f]{64}) file ([0-9a-f]{64}) "
                  r"path ([a-z0-9_./-]+) at (\S+\+00:00) prev ([0-9a-f]{64})")

def check_seals(data):
    lines, prev, seals, sound = data.split(b"\n"), NONE, [], True
    if lines.pop():
        say("seals", "last line torn")
    for number, line in enumerate(lines, 1):
        match = SEAL.fullmatch(line.decode("utf-8", "replace"))
        if match is None:
            say(f"seals line {number}", "is not a seal", True)
            sound = False
            continue
        g = match.groups()
        if g[10] != prev:
            say(f"seals line {number}", "does not name the line before it", True)
            sound = False
        seals.append({"station": g[1], "counts": tuple(map(int, g[3:6])), "root": g[6], "file": g[7], "path": g[8]})
        prev = sha(line).hex()
    if sound:
        say("seals", f"OK, {len(seals)} lines")
    return lines, seals

def signed(public, message, signature):  # Ed25519 by the openssl command
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, n) for n in ("key", "text", "sig")]
        for name, data in zip(names, (bytes.fromhex("302a300506032b6570032100") + public, message, signature)):
            with open(name, "wb") as file:
                file.write(data)
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", names[0],
                               "-in", names[1], "-sigfile", names[2]], capture_output=True, check=False).returncode == 0

def plain64(word, size):
    data = base64.b64decode(word)
    assert len(data) == size and base64.b64encode(data).decode() == word, "base64"
    return data

def check_acts(folder):
    """keys: name -> [public key, first size, last size]; witnesses likewise; pruned: path -> order; hashes."""
    keys, witnesses, pruned, hashes, signer, before = {}, {}, {}, [], None, bad
    path = os.path.join(folder, "acts")
    lines = open(path, "rb").read().split(b"\n") if os.path.exists(path) else [b""]
    if lines.pop():
        say(f"checkpoints/acts line {len(lines) + 1}", "DAMAGED: has no end", True)
    for number, line in enumerate(lines, 1):
        try:
            w = line.decode().split(" ")
            assert w[0] == "v1" and [w[i] for i in (4, 6, 8, 10, 12)] == ["from", "at", "prev", "by", "sig"], "form"
            assert w[9] == (hashes[-1] if hashes else NONE), "prev"
            kind, name, size = w[1], w[2], int(w[5])
            by = keys[signer][0] if signer else plain64(w[3], 32)
            makers = [by] + ([plain64(w[3], 32)] if kind == "key" and signer else [])
            assert w[11] == (signer or name) and len(w) == 13 + len(makers) and (signer or kind == "key"), "signers"
            for maker, signature in zip(makers, w[13:]):
                assert signed(maker, line[:line.index(b" sig ")], plain64(signature, 64)), "signature"
            if kind == "key":
                if signer:
                    keys[signer][2] = min(keys[signer][2], size)
                keys[name], signer = [makers[-1], size, 1 << 64], name
            elif kind == "witness":
                witnesses[name] = [plain64(w[3], 32), 0, 1 << 64]
            elif kind == "revoke":
                of = keys if name in keys else witnesses
                of[name][2] = min(of[name][2], size)
            else:
                assert kind == "prune", "kind"
                pruned[name] = w[3]
            hashes.append(sha(line).hex())
        except (AssertionError, ValueError, KeyError, IndexError) as error:
            say(f"checkpoints/acts line {number}", f"DAMAGED: {error}", True)
    if hashes and bad == before:
        say("checkpoints/acts", f"OK, {len(hashes)} lines")
    return keys, witnesses, pruned, hashes

def check_note(name, data, lines, prev, acts, zone):
    keys, witnesses, _, hashes = acts
    head, signatures = data.split(b"\n\n")
    w = head.decode().split("\n")
    size = int(w[1])
    assert len(w) == 6 and w[0] == f"quantrac/{zone}" and str(size) == w[1], "form"
    assert name in ("open", f"{size:012}"), "name"
    assert w[4] == f"prev {prev}", "does not name the checkpoint before it"
    count = int(w[5].split(" ")[1])
    assert w[5] == f"acts {count} {hashes[count - 1] if count else NONE}", "acts"
    for i, line in enumerate(signatures.decode().removesuffix("\n").split("\n")):
        dash, who, word = line.split(" ")
        key, first, last = (keys if i == 0 else witnesses)[who]
        raw = plain64(word, 68 if i == 0 else 76)
        extra = b"" if i == 0 else b"cosignature/v1\ntime %d\n" % struct.unpack(">Q", raw[4:12])
        number = sha(who.encode() + (b"\n\1" if i == 0 else b"\n\4") + key)[:4]
        assert dash == "\u2014" and raw[:4] == number and signed(key, extra + head + b"\n", raw[-64:]), "signature"
        assert first <= size <= last, f"key {who} may not sign {size} seals"
    assert signatures.endswith(b"\n") and size <= len(lines), "covers more seals than there are"
    assert plain64(w[2], 32) == root([leaf(line) for line in lines[:size]]), "root is not that of the lines"
    return sha(head + b"\n").hex()

def check_checkpoints(folder, lines, acts, zone):
    prev = NONE
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    known = {who: key[0] for who, key in {**acts[0], **acts[1]}.items()}
    for name in [n for n in names if not re.fullmatch(r"\d{12}(\.ts[qr])?|open|acts|\..*", n)]:
        lines_of = open(os.path.join(folder, name), "rb").read().split(b"\n")
        if name.removesuffix(".pem") not in known:
            say(f"checkpoints/{name}", "NOT SEALED", True)
        elif base64.b64decode(lines_of[1])[-32:] != known[name[:-4]]:
            say(f"checkpoints/{name}", "DAMAGED: is not the key that the acts name", True)
    for name in [n for n in names if re.fullmatch(r"\d{12}|open", n)]:
        data = open(os.path.join(folder, name), "rb").read()
        try:
            prev = check_note(name, data, lines, prev, acts, zone)
            say(f"checkpoints/{name}", "OK")
        except (AssertionError, ValueError, KeyError, IndexError) as error:
            say(f"checkpoints/{name}", f"DAMAGED: {error}", True)
            prev = sha(data.split(b"\n\n")[0] + b"\n").hex()

# ---- journals ----

def entry(data, at, seed):  # size of the sound entry at this place, with its record; 0 if there is none
    crc, length = struct.unpack_from("<IH", data, at) if at + 80 <= len(data) else (0, 0)
    size = 16 + (length + 7) // 8 * 8
    if length < 64 or at + size > len(data) or crc != crc32c(data[at + 4:at + 16 + length], seed):
        return 0, b""
    return (size if not any(data[at + 16 + length:at + size]) else 0), data[at + 16:at + 16 + length]

def check_journal(folder, place):
    names = sorted(n for n in os.listdir(folder) if re.fullmatch(r"\d{20}\.log", n))
    wanted, count, before = None, 0, bad
    for name in names:
        data, newest = open(os.path.join(folder, name), "rb").read(), name == names[-1]
        end = len(data.rstrip(b"\0"))
        head = struct.unpack_from("<4sHH16sQQQqII", data)
        if newest and end == 0:
            continue
        if head[:2] != (b"QTJ1", 1) or head[9] != crc32c(data[:60]) or f"{head[4]:016x}" != os.path.basename(folder) \
                or head[6] != int(name[:-4]):
            say(place, f"DAMAGED: {name}: header", True)
        seed, at = crc32c(data[32:40], crc32c(bytes.fromhex(os.path.basename(folder))[::-1])), 64
        while at + 16 <= len(data) and at < end:
            size, record = entry(data, at, seed)
            if not size:
                found = [a for a in range(at + 8, end, 8) if data[a + 4:a + 6] != b"\0\0" and entry(data, a, seed)[0]]
                if not found or newest and not any(data[a + 6:a + 8] == b"\1\0" for a in found):
                    if newest:
                        say(place, f"torn tail of {end - at} bytes ({name} offset {at})")
                    break
                say(place, f"DAMAGED: {name} offset {at} to {found[0] - 1}", True)
                at = found[0]
                continue
            seq = struct.unpack_from("<Q", record, 32)[0]
            wanted = seq if wanted is None else wanted
            if seq > wanted:
                say(place, f"DAMAGED: records {wanted} to {seq - 1} are missing", True)
            if seq >= wanted:
                count, wanted = count + 1, seq + 1
            at += size
    if bad == before:
        say(place, f"OK, {count} records")

def main(folder):
    words = dict(re.findall(r"^(\w+): *(.*?) *$", open(os.path.join(folder, "archive.yaml")).read(), re.M))
    zone = {name: value.strip("\"'") for name, value in words.items()}
    path, notes = os.path.join(folder, "seals"), os.path.join(folder, "checkpoints")
    lines, seals = check_seals(open(path, "rb").read() if os.path.exists(path) else b"")
    acts = check_acts(notes)
    check_checkpoints(notes, lines, acts, zone["zone"])
    for seal in seals:
        check_file(folder, seal, zone, acts[2])
    for top in (zone["zone"], "unplaced"):
        for where, _, names in sorted(os.walk(os.path.join(folder, top))):
            for name in (os.path.relpath(os.path.join(where, n), folder) for n in sorted(names) if n.endswith(".h5")):
                if name not in [seal["path"] for seal in seals]:
                    say(name, "NOT SEALED", True)
    for where, _, names in sorted(os.walk(os.path.join(folder, "journal"))):
        if re.fullmatch("[0-9a-f]{16}", os.path.basename(where)):
            check_journal(where, os.path.relpath(where, folder))
    print(f"{len(seals)} sealed files; {bad} bad places")
    return 65 if bad else 0

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
