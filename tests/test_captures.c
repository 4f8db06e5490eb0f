/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every profile against what its instrument says: captures/NAME.hex gives
 * captures/NAME.expected. */
#include "tests/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "tests/capture.h"

static void print_times(
        FILE *out, const struct capture *capture, const struct decoded *decoded)
{
	for (size_t k = 0; k < decoded->n_sampled; k++) {
		const char *name =
		        capture->profile->channel[decoded->sampled_channel[k]]
		                .about.name;
		fprintf(out, "sampled %s %lld us\n", name,
		        (long long)decoded->sampled_us[k]);
	}
}

static void print_poll(
        FILE *out, const struct capture *capture, const struct decoded *decoded)
{
	char number[32];
	for (size_t i = 0; i < capture->profile->n_channels; i++) {
		const struct channel *about = &capture->profile->channel[i].about;
		fprintf(out, "%s %s", about->name,
		        channel_state_text(decoded->state[i]));
		if (isfinite(decoded->value[i]))
			fprintf(out, " %s %s", number_print(decoded->value[i], number),
			        about->unit);
		fputc('\n', out);
	}
	print_times(out, capture, decoded);
	if (decoded->vendor_size > 0)
		fputs("vendor", out);
	for (size_t i = 0; i < decoded->vendor_size; i++)
		fprintf(out, " %02X", decoded->vendor[i]);
	if (decoded->vendor_size > 0)
		fputc('\n', out);
}

/* What a capture says, as text; the caller frees. */
static char *text_of(const struct capture *capture)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	uint8_t exchanges_bytes[16384];
	struct decoded decoded;
	struct fresh fresh = { .size = { 0 } };
	void *state = calloc(1, driver_state_size(&capture->instrument));
	capture->profile->driver->begin(state, &capture->instrument);
	for (size_t i = 0; i < capture->n_polls; i++) {
		struct exchanges exchanges = capture_drive(
		        capture, i, state, exchanges_bytes, sizeof exchanges_bytes);
		values_decode(
		        &capture->instrument, &exchanges, &fresh, &fresh, &decoded);
		fprintf(out, "poll %zu\n", i + 1);
		print_poll(out, capture, &decoded);
	}
	free(state);
	fclose(out);
	return text;
}

static char *file_text(const char *path)
{
	char *text = calloc(1, 65536);
	FILE *in = fopen(path, "r");
	if (in != NULL) {
		size_t n = fread(text, 1, 65535, in);
		text[n] = '\0';
		fclose(in);
	}
	return text;
}

static void accept_text(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static void every_capture_gives_the_expected_text(void **state)
{
	const char **names = capture_list();
	size_t wrong = 0;
	for (size_t i = 0; names[i] != NULL; i++) {
		struct capture capture;
		char path[512];
		capture_read(&capture, names[i]);
		assert_true(capture.told);
		char *got = text_of(&capture);
		snprintf(path, sizeof path, "tests/captures/%s.expected", names[i]);
		if (getenv("QUANTRAC_ACCEPT") != NULL)
			accept_text(project_file(path), got);
		char *want = file_text(project_file(path));
		if (strcmp(got, want) != 0) {
			print_error("%s: got\n%s\nexpected\n%s\n", names[i], got, want);
			wrong++;
		}
		free(got);
		free(want);
		capture_free(&capture);
	}
	free(names);
	assert_int_equal(wrong, 0);
}

static void every_shipped_profile_has_a_capture(void **state)
{
	size_t n;
	char path[512];
	const char **names = profile_names(project_file("sensors/profiles"), &n);
	assert_non_null(names);
	assert_true(n >= 15);
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof path, "tests/captures/%s.hex", names[i]);
		FILE *in = fopen(project_file(path), "r");
		if (in == NULL) {
			fail_msg("profile %s has no capture", names[i]);
			return;
		}
		fclose(in);
	}
	free(names);
}

/* Another master's requests and answers: tests/test_modbus_tap.c has every cut and bit. */
static bool is_pairs(struct capture *capture)
{
	bool pairs = capture->profile->driver->hear != NULL &&
	             !driver_asks(&capture->instrument);
	if (pairs)
		capture_free(capture);
	return pairs;
}

/* A frame is found whatever the clumps it comes in. */
static void every_capture_survives_every_cut(void **state)
{
	const char **names = capture_list();
	for (size_t i = 0; names[i] != NULL; i++) {
		struct capture capture;
		capture_read(&capture, names[i]);
		const struct driver *driver = capture.profile->driver;
		if (is_pairs(&capture))
			continue;
		void *walk = calloc(1, driver_state_size(&capture.instrument));
		const struct capture_step *answer = capture_first(&capture, walk);
		for (size_t cut = 1; cut < answer->n; cut++)
			if (driver->frame(walk, answer->byte, cut) != FRAME_SHORT)
				fail_msg("%s: cut at %zu", names[i], cut);
		assert_int_equal(
		        driver->frame(walk, answer->byte, answer->n), answer->n);
		free(walk);
		capture_free(&capture);
	}
	free(names);
}

static void every_flipped_bit_of_an_rtu_capture_is_refused(void **state)
{
	const char **names = capture_list();
	for (size_t i = 0; names[i] != NULL; i++) {
		struct capture capture;
		capture_read(&capture, names[i]);
		const struct driver *driver = capture.profile->driver;
		bool rtu = driver->modbus && capture.framing == FRAMING_RTU;
		if (is_pairs(&capture))
			continue;
		void *walk = calloc(1, driver_state_size(&capture.instrument));
		struct capture_step answer = *capture_first(&capture, walk);
		assert_int_equal(driver->frame(walk, answer.byte, answer.n), answer.n);
		for (size_t bit = 0; rtu && bit < 8 * answer.n; bit++) {
			answer.byte[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_true(driver->frame(walk, answer.byte, answer.n) <= 0);
			answer.byte[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		free(walk);
		capture_free(&capture);
	}
	free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_capture_gives_the_expected_text),
		cmocka_unit_test(every_shipped_profile_has_a_capture),
		cmocka_unit_test(every_capture_survives_every_cut),
		cmocka_unit_test(every_flipped_bit_of_an_rtu_capture_is_refused),
	};
	return cmocka_run_group_tests_name("captures", tests, NULL, NULL);
}
