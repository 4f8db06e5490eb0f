/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/view.h"

#include <stdio.h>
#include <string.h>

#include "base/config.h"

#define CHANNELS_TOLD 255

int view_open(
        struct view *view, const char *archive, bool with_rules, struct problem *why)
{
	*view = (struct view){ 0 };
	int status = reader_open(&view->reader, archive, why);
	if (status != OK)
		return status;
	view->offset_min = reader_identity(view->reader)->utc_offset_min;
	if (!with_rules)
		return OK;
	status = rules_read(&view->rules, rule_folder(), why);
	if (status == OK)
		return OK;
	reader_close(view->reader);
	view->reader = NULL;
	return status;
}

void view_close(struct view *view)
{
	if (view->reader == NULL)
		return;
	view_tell(view);
	rules_free(&view->rules);
	permits_free(&view->permits);
	reader_close(view->reader);
	view->reader = NULL;
}

int view_permits(struct view *view, struct problem *why)
{
	int status = permits_load(&view->permits, view->reader, 0, why);
	if (status != OK)
		view_close(view);
	return status;
}

/* Has permit i a station that nothing before it has? */
static bool names_another(const struct view *view, size_t i)
{
	const char *station = view->permits.permit[i].station;
	for (size_t k = 0; k < i; k++)
		if (strcmp(view->permits.permit[k].station, station) == 0)
			return false;
	return !view_has_station(view, station);
}

size_t view_stations(const struct view *view)
{
	size_t n = reader_stations(view->reader);
	for (size_t i = 0; i < view->permits.n; i++)
		n += names_another(view, i);
	return n;
}

const char *view_station(const struct view *view, size_t at)
{
	size_t n = reader_stations(view->reader);
	if (at < n)
		return reader_station(view->reader, at);
	for (size_t i = 0; i < view->permits.n; i++)
		if (names_another(view, i) && n++ == at)
			return view->permits.permit[i].station;
	return NULL;
}

int view_exit(const struct view *view)
{
	return view->told > 0 ? EXIT_DAMAGED : 0;
}

bool view_has_station(const struct view *view, const char *station)
{
	for (size_t i = 0; i < reader_stations(view->reader); i++)
		if (strcmp(reader_station(view->reader, i), station) == 0)
			return true;
	return false;
}

int view_no_station(const struct view *view, const char *station, struct problem *why)
{
	const char *known[64];
	size_t n = 0;
	char list[512] = "";
	for (size_t i = 0; i < view_stations(view) && n < 63; i++) {
		known[n++] = view_station(view, i);
		if (strlen(list) + strlen(known[n - 1]) + 3 < sizeof list)
			strcat(strcat(list, n > 1 ? ", " : ""), known[n - 1]);
	}
	known[n] = NULL;
	const char *near = did_you_mean(station, known);
	const char *shut = reader_shut_of(view->reader, station);
	if (near == NULL && shut != NULL)
		return problem_set(why, REFUSED, EXIT_DAMAGED,
		        "whether the archive has a station '%s' cannot be told: %s may "
		        "not be read by this user; run this as the archive's owner, or "
		        "in its group",
		        station, shut);
	if (near != NULL)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "the archive has no station '%s', did you mean '%s'?", station,
		        near);
	return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
	        "the archive has no station '%s'; it has: %s", station,
	        n > 0 ? list : "none");
}

/* The channels that the instruments of a station have and have had, each once; how many. */
static size_t channels_of(const struct view *view, const char *station,
        const char *known[CHANNELS_TOLD + 1])
{
	const struct describe *const *instrument;
	size_t n = reader_instruments(view->reader, station, &instrument), k = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t c = 0; c < instrument[i]->n_channels; c++) {
			const char *name = instrument[i]->channel[c].name;
			size_t at = 0;
			while (at < k && strcmp(known[at], name) != 0)
				at++;
			if (at == k && k < CHANNELS_TOLD)
				known[k++] = name;
		}
	known[k] = NULL;
	return k;
}

int view_channel(const struct view *view, const char *station, const char *channel,
        struct problem *why)
{
	const char *known[CHANNELS_TOLD + 1];
	char list[512] = "";
	size_t n = channels_of(view, station, known);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(known[i], channel) == 0)
			return OK;
		if (strlen(list) + strlen(known[i]) + 3 < sizeof list)
			strcat(strcat(list, i > 0 ? ", " : ""), known[i]);
	}
	const char *near = did_you_mean(channel, known);
	if (near != NULL)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "station '%s' has no channel '%s', did you mean '%s'?", station,
		        channel, near);
	return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
	        "station '%s' has no channel '%s'; it has: %s", station, channel,
	        n > 0 ? list : "none");
}
