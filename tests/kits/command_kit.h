/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles with commands, made up for tests: an analyser with a range that is set, and a text probe. */
#ifndef TESTS_COMMAND_KIT_H
#define TESTS_COMMAND_KIT_H

#include "sensors/tables/profile.h"

/* command-gas (Modbus: o2 at 0, setting range at 2) and command-probe (text: o3), with these lines of
 * their table `commands`. */
char *command_gas(const char *commands); /* the caller frees */
char *command_probe(const char *commands);

extern const char gas_commands[], probe_commands[];

/* The profile; fails the test with what is said of it. */
struct profile *command_profile(char *text); /* frees the text */

/* What is wrong with it contains this. */
void command_complaint(char *text, const char *what); /* frees the text */

#endif
