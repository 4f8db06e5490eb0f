/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger of gaps of a cabinet whose clock was wrong, from its own journal. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/event.h"
#include "base/legal_time.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/sample_archive.h"

#define RIGHT SAMPLE_DAY_US /* what mono_us 0 was */

static const char configuration[] =
        "zone: {id: kcn-mau, name: KCN Mau}\n"
        "station: {id: nt-01, name: X, simulation: yes}\n"
        "facility: {id: a, name: A}\n"
        "outlets: [{id: x, name: X, kind: water}]\n"
        "journal: {folder: journal}\n"
        "ports: [{id: bus, path: no-such-tty}]\n"
        "instruments: [{id: ph, profile: sim-ph-temperature, port: bus, slave: 1}]\n";

static struct sample sample;
static struct sample_head head;
static size_t ph;

/* A reading each second for a minute, by a clock that is so wrong. */
static void run(int64_t wrong_us)
{
	for (int i = 0; i < 60; i++) {
		head.seq++;
		head.time_us = RIGHT + head.mono_us + wrong_us;
		sample_reading(&sample, &head, ph, (double[]){ 7 });
		head.mono_us += US_PER_S;
	}
}

/* It is told what time it is, by a hand or (synced) by a clock it trusts. */
static void set_clock(int64_t wrong_us, uint8_t state)
{
	uint8_t payload[64];
	const struct clock_event event = { .before_us = RIGHT + head.mono_us + wrong_us,
		.after_us = RIGHT + head.mono_us,
		.state = state };
	int n = clock_encode(&event, payload, sizeof payload);
	assert_true(n > 0);
	head.seq++;
	head.clock = state;
	head.time_us = event.after_us;
	sample_add(&sample, &head, RECORD_CLOCK, payload, (size_t)n);
}

/* What the command says at that hour and minute of the right day, and how it ends. */
static char *gaps_of(const char *folder, const char *now, int *code)
{
	fixture_write(folder, "station.yaml", "%s", configuration);
	sample_archive_journal(folder, &sample);
	return run_command(code,
	        "QUANTRAC_NOW=2026-11-15T%s:00+07:00 "
	        "QUANTRAC_CONFIG=%s/station.yaml "
	        "%s status --gaps --exit-code --format csv 2>&1",
	        now, folder, project_file("build/san/quantrac"));
}

/* However often the clock was moved on the way: as in the archive. */
static void set_by_hand_and_synchronised_later_there_is_no_gap(void **state)
{
	int code;
	run(-RIGHT); /* 1970 */
	set_clock(-RIGHT, CLOCK_UNSYNCED);
	run(0);
	set_clock(0, CLOCK_SYNCED);
	run(0);
	char *text = gaps_of(*state, "00:03", &code);
	if (code != 0 || strstr(text, "2026-11-15") != NULL)
		fail_msg("ended with %d: %s", code, text);
	free(text);
}

/* And a minute that is not there is one. */
static void a_minute_without_a_reading_is_found(void **state)
{
	int code;
	run(-RIGHT);
	head.mono_us += 60 * US_PER_S;
	set_clock(-RIGHT, CLOCK_SYNCED);
	run(0);
	char *text = gaps_of(*state, "00:03", &code);
	assert_int_equal(code, 1);
	assert_contains(text,
	        "nt-01,,,2026-11-15T00:01:00+07:00,2026-11-15T00:02:00+07:00,no,60,");
	free(text);
}

/* The line hung up half a second before the program was ended, and it was started again
 * eleven minutes later. */
static void a_program_that_did_not_run_is_told_and_not_its_line(void **state)
{
	int code;
	uint8_t payload[200];
	const struct state_event down = { "port bus", "down", "hung up; trying again" };
	int n = state_encode(&down, payload, sizeof payload);
	assert_true(n > 0);
	head.clock = CLOCK_SYNCED;
	run(0);
	head.seq++;
	head.time_us = RIGHT + head.mono_us - US_PER_S / 2;
	sample_add(&sample, &head, RECORD_STATE, payload, (size_t)n);
	head.mono_us += 660 * US_PER_S;
	head.seq++;
	head.time_us = RIGHT + head.mono_us;
	sample_describe(&sample, &head, ph);
	run(0);
	char *text = gaps_of(*state, "00:14", &code);
	assert_int_equal(code, 1);
	assert_contains(text, "nt-01,,,2026-11-15T00:01:00+07:00,2026-11-15T00:12:00+"
	                      "07:00,no,660,station,");
	assert_null(strstr(text, "port bus"));
	free(text);
}

static int setup(void **state)
{
	static const char *const channel[] = { "ph", "pH", NULL };
	if (scratch_make(state) != 0)
		return -1;
	sample_start(&sample, "nt-01");
	ph = sample_instrument(&sample, "ph", channel);
	head = (struct sample_head){
		.epoch = 7, .seq = 1, .boot = 5, .clock = CLOCK_UNSYNCED
	};
	sample_describe(&sample, &head, ph);
	return 0;
}

static int teardown(void **state)
{
	sample_free(&sample);
	return scratch_remove(state);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(set_by_hand_and_synchronised_later_there_is_no_gap),
		WITH(a_minute_without_a_reading_is_found),
		WITH(a_program_that_did_not_run_is_told_and_not_its_line),
	};
	return cmocka_run_group_tests_name("gaps of a cabinet", tests, NULL, NULL);
}
