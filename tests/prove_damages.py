#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damages of an archive, as a table: what was done, a function that does it to a copy, and what that takes.

"{group}" in a word stands for the group of the instrument in the sealed file.
"""
import os
import shutil
import socket

import h5py

from prove_bytes import EPOCH, small_segment
from prove_in_file import (another_scale, another_shape, another_text, attribute_in, big_endian, comment, edit, empty_attribute,
                           fill_of_another_type, flags_change, group_renamed, hard_link, in_file, instrument, list_away,
                           longer_text, narrow_numbers, numbered, one_up, other_text_form, part_of_a_microsecond, soft_link,
                           start_moved, type_put_in, units_away, values_of_a_dimension, wide_states, words_of_a_list)
from prove_kit import DAY, read, run, write

CHECKPOINT, SIXTH, ACTS, COD = "checkpoints/000000000004", "checkpoints/000000000006", "checkpoints/acts", "/{group}/cod"


def nothing(_):
    pass


def change(archive, name, old, new):
    path = os.path.join(archive, name)
    data = read(path)
    assert old in data, (name, old)
    write(path, data.replace(old, new, 1))


def flip(archive, name, where, bits=1):
    path = os.path.join(archive, name)
    data = bytearray(read(path))
    data[where] ^= bits
    write(path, bytes(data))


def segment(archive):
    for _ in range(2):
        archive = os.path.join(archive, sorted(os.listdir(archive))[0])
    return archive


def journal_flip(archive, where, bits):
    flip(archive, segment(os.path.join(archive, "journal/outlet")), where, bits)


def journal_and_notes(archive):
    """Its last records, and what the collector noted as sealed."""
    path = segment(os.path.join(archive, "journal/outlet"))
    data = read(path)
    end = len(data.rstrip(b"\0"))
    write(path, data[:end - 600] + bytes(len(data) - end + 600))
    shutil.rmtree(os.path.join(archive, "sealed"))


def journal_folder(archive):
    folder(archive, segment(os.path.join(archive, "journal/outlet")))


def no_folder(archive, make):
    """Something else in the place of an epoch's folder."""
    source = os.path.join(archive, "journal/outlet")
    epoch = os.path.join(source, sorted(os.listdir(source))[0])
    shutil.rmtree(epoch)
    make(epoch)


def journal(archive, *segments):
    """A journal of segments (number, first seq, commits, records before it that never came)."""
    place = os.path.join(archive, f"journal/tram-01/{EPOCH:016x}")
    os.makedirs(place)
    for one in segments:
        write(os.path.join(place, f"{one[1]:020}.log"), small_segment(EPOCH, *one)[1])


JOURNAL = f"journal/tram-01/{EPOCH:016x}"


def stranger(archive, place, first):
    """Something else in the place of a segment of three: the newest is 12."""
    journal(archive, (1, 1, (2, 3), 0), (2, 6, (2, 4), 0), (3, 12, (2,), 0))
    path = os.path.join(archive, JOURNAL, f"{first:020}.log")
    os.remove(path)
    place(path)


def socket_at(path):
    with socket.socket(socket.AF_UNIX) as one:
        folder = os.open(os.path.dirname(path), os.O_PATH)  # a path of any length
        one.bind(f"/proc/self/fd/{folder}/{os.path.basename(path)}")
        os.close(folder)


def link_to_nothing(path):
    os.symlink("/nowhere/at/all", path)


def empty_file(path):
    write(path, b"")


def newest_segment(archive, data):
    journal(archive, (1, 1, (2, 3), 0))
    write(os.path.join(archive, JOURNAL, f"{6:020}.log"), data)


def segment_copied(archive, one, two):
    journal(archive, (1, 1, (2, 3), 0), (2, 6, (5,), 0), (3, 12, (2,), 1))
    copy(archive, f"{JOURNAL}/{one:020}.log", f"{JOURNAL}/{two:020}.log")


def moved(archive, name):
    """To where libhdf5 looks for a superblock, too."""
    path = os.path.join(archive, name)
    write(path, bytes(512) + read(path))


def fifo(archive, name):
    away(archive, name)
    os.mkfifo(os.path.join(archive, name))


def away(archive, name):
    os.remove(os.path.join(archive, name))


def checkpoints_away(archive, lines=6, but=""):
    """All but one, and the list as it was then."""
    place = os.path.join(archive, "checkpoints")
    for name in os.listdir(place):
        if name.isdigit() and name != but:
            os.remove(os.path.join(place, name))
    cut(archive, "seals", lines)


def open_left(archive):
    """A power cut between the last day's checkpoint and the removal of `open`."""
    copy(archive, SIXTH, "checkpoints/open")


def first_only(archive):
    """A power cut in the first signing: seals that came later are under no checkpoint yet."""
    copy(archive, "checkpoints/000000000002", "checkpoints/.first")
    checkpoints_away(archive)


def folder(archive, name):
    away(archive, name)
    os.mkdir(os.path.join(archive, name))


def pipe(archive, name):
    away(archive, name)
    os.mkfifo(os.path.join(archive, name))


def link(archive, name, to):
    path = os.path.join(archive, name)
    if os.path.lexists(path):
        os.remove(path)
    os.symlink(to, path)


def put_in(archive, name):
    write(os.path.join(os.fsencode(archive), name), b"x")


def copy(archive, one, two):
    shutil.copy(os.path.join(archive, one), os.path.join(archive, two))


def repack(archive, day=4, how=("-f", "GZIP=9")):
    path = os.path.join(archive, DAY % day)
    run("h5repack", *how, path, path + ".new")
    os.replace(path + ".new", path)


def swapped_acts(archive):
    path = os.path.join(archive, ACTS)
    lines = read(path).split(b"\n")
    write(path, b"\n".join([lines[0], lines[2], lines[1], *lines[3:]]))


def cut(archive, name, n):
    path = os.path.join(archive, name)
    write(path, b"\n".join(read(path).split(b"\n")[:n] + [b""]))


def line_away(archive, name, n):
    path = os.path.join(archive, name)
    lines = read(path).split(b"\n")
    write(path, b"\n".join(lines[:n] + lines[n + 1:]))


def shorten(archive, name, size):
    path = os.path.join(archive, name)
    os.truncate(path, size if size > 0 else os.path.getsize(path) + size)


def swap(archive, one, two):
    one, two = os.path.join(archive, one), os.path.join(archive, two)
    os.rename(one, one + ".x")
    os.rename(two, one)
    os.rename(one + ".x", two)


DAMAGES = (
    ("nothing", nothing),
    ("a value of a record", edit, "value", COD, "20", "99"),
    ("a state of a record", edit, "value", COD + "_state", "20", "2"),
    ("a number of a record", edit, "value", "/{group}/seq", "20", "9999"),
    ("the time of a record", edit, "value", "/{group}/time", "20", "5"),
    ("the unit attribute", edit, "attribute", COD, "units", "ug L-1"),
    ("a name attribute", edit, "attribute", COD, "long_name", "nitrate"),
    ("what it is expressed as", edit, "attribute", COD, "expressed_as", "N"),
    ("the unit of time", edit, "attribute", "/{group}/time", "units", "seconds since 1971-01-01 00:00:00"),
    ("the zone's name", edit, "attribute", "/", "zone_name", "Khac"),
    ("the station", edit, "attribute", "/", "station", "other"),
    ("an attribute taken away", edit, "remove", COD, "unit_of_instrument"),
    ("the units taken away", in_file, units_away),
    ("an attribute put in", in_file, attribute_in),
    ("the group renamed", in_file, group_renamed),
    ("the group numbered, with no other", in_file, numbered, ""),
    ("a channel numbered, with no other", in_file, numbered, "cod"),
    ("the values of the flags", in_file, flags_change),
    ("a dataset put in", edit, "new", "{group}/extra"),
    ("a dataset put in at the root", edit, "new", "extra"),
    ("rewritten by h5repack", repack),
    ("rewritten without chunks", repack, 4, ("-l", "CONTI")),
    ("rewritten with the newest superblock", repack, 4, ("-L",)),
    ("a file behind 512 bytes", moved, DAY % 5),
    ("a column in the other order of bytes", in_file, big_endian),
    ("a column of wider numbers", in_file, wide_states),
    ("a column of narrower numbers", in_file, narrow_numbers),
    ("less than a microsecond of a time", in_file, part_of_a_microsecond),
    ("a fill value in the other order of bytes", in_file, fill_of_another_type),
    ("a text in more room", in_file, longer_text),
    ("a text in ASCII", in_file, other_text_form, "cod", "units", h5py.h5t.CSET_ASCII, h5py.h5t.STR_NULLTERM),
    ("a text filled with zeros", in_file, other_text_form, "cod", "units", h5py.h5t.CSET_UTF8, h5py.h5t.STR_NULLPAD),
    ("a soft link in a file", in_file, soft_link),
    ("a second name in a file", in_file, hard_link),
    ("a type put in", in_file, type_put_in),
    ("an attribute without a value", in_file, empty_attribute),
    ("a comment on a column", in_file, comment),
    ("a text for a list of what lies along a group", in_file, words_of_a_list, "REFERENCE_LIST"),
    ("a text for a list of a group's dimensions", in_file, words_of_a_list, "DIMENSION_LIST"),
    ("the list of what lies along time taken away", in_file, list_away, "time", "REFERENCE_LIST"),
    ("the dimension of a column taken away", in_file, list_away, "cod", "DIMENSION_LIST"),
    ("the dimension of a column changed", in_file, another_scale),
    ("that time is a dimension", in_file, list_away, "time", "CLASS"),
    ("the name of a dimension", in_file, another_text, "time", "NAME", b"time", b"tide"),
    ("values of what is only a dimension", in_file, values_of_a_dimension),
    ("when the day begins", in_file, another_text, "", "time_coverage_start", b"2026", b"2025"),
    ("the microsecond the day begins", in_file, start_moved, 1),
    ("numbers of an attribute in rows", in_file, another_shape, "cod_state", "flag_values"),
    ("the type of an event", in_file, one_up, "events/type"),
    ("the time of an event", in_file, one_up, "events/time"),
    ("bytes behind the end of a file", shorten, DAY % 5, 1 << 20),
    ("a pipe for a file", fifo, DAY % 5),
    ("a file taken away", away, DAY % 5),
    ("a file put in", copy, DAY % 5, DAY % 9),
    ("two files swapped", swap, DAY % 3, DAY % 4),
    ("a file cut short", shorten, DAY % 5, 5000),
    ("a link for a file", link, DAY % 5, "outlet_2026-11-04.h5"),
    ("a link to nothing for a file", link, DAY % 5, "nowhere.h5"),
    ("a link put in", link, DAY % 9, "outlet_2026-11-04.h5"),
    ("a link round and round", link, "kcn-mau/outlet/round", ".."),
    ("a root in the seal list", flip, "seals", 120, 1),
    ("a count in the seal list", change, "seals", b"records 98", b"records 97"),
    ("a prev in the seal list", flip, "seals", -3, 1),
    ("a path in the seal list", change, "seals", b"outlet_2026-11-04.h5", b"outlet_2026-11-44.h5"),
    ("a line that is no seal", change, "seals", b"v1 2026-11-04", b"v2 2026-11-04"),
    ("the zone's name, of the archive", change, "archive.yaml", b'name: "kcn-mau"', b'name: "Khac"'),
    ("the offset of the archive", change, "archive.yaml", b"+07:00", b"+08:00"),
    ("the zone of the archive", change, "archive.yaml", b"zone: kcn-mau", b"zone: kcn-may"),
    ("the seal list cut", cut, "seals", 4),
    ("the seal list torn", shorten, "seals", -9),
    ("a line of the seal list gone", line_away, "seals", 1),
    ("the root of a checkpoint", flip, CHECKPOINT, 21, 1),
    ("the signature of a checkpoint", flip, CHECKPOINT, -20, 1),
    ("the size in a checkpoint", change, CHECKPOINT, b"\n4\n", b"\n3\n"),
    ("the zone of a checkpoint", change, CHECKPOINT, b"kcn-mau", b"kcn-khac"),
    ("the co-signature", flip, SIXTH, -20, 1),
    ("a checkpoint taken away", away, CHECKPOINT),
    ("a letter that is no base64", flip, CHECKPOINT, -20, 64),
    ("a folder for a checkpoint", folder, CHECKPOINT),
    ("a pipe for a checkpoint", pipe, CHECKPOINT),
    ("a link to nothing for a checkpoint", link, CHECKPOINT, "nowhere"),
    ("the acts taken away", away, ACTS),
    ("every checkpoint taken away", checkpoints_away),
    ("every checkpoint taken away, and the lines they were over", checkpoints_away, 2),
    ("the list cut to less than a key is from, and its checkpoints away", checkpoints_away, 3, "000000000002"),
    ("an open one, left from before the last day's", open_left),
    ("an open one, left, of another time", copy, CHECKPOINT, "checkpoints/open"),
    ("one that is to be the first, beside others", copy, CHECKPOINT, "checkpoints/.first"),
    ("only one that is to be the first", first_only),
    ("a name that is no text", put_in, b"kcn-mau/outlet/2026/\xff\xc3\x28.h5"),
    ("a checkpoint that was being written", put_in, b"checkpoints/000000000015.2646.tmp"),
    ("nearly one that was being written", put_in, b"checkpoints/000000000015.a.tmp"),
    ("a name that is no text, of a key", put_in, b"checkpoints/\xfe.pem"),
    ("a public key that is another", copy, "checkpoints/second.pem", "checkpoints/archive.pem"),
    ("a public key with a text behind it", shorten, "checkpoints/second.pem", 200),
    ("an answer to a checkpoint that is not there", put_in, b"checkpoints/000000000009.tsr"),
    ("a question of a checkpoint that is not there", put_in, b"checkpoints/000000000009.tsq"),
    ("two acts swapped", swapped_acts),
    ("a key in the acts", flip, ACTS, 20, 1),
    ("a signature in the acts", flip, ACTS, -20, 1),
    ("the acts cut", cut, ACTS, 2),
    ("the order of a pruned file", change, ACTS, b"QD-12", b"QD-13"),
    ("a bit of a journal's record", journal_flip, 700, 4),
    ("a bit of a journal's header", journal_flip, 30, 4),
    ("a bit of a journal's segment number", journal_flip, 33, 4),
    ("a bit of a journal's check sum", journal_flip, 64, 4),
    ("a journal's last bytes", journal_flip, 65, 128),
    ("a journal's last records, and the notes that they were sealed", journal_and_notes),
    ("a folder for a journal's segment", journal_folder),
    ("a file for the folder of a journal", no_folder, empty_file),
    ("a pipe for the folder of a journal", no_folder, os.mkfifo),
    ("a link to nothing for the folder of a journal", no_folder, link_to_nothing),
    ("a folder for the first of three segments", stranger, os.mkdir, 1),
    ("a folder for the second of three segments", stranger, os.mkdir, 6),
    ("a folder for the newest of three segments", stranger, os.mkdir, 12),
    ("a pipe for the first of three segments", stranger, os.mkfifo, 1),
    ("a pipe for the second of three segments", stranger, os.mkfifo, 6),
    ("a pipe for the newest of three segments", stranger, os.mkfifo, 12),
    ("a socket for the first of three segments", stranger, socket_at, 1),
    ("a socket for the second of three segments", stranger, socket_at, 6),
    ("a socket for the newest of three segments", stranger, socket_at, 12),
    ("a link to nothing for the first of three segments", stranger, link_to_nothing, 1),
    ("a link to nothing for the second of three segments", stranger, link_to_nothing, 6),
    ("a link to nothing for the newest of three segments", stranger, link_to_nothing, 12),
    ("a newest segment of zeros", newest_segment, bytes(4096)),
    ("an emptied first segment", stranger, empty_file, 1),
    ("an emptied second segment", stranger, empty_file, 6),
    ("an empty newest segment", newest_segment, b""),
    ("a segment copied between two", segment_copied, 1, 11),
    ("a segment copied behind them", segment_copied, 6, 20),
    ("a segment copied over part of the one before", segment_copied, 1, 8),
    ("records that never came", journal, (1, 1, (2, 3), 0), (2, 10, (2,), 4)),
    ("records that never came, so many or more", journal, (1, 1, (2, 3), 0), (2, 10, (2,), 0xFFFFFFFF)),
    ("records missing before some that never came", journal, (1, 1, (2, 3), 0), (2, 10, (2,), 3), (3, 12, (1,), 5)),
    ("records missing, and no header tells", journal, (1, 1, (2, 3), 0), (2, 10, (2,), 0)),
)


def damage(archive, act, *words):
    with h5py.File(os.path.join(archive, DAY % 3), "r") as file:
        group = instrument(file)
    act(archive, *(word.replace("{group}", group) if isinstance(word, str) else word for word in words))
