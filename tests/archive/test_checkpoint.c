/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/folder.h"
#include "base/stamp.h"
#include "tests/kits/checkpoint_kit.h"

/* ---- forms ---- */

static void base64_has_one_text_for_one_value(void **state)
{
	uint8_t out[8];
	char text[16];
	base64_print((const uint8_t *)"foob", 4, text);
	assert_string_equal(text, "Zm9vYg==");
	base64_print((const uint8_t *)"fooba", 5, text);
	assert_string_equal(text, "Zm9vYmE=");
	assert_int_equal(base64_parse("Zm9vYg==", out, 4), OK);
	assert_memory_equal(out, "foob", 4);
	assert_int_equal(base64_parse("Zm9vYh==", out, 4), MALFORMED);
	assert_int_equal(base64_parse("Zm9vYg=", out, 4), MALFORMED);
	assert_int_equal(base64_parse("Zm9v.g==", out, 4), MALFORMED);
}

static void a_secret_key_that_others_may_read_is_refused(void **state)
{
	struct sign_key *key;
	struct problem why;
	struct stat st;
	assert_int_equal(stat(signing.key_path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0400);
	assert_int_equal(sign_key_open(&key, signing.key_path, &why), OK);
	sign_key_close(key);
	chmod(signing.key_path, 0440);
	assert_int_equal(sign_key_open(&key, signing.key_path, &why), REFUSED);
	assert_contains(why.text, "others may read this secret key");
	assert_int_equal(
	        sign_key_new(signing.key_path, signing.key_path, &why), REFUSED);
}

static void a_question_is_what_openssl_reads(void **state)
{
	uint8_t hash[DIGEST_SIZE] = { 0xab, 0xcd }, nonce[STAMP_NONCE] = { 0xff, 1 },
	        request[STAMP_REQUEST];
	int code;
	stamp_request(hash, nonce, request);
	const char *path = in_folder(*state, "x.tsq");
	assert_int_equal(file_replace(path, request, sizeof request, 0600), OK);
	char *said = run_command(&code, "openssl ts -query -in %s -text 2>&1", path);
	assert_int_equal(code, 0);
	assert_contains(said, "Hash Algorithm: sha256");
	assert_contains(said, "ab cd 00 00");
	assert_contains(said, "Certificate required: yes");
	free(said);
}

/* ---- the collector ---- */

static void each_day_has_one_and_open_holds_what_came_since(void **state)
{
	char(*names)[CHECKPOINT_NAME];
	signing_seal(*state, 3);
	signing_run(DAY(1));
	signing_seal(*state, 1);
	signing_run(DAY(1) + US_PER_HOUR);
	signing_assert(*state, 0, "checkpoints/open: OK, 4 seals");
	signing_seal(*state, 1);
	signing_run(DAY(2) -
	            2 * US_PER_HOUR); /* midnight: the night's seals are not through */
	signing_assert(*state, 0, "checkpoints/open: OK, 5 seals");
	signing_seal(*state, 2);
	signing_run(DAY(2));
	signing_run(DAY(2) + 1);
	assert_int_equal(checkpoint_names(*state, &names), 2);
	assert_string_equal(names[0], "000000000003");
	assert_string_equal(names[1], "000000000007");
	free(names);
	signing_assert(*state, 0, "checkpoints/000000000007: OK, 7 seals");
	assert_int_not_equal(access(in_folder(*state, "checkpoints/open"), F_OK), 0);
	/* taken up again after a restart */
	checkpoints_end(&signing.checkpoints);
	signing_seal(*state, 1);
	signing_run(DAY(3));
	signing_assert(*state, 0, "checkpoints/000000000008: OK, 8 seals");
}

/* The power fails between a day's checkpoint and the removal of `open`. */
static void an_open_one_left_by_a_power_cut_is_no_damage_and_goes(void **state)
{
	char *left;
	size_t n;
	const char *open = in_folder(*state, "checkpoints/open");
	signing_seal(*state, 3);
	signing_run(DAY(1));
	signing_seal(*state, 1);
	signing_run(DAY(1) + US_PER_HOUR);
	assert_int_equal(file_read(open, 4096, &left, &n), OK);
	signing_seal(*state, 2);
	signing_run(DAY(2));
	assert_int_not_equal(access(open, F_OK), 0);
	assert_int_equal(file_replace(open, left, n, 0640), OK);
	signing_assert(*state, 0, "checkpoints/open: OK, 4 seals");
	left[n / 2] ^= 1;
	assert_int_equal(file_replace(open, left, n, 0640), OK);
	signing_assert(*state, 1, "checkpoints/open: DAMAGED");
	left[n / 2] ^= 1;
	assert_int_equal(file_replace(open, left, n, 0640), OK);
	checkpoints_end(&signing.checkpoints);
	signing_run(DAY(2) + US_PER_HOUR); /* a restart */
	assert_int_not_equal(access(open, F_OK), 0);
	signing_assert(*state, 0, "checkpoints/000000000006: OK, 6 seals");
	free(left);
}

static void what_was_being_written_at_a_power_cut_is_nothing(void **state)
{
	signing_seal(*state, 1);
	signing_run(DAY(1));
	assert_int_equal(file_replace(in_folder(*state, "checkpoints/open.2646.tmp"),
	                         "quantrac/", 9, 0640),
	        OK);
	signing_assert(*state, 0, "checkpoints/000000000001: OK, 1 seals");
	assert_int_equal(file_replace(in_folder(*state, "checkpoints/open.x.tmp"),
	                         "quantrac/", 9, 0640),
	        OK);
	signing_assert(*state, 1, "checkpoints/open.x.tmp: NOT SEALED");
}

static void without_a_key_nothing_is_signed_and_nothing_fails(void **state)
{
	char(*names)[CHECKPOINT_NAME];
	signing.checkpoints.key = "/nowhere/archive.sign.secret";
	signing_seal(*state, 2);
	signing_run(DAY(1));
	assert_true(signing.checkpoints.told);
	assert_int_equal(checkpoint_names(*state, &names), 0);
	signing_assert(*state, 0, "checkpoints: none: the seal list is not signed");
}

static void a_list_that_was_changed_is_not_signed(void **state)
{
	struct problem why;
	signing_seal(*state, 3);
	signing_run(DAY(1));
	checkpoints_end(&signing.checkpoints);
	signing.list.seal[1].records++;
	signing_seal(*state, 1);
	assert_int_equal(checkpoints_run(&signing.checkpoints, &signing.list, DAY(2),
	                         false, &why),
	        REFUSED);
	assert_contains(why.text, "is not the one whose 3 lines were signed before");
}

static void another_key_does_not_sign_unasked(void **state)
{
	char other[600];
	struct problem why;
	signing_seal(*state, 1);
	signing_run(DAY(1));
	signing_key(*state, "other", other);
	signing.checkpoints.key = other;
	signing_seal(*state, 1);
	assert_int_equal(checkpoints_run(&signing.checkpoints, &signing.list, DAY(2),
	                         false, &why),
	        REFUSED);
	assert_contains(why.text, "is not the key that signs here (that is archive)");
}

static void move(const char *dir, const char *from, const char *to)
{
	char old[ARCHIVE_PATH];
	snprintf(old, sizeof old, "%s", in_folder(dir, from));
	assert_int_equal(rename(old, in_folder(dir, to)), 0);
}

/* The acts come after the first checkpoint, and its name after them. */
static void a_power_cut_in_the_first_signing_is_no_damage(void **state)
{
	struct acts acts;
	struct problem why = { .text = "" };
	signing_seal(*state, 3);
	signing_run(DAY(1));
	assert_int_equal(access(in_folder(*state, "checkpoints/.first"), F_OK), -1);
	move(*state, "checkpoints/000000000003", "checkpoints/.first");
	signing_assert(*state, 0, "checkpoints/.first: OK, 3 seals");
	/* nor before the acts: it is nothing yet, and written anew */
	move(*state, "checkpoints/acts", "acts");
	move(*state, "checkpoints/archive.pem", "archive.pem");
	signing_assert(*state, 0, "checkpoints: none: the seal list is not signed");
	move(*state, "acts", "checkpoints/acts");
	move(*state, "archive.pem", "checkpoints/archive.pem");
	assert_int_equal(acts_read(&acts, *state, &why), OK);
	assert_int_equal(checkpoint_finish(*state, &acts, &why), OK);
	acts_free(&acts);
	signing_assert(*state, 0, "checkpoints/000000000003: OK, 3 seals");
}

static void acts_without_a_checkpoint_are_damage(void **state)
{
	signing_seal(*state, 3);
	signing_run(DAY(1));
	move(*state, "checkpoints/000000000003", "kept");
	signing_assert(*state, 1,
	        "checkpoints: DAMAGED: the acts name the key that signs (archive), and "
	        "there is no checkpoint");
}

/* What verify says of one file of it. */
static int verify_one(const char *dir, const char *name, char text[8192])
{
	struct problem why = { 0 };
	FILE *out = fmemopen(text, 8192, "w");
	int bad = verify_path(in_folder(dir, name), out, 0, &why);
	fclose(out);
	return bad;
}

/* One file is held against the list, so the list is held against what was signed. */
static void one_file_is_not_verified_by_a_list_that_was_cut(void **state)
{
	char text[8192], *seals;
	size_t n;
	signing_seal(*state, 3);
	signing_run(DAY(1));
	signing_seal(*state, 2);
	signing_run(DAY(2));
	assert_int_equal(folder_make(in_folder(*state, "kcn-mau/bt-outlet/2026")), OK);
	const char *name = "kcn-mau/bt-outlet/2026/x_0.h5";
	assert_int_equal(file_replace(in_folder(*state, name), "x", 1, 0644), OK);
	assert_int_equal(verify_one(*state, name, text), 1); /* it is no HDF5 file */
	assert_contains(text, "checkpoints/000000000005: OK, 5 seals");
	assert_null(strstr(text, "checkpoints/000000000003"));
	assert_int_equal(
	        file_read(in_folder(*state, "seals"), 1 << 20, &seals, &n), OK);
	n = (size_t)((char *)memrchr(seals, '\n', n - 1) + 1 - seals);
	assert_int_equal(file_replace(in_folder(*state, "seals"), seals, n, 0644), OK);
	free(seals);
	assert_int_equal(verify_one(*state, name, text), 2);
	assert_contains(text, "seals line 5: DAMAGED: cut off; checkpoints/"
	                      "000000000005 was signed over 5 lines");
	/* by one before it, when the newest does not hold */
	assert_int_equal(file_replace(in_folder(*state, "checkpoints/000000000005"),
	                         "x", 1, 0644),
	        OK);
	assert_int_equal(verify_one(*state, name, text), 2);
	assert_contains(text, "checkpoints/000000000003: OK, 3 seals");
	assert_contains(text, "checkpoints/000000000005: DAMAGED: is not of the form");
	unlink(in_folder(*state, "checkpoints/000000000005"));
	unlink(in_folder(*state, "checkpoints/000000000003"));
	assert_int_equal(verify_one(*state, name, text), 2);
	assert_contains(text, "checkpoints: DAMAGED: the acts name the key that signs");
}

static void the_lists_are_verified_without_the_files(void **state)
{
	char text[8192];
	static const char *const names[] = { "seals", "checkpoints", "checkpoints/acts",
		"checkpoints/000000000003" };
	signing_seal(*state, 3);
	signing_run(DAY(1));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		assert_int_equal(verify_one(*state, names[i], text), 0);
		assert_contains(text, "checkpoints/000000000003: OK, 3 seals");
		assert_contains(text, "checkpoints/acts: OK, 1 lines");
		assert_contains(text, "seals: OK, 3 lines");
		assert_contains(text, "0 sealed files");
	}
	assert_int_equal(file_replace(in_folder(*state, "seals"), "", 0, 0644), OK);
	assert_int_equal(verify_one(*state, names[3], text), 1);
	assert_contains(text, "seals lines 1 to 3: DAMAGED: cut off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_has_one_text_for_one_value),
		WITH_ARCHIVE(a_secret_key_that_others_may_read_is_refused),
		WITH_ARCHIVE(a_question_is_what_openssl_reads),
		WITH_ARCHIVE(each_day_has_one_and_open_holds_what_came_since),
		WITH_ARCHIVE(an_open_one_left_by_a_power_cut_is_no_damage_and_goes),
		WITH_ARCHIVE(what_was_being_written_at_a_power_cut_is_nothing),
		WITH_ARCHIVE(without_a_key_nothing_is_signed_and_nothing_fails),
		WITH_ARCHIVE(a_list_that_was_changed_is_not_signed),
		WITH_ARCHIVE(another_key_does_not_sign_unasked),
		WITH_ARCHIVE(a_power_cut_in_the_first_signing_is_no_damage),
		WITH_ARCHIVE(acts_without_a_checkpoint_are_damage),
		WITH_ARCHIVE(the_lists_are_verified_without_the_files),
		WITH_ARCHIVE(one_file_is_not_verified_by_a_list_that_was_cut),
	};
	return cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
}
