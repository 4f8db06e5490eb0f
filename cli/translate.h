/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the storeys below say in English, in Vietnamese.  It is done here, where a person
 * reads it, so that records, logs and what programs get keep one language:
 *
 *     there is no port '%s'      ->   không có cổng '%1'
 *
 * English is the format as the source has it; %1 is what stood at its first conversion, as it
 * stood there, ~1 the same where it is a sentence of these tables too.
 */
#ifndef CLI_TRANSLATE_H
#define CLI_TRANSLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct sentence_pair {
	const char *english, *vietnamese;
};

/* One table a storey, each ended by a NULL. */
extern const struct sentence_pair translate_config[]; /* base/config*.c */
extern const struct sentence_pair
        translate_station[]; /* sensors/station, sensors/keeper */
extern const struct sentence_pair translate_simulator[]; /* sensors/simulator */
extern const struct sentence_pair
        translate_orders[]; /* sensors/cabinet, orders to it */
extern const struct sentence_pair
        translate_commands[]; /* the commands, and what they call */
extern const struct sentence_pair
        translate_told[]; /* STATE records: what sensors/poller, ports, cabinet told */

struct section; /* whose `help` has its `help_vi` beside it */

/* `english` in Vietnamese, or as it is where nobody has said that sentence.  Helps are looked up
 * in `helped` (NULL: none). */
void translate(
        const struct section *helped, const char *english, char *out, size_t room);

/* Line by line: errors in gcc's form ("file:6:11: error: ...", "hint: ...") keep their place and
 * the lines of the source. */
void translate_lines(const struct section *helped, const char *english, FILE *out);

/* What is written to `out` is told on stderr: at once in English, in Vietnamese when it is closed. */
struct translated {
	FILE *out;
	char *text;
	size_t n;
};
FILE *translated_open(struct translated *told, bool vietnamese);
void translated_close(struct translated *told, const struct section *helped);

#endif
