/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HJ 212 as strangers speak it: the log of a station emulator against a real platform (both ways), and
 * the distinct frames of other programs' tests, with length and check as a second program found them.
 */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "sensors/drivers/hj212.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"

static const struct hj212_dialect standard = { .check = HJ212_CHECK_OWN };

/* The log and the tests show frames without their CR LF: put it back. */
static int get(char *text, size_t n, struct hj212_frame *out)
{
	memcpy(text + n, "\r\n", 3);
	return hj212_frame_get(&standard, (const uint8_t *)text, n + 2, out);
}

static FILE *open_or_skip(const char *name)
{
	char path[512];
	const char *folder = data_folder("hj212_capture");
	if (folder == NULL) {
		skip();
		return NULL;
	}
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *in = fopen(path, "r");
	assert_non_null(in);
	return in;
}

/* `2016-07-01 10:58:52,"##0310...",2011`: the frame in place, its length in *n, the number of its
 * command. */
static int take_apart(char *line, char **frame, size_t *n)
{
	*frame = strstr(line, "##");
	char *last = strrchr(line, ',');
	assert_non_null(last);
	if (*frame == NULL)
		return 0;
	int cn = atoi(last + 1);
	*n = (size_t)(last - *frame) - (last[-1] == '"');
	return cn;
}

static size_t flags_in(const struct text_fields *fields, const char *word)
{
	size_t n = 0;
	for (size_t i = 0; i < fields->n; i++) {
		const struct text_field *field = &fields->field[i];
		if (strstr(field->name, "-Flag") != NULL && field->n == strlen(word) &&
		        memcmp(field->at, word, field->n) == 0)
			n++;
	}
	return n;
}

static void every_frame_of_the_log_is_sound(void **state)
{
	char line[1024], *text;
	size_t frames = 0, readings = 0, asked = 0, n;
	FILE *in = open_or_skip("frames.csv");
	while (in != NULL && fgets(line, sizeof line - 2, in) != NULL) {
		struct hj212_frame frame;
		struct text_fields fields;
		uint8_t thanks[256];
		int cn = take_apart(line, &text, &n);
		if (text == NULL)
			continue;
		assert_int_equal(get(text, n, &frame), n + 2);
		assert_int_equal(frame.fault, HJ212_SOUND);
		assert_int_equal(hj212_fields(frame.data, frame.n, &fields), OK);
		assert_int_equal(hj212_number_of(&fields, "CN"), cn);
		assert_int_equal(hj212_number_of(&fields, "ST"), 21);
		assert_int_equal(hj212_edition_of(&fields), HJ212_2017);
		frames++;
		readings += cn == 2011;
		assert_int_equal(flags_in(&fields, "N"), cn == 2011 ? 5 : 0);
		asked += hj212_thanks(&standard, &fields, thanks, sizeof thanks) > 0;
	}
	if (in != NULL)
		fclose(in);
	assert_int_equal(frames, 2257);
	assert_int_equal(readings, 1067);
	/* all say Flag=5, and the 1052 that are answers themselves (9011, 9012, 9014, 9021) want none */
	assert_int_equal(asked, 2257 - 1052);
}

/* ---- the same log through the driver ---- */

static const char *const log_fields[] = { "w01018-Rtd", "w21003-Rtd", "w21011-Rtd",
	"w21001-Rtd", "w01001-Rtd" };
#define N_LOG (sizeof log_fields / sizeof log_fields[0])

/* A profile of what the emulator sends. */
static struct profile *log_profile(void)
{
	char text[2048];
	struct profile *profile;
	struct problem why;
	size_t n = (size_t)snprintf(text, sizeof text,
	        "name: log\nmaker: m\nmodel: m\nsummary: s\nsource: s\n"
	        "driver: hj212\nedition: 2017\nst: 21\nchannels:\n");
	for (size_t i = 0; i < N_LOG; i++)
		n += (size_t)snprintf(text + n, sizeof text - n,
		        "  - {name: c%zu, label_vi: C, label_en: C, unit: mg/L, "
		        "field: %s}\n",
		        i, log_fields[i]);
	assert_int_equal(profile_parse(&profile, text, n, "log", stderr, &why), OK);
	return profile;
}

/* The number behind NAME= in the line itself, as whoever reads the log sees it. */
static double number_in(const char *frame, const char *name)
{
	const char *at = strstr(frame, name);
	assert_non_null(at);
	return strtod(at + strlen(name) + 1, NULL);
}

/* A reading of the log: its values to the bit, its time, and thanks with its own QN. */
static void read_by_driver(const struct instrument *instrument, const char *frame)
{
	uint8_t bytes[HJ212_FRAME + 16], thanks[256];
	char qn[64];
	struct decoded decoded;
	void *walk = calloc(1, hj212_driver.state_size);
	size_t n = strlen(frame);
	struct exchange exchange = { .size = (uint16_t)n,
		.bytes = (const uint8_t *)frame };
	struct exchanges exchanges = { .n = 1, .bytes = bytes };
	hj212_driver.begin(walk, instrument);
	assert_int_equal(hj212_driver.decode(walk, exchange.bytes, n), READING_DONE);
	n = hj212_driver.thanks(walk, thanks, sizeof thanks - 1);
	thanks[n] = '\0';
	snprintf(qn, sizeof qn, "%.*s", (int)strcspn(frame + 6, ";"), frame + 6);
	assert_contains((char *)thanks, qn);
	exchanges.size = (size_t)exchange_put(&exchange, bytes, sizeof bytes);
	values_decode(instrument, &exchanges, NULL, NULL, &decoded);
	for (size_t i = 0; i < N_LOG; i++) {
		double want = number_in(frame, log_fields[i]);
		assert_int_equal(decoded.state[i], STATE_OK);
		assert_memory_equal(&decoded.value[i], &want, sizeof want);
	}
	assert_int_equal(decoded.n_sampled, N_LOG);
	free(walk);
}

static void every_reading_of_the_log_is_read_to_the_bit_and_thanked(void **state)
{
	char line[1024], *text;
	size_t readings = 0, n;
	struct channel_setting setting[N_LOG];
	FILE *in = open_or_skip("frames.csv");
	struct profile *profile = log_profile();
	for (size_t i = 0; i < N_LOG; i++)
		setting[i] = (struct channel_setting){ .low = NAN, .high = NAN };
	const struct instrument instrument = { .id = "log",
		.profile = profile,
		.address = "DXCBZ000000005",
		.utc_offset_min = 480,
		.setting = setting };
	while (in != NULL && fgets(line, sizeof line - 2, in) != NULL) {
		if (take_apart(line, &text, &n) != 2011)
			continue;
		memcpy(text + n, "\r\n", 3);
		read_by_driver(&instrument, text);
		readings++;
	}
	if (in != NULL)
		fclose(in);
	profile_free(profile);
	assert_int_equal(readings, 1067);
}

/* The text of a key of one object of the list, or "". */
static void value_of(const char *object, const char *key, char *out, size_t room)
{
	char quoted[64];
	snprintf(quoted, sizeof quoted, "\"%s\":", key);
	const char *at = strstr(object, quoted);
	assert_non_null(at);
	at += strlen(quoted);
	at += *at == '"';
	snprintf(out, room, "%.*s", (int)strcspn(at, "\"}"), at);
	if (out[0] != '#')
		out[strcspn(out, ",")] = '\0';
}

static void the_frames_of_other_programs_tests_are_judged_as_they_were(void **state)
{
	static char list[8192], text[2048];
	char word[64], said[256];
	size_t frames = 0, wrong = 0, swapped = 0;
	FILE *in = open_or_skip("messages_from_peer_tests.json");
	if (in == NULL)
		return;
	list[fread(list, 1, sizeof list - 1, in)] = '\0';
	fclose(in);
	for (const char *at = strstr(list, "{\""); at != NULL;
	        at = strstr(at + 1, "{\"")) {
		struct hj212_frame frame;
		value_of(at, "frame", text, sizeof text - 2);
		int status = get(text, strlen(text), &frame);
		value_of(at, "crc_ok", word, sizeof word);
		bool right = strcmp(word, "true") == 0;
		value_of(at, "computed_crc", word, sizeof word);
		assert_int_equal(frame.reckoned, strtol(word, NULL, 16));
		value_of(at, "stated_crc", word, sizeof word);
		assert_int_equal(frame.sent, strtol(word, NULL, 16));
		assert_int_equal(status > 0, right);
		frames++;
		wrong += !right;
		if (right)
			continue;
		hj212_fault_text(&frame, said, sizeof said);
		swapped += strstr(said, "CRC of Modbus with its bytes swapped") != NULL;
		assert_true(frame.fault == HJ212_WRONG_CHECK ||
		            frame.check == HJ212_CHECK_MODBUS_SWAPPED);
	}
	assert_int_equal(frames, 12);
	assert_int_equal(wrong, 4);
	assert_int_equal(swapped, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_frame_of_the_log_is_sound),
		cmocka_unit_test(
		        every_reading_of_the_log_is_read_to_the_bit_and_thanked),
		cmocka_unit_test(
		        the_frames_of_other_programs_tests_are_judged_as_they_were),
	};
	return cmocka_run_group_tests_name("hj212_real", tests, NULL, NULL);
}
