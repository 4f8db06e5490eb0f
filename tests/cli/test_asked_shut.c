/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whoever may not read some of an archive is told so, and gets no figure that looks whole. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/kits/asked_archive.h"

#define DAYS "archive/z/s1/2026"

static void shut(const char *scratch, const char *name, unsigned mode)
{
	assert_int_equal(chmod(in_folder(scratch, name), mode), 0);
}

static void says(const char *scratch, int want, const char *command, const char *part)
{
	char *text = asked_unprivileged(scratch, want, command);
	assert_contains(text, part);
	free(text);
}

static void what_may_not_be_read_is_told_once_and_nothing_is_summed_up(void **state)
{
	says(*state, 0, "status --gaps --since 2026-11-01", "lost in all ");
	shut(*state, DAYS, 0);
	char *text = asked_unprivileged(
	        *state, 65, "status --gaps --since 2026-11-01 --exit-code");
	assert_contains(text, "quantrac: 3 files or folders of the archive may not be "
	                      "read by this user: ");
	assert_contains(text, "s1_2026-11-01.h5");
	assert_contains(text, "what is told here lacks them; run this as ");
	assert_contains(text, "\nno sums: not all of the archive may be read by this");
	assert_null(strstr(text, "lost in all"));
	assert_null(strstr(text, "not to the bit"));
	assert_null(strstr(text, "Permission denied"));
	assert_int_equal(times_in(text, "\nquantrac: "), text[0] == 'q' ? 0 : 1);
	free(text);
	text = asked_unprivileged(
	        *state, 65, "status --gaps --since 2026-11-01 --lang vi");
	assert_contains(
	        text, "không được phép đọc 3 tệp hoặc thư mục của kho lưu trữ: ");
	assert_contains(text, "\nkhông tính tổng: người dùng này không được phép đọc");
	assert_contains(
	        text, "s1_2026-11-01.h5 không được phép đọc với người dùng này");
	assert_null(strstr(text, "tổng số bị mất"));
	assert_null(strstr(text, "may not"));
	free(text);
	shut(*state, DAYS, 0755);
}

static void a_journal_that_is_shut_is_not_one_that_is_not_there(void **state)
{
	static const char *const closed[] = { "archive/journal", "archive/journal/s1" };
	for (size_t i = 0; i < 2; i++) {
		shut(*state, closed[i], 0);
		says(*state, 65, "status --gaps", "no sums: ");
		says(*state, 65, "means --station s1 --channel cod --period 24h",
		        "/archive/journal");
		shut(*state, closed[i], 0755);
	}
	shut(*state, "archive/journal", 0);
	shut(*state, "archive/seals", 0);
	says(*state, 65, "means --station s1 --channel cod",
	        "whether the archive has a station 's1' cannot be told: ");
	says(*state, 65, "explain s1 cod 2026-11-01 --lang vi",
	        "không biết kho lưu trữ có trạm 's1' hay không: ");
	shut(*state, "archive/seals", 0640);
	shut(*state, "archive/journal", 0755);
}

static void permits_that_are_shut_are_not_permits_that_are_not_there(void **state)
{
	static const char *const words[] = { "judge", "exceedances", "permit list",
		"report s1 --day 2026-11-01 -o /nowhere" };
	shut(*state, "archive/journal/office", 0);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		char *text = asked_unprivileged(*state, 65, words[i]);
		assert_contains(text, "the permits of the archive cannot be read: ");
		assert_contains(text, "archive/journal/office may not be read by this "
		                      "user; run this as the archive's owner");
		assert_null(strstr(text, "no permit is in force"));
		free(text);
	}
	says(*state, 65, "report s1 --day 2026-11-01 --lang vi",
	        "quantrac report: không đọc được giấy phép của kho lưu trữ: ");
	char *text = asked_unprivileged(*state, 65, "explain s1 cod 2026-11-01T08:45");
	assert_contains(text, "4 calibration   not known: ");
	assert_contains(text, "6 result        not known: the permits ");
	free(text);
	shut(*state, "archive/journal/office", 0755);
}

/* Of an archive without any: one might lie in what is closed. */
static void permits_may_be_in_a_journal_or_a_list_of_seals_that_is_shut(void **state)
{
	static const char *const around[] = { "archive/journal", "archive/seals" };
	says(*state, 66, "judge", "no permit is in force");
	for (size_t i = 0; i < 2; i++) {
		shut(*state, around[i], 0);
		char *text = asked_unprivileged(*state, 65, "judge");
		assert_contains(text, "the permits of the archive cannot be read: ");
		assert_contains(text, around[i]);
		assert_null(strstr(text, "no permit is in force"));
		free(text);
		shut(*state, around[i], i == 0 ? 0755 : 0640);
	}
}

static void no_data_that_may_be_read_is_not_no_data(void **state)
{
	shut(*state, DAYS, 0);
	shut(*state, "archive/journal/s1", 0);
	says(*state, 65, "judge --until 2026-10-01",
	        "has data that could be read and has ended");
	says(*state, 65, "exceedances --until 2026-10-01 --lang vi",
	        "không có kỳ nào có số liệu đọc được và đã kết thúc");
	shut(*state, "archive/journal/s1", 0755);
	shut(*state, DAYS, 0755);
}

static void an_archive_that_is_shut_is_told_with_the_cure(void **state)
{
	shut(*state, "archive", 0);
	says(*state, 66, "status --gaps",
	        "archive.yaml: cannot be read: Permission denied; run this as its");
	says(*state, 66, "judge --lang vi",
	        "archive.yaml: người dùng này không được phép đọc; hãy chạy bằng chủ");
	shut(*state, "archive", 0755);
	shut(*state, "archive/archive.yaml", 0);
	says(*state, 66, "status --gaps",
	        "archive.yaml: cannot be read: Permission denied; run this as its");
	shut(*state, "archive/archive.yaml", 0644);
}

static void damage_is_told_in_vietnamese_too(void **state)
{
	int code;
	free(run_command(&code, "rm -f %s/" DAYS "/s1_2026-11-01.h5", (char *)*state));
	says(*state, 65, "judge --lang vi",
	        "s1_2026-11-01.h5: không đọc được: No such file or directory; hãy tìm "
	        "bản sao\n");
	says(*state, 65, "status --gaps --lang vi", "tổng số bị mất");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, asked_archive_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_may_not_be_read_is_told_once_and_nothing_is_summed_up),
		TEST(a_journal_that_is_shut_is_not_one_that_is_not_there),
		TEST(permits_that_are_shut_are_not_permits_that_are_not_there),
		cmocka_unit_test_setup_teardown(
		        permits_may_be_in_a_journal_or_a_list_of_seals_that_is_shut,
		        asked_unpermitted_make, scratch_remove),
		TEST(no_data_that_may_be_read_is_not_no_data),
		TEST(an_archive_that_is_shut_is_told_with_the_cure),
		TEST(damage_is_told_in_vietnamese_too),
	};
	return cmocka_run_group_tests_name("asked_shut", tests, NULL, NULL);
}
