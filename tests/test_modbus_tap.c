/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hearing another master: whose an answer is, and that nothing is ever guessed. */
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc.h"
#include "base/reading.h"
#include "tests/capture.h"
#include "tests/modbus_vectors.h"
#include "tests/tap_capture.h"

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

/* ---- never by guess ---- */

struct script {
	struct modbus_tap tap;
	int64_t now_us;
	struct taken taken;
};

static void hear_at(struct script *script, int at_ms, const uint8_t *in, size_t n)
{
	struct modbus_pair pair;
	struct moment when = { .mono_us = at_ms * INT64_C(1000) };
	modbus_tap_idle(&script->tap, when.mono_us);
	while (modbus_tap_next(&script->tap, &pair))
		take_pair(&script->taken, &pair);
	modbus_tap_add(&script->tap, in, n, &when);
	while (modbus_tap_next(&script->tap, &pair))
		take_pair(&script->taken, &pair);
}

static void ask_at(struct script *script, int at_ms, uint16_t start, uint16_t count)
{
	uint8_t out[16];
	struct modbus_request request = {
		.slave = 1, .function = 3, .start = start, .count = count
	};
	int n = modbus_request_put(FRAMING_RTU, &request, out, sizeof out);
	hear_at(script, at_ms, out, (size_t)n);
}

/* Registers that tell where they were read: each is its own address. */
static void answer_at(struct script *script, int at_ms, uint16_t start, uint16_t count)
{
	uint8_t data[250], out[MODBUS_FRAME];
	struct modbus_request request = {
		.slave = 1, .function = 3, .start = start, .count = count
	};
	for (size_t i = 0; i < count; i++) {
		data[2 * i] = (uint8_t)((start + i) >> 8);
		data[2 * i + 1] = (uint8_t)(start + i);
	}
	int n = modbus_answer_put(FRAMING_RTU, &request, data, out, sizeof out);
	hear_at(script, at_ms, out, (size_t)n);
}

static void an_answer_is_in_time_up_to_the_last_microsecond(void **state)
{
	static struct script script;
	for (int late = 0; late <= 1; late++) {
		memset(&script.taken, 0, sizeof script.taken);
		modbus_tap_init(&script.tap, FRAMING_RTU, 300000);
		ask_at(&script, 0, 7, 2);
		answer_at(&script, 300 + late, 7, 2);
		assert_int_equal(script.taken.sound, late == 0);
		assert_int_equal(script.tap.counts.orphans, late);
		assert_int_equal(script.tap.counts.unanswered, late);
	}
}

/* Requests and answers that get lost by chance, alone or together, and answers that come
 * late: a register that is taken is the one it says it is. */
static void whatever_gets_lost_no_register_is_taken_for_another(void **state)
{
	static struct script script;
	uint64_t seed = 4;
	size_t paired = 0, dropped = 0;
	for (int round = 0; round < 400; round++) {
		int at_ms = 0;
		modbus_tap_init(&script.tap, FRAMING_RTU, 1000000);
		for (int k = 0; k < 40; k++) {
			uint16_t start = (uint16_t)(10 * (chance(&seed) % 5));
			uint16_t count = (uint16_t)(1 + chance(&seed) % 3);
			bool ask = chance(&seed) % 8 != 0;
			bool answer = chance(&seed) % 4 != 0;
			memset(&script.taken, 0, sizeof script.taken);
			/* a master waits for the answer as long as the tap does */
			at_ms += 1100;
			if (ask)
				ask_at(&script, at_ms, start, count);
			if (answer)
				answer_at(&script, at_ms + (int)(chance(&seed) % 900),
				        start, count);
			assert_true(script.taken.sound <= 1);
			dropped += answer && script.taken.sound == 0;
			if (script.taken.sound == 0)
				continue;
			paired++;
			assert_int_equal(script.taken.request.start, start);
			assert_int_equal(script.taken.data[1], start);
		}
	}
	assert_true(paired > 8000 && dropped > 500);
}

static void registers_of_two_requests_are_told_apart_by_their_number_only(void **state)
{
	static struct script script;
	modbus_tap_init(&script.tap, FRAMING_RTU, 1000000);
	ask_at(&script, 0, 0, 2);
	ask_at(&script, 5, 100, 2);
	answer_at(&script, 40, 0, 2);
	answer_at(&script, 60, 100, 2);
	assert_int_equal(script.taken.sound, 0);
	assert_int_equal(script.tap.counts.ambiguous, 1);
	assert_int_equal(script.tap.counts.orphans, 1);
	ask_at(&script, 5000, 0, 2);
	ask_at(&script, 5005, 100, 3);
	answer_at(&script, 5040, 0, 2);
	assert_int_equal(script.taken.request.start, 0);
	answer_at(&script, 5060, 100, 3);
	assert_int_equal(script.taken.request.start, 100);
	assert_int_equal(script.taken.sound, 2);
}

static void more_requests_than_can_wait_push_out_the_oldest(void **state)
{
	static struct script script;
	modbus_tap_init(&script.tap, FRAMING_RTU, 1000000);
	for (uint16_t i = 0; i <= TAP_OPEN; i++)
		ask_at(&script, i, (uint16_t)(10 * i), (uint16_t)(i + 1));
	assert_int_equal(script.taken.n, 1);
	assert_int_equal(script.taken.state, STATE_SILENT);
	assert_int_equal(script.taken.request.start, 0);
	answer_at(&script, 50, 10, 2);
	assert_int_equal(script.taken.state, STATE_OK);
	assert_int_equal(script.taken.request.start, 10);
}

static void turn_round_noise_of_three_bytes_is_suffered_and_four_are_not(void **state)
{
	static struct script script;
	for (size_t n = 0; n <= TAP_STRAY + 1; n++) {
		memset(&script.taken, 0, sizeof script.taken);
		modbus_tap_init(&script.tap, FRAMING_RTU, 1000000);
		ask_at(&script, 0, 7, 2);
		if (n > 0)
			hear_at(&script, 10, (const uint8_t *)"\xFF\xFF\xFF\xFF", n);
		answer_at(&script, 20, 7, 2);
		assert_int_equal(script.taken.sound, n <= TAP_STRAY);
		assert_int_equal(script.tap.counts.noise, n);
	}
}

static void more_than_fits_loses_the_oldest_and_is_counted(void **state)
{
	static struct script script;
	static uint8_t noise[TAP_ROOM + 100];
	memset(noise, 0x63, sizeof noise);
	modbus_tap_init(&script.tap, FRAMING_RTU, 1000000);
	hear_at(&script, 0, noise, sizeof noise);
	assert_int_equal(script.tap.counts.noise, sizeof noise - script.tap.n);
	assert_true(script.tap.n < 2);
	ask_at(&script, 5, 7, 2);
	answer_at(&script, 20, 7, 2);
	assert_int_equal(script.taken.sound, 1);
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
		cmocka_unit_test(an_answer_is_in_time_up_to_the_last_microsecond),
		cmocka_unit_test(whatever_gets_lost_no_register_is_taken_for_another),
		cmocka_unit_test(
		        registers_of_two_requests_are_told_apart_by_their_number_only),
		cmocka_unit_test(more_requests_than_can_wait_push_out_the_oldest),
		cmocka_unit_test(
		        turn_round_noise_of_three_bytes_is_suffered_and_four_are_not),
		cmocka_unit_test(more_than_fits_loses_the_oldest_and_is_counted),
		cmocka_unit_test(kinds_are_those_of_the_standard),
		cmocka_unit_test(evidence_without_its_request_is_malformed),
	};
	return cmocka_run_group_tests_name("modbus_tap", tests, NULL, NULL);
}
