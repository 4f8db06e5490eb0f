/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames of HJ/T 212-2005, HJ 212-2017 and (without its encryption) HJ 212-2025, as an
 * instrument or a sub-logger speaks them to a logger.
 *
 *    0  1  2  3  4  5  6                                             6+n          10+n
 *    #  #  L  L  L  L  QN=...;ST=32;CN=2011;PW=...;MN=...;Flag=5;    C  C  C  C   CR LF
 *    start length n    CP=&&DataTime=...;w01018-Rtd=2.2,...&&        check        end
 *          (decimal)   n bytes of data: ASCII, texts in UTF-8        (hexadecimal)
 *                                                  HJ 212-2017, 6.3.1 table 2, 6.3.2 table 3
 *
 * The check is the standard's own (annex A), over the n bytes of data alone:
 *
 *     register = FFFF;  each byte:  register = register >> 8 ^ byte;
 *                       eight times:  register = register >> 1, ^ A001 if a 1 fell out
 *
 * It drops the low byte every time, and so has one of 256 values: an 8-bit check in
 * 16-bit clothes.  Therefore length, end and syntax are checked as well, and LLLL before
 * it: a wrong length is no wrong check.  Peers send it in either case.  Three other
 * checks are met in the field: the plain Modbus CRC (public code sends 0759 for the
 * standard's example, whose right value is 1C80), and either with its bytes swapped;
 * whoever sends one is told by its name, and believed only if the profile says so.
 */
#ifndef SENSORS_HJ212_FRAME_H
#define SENSORS_HJ212_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/tables/fields.h"

/* The standard allows 1024 bytes of data; a frame of 1025 stands in a public receiver's
 * log. */
#define HJ212_OVERHEAD 12 /* ## LLLL CCCC CR LF */
#define HJ212_FRAME    1100
#define HJ212_DATA     (HJ212_FRAME - HJ212_OVERHEAD)

enum hj212_check {
	HJ212_CHECK_OWN,            /* as annex A */
	HJ212_CHECK_MODBUS,         /* CRC-16 of Modbus, high byte first */
	HJ212_CHECK_MODBUS_SWAPPED, /* the same, low byte first */
	HJ212_CHECK_OWN_SWAPPED,    /* annex A, low byte first */
	HJ212_CHECKS
};
extern const char *const hj212_checks[]; /* "hj212", "modbus", ..., ended by NULL */

/* How a peer writes frames, where it is not as the standard says. */
struct hj212_dialect {
	int check;   /* enum hj212_check */
	bool no_end; /* frames end with their check: no CR LF */
};

enum hj212_fault {
	HJ212_SOUND,
	HJ212_CUT,      /* begins a frame and does not end it */
	HJ212_NO_START, /* nothing begins with ## and four digits */
	HJ212_LENGTH,   /* LLLL is not the length of the data */
	HJ212_END,      /* length and check are right, then neither CR LF nor a frame */
	HJ212_WRONG_CHECK, /* no check we know */
	HJ212_OTHER_CHECK, /* the check of another dialect: `check` */
	HJ212_SYNTAX,      /* sound in length and check, and no message */
	HJ212_FAULTS
};

/* What is known of the bytes behind a ##. */
struct hj212_frame {
	int fault;           /* enum hj212_fault */
	int check;           /* HJ212_OTHER_CHECK: which */
	const uint8_t *data; /* the data segment, into the frame */
	size_t n;            /* its bytes, as LLLL says */
	size_t has; /* HJ212_LENGTH: its bytes, as counted; 0: not to be told */
	uint16_t sent, reckoned; /* the check as it came, and as the dialect has it */
};

uint16_t hj212_check_of(int check, const uint8_t *in, size_t n);

/* Length of the frame at in[0], FRAME_SHORT or FRAME_NONE (sensors/tables/driver.h);
 * `out` (may be NULL) says why. */
int hj212_frame_get(const struct hj212_dialect *dialect, const uint8_t *in, size_t n,
        struct hj212_frame *out);

/* Why nothing in these bytes is a frame: of the first that begins like one.
 * HJ212_SOUND if one is. */
void hj212_frame_blame(const struct hj212_dialect *dialect, const uint8_t *in, size_t n,
        struct hj212_frame *out);

/* "its length says 428 bytes, and there are 431", for people. */
void hj212_fault_text(const struct hj212_frame *frame, char *out, size_t room);

/* ---- messages ---- */

enum hj212_edition { HJ212_2005, HJ212_2017, HJ212_2025 };
extern const char *const hj212_editions[]; /* "2005", ... */

#define HJ212_FLAG_ANSWER 1 /* bit A: an answer is wanted */
#define HJ212_FLAG_PARTS  2 /* bit D: PNUM and PNO are there */

/*
 * The fields of a data segment, in `out`: QN ST CN PW MN Flag PNUM PNO as far as they
 * are there, then those between && and &&.  OK; MALFORMED: no CP=&&...&&, no CN of
 * digits, a byte no text has; FULL: more than TEXT_FIELDS.
 *
 * Taken as they come: any order, unknown names, no QN or Flag, empty PW and MN,
 * `Flag=5CP=`, spaces around names and between && and &&, `--` for `-`, a factor of
 * water without its w (01018-Rtd, as in the standard's own table C.14; ST says that it
 * is water).  A name that comes twice with different words says nothing: its text
 * becomes empty.  A name too long for a text_field is passed over.
 */
int hj212_fields(const uint8_t *data, size_t n, struct text_fields *out);

/* The message, as far as the driver needs it. */
struct hj212_message {
	const char *qn, *st, *cn, *pw, *mn; /* NULL: not written; `cn` always */
	int flag;                           /* -1: not written */
	int pnum, pno;                      /* 0: one message, not a part */
	const char *cp;                     /* between && and && */
};

/* Write a frame; its length, FULL, or REFUSED (more data than the standard allows). */
int hj212_put(const struct hj212_dialect *dialect, const struct hj212_message *message,
        uint8_t *out, size_t room);

/* What acknowledges the message of these fields; its length, 0 when none is wanted, or
 * FULL.  Never an answer to an answer (CN 9xxx). */
int hj212_thanks(const struct hj212_dialect *dialect, const struct text_fields *fields,
        uint8_t *out, size_t room);

/* Edition by the version bits of Flag (V5..V0 of V5..V0 D A); 2005 where there is no
 * Flag, and a number beyond HJ212_2025 for a later one. */
int hj212_edition_of(const struct text_fields *fields);

/* Number of decimal digits in a field, or -1 (absent, empty, something else). */
int hj212_number_of(const struct text_fields *fields, const char *name);

#endif
