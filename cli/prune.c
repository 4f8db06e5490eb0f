/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac prune: take a sealed file away by a named order, and say so under signature. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/proof.h"
#include "base/folder.h"
#include "cli/commands.h"
#include "cli/keys_sign.h"

enum { OPTION_ORDER = 0x200, OPTION_KEY };

struct prune_options {
	const char *order, *key;
};

static const struct argp_option options[] = {
	{ "order", OPTION_ORDER, "NUMBER", 0, "number of the order, without blanks",
	        0 },
	{ "key", OPTION_KEY, "FILE", 0, "the secret key that signs the archive", 0 },
	{ 0 },
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct prune_options *prune = state->input;
	if (key == OPTION_ORDER)
		prune->order = word;
	else if (key == OPTION_KEY)
		prune->key = word;
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static int sealed_as(
        const char *dir, const char *path, uint64_t *n, struct problem *why)
{
	struct seal_list list;
	int status = seal_list_read(&list, dir, why);
	bool there = false;
	for (size_t i = 0; i < list.n; i++)
		there |= strcmp(list.seal[i].path, path) == 0;
	*n = list.n;
	seal_list_free(&list);
	if (status == OK && !there)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%s: no line of the seal list names it; write the path as "
		        "verify prints it",
		        path);
	return status;
}

/* First the act, then the file: what is gone without an act is MISSING. */
static int prune(const struct keys_sign *sign, const char *path, const char *order,
        struct problem *why)
{
	char file[ARCHIVE_PATH];
	struct act act = { .kind = ACT_PRUNE };
	snprintf(act.subject, sizeof act.subject, "%s", path);
	snprintf(act.order, sizeof act.order, "%s", order);
	char earlier[sizeof act.order];
	int status = sealed_as(sign->common->archive, path, &act.from, why);
	if (status == OK &&
	        acts_order_of(sign->common->archive, path, earlier, sizeof earlier)) {
		snprintf(file, sizeof file, "%.3500s/%.500s", sign->common->archive,
		        path);
		if (access(file, F_OK) != 0)
			return problem_set(why, REFUSED, EXIT_USAGE,
			        "%s: was taken away by order %s already; nothing was "
			        "signed",
			        path, earlier);
	}
	if (status == OK)
		status = keys_sign_act(sign, &act, why);
	if (status != OK)
		return status;
	snprintf(file, sizeof file, "%.3500s/%.500s", sign->common->archive, path);
	if (unlink(file) != 0 && errno != ENOENT)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN,
		        "%s: the order is in the acts, but it cannot be removed: %s",
		        file, strerror(errno));
	*strrchr(file, '/') = '\0';
	folder_sync(file);
	return OK;
}

int command_prune(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "PATH",
		.doc = "Take a sealed file away for good, by a named order. What was "
		       "in "
		       "it stays counted in the seal list; the order stands, signed, "
		       "in "
		       "the acts of the archive, and verify says PRUNED.",
	};
	struct common common;
	struct prune_options prune_options = { .order = NULL };
	struct problem why;
	int first = common_parse(&common, &argp, &prune_options, argc, argv);
	if (first + 1 != argc || prune_options.order == NULL) {
		fputs("quantrac prune: one path and --order NUMBER, please\n", stderr);
		return EXIT_USAGE;
	}
	struct keys_sign sign = { .common = &common, .key = prune_options.key };
	if (prune(&sign, argv[first], prune_options.order, &why) != OK)
		return common_fail("prune", &why);
	if (!common.quiet)
		fprintf(stderr, "%s: taken away by order %s\n", argv[first],
		        prune_options.order);
	return 0;
}
