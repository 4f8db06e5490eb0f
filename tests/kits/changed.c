/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/changed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/station/station.h"
#include "sensors/tables/profile.h"

char *changed_text(const char *good, const char *from, const char *to)
{
	const char *at = strstr(good, from);
	char *text = NULL;
	if (at == NULL)
		fail_msg("'%s' is not in the good document", from);
	else if (asprintf(&text, "%.*s%s%s", (int)(at - good), good, to,
	                 at + strlen(from)) < 0)
		fail_msg("no memory");
	return text;
}

char *profile_told(const char *text)
{
	struct profile *profile;
	char *told = NULL;
	size_t n;
	FILE *report = open_memstream(&told, &n);
	int status =
	        profile_parse(&profile, text, strlen(text), "toy.yaml", report, NULL);
	fclose(report);
	assert_true((status == OK) == (told[0] == '\0'));
	profile_free(profile);
	return told;
}

char *station_told(const char *text)
{
	struct station *station;
	char *told = NULL;
	size_t n;
	FILE *report = open_memstream(&told, &n);
	int status = station_parse(
	        &station, text, strlen(text), "station.yaml", report, NULL);
	fclose(report);
	assert_true((status == OK) == (told[0] == '\0'));
	station_free(station);
	return told;
}

static char *told_of(char *(*tell)(const char *text), const char *good,
        const char *from, const char *to)
{
	char *text = changed_text(good, from, to), *told = tell(text);
	free(text);
	return told;
}

static void contains(char *told, const char *says)
{
	if (says[0] == '\0')
		assert_string_equal(told, "");
	assert_contains(told, says);
	free(told);
}

void profile_refused(
        const char *good, const char *from, const char *to, const char *says)
{
	assert_true(says[0] != '\0');
	contains(told_of(profile_told, good, from, to), says);
}

void profile_taken(const char *good, const char *from, const char *to)
{
	contains(told_of(profile_told, good, from, to), "");
}

void station_refused(
        const char *good, const char *from, const char *to, const char *says)
{
	assert_true(says[0] != '\0');
	contains(told_of(station_told, good, from, to), says);
}

void station_taken(const char *good, const char *from, const char *to)
{
	contains(told_of(station_told, good, from, to), "");
}
