/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every profile against what its instrument says: captures/NAME.hex gives
 * captures/NAME.expected. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "sensors/drivers/bayern_hessen.h"
#include "sensors/drivers/frames.h"
#include "sensors/drivers/polltext.h"
#include "sensors/drivers/sdi12.h"
#include "tests/kits/capture.h"

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

/* Real models of every kind, and of them what real instruments said. */
static void thirty_real_models_over_all_kinds(void **state)
{
	const char **names = capture_list();
	size_t models = 0, recorded = 0, of_kind[DRIVERS_MOST] = { 0 };
	for (size_t i = 0; names[i] != NULL; i++) {
		static struct capture capture;
		capture_read(&capture, names[i]);
		const struct profile *profile = capture.profile;
		bool model =
		        strcmp(profile->name, names[i]) == 0 && !profile->simulation;
		models += model;
		recorded += model && capture.real;
		for (size_t k = 0; drivers[k] != NULL; k++)
			of_kind[k] += model && drivers[k] == profile->driver;
		capture_free(&capture);
	}
	free(names);
	assert_true(models >= 30);
	assert_true(recorded >= 25);
	for (size_t k = 0; drivers[k] != NULL; k++)
		if (of_kind[k] == 0)
			fail_msg("no model speaks %s", drivers[k]->name);
}

/* The longest of what comes at once. */
static size_t longest_line(const struct capture *capture)
{
	size_t most = 0;
	for (size_t p = 0; p < capture->n_polls; p++)
		for (size_t s = 0; s < capture->poll[p].n; s++) {
			const struct capture_step *step = &capture->poll[p].step[s];
			if (!step->sent && step->n > most)
				most = step->n;
		}
	return most;
}

static void says_the_same(const struct capture *capture, const char *whole)
{
	char *cut = text_of(capture);
	if (strcmp(whole, cut) != 0)
		fail_msg("%s in clumps of %zu, cut at %zu: %s", capture->name,
		        capture->clump, capture->cut, cut);
	free(cut);
}

/* A frame is found whatever the clumps it comes in: all polls say the same byte by byte, and with each
 * line in two, cut at every place. */
static void every_capture_survives_every_cut(void **state)
{
	const char **names = capture_list();
	size_t cuts = 0, captures = 0;
	for (size_t i = 0; names[i] != NULL; i++, captures++) {
		static struct capture capture;
		capture_read(&capture, names[i]);
		char *whole = text_of(&capture);
		size_t most = longest_line(&capture);
		capture.clump = 1;
		says_the_same(&capture, whole);
		capture.clump = 0;
		for (capture.cut = 1; capture.cut < most; capture.cut++, cuts++)
			says_the_same(&capture, whole);
		free(whole);
		capture_free(&capture);
	}
	free(names);
	assert_true(cuts > 20 * captures);
}

/* ---- flipped bits ---- */

static bool text_is_checked(
        const struct instrument *instrument, const struct exchange *e)
{
	const struct polltext *own = instrument->profile->own;
	struct pattern_bytes in = { e->bytes, e->size };
	int which = polltext_which(&own->answer[e->block], instrument->address, in);
	return which >= 0 && pattern_checked(&own->answer[e->block].pattern[which]) &&
	       memcmp(e->bytes + e->size - 3, "**\r", 3) != 0;
}

/* Whether a check covers the bytes of an answer. */
static bool is_checked(const struct instrument *instrument, const struct exchange *e)
{
	const struct driver *driver = instrument->profile->driver;
	const struct profile_block *block = &instrument->profile->block[e->block];
	if (driver == &modbus_driver)
		return instrument->framing != FRAMING_TCP;
	if (driver == &polltext_driver)
		return text_is_checked(instrument, e);
	if (driver == &frames_driver)
		return block->frames.check != CHECK_NONE;
	if (driver == &bayern_driver)
		return block->bayern.form == BAYERN_ETX;
	if (driver == &sdi12_driver)
		return block->sdi12.check == SDI12_CHECK_YES;
	return true;
}

struct flips {
	const struct instrument *instrument;
	struct exchanges exchanges;
	struct decoded good;
	size_t done[DRIVERS_MOST];
};

/* The bytes of an answer, each bit flipped: no channel becomes ok, and none another value. */
static void flip_answer(struct flips *flips, uint8_t *bytes, size_t n)
{
	static struct decoded bad;
	const struct profile *profile = flips->instrument->profile;
	for (size_t bit = 0; bit < 8 * n; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		values_decode(flips->instrument, &flips->exchanges, NULL, NULL, &bad);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		for (size_t c = 0; c < profile->n_channels; c++) {
			if (bad.state[c] != STATE_OK)
				continue;
			if (flips->good.state[c] != STATE_OK ||
			        bad.value[c] != flips->good.value[c])
				fail_msg("%s: bit %zu makes %s %g", profile->name, bit,
				        profile->channel[c].about.name, bad.value[c]);
		}
	}
}

static void flip_poll(struct flips *flips, uint8_t *bytes)
{
	struct exchange e;
	size_t at = 0, kind = 0;
	while (drivers[kind] != flips->instrument->profile->driver)
		kind++;
	values_decode(flips->instrument, &flips->exchanges, NULL, NULL, &flips->good);
	while (exchanges_next(&flips->exchanges, &at, &e) == 1) {
		if (e.size == 0 || !is_checked(flips->instrument, &e))
			continue;
		flip_answer(flips, bytes + (e.bytes - bytes), e.size);
		flips->done[kind] += 8 * e.size;
	}
}

static void no_flipped_bit_of_a_checked_answer_makes_a_value(void **state)
{
	const char **names = capture_list();
	static struct flips flips;
	for (size_t i = 0; names[i] != NULL; i++) {
		static struct capture capture;
		static uint8_t bytes[16384];
		capture_read(&capture, names[i]);
		flips.instrument = &capture.instrument;
		void *walk = calloc(1, driver_state_size(&capture.instrument));
		capture.profile->driver->begin(walk, &capture.instrument);
		for (size_t p = 0; p < capture.n_polls; p++) {
			flips.exchanges =
			        capture_drive(&capture, p, walk, bytes, sizeof bytes);
			flip_poll(&flips, bytes);
		}
		free(walk);
		capture_free(&capture);
	}
	free(names);
	for (size_t k = 0; drivers[k] != NULL; k++)
		if (flips.done[k] < 1000)
			fail_msg("%s: only %zu bits flipped", drivers[k]->name,
			        flips.done[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_capture_gives_the_expected_text),
		cmocka_unit_test(every_shipped_profile_has_a_capture),
		cmocka_unit_test(thirty_real_models_over_all_kinds),
		cmocka_unit_test(every_capture_survives_every_cut),
		cmocka_unit_test(no_flipped_bit_of_a_checked_answer_makes_a_value),
	};
	return cmocka_run_group_tests_name("captures", tests, NULL, NULL);
}
