/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands whose first word says what to do: `serial list`, `station test`.  A verb is one
 * function with options of its own; argv[0] is "serial list". */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage; /* behind the name: "PORT" */
	const char *summary, *summary_vi;
};

/* Run the verb of argv[1] (common options may stand before it); did you mean; --help
 * lists.  `table` ended by a NULL name. */
int verb_dispatch(const char *command, const struct verb *table, int argc, char **argv);

#endif
