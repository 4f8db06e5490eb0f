/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/options.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/config.h"

#define KNOWN 80 /* long options of one command */

struct known {
	size_t n;
	const struct argp_option *option[KNOWN];
};

static void gather(struct known *known, const struct argp *argp)
{
	const struct argp_option *option = argp->options;
	for (; option != NULL &&
	        (option->name != NULL || option->key != 0 || option->doc != NULL);
	        option++)
		if (option->name != NULL && known->n < KNOWN)
			known->option[known->n++] = option;
	for (const struct argp_child *child = argp->children;
	        child != NULL && child->argp != NULL; child++)
		gather(known, child->argp);
}

static const struct argp_option *find(
        const struct known *known, const char *name, size_t n)
{
	for (size_t i = 0; i < known->n; i++)
		if (strncmp(known->option[i]->name, name, n) == 0 &&
		        known->option[i]->name[n] == '\0')
			return known->option[i];
	return NULL;
}

/* "-o": does it want the next word? */
static bool short_wants(const struct known *known, const char *word)
{
	for (size_t i = 0; i < known->n; i++)
		if (known->option[i]->key == word[strlen(word) - 1])
			return known->option[i]->arg != NULL;
	return false;
}

/* The one that getopt would have taken, else the one that is written nearly so. */
static const char *near_to(const struct known *known, const char *name)
{
	const char *names[KNOWN + 1];
	for (size_t i = 0; i < known->n; i++)
		names[i] = known->option[i]->name;
	names[known->n] = NULL;
	for (size_t i = 0; i < known->n; i++)
		if (strncmp(names[i], name, strlen(name)) == 0)
			return names[i];
	return did_you_mean(name, names);
}

const char *options_unknown(
        const struct argp *argp, int argc, char **argv, const char **near)
{
	static const struct argp_option own[] = { { .name = "help" },
		{ .name = "usage" }, { 0 } }; /* argp's */
	static char word[128];
	struct known known = { 0 };
	gather(&known, argp);
	gather(&known, &(struct argp){ .options = own });
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (argv[i][0] != '-' || argv[i][1] == '\0')
			continue;
		if (argv[i][1] != '-') {
			i += short_wants(&known, argv[i]);
			continue;
		}
		size_t n = strcspn(argv[i] + 2, "=");
		const struct argp_option *option = find(&known, argv[i] + 2, n);
		if (option == NULL) {
			snprintf(word, sizeof word, "%.*s", (int)n + 2, argv[i]);
			*near = near_to(&known, word + 2);
			return word;
		}
		i += option->arg != NULL && argv[i][n + 2] != '=' &&
		     (option->flags & OPTION_ARG_OPTIONAL) == 0;
	}
	return NULL;
}
