/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/journal_kit.h"

#include "tests/kits/check.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "tests/kits/memory_place.h"

size_t kit_record(uint64_t seq, size_t payload_size, uint8_t *out, size_t room)
{
	static uint8_t payload[RECORD_MOST];
	uint64_t seed = seq * 2 + 1;
	for (size_t i = 0; i < payload_size; i++)
		payload[i] = (uint8_t)chance(&seed);
	const struct record record = {
		.type = RECORD_READING,
		.clock = CLOCK_SYNCED,
		.source = KIT_SOURCE,
		.epoch = KIT_EPOCH,
		.seq = seq,
		.time_us = (int64_t)seq * 1000000,
		.payload = payload,
		.payload_size = payload_size,
	};
	int n = record_encode(&record, out, room);
	assert_true(n > 0);
	return (size_t)n;
}

bool kit_is(const uint8_t *record, size_t n, uint64_t seq)
{
	static uint8_t want[RECORD_MOST];
	if (n < RECORD_HEADER)
		return false;
	kit_record(seq, n - RECORD_HEADER, want, sizeof want);
	record_place(want, get_le64(record + 24), seq);
	return memcmp(record, want, n) == 0;
}

/* Nothing here cuts the power, so that nothing need reach the disk. */
static int no_sync(int fd)
{
	return 0;
}

static int only_size(int fd, off_t at, off_t n)
{
	return ftruncate(fd, at + n) == 0 ? 0 : errno;
}

static const struct journal_system *quick(void)
{
	static struct journal_system system;
	system = journal_real;
	system.sync = system.sync_all = no_sync;
	system.allocate = only_size;
	return &system;
}

struct journal_options kit_options(const char *folder)
{
	return (struct journal_options){
		.folder = folder,
		.source = KIT_SOURCE,
		.epoch = KIT_EPOCH,
		.segment_size = JOURNAL_SEGMENT_LEAST,
		.now_us = INT64_C(1794712500000000),
		.system = quick(),
	};
}

struct journal *kit_open_with(
        const struct journal_options *options, struct journal_recovery *recovery)
{
	struct journal *journal;
	struct problem why = { 0 };
	if (journal_open(&journal, options, recovery, &why) != OK)
		fail_msg("%s", why.text);
	return journal;
}

struct journal *kit_open(const char *folder, struct journal_recovery *recovery)
{
	const struct journal_options options = kit_options(folder);
	return kit_open_with(&options, recovery);
}

void kit_append(struct journal *journal, size_t n, size_t payload_size, size_t group)
{
	static uint8_t record[RECORD_MOST];
	for (size_t i = 0; i < n; i++) {
		uint64_t seq = journal_next_seq(journal);
		size_t size = kit_record(seq, payload_size, record, sizeof record);
		assert_int_equal(
		        journal_append(journal, record, size, (int64_t)seq * 1000), OK);
		if ((i + 1) % group == 0)
			assert_int_equal(journal_commit(journal), OK);
	}
	assert_int_equal(journal_commit(journal), OK);
}

const char *kit_segment(const char *folder, uint64_t first_seq)
{
	char name[128];
	snprintf(name, sizeof name, "%s/%016" PRIx64 "/%020" PRIu64 ".log", KIT_SOURCE,
	        KIT_EPOCH, first_seq);
	return in_folder(folder, name);
}

size_t kit_used(const char *path)
{
	FILE *in = fopen(path, "rb");
	size_t used = 0, at = 0;
	assert_non_null(in);
	for (int c = getc(in); c != EOF; c = getc(in)) {
		at++;
		if (c != 0)
			used = at;
	}
	fclose(in);
	return used;
}

void kit_poke(const char *path, long at, const void *in, size_t n)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, in, n, at), n);
	close(fd);
}

void kit_flip(const char *path, size_t bit)
{
	uint8_t byte;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, (off_t)(bit / 8)), 1);
	byte ^= (uint8_t)(1u << bit % 8);
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)(bit / 8)), 1);
	close(fd);
}

static const char *copy_from, *copy_to;

static int copy_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	static uint8_t bytes[4 << 20];
	char to[4096];
	snprintf(to, sizeof to, "%s%s", copy_to, path + strlen(copy_from));
	if (type == FTW_D)
		return mkdir(to, 0777);
	int in = open(path, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	ssize_t n = read(in, bytes, sizeof bytes);
	bool done = in >= 0 && out >= 0 && n == st->st_size &&
	            write(out, bytes, (size_t)n) == n;
	close(in);
	close(out);
	return done ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path);
}

void kit_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void kit_copy(const char *from, const char *to)
{
	kit_remove(to);
	copy_from = from;
	copy_to = to;
	assert_int_equal(nftw(from, copy_one, 16, FTW_PHYS), 0);
	mkdir(in_folder(to, "quarantine"), 0777);
}

struct kit_found kit_read(const char *folder, uint64_t epoch, uint64_t from)
{
	struct kit_found found = { 0 };
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	int status;
	assert_int_equal(
	        journal_read_open(&reader, folder, KIT_SOURCE, epoch, from), OK);
	while ((status = journal_read_next(reader, &entry, &why)) != 0) {
		unsigned long long first, last;
		if (status == 1) {
			assert_true(entry.seq > found.last && entry.seq >= from);
			assert_true(kit_is(entry.record, entry.size, entry.seq));
			found.first = found.records == 0 ? entry.seq : found.first;
			found.last = entry.seq;
			found.records++;
			continue;
		}
		assert_int_equal(status, MALFORMED);
		const char *told = strstr(why.text, "records ");
		assert_non_null(told);
		assert_int_equal(
		        sscanf(told, "records %llu to %llu", &first, &last), 2);
		found.holes++;
		found.missing += last - first + 1;
	}
	journal_read_close(reader);
	return found;
}

static struct {
	long calls, nth;
	int error;
	bool on;
} failing;

void kit_fail(long nth, int error)
{
	failing.calls = 0;
	failing.nth = nth;
	failing.error = error;
	failing.on = false;
}

void kit_fail_on(bool on)
{
	failing.on = on;
}

long kit_calls(void)
{
	return failing.calls;
}

static bool fails(void)
{
	failing.calls++;
	bool now =
	        failing.nth > 0 && (failing.calls == failing.nth ||
	                                   (failing.on && failing.calls > failing.nth));
	if (now)
		errno = failing.error;
	return now;
}

static int fail_open(int folder, const char *name, int flags)
{
	return fails() ? -1 : journal_real.open(folder, name, flags);
}

/* A write that fails leaves half of itself behind. */
static ssize_t fail_write(int fd, const void *in, size_t n, off_t at)
{
	if (!fails())
		return journal_real.write(fd, in, n, at);
	journal_real.write(fd, in, n / 2, at);
	errno = failing.error;
	return -1;
}

static int fail_sync(int fd)
{
	return fails() ? -1 : no_sync(fd);
}

static int fail_sync_all(int fd)
{
	return fails() ? -1 : no_sync(fd);
}

static int fail_allocate(int fd, off_t at, off_t n)
{
	return fails() ? failing.error : only_size(fd, at, n);
}

static int fail_rename(int folder, const char *from, const char *to)
{
	return fails() ? -1 : journal_real.rename(folder, from, to);
}

static int fail_remove(int folder, const char *name)
{
	return fails() ? -1 : journal_real.remove(folder, name);
}

static int fail_reserve(int fd, off_t n)
{
	return fails() ? failing.error : journal_real.reserve(fd, n);
}

static int fail_move(int from_folder, const char *from, int to_folder, const char *to)
{
	return fails() ? -1 : journal_real.move(from_folder, from, to_folder, to);
}

const struct journal_system kit_failing = {
	.open = fail_open,
	.write = fail_write,
	.sync = fail_sync,
	.sync_all = fail_sync_all,
	.allocate = fail_allocate,
	.reserve = fail_reserve,
	.rename = fail_rename,
	.move = fail_move,
	.remove = fail_remove,
};

struct journal_recovery kit_goes_on(const char *folder, struct kit_found *found)
{
	struct journal_recovery recovery;
	struct journal_options options = kit_options(folder);
	struct journal *journal = kit_open_with(&options, &recovery);
	uint64_t next = journal_next_seq(journal);
	kit_append(journal, 3, 9, 2);
	journal_close(journal);
	*found = kit_read(folder, KIT_EPOCH, 1);
	assert_int_equal(found->last, next + 2);
	assert_int_equal(found->records, recovery.records + 3);
	/* The second opening finds what the first one left, and nothing torn. */
	struct journal_recovery again;
	journal_close(kit_open_with(&options, &again));
	assert_int_equal(again.records, recovery.records + 3);
	assert_int_equal(again.torn_bytes, 0);
	assert_int_equal(again.missing, recovery.missing);
	return recovery;
}

void kit_scratch_in_memory(void)
{
	setenv("TMPDIR", memory_place(), 0);
}
