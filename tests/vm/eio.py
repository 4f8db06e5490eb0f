# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk of cabinets and collector fails every call for a moment (EIO, as with a loose cable), again and again.

Sometimes ext4 goes on, sometimes it becomes read-only until the next boot: both are met.  Then the power is cut.
"""
import statistics
import time

ROUNDS = 6   # most of one boot; each twice as long as the one before, from 0.03 s
BACK_S = 60  # within that all is as before, if ext4 is


class Outcome:
    def __init__(self):
        self.failed, self.read_only, self.back = 0, 0, []

    def line(self):
        back = (f", all as before after {statistics.median(self.back):.1f} s (longest {max(self.back):.1f} s)"
                if self.back else "")
        return (f"{self.failed} times the disk failed every call for 0.03 to 1 s: {len(self.back)} times ext4 went on{back}; "
                f"{self.read_only} times it gave up until the next boot")


def given_up(machine):
    return [line for line in machine.said("guest") if line.startswith("ext4: ")][-1:] == ["ext4: has given up"]


def wait_until_back(run, machine):
    """Until something new is committed and at the collector; seconds since now, None: never, or ext4 has given up."""
    began, (old_epoch, _, _, old_acked) = time.monotonic(), run.said_last(machine, "outlet")
    while time.monotonic() < began + BACK_S and not given_up(machine):
        epoch, where, _, acked = run.said_last(machine, "outlet")
        if where == "committed" and (epoch != old_epoch or int(acked) > int(old_acked)):
            return time.monotonic() - began
        time.sleep(0.05)
    return None


def one_boot(run, outcome):
    machine = run.boot("task=eio")
    if not run.await_service(machine):
        return False
    for number in range(1, ROUNDS + 1):
        if machine.wait_for("guest", f"works {number}.", machine.seconds() + 60) is None:
            run.fault("the disk does not come back")
            break
        outcome.failed += 1
        back = wait_until_back(run, machine)
        if back is None:
            outcome.read_only += given_up(machine)
            break
        outcome.back.append(back)
    if back is None and not given_up(machine):
        run.fault(f"not as before {BACK_S} s after the disk can be used again")
    time.sleep(run.chance.uniform(0, 4))
    machine.cut()
    run.look(machine, disk_failed=True)
    return True


def failures(run, boots):
    """So many boots, each ended by a cut; the line about them, or None: no service."""
    run.late = 0
    outcome = Outcome()
    for _ in range(boots):
        if not one_boot(run, outcome):
            return None
    return outcome.line()
