/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened at the door, in the words of the log. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "collector/collectd_parts.h"
#include "collector/keys.h"

static void note_silent(const char *station)
{
	char key[32];
	snprintf(key, sizeof key, "silent %.16s", station);
	log_seldom(LOG_WARN, key,
	        "%s still sends, with a key that was revoked: nothing of it is heard; "
	        "to hear it again: quantrac keys new %s on the cabinet, here quantrac "
	        "keys admit %s and its public key",
	        station, station, station);
}

/* A key that is not on the list: one that was revoked can not be admitted again. */
static void note_refused(const struct collectd *collectd)
{
	const struct server_counts *counts = &collectd->counts;
	char station[SOURCE_SIZE + 1];
	if (keys_revoked(collectd->config.agents, counts->refused_key, station) == OK)
		note_silent(station);
	else
		log_seldom(LOG_WARN, "refused",
		        "a key that is not on the list knocked from %s: %s; to admit "
		        "it: quantrac keys admit STATION %s'%s'",
		        counts->refused_from, counts->refused_key,
		        counts->refused_key[0] == '-' ? "-- " : "",
		        counts->refused_key);
}

static void note_crowd(const char *who)
{
	log_seldom(LOG_WARN, "crowd",
	        "%s: too many connections; one address has half of all at most, one "
	        "key "
	        "%d: those beyond are ended",
	        who, SERVER_A_KEY);
}

static void note_flood(const char *station)
{
	char key[32];
	snprintf(key, sizeof key, "flood %.16s", station);
	log_seldom(LOG_ALERT, key,
	        "%s: sends without waiting for answers, which no cabinet does; the "
	        "connection was ended: quantrac keys revoke %s shuts it out",
	        station, station);
}

void collectd_note_counts(struct collectd *collectd)
{
	struct server_counts before = collectd->counts, *now = &collectd->counts;
	server_socket_counts(collectd->server, now);
	if (now->refused_keys != before.refused_keys)
		note_refused(collectd);
	if (now->silent_users != before.silent_users)
		note_silent(now->silent_user);
	if (now->crowded != before.crowded)
		note_crowd(now->crowd);
	if (now->floods != before.floods)
		note_flood(now->flood_user);
	if (now->closed != before.closed)
		log_seldom(LOG_WARN, "door",
		        "too many connections: nobody new is let in until half of them "
		        "are gone; those that are in stay");
	if (memcmp(&before, now, sizeof before) != 0)
		collectd->changed = true;
}
