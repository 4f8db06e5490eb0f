/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three SDI-12 instruments on one line that is not there, asked by the poller, with a clock moved by hand. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/sdi12.h"
#include "tests/kits/asked_line.h"
#include "tests/kits/station_head.h"

#define MS     INT64_C(1000)
#define SECOND INT64_C(1000000)
#define START  (1000 * SECOND)

enum { CTD, SONDE, LEVEL };
enum manner { ANSWERS, DEAD, NO_REQUEST, FLIPPED, FLIPPED_ONCE, TWO_AT_ONCE, LATE };

struct sonde {
	char address;
	const char *announced; /* "0047" */
	const char *data[4];   /* of D0, D1, ... */
	enum manner manner;
	size_t measured, fetched;
	int64_t ready_us; /* of a measurement that runs; 0: none */
	bool aborted;
};

struct line_rig {
	struct asked_line line;
	struct sonde sonde[3];
	size_t n_ok[3], n_silent[3], n_garbled[3], n_other[3], n_seen;
	double last[3];
	size_t crossed; /* an instrument was asked while another kept the line */
	size_t beside;  /* one was asked while another measured concurrently */
};

/* ---- the line ---- */

static void say_at(struct line_rig *rig, int64_t due_us, const char *text, size_t n)
{
	asked_line_say(&rig->line, due_us, text, n);
}

/* Data with their check, and what goes wrong with them. */
static void say_data(struct line_rig *rig, struct sonde *sonde, unsigned number)
{
	char text[SDI12_LINE + 8] = { sonde->address };
	if (!sonde->aborted && number < 4 && sonde->data[number] != NULL)
		strcat(text, sonde->data[number]);
	size_t n = sdi12_close(true, text, strlen(text));
	if (sonde->manner == FLIPPED || sonde->manner == FLIPPED_ONCE)
		text[2] ^= 1;
	if (sonde->manner == FLIPPED_ONCE)
		sonde->manner = ANSWERS;
	if (sonde->manner == TWO_AT_ONCE)
		for (size_t i = 1; i + 2 < n; i++)
			text[i] = (char)(text[i] | "9-3.3+81"[i % 8]);
	sonde->fetched++;
	say_at(rig,
	        rig->line.now.mono_us + (sonde->manner == LATE ? 3 * SECOND : 30 * MS),
	        text, n);
}

static void measure(struct line_rig *rig, struct sonde *sonde, bool concurrent)
{
	char text[16];
	int seconds;
	int n = snprintf(
	        text, sizeof text, "%c%s\r\n", sonde->address, sonde->announced);
	assert_int_equal(sscanf(sonde->announced, "%3d", &seconds), 1);
	sonde->measured++;
	sonde->aborted = false;
	sonde->ready_us = rig->line.now.mono_us + 30 * MS + seconds * SECOND / 2;
	say_at(rig, rig->line.now.mono_us + 30 * MS, text, (size_t)n);
	if (concurrent || sonde->manner == NO_REQUEST || seconds == 0)
		return;
	n = snprintf(text, sizeof text, "%c\r\n", sonde->address);
	say_at(rig, sonde->ready_us, text, (size_t)n);
}

static void say_who(struct line_rig *rig, const struct sonde *sonde)
{
	char text[] = "013METER   HYDR21100\r\n";
	text[0] = sonde->address;
	say_at(rig, rig->line.now.mono_us + 30 * MS, text, sizeof text - 1);
}

/* Whoever measures with M is disturbed by a command to another. */
static void disturb(struct line_rig *rig, const struct sonde *asked)
{
	for (size_t i = 0; i < 3; i++) {
		struct sonde *other = &rig->sonde[i];
		if (other == asked || rig->line.now.mono_us >= other->ready_us)
			continue;
		bool concurrent = strlen(other->announced) == 5;
		rig->crossed += !concurrent;
		rig->beside += concurrent;
		other->aborted |= !concurrent;
	}
}

static void asked(void *context, const uint8_t *in, size_t n)
{
	struct line_rig *rig = context;
	assert_int_equal(sdi12_command_frame(in, n), n);
	for (size_t i = 0; i < 3; i++) {
		struct sonde *sonde = &rig->sonde[i];
		if ((uint8_t)sonde->address != in[0])
			continue;
		disturb(rig, sonde);
		if (sonde->manner == DEAD)
			return;
		if (in[1] == 'M' || in[1] == 'C')
			measure(rig, sonde, in[1] == 'C');
		else if (in[1] == 'D')
			say_data(rig, sonde, (unsigned)(in[2] - '0'));
		else
			say_who(rig, sonde);
	}
}

/* ---- the rig ---- */

static void on_reading(void *context, size_t i, const struct moment *when,
        const struct reading_parts *parts)
{
	struct line_rig *rig = context;
	uint8_t state = parts->state[0];
	rig->n_seen++;
	rig->n_ok[i] += state == STATE_OK;
	rig->n_silent[i] += state == STATE_SILENT;
	rig->n_garbled[i] += state == STATE_GARBLED;
	rig->n_other[i] +=
	        state != STATE_OK && state != STATE_SILENT && state != STATE_GARBLED;
	if (state == STATE_OK)
		rig->last[i] = parts->value[parts->n_channels - 1];
}

static const char configuration[] = STATION_HEAD
        "ports: [{id: bus, path: /dev/serial/by-id/a}]\n"
        "instruments:\n"
        "  - {id: ctd, profile: meter-hydros-21, port: bus, address: \"2\", "
        "poll_every: 20s, timeout: 500ms}\n"
        "  - {id: sonde, profile: insitu-aqua-troll-400, port: bus, address: \"0\", "
        "poll_every: 20s, timeout: 500ms}\n"
        "  - {id: level, profile: campbell-cs451, port: bus, address: \"1\", "
        "poll_every: 20s, timeout: 500ms}\n";

static int rig_make(void **state)
{
	struct line_rig *rig = calloc(1, sizeof *rig);
	rig->line.context = rig;
	rig->line.asked = asked;
	rig->line.reading = on_reading;
	rig->sonde[SONDE] = (struct sonde){ .address = '0',
		.announced = "0047",
		.data = { "+7.94+92.6+21.38", "+512.7+3.281+7.02", "+215.4" } };
	rig->sonde[LEVEL] = (struct sonde){
		.address = '1', .announced = "0022", .data = { "+14.715+18.24" }
	};
	rig->sonde[CTD] = (struct sonde){
		.address = '2', .announced = "00503", .data = { "+1034+18.2+312" }
	};
	*state = rig;
	return asked_line_open(&rig->line, configuration);
}

static int rig_remove(void **state)
{
	struct line_rig *rig = *state;
	asked_line_close(&rig->line);
	free(rig);
	return 0;
}

/* ---- tests ---- */

static void three_instruments_share_the_line(void **state)
{
	struct line_rig *rig = *state;
	asked_line_run(&rig->line, 200 * SECOND);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(rig->n_ok[i], 10);
		assert_int_equal(rig->sonde[i].measured, 10);
		assert_int_equal(poller_counts(rig->line.poller, i)->timeouts, 0);
	}
	assert_int_equal(rig->n_seen, 30);
	assert_close(rig->last[SONDE], 215.4, 1e-12);
	assert_close(rig->last[LEVEL], 18.24, 1e-12);
	assert_close(rig->last[CTD], 312, 1e-12);
}

/* M keeps the line until its service request, C does not. */
static void nobody_is_asked_while_one_keeps_the_line(void **state)
{
	struct line_rig *rig = *state;
	rig->sonde[CTD].announced = "01803"; /* 18 of 20 s */
	asked_line_run(&rig->line, 400 * SECOND);
	assert_int_equal(rig->crossed, 0);
	assert_true(rig->beside >= 10);
	for (size_t i = 0; i < 3; i++)
		assert_true(rig->n_ok[i] >= 19);
}

static void a_service_request_that_never_comes_costs_only_time(void **state)
{
	struct line_rig *rig = *state;
	rig->sonde[SONDE].manner = NO_REQUEST;
	asked_line_run(&rig->line, 200 * SECOND);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(rig->n_ok[i], 10);
	assert_int_equal(rig->crossed, 0);
	assert_int_equal(poller_counts(rig->line.poller, SONDE)->timeouts, 0);
}

static void a_dead_one_costs_the_others_nothing(void **state)
{
	struct line_rig *rig = *state;
	rig->sonde[LEVEL].manner = DEAD;
	asked_line_run(&rig->line, 400 * SECOND);
	assert_int_equal(rig->n_ok[SONDE], 20);
	assert_int_equal(rig->n_ok[CTD], 20);
	assert_int_equal(rig->n_ok[LEVEL], 0);
	assert_true(rig->n_silent[LEVEL] >= 4);
	assert_int_equal(poller_counts(rig->line.poller, SONDE)->overruns, 0);
}

static void a_flipped_bit_is_asked_for_again(void **state)
{
	struct line_rig *rig = *state;
	rig->sonde[SONDE].manner = FLIPPED_ONCE;
	asked_line_run(&rig->line, 20 * SECOND);
	assert_int_equal(rig->n_ok[SONDE], 1);
	assert_int_equal(rig->sonde[SONDE].measured, 1);
	assert_int_equal(rig->sonde[SONDE].fetched, 4); /* D0 twice, D1, D2 */
	assert_int_equal(poller_counts(rig->line.poller, SONDE)->checksum, 1);
}

static void an_answer_with_a_wrong_check_gives_no_value(void **state)
{
	struct line_rig *rig = *state;
	rig->sonde[SONDE].manner = FLIPPED;
	rig->sonde[LEVEL].manner = TWO_AT_ONCE;
	asked_line_run(&rig->line, 200 * SECOND);
	assert_int_equal(rig->n_ok[SONDE] + rig->n_ok[LEVEL], 0);
	assert_true(rig->n_garbled[SONDE] >= 4);
	assert_true(rig->n_garbled[LEVEL] >= 4);
	assert_int_equal(rig->n_ok[CTD], 10);
}

static void a_late_answer_is_never_taken_for_the_next(void **state)
{
	struct line_rig *rig = *state;
	rig->sonde[LEVEL].manner = LATE;
	asked_line_run(&rig->line, 200 * SECOND);
	assert_int_equal(rig->n_ok[LEVEL], 0);
	assert_int_equal(rig->n_ok[SONDE], 10);
	assert_int_equal(rig->n_ok[CTD], 10);
	assert_close(rig->last[SONDE], 215.4, 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		        three_instruments_share_the_line, rig_make, rig_remove),
		cmocka_unit_test_setup_teardown(
		        nobody_is_asked_while_one_keeps_the_line, rig_make, rig_remove),
		cmocka_unit_test_setup_teardown(
		        a_service_request_that_never_comes_costs_only_time, rig_make,
		        rig_remove),
		cmocka_unit_test_setup_teardown(
		        a_dead_one_costs_the_others_nothing, rig_make, rig_remove),
		cmocka_unit_test_setup_teardown(
		        a_flipped_bit_is_asked_for_again, rig_make, rig_remove),
		cmocka_unit_test_setup_teardown(
		        an_answer_with_a_wrong_check_gives_no_value, rig_make,
		        rig_remove),
		cmocka_unit_test_setup_teardown(
		        a_late_answer_is_never_taken_for_the_next, rig_make,
		        rig_remove),
	};
	return cmocka_run_group_tests_name("sdi12_line", tests, NULL, NULL);
}
