/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A quarantine that takes nothing: nobody is told that a copy lies there. */
#include "tests/kits/collector_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/log.h"
#include "collector/incoming.h"
#include "tests/kits/journal_kit.h"
#include "tests/kits/keeper_run.h"

#define SMALL      9
#define SMALL_SIZE 96

static char told[8192];

static void keep_line(enum log_level level, const char *text)
{
	size_t n = strlen(told);
	snprintf(told + n, sizeof told - n, "%s\n", text);
}

static void is_not_told(const char *text)
{
	if (strstr(told, text) != NULL)
		fail_msg("'%s' is told in: %s", text, told);
}

/* A file stands where the folder should. */
static void shut(const char *folder)
{
	char path[600];
	snprintf(path, sizeof path, "%s/quarantine", folder);
	kit_remove(path);
	assert_int_equal(file_replace(path, "x", 1, 0640), OK);
}

/* ---- the journal ---- */

/* Four records; of the third a byte is changed, and a whole segment behind is begun. */
static void damaged(const char *folder)
{
	kit_remove(in_folder(folder, KIT_SOURCE));
	struct journal *journal = kit_open(folder, NULL);
	kit_append(journal, 4, SMALL, 1);
	journal_close(journal);
	kit_flip(kit_segment(folder, 1), 8 * (JOURNAL_HEADER + 2 * SMALL_SIZE + 30));
}

static void a_journal_says_why_it_kept_no_copy(void **state)
{
	char text[200];
	struct journal_recovery recovery;
	damaged(*state);
	journal_close(kit_open(*state, &recovery));
	assert_int_equal(recovery.damaged_segments, 1);
	assert_int_equal(recovery.uncopied, 0);
	journal_copy_text(&recovery, "/var/q", text, sizeof text);
	assert_string_equal(text, "a copy lies in /var/q");
	shut(*state);
	damaged(*state);
	journal_close(kit_open(*state, &recovery));
	assert_int_equal(recovery.damaged_segments, 1);
	assert_int_equal(recovery.uncopied, ENOTDIR);
	journal_copy_text(&recovery, "/var/q", text, sizeof text);
	assert_contains(text, "no copy could be kept in /var/q (Not a directory)");
}

static bool no_room;

static ssize_t write_or_not(int fd, const void *in, size_t n, off_t at)
{
	char link[64], path[1024];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t size = readlink(link, path, sizeof path - 1);
	path[size > 0 ? size : 0] = '\0';
	errno = ENOSPC;
	if (no_room && strstr(path, "/quarantine/") != NULL)
		return -1;
	return journal_real.write(fd, in, n, at);
}

/* What was begun and not finished is no copy, at the next start either. */
static void a_part_of_a_copy_is_not_taken_for_one(void **state)
{
	struct journal_system system = journal_real;
	struct journal_options options = kit_options(*state);
	struct journal_recovery recovery;
	system.write = write_or_not;
	options.system = &system;
	damaged(*state);
	no_room = true;
	journal_close(kit_open_with(&options, &recovery));
	assert_int_equal(recovery.uncopied, ENOSPC);
	no_room = false;
	journal_close(kit_open_with(&options, &recovery));
	assert_int_equal(recovery.damaged_segments, 1);
	assert_int_equal(recovery.uncopied, 0);
	assert_true(
	        kit_used(in_folder(*state, "quarantine/" KIT_SOURCE "_1122334455667788_"
	                                   "00000000000000000001.log")) > 0);
}

/* ---- the cabinet ---- */

static void a_cabinet_says_so(void **state)
{
	char path[700];
	r.collector.away = true;
	keeper_run_begin();
	keeper_run_for(2);
	keeper_run_drain(2);
	snprintf(path, sizeof path, "%s/nt-01/%016llx/00000000000000000001.log",
	        c.folder, (unsigned long long)epoch_now());
	keeper_run_end();
	kit_poke(path, (long)(kit_used(path) + 7) / 8 * 8, "half a record", 13);
	shut(c.folder);
	told[0] = '\0';
	log_catch(keep_line);
	keeper_run_begin();
	assert_contains(told, "13 bytes of an unfinished write were at its end; no "
	                      "copy could be kept in");
	assert_contains(told, "Not a directory");
	is_not_told("a copy lies in");
}

/* ---- the collector ---- */

static void a_collector_says_so_of_damage(void **state)
{
	char path[600];
	struct ingest *ingest = archive_ingest(*state);
	fill(&cabinet, 19);
	agent_give(&cabinet, ingest, NOW);
	ingest_commit(ingest);
	more(&cabinet, 5);
	agent_give(&cabinet, ingest, NOW);
	ingest_close(ingest);
	snprintf(path, sizeof path,
	        "%s/journal/bt-outlet/5000000000000001/00000000000000000001.log",
	        (const char *)*state);
	kit_flip(path, 8 * 200);
	shut(*state);
	told[0] = '\0';
	log_catch(keep_line);
	ingest = archive_ingest(*state);
	assert_contains(told, "damaged segments");
	assert_contains(told, "no copy could be kept in");
	is_not_told("a copy lies in");
	ingest_close(ingest);
}

static void a_collector_says_so_of_a_record_with_other_bytes(void **state)
{
	struct problem why;
	struct ingest *ingest = archive_ingest(*state);
	fill(&cabinet, 19);
	agent_give(&cabinet, ingest, NOW);
	assert_int_equal(ingest_commit(ingest), OK);
	shut(*state);
	struct agent clone;
	struct agent_book clone_book = { .n = 0 };
	agent_start(&clone, &clone_book, "bt-outlet", EPOCH);
	fill(&clone, 19);
	clone_book.record[7].bytes[RECORD_HEADER + 45] ^= 1;
	struct wire twin = agent_again(&clone, 1, 20);
	assert_int_equal(
	        ingest_data(ingest, "bt-outlet", &twin, NOW, NULL, &why), REFUSED);
	assert_contains(why.text, "/8 came before with other bytes");
	assert_contains(why.text, "no copy could be kept in quarantine");
	ingest_close(ingest);
	agent_end(&clone);
	agent_book_free(&clone_book);
}

static void a_collector_says_so_of_a_file_laid_down_for_it(void **state)
{
	struct problem why;
	struct incoming_counts counts = { 0 };
	char path[600];
	snprintf(path, sizeof path, "%s/incoming", (const char *)*state);
	assert_int_equal(folder_make(path), OK);
	snprintf(path, sizeof path, "%s/incoming/1_bt-outlet_1.records",
	        (const char *)*state);
	assert_int_equal(file_replace(path, "no record", 9, 0640), OK);
	shut(*state);
	struct ingest *ingest = archive_ingest(*state);
	told[0] = '\0';
	log_catch(keep_line);
	incoming_take(ingest, NOW, &counts, &why);
	assert_contains(told, "could not be laid into");
	is_not_told("laid into quarantine");
	assert_int_equal(access(path, F_OK), 0);
	ingest_close(ingest);
}

static int teardown(void **state)
{
	log_catch(NULL);
	return collector_teardown(state);
}

#define JOURNAL(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)
#define CABINET(f)                                                                     \
	cmocka_unit_test_setup_teardown(f, keeper_run_setup, keeper_run_teardown)
#define COLLECTOR(f) cmocka_unit_test_setup_teardown(f, collector_setup, teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest quarantine[] = {
		JOURNAL(a_journal_says_why_it_kept_no_copy),
		JOURNAL(a_part_of_a_copy_is_not_taken_for_one),
		CABINET(a_cabinet_says_so),
		COLLECTOR(a_collector_says_so_of_damage),
		COLLECTOR(a_collector_says_so_of_a_record_with_other_bytes),
		COLLECTOR(a_collector_says_so_of_a_file_laid_down_for_it),
	};
	return cmocka_run_group_tests_name("quarantine", quarantine, NULL, NULL);
}
