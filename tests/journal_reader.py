#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read one epoch of a journal, from docs/quantrac-journal.md and docs/quantrac-record.md alone.

journal_reader.py FOLDER/SOURCE/EPOCH    prints "seq time_us size" for every record
"""
import os
import struct
import sys

TABLE = []
for i in range(256):
    crc = i
    for _ in range(8):
        crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    TABLE.append(crc)


def crc32c(data, crc=0):
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


assert crc32c(b"123456789") == 0xE3069283


def entries(data):
    """Yield the records of one segment, up to the first unsound entry."""
    magic, version, zero, source, epoch, number, first, created, zero2, crc = struct.unpack_from(
        "<4sHH16sQQQqII", data)
    if magic != b"QTJ1" or version != 1 or crc != crc32c(data[:60]):
        raise SystemExit("a segment header is damaged")
    seed = crc32c(struct.pack("<QQ", epoch, number))
    at = 64
    while at + 16 <= len(data):
        crc, length, flags, stored = struct.unpack_from("<IHHq", data, at)
        if length == 0 or crc != crc32c(data[at + 4:at + 16 + length], seed):
            return
        record = data[at + 16:at + 16 + length]
        fields = struct.unpack_from("<HBBBBH16sQQqqQ", record)
        if fields[0] != length or fields[6] != source or fields[7] != epoch:
            return
        yield fields[8], fields[9], record
        at += 16 + (length + 7) // 8 * 8


def records(folder, missing=lambda first, last: None):
    """The records of one epoch, in the order of their seq."""
    names = sorted(name for name in os.listdir(folder) if name.endswith(".log"))
    wanted = int(names[0][:-4]) if names else 0
    for i, name in enumerate(names):
        limit = int(names[i + 1][:-4]) if i + 1 < len(names) else None
        with open(os.path.join(folder, name), "rb") as file:
            for seq, time_us, record in entries(file.read()):
                if seq < wanted or (limit is not None and seq >= limit):
                    continue  # written twice after a failed write
                if seq > wanted:
                    missing(wanted, seq - 1)
                yield record
                wanted = seq + 1


def main(folder):
    for record in records(folder, lambda first, last: print("missing", first, last)):
        print(*struct.unpack_from("<Qq", record, 32), len(record))


if __name__ == "__main__":
    main(sys.argv[1])
