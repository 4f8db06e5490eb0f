/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sealed files as others see them: common tools, and a reader written from the document
 * alone. */
#include "tests/kits/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/proof.h"
#include "tests/kits/sample_archive.h"
#include "tests/kits/sample_chance.h"

static void the_worlds_tools_read_a_sealed_day(void **state)
{
	struct sample sample;
	int code;
	sample_archive_make(*state);
	sample_plain(&sample, "bt-outlet", SAMPLE_DAY_US, 300);
	const char *path = sample_archive_seal(*state, &sample, SAMPLE_DAY_US, 0);
	char *out = run_command(&code, "LC_ALL=C.UTF-8 /usr/bin/python3 %s %s 2>&1",
	        project_file("tests/interop.py"), path);
	print_message("%s", out);
	free(out);
	assert_int_equal(code, 0);
	sample_free(&sample);
}

static void a_stranger_makes_the_records_again(void **state)
{
	sample_archive_make(*state);
	for (uint64_t round = 1; round <= 4; round++) {
		struct sample sample;
		struct seal_list list;
		struct problem why;
		uint64_t seed = round * 31;
		int code;
		char root[DIGEST_HEX], want[128];
		sample_chance(&sample, &seed, round * 70);
		const char *path =
		        sample_archive_seal(*state, &sample, SAMPLE_DAY_US, (int)round);
		assert_int_equal(seal_list_read(&list, *state, &why), OK);
		digest_print(list.seal[list.n - 1].root, root);
		snprintf(want, sizeof want, "%zu %s\n", sample.n, root);
		char *out = run_command(&code, "/usr/bin/python3 %s file %s 2>&1",
		        project_file("tests/verify_parts.py"), path);
		assert_string_equal(out, want);
		free(out);
		seal_list_free(&list);
		sample_free(&sample);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_worlds_tools_read_a_sealed_day,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(a_stranger_makes_the_records_again,
		        scratch_make, scratch_remove),
	};
	return cmocka_run_group_tests_name("interop", tests, NULL, NULL);
}
