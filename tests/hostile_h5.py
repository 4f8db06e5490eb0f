#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a sealed file hostile: what it holds lies, or seems to lie, somewhere else.

    hostile_h5.py FILE external | link | soft | virtual | vlen | claim | extra
"""
import os
import sys

import h5py
import numpy


def replace(file, name, make):
    attributes = dict(file[name].attrs)
    rows = len(file[name])
    del file[name]
    made = make(rows)
    for key in ("units", "long_name", "ancillary_variables", "channel"):
        if made is not None and key in attributes:
            made.attrs[key] = attributes[key]


def main():
    path, what = sys.argv[1], sys.argv[2]
    os.chmod(path, 0o600)
    with h5py.File(path, "r+") as file:
        name = "cod-1/cod"
        if what == "external":
            replace(file, name, lambda n: file.create_dataset(
                name, (n,), "<f8", external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)]))
        elif what == "link":
            del file[name]
            file[name] = h5py.ExternalLink("/etc/passwd", "/x")
        elif what == "soft":
            del file[name]
            file[name] = h5py.SoftLink("/cod-1/time")
        elif what == "virtual":
            def virtual(n):
                layout = h5py.VirtualLayout((n,), "<f8")
                layout[:] = h5py.VirtualSource("/etc/passwd", "x", (n,))
                return file.create_virtual_dataset(name, layout)
            replace(file, name, virtual)
        elif what == "vlen":
            replace(file, name, lambda n: file.create_dataset(
                name, (n,), h5py.vlen_dtype(numpy.float64)))
        elif what == "claim":  # a dataset that claims a million million rows
            replace(file, name, lambda n: file.create_dataset(
                name, (10 ** 12,), "<f8", chunks=(8640,), compression="gzip"))
        elif what == "extra":  # outside, where nothing is wanted
            file.create_dataset("cod-1/extra", (4096,), "u1",
                                external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)])
        else:
            sys.exit(f"no such thing: {what}")


main()
