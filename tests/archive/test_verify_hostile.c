/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An archive as somebody might make it who wants verify to hang, to lie or to pass over. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crc.h"
#include "base/folder.h"
#include "tests/kits/verify_kit.h"

/* `path` becomes a FIFO that nobody ever opens for writing. */
static void fifo_instead(const char *path)
{
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
}

/* A FIFO is waited for by whoever opens it to read: alarm() ends a verify that does. */
static void what_is_no_regular_file_is_told_and_not_waited_for(void **state)
{
	int bad;
	const char *path = verify_one_day(*state);
	alarm(60);
	fifo_instead(path);
	assert_verify(*state, 1,
	        "bt-outlet_2026-11-15.h5: DAMAGED: cannot be read: it is no regular "
	        "file");
	assert_verify(path, 1, "it is no regular file");
	const char *checkpoint = in_folder(*state, "checkpoints/000000000001");
	free(run_command(&bad, "mkdir -p %s", in_folder(*state, "checkpoints")));
	fifo_instead(checkpoint);
	assert_verify(*state, 2,
	        "checkpoints/000000000001: DAMAGED: cannot be read: "
	        "it is no regular file");
	fifo_instead(in_folder(*state, "checkpoints/acts"));
	assert_contains(verify_text(*state, 0, &bad), "acts: cannot be read: it is no "
	                                              "regular file");
	assert_true(bad < 0);
	fifo_instead(in_folder(*state, "seals"));
	assert_contains(verify_text(*state, 0, &bad), "seals: cannot be read: it is no "
	                                              "regular file");
	assert_true(bad < 0);
	alarm(0);
}

static void a_segment_that_is_a_fifo_is_damage(void **state)
{
	const char *path = verify_one_journal(*state);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	alarm(60);
	assert_verify(*state, 1,
	        "DAMAGED: 00000000000000000001.log: cannot be read: it is no regular "
	        "file");
	alarm(0);
}

static void what_a_terminal_would_obey_is_printed_escaped(void **state)
{
	int bad;
	verify_one_day(*state);
	free(run_command(&bad, "mkdir -p %s", in_folder(*state, "checkpoints")));
	const char *names[] = { "a\x1b[2Jb.h5", "c\rd\n.h5", "e\x7f\xffg.h5",
		"h\xc2\x9bi.h5", "j\xe2\x80\xaek.h5", "tr\xe1\xba\xa1m.h5",
		"checkpoints/x\x1b]0;y\a" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_int_equal(
		        file_replace(in_folder(*state, names[i]), "", 0, 0600), OK);
	const char *text = verify_text(*state, 1, &bad);
	assert_int_equal(bad, 7);
	assert_contains(text, "a\\x1b[2Jb.h5: NOT SEALED");
	assert_contains(text, "c\\x0dd\\x0a.h5: NOT SEALED");
	assert_contains(text, "e\\x7f\\xffg.h5: NOT SEALED");
	assert_contains(text, "h\\xc2\\x9bi.h5: NOT SEALED");
	assert_contains(text, "j\\xe2\\x80\\xaek.h5: NOT SEALED");
	assert_contains(text, "tr\xe1\xba\xa1m.h5: NOT SEALED");
	assert_contains(text, "checkpoints/x\\x1b]0;y\\x07: NOT SEALED");
	assert_null(strpbrk(text, "\x1b\r\x7f\a"));
}

static void a_copy_or_a_link_that_no_line_names_is_told_wherever_it_lies(void **state)
{
	static const char *const places[] = { "copy.h5", "khac/bt-outlet/2026/copy.h5",
		"kcn-mau/copy.h5", "journal/copy.h5", ".hidden/copy.h5",
		"kcn-mau/live/copy.h5" };
	static const char *const by_design[] = { ".tmp", "live", "quarantine",
		"derived" };
	int bad;
	const char *path = verify_one_day(*state);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(folder_make(in_folder(*state, by_design[i])), OK);
		free(run_command(&bad, "cp %s %s/%s/copy.h5", path, (char *)*state,
		        by_design[i]));
	}
	assert_verify(*state, 0, "0 not sealed");
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		char line[128], links[4096];
		snprintf(line, sizeof line, "\n%s: NOT SEALED", places[i]);
		snprintf(links, sizeof links, "%s/%s", (char *)*state, places[i]);
		*strrchr(links, '/') = '\0';
		assert_int_equal(folder_make(links), OK);
		snprintf(links, sizeof links, "%s/%s", (char *)*state, places[i]);
		assert_int_equal(
		        i % 2 == 0 ? symlink(path, links) : link(path, links), 0);
		assert_verify(*state, 1, line);
		assert_int_equal(unlink(links), 0);
	}
	assert_int_equal(symlink("/nowhere", in_folder(*state, "gone.h5")), 0);
	assert_int_equal(mkfifo(in_folder(*state, "fifo.h5"), 0600), 0);
	assert_int_equal(mkdir(in_folder(*state, "folder.h5"), 0700), 0);
	assert_verify(*state, 3, "gone.h5: NOT SEALED");
	assert_verify(in_folder(*state, "/"), 3, "folder.h5: NOT SEALED");
}

/* A year on another disk, say. */
static void a_link_to_a_folder_is_told_and_what_was_sealed_behind_it_checked(
        void **state)
{
	int bad;
	verify_one_day(*state);
	free(run_command(&bad,
	        "cd %s && mkdir live && mv kcn-mau live/away && ln -s live/away "
	        "kcn-mau",
	        (char *)*state));
	assert_int_equal(bad, 0);
	assert_verify(*state, 0, "\nkcn-mau: a link to a folder");
	assert_verify(in_folder(*state, "/"), 0, "1 sealed files: 1 OK");
}

/* The collector's notes: records 1 to `last` of the journal's epoch are sealed. */
static void note_sealed(const char *dir, unsigned last)
{
	char line[256];
	int n = snprintf(
	        line, sizeof line, "%064d 0000000000000007:1-9,10-%u", 0, last);
	snprintf(line + n, sizeof line - (size_t)n, " %08x\n",
	        crc32c(0, line, (size_t)n));
	assert_int_equal(folder_make(in_folder(dir, "sealed")), OK);
	assert_int_equal(file_replace(in_folder(dir, "sealed/bt-outlet"), line,
	                         strlen(line), 0600),
	        OK);
}

/* Nothing sound behind the change says that the newest commit was durable; that its
 * records were sealed does. */
static void a_change_in_the_newest_commit_is_damage_once_it_was_sealed(void **state)
{
	char *bytes;
	size_t n, end;
	const char *path = verify_one_journal(*state);
	note_sealed(*state, 290);
	assert_verify(*state, 0, "OK, 290 records");
	assert_int_equal(file_read(path, 1 << 22, &bytes, &n), OK);
	for (end = n; bytes[end - 1] == 0; end--)
		continue;
	bytes[end - 1] ^= 0x10;
	assert_int_equal(file_replace(path, bytes, n, 0600), OK);
	free(bytes);
	assert_verify(*state, 1, "torn tail of");
	assert_verify(*state, 1, "DAMAGED: records 290 to 290 were sealed from here");
	note_sealed(*state, 289);
	assert_verify(*state, 0, "OK, 289 records");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(what_is_no_regular_file_is_told_and_not_waited_for),
		WITH_FOLDER(
		        a_link_to_a_folder_is_told_and_what_was_sealed_behind_it_checked),
		WITH_FOLDER(what_a_terminal_would_obey_is_printed_escaped),
		WITH_FOLDER(
		        a_copy_or_a_link_that_no_line_names_is_told_wherever_it_lies),
		WITH_FOLDER(a_change_in_the_newest_commit_is_damage_once_it_was_sealed),
		WITH_FOLDER(a_segment_that_is_a_fifo_is_damage),
	};
	return cmocka_run_group_tests_name("verify_hostile", tests, NULL, NULL);
}
