/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every YAML and JSON document quantrac reads, by its first letter: s station, n scenario, p profile,
 * r rule record, d permit as a DOCUMENT holds it, l what sensord left for `quantrac status`.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/permit.h"
#include "analysis/rule.h"
#include "base/clock.h"
#include "collector/collectd_config.h"
#include "sensors/cabinet/live.h"
#include "sensors/simulator/scenario.h"
#include "sensors/station/station.h"
#include "sensors/tables/profile.h"
#include "tests/fuzz/fuzz_kit.h"

static FILE *nowhere, *report;

/* Rules tell their errors on stderr. */
static void make_quiet(void)
{
	nowhere = fopen("/dev/null", "w");
	assert(nowhere != NULL);
	setvbuf(nowhere, NULL, _IOFBF, 65536);
	stderr = nowhere;
	fuzz_quiet();
}

/* One more outlet, put into the text, stands behind the others. */
static void append(const struct station *station)
{
	static const struct config_item item = { "- id: zz9\n  name: x\n",
		"{id: zz9, name: x}" };
	static const struct field nothing[] = { { 0 } };
	static const struct section any = { "any", 1, nothing, NULL };
	struct config *again;
	char unused = 0, path[64];
	size_t n;
	char *text = config_append(station->config, "outlets", &item, &n);
	assert(text != NULL);
	config_read_text(&again, text, n, "fuzz", &any, &unused, NULL);
	snprintf(path, sizeof path, "outlets[%zu].id", station->n_outlets);
	assert(config_line(again, path) > 0);
	config_free(again);
	free(text);
}

static void read_station(const char *text, size_t n)
{
	struct station *station;
	struct problem why;
	if (station_parse(&station, text, n, "fuzz", report, &why) != OK)
		return;
	append(station);
	station_free(station);
}

static void read_scenario(const char *text, size_t n)
{
	struct scenario *scenario;
	struct problem why;
	if (scenario_parse(&scenario, text, n, "fuzz", report, &why) == OK)
		scenario_free(scenario);
}

static void read_profile(const char *text, size_t n)
{
	struct profile *profile;
	struct problem why;
	if (profile_parse(&profile, text, n, "fuzz", report, &why) == OK)
		profile_free(profile);
}

static void read_permit(const char *text, size_t n)
{
	struct permit permit;
	struct problem why;
	if (permit_from_json(&permit, text, n, &why) == OK)
		config_free(permit.config);
}

static void read_rule(const char *text, size_t n)
{
	struct rule rule;
	struct problem why;
	if (rule_read(&rule, fuzz_file((const uint8_t *)text, n), &why) == OK)
		rule_free(&rule);
}

static void read_live(const char *text, size_t n)
{
	struct live_view view;
	struct problem why;
	struct moment now = { .boot = 0 };
	if (live_read(&view, fuzz_file((const uint8_t *)text, n), "mau-nuoc", &now,
	            &why) == OK)
		assert(view.config != NULL);
	live_view_free(&view);
}

static void read_collector(const char *text, size_t n)
{
	struct config *document;
	struct collectd_config config = { .archive = NULL };
	config_read_text(
	        &document, text, n, "fuzz", &collectd_section, &config, report);
	config_free(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static const struct {
		char letter;
		void (*read)(const char *text, size_t n);
	} family[] = {
		{ 's', read_station },
		{ 'n', read_scenario },
		{ 'p', read_profile },
		{ 'd', read_permit },
		{ 'r', read_rule },
		{ 'l', read_live },
		{ 'c', read_collector },
	};
	if (nowhere == NULL)
		make_quiet();
	if (n == 0)
		return 0;
	/* telling takes most of the time: one in eight is told */
	report = n % 8 == 0 ? nowhere : NULL;
	char *text = fuzz_text(in + 1, n - 1);
	for (size_t i = 0; i < sizeof family / sizeof family[0]; i++)
		if (family[i].letter == in[0])
			family[i].read(text, n - 1);
	free(text);
	return 0;
}
