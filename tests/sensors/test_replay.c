/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real measurements, every row: through the simulator's registers, Modbus, the poller
 * and the record, and out again. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/csv.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "base/record.h"
#include "sensors/simulator/rehearse.h"
#include "tests/kits/cabinet_fixture.h"

struct columns {
	const char *file, *every, *missing, *mode,
	        *port; /* port: as the station says it */
	const char *name[3];
	int64_t every_us;
};

static struct rows { /* what each channel said, poll by poll */
	size_t n;
	double value[3][10000];
} rows;

static int note_row(void *with, uint8_t *bytes, size_t n, int64_t time_us)
{
	struct record record;
	struct reading reading;
	if (record_decode(&record, bytes, n) < 0 || record.type != RECORD_READING)
		return OK;
	assert_int_equal(
	        reading_decode(&reading, record.payload, record.payload_size), OK);
	assert_true(rows.n < 10000);
	for (size_t c = 0; c < 3; c++) {
		double value = reading_value(&reading, c);
		assert_int_equal(
		        reading.state[c], isnan(value) ? STATE_NO_VALUE : STATE_OK);
		rows.value[c][rows.n] = value;
	}
	rows.n++;
	return OK;
}

static void write_replay(const char *folder, const struct columns *columns)
{
	fixture_three(folder, "BADC");
	fixture_write(folder, "replay.yaml",
	        "scenario: {name: replay, start: \"2026-11-01T00:00\", profiles: "
	        "%s/profiles}\n"
	        "ports: [{id: p, mode: %s}]\n"
	        "instruments:\n"
	        "  - id: i\n"
	        "    profile: fixture-replay\n"
	        "    port: p\n"
	        "    channels:\n"
	        "      - {name: a, replay: {file: %s, column: %s, every: %s, missing: "
	        "%s}}\n"
	        "      - {name: b, replay: {file: %s, column: %s, every: %s, missing: "
	        "%s}}\n"
	        "      - {name: c, replay: {file: %s, column: %s, every: %s, missing: "
	        "%s}}\n",
	        folder, columns->mode, columns->file, columns->name[0], columns->every,
	        columns->missing, columns->file, columns->name[1], columns->every,
	        columns->missing, columns->file, columns->name[2], columns->every,
	        columns->missing);
	fixture_write(folder, "replay-station.yaml",
	        "zone: {id: kcn-mau, name: KCN Mau}\n"
	        "station: {id: nt-01, name: Nuoc thai, simulation: yes}\n"
	        "facility: {id: a, name: A}\n"
	        "outlets: [{id: x, name: X, kind: water}]\n"
	        "journal: {folder: journal}\n"
	        "profiles: profiles\n"
	        "ports: [{id: p, %s, mode: %s}]\n"
	        "instruments: [{id: i, profile: fixture-replay, port: p, poll_every: "
	        "%s}]\n",
	        columns->port, columns->mode, columns->every);
}

/* Independently read: the cells of the file as floats, in order, none twice, none
 * missing. */
static void compare_with_file(const struct columns *columns)
{
	struct csv *csv;
	struct problem why;
	size_t row = 0;
	double missing = strtod(columns->missing, NULL);
	assert_int_equal(csv_open(&csv, columns->file, &why), OK);
	while (csv_next(csv, &why) > 0) {
		assert_true(row < rows.n);
		for (size_t c = 0; c < 3; c++) {
			const char *cell =
			        csv_cell(csv, (size_t)csv_find(csv, columns->name[c]));
			double value = strtod(cell, NULL);
			bool none = cell[0] == '\0' || value == missing;
			if (none ? !isnan(rows.value[c][row])
			         : rows.value[c][row] != (double)(float)value)
				fail_msg("row %zu, column %s: %s became %.9g", row,
				        columns->name[c], cell, rows.value[c][row]);
		}
		row++;
	}
	csv_close(csv);
	assert_int_equal(row, rows.n);
}

static void replay_whole_file(
        const char *folder, struct columns *columns, size_t n_rows)
{
	struct problem why = { 0 };
	write_replay(folder, columns);
	struct scenario *replayed = fixture_scenario(folder, "replay.yaml");
	struct station *reader = fixture_station(folder, "replay-station.yaml");
	struct rehearsal rehearsal = { .station = reader,
		.scenario = replayed,
		.from_us = FIXTURE_DAY1,
		.to_us = FIXTURE_DAY1 + (int64_t)n_rows * columns->every_us,
		.each = note_row };
	rows.n = 0;
	if (rehearse(&rehearsal, &why) < 0)
		fail_msg("%s", why.text);
	compare_with_file(columns);
	scenario_free(replayed);
	station_free(reader);
}

static void every_row_of_a_plants_record_comes_through_rtu(void **state)
{
	const char *file = data_folder("ecorecover_scada/conti_scada_cali.csv");
	struct columns columns = { .file = file,
		.every = "5min",
		.every_us = 5 * US_PER_MIN,
		.missing = "-200",
		.mode = "rtu",
		.port = "path: p",
		.name = { "VSS", "S_NH", "S_P" } };
	if (file == NULL)
		skip();
	replay_whole_file(*state, &columns, 7189);
}

static void every_row_of_an_air_station_comes_through_tcp(void **state)
{
	const char *file =
	        data_folder("uci_air_quality/AirQualityUCI_2004-03_2004-09.csv");
	struct columns columns = { .file = file,
		.every = "1h",
		.every_us = US_PER_HOUR,
		.missing = "-200",
		.mode = "tcp",
		.port = "tcp: \"127.0.0.1:502\"",
		.name = { "CO(GT)", "NOx(GT)", "NO2(GT)" } };
	if (file == NULL)
		skip();
	replay_whole_file(*state, &columns, 4902);
}

static int setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	fixture_profiles(*state);
	return 0;
}

#define scratch_test(f) cmocka_unit_test_setup_teardown(f, setup, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(every_row_of_a_plants_record_comes_through_rtu),
		scratch_test(every_row_of_an_air_station_comes_through_tcp),
	};
	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
