/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The driver of binary frames: conversations, refusals, and what is said for people. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "tests/kits/frames_talk.h"

#define READ      "7E 00 03 00 FC 7E"
#define START     "7E 00 00 02 01 03 F9 7E"
#define NOT_NOW   "7E 00 03 43 00 B9 7E"
#define NO_DATA   "7E 00 03 00 00 FC 7E"
#define STARTED   "7E 00 00 00 00 FF 7E"
#define MEASURES  "7E 00 00 43 00 BC 7E"
#define NO_ACCESS "7E 00 03 03 00 F9 7E"
#define DATA                                                                           \
	"7E 00 03 00 28 40 A7 83 20 41 17 77 BB 41 4A 5F 83 41 54 8D DD 41 D2 83 3E "  \
	"42 7D 33 FC 85 42 26 17 22 42 29 A4 D9 42 2A 29 BC 3F 55 B7 E7 9E 7E"

/* ---- starting ---- */

static void who_does_not_measure_is_started_once_a_poll(void **state)
{
	struct talk *talk = talk_open("sensirion-sps30");
	int kind;
	talk_asks(talk, READ);
	assert_int_equal(talk_answered(talk, NOT_NOW, &kind), ASK_AGAIN);
	assert_int_equal(kind, 0); /* no refusal to tell: it is being started */
	talk_asks(talk, START);
	assert_int_equal(talk_answered(talk, STARTED, &kind), READING_DONE);
	assert_int_equal(talk_state(talk, "pm2_5"), STATE_REFUSED);
	talk_forget(talk);
	talk_asks(talk, READ);
	assert_int_equal(talk_answered(talk, NO_DATA, &kind), ASK_AGAIN);
	talk_asks(talk, START);
	assert_int_equal(talk_answered(talk, MEASURES, &kind), READING_DONE);
	assert_int_equal(kind, 0);
	assert_int_equal(talk_state(talk, "pm2_5"), STATE_NO_VALUE);
	talk_forget(talk);
	talk_asks(talk, READ);
	assert_int_equal(talk_answered(talk, DATA, &kind), READING_DONE);
	assert_int_equal(talk_state(talk, "pm2_5"), STATE_OK);
	talk_asks(talk, READ);
	talk_close(talk);
}

static void starting_in_vain_is_told(void **state)
{
	struct talk *talk = talk_open("sensirion-sps30");
	int kind;
	for (int poll = 0; poll < 5; poll++) {
		talk_asks(talk, READ);
		assert_int_equal(talk_answered(talk, NOT_NOW, &kind), ASK_AGAIN);
		assert_int_equal(kind, poll < 2 ? 0 : DECLINED_NOW);
		talk_asks(talk, START);
		assert_int_equal(talk_answered(talk, STARTED, &kind), READING_DONE);
	}
	talk_asks(talk, READ);
	assert_int_equal(talk_answered(talk, DATA, &kind), READING_DONE);
	talk_asks(talk, READ);
	assert_int_equal(talk_answered(talk, NOT_NOW, &kind), ASK_AGAIN);
	assert_int_equal(kind, 0); /* it had measured in between */
	talk_close(talk);
}

static void other_errors_are_refusals_and_start_nothing(void **state)
{
	struct talk *talk = talk_open("sensirion-sps30");
	uint8_t in[FRAME_MOST];
	struct declined declined;
	int kind;
	talk_asks(talk, READ);
	size_t n = hex_bytes(NO_ACCESS, in, sizeof in);
	assert_int_equal(
	        talk->driver->refusal(talk->state, in, n, &declined), DECLINED_NOW);
	assert_int_equal(declined.code, 3);
	assert_string_equal(declined.why, "no access right");
	assert_int_equal(talk_answered(talk, NO_ACCESS, &kind), READING_DONE);
	n = hex_bytes("7E 00 03 05 00 F7 7E", in, sizeof in); /* no word for 5 */
	assert_int_equal(
	        talk->driver->refusal(talk->state, in, n, &declined), DECLINED_NOW);
	assert_contains(declined.why, "manual");
	talk_close(talk);
}

static void a_start_that_is_not_answered_ends_the_poll(void **state)
{
	struct talk *talk = talk_open("sensirion-sps30");
	int kind;
	talk_asks(talk, READ);
	assert_int_equal(talk_answered(talk, NOT_NOW, &kind), ASK_AGAIN);
	talk_asks(talk, START);
	assert_int_equal(talk->driver->missed(talk->state, true), READING_DONE);
	talk_asks(talk, READ);
	assert_int_equal(talk->driver->missed(talk->state, true), READING_DONE);
	talk_asks(talk, READ);
	talk_close(talk);
}

/* ---- waking, refusing, silence ---- */

static void who_does_not_wake_is_not_asked_further(void **state)
{
	struct talk *talk = talk_open("davis-vantage-pro2");
	int kind;
	talk_asks(talk, "0A");
	assert_int_equal(talk->driver->missed(talk->state, true), READING_DONE);
	talk_asks(talk, "0A");
	assert_int_equal(talk->driver->missed(talk->state, false), ASK_AGAIN);
	talk_asks(talk, "4C 4F 4F 50 20 31 0A");
	assert_int_equal(talk_answered(talk, "21", &kind), READING_DONE);
	assert_int_equal(kind, DECLINED_NOW);
	assert_int_equal(talk_state(talk, "pressure"), STATE_REFUSED);
	talk_close(talk);
}

static void a_request_that_finds_no_room_is_not_sent(void **state)
{
	struct talk *talk = talk_open("honeywell-hpma115c0");
	assert_int_equal(talk->driver->ask(talk->state, talk->out, 3), 0);
	assert_int_equal(talk->driver->ask(talk->state, talk->out, 4), 4);
	talk_close(talk);
}

static void what_is_no_answer_is_not_usable(void **state)
{
	struct talk *talk = talk_open("honeywell-hpma115c0");
	uint8_t in[FRAME_MOST];
	size_t n = hex_bytes(
	        "40 0D 04 00 04 00 07 00 09 00 17 00 00 00 00 85", in, sizeof in);
	talk_asks(talk, "68 01 04 93");
	assert_int_equal(talk->driver->decode(talk->state, in, n), NOT_USABLE);
	assert_int_equal(talk->driver->fault(talk->state, in, n), FAULT_CHECKSUM);
	in[1] = 0x0E;
	assert_int_equal(talk->driver->fault(talk->state, in, n), FAULT_MALFORMED);
	assert_int_equal(talk->driver->fault(talk->state, in, 5), FAULT_MALFORMED);
	talk_keep(talk, 0, in, n);
	assert_int_equal(talk_state(talk, "pm1"), STATE_GARBLED);
	assert_int_equal(talk->driver->frame(talk->state, (const uint8_t *)"\x96", 1),
	        FRAME_SHORT);
	assert_int_equal(
	        talk->driver->frame(talk->state, (const uint8_t *)"\x96\x97", 2),
	        FRAME_NONE);
	talk_close(talk);
}

static void who_speaks_by_itself_is_never_asked(void **state)
{
	static const struct {
		const char *name;
		bool asked;
	} all[] = { { "plantower-pms5003", false }, { "plantower-pms5003-asked", true },
		{ "nova-sds011", false }, { "nova-sds011-asked", true },
		{ "winsen-ze07-co", false }, { "sensirion-sps30", true } };
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct talk *talk = talk_open(all[i].name);
		assert_int_equal(driver_asks(talk->instrument), all[i].asked);
		if (!all[i].asked)
			assert_int_equal(talk->driver->ask(talk->state, talk->out,
			                         sizeof talk->out),
			        0);
		talk_close(talk);
	}
}

/* ---- all profiles and captures ---- */

/* A request has the form of the answer, with a length of its own; a line of text has not. */
static bool request_verifies(const struct frames_block *block)
{
	struct frame_rule rule = block->rule;
	rule.header.n = 1;
	rule.header.mask[0] = rule.stuffed ? 0xFF : 0;
	rule.length = block->request.n;
	rule.length_size = rule.longest = rule.to = 0;
	return frames_find(&rule, block->request.byte, block->request.n, NULL) ==
	       (int)block->request.n;
}

static void every_request_bears_the_right_check(void **state)
{
	static const char *const asked[] = { "plantower-pms5003-asked",
		"nova-sds011-asked", "winsen-mh-z19b", "winsen-ze07-ch2o-asked",
		"sensirion-sps30", "honeywell-hpma115c0", "honeywell-hpma115s0-asked" };
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
		struct talk *talk = talk_open(asked[i]);
		for (size_t b = 0; b < talk->capture.profile->n_blocks; b++) {
			struct frames_block block =
			        *frames_block(talk->capture.profile, b);
			assert_true(request_verifies(&block));
			block.request.byte[block.request.n - 3] ^= 4;
			assert_false(request_verifies(&block));
		}
		talk_close(talk);
	}
}

/* The answer's block, if it has a check (the waking of a console has none); NULL: none. */
static const struct frame_rule *rule_of(
        const struct profile *profile, const struct capture_step *step)
{
	for (size_t b = 0; b < profile->n_blocks && !step->sent; b++) {
		const struct frame_rule *rule = &frames_block(profile, b)->rule;
		if (rule->check != CHECK_NONE &&
		        frames_find(rule, step->byte, step->n, NULL) == (int)step->n)
			return rule;
	}
	return NULL;
}

static size_t flip_poll(const struct profile *profile, struct capture_poll *poll)
{
	size_t n_answers = 0;
	for (size_t k = 0; k < poll->n; k++) {
		struct capture_step *step = &poll->step[k];
		const struct frame_rule *rule = rule_of(profile, step);
		for (size_t bit = 0; rule != NULL && bit < 8 * step->n; bit++) {
			step->byte[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_true(frames_find(rule, step->byte, step->n, NULL) <= 0);
			step->byte[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		n_answers += rule != NULL;
	}
	return n_answers;
}

static void every_flipped_bit_of_every_answer_is_refused(void **state)
{
	const char **names = capture_list();
	size_t n_answers = 0;
	for (size_t i = 0; names[i] != NULL; i++) {
		struct capture *capture = malloc(sizeof *capture);
		capture_read(capture, names[i]);
		bool ours = capture->profile->driver == &frames_driver;
		for (size_t p = 0; ours && p < capture->n_polls; p++)
			n_answers += flip_poll(capture->profile, &capture->poll[p]);
		capture_free(capture);
		free(capture);
	}
	free(names);
	assert_true(n_answers >= 30);
}

/* ---- for people ---- */

static void explains(struct talk *talk, const char *name, const char *words)
{
	char text[512];
	values_explain(talk->instrument, &talk->said, (size_t)talk_channel(talk, name),
	        text, sizeof text);
	assert_contains(text, words);
}

/* This came for the first block, and nothing else in this poll. */
static void came(struct talk *talk, const char *answer)
{
	uint8_t in[FRAME_MOST];
	size_t n = hex_bytes(answer, in, sizeof in);
	talk_forget(talk);
	talk_keep(talk, 0, in, n);
}

static void a_value_is_explained_by_its_bytes(void **state)
{
	struct talk *talk = talk_open("sensirion-sps30");
	came(talk, DATA);
	explains(talk, "n1",
	        "block values: byte 25..28 of the frame before stuffing 42 13 FC 85, "
	        "f32 ABCD = 36.99660110473633 1/cm3");
	came(talk, NO_DATA);
	explains(talk, "n1", "before stuffing, which has 7: no new data");
	came(talk, NO_ACCESS);
	explains(talk, "n1", "exception 3, no access right: 7E 00 03 03 00 F9 7E");
	talk_close(talk);
	talk = talk_open("nova-sds011");
	came(talk, "AA C0 AE 06 49 08 58 D9 36 AB");
	explains(talk, "pm2_5",
	        "byte 2..3 of the frame AE 06, u16 BA = 1710 / 10 = 171");
	came(talk, "AA C0 00 00 00 00 58 D9 31 AB");
	explains(talk, "pm2_5", "bytes 2..5 are all 0, it is starting up");
	talk_close(talk);
}

static void a_state_is_explained_by_its_bytes(void **state)
{
	struct talk *talk = talk_open("davis-vantage-pro2");
	talk_keep(talk, 1, talk->capture.poll[1].step[3].byte,
	        talk->capture.poll[1].step[3].n);
	explains(talk, "wind_speed", "byte 17 = 0x0000: no_value, no wind data");
	explains(talk, "pressure", "u16 BA: no number");
	talk_close(talk);
	talk = talk_open("sensirion-sps30");
	talk_keep(talk, 0, talk->capture.poll[4].step[1].byte,
	        talk->capture.poll[4].step[1].n);
	explains(talk, "pm1", "byte 3 = 0x80, bit 7: fault, device error");
	talk_close(talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_does_not_measure_is_started_once_a_poll),
		cmocka_unit_test(starting_in_vain_is_told),
		cmocka_unit_test(other_errors_are_refusals_and_start_nothing),
		cmocka_unit_test(a_start_that_is_not_answered_ends_the_poll),
		cmocka_unit_test(who_does_not_wake_is_not_asked_further),
		cmocka_unit_test(a_request_that_finds_no_room_is_not_sent),
		cmocka_unit_test(what_is_no_answer_is_not_usable),
		cmocka_unit_test(who_speaks_by_itself_is_never_asked),
		cmocka_unit_test(every_request_bears_the_right_check),
		cmocka_unit_test(every_flipped_bit_of_every_answer_is_refused),
		cmocka_unit_test(a_value_is_explained_by_its_bytes),
		cmocka_unit_test(a_state_is_explained_by_its_bytes),
	};
	return cmocka_run_group_tests_name("frames_driver", tests, NULL, NULL);
}
