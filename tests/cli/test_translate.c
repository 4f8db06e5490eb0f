/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every sentence that the storeys below say of a configuration has its Vietnamese, and each is found
 * again from what it became. */
#include "tests/kits/check.h"

#include <glob.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/folder.h"
#include "cli/translate.h"
#include "sensors/ports/holder.h"
#include "sensors/station/station.h"

static const struct sentence_pair *const tables[] = { translate_config,
	translate_station, translate_simulator, translate_orders, translate_commands,
	translate_told };
#define TABLES (sizeof tables / sizeof tables[0])

static const char *vietnamese(const char *english)
{
	static char text[2048];
	translate(&station_section, english, text, sizeof text);
	return text;
}

/* ---- each sentence, with something at its places ---- */

/* What stands at the places: words of no sentence, and numbers. */
static void put_in(const char *english, char *out, char slot[9][8])
{
	size_t n = 0;
	for (; *english != '\0'; english++) {
		if (*english != '%' || *++english == '%') {
			*out++ = *english;
			continue;
		}
		english += strspn(english, "0123456789.*+-hlz");
		bool text = *english == 's' || *english == 'c';
		assert_true(n < 9);
		snprintf(slot[n], 8, "%s%zu", text ? "Q" : "7", n);
		out += sprintf(out, "%s", slot[n++]);
	}
	*out = '\0';
}

static void as_wanted(const char *vietnamese, char slot[9][8], char *out)
{
	for (; *vietnamese != '\0'; vietnamese++) {
		bool place = strchr("%~", *vietnamese) != NULL &&
		             vietnamese[1] >= '1' && vietnamese[1] <= '9';
		if (place)
			out += sprintf(out, "%s", slot[*++vietnamese - '1']);
		else
			*out++ = *vietnamese;
	}
	*out = '\0';
}

static void each_sentence_is_found_and_no_other(void **state)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct sentence_pair *pair = tables[t];
		        pair->english != NULL; pair++) {
			char slot[9][8] = { "" }, text[2048], want[2048];
			put_in(pair->english, text, slot);
			as_wanted(pair->vietnamese, slot, want);
			assert_string_equal(vietnamese(text), want);
		}
}

static void what_nobody_said_stays_as_it_is(void **state)
{
	assert_string_equal(vietnamese(""), "");
	assert_string_equal(vietnamese("không có cổng 'x'"), "không có cổng 'x'");
	assert_string_equal(
	        vietnamese("a sentence of tomorrow"), "a sentence of tomorrow");
}

/* A sentence of the driver, with a cure behind it or with one of its own. */
static void why_an_instrument_is_down_is_whole_in_vietnamese(void **state)
{
	assert_string_equal(
	        vietnamese("a message of HJ 212 comes, but its check 0759 is the plain "
	                   "CRC of Modbus, a known mistake of peers (it should be "
	                   "1C80); a profile with `crc: modbus` takes it"),
	        "có bản tin HJ 212 nhưng mã kiểm 0759 là CRC của Modbus, lỗi thường "
	        "gặp "
	        "của đầu kia (lẽ ra là 1C80); hồ sơ có `crc: modbus` thì nhận");
	assert_string_equal(vietnamese("bytes come that are no frames: check speed, "
	                               "parity and wiring"),
	        "có tín hiệu nhưng không phải khung tin nào: hãy kiểm tra tốc độ, chẵn "
	        "lẻ và đấu dây");
}

/* sensord, config check and station test say one sentence of it; the group is the device's own. */
static void a_port_that_may_not_be_opened_names_its_own_group(void **state)
{
	char text[HOLD_FORBIDDEN], want[HOLD_FORBIDDEN];
	struct stat st;
	assert_int_equal(stat("/dev/ptmx", &st), 0);
	const struct group *group = getgrgid(st.st_gid);
	bool own = group != NULL && strcmp(group->gr_name, "root") != 0;
	hold_tell_forbidden("/dev/ptmx", text);
	snprintf(want, sizeof want,
	        own ? "this user may not open it; sudo adduser $USER %s, then log in "
	              "again"
	            : "this user may not open it; run this with sudo",
	        own ? group->gr_name : "");
	assert_string_equal(text, want);
	assert_string_equal(
	        vietnamese("port bus: /dev/ttyS0: this user may not open it; sudo "
	                   "adduser $USER tty, then log in again"),
	        "port bus: /dev/ttyS0: người dùng này không có quyền mở cổng; sudo "
	        "adduser $USER tty, rồi đăng nhập lại");
	assert_string_equal(
	        vietnamese("port 'bus': /dev/ttyS0: this user may not open it; run "
	                   "this with sudo"),
	        "cổng 'bus': /dev/ttyS0: người dùng này không có quyền mở cổng; chạy "
	        "lệnh bằng sudo");
}

/* The id of a port is its name, also where it is a word of ours. */
static void words_of_the_file_are_not_translated(void **state)
{
	assert_string_equal(
	        vietnamese("there is no port 'station'"), "không có cổng 'station'");
	assert_string_equal(vietnamese("unknown key 'port' in station 'input'"),
	        "không có khóa 'port' trong trạm 'input'");
}

static void helps_and_ways_to_write_a_value_are_those_of_the_tables(void **state)
{
	assert_string_equal(
	        vietnamese("poll_every: How often to ask; else as the profile says."),
	        "poll_every: Chu kỳ hỏi.");
	assert_string_equal(vietnamese("write a whole number in 1..255"),
	        "ghi số nguyên trong 1..255");
	assert_string_equal(vietnamese("write one of: water, stack, ambient"),
	        "ghi một trong: water, stack, ambient");
	assert_string_equal(vietnamese("write a number and its unit, for example 75 "
	                               "mg/L"),
	        "ghi số và đơn vị, ví dụ 75 mg/L");
}

static void lines_of_an_error_keep_their_place_and_the_source(void **state)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	translate_lines(&station_section,
	        "a.yaml:6:11: error: '9600x' is not a line setting\n"
	        "   6 |     line: \"error: nothing\"\n"
	        "     |           ^~~~~\n"
	        "hint: write baud, data bits, parity and stop bits, for example \"9600 "
	        "8N1\"\n"
	        "a.yaml: error: and 3 more\n",
	        out);
	fclose(out);
	assert_string_equal(text,
	        "a.yaml:6:11: lỗi: '9600x' không phải thông số đường truyền\n"
	        "   6 |     line: \"error: nothing\"\n"
	        "     |           ^~~~~\n"
	        "gợi ý: hãy ghi tốc độ, số bit, chẵn lẻ và bit dừng, ví dụ \"9600 "
	        "8N1\"\n"
	        "a.yaml: lỗi: và 3 lỗi khác\n");
	free(text);
}

/* ---- the sources ---- */

/* Does a sentence of the tables end so?  (What stands before it is added by who is called.) */
static bool is_known(const char *literal)
{
	size_t n = strlen(literal);
	for (size_t t = 0; t < TABLES; t++)
		for (const struct sentence_pair *pair = tables[t];
		        pair->english != NULL; pair++) {
			size_t all = strlen(pair->english);
			if (all >= n && strcmp(pair->english + all - n, literal) == 0)
				return true;
		}
	return false;
}

/* Literals that stand side by side from `at` on, as one text; behind them. */
static const char *literal_at(const char *at, char out[1024])
{
	size_t n = 0;
	while (*at == '"') {
		for (at++; *at != '"'; at++) {
			bool escaped = *at == '\\' && (at[1] == '"' || at[1] == '\\');
			at += escaped;
			assert_true(n < 1023);
			out[n++] = *at;
		}
		at++;
		at += strspn(at, " \t\n");
	}
	out[n] = '\0';
	return at;
}

/* Made of two at run time; the wholes are in the tables. */
static bool is_put_together(const char *literal)
{
	static const char *const known[] = { "%s is wanted here, not %s",
		"one value is wanted here, not a %s", "'%.64s' %s", "'%.64s' has no %s",
		"%s: %zu error%s", ": ", "%s: %s: %s", "; did you mean '",
		"the archive has no station '%s'%s%s%s" };
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(literal, known[i]) == 0)
			return true;
	return false;
}

/* The sentences among the arguments of a call; how many nobody translated. */
static size_t unsaid_in(const char *at, const char *path)
{
	char text[1024];
	size_t n = 0;
	for (int depth = 0; *at != '\0';) {
		depth += (*at == '(') - (*at == ')');
		if (depth == 0 && *at == ')')
			break;
		if (*at != '"') {
			at += *at == '\'' ? 3 : 1;
			continue;
		}
		at = literal_at(at, text);
		if (strchr(text, ' ') == NULL || is_known(text) ||
		        is_put_together(text) || strcmp(vietnamese(text), text) != 0)
			continue;
		print_error("%s: no Vietnamese in cli/translate_*.c for\n  %s\n", path,
		        text);
		n++;
	}
	return n;
}

static size_t unsaid_of(const char *path)
{
	static const char *const calls[] = { "config_error(", "config_warn(",
		"config_note(", "config_note_at(", "config_note_file(",
		"config_bad_value(", "problem_set(", " refuse(value", " bare_number(",
		"common_tell(" };
	char *text;
	size_t size, n = 0;
	assert_int_equal(file_read(path, 1u << 20, &text, &size), OK);
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		for (const char *at = text; (at = strstr(at, calls[i])) != NULL; at++)
			n += unsaid_in(strchr(at, '('), path);
	free(text);
	return n;
}

static void what_is_said_of_a_configuration_has_its_vietnamese(void **state)
{
	static const char *const sources[] = { "base/config*.c", "base/journal_room.c",
		"sensors/station/station*.c", "sensors/station/cabinet_check.c",
		"sensors/keeper/start.c", "sensors/keeper/home.c",
		"sensors/simulator/scenario.c", "sensors/simulator/scenario_scenes.c",
		"cli/view.c", "cli/instrument_find.c", "cli/dispatch.c", "cli/config.c",
		"cli/report.c", "cli/judge.c", "cli/demo.c", "cli/judging.c",
		"cli/exceedances.c", "cli/explain.c", "cli/status_office.c",
		"reports/collect.c", "reports/sheet_out.c", "reports/page.c" };
	size_t n = 0, n_files = 0;
	for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
		glob_t found;
		assert_int_equal(glob(project_file(sources[i]), 0, NULL, &found), 0);
		for (size_t k = 0; k < found.gl_pathc; k++)
			n += unsaid_of(found.gl_pathv[k]);
		n_files += found.gl_pathc;
		globfree(&found);
	}
	assert_true(n_files > 20);
	assert_int_equal(n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sentence_is_found_and_no_other),
		cmocka_unit_test(what_nobody_said_stays_as_it_is),
		cmocka_unit_test(why_an_instrument_is_down_is_whole_in_vietnamese),
		cmocka_unit_test(a_port_that_may_not_be_opened_names_its_own_group),
		cmocka_unit_test(words_of_the_file_are_not_translated),
		cmocka_unit_test(
		        helps_and_ways_to_write_a_value_are_those_of_the_tables),
		cmocka_unit_test(lines_of_an_error_keep_their_place_and_the_source),
		cmocka_unit_test(what_is_said_of_a_configuration_has_its_vietnamese),
	};
	return cmocka_run_group_tests_name("translate", tests, NULL, NULL);
}
