/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/prove/fail_model.h"

#include <stdio.h>

#include "tests/kits/check.h"
#include "tests/kits/journal_kit.h"

struct fail_model m;

struct ingest_options fail_model_options(void)
{
	return (struct ingest_options){ .dir = m.dir,
		.segment_size = JOURNAL_SEGMENT_LEAST,
		.sign_key = "/nowhere/none",
		.hold_us = -1 };
}

struct ingest *fail_model_open(void)
{
	struct ingest_options how = fail_model_options();
	struct ingest *ingest;
	struct problem why = { .text = "" };
	if (ingest_open(&ingest, &how, &why) != OK)
		fail_msg("%s", why.text);
	return ingest;
}

static void readings(struct ingest *ingest, int64_t from_us, int hours)
{
	for (int i = 0; i < hours; i++) {
		agent_reading(&m.cabinet, from_us + i * AGENT_HOUR, i);
		agent_give(&m.cabinet, ingest, from_us + i * AGENT_HOUR);
	}
}

static void make_model(void)
{
	struct problem why = { .text = "" };
	archive_make(m.dir);
	struct ingest *ingest = fail_model_open();
	agent_describe(&m.cabinet, D(0));
	agent_give(&m.cabinet, ingest, D(0));
	readings(ingest, D(0), 3);
	assert_int_equal(ingest_seal(ingest, D(0) + 4 * AGENT_HOUR, true, &why), 1);
	readings(ingest, D(1), 3);
	assert_int_equal(ingest_commit(ingest), OK);
	ingest_close(ingest);
	assert_int_equal(rename(m.dir, m.model), 0);
}

int fail_model_setup(void **state)
{
	if (fail_each_setup(state) != 0)
		return -1;
	snprintf(m.dir, sizeof m.dir, "%s", fail_folder);
	snprintf(m.model, sizeof m.model, "%s/model", fail_top);
	agent_start(&m.cabinet, &m.book, "bt-outlet", EPOCH);
	make_model();
	return 0;
}

int fail_model_teardown(void **state)
{
	agent_end(&m.cabinet);
	agent_book_free(&m.book);
	return fail_each_teardown(state);
}

void fail_model_lay(void)
{
	kit_copy(m.model, m.dir);
}
