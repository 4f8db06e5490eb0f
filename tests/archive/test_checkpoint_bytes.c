/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "tests/kits/checkpoint_kit.h"

/* ---- every byte ---- */

/* How often a part stands in a text. */
static unsigned times(const char *text, const char *part)
{
	unsigned n = 0;
	for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
		n++;
	return n;
}

/* Is the change told, once, at its place and nowhere else?  `line`: of the byte. */
static void one_place(const char *text, const char *place, size_t line)
{
	char here[64], before[64];
	snprintf(here, sizeof here, strstr(place, "line") != NULL ? "%s%zu" : "%s",
	        place, line);
	/* a newline that is lost makes one line of two */
	snprintf(before, sizeof before, "seals lines %zu to", line);
	if (strstr(text, "; 1 damaged places; 0 not sealed") == NULL ||
	        times(text, ": DAMAGED: ") != 1 ||
	        (strstr(text, here) == NULL && strstr(text, before) == NULL))
		fail_msg("not one place (%s):\n%s", here, text);
}

static size_t every_byte(const char *dir, const char *name, const char *place)
{
	char *good;
	size_t n, line = 1;
	const char *path = in_folder(dir, name);
	assert_int_equal(file_read(path, 1 << 20, &good, &n), OK);
	for (size_t i = 0; i < n; i++) {
		static const unsigned char turn[] = { 0x01, 0x20, 0x80 };
		char *changed = malloc(n);
		int bad;
		memcpy(changed, good, n);
		changed[i] ^= (char)turn[i % 3];
		FILE *out = fopen(path, "w");
		assert_int_equal(fwrite(changed, 1, n, out), n);
		fclose(out);
		free(changed);
		one_place(signing_verify(dir, &bad), place, line);
		line += good[i] == '\n';
	}
	assert_int_equal(file_replace(path, good, n, 0600), OK);
	free(good);
	return n;
}

static void any_byte_of_lists_and_checkpoints_is_found_and_placed(void **state)
{
	size_t seals, acts, days;
	char witness[600];
	struct act act = { .kind = ACT_WITNESS, .subject = "so-tnmt" };
	signing_seal(*state, 2);
	signing_run(DAY(1));
	signing_key(*state, "so-tnmt", witness);
	assert_int_equal(signing_act(*state, act, signing.key_path, witness), OK);
	signing_seal(*state, 3);
	signing_run(DAY(2));
	signing_seal(*state, 1);
	signing_run(DAY(2) + US_PER_HOUR);
	signing_assert(*state, 0, "checkpoints/open: OK, 6 seals");
	seals = every_byte(*state, "seals", "seals line ");
	acts = every_byte(*state, "checkpoints/acts", "checkpoints/acts line ");
	days = every_byte(*state, "checkpoints/000000000002",
	        "checkpoints/000000000002: DAMAGED");
	days += every_byte(*state, "checkpoints/000000000005",
	        "checkpoints/000000000005: DAMAGED");
	days += every_byte(*state, "checkpoints/open", "checkpoints/open: DAMAGED");
	print_message(
	        "changed one by one: seal list, %zu of %zu bytes found and located "
	        "to the line; acts, %zu of %zu to the line; checkpoints, %zu of "
	        "%zu to the file: one place each, nothing else\n",
	        seals, seals, acts, acts, days, days);
	signing_assert(*state, 0, "checkpoints/open: OK, 6 seals");
}

/* One checkpoint, over all lines: of those before the last none is sure by itself. */
static void any_byte_under_one_checkpoint_is_placed_too(void **state)
{
	char *text;
	size_t n;
	int bad;
	const char *path = in_folder(*state, "seals");
	signing_seal(*state, 2);
	signing_run(DAY(1));
	every_byte(*state, "seals", "seals line ");
	assert_int_equal(file_read(path, 1 << 20, &text, &n), OK);
	char *second = strchr(text, '\n') + 1;
	strcpy(second, "x\n");
	assert_int_equal(file_replace(path, text, strlen(text), 0600), OK);
	free(text);
	one_place(signing_verify(*state, &bad), "seals line ", 2);
}

static void any_byte_of_the_only_line_is_placed(void **state)
{
	signing_seal(*state, 1);
	signing_run(DAY(1));
	every_byte(*state, "seals", "seals line ");
}

/* Sixty days, sixty checkpoints: what follows from one byte is a count. */
static void one_byte_of_the_list_is_one_place_however_much_rests_on_it(void **state)
{
	char *text;
	size_t n;
	int bad;
	const char *path = in_folder(*state, "seals");
	for (int64_t day = 1; day <= 60; day++) {
		signing_seal(*state, 1);
		signing_run(DAY(day));
	}
	assert_int_equal(file_read(path, 1 << 20, &text, &n), OK);
	char *at = text;
	for (int line = 1; line < 7; line++)
		at = strchr(at, '\n') + 1;
	at = strstr(at, " root ") + 20;
	*at = *at == '0' ? '1' : '0';
	assert_int_equal(file_replace(path, text, n, 0600), OK);
	free(text);
	const char *said = signing_verify(*state, &bad);
	one_place(said, "seals line ", 7);
	assert_contains(said,
	        "seals line 7: DAMAGED: the seal of bt-outlet, 2026-11-21 (day), is "
	        "not the one that the next line names");
	assert_contains(said, "what follows: 54 checkpoints, 0 acts and 1 files rest");
	assert_contains(
	        signing_verify(path, &bad), "what follows: 54 checkpoints, 0 acts and");
	/* and of one file, against the newest alone */
	assert_int_equal(folder_make(in_folder(*state, "kcn-mau/bt-outlet/2026")), OK);
	const char *file = in_folder(*state, "kcn-mau/bt-outlet/2026/x_3.h5");
	assert_int_equal(file_replace(file, "x", 1, 0600), OK);
	assert_contains(
	        signing_verify(file, &bad), "what follows: 1 checkpoints, 0 acts and");
}

static void what_was_taken_away_is_found(void **state)
{
	char *text;
	size_t n;
	const char *seals = in_folder(*state, "seals");
	signing_seal(*state, 3);
	signing_run(DAY(1));
	signing_seal(*state, 3);
	signing_run(DAY(2));
	signing_seal(*state, 1);
	signing_run(DAY(3));
	assert_int_equal(file_read(seals, 1 << 20, &text, &n), OK);
	/* the last line */
	char *cut = memrchr(text, '\n', n - 1);
	assert_int_equal(file_replace(seals, text, (size_t)(cut + 1 - text), 0600), OK);
	int bad;
	assert_contains(signing_verify(*state, &bad),
	        "seals line 7: DAMAGED: cut off; checkpoints/000000000007 was "
	        "signed over 7 lines");
	assert_int_equal(file_replace(seals, text, n, 0600), OK);
	free(text);
	/* a checkpoint in the middle */
	unlink(in_folder(*state, "checkpoints/000000000006"));
	signing_assert(*state, 1,
	        "checkpoints/000000000007: DAMAGED: does not name the checkpoint "
	        "before "
	        "it");
	/* something laid beside them */
	unlink(in_folder(*state, "checkpoints/000000000007"));
	file_replace(in_folder(*state, "checkpoints/note"), "x", 1, 0600);
	signing_assert(*state, 1, "checkpoints/note: NOT SEALED");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(any_byte_of_lists_and_checkpoints_is_found_and_placed),
		WITH_ARCHIVE(any_byte_under_one_checkpoint_is_placed_too),
		WITH_ARCHIVE(any_byte_of_the_only_line_is_placed),
		WITH_ARCHIVE(
		        one_byte_of_the_list_is_one_place_however_much_rests_on_it),
		WITH_ARCHIVE(what_was_taken_away_is_found),
	};
	return cmocka_run_group_tests_name("checkpoint bytes", tests, NULL, NULL);
}
