/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `quantrac status --archive` says of a collector by the state it left and the lock it holds. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/collector_state.h"
#include "base/folder.h"
#include "base/legal_time.h"

static const char *dir; /* of the archive */

#define AGES_AGO "2026-11-01T08:00:00.000000Z"

static void lay(const char *name, const char *text)
{
	assert_int_equal(
	        file_replace(in_folder(dir, name), text, strlen(text), 0644), OK);
}

static void left(const char *time, const char *ended)
{
	char text[256];
	snprintf(text, sizeof text, "{\"time\":\"%s\",\"ended\":%s,\"stations\":[]}\n",
	        time, ended);
	lay("collectd.json", text);
}

static void status_says(const char *words)
{
	int code;
	char *text = run_command(&code, "%s --archive %s status 2>&1",
	        project_file("build/san/quantrac-office"), dir);
	if (code != 0 || strstr(text, words) == NULL)
		fail_msg("exit %d, \"%s\" is not in: %s", code, words, text);
	free(text);
}

/* A full disk: it takes in what there is room for, and cannot say so. */
static void one_that_cannot_write_its_state_is_not_said_to_be_away(void **state)
{
	dir = *state;
	lay("archive.yaml", "zone: kcn-mau\nname: KCN Mau\noffset: \"+07:00\"\n");
	left(AGES_AGO, "false");
	status_says(
	        "NOT RUNNING, nobody collects now; its last state is of 2026-11-01");
	int lock = lock_take(in_folder(dir, "lock"));
	assert_true(lock >= 0);
	status_says("runs, but has not written its state since 2026-11-01T15:00:00");
	status_says("is the archive's disk full?");
	left(AGES_AGO, "true"); /* whoever holds the lock is no collector */
	status_says("NOT RUNNING");
	close(lock);
}

/* A reader's rights: root reads everything, so a loop of links stands in the way here. */
static void where_the_lock_may_not_be_looked_at_the_age_of_the_state_tells(void **state)
{
	const char *path = in_folder(*state, "lock");
	assert_int_equal(lock_look(path), OK); /* there is none */
	assert_int_equal(symlink("lock", path), 0);
	assert_int_equal(lock_look(path), FAILED);
	assert_int_equal(
	        collector_state(*state, false, 30 * US_PER_S - 1), COLLECTOR_RUNS);
	assert_int_equal(collector_state(*state, false, 30 * US_PER_S), COLLECTOR_AWAY);
	assert_int_equal(collector_state(*state, true, 0), COLLECTOR_AWAY);
}

/* status itself holds the lock for a moment: nobody who starts then is kept out. */
static void a_look_at_the_lock_keeps_nobody_out(void **state)
{
	const char *path = in_folder(*state, "lock");
	int lock = lock_take(path);
	assert_true(lock >= 0);
	assert_int_equal(lock_look(path), REFUSED);
	assert_int_equal(lock_take(path), REFUSED);
	close(lock);
	assert_int_equal(lock_look(path), OK);
	int code;
	free(run_command(&code,
	        "flock -s %s sh -c 'touch %s.held; sleep 0.04' >&- 2>&- & "
	        "while [ ! -e %s.held ]; do :; done",
	        path, path, path));
	lock = lock_take(path);
	assert_true(lock >= 0);
	close(lock);
}

int main(void)
{
	const struct CMUnitTest status[] = {
		cmocka_unit_test_setup_teardown(
		        one_that_cannot_write_its_state_is_not_said_to_be_away,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        where_the_lock_may_not_be_looked_at_the_age_of_the_state_tells,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(a_look_at_the_lock_keeps_nobody_out,
		        scratch_make, scratch_remove),
	};
	return cmocka_run_group_tests_name("status of an archive", status, NULL, NULL);
}
