/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/commands_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/legal_time.h"
#include "tests/kits/check.h"

/* The column of this name in the head of a CSV; none is a failure. */
static size_t column_named(const char *head, const char *name)
{
	const char *at = strstr(head, name);
	assert_non_null(at);
	size_t commas = 0;
	for (const char *c = head; c < at; c++)
		commas += *c == ',';
	return commas;
}

static const char *cell(const char *line, size_t column)
{
	for (; column > 0; column--) {
		line = strchr(line, ',');
		assert_non_null(line++);
	}
	return line;
}

static size_t number_at(const char *line, size_t column)
{
	return (size_t)strtoul(cell(line, column), NULL, 10);
}

/* The hours follow one another, each once. */
static void count_means(struct commands_sight *sight, char *text)
{
	char before[64] = "", start[64];
	char *rest, *line = strtok_r(text, "\n", &rest);
	const size_t started = column_named(line, "start"),
	             valids = column_named(line, "valid");
	while ((line = strtok_r(NULL, "\n", &rest)) != NULL) {
		const size_t valid = number_at(line, valids);
		assert_int_equal(sscanf(cell(line, started), "%63[^,]", start), 1);
		assert_true(strcmp(start, before) > 0);
		memcpy(before, start, sizeof before);
		sight->readings += valid;
		sight->hours += valid > 0;
		sight->most = valid > sight->most ? valid : sight->most;
	}
}

static void count_gaps(struct commands_sight *sight, char *text)
{
	char *rest, *line = strtok_r(text, "\n", &rest);
	const size_t cause = column_named(line, "cause"),
	             records = column_named(line, "records");
	while ((line = strtok_r(NULL, "\n", &rest)) != NULL)
		if (strncmp(cell(line, cause), "unplaced,", 9) == 0)
			sight->unplaced += number_at(line, records);
}

static const char *now_of(const char *folder)
{
	static char known[256], now[TIME_TEXT];
	if (strcmp(known, folder) != 0) {
		snprintf(known, sizeof known, "%s", folder);
		time_print((int64_t)time(NULL) * US_PER_S, OFFSET_VIETNAM, now);
	}
	return now;
}

/* Its results, which must come. */
static char *said(const char *folder, const char *words)
{
	int code;
	char *text = run_command(&code,
	        "QUANTRAC_NOW=%s %s --archive %s/archive %s --format csv",
	        now_of(folder), project_file("build/san/quantrac-office"), folder,
	        words);
	if (code != 0)
		fail_msg("%s: ended with %d: %s", words, code, text);
	return text;
}

struct commands_sight commands_see(
        const char *folder, const char *station, const char *channel)
{
	char words[256];
	struct commands_sight sight = { .text = NULL };
	snprintf(words, sizeof words,
	        "means --station %s --channel %s --period 1h --min-valid 0%%", station,
	        channel);
	char *means = said(folder, words);
	snprintf(words, sizeof words, "status --gaps --station %s", station);
	char *gaps = said(folder, words);
	assert_true(asprintf(&sight.text, "%s%s", means, gaps) > 0);
	count_means(&sight, means);
	count_gaps(&sight, gaps);
	free(means);
	free(gaps);
	return sight;
}
