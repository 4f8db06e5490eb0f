# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine whose power can be cut: QEMU without KVM, and what it said until then."""
import json
import os
import socket
import subprocess
import time

PORTS = ("guest", "outlet", "tank", "collectd", "simulate")  # vport0p1, vport0p2, ...


class Machine:
    """One boot.  What the guest says goes into files, so that it outlives the machine."""

    def __init__(self, build, folder, task, clock, options):
        """`options` bring the disk, as a block device named "disk"; `clock`: what the guest's shows, seconds since
        1970."""
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.qmp = None
        command = ["qemu-system-x86_64", "-accel", "tcg", "-m", "384", "-smp", "1", "-nodefaults", "-no-user-config",
                   "-display", "none", "-no-reboot", "-kernel", f"{build}/vmlinuz", "-initrd", f"{build}/initrd.img",
                   "-append", f"console=ttyS0 quiet loglevel=4 panic=1 mitigations=off {task}",
                   "-serial", f"file:{folder}/kernel.log",
                   "-qmp", f"unix:{folder}/qmp,server=on,wait=off", "-device", "virtio-serial-pci,max_ports=8",
                   "-rtc", time.strftime("base=%Y-%m-%dT%H:%M:%S", time.gmtime(clock)),
                   *options, "-device", "virtio-blk-pci,drive=disk"]
        for number, name in enumerate(PORTS, 1):
            command += ["-chardev", f"file,id={name},path={folder}/{name}.log",
                        "-device", f"virtserialport,chardev={name},nr={number}"]
        with open(f"{folder}/qemu.log", "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.began = time.monotonic()

    def said(self, port):
        """Whole lines only: a power cut may have come in the middle of one."""
        try:
            with open(f"{self.folder}/{port}.log", encoding="utf-8", errors="replace") as file:
                return file.read().split("\n")[:-1]
        except FileNotFoundError:
            return []

    def seconds(self):
        return time.monotonic() - self.began

    def running(self):
        return self.process.poll() is None

    def cut(self):
        """The power goes: not even QEMU gets to write anything more."""
        self.process.kill()
        self.process.wait()

    def wait_for(self, port, text, timeout_s):
        """Until a line of this port has the text: its seconds since the start; None: it did not come."""
        while self.seconds() < timeout_s and self.running():
            if any(text in line for line in self.said(port)):
                return self.seconds()
            time.sleep(0.02)
        return None

    def command(self, execute, **arguments):
        """One QMP command (QEMU's own control channel), and its answer."""
        if self.qmp is None:
            link = socket.socket(socket.AF_UNIX)
            link.connect(f"{self.folder}/qmp")
            self.qmp = link.makefile("rw")
            self.qmp.readline()
            self.command("qmp_capabilities")
        self.qmp.write(json.dumps({"execute": execute, "arguments": arguments}) + "\n")
        self.qmp.flush()
        while True:
            answer = json.loads(self.qmp.readline())
            if "error" in answer:
                raise RuntimeError(f"{execute}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]
