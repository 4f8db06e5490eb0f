#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second verifier of an archive, written from docs/ alone (what it leaves out: quantrac-proof, "Checking a file")."""
import base64, datetime, hashlib, json, re, struct, sys
from pathlib import Path
import crcmod, h5py, numpy
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DOCS = "".join(page.read_text("utf-8") for page in Path(__file__).resolve().parents[1].glob("docs/quantrac-*.md"))
TABLE = {of: json.loads(row) for of, row in re.findall(r"^\| `(.+?)` \| `(\{.*\})` \|$", DOCS, re.M)}  # of attributes
TYPE = {"describe": "S1", "/describe": "S1", "/epochs": "<u8", "/tree": "u1", "_length": "<u2", "_bytes": ">f4"}  # of columns, attributes
for names, kinds in re.findall(r"^\| ([\w`<>, ]+) \| ([uif][0-9]+(?:, [uif][0-9]+)*) \| [^|]+\|$", DOCS, re.M):
    TYPE |= {n: f"<{kind[0]}{int(kind[1:]) // 8}" for n, kind in zip(re.findall(r"[\w<>]+", names), kinds.split(", "))}
ORDER, NONE, SAID, FORM = struct.Struct("<24xQQ"), "0" * 64, [], {}  # (epoch, seq) of a record; no hash; what was said; forms
for form, expression in re.findall("^    ([a-z]+) = (.+)$", DOCS, re.M):  # regular ones; {id} in one stands for that of that name
    FORM[form] = re.sub(r"\{([a-z]+)\}", lambda m: FORM[m[1]], expression)
PEM = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA%s\n-----END PUBLIC KEY-----\n"  # % base64 of the key
POSITION = {"/latitude": "latitude", "/longitude": "longitude", "/altitude": "altitude_m"}  # keys of the DESCRIBE
crc32c, UNSIGNED = crcmod.mkCrcFun(0x11EDC6F41, initCrc=0, xorOut=0xFFFFFFFF), "the signature does not hold"  # crc32c(bytes, seed)
def need(holds, words):
    if not holds:
        raise ValueError(words)
    return holds
def say(line):
    return SAID.append("".join(c if c.isprintable() else repr(c)[1:-1] for c in line)) or print(SAID[-1]) is None
def content(path):
    return need(path.is_file(), f"{path.name} is no file") and path.read_bytes()
def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()
def root_of(items):  # of the tree of RFC 6962
    def join(nodes):
        half = 1 << (len(nodes) - 1).bit_length() >> 1
        return nodes[0] if len(nodes) == 1 else sha(b"\1", join(nodes[:half]), join(nodes[half:]))
    return join([sha(b"\0", item) for item in items]) if items else sha()
def strings(group, name, rows):  # the byte string of each row
    data, lengths = (group[name][:].tobytes(), group[name + "_length"][:]) if name in group else (b"", [0] * rows)
    ends = numpy.cumsum(lengths, dtype="i8").tolist()
    need(len(ends) == rows and ends[-1] == len(data), f"{group.name}/{name}: its lengths do not add up")
    return [data[start:end] for start, end in zip([0] + ends, ends)]
def describe(group):
    return json.loads(group["describe"][:].tobytes()) if "describe" in group else {}
def exchanges(data, at=0):  # how many they are
    return at < len(data) and 1 + exchanges(data, at + 8 + struct.unpack_from("<H", data, at + 6)[0])
def group_records(group, epochs, station):
    rows, us = len(group["time"]), numpy.rint(group["time"][:] * 1e6).astype("i8").tolist()
    need((group["time"][:] == numpy.array(us) / 1e6).all(), f"{group.name}/time: is no number of microseconds")
    if group.name == "/events":
        records, told = strings(group, "record", rows), list(zip(us, group["type"][:].tolist()))
        return need(told == [(*struct.unpack_from("<q", r, 40), r[3]) for r in records] and records, "/events: time or type is not that of the records")
    clock, version, epoch, seq, mono, boot = (group[n][:].tolist() for n in "clock version epoch seq time_mono boot".split())
    vendor, exchange, verbatim = (strings(group, n, rows) for n in ("vendor", "exchange", "verbatim"))
    column = {c.attrs["channel"].decode(): n for n, c in group.items() if "ancillary_variables" in c.attrs}
    names = [column[c["name"]] for c in describe(group).get("channels", [])]
    values = numpy.array([group[n][:] for n in names], "<f8").reshape(len(names), rows).T.copy()
    states = numpy.array([group[n + "_state"][:] for n in names], "u1").reshape(len(names), rows).T.copy()
    sampled = [(i, group[n + "_sample_time"][:]) for i, n in enumerate(names) if n + "_sample_time" in group]
    digest, fill, out = bytes.fromhex(group.attrs["describe_sha256"].decode()), TABLE["<channel>"]["_FillValue"], []
    need(all(((t == fill) | (numpy.rint(t * 1e6) / 1e6 == t)).all() for _, t in sampled), "a sample time is no number of us")
    for i in range(rows):
        samples = [struct.pack("<Hq", n, round(float(t[i]) * 1e6)) for n, t in sampled if t[i] != fill]
        payload = digest + struct.pack("<4H", len(names), len(samples), len(vendor[i]), exchanges(exchange[i]))
        payload += states[i].tobytes() + values[i].tobytes() + b"".join(samples) + vendor[i] + exchange[i]
        out.append(verbatim[i] or struct.pack("<HBBBBH16sQQqqQ", 64 + len(payload), version[i], 2, clock[i], 0, 0,
                                              station, epochs[epoch[i]], seq[i], us[i], mono[i], boot[i]) + payload)
    return out
def file_records(file):  # in the order of the tree
    station, epochs = bytes(file.attrs["station"]), file["epochs"][:].tolist()
    return sorted((r for g in file.values() if isinstance(g, h5py.Group) for r in group_records(g, epochs, station)), key=ORDER.unpack_from)
def units(unit):  # as CF and UDUNITS write it
    above, *below = {"": "1", "pH": "1", "Cel": "degC", "deg": "degree"}.get(unit, unit).replace("Nm3", "m3").split("/")
    return " ".join([above] + [re.sub(r"^([A-Za-z]+)(\d*)$", lambda m: f"{m[1]}-{m[2] or 1}", b) for b in below])
def wanted(thing, zone, seal):  # the attributes of a file, group or column, by the tables of quantrac-archive
    name, group = thing.name.split("/")[-1], thing if isinstance(thing, h5py.Group) else thing.parent
    base, end = re.fullmatch("(.*?)(_state|_sample_time|_length|_bytes|)", name).groups()
    own, text, row = base, describe(group), thing.name if group.name == "/" or group is thing else name
    row = end if end in ("_length", "_bytes") and base in group else row
    groups = [g for g in (group, *group.values()) if isinstance(g, h5py.Group)]
    banner = [TABLE["banner"]["simulation"]] * any(describe(g).get("origin") == "simulation" for g in groups)
    date = seal["date"] if (placed := seal["kind"] != "unplaced") else "unplaced"
    title = " \u2013 ".join([zone["name"], text.get("station_name") or seal["station"], date] + banner)
    day = datetime.datetime.fromisoformat((date if placed else "1970-01-01") + "T00:00:00" + zone["offset"])
    known = text | zone | {"id": seal["station"], "date": date, "all": title, "banner": "".join(banner) or None,
                           "late": int("0" + re.sub(r"\D", "", seal["kind"])), "records": int(seal["records"]),
                           "offset_min": day.utcoffset() // datetime.timedelta(minutes=1),
                           "day_us": int(day.timestamp()) * 1000000 if placed else -1 << 63, "scale": name,
                           "start": day.isoformat() if placed else None, "end": (day + datetime.timedelta(1)).isoformat() if placed else None}
    if "describe_sha256" in thing.attrs:
        row, own, base, known["sha256"] = "<instrument>", text["instrument"], name, sha(thing["describe"][:]).hex()
    elif base in group and "channel" in group[base].attrs:
        channel = {c["name"]: c for c in text["channels"]}[group[base].attrs["channel"].decode()]
        own, label = channel["name"], channel.get("label_en") or channel.get("label_vi") or channel["name"]
        row, known = "<channel>" + end, channel | {"units": units(channel.get("unit", "")), "label": label,
                                                   "what": label + ": what the value is", "state": base + "_state"}
    known["no_variable"] = f"This is a netCDF dimension but not a netCDF variable.{getattr(thing, 'size', 0):10}"
    plain = thing is group or thing.dtype == TYPE.get(row, "<f8") and thing.ndim == (row not in POSITION)
    plain = plain and (row != "_bytes" or thing.size == group[base].size and not thing[:].any())
    number = int((re.fullmatch(re.escape(own) + r"__([2-9]|[1-9]\d+)", base) or " 1")[1])
    before = f"{own}__{number - 1}".removesuffix("__1")  # it is taken, or this would have that name
    taken = before.endswith(("_length", "_bytes")) or any({before + e, "/" + before} & {*TABLE, *thing.parent} for e in ("", "_state", "_sample_time"))
    need(plain and row in TABLE and (base == own or number > 1 and taken), f"{thing.name}: not as quantrac writes it")
    return {key: known.get(v[1:]) if str(v).startswith("$") else v for key, v in TABLE[row].items()}
def lists_check(thing, along):  # DIMENSION_LIST and REFERENCE_LIST; along: {dataset: the scale it lies along}
    users, scales = sorted(n for n in along if along[n] == thing.name), [along[n] for n in along if n == thing.name]
    for key, names in (("DIMENSION_LIST", scales), ("REFERENCE_LIST", users)):
        rows = thing.attrs.get(key, []) if names else []
        have = sorted(thing.file[one].name for row in rows for one in tuple(row) if isinstance(one, h5py.Reference))
        need(have == names and (key in thing.attrs) == bool(names), f"{thing.name} attribute {key}: {have}")
def check_names(file, zone, seal):
    things, along = [file["/"]], {}
    file.visititems(lambda _, thing: things.append(thing))
    need(len(things) - 1 == sum(len(t) for t in things if isinstance(t, h5py.Group)), "/: a link of another kind")
    wants = [wanted(thing, zone, seal) for thing in things]
    for thing in [t for t, want in zip(things, wants) if getattr(t, "shape", ()) and "CLASS" not in want]:
        along[thing.name] = thing.name + "_bytes" if thing.name + "_bytes" in file else thing.parent.name + "/time"
    known = {name: file[name][()] for name in POSITION if name in file}
    need(known == {name: describe(file)[key] for name, key in POSITION.items() if key in describe(file)}, "another position")
    for thing, want in zip(things, wants):
        lists_check(thing, along)
        need(not things[0].id.get_comment(thing.name.encode()), f"{thing.name}: has a comment")
        for key in sorted((set(want) | set(thing.attrs)) - {"DIMENSION_LIST", "REFERENCE_LIST"}):
            have = numpy.ravel(a.decode() if isinstance(a := thing.attrs.get(key), bytes) else a).tolist()
            need(have == numpy.ravel(wish := want.get(key)).tolist(), f"{thing.name} attribute {key}: {have}")
            text, at = isinstance(wish, str), thing.attrs.get_id(key) if wish is not None else None
            form = (f"S{len(wish.encode()) + 1}", ()) if text else (TYPE.get(key, "<f8"), numpy.shape(wish) or (1,))
            also = not text or not at or (at.get_type().get_cset(), at.get_type().get_strpad()) == (1, 0)  # UTF-8, ended by a zero
            need(not at or (at.dtype, at.shape) == form and also, f"{thing.name} attribute {key}: of another type")
def other_identity(of):  # archive.yaml is not what evidence that was not changed says; told once
    any(line.startswith("archive.yaml") for line in SAID) or say(f"archive.yaml: DAMAGED: is not that of {of}")
def check_file(path, zone, seal, sealed):  # the verdict; (station, epoch, seq) of its records go to `sealed`
    try:
        data, at = content(path), {0: 40, 1: 44}  # where the superblock has the file's end
        need(data[:4] == b"\x89HDF" and data[at.get(data[8], 28):][:8] == struct.pack("<Q", len(data)), "has another size")
        same = sha(data).hex() == seal["file"]
        with h5py.File(path, "r") as file:
            records = file_records(file)
            counts = [len(records)] + [sum(r[3] == kind for r in records) for kind in (2, 5)]
            need(counts == [int(seal[n]) for n in ("records", "readings", "gaps")], f"holds {counts} records")
            need(root_of(records).hex() == seal["root"], "a record was changed")
            sealed.update((seal["station"], *ORDER.unpack_from(record)) for record in records)
            nodes = [root_of(records[i:i + 64]) for i in range(0, len(records), 64)]
            need(file["tree"][:].tobytes() == b"".join(nodes), "/tree: holds other nodes than those of the records")
            own = {key: file.attrs[n].decode() for n, key in (("zone", "zone"), ("zone_name", "name"), ("utc_offset", "offset"))}
            check_names(file, own if same else zone, seal)
        own == zone or other_identity(seal["path"])
        return "OK" if same else "OK content (file rewritten)"
    except Exception as why:  # whatever h5py makes of a damaged file
        return f"DAMAGED: {why}"
def unpacked(text, size):
    data = base64.b64decode(text, validate=True)
    return need(base64.b64encode(data).decode() == text and len(data) == size and data, "base64 that is not to the letter")
def take_act(acts, hashes, line):  # {subject: (what, from)} goes to the acts of its kind, if the line holds
    text, kind, subject, what, start, prev, by, *codes = need(re.fullmatch(FORM["act"], line), "is no act").groups()
    names = acts["key"] | acts["witness"]
    need(prev == hashes[-1], "does not name the line before it: a line was changed, added or removed")
    need(by == next(reversed(acts["key"]), subject) and (names or kind == "key"), f"{by} may not sign it")
    need(bool(codes[1]) == (kind == "key" and bool(names)), "a signature is missing, or one too many")
    new = len(subject) < 33 and subject not in names if kind != "revoke" else subject in names and subject != by
    need(kind == "prune" or new, f"{subject}: is it new, or another?")
    for who, code in zip((by, subject), filter(None, codes)):
        key = unpacked((names | {subject: (what,)} if kind == "key" else names)[who][0], 32)
        Ed25519PublicKey.from_public_bytes(key).verify(unpacked(code, 64), text.encode())
    acts[kind].setdefault(subject, (what, int(start)))
    acts["seals"] = max(acts["seals"], 0 if kind == "revoke" else int(start))
    hashes.append(sha(line.encode()).hex())
def check_signatures(signatures, acts, text, size):  # yields of each whether it counts
    for i, (who, code) in enumerate(need(len(dict(signatures)) == len(signatures) and signatures, "is signed twice")):
        signed, keys = unpacked(code, 76 if i else 68), acts["witness" if i else "key"]
        key, first = need(keys.get(who), f"{who} is a key no act names")
        last = [*[start for _, start in keys.values()], size][[*keys].index(who) + 1]
        time = f"cosignature/v1\ntime {int.from_bytes(signed[4:12], 'big')}\n" if i else ""
        Ed25519PublicKey.from_public_bytes(unpacked(key, 32)).verify(signed[-64:], (time + text).encode())
        name = sha(who.encode(), b"\n\4" if i else b"\n\1", unpacked(key, 32))[:4]
        counts = size <= acts["revoke"].get(who, ("", size))[1]
        need(signed[:4] == name and (i or not counts or first <= size <= last), f"{who} may not sign {size} seals")
        yield counts
def check_checkpoints(folder, zone, lines):  # files pruned; (seals, root, whether the list has it) of those that count
    acts, hashes, broken = {"key": {}, "revoke": {}, "witness": {}, "prune": {}, "seals": 0}, [NONE], False
    files = {file.name: file for file in sorted(folder.iterdir())} if folder.is_dir() else {}
    for line in re.findall(b"[^\n]*\n|[^\n]+$", content(files["acts"]) if "acts" in files else b""):
        try:
            need(line.endswith(b"\n"), "has no end")
            take_act(acts, hashes, line[:-1].decode(errors="replace"))
        except (ValueError, InvalidSignature) as why:
            broken = say(f"checkpoints/acts line {len(hashes)}: DAMAGED: {str(why) or UNSIGNED}")
            break  # the lines behind it rest on it
    chain, signed = [NONE], [(0, b"", True)] + [(acts["seals"], b"", False)] * (acts["seals"] > len(lines))
    names = [n for n in files if re.fullmatch("open|[0-9]{12}", n)] or [n for n in files if n == ".first" and acts["key"]]
    acts["key"] and not names and say("checkpoints: DAMAGED: the acts tell of a key that signed here, and there is no checkpoint")
    for name in names:
        chain.append(None)  # `left`: by a power cut, of the time before the newest day's
        try:
            form = need(re.fullmatch(FORM["checkpoint"], content(files[name]).decode()), "is not of the form")
            text, origin, size, root, prev, known, act, signatures = form.groups()
            size, root, left = int(size), unpacked(root, 32), name == "open" and len(names) > 1 and int(size) <= int(names[-2])
            need(name in ("open", ".first", f"{size:012}"), "is of another number of seals")
            need(chain[-3 if left else -2] in (None, prev), "does not name the checkpoint before it: one was changed, added or removed")
            need((*hashes, "")[min(int(known), len(hashes))] == act, "knows other acts")
            counts, *_ = check_signatures(re.findall("\u2014 (.*) (.*)\n", signatures), acts, text, size)
            chain[-1], same = sha(text.encode()).hex(), root == root_of(lines[:size])
            signed += [(size, root, same)] * counts
            word = "REVOKED: does not count" if not counts else f"OK, {size} seals" if same else ""
            word and origin != zone and other_identity("checkpoints/" + name)
        except (ValueError, OSError, InvalidSignature) as why:
            word = f"DAMAGED: {str(why) or UNSIGNED}" if not broken else ""
        word and say(f"checkpoints/{name}: {word}")  # else it rests on acts or lines that are damaged
    known = {"acts", *names, *[f"{n}.ts{x}" for n in names for x in "qr" if n[0] in "0123456789"]}
    keys = {f"{who}.pem": what for who, (what, _) in (acts["key"] | acts["witness"]).items()}
    for name in [n for n in files if not broken and n not in known and not re.fullmatch(r"\..*|.+\.[0-9]+\.tmp", n, re.S)]:
        own = files[name].read_text("latin-1") if files[name].is_file() else ""
        word = "DAMAGED: is not the key that the acts name" if name in keys else "NOT SEALED: no act or checkpoint names it"
        own == PEM % keys.get(name) or say(f"checkpoints/{name}: {word}")
    return acts["prune"], signed
def changed_lines(lines, seals, signed):  # says which are not as they were sealed; their numbers, from 0
    hashes, n = [NONE] + [sha(line).hex() for line in lines], len(lines)
    broken = {i for i in range(n) if seals[i] and (not i or seals[i - 1]) and seals[i]["prev"] != hashes[i]}
    changed = {max(i if i + 1 in broken else i - 1, 0) for i in broken if i - 1 not in broken}
    agreed = max(size for size, _, same in signed if same)
    differs = min((size for size, _, same in signed if not same), default=0)
    if n - 1 in broken and n - 2 in changed:  # or is it the last, whose hash was changed?
        mended = root_of(lines[:-1] + [lines[-1][:-64] + hashes[n - 1].encode()])
        changed ^= {n - 2, n - 1} if agreed == n - 1 or (n, mended, False) in signed else set()
    changed |= {i for i in range(n) if not seals[i]}
    places = [(i + 1, i + 1) for i in sorted(changed)]
    if differs and not changed:  # all links hold: the last line, what was cut off, or all from some line on
        places = [(min(differs, n + 1) if differs >= n else agreed + 1, differs)]
        changed = {n - 1} if differs == n else set()
    for first, last in places:
        say(f"seals line {first}: DAMAGED" if first == last else f"seals lines {first} to {last}: DAMAGED")
    return changed
def entries(data, number, epoch):  # (where it begins, where it ends, first of a commit, record) of every sound entry
    at, seed = 64, crc32c(struct.pack("<QQ", epoch, number))
    while m := re.compile(rb"[^\0]").search(data, at):
        at = m.start() // 8 * 8
        check, length, first, size, version = struct.unpack_from("<IHH8xHB", data[at:at + 80].ljust(80, b"\0"))
        end, after = at + 16 + length, at + 16 + -(-length // 8) * 8
        sound = 64 <= length == size and version == 1 and after <= len(data) and not any(data[end:after])
        if sound and ORDER.unpack_from(data, at + 16)[0] == epoch and crc32c(data[at + 4:end], seed) == check:
            yield at, after, first, data[at + 16:end]
            at = after - 8
        at += 8
def read_journal(folder, tell=lambda words: None):  # the records of an epoch, by quantrac-journal, "Reading"
    paths = sorted(p for p in Path(folder).glob("*") if re.fullmatch(r"[0-9]{20}\.log", p.name))
    source, epoch = Path(folder).parent.name.encode(), int(Path(folder).name, 16)
    number, sure, wanted = 0, 0, int(paths[0].stem) if paths else 0
    for path, limit in zip(paths, [int(p.stem) for p in paths[1:]] + [None]):
        data, name, first, at = path.read_bytes() if path.is_file() else b"\1", path.name, int(path.stem), 64
        found, skipped, check = struct.unpack_from("<Q16xII", data[:64].ljust(64, b"\0"), 32)
        head = struct.pack("<4sHH16sQQQ", b"QTJ1", 1, 0, source, epoch, max(found, sure + 1), first)
        if bad := (data[:48] != head or check != crc32c(data[:60])) and (limit or data):  # else it never was
            tell(f"DAMAGED: {name}: " + ("its header (bytes 0 to 63) is not as written" if path.is_file() else "is no file"))
            found, skipped = number + 1, 0
        elif skipped and first > wanted:
            begin, before, wanted = max(wanted, 0 if skipped == 0xFFFFFFFF else first - skipped), wanted, first
            begin > before and tell(f"DAMAGED: records {before} to {begin - 1} are missing before {name}")
            tell(f"records {begin} to {first - 1} never came ({name})")
        number, sure, sound = found, sure if bad else found, list(entries(data, found, epoch))
        for start, end, _, record in sound:
            seq = ORDER.unpack_from(record)[1]
            durable = limit or any(begins for where, _, begins, _ in sound if where >= start)
            if limit and max(seq, wanted) >= limit or start > at and not durable:
                break
            start > at and tell(f"DAMAGED: {name} offset {at} to {start - 1} is no record, or not as written")
            seq > wanted and tell(f"DAMAGED: records {wanted} to {seq - 1} are missing before {name} offset {start}")
            if seq >= wanted:
                yield record
            wanted, at = max(wanted, seq + 1), end
        for start, end, *_ in sound:  # repetitions
            at = end if start == at and limit is not None else at
        any(data[at:]) and tell(f"torn tail of {len(data) - at} bytes behind seq {wanted - 1} ({name} offset {at})")
def check_archive(archive):
    zone = dict(re.findall(r'^(zone|name|offset): "?(.*?)"?$', content(archive / "archive.yaml").decode(), re.M))
    need(len(zone) == 3, "archive.yaml is not as quantrac writes it")
    *lines, torn = content(archive / "seals").split(b"\n") if (archive / "seals").exists() else [b""]
    seals, sealed = [re.fullmatch(FORM["seal"], line.decode(errors="replace")) for line in lines], set()
    pruned, signed = check_checkpoints(archive / "checkpoints", zone["zone"], lines)
    changed = changed_lines(lines, seals, signed)
    for i, seal in [(i, seal) for i, seal in enumerate(seals) if seal]:
        path, gone = archive / seal["path"], "PRUNED" if seal["path"] in pruned else "MISSING"
        word = check_file(path, zone, seal, sealed) if path.exists() else gone
        i in changed and word not in ("OK", "PRUNED") or say(f"{seal['path']}: {word}")  # or it is the line that is damaged
    telling = [lines[i] for i in changed] + [torn] * (max(signed)[0] > len(lines))  # lines that were changed
    for path in sorted(file.relative_to(archive) for file in archive.rglob("*.h5")):
        told = any(all(part.encode(errors="replace") in line for part in path.stem.split("_")) for line in telling)
        if not told and not re.match(FORM["unsealed"], str(path)) and str(path) not in [s["path"] for s in seals if s]:
            say(f"{path}: NOT SEALED: no line of the seal list names it")
    for place in sorted(archive.glob("journal/[a-z0-9]*/" + "[0-9a-f]" * 16)):
        name, told, of = place.relative_to(archive), len(SAID), (place.parent.name, int(place.name, 16))
        seqs = [0] + [ORDER.unpack_from(r)[1] for r in read_journal(place, lambda words: say(f"{name}: {words}"))]
        last = max((seq for station, epoch, seq in sealed if (station, epoch) == of), default=0)
        if last > seqs[-1] and any(place.glob("*.log")):
            say(f"{name}: DAMAGED: records up to {last} were sealed from here and are not sound here any more")
        any(": DAMAGED" in line for line in SAID[told:]) or say(f"{name}: OK, {len(seqs) - 1} records" if place.is_dir() else f"{name}: DAMAGED: is no folder")
    return any(re.search(": (DAMAGED|MISSING|NOT SEALED)", line) for line in SAID)
if __name__ == "__main__":
    len(sys.argv) == 2 or sys.exit(print("usage: /usr/bin/python3 tests/verify_archive.py ARCHIVE", file=sys.stderr) or 64)
    try:
        sys.exit(65 * check_archive(Path(sys.argv[1])))
    except (OSError, KeyError, ValueError) as error:
        sys.exit(print(ascii(f"{sys.argv[1]}: {error}"), file=sys.stderr) or 66 - Path(sys.argv[1], "archive.yaml").is_file())
