/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does the running sensord of a configuration use a port?  What listens at a network address
 * cannot be locked, and a serial port is free for a moment while it is opened again; on a line
 * behind either a second master would be one too many all the same. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/tool.h"
#include "sensors/cabinet/live.h"
#include "sensors/station/describes.h"
#include "sensors/station/station.h"

static bool is_the_port(const struct tool_port *port, const struct station *station,
        const struct station_port *other)
{
	char path[PATH_MAX], host[256], service[16];
	if (port->path[0] != '\0') {
		station_path(station, other->path, path, sizeof path);
		return other->path[0] != '\0' && tool_same_device(port->path, path);
	}
	return other->tcp[0] != '\0' &&
	       port_tcp_parse(other->tcp, host, sizeof host, service) == OK &&
	       strcasecmp(host, port->host) == 0 && strcmp(service, port->service) == 0;
}

static bool view_reads(const struct live_view *view, const char *instrument)
{
	for (size_t i = 0; i < view->n_instruments; i++)
		if (strcmp(view->counts[i].instrument, instrument) == 0)
			return true;
	return false;
}

static bool reads_others(const struct live_view *view, const struct station *station)
{
	bool others = view->n_instruments != station->n_instruments;
	for (size_t i = 0; i < station->n_instruments && !others; i++)
		others = !view_reads(view, station->instrument[i].id);
	return others;
}

/* A sensord of before does not say how it reads. */
static bool is_changed(const struct live_view *view, const struct station *station,
        size_t i, const struct describe *describe)
{
	char as[READ_AS_SIZE];
	station_read_as(station, i, describe->hash, as);
	for (size_t k = 0; k < view->n_instruments; k++)
		if (strcmp(view->counts[k].instrument, station->instrument[i].id) == 0)
			return view->counts[k].as[0] != '\0' &&
			       strcmp(view->counts[k].as, as) != 0;
	return false;
}

enum sensord_differs sensord_differs(const struct live_view *view,
        const struct station *station, char *whom, size_t room)
{
	struct describes describes;
	struct problem why;
	size_t n = 0;
	if (reads_others(view, station))
		return SENSORD_OTHERS;
	if (describes_make(&describes, station, &why) != OK)
		return SENSORD_SAME;
	for (size_t i = 0; i < station->n_instruments; i++)
		if (n < room && is_changed(view, station, i, describes.instrument[i]))
			n += (size_t)snprintf(whom + n, room - n, "%s%s",
			        n > 0 ? ", " : "", station->instrument[i].id);
	describes_free(&describes);
	return n > 0 ? SENSORD_CHANGED : SENSORD_SAME;
}

long sensord_reads(const struct station *station, const char *instrument)
{
	struct live_view view;
	struct clock clock;
	char folder[PATH_MAX], path[PATH_MAX];
	long pid = 0;
	station_path(station, station->journal_folder, folder, sizeof folder);
	snprintf(path, sizeof path, "%.*s/%s", PATH_MAX - 16, folder, LIVE_FILE);
	clock_init(&clock);
	struct moment now = clock_now(&clock);
	if (live_read(&view, path, station->id, &now, NULL) != OK)
		return 0;
	if (instrument == NULL || view_reads(&view, instrument))
		pid = (long)view.pid;
	live_view_free(&view);
	return pid;
}

int sensord_tell(const char *port, long pid, bool vietnamese, struct problem *why)
{
	return problem_set(why, REFUSED, EXIT_TRY_AGAIN,
	        vietnamese ? "cổng %s: quantrac-sensord (pid %ld) đang dùng cổng này"
	                   : "port %s: quantrac-sensord (pid %ld) is using it",
	        port, pid);
}

int sensord_leaves(const struct tool_port *port, const struct station *station,
        bool vietnamese, struct problem *why)
{
	for (size_t i = 0; i < station->n_instruments; i++) {
		const struct station_instrument *one = &station->instrument[i];
		if (!is_the_port(port, station, &station->port[one->port_index]))
			continue;
		long pid = sensord_reads(station, one->id);
		if (pid != 0)
			return sensord_tell(port->setting.id, pid, vietnamese, why);
	}
	return OK;
}
