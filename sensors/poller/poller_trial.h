/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trials, which show who is in step: requests with an answer that no other has. */
#ifndef SENSORS_POLLER_TRIAL_H
#define SENSORS_POLLER_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bus;
struct declined;
struct device;
struct moment;

/* Whether an instrument is in step, as far as is known. */
struct trials {
	int asked;     /* the request is this trial (from 1), 0: a block's */
	int vain;      /* in a row, that it did not answer */
	bool unproven; /* it missed an answer, and no trial has shown it in step */
	bool shy;      /* its last had no answer: the block is asked for without */
	bool hushed;   /* not asked until nothing is owed */
	bool gave_up;  /* in this poll, a block that was not answered */
	bool unfit; /* it refused a block as unknown: a refused trial proves nothing */
};

/* Whether trials may tell: its driver knows some, and it has not let all of late
 * without an answer. */
bool trial_may(const struct device *device);
/* Something of a block is about to be asked: first a trial, where it must be shown that
 * the line is in step. */
void trial_open(struct bus *bus, struct device *device);
/* Keep an answer until a trial has proved it; the trial is what the driver asks next.
 * False: there is none. */
bool trial_close(struct bus *bus, struct device *device, const uint8_t *frame, size_t n,
        const struct moment *first);
/* Its answer is there: the block may be asked for, or bus->maybe is proved, or it is
 * not. */
enum { TRIAL_OPENED, TRIAL_PROVED, TRIAL_FAILED };
int trial_answered(struct bus *bus, struct device *device);
/* Whether a refusal is that of a trial before the last request: it pays for it, and
 * counts as late. */
bool trial_refused_late(struct device *device, const struct declined *declined,
        const struct moment *now);
/* Where it is not: whether it can only be that of the trial asked last, as good as its
 * answer. */
bool trial_refused(const struct device *device, const struct declined *declined,
        const struct moment *now);
/* The answer that was kept proves nothing, and counts as late. */
void trial_failed(struct bus *bus, struct device *device);
/* The block is what the driver asks next. */
void trial_back(struct device *device);

#endif
