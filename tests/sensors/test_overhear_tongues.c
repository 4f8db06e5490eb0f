/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is heard beside Modbus RTU: HJ 212, Bayern-Hessen, Modbus ASCII, and the instruments that are known. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "tests/kits/ear_kit.h"

static struct overhear_models models;

static void hears(
        const char *bytes, size_t n, enum overheard_kind kind, const char *text)
{
	ear_add(bytes, n);
	ear_silence();
	assert_int_equal(ear_next(), 1);
	if (heard.kind != kind || strstr(heard.text, text) == NULL)
		fail_msg("kind %d, not %d: %s", heard.kind, kind, heard.text);
	assert_int_equal(heard.n, n);
	assert_int_equal(ear_next(), 0);
}
#define HEARS(bytes, kind, text) hears((bytes), sizeof(bytes) - 1, (kind), (text))

/* Vectors H06a, H01a, H08a: a request, the example of HJ 212-2017, and its like with
 * the check of Modbus. */
static void messages_of_hj_212_are_heard_and_their_dialect_is_named(void **state)
{
	ear_begin();
	HEARS("##0081QN=20181111151745000;ST=21;CN=2011;PW=123456;MN="
	      "YSRDWQGQ1000001001;"
	      "Flag=5;CP=&&&&7580\r\n",
	        HEARD_ASKS, "CN=2011");
	assert_string_equal(heard.tongue, "HJ 212");
	HEARS("##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN="
	      "010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n",
	        HEARD_SAYS, "RtdInterval=30");
	HEARS("##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN="
	      "010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&0759\r\n",
	        HEARD_SAYS, "Modbus");
	HEARS("##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN="
	      "010000A8900016F000169DC0;Flag=4;CP=&&&&3240\r\n",
	        HEARD_ANSWERS, "CN=9014");
}

/* Vectors B01a and B02a. */
static void bayern_hessen_is_heard_with_its_values(void **state)
{
	ear_begin();
	HEARS("\x02"
	      "DA097\x03"
	      "3A",
	        HEARD_ASKS, "a master asks address 097");
	HEARS("\x02"
	      "MD03 001 +2578+01 03 04 0000000000 002 +5681+00 03 04 0000000000 003 "
	      "+1175+01 03 04 0000000000 \r",
	        HEARD_ANSWERS,
	        "answers 3 values: 001=25.78 (03 04) 002=5.681 (03 04) 003=11.75 (03 "
	        "04)");
	assert_string_equal(heard.tongue, "Bayern-Hessen");
}

/* Vector MA1a. */
static void modbus_ascii_is_heard_as_its_binary_form_is(void **state)
{
	ear_begin();
	HEARS(":010300000002FA\r\n", HEARD_ASKS,
	        "a master asks slave 1: function 3, 2 registers from 0");
	assert_string_equal(heard.tongue, "Modbus ASCII");
	HEARS(":010304424800006E\r\n", HEARD_ANSWERS,
	        "slave 1 answers function 3: 0=4248 1=0000");
}

/* Vectors L01a and L03a: real modules, heard by the profiles that are shipped. */
static void an_instrument_that_speaks_by_itself_is_named_with_its_values(void **state)
{
	ear_begin();
	ear.models = &models;
	HEARS("\x42\x4D\x00\x1C\x00\x00\x00\x08\x00\x08\x00\x00\x00\x08\x00\x08\x00\xD2"
	      "\x00"
	      "\x46\x00\x2D\x00\x1E\x00\x00\x00\x00\x97\x00\x02\xC5",
	        HEARD_SAYS, "pm2_5=8 ug/m3");
	assert_string_equal(heard.tongue, "instrument");
	assert_contains(heard.text, "plantower-pms5003: ");
	assert_contains(heard.text, " | "); /* others have the same frame */
	HEARS("\xAA\xC0\x06\x00\x06\x00\x58\xD9\x3D\xAB", HEARD_SAYS,
	        "pm2_5=0.6 ug/m3");
	/* one bit more: nobody says that */
	ear_add("\xAA\xC0\x06\x00\x07\x00\x58\xD9\x3D\xAB", 10);
	ear_silence();
	assert_int_equal(ear_next(), 1);
	assert_int_equal(heard.kind, HEARD_NOISE);
}

/* Vector L04a: what a request is for, its answer says. */
static void an_instrument_that_is_asked_is_named_by_its_request(void **state)
{
	ear_begin();
	ear.models = &models;
	HEARS("\xFF\x01\x86\x00\x00\x00\x00\x00\x79", HEARD_ASKS,
	        "a master asks winsen-");
	HEARS("\xFF\x86\x02\x20\x00\x00\x00\x00\x58", HEARD_ANSWERS, "winsen-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        messages_of_hj_212_are_heard_and_their_dialect_is_named),
		cmocka_unit_test(bayern_hessen_is_heard_with_its_values),
		cmocka_unit_test(modbus_ascii_is_heard_as_its_binary_form_is),
		cmocka_unit_test(
		        an_instrument_that_speaks_by_itself_is_named_with_its_values),
		cmocka_unit_test(an_instrument_that_is_asked_is_named_by_its_request),
	};
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	overhear_models_load(&models, "");
	int status = cmocka_run_group_tests_name("overhear_tongues", tests, NULL, NULL);
	overhear_models_free(&models);
	return status;
}
