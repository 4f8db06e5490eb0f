# SPDX-License-Identifier: GPL-3.0-or-later
"""A Modbus slave at the far end of a USB serial adapter: the adapter is QEMU's, the end of its cable is a socket."""
import socket
import struct
import threading
import time


def crc16(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return struct.pack("<H", crc)


class Slave(threading.Thread):
    """Answers like sim-ph-temperature at address 7: pH is always `ph`; temperature counts the answers, so that no two
    within 8000 are the same."""

    def __init__(self, path, ph):
        super().__init__(daemon=True)
        self.path, self.ph, self.answers, self.asked = path, ph, 0, []
        self.start()

    def asked_after(self, moment):
        return next((t for t in list(self.asked) if t > moment), None)

    def run(self):
        while True:
            try:
                with socket.socket(socket.AF_UNIX) as line:
                    line.connect(self.path)
                    self.serve(line)
            except OSError:
                time.sleep(0.05)

    def serve(self, line):
        heard = b""
        while part := line.recv(256):
            heard += part
            while len(heard) >= 8:
                request = heard[:8]
                if request[:2] != b"\x07\x03" or crc16(request[:6]) != request[6:]:
                    heard = heard[1:]
                    continue
                heard = heard[8:]
                self.asked.append(time.monotonic())
                line.sendall(self.answer())

    def answer(self):
        self.answers += 1
        words = [struct.pack(">f", value) for value in (self.ph, self.answers % 8000 / 100)]
        body = b"\x07\x03\x0a" + b"".join(w[2:] + w[:2] for w in words) + b"\0\0"  # order CDAB; state 0: measuring
        return body + crc16(body)
