/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An archive as somebody might make it who wants verify to hang, to lie or to pass over. */
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/verify_kit.h"

/* `path` becomes a FIFO that nobody ever opens for writing. */
static void fifo_instead(const char *path)
{
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
}

/* A FIFO is waited for by whoever opens it to read: alarm() ends a verify that does. */
static void what_is_no_regular_file_is_told_and_not_waited_for(void **state)
{
	int bad;
	const char *path = verify_one_day(*state);
	alarm(60);
	fifo_instead(path);
	assert_verify(*state, 1,
	        "bt-outlet_2026-11-15.h5: DAMAGED: cannot be read: it is no regular "
	        "file");
	assert_verify(path, 1, "it is no regular file");
	const char *checkpoint = in_folder(*state, "checkpoints/000000000001");
	free(run_command(&bad, "mkdir -p %s", in_folder(*state, "checkpoints")));
	fifo_instead(checkpoint);
	assert_verify(*state, 2,
	        "checkpoints/000000000001: DAMAGED: cannot be read: "
	        "it is no regular file");
	fifo_instead(in_folder(*state, "checkpoints/acts"));
	assert_contains(verify_text(*state, 0, &bad), "acts: cannot be read: it is no "
	                                              "regular file");
	assert_true(bad < 0);
	fifo_instead(in_folder(*state, "seals"));
	assert_contains(verify_text(*state, 0, &bad), "seals: cannot be read: it is no "
	                                              "regular file");
	assert_true(bad < 0);
	alarm(0);
}

static void a_segment_that_is_a_fifo_is_damage(void **state)
{
	const char *path = verify_one_journal(*state);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	alarm(60);
	assert_verify(*state, 1,
	        "DAMAGED: 00000000000000000001.log: cannot be read: it is no regular "
	        "file");
	alarm(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(what_is_no_regular_file_is_told_and_not_waited_for),
		WITH_FOLDER(a_segment_that_is_a_fifo_is_damage),
	};
	return cmocka_run_group_tests_name("verify_hostile", tests, NULL, NULL);
}
