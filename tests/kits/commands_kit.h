/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `quantrac means` and `quantrac status --gaps` say of a station. */
#ifndef TESTS_COMMANDS_KIT_H
#define TESTS_COMMANDS_KIT_H

#include <stddef.h>

struct commands_sight {
	char *text; /* means by the hour, and gaps, as CSV; freed by whoever asked */
	size_t readings, most,
	        hours;   /* in all means, in the fullest; how many have any */
	size_t unplaced; /* records that are a gap of that cause */
};

/* Of the archive in <folder>/archive; the first call says what "now" is for all that
 * follow with the same folder.  Failures fail the test. */
struct commands_sight commands_see(
        const char *folder, const char *station, const char *channel);

#endif
