/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a port is: a serial device, a TCP connection, or a TCP port of ours that others connect to. */
#include <arpa/inet.h>
#include <string.h>

#include "sensors/station/station_parts.h"

static bool is_address(const char *text)
{
	uint8_t out[16];
	return inet_pton(AF_INET, text, out) == 1 ||
	       inet_pton(AF_INET6, text, out) == 1;
}

/* Two ports cannot be open at one number. */
static void check_number(struct station_checker *check, size_t i)
{
	const struct station_port *port = &check->station->port[i];
	for (size_t k = 0; k < i; k++)
		if (strcmp(check->station->port[k].listen_on, port->listen_on) == 0)
			WRONG(check, "give each its own number",
			        "port '%s' listens there too",
			        check->station->port[k].id);
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
	else if (listens)
		check_number(check, i);
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
	station_at(check, "ports[%zu].id", i);
	if (places != 1)
		WRONG(check,
		        "write `path: /dev/serial/by-id/...`, `tcp: host:port` or "
		        "`listen: 0.0.0.0:9001`",
		        "port '%s' needs one of path, tcp and listen", port->id);
}
