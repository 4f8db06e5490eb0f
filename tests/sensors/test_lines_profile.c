/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles of Bayern-Hessen, SDI-12 and ELAN, and stations that use them: what is wrong is told, and the cure. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/bayern_hessen.h"
#include "sensors/drivers/sdi12.h"
#include "sensors/station/station.h"
#include "sensors/tables/profile.h"
#include "tests/kits/changed.h"

#define HEAD "name: toy\nmaker: Nobody\nmodel: Toy\nsummary: A toy\nsource: test\n"
#define CHANNEL                                                                        \
	"channels:\n  - {name: a, label_vi: A, label_en: A, unit: ppb, field: "        \
	"\"1\"}\n"

static const char bayern[] = HEAD
        "driver: bayern-hessen\naddress: \"097\"\nform: cr\nnumbers: counted\n" CHANNEL
        "states:\n  - {field: 1.status, base: 16, bit: 2, state: calibrating}\n"
        "vendor:\n  - {field: k211.error}\n";
static const char sdi12[] = HEAD
        "driver: sdi12\naddress: \"0\"\nblocks:\n"
        "  - {name: m, measure: M1, check: yes, values: 2, source: test}\n"
        "  - {name: c, measure: C, source: test}\n"
        "channels:\n"
        "  - {name: a, label_vi: A, label_en: A, unit: ppb, block: m, field: \"1\"}\n"
        "states:\n  - {block: m, field: \"2\", when: [\"1\"], state: fault}\n";
static const char elan[] =
        HEAD "driver: elan\naddress: \"1\"\ncomponent: 2\n" CHANNEL
             "states:\n  - {field: phase, base: 16, unless: [\"4\"], state: stopped}\n";

static struct profile *read_good(const char *good)
{
	struct profile *profile;
	struct problem why;
	assert_int_equal(
	        profile_parse(&profile, good, strlen(good), "toy.yaml", stderr, &why),
	        OK);
	return profile;
}

static void the_keys_of_each_kind_are_read(void **state)
{
	struct profile *profile = read_good(bayern);
	assert_int_equal(profile->block[0].bayern.form, BAYERN_CR);
	assert_int_equal(profile->block[0].bayern.numbers, BAYERN_COUNTED);
	assert_string_equal(profile->block[0].source, "test");
	profile_free(profile);
	profile = read_good(sdi12);
	assert_int_equal(profile->n_blocks, 2);
	assert_string_equal(profile->block[0].sdi12.measure, "M1");
	assert_int_equal(profile->block[0].sdi12.check, SDI12_CHECK_YES);
	assert_int_equal(profile->block[0].sdi12.values, 2);
	assert_int_equal(profile->block[1].sdi12.check, SDI12_CHECK_ASK);
	assert_int_equal(profile->block[1].sdi12.values, 0);
	profile_free(profile);
	profile = read_good(elan);
	assert_int_equal(profile->block[0].elan.component, 2);
	profile_free(profile);
}

static void a_wrong_bayern_hessen_profile_is_refused(void **state)
{
	profile_refused(bayern, "form: cr", "form: etc", "did you mean 'etx'?");
	profile_refused(bayern, "numbers: counted", "numbers: count",
	        "did you mean 'counted'?");
	profile_refused(bayern, "\"097\"", "\"97\"", "three digits");
	profile_refused(
	        bayern, "field: \"1\"", "field: \"0\"", "'0' is no value of an answer");
	profile_refused(bayern, "field: \"1\"", "field: no2",
	        "its place (1, 2, ...) or its number");
	profile_refused(
	        bayern, "field: \"1\"", "field: 1.status", "no value of an answer");
	profile_refused(
	        bayern, "1.status", "1.state", "'1.state' is no field of an answer");
	profile_refused(bayern, "k211.error", "k21.error",
	        "'k21.error' is no field of an answer");
	profile_refused(bayern, "base: 16, ", "", "bit and mask need `base`");
}

static void a_wrong_sdi12_profile_is_refused(void **state)
{
	profile_refused(sdi12, "measure: M1", "measure: MC",
	        "'MC' is no measurement of SDI-12");
	profile_refused(sdi12, "measure: M1", "measure: D0",
	        "'D0' is no measurement of SDI-12");
	profile_refused(sdi12, "values: 2", "values: 10", "M has at most 9 values");
	profile_refused(sdi12, "values: 2", "values: 100", "values");
	profile_refused(sdi12, "address: \"0\"", "address: \"00\"",
	        "'00' is no address of SDI-12");
	profile_refused(
	        sdi12, "address: \"0\"", "address: \"*\"", "one of 0-9, A-Z, a-z");
	profile_refused(
	        sdi12, "block: m, field: \"1\"", "field: \"1\"", "there are several");
	profile_refused(sdi12, "field: \"1\"", "field: first",
	        "'first' is no place of a value");
	profile_refused(
	        sdi12, "field: \"2\"", "field: \"02\"", "'02' is no place of a value");
}

static void a_wrong_elan_profile_is_refused(void **state)
{
	profile_refused(elan, "component: 2", "component: 16", "component");
	profile_refused(elan, "address: \"1\"", "address: \"16\"",
	        "'16' is no address of ELAN");
	profile_refused(
	        elan, "field: \"1\"", "field: so2", "'so2' is no value of an answer");
	profile_refused(
	        elan, "field: \"1\"", "field: c256", "'c256' is no value of an answer");
	profile_refused(elan, "field: phase", "field: phases",
	        "'phases' is no field of an answer");
}

static const char station[] = "zone: {id: z, name: Z}\n"
                              "station: {id: s, name: S, simulation: yes}\n"
                              "facility: {id: f, name: F}\n"
                              "outlets: [{id: o, name: O, kind: water}]\n"
                              "journal: {folder: j}\n"
                              "ports:\n"
                              "  - {id: a, path: /dev/serial/by-id/a}\n"
                              "  - {id: b, path: /dev/serial/by-id/b, line: 9600 8N1}\n"
                              "instruments:\n"
                              "  - {id: x, profile: campbell-cs451, port: a, address: "
                              "\"3\", poll_every: 60s}\n"
                              "  - {id: y, profile: ecotech-serinus-40, port: b, "
                              "address: \"097\", poll_every: 60s}\n"
                              "  - {id: z, profile: ecotech-serinus-40, port: b, "
                              "address: \"098\", poll_every: 60s}\n";

static void addresses_of_a_station_are_those_of_its_lines(void **state)
{
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	station_taken(station, "\"3\"", "\"3\"");
	station_refused(
	        station, "\"3\"", "\"33\"", "'33' is no address for driver sdi12");
	station_refused(station, "\"097\"", "\"97\"", "three digits");
	station_refused(station, "\"098\"", "\"097\"",
	        "give each instrument on a line its own address");
	station_refused(station, "campbell-cs451, port: a, address: \"3\"",
	        "siemens-ultramat-23-elan, port: a, address: \"x\"", "0 to 15");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_keys_of_each_kind_are_read),
		cmocka_unit_test(a_wrong_bayern_hessen_profile_is_refused),
		cmocka_unit_test(a_wrong_sdi12_profile_is_refused),
		cmocka_unit_test(a_wrong_elan_profile_is_refused),
		cmocka_unit_test(addresses_of_a_station_are_those_of_its_lines),
	};
	return cmocka_run_group_tests_name("lines_profile", tests, NULL, NULL);
}
