/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bayern-Hessen, SDI-12 and ELAN as drivers: what the answering side says is heard by the asking side. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/bayern_hessen.h"
#include "sensors/drivers/sdi12.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"

/* One instrument, and what it is to say. */
struct talk {
	struct profile *profile;
	struct channel_setting setting[READING_CHANNELS];
	struct instrument instrument;
	double value[READING_CHANNELS];
	uint8_t state[READING_CHANNELS];
	void *walk;
	uint8_t kept[8192]; /* exchanges of the poll */
	struct exchanges exchanges;
	struct decoded decoded;
};

static const char *const models[] = { "thermo-42i-tl-gesytec", "ecotech-serinus-40",
	"acoem-serinus-30", "metone-bam-1020-gesytec", "teledyne-t300-hessen",
	"teledyne-t400-hessen", "insitu-aqua-troll-400", "campbell-obs500",
	"campbell-cs451", "meter-hydros-21", "siemens-ultramat-23-elan" };
#define MODELS (sizeof models / sizeof models[0])

static struct talk *talk_new(const char *model, const char *address)
{
	struct talk *talk = calloc(1, sizeof *talk);
	struct problem why;
	if (profile_find(&talk->profile, model, project_file("sensors/profiles"),
	            stderr, &why) != OK)
		fail_msg("%s: %s", model, why.text);
	if (address == NULL)
		address = talk->profile->address;
	for (size_t i = 0; i < talk->profile->n_channels; i++) {
		talk->setting[i] = (struct channel_setting){ .low = NAN, .high = NAN };
		talk->value[i] = 12.5 + (double)i;
	}
	talk->instrument = (struct instrument){ .id = "i1",
		.profile = talk->profile,
		.address = address,
		.setting = talk->setting };
	talk->walk = calloc(1, talk->profile->driver->state_size);
	talk->profile->driver->begin(talk->walk, &talk->instrument);
	return talk;
}

static void talk_free(struct talk *talk)
{
	free(talk->walk);
	profile_free(talk->profile);
	free(talk);
}

static void keep(struct talk *talk, const uint8_t *bytes, size_t n)
{
	struct exchange exchange = {
		.block = talk->profile->driver->block(talk->walk),
		.size = (uint16_t)n,
		.bytes = bytes,
	};
	int size = exchange_put(&exchange, talk->kept + talk->exchanges.size,
	        sizeof talk->kept - talk->exchanges.size);
	assert_true(size > 0);
	talk->exchanges.size += (size_t)size;
	talk->exchanges.n++;
}

/* One poll against the answering side. */
static void poll_once(struct talk *talk)
{
	const struct driver *driver = talk->profile->driver;
	struct speech speech = { .instrument = &talk->instrument,
		.value = talk->value,
		.state = talk->state };
	int what = ASK_AGAIN;
	talk->exchanges = (struct exchanges){ .bytes = talk->kept };
	for (int step = 0; what != READING_DONE; step++) {
		uint8_t request[FRAME_MOST], answer[FRAME_MOST];
		assert_true(step < 40);
		size_t n = driver->ask(talk->walk, request, sizeof request);
		assert_int_equal(driver->request(&talk->instrument, request, n), n);
		size_t size = driver->say(&speech, request, n, answer, sizeof answer);
		assert_true(size > 0);
		assert_int_equal(driver->frame(talk->walk, answer, size), size);
		keep(talk, answer, size);
		what = driver->decode(talk->walk, answer, size);
	}
	values_decode(&talk->instrument, &talk->exchanges, NULL, NULL, &talk->decoded);
}

static void what_is_said_is_heard(void **state)
{
	for (size_t m = 0; m < MODELS; m++) {
		struct talk *talk = talk_new(models[m], NULL);
		for (int poll = 0; poll < 2; poll++) {
			poll_once(talk);
			for (size_t i = 0; i < talk->profile->n_channels; i++) {
				assert_int_equal(talk->decoded.state[i], STATE_OK);
				assert_close(
				        talk->decoded.value[i], talk->value[i], 1e-3);
			}
			talk->value[0] = -3.25;
		}
		talk_free(talk);
	}
}

/* Every rule of every profile, but those that compare texts: the simulator speaks numbers. */
static void every_state_that_is_said_is_heard(void **state)
{
	size_t heard = 0;
	for (size_t m = 0; m < MODELS; m++) {
		struct talk *talk = talk_new(models[m], NULL);
		for (size_t r = 0; r < talk->profile->n_rules; r++) {
			const struct profile_rule *rule = &talk->profile->rule[r];
			if (rule->base == 0)
				continue;
			for (size_t i = 0; i < talk->profile->n_channels; i++)
				talk->state[i] = rule->state_number;
			poll_once(talk);
			for (size_t i = 0; i < talk->profile->n_channels; i++)
				assert_int_equal(
				        talk->decoded.state[i], rule->state_number);
			heard++;
		}
		talk_free(talk);
	}
	assert_true(heard >= 32);
}

static void an_instrument_does_not_answer_for_another(void **state)
{
	static const char *const other[] = { "098", "1", "2" };
	static const char *const model[] = { "ecotech-serinus-40", "meter-hydros-21",
		"siemens-ultramat-23-elan" };
	for (size_t m = 0; m < 3; m++) {
		struct talk *asked = talk_new(model[m], m == 0 ? "097" : NULL);
		struct talk *deaf = talk_new(model[m], other[m]);
		uint8_t request[64];
		const struct driver *driver = asked->profile->driver;
		size_t n = driver->ask(asked->walk, request, sizeof request);
		assert_int_equal(driver->request(&asked->instrument, request, n), n);
		assert_int_equal(
		        driver->request(&deaf->instrument, request, n), FRAME_NONE);
		talk_free(asked);
		talk_free(deaf);
	}
}

/* ---- whose answer it is ---- */

static int bayern_frame_of(struct talk *talk, const char *text)
{
	uint8_t out[BAYERN_FRAME];
	size_t n = strlen(text);
	memcpy(out + 1, text, n);
	int length = bayern_close(BAYERN_ETX, n, out, sizeof out);
	int got = talk->profile->driver->frame(talk->walk, out, (size_t)length);
	return got == length ? 1 : got;
}

static void answers_of_others_on_the_line_are_told_by_their_numbers(void **state)
{
	struct talk *counted = talk_new("thermo-42i-tl-gesytec", "097");
	assert_int_equal(bayern_frame_of(counted, "MD02 097 +1000+00 00 00 0000000000 "
	                                          "098 +1000+00 00 00 0000000000 "),
	        1);
	assert_int_equal(bayern_frame_of(counted, "MD02 098 +1000+00 00 00 0000000000 "
	                                          "099 +1000+00 00 00 0000000000 "),
	        FRAME_NONE);
	assert_int_equal(bayern_frame_of(counted, "MD02 097 +1000+00 00 00 0000000000 "
	                                          "097 +1000+00 00 00 0000000000 "),
	        FRAME_NONE);
	assert_int_equal(bayern_frame_of(counted, "MD01 +1000+00 00 00 0000000000 "),
	        FRAME_NONE);
	talk_free(counted);
	struct talk *address = talk_new("acoem-serinus-30", "097");
	assert_int_equal(bayern_frame_of(address, "MD02 097 +1000+00 40 00 001 000123 "
	                                          "097 +2000+00 40 00 002 000123 "),
	        1);
	assert_int_equal(
	        bayern_frame_of(address, "MD01 098 +1000+00 40 00 001 000123 "),
	        FRAME_NONE);
	talk_free(address);
	struct talk *nobody = talk_new("thermo-42i-tl-gesytec", "");
	assert_int_equal(
	        bayern_frame_of(nobody, "MD01 098 +1000+00 00 00 0000000000 "), 1);
	talk_free(nobody);
}

/* ---- what is missing, and why ---- */

static void hear(struct talk *talk, const char *const *answer)
{
	talk->exchanges = (struct exchanges){ .bytes = talk->kept };
	for (; *answer != NULL; answer++)
		keep(talk, (const uint8_t *)*answer, strlen(*answer));
	values_decode(&talk->instrument, &talk->exchanges, NULL, NULL, &talk->decoded);
}

static const char *explained(struct talk *talk, size_t i)
{
	static char text[1024];
	values_explain(&talk->instrument, &talk->exchanges, i, text, sizeof text);
	return text;
}

static void a_measurement_that_is_not_whole_has_no_value(void **state)
{
	static const struct {
		const char *answer[8];
		uint8_t state;
	} heard[] = {
		{ { "" }, STATE_SILENT },
		{ { "30022\r\n", "3\r\n", "" }, STATE_SILENT },
		{ { "30022\r\n", "3\r\n", "3+14.7\r\n", "" }, STATE_SILENT },
		{ { "30022\r\n", "3+14#\r\n" }, STATE_GARBLED },
		{ { "30021\r\n", "3+14.7\r\n" }, STATE_REFUSED },
		{ { "30002\r\n", "3\r\n", "30002\r\n", "3\r\n", "30002\r\n", "3\r\n" },
		        STATE_REFUSED },
		{ { "30022\r\n", "3+14#\r\n", "3+14.7\r\n", "3+18.2\r\n" }, STATE_OK },
		{ { "013CSI.Std.01_12345678\r\n", "30022\r\n", "3+14.7+18.2\r\n" },
		        STATE_OK },
	};
	struct talk *talk = talk_new("campbell-cs451", "3");
	for (size_t k = 0; k < sizeof heard / sizeof heard[0]; k++) {
		hear(talk, heard[k].answer);
		for (size_t i = 0; i < 2; i++)
			assert_int_equal(talk->decoded.state[i], heard[k].state);
	}
	assert_close(talk->decoded.value[0], 14.7, 1e-12);
	assert_contains(explained(talk, 1), "field 2 '18.2' = 18.2 Cel");
	hear(talk, heard[5].answer);
	assert_contains(explained(talk, 1), "aborted, three times");
	hear(talk, heard[4].answer);
	assert_contains(explained(talk, 1), "another number of values");
	talk_free(talk);
}

static void an_instrument_says_which_version_it_knows(void **state)
{
	struct talk *talk = talk_new("meter-hydros-21", "0");
	const struct driver *driver = talk->profile->driver;
	uint8_t out[16];
	static const uint8_t old[] = "012METER   HYDR21100\r\n",
	                     new[] = "013METER   HYDR21100\r\n";
	assert_int_equal(driver->ask(talk->walk, out, sizeof out), 3);
	assert_memory_equal(out, "0I!", 3);
	assert_int_equal(driver->decode(talk->walk, old, sizeof old - 1), ASK_AGAIN);
	assert_int_equal(driver->ask(talk->walk, out, sizeof out), 3);
	assert_memory_equal(out, "0C!", 3);
	/* silence: next time it may be another one */
	assert_int_equal(driver->missed(talk->walk, false), READING_DONE);
	assert_int_equal(driver->ask(talk->walk, out, sizeof out), 3);
	assert_memory_equal(out, "0C!", 3);
	assert_int_equal(driver->missed(talk->walk, true), READING_DONE);
	driver->ask(talk->walk, out, sizeof out);
	assert_memory_equal(out, "0I!", 3);
	assert_int_equal(driver->decode(talk->walk, new, sizeof new - 1), ASK_AGAIN);
	assert_int_equal(driver->ask(talk->walk, out, sizeof out), 4);
	assert_memory_equal(out, "0CC!", 4);
	talk_free(talk);
}

static void a_check_that_is_wrong_is_told_from_noise(void **state)
{
	static const struct {
		const char *model, *address, *bytes;
		int fault;
	} came[] = {
		{ "ecotech-serinus-40", "097",
		        "\x02MD01 097 +1000+00 40 00 00000000 \x03"
		        "00",
		        FAULT_CHECKSUM },
		{ "ecotech-serinus-40", "097", "\x02MD01 097 +10", FAULT_MALFORMED },
		{ "metone-bam-1020-gesytec", "",
		        "\x02MD01 001 +1000+00 40 00 00000000 x\r", FAULT_MALFORMED },
		{ "siemens-ultramat-23-elan", "1",
		        "\x10\x06\x10\x01\xD0\x11\x04\x04k\x02\x10\x03zz",
		        FAULT_CHECKSUM },
		{ "siemens-ultramat-23-elan", "1", "\xFF\x10\x06\x10",
		        FAULT_MALFORMED },
	};
	for (size_t i = 0; i < sizeof came / sizeof came[0]; i++) {
		struct talk *talk = talk_new(came[i].model, came[i].address);
		assert_int_equal(
		        talk->profile->driver->fault(talk->walk,
		                (const uint8_t *)came[i].bytes, strlen(came[i].bytes)),
		        came[i].fault);
		talk_free(talk);
	}
	struct talk *talk = talk_new("campbell-cs451", "0");
	const struct driver *driver = talk->profile->driver;
	uint8_t out[16];
	driver->ask(talk->walk, out, sizeof out);
	driver->decode(talk->walk, (const uint8_t *)"00002\r\n", 7);
	assert_int_equal(
	        driver->fault(talk->walk, (const uint8_t *)"0+3.15OqZ\r\n", 11),
	        FAULT_CHECKSUM);
	assert_int_equal(driver->fault(talk->walk, (const uint8_t *)"0+3.15\r\n", 8),
	        FAULT_MALFORMED);
	talk_free(talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_is_heard),
		cmocka_unit_test(every_state_that_is_said_is_heard),
		cmocka_unit_test(an_instrument_does_not_answer_for_another),
		cmocka_unit_test(
		        answers_of_others_on_the_line_are_told_by_their_numbers),
		cmocka_unit_test(a_measurement_that_is_not_whole_has_no_value),
		cmocka_unit_test(an_instrument_says_which_version_it_knows),
		cmocka_unit_test(a_check_that_is_wrong_is_told_from_noise),
	};
	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
