/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hearing another master: whose an answer is, and that nothing is ever guessed. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reading.h"
#include "sensors/drivers/modbus_heard.h"
#include "tests/kits/capture.h"
#include "tests/kits/modbus_vectors.h"
#include "tests/kits/tap_capture.h"

/* ---- captures ---- */

struct said {
	FILE *out;
	int framing;
};

static void say_pair(void *context, const struct modbus_pair *pair)
{
	struct said *said = context;
	struct modbus_heard heard;
	assert_int_equal(
	        modbus_heard_get(said->framing, pair->bytes, pair->size, &heard), OK);
	assert_memory_equal(&heard.request, &pair->request, sizeof heard.request);
	fprintf(said->out, "%lld ms slave %d function %d start %d count %d: %s",
	        (long long)pair->first.mono_us / 1000, heard.request.slave,
	        heard.request.function, heard.request.start, heard.request.count,
	        channel_state_text(heard.state));
	if (heard.answer.exception != 0)
		fprintf(said->out, " exception %d", heard.answer.exception);
	for (size_t i = 0; i < heard.answer.size; i++)
		fprintf(said->out, " %02X", heard.answer.data[i]);
	fputc('\n', said->out);
}

static void say_counts(FILE *out, const struct modbus_tap_counts *counts)
{
	fprintf(out,
	        "requests %d answers %d unanswered %d garbled %d repeats %d\n"
	        "orphans %d ambiguous %d broadcasts %d others %d noise %d\n",
	        (int)counts->requests, (int)counts->answers, (int)counts->unanswered,
	        (int)counts->garbled, (int)counts->repeats, (int)counts->orphans,
	        (int)counts->ambiguous, (int)counts->broadcasts, (int)counts->others,
	        (int)counts->noise);
}

static char *text_of(const struct tap_capture *capture, size_t clump)
{
	char *text = NULL;
	size_t n;
	struct said said = { open_memstream(&text, &n), capture->framing };
	struct modbus_tap_counts counts =
	        tap_capture_play(capture, clump, say_pair, &said);
	say_counts(said.out, &counts);
	fclose(said.out);
	return text;
}

static char *expected_text(const char *name, const char *got)
{
	char path[512];
	char *text = calloc(1, 65536);
	snprintf(path, sizeof path, "tests/captures/listen/%s.expected", name);
	FILE *file;
	if (getenv("QUANTRAC_ACCEPT") != NULL) {
		file = fopen(project_file(path), "w");
		assert_non_null(file);
		fputs(got, file);
		fclose(file);
	}
	file = fopen(project_file(path), "r");
	assert_non_null(file);
	text[fread(text, 1, 65535, file)] = '\0';
	fclose(file);
	return text;
}

static void every_line_gives_the_expected_pairs(void **state)
{
	const char **names = tap_capture_list();
	struct tap_capture *capture = malloc(sizeof *capture);
	for (size_t i = 0; names[i] != NULL; i++) {
		tap_capture_read(capture, names[i]);
		char *got = text_of(capture, 0);
		char *want = expected_text(names[i], got);
		if (strcmp(got, want) != 0)
			fail_msg("%s: got\n%s\nexpected\n%s\n", names[i], got, want);
		free(got);
		free(want);
	}
	free(capture);
	free(names);
}

static void clumps_of_any_size_give_the_same_pairs(void **state)
{
	const char **names = tap_capture_list();
	struct tap_capture *capture = malloc(sizeof *capture);
	for (size_t i = 0; names[i] != NULL; i++) {
		tap_capture_read(capture, names[i]);
		char *want = text_of(capture, 0);
		for (size_t clump = 1; clump < 20; clump++) {
			char *got = text_of(capture, clump);
			if (strcmp(got, want) != 0)
				fail_msg("%s in clumps of %zu: got\n%s\nexpected\n%s\n",
				        names[i], clump, got, want);
			free(got);
		}
		free(want);
	}
	free(capture);
	free(names);
}

/* ---- every cut, every flipped bit ---- */

struct line {
	uint8_t byte[1200];
	size_t n;
};

static void line_add(struct line *line, const char *hex)
{
	line->n += hex_bytes(hex, line->byte + line->n, sizeof line->byte - line->n);
}

struct taken {
	size_t n, sound;
	uint8_t state; /* of the last one */
	bool tutorial; /* vector M01a was among them */
	uint8_t data[MODBUS_PLAIN];
	struct modbus_request request;
};

static void take_pair(void *context, const struct modbus_pair *pair)
{
	struct taken *taken = context;
	struct modbus_heard heard;
	assert_int_equal(
	        modbus_heard_get(FRAMING_RTU, pair->bytes, pair->size, &heard), OK);
	taken->n++;
	taken->state = heard.state;
	taken->request = heard.request;
	if (heard.state != STATE_OK && heard.state != STATE_REFUSED)
		return;
	taken->sound++;
	taken->tutorial |=
	        heard.request.slave == 17 && heard.request.start == 107 &&
	        memcmp(heard.answer.data, "\xAE\x41\x56\x52\x43\x40", 6) == 0;
	if (heard.answer.size > 0)
		memcpy(taken->data, heard.answer.data, heard.answer.size);
}

/* One line, its bytes up to `cut` and those after it 10 ms later. */
static struct taken hear(const uint8_t *in, size_t n, size_t cut)
{
	static struct tap_capture capture;
	struct taken taken = { .n = 0 };
	capture.framing = FRAMING_RTU;
	capture.n = 2;
	assert_true(n <= sizeof capture.line[0].byte);
	capture.line[0].at_us = 0;
	capture.line[0].n = cut;
	memcpy(capture.line[0].byte, in, cut);
	capture.line[1].at_us = 10000;
	capture.line[1].n = n - cut;
	memcpy(capture.line[1].byte, in + cut, n - cut);
	tap_capture_play(&capture, 0, take_pair, &taken);
	return taken;
}

static struct line line_of(size_t i)
{
	struct line line = { .n = 0 };
	line_add(&line, vectors[i].request);
	line_add(&line, vectors[i].answer);
	return line;
}

static void the_vectors_are_paired_wherever_they_are_cut(void **state)
{
	for (size_t i = 0; i < n_vectors; i++) {
		struct line line = line_of(i);
		for (size_t cut = 0; cut <= line.n; cut++) {
			struct taken taken = hear(line.byte, line.n, cut);
			assert_int_equal(taken.n, 1);
			assert_int_equal(taken.sound, 1);
			assert_memory_equal(&taken.request, &vectors[i].means,
			        sizeof taken.request);
		}
	}
}

/* Whichever of their bits is flipped: no value, or the one that was sent. */
static void no_flipped_bit_makes_a_value(void **state)
{
	for (size_t i = 0; i < n_vectors; i++) {
		struct line line = line_of(i);
		struct taken good = hear(line.byte, line.n, line.n);
		assert_int_equal(good.sound, 1);
		for (size_t bit = 0; bit < 8 * line.n; bit++) {
			line.byte[bit / 8] ^= (uint8_t)(1 << bit % 8);
			struct taken taken = hear(line.byte, line.n, line.n);
			assert_int_equal(taken.sound, 0);
			line.byte[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* A damaged frame costs that one: the pair behind it is whole. */
static void one_damaged_frame_costs_no_other(void **state)
{
	for (size_t i = 0; i < n_vectors; i++) {
		struct line line = line_of(i);
		size_t first = line.n;
		line_add(&line, "11 03 00 6B 00 03 76 87");
		line_add(&line, "11 03 06 AE 41 56 52 43 40 49 AD");
		for (size_t bit = 0; bit < 8 * first; bit++) {
			line.byte[bit / 8] ^= (uint8_t)(1 << bit % 8);
			struct taken taken = hear(line.byte, line.n, line.n);
			assert_true(taken.tutorial);
			assert_true(taken.sound == 1 || i == 0);
			line.byte[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* A check sum that is right and a byte count that is not (M16a) is no answer. */
static void a_wrong_byte_count_is_no_answer(void **state)
{
	struct line line = { .n = 0 };
	line_add(&line, "01 03 00 96 00 04 A4 25");
	line_add(&line, "01 03 08 16 23 16 24 16 25 82 7C");
	struct taken taken = hear(line.byte, line.n, line.n);
	assert_int_equal(taken.n, 1);
	assert_int_equal(taken.state, STATE_GARBLED);
}

static void kinds_are_those_of_the_standard(void **state)
{
	static const struct {
		const char *hex;
		unsigned kinds;
	} frame[] = {
		{ "01 03 00 00 00 7D", TAP_REQUEST },
		{ "01 03 00 00 00 7E", 0 },
		{ "01 03 00 00 00 00", 0 },
		{ "01 03 FF FF 00 01", TAP_REQUEST },
		{ "01 03 FF FF 00 02", 0 },
		{ "01 01 00 00 07 D0", TAP_REQUEST },
		{ "01 01 00 00 07 D1", 0 },
		{ "01 02 03 10 00 18", TAP_REQUEST | TAP_ANSWER },
		{ "01 04 03 10 00 18", TAP_REQUEST },
		{ "01 03 02 00 18", TAP_ANSWER },
		{ "01 03 01 00", 0 },
		{ "01 01 01 00", TAP_ANSWER },
		{ "01 83 02", TAP_EXCEPTION },
		{ "01 83 00", 0 },
		{ "01 06 00 01 00 03", TAP_REQUEST | TAP_ANSWER },
		{ "01 10 00 01 00 02", TAP_ANSWER },
		{ "01 10 00 01 00 7C", 0 },
		{ "01 10 00 01 00 02 04 00 0A 01 02", TAP_REQUEST },
		{ "01 10 00 01 00 02 05 00 0A 01 02", 0 },
		{ "01 0F 00 13 00 0A 02 CD 01", TAP_REQUEST },
		{ "01 16 00 04 00 F2 00 25", TAP_REQUEST | TAP_ANSWER },
		{ "01 17 00 03 00 06 00 0E 00 01 02 00 FF", TAP_REQUEST },
		{ "01 17 02 00 FE", TAP_ANSWER },
		{ "01 2B 0E 01 00", 0 },
		{ "01 03", 0 },
	};
	for (size_t i = 0; i < sizeof frame / sizeof frame[0]; i++) {
		uint8_t in[32];
		size_t n = hex_bytes(frame[i].hex, in, sizeof in);
		assert_int_equal(modbus_tap_kinds(in, n), frame[i].kinds);
	}
}

/* Evidence that does not begin with a request says nothing. */
static void evidence_without_its_request_is_malformed(void **state)
{
	struct modbus_heard heard;
	struct line line = line_of(0);
	assert_int_equal(modbus_heard_get(FRAMING_RTU, line.byte, line.n, &heard), OK);
	assert_int_equal(heard.state, STATE_OK);
	assert_int_equal(
	        modbus_heard_get(FRAMING_RTU, line.byte + 8, line.n - 8, &heard),
	        MALFORMED);
	assert_int_equal(
	        modbus_heard_get(FRAMING_RTU, line.byte, 7, &heard), MALFORMED);
	assert_int_equal(modbus_heard_get(FRAMING_RTU, line.byte, 8, &heard), OK);
	assert_int_equal(heard.state, STATE_SILENT);
	assert_int_equal(
	        modbus_heard_get(FRAMING_RTU, line.byte, line.n - 1, &heard), OK);
	assert_int_equal(heard.state, STATE_GARBLED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_gives_the_expected_pairs),
		cmocka_unit_test(clumps_of_any_size_give_the_same_pairs),
		cmocka_unit_test(the_vectors_are_paired_wherever_they_are_cut),
		cmocka_unit_test(no_flipped_bit_makes_a_value),
		cmocka_unit_test(one_damaged_frame_costs_no_other),
		cmocka_unit_test(a_wrong_byte_count_is_no_answer),
		cmocka_unit_test(kinds_are_those_of_the_standard),
		cmocka_unit_test(evidence_without_its_request_is_malformed),
	};
	return cmocka_run_group_tests_name("modbus_tap", tests, NULL, NULL);
}
