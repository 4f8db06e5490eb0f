/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac config check [FILE] | explain KEY */
#include "cli/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/counted.h"
#include "base/whose.h"
#include "cli/cabinet.h"
#include "cli/commands.h"
#include "cli/office_exec.h"
#include "sensors/keeper/start.h"
#include "sensors/station/station.h"

/* ---- whose file it is ---- */

static bool is_collectors(const char *path)
{
	static const struct field none[] = { { 0 } };
	static const struct section any = { "configuration", 1, none, NULL };
	struct config *document;
	char unused = 0;
	config_read(&document, path, &any, &unused, NULL);
	bool is = config_whose(document) == WHOSE_COLLECTOR;
	config_free(document);
	return is;
}

/* ---- a cabinet's ---- */

struct checking {
	struct common common;
	bool elsewhere;
};

struct doubts {
	const char *path;
	size_t n[START_REFUSED + 1];
};

static void tell_doubt(void *context, enum start_doubt doubt, const char *text)
{
	static const char *const lead[] = {
		[START_ABSENT] = "warning: not here now",
		[START_UNSEEN] = "warning: not looked at",
		[START_REFUSED] = "error: sensord would not start here",
	};
	struct doubts *doubts = context;
	doubts->n[doubt]++;
	common_tell("%s: %s: %s", doubts->path, lead[doubt], text);
}

/* On this machine, by what sensord's start asks itself. */
static int check_start(const struct station *station, struct doubts *doubts)
{
	struct problem why = { .exit = EXIT_CONFIG };
	const struct start_told told = { .context = doubts, .tell = tell_doubt };
	int status = start_check(station, &told, &why);
	if (doubts->n[START_UNSEEN] > 0)
		common_tell("%s: what was not looked at tells the user that sensord "
		            "runs as: sudo -u quantrac quantrac config check %s",
		        doubts->path, doubts->path);
	if (status != OK)
		common_tell("%s: no errors in the file itself; if it is for another "
		            "machine: quantrac config check --elsewhere %s",
		        doubts->path, doubts->path);
	return status == OK ? 0 : why.exit;
}

static int check_cabinets(const char *path, const struct checking *checking)
{
	struct station *station;
	struct problem why = { 0 };
	struct doubts doubts = { .path = path };
	const struct common *common = &checking->common;
	int status = cabinet_read(&station, path, common_vietnamese(common), &why);
	if (status != OK) {
		int code = common_fail("config", &why);
		if (status == MALFORMED)
			common_tell("%s was read as a cabinet's file", path);
		return code;
	}
	int code = checking->elsewhere ? 0 : check_start(station, &doubts);
	char instruments[COUNTED], ports[COUNTED];
	if (code == 0 && !common->quiet)
		common_tell("%s: a cabinet's file: station %s, %s on %s: no errors",
		        path, station->id,
		        counted(station->n_instruments, "instrument", instruments),
		        counted(station->n_ports, "port", ports));
	station_free(station);
	return code;
}

char *config_explained(
        const struct section *section, const char *key, bool vietnamese, int *status)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	*status = FAILED;
	if (out == NULL)
		return NULL;
	*status = config_explain(section, key, vietnamese, out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

/* ---- a collector's, of which the cabinet's program knows nothing ---- */

static void office_config(
        const char *verb, const char *word, const struct common *common)
{
	char *argv[8] = { "quantrac", "config", (char *)verb, (char *)word };
	size_t n = 4;
	if (common->lang != NULL) {
		argv[n++] = "--lang";
		argv[n++] = (char *)common->lang;
	}
	if (common->quiet)
		argv[n++] = "--quiet";
	office_exec(argv);
}

static int check_elsewhere(const char *path, const struct common *common)
{
	office_config("check", path, common);
	common_tell("quantrac config: %s: this is a collector's file, and "
	            "quantrac-office is not installed here: quantrac-collectd --check "
	            "--config %s checks it",
	        path, path);
	return EXIT_USAGE;
}

static int explain_elsewhere(const char *key, const struct common *common)
{
	int status;
	office_config("explain", key, common);
	char *text = config_explained(
	        &station_section, key, common_vietnamese(common), &status);
	if (text != NULL)
		fputs(text, stdout);
	free(text);
	return status == OK ? 0 : EXIT_USAGE;
}

/* ---- the command ---- */

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct checking *checking = state->input;
	if (key != 'e')
		return ARGP_ERR_UNKNOWN;
	checking->elsewhere = true;
	return 0;
}

int config_command(int argc, char **argv, const struct config_collector *collector)
{
	static const struct argp_option options[] = {
		{ "elsewhere", 'e', NULL, 0,
		        "a cabinet's file alone: do not ask whether sensord would "
		        "start on this machine",
		        0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "check [FILE]\nexplain KEY",
		.doc = "Check the configuration of a cabinet or a collector (its keys "
		       "say which it is): all errors at once, with line and cure, and "
		       "whether quantrac-sensord would start with it on this machine. "
		       "Explain what a key means.",
	};
	struct checking checking = { .elsewhere = false };
	struct common *common = &checking.common;
	int first = common_parse(common, &argp, &checking, argc, argv);
	int n = argc - first;
	if (n >= 1 && n <= 2 && strcmp(argv[first], "check") == 0) {
		const char *path = n == 2 ? argv[first + 1] : common->config;
		return is_collectors(path) ? collector->check(path, common)
		                           : check_cabinets(path, &checking);
	}
	if (n == 2 && strcmp(argv[first], "explain") == 0)
		return collector->explain(argv[first + 1], common);
	common_tell("quantrac config: check [FILE] or explain KEY");
	return EXIT_USAGE;
}

int command_config(int argc, char **argv)
{
	static const struct config_collector elsewhere = { check_elsewhere,
		explain_elsewhere };
	return config_command(argc, argv, &elsewhere);
}
