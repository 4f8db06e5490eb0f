/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a tap hears: tests/captures/listen/NAME.hex, with NAME.expected beside it.
 *
 *     # constructed: ...          header: from where
 *     # framing: rtu              rtu, rtu-over-tcp or ascii; profile: NAME, slave: 3
 *
 *     0   01 03 00 00 00 02 C4 0B       milliseconds, and the bytes that came then
 *     25  01 03 04 42 48 00 00 6E 5D
 */
#ifndef TESTS_TAP_CAPTURE_H
#define TESTS_TAP_CAPTURE_H

#include "sensors/drivers/modbus_tap.h"

#define TAP_LINES 64

struct tap_capture {
	char name[64], profile_name[64];
	int framing, slave;
	bool told; /* the header says where it comes from */
	size_t n;
	struct tap_line {
		int64_t at_us;
		size_t n;
		uint8_t byte[600];
	} line[TAP_LINES];
};

/* Read captures/listen/NAME.hex; fails the test if it cannot. */
void tap_capture_read(struct tap_capture *capture, const char *name);

/* Names of all there are, ended by NULL; the caller frees. */
const char **tap_capture_list(void);

typedef void tap_pair_hook(void *context, const struct modbus_pair *pair);

/* Feed it in clumps of at most so many bytes (0: lines as they are), 20 s of silence
 * last. */
struct modbus_tap_counts tap_capture_play(const struct tap_capture *capture,
        size_t clump, tap_pair_hook *hook, void *context);

#endif
