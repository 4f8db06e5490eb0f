/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames of ELAN, which the gas analysers of Siemens speak (ULTRAMAT 23).
 *
 *     0  1   2    3   4   5    6  7   8   9
 *    10 01  aa   D0  6B  02   10 03  63  71        request: k 02, the measured values
 *    start  to  from  k       end    check
 *
 *    10 06  10 01  D0 aa  s1 s2  6B 02  31 32 2E 35 00 c1 c2 c3 c4  ...  10 03  check
 *    got it start  to     |  |   k      "12.5" NUL     codes of it       end
 *                  from   |  phase
 *                         status
 *
 * aa is channel << 4 | component.  A 10 between start and end is sent twice.  The check is the CRC-16 of
 * Modbus over the bytes as sent, from the 10 of the start to the 03 of the end, low byte first.
 * c3 is the component (6 SO2, 7 NO, 12 O2); what c1, c2 and c4 mean is not known to us.
 *
 * Source: a field driver (Yimning/Daily-Code protocol/rtuacq_protocol_cems_BJXueDiLong_U23.c), whose author
 * made it work; no manual of Siemens was seen.  It does not look at the check of the answer: that the check
 * is made as that of the request is our reading of it.
 */
#ifndef SENSORS_ELAN_FRAME_H
#define SENSORS_ELAN_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELAN_FRAME     300
#define ELAN_VALUES    8  /* most of one answer */
#define ELAN_TEXT      15 /* longest number */
#define ELAN_COMPONENT 2  /* place of the component among its codes */

struct elan_request {
	uint8_t address;        /* channel << 4 | component */
	uint8_t letter, number; /* 'k', 2 */
};

struct elan_value {
	const char *at; /* into the answer: "12.5" */
	size_t n;
	uint8_t code[4];
};

struct elan_answer {
	uint8_t status, phase;
	size_t n;
	struct elan_value value[ELAN_VALUES];
};

/* Write a request; its length or FULL. */
int elan_request_put(const struct elan_request *request, uint8_t *out, size_t room);

/* Length of the answer to `request` that starts at in[0], FRAME_SHORT or FRAME_NONE. */
int elan_answer_frame(const struct elan_request *request, const uint8_t *in, size_t n);

/* What exactly one answer says: OK, or MALFORMED and *why. */
int elan_answer_get(const struct elan_request *request, const uint8_t *in, size_t n,
        struct elan_answer *out, const char **why);

/* True if a frame with a wrong check stands somewhere among these bytes. */
bool elan_check_failed(const uint8_t *in, size_t n);

/* ---- the answering side, for the simulator ---- */

/* Length of the request that starts at in[0], FRAME_SHORT or FRAME_NONE. */
int elan_request_get(const uint8_t *in, size_t n, struct elan_request *out);

/* Write an answer; its length or FULL. */
int elan_answer_put(const struct elan_request *request,
        const struct elan_answer *answer, uint8_t *out, size_t room);

#endif
