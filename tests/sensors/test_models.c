/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What shipped profiles say of numbers, status bytes and codes that are traps. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sensors/drivers/bayern_hessen_frame.h"
#include "sensors/tables/analog.h"
#include "tests/kits/meter_kit.h"

/* One answer of a Bayern-Hessen analyser. */
static void hessen(struct meter *meter, int form, const char *text)
{
	uint8_t frame[BAYERN_FRAME];
	size_t n = strlen(text);
	memcpy(frame + 1, text, n);
	int size = bayern_close(form, n, frame, sizeof frame);
	assert_true(size > 0);
	meter_clear(meter);
	meter_bytes(meter, 0, frame, (size_t)size);
}

static void the_ends_of_the_scale_of_a_bam_are_no_results(void **state)
{
	struct meter meter;
	meter_open(&meter, "metone-bam-1020-gesytec");
	hessen(&meter, BAYERN_CR, "MD01 001 +9840-01 82 00 001 000000 ");
	assert_int_equal(meter_state(&meter, "pm2_5"), STATE_OK);
	assert_close(meter_value(&meter, "pm2_5"), 0.984, 1e-12);
	hessen(&meter, BAYERN_CR, "MD01 001 +9850-01 82 00 001 000000 ");
	assert_int_equal(meter_state(&meter, "pm2_5"), STATE_NO_VALUE);
	hessen(&meter, BAYERN_CR, "MD01 001 -1500-02 82 00 001 000000 ");
	assert_int_equal(meter_state(&meter, "pm2_5"), STATE_NO_VALUE);
	hessen(&meter, BAYERN_CR, "MD01 001 -1400-02 82 00 001 000000 ");
	assert_int_equal(meter_state(&meter, "pm2_5"), STATE_OK);
	meter_close(&meter);
	meter_open(&meter, "metone-bam-1020");
	meter_text(&meter, 0,
	        "11/27/26 10:00,-0.015,0.700,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\r\n");
	assert_int_equal(meter_state(&meter, "pm10"), STATE_BELOW_RANGE);
	meter_close(&meter);
}

static void a_serinus_that_measures_its_background_is_calibrating(void **state)
{
	struct meter meter;
	meter_open(&meter, "ecotech-serinus-40");
	hessen(&meter, BAYERN_ETX,
	        "MD02 001 +1234+01 40 00 00000000 002 +1234+01 40 00 00000000 ");
	assert_int_equal(meter_state(&meter, "no"), STATE_OK);
	hessen(&meter, BAYERN_ETX,
	        "MD02 001 +1234+01 C0 00 00000000 002 +1234+01 C0 00 00000000 ");
	assert_int_equal(meter_state(&meter, "no"), STATE_CALIBRATING);
	assert_int_equal(meter_state(&meter, "nox"), STATE_CALIBRATING);
	meter_close(&meter);
}

static void a_teledyne_that_warms_up_does_not_measure(void **state)
{
	struct meter meter;
	meter_open(&meter, "teledyne-t300-hessen");
	hessen(&meter, BAYERN_ETX, "MD01 310 +1234+00 60 00 0000000000 ");
	assert_int_equal(meter_state(&meter, "co"), STATE_OK);
	hessen(&meter, BAYERN_ETX, "MD01 310 +1234+00 70 00 0000000000 ");
	assert_int_equal(meter_state(&meter, "co"), STATE_STOPPED);
	meter_close(&meter);
	meter_open(&meter, "teledyne-t400-hessen");
	hessen(&meter, BAYERN_ETX, "MD01 400 +1234+00 40 00 0000000000 ");
	assert_int_equal(meter_state(&meter, "o3"), STATE_OK);
	hessen(&meter, BAYERN_ETX, "MD01 400 +1234+00 50 00 0000000000 ");
	assert_int_equal(meter_state(&meter, "o3"), STATE_STOPPED);
	meter_close(&meter);
}

static void what_a_42i_calls_not_valid_is_no_value(void **state)
{
	struct meter meter;
	meter_open(&meter, "thermo-42i-tl-gesytec");
	hessen(&meter, BAYERN_ETX,
	        "MD03 001 +2578+01 03 04 0000000000 002 +0000+00 03 04 0000000000 "
	        "003 -1175-03 03 04 0000000000 ");
	assert_int_equal(meter_state(&meter, "no"), STATE_OK);
	assert_int_equal(meter_state(&meter, "no2"), STATE_NO_VALUE);
	assert_int_equal(meter_state(&meter, "nox"), STATE_OK);
	meter_close(&meter);
}

/* In each place what the module shows over and under its range, and noughts that are currents. */
static void what_a_module_shows_beyond_its_range_is_no_current(void **state)
{
	static const uint8_t want[] = { STATE_OK, STATE_OK, STATE_NO_VALUE,
		STATE_NO_VALUE, STATE_NO_VALUE, STATE_OK, STATE_NO_VALUE, STATE_OK };
	struct meter meter;
	meter_open(&meter, "icpdas-i-7017");
	meter_text(&meter, 0,
	        ">+08.074+00.000-0000.0+9999.9-9999.9-00.000       -00.100\r");
	meter_state(&meter, "in0");
	assert_memory_equal(meter.decoded.state, want, sizeof want);
	meter_close(&meter);
}

static uint8_t loop(struct meter *meter, const char *current)
{
	char line[80];
	snprintf(line, sizeof line,
	        ">%s+12.000+12.000+12.000+12.000+12.000+12.000+12.000\r", current);
	meter_clear(meter);
	meter_text(meter, 0, line);
	return meter_state(meter, "in0");
}

/* The rule of analog.h, through a whole reading: each limit belongs to the better side. */
static void a_loop_is_judged_by_ne_43_alone(void **state)
{
	struct meter meter;
	meter_open(&meter, "icpdas-i-7017");
	meter.setting[0] = (struct channel_setting){
		.low = 0, .high = 500, .signal = SIGNAL_4_20_MA
	};
	assert_int_equal(loop(&meter, "+12.000"), STATE_OK);
	assert_close(meter_value(&meter, "in0"), 250, 1e-9);
	assert_int_equal(loop(&meter, "+20.000"), STATE_OK);
	assert_close(meter_value(&meter, "in0"), 500, 1e-9);
	assert_int_equal(loop(&meter, "+20.500"), STATE_OK);
	assert_close(meter_value(&meter, "in0"), 515.625, 1e-9);
	assert_int_equal(loop(&meter, "+20.501"), STATE_ABOVE_RANGE);
	assert_int_equal(loop(&meter, "+21.001"), STATE_FAULT);
	assert_int_equal(loop(&meter, "+03.800"), STATE_OK);
	assert_close(meter_value(&meter, "in0"), 0, 1e-9);
	assert_int_equal(loop(&meter, "+03.799"), STATE_BELOW_RANGE);
	assert_int_equal(loop(&meter, "+03.599"), STATE_FAULT);
	meter_close(&meter);
}

/* ---- codes of state registers ---- */

/* State that a profile gives its channel with these registers in its blocks. */
static uint8_t with_words(const char *name, const char *channel, const uint16_t *first,
        const uint16_t *second)
{
	struct meter meter;
	meter_open(&meter, name);
	meter_words(&meter, 0, first);
	meter_words(&meter, 1, second);
	if (meter.profile->n_blocks > 2)
		meter_words(&meter, 2, second);
	uint8_t state = meter_state(&meter, channel);
	meter_close(&meter);
	return state;
}

static uint8_t ca80(uint16_t letter)
{
	return with_words(
	        "endress-hauser-ca80", "nh4", (uint16_t[]){ 0x47AE, 0x4105 }, &letter);
}

static void a_letter_that_nobody_has_written_down_is_no_value(void **state)
{
	assert_int_equal(ca80('N'), STATE_OK);
	assert_int_equal(ca80(0), STATE_OK);
	assert_int_equal(ca80('E'), STATE_FAULT);
	assert_int_equal(ca80('M'), STATE_MAINTENANCE);
	assert_int_equal(ca80('S'), STATE_CALIBRATING);
	assert_int_equal(ca80('T'), STATE_ABOVE_RANGE);
	static const uint16_t unknown[] = { 'D', 'C', 'F', 'B', 0x5343, 0x1234 };
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		assert_int_equal(ca80(unknown[i]), STATE_NO_VALUE);
}

static uint8_t keruida(uint16_t state, uint16_t step)
{
	uint16_t working[32] = { step };
	return with_words("hbkeruida-nh3n", "nh4",
	        (uint16_t[]){ state, 0x47AE, 0x4105 }, working);
}

static uint8_t at_word(const char *name, const char *channel, size_t at, uint16_t code)
{
	uint16_t word[128] = { 0 };
	word[at] = code;
	return with_words(name, channel, (uint16_t[]){ 0x47AE, 0x4105 }, word);
}

static void a_code_that_nobody_has_written_down_is_no_value(void **state)
{
	assert_int_equal(keruida(3, 1), STATE_OK);
	assert_int_equal(keruida(3, 5), STATE_NO_VALUE);
	assert_int_equal(keruida(7, 1), STATE_NO_VALUE);
	assert_int_equal(keruida(0, 1), STATE_NO_VALUE);
	assert_int_equal(keruida(2, 11), STATE_FAULT);
	assert_int_equal(at_word("hach-amtax-compact-ii", "nh4", 48, 4), STATE_OK);
	assert_int_equal(
	        at_word("hach-amtax-compact-ii", "nh4", 48, 5), STATE_NO_VALUE);
	assert_int_equal(at_word("hach-codmax-ii", "cod", 45, 0x2020), STATE_OK);
	assert_int_equal(at_word("hach-codmax-ii", "cod", 45, 0x4020), STATE_NO_VALUE);
	assert_int_equal(at_word("hach-codmax-ii", "cod", 1, 3), STATE_NO_VALUE);
	assert_int_equal(at_word("hach-na8000", "nh4", 0, 2), STATE_OK);
	assert_int_equal(at_word("hach-na8000", "nh4", 0, 4), STATE_NO_VALUE);
	assert_int_equal(
	        at_word("szlangshi-phototek-6000-pb", "lead", 0, 10), STATE_OK);
	assert_int_equal(
	        at_word("szlangshi-phototek-6000-pb", "lead", 0, 3), STATE_NO_VALUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ends_of_the_scale_of_a_bam_are_no_results),
		cmocka_unit_test(a_serinus_that_measures_its_background_is_calibrating),
		cmocka_unit_test(a_teledyne_that_warms_up_does_not_measure),
		cmocka_unit_test(what_a_42i_calls_not_valid_is_no_value),
		cmocka_unit_test(what_a_module_shows_beyond_its_range_is_no_current),
		cmocka_unit_test(a_loop_is_judged_by_ne_43_alone),
		cmocka_unit_test(a_letter_that_nobody_has_written_down_is_no_value),
		cmocka_unit_test(a_code_that_nobody_has_written_down_is_no_value),
	};
	return cmocka_run_group_tests_name("models", tests, NULL, NULL);
}
