/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder, a pipe, a socket or a link in the place of a segment of the collector's
 * journal: told by name and cure, waited for by nobody, and nothing is lost when it has
 * gone. */
#include "tests/kits/collector_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/journal_file.h"
#include "collector/status_file.h"
#include "tests/kits/journal_kit.h"
#include "tests/kits/reader_kit.h"

#define FOLDER "journal/bt-outlet/5000000000000001"

static struct agent other;
static struct agent_book other_book;

static void put_folder(const char *path)
{
	assert_int_equal(mkdir(path, 0750), 0);
}

static void put_pipe(const char *path)
{
	assert_int_equal(mkfifo(path, 0640), 0);
}

static void put_socket(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_true(strlen(path) < sizeof name.sun_path);
	memcpy(name.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
	close(fd);
}

static void put_link(const char *path)
{
	assert_int_equal(symlink("/nowhere/at/all", path), 0);
}

static const struct {
	void (*put)(const char *path);
	const char *reason;
} strangers[] = {
	{ put_folder, "it is a folder, not a file" },
	{ put_pipe, "it is no regular file" },
	{ put_socket, "it is no regular file" },
	{ put_link, "it is a link that leads to no file" },
};
#define STRANGERS (sizeof strangers / sizeof strangers[0])

static struct ingest *open_small(const char *dir)
{
	struct ingest_options options = { .dir = dir,
		.segment_size = JOURNAL_SEGMENT_LEAST };
	struct ingest *ingest;
	struct problem why = { .text = "" };
	if (ingest_open(&ingest, &options, &why) != OK)
		fail_msg("%s", why.text);
	return ingest;
}

/* Two stations: bt-outlet with some segments, stack-1 with one; two days each. */
static void two_stations(const char *dir)
{
	struct ingest *ingest = open_small(dir);
	run_day(&cabinet, ingest, D(0), D(0) + AGENT_1DAY, AGENT_MIN);
	run_day(&cabinet, ingest, D(1), D(1) + AGENT_HOUR, AGENT_MIN);
	run_day(&other, ingest, D(0), D(0) + AGENT_1DAY, 10 * AGENT_MIN);
	run_day(&other, ingest, D(1), D(1) + AGENT_HOUR, 10 * AGENT_MIN);
	assert_int_equal(ingest_commit(ingest), OK);
	ingest_close(ingest);
}

/* Path of the segment before so many; the newest: 0. */
static char *segment(const char *dir, int before)
{
	char name[SEGMENT_NAME], path[128];
	uint64_t seq = 0, next, list[64] = { 1 };
	int n = 1;
	while ((next = journal_segment_end(
	                in_folder(dir, "journal"), "bt-outlet", EPOCH, seq)) != 0 &&
	        n < 64)
		seq = list[n++] = next;
	assert_true(n > before + 1);
	segment_name(list[n - 1 - before], name);
	snprintf(path, sizeof path, FOLDER "/%s", name);
	return strdup(in_folder(dir, path));
}

static void is_told(const char *text, const char *path, const char *reason)
{
	assert_contains(text, path);
	assert_contains(text, reason);
	assert_contains(text, "put the segment back from a copy, or move what lies "
	                      "there out of the journal");
}

/* ---- the newest ---- */

static void in_the_newest_place_it_is_named_and_others_go_on(void **state)
{
	struct problem why;
	char aside[600];
	two_stations(*state);
	snprintf(aside, sizeof aside, "%s/aside", (char *)*state);
	for (size_t i = 0; i < STRANGERS; i++) {
		char *path = segment(*state, 0);
		assert_int_equal(rename(path, aside), 0);
		strangers[i].put(path);
		lines[0] = '\0';
		struct ingest *ingest = open_small(*state);
		is_told(lines, path, strangers[i].reason);
		fill(&cabinet, 1);
		assert_int_equal(
		        agent_hand(&cabinet, ingest, D(1) + AGENT_1DAY) == OK, false);
		fill(&other, 1);
		agent_give(&other, ingest, D(1) + AGENT_1DAY);
		struct wire again = agent_again(&cabinet, 1, 1);
		assert_true(ingest_data(ingest, "bt-outlet", &again, NOW, NULL, &why) !=
		            OK);
		is_told(why.text, path, strangers[i].reason);
		ingest_close(ingest);
		assert_int_equal(remove(path), 0);
		assert_int_equal(rename(aside, path), 0);
		free(path);
	}
	struct ingest *ingest = open_small(*state);
	assert_int_equal(seal(ingest, D(2), true) > 0, 1);
	ingest_close(ingest);
}

/* ---- one in the middle ---- */

static void in_the_middle_the_seal_waits_for_it_and_names_it(void **state)
{
	struct problem why;
	char aside[600];
	two_stations(*state);
	snprintf(aside, sizeof aside, "%s/aside", (char *)*state);
	for (size_t i = 0; i < STRANGERS; i++) {
		char *path = segment(*state, 2);
		assert_int_equal(rename(path, aside), 0);
		strangers[i].put(path);
		lines[0] = '\0';
		struct ingest *ingest = open_small(*state);
		is_told(lines, path, strangers[i].reason);
		if (strstr(lines, "a copy lies in") != NULL)
			fail_msg("there is none: %s", lines);
		for (int twice = 0; twice < 2; twice++) {
			why.text[0] = '\0';
			assert_true(ingest_seal(ingest, D(1) + AGENT_HOUR, false,
			                    &why) < 0);
			is_told(why.text, path, strangers[i].reason);
		}
		assert_string_equal(sealed_names(*state, "bt-outlet"), "");
		assert_string_equal(
		        sealed_names(*state, "stack-1"), "stack-1_2026-11-15.h5");
		ingest_close(ingest);
		assert_int_equal(remove(path), 0);
		assert_int_equal(rename(aside, path), 0);
		free(path);
	}
	struct ingest *ingest = open_small(*state);
	assert_true(seal(ingest, D(1) + AGENT_HOUR, false) > 0);
	ingest_close(ingest);
	assert_string_equal(sealed_names(*state, "bt-outlet"), DAY1);
}

/* What this user may not read is told with another cure; root reads all, and is another
 * user for the look. */
static void the_cure_is_of_the_reason(void **state)
{
	struct problem why = { .text = "" };
	char *journals = strdup(in_folder(*state, "journal"));
	two_stations(*state);
	char *path = segment(*state, 2);
	assert_int_equal(journal_stranger(journals, "bt-outlet", EPOCH, &why), OK);
	assert_int_equal(journal_stranger(journals, "nobody", EPOCH, &why), OK);
	assert_string_equal(why.text, "");
	int code;
	free(run_command(
	        &code, "chmod -R a+rX %s && chmod 0 %s", (char *)*state, path));
	assert_int_equal(code, 0);
	bool root = geteuid() == 0;
	if (root)
		assert_int_equal(seteuid(65534), 0);
	int status = journal_stranger(journals, "bt-outlet", EPOCH, &why);
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(status, FAILED);
	assert_contains(why.text, path);
	assert_contains(why.text, "Permission denied: run this as the user whose "
	                          "journal it is, or in its group; a daemon's own");
	free(path);
	free(journals);
}

/* ---- readers ---- */

/* What a reader met, a line each. */
static const char *problems_of(const struct reader *reader)
{
	static char text[4096];
	text[0] = '\0';
	for (size_t i = 0; i < reader_problems(reader); i++) {
		size_t n = strlen(text);
		snprintf(text + n, sizeof text - n, "%s\n", reader_problem(reader, i));
	}
	return text;
}

static size_t rows_of(struct reader *reader)
{
	struct query query = all_of("bt-outlet");
	return count_rows(reader, &query);
}

/* So many rows are read beside it, and it is told with the records that are not. */
static void read_beside(
        const char *dir, const char *path, const char *reason, size_t rows)
{
	char text[200];
	uint64_t first = strtoull(strrchr(path, '/') + 1, NULL, 10);
	uint64_t next = journal_segment_end(
	        in_folder(dir, "journal"), "bt-outlet", EPOCH, first);
	struct reader *reader = open_well(dir);
	size_t read = rows_of(reader);
	const char *told = problems_of(reader);
	is_told(told, path, reason);
	if (next != 0)
		snprintf(text, sizeof text,
		        FOLDER ": records %u to %u are not read, what is behind them "
		               "is: ",
		        (unsigned)first, (unsigned)next - 1);
	else
		snprintf(text, sizeof text,
		        FOLDER ": from record %u on nothing is read: ",
		        (unsigned)first);
	assert_contains(told, text);
	/* the first and the last record are DESCRIBEs */
	uint64_t lost = (next != 0 ? next : rows + 3) - first;
	lost -= first == 1 || next == 0;
	assert_int_equal(read, rows - lost);
	reader_close(reader);
}

static void readers_tell_it_and_read_on_behind(void **state)
{
	char aside[600];
	struct ingest *ingest = open_small(*state);
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(0) + 20 * AGENT_HOUR, AGENT_MIN);
	agent_describe(&cabinet, D(0) + 20 * AGENT_HOUR);
	agent_give(&cabinet, ingest, D(0) + 20 * AGENT_HOUR);
	ingest_close(ingest);
	snprintf(aside, sizeof aside, "%s/aside", (char *)*state);
	struct reader *reader = open_well(*state);
	size_t rows = rows_of(reader);
	assert_int_equal(rows, 20 * 60);
	assert_int_equal(reader_problems(reader), 0);
	reader_close(reader);
	for (int before = 0; before < 3; before++) {
		for (size_t i = 0; i < STRANGERS; i++) {
			char *path = segment(*state, before);
			assert_int_equal(rename(path, aside), 0);
			strangers[i].put(path);
			read_beside(*state, path, strangers[i].reason, rows);
			assert_int_equal(remove(path), 0);
			assert_int_equal(rename(aside, path), 0);
			free(path);
		}
	}
}

/* ---- the folder of an epoch ---- */

static void the_state_has(struct ingest *ingest, const char *words)
{
	static const struct desk desk;
	static const struct server_counts counts;
	const struct sealing sealing = { .ingest = ingest };
	const struct status_view view = { .now_us = 1,
		.endpoint = "tcp://127.0.0.1:1",
		.public_key = "",
		.desk = &desk,
		.sealing = &sealing,
		.counts = &counts };
	size_t n;
	char *text = status_text_of(&view, &n);
	assert_non_null(text);
	assert_contains(text, words);
	free(text);
}

static void one_in_the_place_of_an_epoch_is_told_by_all(void **state)
{
	struct problem why;
	char aside[600];
	two_stations(*state);
	char *path = strdup(in_folder(*state, FOLDER));
	snprintf(aside, sizeof aside, "%s/aside", (char *)*state);
	assert_int_equal(rename(path, aside), 0);
	assert_int_equal(file_replace(path, "x", 1, 0640), OK);
	lines[0] = '\0';
	struct ingest *ingest = open_small(*state);
	const char *texts[] = { lines, ingest_shut(ingest) };
	for (int i = 0; i < 2; i++) {
		assert_contains(texts[i], path);
		assert_contains(texts[i],
		        "cannot be read as the folder of an epoch: Not "
		        "a directory: put the folder back from a copy, "
		        "or move what lies there out of the journal, "
		        "and start this program again");
	}
	the_state_has(ingest, "cannot be read as the folder of an epoch");
	struct wire again = agent_again(&cabinet, 1, 1);
	assert_true(ingest_data(ingest, "bt-outlet", &again, NOW, NULL, &why) != OK);
	fill(&other, 1);
	agent_give(&other, ingest, D(1) + AGENT_1DAY);
	struct reader *reader = open_well(*state);
	assert_contains(problems_of(reader), path);
	assert_contains(problems_of(reader), "nothing of it is read");
	reader_close(reader);
	assert_int_equal(remove(path), 0);
	assert_int_equal(rename(aside, path), 0);
	/* what comes of it opens it: no trouble any more */
	ingest_data(ingest, "bt-outlet", &again, NOW, NULL, &why);
	assert_string_equal(ingest_shut(ingest), "");
	ingest_close(ingest);
	ingest = open_small(*state);
	assert_string_equal(ingest_shut(ingest), "");
	ingest_close(ingest);
	free(path);
}

static int setup(void **state)
{
	int status = collector_setup(state);
	other_book = (struct agent_book){ .n = 0 };
	agent_start(&other, &other_book, "stack-1", EPOCH);
	agent_instrument(&other, ORIGIN_INSTRUMENT, "1");
	return status;
}

static int teardown(void **state)
{
	agent_end(&other);
	agent_book_free(&other_book);
	return collector_teardown(state);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest tests[] = {
		WITH(in_the_newest_place_it_is_named_and_others_go_on),
		WITH(in_the_middle_the_seal_waits_for_it_and_names_it),
		WITH(the_cure_is_of_the_reason),
		WITH(readers_tell_it_and_read_on_behind),
		WITH(one_in_the_place_of_an_epoch_is_told_by_all),
	};
	return cmocka_run_group_tests_name("journal stranger", tests, NULL, NULL);
}
