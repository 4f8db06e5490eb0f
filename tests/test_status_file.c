/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collectd.json, as the collector writes it: when it cannot, its log says so once, with a cure. */
#include "tests/check.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "collector/status_file.h"

static char told[1024];
static int lines;

static void keep_line(enum log_level level, const char *text)
{
	(void)level;
	snprintf(told, sizeof told, "%s", text);
	lines++;
}

/* The least a collector sees: nobody has come. */
static void write_it(const char *dir, bool *mute)
{
	static const struct desk desk;
	static const struct sealing sealing;
	static const struct server_counts counts;
	const struct status_view view = { .now_us = 1,
		.endpoint = "tcp://127.0.0.1:1",
		.public_key = "",
		.desk = &desk,
		.sealing = &sealing,
		.counts = &counts };
	status_write(dir, &view, mute);
}

static void a_state_that_cannot_be_written_is_told_once_with_its_cure(void **state)
{
	const char *dir = *state, *path = in_folder(dir, "collectd.json");
	bool mute = false;
	log_catch(keep_line);
	lines = 0;
	write_it(dir, &mute);
	assert_int_equal(lines, 0);
	assert_int_equal(access(path, R_OK), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0); /* in its way */
	write_it(dir, &mute);
	write_it(dir, &mute);
	assert_int_equal(lines, 1);
	assert_non_null(strstr(told, path));
	assert_non_null(strstr(told, "cannot be written: "));
	assert_non_null(strstr(told, "make room on the archive's disk"));
	assert_int_equal(rmdir(path), 0);
	write_it(dir, &mute);
	write_it(dir, &mute);
	assert_int_equal(lines, 2);
	assert_non_null(strstr(told, "collectd.json: is written again"));
	log_catch(NULL);
}

int main(void)
{
	const struct CMUnitTest status_file[] = {
		cmocka_unit_test_setup_teardown(
		        a_state_that_cannot_be_written_is_told_once_with_its_cure,
		        scratch_make, scratch_remove),
	};
	return cmocka_run_group_tests_name("collectd.json", status_file, NULL, NULL);
}
