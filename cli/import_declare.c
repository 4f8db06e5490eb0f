/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file does not say and a comparison with a limit needs: as what, dry or wet, at
 * which temperature and pressure, how far the instrument reads. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/csv.h"
#include "cli/import.h"

/* The keys are those of an instrument's profile. */
static const struct {
	const char *key;
	size_t at;
	const char *
	        words; /* those allowed, with blanks round them; NULL: any; "": a number */
} keys[] = {
	{ "expressed_as", offsetof(struct channel, expressed_as), NULL },
	{ "basis", offsetof(struct channel, basis), " dry wet " },
	{ "gas_state", offsetof(struct channel, gas_state), " standard actual " },
	{ "reference_temperature", offsetof(struct channel, reference_temperature_C),
	        "" },
	{ "reference_pressure", offsetof(struct channel, reference_pressure_kPa), "" },
	{ "low", offsetof(struct channel, low), "" },
	{ "high", offsetof(struct channel, high), "" },
};
#define KEYS (sizeof keys / sizeof keys[0])

static int no_such_key(const char *key, struct problem *why)
{
	const char *known[KEYS + 1] = { 0 };
	for (size_t i = 0; i < KEYS; i++)
		known[i] = keys[i].key;
	const char *near = did_you_mean(key, known);
	return problem_set(why, REFUSED, EXIT_USAGE,
	        "--declare: there is no '%s'%s%s%s (expressed_as, basis, gas_state, "
	        "reference_temperature in Cel, reference_pressure in kPa, low, high)",
	        key, near != NULL ? ": did you mean '" : "", near != NULL ? near : "",
	        near != NULL ? "'?" : "");
}

/* "gas_state=standard" on one channel. */
static int declare_one(struct describe *describe, struct channel *channel,
        const char *key, const char *value, struct problem *why)
{
	size_t i = 0;
	char between[64];
	while (i < KEYS && strcmp(keys[i].key, key) != 0)
		i++;
	if (i == KEYS)
		return no_such_key(key, why);
	void *place = (char *)channel + keys[i].at;
	snprintf(between, sizeof between, " %.60s ", value);
	if (keys[i].words != NULL && keys[i].words[0] == '\0') {
		if (number_parse(value, place) == OK)
			return OK;
		return problem_set(why, REFUSED, EXIT_USAGE,
		        "--declare: %s: '%s' is no number", key, value);
	}
	if (value[0] == '\0' ||
	        (keys[i].words != NULL && strstr(keys[i].words, between) == NULL))
		return problem_set(why, REFUSED, EXIT_USAGE,
		        "--declare: %s: '%s' is none of%s", key, value,
		        keys[i].words != NULL ? keys[i].words : " N, P, NO2, ...");
	*(const char **)place = describe_text(describe, value);
	return OK;
}

/* "key=value,key=value" on one channel; `list` is taken apart. */
static int declare_list(struct describe *describe, struct channel *channel, char *list,
        struct problem *why)
{
	char *rest;
	for (char *pair = strtok_r(list, ",", &rest); pair != NULL;
	        pair = strtok_r(NULL, ",", &rest)) {
		char *equals = strchr(pair, '=');
		if (equals == NULL)
			return problem_set(why, REFUSED, EXIT_USAGE,
			        "--declare: '%s': write KEY=VALUE", pair);
		*equals = '\0';
		int status = declare_one(describe, channel, pair, equals + 1, why);
		if (status != OK)
			return status;
	}
	return OK;
}

static int declare(struct describe *describe, const char *text, struct problem *why)
{
	const char *colon = strchr(text, ':');
	if (colon == NULL || colon[1] == '\0')
		return problem_set(why, REFUSED, EXIT_USAGE,
		        "--declare '%s': write channel:KEY=VALUE,KEY=VALUE", text);
	size_t length = (size_t)(colon - text), found = 0;
	for (size_t i = 0; i < describe->n_channels; i++) {
		struct channel *channel = &describe->channel[i];
		bool all = length == 3 && memcmp(text, "all", 3) == 0;
		if (!all && (strlen(channel->name) != length ||
		                    memcmp(channel->name, text, length) != 0))
			continue;
		char *list = strdup(colon + 1);
		int status = list != NULL ? declare_list(describe, channel, list, why)
		                          : problem_set(why, FAILED, EXIT_INTERNAL,
		                                    "no memory");
		free(list);
		if (status != OK)
			return status;
		found++;
	}
	if (found > 0)
		return OK;
	return problem_set(why, REFUSED, EXIT_USAGE,
	        "--declare: there is no channel '%.*s' among those imported",
	        (int)length, text);
}

int import_declare(struct describe *describe, const struct import_options *options,
        struct problem *why)
{
	for (size_t i = 0; i < options->n_declared; i++) {
		int status = declare(describe, options->declared[i], why);
		if (status != OK)
			return status;
	}
	return OK;
}
