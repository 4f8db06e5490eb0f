/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Journals that gather in room they share. */
#include "tests/kits/check.h"

#include <errno.h>

#include "base/log.h"
#include "tests/kits/agent_kit.h"
#include "tests/kits/journal_kit.h"

static void quiet(enum log_level level, const char *text)
{
}

static void journals_that_share_a_group_take_turns(void **state)
{
	uint8_t record[128];
	struct journal_groups *groups;
	struct journal_options options = kit_options(*state);
	assert_int_equal(journal_groups_new(&groups, 1), OK);
	options.groups = groups;
	options.system = &kit_failing;
	struct journal *one = kit_open_with(&options, NULL);
	options.epoch = KIT_EPOCH + 1;
	struct journal *other = kit_open_with(&options, NULL);
	size_t n = kit_record(1, 20, record, sizeof record);
	assert_int_equal(journal_append(one, record, n, 5), OK);
	assert_int_equal(journal_append(other, record, n, 5), FULL);
	assert_int_equal(journal_pending(other), 0);
	assert_int_equal(journal_next_seq(other), 1);
	assert_int_equal(journal_commit(other), OK);
	assert_int_equal(journal_append(other, record, n, 5), FULL);
	/* what could not be written keeps its group */
	kit_fail(1, EIO);
	assert_int_equal(journal_commit(one), FAILED);
	kit_fail(0, 0);
	assert_int_equal(journal_append(other, record, n, 5), FULL);
	assert_int_equal(journal_commit(one), OK);
	assert_int_equal(journal_append(other, record, n, 5), OK);
	assert_int_equal(journal_append(one, record, n, 5), FULL);
	journal_close(one);
	journal_close(other); /* commits */
	journal_groups_free(groups);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 1);
	assert_int_equal(kit_read(*state, KIT_EPOCH + 1, 1).records, 1);
}

/* More journals have something gathered than there is room for groups. */
static void many_journals_gather_in_the_room_of_a_few(void **state)
{
	static struct agent agent[40];
	struct agent_book book = { .n = 0 };
	archive_make(*state);
	struct ingest *ingest = archive_ingest(*state);
	struct problem why;
	for (size_t i = 0; i < 40; i++) {
		agent_start(&agent[i], &book, "bt-outlet", KIT_EPOCH + i);
		agent_describe(&agent[i], AGENT_DAY);
		for (int k = 0; k < 3; k++)
			agent_reading(&agent[i], AGENT_DAY + k * AGENT_MIN, 40 + k);
		struct wire data = agent_message(&agent[i]);
		assert_int_equal(ingest_data(ingest, "bt-outlet", &data,
		                         AGENT_DAY + AGENT_HOUR, NULL, &why),
		        OK);
	}
	assert_int_equal(ingest_durable(ingest, "bt-outlet", KIT_EPOCH), 5);
	assert_int_equal(ingest_durable(ingest, "bt-outlet", KIT_EPOCH + 39), 1);
	assert_int_equal(ingest_next(ingest, "bt-outlet", KIT_EPOCH + 39), 5);
	assert_int_equal(ingest_commit(ingest), OK);
	assert_int_equal(ingest_durable(ingest, "bt-outlet", KIT_EPOCH + 39), 5);
	assert_int_equal(ingest_pending(ingest), 0);
	ingest_close(ingest);
	for (size_t i = 0; i < 40; i++)
		agent_end(&agent[i]);
	assert_int_equal(journal_records(*state, &book), 160);
	agent_book_free(&book);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(journals_that_share_a_group_take_turns),
		WITH(many_journals_gather_in_the_room_of_a_few),
	};
	log_catch(quiet);
	return cmocka_run_group_tests_name("journal_groups", tests, NULL, NULL);
}
