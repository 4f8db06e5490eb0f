/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/collector_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/folder.h"
#include "base/journal.h"

static size_t files_in(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t n = 0;
	if (dir == NULL)
		return 0;
	for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

static void records_become_durable_in_order_and_survive_a_restart(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 1);
	fill(&cabinet, 19);
	agent_give(&cabinet, ingest, NOW);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 21);
	assert_int_equal(ingest_durable(ingest, "bt-outlet", EPOCH), 1);
	assert_int_equal(ingest_commit(ingest), OK);
	assert_int_equal(ingest_durable(ingest, "bt-outlet", EPOCH), 21);
	more(&cabinet, 5);
	agent_give(&cabinet, ingest, NOW);
	ingest_close(ingest);

	ingest = archive_ingest(*state);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 26);
	assert_int_equal(ingest_durable(ingest, "bt-outlet", EPOCH), 26);
	ingest_close(ingest);
	assert_int_equal(journal_records(*state, &book), 25);
}

static void the_same_bytes_again_are_stored_once(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct problem why;
	fill(&cabinet, 19);
	agent_give(&cabinet, ingest, NOW);
	struct wire again = agent_again(&cabinet, 1, 20);
	/* before the commit and after it */
	assert_int_equal(ingest_data(ingest, "bt-outlet", &again, NOW, NULL, &why), OK);
	assert_int_equal(ingest_commit(ingest), OK);
	assert_int_equal(ingest_data(ingest, "bt-outlet", &again, NOW, NULL, &why), OK);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 21);
	ingest_close(ingest);
	assert_int_equal(journal_records(*state, &book), 20);
}

static void of_an_overlap_only_the_new_part_is_stored(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct problem why;
	fill(&cabinet, 19);
	agent_give(&cabinet, ingest, NOW);
	more(&cabinet, 10);
	struct wire overlap = agent_again(&cabinet, 15, 30);
	assert_int_equal(
	        ingest_data(ingest, "bt-outlet", &overlap, NOW, NULL, &why), OK);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 31);
	ingest_close(ingest);
	assert_int_equal(journal_records(*state, &book), 30);
}

static void what_does_not_join_on_is_asked_for_again(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct problem why;
	fill(&cabinet, 19);
	struct wire late = agent_again(&cabinet, 2, 20);
	assert_int_equal(
	        ingest_data(ingest, "bt-outlet", &late, NOW, NULL, &why), NOT_FOUND);
	assert_contains(why.text, "wanted is 1");
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 1);
	ingest_close(ingest);
	/* a hostile stream of epochs that never begin costs no disk */
	assert_int_equal(files_in(in_folder(*state, "journal")), 0);
}

static void one_key_with_other_bytes_goes_to_quarantine_and_is_never_taken(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct problem why;
	fill(&cabinet, 19);
	agent_give(&cabinet, ingest, NOW);
	assert_int_equal(ingest_commit(ingest), OK);

	struct agent clone;
	struct agent_book clone_book = { .n = 0 };
	agent_start(&clone, &clone_book, "bt-outlet", EPOCH);
	fill(&clone, 25);
	clone_book.record[7].bytes[RECORD_HEADER + 45] ^= 1;
	struct wire twin = agent_again(&clone, 1, 26);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(
		        ingest_data(ingest, "bt-outlet", &twin, NOW, NULL, &why),
		        REFUSED);
		assert_contains(why.text, "/8 came before with other bytes");
	}
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 21);
	ingest_close(ingest);
	assert_int_equal(journal_records(*state, &book), 20);
	assert_int_equal(files_in(in_folder(*state, "quarantine")), 1);
	agent_end(&clone);
	agent_book_free(&clone_book);
}

static void a_station_cannot_send_for_another(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct problem why;
	fill(&cabinet, 3);
	struct wire wire = agent_message(&cabinet);
	assert_int_equal(
	        ingest_data(ingest, "stack-1", &wire, NOW, NULL, &why), REFUSED);
	assert_contains(why.text, "the key of stack-1 sends as bt-outlet");
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 1);
	ingest_close(ingest);
}

static void simulated_data_are_refused_with_all_behind_them(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct problem why;
	agent_instrument(&cabinet, ORIGIN_SIMULATION, "A1");
	agent_state(&cabinet, AGENT_DAY, "begins");
	fill(&cabinet, 5);
	struct wire wire = agent_message(&cabinet);
	assert_int_equal(
	        ingest_data(ingest, "bt-outlet", &wire, NOW, NULL, &why), REFUSED);
	assert_contains(why.text, "--allow-simulated");
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 2);
	more(&cabinet, 5);
	assert_int_equal(agent_hand(&cabinet, ingest, NOW), NOT_FOUND);
	ingest_close(ingest);

	struct ingest_options options = { .dir = *state, .allow_simulated = true };
	assert_int_equal(ingest_open(&ingest, &options, &why), OK);
	wire = agent_again(&cabinet, 1, 12);
	assert_int_equal(ingest_data(ingest, "bt-outlet", &wire, NOW, NULL, &why), OK);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 13);
	ingest_close(ingest);
}

static void an_unreadable_description_is_kept_as_evidence(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	agent_raw(&cabinet, RECORD_DESCRIBE, AGENT_DAY, "not json", 8);
	more(&cabinet, 3);
	agent_give(&cabinet, ingest, NOW);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 5);
	ingest_close(ingest);
	assert_int_equal(journal_records(*state, &book), 4);
}

static void an_archive_has_one_writer(void **state)
{
	struct ingest *ingest = archive_ingest(*state), *second;
	struct ingest_options options = { .dir = *state };
	struct problem why;
	assert_int_equal(ingest_open(&second, &options, &why), REFUSED);
	assert_int_equal(why.exit, EXIT_TRY_AGAIN);
	ingest_close(ingest);
	assert_int_equal(ingest_open(&ingest, &options, &why), OK);
	ingest_close(ingest);
}

static void a_folder_that_is_no_archive_is_named(void **state)
{
	struct ingest *ingest;
	struct ingest_options options = { .dir = in_folder(*state, "nothing") };
	struct problem why;
	assert_int_equal(ingest_open(&ingest, &options, &why), NOT_FOUND);
	assert_int_equal(why.exit, EXIT_NO_FILE);
}

static void what_the_cabinet_keeps_no_more_is_passed_over(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct problem why;
	fill(&cabinet, 39);
	struct wire old = agent_again(&cabinet, 1, 10);
	assert_int_equal(ingest_data(ingest, "bt-outlet", &old, NOW, NULL, &why), OK);
	/* an older copy of this archive was put back; the cabinet begins at 21 now */
	assert_int_equal(ingest_skip(ingest, "bt-outlet", EPOCH, 21, NOW, &why), OK);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 21);
	assert_contains(lines, "/11 to 20 will never come");
	struct wire rest = agent_again(&cabinet, 21, 40);
	assert_int_equal(ingest_data(ingest, "bt-outlet", &rest, NOW, NULL, &why), OK);
	assert_int_equal(ingest_skip(ingest, "bt-outlet", EPOCH, 21, NOW, &why), OK);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 41);
	ingest_close(ingest);

	ingest = archive_ingest(*state);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 41);
	ingest_close(ingest);
	size_t holes;
	assert_int_equal(journal_records_and_holes(*state, &book, &holes), 30);
	assert_int_equal(holes, 1);
}

/* The cabinet had said that they were gone, and a disk was put back: they are in no day,
 * and not lost. */
static void what_was_told_as_missing_is_kept_when_it_comes(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct problem why;
	int code;
	fill(&cabinet, 39);
	struct wire some = agent_again(&cabinet, 1, 10);
	assert_int_equal(ingest_data(ingest, "bt-outlet", &some, NOW, NULL, &why), OK);
	assert_int_equal(ingest_skip(ingest, "bt-outlet", EPOCH, 21, NOW, &why), OK);
	some = agent_again(&cabinet, 21, 40);
	assert_int_equal(ingest_data(ingest, "bt-outlet", &some, NOW, NULL, &why), OK);
	lines[0] = '\0';
	for (int twice = 0; twice < 2; twice++) {
		some = agent_again(&cabinet, 5, 25);
		assert_int_equal(
		        ingest_data(ingest, "bt-outlet", &some, NOW, NULL, &why), OK);
	}
	assert_contains(lines,
	        "bt-outlet: records 5000000000000001/11 to 20 came again "
	        "and cannot be compared (they had been told as missing); "
	        "they lie in quarantine");
	free(run_command(&code,
	        "ls %s/quarantine | grep -c . | grep -qx 1 && cp "
	        "%s/quarantine/bt-outlet_5000000000000001_00000000000000000011-"
	        "00000000000000000020_*.records %s/strays",
	        (char *)*state, (char *)*state, (char *)*state));
	assert_int_equal(code, 0);
	char *bytes;
	size_t n, at = 0;
	assert_int_equal(file_read(in_folder(*state, "strays"), 65536, &bytes, &n), OK);
	for (size_t i = 10; i < 20; at += book.record[i++].size) {
		assert_true(at + book.record[i].size <= n);
		assert_memory_equal(
		        bytes + at, book.record[i].bytes, book.record[i].size);
	}
	assert_int_equal(at, n);
	free(bytes);
	ingest_close(ingest);
}

static void what_was_told_as_missing_waits_for_a_place(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct problem why;
	fill(&cabinet, 39);
	assert_int_equal(ingest_skip(ingest, "bt-outlet", EPOCH, 21, NOW, &why), OK);
	struct wire some = agent_again(&cabinet, 21, 30);
	assert_int_equal(ingest_data(ingest, "bt-outlet", &some, NOW, NULL, &why), OK);
	assert_int_equal(
	        file_replace(in_folder(*state, "quarantine"), "a file", 6, 0600), OK);
	some = agent_again(&cabinet, 15, 25);
	/* the journal begins with 21: what is sealed is asked first */
	assert_int_equal(
	        ingest_data(ingest, "bt-outlet", &some, NOW, NULL, &why), NOT_FOUND);
	assert_int_equal(seal(ingest, NOW, false), 0);
	assert_int_equal(
	        ingest_data(ingest, "bt-outlet", &some, NOW, NULL, &why), FAILED);
	assert_contains(
	        why.text, "records 15 to 20 cannot be compared, and not be kept");
	assert_int_equal(unlink(in_folder(*state, "quarantine")), 0);
	assert_int_equal(ingest_data(ingest, "bt-outlet", &some, NOW, NULL, &why), OK);
	ingest_close(ingest);
}

static void every_epoch_has_its_own_count(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct agent other;
	agent_start(&other, &book, "bt-outlet", EPOCH + 1);
	fill(&cabinet, 9);
	fill(&other, 4);
	agent_give(&cabinet, ingest, NOW);
	agent_give(&other, ingest, NOW);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 11);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH + 1), 6);
	assert_contains(lines, "new epoch 5000000000000002");
	ingest_close(ingest);
	agent_end(&other);
	assert_int_equal(journal_records(*state, &book), 15);
}

static void a_cut_at_any_byte_of_the_journal_costs_only_what_was_not_whole(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	char path[4096], *whole;
	size_t n;
	fill(&cabinet, 4);
	agent_give(&cabinet, ingest, NOW);
	ingest_close(ingest);
	snprintf(path, sizeof path, "%s/journal/bt-outlet/%016llx/%020d.log",
	        (char *)*state, (unsigned long long)EPOCH, 1);
	assert_int_equal(file_read(path, 64u << 20, &whole, &n), OK);
	size_t used = n;
	while (used > 0 && whole[used - 1] == 0)
		used--;
	for (size_t cut = JOURNAL_HEADER; cut < used; cut += 13) {
		char *torn = malloc(n);
		memcpy(torn, whole, cut);
		memset(torn + cut, 0, n - cut);
		assert_int_equal(file_replace(path, torn, n, 0640), OK);
		free(torn);
		ingest = archive_ingest(*state);
		uint64_t next = ingest_next(ingest, "bt-outlet", EPOCH);
		assert_in_range(next, 1, 5);
		struct wire again = agent_again(&cabinet, next, 5);
		assert_int_equal(
		        ingest_data(ingest, "bt-outlet", &again, NOW, NULL, NULL), OK);
		ingest_close(ingest);
		assert_int_equal(journal_records(*state, &book), 5);
	}
	free(whole);
}

/* Of an epoch its cabinet has done with nothing is sent again: what is sound stays. */
static void a_flipped_bit_in_an_old_epoch_costs_one_record_and_tells_it(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	char path[4096], *bytes;
	size_t n, holes;
	for (int i = 0; i < 5; i++) {
		if (i == 0)
			fill(&cabinet, 4);
		else
			more(&cabinet, 4);
		agent_give(&cabinet, ingest, NOW);
		assert_int_equal(ingest_commit(ingest), OK);
	}
	ingest_close(ingest);
	snprintf(path, sizeof path, "%s/journal/bt-outlet/%016llx/%020d.log",
	        (char *)*state, (unsigned long long)EPOCH, 1);
	assert_int_equal(file_read(path, 64u << 20, &bytes, &n), OK);
	/* in the payload of the eighth record */
	char *at = bytes + JOURNAL_HEADER;
	for (int i = 0; i < 7; i++)
		at += (JOURNAL_ENTRY + get_le16((uint8_t *)at + 4) + 7) / 8 * 8;
	at[80] ^= 4;
	assert_int_equal(file_replace(path, bytes, n, 0640), OK);
	free(bytes);
	lines[0] = '\0';
	ingest = archive_ingest(*state);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 22);
	ingest_close(ingest);
	assert_contains(lines, "records 8 to 8");
	assert_int_equal(journal_records_and_holes(*state, &book, &holes), 20);
	assert_int_equal(holes, 1);
}

#define WITH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, collector_setup, collector_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(records_become_durable_in_order_and_survive_a_restart),
		WITH(the_same_bytes_again_are_stored_once),
		WITH(of_an_overlap_only_the_new_part_is_stored),
		WITH(what_does_not_join_on_is_asked_for_again),
		WITH(one_key_with_other_bytes_goes_to_quarantine_and_is_never_taken),
		WITH(a_station_cannot_send_for_another),
		WITH(simulated_data_are_refused_with_all_behind_them),
		WITH(an_unreadable_description_is_kept_as_evidence),
		WITH(an_archive_has_one_writer),
		WITH(a_folder_that_is_no_archive_is_named),
		WITH(what_the_cabinet_keeps_no_more_is_passed_over),
		WITH(what_was_told_as_missing_is_kept_when_it_comes),
		WITH(what_was_told_as_missing_waits_for_a_place),
		WITH(every_epoch_has_its_own_count),
		WITH(a_cut_at_any_byte_of_the_journal_costs_only_what_was_not_whole),
		WITH(a_flipped_bit_in_an_old_epoch_costs_one_record_and_tells_it),
	};
	return cmocka_run_group_tests_name("ingest", tests, NULL, NULL);
}
