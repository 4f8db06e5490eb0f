/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records verbatim, in order of corrected time; and where a record lies. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/reader_inside.h"
#include "archive/rows_table.h"

struct kept {
	int64_t time_us, stored_us;
	enum lies lies;
	uint8_t origin; /* of a journal's, of its epoch */
	bool placed;
	uint64_t epoch, seq;
	uint8_t *bytes;
	size_t size;
};

struct collection {
	struct stock *stock;
	struct station *station;
	unsigned types;
	enum lies lies; /* what is being kept */
	size_t n, room;
	struct kept *kept;
};

static int keep(struct collection *all, const struct journal_found *found)
{
	struct record record;
	if (record_decode(&record, found->bytes, found->size) != (int)found->size ||
	        (all->types & 1u << record.type) == 0)
		return OK;
	if (all->n == all->room) {
		size_t room = all->room > 0 ? 2 * all->room : 256;
		void *more = realloc(all->kept, room * sizeof *all->kept);
		if (more == NULL)
			return FAILED;
		all->kept = more;
		all->room = room;
	}
	uint8_t *copy = malloc(found->size);
	if (copy == NULL)
		return FAILED;
	memcpy(copy, found->bytes, found->size);
	all->kept[all->n++] = (struct kept){
		.time_us = record.time_us,
		.stored_us = found->stored_us,
		.lies = all->lies,
		.origin = found->origin,
		.epoch = record.epoch,
		.seq = record.seq,
		.bytes = copy,
		.size = found->size,
	};
	return OK;
}

static int keep_any(void *with, const uint8_t *record, size_t size, int64_t stored_us,
        uint8_t transport)
{
	const struct journal_found found = {
		.bytes = record, .size = size, .stored_us = stored_us
	};
	return keep(with, &found);
}

static int keep_from_journal(void *with, const struct journal_found *found)
{
	return keep(with, found);
}

/* Without readings, /events is all that need be read. */
static int events_take(struct collection *all, struct day *day)
{
	struct rows_table table = { 0 };
	int status = OK;
	uint8_t *bytes = malloc(ROWS_TABLE_ROOM);
	if (bytes == NULL)
		return FAILED;
	if (day->has_events && rows_table_load_events(&table, day) != OK)
		remarks_add(&all->stock->problems, "%s", day_problem(day)->text);
	for (size_t row = 0; row < table.n && status == OK && day_problem(day) == NULL;
	        row++) {
		int size = rows_table_record(&table, row, bytes);
		if (size >= 0)
			status = keep_any(all, bytes, (size_t)size,
			        rows_table_stored(&table, row), 0);
		else
			remarks_add(&all->stock->problems,
			        "%s day %s: an event is damaged", all->station->id,
			        day->header.station);
	}
	rows_table_free(&table);
	free(bytes);
	return status;
}

static int file_take(struct collection *all, size_t i)
{
	struct problem why;
	struct day *day = stock_open(all->stock, i);
	if (day == NULL)
		return OK;
	all->lies = day->header.day_us != INT64_MIN ? LIES_IN_DAY : LIES_UNPLACED;
	int status = stock_note_clocks(all->stock, all->station, i, day);
	if (status == OK && (all->types & 1u << RECORD_READING) == 0)
		status = events_take(all, day);
	else if (status == OK && day_records(day, keep_any, all, &why) < 0)
		remarks_add(&all->stock->problems, "%s", why.text);
	day_close(day);
	return status;
}

static void place(
        const struct collection *all, struct kept *kept, const struct placing *placing)
{
	struct record record;
	record_decode(&record, kept->bytes, kept->size);
	kept->placed = true;
	if (record.clock != CLOCK_UNSYNCED)
		return;
	const struct arrived arrived = { .stamp = stamp_of(&record),
		.stored_us = kept->stored_us,
		.origin = stock_origin(all->stock, &record, kept->origin) };
	kept->placed =
	        reader_place_lying(placing, kept->lies, &arrived, &kept->time_us) == OK;
}

static int correct(struct collection *all, const struct query *query)
{
	struct placing placing;
	if (station_placing(all->station, query->as_of_us, &placing) != OK)
		return FAILED;
	for (size_t i = 0; i < all->n; i++)
		place(all, &all->kept[i], &placing);
	placing_free(&placing);
	return OK;
}

static int by_number(const struct kept *a, const struct kept *b)
{
	if (a->time_us != b->time_us)
		return a->time_us < b->time_us ? -1 : 1;
	if (a->epoch != b->epoch)
		return a->epoch < b->epoch ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* Of two copies that with a time first. */
static int by_time(const void *left, const void *right)
{
	const struct kept *a = left, *b = right;
	int order = by_number(a, b);
	return order != 0 ? order : b->placed - a->placed;
}

/* Who is told of what was collected, one way or the other. */
struct listener {
	int (*bytes)(void *with, const uint8_t *record, size_t size, int64_t stored_us);
	int (*event)(void *with, const struct reader_event *event);
	void *with;
};

static int tell(const struct listener *listener, const struct kept *kept)
{
	struct record record;
	if (listener->bytes != NULL)
		return listener->bytes(
		        listener->with, kept->bytes, kept->size, kept->stored_us);
	record_decode(&record, kept->bytes, kept->size);
	const struct reader_event event = {
		.record = &record,
		.time_us = kept->time_us,
		.stored_us = kept->stored_us,
	};
	return listener->event(listener->with, &event);
}

static int hand_out(const struct collection *all, const struct query *query,
        const struct listener *listener)
{
	int count = 0;
	for (size_t i = 0; i < all->n; i++) {
		const struct kept *kept = &all->kept[i];
		if (!query_wants(query, kept->time_us, kept->stored_us, kept->placed) ||
		        (i > 0 && by_number(kept - 1, kept) == 0))
			continue;
		count++;
		if (tell(listener, kept) != 0)
			break;
	}
	return count;
}

static int collect(struct collection *all, const struct query *query)
{
	struct stretch stretch;
	query_stretch(query, all->types, &stretch);
	int status = OK;
	for (size_t i = 0; i < all->stock->seals.n && status == OK; i++) {
		if (stock_overlaps(all->stock, i, all->station->id, &stretch))
			status = file_take(all, i);
	}
	struct journal_visitor visitor = { .each = keep_from_journal, .with = all };
	all->lies = LIES_IN_JOURNAL;
	if (status == OK)
		status = stock_journal_proved(
		        all->stock, all->station, &stretch, &visitor);
	if (status == OK)
		status = correct(all, query);
	if (status == OK && all->n > 0)
		qsort(all->kept, all->n, sizeof *all->kept, by_time);
	return status;
}

static int records(struct reader *reader, const struct query *query, unsigned types,
        const struct listener *listener, struct problem *why)
{
	struct collection all = {
		.stock = reader->stock,
		.station = stock_station(reader->stock, query->station),
		.types = types,
	};
	if (all.station ==
	        NULL) /* an archive without an office simply has no documents */
		return strcmp(query->station, OFFICE) == 0
		               ? 0
		               : problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		                         "%s: no station '%s' in this archive",
		                         reader->stock->dir, query->station);
	int status = collect(&all, query);
	if (status == OK)
		status = hand_out(&all, query, listener);
	else
		problem_set(why, FAILED, EXIT_TRY_AGAIN,
		        "%s: out of memory; ask for less", reader->stock->dir);
	for (size_t i = 0; i < all.n; i++)
		free(all.kept[i].bytes);
	free(all.kept);
	return status;
}

int reader_records(struct reader *reader, const struct query *query, unsigned types,
        int (*each)(void *with, const uint8_t *record, size_t size, int64_t stored_us),
        void *with, struct problem *why)
{
	const struct listener listener = { .bytes = each, .with = with };
	return records(reader, query, types, &listener, why);
}

int reader_events(struct reader *reader, const struct query *query, unsigned types,
        int (*each)(void *with, const struct reader_event *event), void *with,
        struct problem *why)
{
	const struct listener listener = { .event = each, .with = with };
	return records(reader, query, types, &listener, why);
}

/* ---- where a record lies ---- */

static bool group_has(struct day *day, size_t group, uint64_t epoch, uint64_t seq)
{
	size_t n = day_group_rows(day, group);
	uint64_t *epochs = malloc(n * sizeof *epochs + 1),
	         *seqs = malloc(n * sizeof *seqs + 1);
	bool found = false;
	if (epochs != NULL && seqs != NULL && day_seq(day, group, epochs, seqs) == OK) {
		for (size_t i = 0; i < n && !found; i++)
			found = epochs[i] == epoch && seqs[i] == seq;
	}
	free(epochs);
	free(seqs);
	return found;
}

static bool events_have(struct day *day, uint64_t epoch, uint64_t seq)
{
	struct rows_table table = { 0 };
	bool found = false;
	if (day->has_events && rows_table_load_events(&table, day) == OK) {
		for (size_t i = 0; i < table.n && !found; i++)
			found = rows_table_epoch(&table, i) == epoch &&
			        rows_table_seq(&table, i) == seq;
	}
	rows_table_free(&table);
	return found;
}

static bool file_has(struct day *day, uint64_t epoch, uint64_t seq)
{
	bool listed = false, found = false;
	for (size_t i = 0; i < day->n_epochs && !listed; i++)
		listed = day->epoch[i] == epoch;
	for (size_t i = 0; i < day_groups(day) && listed && !found; i++)
		found = group_has(day, i, epoch, seq);
	return found || (listed && events_have(day, epoch, seq));
}

/* The segment that holds a record: the reader stops on it. */
static int journal_place(struct stock *stock, const char *station,
        const uint64_t key[2], char *out, size_t room)
{
	char folder[ARCHIVE_PATH];
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	int status = NOT_FOUND;
	snprintf(folder, sizeof folder, "%.4000s/journal", stock->dir);
	if (journal_read_open(&reader, folder, station, key[0], key[1]) != OK)
		return NOT_FOUND;
	if (journal_read_next(reader, &entry, &why) == 1 && entry.seq == key[1]) {
		uint64_t offset = 0;
		const char *place = journal_read_place(reader, &offset);
		int n = snprintf(out, room, "%s", place);
		status = n > 0 && (size_t)n < room ? OK : FULL;
	}
	journal_read_close(reader);
	return status;
}

int reader_place(struct reader *reader, const char *station, uint64_t epoch,
        uint64_t seq, char *out, size_t room)
{
	struct stock *stock = reader->stock;
	for (size_t i = stock->seals.n; i > 0; i--) {
		const struct seal *seal = &stock->seals.seal[i - 1];
		if (strcmp(seal->station, station) != 0)
			continue;
		struct day *day = stock_open(stock, i - 1);
		bool found = day != NULL && file_has(day, epoch, seq);
		day_close(day);
		if (!found)
			continue;
		int n = snprintf(out, room, "%s/%s", stock->dir, seal->path);
		return n > 0 && (size_t)n < room ? OK : FULL;
	}
	return journal_place(
	        stock, station, (const uint64_t[]){ epoch, seq }, out, room);
}
