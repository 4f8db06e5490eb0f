/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the records of the live part say happened: nothing on the last screen is taken
 * on trust. */
#include <stdio.h>
#include <string.h>

#include "base/config.h"
#include "cli/demo.h"

#define AT(member) offsetof(struct demo_change, member)
static const struct field fields[] = {
	{ .key = "subject", .type = FIELD_TEXT, .at = AT(subject), .required = true },
	{ .key = "state", .type = FIELD_TEXT, .at = AT(state), .required = true },
	{ .key = "text", .type = FIELD_TEXT, .at = AT(text) },
	{ 0 },
};
static const struct section section = { "STATE", sizeof(struct demo_change), fields,
	NULL };

struct seeing {
	struct demo *demo;
	int64_t slave_down_us, cable_down_us;
};

/* "instrument ph" down, later up: who, and for how long.  The longest is the one that the
 * scenario meant: while all begin at once a port may not be there for a moment. */
static void note_change(void *with, const struct demo_change *change, int64_t time_us)
{
	struct seeing *seeing = with;
	struct demo *demo = seeing->demo;
	bool slave = strncmp(change->subject, "instrument ", 11) == 0;
	bool cable = strncmp(change->subject, "port ", 5) == 0;
	int64_t *down_us = slave ? &seeing->slave_down_us : &seeing->cable_down_us;
	if (!slave && !cable)
		return;
	if (strcmp(change->state, "down") == 0)
		*down_us = time_us;
	if (strcmp(change->state, "up") != 0 || *down_us == 0)
		return;
	double lasted_s = (double)(time_us - *down_us) / 1e6;
	if (slave && lasted_s > demo->dead_s) {
		snprintf(demo->dead_slave, sizeof demo->dead_slave, "%s",
		        change->subject + 11);
		demo->dead_s = lasted_s;
	}
	if (cable && lasted_s > demo->cable_s) {
		snprintf(demo->cable, sizeof demo->cable, "%s", change->subject + 5);
		demo->cable_s = lasted_s;
	}
	*down_us = 0;
}

/* ---- STATE records ---- */

struct telling {
	void (*each)(void *with, const struct demo_change *change, int64_t time_us);
	void *with;
};

static int see_record(void *with, const uint8_t *bytes, size_t size, int64_t stored_us)
{
	const struct telling *telling = with;
	struct record record;
	struct demo_change change = { 0 };
	struct config *config;
	(void)stored_us;
	if (record_decode(&record, bytes, size) < 0)
		return 0;
	if (config_read_text(&config, (const char *)record.payload, record.payload_size,
	            "STATE", &section, &change, NULL) == OK)
		telling->each(telling->with, &change, record.time_us);
	config_free(config);
	return 0;
}

int demo_changes(struct reader *reader, const struct query *query,
        void (*each)(void *with, const struct demo_change *change, int64_t time_us),
        void *with)
{
	struct problem why;
	struct telling telling = { .each = each, .with = with };
	return reader_records(
	        reader, query, 1u << RECORD_STATE, see_record, &telling, &why);
}

void demo_seen(struct demo *demo)
{
	struct reader *reader;
	struct problem why;
	struct seeing seeing = { .demo = demo };
	if (reader_open(&reader, demo->archive, &why) != OK)
		return;
	for (size_t i = 0; i < DEMO_STATIONS; i++) {
		struct rows *rows;
		size_t sets;
		struct query query = {
			.station = demo->station[i].id,
			.from_us = demo->live_from_us,
			.to_us = TIME_US_END,
		};
		seeing.slave_down_us = seeing.cable_down_us = 0;
		demo_changes(reader, &query, note_change, &seeing);
		if (reader_rows(reader, &query, &rows, &sets, &why) < 0)
			continue;
		for (size_t k = 0; k < sets; k++)
			demo->live_readings += (int64_t)rows[k].n;
		rows_free(rows, sets);
	}
	reader_close(reader);
}
