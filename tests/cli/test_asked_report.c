/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `quantrac report` says where there is no sheet: in both languages, with what to do. */
#include "tests/kits/check.h"

#include <stdlib.h>

#include "cli/translate.h"
#include "reports/words.h"
#include "tests/kits/asked_archive.h"

#define DAY "report s1 --day 2026-11-02"

static void a_day_that_has_not_ended_is_told_from_one_that_lies_ahead(void **state)
{
	setenv("QUANTRAC_NOW", "2026-11-02T09:00", 1);
	asked_says(*state, 66, DAY, "the day 2026-11-02 has not ended; ask again");
	asked_says(*state, 66, DAY " --lang vi",
	        "s1: ngày 2026-11-02 chưa kết thúc; hãy hỏi lại sau nửa đêm\n");
	setenv("QUANTRAC_NOW", "2026-11-01T23:00", 1);
	asked_says(*state, 66, DAY, "the day 2026-11-02 lies ahead; a sheet is");
	asked_says(*state, 66, DAY " --lang vi", "s1: ngày 2026-11-02 chưa đến; ");
}

/* Also where a test failed on the way. */
static int leave(void **state)
{
	unsetenv("QUANTRAC_NOW");
	return scratch_remove(state);
}

static void that_no_permit_is_in_force_is_said_in_vietnamese_too(void **state)
{
	char text[512];
	asked_says(*state, 66, DAY, word_text(ENGLISH, WORD_NO_PERMIT));
	asked_says(*state, 66, DAY " --lang vi",
	        "s1: không có gì để đánh giá trong ngày 2026-11-02: ");
	asked_says(*state, 66, DAY " --lang vi", word_text(VIETNAMESE, WORD_NO_PERMIT));
	translate(NULL, word_text(ENGLISH, WORD_NO_PERMIT), text, sizeof text);
	assert_string_equal(text, word_text(VIETNAMESE, WORD_NO_PERMIT));
}

static void a_date_in_the_vietnamese_order_is_turned_round(void **state)
{
	asked_says(*state, 64, "report s1 --day 28/11/2026",
	        "--day: '28/11/2026' is not how a date is given here; write "
	        "2026-11-28\n");
	asked_says(*state, 64, "report s1 --day 28/11/2026 --lang vi",
	        "ngày '28/11/2026' ở đây không ghi như vậy; hãy ghi 2026-11-28\n");
	asked_says(*state, 64, "report s1 --day 31/11/2026",
	        "is no time; write 2026-11-15, 2026-11-15T08:48, 2026-11, ");
}

static void a_sheet_that_cannot_be_written_has_its_cure_in_vietnamese(void **state)
{
	char text[512];
	asked_says(
	        *state, 66, DAY " -o /proc/no", "/proc/no: cannot make the folder: ");
	asked_says(*state, 66, DAY " -o /dev/null/no --lang vi",
	        "/dev/null/no: không tạo được thư mục: có tệp nằm ở chỗ của thư mục; ");
	translate(NULL,
	        "a/b.pdf: cannot write the sheet: no space is left there; free some, "
	        "or name another folder",
	        text, sizeof text);
	assert_string_equal(text,
	        "a/b.pdf: không ghi được phiếu số liệu: ổ đĩa ở đó đã đầy; hãy giải "
	        "phóng dung lượng hoặc chọn thư mục khác");
}

#define TEST(f, made) cmocka_unit_test_setup_teardown(f, made, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_day_that_has_not_ended_is_told_from_one_that_lies_ahead,
		        asked_archive_make),
		TEST(that_no_permit_is_in_force_is_said_in_vietnamese_too,
		        asked_unpermitted_make),
		TEST(a_date_in_the_vietnamese_order_is_turned_round,
		        asked_archive_make),
		TEST(a_sheet_that_cannot_be_written_has_its_cure_in_vietnamese,
		        asked_archive_make),
	};
	return cmocka_run_group_tests_name("asked_report", tests, NULL, NULL);
}
