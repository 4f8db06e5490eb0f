#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Means of real measurements by numpy, for test_means.c to agree with.

numpy_means.py SET FILE.csv COLUMN PERIOD_S OFFSET_MIN
prints one line per period that has a valid value: start (seconds since 1970), count, mean, lowest, highest.
"""
import csv
import datetime
import sys

import numpy

TIMES = {
    "uci": lambda row: row["Date"] + "T" + row["Time"],
    "logan": lambda row: row["datetime"].replace(" ", "T") + ":00",
    "openair": lambda row: row["date"].rstrip("Z"),
}
MISSING = {"uci": "-200", "logan": "-9999", "openair": "NA"}


def main(name, path, column, period_s, offset_min):
    times, values = [], []
    with open(path, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row[column] in (MISSING[name], "", "NULL"):
                continue
            local = datetime.datetime.strptime(TIMES[name](row), "%Y-%m-%dT%H:%M:%S")
            utc = local.replace(tzinfo=datetime.timezone.utc).timestamp() - offset_min * 60
            times.append(int(utc))
            values.append(float(row[column]))
    times, values = numpy.array(times), numpy.array(values)
    shift = offset_min * 60
    starts = (times + shift) // period_s * period_s - shift
    for start in numpy.unique(starts):
        part = values[starts == start]
        print(start, len(part), repr(float(numpy.mean(part))), repr(float(part.min())),
              repr(float(part.max())))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
