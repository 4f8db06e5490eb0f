#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do the means quantrac printed (CSV on stdin) agree with numpy's, computed from the table itself?

usage: means_agree.py FILE COLUMN TIME[+TIME] MISSING FILE_OFFSET_MIN LEGAL_OFFSET_MIN PERIOD_S
Prints how many periods agree to 1e-9 with the same counts of valid values; exit 1 at the first that does not.
"""
import csv
import datetime
import sys

import numpy

path, column, time_columns, missing, file_offset, legal_offset, period = sys.argv[1:]
period = int(period)
absent = {"", "NA", "NULL", "NaN"}


def seconds(text, offset_min):
    text = text.replace("T", " ").replace("Z", "")
    form = "%Y-%m-%d %H:%M:%S" if text.count(":") == 2 else "%Y-%m-%d %H:%M"
    when = datetime.datetime.strptime(text, form).replace(tzinfo=datetime.timezone.utc)
    return int(when.timestamp()) - 60 * offset_min


times, values = [], []
with open(path, encoding="utf-8-sig", newline="") as table:
    for row in csv.DictReader(table):
        cell = row[column]
        if cell in absent or (missing and float(cell) == float(missing)):
            continue
        times.append(seconds(" ".join(row[c] for c in time_columns.split("+")), int(file_offset)))
        values.append(float(cell))
times, values = numpy.array(times), numpy.array(values)
start = (times + 60 * int(legal_offset)) // period * period - 60 * int(legal_offset)
expected = {s: (values[start == s].mean(), int((start == s).sum())) for s in numpy.unique(start)}

agreed = 0
for row in csv.DictReader(sys.stdin):
    begin = int(datetime.datetime.fromisoformat(row["start"]).timestamp())
    mean, n = expected.pop(begin, (None, 0))
    if int(row["valid"]) != n:
        sys.exit(f"{row['start']}: {row['valid']} valid values, numpy counts {n}")
    if n and abs(float(row["value"]) - mean) > 1e-9 * max(1, abs(mean)):
        sys.exit(f"{row['start']}: {row['value']} is not numpy's {mean!r}")
    if not n and row["value"]:
        sys.exit(f"{row['start']}: a mean of nothing: {row['value']}")
    agreed += n > 0
if expected:
    sys.exit(f"{len(expected)} periods are missing, the first begins at {min(expected)}")
print(f"{agreed} means agree")
