/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of HJ 212: fields out of them, requests and acknowledgements into them. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "sensors/drivers/hj212_frame.h"
#include "tests/kits/hj212_vectors.h"

static const struct hj212_dialect standard = { .check = HJ212_CHECK_OWN };

/* Fields of a data segment; `text` must live on. */
static int fields_of(const char *text, struct text_fields *out)
{
	return hj212_fields((const uint8_t *)text, strlen(text), out);
}

/* Fields of a vector's frame. */
static struct text_fields *fields_in(const char *id)
{
	static struct text_fields fields;
	struct hj212_frame frame;
	const char *text = hj212_vector(id);
	assert_true(hj212_frame_get(&standard, (const uint8_t *)text, strlen(text),
	                    &frame) > 0);
	assert_int_equal(hj212_fields(frame.data, frame.n, &fields), OK);
	return &fields;
}

/* The text of a field; NULL if it is not there. */
static const char *text_in(const struct text_fields *fields, const char *name)
{
	static char ring[8][128];
	static unsigned next;
	char *out = ring[next++ % 8];
	for (size_t i = 0; i < fields->n; i++) {
		const struct text_field *field = &fields->field[i];
		if (strcmp(field->name, name) != 0)
			continue;
		snprintf(out, sizeof ring[0], "%.*s", (int)field->n, field->at);
		return out;
	}
	return NULL;
}

#define assert_field(fields, name, want)                                               \
	assert_string_equal(text_in((fields), (name)), (want))

static void assert_missing(const struct text_fields *fields, const char *name)
{
	assert_null(text_in(fields, name));
}

/* ---- what the vectors say ---- */

static void a_frame_of_2017_with_sample_times(void **state)
{
	const struct text_fields *fields = fields_in("H02a");
	assert_int_equal(fields->n, 6 + 1 + 2 + 5 * 3);
	assert_field(fields, "QN", "20210320163101890");
	assert_field(fields, "ST", "32");
	assert_field(fields, "CN", "2011");
	assert_field(fields, "MN", "81733553213013");
	assert_field(fields, "Flag", "4");
	assert_field(fields, "DataTime", "20210320013400");
	assert_field(fields, "w00000-Rtd", "181.682");
	assert_field(fields, "w21001-SampleTime", "20210320005400");
	assert_field(fields, "w01018-Rtd", "194.200");
	assert_field(fields, "w01018-Flag", "N");
	assert_field(fields, "w01001-Rtd", "7.496");
	assert_missing(fields, "w00000-SampleTime");
	assert_missing(fields, "PNUM");
	assert_int_equal(hj212_number_of(fields, "CN"), 2011);
	assert_int_equal(hj212_edition_of(fields), HJ212_2017);
}

static void a_frame_of_2005_without_qn_and_flag(void **state)
{
	const struct text_fields *fields = fields_in("H04a");
	assert_missing(fields, "QN");
	assert_missing(fields, "Flag");
	assert_field(fields, "PW", "");
	assert_field(fields, "MN", "");
	assert_field(fields, "01-ZsRtd", "2.47");
	assert_field(fields, "01-Rtd", "1.48");
	assert_field(fields, "S05-Rtd", "0");
	assert_field(fields, "B02-Flag", "N");
	assert_int_equal(hj212_edition_of(fields), HJ212_2005);
	assert_int_equal(hj212_number_of(fields, "Flag"), -1);
	fields = fields_in("H05a");
	assert_field(fields, "DataTime", "20160824003817000");
	assert_field(fields, "B01-Rtd", "36.91");
	assert_missing(fields, "B01-Flag");
	assert_field(fields, "060-Rtd", "1.803");
}

static void an_empty_content_is_a_message(void **state)
{
	struct text_fields fields;
	assert_int_equal(fields_in("H06a")->n, 6);
	assert_field(fields_in("H07a"), "w01018-EFlag", "A01");
	assert_int_equal(fields_of("CN=2011;CP=&& &&", &fields), OK);
	assert_int_equal(fields.n, 1);
}

/* ---- tolerances ---- */

static void what_peers_write_is_understood(void **state)
{
	struct text_fields fields;
	assert_int_equal(fields_of("CN=2011;ST=32;MN=M;Flag=5CP=&&  A-Rtd = 1 ;B=2,,;"
	                           "nonsense;w01018--Avg=3;X-Ala=;&&",
	                         &fields),
	        OK);
	assert_field(&fields, "Flag", "5");
	assert_field(&fields, "A-Rtd", "1");
	assert_field(&fields, "B", "2");
	assert_field(&fields, "w01018-Avg", "3");
	assert_field(&fields, "X-Ala", "");
	assert_int_equal(fields.n, 8);
}

/* Table C.14 of the standard prints 01018-Rtd; ST says that it is water. */
static void a_factor_of_water_may_lack_its_letter(void **state)
{
	struct text_fields fields;
	assert_int_equal(
	        fields_of("ST=32;CN=2011;CP=&&01018-Rtd=2.2,01018-Flag=N,011-Rtd=5&&",
	                &fields),
	        OK);
	assert_field(&fields, "w01018-Rtd", "2.2");
	assert_field(&fields, "w01018-Flag", "N");
	assert_field(&fields, "011-Rtd", "5");
	assert_int_equal(fields_of("ST=31;CN=2011;CP=&&01018-Rtd=2.2&&", &fields), OK);
	assert_field(&fields, "01018-Rtd", "2.2");
	assert_missing(&fields, "w01018-Rtd");
}

static void a_name_with_two_words_says_nothing(void **state)
{
	struct text_fields fields;
	assert_int_equal(
	        fields_of("CN=2011;CP=&&A=1;B=2;A=1;B=3;B=2;01018-Rtd=1&&", &fields),
	        OK);
	assert_field(&fields, "A", "1");
	assert_field(&fields, "B", "");
	assert_int_equal(
	        fields_of("ST=21;CN=2011;CP=&&01018-Rtd=1;w01018-Rtd=2&&", &fields),
	        OK);
	assert_field(&fields, "w01018-Rtd", "");
	assert_int_equal(fields_of("CN=2011;CN=2051;CP=&&A=1&&", &fields), MALFORMED);
}

/* As an acknowledgement of 2005 does, and public code that writes PNUM among the values. */
static void the_content_does_not_speak_for_the_header(void **state)
{
	struct text_fields fields;
	assert_int_equal(
	        fields_of("QN=1;ST=91;CN=9014;CP=&&QN=2;CN=2011;PNUM=3&&", &fields),
	        OK);
	assert_field(&fields, "QN", "1");
	assert_field(&fields, "CN", "9014");
	assert_field(&fields, "PNUM", "3");
}

static void a_name_too_long_is_passed_over_and_its_neighbours_are_not(void **state)
{
	struct text_fields fields;
	assert_int_equal(fields_of("CN=2011;CP=&&A2345678901234567890123=1;"
	                           "A23456789012345678901234=2;A=3&&",
	                         &fields),
	        OK);
	assert_field(&fields, "A2345678901234567890123", "1");
	assert_field(&fields, "A", "3");
	assert_int_equal(fields.n, 3);
}

static void both_sides_of_the_most_fields(void **state)
{
	static char text[4096];
	struct text_fields fields;
	for (int n = TEXT_FIELDS - 1; n <= TEXT_FIELDS; n++) {
		size_t at = (size_t)snprintf(text, sizeof text, "CN=2011;CP=&&");
		for (int i = 0; i < n; i++)
			at += (size_t)snprintf(
			        text + at, sizeof text - at, "A%d=%d;", i, i);
		snprintf(text + at, sizeof text - at, "&&");
		assert_int_equal(fields_of(text, &fields), n < TEXT_FIELDS ? OK : FULL);
	}
}

static void editions_are_told_by_the_version_bits(void **state)
{
	static const struct {
		const char *text;
		int edition;
	} flags[] = { { "CN=1;CP=&&&&", HJ212_2005 },
		{ "CN=1;Flag=0;CP=&&&&", HJ212_2005 },
		{ "CN=1;Flag=3;CP=&&&&", HJ212_2005 },
		{ "CN=1;Flag=4;CP=&&&&", HJ212_2017 },
		{ "CN=1;Flag=7;CP=&&&&", HJ212_2017 },
		{ "CN=1;Flag=8;CP=&&&&", HJ212_2025 },
		{ "CN=1;Flag=9;CP=&&&&", HJ212_2025 },
		{ "CN=1;Flag=12;CP=&&&&", HJ212_2025 + 1 },
		{ "CN=1;Flag=N;CP=&&&&", HJ212_2005 } };
	struct text_fields fields;
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
		assert_int_equal(fields_of(flags[i].text, &fields), OK);
		assert_int_equal(hj212_edition_of(&fields), flags[i].edition);
	}
	assert_string_equal(hj212_editions[HJ212_2025], "2025");
	assert_null(hj212_editions[HJ212_2025 + 1]);
}

/* ---- putting together ---- */

static void requests_are_those_of_the_vectors(void **state)
{
	char text[1100];
	struct hj212_message message = { .qn = "20181111151745000",
		.st = "21",
		.cn = "2011",
		.pw = "123456",
		.mn = "YSRDWQGQ1000001001",
		.flag = 5,
		.cp = "" };
	int n = hj212_put(&standard, &message, (uint8_t *)text, sizeof text);
	assert_int_equal(n, strlen(hj212_vector("H06a")));
	assert_memory_equal(text, hj212_vector("H06a"), (size_t)n);
	message = (struct hj212_message){ .qn = "20160801085857223",
		.st = "32",
		.cn = "1062",
		.pw = "100000",
		.mn = "010000A8900016F000169DC0",
		.flag = 5,
		.cp = "RtdInterval=30" };
	n = hj212_put(&standard, &message, (uint8_t *)text, sizeof text);
	assert_int_equal(n, strlen(hj212_vector("H01a")));
	assert_memory_equal(text, hj212_vector("H01a"), (size_t)n);
	assert_int_equal(hj212_put(&standard, &message, (uint8_t *)text, (size_t)n), n);
	assert_int_equal(
	        hj212_put(&standard, &message, (uint8_t *)text, (size_t)n - 1), FULL);
}

static void a_request_without_qn_and_flag_and_a_part_of_a_message(void **state)
{
	char text[256];
	struct hj212_dialect endless = { .check = HJ212_CHECK_MODBUS, .no_end = true };
	struct hj212_frame frame;
	struct hj212_message message = {
		.st = "31", .cn = "2011", .flag = -1, .cp = ""
	};
	int n = hj212_put(&standard, &message, (uint8_t *)text, sizeof text);
	assert_int_equal(n, 33);
	assert_memory_equal(text, "##0021ST=31;CN=2011;CP=&&&&", 27);
	message = (struct hj212_message){
		.st = "31", .cn = "2011", .flag = 7, .pnum = 2, .pno = 1, .cp = "A=1"
	};
	n = hj212_put(&endless, &message, (uint8_t *)text, sizeof text);
	assert_memory_equal(text, "##0044ST=31;CN=2011;Flag=7;PNUM=2;PNO=1;", 40);
	assert_int_equal(
	        hj212_frame_get(&endless, (uint8_t *)text, (size_t)n, &frame), n);
}

static void both_sides_of_the_longest_message(void **state)
{
	static char cp[1100], text[1100];
	struct hj212_message message = { .cn = "2011", .flag = -1, .cp = cp };
	size_t most = 1024 - strlen("CN=2011;CP=&&&&");
	memset(cp, 'A', most);
	assert_int_equal(hj212_put(&standard, &message, (uint8_t *)text, sizeof text),
	        1024 + HJ212_OVERHEAD);
	cp[most] = 'A';
	assert_int_equal(
	        hj212_put(&standard, &message, (uint8_t *)text, sizeof text), REFUSED);
}

/* ---- acknowledgements ---- */

/* The acknowledgement of a data segment, as text; "" if none is due. */
static const char *thanks_for(const char *data)
{
	static char text[512];
	struct text_fields fields;
	assert_int_equal(fields_of(data, &fields), OK);
	int n = hj212_thanks(&standard, &fields, (uint8_t *)text, sizeof text - 1);
	assert_true(n >= 0);
	text[n] = '\0';
	return text;
}

static void data_are_acknowledged_as_the_standard_prints_it(void **state)
{
	char text[256];
	int n = hj212_thanks(
	        &standard, fields_in("H07a"), (uint8_t *)text, sizeof text);
	assert_int_equal(n, strlen(hj212_vector("H07b")));
	assert_memory_equal(text, hj212_vector("H07b"), (size_t)n);
	assert_int_equal(hj212_thanks(&standard, fields_in("H07a"), (uint8_t *)text,
	                         (size_t)n - 1),
	        FULL);
}

static void nobody_is_thanked_who_did_not_ask_for_it(void **state)
{
	static const char *const none[] = { "QN=1;ST=32;CN=2011;Flag=4;CP=&&&&",
		"QN=1;ST=32;CN=2011;CP=&&&&", "QN=1;ST=91;CN=9014;Flag=5;CP=&&&&",
		"QN=1;ST=91;CN=9021;Flag=5;CP=&&&&" };
	assert_contains(thanks_for("QN=1;ST=32;CN=2011;Flag=5;CP=&&&&"), "CN=9014");
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_string_equal(thanks_for(none[i]), "");
}

static void the_edition_of_the_answer_is_that_of_the_message(void **state)
{
	assert_contains(thanks_for("QN=7;ST=32;CN=2051;PW=1;MN=M;Flag=9;CP=&&&&"),
	        "QN=7;ST=91;CN=9014;PW=1;MN=M;Flag=8;CP=&&&&");
	assert_contains(
	        thanks_for("QN=7;ST=32;CN=2011;PW=1;MN=M;Flag=7;PNUM=2;PNO=1;CP=&&&&"),
	        "QN=7;ST=91;CN=9014;PW=1;MN=M;Flag=4;CP=&&&&");
	assert_contains(thanks_for("QN=7;ST=32;CN=1013;PW=1;MN=M;Flag=5;CP=&&&&"),
	        "QN=7;ST=91;CN=9013;PW=1;MN=M;Flag=4;CP=&&&&");
	assert_contains(thanks_for("QN=7;ST=32;CN=2061;PW=1;MN=M;Flag=1;CP=&&&&"),
	        "##0033ST=91;CN=9014;CP=&&QN=7;CN=2061&&");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_of_2017_with_sample_times),
		cmocka_unit_test(a_frame_of_2005_without_qn_and_flag),
		cmocka_unit_test(an_empty_content_is_a_message),
		cmocka_unit_test(what_peers_write_is_understood),
		cmocka_unit_test(a_factor_of_water_may_lack_its_letter),
		cmocka_unit_test(a_name_with_two_words_says_nothing),
		cmocka_unit_test(the_content_does_not_speak_for_the_header),
		cmocka_unit_test(
		        a_name_too_long_is_passed_over_and_its_neighbours_are_not),
		cmocka_unit_test(both_sides_of_the_most_fields),
		cmocka_unit_test(editions_are_told_by_the_version_bits),
		cmocka_unit_test(requests_are_those_of_the_vectors),
		cmocka_unit_test(a_request_without_qn_and_flag_and_a_part_of_a_message),
		cmocka_unit_test(both_sides_of_the_longest_message),
		cmocka_unit_test(data_are_acknowledged_as_the_standard_prints_it),
		cmocka_unit_test(nobody_is_thanked_who_did_not_ask_for_it),
		cmocka_unit_test(the_edition_of_the_answer_is_that_of_the_message),
	};
	return cmocka_run_group_tests_name("hj212_message", tests, NULL, NULL);
}
