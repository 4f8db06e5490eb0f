/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A seal list that is older than what was sealed: nothing is sealed upon it, and no whole
 * file is moved. */
#include "tests/kits/guard_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive/acts.h"
#include "base/folder.h"

#define OLDER "seals: the seal list is older than what was sealed: "

/* The list and the checkpoints as they were after three of the five days. */
static void seal_twice(const char *dir)
{
	struct problem why = { .text = "" };
	struct ingest *ingest = guard_open(dir);
	agent_describe(&cabinet, D(0));
	agent_give(&cabinet, ingest, D(0));
	guard_readings(ingest, D(0), D(3) + 2 * AGENT_HOUR);
	assert_int_equal(ingest_seal(ingest, D(3) + 2 * AGENT_HOUR, false, &why), 3);
	ingest_close(ingest);
	int code;
	free(run_command(
	        &code, "cd %s && mkdir old && cp -a seals checkpoints old", dir));
	assert_int_equal(code, 0);
	ingest = guard_open(dir);
	guard_readings(ingest, D(3) + 2 * AGENT_HOUR, D(GUARD_DAYS) + 2 * AGENT_HOUR);
	assert_int_equal(
	        ingest_seal(ingest, D(GUARD_DAYS) + 2 * AGENT_HOUR, false, &why), 2);
	ingest_close(ingest);
	assert_int_equal(file_read(in_folder(dir, "seals"), 1u << 20, &guard_good,
	                         &guard_good_size),
	        OK);
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
	guard_is_held_for(
	        *state, OLDER "the notes in sealed/ name 2 files that it does not");
	checkpoints_back(*state);
	guard_goes_on(*state);
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
	guard_is_held_for(*state, OLDER "2 whole sealed files it does not name: "
	                                "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-");
	checkpoints_back(*state);
	guard_goes_on(*state);
}

/* A power cut leaves one file under its temporary name too, and not two. */
static void a_second_file_with_a_temporary_name_tells_that_the_list_is_older(
        void **state)
{
	int code;
	seal_twice(*state);
	for (int day = 4; day <= 5; day++) {
		free(run_command(&code,
		        "cd %s && cp -n sealed/bt-outlet new && f=$(ls "
		        "kcn-mau/bt-outlet/2026 | sed -n %dp) && mkdir -p .tmp && ln "
		        "kcn-mau/bt-outlet/2026/$f .tmp/kcn-mau%%bt-outlet%%2026%%$f "
		        "&& "
		        "head -n 3 new/bt-outlet >sealed/bt-outlet",
		        (char *)*state, day));
		assert_int_equal(code, 0);
		guard_is_held_for(
		        *state, OLDER "1 whole sealed file it does not name: ");
	}
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
	guard_is_held_for(*state, OLDER "1 whole sealed file it does not name: ");
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
	assert_int_equal(sign_key_open(&key, guard_key_path, &why), OK);
	if (acts_append(*state, &act, &(struct act_signers){ .by = key }, &why) != OK)
		fail_msg("%s", why.text);
	sign_key_close(key);
	guard_is_held_for(*state, "5 lines were signed; it has 3");
}

/* What somebody put there, or is damaged, holds nothing up. */
static void a_file_that_is_none_of_ours_holds_nothing_up(void **state)
{
	int code;
	struct problem why = { .text = "" };
	guard_seal_days(*state, true);
	char *said = run_command(&code,
	        "cd %s/kcn-mau/bt-outlet/2026 && f=$(ls | head -n 1) && cp $f x.h5 && "
	        "cp $f bt-outlet_2026-12-31.h5 && echo x > bt-outlet_2026-12-30.h5 && "
	        "head -c 6000 $f > bt-outlet_2026-12-29.h5 && ln -s $f y.h5",
	        (char *)*state);
	free(said);
	assert_int_equal(code, 0);
	struct ingest *ingest = guard_open(*state);
	guard_readings(
	        ingest, D(GUARD_DAYS) + 2 * AGENT_HOUR, D(GUARD_DAYS) + 3 * AGENT_HOUR);
	if (ingest_seal(ingest, D(GUARD_DAYS + 20), true, &why) != 1)
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
	struct ingest *ingest = guard_open(*state);
	free(run_command(
	        &code, "cd %s && mv away/* kcn-mau/bt-outlet/2026", (char *)*state));
	assert_int_equal(code, 0);
	assert_int_equal(
	        ingest_seal(ingest, D(GUARD_DAYS) + 2 * AGENT_HOUR, false, &why),
	        FAILED);
	assert_contains(
	        why.text, "is a whole sealed file that no line of the seal list");
	ingest_close(ingest);
	assert_int_equal(access(in_folder(*state, "quarantine"), F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUARDED(an_older_list_with_its_own_checkpoints_is_not_sealed_upon),
		GUARDED(whole_files_that_an_older_list_does_not_name_stay_where_they_are),
		GUARDED(a_second_file_with_a_temporary_name_tells_that_the_list_is_older),
		GUARDED(a_damaged_file_does_not_tell_that_the_list_is_older),
		GUARDED(an_act_over_more_seals_than_there_are_holds),
		GUARDED(a_file_that_is_none_of_ours_holds_nothing_up),
		GUARDED(a_whole_file_in_the_way_is_not_moved),
	};
	return cmocka_run_group_tests_name("seal list, older", tests, NULL, NULL);
}
