/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac import: what was measured before quantrac came, or beside it. */
#include "cli/import.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/legal_time.h"
#include "base/record.h"
#include "cli/commands.h"

enum {
	OPTION_STATION = 0x200,
	OPTION_MAP,
	OPTION_TIME,
	OPTION_OFFSET,
	OPTION_MISSING,
	OPTION_TT10,
	OPTION_EVERY,
	OPTION_NAME,
	OPTION_KIND,
	OPTION_INSTRUMENT,
	OPTION_ZONE,
	OPTION_WHO,
	OPTION_SKIP,
	OPTION_DECLARE
};

static const struct argp_option options[] = {
	{ "station", OPTION_STATION, "ID", 0, "station the readings belong to", 1 },
	{ "map", OPTION_MAP, "COL=CHANNEL:UNIT", 0,
	        "a column and what it is; once per column", 1 },
	{ "time", OPTION_TIME, "COL", 0, "the time column (two columns: DATE+TIME)",
	        1 },
	{ "offset", OPTION_OFFSET, "+07:00", 0, "offset of the times in the file", 1 },
	{ "missing", OPTION_MISSING, "-200", 0, "the number that stands for nothing",
	        1 },
	{ "every", OPTION_EVERY, "1h", 0,
	        "how often a value is due (else found in the file)", 1 },
	{ "skip-bad", OPTION_SKIP, NULL, 0, "leave out rows that cannot be read", 1 },
	{ "tt10", OPTION_TT10, "DIR", 0,
	        "a folder of Circular 10/2021 data files instead", 2 },
	{ "declare", OPTION_DECLARE, "CHANNEL:KEY=VALUE,...", 0,
	        "what the file does not say and a limit asks for: expressed_as=N, "
	        "gas_state=standard, reference_temperature=25, ...; channel 'all': "
	        "each",
	        3 },
	{ "name", OPTION_NAME, "TEXT", 0, "name of the station", 3 },
	{ "kind", OPTION_KIND, "water|stack|ambient", 0, "what the station watches",
	        3 },
	{ "instrument", OPTION_INSTRUMENT, "ID", 0, "instrument id (default: csv)", 3 },
	{ "zone", OPTION_ZONE, "ID", 0, "zone of an archive that is made now", 3 },
	{ "who", OPTION_WHO, "NAME", 0, "who imports (default: the login name)", 3 },
	{ 0 },
};

struct arguments {
	struct import_options *options;
	const char *tt10;
};

static error_t parse_kind(
        const char *word, struct import_options *o, struct argp_state *state)
{
	if (strcmp(word, "water") != 0 && strcmp(word, "stack") != 0 &&
	        strcmp(word, "ambient") != 0)
		argp_error(
		        state, "--kind: '%s' is none of water, stack, ambient", word);
	o->kind = word;
	return 0;
}

static error_t parse_id(
        const char *option, const char *word, size_t most, struct argp_state *state)
{
	if (!id_valid(word, most))
		argp_error(state,
		        "%s: '%s' is no id (small letters, digits, _ and -, at most "
		        "%zu "
		        "characters)",
		        option, word, most);
	return 0;
}

static error_t parse_more(
        int key, char *word, struct import_options *o, struct argp_state *state)
{
	switch (key) {
	case OPTION_NAME:
		o->station_name = word;
		return 0;
	case OPTION_KIND:
		return parse_kind(word, o, state);
	case OPTION_INSTRUMENT:
		o->instrument = word;
		return parse_id("--instrument", word, ID_SIZE - 1, state);
	case OPTION_ZONE:
		o->zone = word;
		return parse_id("--zone", word, ID_SIZE - 1, state);
	case OPTION_WHO:
		o->who = word;
		return 0;
	case OPTION_SKIP:
		o->skip_bad = true;
		return 0;
	case OPTION_DECLARE:
		if (o->n_declared == sizeof o->declared / sizeof o->declared[0])
			argp_error(
			        state, "--declare: at most %zu times", o->n_declared);
		o->declared[o->n_declared++] = word;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct arguments *arguments = state->input;
	struct import_options *o = arguments->options;
	switch (key) {
	case OPTION_STATION:
		o->station = word;
		return parse_id("--station", word, SOURCE_SIZE, state);
	case OPTION_MAP:
		if (o->n_maps == sizeof o->map / sizeof o->map[0])
			argp_error(state, "--map: at most %zu columns", o->n_maps);
		o->map[o->n_maps++] = word;
		return 0;
	case OPTION_TIME:
		o->time_column = word;
		return 0;
	case OPTION_OFFSET:
		if (offset_parse(word, &o->offset_min) != OK)
			argp_error(state, "--offset: '%s' is not like +07:00", word);
		return 0;
	case OPTION_MISSING:
		o->missing = word;
		return 0;
	case OPTION_EVERY:
		if (duration_parse(word, &o->every_s) != OK || o->every_s <= 0)
			argp_error(state, "--every: '%s' is not like 5min", word);
		return 0;
	case OPTION_TT10:
		arguments->tt10 = word;
		return 0;
	default:
		return parse_more(key, word, o, state);
	}
}

int command_import(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "FILE.csv | --tt10 DIR",
		.doc = "Take a table of readings, or a folder of data files of "
		       "Circular 10/2021, "
		       "into the archive. The same file twice changes nothing.",
	};
	struct import_options o = {
		.instrument = "csv",
		.offset_min = OFFSET_VIETNAM,
		.every_s = NAN,
	};
	struct arguments arguments = { .options = &o };
	int first = common_parse(&o.common, &argp, &arguments, argc, argv);
	if (o.who == NULL)
		o.who = common_login();
	if (arguments.tt10 != NULL && first == argc)
		return import_tt10(&o, arguments.tt10);
	if (arguments.tt10 != NULL || first + 1 != argc || o.station == NULL) {
		fputs("quantrac import: give one CSV file with --station and --map, or "
		      "--tt10 DIR "
		      "alone; see quantrac import --help\n",
		        stderr);
		return EXIT_USAGE;
	}
	return import_csv(&o, argv[first]);
}
