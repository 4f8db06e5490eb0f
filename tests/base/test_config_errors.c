/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How errors of a configuration are told: all at once, each with its line and a caret. */
#include "tests/kits/config_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

static void all_errors_are_told_at_once_in_order(void **state)
{
	struct outcome got = read_it("nmae: x\n"
	                             "since: yesterday\n"
	                             "instruments:\n"
	                             "  - id: Cod\n"
	                             "    slave: 300\n"
	                             "    limit: 75\n"
	                             "    limit: 5\n"
	                             "  - x\n");
	assert_int_equal(got.status, MALFORMED);
	assert_int_equal(config_errors(got.config), 9);
	static const char *const order[] = {
		"x.yaml:1:1: error: unknown key 'nmae' in station",
		"x.yaml:1:1: error: missing key 'id' in station",
		"x.yaml:2:8: error: since:",
		"x.yaml:4:5: error: missing key 'model' in instrument 'Cod'",
		"x.yaml:4:9: error: id: 'Cod' is not an id",
		"x.yaml:5:12: error: slave:",
		"x.yaml:6:12: error: limit: '75' has no unit",
		"x.yaml:7:5: error: the key 'limit' is written twice",
		"x.yaml:8:5: error: instrument: a map of keys is wanted here, not a "
		"text"
	};
	const char *at = got.report;
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		assert_contains(at, order[i]);
		at = strstr(at, order[i]);
	}
	assert_string_equal(config_first_error(got.config), order[0]);
	done(&got);
}

static void the_caret_stands_under_what_is_wrong(void **state)
{
	struct outcome got =
	        read_it("id: a\ninstruments:\n- {id: b, model: c, slave: 9600x}\n");
	assert_string_equal(got.report,
	        "x.yaml:3:28: error: slave: '9600x' is not a whole number\n"
	        "   3 | - {id: b, model: c, slave: 9600x}\n"
	        "     |                            ^~~~~\n"
	        "hint: write a whole number in 1..247\n");
	done(&got);
}

/* Combining marks take no column, a tab in the text is a tab below it. */
static void the_caret_follows_vietnamese_and_tabs(void **state)
{
	struct outcome got = read_it(
	        "{\"id\":\"a\",\t\"name\":\"Tra\xcc\xa3m đo 水\",\"offset\":\"x\",\n"
	        "\"instruments\":[]}");
	assert_string_equal(got.report,
	        "x.yaml:1:41: error: offset: 'x' is not an offset from UTC\n"
	        "   1 | {\"id\":\"a\",\t\"name\":\"Tra\xcc\xa3m đo "
	        "水\",\"offset\":\"x\",\n"
	        "     |           \t                             ^~~\n"
	        "hint: write hours and minutes, for example \"+07:00\"\n");
	done(&got);
}

static void a_long_line_is_shown_in_part(void **state)
{
	char text[6000];
	int n = snprintf(text, sizeof text, "{\"id\":\"a\",\"notes\":\"");
	memset(text + n, 'x', 5000);
	snprintf(text + n + 5000, sizeof text - (size_t)n - 5000,
	        "\",\"offset\":5,\"instruments\":[]}");
	struct outcome got = read_it(text);
	assert_int_equal(got.status, MALFORMED);
	assert_true(strlen(got.report) < 500);
	assert_contains(got.report, "xxx\",\"offset\":5,\"instruments\":[]}\n");
	assert_contains(got.report, " ^\n");
	done(&got);
}

static void source_lines_cannot_speak_to_the_terminal(void **state)
{
	struct outcome got =
	        read_it("{\"id\":\"a\",\"offset\":\"\x1b[31m\",\"instruments\":[]}");
	assert_contains(got.report, "x.yaml:1:21: error: control character U+001B");
	assert_null(strchr(got.report, '\x1b'));
	done(&got);
	got = read_it("{\"id\":\"a\",\"offset\":\"\\u001b[31m\",\"instruments\":[]}");
	assert_contains(got.report, "error: offset: '");
	assert_null(strchr(got.report, '\x1b'));
	done(&got);
}

static void a_hundred_errors_are_counted_and_fifty_shown(void **state)
{
	char text[4000] = "id: a\ninstruments: []\n";
	for (int i = 0; i < 100; i++)
		snprintf(text + strlen(text), 32, "unknown_%d: 1\n", i);
	struct outcome got = read_it(text);
	assert_int_equal(config_errors(got.config), 100);
	assert_contains(got.report, "x.yaml: error: and 50 more\n");
	done(&got);
}

static void a_program_adds_its_own_errors_in_the_same_form(void **state)
{
	struct outcome got = read_it(sample_yaml);
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	config_error(got.config, out, "instruments[0].model",
	        "see `quantrac instrument list`", "no profile '%s'", "uv-vis");
	config_error(got.config, out, "instruments[1].slave", NULL, "two slaves at 1");
	config_error(got.config, out, "place", NULL, "outside the zone");
	config_error(got.config, out, "", NULL, "too little");
	fclose(out);
	assert_string_equal(text,
	        "x.yaml:9:12: error: no profile 'uv-vis'\n"
	        "   9 |     model: uv-vis\n"
	        "     |            ^~~~~~\n"
	        "hint: see `quantrac instrument list`\n"
	        "x.yaml:19:6: error: two slaves at 1\n"
	        "  19 |   - {id: ph, model: generic, limit: 90000 ug/L}\n"
	        "     |      ^~\n"
	        "x.yaml:6:1: error: outside the zone\n"
	        "   6 | place: {latitude: 10.25, longitude: 106.375, datum: VN-2000}\n"
	        "     | ^~~~~\n"
	        "x.yaml:2:1: error: too little\n"
	        "   2 | id: nuo-01\n"
	        "     | ^~~~~~~~~~\n");
	assert_int_equal(config_errors(got.config), 4);
	assert_string_equal(config_first_error(got.config),
	        "x.yaml:9:12: error: no profile 'uv-vis'");
	free(text);
	done(&got);
}

static void lines_of_keys_are_found(void **state)
{
	struct outcome got = read_it(sample_yaml);
	assert_int_equal(config_line(got.config, "id"), 2);
	assert_int_equal(config_line(got.config, "instruments"), 7);
	assert_int_equal(config_line(got.config, "instruments[0].slave"), 11);
	assert_int_equal(config_line(got.config, "instruments[1]"), 19);
	assert_int_equal(config_line(got.config, "levels[1]"), 23);
	assert_int_equal(config_line(got.config, "instruments[2].id"), 0);
	assert_int_equal(config_line(got.config, "instruments.id"), 0);
	assert_int_equal(config_line(got.config, "nothing"), 0);
	assert_int_equal(config_line(got.config, "id.x"), 0);
	done(&got);
}

static void words_that_were_meant_are_found(void **state)
{
	static const char *const known[] = { "period", "name", "id", "slave", NULL };
	assert_string_equal(did_you_mean("perod", known), "period");
	assert_string_equal(did_you_mean("Period", known), "period");
	assert_string_equal(did_you_mean("preiod", known), "period");
	assert_string_equal(did_you_mean("nmae", known), "name");
	assert_string_equal(did_you_mean("salve", known), "slave");
	assert_string_equal(did_you_mean("peri", known), "period");
	assert_null(did_you_mean("per", known));
	assert_null(did_you_mean("xy", known));
	assert_null(did_you_mean("", known));
	assert_null(did_you_mean("somethingelse", known));
}

static char *explained(const char *key, bool vietnamese, int want)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	assert_int_equal(config_explain(&sample_section, key, vietnamese, out), want);
	fclose(out);
	return text;
}

static void keys_are_explained_in_two_languages(void **state)
{
	char *text = explained("instruments.slave", false, OK);
	assert_string_equal(text, "instruments.slave: whole number\n"
	                          "  Modbus address\n"
	                          "  written: write a whole number in 1..247\n"
	                          "  range: 1..247\n"
	                          "  default: 1\n");
	free(text);
	text = explained("instruments.slave", true, OK);
	assert_contains(text, "instruments.slave: số nguyên\n  địa chỉ Modbus\n");
	assert_contains(text, "  khoảng: 1..247\n  mặc định: 1\n");
	free(text);
	text = explained("instruments.limit", false, OK);
	assert_contains(text,
	        "for example 75 mg/L\n  range: 0 mg/L..1000 mg/L\n  unit: mg/L\n");
	free(text);
	text = explained("instruments.framing", false, OK);
	assert_contains(text, "write one of: rtu, tcp, rtu-over-tcp\n");
	free(text);
	text = explained("instruments", false, OK);
	assert_contains(text, "instruments: list of maps, required\n");
	assert_contains(text, "    model                (*) profile it is read by\n");
	free(text);
	text = explained("", true, OK);
	assert_contains(text, "(*) mã trạm trong tên tệp\n");
	assert_contains(text, "(*) bắt buộc\n");
	free(text);
	text = explained("instruments.perod", false, NOT_FOUND);
	assert_string_equal(text, "no key 'perod' in instrument\n");
	free(text);
	text = explained("instrument", false, NOT_FOUND);
	assert_string_equal(
	        text, "no key 'instrument' in station; did you mean 'instruments'?\n");
	free(text);
	text = explained("id.x", true, NOT_FOUND);
	assert_string_equal(text, "không có khóa 'x' trong id\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_errors_are_told_at_once_in_order),
		cmocka_unit_test(the_caret_stands_under_what_is_wrong),
		cmocka_unit_test(the_caret_follows_vietnamese_and_tabs),
		cmocka_unit_test(a_long_line_is_shown_in_part),
		cmocka_unit_test(source_lines_cannot_speak_to_the_terminal),
		cmocka_unit_test(a_hundred_errors_are_counted_and_fifty_shown),
		cmocka_unit_test(a_program_adds_its_own_errors_in_the_same_form),
		cmocka_unit_test(lines_of_keys_are_found),
		cmocka_unit_test(words_that_were_meant_are_found),
		cmocka_unit_test(keys_are_explained_in_two_languages),
	};
	return cmocka_run_group_tests_name("config: errors", tests, NULL, NULL);
}
