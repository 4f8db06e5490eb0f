/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands to instruments: the bytes they are, and the answers to them. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/modbus.h"
#include "sensors/drivers/modbus_write.h"
#include "tests/kits/command_kit.h"

static void says(const struct instrument *instrument, const char *name,
        const char *value, const char *hex)
{
	uint8_t bytes[COMMAND_MOST];
	assert_string_equal(command_sent(instrument, name, value, bytes), hex);
}

/* Modbus application protocol 1.1b3: the examples of 6.5 (with another output), 6.6, 6.11 and 6.12. */
static void the_examples_of_the_standard_are_written(void **state)
{
	struct profile *profile = command_profile(command_gas(gas_commands));
	struct instrument gas = command_instrument(profile);
	gas.framing = FRAMING_TCP;
	says(&gas, "zero", "", "12 34 00 00 00 06 11 05 00 07 FF 00");
	says(&gas, "unlock", "", "12 34 00 00 00 06 11 06 00 01 00 03");
	says(&gas, "coils", "", "12 34 00 00 00 09 11 0F 00 13 00 0A 02 CD 01");
	says(&gas, "words", "", "12 34 00 00 00 0B 11 10 00 01 00 02 04 00 0A 01 02");
	/* the frame of protocols' book: 11 06 00 01 00 03 9A 9B */
	gas.framing = FRAMING_RTU;
	says(&gas, "unlock", "", "11 06 00 01 00 03 9A 9B");
	gas.framing = FRAMING_ASCII;
	says(&gas, "unlock", "",
	        "3A 31 31 30 36 30 30 30 31 30 30 30 33 45 35 0D 0A"); /* LRC E5 */
	profile_free(profile);
}

static void a_number_is_written_as_its_type_has_it(void **state)
{
	struct profile *profile = command_profile(command_gas(gas_commands));
	struct instrument gas = command_instrument(profile);
	gas.framing = FRAMING_TCP;
	says(&gas, "set_range", "25",
	        "12 34 00 00 00 0B 11 10 00 0C 00 02 04 41 C8 00 00");
	says(&gas, "gain", "-0.5", "12 34 00 00 00 06 11 06 00 09 FF FB");
	says(&gas, "set_range", "1", /* both sides of the bounds */
	        "12 34 00 00 00 0B 11 10 00 0C 00 02 04 3F 80 00 00");
	says(&gas, "set_range", "0.99", "command 'set_range': 0.99 is not in 1..100 %");
	says(&gas, "set_range", "100.01",
	        "command 'set_range': 100.01 is not in 1..100 %");
	profile_free(profile);
}

static void only_a_plain_number_is_one(void **state)
{
	static const char *const wrong[] = { "1e1", "0x10", "nan", "inf", " 7", "7 ",
		"7.", ".7", "--7", "7.0.0", "+7", "7,0", "-", "7\r", "1234567890123" };
	struct profile *profile = command_profile(command_probe(probe_commands));
	struct instrument probe = command_instrument(profile);
	says(&probe, "calibrate", "7.00", "37 63 61 6C 20 37 2E 30 30 0D");
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		uint8_t bytes[COMMAND_MOST];
		assert_contains(command_sent(&probe, "calibrate", wrong[i], bytes),
		        "is no plain decimal number of at most 12 characters");
	}
	says(&probe, "calibrate", "", "command 'calibrate' takes a number, 0..500 ppb");
	says(&probe, "set_date", "1", "command 'set_date' takes no number");
	profile_free(profile);
}

/* ---- answers ---- */

/* A good answer; every cut of it is waited for, every flipped bit refused (where there is a check). */
static void check_answer(
        const struct command_asked *asked, const uint8_t *in, size_t n, int kind)
{
	struct command_outcome outcome;
	uint8_t wrong[128];
	assert_int_equal(command_answer(asked, in, n, &outcome), n);
	assert_int_equal(outcome.kind, kind);
	for (size_t cut = 1; cut < n; cut++)
		assert_int_equal(command_answer(asked, in, cut, &outcome), FRAME_SHORT);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		memcpy(wrong, in, n);
		wrong[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_true(command_answer(asked, wrong, n, &outcome) <= 0);
	}
}

static void every_cut_and_every_bit_of_a_modbus_answer(void **state)
{
	static const int framings[] = { FRAMING_RTU, FRAMING_ASCII };
	static const char *const names[] = { "zero", "unlock", "words", "coils" };
	struct profile *profile = command_profile(command_gas(gas_commands));
	struct instrument gas = command_instrument(profile);
	for (size_t i = 0; i < 8; i++) {
		uint8_t bytes[MODBUS_WRITE_ANSWER];
		struct modbus_write write;
		gas.framing = framings[i / 4];
		struct command_asked asked = command_ask(&gas, names[i % 4], "");
		assert_true(modbus_write_get(gas.framing, asked.request,
		                    sizeof asked.request, &write) > 0);
		int n = modbus_write_say(gas.framing, &write, 0, bytes);
		check_answer(&asked, bytes, (size_t)n, COMMAND_DONE);
		n = modbus_write_say(gas.framing, &write, 2, bytes);
		check_answer(&asked, bytes, (size_t)n, COMMAND_REFUSED);
		/* still working; nobody answers behind a gateway: it may be done or not */
		n = modbus_write_say(gas.framing, &write, 5, bytes);
		check_answer(&asked, bytes, (size_t)n, COMMAND_UNKNOWN);
		n = modbus_write_say(gas.framing, &write, 11, bytes);
		check_answer(&asked, bytes, (size_t)n, COMMAND_UNKNOWN);
	}
	profile_free(profile);
}

static void an_answer_of_tcp_has_the_number_of_its_request(void **state)
{
	static const uint8_t done[] = { 0, 9, 0, 0, 0, 6, 17, 16, 0, 1, 0, 2 };
	struct profile *profile = command_profile(command_gas(gas_commands));
	struct instrument gas = command_instrument(profile);
	struct command_outcome outcome;
	gas.framing = FRAMING_TCP;
	struct command_asked asked = command_ask(&gas, "words", "");
	asked.request[1] = 9;
	assert_int_equal(
	        command_answer(&asked, done, sizeof done, &outcome), sizeof done);
	asked.request[1] = 8;
	assert_true(command_answer(&asked, done, sizeof done, &outcome) < 0);
	profile_free(profile);
}

static void text_says_done_refused_or_nothing_of_it(void **state)
{
	struct profile *profile = command_profile(command_probe(probe_commands));
	struct instrument probe = command_instrument(profile);
	struct command_outcome outcome;
	struct command_asked asked = command_ask(&probe, "calibrate", "7.0");
	assert_int_equal(command_answer(&asked, "cal 7.0 ok\r", 11, &outcome), 11);
	assert_int_equal(outcome.kind, COMMAND_DONE);
	for (size_t cut = 1; cut < 11; cut++)
		assert_int_equal(command_answer(&asked, "cal 7.0 ok\r", cut, &outcome),
		        FRAME_SHORT);
	assert_int_equal(
	        command_answer(&asked, "cal 7.0 too high\r", 17, &outcome), 17);
	assert_int_equal(outcome.kind, COMMAND_REFUSED);
	assert_int_equal(command_answer(&asked, "cal 7.0 bad cmd\r", 16, &outcome), 16);
	assert_int_equal(outcome.kind, COMMAND_REFUSED);
	assert_string_equal(outcome.why, "it does not know this");
	/* its own request once more, an answer to a poll, a line of its own accord */
	static const char *const other[] = { "7cal 7.0\r", "o3 12 ppb\r",
		"W lamp old\r" };
	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(other[i]);
		assert_int_equal(command_answer(&asked, other[i], n, &outcome), n);
		assert_int_equal(outcome.kind, COMMAND_PASS);
	}
	profile_free(profile);
}

static void another_number_than_was_sent_leaves_it_open(void **state)
{
	static const char *const same[] = { "span 7.05 ok\r", "span 7.050 ok\r",
		"span +7.0549 ok\r", "span 7.0451 ok\r" };
	static const char *const other[] = { "span 7.04 ok\r", "span 7.1 ok\r",
		"span 7 ok\r", "span 7.0551 ok\r", "span 7.0449 ok\r",
		"span -7.05 ok\r", "span x ok\r" };
	struct profile *profile = command_profile(command_probe(
	        "  - {name: span, label_en: S, label_vi: S, changes: span, low: 0, "
	        "high: 500, send: '{address}span {value}\\r', "
	        "done: ['span {value} ok\\r'], source: page 5}\n"));
	struct instrument probe = command_instrument(profile);
	struct command_outcome outcome;
	struct command_asked asked = command_ask(&probe, "span", "7.05");
	asked.order.value = ""; /* whoever writes it has the bytes alone */
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		size_t n = strlen(same[i]);
		assert_int_equal(command_answer(&asked, same[i], n, &outcome), n);
		assert_int_equal(outcome.kind, COMMAND_DONE);
	}
	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
		size_t n = strlen(other[i]);
		assert_int_equal(command_answer(&asked, other[i], n, &outcome), n);
		assert_int_equal(outcome.kind, COMMAND_UNKNOWN);
		assert_contains(outcome.why, "another number");
	}
	profile_free(profile);
}

static void every_bit_of_a_checked_text_counts(void **state)
{
	struct profile *profile = command_profile(command_probe(probe_commands));
	struct instrument probe = command_instrument(profile);
	struct command_asked asked = command_ask(&probe, "check", "");
	char good[32];
	const uint8_t *head = (const uint8_t *)"$ok*";
	uint8_t sum = 0;
	for (size_t i = 0; i < 4; i++)
		sum ^= head[i];
	int n = snprintf(good, sizeof good, "$ok*%02X\r", sum);
	struct command_outcome outcome;
	assert_int_equal(command_answer(&asked, good, (size_t)n, &outcome), n);
	assert_int_equal(outcome.kind, COMMAND_DONE);
	for (size_t bit = 0; bit < 8 * (size_t)n; bit++) {
		char wrong[32];
		memcpy(wrong, good, sizeof wrong);
		wrong[bit / 8] ^= (char)(1u << bit % 8);
		if (wrong[bit / 8] == 'a') /* 0a and 0A are one number */
			continue;
		command_answer(&asked, wrong, (size_t)n, &outcome);
		assert_int_not_equal(outcome.kind, COMMAND_DONE);
	}
	profile_free(profile);
}

/* ---- the shipped ones ---- */

static size_t check_shipped(const char *name)
{
	struct profile *profile;
	struct problem why;
	uint8_t bytes[COMMAND_MOST];
	assert_int_equal(profile_find(&profile, name, NULL, stderr, &why), OK);
	struct instrument factory = command_instrument(profile);
	size_t n = profile->n_commands;
	for (size_t i = 0; i < n; i++) {
		const struct profile_command *command = &profile->command[i];
		char value[16] = "";
		if (command_takes_value(command))
			snprintf(value, sizeof value, "%g", command->high);
		const struct command_order order = {
			.instrument = &factory, .command = i, .value = value
		};
		assert_true(command_request(&order, bytes, &why) > 0);
		assert_true(strlen(command->source) > 5);
	}
	profile_free(profile);
	return n;
}

static void every_shipped_command_can_be_written_and_has_a_source(void **state)
{
	size_t n, models = 0;
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	const char **names = profile_names(profile_folder(), &n);
	for (size_t i = 0; i < n; i++)
		models += check_shipped(names[i]) > 0;
	free(names);
	assert_true(models >= 5);
}

static void the_shipped_ones_are_those_of_the_manuals(void **state)
{
	struct problem why;
	struct profile *profile;
	static const struct {
		const char *profile, *command, *value, *text;
	} known[] = {
		{ "atlas-ezo-ph", "calibrate_mid", "7.00", "Cal,mid,7.00\\r" },
		{ "vaisala-wxt530", "reset_rain", "", "0XZRU\\r\\n" },
		{ "thermo-42i-clink", "span", "", "\\xAAset span\\r" },
		{ "thermo-42i-clink", "set_date", "", "\\xAAset date 11-09-26\\r" },
	};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		uint8_t bytes[COMMAND_MOST];
		char text[128];
		assert_int_equal(
		        profile_find(&profile, known[i].profile, NULL, stderr, &why),
		        OK);
		struct instrument it = command_instrument(profile);
		size_t n = (strlen(command_sent(
		                    &it, known[i].command, known[i].value, bytes)) +
		                   1) /
		           3;
		command_text(bytes, n, text, sizeof text);
		assert_string_equal(text, known[i].text);
		profile_free(profile);
	}
	assert_int_equal(
	        profile_find(&profile, "teledyne-t400", NULL, stderr, &why), OK);
	struct instrument o3 = command_instrument(profile);
	o3.slave = 1;
	says(&o3, "zero", "", "01 05 00 14 FF 00 CC 3E");
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_the_standard_are_written),
		cmocka_unit_test(a_number_is_written_as_its_type_has_it),
		cmocka_unit_test(only_a_plain_number_is_one),
		cmocka_unit_test(every_cut_and_every_bit_of_a_modbus_answer),
		cmocka_unit_test(an_answer_of_tcp_has_the_number_of_its_request),
		cmocka_unit_test(text_says_done_refused_or_nothing_of_it),
		cmocka_unit_test(another_number_than_was_sent_leaves_it_open),
		cmocka_unit_test(every_bit_of_a_checked_text_counts),
		cmocka_unit_test(every_shipped_command_can_be_written_and_has_a_source),
		cmocka_unit_test(the_shipped_ones_are_those_of_the_manuals),
	};
	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
