/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Captures of instruments: tests/captures/NAME.hex, with NAME.expected beside it.
 *
 *     # instrument: ...           header: what, from where, real or constructed
 *     # slave: 3                  and what the driver is told (framing: rtu, profile: NAME,
 *     # address: 097              address:, listen: yes, range: CHANNEL LOW HIGH,
 *     # utc_offset: +00:00        else +07:00)
 *
 *     > 03 03 00 00 ...           a request
 *     < 03 03 14 ...              its answer; a poll ends with an empty line
 *     > "T 100 SO2\r"             the same as text, with \xNN \r \n \" \\
 *     < -                         nothing comes
 *
 * An instrument that is not asked has only answers; a thank-you is written as a request.
 */
#ifndef TESTS_CAPTURE_H
#define TESTS_CAPTURE_H

#include <stdint.h>

#include "base/reading.h"
#include "sensors/drivers/modbus.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"

#define CAPTURE_STEPS 40
#define CAPTURE_POLLS 8

struct capture_step {
	bool sent; /* a request, or a thank-you; else what came */
	size_t n;
	uint8_t byte[FRAME_MOST];
};

struct capture {
	char name[64], profile_name[64], address[64];
	int framing, slave, utc_offset_min;
	bool listen;
	bool told;    /* the header says where it comes from */
	bool real;    /* and that it is no construction alone */
	size_t clump; /* bytes that come at once; 0: all of a line */
	size_t cut;   /* each line comes in two, the first of so many bytes; 0: whole */
	size_t n_polls;
	struct capture_poll {
		size_t n;
		struct capture_step step[CAPTURE_STEPS];
	} poll[CAPTURE_POLLS];
	size_t n_ranges;
	struct capture_range {
		char channel[64];
		double low, high;
	} range[16];

	/* made from the profile */
	struct profile *profile;
	struct channel_setting setting[READING_CHANNELS];
	struct instrument instrument;
};

/* Read captures/NAME.hex and its profile; fails the test if it cannot. */
void capture_read(struct capture *capture, const char *name);
void capture_free(struct capture *capture);

/* An empty one, of a profile that is given as text. */
void capture_make(struct capture *capture, const char *profile);

/* Every capture there is: names ended by NULL; the caller frees. */
const char **capture_list(void);
/* The same of a folder of the project. */
const char **capture_names(const char *folder);

/* Put a poll through the driver: it must ask what the capture asks and take what it
 * answers.  `room` bytes hold the exchanges; `state` was begun. */
struct exchanges capture_drive(const struct capture *capture, size_t poll, void *state,
        uint8_t *out, size_t room);

/* The first answer of the first poll, with `state` begun and asked for it. */
const struct capture_step *capture_first(const struct capture *capture, void *state);

/* Hexadecimal text ("01 03 ...") as bytes; their number. */
size_t hex_bytes(const char *text, uint8_t *out, size_t room);

#endif
