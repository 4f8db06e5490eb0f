/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive/day.h"
#include "base/bytes.h"
#include "base/folder.h"
#include "tests/kits/sample_chance.h"
#include "tests/kits/sample_records.h"

static int write_sample(
        const struct sample *sample, const char *path, struct problem *why)
{
	struct day_header header = sample_header(sample);
	return day_write(path, &header, sample->record, sample->n, sample->describe,
	        sample->n_describes, why);
}

static void write_well(const struct sample *sample, const char *path)
{
	struct problem why = { 0 };
	int status = write_sample(sample, path, &why);
	if (status != OK)
		print_error("%s\n", why.text);
	assert_int_equal(status, OK);
}

/* Compares what comes with what was written. */
struct comparison {
	const struct sample *sample;
	size_t at, wrong;
};

static int same_record(void *with, const uint8_t *record, size_t size,
        int64_t stored_us, uint8_t transport)
{
	struct comparison *comparison = with;
	if (comparison->at >= comparison->sample->n) {
		comparison->wrong++;
		return 1;
	}
	const struct day_record *want = &comparison->sample->record[comparison->at++];
	if (want->size != size || memcmp(want->bytes, record, size) != 0 ||
	        want->stored_us != stored_us || want->transport != transport)
		comparison->wrong++;
	return 0;
}

static void assert_gives_back(const struct sample *sample, const char *path)
{
	struct day *day;
	struct problem why = { 0 };
	struct comparison comparison = { .sample = sample };
	int status = day_open(&day, path, &why);
	if (status != OK)
		print_error("%s\n", why.text);
	assert_int_equal(status, OK);
	int count = day_records(day, same_record, &comparison, &why);
	if (count < 0)
		print_error("%s\n", why.text);
	assert_int_equal(count, sample->n);
	assert_int_equal(comparison.wrong, 0);
	day_close(day);
}

static void every_record_comes_back_byte_for_byte(void **state)
{
	for (uint64_t round = 1; round <= 12; round++) {
		uint64_t seed = round * 7919;
		struct sample sample;
		const char *path = in_folder(*state, "day.h5");
		sample_chance(&sample, &seed, round * 60);
		write_well(&sample, path);
		assert_gives_back(&sample, path);
		sample_free(&sample);
		unlink(path);
	}
}

static void days_longer_than_a_chunk_come_back(void **state)
{
	struct sample sample;
	const char *path = in_folder(*state, "day.h5");
	sample_plain(&sample, "bt-outlet", SAMPLE_DAY_US,
	        9); /* 9,600 rows: a chunk and a bit */
	write_well(&sample, path);
	assert_gives_back(&sample, path);
	sample_free(&sample);
}

static void same_records_make_the_same_file(void **state)
{
	uint64_t seed = 11;
	struct sample sample;
	char *first, *second;
	size_t n_first, n_second;
	const char *a = in_folder(*state, "a.h5"), *b = in_folder(*state, "b.h5");
	sample_chance(&sample, &seed, 300);
	write_well(&sample, a);
	write_well(&sample, b);
	assert_int_equal(file_read(a, 1 << 26, &first, &n_first), OK);
	assert_int_equal(file_read(b, 1 << 26, &second, &n_second), OK);
	assert_int_equal(n_first, n_second);
	assert_memory_equal(first, second, n_first);
	/* The one time libhdf5 would write: that of the superblock extension, which
	 * follows at 48. */
	assert_int_equal(first[20], 48);
	assert_memory_equal(first + 48, "OHDR", 4);
	assert_memory_equal(first + 54, (uint8_t[16]){ 0 }, 16);
	free(first);
	free(second);
	sample_free(&sample);
}

static void a_file_that_is_there_is_not_written_over(void **state)
{
	struct sample sample;
	struct problem why = { 0 };
	const char *path = in_folder(*state, "day.h5");
	sample_plain(&sample, "bt-outlet", SAMPLE_DAY_US, 3600);
	write_well(&sample, path);
	assert_int_equal(write_sample(&sample, path, &why), FAILED);
	assert_contains(why.text, "cannot be made");
	assert_gives_back(&sample, path);
	sample_free(&sample);
}

static void unsound_input_is_refused(void **state)
{
	struct sample sample;
	struct problem why = { 0 };
	const char *path = in_folder(*state, "day.h5");
	sample_plain(&sample, "bt-outlet", SAMPLE_DAY_US, 3600);
	struct day_header header = sample_header(&sample);
	assert_int_equal(
	        day_write(path, &header, sample.record, sample.n, NULL, 0, &why),
	        MALFORMED);
	assert_contains(why.text, "which nobody has");
	struct day_record swap = sample.record[3];
	sample.record[3] = sample.record[4];
	sample.record[4] = swap;
	assert_int_equal(write_sample(&sample, path, &why), MALFORMED);
	assert_contains(why.text, "out of order");
	struct day_record fifth = sample.record[4];
	sample.record[4] = sample.record[3]; /* doubled */
	assert_int_equal(write_sample(&sample, path, &why), MALFORMED);
	assert_contains(why.text, "out of order");
	sample.record[4] = fifth;
	header.station = "another";
	assert_int_equal(day_write(path, &header, sample.record, 3, sample.describe,
	                         sample.n_describes, &why),
	        MALFORMED);
	assert_contains(why.text, "not of station another");
	assert_int_equal(access(path, F_OK), -1);
	sample_free(&sample);
}

static void columns_are_those_of_the_records(void **state)
{
	struct sample sample;
	struct day *day;
	struct problem why;
	const char *path = in_folder(*state, "day.h5");
	sample_plain(&sample, "bt-outlet", SAMPLE_DAY_US, 300);
	write_well(&sample, path);
	assert_int_equal(day_open(&day, path, &why), OK);
	assert_string_equal(day_header(day)->zone_name, "KCN Mẫu");
	assert_int_equal(day_header(day)->day_us, SAMPLE_DAY_US);
	assert_int_equal(day_groups(day), 1);
	assert_string_equal(day_group_describe(day, 0)->instrument, "cod-1");
	assert_int_equal(day_group_rows(day, 0), 288);
	int64_t time_us[288], stored_us[288], sampled_us[288], mono_us[288];
	uint64_t epoch[288], seq[288], boot[288];
	uint8_t clock[288], transport[288], flag[288];
	double value[288];
	assert_int_equal(day_times(day, 0, time_us), OK);
	assert_int_equal(day_stored(day, 0, stored_us), OK);
	assert_int_equal(day_seq(day, 0, epoch, seq), OK);
	assert_int_equal(day_clock(day, 0, clock), OK);
	assert_int_equal(day_transport(day, 0, transport), OK);
	assert_int_equal(day_mono(day, 0, mono_us, boot), OK);
	assert_int_equal(day_channel(day, 0, 1, value, flag), OK);
	assert_int_equal(day_sampled(day, 0, 1, sampled_us), OK);
	for (int64_t i = 0; i < 288; i++) {
		assert_int_equal(time_us[i], SAMPLE_DAY_US + i * 300000000);
		assert_int_equal(mono_us[i], i * 300000000);
		assert_int_equal(seq[i], i + 3);
		assert_int_equal(epoch[i], 7);
		assert_int_equal(boot[i], 99);
		assert_int_equal(clock[i], CLOCK_SYNCED);
		assert_int_equal(transport[i], seq[i] % 3);
		assert_int_equal(
		        stored_us[i], time_us[i] + 250000 + (int64_t)seq[i] % 1000);
		assert_int_equal(flag[i], seq[i] % 50 == 0 ? STATE_SILENT : STATE_OK);
		assert_int_equal(isnan(value[i]), seq[i] % 50 == 0);
		assert_int_equal(sampled_us[i], 0);
	}
	struct describe *own;
	assert_int_equal(day_station_describe(day, &own, &why), OK);
	assert_string_equal(own->station_name, "Cửa xả Mẫu");
	describe_free(own);
	day_close(day);
	sample_free(&sample);
}

static void files_that_are_none_say_so(void **state)
{
	struct day *day;
	struct problem why = { 0 };
	const char *path = in_folder(*state, "day.h5");
	assert_int_equal(day_open(&day, path, &why), NOT_FOUND);
	assert_contains(why.text, "day.h5");
	assert_int_equal(file_replace(path, "no HDF5", 7, 0600), OK);
	assert_int_equal(day_open(&day, path, &why), MALFORMED);
	assert_contains(why.text, "is not a sound HDF5 file");
}

/* ---- damage ---- */

#define MUTATIONS 2000

/* What came of each mutation; shared with the children. */
struct tally {
	volatile unsigned next, refused, harmless, wrong, crashed, hung;
};

static void mutate_once(const struct sample *sample, const char *path, uint64_t *seed,
        struct tally *tally)
{
	struct day *day;
	struct problem why = { 0 };
	struct comparison comparison = { .sample = sample };
	struct stat st;
	int fd = open(path, O_RDWR);
	fstat(fd, &st);
	off_t at = (off_t)(chance(seed) % (uint64_t)st.st_size);
	uint8_t was, is;
	if (pread(fd, &was, 1, at) != 1)
		abort();
	is = was ^ (uint8_t)(1u << chance(seed) % 8);
	if (pwrite(fd, &is, 1, at) != 1)
		abort();
	if (day_open(&day, path, &why) != OK) {
		tally->refused++;
	} else {
		int count = day_records(day, same_record, &comparison, &why);
		if (count < 0)
			tally->refused++;
		else if (comparison.wrong > 0 || (size_t)count != sample->n)
			tally->wrong++;
		else
			tally->harmless++;
		day_close(day);
	}
	if (pwrite(fd, &was, 1, at) != 1)
		abort();
	close(fd);
}

/* One child goes on until it is done or libhdf5 kills it. */
static void mutate_some(
        const struct sample *sample, const char *path, struct tally *tally)
{
	pid_t child = fork();
	if (child == 0) {
		while (tally->next < MUTATIONS) {
			uint64_t seed = 1 + 104729 * ++tally->next;
			alarm(10);
			mutate_once(sample, path, &seed, tally);
		}
		_exit(0);
	}
	int status = 0;
	waitpid(child, &status, 0);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		tally->hung++;
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		tally->crashed++;
}

static void every_flipped_bit_is_refused_or_harmless(void **state)
{
	uint64_t seed = 5;
	struct sample sample;
	const char *path = in_folder(*state, "day.h5"),
	           *copy = in_folder(*state, "copy.h5");
	struct tally *tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE,
	        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *bytes;
	size_t n;
	sample_chance(&sample, &seed, 49);
	write_well(&sample, path);
	assert_gives_back(&sample, path);
	assert_int_equal(file_read(path, 1 << 26, &bytes, &n), OK);
	while (tally->next < MUTATIONS) {
		unlink(copy);
		assert_int_equal(file_replace(copy, bytes, n, 0600), OK);
		mutate_some(&sample, copy, tally);
	}
	print_message("%u bits flipped in %zu bytes: %u refused, %u harmless, %u "
	              "crashed libhdf5, "
	              "%u hung it, %u wrong\n",
	        MUTATIONS, n, tally->refused, tally->harmless, tally->crashed,
	        tally->hung, tally->wrong);
	assert_int_equal(tally->wrong, 0);
	assert_int_equal(tally->hung, 0);
	assert_true(tally->refused > MUTATIONS / 4);
	free(bytes);
	munmap(tally, sizeof *tally);
	sample_free(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_record_comes_back_byte_for_byte,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(days_longer_than_a_chunk_come_back,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        same_records_make_the_same_file, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        a_file_that_is_there_is_not_written_over, scratch_make,
		        scratch_remove),
		cmocka_unit_test_setup_teardown(
		        unsound_input_is_refused, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        columns_are_those_of_the_records, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        files_that_are_none_say_so, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        every_flipped_bit_is_refused_or_harmless, scratch_make,
		        scratch_remove),
	};
	return cmocka_run_group_tests_name("day", tests, NULL, NULL);
}
