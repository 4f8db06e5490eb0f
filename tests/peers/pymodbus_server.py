#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stranger that answers: pymodbus' server (Debian package python3-pymodbus), slave 17.

    pymodbus_server.py tcp PORT | rtu PATH | ascii PATH

The same map as libmodbus_server.c has.
"""
import asyncio
import struct
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.framer.ascii_framer import ModbusAsciiFramer
from pymodbus.framer.rtu_framer import ModbusRtuFramer
from pymodbus.server import StartAsyncSerialServer, StartAsyncTcpServer


def bits(packed, n):
    return [bool(packed[i // 8] >> (i % 8) & 1) for i in range(n)]


def registers():
    words = [555, 1, 100] + [0] * 57
    a, b = struct.unpack(">HH", struct.pack(">f", 123456.0))
    c, d = struct.unpack("<HH", struct.pack(">f", 123456.0))
    words[48:56] = [a, b, b, a, c, d, d, c]
    return words


def block(start, values):
    return ModbusSequentialDataBlock(start, values)


def context():
    slave = ModbusSlaveContext(
        co=block(304, bits(bytes([0xCD, 0x6B, 0xB2, 0x0E, 0x1B]), 37)),
        di=block(452, bits(bytes([0xAC, 0xDB, 0x35]), 22)),
        hr=block(352, registers()), ir=block(264, [10]), zero_mode=True)
    return ModbusServerContext(slaves={17: slave}, single=False)


async def main(how, where):
    print("ready", flush=True)
    if how == "tcp":
        await StartAsyncTcpServer(context=context(), address=("127.0.0.1", int(where)))
    else:
        framer = ModbusAsciiFramer if how == "ascii" else ModbusRtuFramer
        await StartAsyncSerialServer(context=context(), framer=framer, port=where, baudrate=9600,
                                     bytesize=8, parity="N", stopbits=1, timeout=0.05)


asyncio.run(main(sys.argv[1], sys.argv[2]))
