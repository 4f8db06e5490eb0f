#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Known answers for the proof, written from RFC 6962 and docs/quantrac-archive.md alone.

    verify_root.py roots N...     roots of N leaves "record 0", "record 1", ... by the RFC's recursion
    verify_root.py file FILE      root of a sealed file: its records made again from its columns
"""
import hashlib
import struct
import sys

FILL = 0x479E000000000000


def sha(data):
    return hashlib.sha256(data).digest()


def root(leaves):
    """RFC 6962, 2.1, to the letter; the leaves are hashed already."""
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha(b"\1" + root(leaves[:k]) + root(leaves[k:]))


def leaf(record):
    return sha(b"\0" + record)


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def microseconds(seconds):
    return int(round(seconds * 1e6))


def parts(group, name, rows):
    """The rows' parts of a byte string."""
    if name not in group:
        return [b""] * rows
    data = group[name][:].tobytes()
    out, at = [], 0
    for length in group[name + "_length"][:]:
        out.append(data[at:at + int(length)])
        at += int(length)
    assert at == len(data)
    return out


def channel_columns(group):
    """Columns of the channels, in the order of the DESCRIBE: the order they were made in."""
    return [name for name in group if "ancillary_variables" in group[name].attrs]


def exchanges(data):
    count, at = 0, 0
    while at < len(data):
        at += 8 + struct.unpack_from("<H", data, at + 6)[0]
        count += 1
    return count


class Instrument:
    """One group: what its rows need to become records again."""

    def __init__(self, source, epochs, group):
        self.source = source
        self.hash = bytes.fromhex(text(group.attrs["describe_sha256"]))
        self.time = group["time"][:]
        rows = len(self.time)
        self.column = {name: group[name][:] for name in
                       ("time_mono", "boot", "clock", "epoch", "seq", "version")}
        self.epochs = epochs
        names = channel_columns(group)
        self.value = [group[name][:].view("<u8") for name in names]
        self.state = [group[name + "_state"][:] for name in names]
        self.sample = [group[name + "_sample_time"][:] if name + "_sample_time" in group else None
                       for name in names]
        self.vendor = parts(group, "vendor", rows)
        self.exchange = parts(group, "exchange", rows)
        self.verbatim = parts(group, "verbatim", rows)

    def payload(self, row):
        sampled = b""
        for channel, times in enumerate(self.sample):
            if times is not None and times[row:row + 1].view("<u8")[0] != FILL:
                sampled += struct.pack("<Hq", channel, microseconds(float(times[row])))
        states = bytes(int(s[row]) for s in self.state)
        values = b"".join(struct.pack("<Q", int(v[row])) for v in self.value)
        head = struct.pack("<HHHH", len(states), len(sampled) // 10, len(self.vendor[row]),
                           exchanges(self.exchange[row]))
        return (self.hash + head + states + values + sampled + self.vendor[row]
                + self.exchange[row])

    def record(self, row):
        if self.verbatim[row]:
            return self.verbatim[row]
        payload = self.payload(row)
        get = {name: int(values[row]) for name, values in self.column.items()}
        head = struct.pack("<HBBBBH16sQQqqQ", 64 + len(payload), get["version"], 2, get["clock"],
                           0, 0, self.source, int(self.epochs[get["epoch"]]), get["seq"],
                           microseconds(float(self.time[row])), get["time_mono"], get["boot"])
        return head + payload


def file_records(path):
    import h5py
    records = []
    with h5py.File(path, "r", track_order=True) as file:
        source = text(file.attrs["station"]).encode()
        epochs = file["epochs"][:]
        for name in file:
            group = file[name]
            if not isinstance(group, h5py.Group):
                continue
            rows = len(group["time"])
            if name == "events":
                records += parts(group, "record", rows)
            else:
                instrument = Instrument(source, epochs, group)
                records += [instrument.record(row) for row in range(rows)]
    return sorted(records, key=lambda r: struct.unpack_from("<QQ", r, 24))


def main():
    if sys.argv[1] == "roots":
        for n in map(int, sys.argv[2:]):
            print(root([leaf(b"record %d" % i) for i in range(n)]).hex())
    else:
        records = file_records(sys.argv[2])
        print(len(records), root([leaf(r) for r in records]).hex())


if __name__ == "__main__":
    main()
