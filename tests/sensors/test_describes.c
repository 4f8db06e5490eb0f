/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A station that is too large for the record that lists its instruments is told what makes it so. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/describe_json.h"
#include "sensors/station/describes.h"
#include "tests/kits/station_head.h"

/* Letters that no compression makes shorter. */
static void put_id(FILE *out, int n, uint64_t *seed)
{
	fputc('a', out);
	for (int i = 1; i < n; i++) {
		*seed = *seed * UINT64_C(6364136223846793005) + 1;
		fputc("abcdefghijklmnopqrstuvwxyz012345"[*seed >> 59], out);
	}
}

/* n instruments, a hundred to a port, whose ids have so many letters. */
static struct station *station_of(int n, int letters)
{
	char *text = NULL;
	size_t size;
	uint64_t seed = 1;
	struct station *station;
	struct problem why = { .text = "" };
	FILE *out = open_memstream(&text, &size);
	fputs(STATION_HEAD "ports:\n", out);
	for (int i = 0; i <= n / 100; i++)
		fprintf(out, "  - {id: p%d, tcp: \"192.0.2.%d:502\"}\n", i, i + 1);
	fputs("instruments:\n", out);
	for (int i = 0; i < n; i++) {
		fputs("  - {id: ", out);
		put_id(out, letters, &seed);
		fprintf(out, ", profile: sim-flow, port: p%d, slave: %d}\n", i / 100,
		        i % 100 + 1);
	}
	fclose(out);
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	if (station_parse(&station, text, size, "station.yaml", NULL, &why) != OK)
		fail_msg("%s", why.text);
	free(text);
	return station;
}

static void refused(int n, int letters, const char *words)
{
	struct describes describes;
	struct problem why = { .text = "" };
	struct station *station = station_of(n, letters);
	int status = describes_make(&describes, station, &why);
	if (words == NULL) {
		assert_int_equal(status, OK);
		describes_free(&describes);
	} else {
		assert_int_not_equal(status, OK);
		assert_contains(why.text, words);
		assert_int_equal(why.exit, EXIT_CONFIG);
		assert_null(strstr(why.text, "profile"));
	}
	station_free(station);
}

static void too_many_instruments_are_told_with_the_most_there_can_be(void **state)
{
	refused(DESCRIBE_PARTS, 8, NULL);
	refused(DESCRIBE_PARTS + 1, 8,
	        "station 'nt-01' has 1025 instruments, and 1024 are the most");
}

static void ids_that_are_too_long_together_are_told_with_the_bytes_they_take(
        void **state)
{
	refused(1000, 32, "the list of the 1000 instruments of station 'nt-01' takes ");
	refused(1000, 32,
	        " bytes, and a record holds 48000: fewer instruments, or shorter ids");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        too_many_instruments_are_told_with_the_most_there_can_be),
		cmocka_unit_test(
		        ids_that_are_too_long_together_are_told_with_the_bytes_they_take),
	};
	return cmocka_run_group_tests_name("describes", tests, NULL, NULL);
}
