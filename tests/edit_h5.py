#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change one thing in an HDF5 file, as somebody with common tools would.

    edit_h5.py FILE value COLUMN ROW NUMBER | attribute OBJECT NAME TEXT | remove OBJECT NAME
    edit_h5.py FILE new NAME | scale COLUMN SCALE | tree COLUMN ROW NUMBER
"""
import os
import sys

import h5py


def main():
    path, what, args = sys.argv[1], sys.argv[2], sys.argv[3:]
    os.chmod(path, 0o600)
    with h5py.File(path, "r+") as file:
        if what == "value":
            file[args[0]][int(args[1])] = float(args[2])
        elif what == "attribute":
            text = args[2].encode()
            kind = h5py.string_dtype("utf-8", len(text) + 1)
            del file[args[0]].attrs[args[1]]
            file[args[0]].attrs.create(args[1], text, dtype=kind)
        elif what == "remove":
            del file[args[0]].attrs[args[1]]
        elif what == "new":
            file.create_dataset(args[0], data=[1, 2, 3])
        elif what == "scale":
            column = file[args[0]]
            column.dims[0].detach_scale(column.dims[0][0])
            column.dims[0].attach_scale(file[args[1]])
        elif what == "tree":
            file[args[0]][int(args[1])] = float(args[2])
            file["tree"][3] ^= 1
        else:
            sys.exit(f"no such change: {what}")


main()
