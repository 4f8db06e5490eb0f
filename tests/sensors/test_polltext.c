/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conversation: what is asked, what is taken, what is passed over. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/polltext.h"
#include "sensors/tables/framer.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"
#include "tests/kits/capture.h"

/* One instrument of a shipped profile, asked its first block. */
struct talking {
	struct capture capture;
	const struct driver *driver;
	void *state;
	uint8_t sent[FRAME_MOST];
	size_t n_sent;
	struct framer framer;
};

static void ask(struct talking *talking)
{
	talking->n_sent = talking->driver->ask(
	        talking->state, talking->sent, sizeof talking->sent);
	framer_init(&talking->framer);
}

static struct talking *talk_to(const char *profile)
{
	struct talking *talking = calloc(1, sizeof *talking);
	assert_non_null(talking);
	capture_read(&talking->capture, profile);
	talking->driver = talking->capture.profile->driver;
	talking->state = calloc(1, talking->driver->state_size);
	talking->driver->begin(talking->state, &talking->capture.instrument);
	framer_init(&talking->framer);
	if (driver_asks(&talking->capture.instrument))
		ask(talking);
	return talking;
}

static void hang_up(struct talking *talking)
{
	capture_free(&talking->capture);
	free(talking->state);
	free(talking);
}

/* Feed text; what decode says of the last frame of it (0: there was none). */
static int hear(struct talking *talking, const char *text, const char **frame)
{
	struct moment when = { .time_us = 1 }, first;
	const uint8_t *found;
	int n, what = 0;
	static char copy[FRAME_MOST + 1];
	framer_add(&talking->framer, (const uint8_t *)text, strlen(text), &when);
	while ((n = framer_next(&talking->framer, talking->driver, talking->state,
	                &found, &first)) > 0) {
		snprintf(copy, sizeof copy, "%.*s", n, (const char *)found);
		what = talking->driver->decode(talking->state, found, (size_t)n);
		if (what != NOT_USABLE)
			break;
	}
	if (frame != NULL)
		*frame = copy;
	return what;
}

static void the_end_of_a_foreign_line_is_never_an_answer(void **state)
{
	const char *frame;
	struct talking *talking = talk_to("thermo-49i-clink");
	assert_int_equal(hear(talking, "hio3 99.9 ppb\r", NULL), NOT_USABLE);
	assert_int_equal(hear(talking, "flow o3 99.9 ppb\r", NULL), NOT_USABLE);
	assert_int_equal(hear(talking, "xx", NULL), 0);
	assert_int_equal(hear(talking, "o3 99.9 ppb\r", NULL), NOT_USABLE);
	assert_int_equal(hear(talking, "o3 12.5 ppb\r", &frame), ASK_LATER);
	assert_string_equal(frame, "o3 12.5 ppb\r");
	hang_up(talking);
}

static void noise_of_the_line_before_an_answer_is_dropped(void **state)
{
	const char *frame;
	struct talking *talking = talk_to("thermo-49i-clink");
	assert_int_equal(
	        hear(talking, "\xff\xf0\xb1\r\no3 12.5 ppb\r", &frame), ASK_LATER);
	assert_string_equal(frame, "o3 12.5 ppb\r");
	hang_up(talking);
	talking = talk_to("palas-fidas-200");
	assert_int_equal(hear(talking, "ab<se<sendVal 61=0.5>74\r\n<fail>00\r\n", NULL),
	        READING_DONE);
	hang_up(talking);
}

static void our_own_request_given_back_is_no_answer(void **state)
{
	static const char *const profiles[] = { "thermo-49i-clink", "atlas-ezo-ph",
		"palas-fidas-200", "cai-700-ndir", "icpdas-i-7017", "vaisala-wxt530" };
	for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
		struct talking *talking = talk_to(profiles[i]);
		const struct capture_step *answer = NULL;
		struct moment when = { .time_us = 1 }, first;
		const uint8_t *frame;
		for (size_t k = 0; answer == NULL; k++)
			if (!talking->capture.poll[0].step[k].sent)
				answer = &talking->capture.poll[0].step[k];
		framer_add(&talking->framer, talking->sent, talking->n_sent, &when);
		framer_add(&talking->framer, answer->byte, answer->n, &when);
		int n = framer_next(&talking->framer, talking->driver, talking->state,
		        &frame, &first);
		assert_int_equal(n, talking->n_sent);
		assert_int_equal(
		        talking->driver->decode(talking->state, frame, (size_t)n),
		        NOT_USABLE);
		n = framer_next(&talking->framer, talking->driver, talking->state,
		        &frame, &first);
		assert_int_equal(n, answer->n);
		assert_int_not_equal(
		        talking->driver->decode(talking->state, frame, (size_t)n),
		        NOT_USABLE);
		hang_up(talking);
	}
}

static void a_late_answer_to_another_request_is_not_taken(void **state)
{
	struct talking *talking = talk_to("thermo-42i-clink");
	assert_int_equal(hear(talking, "no2 20.0 ppb\r", NULL), NOT_USABLE);
	assert_int_equal(hear(talking, "nox 20.0 ppb\r", NULL), NOT_USABLE);
	assert_int_equal(hear(talking, "no 12.0 ppb\r", NULL), ASK_LATER);
	ask(talking);
	assert_int_equal(hear(talking, "no 12.0 ppb\r", NULL), NOT_USABLE);
	assert_int_equal(hear(talking, "no2 20.0 ppb\r", NULL), ASK_LATER);
	hang_up(talking);
}

static void an_answer_of_another_address_is_not_taken(void **state)
{
	struct talking *talking = talk_to("teledyne-t100-text");
	assert_int_equal(
	        hear(talking, "T 123:10:38 0101 SO2=9.9 PPB\r\n", NULL), NOT_USABLE);
	assert_int_equal(
	        hear(talking, "T 123:10:38 1000 SO2=9.9 PPB\r\n", NULL), NOT_USABLE);
	assert_int_equal(
	        hear(talking, "T 123:10:38 0100 SO2=9.9 PPB\r\n", NULL), ASK_AGAIN);
	hang_up(talking);
	talking = talk_to("vaisala-wxt530");
	assert_int_equal(
	        hear(talking, "1r1,Sn=0.1M,Sm=0.1M,Sx=0.1MGOG\r\n", NULL), NOT_USABLE);
	hang_up(talking);
}

static bool reaches(const char *profile, const char *address)
{
	struct talking *talking = talk_to(profile);
	talking->capture.instrument.address = address;
	bool can = talking->driver->reaches(&talking->capture.instrument);
	hang_up(talking);
	return can;
}

static void an_address_must_be_one_the_profile_can_write(void **state)
{
	assert_true(reaches("thermo-49i-clink", "127"));
	assert_false(reaches("thermo-49i-clink", "128"));
	assert_false(reaches("thermo-49i-clink", "x"));
	assert_false(reaches("thermo-49i-clink", ""));
	assert_true(reaches("teledyne-t100-text", "9999"));
	assert_false(reaches("teledyne-t100-text", "10000"));
	assert_true(reaches("icpdas-i-7017", "0A"));
	assert_false(reaches("icpdas-i-7017", "00A"));
	assert_true(reaches("palas-fidas-200", ""));
}

static void between_requests_there_is_the_pause_of_the_profile(void **state)
{
	struct talking *talking = talk_to("thermo-49i-clink");
	assert_int_equal(talking->driver->wait_us(talking->state), 0);
	assert_int_equal(hear(talking, "o3 12.5 ppb\r", NULL), ASK_LATER);
	assert_int_equal(talking->driver->wait_us(talking->state), 1000000);
	assert_int_equal(talking->driver->block(talking->state), 1);
	ask(talking);
	assert_int_equal(talking->driver->wait_us(talking->state), 0);
	assert_int_equal(talking->driver->missed(talking->state, true), ASK_LATER);
	hang_up(talking);
	talking = talk_to("thermo-49i-clink");
	assert_int_equal(talking->driver->missed(talking->state, true), READING_DONE);
	hang_up(talking);
}

static struct declined refused(const char *profile, const char *answer)
{
	struct talking *talking = talk_to(profile);
	struct declined declined = { .kind = 0 };
	size_t n = strlen(answer);
	int kind = talking->driver->refusal(
	        talking->state, (const uint8_t *)answer, n, &declined);
	assert_int_equal(kind, declined.kind);
	if (kind != 0)
		assert_int_equal(talking->driver->frame(
		                         talking->state, (const uint8_t *)answer, n),
		        n);
	hang_up(talking);
	return declined;
}

static void a_refusal_says_what_kind_it_is(void **state)
{
	assert_int_equal(
	        refused("thermo-49i-clink", "o3 bad cmd\r").kind, DECLINED_UNFIT);
	assert_int_equal(
	        refused("thermo-49i-clink", "o3 can't, mode is service\r").kind,
	        DECLINED_NOW);
	assert_int_equal(refused("thermo-49i-clink", "o3 1.5 ppb\r").kind, 0);
	assert_int_equal(
	        refused("cai-700-ndir", "\x02 ASTZ 0 BS\x03").kind, DECLINED_BUSY);
	assert_int_equal(
	        refused("cai-700-ndir", "\x02 ???? 0\x03").kind, DECLINED_UNFIT);
	assert_int_equal(refused("cai-700-ndir", "\x02 ASTZ 0 SREM STBY\x03").kind, 0);
	assert_int_equal(refused("icpdas-i-7017", "?01\r").kind, DECLINED_UNFIT);
	assert_int_equal(refused("icpdas-i-7017", "?02\r").kind, 0);
	assert_int_equal(refused("vaisala-wxt530", "0tX,Use chksum GoeIU~\r\n").kind,
	        DECLINED_NOW);
	assert_int_equal(refused("atlas-ezo-ph", "*ER\r").kind, DECLINED_UNFIT);
	assert_int_equal(refused("palas-fidas-200", "<fail>00\r\n").kind, DECLINED_NOW);
	assert_int_equal(refused("shimadzu-4200", "%01!6104\r").code, 0);
}

static int fault(const char *profile, const char *bytes)
{
	struct talking *talking = talk_to(profile);
	int kind = talking->driver->fault(
	        talking->state, (const uint8_t *)bytes, strlen(bytes));
	hang_up(talking);
	return kind;
}

static void a_wrong_check_is_told_from_a_wrong_form(void **state)
{
	assert_int_equal(fault("vaisala-wxt530", "\xff"
	                                         "0r1,Sn=0.2M,Sm=0.1M,Sx=0.1MGOG\r\n"),
	        FAULT_CHECKSUM);
	assert_int_equal(fault("vaisala-wxt530", "0r1,Sn=0.1M,Sm"), FAULT_MALFORMED);
	assert_int_equal(
	        fault("thermo-49i-clink", "o3 1.5 ppb*\nsum 0000\r"), FAULT_CHECKSUM);
	assert_int_equal(fault("icpdas-i-7017", ">+08.07\r"), FAULT_MALFORMED);
	assert_int_equal(fault("gill-windsonic", "\x02Q,229,002.74,M,00,\x03"
	                                         "17\r\n"),
	        FAULT_CHECKSUM);
	assert_int_equal(
	        fault("humminbird-matrix-37", "$INMTW,28.4,C*00\r\n"), FAULT_CHECKSUM);
}

/* ---- instruments that speak by themselves ---- */

static void a_reading_is_whole_when_every_line_has_come(void **state)
{
	size_t n;
	struct talking *talking = talk_to("humminbird-matrix-37");
	assert_false(driver_asks(&talking->capture.instrument));
	assert_int_equal(hear(talking, "$INDPT,3.2,0.0*46\r\n", NULL), NOT_USABLE);
	assert_int_equal(hear(talking, "$INDPT,3.3,0.0*47\r\n", NULL), NOT_USABLE);
	assert_int_equal(hear(talking, "$INMTW,28.4,C*1B\r\n", NULL), 0);
	assert_int_equal(hear(talking, "$INMTW,28.4,C*1A\r\n", NULL), READING_DONE);
	const uint8_t *kept = talking->driver->kept(talking->state, &n);
	assert_int_equal(n, 37);
	assert_memory_equal(kept, "$INDPT,3.3,0.0*47\r\n$INMTW,28.4,C*1A\r\n", n);
	/* the next reading begins anew */
	assert_int_equal(hear(talking, "$INMTW,28.4,C*1A\r\n", NULL), NOT_USABLE);
	assert_int_equal(hear(talking, "$INDPT,3.2,0.0*46\r\n", NULL), READING_DONE);
	hang_up(talking);
}

/* A period in which only some of the lines came. */
static void what_came_of_an_unfinished_reading_counts(void **state)
{
	static uint8_t bytes[512];
	static const char noise[] = "abc", depth[] = "xy$INDPT,3.2,0.0*46\r\n$INMT";
	struct talking *talking = talk_to("humminbird-matrix-37");
	const char *const came[] = { depth, noise, "" };
	const uint8_t states[][2] = { { STATE_OK, STATE_SILENT },
		{ STATE_GARBLED, STATE_GARBLED }, { STATE_SILENT, STATE_SILENT } };
	for (size_t i = 0; i < 3; i++) {
		struct exchange exchange = { .size = (uint16_t)strlen(came[i]),
			.bytes = (const uint8_t *)came[i] };
		struct exchanges exchanges = { .n = 1, .bytes = bytes };
		struct decoded decoded;
		exchanges.size = (size_t)exchange_put(&exchange, bytes, sizeof bytes);
		values_decode(
		        &talking->capture.instrument, &exchanges, NULL, NULL, &decoded);
		assert_int_equal(decoded.state[0], states[i][0]);
		assert_int_equal(decoded.state[2], states[i][1]);
	}
	hang_up(talking);
}

static void a_line_without_end_does_not_stop_the_conversation(void **state)
{
	char text[POLLTEXT_FRAME + 40];
	struct talking *talking = talk_to("atlas-ezo-ph");
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	hear(talking, text, NULL);
	assert_int_equal(hear(talking, "\r", NULL), 0);
	assert_int_equal(hear(talking, "7.00\r*OK\r", NULL), READING_DONE);
	hang_up(talking);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_of_a_foreign_line_is_never_an_answer),
		cmocka_unit_test(noise_of_the_line_before_an_answer_is_dropped),
		cmocka_unit_test(our_own_request_given_back_is_no_answer),
		cmocka_unit_test(a_late_answer_to_another_request_is_not_taken),
		cmocka_unit_test(an_answer_of_another_address_is_not_taken),
		cmocka_unit_test(an_address_must_be_one_the_profile_can_write),
		cmocka_unit_test(between_requests_there_is_the_pause_of_the_profile),
		cmocka_unit_test(a_refusal_says_what_kind_it_is),
		cmocka_unit_test(a_wrong_check_is_told_from_a_wrong_form),
		cmocka_unit_test(a_reading_is_whole_when_every_line_has_come),
		cmocka_unit_test(what_came_of_an_unfinished_reading_counts),
		cmocka_unit_test(a_line_without_end_does_not_stop_the_conversation),
	};
	return cmocka_run_group_tests_name("polltext", tests, NULL, NULL);
}
