/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A seal list that is not the one that was signed: nothing is sealed upon it. */
#include "tests/collector_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/acts.h"
#include "base/folder.h"
#include "base/sign.h"
#include "collector/incoming.h"
#include "collector/scrub.h"

#define DAYS 5
#define GONE                                                                           \
	"checkpoints: the acts name the key that signs (archive), and there is no "    \
	"checkpoint: all of them were taken away: put back a copy of checkpoints and " \
	"of seals, then start again"
#define OLDER "seals: the seal list is older than what was sealed: "
#define CURE                                                                           \
	"the seal list is not the one that was signed: put back a copy of seals, "     \
	"then start again"

static char key_path[600], *good;
static size_t good_size;

static struct ingest *open_it(const char *dir)
{
	struct ingest_options options = { .dir = dir, .sign_key = key_path };
	struct ingest *ingest;
	struct problem why = { .text = "" };
	if (ingest_open(&ingest, &options, &why) != OK)
		fail_msg("%s", why.text);
	return ingest;
}

static void readings(struct ingest *ingest, int64_t from_us, int64_t to_us)
{
	for (int64_t t = from_us; t < to_us; t += AGENT_HOUR) {
		agent_reading(&cabinet, t, (double)(t % 997));
		agent_give(&cabinet, ingest, t + 1000000);
	}
}

/* Five days sealed and signed; `all`: and two hours of the sixth. */
static void seal_days(const char *dir, bool all)
{
	struct problem why = { .text = "" };
	struct ingest *ingest = open_it(dir);
	agent_describe(&cabinet, D(0));
	agent_give(&cabinet, ingest, D(0));
	readings(ingest, D(0), D(DAYS) + 2 * AGENT_HOUR);
	if (ingest_seal(ingest, D(DAYS) + 2 * AGENT_HOUR, all, &why) < DAYS)
		fail_msg("%s", why.text);
	ingest_close(ingest);
	assert_int_equal(
	        file_read(in_folder(dir, "seals"), 1u << 20, &good, &good_size), OK);
}

static int setup(void **state)
{
	char public_path[600];
	if (collector_setup(state) != 0)
		return -1;
	folder_make(in_folder(*state, "keys"));
	snprintf(key_path, sizeof key_path, "%s",
	        in_folder(*state, "keys/archive.sign.secret"));
	snprintf(public_path, sizeof public_path, "%s",
	        in_folder(*state, "keys/archive.sign.pub"));
	return sign_key_new(key_path, public_path, NULL) == OK ? 0 : -1;
}

static int teardown(void **state)
{
	free(good);
	good = NULL;
	return collector_teardown(state);
}

static void seals_put(const char *dir, const char *text, size_t n)
{
	assert_int_equal(file_replace(in_folder(dir, "seals"), text, n, 0640), OK);
}

/* The list without its last lines. */
static void seals_cut(const char *dir, int count)
{
	size_t n = good_size;
	for (int i = 0; i < count; i++)
		n = (size_t)((char *)memrchr(good, '\n', n - 1) + 1 - good);
	seals_put(dir, good, n);
}

static void seals_are(const char *dir, const char *expected, size_t n)
{
	char *text;
	size_t m;
	assert_int_equal(file_read(in_folder(dir, "seals"), 1u << 20, &text, &m), OK);
	assert_int_equal(m, n);
	assert_memory_equal(text, expected, n);
	free(text);
}

/* A start on this list: records come in and stay, nothing is sealed, moved, forgotten
 * or made again. */
static void is_held_for(const char *dir, const char *cure)
{
	struct problem why = { .text = "" };
	struct scrub scrub;
	const struct scrub_options quick = { .every_s = 60, .bytes_s = 1e12 };
	char *before, *after;
	size_t n, m, records = book.n;
	assert_int_equal(file_read(in_folder(dir, "seals"), 1u << 20, &before, &n), OK);
	struct ingest *ingest = open_it(dir);
	readings(ingest, D(DAYS) + 2 * AGENT_HOUR, D(DAYS + 1) + 2 * AGENT_HOUR);
	assert_int_equal(ingest_commit(ingest), OK);
	struct seal_job *job = ingest_seal_begin(ingest, D(DAYS + 20), true);
	assert_int_equal(seal_job_run(job, &why), REFUSED);
	assert_contains(why.text, cure);
	assert_int_equal(why.exit, EXIT_DAMAGED);
	scrub_open(&scrub, &quick, dir);
	scrub_run(&scrub, job);
	scrub_all(&scrub, job);
	assert_int_equal(scrub.n_told, 0);
	scrub_close(&scrub);
	for (size_t i = 0; i < job->n; i++)
		assert_int_equal(job->limit[i].forget_seq, 0);
	ingest_seal_end(ingest, job);
	ingest_close(ingest);
	assert_true(book.n > records);
	assert_int_equal(file_read(in_folder(dir, "seals"), 1u << 20, &after, &m), OK);
	assert_int_equal(m, n);
	assert_memory_equal(after, before, n);
	free(before);
	free(after);
	assert_int_equal(access(in_folder(dir, "quarantine"), F_OK), -1);
}

static void is_held(const char *dir)
{
	is_held_for(dir, CURE);
}

/* The good list again: what came meanwhile is sealed upon it. */
static void goes_on(const char *dir)
{
	struct problem why = { .text = "" };
	seals_put(dir, good, good_size);
	struct ingest *ingest = open_it(dir);
	if (ingest_seal(ingest, D(DAYS + 20), true, &why) < 0)
		fail_msg("not sealed: %s", why.text);
	ingest_close(ingest);
	assert_int_equal(sealed_records(dir, &book), book.n);
	assert_int_equal(access(in_folder(dir, "quarantine"), F_OK), -1);
}

static void a_list_shorter_than_what_was_signed_is_not_sealed_upon(void **state)
{
	seal_days(*state, true);
	seals_cut(*state, 3);
	is_held(*state);
	goes_on(*state);
}

static void a_list_that_is_gone_is_not_begun_anew(void **state)
{
	seal_days(*state, true);
	seals_put(*state, "", 0);
	is_held(*state);
	goes_on(*state);
}

static void half_a_line_that_was_signed_is_missed(void **state)
{
	seal_days(*state, true);
	seals_put(*state, good, good_size - 5);
	is_held(*state);
	goes_on(*state);
}

static void a_changed_last_line_is_not_sealed_upon(void **state)
{
	seal_days(*state, true);
	char *changed = strdup(good);
	char *at = strstr(memrchr(changed, '\n', good_size - 2), " root ");
	at[6] = at[6] == '0' ? '1' : '0';
	seals_put(*state, changed, good_size);
	free(changed);
	is_held(*state);
	goes_on(*state);
}

static void a_damaged_list_is_not_sealed_upon_and_takes_records_in(void **state)
{
	seal_days(*state, true);
	char *changed = strdup(good);
	changed[0] ^= 1;
	seals_put(*state, changed, good_size);
	free(changed);
	is_held(*state);
	goes_on(*state);
}

/* What was sealed since the last day's checkpoint is signed too. */
static void the_open_checkpoint_counts(void **state)
{
	struct problem why = { .text = "" };
	seal_days(*state, false);
	assert_int_equal(access(in_folder(*state, "checkpoints/open"), F_OK), -1);
	struct ingest *ingest = open_it(*state);
	readings(ingest, D(DAYS) + 2 * AGENT_HOUR, D(DAYS) + 3 * AGENT_HOUR);
	agent_reading(&cabinet, D(0) + 1, 1); /* late */
	agent_give(&cabinet, ingest, D(DAYS) - AGENT_HOUR);
	assert_true(ingest_seal(ingest, D(DAYS + 1) + 15 * AGENT_MIN, false, &why) > 0);
	ingest_close(ingest);
	assert_int_equal(access(in_folder(*state, "checkpoints/open"), F_OK), 0);
	free(good);
	assert_int_equal(
	        file_read(in_folder(*state, "seals"), 1u << 20, &good, &good_size), OK);
	seals_cut(*state, 1);
	is_held(*state);
	goes_on(*state);
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
	seal_days(*state, true);
	flip(in_folder(*state, "checkpoints/000000000006"), "\xe2\x80\x94 archive ");
	struct ingest *ingest = open_it(*state);
	struct problem why = { .text = "" };
	readings(ingest, D(DAYS) + 2 * AGENT_HOUR, D(DAYS) + 3 * AGENT_HOUR);
	assert_int_equal(ingest_seal(ingest, D(DAYS + 20), true, &why), 1);
	ingest_close(ingest);
	assert_contains(lines, "checkpoints/000000000006: signature 1 is not that of");
}

/* The acts tell that there was one: whoever takes it away with the lines it was over does
 * not have the rest signed anew. */
static void acts_without_any_checkpoint_hold(void **state)
{
	seal_days(*state, true);
	const char *dir = *state;
	assert_int_equal(rename(in_folder(dir, "checkpoints/000000000006"),
	                         in_folder(dir, "kept")),
	        0);
	is_held_for(dir, GONE);
	seals_cut(dir, 2);
	is_held_for(dir, GONE);
	seals_put(dir, "", 0);
	is_held_for(dir, GONE);
	assert_int_equal(rename(in_folder(dir, "kept"),
	                         in_folder(dir, "checkpoints/000000000006")),
	        0);
	goes_on(dir);
}

/* The list and the checkpoints as they were after three of the five days. */
static void seal_twice(const char *dir)
{
	struct problem why = { .text = "" };
	struct ingest *ingest = open_it(dir);
	agent_describe(&cabinet, D(0));
	agent_give(&cabinet, ingest, D(0));
	readings(ingest, D(0), D(3) + 2 * AGENT_HOUR);
	assert_int_equal(ingest_seal(ingest, D(3) + 2 * AGENT_HOUR, false, &why), 3);
	ingest_close(ingest);
	int code;
	free(run_command(
	        &code, "cd %s && mkdir old && cp -a seals checkpoints old", dir));
	assert_int_equal(code, 0);
	ingest = open_it(dir);
	readings(ingest, D(3) + 2 * AGENT_HOUR, D(DAYS) + 2 * AGENT_HOUR);
	assert_int_equal(ingest_seal(ingest, D(DAYS) + 2 * AGENT_HOUR, false, &why), 2);
	ingest_close(ingest);
	assert_int_equal(
	        file_read(in_folder(dir, "seals"), 1u << 20, &good, &good_size), OK);
	free(run_command(&code,
	        "cd %s && mkdir new && mv seals checkpoints new && mv old/* . && "
	        "cp -a seals cut",
	        dir));
	assert_int_equal(code, 0);
}

static void checkpoints_back(const char *dir)
{
	int code;
	free(run_command(
	        &code, "cd %s && rm -rf checkpoints && mv new/checkpoints .", dir));
	assert_int_equal(code, 0);
}

static void an_older_list_with_its_own_checkpoints_is_not_sealed_upon(void **state)
{
	seal_twice(*state);
	is_held_for(*state, OLDER "the notes in sealed/ name 2 files that it does not");
	checkpoints_back(*state);
	goes_on(*state);
}

/* And with the notes of that time: the sealed files tell. */
static void whole_files_that_an_older_list_does_not_name_stay_where_they_are(
        void **state)
{
	int code;
	seal_twice(*state);
	free(run_command(&code,
	        "cd %s && cp sealed/bt-outlet new && sed -i 4,5d sealed/bt-outlet",
	        (char *)*state));
	is_held_for(*state, OLDER "2 whole sealed files it does not name: ");
	checkpoints_back(*state);
	goes_on(*state);
}

/* One whose records are not those of its /tree is no witness. */
static void a_damaged_file_does_not_tell_that_the_list_is_older(void **state)
{
	int code;
	seal_twice(*state);
	char *said = run_command(&code,
	        "cd %s && cp sealed/bt-outlet new && sed -i 4,5d sealed/bt-outlet && "
	        "f=$(ls kcn-mau/bt-outlet/2026/* | sed -n 4p) && "
	        "/usr/bin/python3 %s $f value /tree 5 77 2>&1",
	        (char *)*state, project_file("tests/edit_h5.py"));
	if (code != 0)
		fail_msg("%s", said);
	free(said);
	is_held_for(*state, OLDER "1 whole sealed file it does not name: ");
}

/* The acts were signed over more seals than are left. */
static void an_act_over_more_seals_than_there_are_holds(void **state)
{
	int code;
	struct problem why = { .text = "" };
	char public[600];
	seal_twice(*state);
	free(run_command(&code, "cd %s && rm -rf sealed kcn-mau", (char *)*state));
	struct act act = { .kind = ACT_WITNESS, .from = 5, .subject = "so-tnmt" };
	struct sign_key *key;
	snprintf(public, sizeof public, "%.500s/keys/archive.sign.pub", (char *)*state);
	assert_int_equal(sign_public_read(public, act.public_key, &why), OK);
	assert_int_equal(sign_key_open(&key, key_path, &why), OK);
	if (acts_append(*state, &act, &(struct act_signers){ .by = key }, &why) != OK)
		fail_msg("%s", why.text);
	sign_key_close(key);
	is_held_for(*state, "5 lines were signed; it has 3");
}

/* What somebody put there, or is damaged, holds nothing up. */
static void a_file_that_is_none_of_ours_holds_nothing_up(void **state)
{
	int code;
	struct problem why = { .text = "" };
	seal_days(*state, true);
	char *said = run_command(&code,
	        "cd %s/kcn-mau/bt-outlet/2026 && f=$(ls | head -n 1) && cp $f x.h5 && "
	        "cp $f bt-outlet_2026-12-31.h5 && echo x > bt-outlet_2026-12-30.h5 && "
	        "head -c 6000 $f > bt-outlet_2026-12-29.h5 && ln -s $f y.h5",
	        (char *)*state);
	free(said);
	assert_int_equal(code, 0);
	struct ingest *ingest = open_it(*state);
	readings(ingest, D(DAYS) + 2 * AGENT_HOUR, D(DAYS) + 3 * AGENT_HOUR);
	if (ingest_seal(ingest, D(DAYS + 20), true, &why) != 1)
		fail_msg("%s", why.text);
	ingest_close(ingest);
}

/* Put there while the collector runs, where a day is to be sealed. */
static void a_whole_file_in_the_way_is_not_moved(void **state)
{
	int code;
	struct problem why = { .text = "" };
	seal_twice(*state);
	free(run_command(&code,
	        "cd %s && sed -i 4,5d sealed/bt-outlet && mkdir away && mv "
	        "kcn-mau/bt-outlet/2026/*-1[89].h5 away && ls away | wc -l",
	        (char *)*state));
	struct ingest *ingest = open_it(*state);
	free(run_command(
	        &code, "cd %s && mv away/* kcn-mau/bt-outlet/2026", (char *)*state));
	assert_int_equal(code, 0);
	assert_int_equal(
	        ingest_seal(ingest, D(DAYS) + 2 * AGENT_HOUR, false, &why), FAILED);
	assert_contains(
	        why.text, "is a whole sealed file that no line of the seal list");
	ingest_close(ingest);
	assert_int_equal(access(in_folder(*state, "quarantine"), F_OK), -1);
}

/* A power cut between the acts and the name of the first checkpoint. */
static void the_first_checkpoint_is_finished_at_the_start(void **state)
{
	struct problem why = { .text = "" };
	seal_days(*state, true);
	const char *dir = *state;
	assert_int_equal(rename(in_folder(dir, "checkpoints/000000000006"),
	                         in_folder(dir, "checkpoints/.first")),
	        0);
	struct ingest *ingest = open_it(dir);
	assert_int_equal(access(in_folder(dir, "checkpoints/000000000006"), F_OK), 0);
	assert_int_equal(access(in_folder(dir, "checkpoints/.first"), F_OK), -1);
	readings(ingest, D(DAYS) + 2 * AGENT_HOUR, D(DAYS) + 3 * AGENT_HOUR);
	assert_int_equal(ingest_seal(ingest, D(DAYS + 20), true, &why), 1);
	ingest_close(ingest);
	assert_int_equal(access(in_folder(dir, "checkpoints/000000000007"), F_OK), 0);
}

static void a_list_cut_under_a_checkpoint_that_does_not_hold_is_noticed(void **state)
{
	seal_days(*state, true);
	flip(in_folder(*state, "checkpoints/000000000006"), "\xe2\x80\x94 archive ");
	seals_cut(*state, 1);
	is_held_for(*state, OLDER "the notes in sealed/ name 1 file that");
}

/* Who cannot be asked whose signature it is has lost one more thing. */
static void without_the_acts_what_was_signed_counts_all_the_same(void **state)
{
	seal_days(*state, true);
	assert_int_equal(rename(in_folder(*state, "checkpoints/acts"),
	                         in_folder(*state, "acts.kept")),
	        0);
	seals_cut(*state, 1);
	is_held(*state);
	assert_int_equal(rename(in_folder(*state, "acts.kept"),
	                         in_folder(*state, "checkpoints/acts")),
	        0);
	goes_on(*state);
}

static void without_checkpoints_a_damaged_list_stops_the_start(void **state)
{
	struct ingest *ingest;
	struct problem why;
	key_path[strlen(key_path) - 1] = 'x';
	seal_days(*state, true);
	good[0] ^= 1;
	seals_put(*state, good, good_size);
	struct ingest_options options = { .dir = *state };
	assert_int_equal(ingest_open(&ingest, &options, &why), MALFORMED);
	assert_int_equal(why.exit, EXIT_DAMAGED);
}

static void recover_and_import_say_the_cure(void **state)
{
	int code;
	char seals[16384];
	seal_days(*state, true);
	seals_cut(*state, 2);
	size_t n = good_size;
	for (int i = 0; i < 2; i++)
		n = (size_t)((char *)memrchr(good, '\n', n - 1) + 1 - good);
	memcpy(seals, good, n);
	char *said = run_command(&code, "%s recover %s 2>&1",
	        project_file("build/san/quantrac"), (char *)*state);
	assert_contains(said, CURE);
	free(said);
	assert_int_equal(code, EXIT_DAMAGED);
	struct ingest_options options = { .dir = *state };
	struct incoming_counts counts;
	struct problem why = { .text = "" };
	assert_int_equal(
	        incoming_deliver(&options, NULL, D(9), &counts, &why), REFUSED);
	assert_contains(why.text, CURE);
	assert_int_equal(why.exit, EXIT_DAMAGED);
	seals_are(*state, seals, n);
	goes_on(*state);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_list_shorter_than_what_was_signed_is_not_sealed_upon),
		WITH(a_list_that_is_gone_is_not_begun_anew),
		WITH(half_a_line_that_was_signed_is_missed),
		WITH(a_changed_last_line_is_not_sealed_upon),
		WITH(a_damaged_list_is_not_sealed_upon_and_takes_records_in),
		WITH(the_open_checkpoint_counts),
		WITH(a_checkpoint_that_does_not_hold_holds_nothing_up),
		WITH(a_list_cut_under_a_checkpoint_that_does_not_hold_is_noticed),
		WITH(acts_without_any_checkpoint_hold),
		WITH(an_older_list_with_its_own_checkpoints_is_not_sealed_upon),
		WITH(whole_files_that_an_older_list_does_not_name_stay_where_they_are),
		WITH(a_damaged_file_does_not_tell_that_the_list_is_older),
		WITH(an_act_over_more_seals_than_there_are_holds),
		WITH(a_file_that_is_none_of_ours_holds_nothing_up),
		WITH(a_whole_file_in_the_way_is_not_moved),
		WITH(the_first_checkpoint_is_finished_at_the_start),
		WITH(without_the_acts_what_was_signed_counts_all_the_same),
		WITH(without_checkpoints_a_damaged_list_stops_the_start),
		WITH(recover_and_import_say_the_cure),
	};
	return cmocka_run_group_tests_name("seal, guarded", tests, NULL, NULL);
}
