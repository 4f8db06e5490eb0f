/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What functions answer, and how a person is told why something cannot be done. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

/* A function returns a count >= 0 (OK is 0) or one of these. */
enum {
	OK = 0,
	TIMED_OUT = -1,
	HUNG_UP = -2,
	REFUSED = -3,   /* understood and not allowed, or not possible as asked */
	MALFORMED = -4, /* the bytes or the text cannot be what they claim to be */
	FULL = -5,      /* no room */
	FAILED = -6,    /* the system said no; errno tells what */
	NOT_FOUND = -7,
};

/* The word for one of the above ("timed out"), "ok" for anything >= 0. */
const char *status_text(int status);

/* Exit codes of every program (sysexits; docs/quantrac.1). */
enum {
	EXIT_FOUND = 1, /* --exit-code, and something was found */
	EXIT_USAGE = 64,
	EXIT_DAMAGED = 65,
	EXIT_NO_FILE = 66,
	EXIT_NO_DAEMON = 69,
	EXIT_INTERNAL = 70,
	EXIT_OUTPUT = 74, /* what it says could not be written */
	EXIT_TRY_AGAIN = 75,
	EXIT_CONFIG = 78,
};

/* Why something cannot be done: what, where and the cure, in one line (or a few).
 * `exit` is the code the program should end with if nobody can go on. */
struct problem {
	int exit;
	char text[1024];
};

/* Fill `problem` (may be NULL) and return `status`, so that a function can end with
 * `return problem_set(why, NOT_FOUND, EXIT_NO_FILE, "...")`. */
int problem_set(struct problem *problem, int status, int exit_code, const char *format,
        ...) __attribute__((format(printf, 4, 5)));

#endif
