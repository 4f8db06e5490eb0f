/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/holes_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/log.h"
#include "base/reading.h"
#include "tests/kits/made.h"

struct made_archive made;
static struct describe *ph, *cod;

/* ---- what is planted; minutes after the first midnight ---- */

static bool station_off(int64_t minute) /* day 2, 10:00 to 12:00 */
{
	return minute >= 1440 + 600 && minute < 1440 + 720;
}

static uint8_t ph_state(int64_t minute)
{
	if (minute >= 540 && minute < 570) /* day 1, 09:00 to 09:30 */
		return STATE_SILENT;
	if (minute >= 2 * 1440 + 1400 && minute < 2 * 1440 + 1420)
		return STATE_CALIBRATING; /* day 3, 23:20 to 23:40 */
	return STATE_OK;
}

static bool cod_absent(int64_t minute) /* day 1, 23:00 to day 2, 01:00 */
{
	return minute >= 1380 && minute < 1500;
}

static void put(const struct describe *describe, int64_t time_us, uint8_t state)
{
	const uint8_t states[2] = { state, state };
	const double value[2] = { 7, 7 };
	made_put(&made, &(struct made_reading){ .describe = describe,
	                        .time_us = time_us,
	                        .state = states,
	                        .value = value });
}

static void fill(void)
{
	made_station(&made, "nt-01", "water", MADE_DAY);
	made_describe(&made, ph, MADE_DAY);
	made_describe(&made, cod, MADE_DAY);
	for (int64_t minute = 0; minute < 3 * 1440; minute++) {
		int64_t time_us = MADE_DAY + minute * MIN;
		if (station_off(minute))
			continue;
		put(ph, time_us, ph_state(minute));
		if (!cod_absent(minute))
			put(cod, time_us + US_PER_S, STATE_OK);
	}
}

void holes_put_later(int64_t from_us, int64_t minutes)
{
	for (int64_t minute = 0; minute < minutes; minute++) {
		put(ph, from_us + minute * MIN, STATE_OK);
		put(cod, from_us + minute * MIN + US_PER_S, STATE_OK);
	}
}

void holes_seal_all(void)
{
	struct problem why = { .text = "" };
	assert_int_equal(ingest_seal(made.ingest, END, true, &why), 3);
}

static void quiet(enum log_level level, const char *text)
{
}

int holes_setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	log_catch(quiet);
	made_archive_open(&made, *state, "archive");
	ph = made_instrument("nt-01", "ph", 2, 60);
	cod = made_instrument("nt-01", "cod", 1, 60);
	fill();
	return 0;
}

int holes_teardown(void **state)
{
	if (made.ingest != NULL)
		made_archive_close(&made);
	describe_free(ph);
	describe_free(cod);
	return scratch_remove(state);
}

/* ---- what is found ---- */

const struct want planted[] = {
	{ "ph", MADE_DAY + 9 * HOUR, MADE_DAY + 9 * HOUR + 30 * MIN, GAP_SILENT, 60, 0,
	        0 },
	{ "cod", MADE_DAY + 23 * HOUR + US_PER_S, MADE_DAY + 25 * HOUR + US_PER_S,
	        GAP_NO_READING, 120, 0, 0 },
	{ "", MADE_DAY + 34 * HOUR + US_PER_S, MADE_DAY + 36 * HOUR, GAP_STATION, 360,
	        0, 0 },
	{ "ph", MADE_DAY + 71 * HOUR + 20 * MIN, MADE_DAY + 71 * HOUR + 40 * MIN,
	        GAP_CALIBRATING, 40, 0, 0 },
};

void holes_compare(const struct gap *gap, const struct want *want)
{
	assert_string_equal(gap->instrument, want->instrument);
	assert_string_equal(gap_cause_text(gap->cause), gap_cause_text(want->cause));
	assert_int_equal(gap->from_us - want->from_us, 0);
	assert_int_equal(gap->to_us - want->to_us, 0);
	assert_int_equal(gap->expected, want->expected);
	assert_int_equal(gap->valid, want->valid);
	assert_int_equal(gap->records, want->records);
}

static void print(const struct gap *gap)
{
	char from[TIME_TEXT], to[TIME_TEXT], reason[900];
	print_message("%s/%s %s to %s %s %d/%d %d: %s\n", gap->instrument, gap->channel,
	        time_print(gap->from_us, 420, from), time_print(gap->to_us, 420, to),
	        gap_cause_text(gap->cause), (int)gap->valid, (int)gap->expected,
	        (int)gap->records, gap_reason(gap, reason, sizeof reason));
}

struct gaps *holes_list(const char *folder, const struct holes_query *asked,
        const struct gap **gap, size_t n)
{
	struct reader *reader;
	struct problem why = { .text = "" };
	struct gaps *ledger;
	struct holes_query query = *asked;
	query.station = "nt-01";
	if (query.now_us == 0)
		query.now_us = END;
	if (query.to_us == 0)
		query.to_us = query.now_us;
	assert_int_equal(reader_open(&reader, in_folder(folder, "archive"), &why), OK);
	int found = holes_find(&ledger, gap, reader, &query, &why);
	if (found < 0)
		fail_msg("%s", why.text);
	reader_close(reader);
	for (int i = 0; found != (int)n && i < found; i++)
		print(&(*gap)[i]);
	assert_int_equal(found, n);
	return ledger;
}

void holes_expect(const char *folder, const struct holes_query *query,
        const struct want *want, size_t n)
{
	const struct gap *gap;
	struct gaps *ledger = holes_list(folder, query, &gap, n);
	for (size_t i = 0; i < n; i++)
		holes_compare(&gap[i], &want[i]);
	gaps_free(ledger);
}

void holes_remove_day(const char *folder, const char *date)
{
	char path[200];
	snprintf(path, sizeof path, "archive/kcn-mau/nt-01/2026/nt-01_%s.h5", date);
	assert_int_equal(unlink(in_folder(folder, path)), 0);
}

void holes_remove_journals(const char *folder)
{
	int code;
	free(run_command(&code, "rm -r %s/archive/journal/nt-01", folder));
	assert_int_equal(code, 0);
}
