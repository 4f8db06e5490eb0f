# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk of the machine: an ext4 image that goes on through all cuts, as a disk does in life.

On every second cut the disk loses its write cache: QEMU's blklogwrites driver writes down each write
and each flush, and what came after the last flush is kept or forgotten by chance, sector by sector.
"""
import os
import shutil
import struct
import subprocess
import time

os.environ["PATH"] += ":/usr/sbin:/sbin"  # where ext4's tools are, for users too
SECTOR = 512
FLUSH, FUA, DISCARD = 1, 2, 4


def run(*command, good=(0,)):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in good:
        raise SystemExit(f"crash-vm: {' '.join(command)}: {done.stderr or done.stdout}")
    return done.stdout


def copy(image, to):
    run("cp", "--sparse=always", image, to)


class Disk:
    def __init__(self, folder, size):
        self.image, self.base, self.log = (f"{folder}/{name}" for name in ("disk.img", "base.img", "writes.log"))
        with open(self.image, "wb") as file:
            file.truncate(size)
        run("mkfs.ext4", "-q", "-F", self.image)
        self.cached = False

    def options(self, cached):
        """QEMU's options for the next boot; cached: the disk has a cache that a power cut empties."""
        self.cached = cached
        if not cached:
            return ["-blockdev", f"driver=file,node-name=disk,filename={self.image}"]
        copy(self.image, self.base)
        with open(self.log, "wb") as file:
            file.truncate(0)
        return ["-blockdev", f"driver=blklogwrites,node-name=disk,file.driver=file,file.filename={self.image},"
                f"log.driver=file,log.filename={self.log}"]

    def wait_for_write(self, timeout_s=3):
        """Until something is written to it, or `timeout_s` have passed."""
        size, end = os.path.getsize(self.log), time.monotonic() + timeout_s
        while os.path.getsize(self.log) == size and time.monotonic() < end:
            time.sleep(0.0005)

    def lose_cache(self, chance):
        """After a cut: the image as a disk has it that lost its cache.  Sectors that were forgotten."""
        lost = 0
        if not self.cached:
            return lost
        writes = list(entries(self.log))
        last = max((i for i, write in enumerate(writes) if write[2] & FLUSH), default=-1)
        with open(self.base, "r+b") as file:
            for i, (at, data, flags) in enumerate(writes):
                if flags & DISCARD:
                    continue  # what was given back may keep its old bytes
                if i < last or flags & FUA:
                    os.pwrite(file.fileno(), data, at)
                    continue
                for offset in range(0, len(data), SECTOR):
                    if chance.random() < 0.5:
                        os.pwrite(file.fileno(), data[offset:offset + SECTOR], at + offset)
                    else:
                        lost += 1
        os.replace(self.base, self.image)
        return lost

    def unpack(self, folder):
        """A copy of what a person would find on the disk now; the disk itself stays as it is."""
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        copy(self.image, f"{folder}.img")
        run("e2fsck", "-fp", f"{folder}.img", good=(0, 1))
        run("debugfs", "-R", f"rdump / {folder}", f"{folder}.img")
        os.remove(f"{folder}.img")
        shutil.rmtree(f"{folder}/lost+found", ignore_errors=True)


def entries(path):
    """(byte, data, flags) of each write in a log of blklogwrites, which has the form of the kernel's
    dm-log-writes: a head of one sector, then for each write a head {sector, sectors, flags, size} and its data.
    The count in the first head is written seldom, so the log is read to its end.  A head of zeros is a write the
    cut came into: nobody was told that it was done."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        at = SECTOR
        while at + SECTOR <= size:
            head = os.pread(file.fileno(), SECTOR, at)
            sector, sectors, flags, n = struct.unpack_from("<QQQQ", head)
            at += SECTOR
            if not any(head) or any(head[32:]):
                continue
            data = b"" if flags & DISCARD else os.pread(file.fileno(), sectors * SECTOR, at)
            if len(data) == (0 if flags & DISCARD else sectors * SECTOR):
                yield sector * SECTOR, data, flags
            at += len(data)
