/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

#include "base/config.h"
#include "base/status.h"
#include "cli/dispatch.h"

static void list(const char *command, const struct verb *table, bool vi, FILE *out)
{
	for (const struct verb *verb = table; verb->name != NULL; verb++)
		fprintf(out, "%s quantrac %s %s%s%s\n       %s\n",
		        verb == table ? (vi ? "Cách dùng:" : "Usage:")
		                      : (vi ? "     hoặc:" : "  or: "),
		        command, verb->name, verb->usage[0] != '\0' ? " " : "",
		        verb->usage, vi ? verb->summary_vi : verb->summary);
	fprintf(out,
	        vi ? "\nquantrac %s %s --help cho biết các tùy chọn.\n"
	           : "\nquantrac %s %s --help tells the options of one.\n",
	        command, table->name);
}

static int unknown(
        const char *command, const struct verb *table, const char *word, bool vi)
{
	const char *known[16];
	size_t n = 0;
	for (; n < 15 && table[n].name != NULL; n++)
		known[n] = table[n].name;
	known[n] = NULL;
	const char *near = did_you_mean(word, known);
	fprintf(stderr,
	        vi ? "quantrac %s: không có lệnh '%s'%s%s%s\n"
	           : "quantrac %s: '%s' is not one of its words%s%s%s\n",
	        command, word,
	        near == NULL ? ":"
	        : vi         ? ", có phải '"
	                     : ", did you mean '",
	        near != NULL ? near : "", near != NULL ? "'?" : "");
	if (near == NULL)
		list(command, table, vi, stderr);
	return EXIT_USAGE;
}

int verb_dispatch(const char *command, const struct verb *table, int argc, char **argv)
{
	static char name[64];
	bool vi = command_vietnamese(argc, argv);
	command_arrange(argc, argv);
	if (command_help_asked(argc, argv)) {
		list(command, table, vi, stdout);
		return 0;
	}
	if (argc < 2 || argv[1][0] == '-') {
		list(command, table, vi, stderr);
		return EXIT_USAGE;
	}
	for (const struct verb *verb = table; verb->name != NULL; verb++) {
		if (strcmp(argv[1], verb->name) != 0)
			continue;
		snprintf(name, sizeof name, "%s %s", command, verb->name);
		argv[1] = name;
		return verb->run(argc - 1, argv + 1);
	}
	return unknown(command, table, argv[1], vi);
}
