/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The smallest things of the ground floor: numbers in bytes, check sums, digests,
 * clock, log, JSON, files. */
#include "tests/kits/check.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/crc.h"
#include "base/digest.h"
#include "base/folder.h"
#include "base/json.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "base/status.h"

static void numbers_go_into_bytes_and_come_back(void **state)
{
	uint8_t b[8];
	put_le64(b, UINT64_C(0x0102030405060708));
	assert_int_equal(b[0], 8);
	assert_true(get_le64(b) == UINT64_C(0x0102030405060708));
	assert_int_equal(get_le32(b), 0x05060708);
	assert_int_equal(get_le16(b), 0x0708);
	assert_true(get_be64(b) == UINT64_C(0x0807060504030201));
	put_be32(b, 0xdeadbeef);
	assert_true(get_be32(b) == 0xdeadbeef);
	put_be16(b, 0xcafe);
	assert_int_equal(get_be16(b), 0xcafe);
	assert_true(double_of_bits(bits_of_double(-0.0)) == 0.0);
	assert_true(bits_of_double(-0.0) == UINT64_C(0x8000000000000000));
	assert_true(float_of_bits(0x41be3d71) == 23.78f);
}

static void check_sums_have_their_check_values(void **state)
{
	const uint8_t *text = (const uint8_t *)"123456789";
	assert_true(crc32c(0, text, 9) == 0xe3069283);
	assert_true(crc32c_by_table(0, text, 9) == 0xe3069283);
	assert_int_equal(crc16_modbus(text, 9), 0x4b37);
	assert_int_equal(crc16_sdi12(text, 9), 0xbb3d);
	assert_int_equal(crc16_ccitt(text, 9), 0x31c3);
	const uint8_t ascii[] = { 1, 3, 0, 0, 0, 2 };
	assert_int_equal(lrc_modbus(ascii, sizeof ascii), 0xfa);
	assert_true(crc32c(0, text, 0) == 0);
}

static void the_processor_and_the_table_agree_and_continue(void **state)
{
	static uint8_t bytes[7000]; /* three stretches of a KiB side by side, twice */
	uint64_t seed = 17;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)chance(&seed);
	for (size_t n = 0; n <= sizeof bytes; n += n < 300 ? 1 : 7) {
		assert_true(crc32c(7, bytes, n) == crc32c_by_table(7, bytes, n));
		assert_true(crc32c(crc32c(0, bytes, n / 2), bytes + n / 2, n - n / 2) ==
		            crc32c(0, bytes, n));
	}
}

static void sha_256_is_that_of_fips_180(void **state)
{
	uint8_t out[DIGEST_SIZE], again[DIGEST_SIZE];
	char text[DIGEST_HEX];
	digest_of("abc", 3, out);
	digest_print(out, text);
	assert_string_equal(text,
	        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	struct digest *digest = digest_new();
	for (int round = 0; round < 2; round++) {
		digest_begin(digest);
		digest_add(digest, "a", 1);
		digest_add(digest, "bc", 2);
		digest_end(digest, again);
		assert_memory_equal(out, again, DIGEST_SIZE);
	}
	digest_free(digest);
	assert_int_equal(digest_parse(text, again), OK);
	assert_memory_equal(out, again, DIGEST_SIZE);
	text[63] = 'x';
	assert_int_equal(digest_parse(text, again), MALFORMED);
	text[63] = '\0';
	assert_int_equal(digest_parse(text, again), MALFORMED);
}

static void the_clock_tells_synced_holdover_and_step_apart(void **state)
{
	struct clock clock = { 0 };
	assert_int_equal(clock_judge(&clock, 5000000, 0, 0), CLOCK_UNSYNCED);
	assert_int_equal(clock_judge(&clock, 6000000, 1000000, 1), CLOCK_SYNCED);
	assert_int_equal(clock_judge(&clock, 8000000, 2000000, 1), CLOCK_SYNCED);
	assert_int_equal(clock_judge(&clock, 10000001, 3000000, 1), CLOCK_STEPPED);
	assert_int_equal(clock_judge(&clock, 11000001, 4000000, 1), CLOCK_SYNCED);
	assert_int_equal(clock_judge(&clock, 12000001, 5000000, 0), CLOCK_HOLDOVER);
	assert_int_equal(clock_judge(&clock, 2000000, 6000000, 0), CLOCK_STEPPED);
}

static void a_clock_beyond_all_records_is_one_that_was_never_set(void **state)
{
	struct clock clock = { .boot = 7 };
	const int64_t good_us = INT64_C(1794188880000000);
	struct moment now = clock_moment(&clock, TIME_US_END - 1, 5000000, 1);
	assert_true(now.time_us == TIME_US_END - 1 && now.state == CLOCK_SYNCED);
	now = clock_moment(&clock, TIME_US_END, 5000001, 1);
	assert_true(now.time_us == 5000001 && now.mono_us == 5000001 && now.boot == 7);
	assert_int_equal(now.state, CLOCK_UNSYNCED);
	assert_true(clock.beyond);
	now = clock_moment(&clock, -1, 6000000, 0);
	assert_true(now.time_us == 6000000 && now.state == CLOCK_UNSYNCED);
	now = clock_moment(&clock, good_us, 7000000, 0);
	assert_true(now.time_us == good_us && now.state == CLOCK_STEPPED);
	assert_false(clock.beyond);
	assert_int_equal(
	        clock_moment(&clock, good_us, 7000000, 0).state, CLOCK_UNSYNCED);
}

static void a_moment_has_a_boot_and_goes_on(void **state)
{
	struct clock clock;
	clock_init(&clock);
	struct moment first = clock_now(&clock), second = clock_now(&clock);
	assert_true(first.boot != 0 && first.boot == second.boot);
	assert_true(second.mono_us >= first.mono_us);
	assert_true(first.time_us > INT64_C(1700000000000000));
}

static char caught[16][256];
static int n_caught;

static void catch_line(enum log_level level, const char *text)
{
	if (n_caught < 16)
		snprintf(caught[n_caught++], sizeof caught[0], "%d %s", (int)level,
		        text);
}

static int64_t log_seconds;
static int64_t hand_moved(void)
{
	return log_seconds;
}

static void what_repeats_is_counted_and_not_written(void **state)
{
	n_caught = 0;
	log_catch(catch_line);
	log_clock(hand_moved);
	log_start("test", LOG_INFO);
	log_line(LOG_DETAIL, "nobody asked for this");
	for (log_seconds = 0; log_seconds < 130; log_seconds++)
		log_seldom(LOG_WARN, "bus", "bus: silent");
	assert_int_equal(n_caught, 3);
	assert_string_equal(caught[0], "4 bus: silent");
	assert_string_equal(caught[1], "4 bus: silent (repeated 59 times)");
	assert_string_equal(caught[2], "4 bus: silent (repeated 59 times)");
	log_catch(NULL);
	log_clock(NULL);
}

static void json_is_written_as_it_must_be_read(void **state)
{
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	struct json json;
	json_start(&json, out);
	json_object(&json);
	json_put_text(&json, "name", "Cơ sở \"Mẫu\"\n\\");
	json_put_number(&json, "x", 0.1);
	json_put_number(&json, "left_out", NAN);
	json_key(&json, "list");
	json_array(&json);
	json_number(&json, NAN);
	json_decimals(&json, 1.005, 1);
	json_integer(&json, -7);
	json_unsigned(&json, UINT64_MAX);
	json_end(&json);
	json_put_bool(&json, "yes", true);
	json_key(&json, "empty");
	json_object(&json);
	json_end(&json);
	json_end(&json);
	fclose(out);
	assert_string_equal(text, "{\"name\":\"Cơ sở \\\"Mẫu\\\"\\n\\\\\",\"x\":0.1,"
	                          "\"list\":[null,1.0,-7,18446744073709551615],"
	                          "\"yes\":true,\"empty\":{}}");
	free(text);
}

static void numbers_are_printed_shortest_and_read_back(void **state)
{
	char text[32];
	assert_string_equal(number_print(0.1, text), "0.1");
	assert_string_equal(number_print(35, text), "35");
	uint64_t seed = 3;
	for (int i = 0; i < 10000; i++) {
		double value = double_of_bits(chance(&seed));
		if (isfinite(value))
			assert_true(strtod(number_print(value, text), NULL) == value);
	}
}

static void folders_and_files_are_made_and_replaced(void **state)
{
	const char *folder = in_folder(*state, "a/b/c");
	char *text;
	size_t n;
	assert_int_equal(folder_make(folder), OK);
	assert_int_equal(folder_make(folder), OK);
	const char *path = in_folder(*state, "a/b/c/file");
	assert_int_equal(file_read(path, 100, &text, &n), NOT_FOUND);
	assert_int_equal(file_replace(path, "one", 3, 0640), OK);
	assert_int_equal(file_replace(path, "second", 6, 0640), OK);
	assert_int_equal(file_read(path, 100, &text, &n), OK);
	assert_int_equal(n, 6);
	assert_string_equal(text, "second");
	free(text);
	assert_int_equal(file_read(path, 5, &text, &n), FULL);
	assert_int_equal(file_read(folder, 100, &text, &n), FAILED);
	assert_int_equal(folder_make(in_folder(*state, "a/b/c/file/d")), FAILED);
}

/* On a full disk what has its blocks can be written over, and no new file be made. */
static void what_is_written_over_needs_no_new_room(void **state)
{
	const char *path = in_folder(*state, "kept");
	const char *next = in_folder(*state, "kept.next");
	struct stat one, two, again;
	char *text;
	size_t n;
	assert_int_equal(file_replace(path, "a shorter one of before", 23, 0644), OK);
	assert_int_equal(file_rewrite(path, "first", 5, 10000), OK);
	assert_int_equal(stat(path, &one), 0);
	assert_int_equal(stat(next, &two), 0);
	assert_true(one.st_size == 10000 && two.st_size == 10000);
	assert_true(one.st_blocks * 512 >= 10000 && two.st_blocks * 512 >= 10000);
	for (int i = 0; i < 3; i++) {
		char number[] = { (char)('1' + i) };
		assert_int_equal(file_rewrite(path, number, 1, 10000), OK);
		assert_int_equal(stat(path, &again), 0);
		assert_int_equal(again.st_ino, i % 2 == 0 ? two.st_ino : one.st_ino);
		assert_int_equal(again.st_size, 10000);
		assert_int_equal(file_read(path, 10000, &text, &n), OK);
		assert_int_equal(strspn(text + 1, "\n"), 9999);
		assert_int_equal(text[0], number[0]);
		free(text);
	}
	assert_int_equal(
	        file_rewrite(in_folder(*state, "no/kept"), "x", 1, 100), FAILED);
}

static void a_lock_is_held_by_one_only(void **state)
{
	const char *path = in_folder(*state, "lock");
	int first = lock_take(path);
	assert_true(first >= 0);
	assert_int_equal(lock_take(path), REFUSED);
	close(first);
	int second = lock_take(path);
	assert_true(second >= 0);
	close(second);
}

static void a_lock_that_is_denied_says_whose_the_folder_must_be(void **state)
{
	(void)state;
	struct problem why;
	errno = EACCES;
	assert_int_equal(lock_problem("journal/lock", &why), FAILED);
	assert_contains(
	        why.text, "journal/lock: cannot be locked: Permission denied: its");
	assert_contains(why.text, "chown -R");
	errno = ENOLCK;
	lock_problem("journal/lock", &why);
	assert_null(strstr(why.text, "chown"));
}

static void a_problem_says_what_and_how_to_end(void **state)
{
	struct problem why;
	assert_int_equal(
	        problem_set(&why, NOT_FOUND, EXIT_NO_FILE, "no %s", "x"), NOT_FOUND);
	assert_string_equal(why.text, "no x");
	assert_int_equal(why.exit, 66);
	assert_int_equal(problem_set(NULL, FULL, 1, "nobody listens"), FULL);
	assert_string_equal(status_text(HUNG_UP), "hung up");
	assert_string_equal(status_text(12), "ok");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_go_into_bytes_and_come_back),
		cmocka_unit_test(check_sums_have_their_check_values),
		cmocka_unit_test(the_processor_and_the_table_agree_and_continue),
		cmocka_unit_test(sha_256_is_that_of_fips_180),
		cmocka_unit_test(the_clock_tells_synced_holdover_and_step_apart),
		cmocka_unit_test(a_clock_beyond_all_records_is_one_that_was_never_set),
		cmocka_unit_test(a_moment_has_a_boot_and_goes_on),
		cmocka_unit_test(what_repeats_is_counted_and_not_written),
		cmocka_unit_test(json_is_written_as_it_must_be_read),
		cmocka_unit_test(numbers_are_printed_shortest_and_read_back),
		cmocka_unit_test_setup_teardown(folders_and_files_are_made_and_replaced,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(what_is_written_over_needs_no_new_room,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        a_lock_is_held_by_one_only, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        a_lock_that_is_denied_says_whose_the_folder_must_be,
		        scratch_make, scratch_remove),
		cmocka_unit_test(a_problem_says_what_and_how_to_end),
	};
	return cmocka_run_group_tests_name("ground", tests, NULL, NULL);
}
