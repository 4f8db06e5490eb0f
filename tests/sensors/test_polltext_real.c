/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What instruments really said, through the shipped profiles. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/polltext.h"
#include "sensors/tables/checksum.h"
#include "sensors/tables/fields.h"
#include "sensors/tables/framer.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"
#include "tests/kits/capture.h"

/* The text of a file of real data; NULL, and SKIPPED said, if it is not there.  The caller frees. */
static char *real_text(const char *name)
{
	const char *path = data_folder(name);
	FILE *in = path != NULL ? fopen(path, "r") : NULL;
	if (in == NULL)
		return NULL;
	char *text = calloc(1, 65536);
	size_t n = fread(text, 1, 65535, in);
	text[n] = '\0';
	fclose(in);
	return text;
}

static double number_after(const char *text, const char *word)
{
	const char *at = strstr(text, word);
	return at != NULL ? strtod(at + strlen(word), NULL) : NAN;
}

static struct capture capture;

/* Value of a channel from one answer to a block. */
static uint8_t value_of(size_t block, const char *answer, size_t c, double *value)
{
	static uint8_t bytes[2048];
	struct exchange exchange = { .block = (uint16_t)block,
		.size = (uint16_t)strlen(answer),
		.bytes = (const uint8_t *)answer };
	struct exchanges exchanges = { .n = 1, .bytes = bytes };
	struct decoded decoded;
	exchanges.size = (size_t)exchange_put(&exchange, bytes, sizeof bytes);
	values_decode(&capture.instrument, &exchanges, NULL, NULL, &decoded);
	*value = decoded.value[c];
	return decoded.state[c];
}

/* ---- the 49i ---- */

static size_t records, settings, refusals, others;

/* A long record as the block "record" has it, but that it was asked for by lrec. */
static void check_record(const char *answer)
{
	static struct pattern pattern;
	static struct text_fields fields;
	struct pattern_bytes in = { (const uint8_t *)answer, strlen(answer) };
	double number;
	assert_int_equal(
	        pattern_compile(&pattern,
	                "lrec\\n{time} {date} {pairs \\x20 \\x20}*\\nsum {check}\\r",
	                CHECKSUM_C_LINK, NULL),
	        OK);
	assert_int_equal(pattern_match(&pattern, "", in, &fields), in.n);
	assert_true(text_number_of(text_fields_find(&fields, "o3"), &number));
	assert_close(number, number_after(answer, " o3 "), 1e-12);
	assert_true(text_number_of(text_fields_find(&fields, "pres"), &number));
	assert_close(number, number_after(answer, " pres "), 1e-12);
	assert_int_equal(text_fields_find(&fields, "flags")->n, 7);
	records++;
}

static void check_setting(const char *answer, size_t block, const char *channel)
{
	double value;
	int c = profile_channel_index(capture.profile, channel);
	assert_true(c >= 0);
	assert_int_equal(value_of(block, answer, (size_t)c, &value), STATE_OK);
	assert_close(value, number_after(answer, block == 3 ? "coef " : "bkg "), 1e-12);
	settings++;
}

static void check_answer(const char *answer)
{
	double value;
	if (strncmp(answer, "lrec\n", 5) == 0)
		check_record(answer);
	else if (strncmp(answer, "o3 coef ", 8) == 0)
		check_setting(answer, 3, "o3_coefficient");
	else if (strncmp(answer, "o3 bkg ", 7) == 0)
		check_setting(answer, 4, "o3_background");
	else if (strstr(answer, " bad cmd") != NULL ||
	         strstr(answer, "can't,") != NULL) {
		assert_int_equal(value_of(0, answer, 0, &value), STATE_REFUSED);
		refusals++;
	} else {
		/* what was asked before, and comes late, is no ozone */
		assert_int_equal(value_of(0, answer, 0, &value), STATE_GARBLED);
		others++;
	}
}

static void the_answers_of_a_real_49i_are_understood(void **state)
{
	char *text = real_text("gas_analyser_logs/thermo_49i_lrec.txt"), answer[4096];
	if (text == NULL)
		skip();
	capture_read(&capture, "thermo-49i-clink");
	char *begin = text;
	for (char *line = text, *end; (end = strchr(line, '\n')) != NULL;
	        line = end + 1) {
		bool sum = strncmp(line, "sum ", 4) == 0;
		if (sum) {
			snprintf(answer, sizeof answer, "%.*s\r", (int)(end - begin),
			        begin);
			check_answer(answer);
		}
		if (sum || end == line)
			begin = end + 1;
	}
	capture_free(&capture);
	free(text);
	assert_int_equal(records, 10);
	assert_int_equal(settings, 8);
	assert_int_equal(refusals, 10);
	assert_int_equal(records + settings + refusals + others, 107);
}

/* ---- the echo sounder ---- */

/* Values of one path in the peer's decoding, in order. */
static size_t peer_values(const char *json, const char *path, double *out)
{
	size_t n = 0;
	char word[96];
	snprintf(word, sizeof word, "\"path\":\"%s\",\"value\":", path);
	for (const char *at = json; (at = strstr(at, word)) != NULL;)
		out[n++] = strtod(at += strlen(word), NULL);
	return n;
}

static void a_real_echo_sounder_says_what_the_peer_reads(void **state)
{
	static double depth[128], temperature[128];
	char *text = real_text("nmea_weather/humminbird_depth_watertemp.log");
	char *json = real_text("nmea_weather/humminbird_expected.json");
	if (text == NULL || json == NULL)
		skip();
	size_t depths = peer_values(json, "environment.depth.belowTransducer", depth);
	size_t temperatures =
	        peer_values(json, "environment.water.temperature", temperature);
	size_t d = 0, t = 0, passed = 0;
	capture_read(&capture, "humminbird-matrix-37");
	for (char *line = strtok(text, "\r\n"); line != NULL;
	        line = strtok(NULL, "\r\n")) {
		char said[128];
		double value;
		if (line[0] != '$')
			continue;
		snprintf(said, sizeof said, "%s\r\n", line);
		if (value_of(0, said, 0, &value) == STATE_OK)
			assert_close(value, depth[d++], 1e-9);
		else if (value_of(0, said, 2, &value) == STATE_OK)
			assert_close(value + 273.15, temperature[t++], 1e-9);
		else
			passed++;
	}
	capture_free(&capture);
	free(text);
	free(json);
	assert_int_equal(d, depths);
	assert_int_equal(t, temperatures);
	assert_int_equal(d + t + passed, 98);
	assert_true(d > 30 && t > 15);
}

/* The whole log as a stream in clumps: readings come of it, and no byte is noise but the comments. */
static void a_real_stream_becomes_readings_whatever_its_clumps(void **state)
{
	char *text = real_text("nmea_weather/humminbird_depth_watertemp.log");
	if (text == NULL)
		skip();
	capture_read(&capture, "humminbird-matrix-37");
	/* the log lost the carriage returns of the line */
	static char begin[65536];
	size_t n = 0, first_count = 0;
	for (const char *at = strchr(text, '$'); *at != '\0'; at++) {
		if (*at == '\n')
			begin[n++] = '\r';
		begin[n++] = *at;
	}
	for (size_t clump = 1; clump < 400; clump = clump * 3 + 1) {
		static struct framer framer;
		struct moment when = { .time_us = 1 }, first;
		const uint8_t *frame;
		size_t readings = 0;
		int length;
		void *talk = calloc(1, polltext_driver.state_size);
		polltext_driver.begin(talk, &capture.instrument);
		framer_init(&framer);
		for (size_t at = 0; at < n; at += clump) {
			size_t more = n - at < clump ? n - at : clump;
			framer_add(&framer, (const uint8_t *)begin + at, more, &when);
			while ((length = framer_next(&framer, &polltext_driver, talk,
			                &frame, &first)) > 0)
				readings += polltext_driver.decode(talk, frame,
				                    (size_t)length) == READING_DONE;
		}
		if (first_count == 0)
			first_count = readings;
		assert_int_equal(readings, first_count);
		free(talk);
	}
	assert_true(first_count > 15);
	capture_free(&capture);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answers_of_a_real_49i_are_understood),
		cmocka_unit_test(a_real_echo_sounder_says_what_the_peer_reads),
		cmocka_unit_test(a_real_stream_becomes_readings_whatever_its_clumps),
	};
	return cmocka_run_group_tests_name("polltext_real", tests, NULL, NULL);
}
