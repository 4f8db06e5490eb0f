/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the technician's commands end: what nobody could read is no success, and every code is the manual's. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/status.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/line_kit.h"

/* ---- output ---- */

static void results_that_cannot_be_written_are_no_success(void **state)
{
	static const char full[] = "could not be written: No space left on device";
	line_says(*state, "instrument list >/dev/full", EXIT_OUTPUT, full);
	line_says(*state, "instrument list --json >/dev/full", EXIT_OUTPUT,
	        "quantrac instrument: the results could not be written");
	line_says(*state, "--version >/dev/full", EXIT_OUTPUT, full);
	line_says(*state, "help >/dev/full", EXIT_OUTPUT, "could not be written");
	line_says(*state, "serial list >&-", EXIT_OUTPUT,
	        "could not be written: Bad file descriptor");
	/* a code of its own stays */
	line_says(*state, "instrument show nonsense >/dev/full", EXIT_NO_FILE,
	        "there is no profile");
}

static void a_reader_that_leaves_hears_nothing_more(void **state)
{
	char *text = line_said(*state, "instrument list | head -1", 0);
	assert_contains(text, "NAME");
	assert_null(strstr(text, "written"));
	free(text);
}

/* A pseudo-terminal that speaks until nobody has it. */
static void speaks_for_long(const char *folder, int master)
{
	uint8_t asked[64];
	while (write(master, "abcdefghijklmnopqrstuvwxyz\r\n", 28) == 28)
		line_read(master, asked, sizeof asked, 50);
}

static void a_monitor_ends_when_its_reader_has_left(void **state)
{
	static const char *const forms[] = { "text", "csv" };
	for (int i = 0; i < 2; i++) {
		char words[128];
		pid_t line = line_begin(*state, "talker", speaks_for_long);
		time_t begun = time(NULL);
		snprintf(words, sizeof words,
		        "serial monitor run/talker --for 60s --format %s | head -2",
		        forms[i]);
		char *text = line_said(*state, words, 0);
		assert_true(time(NULL) - begun < 30);
		assert_null(strstr(text, "written"));
		free(text);
		line_end(line);
	}
}

/* ---- codes ---- */

static void watch_is_for_people_and_says_so(void **state)
{
	line_says(*state, "watch --for 1s --json", EXIT_USAGE, "status --json");
	line_says(*state, "watch --for 1s --format csv --lang vi", EXIT_USAGE,
	        "số liệu cho chương trình: quantrac status --json");
}

static void a_configuration_that_is_not_there_has_one_code(void **state)
{
	static const char *const commands[] = { "watch --for 1s", "status", "get cod",
		"station test cod", "station maintenance cod on --reason x" };
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		line_says(*state, commands[i], EXIT_NO_FILE, "station.yaml");
	fixture_write(*state, "station.yaml", "rubbish: 1\n");
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		line_says(*state, commands[i], EXIT_CONFIG, "rubbish");
}

static void words_too_many_are_refused(void **state)
{
	line_says(*state, "serial list extra", EXIT_USAGE,
	        "'extra' is one word too many");
	line_says(
	        *state, "instrument list extra", EXIT_NO_FILE, "no model has 'extra'");
	line_says(*state, "watch extra", EXIT_USAGE, "one word too many");
	line_says(*state, "station emptied extra --reason x", EXIT_USAGE,
	        "station emptied --reason TEXT");
}

static void help_speaks_the_language_of_the_environment(void **state)
{
	setenv("LC_ALL", "vi_VN.UTF-8", 1);
	setenv("LANG", "en_US.UTF-8", 1);
	line_says(*state, "help", 0, "kiểm tra cấu hình");
	unsetenv("LC_ALL");
	line_says(*state, "help", 0, "check a configuration");
	setenv("LANG", "vi_VN.UTF-8", 1);
	line_says(*state, "help", 0, "kiểm tra cấu hình");
	line_says(*state, "serial help", 0, "Cách dùng: quantrac serial list");
	line_says(*state, "serial prob", EXIT_USAGE,
	        "không có lệnh 'prob', có phải 'probe'?");
	unsetenv("LANG");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(results_that_cannot_be_written_are_no_success),
		WITH(a_reader_that_leaves_hears_nothing_more),
		WITH(a_monitor_ends_when_its_reader_has_left),
		WITH(watch_is_for_people_and_says_so),
		WITH(a_configuration_that_is_not_there_has_one_code),
		WITH(words_too_many_are_refused),
		WITH(help_speaks_the_language_of_the_environment),
	};
	unsetenv("LANG");
	unsetenv("LC_ALL");
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	return cmocka_run_group_tests_name("tool_ends", tests, NULL, NULL);
}
