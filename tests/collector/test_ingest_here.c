/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records made in this process: imports and documents. */
#include "tests/kits/collector_fixture.h"

#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bytes.h"
#include "collector/incoming.h"

/* ---- records made here ---- */

static void records_made_here_get_their_place(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct problem why;
	struct agent office;
	struct agent_book made = { .n = 0 };
	agent_start(&office, &made, "office", 0);
	agent_raw(&office, RECORD_DOCUMENT, AGENT_DAY, "{\"kind\":\"permit\"}", 17);
	agent_raw(&office, RECORD_DOCUMENT, AGENT_DAY, "{\"kind\":\"claim\"}", 16);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
		        ingest_record(ingest, "office", 0, made.record[i].bytes,
		                made.record[i].size, NOW, &why),
		        OK);
	uint64_t epoch = get_le64(made.record[0].bytes + 24);
	assert_true(epoch != 0);
	assert_int_equal(get_le64(made.record[1].bytes + 24), epoch);
	assert_int_equal(get_le64(made.record[1].bytes + 32), 2);
	assert_int_equal(ingest_next(ingest, "office", epoch), 3);
	ingest_close(ingest);

	/* the next program goes on in the same epoch */
	ingest = archive_ingest(*state);
	assert_int_equal(ingest_record(ingest, "office", 0, made.record[0].bytes,
	                         made.record[0].size, NOW, &why),
	        OK);
	assert_int_equal(get_le64(made.record[0].bytes + 24), epoch);
	assert_int_equal(get_le64(made.record[0].bytes + 32), 3);
	assert_int_equal(ingest_record(ingest, "bt-outlet", 0, made.record[0].bytes,
	                         made.record[0].size, NOW, &why),
	        REFUSED);
	ingest_close(ingest);
	agent_end(&office);
	agent_book_free(&made);
}

static void twice_the_same_import_changes_nothing(void **state)
{
	struct problem why = { .text = "" };
	struct incoming_counts counts = { 0 };
	struct ingest_options options = { .dir = *state };
	fill(&cabinet, 40);
	for (int round = 0; round < 2; round++) {
		struct incoming *incoming;
		assert_int_equal(
		        incoming_begin(&incoming, *state, "bt-outlet", EPOCH, &why),
		        OK);
		for (size_t i = 0; i < book.n; i++) {
			uint8_t copy[1024];
			memcpy(copy, book.record[i].bytes, book.record[i].size);
			assert_int_equal(
			        incoming_add(incoming, copy, book.record[i].size, &why),
			        OK);
		}
		assert_int_equal(incoming_end(incoming, &why), 41);
		assert_int_equal(
		        incoming_deliver(&options, NULL, NOW, &counts, &why), OK);
	}
	assert_int_equal(counts.stored, 41);
	assert_int_equal(counts.repeated, 41);
	assert_int_equal(journal_records(*state, &book), 41);
}

static void an_import_seals_its_own_days_and_nobody_elses(void **state)
{
	struct problem why = { .text = "" };
	struct incoming_counts counts = { 0 };
	struct ingest_options options = { .dir = *state };
	struct incoming_whole whole = { "bt-import", EPOCH };
	struct agent_book made = { .n = 0 };
	struct agent import;
	struct incoming *incoming;
	fill(&cabinet, 20);
	struct ingest *ingest = archive_ingest(*state);
	agent_give(&cabinet, ingest, NOW);
	assert_int_equal(ingest_commit(ingest), OK);
	ingest_close(ingest);
	agent_start(&import, &made, "bt-import", EPOCH);
	agent_instrument(&import, ORIGIN_IMPORT, "1");
	agent_describe(&import, AGENT_DAY);
	agent_reading(&import, AGENT_DAY + AGENT_HOUR, 40);
	assert_int_equal(
	        incoming_begin(&incoming, *state, "bt-import", EPOCH, &why), OK);
	for (size_t i = 0; i < made.n; i++)
		assert_int_equal(incoming_add(incoming, made.record[i].bytes,
		                         made.record[i].size, &why),
		        OK);
	assert_int_equal(incoming_end(incoming, &why), 2);
	assert_int_equal(incoming_deliver(&options, &whole, NOW, &counts, &why), OK);
	assert_string_equal(
	        sealed_names(*state, "bt-import"), "bt-import_2026-11-15.h5");
	assert_string_equal(sealed_names(*state, "bt-outlet"), "");
	agent_end(&import);
	agent_book_free(&made);
}

static void a_folder_that_cannot_be_read_is_told(void **state)
{
	struct problem why = { .text = "" };
	struct incoming_counts counts = { 0 };
	struct ingest *ingest = archive_ingest(*state);
	assert_int_equal(incoming_take(ingest, NOW, &counts, &why), OK);
	assert_int_equal(symlink("incoming", in_folder(*state, "incoming")), 0);
	assert_int_equal(incoming_take(ingest, NOW, &counts, &why), FAILED);
	assert_contains(why.text, "/incoming: what was laid there is not taken in");
	assert_contains(why.text, "give that folder to the user");
	ingest_close(ingest);
}

/* Root writes everywhere: that right is laid aside, or taken up again. */
static void write_anywhere(bool may)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct has[2];
	assert_int_equal(syscall(SYS_capget, &header, has), 0);
	has[0].effective =
	        may ? has[0].permitted : has[0].effective & ~(1u << CAP_DAC_OVERRIDE);
	assert_int_equal(syscall(SYS_capset, &header, has), 0);
}

/* Laid down by root, in a folder that root made. */
static void a_file_that_cannot_be_removed_is_told(void **state)
{
	struct problem why = { .text = "" };
	struct incoming_counts counts = { 0 };
	struct incoming *incoming;
	const char *folder = in_folder(*state, "incoming");
	fill(&cabinet, 1);
	assert_int_equal(
	        incoming_begin(&incoming, *state, "bt-outlet", EPOCH, &why), OK);
	assert_int_equal(
	        incoming_add(incoming, book.record[0].bytes, book.record[0].size, &why),
	        OK);
	assert_int_equal(incoming_end(incoming, &why), 1);
	struct ingest *ingest = archive_ingest(*state);
	assert_int_equal(chmod(folder, 0555), 0);
	write_anywhere(false);
	int status = incoming_take(ingest, NOW, &counts, &why);
	write_anywhere(true);
	assert_int_equal(chmod(folder, 0755), 0);
	ingest_close(ingest);
	assert_int_equal(status, FAILED);
	assert_int_equal(counts.stored, 1);
	assert_contains(why.text, "it cannot be removed: Permission denied; give that");
}

#define WITH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, collector_setup, collector_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(records_made_here_get_their_place),
		WITH(twice_the_same_import_changes_nothing),
		WITH(an_import_seals_its_own_days_and_nobody_elses),
		WITH(a_folder_that_cannot_be_read_is_told),
		WITH(a_file_that_cannot_be_removed_is_told),
	};
	return cmocka_run_group_tests_name("ingest here", tests, NULL, NULL);
}
