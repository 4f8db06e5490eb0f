/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/forge_kit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/journal.h"
#include "base/reading.h"
#include "base/record.h"
#include "tests/kits/check.h"

/* A reading, stamped in a stretch. */
struct forgery {
	int64_t from_us, to_us;
	double value;
};

static void forge(uint8_t *bytes, size_t size, const struct forgery *forgery)
{
	struct record record;
	struct reading reading;
	assert_true(record_decode(&record, bytes, size) > 0);
	if (record.type != RECORD_READING || record.time_us < forgery->from_us ||
	        record.time_us >= forgery->to_us)
		return;
	assert_int_equal(
	        reading_decode(&reading, record.payload, record.payload_size), OK);
	/* the values stand behind the states */
	uint8_t *value = bytes + (reading.state - bytes) + reading.n_channels;
	for (size_t i = 0; i < reading.n_channels; i++)
		if (!isnan(reading_value(&reading, i)))
			memcpy(value + i * sizeof forgery->value, &forgery->value,
			        sizeof forgery->value);
}

static void write_anew(struct journal_reader *reader, struct journal *journal,
        const struct forgery *forgery)
{
	struct journal_entry entry;
	struct problem why;
	static uint8_t bytes[RECORD_MOST];
	for (int i = 0; journal_read_next(reader, &entry, &why) == 1; i++) {
		memcpy(bytes, entry.record, entry.size);
		forge(bytes, entry.size, forgery);
		if (i == 0 && entry.seq > journal_next_seq(journal))
			assert_int_equal(
			        journal_skip(journal, entry.seq, entry.stored_us), OK);
		assert_int_equal(
		        journal_store(journal, bytes, entry.size, entry.stored_us), OK);
		if (i % 10 == 9)
			assert_int_equal(journal_commit(journal), OK);
	}
}

void forge_values(const char *archive, const char *station, int64_t from_us,
        int64_t to_us, double value)
{
	const struct forgery forgery = { from_us, to_us, value };
	char old[600], new[620];
	uint64_t epoch[8];
	int code;
	snprintf(old, sizeof old, "%s/journal", archive);
	snprintf(new, sizeof new, "%s/forged", archive);
	int n = journal_epochs(old, station, epoch, 8);
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		struct journal *journal;
		struct journal_reader *reader;
		struct journal_recovery recovery;
		struct problem why = { .text = "" };
		const struct journal_options options = { .folder = new,
			.source = station,
			.epoch = epoch[i],
			.now_us = from_us };
		if (journal_open(&journal, &options, &recovery, &why) != OK)
			fail_msg("%s", why.text);
		assert_int_equal(
		        journal_read_open(&reader, old, station, epoch[i], 0), OK);
		write_anew(reader, journal, &forgery);
		journal_read_close(reader);
		journal_close(journal);
	}
	free(run_command(&code,
	        "cd %s && rm -r journal/%s && mv forged/%s journal/ && "
	        "rm -r forged",
	        archive, station, station));
	assert_int_equal(code, 0);
}
