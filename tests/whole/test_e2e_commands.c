/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's commands as a person or a script meets them: words, columns and exit codes. */
#include "tests/kits/check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/status.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/e2e_cabinet.h"
#include "tests/kits/station_head.h"

static const char configuration[] = STATION_HEAD
        "ports: [{id: bus, path: no-such-tty}]\n"
        "instruments:\n"
        "  - {id: ph, profile: sim-ph-temperature, port: bus, slave: 1, poll_every: "
        "200ms}\n"
        "  - {id: ph2, profile: sim-ph-temperature, port: bus, slave: 2, poll_every: "
        "200ms}\n";

/* What `quantrac <words>` says on both outputs, the folder's station given; its exit code. */
static char *said(const char *folder, const char *words, int code)
{
	int exit_code = -1;
	char *text = run_command(&exit_code,
	        "exec 2>&1; QUANTRAC_CONFIG=%s/station.yaml %s %s", folder,
	        project_file("build/san/quantrac"), words);
	if (exit_code != code)
		fail_msg("quantrac %s ended with %d, not %d: %s", words, exit_code,
		        code, text);
	return text;
}

static void says(const char *folder, const char *words, int code, const char *part)
{
	char *text = said(folder, words, code);
	assert_contains(text, part);
	free(text);
}

static void help_says_every_usage_once_and_lists_no_alias(void **state)
{
	char *text = said(*state, "--help", 0);
	assert_contains(text, "exceedances");
	assert_null(strstr(text, "null"));
	assert_null(strstr(text, "breaches"));
	free(text);
	says(*state, "get --help", 0,
	        "Usage: quantrac get [OPTION...] STATION [CHANNEL]\n");
	says(*state, "keys --help", 0,
	        "Usage: quantrac keys [OPTION...] new NAME\n"
	        "  or:  quantrac keys [OPTION...] admit STATION KEY|FILE\n"
	        "  or:  quantrac keys [OPTION...] list\n"
	        "  or:  quantrac keys [OPTION...] revoke STATION\n");
}

static void what_is_not_there_is_said_with_its_code(void **state)
{
	says(*state, "config check", EXIT_NO_FILE, "there is no such file");
	says(*state, "status", EXIT_NO_FILE, "there is no such file");
	fixture_write(*state, "station.yaml", "%s", configuration);
	says(*state, "config check", 0, "no errors");
	says(*state, "status", EXIT_NO_DAEMON, "quantrac-sensord");
	fixture_write(*state, "station.yaml",
	        "%scollector: {endpoint: \"tcp://192.0.2.7:5710\", server_key: "
	        "none.pub, secret_key: none.secret}\n",
	        configuration);
	says(*state, "config check", EXIT_CONFIG,
	        "none.pub: cannot read the key: No such file or directory; copy the "
	        ".pub here");
	says(*state, "config check", EXIT_CONFIG, "sensord would not start here: ");
	says(*state, "config check", EXIT_CONFIG, "quantrac config check --elsewhere ");
	says(*state, "config check --elsewhere", 0, "no errors");
	fixture_write(*state, "station.yaml", "%s", configuration);
	fixture_write(*state, "journal", "%s", "a file in the place of the folder");
	says(*state, "config check", EXIT_CONFIG,
	        "journal cannot be made: File exists");
	says(*state, "config check --elsewhere", 0, "no errors");
	unlink(in_folder(*state, "journal"));
	fixture_write(*state, "station.yaml", "%srubbish: 1\n", configuration);
	says(*state, "config check", EXIT_CONFIG, "station.yaml: 1 error\n");
	says(*state, "status", EXIT_CONFIG, "unknown key 'rubbish'");
	says(*state, "frobnicate", EXIT_USAGE, "is no command");
}

/* Two instruments of one model have channels of the same name. */
static void status_and_get_say_whose_channel_it_is(void **state)
{
	fixture_write(*state, "station.yaml", "%s", configuration);
	pid_t sensord = run_again(*state, "60s");
	wait_for_file(in_folder(*state, "journal/state.json"));
	says(*state, "status --format csv", 0,
	        "station,instrument,channel,value,unit,age,state,ok_last_hour,time,"
	        "simulated\n"
	        "nt-01,ph,ph,");
	says(*state, "status", 0, "collector: none in the configuration");
	says(*state, "status", 0, " °C ");
	says(*state, "status --format csv", 0, "nt-01,ph,temperature,,Cel,");
	says(*state, "get nt-01", 0, "°C");
	char *text = said(*state, "get nt-01 ph --format csv", 0);
	assert_contains(
	        text, "time,station,instrument,channel,value,unit,state,simulated\n");
	assert_contains(text, ",nt-01,ph,ph,,pH,");
	assert_contains(text, ",nt-01,ph2,ph,,pH,");
	free(text);
	says(*state, "get nt-01 ph", EXIT_FOUND,
	        "quantrac get: ph of instrument ph2: ");
	text = said(*state, "get nt-01 ph 2>/dev/null", EXIT_FOUND);
	assert_string_equal(text, "\n\n");
	free(text);
	says(*state, "get nt-01 phh", EXIT_NO_FILE, "did you mean 'ph'?");
	says(*state, "get nt-02", EXIT_NO_FILE, "this cabinet is station 'nt-01'");
	kill(sensord, SIGTERM);
	int status;
	assert_int_equal(waitpid(sensord, &status, 0), sensord);
	assert_int_equal(status, 0);
	says(*state, "get nt-01", EXIT_NO_DAEMON, "is not running");
}

/* The ledger of gaps needs no daemon and no collector: the journal tells. */
static void a_cabinet_tells_its_gaps_from_its_own_journal(void **state)
{
	fixture_write(*state, "station.yaml", "%s", configuration);
	says(*state, "status --gaps", EXIT_NO_FILE, "has quantrac-sensord run?");
	pid_t sensord = run_again(*state, "3s");
	int status;
	assert_int_equal(waitpid(sensord, &status, 0), sensord);
	char *text = said(*state, "status --gaps --exit-code --format csv", 1);
	assert_contains(text,
	        "station,instrument,channel,from,to,open,seconds,cause,loss,expected,"
	        "valid,records,reason\nnt-01,ph,,");
	assert_contains(text, ",yes,3,line,yes,30,0,,port bus: ");
	assert_contains(text, "\nnt-01,ph2,,");
	free(text);
	/* an hour later nothing has come: the port was never there, and after three
	 * seconds neither was the program */
	text = run_command(&status,
	        "QUANTRAC_NOW=$(date -u -d '+1 hour' +%%FT%%TZ) QUANTRAC_CONFIG=%s/"
	        "station.yaml %s status --gaps --exit-code",
	        (char *)*state, project_file("build/san/quantrac"));
	assert_int_equal(status, 1);
	assert_contains(text, "port bus");
	assert_contains(text, "no reading of any instrument");
	assert_contains(text, "now");
	free(text);
	/* a day of which there is nothing at all is a gap from midnight to midnight */
	text = run_command(&status,
	        "export QUANTRAC_NOW=$(date -u -d '+9 days' +%%FT%%TZ) "
	        "QUANTRAC_CONFIG=%s/station.yaml; day=$(TZ=UTC-7 date -d '+4 days' "
	        "+%%F); "
	        "%s status --gaps --since $day --until $day --format csv",
	        (char *)*state, project_file("build/san/quantrac"));
	assert_int_equal(status, 0);
	assert_contains(text, "T00:00:00+07:00,no,86400,");
	free(text);
	says(*state, "status --gaps --station nt-02", EXIT_NO_FILE,
	        "this cabinet is station 'nt-01'");
	says(*state, "status --gaps --since 2026-11-03 --until 2026-11-01", EXIT_USAGE,
	        "--since 2026-11-03 is not before --until 2026-11-01");
	says(*state, "status --since today", EXIT_USAGE, "go with --gaps");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	const struct CMUnitTest tests[] = {
		WITH(help_says_every_usage_once_and_lists_no_alias),
		WITH(what_is_not_there_is_said_with_its_code),
		WITH(status_and_get_say_whose_channel_it_is),
		WITH(a_cabinet_tells_its_gaps_from_its_own_journal),
	};
	return cmocka_run_group_tests_name("e2e_commands", tests, NULL, NULL);
}
