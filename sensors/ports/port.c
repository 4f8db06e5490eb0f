/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/ports/port.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int line_parse(const char *text, struct line *out)
{
	static const int bauds[] = { 300, 600, 1200, 2400, 4800, 9600, 14400, 19200,
		28800, 38400, 57600, 76800, 115200, 230400, 460800, 921600 };
	char *end, *at;
	long baud = strtol(text, &end, 10);
	struct line line = { .baud = 0 };
	for (size_t i = 0; i < sizeof bauds / sizeof bauds[0]; i++)
		if (baud == bauds[i])
			line.baud = (int)baud;
	at = end + strspn(end, " ");
	if (line.baud == 0 || at == end || *text < '0' || *text > '9' ||
	        strlen(at) != 3)
		return MALFORMED;
	line.data_bits = at[0] - '0';
	line.parity = at[1];
	line.stop_bits = at[2] - '0';
	if ((line.data_bits != 7 && line.data_bits != 8) ||
	        strchr("NEOMS", line.parity) == NULL ||
	        (line.stop_bits != 1 && line.stop_bits != 2))
		return MALFORMED;
	*out = line;
	return OK;
}

int port_tcp_parse(const char *text, char *host, size_t room, char service[16])
{
	const char *colon = strrchr(text, ':');
	if (colon == NULL || colon == text || colon[1] == '\0')
		return MALFORMED;
	size_t n = (size_t)(colon - text);
	if (text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	} else if (memchr(text, ':', n) != NULL) {
		return MALFORMED;
	}
	char *end;
	long number = strtol(colon + 1, &end, 10);
	if (*end != '\0' || number < 1 || number > 65535 || n == 0 || n >= room)
		return MALFORMED;
	memcpy(host, text, n);
	host[n] = '\0';
	snprintf(service, 16, "%ld", number);
	return OK;
}

double line_seconds(const struct line *line, size_t n)
{
	int bits = 1 + line->data_bits + (line->parity != 'N') + line->stop_bits;
	return (double)n * bits / line->baud;
}

struct port *port_new(const struct port_setting *setting)
{
	if (setting->path[0] != '\0')
		return port_serial_new(setting);
	return setting->accepts ? port_listen_new(setting) : port_tcp_new(setting);
}
