/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger of gaps of an archive from which somebody took something away. */
#include "tests/kits/holes_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"
#include "base/reading.h"
#include "tests/kits/forge_kit.h"
#include "tests/kits/made.h"

static void a_missing_day_whose_records_are_in_the_journal_loses_nothing(void **state)
{
	const struct gap *gap;
	char reason[900];
	holes_seal_all();
	made_archive_close(&made);
	holes_remove_day(*state, "2026-11-09");
	struct gaps *ledger = holes_list(*state, &(struct holes_query){ 0 }, &gap, 5);
	holes_compare(&gap[0],
	        &(struct want){ "", MADE_DAY, MADE_DAY + DAY, GAP_FILE, 0, 0, 0 });
	assert_contains(gap_reason(&gap[0], reason, sizeof reason),
	        "nt-01_2026-11-09.h5 is missing; its records are still in the journal");
	gaps_free(ledger);
}

static void a_missing_day_is_one_gap_with_its_records(void **state)
{
	const struct gap *gap;
	char reason[900];
	holes_seal_all();
	made_archive_close(&made);
	holes_remove_journals(*state);
	holes_remove_day(*state, "2026-11-10");
	struct gaps *ledger = holes_list(*state, &(struct holes_query){ 0 }, &gap, 4);
	/* day 2 with what cod lacked on either side of both midnights */
	holes_compare(&gap[0], &planted[0]);
	assert_string_equal(gap_cause_text(gap[2].cause), "file");
	assert_int_equal(gap[2].from_us - (MADE_DAY + DAY), 0);
	assert_int_equal(gap[2].to_us - (MADE_DAY + 2 * DAY), 0);
	/* 22 h of ph, 21 h of cod */
	assert_int_equal(gap[2].records, 22 * 60 + 21 * 60);
	assert_contains(gap_reason(&gap[2], reason, sizeof reason),
	        "nt-01_2026-11-10.h5 is missing");
	/* cod was absent from 23:00 on: told apart up to the station's own gap */
	holes_compare(&gap[1], &(struct want){ "cod", MADE_DAY + 23 * HOUR + US_PER_S,
	                               MADE_DAY + DAY, GAP_NO_READING, 60, 0, 0 });
	gaps_free(ledger);
}

/* As if the journal had not the day at all. */
static void a_missing_day_whose_journal_was_rewritten_is_one_gap_with_the_file(
        void **state)
{
	const struct gap *gap;
	char reason[900];
	holes_seal_all();
	made_archive_close(&made);
	forge_values(made.dir, "nt-01", MADE_DAY + DAY, MADE_DAY + 2 * DAY, 1);
	holes_remove_day(*state, "2026-11-10");
	struct gaps *ledger = holes_list(*state, &(struct holes_query){ 0 }, &gap, 4);
	holes_compare(&gap[0], &planted[0]);
	assert_string_equal(gap_cause_text(gap[2].cause), "file");
	assert_int_equal(gap[2].from_us - (MADE_DAY + DAY), 0);
	assert_int_equal(gap[2].to_us - (MADE_DAY + 2 * DAY), 0);
	assert_int_equal(gap[2].records, 22 * 60 + 21 * 60);
	assert_string_equal(gap_reason(&gap[2], reason, sizeof reason),
	        "a sealed file is missing or damaged, or may not be read: "
	        "kcn-mau/nt-01/2026/nt-01_2026-11-10.h5 is missing; it held 2580 "
	        "readings, 2880 were due");
	gaps_free(ledger);
}

static void a_changed_byte_in_a_day_is_told(void **state)
{
	const struct gap *gap;
	int code;
	holes_seal_all();
	made_archive_close(&made);
	free(run_command(&code,
	        "chmod u+w %s/archive/kcn-mau/nt-01/2026/*11-11.h5 && printf x | dd "
	        "of=$(echo %s/archive/kcn-mau/nt-01/2026/*11-11.h5) bs=1 seek=3000 "
	        "conv=notrunc 2>/dev/null",
	        (char *)*state, (char *)*state));
	assert_int_equal(code, 0);
	struct gaps *ledger = holes_list(*state, &(struct holes_query){ 0 }, &gap, 5);
	char reason[900];
	assert_contains(gap_reason(&gap[3], reason, sizeof reason),
	        "2026-11-11.h5 is not to the bit what was sealed");
	gaps_free(ledger);
}

static void a_conflict_in_quarantine_is_told_with_its_time(void **state)
{
	uint8_t bytes[200];
	char path[300];
	const struct gap *gap;
	const struct record record = { .type = RECORD_STATE,
		.clock = CLOCK_SYNCED,
		.source = "nt-01",
		.epoch = 7,
		.seq = 9,
		.time_us = MADE_DAY + HOUR,
		.payload = (const uint8_t *)"{}",
		.payload_size = 2 };
	made_archive_close(&made);
	int n = record_encode(&record, bytes, sizeof bytes);
	assert_true(n > 0);
	snprintf(path, sizeof path, "%s/archive/quarantine", (char *)*state);
	assert_int_equal(folder_make(path), OK);
	strcat(path, "/nt-01_0000000000000007_00000000000000000009_"
	             "0123456789abcdef.record");
	assert_int_equal(file_replace(path, bytes, (size_t)n, 0640), OK);
	struct gaps *ledger = holes_list(*state, &(struct holes_query){ 0 }, &gap, 5);
	holes_compare(&gap[0], &(struct want){ "", MADE_DAY + HOUR, MADE_DAY + HOUR,
	                               GAP_CONFLICT, 0, 0, 0 });
	gaps_free(ledger);
}

/* ---- by the commands alone ---- */

/* Five days a minute; nothing from the second day 10:00 to the fourth day 12:00. */
static void import_with_a_silence(const char *folder)
{
	const char *quantrac = project_file("build/san/quantrac-office");
	int code;
	char *text = run_command(&code,
	        "cd %s && TZ=UTC-7 awk 'BEGIN { print \"time,cod\"; "
	        "t0 = mktime(\"2026 11 01 00 00 00\"); "
	        "for (t = t0; t < t0 + 5 * 86400; t += 60) "
	        "if ((t - t0) / 3600 < 34 || (t - t0) / 3600 >= 84) "
	        "printf \"%%s,40\\n\", strftime(\"%%Y-%%m-%%dT%%H:%%M:%%S+07:00\", t) "
	        "}' "
	        ">r.csv && %s keys new tram --sign --into keys >/dev/null 2>&1 && "
	        "QUANTRAC_SIGN_KEY=keys/tram.sign.secret %s --archive a import r.csv "
	        "--zone kcn-mau --station nt --kind water --every 1min --time time "
	        "--map cod=cod:mg/L 2>&1",
	        folder, quantrac, quantrac);
	if (code != 0)
		fail_msg("%s", text);
	free(text);
}

static void a_pruned_day_and_the_silence_behind_it_are_two_rows(void **state)
{
	const char *quantrac = project_file("build/san/quantrac-office");
	int code;
	made_archive_close(&made);
	import_with_a_silence(*state);
	char *text = run_command(&code,
	        "cd %s && QUANTRAC_SIGN_KEY=keys/tram.sign.secret %s --archive a prune "
	        "kcn-mau/nt/2026/nt_2026-11-02.h5 --order QD-12/2026 2>&1 && rm -r "
	        "a/journal/nt",
	        (char *)*state, quantrac);
	if (code != 0)
		fail_msg("%s", text);
	free(text);
	text = run_command(&code,
	        "cd %s && %s --archive a status --gaps --format csv 2>/dev/null",
	        (char *)*state, quantrac);
	assert_contains(text,
	        "nt,,,2026-11-02T00:00:00+07:00,2026-11-03T00:00:00+07:00,no,86400,"
	        "pruned,no,1440,0,600,");
	assert_contains(text, "order QD-12/2026; it held 600 readings, 1440 were due");
	assert_contains(text,
	        "nt,,,2026-11-03T00:00:00+07:00,2026-11-04T12:00:00+07:00,no,129600,"
	        "station,yes,2160,0,,");
	free(text);
	text = run_command(
	        &code, "cd %s && %s verify a 2>&1", (char *)*state, quantrac);
	assert_contains(text,
	        "kcn-mau/nt/2026/nt_2026-11-02.h5: PRUNED (600 records, by order "
	        "QD-12/2026)\n");
	assert_contains(text, "0 missing, 1 pruned");
	free(text);
	/* no damage to whoever asks for results, but told; and no second order for it */
	text = run_command(&code,
	        "cd %s && %s --archive a means --station nt --channel cod --period 24h "
	        "2>&1 >/dev/null",
	        (char *)*state, quantrac);
	assert_int_equal(code, 0);
	assert_string_equal(text,
	        "quantrac: kcn-mau/nt/2026/nt_2026-11-02.h5: was taken away by order "
	        "QD-12/2026; what it held is not here\n");
	free(text);
	text = run_command(&code,
	        "cd %s && QUANTRAC_SIGN_KEY=keys/tram.sign.secret %s --archive a prune "
	        "kcn-mau/nt/2026/nt_2026-11-02.h5 --order QD-13/2026 2>&1",
	        (char *)*state, quantrac);
	assert_int_equal(code, EXIT_USAGE);
	assert_contains(text, "by order QD-12/2026 already; nothing was signed");
	free(text);
}

static char *means_of_an_hour(const char *folder)
{
	int code;
	return run_command(&code,
	        "cd %s && %s --archive a means --station nt --channel cod --period 1h "
	        "--since 2026-11-02 --until 2026-11-02 --format csv 2>&1",
	        folder, project_file("build/san/quantrac-office"));
}

static void of_a_pruned_day_the_journal_counts_as_it_was_sealed(void **state)
{
	static const char at_five[] =
	        "2026-11-02T05:00:00+07:00,2026-11-02T06:00:00+07:00,";
	char mean[100];
	int code;
	made_archive_close(&made);
	import_with_a_silence(*state);
	free(run_command(&code,
	        "cd %s && QUANTRAC_SIGN_KEY=keys/tram.sign.secret %s --archive a prune "
	        "kcn-mau/nt/2026/nt_2026-11-02.h5 --order QD-12/2026 2>&1",
	        (char *)*state, project_file("build/san/quantrac-office")));
	assert_int_equal(code, 0);
	char *text = means_of_an_hour(*state);
	snprintf(mean, sizeof mean, "%s40,mg/L,60,60,60", at_five);
	assert_contains(text, mean);
	assert_null(strstr(text, "left out"));
	free(text);
	forge_values(in_folder(*state, "a"), "nt", 0, INT64_MAX, 1);
	text = means_of_an_hour(*state);
	snprintf(mean, sizeof mean, "%s,mg/L,60,0,0", at_five);
	assert_contains(text, mean);
	assert_contains(text,
	        "nt_2026-11-02.h5: the records in the journal are not, or not all, "
	        "those that were sealed in it: they are left out");
	free(text);
}

/* Nobody waits for more of an import, but who asks for a day behind it is told. */
static void a_day_behind_the_end_of_an_import_is_a_gap_for_whoever_asks_for_it(
        void **state)
{
	const char *quantrac = project_file("build/san/quantrac-office");
	int code;
	made_archive_close(&made);
	import_with_a_silence(*state);
	char *text = run_command(&code,
	        "cd %s && export QUANTRAC_NOW=2026-12-20T00:00:00+07:00 && %s "
	        "--archive a "
	        "status --gaps --format csv --since 2026-11-10 --until 2026-11-10 && "
	        "%s --archive a status --gaps",
	        (char *)*state, quantrac, quantrac);
	assert_int_equal(code, 0);
	assert_contains(text,
	        "nt,,,2026-11-10T00:00:00+07:00,2026-11-11T00:00:00+07:00,"
	        "no,86400,station,yes,1440,0,,");
	assert_contains(
	        text, "lost in all      1 gap "); /* the silence in the import */
	free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, holes_setup, holes_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_missing_day_whose_records_are_in_the_journal_loses_nothing),
		TEST(a_missing_day_is_one_gap_with_its_records),
		TEST(a_missing_day_whose_journal_was_rewritten_is_one_gap_with_the_file),
		TEST(a_changed_byte_in_a_day_is_told),
		TEST(a_conflict_in_quarantine_is_told_with_its_time),
		TEST(a_pruned_day_and_the_silence_behind_it_are_two_rows),
		TEST(of_a_pruned_day_the_journal_counts_as_it_was_sealed),
		TEST(a_day_behind_the_end_of_an_import_is_a_gap_for_whoever_asks_for_it),
	};
	return cmocka_run_group_tests_name("holes: files", tests, NULL, NULL);
}
