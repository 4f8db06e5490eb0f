/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a port is: a serial device, a TCP connection, or a TCP port of ours that others connect to. */
#include <arpa/inet.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sensors/station/station_parts.h"

static bool is_address(const char *text)
{
	uint8_t out[16];
	return inet_pton(AF_INET, text, out) == 1 ||
	       inet_pton(AF_INET6, text, out) == 1;
}

static bool same_text(const char *a, const char *b)
{
	return a[0] != '\0' && strcmp(a, b) == 0;
}

/* Two names of one adapter, as by-id and by-path; only where it is plugged in. */
static bool same_device(const struct station *station, const char *a, const char *b)
{
	char path[PATH_MAX], one[PATH_MAX], other[PATH_MAX];
	if (a[0] == '\0' || b[0] == '\0')
		return false;
	station_path(station, a, path, sizeof path);
	if (realpath(path, one) == NULL)
		return false;
	station_path(station, b, path, sizeof path);
	return realpath(path, other) != NULL && strcmp(one, other) == 0;
}

static bool same_connection(const struct station_port *a, const struct station_port *b)
{
	return a->tcp[0] != '\0' && b->tcp[0] != '\0' && a->host[0] != '\0' &&
	       strcasecmp(a->host, b->host) == 0 && strcmp(a->service, b->service) == 0;
}

/* Of two ports in one place each would hear the other's answers, or keep him out. */
static void check_apart(struct station_checker *check, size_t i, size_t k)
{
	static const char one_port[] = "wire the instruments to one port";
	const struct station *station = check->station;
	const struct station_port *port = &station->port[i], *other = &station->port[k];
	station_at(check, "ports[%zu].path", i);
	if (same_text(port->path, other->path))
		WRONG(check, one_port, "port '%s' has this path too", other->id);
	else if (same_device(station, port->path, other->path))
		config_warn(station->config, check->path, one_port,
		        "port '%s' is the same device by another name", other->id);
	station_at(check, "ports[%zu].tcp", i);
	if (same_connection(port, other))
		config_warn(station->config, check->path, one_port,
		        "port '%s' connects there too: many serial servers take one "
		        "connection, or give each the other's answers",
		        other->id);
	station_at(check, "ports[%zu].listen", i);
	if (same_text(port->listen_on, other->listen_on))
		WRONG(check, "give each its own number", "port '%s' listens there too",
		        other->id);
}

static void check_tcp(struct station_checker *check, size_t i)
{
	struct station_port *port = &check->station->port[i];
	station_at(check, "ports[%zu].tcp", i);
	if (port->tcp[0] != '\0' && station_split(port, port->tcp) != OK)
		WRONG(check, "for example 192.0.2.9:502 or [2001:db8::9]:502",
		        "'%s' is not host:port", port->tcp);
}

/* An address of this machine, and who may connect to it. */
static void check_listen(struct station_checker *check, size_t i)
{
	struct station_port *port = &check->station->port[i];
	bool listens = port->listen_on[0] != '\0';
	station_at(check, "ports[%zu].listen", i);
	if (listens &&
	        (station_split(port, port->listen_on) != OK || !is_address(port->host)))
		WRONG(check, "for example 0.0.0.0:9001 or [::]:9001",
		        "'%s' is not address:port", port->listen_on);
	station_at(check, "ports[%zu].only", i);
	if (port->only[0] != '\0' && !listens)
		WRONG(check, "write `listen: 0.0.0.0:9001` too",
		        "nobody connects to port '%s'", port->id);
	else if (port->only[0] != '\0' && !is_address(port->only))
		WRONG(check, "for example 192.0.2.9", "'%s' is not an address",
		        port->only);
	port->setting.accepts = listens;
	port->setting.only = port->only;
}

void station_check_place(struct station_checker *check, size_t i)
{
	const struct station_port *port = &check->station->port[i];
	int places = (port->path[0] != '\0') + (port->tcp[0] != '\0') +
	             (port->listen_on[0] != '\0');
	check_listen(check, i);
	check_tcp(check, i);
	for (size_t k = 0; k < i; k++)
		check_apart(check, i, k);
	station_at(check, "ports[%zu].id", i);
	if (places != 1)
		WRONG(check,
		        "write `path: /dev/serial/by-id/...`, `tcp: host:port` or "
		        "`listen: 0.0.0.0:9001`",
		        "port '%s' needs one of path, tcp and listen", port->id);
}
