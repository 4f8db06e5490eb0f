"""When requests came, against the schedule of whoever made them."""
import datetime

PERIOD_S = 1.0
NEXT_S = 0.3  # silence that ends a poll of several requests


def requests_of(path, since):
    """{instrument: [seconds]} of the simulator's log, asked after `since` (seconds since 1970)."""
    asked = {}
    with open(path) as f:
        next(f, None)
        for row in f:
            fields = row.split(",")
            if len(fields) == 4 and row.endswith("\n"):
                at = datetime.datetime.fromisoformat(fields[0]).timestamp()
                if at >= since:
                    asked.setdefault(fields[2], []).append(at)
    return asked


def polls_of(times, requests):
    """First request of each poll; one that is cut at the beginning is left out."""
    polls, last, n = [], None, 0
    for at in times:
        if last is None or at - last > NEXT_S or (polls and n == requests):
            polls.append(at)
            n = 0
        n += 1
        last = at
    return polls[1:] if requests > 1 else polls


def lateness(polls):
    """Seconds each poll was late, and how many were left out.

    The schedule is a poll each second; its phase is that of the poll which came earliest, so that
    nobody is late by the moment at which he was started.
    """
    number, missed = [0], 0
    for before, at in zip(polls, polls[1:]):
        steps = max(1, round((at - before) / PERIOD_S))
        missed += steps - 1
        number.append(number[-1] + steps)
    phase = [at - k * PERIOD_S for at, k in zip(polls, number)]
    return [p - min(phase) for p in phase], missed


def punctuality(asked, requests):
    """Of all instruments: polls, polls left out, and how late they were: p50, p99, most, in ms."""
    late, missed = [], 0
    for times in asked.values():
        one, left_out = lateness(polls_of(times, requests))
        late += one
        missed += left_out
    late.sort()
    at = [late[len(late) // 2], late[len(late) * 99 // 100], late[-1]]
    return {"polls": len(late), "missed": missed, "late": [1e3 * s for s in at]}
