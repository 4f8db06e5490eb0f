/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mistakes in a poll-text profile are told with what is wrong and where. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/polltext.h"
#include "sensors/station/station.h"
#include "sensors/tables/checksum.h"
#include "sensors/tables/profile.h"
#include "tests/kits/changed.h"

/* A profile with these blocks, and lines behind. */
static char *text_of(const char *blocks, const char *more)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	fprintf(out,
	        "name: it\nmaker: M\nmodel: X\nsummary: S\nsource: manual\n"
	        "driver: poll-text\nchecksum: xor\nblocks:\n%s"
	        "channels:\n"
	        "  - {name: o3, label_vi: O3, label_en: O3, unit: ppb, field: o3}\n%s",
	        blocks, more);
	fclose(out);
	return text;
}

#define GOOD "  - {name: b, send: 'o3\\r', answers: ['o3 {o3} {unit}\\r'], source: s}\n"

/* All that is said of it; NULL if nothing is wrong. */
static char *complaints(const char *blocks, const char *more)
{
	struct profile *profile;
	struct problem why;
	char *said = NULL, *text = text_of(blocks, more);
	size_t n;
	FILE *report = open_memstream(&said, &n);
	int status =
	        profile_parse(&profile, text, strlen(text), "it.yaml", report, &why);
	fclose(report);
	free(text);
	profile_free(profile);
	if (status != OK)
		return said;
	free(said);
	return NULL;
}

static void assert_complaint(const char *blocks, const char *more, const char *what)
{
	char *said = complaints(blocks, more);
	if (said == NULL) {
		fail_msg("nobody complains that %s", what);
		return;
	}
	assert_contains(said, what);
	free(said);
}

static void a_sound_profile_is_taken(void **state)
{
	char *said = complaints(GOOD, "");
	if (said != NULL)
		fail_msg("%s", said);
	assert_null(complaints("  - {name: b, answers: ['{o3}\\r'], source: s}\n", ""));
}

static void a_template_that_cannot_be_read_is_told_with_its_place(void **state)
{
	assert_complaint(
	        "  - {name: b, send: 'o3\\q', answers: ['{o3}\\r'], source: s}\n", "",
	        "it.yaml:9:21: error: the template cannot be read: character 3");
	assert_complaint(
	        "  - name: b\n    send: 'o3\\r'\n    answers:\n      - 'x{o3}\\r'\n"
	        "      - 'o3 {o3}'\n    source: s\n",
	        "",
	        "it.yaml:13:9: error: the template cannot be read: character 1: "
	        "nothing tells where {o3} ends");
	assert_complaint(GOOD, "refusals:\n  - {answer: '{', meaning: m}\n",
	        "it.yaml:13:14: error: the template cannot be read: character 2");
	assert_complaint(GOOD, "skip: ['{x']\n", "never closed");
}

static void a_request_knows_only_address_and_check(void **state)
{
	assert_complaint(
	        "  - {name: b, send: 'o3 {o3}\\r', answers: ['{o3}\\r'], source: s}\n",
	        "", "a request cannot have fields");
	assert_complaint(
	        "  - {name: b, send: '{address+128}\\r', answers: ['{o3}\\r'], "
	        "source: s}\n",
	        "address: x\n", "cannot be written with the address 'x'");
	assert_complaint(
	        "  - {name: b, send: '{address+128}\\r', answers: ['{o3}\\r'], "
	        "source: s}\n",
	        "", "cannot be written with the address ''");
	assert_null(complaints("  - {name: b, send: '{address+128}\\r', answers: "
	                       "['{o3}\\r'], source: s}\n",
	        "address: '42'\n"));
}

static void blocks_are_all_asked_for_or_none(void **state)
{
	assert_complaint(GOOD "  - {name: c, answers: ['c {o3}\\r'], source: s}\n", "",
	        "an instrument is asked, or it speaks by itself");
	assert_complaint("  - {name: b, send: 'o3\\r', answers: [], source: s}\n", "",
	        "nothing answers");
}

static void two_blocks_with_one_answer_are_refused(void **state)
{
	assert_complaint(GOOD "  - {name: c, send: 'x\\r', answers: ['o3 {o3} "
	                      "{unit}\\r'], source: s}\n",
	        "", "a late answer to block 'b' could be taken for one to 'c'");
}

static void every_field_of_the_tables_is_in_an_answer(void **state)
{
	assert_complaint(
	        "  - {name: b, send: 'o3\\r', answers: ['no {no}\\r'], source: s}\n",
	        "", "no answer of block 'b' has a field 'o3'");
	assert_complaint(GOOD, "states:\n  - {field: mode, when: [x], state: fault}\n",
	        "no answer of block 'b' has a field 'mode'");
	assert_complaint(GOOD, "sampled:\n  - {field: time, form: YYYY-MM-DD}\n",
	        "has a field 'time'");
	assert_complaint(GOOD, "fresh:\n  - {field: mark}\n", "has a field 'mark'");
	assert_complaint(GOOD, "vendor:\n  - {field: word}\n", "has a field 'word'");
	assert_null(complaints(
	        "  - {name: b, send: 'x\\r', answers: ['{pairs = ;}\\r'], source: s}\n",
	        "vendor:\n  - {field: anything}\n"));
}

static void unknown_words_are_told_with_what_is_meant(void **state)
{
	assert_complaint(GOOD, "pauze: 1s\n", "did you mean 'pause'");
	assert_complaint(GOOD,
	        "refusals:\n  - {answer: 'x\\r', means: bussy, meaning: m}\n", "busy");
}

/* A station whose one instrument has this address. */
static void assert_address(const char *profile, const char *address, const char *says)
{
	static const char form[] =
	        "zone: {id: z, name: Z}\n"
	        "station: {id: s, name: S, simulation: yes}\n"
	        "facility: {id: f, name: F}\n"
	        "outlets: [{id: o, name: O, kind: ambient}]\n"
	        "journal: {folder: j}\n"
	        "ports: [{id: a, path: /dev/serial/by-id/a}]\n"
	        "instruments:\n"
	        "  - {id: x, profile: %s, port: a, address: \"%s\", poll_every: 60s}\n";
	char text[1024];
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	snprintf(text, sizeof text, form, profile, address);
	char *said = station_told(text);
	if (says != NULL)
		assert_contains(said, says);
	else
		assert_string_equal(said, "");
	free(said);
}

static void an_address_of_a_station_is_one_the_profile_can_write(void **state)
{
	assert_address("thermo-49i-clink", "50", NULL);
	assert_address(
	        "thermo-49i-clink", "200", "'200' is no address for driver poll-text");
	assert_address("icpdas-i-7017", "1F", NULL);
	assert_address("icpdas-i-7017", "01F", "'01F' is no address");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_profile_is_taken),
		cmocka_unit_test(a_template_that_cannot_be_read_is_told_with_its_place),
		cmocka_unit_test(a_request_knows_only_address_and_check),
		cmocka_unit_test(blocks_are_all_asked_for_or_none),
		cmocka_unit_test(two_blocks_with_one_answer_are_refused),
		cmocka_unit_test(every_field_of_the_tables_is_in_an_answer),
		cmocka_unit_test(unknown_words_are_told_with_what_is_meant),
		cmocka_unit_test(an_address_of_a_station_is_one_the_profile_can_write),
	};
	return cmocka_run_group_tests_name("polltext_check", tests, NULL, NULL);
}
