/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames of the Bayern-Hessen protocol ("Gesytec", "Geysitech" at Thermo, "Hessen" at Teledyne), in its
 * two forms.  An answer comes in the form of its request.
 *
 *     02 D A 0 9 7 03 3 A                  request to address 097, with a block check
 *     02 D A 0D                            request to whoever is there, without one
 *
 *     02 MD 02  001 +2578+01 03 04 0000000000  002 +5681+00 03 04 0000000000  03 B B
 *        |  |   |   |        |  |  serial      the next record                |  block check
 *        |  |   |   |        |  failure byte                                  or 0D, and no check
 *        |  |   |   |        operation status byte
 *        |  |   |   +2.578 x 10^1: the point stands after the first digit
 *        |  |   number of the value
 *        |  records that follow
 *        measured data
 *
 * The check is the exclusive or of all bytes from 02 to 03, both counted, as two digits of sixteen in
 * capitals.  Sources: Thermo 42i Trace Level manual p. D-3 and D-6 (manualshive.com 1105141 pages 315 and
 * 318), 49i manual p. D-6; Ecotech Serinus 44 manual p. 168 to 171 and Acoem Serinus 30 manual p. 220
 * (easymanua.ls); Met One BAM-1020 (openiod/apri-sensor, an answer of 11 records).
 *
 * Makers differ in what stands around value, status and failure byte:
 *
 *     kkk +nnnn+ee ss ff serial            Thermo (10 digits), Serinus 40 family (8 digits)
 *     kkk +nnnn+ee ss ff mmm eeeeee        BAM-1020, later Serinus: number of the gas, serial
 *     kkk +nnnn+ee ss ff000 00000000       Serinus 10, 30, 50 of old: nothing between ff and zeros
 *     the same without kkk                 Serinus asked without an address
 *
 * All records of an answer are of one kind, so tokens / records tells which.
 */
#ifndef SENSORS_BAYERN_HESSEN_FRAME_H
#define SENSORS_BAYERN_HESSEN_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BAYERN_RECORDS 12  /* most of one answer: the BAM-1020 has 11 */
#define BAYERN_FRAME   512 /* more than 12 records of any kind */

enum bayern_form { BAYERN_ETX, BAYERN_CR };
extern const char *const bayern_forms[]; /* "etx", "cr" */

struct bayern_token {
	const char *at; /* into the answer; NULL: not there */
	size_t n;
};

struct bayern_record {
	struct bayern_token number, value, status, failure;
	struct bayern_token gas, serial;
};

struct bayern_answer {
	size_t n;
	struct bayern_record record[BAYERN_RECORDS];
};

/* ---- the asking side ---- */

/* Write DA for `address` (three digits, or "": whoever is there); its length, REFUSED (no such address)
 * or FULL. */
int bayern_request_put(int form, const char *address, uint8_t *out, size_t room);

/* Length of the answer that starts at in[0], its check and its syntax sound; FRAME_SHORT, FRAME_NONE. */
int bayern_answer_frame(int form, const uint8_t *in, size_t n);

/* The records of exactly one answer: OK, or MALFORMED and *why ("wrong block check"). */
int bayern_answer_get(int form, const uint8_t *in, size_t n, struct bayern_answer *out,
        const char **why);

/* True if a frame of the right form, with a check that is wrong, stands somewhere among these bytes. */
bool bayern_check_failed(int form, const uint8_t *in, size_t n);

/* "+2578+01" as 25.78; NAN if it is not a value. */
double bayern_value_get(const char *at, size_t n);

/* ---- the answering side, for the simulator ---- */

struct bayern_request {
	int form;
	char address[4]; /* "" if it names none */
};

/* Length of the DA that starts at in[0], FRAME_SHORT or FRAME_NONE. */
int bayern_request_get(const uint8_t *in, size_t n, struct bayern_request *out);

/* "+2578+01" of 25.78; a value that does not fit (or is none) becomes +0000+00, as instruments do.  Nine bytes
 * with the NUL. */
void bayern_value_put(double value, char out[9]);

/* Close a frame whose text stands at out + 1 and is n bytes long; its length, or FULL. */
int bayern_close(int form, size_t n, uint8_t *out, size_t room);

#endif
