/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a journal counts where the sealed file is missing or damaged: what is proved to be
 * what was sealed. */
#include "tests/kits/reader_kit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/proof.h"
#include "archive/sealed_ranges.h"
#include "base/folder.h"
#include "tests/kits/forge_kit.h"

#define DAY_ONE "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15.h5"
#define JOURNAL "journal/bt-outlet/0000000000000007/00000000000000000001.log"
#define FORGED  1.5e6
#define LEFT_OUT                                                                       \
	"bt-outlet_2026-11-15.h5: the records in the journal are not, or not all, "    \
	"those that were sealed in it: they are left out"

static void flip(const char *path, off_t at)
{
	uint8_t byte;
	chmod(path, 0600);
	int fd = open(path, O_RDWR);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

/* The notes of the files in the order of the list: n ranges, one each. */
static void note(const char *dir, const struct sealed_range *range, size_t n)
{
	struct seal_list list;
	struct problem why;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	assert_int_equal(seal_list_read(&list, dir, &why), OK);
	for (size_t i = 0; i < n; i++) {
		char *line = sealed_line_print(list.seal[i].file, &range[i], 1);
		fputs(line, out);
		free(line);
	}
	fclose(out);
	assert_int_equal(folder_make(in_folder(dir, "sealed")), OK);
	assert_int_equal(
	        file_replace(in_folder(dir, "sealed/bt-outlet"), text, size, 0640), OK);
	free(text);
	seal_list_free(&list);
}

static const struct sealed_range days[] = { { 7, 1, 289, 0, 0 },
	{ 7, 290, 577, 0, 0 } };

/* Two sealed days, a third in the journal alone, as all three are. */
static void make(const char *dir)
{
	three_days(dir, 2, true);
	note(dir, days, 2);
}

static void forge_day_one(const char *dir)
{
	forge_values(
	        dir, "bt-outlet", SAMPLE_DAY_US, SAMPLE_DAY_US + US_PER_DAY, FORGED);
}

/* How many rows, none of them forged; *problems told. */
static size_t count_true(const char *dir, bool *left_out)
{
	struct reader *reader = open_well(dir);
	struct query query = all_of("bt-outlet");
	struct rows *rows;
	size_t n = ask(reader, &query, &rows), count = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < rows[i].n; k++, count++)
			assert_false(rows[i].value[0][k] == FORGED);
	rows_free(rows, n);
	*left_out = false;
	for (size_t i = 0; i < reader_problems(reader); i++)
		*left_out = *left_out ||
		            strstr(reader_problem(reader, i), LEFT_OUT) != NULL;
	reader_close(reader);
	return count;
}

static void a_forged_journal_does_not_take_the_place_of_a_missing_file(void **state)
{
	bool left_out;
	make(*state);
	forge_day_one(*state);
	assert_int_equal(count_true(*state, &left_out), 864); /* the files stand */
	assert_false(left_out);
	unlink(in_folder(*state, DAY_ONE));
	assert_int_equal(count_true(*state, &left_out), 576);
	assert_true(left_out);
	/* nor do notes that say other numbers, or none */
	note(*state, (const struct sealed_range[]){ { 7, 578, 866, 0, 0 }, days[1] },
	        2);
	assert_int_equal(count_true(*state, &left_out), 288);
	assert_true(left_out);
	unlink(in_folder(*state, "sealed/bt-outlet"));
	assert_int_equal(count_true(*state, &left_out), 576);
	assert_true(left_out);
}

static void nor_of_a_damaged_file(void **state)
{
	bool left_out;
	make(*state);
	forge_day_one(*state);
	flip(in_folder(*state, DAY_ONE), 5000);
	assert_int_equal(count_true(*state, &left_out), 576);
	assert_true(left_out);
}

static void what_was_sealed_counts_from_the_journal(void **state)
{
	bool left_out;
	make(*state);
	unlink(in_folder(*state, DAY_ONE));
	assert_int_equal(count_true(*state, &left_out), 864);
	assert_false(left_out);
	/* the day tells as well which they are */
	note(*state, (const struct sealed_range[]){ { 7, 1, 288, 0, 0 }, days[1] }, 2);
	assert_int_equal(count_true(*state, &left_out), 864);
	unlink(in_folder(*state, "sealed/bt-outlet"));
	assert_int_equal(count_true(*state, &left_out), 864);
	assert_false(left_out);
}

static void a_journal_that_lacks_one_record_proves_nothing(void **state)
{
	bool left_out;
	make(*state);
	unlink(in_folder(*state, DAY_ONE));
	flip(in_folder(*state, JOURNAL), 20000);
	assert_int_equal(count_true(*state, &left_out), 576);
	assert_true(left_out);
}

static int count_event(void *with, const struct reader_event *event)
{
	++*(int *)with;
	return 0;
}

static void records_are_left_out_as_rows_are(void **state)
{
	struct problem why;
	int count = 0;
	make(*state);
	forge_day_one(*state);
	unlink(in_folder(*state, DAY_ONE));
	struct reader *reader = open_well(*state);
	struct query query = all_of("bt-outlet");
	unsigned types = 1u << RECORD_READING | 1u << RECORD_DESCRIBE;
	assert_int_equal(
	        reader_events(reader, &query, types, count_event, &count, &why), 576);
	assert_int_equal(count, 576); /* the DESCRIBE lay in the first day */
	reader_close(reader);
}

/* Day one is sealed as its first 201 records and, late, the other 88. */
static void make_with_late(const char *dir)
{
	struct sample whole, part;
	sample_archive_make(dir);
	sample_start(&whole, "bt-outlet");
	size_t cod = sample_instrument(&whole, "cod-1", two_channels);
	struct sample_head head = { .epoch = 7,
		.seq = 1,
		.boot = 9,
		.clock = CLOCK_SYNCED,
		.time_us = SAMPLE_DAY_US };
	sample_describe(&whole, &head, cod);
	for (int i = 0; i < 2 * 288; i++) {
		head.seq++;
		head.time_us = SAMPLE_DAY_US + i * 300 * US_PER_S;
		sample_reading(&whole, &head, cod, (double[]){ i, -i });
	}
	part = whole; /* borrows */
	part.n = 201;
	sample_archive_seal(dir, &part, SAMPLE_DAY_US, 0);
	part.record = whole.record + 201;
	part.n = 88;
	sample_archive_seal(dir, &part, SAMPLE_DAY_US, 1);
	sample_archive_journal(dir, &whole);
	sample_free(&whole);
	note(dir,
	        (const struct sealed_range[]){
	                { 7, 1, 201, 0, 0 }, { 7, 202, 289, 0, 0 } },
	        2);
}

static void a_late_file_of_the_day_counts_and_so_do_other_days(void **state)
{
	bool left_out;
	make_with_late(*state);
	unlink(in_folder(*state, DAY_ONE));
	assert_int_equal(count_true(*state, &left_out), 576);
	assert_false(left_out);
	forge_day_one(*state);
	/* the late file's 88, and the second day, which lies in the journal alone */
	assert_int_equal(count_true(*state, &left_out), 88 + 288);
	assert_true(left_out);
}

static void of_two_files_gone_each_is_proved_by_itself(void **state)
{
	bool left_out;
	make_with_late(*state);
	unlink(in_folder(*state, DAY_ONE));
	unlink(in_folder(
	        *state, "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15_late1.h5"));
	assert_int_equal(count_true(*state, &left_out), 576);
	assert_false(left_out);
	forge_values(*state, "bt-outlet", SAMPLE_DAY_US, SAMPLE_DAY_US + US_PER_HOUR,
	        FORGED);
	assert_int_equal(count_true(*state, &left_out), 88 + 288);
	assert_true(left_out);
}

/* Ten readings that no day can be given to, sealed as such; where their file is. */
static const char *make_unplaced(const char *dir)
{
	struct sample whole, part;
	sample_archive_make(dir);
	sample_start(&whole, "bt-outlet");
	size_t cod = sample_instrument(&whole, "cod-1", two_channels);
	struct sample_head head = { .epoch = 7,
		.seq = 1,
		.boot = 9,
		.clock = CLOCK_SYNCED,
		.time_us = SAMPLE_DAY_US };
	sample_describe(&whole, &head, cod);
	head.boot = 10;
	head.clock = CLOCK_UNSYNCED;
	for (int i = 0; i < 10; i++) {
		head.seq++;
		head.time_us = head.mono_us = i * US_PER_S;
		sample_reading(&whole, &head, cod, (double[]){ i, -i });
		whole.record[whole.n - 1].stored_us = SAMPLE_DAY_US + head.time_us;
	}
	part = whole; /* borrows */
	part.record = whole.record + 1;
	part.n = 10;
	const char *path = sample_archive_seal(dir, &part, INT64_MIN, 0);
	sample_archive_journal(dir, &whole);
	sample_free(&whole);
	note(dir, (const struct sealed_range[]){ { 7, 2, 11, 0, 0 } }, 1);
	return path;
}

static size_t count_unplaced(const char *dir)
{
	struct reader *reader = open_well(dir);
	struct query query = all_of("bt-outlet");
	query.unplaced = UNPLACED_ONLY;
	size_t count = count_rows(reader, &query);
	reader_close(reader);
	return count;
}

static void what_has_no_day_is_proved_by_the_notes_alone(void **state)
{
	assert_int_equal(unlink(make_unplaced(*state)), 0);
	assert_int_equal(count_unplaced(*state), 10);
	forge_values(*state, "bt-outlet", 0, US_PER_HOUR, FORGED);
	assert_int_equal(count_unplaced(*state), 0);
	unlink(in_folder(*state, "sealed/bt-outlet"));
	assert_int_equal(count_unplaced(*state), 0);
}

/* A reading at noon of day one under a clock that was not set, sealed in it; the CLOCK record
 * that says so came and was sealed a day later.  The journal has the first day alone. */
static void make_placed_later(const char *dir)
{
	struct sample whole, part;
	sample_archive_make(dir);
	sample_start(&whole, "bt-outlet");
	size_t cod = sample_instrument(&whole, "cod-1", two_channels);
	struct sample_head head = { .epoch = 7,
		.seq = 1,
		.boot = 10,
		.clock = CLOCK_SYNCED,
		.time_us = SAMPLE_DAY_US };
	sample_describe(&whole, &head, cod);
	head.seq = 2;
	head.clock = CLOCK_UNSYNCED;
	head.time_us = head.mono_us = 12 * US_PER_HOUR;
	sample_reading(&whole, &head, cod, (double[]){ 1, 2 });
	head.seq = 3;
	head.clock = CLOCK_SYNCED;
	head.mono_us = 36 * US_PER_HOUR;
	head.time_us = SAMPLE_DAY_US + head.mono_us;
	sample_clock(&whole, &head, SAMPLE_DAY_US);
	part = whole; /* borrows */
	part.n = 2;
	sample_archive_seal(dir, &part, SAMPLE_DAY_US, 0);
	sample_archive_journal(dir, &part);
	part.record = whole.record + 2;
	part.n = 1;
	sample_archive_seal(dir, &part, SAMPLE_DAY_US + US_PER_DAY, 0);
	sample_free(&whole);
}

static size_t count_day_one(const char *dir)
{
	struct reader *reader = open_well(dir);
	struct query query = all_of("bt-outlet");
	query.from_us = SAMPLE_DAY_US;
	query.to_us = SAMPLE_DAY_US + US_PER_DAY;
	size_t count = count_rows(reader, &query);
	reader_close(reader);
	return count;
}

static void what_is_placed_later_does_not_slip_into_a_day_that_is_not_proved(
        void **state)
{
	make_placed_later(*state);
	assert_int_equal(count_day_one(*state), 1);
	assert_int_equal(unlink(in_folder(*state, DAY_ONE)), 0);
	note(*state,
	        (const struct sealed_range[]){ { 7, 1, 2, 0, 0 }, { 7, 3, 3, 0, 0 } },
	        2);
	assert_int_equal(count_day_one(*state), 1);
	forge_values(*state, "bt-outlet", 0, US_PER_DAY, FORGED);
	unlink(in_folder(*state, "sealed/bt-outlet"));
	assert_int_equal(count_day_one(*state), 0);
}

/* A reading believed at its stamp, noon of day one, until a CLOCK record says noon of day two. */
static void nor_does_what_was_believed_to_lie_in_it_at_the_time(void **state)
{
	struct sample whole, part;
	sample_archive_make(*state);
	sample_start(&whole, "bt-outlet");
	size_t cod = sample_instrument(&whole, "cod-1", two_channels);
	struct sample_head head = { .epoch = 7,
		.seq = 1,
		.boot = 10,
		.clock = CLOCK_SYNCED,
		.time_us = SAMPLE_DAY_US };
	sample_describe(&whole, &head, cod);
	head.seq = 2;
	head.clock = CLOCK_UNSYNCED;
	head.mono_us = 12 * US_PER_HOUR;
	head.time_us = SAMPLE_DAY_US + head.mono_us;
	sample_reading(&whole, &head, cod, (double[]){ 1, 2 });
	part = whole; /* borrows */
	sample_archive_seal(*state, &part, SAMPLE_DAY_US, 0);
	head.seq = 3;
	head.clock = CLOCK_SYNCED;
	head.mono_us = 36 * US_PER_HOUR;
	head.time_us = SAMPLE_DAY_US + US_PER_DAY + head.mono_us;
	sample_clock(&whole, &head, US_PER_DAY);
	sample_archive_journal(*state, &whole);
	sample_free(&whole);
	unlink(in_folder(*state, DAY_ONE));
	forge_values(*state, "bt-outlet", 0, SAMPLE_DAY_US + US_PER_DAY, FORGED);
	struct reader *reader = open_well(*state);
	struct query query = all_of("bt-outlet");
	query.as_of_us = SAMPLE_DAY_US + US_PER_DAY;
	assert_int_equal(count_rows(reader, &query), 0);
	reader_close(reader);
}

#define WITH_FOLDER(test)                                                              \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(a_forged_journal_does_not_take_the_place_of_a_missing_file),
		WITH_FOLDER(nor_of_a_damaged_file),
		WITH_FOLDER(what_was_sealed_counts_from_the_journal),
		WITH_FOLDER(a_journal_that_lacks_one_record_proves_nothing),
		WITH_FOLDER(records_are_left_out_as_rows_are),
		WITH_FOLDER(a_late_file_of_the_day_counts_and_so_do_other_days),
		WITH_FOLDER(of_two_files_gone_each_is_proved_by_itself),
		WITH_FOLDER(what_has_no_day_is_proved_by_the_notes_alone),
		WITH_FOLDER(
		        what_is_placed_later_does_not_slip_into_a_day_that_is_not_proved),
		WITH_FOLDER(nor_does_what_was_believed_to_lie_in_it_at_the_time),
	};
	return cmocka_run_group_tests_name("reader: proved", tests, NULL, NULL);
}
