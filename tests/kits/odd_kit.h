/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line that behaves oddly: a port in memory whose answers are those of the simulator, changed by each
 * test; a clock moved by hand.
 */
#ifndef TESTS_ODD_KIT_H
#define TESTS_ODD_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/poller/poller.h"
#include "sensors/simulator/simulate.h"

#define SECOND   INT64_C(1000000)
#define MS       INT64_C(1000)
#define START_US INT64_C(1793466000000000) /* 2026-11-01T00:00:00+07:00 */
#define MESSAGES 64
#define MOST     8

struct odd {
	struct port port; /* first */
	struct scenario *scenario;
	struct station *station;
	struct poller *poller;
	struct moment now;
	struct message {
		int64_t due_us; /* 0: free */
		size_t n;       /* 0: the line goes */
		uint8_t bytes[FRAME_MOST];
	} message[MESSAGES];
	void (*answer)(struct odd *odd, size_t who, const uint8_t *in, size_t n,
	        const struct simulated *said);
	size_t takes;       /* bytes of a request that go out */
	bool unreachable;   /* no connection ever comes to be */
	size_t floods;      /* bytes 55 that it gives without being asked */
	size_t taken;       /* of them */
	size_t steps;       /* of the poller */
	int64_t gateway_us; /* until then it is busy */
	size_t asked[MOST], readings[MOST], ok[MOST], silent[MOST], states, opened;
	int64_t last_us[MOST], longest_us[MOST];
	char told[8192];
};

#define SERIAL "path: /dev/serial/by-id/x, line: 9600 8N1"
#define TCP    "tcp: \"192.0.2.1:502\""

/* Lines of the log since odd_new. */
extern size_t odd_lines;

/* n instruments of a profile, slaves 1 to n; `polls`: of each, "poll_every: 1s, timeout: 300ms". */
struct odd *odd_new(
        const char *port, const char *profile, size_t n, const char *const *polls);
void odd_end(struct odd *odd);
void odd_run(struct odd *odd, int64_t for_us);

/* Bytes come, or the line goes, so much later. */
void odd_send(struct odd *odd, int64_t after_us, const uint8_t *bytes, size_t n);
void odd_hang_up(struct odd *odd, int64_t after_us);

/* An answer of odd->answer: as it should be. */
void odd_well(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said);
/* Modbus RTU refuses the request `in`. */
void odd_refuse(struct odd *odd, const uint8_t *in, uint8_t exception);

#endif
