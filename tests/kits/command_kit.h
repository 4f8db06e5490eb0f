/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles with commands, made up for tests: an analyser with a range that is set, and a text probe. */
#ifndef TESTS_COMMAND_KIT_H
#define TESTS_COMMAND_KIT_H

#include "sensors/tables/profile.h"

#define COMMAND_NOON INT64_C(1794200400000000) /* 2026-11-09 12:00 legal time */

/* command-gas (Modbus: o2 at 0, setting range at 2) and command-probe (text: o3), with these lines of
 * their table `commands`. */
char *command_gas(const char *commands); /* the caller frees */
char *command_probe(const char *commands);

extern const char gas_commands[], probe_commands[];

/* The profile; fails the test with what is said of it. */
struct profile *command_profile(char *text); /* frees the text */

/* What is wrong with it contains this. */
void command_complaint(char *text, const char *what); /* frees the text */

/* One of it: slave 17, its factory address, at a Vietnamese station. */
struct instrument command_instrument(const struct profile *profile);

/* The bytes of a command at COMMAND_NOON, as hex, or why there are none; good until the next call. */
const char *command_sent(const struct instrument *instrument, const char *name,
        const char *value, uint8_t out[COMMAND_MOST]);

/* A command that went out (with the time 0), and what an answer says of it. */
struct command_asked {
	struct command_order order;
	uint8_t request[COMMAND_MOST];
};
struct command_asked command_ask(
        const struct instrument *instrument, const char *name, const char *value);
int command_answer(const struct command_asked *asked, const void *in, size_t n,
        struct command_outcome *out);

#endif
