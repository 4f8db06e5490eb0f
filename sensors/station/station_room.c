/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much disk a station's journal needs.  An upper estimate:
 *
 *   reading = 64 record header + 40 reading header + 9 a channel
 *           + 10 a channel where the profile has sample times + 2 a vendor word
 *           + for every block 8 + its answer as it comes over this port
 *           + for every block 8 a retry that brought nothing
 *   entry   = 16 + reading, rounded up to 8
 *   day     = sum over instruments of entry x (86,400 s / poll_every + 1)
 *           + 1 MiB for what the cabinet says of itself (DESCRIBE, STATE, CLOCK, GAP)
 *   room    = day x keep x 1.10 + 4 segments
 *
 * The tenth is for lines that bring noise, restarts and what is left over at the ends of
 * segments; four segments for the one being written, the one ahead of it, and one of each
 * of two older epochs.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/journal_pool.h"
#include "base/legal_time.h"
#include "base/record.h"
#include "sensors/station/station.h"

#define ENTRY         16
#define EXCHANGE      8
#define SAMPLE_TIME   10
#define OWN_A_DAY     1048576.0
#define MARGIN        1.10
#define MORE_SEGMENTS 4
#define SIMULATED     (32u << 20)
#define GIB           1073741824.0

static double reading_bytes(const struct station_instrument *instrument)
{
	const struct profile *profile = instrument->profile;
	size_t n = RECORD_HEADER + READING_HEADER + 9 * profile->n_channels;
	if (profile->n_times > 0)
		n += SAMPLE_TIME * profile->n_channels;
	size_t vendor = 0;
	for (size_t i = 0; i < profile->n_words; i++)
		vendor += 2 * (size_t)profile->words[i].count;
	n += vendor < VENDOR_MOST ? vendor : VENDOR_MOST;
	bool asked = driver_asks(&instrument->instrument);
	for (size_t i = 0; i < profile->n_blocks; i++) {
		struct traffic bytes =
		        profile->driver->traffic(&instrument->instrument, i);
		n += EXCHANGE + bytes.answer + EXCHANGE * (size_t)instrument->retries;
		n += asked ? 0 : bytes.request; /* of another master, kept with it */
	}
	return (double)(ENTRY + (n + 7) / 8 * 8);
}

double station_bytes_a_day(const struct station *station)
{
	double bytes = OWN_A_DAY;
	for (size_t i = 0; i < station->n_instruments; i++) {
		const struct station_instrument *instrument = &station->instrument[i];
		bytes += reading_bytes(instrument) *
		         (86400 / instrument->poll_every_s + 1);
	}
	return bytes;
}

uint64_t station_room_needed(const struct station *station)
{
	double bytes = station_bytes_a_day(station) * (station->keep_s / 86400);
	return (uint64_t)(bytes * MARGIN) + MORE_SEGMENTS * (uint64_t)JOURNAL_SEGMENT;
}

uint64_t station_room(const struct station *station)
{
	uint64_t needed = station_room_needed(station);
	if (station->room_bytes > 0)
		return station->room_bytes;
	/* Nobody has to keep simulated data: a demo takes no gigabytes. */
	return station->simulation && needed > SIMULATED ? SIMULATED : needed;
}

int station_room_check(const struct station *station, struct problem *why)
{
	char folder[4096];
	station_path(station, station->journal_folder, folder, sizeof folder);
	const struct journal_pool_options options = {
		.folder = folder,
		.room = station_room(station),
		.keep_s = station->keep_s,
	};
	return journal_pool_check(&options, why);
}

int size_parse(const char *text, uint64_t *bytes)
{
	static const struct {
		const char *unit;
		double bytes;
	} units[] = {
		{ "KiB", 1024 },
		{ "MiB", 1048576 },
		{ "GiB", GIB },
		{ "TiB", 1099511627776 },
		{ "kB", 1e3 },
		{ "MB", 1e6 },
		{ "GB", 1e9 },
		{ "TB", 1e12 },
	};
	char *end;
	double number = strtod(text, &end);
	if (end == text || !(number > 0) || number > 1e9)
		return MALFORMED;
	end += strspn(end, " ");
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (strcmp(end, units[i].unit) != 0)
			continue;
		*bytes = (uint64_t)ceil(number * units[i].bytes);
		return OK;
	}
	return MALFORMED;
}

/* ---- what the configuration says of it ---- */

#define LEGAL_KEEP_S (60 * 86400.0)
#define MEMORY_LEAST (1u << 20)
#define MEMORY_MOST  (1u << 30)

/* Simulated data nobody has to keep; whoever tries a file with them is to know of the rule. */
static void check_keep(const struct station *station)
{
	static const char rule[] = "%g days are less than the 60 that the law wants "
	                           "(Circular 10/2021/TT-BTNMT, article 39)";
	if (!(station->keep_s > 0 && station->keep_s < LEGAL_KEEP_S))
		return;
	if (station->simulation)
		config_warn(station->config, "journal.keep",
		        "a station that measures needs 60d or more; simulated data may "
		        "be kept for less",
		        rule, station->keep_s / 86400);
	else
		config_error(station->config, NULL, "journal.keep",
		        "write 60d or more; 90d is what is shipped; only `simulation: "
		        "yes` may keep less",
		        rule, station->keep_s / 86400);
}

static void check_memory(struct station *station)
{
	if (station->memory == NULL || station->memory[0] == '\0')
		return;
	if (size_parse(station->memory, &station->memory_bytes) != OK ||
	        station->memory_bytes < MEMORY_LEAST ||
	        station->memory_bytes > MEMORY_MOST)
		config_error(station->config, NULL, "journal.memory",
		        "for example 8 MiB", "'%s' is no size from 1 MiB to 1 GiB",
		        station->memory);
}

/* Less than what is needed would mean that the room is not there when it is wanted. */
static void check_room(struct station *station)
{
	if (station->room == NULL || station->room[0] == '\0')
		return;
	if (size_parse(station->room, &station->room_bytes) != OK) {
		config_error(station->config, NULL, "journal.room",
		        "for example 12 GiB", "'%s' is no size", station->room);
		return;
	}
	if (config_errors(station->config) > 0 || station->simulation)
		return;
	double needed = (double)station_room_needed(station);
	if ((double)station->room_bytes < needed)
		config_error(station->config, NULL, "journal.room",
		        "leave `room` out, and it is reckoned",
		        "%s cannot hold %g days of these instruments: %.2f GiB are "
		        "needed",
		        station->room, station->keep_s / 86400, needed / GIB);
}

void station_check_journal(struct station *station)
{
	check_keep(station);
	check_memory(station);
	check_room(station);
}
