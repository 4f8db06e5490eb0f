/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands and answers of SDI-12, and the machine that asks them. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "sensors/drivers/sdi12_talk.h"
#include "sensors/tables/driver.h"

/* SDI-12 version 1.3, section 4.4.12.3. */
static const struct {
	const char *id, *answer;
	size_t n;
	const char *value[6];
} known[] = {
	{ "S01a", "0+3.14OqZ\r\n", 1, { "+3.14" } },
	{ "S02a", "0+3.14+2.718+1.414Ipz\r\n", 3, { "+3.14", "+2.718", "+1.414" } },
	{ "S03a", "0+1.11+2.22+3.33+4.44+5.55+6.66I]q\r\n", 6,
	        { "+1.11", "+2.22", "+3.33", "+4.44", "+5.55", "+6.66" } },
	{ "S04a", "1+1.23+2.34+345+4.4678KoO\r\n", 4,
	        { "+1.23", "+2.34", "+345", "+4.4678" } },
	{ "S05a", "0AP@\r\n", 0, { NULL } },
};
#define KNOWN (sizeof known / sizeof known[0])

static const uint8_t *bytes(const char *text)
{
	return (const uint8_t *)text;
}

static int frame(int kind, bool check, const char *text)
{
	struct sdi12_expected expected = { '0', kind, check };
	return sdi12_answer_frame(&expected, bytes(text), strlen(text));
}

static struct sdi12_expected data_of(const char *answer)
{
	return (struct sdi12_expected){ answer[0], SDI12_DATA, true };
}

/* ---- answers ---- */

static void values_and_checks_are_those_of_the_standard(void **state)
{
	struct sdi12_value value[SDI12_VALUES];
	for (size_t i = 0; i < KNOWN; i++) {
		struct sdi12_expected expected = data_of(known[i].answer);
		size_t n = strlen(known[i].answer);
		assert_int_equal(
		        sdi12_answer_frame(&expected, bytes(known[i].answer), n), n);
		assert_int_equal(sdi12_values_get(bytes(known[i].answer), n, value,
		                         SDI12_VALUES),
		        known[i].n);
		for (size_t k = 0; k < known[i].n; k++) {
			assert_int_equal(value[k].n, strlen(known[i].value[k]));
			assert_memory_equal(value[k].at, known[i].value[k], value[k].n);
		}
		expected.check = false;
		assert_int_equal(
		        sdi12_answer_frame(&expected, bytes(known[i].answer), n),
		        FRAME_NONE);
	}
}

static void every_cut_is_short(void **state)
{
	for (size_t i = 0; i < KNOWN; i++) {
		struct sdi12_expected expected = data_of(known[i].answer);
		for (size_t n = 0; n < strlen(known[i].answer); n++)
			assert_int_equal(sdi12_answer_frame(
			                         &expected, bytes(known[i].answer), n),
			        FRAME_SHORT);
	}
	static const char *const line[] = { "0\r\n", "00053\r\n", "000503\r\n",
		"013VENDOR01MODEL_1.20017\r\n", "0+3.14\r\n" };
	for (int kind = SDI12_ALIVE; kind <= SDI12_DATA; kind++) {
		static const int of[] = { 0, 3, 1, 2, 4 };
		const char *text = line[of[kind]];
		struct sdi12_expected expected = { '0', kind, false };
		assert_int_equal(frame(kind, false, text), strlen(text));
		for (size_t n = 0; n < strlen(text); n++)
			assert_int_equal(sdi12_answer_frame(&expected, bytes(text), n),
			        FRAME_SHORT);
	}
}

static void every_flipped_bit_is_refused_where_there_is_a_check(void **state)
{
	for (size_t i = 0; i < KNOWN; i++) {
		struct sdi12_expected expected = data_of(known[i].answer);
		char text[64];
		size_t n = strlen(known[i].answer);
		memcpy(text, known[i].answer, n);
		assert_int_equal(sdi12_answer_frame(&expected, bytes(text), n), n);
		for (size_t bit = 0; bit < 8 * n; bit++) {
			text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
			assert_true(sdi12_answer_frame(&expected, bytes(text), n) <= 0);
			text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
		}
	}
}

static void an_announcement_gives_seconds_and_number(void **state)
{
	struct sdi12_measure measure;
	assert_int_equal(frame(SDI12_MEASURE, false, "00053\r\n"), 7); /* S06a */
	assert_int_equal(sdi12_measure_get(bytes("00053\r\n"), 7, &measure), OK);
	assert_int_equal(measure.seconds, 5);
	assert_int_equal(measure.values, 3);
	assert_int_equal(frame(SDI12_CONCURRENT, false, "099912\r\n"), 8);
	assert_int_equal(sdi12_measure_get(bytes("099912\r\n"), 8, &measure), OK);
	assert_int_equal(measure.seconds, 999);
	assert_int_equal(measure.values, 12);
	assert_int_equal(frame(SDI12_MEASURE, false, "000503\r\n"), FRAME_NONE);
	assert_int_equal(frame(SDI12_CONCURRENT, false, "00053\r\n"), FRAME_NONE);
	assert_int_equal(frame(SDI12_MEASURE, false, "0005A\r\n"), FRAME_NONE);
	assert_int_equal(sdi12_measure_get(bytes("0+5.3\r\n"), 7, &measure), MALFORMED);
}

static void what_is_no_answer_is_refused(void **state)
{
	static const char *const wrong[] = {
		"1+3.14\r\n",                               /* of another instrument */
		"+3.14\r\n",                                /* no address */
		"03.14\r\n",                                /* no sign */
		"0+3.1.4\r\n",                              /* two points */
		"0+\r\n",                                   /* no digit */
		"0+3.14-\r\n", "0+.\r\n", "0+12345678\r\n", /* eight digits */
		"0+3.14,2\r\n", "0+3.14\n",                 /* no CR */
		"0+3.14\rx", "0+3.14A\r\n",                 /* a check cut short */
		"0+3.14OqZ\r\n", /* a check nobody asked for */
		"00+3.14\r\n",   /* two instruments at once */
	};
	assert_int_equal(frame(SDI12_DATA, false, "0+3.14\r\n"), 8);
	assert_int_equal(frame(SDI12_DATA, false, "0\r\n"), 3);
	assert_int_equal(frame(SDI12_DATA, false, "0+.5-1234567\r\n"), 14);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(frame(SDI12_DATA, false, wrong[i]), FRAME_NONE);
	assert_int_equal(frame(SDI12_DATA, true, "0+3.14\r\n"), FRAME_NONE);
	assert_int_equal(frame(SDI12_DATA, true, "0+3.15OqZ\r\n"), FRAME_NONE);
	assert_int_equal(frame(SDI12_ALIVE, false, "0+3.14\r\n"), FRAME_NONE);
	assert_int_equal(frame(SDI12_IDENTITY, false, "013SHORT\r\n"), FRAME_NONE);
}

static void a_line_has_at_most_75_characters_of_values(void **state)
{
	char text[128] = "0";
	for (int i = 0; i < 15; i++)
		strcat(text, "+1.25");
	strcat(text, "\r\n");
	assert_int_equal(frame(SDI12_DATA, false, text), 78);
	sprintf(text + 76, "+1\r\n");
	assert_int_equal(frame(SDI12_DATA, false, text), FRAME_NONE);
	memset(text, '1', sizeof text);
	text[0] = '0';
	assert_int_equal(
	        sdi12_answer_frame(&(struct sdi12_expected){ '0', SDI12_DATA, false },
	                bytes(text), sizeof text),
	        FRAME_NONE);
}

static void an_identity_tells_its_version(void **state)
{
	assert_int_equal(
	        sdi12_version_get(bytes("013CSI.Std.01_12345678\r\n"), 24), 13);
	assert_int_equal(sdi12_version_get(bytes("014VENDOR01MODEL_1.2\r\n"), 22), 14);
	assert_int_equal(sdi12_version_get(bytes("0\r\n"), 3), MALFORMED);
}

/* ---- the machine ---- */

/* Put an answer to what was asked; what follows. */
static int told(struct sdi12_talk *talk, const char *command, const char *answer)
{
	uint8_t out[8];
	size_t n = sdi12_talk_ask(talk, out, sizeof out);
	assert_int_equal(n, strlen(command));
	assert_memory_equal(out, command, n);
	assert_int_equal(
	        sdi12_talk_frame(talk, bytes(answer), strlen(answer)), strlen(answer));
	return sdi12_talk_take(talk, bytes(answer), strlen(answer));
}

static struct sdi12_talk begun(const char *command, bool check)
{
	struct sdi12_talk talk;
	assert_true(sdi12_is_measurement(command));
	sdi12_talk_begin(&talk, '0', command, check);
	return talk;
}

static void a_measurement_waits_for_its_service_request(void **state)
{
	struct sdi12_talk talk = begun("M", true);
	assert_int_equal(told(&talk, "0MC!", "00053\r\n"), SDI12_LISTEN);
	assert_int_equal(talk.seconds, 5);
	assert_int_equal(told(&talk, "", "0\r\n"), SDI12_GO_ON);
	assert_int_equal(told(&talk, "0D0!", "0+3.14+2.718+1.414Ipz\r\n"), SDI12_DONE);
}

/* The commands that the vectors answer are those that are sent. */
static void every_vector_is_asked_for(void **state)
{
	for (size_t i = 0; i < 4; i++) {
		const char *answer = known[i].answer;
		char measure[] = "0MC!", announced[] = "00000\r\n", data[] = "0D0!";
		struct sdi12_talk talk;
		measure[0] = announced[0] = data[0] = answer[0];
		announced[4] = (char)('0' + known[i].n);
		sdi12_talk_begin(&talk, answer[0], "M", true);
		assert_int_equal(told(&talk, measure, announced), SDI12_GO_ON);
		assert_int_equal(told(&talk, data, answer), SDI12_DONE);
	}
}

static void a_service_request_that_never_comes_is_no_failure(void **state)
{
	struct sdi12_talk talk = begun("M3", false);
	assert_int_equal(told(&talk, "0M3!", "00022\r\n"), SDI12_LISTEN);
	assert_int_equal(sdi12_talk_missed(&talk), SDI12_GO_ON);
	assert_int_equal(told(&talk, "0D0!", "0+3.14-2.7\r\n"), SDI12_DONE);
	talk = begun("M", false);
	assert_int_equal(sdi12_talk_missed(&talk), SDI12_DONE);
	talk = begun("M", false);
	assert_int_equal(told(&talk, "0M!", "00001\r\n"), SDI12_GO_ON);
	assert_int_equal(sdi12_talk_missed(&talk), SDI12_DONE);
}

static void data_are_asked_for_until_all_values_are_here(void **state)
{
	struct sdi12_talk talk = begun("M", false);
	assert_int_equal(
	        told(&talk, "0M!", "00007\r\n"), SDI12_GO_ON); /* ready at once */
	assert_int_equal(told(&talk, "0D0!", "0+1+2+3\r\n"), SDI12_GO_ON);
	assert_int_equal(told(&talk, "0D1!", "0+4+5+6\r\n"), SDI12_GO_ON);
	assert_int_equal(told(&talk, "0D2!", "0+7\r\n"), SDI12_DONE);
	talk = begun("M", false);
	assert_int_equal(told(&talk, "0M!", "00002\r\n"), SDI12_GO_ON);
	assert_int_equal(sdi12_talk_frame(&talk, bytes("0+1+2\r\n"), 7), 7);
	assert_int_equal(sdi12_talk_frame(&talk, bytes("0+1+2+3\r\n"), 9), FRAME_NONE);
	talk = begun("C", false);
	assert_int_equal(told(&talk, "0C!", "000020\r\n"), SDI12_GO_ON);
	for (int i = 0; i < 9; i++) {
		char command[] = { '0', 'D', (char)('0' + i), '!', '\0' };
		assert_int_equal(told(&talk, command, "0+1\r\n"), SDI12_GO_ON);
	}
	assert_int_equal(
	        told(&talk, "0D9!", "0+1\r\n"), SDI12_DONE); /* there is no D10 */
}

static void a_concurrent_measurement_frees_the_line(void **state)
{
	struct sdi12_talk talk = begun("C1", true);
	assert_int_equal(told(&talk, "0CC1!", "003001\r\n"), SDI12_LATER);
	assert_int_equal(talk.seconds, 30);
	assert_int_equal(told(&talk, "0D0!", "0+3.14OqZ\r\n"), SDI12_DONE);
}

static void a_continuous_reading_is_one_answer(void **state)
{
	struct sdi12_talk talk = begun("R0", true);
	assert_int_equal(told(&talk, "0RC0!", "0+3.14OqZ\r\n"), SDI12_DONE);
	talk = begun("R0", true);
	assert_int_equal(told(&talk, "0RC0!", "0AP@\r\n"), SDI12_DONE); /* S05a */
}

static void an_aborted_measurement_is_made_three_times(void **state)
{
	struct sdi12_talk talk = begun("M", false);
	for (int i = 1; i <= SDI12_TRIES; i++) {
		assert_int_equal(told(&talk, "0M!", "00001\r\n"), SDI12_GO_ON);
		assert_int_equal(told(&talk, "0D0!", "0\r\n"),
		        i < SDI12_TRIES ? SDI12_GO_ON : SDI12_DONE);
	}
	talk = begun("M", false);
	assert_int_equal(told(&talk, "0M!", "00001\r\n"), SDI12_GO_ON);
	assert_int_equal(told(&talk, "0D0!", "0\r\n"), SDI12_GO_ON);
	assert_int_equal(told(&talk, "0M!", "00001\r\n"), SDI12_GO_ON);
	assert_int_equal(told(&talk, "0D0!", "0+1\r\n"), SDI12_DONE);
}

static void nothing_is_asked_for_where_nothing_is_announced(void **state)
{
	struct sdi12_talk talk = begun("M2", false);
	assert_int_equal(told(&talk, "0M2!", "00000\r\n"), SDI12_DONE);
}

static void measurements_have_names(void **state)
{
	static const char *const good[] = { "M", "M1", "M9", "C", "C9", "R0", "R9" };
	static const char *const bad[] = { "", "M0", "MC", "MA", "R", "RA", "D0", "A1",
		"XX", "M11", "I" };
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(sdi12_is_measurement(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(sdi12_is_measurement(bad[i]));
}

/* ---- out of a record ---- */

static struct sdi12_collected collected_of(const char *const *answer)
{
	struct sdi12_collected collected = { 0 };
	for (; *answer != NULL; answer++)
		assert_int_equal(
		        sdi12_collect(&collected, bytes(*answer), strlen(*answer)), OK);
	return collected;
}

static void a_record_gives_the_values_in_order(void **state)
{
	static const char *const whole[] = { "013VENDOR01MODEL_1.2\r\n", "00055\r\n",
		"0\r\n", "0+1+2+3\r\n", "0+4-5.5\r\n", NULL };
	static const char *const again[] = { "00021\r\n", "0\r\n", "00022\r\n",
		"0+7+8\r\n", NULL };
	static const char *const part[] = { "00055\r\n", "0+1+2\r\n", NULL };
	static const char *const at_once[] = { "0+3.14OqZ\r\n", NULL };
	struct sdi12_collected collected = collected_of(whole);
	assert_true(sdi12_complete(&collected));
	assert_int_equal(collected.n, 5);
	assert_memory_equal(collected.value[4].at, "-5.5", 4);
	collected = collected_of(again);
	assert_true(sdi12_complete(&collected));
	assert_int_equal(collected.n, 2);
	assert_memory_equal(collected.value[0].at, "+7", 2);
	collected = collected_of(part);
	assert_false(sdi12_complete(&collected));
	collected = collected_of(at_once);
	assert_true(sdi12_complete(&collected));
	assert_int_equal(collected.n, 1);
	assert_int_equal(
	        sdi12_collect(&collected, bytes("0+3.15OqZ\r\n"), 11), MALFORMED);
	assert_int_equal(sdi12_collect(&collected, bytes("noise"), 5), MALFORMED);
	assert_int_equal(collected.n, 1);
}

/* ---- the answering side ---- */

static void commands_are_found_by_their_end(void **state)
{
	assert_int_equal(sdi12_command_frame(bytes("0M!"), 3), 3);
	assert_int_equal(sdi12_command_frame(bytes("0MC1!0D0!"), 9), 5);
	assert_int_equal(sdi12_command_frame(bytes("?!"), 2), 2);
	assert_int_equal(sdi12_command_frame(bytes("0M"), 2), FRAME_SHORT);
	assert_int_equal(sdi12_command_frame(bytes("!"), 1), FRAME_NONE);
	assert_int_equal(sdi12_command_frame(bytes("0 M!"), 4), FRAME_NONE);
	assert_int_equal(sdi12_command_frame(bytes("0MMMMMMMM!"), 10), FRAME_NONE);
}

static void numbers_are_written_with_seven_digits_at_most(void **state)
{
	static const struct {
		double value;
		const char *text;
	} made[] = { { 25.3, "+25.3" }, { -0.25, "-0.25" }, { 0, "+0" },
		{ 1234567, "+1234567" }, { 3.14159265, "+3.141593" },
		{ 123456.78, "+123456.8" }, { 9999999, "+9999999" }, { 100, "+100" },
		{ NAN, "+9999999" }, { -1e9, "+9999999" }, { 999999.96, "+1000000" } };
	char text[10];
	for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
		assert_int_equal(
		        sdi12_value_put(made[i].value, text), strlen(made[i].text));
		assert_string_equal(text, made[i].text);
	}
	char line[32] = "0+3.14";
	assert_int_equal(sdi12_close(true, line, 6), 11);
	assert_memory_equal(line, "0+3.14OqZ\r\n", 11);
	assert_int_equal(sdi12_close(false, line, 6), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_and_checks_are_those_of_the_standard),
		cmocka_unit_test(every_cut_is_short),
		cmocka_unit_test(every_flipped_bit_is_refused_where_there_is_a_check),
		cmocka_unit_test(an_announcement_gives_seconds_and_number),
		cmocka_unit_test(what_is_no_answer_is_refused),
		cmocka_unit_test(a_line_has_at_most_75_characters_of_values),
		cmocka_unit_test(an_identity_tells_its_version),
		cmocka_unit_test(a_measurement_waits_for_its_service_request),
		cmocka_unit_test(every_vector_is_asked_for),
		cmocka_unit_test(a_service_request_that_never_comes_is_no_failure),
		cmocka_unit_test(data_are_asked_for_until_all_values_are_here),
		cmocka_unit_test(a_concurrent_measurement_frees_the_line),
		cmocka_unit_test(a_continuous_reading_is_one_answer),
		cmocka_unit_test(an_aborted_measurement_is_made_three_times),
		cmocka_unit_test(nothing_is_asked_for_where_nothing_is_announced),
		cmocka_unit_test(measurements_have_names),
		cmocka_unit_test(a_record_gives_the_values_in_order),
		cmocka_unit_test(commands_are_found_by_their_end),
		cmocka_unit_test(numbers_are_written_with_seven_digits_at_most),
	};
	return cmocka_run_group_tests_name("sdi12_frame", tests, NULL, NULL);
}
