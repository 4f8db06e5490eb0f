/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What shipped profiles of text instruments say of numbers and status bytes that are traps. */
#include "tests/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sensors/bayern_hessen_frame.h"
#include "tests/meter_kit.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ends_of_the_scale_of_a_bam_are_no_results),
		cmocka_unit_test(a_serinus_that_measures_its_background_is_calibrating),
		cmocka_unit_test(a_teledyne_that_warms_up_does_not_measure),
		cmocka_unit_test(what_a_42i_calls_not_valid_is_no_value),
		cmocka_unit_test(what_a_module_shows_beyond_its_range_is_no_current),
	};
	return cmocka_run_group_tests_name("models", tests, NULL, NULL);
}
