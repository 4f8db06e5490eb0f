/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real quantrac-collectd, how it starts and why it does not. */
#include "tests/kits/check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "tests/kits/collectd_kit.h"

static void what_cannot_start_says_why_with_its_code(void **state)
{
	char said[8192], path[4200], agents[4200];
	snprintf(path, sizeof path, "%s/collectd.yaml", t.dir);
	snprintf(agents, sizeof agents, "%s/nowhere", t.dir);
	const char *misuse[] = { "--for", "soon", NULL };
	assert_int_equal(run_refused(misuse, said), EXIT_USAGE);
	const char *folder[] = { "--config", path, "--agents", agents, NULL };
	assert_int_equal(run_refused(folder, said), EXIT_CONFIG);
	assert_contains(said, "nowhere");
	const char *address[] = { "--config", path, "--listen", "ipc:///tmp/x", NULL };
	assert_int_equal(run_refused(address, said), EXIT_CONFIG);
	assert_contains(said, "tcp://ADDRESS:PORT");
	const char *archive[] = { "--archive", agents, NULL };
	assert_int_equal(run_refused(archive, said), EXIT_NO_FILE);
	if (access("/etc/quantrac/collectd.yaml", F_OK) != 0)
		assert_contains(said, "runs without a file "
		                      "(/etc/quantrac/collectd.yaml, or --config)");

	start_collectd();
	connect_agent();
	make_readings(1, AGENT_MIN);
	assert_true(run_until_acked(t.agent.seq));
	const char *again[] = { "--config", path, NULL };
	assert_int_equal(run_refused(again, said), EXIT_TRY_AGAIN);
	assert_contains(said, "another program writes to this archive");
	assert_int_equal(end_collectd(SIGINT), 0);

	write_config("seal_evry: 1s\nhold: 7\n");
	assert_int_equal(run_refused(again, said), EXIT_CONFIG);
	assert_contains(said, "seal_evry");
	assert_contains(said, "hold: '7' has no unit");
	assert_contains(said, "2 errors; nothing was started");
	const char *none[] = { "--config", agents, NULL };
	assert_int_equal(run_refused(none, said), EXIT_NO_FILE);
}

static void too_few_descriptors_are_refused_or_told(void **state)
{
	/* 40 of its own, 3 for each journal of 4 agents, two connections of each, and a few */
	static const struct {
		const char *limits;
		int exit_code;
		const char *says;
	} row[] = {
		{ "62:62", EXIT_CONFIG,
		        "need 63; raise LimitNOFILE, or lower most_agents" },
		{ "63:63", 0, "nobody new is let in when 8 are connected" },
		{ "63:4096", 0, "listens on" },
	};
	char path[4200];
	snprintf(path, sizeof path, "%s/collectd.yaml", t.dir);
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		int exit_code;
		char *said = run_command(&exit_code,
		        "prlimit --nofile=%s %s --config %s --for 100ms 2>&1",
		        row[i].limits, project_file("build/san/quantrac-collectd"),
		        path);
		assert_int_equal(exit_code, row[i].exit_code);
		assert_contains(said, row[i].says);
		assert_int_equal(strstr(said, "connected") != NULL, i == 1);
		free(said);
	}
}

static void paths_are_beside_the_configuration(void **state)
{
	char said[8192], path[4200], archive[4300];
	snprintf(path, sizeof path, "%s/beside.yaml", t.dir);
	snprintf(archive, sizeof archive, "archive %s/here, listens on", t.dir);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs("archive: here\nzone: {id: kcn-mau}\n", out);
	fclose(out);
	const char *check[] = { "--config", path, "--check", NULL };
	assert_int_equal(run_refused(check, said), 0);
	assert_contains(said, archive);
	out = fopen(path, "a");
	assert_non_null(out);
	fputs("listen: 192.0.2.7\n", out);
	fclose(out);
	assert_int_equal(run_refused(check, said), EXIT_CONFIG);
	assert_contains(said, "beside.yaml:3:9: error: '192.0.2.7' is no address");
}

static void seals_that_are_not_signed_are_said_at_the_start(void **state)
{
	char said[8192], path[4200], more[4300], cure[4300];
	static const char unsigned_words[] = "seals are not signed: ";
	snprintf(path, sizeof path, "%s/collectd.yaml", t.dir);
	const char *start[] = { "--config", path, "--for", "100ms", NULL };
	const char *check[] = { "--config", path, "--check", NULL };
	assert_int_equal(run_refused(start, said), 0);
	assert_int_equal(times_in(said, unsigned_words), 1);
	assert_contains(said, "no sign_key in the configuration");
	assert_contains(
	        said, "quantrac keys new archive --sign --into /etc/quantrac/keys");
	assert_int_equal(run_refused(check, said), 0);
	assert_int_equal(times_in(said, unsigned_words), 1);

	snprintf(more, sizeof more, "sign_key: %s/keys/a.sign.secret\n", t.dir);
	write_config(more);
	assert_int_equal(run_refused(start, said), 0);
	snprintf(cure, sizeof cure,
	        "quantrac keys new a --sign --into %s/keys makes it", t.dir);
	assert_contains(said, cure);

	int code;
	free(run_command(&code, "%s keys new a --sign --into %s/keys 2>&1",
	        project_file("build/san/quantrac"), t.dir));
	assert_int_equal(code, 0);
	assert_int_equal(run_refused(start, said), 0);
	assert_int_equal(times_in(said, unsigned_words), 0);
	assert_int_equal(run_refused(check, said), 0);
	assert_int_equal(times_in(said, unsigned_words), 0);
}

static void it_ends_by_itself_when_told_for_how_long(void **state)
{
	char path[4200];
	snprintf(path, sizeof path, "%s/collectd.yaml", t.dir);
	const char *argument[] = { "--config", path, "--for", "300ms", NULL };
	t.collectd = spawn(argument);
	assert_int_equal(wait_for(t.collectd), 0);
	t.collectd = 0;
}

#define WITH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, collectd_setup, collectd_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(what_cannot_start_says_why_with_its_code),
		WITH(too_few_descriptors_are_refused_or_told),
		WITH(paths_are_beside_the_configuration),
		WITH(seals_that_are_not_signed_are_said_at_the_start),
		WITH(it_ends_by_itself_when_told_for_how_long),
	};
	return cmocka_run_group_tests_name("collectd starts", tests, NULL, NULL);
}
