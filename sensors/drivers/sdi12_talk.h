/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One measurement of one SDI-12 instrument, as a machine of four steps: bytes in, bytes out, no clock.
 *
 *     M   asked "0M!"     "0ttt n": wait for the service request, at most ttt + 1 s, and nobody else may
 *                         be asked meanwhile; ttt 000: the data at once
 *     C   asked "0C!"     "0ttt nn": the line is free for ttt s, then the data
 *     R   asked "0R0!"    the data are the answer
 *     D   asked "0D0!"    values; "0D1!" and so on until as many are here as were announced
 *
 * Data without a value mean that the measurement was aborted (somebody else asked, or a break): it is made
 * again, three times in all.  Nothing is announced (n 0): nothing is asked for.
 *
 * Source: SDI-12 version 1.3, 2016, section 4.4.
 */
#ifndef SENSORS_SDI12_TALK_H
#define SENSORS_SDI12_TALK_H

#include "sensors/drivers/sdi12_frame.h"

#define SDI12_TRIES 3 /* of a measurement that is aborted */

enum sdi12_step { SDI12_START, SDI12_WAIT, SDI12_FETCH };

/* What follows an answer. */
enum sdi12_next {
	SDI12_DONE,  /* all values are here, or none will come */
	SDI12_GO_ON, /* ask the next, at once */
	SDI12_LISTEN, /* ask nobody: the service request comes within sdi12_talk.seconds + 1 */
	SDI12_LATER, /* the line is free for sdi12_talk.seconds */
};

struct sdi12_talk {
	char address;
	char command[3]; /* "M", "M1", "C", "R0" */
	bool check;      /* ask for data with a check */
	int step;        /* enum sdi12_step */
	unsigned seconds, announced, got, data, tries;
};

/* True for M, M1..M9, C, C1..C9, R0..R9. */
bool sdi12_is_measurement(const char *command);

/* Begin a measurement; the command must be one. */
void sdi12_talk_begin(
        struct sdi12_talk *talk, char address, const char *command, bool check);

/* Write the next command; its length, 0 while the service request is waited for. */
size_t sdi12_talk_ask(const struct sdi12_talk *talk, uint8_t *out, size_t room);

/* What the answer to it can be. */
struct sdi12_expected sdi12_talk_expects(const struct sdi12_talk *talk);

/* Length of an answer to it: as sdi12_answer_frame, but no more values than were announced. */
int sdi12_talk_frame(const struct sdi12_talk *talk, const uint8_t *in, size_t n);

/* Such an answer has come: enum sdi12_next. */
int sdi12_talk_take(struct sdi12_talk *talk, const uint8_t *in, size_t n);

/* True if this answer ends it without a value: aborted once too often. */
bool sdi12_talk_gives_up(const struct sdi12_talk *talk, const uint8_t *in, size_t n);

/* None came: SDI12_GO_ON if that was the service request, which an instrument may owe us. */
int sdi12_talk_missed(struct sdi12_talk *talk);

/* ---- the same answers, out of a record ---- */

/* Values of one measurement, put together from its answers in the order they came. */
struct sdi12_collected {
	bool announced_known;
	unsigned announced, announcements;
	bool empty; /* the last answer was an address alone: service request, or aborted */
	size_t n;
	struct sdi12_value value[SDI12_VALUES];
};

/* Add the next answer.  A new announcement begins anew.  MALFORMED: it is none of this protocol, and the
 * values so far stay. */
int sdi12_collect(struct sdi12_collected *collected, const uint8_t *in, size_t n);

/* True if all values are here. */
bool sdi12_complete(const struct sdi12_collected *collected);

#endif
