/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/sample_archive.h"

#include <stdio.h>
#include <string.h>

#include "archive/archive.h"
#include "archive/proof.h"
#include "base/folder.h"
#include "base/journal.h"
#include "base/legal_time.h"

void sample_archive_make(const char *dir)
{
	struct problem why = { 0 };
	struct archive_identity identity = { .utc_offset_min = OFFSET_VIETNAM };
	snprintf(identity.zone, sizeof identity.zone, "kcn-mau");
	snprintf(identity.zone_name, sizeof identity.zone_name, "KCN Mẫu");
	if (archive_create(dir, &identity, &why) != OK)
		fail_msg("%s", why.text);
}

static void seal_fill(
        struct seal *seal, const struct sample *sample, int64_t day_us, int late)
{
	char date[TIME_TEXT];
	struct proof_tree tree;
	snprintf(seal->station, sizeof seal->station, "%s", sample->station);
	snprintf(seal->date, sizeof seal->date, "%s",
	        day_us != INT64_MIN ? date_print(day_us, OFFSET_VIETNAM, date) : "-");
	if (day_us == INT64_MIN)
		snprintf(seal->kind, sizeof seal->kind, "unplaced");
	else if (late == 0)
		snprintf(seal->kind, sizeof seal->kind, "day");
	else
		snprintf(seal->kind, sizeof seal->kind, "late%d", late);
	proof_tree_start(&tree);
	for (size_t i = 0; i < sample->n; i++) {
		const struct day_record *record = &sample->record[i];
		proof_tree_add(&tree, record->bytes, record->size);
		seal->readings += record->bytes[3] == RECORD_READING;
		seal->gaps += record->bytes[3] == RECORD_GAP;
	}
	proof_tree_root(&tree, seal->root);
	seal->records = sample->n;
	seal->sealed_us = SAMPLE_DAY_US + 2 * US_PER_DAY;
}

const char *sample_archive_seal(
        const char *dir, const struct sample *sample, int64_t day_us, int late)
{
	char path[ARCHIVE_PATH], folder[ARCHIVE_PATH];
	struct problem why = { 0 };
	struct seal seal = { 0 };
	struct seal_list list;
	struct day_header header = sample_header(sample);
	header.day_us = day_us;
	header.late = late;
	seal_fill(&seal, sample, day_us, late);
	assert_int_equal(archive_day_path(path, sizeof path, dir, "kcn-mau",
	                         sample->station, day_us, OFFSET_VIETNAM, late),
	        OK);
	snprintf(folder, sizeof folder, "%s", path);
	*strrchr(folder, '/') = '\0';
	assert_int_equal(folder_make(folder), OK);
	if (day_write(path, &header, sample->record, sample->n, sample->describe,
	            sample->n_describes, &why) != OK)
		fail_msg("%s", why.text);
	assert_int_equal(digest_of_file(path, seal.file), OK);
	snprintf(seal.path, sizeof seal.path, "%s", path + strlen(dir) + 1);
	assert_int_equal(seal_list_read(&list, dir, &why), OK);
	assert_int_equal(seal_list_append(&list, dir, &seal), OK);
	seal_list_free(&list);
	return in_folder(dir, seal.path);
}

void sample_archive_journal(const char *dir, const struct sample *sample)
{
	struct journal *journal = NULL;
	struct journal_recovery recovery;
	struct problem why = { 0 };
	char folder[ARCHIVE_PATH];
	snprintf(folder, sizeof folder, "%s/journal", dir);
	for (size_t i = 0; i < sample->n; i++) {
		const struct day_record *one = &sample->record[i];
		struct record record;
		assert_true(record_decode(&record, one->bytes, one->size) > 0);
		if (journal == NULL || journal_epoch(journal) != record.epoch) {
			if (journal != NULL)
				journal_close(journal);
			struct journal_options options = {
				.folder = folder,
				.source = sample->station,
				.epoch = record.epoch,
				.segment_size = 65536,
				.now_us = one->stored_us,
			};
			if (journal_open(&journal, &options, &recovery, &why) != OK)
				fail_msg("%s", why.text);
		}
		int status =
		        journal_store(journal, one->bytes, one->size, one->stored_us);
		assert_int_equal(status, OK);
		if (i % 10 == 9)
			assert_int_equal(journal_commit(journal), OK);
	}
	if (journal != NULL)
		journal_close(journal);
}
