/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What messages of HJ 212 mean to an instrument: whose they are, values, states, times, and what a profile
 * must say. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/hj212.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/sentence.h"
#include "sensors/tables/values.h"
#include "tests/kits/hj212_vectors.h"

static const char head[] = "name: sub\nmaker: m\nmodel: m\nsummary: s\nsource: s\n"
                           "driver: hj212\nedition: 2017\n";
static const char tail[] =
        "channels:\n"
        "  - {name: cod, label_vi: COD, label_en: COD, unit: mg/L, field: w01018-Rtd}\n"
        "  - {name: ph, label_vi: pH, label_en: pH, unit: pH, low: 0, high: 14, "
        "field: w01001-Rtd}\n";

struct sub {
	struct profile *profile;
	struct channel_setting setting[2];
	struct instrument instrument;
	uint8_t bytes[2048];
	struct exchanges exchanges;
	struct decoded decoded;
};

/* A profile of two channels with `keys` of its own. */
static void open_sub(struct sub *sub, const char *keys)
{
	char text[2048];
	struct problem why;
	memset(sub, 0, sizeof *sub);
	int n = snprintf(text, sizeof text, "%s%s%s", head, keys, tail);
	assert_int_equal(
	        profile_parse(&sub->profile, text, (size_t)n, "sub.yaml", stderr, &why),
	        OK);
	for (size_t i = 0; i < 2; i++)
		sub->setting[i] = (struct channel_setting){
			.low = sub->profile->channel[i].about.low,
			.high = sub->profile->channel[i].about.high,
		};
	sub->instrument = (struct instrument){ .id = "sub",
		.profile = sub->profile,
		.address = "",
		.utc_offset_min = 480,
		.setting = sub->setting };
}

/* A poll that brought this frame. */
static void bring(struct sub *sub, const uint8_t *frame, size_t n)
{
	struct exchange exchange = { .size = (uint16_t)n, .bytes = frame };
	int size = exchange_put(&exchange, sub->bytes, sizeof sub->bytes);
	assert_true(size > 0);
	sub->exchanges =
	        (struct exchanges){ .n = 1, .size = (size_t)size, .bytes = sub->bytes };
	values_decode(&sub->instrument, &sub->exchanges, NULL, NULL, &sub->decoded);
}

static void bring_data(struct sub *sub, const char *data)
{
	const char *frame = hj212_framed(data);
	bring(sub, (const uint8_t *)frame, strlen(frame));
}

static int kind_of(const struct sub *sub, const char *data)
{
	struct text_fields fields;
	assert_int_equal(
	        hj212_fields((const uint8_t *)data, strlen(data), &fields), OK);
	return hj212_kind_of(&sub->instrument, &fields);
}

static const char *explained(const struct sub *sub, size_t i)
{
	static char text[1024];
	values_explain(&sub->instrument, &sub->exchanges, i, text, sizeof text);
	return text;
}

/* ---- whose it is ---- */

#define HEAD "QN=1;ST=32;CN=2011;PW=1;MN=M1;Flag=5;"

static void a_reading_is_a_message_with_a_time_or_a_field_of_the_profile(void **state)
{
	struct sub sub;
	open_sub(&sub, "");
	assert_int_equal(kind_of(&sub, HEAD "CP=&&w01018-Rtd=1&&"), HJ212_READING);
	assert_int_equal(kind_of(&sub, HEAD "CP=&&DataTime=1&&"), HJ212_READING);
	assert_int_equal(kind_of(&sub, HEAD "CP=&&w01019-Rtd=1&&"), HJ212_OTHER);
	assert_int_equal(kind_of(&sub, "CN=2051;CP=&&w01018-Rtd=1&&"), HJ212_OTHER);
	assert_int_equal(kind_of(&sub, "CN=9014;CP=&&X=1&&"), HJ212_OTHER);
	profile_free(sub.profile);
	open_sub(&sub, "cn: 2051\n");
	assert_int_equal(kind_of(&sub, "CN=2051;CP=&&w01018-Rtd=1&&"), HJ212_READING);
	profile_free(sub.profile);
}

/* A request of another master, or our own come back over two wires. */
static void a_message_without_content_is_nobodys(void **state)
{
	struct sub sub;
	open_sub(&sub, "");
	assert_int_equal(kind_of(&sub, HEAD "CP=&&DataTime=1&&"), HJ212_READING);
	assert_int_equal(kind_of(&sub, HEAD "CP=&&&&"), HJ212_FOREIGN);
	profile_free(sub.profile);
}

static void only_the_own_mn_and_st_are_believed(void **state)
{
	struct sub sub;
	open_sub(&sub, "st: 32\n");
	assert_int_equal(kind_of(&sub, HEAD "CP=&&DataTime=1&&"), HJ212_READING);
	assert_int_equal(
	        kind_of(&sub, "ST=31;CN=2011;MN=M1;CP=&&DataTime=1&&"), HJ212_FOREIGN);
	sub.instrument.address = "M1";
	assert_int_equal(kind_of(&sub, HEAD "CP=&&DataTime=1&&"), HJ212_READING);
	sub.instrument.address = "M";
	assert_int_equal(kind_of(&sub, HEAD "CP=&&DataTime=1&&"), HJ212_FOREIGN);
	sub.instrument.address = "M12";
	assert_int_equal(kind_of(&sub, HEAD "CP=&&DataTime=1&&"), HJ212_FOREIGN);
	assert_int_equal(
	        kind_of(&sub, "ST=32;CN=2011;CP=&&DataTime=1&&"), HJ212_FOREIGN);
	profile_free(sub.profile);
}

/* part of the profile, PNUM and PNO of the message, whether it is taken */
static void parts_are_of_the_profile_that_names_them(void **state)
{
	static const struct {
		int part, pnum, pno, kind;
	} cases[] = { { 0, 0, 0, HJ212_READING }, { 0, 1, 1, HJ212_READING },
		{ 0, 2, 1, HJ212_FOREIGN }, { 1, 2, 1, HJ212_READING },
		{ 1, 2, 2, HJ212_FOREIGN }, { 1, 0, 0, HJ212_READING },
		{ 2, 2, 2, HJ212_READING }, { 2, 2, 1, HJ212_FOREIGN },
		{ 2, 0, 0, HJ212_FOREIGN } };
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sub sub;
		char keys[32], data[128];
		snprintf(keys, sizeof keys, "part: %d\n", cases[i].part);
		snprintf(data, sizeof data,
		        "CN=2011;Flag=7;PNUM=%04d;PNO=%d;CP=&&w01018-Rtd=1&&",
		        cases[i].pnum, cases[i].pno);
		open_sub(&sub, keys);
		assert_int_equal(kind_of(&sub, data), cases[i].kind);
		profile_free(sub.profile);
	}
}

static void refusals_have_their_reasons(void **state)
{
	struct text_fields fields;
	struct declined no;
	static const struct {
		const char *data;
		int kind, code;
		const char *why;
	} cases[] = { { "CN=9011;CP=&&QnRtn=3&&", DECLINED_UNFIT, 3, "password" },
		{ "CN=9011;CP=&&QnRtn=2&&", DECLINED_NOW, 2, "refused" },
		{ "CN=9012;CP=&&ExeRtn=5&&", DECLINED_BUSY, 5, "busy" },
		{ "CN=9012;CP=&&ExeRtn=100&&", DECLINED_NOW, 100, "no data" },
		{ "CN=9012;CP=&&ExeRtn=77&&", DECLINED_NOW, 77, "no edition" },
		{ "CN=9011;CP=&&&&", DECLINED_NOW, -1, "no edition" } };
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(hj212_fields((const uint8_t *)cases[i].data,
		                         strlen(cases[i].data), &fields),
		        OK);
		assert_true(hj212_declined(&fields, &no));
		assert_int_equal(no.kind, cases[i].kind);
		assert_int_equal(no.code, cases[i].code);
		assert_contains(no.why, cases[i].why);
	}
	const char *yes = "CN=9011;CP=&&QnRtn=1&&";
	hj212_fields((const uint8_t *)yes, strlen(yes), &fields);
	assert_false(hj212_declined(&fields, &no));
}

/* ---- values and states ---- */

static void every_flag_gives_its_state(void **state)
{
	static const struct {
		char letter;
		uint8_t state;
	} flags[] = { { 'N', STATE_OK }, { 'S', STATE_NO_VALUE }, { '1', STATE_OK },
		{ '3', STATE_OK }, { 'F', STATE_STOPPED }, { 'M', STATE_MAINTENANCE },
		{ 'C', STATE_CALIBRATING }, { 'K', STATE_CALIBRATING },
		{ '0', STATE_CALIBRATING }, { 'D', STATE_FAULT }, { 'P', STATE_FAULT },
		{ '2', STATE_FAULT }, { 'T', STATE_ABOVE_RANGE }, { 'B', STATE_SILENT },
		{ 'z', STATE_NO_VALUE }, { 'n', STATE_NO_VALUE } };
	struct sub sub;
	char data[128];
	open_sub(&sub, "");
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
		snprintf(data, sizeof data,
		        "CN=2011;CP=&&w01018-Rtd=62.5,w01018-Flag=%c;w01001-Rtd=7,"
		        "w01001-Flag=N&&",
		        flags[i].letter);
		bring_data(&sub, data);
		assert_int_equal(sub.decoded.state[0], flags[i].state);
		assert_int_equal(sub.decoded.state[1], STATE_OK);
		bool kept = flags[i].state != STATE_SILENT &&
		            flags[i].state != STATE_NO_VALUE;
		assert_int_equal(isfinite(sub.decoded.value[0]) != 0, kept);
	}
	profile_free(sub.profile);
}

static void a_value_without_a_flag_is_ok_and_one_with_two_is_none(void **state)
{
	struct sub sub;
	open_sub(&sub, "");
	bring_data(&sub, "CN=2011;CP=&&w01018-Rtd=62.5;w01001-Rtd=14&&");
	assert_int_equal(sub.decoded.state[0], STATE_OK);
	assert_close(sub.decoded.value[0], 62.5, 0);
	assert_int_equal(sub.decoded.state[1], STATE_ABOVE_RANGE);
	bring_data(&sub, "CN=2011;CP=&&w01018-Rtd=62.5,w01018-Flag=N,w01018-Flag=D&&");
	assert_int_equal(sub.decoded.state[0], STATE_NO_VALUE);
	bring_data(&sub, "CN=2011;CP=&&w01018-Rtd=62.5;w01018-Rtd=63;DataTime=1&&");
	assert_int_equal(sub.decoded.state[0], STATE_NO_VALUE);
	bring_data(&sub, "CN=2011;CP=&&w01018-Rtd=,w01018-Flag=T;DataTime=1&&");
	assert_int_equal(sub.decoded.state[0], STATE_NO_VALUE);
	profile_free(sub.profile);
}

/* Sample time of channel i, or INT64_MIN. */
static int64_t sampled(const struct sub *sub, size_t i)
{
	for (size_t k = 0; k < sub->decoded.n_sampled; k++)
		if (sub->decoded.sampled_channel[k] == i)
			return sub->decoded.sampled_us[k];
	return INT64_MIN;
}

static void a_factor_has_its_own_time_or_that_of_the_message(void **state)
{
	const int64_t s = INT64_C(1000000), at = INT64_C(1470013137) * s;
	struct sub sub;
	open_sub(&sub, "");
	const char *text = hj212_vector("H07a");
	bring(&sub, (const uint8_t *)text, strlen(text));
	assert_int_equal(sampled(&sub, 1), at); /* 2016-08-01 08:58:57 +08:00 */
	assert_int_equal(sampled(&sub, 0), at - 7137 * s); /* 07:00:00 */
	sub.instrument.utc_offset_min = 420;
	bring(&sub, (const uint8_t *)text, strlen(text));
	assert_int_equal(sampled(&sub, 1), at + 3600 * s);
	bring_data(&sub, "CN=2011;CP=&&DataTime=20160801085857223;w01018-Rtd=1&&");
	assert_int_equal(sampled(&sub, 0), at + 3600 * s);
	assert_int_equal(sampled(&sub, 1), INT64_MIN); /* nothing came of it */
	bring_data(&sub, "CN=2011;CP=&&DataTime=20160230000000;w01018-Rtd=1&&");
	assert_int_equal(sampled(&sub, 0), INT64_MIN);
	profile_free(sub.profile);
}

static void eflags_are_kept_at_their_places(void **state)
{
	struct sub sub;
	open_sub(&sub, "vendor: [{field: w01018-EFlag}, {field: w01001-EFlag}, "
	               "{field: w01001-Flag}]\n");
	bring_data(
	        &sub, "CN=2011;CP=&&w01001-Rtd=7,w01001-Flag=N,w01001-EFlag=A0123&&");
	assert_int_equal(sub.decoded.vendor_size, 9);
	assert_memory_equal(sub.decoded.vendor, "    A012N", 9);
	profile_free(sub.profile);
}

static void what_is_no_sound_reading_is_no_value(void **state)
{
	struct sub sub;
	char text[2048];
	open_sub(&sub, "");
	snprintf(text, sizeof text, "%s", hj212_vector("H07a"));
	bring(&sub, (uint8_t *)text, strlen(text));
	assert_int_equal(sub.decoded.state[0], STATE_OK);
	text[150] ^= 1;
	bring(&sub, (uint8_t *)text, strlen(text));
	assert_int_equal(sub.decoded.state[0], STATE_GARBLED);
	bring(&sub, (uint8_t *)text, 0);
	assert_int_equal(sub.decoded.state[0], STATE_SILENT);
	bring_data(&sub, "CN=9011;CP=&&QnRtn=4&&");
	assert_int_equal(sub.decoded.state[0], STATE_REFUSED);
	bring_data(&sub, "CN=2051;CP=&&w01018-Rtd=1&&");
	assert_int_equal(sub.decoded.state[0], STATE_GARBLED);
	profile_free(sub.profile);
}

/* ---- for people ---- */

static void how_a_value_came_about_is_told(void **state)
{
	struct sub sub;
	open_sub(&sub, "");
	bring_data(&sub, "CN=2011;CP=&&w01018-Rtd=62.5,w01018-Flag=M&&");
	assert_contains(explained(&sub, 0), "field w01018-Rtd '62.5' = 62.5 mg/L");
	assert_contains(explained(&sub, 0), "w01018-Flag 'M': maintenance");
	assert_contains(explained(&sub, 1), "field w01001-Rtd is not in the answer");
	const char *text = hj212_vector("H08a");
	bring(&sub, (const uint8_t *)text, strlen(text));
	assert_contains(explained(&sub, 0), "0759 is the plain CRC of Modbus");
	bring_data(&sub, "CN=9012;CP=&&ExeRtn=100&&");
	assert_contains(explained(&sub, 0), "exception 100, there are no data");
	profile_free(sub.profile);
}

/* What is wrong with a message that is sound. */
static const char *blamed(const struct sub *sub, const char *data)
{
	static char text[512];
	struct sentence sentence = { .out = text, .room = sizeof text };
	const char *frame = hj212_framed(data);
	hj212_blame(&sub->instrument, (const uint8_t *)frame, strlen(frame), &sentence);
	return text;
}

static void why_a_sound_message_is_no_reading_is_told(void **state)
{
	struct sub sub;
	open_sub(&sub, "st: 32\n");
	assert_contains(blamed(&sub, "ST=31;CN=2011;CP=&&DataTime=1&&"),
	        "ST=31 is not that of the profile");
	assert_contains(blamed(&sub, "ST=32;CN=2051;CP=&&DataTime=1&&"),
	        "CN=2051 is no reading (CN=2011 with a field of the profile)");
	assert_contains(blamed(&sub, "ST=32;CN=2011;PNUM=3;PNO=2;CP=&&DataTime=1&&"),
	        "it is part 2 of 3, and the profile has `part: 0`");
	assert_contains(blamed(&sub, "ST=32;CN=2011;Flag=8;CP=&&0F3A99C2&&"),
	        "nothing in it can be read: a request, or encrypted (edition 2025)");
	sub.instrument.address = "M1";
	assert_contains(blamed(&sub, "ST=32;CN=2011;MN=M2;CP=&&DataTime=1&&"),
	        "MN=M2 is not the address");
	profile_free(sub.profile);
}

/* ---- what a profile must say ---- */

static void profile_refused(const char *keys, const char *channels, const char *why)
{
	char text[4096], report[4096] = "";
	struct profile *profile;
	struct problem problem;
	int n = snprintf(text, sizeof text, "%s%s%s", head, keys, channels);
	FILE *out = fmemopen(report, sizeof report, "w");
	assert_int_equal(
	        profile_parse(&profile, text, (size_t)n, "sub.yaml", out, &problem),
	        MALFORMED);
	fclose(out);
	assert_contains(report, why);
}

static void a_profile_that_cannot_work_is_refused(void **state)
{
	profile_refused("ask: yes\n", tail, "a request needs `st`");
	profile_refused("crc: crc16\n", tail, "crc16");
	profile_refused("cn: 9014\n", tail, "cn");
	profile_refused("edition: 2005\n", tail, "edition");
	profile_refused("",
	        "channels: [{name: a, label_vi: A, label_en: A, unit: mg/L, "
	        "field: w01018}]\n",
	        "'w01018' is no factor");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        a_reading_is_a_message_with_a_time_or_a_field_of_the_profile),
		cmocka_unit_test(a_message_without_content_is_nobodys),
		cmocka_unit_test(only_the_own_mn_and_st_are_believed),
		cmocka_unit_test(parts_are_of_the_profile_that_names_them),
		cmocka_unit_test(refusals_have_their_reasons),
		cmocka_unit_test(every_flag_gives_its_state),
		cmocka_unit_test(a_value_without_a_flag_is_ok_and_one_with_two_is_none),
		cmocka_unit_test(a_factor_has_its_own_time_or_that_of_the_message),
		cmocka_unit_test(eflags_are_kept_at_their_places),
		cmocka_unit_test(what_is_no_sound_reading_is_no_value),
		cmocka_unit_test(how_a_value_came_about_is_told),
		cmocka_unit_test(why_a_sound_message_is_no_reading_is_told),
		cmocka_unit_test(a_profile_that_cannot_work_is_refused),
	};
	return cmocka_run_group_tests_name("hj212", tests, NULL, NULL);
}
