/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files by strangers: none of them harms whoever verifies it, and each is found. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/verify_inside.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "tests/kits/sample_archive.h"

/* The sanitizer ends a process that asks for too much memory; malloc says no. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1:max_allocation_size_mb=4096";
}

static struct seal_list list;
static struct archive_identity identity;
static const char *path;
static char *good;
static size_t good_n;

static void day_make(const char *dir)
{
	struct sample sample;
	struct problem why;
	sample_archive_make(dir);
	sample_plain(&sample, "bt-outlet", SAMPLE_DAY_US, 300);
	path = strdup(sample_archive_seal(dir, &sample, SAMPLE_DAY_US, 0));
	sample_free(&sample);
	assert_int_equal(archive_identify(dir, &identity, &why), OK);
	assert_int_equal(seal_list_read(&list, dir, &why), OK);
	assert_int_equal(file_read(path, 1 << 24, &good, &good_n), OK);
}

static void day_free(void)
{
	seal_list_free(&list);
	free((void *)(uintptr_t)path);
	free(good);
}

static struct finding look(void)
{
	struct finding finding;
	verify_file_apart(path, &list.seal[0], &identity, &finding);
	return finding;
}

static void what_lies_outside_the_file_is_refused_and_never_read(void **state)
{
	static const struct {
		const char *what, *found;
	} cases[] = {
		{ "external", "/cod-1/cod: lies outside the file" },
		{ "link", "/cod-1/cod: points to another place" },
		{ "soft", "/cod-1/cod: points to another place" },
		{ "virtual", "/cod-1/cod: lies outside the file" },
		{ "vlen", "/cod-1/cod: is of another type" },
		{ "claim", "more than the file can hold" },
		{ "extra", "/cod-1/extra: was not written by quantrac" },
	};
	day_make(*state);
	assert_int_equal(look().verdict, VERDICT_OK);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int code;
		assert_int_equal(file_replace(path, good, good_n, 0600), OK);
		char *out = run_command(&code, "/usr/bin/python3 %s %s %s 2>&1",
		        project_file("tests/hostile_h5.py"), path, cases[i].what);
		if (code != 0)
			print_error("%s: %s\n", cases[i].what, out);
		free(out);
		assert_int_equal(code, 0);
		struct finding finding = look();
		assert_int_equal(finding.verdict, VERDICT_DAMAGED);
		assert_contains(finding.text, cases[i].found);
		assert_null(strstr(finding.text, "root:"));
	}
	day_free();
}

/* Bytes by the gigabyte are not even read: what so many records could take is known. */
static void a_file_larger_than_its_records_could_be_is_not_read(void **state)
{
	day_make(*state);
	chmod(path, 0600);
	assert_int_equal(truncate(path, (off_t)8 << 30), 0); /* a hole */
	struct finding finding = look();
	assert_int_equal(finding.verdict, VERDICT_DAMAGED);
	assert_contains(finding.text, "has 8589934592 bytes and is not read: the 290 "
	                              "records that were sealed take less than");
	/* one that could be is read, and is none */
	assert_int_equal(truncate(path, (off_t)80 << 20), 0);
	finding = look();
	assert_contains(finding.text, "has 83886080 bytes; by its superblock it has");
	day_free();
}

/* Change up to 16 bytes, most of them where libhdf5 keeps its own. */
static void mutate(char *bytes, size_t n, uint64_t *seed)
{
	static const unsigned char telling[] = { 0, 1, 0x7f, 0x80, 0xff };
	for (uint64_t k = 1 + chance(seed) % 16; k > 0; k--) {
		size_t most = chance(seed) % 4 == 0 || n < 4096 ? n : 4096;
		size_t at = 48 + (size_t)(chance(seed) % (most - 48));
		if (chance(seed) % 2 == 0)
			bytes[at] = (char)telling[chance(seed) % sizeof telling];
		else
			bytes[at] ^= (char)(1u << chance(seed) % 8);
	}
}

struct tally {
	unsigned damaged, content, crashed, hung, reached;
};

static void tally_note(struct tally *tally, const struct finding *finding)
{
	tally->damaged += finding->verdict == VERDICT_DAMAGED;
	tally->content += finding->verdict == VERDICT_REWRITTEN;
	tally->crashed += strstr(finding->text, "libhdf5 fails on reading") != NULL;
	tally->hung += strstr(finding->text, "does not come back") != NULL;
	tally->reached += strstr(finding->text, "reaches for something") != NULL;
}

static void mutations(const char *of, unsigned runs, uint64_t seed, struct tally *tally)
{
	char *whole, *mutant;
	size_t n;
	assert_int_equal(file_read(of, 1 << 24, &whole, &n), OK);
	mutant = malloc(n);
	for (unsigned i = 0; i < runs; i++) {
		memcpy(mutant, whole, n);
		mutate(mutant, n, &seed);
		if (memcmp(mutant, whole, n) == 0)
			continue;
		assert_int_equal(file_replace(path, mutant, n, 0600), OK);
		struct finding finding = look();
		assert_int_not_equal(finding.verdict, VERDICT_OK);
		tally_note(tally, &finding);
	}
	free(whole);
	free(mutant);
}

static void mutated_files_harm_nobody_and_are_found(void **state)
{
	const char *asked = getenv("HOSTILE_RUNS");
	unsigned runs = asked != NULL ? (unsigned)atoi(asked) : 100;
	struct tally tally = { 0 };
	int code;
	char old[600], new[600];
	day_make(*state);
	snprintf(old, sizeof old, "%s/old.h5", (char *)*state);
	snprintf(new, sizeof new, "%s/new.h5", (char *)*state);
	free(run_command(&code, "h5repack --low=0 --high=1 %s %s 2>&1", path, old));
	assert_int_equal(code, 0);
	assert_int_equal(file_replace(new, good, good_n, 0600), OK);
	/* the earliest form has no check sums over what libhdf5 keeps: it crashes most */
	mutations(old, runs * 2, 41, &tally);
	mutations(new, runs, 42, &tally);
	print_message(
	        "%u mutated files: %u damaged (libhdf5 crashed in %u, hung in %u, "
	        "reached outside in %u), %u in bytes that say nothing\n",
	        tally.damaged + tally.content, tally.damaged, tally.crashed, tally.hung,
	        tally.reached, tally.content);
	assert_true(tally.damaged > tally.content);
	day_free();
}

static void what_is_no_such_file_is_told_before_libhdf5_sees_it(void **state)
{
	static const struct {
		size_t at, n;
		char with[8];
		const char *found;
	} cases[] = {
		{ 0, 1, "x", "is no HDF5 file" },
		{ 8, 1, "\x04", "superblock of version 4" },
		{ 9, 1, "\x04", "another width" },
		{ 28, 1, "\x01", "by its superblock it has" },
	};
	day_make(*state);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *changed = malloc(good_n);
		memcpy(changed, good, good_n);
		memcpy(changed + cases[i].at, cases[i].with, cases[i].n);
		assert_int_equal(file_replace(path, changed, good_n, 0600), OK);
		free(changed);
		assert_contains(look().text, cases[i].found);
	}
	assert_int_equal(file_replace(path, good, good_n - 1, 0600), OK);
	assert_contains(look().text, "bytes; by its superblock it has");
	assert_int_equal(file_replace(path, good, 0, 0600), OK);
	assert_contains(look().text, "it is empty");
	day_free();
}

#define WITH_FOLDER(test)                                                              \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(what_lies_outside_the_file_is_refused_and_never_read),
		WITH_FOLDER(a_file_larger_than_its_records_could_be_is_not_read),
		WITH_FOLDER(what_is_no_such_file_is_told_before_libhdf5_sees_it),
		WITH_FOLDER(mutated_files_harm_nobody_and_are_found),
	};
	return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
