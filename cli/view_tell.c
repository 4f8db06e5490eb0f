/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of an archive could not be read, told once: damage line by line, and what this user may not
 * read in one sentence. */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/view.h"

#define NAMED 3 /* files that are told by name */

struct shut {
	size_t n;
	char names[1200];
};

static void shut_note(struct shut *shut, const char *path)
{
	size_t at = strlen(shut->names);
	if (shut->n++ < NAMED)
		snprintf(shut->names + at, sizeof shut->names - at, "%s%.380s",
		        at > 0 ? ", " : "", path);
}

static void shut_tell(const struct shut *shut, const char *dir)
{
	struct stat is;
	char some[1300], owner[64] = "its owner";
	const struct passwd *user = stat(dir, &is) == 0 ? getpwuid(is.st_uid) : NULL;
	if (user != NULL)
		snprintf(owner, sizeof owner, "%s", user->pw_name);
	if (shut->n > NAMED)
		snprintf(some, sizeof some, "%s and %zu more", shut->names,
		        shut->n - NAMED);
	else
		snprintf(some, sizeof some, "%s", shut->names);
	if (shut->n == 1)
		common_tell("quantrac: %s may not be read by this user: what is told "
		            "here lacks it; run this as %s, whose archive it is, or in "
		            "its group",
		        some, owner);
	else
		common_tell("quantrac: %zu files or folders of the archive may not be "
		            "read by this user: %s: what is told here lacks them; run "
		            "this as %s, whose archive it is, or in its group",
		        shut->n, some, owner);
}

void view_tell(struct view *view)
{
	struct shut shut = { .n = 0 };
	size_t n = reader_problems(view->reader);
	for (; view->told < n; view->told++)
		if (reader_shut(view->reader, view->told) != NULL)
			shut_note(&shut, reader_shut(view->reader, view->told));
		else
			common_tell("quantrac: %s",
			        reader_problem(view->reader, view->told));
	if (shut.n > 0)
		shut_tell(&shut, reader_dir(view->reader));
	for (n = reader_taken(view->reader); view->taken < n; view->taken++)
		common_tell(
		        "quantrac: %s", reader_taken_text(view->reader, view->taken));
}
