/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of real modules (PyPMS, MIT licence), and what PyPMS made of them: the same numbers. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/tables/framer.h"
#include "tests/kits/capture.h"

#define COLUMNS 16

struct real {
	const char *file, *capture;   /* whose profile and settings are used */
	const char *channel[COLUMNS]; /* of each column of the table after the time */
};

static const struct real reals[] = {
	{ "PMSx003", "plantower-pms5003",
	        { "pm1_cf1", "pm2_5_cf1", "pm10_cf1", "pm1", "pm2_5", "pm10", "n0_3",
	                "n0_5", "n1", "n2_5", "n5", "n10" } },
	{ "PMSx003", "plantower-pms5003-asked",
	        { "pm1_cf1", "pm2_5_cf1", "pm10_cf1", "pm1", "pm2_5", "pm10", "n0_3",
	                "n0_5", "n1", "n2_5", "n5", "n10" } },
	{ "SDS01x", "nova-sds011", { "pm2_5", "pm10" } },
	{ "SDS01x", "nova-sds011-asked", { "pm2_5", "pm10" } },
	{ "MHZ19B", "winsen-mh-z19b", { "co2" } },
	{ "HPMA115C0", "honeywell-hpma115c0", { "pm1", "pm2_5", "pm4", "pm10" } },
};

/* Where bytes, table and driver of one are at. */
struct play {
	const struct real *real;
	struct capture *capture;
	void *state;
	struct framer framer;
	FILE *table;
	size_t rows;
};

static FILE *open_real(const char *folder, const char *name, const char *end)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s%s", folder, name, end);
	FILE *in = fopen(path, "r");
	assert_non_null(in);
	return in;
}

/* One frame against the next row of the table. */
static void compare(struct play *play, const uint8_t *frame, size_t n)
{
	static uint8_t bytes[1024];
	char line[256], *rest = NULL;
	struct exchange exchange = { .size = (uint16_t)n, .bytes = frame };
	int size = exchange_put(&exchange, bytes, sizeof bytes);
	struct exchanges said = { .n = 1, .size = (size_t)size, .bytes = bytes };
	struct decoded decoded;
	assert_true(size > 0);
	values_decode(&play->capture->instrument, &said, NULL, NULL, &decoded);
	assert_non_null(fgets(line, sizeof line, play->table));
	strtok_r(line, ",", &rest);
	for (size_t k = 0; play->real->channel[k] != NULL; k++) {
		int c = profile_channel_index(
		        play->capture->profile, play->real->channel[k]);
		const char *want = strtok_r(NULL, ",", &rest);
		assert_true(c >= 0);
		assert_non_null(want);
		assert_int_equal(decoded.state[c], STATE_OK);
		assert_close(decoded.value[c], strtod(want, NULL), 1e-12);
	}
	play->rows++;
}

static void feed(struct play *play, const uint8_t *in, size_t n)
{
	const struct driver *driver = play->capture->profile->driver;
	struct moment when = { .time_us = 0 }, first;
	const uint8_t *frame;
	int length;
	framer_add(&play->framer, in, n, &when);
	while ((length = framer_next(
	                &play->framer, driver, play->state, &frame, &first)) > 0) {
		compare(play, frame, (size_t)length);
		assert_int_equal(driver->decode(play->state, frame, (size_t)length),
		        READING_DONE);
	}
}

/* All bytes of a file in clumps of `step`. */
static void play_file(const struct real *real, const char *folder, size_t step)
{
	struct capture *capture = malloc(sizeof *capture);
	uint8_t bytes[1024];
	char line[256];
	FILE *in = open_real(folder, real->file, ".bin");
	size_t n = fread(bytes, 1, sizeof bytes, in);
	fclose(in);
	capture_read(capture, real->capture);
	struct play play = { .real = real,
		.capture = capture,
		.state = calloc(1, capture->profile->driver->state_size),
		.table = open_real(folder, real->file, ".expected.csv") };
	capture->profile->driver->begin(play.state, &capture->instrument);
	framer_init(&play.framer);
	assert_non_null(fgets(line, sizeof line, play.table));
	for (size_t at = 0; at < n; at += step)
		feed(&play, bytes + at, step < n - at ? step : n - at);
	assert_int_equal(play.rows, 10);
	assert_int_equal(play.framer.noise, 0);
	assert_null(fgets(line, sizeof line, play.table));
	fclose(play.table);
	free(play.state);
	capture_free(capture);
	free(capture);
}

static void real_frames_give_what_others_read_in_them(void **state)
{
	const char *folder = data_folder("pm_sensor_serial_captures");
	static const size_t steps[] = { 1, 7, 33, 1024 };
	if (folder == NULL)
		skip();
	for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++)
		for (size_t k = 0; k < sizeof steps / sizeof steps[0]; k++)
			play_file(&reals[i], folder, steps[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_frames_give_what_others_read_in_them),
	};
	return cmocka_run_group_tests_name("frames_real", tests, NULL, NULL);
}
