/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every command shares: long options are written in full, what begins like one is refused; and the list of
 * commands says which of them speak English only. */
#include "tests/kits/check.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "cli/common.h"
#include "cli/options.h"
#include "tests/kits/line_kit.h"

static const struct argp_option outer[] = { { "format", 1, "WORD", 0, "a form", 1 },
	{ "output", 'o', "DIR", 0, "a folder", 1 }, { 0 } };
static const struct argp_option inner[] = { { NULL, 0, NULL, 0, "a heading", 2 },
	{ "reason", 2, "TEXT", 0, "why", 2 }, { "yes", 'y', NULL, 0, "no question", 2 },
	{ 0 } };

static const char *unknown(const char *first, const char *second, const char **near)
{
	static const struct argp child = { .options = inner };
	static const struct argp_child children[] = { { .argp = &child }, { 0 } };
	static const struct argp argp = { .options = outer, .children = children };
	char *argv[] = { "test", (char *)first, (char *)second, NULL };
	return options_unknown(&argp, second != NULL ? 3 : 2, argv, near);
}

static void a_beginning_of_an_option_is_none_and_the_whole_is_named(void **state)
{
	const char *near = NULL;
	assert_null(unknown("--format", "csv", &near));
	assert_null(unknown("--format=csv", "--help", &near));
	assert_string_equal(unknown("--for", "10s", &near), "--for");
	assert_string_equal(near, "format");
	assert_string_equal(unknown("--reas=x", NULL, &near), "--reas");
	assert_string_equal(near, "reason");
	assert_string_equal(unknown("--raeson", NULL, &near), "--raeson");
	assert_string_equal(near, "reason");
	assert_string_equal(unknown("--zzzzz", NULL, &near), "--zzzzz");
	assert_null(near);
}

/* A value may look like an option, and behind -- there are none. */
static void values_and_what_stands_behind_two_dashes_are_no_options(void **state)
{
	const char *near;
	assert_null(unknown("--reason", "--for", &near));
	assert_null(unknown("-o", "--for", &near));
	assert_null(unknown("--", "--for", &near));
	assert_null(unknown("-", "word", &near));
	assert_string_equal(unknown("-y", "--for", &near), "--for");
}

static void another_commands_option_is_not_taken_for_the_form(void **state)
{
	line_says(*state, "station emptied --for 10s", EXIT_USAGE,
	        "quantrac station emptied: unknown option --for; did you mean "
	        "--format?; see quantrac station emptied --help\n");
	line_says(*state, "station emptied --lang vi --for 10s", EXIT_USAGE,
	        "không có tùy chọn --for; ý bạn là --format?");
	line_says(*state, "status --gap", EXIT_USAGE, "did you mean --gaps?");
}

/* $QUANTRAC_ARCHIVE may be set for the other commands of a machine. */
static void what_only_a_cabinet_has_is_not_asked_of_an_archive(void **state)
{
	char *text = line_said(*state, "status --archive . --lines", EXIT_USAGE);
	assert_string_equal(text,
	        "quantrac status: --lines is of a cabinet alone: leave --archive "
	        "out\n");
	free(text);
	line_says(*state, "--archive=. status --contacts --lang vi", EXIT_USAGE,
	        "quantrac status: --contacts chỉ dùng cho tủ: hãy bỏ --archive\n");
	setenv("QUANTRAC_ARCHIVE", ".", 1);
	line_says(*state, "status --lines --config none.yaml", EXIT_NO_FILE,
	        "none.yaml: there is no such file");
	unsetenv("QUANTRAC_ARCHIVE");
}

/* Every command of the list has Vietnamese, or the mark. */
static void the_vietnamese_list_marks_what_speaks_english(void **state)
{
	size_t marked = 0, all = 0;
	char *text = line_said(*state, "--lang vi --help", 0), *rest;
	assert_contains(
	        text, "(*) chỉ nói tiếng Anh; nhật ký của các chương trình nền");
	assert_contains(
	        text, "  verify       kiểm tra tính toàn vẹn của tệp lưu trữ (*)\n");
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	        line = strtok_r(NULL, "\n", &rest)) {
		char name[32];
		if (sscanf(line, "  %31[a-z] ", name) != 1 || line[0] != ' ')
			continue;
		bool mark = strstr(line, " (*)") != NULL;
		assert_int_equal(common_has_vietnamese(name), !mark);
		marked += mark;
		all++;
	}
	assert_true(marked >= 5 && all >= 20);
	free(text);
	text = line_said(*state, "--lang en --help", 0);
	assert_null(strstr(text, "(*)"));
	free(text);
}

static void a_command_that_speaks_english_only_runs_in_vietnamese_too(void **state)
{
	static const char note[] = "lệnh này chỉ có tiếng Anh\n";
	char *text = line_said(*state, "keys new try --into keys --lang vi", 0);
	assert_contains(text, note);
	assert_contains(text, "try.pub");
	assert_ptr_equal(strstr(text, "quantrac keys: "), strstr(text, "quantrac "));
	free(text);
	text = line_said(*state, "keys new other --into keys --lang vi -q", 0);
	assert_null(strstr(text, note));
	free(text);
	/* what programs read has no language */
	text = line_said(*state, "keys new third --into keys --lang vi --json", 0);
	assert_null(strstr(text, note));
	free(text);
	text = line_said(*state, "--lang vi config check none.yaml || true", 0);
	assert_null(strstr(text, note));
	free(text);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        a_beginning_of_an_option_is_none_and_the_whole_is_named),
		cmocka_unit_test(
		        values_and_what_stands_behind_two_dashes_are_no_options),
		WITH(another_commands_option_is_not_taken_for_the_form),
		WITH(what_only_a_cabinet_has_is_not_asked_of_an_archive),
		WITH(the_vietnamese_list_marks_what_speaks_english),
		WITH(a_command_that_speaks_english_only_runs_in_vietnamese_too),
	};
	unsetenv("LANG");
	unsetenv("LC_ALL");
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
