/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac verify: is every file what was sealed? */
#include <stdio.h>

#include "archive/proof.h"
#include "cli/commands.h"
#include "cli/common.h"

int command_verify(int argc, char **argv)
{
	static const struct argp argp = {
		.args_doc = "[PATH]",
		.doc = "Check an archive folder, or one sealed file in it: one line "
		       "per file, OK or "
		       "what is damaged and where. Needs no network and no daemon.",
	};
	struct common common;
	struct problem why = { 0 };
	int first = common_parse(&common, &argp, NULL, argc, argv);
	if (first + 1 < argc) {
		fputs("quantrac verify: one path, please\n", stderr);
		return EXIT_USAGE;
	}
	const char *path = first < argc ? argv[first] : common.archive;
	int damaged = verify_path(path, stdout, common.quiet, &why);
	if (damaged < 0)
		return common_fail("verify", &why);
	return damaged > 0 ? EXIT_DAMAGED : 0;
}
