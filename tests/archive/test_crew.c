/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work shared among threads, and sealed files that do not tell how many made them. */
#include "tests/kits/check.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/crew.h"
#include "archive/day.h"
#include "base/digest.h"
#include "base/folder.h"
#include "tests/kits/sample_chance.h"
#include "tests/kits/sample_records.h"

enum { PIECES = 20000, ROUNDS = 200 };

struct pieces {
	int done[PIECES];
	atomic_int at_work[CREW_MOST]; /* pieces of a hand under way */
	atomic_int wrong;
	uint64_t sum[CREW_MOST]; /* of each hand: nobody else writes it */
};

static void do_piece(void *with, size_t i, size_t hand)
{
	struct pieces *pieces = with;
	if (hand >= crew_hands() || atomic_fetch_add(&pieces->at_work[hand], 1) != 0)
		pieces->wrong++;
	pieces->done[i]++;
	pieces->sum[hand] += i;
	pieces->at_work[hand]--;
}

static void assert_all_done(struct pieces *pieces, size_t n, int times)
{
	assert_int_equal(pieces->wrong, 0);
	for (size_t i = 0; i < PIECES; i++)
		assert_int_equal(pieces->done[i], i < n ? times : 0);
}

static void every_piece_is_done_once_by_however_many_hands(void **state)
{
	for (size_t hands = 1; hands <= CREW_MOST; hands++) {
		struct pieces *pieces = calloc(1, sizeof *pieces);
		uint64_t sum = 0;
		crew_begin(hands);
		assert_int_equal(crew_hands(), hands);
		crew_share(PIECES, do_piece, pieces);
		assert_all_done(pieces, PIECES, 1);
		for (size_t i = 0; i < CREW_MOST; i++)
			sum += pieces->sum[i];
		assert_int_equal(sum, (uint64_t)PIECES * (PIECES - 1) / 2);
		crew_end();
		assert_int_equal(crew_hands(), 1);
		free(pieces);
	}
}

static void rounds_follow_one_another_however_short_they_are(void **state)
{
	struct pieces *pieces = calloc(1, sizeof *pieces);
	crew_begin(CREW_MOST);
	for (int round = 0; round < ROUNDS; round++)
		crew_share(3, do_piece, pieces);
	crew_share(0, do_piece, pieces);
	assert_all_done(pieces, 3, ROUNDS);
	crew_end();
	free(pieces);
}

static void there_are_never_more_hands_than_there_may_be(void **state)
{
	size_t processors = crew_processors();
	assert_true(processors >= 1 && processors <= CREW_MOST);
	crew_begin(10 * CREW_MOST);
	assert_int_equal(crew_hands(), CREW_MOST);
	crew_end();
	crew_begin(0);
	assert_int_equal(crew_hands(), 1);
	crew_end();
}

/* ---- sealed files ---- */

static void write_day(const struct sample *sample, const char *path, size_t hands)
{
	struct day_header header = sample_header(sample);
	struct problem why = { .text = "" };
	crew_begin(hands);
	assert_int_equal(day_write(path, &header, sample->record, sample->n,
	                         sample->describe, sample->n_describes, &why),
	        OK);
	crew_end();
}

static void assert_same_file(const char *one, const char *other)
{
	char *first, *second;
	size_t n_first, n_second;
	assert_int_equal(file_read(one, 1 << 26, &first, &n_first), OK);
	assert_int_equal(file_read(other, 1 << 26, &second, &n_second), OK);
	assert_int_equal(n_first, n_second);
	assert_memory_equal(first, second, n_first);
	free(first);
	free(second);
}

struct reading_back {
	const struct sample *sample;
	size_t at, wrong;
};

static int same_record(void *with, const uint8_t *record, size_t size,
        int64_t stored_us, uint8_t transport)
{
	struct reading_back *back = with;
	const struct day_record *want = &back->sample->record[back->at++];
	back->wrong += want->size != size || memcmp(want->bytes, record, size) != 0;
	return 0;
}

/* What comes back, and what is said of a byte that is not as it was. */
static int read_day(const struct sample *sample, const char *path, size_t hands,
        struct problem *why)
{
	struct day *day;
	struct reading_back back = { .sample = sample };
	crew_begin(hands);
	int status = day_open(&day, path, why);
	assert_int_equal(status, OK);
	status = day_records(day, same_record, &back, why);
	day_close(day);
	crew_end();
	assert_int_equal(back.wrong, 0);
	return status;
}

static void a_day_is_the_same_file_made_by_one_and_by_four(void **state)
{
	const char *one = in_folder(*state, "one.h5");
	const char *more = in_folder(*state, "more.h5");
	for (uint64_t round = 0; round < 3; round++) {
		struct sample sample;
		struct problem why = { .text = "" };
		uint64_t seed = 31 + round;
		if (round == 0)
			sample_plain(&sample, "bt-outlet", SAMPLE_DAY_US, 2);
		else
			sample_chance(&sample, &seed, 1000);
		write_day(&sample, one, 1);
		for (size_t hands = 2; hands <= CREW_MOST; hands += 2) {
			write_day(&sample, more, hands);
			assert_same_file(one, more);
			assert_int_equal(
			        read_day(&sample, more, hands, &why), sample.n);
			unlink(more);
		}
		sample_free(&sample);
		unlink(one);
	}
}

static void damage_is_told_alike_by_one_and_by_four(void **state)
{
	const char *path = in_folder(*state, "day.h5");
	struct sample sample;
	char *bytes;
	size_t n;
	sample_plain(&sample, "bt-outlet", SAMPLE_DAY_US, 2);
	write_day(&sample, path, 1);
	assert_int_equal(file_read(path, 1 << 26, &bytes, &n), OK);
	int told = 0;
	for (size_t at = n / 8; at < n; at += n / 8) {
		struct problem one = { .text = "" }, four = { .text = "" };
		bytes[at] ^= 0x10;
		assert_int_equal(file_replace(path, bytes, n, 0600), OK);
		bytes[at] ^= 0x10;
		int status = read_day(&sample, path, 1, &one);
		assert_int_equal(read_day(&sample, path, CREW_MOST, &four), status);
		assert_string_equal(one.text, four.text);
		told += status == MALFORMED;
	}
	assert_true(told > 0);
	free(bytes);
	sample_free(&sample);
}

static void the_nodes_of_a_day_do_not_tell_who_hashed_them(void **state)
{
	struct sample sample;
	uint64_t seed = 5;
	sample_chance(&sample, &seed, 1000);
	size_t size = day_blocks(sample.n) * DIGEST_SIZE;
	uint8_t *one = malloc(size), *four = malloc(size);
	assert_int_equal(day_nodes(sample.record, sample.n, one), OK);
	crew_begin(CREW_MOST);
	assert_int_equal(day_nodes(sample.record, sample.n, four), OK);
	crew_end();
	assert_memory_equal(one, four, size);
	free(one);
	free(four);
	sample_free(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_piece_is_done_once_by_however_many_hands),
		cmocka_unit_test(rounds_follow_one_another_however_short_they_are),
		cmocka_unit_test(there_are_never_more_hands_than_there_may_be),
		cmocka_unit_test(the_nodes_of_a_day_do_not_tell_who_hashed_them),
		cmocka_unit_test_setup_teardown(
		        a_day_is_the_same_file_made_by_one_and_by_four, scratch_make,
		        scratch_remove),
		cmocka_unit_test_setup_teardown(damage_is_told_alike_by_one_and_by_four,
		        scratch_make, scratch_remove),
	};
	return cmocka_run_group_tests_name("crew", tests, NULL, NULL);
}
