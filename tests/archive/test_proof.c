/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "archive/proof.h"
#include "archive/seals.h"
#include "base/folder.h"

/* ---- the tree ---- */

static void root_of(size_t n, char out[DIGEST_HEX])
{
	struct proof_tree tree;
	uint8_t root[DIGEST_SIZE];
	char record[32];
	proof_tree_start(&tree);
	for (size_t i = 0; i < n; i++) {
		int size = snprintf(record, sizeof record, "record %zu", i);
		proof_tree_add(&tree, record, (size_t)size);
	}
	proof_tree_root(&tree, root);
	digest_print(root, out);
}

static void roots_are_those_of_an_independent_program(void **state)
{
	static const size_t counts[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 63,
		64, 65, 100, 127, 128, 129, 1000, 1023, 1024, 1025 };
	char command[1024] = "", mine[DIGEST_HEX];
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		snprintf(command + strlen(command), sizeof command - strlen(command),
		        " %zu", counts[i]);
	int code;
	char *out = run_command(&code, "/usr/bin/python3 %s roots%s",
	        project_file("tests/verify_parts.py"), command);
	assert_int_equal(code, 0);
	char *line = strtok(out, "\n");
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		root_of(counts[i], mine);
		assert_non_null(line);
		assert_string_equal(mine, line);
		line = strtok(NULL, "\n");
	}
	free(out);
}

/* RFC 6962's empty tree, and one leaf of no bytes (as in its reference implementation's
 * tests). */
static void known_roots_come_out(void **state)
{
	struct proof_tree tree;
	uint8_t root[DIGEST_SIZE];
	char text[DIGEST_HEX];
	root_of(0, text);
	assert_string_equal(text,
	        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	proof_tree_start(&tree);
	proof_tree_add(&tree, "", 0);
	proof_tree_root(&tree, root);
	digest_print(root, text);
	assert_string_equal(text,
	        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

static void nodes_of_blocks_make_the_same_root(void **state)
{
	for (size_t n = 1; n < 400; n += 7) {
		struct proof_tree whole, block;
		uint8_t want[DIGEST_SIZE], got[DIGEST_SIZE], node[DIGEST_SIZE];
		proof_tree_start(&whole);
		proof_tree_start(&block);
		for (size_t i = 0; i < n; i++) {
			proof_tree_add(&block, &i, sizeof i);
			if ((i + 1) % 64 != 0 && i + 1 != n)
				continue;
			proof_tree_take(&block, node);
			proof_tree_add_node(&whole, node);
		}
		proof_tree_root(&whole, got);
		for (size_t i = 0; i < n; i++)
			proof_tree_add(&block, &i, sizeof i);
		proof_tree_root(&block, want);
		assert_memory_equal(got, want, DIGEST_SIZE);
	}
}

static void every_record_and_its_place_change_the_root(void **state)
{
	char plain[DIGEST_HEX];
	root_of(9, plain);
	for (size_t changed = 0; changed < 9; changed++) {
		struct proof_tree tree;
		uint8_t root[DIGEST_SIZE];
		char record[32], text[DIGEST_HEX];
		proof_tree_start(&tree);
		for (size_t i = 0; i < 9; i++) {
			size_t of = i == changed ? (i + 1) % 9 : i;
			int size = snprintf(record, sizeof record, "record %zu", of);
			proof_tree_add(&tree, record, (size_t)size);
		}
		proof_tree_root(&tree, root);
		digest_print(root, text);
		assert_string_not_equal(text, plain);
	}
}

/* ---- the seal list ---- */

static struct seal sample_seal(unsigned day)
{
	struct seal seal = {
		.station = "bt-outlet",
		.kind = "day",
		.records = 1442,
		.readings = 1440,
		.gaps = 1,
		.sealed_us = INT64_C(1794762600000000) + day,
	};
	snprintf(seal.date, sizeof seal.date, "2026-11-%02u", day % 28 + 1);
	snprintf(seal.path, sizeof seal.path, "kcn-mau/bt-outlet/2026/bt-outlet_%s.h5",
	        seal.date);
	digest_of(seal.path, strlen(seal.path), seal.root);
	digest_of(seal.date, strlen(seal.date), seal.file);
	return seal;
}

static void append_some(const char *dir, unsigned n)
{
	struct seal_list list;
	struct problem why;
	assert_int_equal(seal_list_read(&list, dir, &why), OK);
	for (unsigned i = 0; i < n; i++) {
		struct seal seal = sample_seal((unsigned)list.n);
		assert_int_equal(seal_list_append(&list, dir, &seal), OK);
	}
	seal_list_free(&list);
}

static void lines_come_back_as_they_were_written(void **state)
{
	struct seal_list list;
	struct problem why;
	assert_int_equal(seal_list_read(&list, *state, &why), OK);
	assert_int_equal(list.n, 0);
	append_some(*state, 3);
	append_some(*state, 2);
	assert_int_equal(seal_list_read(&list, *state, &why), OK);
	assert_int_equal(list.n, 5);
	for (unsigned i = 0; i < 5; i++) {
		struct seal want = sample_seal(i), *got = &list.seal[i];
		assert_string_equal(got->date, want.date);
		assert_string_equal(got->path, want.path);
		assert_int_equal(got->records, 1442);
		assert_int_equal(got->readings, 1440);
		assert_int_equal(got->gaps, 1);
		assert_int_equal(got->sealed_us, want.sealed_us);
		assert_memory_equal(got->root, want.root, DIGEST_SIZE);
		assert_memory_equal(got->file, want.file, DIGEST_SIZE);
	}
	seal_list_free(&list);
}

static void a_line_is_written_to_the_letter(void **state)
{
	char *text;
	size_t n;
	append_some(*state, 1);
	assert_int_equal(file_read(in_folder(*state, "seals"), 4096, &text, &n), OK);
	assert_string_equal(text,
	        "v1 2026-11-01 bt-outlet day records 1442 readings 1440 gaps 1 root "
	        "0e1d6d77e75f6494c08253613c1afe5fdd45eeec6c06160b1bc6670b81f67b3b file "
	        "fc72dc4e5cf7e6f0cd4773a1e32cf26574d0a31f2ff33a98d7de0b643169db98 path "
	        "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-01.h5 at "
	        "2026-11-15T17:10:00+00:00 prev "
	        "0000000000000000000000000000000000000000000000000000000000000000\n");
	free(text);
}

static void every_flipped_bit_of_the_list_is_found(void **state)
{
	const char *path = in_folder(*state, "seals");
	struct seal_list list;
	struct problem why;
	char *text;
	size_t n, last = 0;
	append_some(*state, 3);
	assert_int_equal(seal_list_read(&list, *state, &why), OK);
	seal_list_free(&list);
	assert_int_equal(file_read(path, 4096, &text, &n), OK);
	for (size_t i = 0; i + 1 < n; i++)
		last = text[i] == '\n' ? i + 1 : last;
	for (size_t bit = 0; bit < 8 * n; bit++) {
		text[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_equal(file_replace(path, text, n, 0600), OK);
		int status = seal_list_read(&list, *state, &why);
		/* The last line is proved by the next, or by whoever holds its hash. */
		if (bit / 8 < last)
			assert_int_equal(status, MALFORMED);
		if (bit / 8 == n - 1)
			assert_true(list.torn > 0);
		seal_list_free(&list);
		text[bit / 8] ^= (char)(1 << bit % 8);
	}
	free(text);
}

static void a_removed_line_is_found(void **state)
{
	const char *path = in_folder(*state, "seals");
	struct seal_list list;
	struct problem why;
	char *text;
	size_t n;
	append_some(*state, 4);
	assert_int_equal(file_read(path, 4096, &text, &n), OK);
	char *second = strchr(text, '\n') + 1, *third = strchr(second, '\n') + 1;
	size_t removed = (size_t)(third - second);
	memmove(second, third, n - (size_t)(third - text));
	assert_int_equal(file_replace(path, text, n - removed, 0600), OK);
	assert_int_equal(seal_list_read(&list, *state, &why), MALFORMED);
	assert_contains(why.text, "line 2 does not name the line before it");
	seal_list_free(&list);
	free(text);
}

static void every_torn_last_line_is_cut_off(void **state)
{
	const char *path = in_folder(*state, "seals");
	struct seal_list list;
	struct problem why;
	char *text;
	size_t n;
	append_some(*state, 2);
	assert_int_equal(file_read(path, 4096, &text, &n), OK);
	size_t first = (size_t)(strchr(text, '\n') + 1 - text);
	for (size_t cut = first; cut < n; cut++) {
		assert_int_equal(file_replace(path, text, cut, 0600), OK);
		assert_int_equal(seal_list_read(&list, *state, &why), OK);
		assert_int_equal(list.n, 1);
		assert_int_equal(list.torn, cut - first);
		seal_list_free(&list);
		append_some(*state, 1);
		assert_int_equal(seal_list_read(&list, *state, &why), OK);
		assert_int_equal(list.n, 2);
		assert_int_equal(list.torn, 0);
		seal_list_free(&list);
	}
	free(text);
}

/* Every sync of this program comes here. */
static struct {
	size_t n;
	off_t size[100]; /* of the file, when it was synced */
} syncs;

int fdatasync(int fd)
{
	struct stat is;
	if (syncs.n < 100 && fstat(fd, &is) == 0)
		syncs.size[syncs.n++] = is.st_size;
	return (int)syscall(SYS_fdatasync, fd);
}

/* Else a power cut could leave a newline behind a sector that was never written. */
static void the_sector_of_a_lines_end_is_written_last(void **state)
{
	char *text;
	size_t n;
	off_t before = 0;
	unsigned lines = 0, alone = 0;
	syncs.n = 0;
	append_some(*state, 24);
	assert_int_equal(file_read(in_folder(*state, "seals"), 65536, &text, &n), OK);
	for (size_t i = 0; i < syncs.n; i++) {
		off_t size = syncs.size[i];
		bool end = text[size - 1] == '\n';
		assert_true(end ? before / 512 == (size - 1) / 512 : size % 512 == 0);
		lines += end;
		alone += end && i + 1 < syncs.n && text[syncs.size[i + 1] - 1] == '\n';
		before = size;
	}
	assert_int_equal(lines, 24);
	assert_int_equal(before, n);
	assert_true(alone > 0); /* a line within one sector costs one sync */
	free(text);
}

static void a_list_that_may_not_be_read_says_as_whom_it_can_be(void **state)
{
	struct seal_list list;
	struct problem why;
	append_some(*state, 1);
	assert_int_equal(chmod(in_folder(*state, "seals"), 0), 0);
	bool root = geteuid() == 0;
	if (root)
		assert_int_equal(chmod(*state, 0711) | seteuid(65534), 0);
	int status = seal_list_read(&list, *state, &why);
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(status, FAILED);
	assert_contains(why.text, "Permission denied; run this as its owner");
}

static void a_second_writer_is_refused(void **state)
{
	struct seal_list list;
	struct problem why;
	append_some(*state, 1);
	assert_int_equal(seal_list_read(&list, *state, &why), OK);
	append_some(*state, 1); /* somebody else, meanwhile */
	struct seal seal = sample_seal(9);
	assert_int_equal(seal_list_append(&list, *state, &seal), FAILED);
	seal_list_free(&list);
	assert_int_equal(seal_list_read(&list, *state, &why), OK);
	assert_int_equal(list.n, 2);
	seal_list_free(&list);
}

static void what_is_no_seal_is_not_appended(void **state)
{
	struct seal_list list = { 0 };
	struct seal seal = sample_seal(1);
	snprintf(seal.path, sizeof seal.path, "../elsewhere");
	assert_int_equal(seal_list_append(&list, *state, &seal), FAILED);
	seal = sample_seal(1);
	snprintf(seal.kind, sizeof seal.kind, "late0");
	assert_int_equal(seal_list_append(&list, *state, &seal), FAILED);
	seal = sample_seal(1);
	snprintf(seal.date, sizeof seal.date, "2026-02-30");
	assert_int_equal(seal_list_append(&list, *state, &seal), FAILED);
	seal = sample_seal(1);
	snprintf(seal.station, sizeof seal.station, "A b");
	assert_int_equal(seal_list_append(&list, *state, &seal), FAILED);
	assert_int_equal(access(in_folder(*state, "seals"), F_OK), -1);
	seal = sample_seal(1);
	snprintf(seal.kind, sizeof seal.kind, "unplaced");
	snprintf(seal.date, sizeof seal.date, "-");
	assert_int_equal(seal_list_append(&list, *state, &seal), OK);
	seal_list_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_are_those_of_an_independent_program),
		cmocka_unit_test(known_roots_come_out),
		cmocka_unit_test(nodes_of_blocks_make_the_same_root),
		cmocka_unit_test(every_record_and_its_place_change_the_root),
		cmocka_unit_test_setup_teardown(lines_come_back_as_they_were_written,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        a_line_is_written_to_the_letter, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(every_flipped_bit_of_the_list_is_found,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        a_removed_line_is_found, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        every_torn_last_line_is_cut_off, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        the_sector_of_a_lines_end_is_written_last, scratch_make,
		        scratch_remove),
		cmocka_unit_test_setup_teardown(
		        a_list_that_may_not_be_read_says_as_whom_it_can_be,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        a_second_writer_is_refused, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        what_is_no_seal_is_not_appended, scratch_make, scratch_remove),
	};
	return cmocka_run_group_tests_name("proof", tests, NULL, NULL);
}
