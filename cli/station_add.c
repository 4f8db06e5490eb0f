/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quantrac station add: an instrument into a configuration, new or there.  It is asked once
 * before anything is written, and what would not pass `config check` is not written.
 */
#include "cli/station_add.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "cli/cabinet.h"
#include "cli/station.h"
#include "cli/translate.h"

#define JOURNAL_PLACE "/var/lib/quantrac/journal"
#define POLLS         2   /* the first may meet a line that is not quiet yet */
#define LEAST_S       3.0 /* for them, and what the timeouts need */

enum {
	OPTION_PORT = 0x200,
	OPTION_MODEL,
	OPTION_SLAVE,
	OPTION_ID,
	OPTION_OUTLET,
	OPTION_LINE,
	OPTION_MODE,
	OPTION_ZONE,
	OPTION_STATION,
	OPTION_FACILITY,
	OPTION_KIND,
	OPTION_JOURNAL,
	OPTION_SIMULATION,
	OPTION_YES,
	OPTION_UNTESTED
};

// clang-format off
static const struct argp_option options[] = {
	{ "port", OPTION_PORT, "PORT", 0, "a port of the configuration, a device, or host:port", 1 },
	{ "model", OPTION_MODEL, "NAME", 0, "of quantrac instrument list", 1 },
	{ "slave", OPTION_SLAVE, "N", 0, "its address on the line; else the factory's", 1 },
	{ "address", OPTION_SLAVE, "TEXT", OPTION_ALIAS, NULL, 1 },
	{ "id", OPTION_ID, "ID", 0, "what it is called; else by its first channel", 1 },
	{ "outlet", OPTION_OUTLET, "ID", 0, "that it watches (ID=NAME in a new file)", 1 },
	{ "line", OPTION_LINE, "9600 8N1", 0, "of a new serial port; else the model's", 2 },
	{ "mode", OPTION_MODE, "tcp|rtu-over-tcp|ascii", 0, "of a new Modbus port, where it is not the usual one", 2 },
	{ "zone", OPTION_ZONE, "ID=NAME", 0, "a new file: industrial zone", 3 },
	{ "facility", OPTION_FACILITY, "ID=NAME", 0, "a new file: facility", 3 },
	{ "station", OPTION_STATION, "ID=NAME", 0, "a new file: this station", 3 },
	{ "kind", OPTION_KIND, "water|stack|ambient", 0, "a new file: of its outlet", 3 },
	{ "journal", OPTION_JOURNAL, "DIR", 0, "a new file: folder of the journal", 3 },
	{ "simulation", OPTION_SIMULATION, NULL, 0, "a new file: nothing real is measured; every record says so", 3 },
	{ "yes", OPTION_YES, NULL, 0, "write without asking", 4 },
	{ "untested", OPTION_UNTESTED, NULL, 0, "write even if it does not answer, or cannot be asked now", 4 },
	{ 0 },
};
// clang-format on

static error_t keep(char *out, size_t room, const char *word, struct argp_state *state)
{
	if (strlen(word) >= room)
		argp_error(state, "'%.40s...' is too long", word);
	snprintf(out, room, "%s", word);
	return 0;
}

static char *place_of(int key, struct adding_words *word)
{
	switch (key) {
	case OPTION_MODEL:
		return word->model;
	case OPTION_SLAVE:
		return word->address;
	case OPTION_ID:
		return word->id;
	case OPTION_OUTLET:
		return word->outlet;
	case OPTION_LINE:
		return word->line;
	case OPTION_MODE:
		return word->mode;
	case OPTION_ZONE:
		return word->zone;
	case OPTION_STATION:
		return word->station;
	case OPTION_FACILITY:
		return word->facility;
	case OPTION_KIND:
		return word->kind;
	default:
		return NULL;
	}
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct adding *adding = state->input;
	struct adding_words *words = &adding->word;
	char *place = place_of(key, words);
	if (place != NULL)
		return keep(place, WORD_MOST, word, state);
	switch (key) {
	case OPTION_PORT:
		return keep(words->port, sizeof words->port, word, state);
	case OPTION_JOURNAL:
		return keep(words->journal, sizeof words->journal, word, state);
	case OPTION_SIMULATION:
		adding->simulation = true;
		return 0;
	case OPTION_YES:
		adding->yes = true;
		return 0;
	case OPTION_UNTESTED:
		adding->untested = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is no option", word);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ---- what is meant ---- */

/* Without a person to ask, what options did not say has its usual value. */
static int complete(struct adding *adding, struct problem *why)
{
	struct adding_words *word = &adding->word;
	int status = station_find_port(adding, why);
	if (status == OK)
		status = station_find_model(adding, why);
	if (status != OK)
		return status;
	if (word->address[0] == '\0' && adding->profile->driver->modbus)
		snprintf(word->address, WORD_MOST, "%d", (int)adding->profile->slave);
	if (word->id[0] == '\0')
		station_propose_id(adding, word->id);
	if (adding->station == NULL &&
	        (word->zone[0] == '\0' || word->facility[0] == '\0' ||
	                word->station[0] == '\0' || word->outlet[0] == '\0' ||
	                word->kind[0] == '\0'))
		return problem_set(why, REFUSED, EXIT_USAGE,
		        adding->vietnamese
		                ? "chưa có %s: tệp mới cần --zone, --facility, "
		                  "--station, --outlet (mỗi cái MÃ=TÊN) và --kind"
		                : "%s is not there yet: a new file needs --zone, "
		                  "--facility, --station, --outlet (each ID=NAME) and "
		                  "--kind",
		        adding->path);
	return OK;
}

/* ---- the test ---- */

static void on_reading(void *context, const struct trial_reading *reading)
{
	const struct adding *adding = context;
	station_tell_reading(stderr, reading,
	        adding->station != NULL ? adding->station->utc_offset_min
	                                : OFFSET_VIETNAM,
	        adding->vietnamese);
}

static double trial_s(const struct adding *adding)
{
	double one_s = 0;
	for (size_t b = 0; b < adding->profile->n_blocks; b++) {
		double own_s = adding->profile->block[b].timeout_s;
		one_s += 2 * (own_s > 0 ? own_s : adding->profile->timeout_s);
	}
	double all_s = POLLS * one_s + 1;
	return all_s > LEAST_S ? all_s : LEAST_S;
}

/* It was not tried, or in vain, as *why says: OK if it is written all the same. */
static int write_nevertheless(struct adding *adding, struct problem *why)
{
	bool vi = adding->vietnamese;
	if (tool_stop)
		return problem_set(why, REFUSED, EXIT_STOPPED, "%s",
		        vi ? "đã dừng; chưa ghi gì" : "stopped; nothing was written");
	if (adding->untested ||
	        station_confirm(adding,
	                vi ? "Vẫn ghi vào cấu hình?" : "Write it nevertheless?", false))
		return OK;
	if (tool_stop)
		problem_set(why, REFUSED, EXIT_STOPPED, "%s",
		        vi ? "chưa ghi gì" : "nothing was written");
	return REFUSED;
}

/* Ask the new instrument of the new text.  OK: it answered, or nobody minds. */
static int try_out(
        struct adding *adding, const struct station *made, struct problem *why)
{
	struct trial_tally tally;
	bool vi = adding->vietnamese;
	size_t i = made->n_instruments - 1;
	const struct trial_options how = { .for_s = trial_s(adding),
		.polls = POLLS,
		.poll_every_s = 1,
		.stop = &tool_stop,
		.reading = on_reading,
		.context = (void *)adding };
	int status = tool_port_free(&adding->port, vi, why);
	if (status == OK && adding->station != NULL)
		status = sensord_leaves(&adding->port, adding->station, vi, why);
	if (status == OK) {
		status = trial_run(made, i, &how, &tally);
		if (status != OK)
			return problem_set(why, status, EXIT_INTERNAL, "no memory");
		if (station_tell_verdict(stderr, made, i, &tally, vi) == 0)
			return OK;
		problem_set(why, REFUSED, EXIT_FOUND, "%s",
		        vi ? "thiết bị không trả lời đúng; chưa ghi gì (--untested: "
		             "vẫn ghi)"
		           : "it does not answer as it should; nothing was written "
		             "(--untested: write nevertheless)");
	} else if (adding->untested || adding->asks) {
		fprintf(stderr, "%s\n", why->text);
	} else {
		size_t n = strlen(why->text);
		snprintf(why->text + n, sizeof why->text - n, "%s",
		        vi ? "; chưa ghi gì (--untested: vẫn ghi)"
		           : "; nothing was written (--untested: write nevertheless)");
	}
	return write_nevertheless(adding, why);
}

/* ---- writing ---- */

/* Links to the configuration stay, and so do its owner and its rights. */
static int replace(
        const struct adding *adding, const char *text, size_t n, struct problem *why)
{
	struct stat st;
	bool was = stat(adding->path, &st) == 0;
	int status =
	        file_replace(adding->path, text, n, was ? st.st_mode & 0777 : 0644);
	if (status == OK && was && geteuid() == 0 &&
	        chown(adding->path, st.st_uid, st.st_gid) != 0)
		status = FAILED;
	if (status == OK)
		return OK;
	return problem_set(why, status, EXIT_NO_FILE,
	        adding->vietnamese ? "%s: không ghi được: %s"
	                           : "%s: cannot be written: %s",
	        adding->path, strerror(errno));
}

static int write_it(
        const struct adding *adding, const char *text, size_t n, struct problem *why)
{
	bool vi = adding->vietnamese;
	if (!adding->yes && !adding->asks) {
		fputs(text, stdout);
		fputs(vi ? "chưa ghi gì: --yes để ghi\n"
		         : "nothing was written: --yes writes it\n",
		        stderr);
		return OK;
	}
	char question[PATH_MAX + 32];
	snprintf(question, sizeof question, vi ? "Ghi vào %s?" : "Write it into %s?",
	        adding->path);
	if (!adding->yes && !station_confirm(adding, question, true))
		return problem_set(why, REFUSED, EXIT_STOPPED, "%s",
		        vi ? "chưa ghi gì" : "nothing was written");
	int status = replace(adding, text, n, why);
	if (status != OK)
		return status;
	station_tell_added(adding);
	return OK;
}

/* What the file would be must be a sound configuration. */
static int finish(struct adding *adding, struct problem *why)
{
	struct station *made;
	size_t n;
	char *text = station_text(adding, &n);
	if (text == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL,
		        "%s: its lists cannot be written to; add it by hand",
		        adding->path);
	struct translated told;
	int status = station_parse(&made, text, n, adding->path,
	        translated_open(&told, adding->vietnamese), why);
	translated_close(&told, &station_section);
	if (status != OK) {
		fputs(adding->vietnamese ? "cấu hình mới có lỗi như trên; chưa ghi gì\n"
		                         : "this is what the new text would be; "
		                           "nothing was written\n",
		        stderr);
		free(text);
		return status;
	}
	status = station_room_check(made, why);
	if (status == OK)
		status = try_out(adding, made, why);
	if (status == OK)
		status = write_it(adding, text, n, why);
	station_free(made);
	free(text);
	return status;
}

/* ---- the command ---- */

static int begin(struct adding *adding, struct problem *why)
{
	const char *path = adding->common->config;
	if (realpath(path, adding->path) == NULL)
		snprintf(adding->path, sizeof adding->path, "%s", path);
	int status =
	        cabinet_read(&adding->station, adding->path, adding->vietnamese, why);
	if (status != OK && status != NOT_FOUND)
		return status;
	adding->journal_said = adding->word.journal[0] != '\0';
	if (!adding->journal_said)
		snprintf(adding->word.journal, sizeof adding->word.journal, "%s",
		        JOURNAL_PLACE);
	usb_list(&adding->ports);
	if (adding->asks)
		return station_ask(adding, why);
	if (adding->word.port[0] == '\0' || adding->word.model[0] == '\0')
		return problem_set(why, REFUSED, EXIT_USAGE, "%s",
		        adding->vietnamese
		                ? "không có màn hình để hỏi thì cần ít nhất --port và "
		                  "--model"
		                : "without a terminal say at least --port and --model");
	return complete(adding, why);
}

int station_add(int argc, char **argv)
{
	static const struct argp argp = { .options = options,
		.parser = parse,
		.doc = "Add an instrument to a configuration, or begin a new one. On a "
		       "terminal what options do not say is asked for. The instrument "
		       "is asked once; a file that would not pass config check is not "
		       "written, and what stands in it stays as it is." };
	static struct adding adding;
	struct common common;
	struct problem why = { .exit = EXIT_STOPPED };
	common_parse(&common, &argp, &adding, argc, argv);
	log_start("quantrac", LOG_ALERT);
	adding.common = &common;
	adding.vietnamese = common_vietnamese(&common);
	adding.asks = !adding.yes && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	tool_catch_signals();
	snprintf(why.text, sizeof why.text, "%s",
	        adding.vietnamese ? "chưa ghi gì" : "nothing was written");
	int status = begin(&adding, &why);
	if (status == OK)
		status = finish(&adding, &why);
	profile_free(adding.profile);
	station_free(adding.station);
	return status == OK ? 0 : common_fail("station add", &why);
}
