/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program of many commands: which one is meant, what is told without one, and how it ends. */
#ifndef CLI_DISPATCH_H
#define CLI_DISPATCH_H

#include <stdbool.h>

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary, *summary_vi; /* NULL: an alias, not listed */
};

/* Put the command before the common options that were written before it. */
void command_arrange(int argc, char **argv);

/* `--lang vi --help`, without a command: is help asked for by options alone?  And the language of words
 * that are told before a command has read its options. */
bool command_help_asked(int argc, char **argv);
bool command_vietnamese(int argc, char **argv);

/* Find and run argv[1] in a table ended by a NULL name; did you mean; --version,
 * --help, help. */
int command_dispatch(
        const char *program, const struct command *table, int argc, char **argv);

#endif
