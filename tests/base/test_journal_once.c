/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was read once does not stay in the system's memory: a rush of records does not
 * push out what others have there. */
#include "tests/kits/check.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "tests/kits/journal_kit.h"

#define PAGE        4096
#define TMPFS_MAGIC 0x01021994

/* Pages of a segment that the system has in memory. */
static size_t pages_of(const char *folder, uint64_t first_seq)
{
	unsigned char there[JOURNAL_SEGMENT_LEAST / PAGE] = { 0 };
	size_t pages = 0;
	int fd = open(kit_segment(folder, first_seq), O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	void *map = mmap(NULL, sizeof there * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	assert_true(map != MAP_FAILED);
	assert_int_equal(mincore(map, sizeof there * PAGE, there), 0);
	for (size_t i = 0; i < sizeof there; i++)
		pages += there[i] & 1;
	munmap(map, sizeof there * PAGE);
	close(fd);
	return pages;
}

/* Read 1..n; the first seqs of the segments go to first[], how many. */
static size_t read_all(const char *folder, bool once, uint64_t *first, size_t most)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	size_t n = 0;
	uint64_t offset;
	char last[600] = "";
	assert_int_equal(
	        journal_read_open(&reader, folder, KIT_SOURCE, KIT_EPOCH, 1), OK);
	if (once)
		journal_read_once(reader);
	while (journal_read_next(reader, &entry, &why) == 1) {
		const char *place = journal_read_place(reader, &offset);
		if (strcmp(place, last) != 0 && n < most)
			first[n++] = entry.seq;
		snprintf(last, sizeof last, "%s", place);
	}
	journal_read_close(reader);
	return n;
}

static void what_is_read_once_leaves_memory_but_for_the_last_segment(void **state)
{
	const char *folder = *state;
	uint64_t first[64] = { 0 };
	struct statfs where;
	struct journal_options options = kit_options(folder);
	assert_int_equal(statfs(*state, &where), 0);
	if (where.f_type == TMPFS_MAGIC) {
		print_message("skipped: the scratch folder lies in memory\n");
		skip();
	}
	options.system = NULL; /* pages that are not on the disk stay */
	options.segment_size = JOURNAL_SEGMENT_LEAST;
	struct journal *journal = kit_open_with(&options, NULL);
	kit_append(journal, 3000, 400, 100);
	journal_close(journal);
	size_t n = read_all(folder, false, first, 64);
	assert_in_range(n, 4, 64);
	for (size_t i = 0; i < n; i++)
		assert_true(pages_of(folder, first[i]) > 0);
	assert_int_equal(read_all(folder, true, first, 64), n);
	for (size_t i = 0; i + 1 < n; i++)
		assert_int_equal(pages_of(folder, first[i]), 0);
	assert_true(pages_of(folder, first[n - 1]) > 0);
	/* and can be read again */
	assert_int_equal(kit_read(folder, KIT_EPOCH, 1).records, 3000);
}

int main(void)
{
	const struct CMUnitTest once[] = {
		cmocka_unit_test_setup_teardown(
		        what_is_read_once_leaves_memory_but_for_the_last_segment,
		        scratch_make, scratch_remove),
	};
	return cmocka_run_group_tests_name("journal, read once", once, NULL, NULL);
}
