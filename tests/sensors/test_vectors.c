/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every number that a public frame is known to say: registers in a table, others through a profile
 * made for them.  Frames with a profile of their own are captures (tests/captures). */
#include "tests/kits/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/modbus_heard.h"
#include "tests/kits/capture.h"
#include "tests/kits/frames_vectors.h"
#include "tests/kits/hj212_vectors.h"
#include "tests/kits/modbus_vectors.h"

/* ---- registers ---- */

// clang-format off
static const struct told {
	const char *id;
	int at, type, order;
	double want, within; /* half of the last digit that is told, where it was rounded */
} told[] = {
	{ "M01a", 0, TYPE_U16, 0, 44609, 0 }, { "M01a", 1, TYPE_U16, 0, 22098, 0 }, { "M01a", 2, TYPE_U16, 0, 17216, 0 },
	{ "M02a", 0, TYPE_F32, ORDER_CDAB, 14.99528, 5e-6 },
	{ "M03a", 0, TYPE_F32, ORDER_ABCD, 50, 0 }, { "M03a", 2, TYPE_F32, ORDER_ABCD, 50, 0 },
	{ "M04a", 0, TYPE_F32, ORDER_ABCD, 50, 0 },
	{ "M05a", 0, TYPE_F32, ORDER_DCBA, 26.67912, 5e-6 }, { "M05a", 2, TYPE_F32, ORDER_DCBA, 0, 0 },
	{ "M06a", 0, TYPE_F32, ORDER_DCBA, 50, 0 },
	{ "M07a", 0, TYPE_F32, ORDER_ABCD, 88.5, 0 }, { "M07a", 2, TYPE_F32, ORDER_ABCD, 91.5, 0 },
	{ "M07a", 4, TYPE_F32, ORDER_ABCD, 12.5, 0 }, { "M07a", 6, TYPE_F32, ORDER_ABCD, 75.2, 5e-6 },
	{ "M07a", 8, TYPE_F32, ORDER_ABCD, 285.2, 2e-5 }, { "M07a", 10, TYPE_F32, ORDER_ABCD, 25.6, 1e-6 },
	{ "M07a", 12, TYPE_F32, ORDER_ABCD, 1.5, 0 }, { "M07a", 14, TYPE_F32, ORDER_ABCD, 166.7, 1e-5 },
	{ "M08a", 0, TYPE_U16, 0, 1, 0 }, { "M08a", 1, TYPE_F32, ORDER_CDAB, 8.33, 5e-7 },
	{ "M09a", 0, TYPE_F32, ORDER_CDAB, 8.33, 5e-7 }, { "M09a", 2, TYPE_F32, ORDER_CDAB, 0.063, 5e-9 },
	{ "M09a", 4, TYPE_U16, 0, 23, 0 }, { "M09a", 5, TYPE_U16, 0, 6, 0 }, { "M09a", 6, TYPE_U16, 0, 2, 0 },
	{ "M09a", 7, TYPE_U16, 0, 8, 0 }, { "M09a", 8, TYPE_U16, 0, 0, 0 }, { "M09a", 9, TYPE_U16, 0, 0, 0 },
	{ "M10a", 0, TYPE_F32, ORDER_ABCD, 12.1875, 0 }, { "M10a", 2, TYPE_U32, ORDER_ABCD, 2, 0 },
	{ "M10a", 4, TYPE_U32, ORDER_ABCD, 6500, 0 },
	{ "M11a", 0, TYPE_U32, ORDER_ABCD, 2398, 0 },
	{ "M14a", 0, TYPE_F32, ORDER_CDAB, 0.003341, 5e-7 }, { "M14a", 2, TYPE_F32, ORDER_CDAB, 0.020062, 5e-7 },
	{ "M14a", 4, TYPE_F32, ORDER_CDAB, 0.036916, 5e-7 }, { "M14a", 6, TYPE_F32, ORDER_CDAB, 0.025173, 5e-7 },
	{ "M14a", 8, TYPE_F32, ORDER_CDAB, 0.013413, 5e-7 }, { "M14a", 10, TYPE_F32, ORDER_CDAB, 0.017389, 5e-7 },
	{ "M14a", 12, TYPE_F32, ORDER_CDAB, 0, 0 }, { "M14a", 14, TYPE_F32, ORDER_CDAB, 0, 0 },
	{ "M14a", 16, TYPE_F32, ORDER_CDAB, 0, 0 }, { "M14a", 18, TYPE_F32, ORDER_CDAB, 0, 0 },
	{ "M14a", 20, TYPE_F32, ORDER_CDAB, 0, 0 }, { "M14a", 22, TYPE_F32, ORDER_CDAB, 0, 0 },
	{ "P01a", 0, TYPE_F32, ORDER_CDAB, 7.12, 5e-7 }, { "P01a", 2, TYPE_U16, 0, 0x80, 0 }, { "P01a", 3, TYPE_U16, 0, 0, 0 },
	{ "P01a", 4, TYPE_F32, ORDER_CDAB, 25.3, 1e-6 }, { "P01a", 6, TYPE_U16, 0, 0x80, 0 }, { "P01a", 7, TYPE_U16, 0, 0, 0 },
	{ "P02a", 0, TYPE_U32, ORDER_CDAB, 0x1000, 0 }, { "P02a", 2, TYPE_F32, ORDER_CDAB, 4.02503, 5e-6 },
	{ "P02a", 4, TYPE_U32, ORDER_CDAB, 0, 0 }, { "P02a", 6, TYPE_F32, ORDER_CDAB, 0, 0 },
	{ "P02a", 8, TYPE_F32, ORDER_CDAB, 14, 0 },
	{ "P03a", 0, TYPE_F32, ORDER_ABCD, 41.3, 1e-6 },
};
// clang-format on
enum { TOLD = sizeof told / sizeof told[0] };

static const struct vector *vector_of(const char *id)
{
	for (size_t i = 0; i < n_vectors; i++)
		if (strcmp(vectors[i].id, id) == 0)
			return &vectors[i];
	fail_msg("there is no vector %s", id);
	return NULL;
}

static void every_number_of_the_registers_is_told(void **state)
{
	for (size_t i = 0; i < TOLD; i++) {
		const struct told *t = &told[i];
		struct profile_tag tag = { .type = t->type,
			.order = t->order,
			.at = t->at,
			.scale = 1,
			.divide = 1 };
		uint8_t answer[MODBUS_FRAME];
		double got;
		hex_bytes(vector_of(t->id)->answer, answer, sizeof answer);
		assert_true(modbus_tag_get(&tag, false, answer + 3, &got));
		if (!(fabs(got - t->want) <= t->within))
			fail_msg("%s at %d: %.9g", t->id, t->at, got);
	}
}

static void no_register_of_a_vector_is_left_out(void **state)
{
	for (size_t i = 0; i < n_vectors; i++) {
		size_t n = 0;
		for (size_t k = 0; k < TOLD; k++)
			if (strcmp(told[k].id, vectors[i].id) == 0)
				n += told[k].type == TYPE_U16 ? 1 : 2;
		if (vectors[i].means.function >= 3)
			assert_int_equal(n, vectors[i].means.count);
	}
}

/* M15a: what a plant's control system writes, 16 registers from 24 on. */
static void a_push_tells_its_registers(void **state)
{
	uint8_t in[MODBUS_FRAME];
	struct modbus_heard heard;
	size_t n = hex_bytes(vector_push, in, sizeof in);
	assert_int_equal(modbus_heard_get(FRAMING_RTU, in, n, &heard), OK);
	assert_int_equal(heard.request.slave, 1);
	assert_int_equal(heard.request.function, PUSHED);
	assert_int_equal(heard.request.start, 24);
	assert_int_equal(heard.request.count, 16);
	assert_int_equal(heard.answer.size, 32);
	assert_memory_equal(heard.answer.data, in + 7, 32);
}

/* ---- through a profile ---- */

/* What an answer says, channel by channel; `request` NULL: it speaks by itself. */
static struct decoded say_once(const char *profile, const struct capture_step *request,
        const struct capture_step *answer)
{
	static struct capture capture;
	uint8_t bytes[2048];
	struct decoded decoded;
	capture_make(&capture, profile);
	struct capture_poll *poll = &capture.poll[0];
	if (request != NULL)
		poll->step[poll->n++] = *request;
	poll->step[poll->n++] = *answer;
	void *walk = calloc(1, driver_state_size(&capture.instrument));
	capture.profile->driver->begin(walk, &capture.instrument);
	struct exchanges exchanges =
	        capture_drive(&capture, 0, walk, bytes, sizeof bytes);
	values_decode(&capture.instrument, &exchanges, NULL, NULL, &decoded);
	free(walk);
	capture_free(&capture);
	return decoded;
}

static struct capture_step step_of(bool sent, const char *hex)
{
	struct capture_step step = { .sent = sent };
	step.n = hex_bytes(hex, step.byte, sizeof step.byte);
	return step;
}

static struct capture_step step_of_text(const char *text)
{
	struct capture_step step = { .n = strlen(text) };
	memcpy(step.byte, text, step.n);
	return step;
}

static void assert_numbers(const struct decoded *decoded, const double *want, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(decoded->state[i], STATE_OK);
		assert_close(decoded->value[i], want[i], 5e-7);
	}
}

#define PROFILE                                                                        \
	"name: it\nmaker: Maker\nmodel: Model\nsummary: Made for a test\nsource: "     \
	"here\n"
#define CHANNEL(name, place)                                                           \
	"  - {name: " name ", label_vi: x, label_en: x, unit: \"1\", " place "}\n"
#define BYTE(name, at) CHANNEL(name, "block: it, type: u8, at: " #at)
#define REAL(name, at) CHANNEL(name, "block: it, type: f32, order: ABCD, at: " #at)

/* X07a: command 3 of HART with five preambles either way: status, the current of the loop, and four
 * variables, each with the code of its unit before it (39h %, 20h degree Celsius). */
static void hart_tells_its_current_and_four_variables(void **state)
{
	static const char profile[] = PROFILE
	        "driver: stream-frame\nblocks:\n"
	        "  - {name: it, request: \"FF FF FF FF FF 02 80 03 00 81\", header: "
	        "\"06 80 03\", "
	        "length_at: 3, length_size: 1, length_add: 5, longest: 40, check: "
	        "xor8, source: here}\n"
	        "channels:\n" BYTE("status_1", 4) BYTE("status_2", 5) REAL("current", 6)
	                BYTE("unit_1", 10) REAL("first", 11) BYTE("unit_2", 15)
	                        REAL("second", 16) BYTE("unit_3", 20) REAL("third", 21)
	                                BYTE("unit_4", 25) REAL("fourth", 26);
	static const double want[] = { 0, 0, 4, 0x39, 0, 0x39, 82.1, 0x39, 0, 0x20,
		23 };
	struct capture_step request = step_of(true, "FF FF FF FF FF 02 80 03 00 81");
	struct capture_step answer =
	        step_of(false, "FF FF FF FF FF 06 80 03 1A 00 00 40 80 00 00 39 00 00 "
	                       "00 00 39 42 A4 33 33 "
	                       "39 00 00 00 00 20 41 B8 00 00 59");
	struct decoded decoded = say_once(profile, &request, &answer);
	assert_numbers(&decoded, want, sizeof want / sizeof want[0]);
}

/* L02a: quantrac never sends this (it changes the mode), but its answer can be read. */
static void plantower_confirms_its_passive_mode(void **state)
{
	static const char profile[] =
	        PROFILE "driver: stream-frame\nblocks:\n"
	                "  - {name: it, request: \"42 4D E1 00 00 01 70\", header: "
	                "\"42 4D 00 04\", "
	                "length: 8, check: sum16, source: here}\n"
	                "channels:\n" BYTE("command", 4) BYTE("mode", 5);
	static const double want[] = { 0xE1, 0 };
	struct capture_step request = step_of(true, "42 4D E1 00 00 01 70");
	struct capture_step answer = step_of(false, "42 4D 00 04 E1 00 01 74");
	struct decoded decoded = say_once(profile, &request, &answer);
	assert_numbers(&decoded, want, 2);
}

/* D01a: a sum over a frame and its own check is 0. */
static void a_crc_of_davis_over_all_its_bytes_is_nothing(void **state)
{
	struct frames_example x = frames_vector("D01a");
	assert_int_equal(frames_check_sum(CHECK_CRC_CCITT, x.in, 4), 0xE2B4);
	assert_int_equal(frames_check_sum(CHECK_CRC_CCITT, x.in, 6), 0);
}

/* H03a: ambient air.  The code it stands in says neither units nor what a21006 and a21007 are. */
static void a_message_of_ambient_air_tells_seven_factors(void **state)
{
	static const char profile[] = PROFILE
	        "driver: hj212\nedition: 2017\ncn: 2011\nst: 22\nchannels:\n" CHANNEL(
	                "co", "field: a21005-Rtd") CHANNEL("no2", "field: a21004-Rtd")
	                CHANNEL("a21007", "field: a21007-Rtd") CHANNEL("a21006",
	                        "field: a21006-Rtd") CHANNEL("nh3", "field: a21001-Rtd")
	                        CHANNEL("no", "field: a21003-Rtd")
	                                CHANNEL("nox", "field: a21002-Rtd");
	static const double want[] = { 0, 0, 0.033, 0.036, 25.40, 101.94, 49.20 };
	struct capture_step answer = step_of_text(hj212_vector("H03a"));
	struct decoded decoded = say_once(profile, NULL, &answer);
	assert_numbers(&decoded, want, sizeof want / sizeof want[0]);
	assert_int_equal(decoded.n_sampled, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_of_the_registers_is_told),
		cmocka_unit_test(no_register_of_a_vector_is_left_out),
		cmocka_unit_test(a_push_tells_its_registers),
		cmocka_unit_test(hart_tells_its_current_and_four_variables),
		cmocka_unit_test(plantower_confirms_its_passive_mode),
		cmocka_unit_test(a_crc_of_davis_over_all_its_bytes_is_nothing),
		cmocka_unit_test(a_message_of_ambient_air_tells_seven_factors),
	};
	return cmocka_run_group_tests_name("vectors", tests, NULL, NULL);
}
