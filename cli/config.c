/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac config check [FILE] | explain KEY */
#include "cli/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/whose.h"
#include "cli/commands.h"
#include "cli/office_exec.h"
#include "sensors/keeper/link.h"
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

static int check(const char *path, bool quiet, struct problem *why)
{
	struct station *station;
	struct problem keyless;
	int status = station_read(&station, path, stderr, why);
	if (status != OK)
		return status;
	status = station_room_check(station, why);
	if (status == OK && !quiet)
		fprintf(stderr,
		        "%s: a cabinet's file: station %s, %zu instruments on %zu "
		        "ports: no errors\n",
		        path, station->id, station->n_instruments, station->n_ports);
	/* it may be checked where the keys are not, or by who may not read them */
	if (status == OK && link_keys_check(station, &keyless) != OK)
		fprintf(stderr, "%s: sensord would not start here: %s\n", path,
		        keyless.text);
	station_free(station);
	return status;
}

static int check_cabinets(const char *path, const struct common *common)
{
	struct problem why = { 0 };
	int status = check(path, common->quiet, &why);
	if (status == OK)
		return 0;
	int code = common_fail("config", &why);
	if (status == MALFORMED)
		fprintf(stderr, "%s was read as a cabinet's file\n", path);
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
	fprintf(stderr,
	        "quantrac config: %s: this is a collector's file, and quantrac-office "
	        "is "
	        "not installed here: quantrac-collectd --check --config %s checks it\n",
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

int config_command(int argc, char **argv, const struct config_collector *collector)
{
	static const struct argp argp = {
		.args_doc = "check [FILE]\nexplain KEY",
		.doc = "Check the configuration of a cabinet or a collector (its keys "
		       "say which it is): all errors at once, with line and cure. "
		       "Explain what a key means.",
	};
	struct common common;
	int first = common_parse(&common, &argp, NULL, argc, argv);
	int n = argc - first;
	if (n >= 1 && n <= 2 && strcmp(argv[first], "check") == 0) {
		const char *path = n == 2 ? argv[first + 1] : common.config;
		return is_collectors(path) ? collector->check(path, &common)
		                           : check_cabinets(path, &common);
	}
	if (n == 2 && strcmp(argv[first], "explain") == 0)
		return collector->explain(argv[first + 1], &common);
	fputs("quantrac config: check [FILE] or explain KEY\n", stderr);
	return EXIT_USAGE;
}

int command_config(int argc, char **argv)
{
	static const struct config_collector elsewhere = { check_elsewhere,
		explain_elsewhere };
	return config_command(argc, argv, &elsewhere);
}
