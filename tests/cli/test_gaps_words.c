/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger of gaps says the same in both languages. */
#include "tests/kits/check.h"

#include <string.h>

#include "cli/gaps.h"
#include "reports/words.h"

static const char *vietnamese(uint8_t cause, char *detail)
{
	static char out[1200];
	const struct gap gap = { .cause = cause, .detail = detail };
	return gap_reason_vi(&gap, out, sizeof out);
}

static void every_cause_has_words_of_its_own(void **state)
{
	for (uint8_t i = 0; i < GAP_CAUSES; i++) {
		assert_non_null(gap_cause_vi(i));
		assert_true(strlen(vietnamese(i, NULL)) > 4);
		for (uint8_t k = 0; k < i; k++)
			assert_string_not_equal(gap_cause_vi(i), gap_cause_vi(k));
	}
}

static void what_a_cabinet_recorded_is_told_in_vietnamese_and_once(void **state)
{
	assert_string_equal(vietnamese(GAP_LINE,
	                            "port bus: hung up; trying again, or port net: "
	                            "127.0.0.1 port 15502: Connection refused: nothing "
	                            "listens there; is the device on, and this its "
	                            "port?; trying again"),
	        "cổng bus: bị ngắt kết nối; đang "
	        "thử lại, hoặc cổng net: 127.0.0.1 cổng 15502: kết nối bị từ chối: "
	        "không có gì lắng nghe ở đó; thiết bị đã bật chưa, có đúng cổng này "
	        "không?; đang thử lại");
	assert_contains(
	        vietnamese(GAP_LINE, "port bus: run/bus: there is no such device; is "
	                             "the adapter plugged in?; trying again"),
	        "cổng bus: run/bus: không có cổng này; đã cắm bộ chuyển đổi chưa?; "
	        "đang thử lại");
	assert_string_equal(
	        vietnamese(GAP_SILENT, "instrument cod: does not answer: check power, "
	                               "address and wiring"),
	        "thiết bị cod: không trả lời: hãy kiểm tra "
	        "nguồn, địa chỉ và đấu dây");
}

static void broken_loops_are_told_in_vietnamese(void **state)
{
	assert_string_equal(
	        vietnamese(GAP_LOOP,
	                "loop ai/no: current 0 mA, below 3.6 mA: check the loop and "
	                "its transmitter, and loop ai/so2: current 21.5 mA, above 21 "
	                "mA: check the loop and its transmitter"),
	        "mạch dòng ai/no: dòng điện 0 mA, thấp hơn 3.6 mA: hãy kiểm "
	        "tra mạch dòng và bộ phát tín hiệu, và mạch dòng ai/so2: dòng điện "
	        "21.5 mA, cao hơn 21 mA: hãy kiểm tra mạch dòng và bộ phát tín hiệu");
}

static void what_others_recorded_stays_as_it_is(void **state)
{
	assert_string_equal(vietnamese(GAP_LINE, "port bus: a word of tomorrow"),
	        "cổng bus: a word of tomorrow");
	assert_string_equal(vietnamese(GAP_LINE, "instrument cod: " GAP_NOT_GIVEN),
	        "thiết bị cod: (không nêu lý do)");
	assert_string_equal(
	        vietnamese(GAP_MAINTENANCE, "by minh (uid 1001): lamp is missing"),
	        "bảo trì: do minh (uid 1001): lamp is missing");
	assert_string_equal(
	        vietnamese(GAP_MAINTENANCE, "key-switch"), "bảo trì: khóa bảo trì");
	assert_string_equal(vietnamese(GAP_DROPPED, ""),
	        "mất tại tủ, tủ đã báo: (không nêu lý do)");
}

static void a_file_is_told_with_its_name_and_counts(void **state)
{
	assert_string_equal(vietnamese(GAP_FILE, "nt-01/2026.h5 is missing"),
	        "tệp số liệu đã chốt bị thiếu, hỏng hoặc không được phép đọc: "
	        "nt-01/2026.h5 bị thiếu");
	assert_string_equal(
	        vietnamese(GAP_FILE, "a.h5 is not to the bit what was sealed; its "
	                             "records are still in the journal"),
	        "tệp số liệu đã chốt bị thiếu, hỏng hoặc không được phép đọc: a.h5 "
	        "không còn đúng từng bit; "
	        "các bản ghi vẫn còn trong nhật ký");
	assert_contains(vietnamese(GAP_PRUNED, "a.h5, order 12/QD; it held 5 readings, "
	                                       "9 were due"),
	        ": a.h5, văn bản 12/QD; tệp có 5 lần đo, phải có 9");
}

static void numbers_are_told(void **state)
{
	char out[400];
	const struct gap gap = { .cause = GAP_LOST,
		.epoch = 7,
		.first_seq = 3,
		.last_seq = 9,
		.records = 5 };
	assert_string_equal(gap_reason_vi(&gap, out, sizeof out),
	        "có bản ghi đã đánh số nhưng không có ở đây (epoch 0000000000000007, "
	        "5 trong các bản ghi 3 đến 9)");
}

static void a_length_is_told(void **state)
{
	char out[48];
	assert_string_equal(
	        lasted_print(125 * INT64_C(1000000), true, out), "2 phút 5 s");
	assert_string_equal(
	        lasted_print(125 * INT64_C(1000000), false, out), "2 min 5 s");
	assert_string_equal(
	        lasted_print(90000 * INT64_C(1000000), true, out), "1 ngày 1 giờ");
}

/* The ledger of a cabinet and the data sheet of an inspector say the same of one gap; only the sheet has the
 * state's number, and only there what is missing is missing in the archive. */
static void a_cause_is_told_as_on_the_data_sheet(void **state)
{
	(void)state;
	for (uint8_t cause = 0; cause < GAP_CAUSES; cause++) {
		char sheet[400], out[1200];
		const struct gap gap = { .cause = cause };
		snprintf(sheet, sizeof sheet, "%s",
		        word_text(VIETNAMESE, WORD_GAP_SILENT + (enum word)cause));
		sheet[strcspn(sheet, "(")] = '\0';
		size_t n = strlen(sheet);
		n -= n > 0 && sheet[n - 1] == ' ';
		gap_reason_vi(&gap, out, sizeof out);
		if (cause != GAP_LOST && strncmp(out, sheet, n) != 0)
			fail_msg("'%s' is '%s' on the sheet", out, sheet);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cause_has_words_of_its_own),
		cmocka_unit_test(
		        what_a_cabinet_recorded_is_told_in_vietnamese_and_once),
		cmocka_unit_test(broken_loops_are_told_in_vietnamese),
		cmocka_unit_test(what_others_recorded_stays_as_it_is),
		cmocka_unit_test(a_file_is_told_with_its_name_and_counts),
		cmocka_unit_test(numbers_are_told),
		cmocka_unit_test(a_length_is_told),
		cmocka_unit_test(a_cause_is_told_as_on_the_data_sheet),
	};
	return cmocka_run_group_tests_name("words of gaps", tests, NULL, NULL);
}
