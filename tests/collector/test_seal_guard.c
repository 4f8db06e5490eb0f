/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A seal list that is not the one that was signed: nothing is sealed upon it. */
#include "tests/kits/guard_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/acts.h"
#include "base/folder.h"
#include "base/sign.h"
#include "collector/incoming.h"

#define GONE                                                                           \
	"checkpoints: the acts name the key that signs (archive), and there is no "    \
	"checkpoint: all of them were taken away: put back a copy of checkpoints and " \
	"of seals, then start again"
#define OLDER "seals: the seal list is older than what was sealed: "

static void seals_are(const char *dir, const char *expected, size_t n)
{
	char *text;
	size_t m;
	assert_int_equal(file_read(in_folder(dir, "seals"), 1u << 20, &text, &m), OK);
	assert_int_equal(m, n);
	assert_memory_equal(text, expected, n);
	free(text);
}

static void a_list_shorter_than_what_was_signed_is_not_sealed_upon(void **state)
{
	guard_seal_days(*state, true);
	guard_seals_cut(*state, 3);
	guard_is_held(*state);
	guard_goes_on(*state);
}

static void a_list_that_is_gone_is_not_begun_anew(void **state)
{
	guard_seal_days(*state, true);
	guard_seals_put(*state, "", 0);
	guard_is_held(*state);
	guard_goes_on(*state);
}

static void half_a_line_that_was_signed_is_missed(void **state)
{
	guard_seal_days(*state, true);
	guard_seals_put(*state, guard_good, guard_good_size - 5);
	guard_is_held(*state);
	guard_goes_on(*state);
}

static void a_changed_last_line_is_not_sealed_upon(void **state)
{
	guard_seal_days(*state, true);
	char *changed = strdup(guard_good);
	char *at = strstr(memrchr(changed, '\n', guard_good_size - 2), " root ");
	at[6] = at[6] == '0' ? '1' : '0';
	guard_seals_put(*state, changed, guard_good_size);
	free(changed);
	guard_is_held(*state);
	guard_goes_on(*state);
}

static void a_damaged_list_is_not_sealed_upon_and_takes_records_in(void **state)
{
	guard_seal_days(*state, true);
	char *changed = strdup(guard_good);
	changed[0] ^= 1;
	guard_seals_put(*state, changed, guard_good_size);
	free(changed);
	guard_is_held(*state);
	guard_goes_on(*state);
}

/* What was sealed since the last day's checkpoint is signed too. */
static void the_open_checkpoint_counts(void **state)
{
	struct problem why = { .text = "" };
	guard_seal_days(*state, false);
	assert_int_equal(access(in_folder(*state, "checkpoints/open"), F_OK), -1);
	struct ingest *ingest = guard_open(*state);
	assert_null(strstr(lines, "checkpoints/open")); /* nor is it missed */
	guard_readings(
	        ingest, D(GUARD_DAYS) + 2 * AGENT_HOUR, D(GUARD_DAYS) + 3 * AGENT_HOUR);
	agent_reading(&cabinet, D(0) + 1, 1); /* late */
	agent_give(&cabinet, ingest, D(GUARD_DAYS) - AGENT_HOUR);
	assert_true(ingest_seal(ingest, D(GUARD_DAYS + 1) + 15 * AGENT_MIN, false,
	                    &why) > 0);
	ingest_close(ingest);
	assert_int_equal(access(in_folder(*state, "checkpoints/open"), F_OK), 0);
	free(guard_good);
	assert_int_equal(file_read(in_folder(*state, "seals"), 1u << 20, &guard_good,
	                         &guard_good_size),
	        OK);
	guard_seals_cut(*state, 1);
	guard_is_held(*state);
	guard_goes_on(*state);
}

static void flip(const char *path, const char *behind)
{
	char *text;
	size_t n;
	assert_int_equal(file_read(path, 1u << 16, &text, &n), OK);
	char *at = strstr(text, behind) + strlen(behind) + 20;
	*at = *at == 'A' ? 'B' : 'A';
	assert_int_equal(file_replace(path, text, n, 0644), OK);
	free(text);
}

static void a_checkpoint_that_does_not_hold_holds_nothing_up(void **state)
{
	guard_seal_days(*state, true);
	flip(in_folder(*state, "checkpoints/000000000006"), "\xe2\x80\x94 archive ");
	struct ingest *ingest = guard_open(*state);
	struct problem why = { .text = "" };
	guard_readings(
	        ingest, D(GUARD_DAYS) + 2 * AGENT_HOUR, D(GUARD_DAYS) + 3 * AGENT_HOUR);
	assert_int_equal(ingest_seal(ingest, D(GUARD_DAYS + 20), true, &why), 1);
	ingest_close(ingest);
	assert_contains(lines, "checkpoints/000000000006: signature 1 is not that of");
}

/* Another key takes over and says that the first one's last checkpoint does not count. */
static void revoke_the_key_of(const char *dir)
{
	char secret[600], public_path[600];
	struct act fresh = {
		.kind = ACT_KEY, .subject = "second", .from = 6, .at_us = 1
	};
	struct act revoke = {
		.kind = ACT_REVOKE, .subject = "archive", .from = 5, .at_us = 1
	};
	struct sign_key *first, *second;
	snprintf(secret, sizeof secret, "%s", in_folder(dir, "second.sign.secret"));
	snprintf(public_path, sizeof public_path, "%s", in_folder(dir, "second.pub"));
	assert_int_equal(sign_key_new(secret, public_path, NULL), OK);
	assert_int_equal(sign_key_open(&first, guard_key_path, NULL), OK);
	assert_int_equal(sign_key_open(&second, secret, NULL), OK);
	memcpy(fresh.public_key, sign_key_public(second), SIGN_PUBLIC);
	struct act_signers both = { first, second }, later = { second, NULL };
	assert_int_equal(acts_append(dir, &fresh, &both, NULL), OK);
	assert_int_equal(acts_append(dir, &revoke, &later, NULL), OK);
	sign_key_close(first);
	sign_key_close(second);
}

static void a_checkpoint_of_a_revoked_key_is_no_alarm(void **state)
{
	guard_seal_days(*state, true);
	revoke_the_key_of(*state);
	lines[0] = '\0';
	ingest_close(guard_open(*state));
	assert_null(strstr(lines, "revoked"));
}

/* The acts tell that there was one: whoever takes it away with the lines it was over does
 * not have the rest signed anew. */
static void acts_without_any_checkpoint_hold(void **state)
{
	guard_seal_days(*state, true);
	const char *dir = *state;
	assert_int_equal(rename(in_folder(dir, "checkpoints/000000000006"),
	                         in_folder(dir, "kept")),
	        0);
	guard_is_held_for(dir, GONE);
	guard_seals_cut(dir, 2);
	guard_is_held_for(dir, GONE);
	guard_seals_put(dir, "", 0);
	guard_is_held_for(dir, GONE);
	assert_int_equal(rename(in_folder(dir, "kept"),
	                         in_folder(dir, "checkpoints/000000000006")),
	        0);
	guard_goes_on(dir);
}

/* A power cut between the acts and the name of the first checkpoint. */
static void the_first_checkpoint_is_finished_at_the_start(void **state)
{
	struct problem why = { .text = "" };
	guard_seal_days(*state, true);
	const char *dir = *state;
	assert_int_equal(rename(in_folder(dir, "checkpoints/000000000006"),
	                         in_folder(dir, "checkpoints/.first")),
	        0);
	struct ingest *ingest = guard_open(dir);
	assert_int_equal(access(in_folder(dir, "checkpoints/000000000006"), F_OK), 0);
	assert_int_equal(access(in_folder(dir, "checkpoints/.first"), F_OK), -1);
	guard_readings(
	        ingest, D(GUARD_DAYS) + 2 * AGENT_HOUR, D(GUARD_DAYS) + 3 * AGENT_HOUR);
	assert_int_equal(ingest_seal(ingest, D(GUARD_DAYS + 20), true, &why), 1);
	ingest_close(ingest);
	assert_int_equal(access(in_folder(dir, "checkpoints/000000000007"), F_OK), 0);
}

static void a_list_cut_under_a_checkpoint_that_does_not_hold_is_noticed(void **state)
{
	guard_seal_days(*state, true);
	flip(in_folder(*state, "checkpoints/000000000006"), "\xe2\x80\x94 archive ");
	guard_seals_cut(*state, 1);
	guard_is_held_for(*state, OLDER "the notes in sealed/ name 1 file that");
}

/* Who cannot be asked whose signature it is has lost one more thing. */
static void without_the_acts_what_was_signed_counts_all_the_same(void **state)
{
	guard_seal_days(*state, true);
	assert_int_equal(rename(in_folder(*state, "checkpoints/acts"),
	                         in_folder(*state, "acts.kept")),
	        0);
	guard_seals_cut(*state, 1);
	guard_is_held(*state);
	assert_int_equal(rename(in_folder(*state, "acts.kept"),
	                         in_folder(*state, "checkpoints/acts")),
	        0);
	guard_goes_on(*state);
}

/* Nothing was ever signed. */
static void without_checkpoints_a_damaged_list_is_not_sealed_upon(void **state)
{
	guard_key_path[strlen(guard_key_path) - 1] = 'x';
	guard_seal_days(*state, true);
	guard_good[0] ^= 1;
	guard_seals_put(*state, guard_good, guard_good_size);
	guard_good[0] ^= 1;
	guard_is_held_for(
	        *state, "seals line 1 is not a seal: \"w1 2026-11-15 bt-outlet");
	guard_goes_on(*state);
}

static void a_list_that_cannot_be_read_is_not_sealed_upon(void **state)
{
	guard_seal_days(*state, true);
	const char *path = in_folder(*state, "seals");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	guard_is_held(*state);
	assert_int_equal(rmdir(in_folder(*state, "seals")), 0);
	guard_goes_on(*state);
}

static void recover_and_import_say_the_cure(void **state)
{
	int code;
	char seals[16384];
	guard_seal_days(*state, true);
	guard_seals_cut(*state, 2);
	size_t n = guard_good_size;
	for (int i = 0; i < 2; i++)
		n = (size_t)((char *)memrchr(guard_good, '\n', n - 1) + 1 - guard_good);
	memcpy(seals, guard_good, n);
	char *said = run_command(&code, "%s recover %s 2>&1",
	        project_file("build/san/quantrac"), (char *)*state);
	assert_contains(said, GUARD_CURE);
	free(said);
	assert_int_equal(code, EXIT_DAMAGED);
	struct ingest_options options = { .dir = *state };
	struct incoming_counts counts;
	struct problem why = { .text = "" };
	assert_int_equal(
	        incoming_deliver(&options, NULL, D(9), &counts, &why), REFUSED);
	assert_contains(why.text, GUARD_CURE);
	assert_int_equal(why.exit, EXIT_DAMAGED);
	seals_are(*state, seals, n);
	guard_goes_on(*state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUARDED(a_list_shorter_than_what_was_signed_is_not_sealed_upon),
		GUARDED(a_list_that_is_gone_is_not_begun_anew),
		GUARDED(half_a_line_that_was_signed_is_missed),
		GUARDED(a_changed_last_line_is_not_sealed_upon),
		GUARDED(a_damaged_list_is_not_sealed_upon_and_takes_records_in),
		GUARDED(the_open_checkpoint_counts),
		GUARDED(a_checkpoint_that_does_not_hold_holds_nothing_up),
		GUARDED(a_list_cut_under_a_checkpoint_that_does_not_hold_is_noticed),
		GUARDED(a_checkpoint_of_a_revoked_key_is_no_alarm),
		GUARDED(acts_without_any_checkpoint_hold),
		GUARDED(the_first_checkpoint_is_finished_at_the_start),
		GUARDED(without_the_acts_what_was_signed_counts_all_the_same),
		GUARDED(without_checkpoints_a_damaged_list_is_not_sealed_upon),
		GUARDED(a_list_that_cannot_be_read_is_not_sealed_upon),
		GUARDED(recover_and_import_say_the_cure),
	};
	return cmocka_run_group_tests_name("seal, guarded", tests, NULL, NULL);
}
