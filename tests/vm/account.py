#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands on a disk of `make crash-vm` and `make disk`, record by record, held against what was promised.

Sealed files and journals are read by tests/verify_archive.py, which was written from docs/ alone.
"""
import os
import re
import struct
import subprocess
import sys

import h5py

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from verify_archive import file_records, read_journal  # noqa: E402


def key(record):
    """(source, epoch, seq) of an encoded record."""
    source, epoch, seq = struct.unpack_from("<16sQQ", record, 8)
    return source.rstrip(b"\0").decode(), epoch, seq


# what sensord -v says at every commit and acknowledgement
PROMISE = re.compile(r"epoch ([0-9a-f]{16}): (committed|in memory) before (\d+), at the collector before (\d+)")


def note_promises(promised, cabinet, lines):
    """Take in what a cabinet's sensord said: {(cabinet, epoch): (committed before, at the collector before)}."""
    for epoch, where, kept, acked in PROMISE.findall("\n".join(lines)):
        old = promised.get((cabinet, int(epoch, 16)), (1, 1))
        committed = int(kept) if where == "committed" else 1  # memory is no promise
        promised[cabinet, int(epoch, 16)] = max(old[0], committed), max(old[1], int(acked))


def journals(folder):
    """Records of every epoch below FOLDER/SOURCE/EPOCH, by key."""
    out = {}
    for source in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        for epoch in sorted(os.listdir(f"{folder}/{source}")) if os.path.isdir(f"{folder}/{source}") else []:
            if re.fullmatch("[0-9a-f]{16}", epoch):
                out.update((key(record), record) for record in read_journal(f"{folder}/{source}/{epoch}"))
    return out


def seal_lines(archive):
    try:
        with open(f"{archive}/seals", encoding="ascii") as file:
            return [line.split() for line in file.read().split("\n")[:-1]]
    except FileNotFoundError:
        return []


class Account:
    """An archive, and the journals of its cabinets: {name: folder}."""

    def __init__(self, archive, cabinets):
        self.archive = archive
        self.cabinet = {name: journals(folder) for name, folder in cabinets.items()}
        self.open = journals(f"{self.archive}/journal")
        self.sealed, self.doubled = {}, []
        lines = seal_lines(self.archive)
        self.seals = len(lines)
        for line in lines:
            path = line[line.index("path") + 1]
            with h5py.File(f"{self.archive}/{path}", "r") as file:
                records = file_records(file)
            for record in records:
                if key(record) in self.sealed:
                    self.doubled.append(key(record))
                self.sealed[key(record)] = record

    def faults(self, promised):
        """What is not as it was promised: {"lost": texts, "doubled": texts}.  `promised`: {(source, epoch):
        (committed before, at the collector before)}, as the cabinets said it."""
        lost, doubled = [], [f"{name(k)} is in two sealed files" for k in self.doubled]
        held = {**self.open, **self.sealed}
        doubled += [f"{name(k)}: the collector's journal and its sealed file differ"
                    for k in self.open.keys() & self.sealed.keys() if self.open[k] != self.sealed[k]]
        for (source, epoch), (committed, acked) in promised.items():
            own = self.cabinet[source]
            lost += [f"{name((source, epoch, seq))} was committed and is not in the cabinet"
                     for seq in range(1, committed) if (source, epoch, seq) not in own]
            lost += [f"{name((source, epoch, seq))} was acknowledged and is not in the archive"
                     for seq in range(1, acked) if (source, epoch, seq) not in held]
        for k, record in held.items():
            if self.cabinet[k[0]].get(k, record) != record:
                doubled.append(f"{name(k)}: cabinet and archive have two records of one number")
        return {"lost": lost, "doubled": doubled}

    def behind(self):
        """Records a cabinet has and the archive has not."""
        held = self.open.keys() | self.sealed.keys()
        return [k for own in self.cabinet.values() for k in own if k not in held]


def name(k):
    return f"{k[0]} epoch {k[1]:016x} seq {k[2]}"


def verify(programs, archive):
    """`quantrac verify`: its last line, and whether it found everything good."""
    done = subprocess.run([f"{programs}/quantrac", "--archive", archive, "verify"], capture_output=True, text=True)
    return (done.stdout.strip().split("\n") or [""])[-1], done.returncode == 0, done.stdout + done.stderr
