/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collectd.json, as the collector writes it: when it cannot, its log says so once, with a cure. */
#include "tests/kits/collector_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/legal_time.h"
#include "base/log.h"
#include "collector/status_file.h"

static char told[1024];
static int n_told;

static void keep_line(enum log_level level, const char *text)
{
	(void)level;
	snprintf(told, sizeof told, "%s", text);
	n_told++;
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
	n_told = 0;
	write_it(dir, &mute);
	assert_int_equal(n_told, 0);
	assert_int_equal(access(path, R_OK), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0); /* in its way */
	write_it(dir, &mute);
	write_it(dir, &mute);
	assert_int_equal(n_told, 1);
	assert_non_null(strstr(told, path));
	assert_non_null(strstr(told, "cannot be written: "));
	assert_non_null(strstr(told, "make room on the archive's disk"));
	assert_int_equal(rmdir(path), 0);
	write_it(dir, &mute);
	write_it(dir, &mute);
	assert_int_equal(n_told, 2);
	assert_non_null(strstr(told, "collectd.json: is written again"));
	log_catch(NULL);
}

/* What came with other bytes than before stays to be seen for a week, though records are
 * taken again by then. */
static void an_alarm_stays_when_the_problem_is_over(void **state)
{
	static const int64_t at_us = INT64_C(1794675600500000),
	                     week_us = 7 * US_PER_DAY;
	static const struct sealing sealing;
	static const struct server_counts counts;
	struct desk_station station = { .name = "bt-outlet",
		.alarm = "record 9/8 came before",
		.alarm_us = at_us };
	struct ingest *ingest = archive_ingest(*state);
	const struct desk desk = { .ingest = ingest, .n = 1, .station = &station };
	struct status_view view = { .now_us = at_us + week_us - 1,
		.utc_offset_min = 420,
		.endpoint = "tcp://127.0.0.1:1",
		.public_key = "",
		.desk = &desk,
		.sealing = &sealing,
		.counts = &counts };
	static const char *const want[] = {
		"\"problem\":\"2026-11-15T00:00:00+07:00: record 9/8 came before\"",
		"\"problem\":\"no room\"", "\"problem\":\"\""
	};
	for (int i = 0; i < 3; i++) {
		size_t n;
		snprintf(station.problem, sizeof station.problem, "%s",
		        i == 1 ? "no room" : "");
		if (i == 2)
			view.now_us = at_us + week_us;
		char *text = status_text_of(&view, &n);
		assert_contains(strstr(text, "bt-outlet"), want[i]);
		free(text);
	}
	ingest_close(ingest);
}

int main(void)
{
	const struct CMUnitTest status_file[] = {
		cmocka_unit_test_setup_teardown(
		        a_state_that_cannot_be_written_is_told_once_with_its_cure,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(an_alarm_stays_when_the_problem_is_over,
		        collector_setup, collector_teardown),
	};
	return cmocka_run_group_tests_name("collectd.json", status_file, NULL, NULL);
}
