/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands and answers of SDI-12, as text: a transparent adapter makes break, parity and timing.
 *
 *     0 M C 1 !                         measure (1 of 0..9, nothing for 0), C: with a check
 *     0 0 0 5 3 CR LF                   ready in 005 s with 3 values; for concurrent C two digits: 03
 *     0 CR LF                           service request: ready before that
 *     0 D 0 !                           send data, then D1, D2 ... until all values are here
 *     0 +3.14 -0.2 O q Z CR LF          values, and the check of MC, CC and RC
 *     0 CR LF                           no value: the measurement was aborted
 *     0 I !                             who are you
 *     0 13 VENDOR__ MODEL_ 1.2 0017 CR LF    version 1.3, vendor (8), model (6), its version (3), whatever else
 *
 * An address is one of 0-9 A-Z a-z.  A value is a sign and one to seven digits, with a point or without.
 * The check is CRC-16 (A001, from 0) over the address and all behind it, as three characters of six bits
 * each, from 40 on: none of them can stand in a value.
 *
 * Source: SDI-12 version 1.3, 2016 (sections 4.4 and 4.4.12); in front of us it is only read.
 */
#ifndef SENSORS_SDI12_FRAME_H
#define SENSORS_SDI12_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SDI12_COMMAND 8  /* longest command we send */
#define SDI12_VALUES  99 /* most a measurement may announce */
#define SDI12_LINE    82 /* address, 75 characters of values, check, CR LF, and one more */

/* What an answer can be; which one is known from what was asked. */
enum sdi12_kind {
	SDI12_ALIVE,      /* a CR LF: to a!, and the service request */
	SDI12_IDENTITY,   /* to aI! */
	SDI12_MEASURE,    /* atttn: to aM!, aV! */
	SDI12_CONCURRENT, /* atttnn: to aC! */
	SDI12_DATA,       /* to aD0!, aR0! */
};

struct sdi12_expected {
	char address;
	int kind;
	bool check; /* data asked for with a check: without one they are no answer */
};

struct sdi12_measure {
	unsigned seconds; /* until ready */
	unsigned values;
};

struct sdi12_value {
	const char *at; /* into the answer: "+3.14" */
	size_t n;
};

bool sdi12_is_address(char c);

/* Length of the answer that starts at in[0]: address, form and check are right; FRAME_SHORT, FRAME_NONE. */
int sdi12_answer_frame(
        const struct sdi12_expected *expected, const uint8_t *in, size_t n);

/* True if an answer with data of the right form and a wrong check stands somewhere among these bytes. */
bool sdi12_check_failed(
        const struct sdi12_expected *expected, const uint8_t *in, size_t n);

/* Out of exactly one answer to a measure command: OK or MALFORMED. */
int sdi12_measure_get(const uint8_t *in, size_t n, struct sdi12_measure *out);

/* The values of exactly one answer with data: their number, 0 if the measurement was aborted, FULL beyond
 * `room`, MALFORMED.  A check is verified where there is one. */
int sdi12_values_get(const uint8_t *in, size_t n, struct sdi12_value *out, size_t room);

/* The version an identity claims, 13 for 1.3; MALFORMED if it is none. */
int sdi12_version_get(const uint8_t *in, size_t n);

/* ---- the answering side, for the simulator ---- */

/* Length of the command that starts at in[0] ("0M!"), FRAME_SHORT or FRAME_NONE. */
int sdi12_command_frame(const uint8_t *in, size_t n);

/* "+25.3" of a number, with as many of its digits as a value may have; its length.  A number too large, or
 * none, is "+9999999", which instruments send for it. */
size_t sdi12_value_put(double value, char out[10]);

/* Close an answer of n bytes with its check (or not) and CR LF; its length. */
size_t sdi12_close(bool check, char *out, size_t n);

#endif
