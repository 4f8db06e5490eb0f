#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of tests/verify_archive.py, for tests that compare one thing.

    verify_parts.py file FILE | roots N... | journal FOLDER/SOURCE/EPOCH
"""
import struct
import sys

import h5py
from verify_archive import ORDER, file_records, read_journal, root_of


def main(what, *words):
    if what == "file":
        records = file_records(h5py.File(words[0], "r"))
        print(len(records), root_of(records).hex())
    elif what == "roots":
        for n in words:
            print(root_of([b"record %d" % i for i in range(int(n))]).hex())
    else:
        for record in read_journal(words[0]):
            print(ORDER.unpack_from(record)[1], struct.unpack_from("<q", record, 40)[0], len(record))


main(*sys.argv[1:])
