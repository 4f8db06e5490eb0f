/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the poller knows of answers that may still come. */
#ifndef SENSORS_POLLER_OWED_H
#define SENSORS_POLLER_OWED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bus;
struct device;
struct moment;

/* An answer may come so late, and no later; but after one that did, twice as late as
 * that, at most OWED_LONGEST, which is believed for OWED_LONG_FOR. */
#define OWED_US       INT64_C(30000000)
#define OWED_LONGEST  INT64_C(600000000)
#define OWED_LONG_FOR INT64_C(86400000000)
#define OWED_MOST     16 /* requests without an answer that are kept in mind */

/* Requests whose answers may still come, the oldest first. */
struct owed {
	size_t n;
	struct owed_request {
		int64_t asked_us;
		int trial; /* its number, 0: a block was asked for */
	} request[OWED_MOST];
	uint8_t *state; /* [3 + OWED_MOST][state_size]: the driver, when it had asked */
	size_t state_size;
	int64_t more_until_us; /* one was given up: until then it may come */
	int64_t asked_us;      /* the last request */
	int64_t given_up_us;   /* the newest that is no longer waited for; 0: none */
	bool lost;             /* one was given up since an answer was in step */
	int64_t late_us,
	        late_until_us; /* one came so late, and it is believed until then */
	bool later;            /* that has just been seen: not told yet */
};

/* ---- poller_owed.c ---- */
/* The request is out. */
void owed_add(struct device *device, const struct moment *now);
/* The last request has its answer, or will never have one. */
void owed_settle(struct device *device);
/* Whether a frame is an answer to the last request, or to one like it. */
bool owed_is_answer(const struct device *device, const uint8_t *in, size_t n);
/* Whether it may be that of a request before. */
bool owed_may_be(
        struct device *device, const uint8_t *in, size_t n, const struct moment *now);
/* Nothing is owed, and this is the answer to the last request. */
void owed_in_step(struct device *device);
/* It pays for the oldest request that it may be the answer to; false: for none. */
bool owed_pay(struct device *device, const uint8_t *in, size_t n);
/* One that was paid for came late: more may follow. */
void owed_came_late(struct device *device, const struct moment *now);
/* How late an answer may come, as far as is known. */
int64_t owed_wait_us(const struct device *device, const struct moment *now);
/* What came was damaged: whichever it answered, it was one. */
void owed_pay_oldest(struct device *device);
/* Whether anything may still come. */
bool owed_any(struct device *device, const struct moment *now);
/* The next frame out of bus->framer that is an answer to anything asked on this
 * line. */
int owed_next(struct bus *bus, const uint8_t **frame, struct moment *first);
/* Such a frame is not for whom it was waited for: counted as late; false: it is
 * nobody's. */
bool owed_late(struct bus *bus, const uint8_t *in, size_t n, const struct moment *now);
/* What poller_trial.c needs of it: states of the driver when the i-th request was
 * asked, and before a trial; and that the i-th is owed no more. */
uint8_t *owed_state(const struct owed *owed, size_t i);
uint8_t *owed_before_trial(const struct owed *owed);
void owed_forget(struct owed *owed, size_t i);

#endif
