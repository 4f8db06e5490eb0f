/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sealed file turned back into its records, in (epoch, seq) order. */
#include <inttypes.h>
#include <stdlib.h>

#include "archive/day.h"
#include "archive/rows_table.h"
#include "archive/stored_text.h"
#include "base/digest.h"
#include "base/pages.h"

/* Where a record lies: table (the last one is /events) and row. */
struct spot {
	uint64_t epoch, seq;
	uint32_t table, row;
};

struct tables {
	size_t n;
	struct rows_table *table;
	size_t n_spots;
	struct spot *spot;
};

static int tables_load(struct tables *tables, struct day *day)
{
	tables->table = calloc(day->n_groups + 1, sizeof *tables->table);
	if (tables->table == NULL)
		return h5_damaged(day->h5, "out of memory");
	for (size_t i = 0; i < day->n_groups; i++) {
		int status = rows_table_load(&tables->table[tables->n++], day, i);
		if (status != OK)
			return status;
	}
	if (day->has_events)
		return rows_table_load_events(&tables->table[tables->n++], day);
	return OK;
}

static void tables_free(struct tables *tables)
{
	for (size_t i = 0; i < tables->n; i++)
		rows_table_free(&tables->table[i]);
	free(tables->table);
	free(tables->spot);
}

static int by_place(const void *left, const void *right)
{
	const struct spot *a = left, *b = right;
	if (a->epoch != b->epoch)
		return a->epoch < b->epoch ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* As those of one instrument nearly always are. */
static bool in_order(const struct tables *tables)
{
	for (size_t i = 1; i < tables->n_spots; i++) {
		if (by_place(&tables->spot[i - 1], &tables->spot[i]) > 0)
			return false;
	}
	return true;
}

static int spots_make(struct tables *tables, struct day *day)
{
	size_t n = 0;
	for (size_t i = 0; i < tables->n; i++)
		n += tables->table[i].n;
	if (n != day->records)
		return h5_damaged(day->h5,
		        "holds %zu records, not the %" PRIu64 " it says", n,
		        day->records);
	tables->spot = pages_take(n * sizeof *tables->spot + 1);
	if (tables->spot == NULL)
		return h5_damaged(day->h5, "out of memory");
	for (size_t i = 0; i < tables->n; i++) {
		for (size_t row = 0; row < tables->table[i].n; row++)
			tables->spot[tables->n_spots++] = (struct spot){
				.epoch = rows_table_epoch(&tables->table[i], row),
				.seq = rows_table_seq(&tables->table[i], row),
				.table = (uint32_t)i,
				.row = (uint32_t)row,
			};
	}
	if (!in_order(tables))
		qsort(tables->spot, n, sizeof *tables->spot, by_place);
	for (size_t i = 1; i < n; i++) {
		if (by_place(&tables->spot[i - 1], &tables->spot[i]) == 0)
			return h5_damaged(day->h5,
			        "two records are number %" PRIu64
			        " of epoch %016" PRIx64,
			        tables->spot[i].seq, tables->spot[i].epoch);
	}
	return OK;
}

/* What day_records was given to call. */
struct visitor {
	int (*each)(void *with, const uint8_t *record, size_t size, int64_t stored_us,
	        uint8_t transport);
	void *with;
};

static int spots_walk(
        const struct tables *tables, struct day *day, const struct visitor *visitor)
{
	uint8_t *record = malloc(ROWS_TABLE_ROOM);
	int status = OK, count = 0;
	if (record == NULL)
		return h5_damaged(day->h5, "out of memory");
	for (size_t i = 0; i < tables->n_spots && status == OK; i++) {
		const struct spot *spot = &tables->spot[i];
		const struct rows_table *table = &tables->table[spot->table];
		int size = rows_table_record(table, spot->row, record);
		if (size < 0) {
			status = h5_damaged(day->h5,
			        "/%s row %" PRIu32 ": makes no record", table->name,
			        spot->row);
			break;
		}
		count++;
		if (visitor->each(visitor->with, record, (size_t)size,
		            rows_table_stored(table, spot->row),
		            rows_table_transport(table, spot->row)) != 0)
			break;
	}
	free(record);
	return status == OK ? count : status;
}

int day_records(struct day *day,
        int (*each)(void *with, const uint8_t *record, size_t size, int64_t stored_us,
                uint8_t transport),
        void *with, struct problem *why)
{
	struct tables tables = { 0 };
	int status = tables_load(&tables, day);
	if (status == OK)
		status = spots_make(&tables, day);
	if (status == OK)
		status = spots_walk(
		        &tables, day, &(struct visitor){ .each = each, .with = with });
	tables_free(&tables);
	if (status >= 0)
		return status;
	if (why != NULL)
		*why = *h5_problem(day->h5);
	return MALFORMED;
}

int day_tree(struct day *day, uint8_t *node, size_t blocks, struct problem *why)
{
	struct day_want want = {
		.kind = H5_U8, .n = blocks * DIGEST_SIZE, .out = node
	};
	if (day_column(day, "", LAYOUT_TREE, &want) == OK)
		return OK;
	if (why != NULL)
		*why = *h5_problem(day->h5);
	return MALFORMED;
}

int day_station_describe(struct day *day, struct describe **out, struct problem *why)
{
	char *text;
	size_t n;
	*out = NULL;
	int status = day_text_load(day, "", &text, &n);
	if (status == NOT_FOUND)
		return NOT_FOUND;
	if (status == OK) {
		struct problem reason;
		status = stored_text_read(out, text, n, &reason);
		free(text);
		if (status != OK)
			h5_damaged(day->h5, "/describe: %.300s", reason.text);
	}
	if (status != OK && why != NULL)
		*why = *h5_problem(day->h5);
	return status == OK ? OK : MALFORMED;
}
