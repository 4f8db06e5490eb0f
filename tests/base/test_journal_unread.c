/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A journal on a disk that cannot be read in places: what could not be looked at is
 * never taken for nothing. */
#include "tests/kits/check.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/log.h"
#include "tests/kits/journal_kit.h"

#define SMALL      9
#define SMALL_SIZE 96

/* ---- the disk: these stand before those of the C library ---- */

static struct {
	off_t from, to; /* bytes of any file that cannot be read; to 0: none */
	long readdir;   /* the how-manieth call from now on fails; 0: none */
	size_t interrupted;
} ill;

ssize_t pread(int fd, void *out, size_t n, off_t at)
{
	if (ill.interrupted > 0) {
		ill.interrupted--;
		errno = EINTR;
		return -1;
	}
	if (at < ill.to && at + (off_t)n > ill.from && at >= ill.from) {
		errno = EIO;
		return -1;
	}
	if (at < ill.from && at + (off_t)n > ill.from && ill.to > 0)
		n = (size_t)(ill.from - at);
	return syscall(SYS_pread64, fd, out, n, at);
}

struct dirent *readdir(DIR *dir)
{
	struct dirent *(*real)(DIR *);
	void *found = dlsym(RTLD_NEXT, "readdir");
	memcpy(&real, &found, sizeof found);
	if (ill.readdir > 0 && --ill.readdir == 0) {
		errno = EIO;
		return NULL;
	}
	return real(dir);
}

static int disk_heals(void **state)
{
	memset(&ill, 0, sizeof ill);
	return scratch_remove(state);
}

/* ---- lists ---- */

static void make_segments(const char *folder, int segments, size_t records)
{
	struct journal *journal = kit_open(folder, NULL);
	for (int i = 0; i < segments; i++) {
		if (i > 0)
			assert_int_equal(
			        journal_begin(journal, journal_committed_seq(journal)),
			        OK);
		kit_append(journal, records, SMALL, 2);
	}
	journal_close(journal);
}

static int list_of(const char *folder)
{
	uint64_t *list = NULL;
	struct journal_options options = kit_options(folder);
	long nth = ill.readdir;
	ill.readdir = 0;
	struct journal *journal = kit_open_with(&options, NULL);
	ill.readdir = nth;
	int n = segment_list(journal->folder, &list);
	if (n >= 0)
		free(list);
	ill.readdir = 0;
	journal_close(journal);
	return n;
}

/* A list cut short would be a journal that ends there, and numbers given twice. */
static void a_folder_read_in_part_is_not_a_shorter_journal(void **state)
{
	struct journal_options options = kit_options(*state);
	struct journal_reader *reader;
	struct journal *journal;
	struct problem why;
	make_segments(*state, 3, 4);
	assert_int_equal(list_of(*state), 3);
	for (ill.readdir = 1; ill.readdir <= 5; ill.readdir++) {
		long nth = ill.readdir;
		assert_int_equal(list_of(*state), FAILED);
		ill.readdir = nth;
		assert_int_equal(journal_open(&journal, &options, NULL, &why), FAILED);
		assert_contains(why.text, strerror(EIO));
		ill.readdir = nth;
		assert_int_equal(
		        journal_read_open(&reader, *state, KIT_SOURCE, KIT_EPOCH, 1),
		        FAILED);
		ill.readdir = nth;
	}
	ill.readdir = 0;
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 12);
	/* and the lock of the one that did not open is gone */
	journal_close(kit_open(*state, NULL));
}

static void an_epoch_whose_folder_cannot_be_read_is_still_one(void **state)
{
	uint64_t epoch[2];
	int seen = 0;
	make_segments(*state, 1, 2);
	/* of the source's folder: ".", ".." and the epoch, in any order; then of the
	 * epoch's own */
	for (long nth = 1; nth <= 4; nth++) {
		ill.readdir = nth;
		seen += journal_epochs(*state, KIT_SOURCE, epoch, 2);
	}
	assert_in_range(seen, 1, 4);
	ill.readdir = 0;
	assert_int_equal(journal_epochs(*state, KIT_SOURCE, epoch, 2), 1);
	assert_true(epoch[0] == KIT_EPOCH);
}

static void nothing_is_let_go_of_a_list_that_cannot_be_read(void **state)
{
	make_segments(*state, 3, 4);
	struct journal *journal = kit_open(*state, NULL);
	ill.readdir = 2;
	assert_int_equal(journal_forget(journal, 13), 0);
	assert_int_equal(journal_first_seq(journal), 1);
	assert_int_equal(journal_forget(journal, 13), 2);
	assert_int_equal(journal_first_seq(journal), 9);
	journal_close(journal);
}

/* ---- taking out an end ---- */

static void what_cannot_be_read_is_not_said_to_be_cut(void **state)
{
	make_segments(*state, 2, 10);
	/* a page in which the end may stand, or the header */
	for (off_t from = 0; from <= 4096; from += 4096) {
		ill.from = from;
		ill.to = JOURNAL_SEGMENT_LEAST;
		errno = 0;
		assert_int_equal(
		        journal_cut(*state, KIT_SOURCE, KIT_EPOCH, 21), FAILED);
		assert_int_equal(errno, EIO);
		ill.to = 0;
		assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 20);
	}
	assert_int_equal(journal_cut(*state, KIT_SOURCE, KIT_EPOCH, 21), OK);
	/* a page behind the end: whatever it holds is zeros afterwards */
	ill.interrupted = 3;
	ill.from = 8192;
	ill.to = 12288;
	kit_poke(kit_segment(*state, 11), 9000, "left over", 9);
	assert_int_equal(journal_cut(*state, KIT_SOURCE, KIT_EPOCH, 15), OK);
	ill.to = 0;
	assert_int_equal(kit_used(kit_segment(*state, 11)),
	        JOURNAL_HEADER + 4 * SMALL_SIZE - (SMALL_SIZE - 16 - 64 - SMALL));
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 14);
}

static void a_segment_of_unknown_number_is_not_said_to_be_cut(void **state)
{
	static const uint8_t other[JOURNAL_HEADER] = { "QTJ1 of another number" };
	static const uint8_t zeros[JOURNAL_SEGMENT_LEAST];
	make_segments(*state, 1, 4);
	kit_poke(kit_segment(*state, 1), 0, other, sizeof other);
	/* its number is 1: found by trying, and the end is taken out */
	assert_int_equal(journal_cut(*state, KIT_SOURCE, KIT_EPOCH, 4), OK);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 3);
	/* with the entries gone too nothing tells it */
	kit_poke(kit_segment(*state, 1), 0, zeros, sizeof zeros - 8);
	kit_poke(kit_segment(*state, 1), 4096, other, sizeof other);
	assert_int_equal(journal_cut(*state, KIT_SOURCE, KIT_EPOCH, 2), FAILED);
	kit_poke(kit_segment(*state, 1), 4096, zeros, sizeof other);
	assert_int_equal(journal_cut(*state, KIT_SOURCE, KIT_EPOCH, 2), OK);
}

/* ---- recovery ---- */

/* The first record of a journal, alone in its segment, and zeros in its place: a page
 * that was lost. */
static void a_first_record_that_became_zeros_is_told(void **state)
{
	static const uint8_t zeros[SMALL_SIZE];
	struct kit_found found;
	make_segments(*state, 2, 1);
	kit_poke(kit_segment(*state, 1), JOURNAL_HEADER, zeros, sizeof zeros);
	struct journal_recovery recovery = kit_goes_on(*state, &found);
	assert_int_equal(recovery.missing, 1);
	assert_int_equal(recovery.first_missing, 1);
	assert_int_equal(recovery.last_missing, 1);
	assert_int_equal(recovery.damaged_segments, 1);
	assert_int_equal(found.holes, 1);
	assert_int_equal(access(kit_segment(*state, 1), F_OK), 0);
}

static void an_older_segment_that_became_zeros_is_damage(void **state)
{
	static const uint8_t zeros[JOURNAL_SEGMENT_LEAST - JOURNAL_HEADER];
	struct kit_found found;
	make_segments(*state, 3, 4);
	kit_poke(kit_segment(*state, 5), JOURNAL_HEADER, zeros, sizeof zeros);
	struct journal_recovery recovery = kit_goes_on(*state, &found);
	assert_int_equal(recovery.missing, 4);
	assert_int_equal(recovery.damaged_segments, 1);
}

/* The empty first segment of a journal that was told to begin further on is in the way
 * of nobody: a crash may leave it. */
static void an_empty_first_segment_goes_when_the_next_tells_why(void **state)
{
	char *empty = strdup(in_folder(*state, "empty"));
	struct journal *journal = kit_open(empty, NULL);
	char *first = strdup(kit_segment(empty, 1));
	char *kept = strdup(in_folder(*state, "kept"));
	assert_int_equal(link(first, kept), 0);
	assert_int_equal(journal_skip(journal, 100, 0), OK);
	kit_append(journal, 2, SMALL, 1);
	journal_close(journal);
	assert_int_equal(access(first, F_OK), -1);
	assert_int_equal(link(kept, first), 0);
	struct journal_recovery recovery;
	journal = kit_open(empty, &recovery);
	assert_int_equal(recovery.records, 2);
	assert_int_equal(recovery.missing, 0);
	assert_int_equal(recovery.damaged_segments, 0);
	assert_int_equal(journal_first_seq(journal), 100);
	assert_int_equal(access(first, F_OK), -1);
	journal_close(journal);
	free(empty);
	free(first);
	free(kept);
}

/* What stands alone has no neighbours to tell its number, as in a journal of which all
 * that was sealed is gone. */
static void a_lone_segment_of_a_high_number_survives_its_header(void **state)
{
	char *good = strdup(in_folder(*state, "good"));
	char *folder = strdup(in_folder(*state, "flip"));
	struct kit_found found;
	struct journal *journal = kit_open(good, NULL);
	for (int i = 0; i < 300; i++)
		assert_int_equal(journal_begin(journal, 1), OK);
	assert_int_equal(journal->segment.number, 301);
	kit_append(journal, 4, SMALL, 1);
	journal_close(journal);
	for (size_t bit = 0; bit < 8 * JOURNAL_HEADER; bit += bit < 256 ? 7 : 3) {
		kit_copy(good, folder);
		kit_flip(kit_segment(folder, 1), bit);
		struct journal_recovery recovery = kit_goes_on(folder, &found);
		assert_int_equal(recovery.records, 4);
		assert_int_equal(recovery.damaged_segments, 1);
		assert_int_equal(recovery.torn_bytes + recovery.missing, 0);
		assert_int_equal(found.records, 7);
	}
	free(good);
	free(folder);
}

/* Begun, and its header damaged before the first record came: damage, no torn write. */
static void the_header_of_an_empty_newest_segment_is_damage(void **state)
{
	struct kit_found found;
	make_segments(*state, 2, 4);
	struct journal *journal = kit_open(*state, NULL);
	assert_int_equal(journal_begin(journal, 9), OK);
	journal_close(journal);
	kit_flip(kit_segment(*state, 9), 8 * 33);
	struct journal_recovery recovery = kit_goes_on(*state, &found);
	assert_int_equal(recovery.records, 8);
	assert_int_equal(recovery.torn_bytes + recovery.missing, 0);
	assert_int_equal(recovery.damaged_segments, 1);
}

static void a_newest_segment_that_cannot_be_read_is_damage(void **state)
{
	struct journal_recovery recovery;
	make_segments(*state, 2, 4);
	ill.to = JOURNAL_SEGMENT_LEAST;
	struct journal *journal = kit_open(*state, &recovery);
	assert_int_equal(recovery.records, 0);
	assert_int_equal(recovery.torn_bytes, 0);
	assert_in_range(recovery.damaged_segments, 1, 2);
	journal_close(journal);
}

#define with_folder(test)                                                              \
	cmocka_unit_test_setup_teardown(test, scratch_make, disk_heals)

static void nobody_listens(enum log_level level, const char *text)
{
}

/* ---- a segment that becomes shorter ---- */

static void what_was_cut_off_meanwhile_is_no_disk_that_fails(void **state)
{
	struct window window;
	make_segments(*state, 1, 4);
	const char *path = kit_segment(*state, 1);
	struct journal *journal = kit_open(*state, NULL);
	const uint64_t first = 1;
	const struct segment_place place = { .folder = journal->folder,
		.source = KIT_SOURCE,
		.epoch = KIT_EPOCH,
		.list = &first,
		.n = 1 };
	assert_int_equal(window_init(&window), OK);
	assert_int_equal(window_open(&window, &place), OK);
	assert_int_equal(truncate(path, 100), 0);
	window_refresh(&window);
	const uint8_t *bytes = window_bytes(&window, 0, 200);
	assert_non_null(bytes);
	assert_int_equal(bytes[0], 'Q');
	for (size_t i = 100; i < 200; i++)
		assert_int_equal(bytes[i], 0);
	assert_false(window.unread);
	window_free(&window);
	journal_close(journal);
}

int main(void)
{
	kit_scratch_in_memory();
	log_catch(nobody_listens);
	const struct CMUnitTest journal_unread[] = {
		with_folder(a_folder_read_in_part_is_not_a_shorter_journal),
		with_folder(an_epoch_whose_folder_cannot_be_read_is_still_one),
		with_folder(nothing_is_let_go_of_a_list_that_cannot_be_read),
		with_folder(what_cannot_be_read_is_not_said_to_be_cut),
		with_folder(a_segment_of_unknown_number_is_not_said_to_be_cut),
		with_folder(a_first_record_that_became_zeros_is_told),
		with_folder(an_older_segment_that_became_zeros_is_damage),
		with_folder(an_empty_first_segment_goes_when_the_next_tells_why),
		with_folder(a_lone_segment_of_a_high_number_survives_its_header),
		with_folder(the_header_of_an_empty_newest_segment_is_damage),
		with_folder(a_newest_segment_that_cannot_be_read_is_damage),
		with_folder(what_was_cut_off_meanwhile_is_no_disk_that_fails),
	};
	return cmocka_run_group_tests_name(
	        "journal_unread", journal_unread, NULL, NULL);
}
