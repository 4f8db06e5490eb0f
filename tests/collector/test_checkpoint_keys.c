/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"
#include "tests/kits/checkpoint_kit.h"

static void a_key_hands_over_and_what_it_signs_later_is_found(void **state)
{
	char fresh[600], *note;
	size_t n;
	struct act act = { .kind = ACT_KEY, .subject = "second" };
	signing_seal(*state, 2);
	signing_run(DAY(1));
	signing_key(*state, "second", fresh);
	/* not without the old key */
	assert_int_equal(signing_act(*state, act, fresh, fresh), MALFORMED);
	act.from = 2;
	assert_int_equal(signing_act(*state, act, signing.key_path, fresh), OK);
	signing.checkpoints.key = fresh;
	signing_seal(*state, 2);
	signing_run(DAY(2));
	signing_assert(*state, 0,
	        "checkpoints/000000000004: OK, 4 seals, signed "
	        "2026-11-16T19:00:00+00:00 by second");
	signing_assert(*state, 0, "checkpoints/acts: OK, 2 lines, key second signs");
	/* the old key signs the same text */
	struct checkpoint forged;
	struct sign_key *old;
	const char *path = in_folder(*state, "checkpoints/000000000004");
	assert_int_equal(checkpoint_read(&forged, path, NULL), OK);
	assert_int_equal(sign_key_open(&old, signing.key_path, NULL), OK);
	assert_int_equal(checkpoint_sign(&forged, "archive", old), OK);
	sign_key_close(old);
	note = malloc(CHECKPOINT_TEXT);
	n = (size_t)checkpoint_print(&forged, note, CHECKPOINT_TEXT);
	assert_int_equal(file_replace(path, note, n, 0600), OK);
	free(note);
	signing_assert(*state, 1,
	        "checkpoints/000000000004: DAMAGED: key archive gave way to key second "
	        "at 2 seals");
}

/* Two seals signed, three more signed, then a second key takes over and revokes. */
static void archive_revoked(const char *dir, uint64_t from)
{
	char fresh[600];
	struct act act = { .kind = ACT_KEY, .subject = "second", .from = 5 };
	struct act revoke = { .kind = ACT_REVOKE, .subject = "archive", .from = from };
	signing_seal(dir, 2);
	signing_run(DAY(1));
	signing_seal(dir, 3);
	signing_run(DAY(2));
	signing_key(dir, "second", fresh);
	assert_int_equal(signing_act(dir, revoke, signing.key_path, NULL),
	        MALFORMED); /* itself */
	assert_int_equal(signing_act(dir, act, signing.key_path, fresh), OK);
	assert_int_equal(signing_act(dir, revoke, signing.key_path, NULL),
	        MALFORMED); /* the old */
	assert_int_equal(signing_act(dir, revoke, fresh, NULL), OK);
	strcpy(signing.key_path, fresh);
}

static void what_a_revoked_key_signed_beyond_its_size_does_not_count(void **state)
{
	archive_revoked(*state, 2);
	signing_assert(*state, 0, "checkpoints/000000000002: OK");
	signing_assert(*state, 0,
	        "checkpoints/000000000005: REVOKED: does not count: over 5 seals, and "
	        "key archive is revoked for more than 2 seals");
	signing_assert(
	        *state, 0, "checkpoints: lines 3 to 5 of the seal list are under");
	signing_assert(*state, 0, "2 checkpoints, 0 co-signed, 1 revoked");
	/* the key in force signs over them again */
	signing_seal(*state, 1);
	signing_run(DAY(3));
	signing_assert(*state, 0, "checkpoints/000000000006: OK, 6 seals, signed");
	signing_assert(*state, 0, "checkpoints/000000000005: REVOKED");
}

static void what_it_signed_before_counts_for_ever(void **state)
{
	archive_revoked(*state, 5);
	signing_assert(*state, 0, "checkpoints/000000000002: OK");
	signing_assert(*state, 0, "checkpoints/000000000005: OK");
	signing_assert(*state, 0, "0 revoked");
}

/* A change in it is a change, and none in the list is put down to it. */
static void a_revoked_one_that_was_changed_is_damaged(void **state)
{
	char *text;
	size_t n;
	archive_revoked(*state, 2);
	const char *path = in_folder(*state, "checkpoints/000000000005");
	assert_int_equal(file_read(path, 4096, &text, &n), OK);
	text[n - 10] = text[n - 10] == 'A' ? 'B' : 'A';
	assert_int_equal(file_replace(path, text, n, 0600), OK);
	free(text);
	signing_assert(*state, 1, "checkpoints/000000000005: DAMAGED: signature 1");
}

static void a_revoked_witness_takes_nothing_from_the_checkpoint(void **state)
{
	char witness[600], note[CHECKPOINT_TEXT];
	struct act act = { .kind = ACT_WITNESS, .subject = "so-tnmt" };
	struct act revoke = { .kind = ACT_REVOKE, .subject = "so-tnmt", .from = 1 };
	struct checkpoint one;
	struct sign_key *key;
	signing_seal(*state, 2);
	signing_run(DAY(1));
	signing_key(*state, "so-tnmt", witness);
	assert_int_equal(signing_act(*state, act, signing.key_path, witness), OK);
	const char *path = in_folder(*state, "checkpoints/000000000002");
	assert_int_equal(checkpoint_read(&one, path, NULL), OK);
	one.signature[1] = (struct note_signature){ .name = "so-tnmt" };
	one.n_signatures = 2;
	assert_int_equal(sign_key_open(&key, witness, NULL), OK);
	assert_int_equal(checkpoint_cosign(&one, &one.signature[1], 9, key), OK);
	sign_key_close(key);
	int n = checkpoint_print(&one, note, sizeof note);
	assert_int_equal(file_replace(path, note, (size_t)n, 0600), OK);
	signing_assert(*state, 0, "by archive, 1 co-signature\n");
	assert_int_equal(signing_act(*state, revoke, signing.key_path, NULL), OK);
	signing_assert(*state, 0,
	        "by archive, 0 co-signatures, 1 of a revoked witness: does not count");
}

/* Three seals under a checkpoint, a witness named when there were five; then the list as it
 * was with three, and with half a line more. */
static void an_act_over_more_seals_than_there_are_tells_that_the_list_was_cut(
        void **state)
{
	char witness[600], *text;
	size_t n;
	int bad;
	struct act act = { .kind = ACT_WITNESS, .subject = "so-tnmt", .from = 5 };
	const char *seals = in_folder(*state, "seals");
	signing_seal(*state, 3);
	signing_run(DAY(1));
	signing_seal(*state, 2);
	signing_key(*state, "so-tnmt", witness);
	assert_int_equal(signing_act(*state, act, signing.key_path, witness), OK);
	signing_assert(*state, 0, "seals: OK, 5 lines");
	assert_int_equal(file_read(seals, 1 << 20, &text, &n), OK);
	const char *fourth = text;
	for (int line = 1; line < 4; line++)
		fourth = strchr(fourth, '\n') + 1;
	for (size_t more = 0; more <= 20; more += 20) {
		n = (size_t)(fourth - text) + more;
		assert_int_equal(file_replace(seals, text, n, 0600), OK);
		const char *said = signing_verify(*state, &bad);
		assert_contains(said, "seals lines 4 to 5: DAMAGED: cut off; "
		                      "checkpoints/acts was signed over 5 lines");
		assert_null(strstr(said, "a power cut while it was written"));
		assert_int_equal(bad, 3 + 1); /* files that are not there, too */
	}
	free(text);
}

/* What a report and the pages name: the newest that counts, and why it is not the last. */
static void the_newest_that_counts_is_named_and_why_the_last_does_not(void **state)
{
	struct checkpoint_mark mark;
	struct problem why = { .text = "" };
	archive_revoked(*state, 2);
	assert_int_equal(checkpoint_newest(*state, &mark, &why), REFUSED);
	assert_contains(why.text, "000000000005: ");
	assert_contains(why.text, "this checkpoint does not count; the next one");
	assert_int_equal(mark.size, 2);
	assert_int_equal(mark.at_us, DAY(1));
}

static void damaged_acts_are_not_taken_for_an_archive_that_nobody_signed(void **state)
{
	struct checkpoint_mark mark;
	struct problem why = { .text = "" };
	signing_seal(*state, 2);
	assert_int_equal(checkpoint_newest(*state, &mark, &why), NOT_FOUND);
	assert_contains(why.text, "nobody has signed its seal list");
	assert_int_equal(folder_make(in_folder(*state, "checkpoints")), OK);
	assert_int_equal(
	        file_replace(in_folder(*state, "checkpoints/acts"), "x\n", 2, 0600),
	        OK);
	assert_int_equal(checkpoint_newest(*state, &mark, &why), MALFORMED);
	assert_contains(why.text, "checkpoints/acts: line 1 is no act");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(a_key_hands_over_and_what_it_signs_later_is_found),
		WITH_ARCHIVE(what_a_revoked_key_signed_beyond_its_size_does_not_count),
		WITH_ARCHIVE(what_it_signed_before_counts_for_ever),
		WITH_ARCHIVE(a_revoked_one_that_was_changed_is_damaged),
		WITH_ARCHIVE(a_revoked_witness_takes_nothing_from_the_checkpoint),
		WITH_ARCHIVE(the_newest_that_counts_is_named_and_why_the_last_does_not),
		WITH_ARCHIVE(
		        damaged_acts_are_not_taken_for_an_archive_that_nobody_signed),
		WITH_ARCHIVE(
		        an_act_over_more_seals_than_there_are_tells_that_the_list_was_cut),
	};
	return cmocka_run_group_tests_name("checkpoint keys", tests, NULL, NULL);
}
