/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of wtmp: who came, from where, at which terminal. */
#include "tests/kits/check.h"

#include <string.h>
#include <utmp.h>

#include "base/status.h"
#include "sensors/cabinet/login.h"

static struct utmp entry;

static int setup(void **state)
{
	memset(&entry, 0, sizeof entry);
	entry.ut_type = USER_PROCESS;
	strcpy(entry.ut_user, "minh");
	strcpy(entry.ut_line, "pts/0");
	strcpy(entry.ut_host, "192.0.2.7");
	entry.ut_tv.tv_sec = 1794188880;
	entry.ut_tv.tv_usec = 250000;
	return 0;
}

static struct login parsed(void)
{
	struct login login;
	assert_int_equal(
	        login_parse(&login, (const uint8_t *)&entry, sizeof entry), OK);
	return login;
}

static void check_text(const char *want)
{
	char text[400];
	struct login login = parsed();
	login_text(&login, text, sizeof text);
	assert_string_equal(text, want);
}

static void a_login_says_who_from_where_and_at_which_terminal(void **state)
{
	struct login login = parsed();
	assert_int_equal(login.kind, LOGIN_IN);
	assert_true(login.time_us == INT64_C(1794188880250000));
	check_text("minh from 192.0.2.7 (pts/0)");
	strcpy(entry.ut_host, "");
	strcpy(entry.ut_line, "tty1");
	check_text("minh at the cabinet (tty1)");
}

static void every_kind_of_record_is_told_apart(void **state)
{
	entry.ut_type = DEAD_PROCESS;
	assert_int_equal(parsed().kind, LOGIN_OUT);
	check_text("minh from 192.0.2.7 (pts/0)"); /* of a login that was seen */
	entry.ut_user[0] = entry.ut_host[0] = '\0';
	check_text("pts/0");
	entry.ut_line[0] = '\0';
	assert_int_equal(parsed().kind, LOGIN_OTHER);
	entry.ut_type = BOOT_TIME;
	assert_int_equal(parsed().kind, LOGIN_BOOT);
	entry.ut_type = RUN_LVL;
	assert_int_equal(parsed().kind, LOGIN_OTHER); /* "runlevel" */
	strcpy(entry.ut_user, "shutdown");
	assert_int_equal(parsed().kind, LOGIN_SHUTDOWN);
	entry.ut_type = LOGIN_PROCESS;
	assert_int_equal(parsed().kind, LOGIN_OTHER);
	entry.ut_type = USER_PROCESS;
	entry.ut_user[0] = '\0';
	assert_int_equal(parsed().kind, LOGIN_OTHER);
}

static void texts_that_fill_their_room_end_there(void **state)
{
	memset(entry.ut_user, 'u', sizeof entry.ut_user);
	memset(entry.ut_line, 'l', sizeof entry.ut_line);
	memset(entry.ut_host, 'h', sizeof entry.ut_host);
	struct login login = parsed();
	assert_int_equal(strlen(login.user), sizeof entry.ut_user);
	assert_int_equal(strlen(login.line), sizeof entry.ut_line);
	assert_int_equal(strlen(login.host), sizeof entry.ut_host);
}

static void what_a_terminal_would_obey_is_not_passed_on(void **state)
{
	strcpy(entry.ut_host, "\033[2J");
	check_text("minh from ?[2J (pts/0)");
}

static void a_part_of_a_record_is_refused(void **state)
{
	struct login login;
	assert_int_equal(login_size(), sizeof entry);
	for (size_t n = 0; n < sizeof entry; n++)
		assert_int_equal(
		        login_parse(&login, (const uint8_t *)&entry, n), MALFORMED);
	assert_int_equal(login_parse(&login, (const uint8_t *)&entry, sizeof entry + 1),
	        MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		        a_login_says_who_from_where_and_at_which_terminal, setup),
		cmocka_unit_test_setup(every_kind_of_record_is_told_apart, setup),
		cmocka_unit_test_setup(texts_that_fill_their_room_end_there, setup),
		cmocka_unit_test_setup(
		        what_a_terminal_would_obey_is_not_passed_on, setup),
		cmocka_unit_test_setup(a_part_of_a_record_is_refused, setup),
	};
	return cmocka_run_group_tests_name("login", tests, NULL, NULL);
}
