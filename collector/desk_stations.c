/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who stands at the desk: each station under its name, when it was heard, and from where. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "collector/desk_parts.h"

/* The list of keys is no longer than the desk, but its names come and go: one that is no
 * longer on it gives way to a new one. */
static bool make_place(struct desk *desk)
{
	size_t at = 0;
	if (desk->n < desk->most)
		return true;
	while (at < desk->n && (!desk->station[at].revoked || desk->station[at].owes))
		at++;
	if (at == desk->n)
		return false;
	desk->n--;
	memmove(&desk->station[at], &desk->station[at + 1],
	        (desk->n - at) * sizeof *desk->station);
	return true;
}

/* Where a station stands or would stand. */
static size_t place_of(const struct desk *desk, const char *name)
{
	size_t at = 0;
	while (at < desk->n && strcmp(desk->station[at].name, name) < 0)
		at++;
	return at;
}

struct desk_station *desk_station_of(struct desk *desk, const char *name)
{
	size_t at = place_of(desk, name);
	if (at < desk->n && strcmp(desk->station[at].name, name) == 0)
		return &desk->station[at];
	if (!make_place(desk))
		return NULL;
	at = place_of(desk, name);
	memmove(&desk->station[at + 1], &desk->station[at],
	        (desk->n - at) * sizeof *desk->station);
	desk->station[at] = (struct desk_station){ .heard_us = 0 };
	snprintf(desk->station[at].name, sizeof desk->station[at].name, "%s", name);
	desk->n++;
	return &desk->station[at];
}

/* ---- heard ---- */

/* A cabinet that connects anew does not come back to the connection it had.  True: it is
 * a new one. */
static bool note_route(struct desk_station *station, const struct peer *peer)
{
	char about[48];
	bool back = peer_same(&station->before, peer);
	if (peer_same(&station->peer, peer))
		return false;
	snprintf(about, sizeof about, "twins %s", station->name);
	if (back)
		log_seldom(LOG_ALERT, about,
		        "%s: two cabinets speak with its key at once: is one the copy "
		        "of "
		        "the other? Give each its own: quantrac keys new",
		        station->name);
	station->before = station->peer;
	station->peer = *peer;
	return !back;
}

bool desk_note_heard(
        struct desk_station *station, const struct peer *peer, const struct moment *now)
{
	if (!station->connected)
		log_line(LOG_INFO, "%s: is heard", station->name);
	station->connected = true;
	station->heard_us = now->mono_us;
	station->heard_time_us = now->time_us;
	return note_route(station, peer);
}

bool desk_owes_another(const struct desk *desk, const struct peer *peer)
{
	for (size_t i = 0; i < desk->n; i++)
		if (strcmp(desk->station[i].name, peer->user) == 0)
			return desk->station[i].owes &&
			       !peer_same(&desk->station[i].shown_by, peer);
	return false;
}

/* ---- and no more ---- */

void desk_listed(struct desk *desk, size_t i, bool listed)
{
	static const char words[] = "revoked: its key is no longer on the list";
	struct desk_station *station = &desk->station[i];
	if (station->revoked == !listed)
		return;
	station->revoked = !listed;
	log_line(LOG_INFO, "%s: %s", station->name,
	        listed ? "its key is on the list again" : words);
	snprintf(station->problem, sizeof station->problem, "%s", listed ? "" : words);
	if (!listed)
		station->connected = false;
}

void desk_watch(struct desk *desk, int64_t mono_us)
{
	for (size_t i = 0; i < desk->n; i++) {
		struct desk_station *station = &desk->station[i];
		if (!station->connected || mono_us - station->heard_us < DESK_SILENT_US)
			continue;
		station->connected = false;
		log_line(LOG_WARN, "%s: has not been heard for %.0f s", station->name,
		        (double)(mono_us - station->heard_us) / 1e6);
	}
}
