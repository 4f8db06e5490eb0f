# SPDX-License-Identifier: GPL-3.0-or-later
"""The USB adapter of the cabinet `tank` is pulled out and plugged in under the running sensord.

The adapter is a real one to the guest's kernel (ftdi_sio).  At the far end of its cable answers a slave that says
pH 7; a second adapter, of a stranger, has one at the same address that says pH 4.
"""
import os
import statistics
import struct
import time

from account import journals
from slave import Slave

RIGHT_PH, WRONG_PH = 7.0, 4.0
PERIOD_US = 1000000  # of both instruments of the cabinet, as tank.yaml has it
KINDS = ("plain", "renamed", "long", "quick")


def options(sockets):
    """QEMU's options: a USB bus, the ends of two cables, the right adapter plugged in."""
    out = ["-device", "piix3-usb-uhci,id=uhci"]
    for name in ("right", "wrong"):
        out += ["-chardev", f"socket,id={name},path={sockets}/{name},server=on,wait=off"]
    return out + ["-device", "usb-serial,bus=uhci.0,chardev=right,serial=A1,id=right0,always-plugged=on"]


class Cable:
    def __init__(self, machine, name, serial, plugged=None):
        self.machine, self.name, self.serial, self.plugged, self.count = machine, name, serial, plugged, 0

    def plug(self):
        self.count += 1
        self.plugged = f"{self.name}{self.count}"
        for _ in range(100):  # QEMU frees the end of the cable a little after the adapter is gone
            try:
                self.machine.command("device_add", driver="usb-serial", bus="uhci.0", chardev=self.name,
                                     serial=self.serial, id=self.plugged, **{"always-plugged": True})
                return time.monotonic()
            except RuntimeError as error:
                if "in use" not in str(error):
                    raise
            time.sleep(0.02)
        raise RuntimeError(f"{self.name}: the cable does not become free")

    def pull(self):
        self.machine.command("device_del", id=self.plugged)
        self.plugged = None


def watched(machine):
    """[uptime s, descriptors, seconds of CPU, names of ttyUSB] of the cabinet's sensord, once a second."""
    out = []
    for line in machine.said("guest"):
        word = line.split()
        if word[:1] == ["watch:"] and len(word) >= 5:
            out.append((float(word[1]), int(word[2]), (int(word[3]) + int(word[4])) / 100, tuple(word[5:])))
    return out


def wait_for_names(machine, names, timeout_s):
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        seen = watched(machine)
        if seen and seen[-1][3] == names:
            return True
        time.sleep(0.05)
    return False


def readings(cabinet):
    """Of the newest boot: (mono_us, channels, states, values) of each READING."""
    records = sorted(cabinet.values(), key=lambda r: struct.unpack_from("<QQ", r, 24))
    boot = struct.unpack_from("<Q", records[-1], 56)
    out = []
    for record in records:
        if record[3] != 2 or struct.unpack_from("<Q", record, 56) != boot:
            continue
        n, = struct.unpack_from("<H", record, 64 + 32)
        values = struct.unpack_from(f"<{n}d", record, 64 + 40 + n)
        out.append((struct.unpack_from("<q", record, 48)[0], n, record[64 + 40:64 + 40 + n], values))
    return out


def one(run, machine, kind, right, wrong, slave):
    """One unplug; seconds from plugging in until the slave is asked again, None: not within 20."""
    chance = run.chance
    right.pull()
    if kind == "renamed":
        if not wait_for_names(machine, (), 10):
            run.fault("the adapter's name did not go when it was pulled: somebody holds it open")
        wrong.plug()
        if not wait_for_names(machine, ("ttyUSB0",), 10):
            run.fault("the stranger's adapter did not become ttyUSB0")
    elif kind == "plain":
        time.sleep(chance.uniform(1, 4))
    elif kind == "long":
        time.sleep(chance.uniform(15, 25))
    at = right.plug()
    while slave.asked_after(at) is None and time.monotonic() < at + 20:
        time.sleep(0.02)
    if kind == "renamed":
        wait_for_names(machine, ("ttyUSB0", "ttyUSB1"), 10)
        time.sleep(2)
        wrong.pull()
    time.sleep(chance.uniform(1, 2))
    back = slave.asked_after(at)
    return back - at if back is not None else None


def share(seen, plugged):
    """CPU used by sensord per second, over the seconds the adapter was there, or was not."""
    pairs = [(a, b) for a, b in zip(seen[2:], seen[3:]) if bool(a[3]) == bool(b[3]) == plugged]
    return sum(b[2] - a[2] for a, b in pairs) / max(sum(b[0] - a[0] for a, b in pairs), 1)


def missed_polls(seen, times):
    """Polls left out, and how many of them while the emulated machine itself stood still: a clock that ticks each second
    says so."""
    still = [(a[0], b[0]) for a, b in zip(seen, seen[1:]) if b[0] - a[0] > 1.5]
    missed = excused = 0
    for a, b in zip(times, times[1:]):
        n = round((b - a) / PERIOD_US) - 1
        missed += n
        excused += n if any(a / 1e6 < end and b / 1e6 > begin for begin, end in still) else 0
    return missed - excused, excused


def judge(run, machine, stranger, took, before):
    """What the whole boot must show; the line about it."""
    seen = watched(machine)
    found = readings(journals(f"{run.folder}/found/tank"))
    good = [r for r in found if r[1] == 2 and set(r[2]) == {0}]  # of the adapter's instrument: two channels
    other = [r for r in found if r[1] == 8]
    strange = sum(r[3][0] != RIGHT_PH for r in good)
    twice = len(good) - len({r[3][1] for r in good})
    times = sorted(r[0] for r in other)
    missed, excused = missed_polls(seen, times)
    missed += sum(set(r[2]) != {0} for r in other)
    most = max(s[1] for s in seen)
    out, there = share(seen, False), share(seen, True)
    for wrong, text in ((strange, f"{strange} records from the stranger's adapter"),
                        (stranger.asked, f"the stranger's slave was asked {len(stranger.asked)} times"),
                        (twice, f"{twice} answers in two records"),
                        (missed, f"{missed} polls of the other instrument were missed"),
                        (seen[-1][1] > before or most > before + 1,  # one more: the file of the live view is being written
                         f"descriptors: {before} at first, at most {most}, {seen[-1][1]} at the end"),
                        (out >= 0.02 and out > there,  # where all is slow, the emulation of a quiet program takes more, too
                         f"{100 * out:.1f} % CPU while the adapter is out, {100 * there:.1f} % while it is there")):
        if wrong:
            run.fault(text)
    times = [t for kind in KINDS for t in took[kind]]
    return (f"{len(times)} unplugs ({', '.join(f'{len(took[k])} {k}' for k in KINDS)}): asked again after "
            f"{statistics.median(times):.1f} s (longest {max(times):.1f} s); {len(good)} records of its instrument, "
            f"{strange} from a wrong port, {twice} doubled; other instrument {len(other)} records, {missed} polls missed "
            f"({excused} while the machine stood still); "
            f"{before} descriptors before, {seen[-1][1]} after; CPU {100 * out:.1f} % while out, {100 * there:.1f} % while "
            f"there (emulated)")


def unplugs(run, count):
    """All unplugs, in one boot that ends with a cut; the line about them."""
    slave, stranger = Slave(f"{run.sockets}/right", RIGHT_PH), Slave(f"{run.sockets}/wrong", WRONG_PH)
    run.late = 0
    machine = run.boot("task=usb")
    right, wrong = Cable(machine, "right", "A1", "right0"), Cable(machine, "wrong", "B1")
    if not run.await_service(machine):
        return None
    if machine.wait_for("tank", "instrument ph (slave 7 on usb): answers", 60) is None:
        run.fault("the instrument at the adapter does not answer")
    time.sleep(3)
    before = watched(machine)[-1][1]
    took = {kind: [] for kind in KINDS}
    for number in range(count):
        kind = KINDS[(number + 1) % len(KINDS)]
        seconds = one(run, machine, kind, right, wrong, slave)
        if seconds is None or seconds >= 5:
            run.fault(f"unplug {number} ({kind}): not asked within 5 s of being plugged in again: {seconds}")
        took[kind].append(seconds if seconds is not None else 20)
    time.sleep(3)
    machine.cut()
    run.look(machine)
    return judge(run, machine, stranger, took, before)
