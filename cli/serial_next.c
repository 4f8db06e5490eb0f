/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to do when quantrac serial probe has found somebody: the commands, ready to copy. */
#include <stdio.h>

#include "cli/serial_probe.h"

#define SLOW "3s" /* as --timeout says of analysers */

/* ' --line "9600 8N1"', ' --mode tcp': how it was spoken to. */
static void way_options(const struct prober *prober, char out[96])
{
	const struct probe_way *way = &prober->way[prober->probe.found_way];
	const struct line *line = &way->line;
	int n = 0;
	out[0] = '\0';
	if (way->framing != FRAMING_RTU)
		n = snprintf(out, 96, " --mode %s", modbus_framings[way->framing]);
	if (prober->port.path[0] != '\0')
		snprintf(out + n, 96 - (size_t)n, " --line \"%d %d%c%d\"", line->baud,
		        line->data_bits, line->parity, line->stop_bits);
}

static bool is_late(const struct prober *prober, uint8_t slave)
{
	for (size_t i = 0; i < prober->n_late; i++)
		if (prober->late[i] == slave)
			return true;
	return false;
}

static void tell_match(const struct prober *prober, uint8_t slave, const char *way)
{
	printf(prober->vietnamese
	                ? "\nTiếp theo, xem kiểu máy nào đã biết có các thanh ghi "
	                  "này:\n"
	                : "\nNext, which of the known models has these registers:\n");
	printf("  quantrac serial probe %s%s --slave %d%s%s --match\n",
	        prober->given.port, way, slave,
	        is_late(prober, slave) ? " --timeout " SLOW : "",
	        prober->given.own ? " --i-own-this-bus" : "");
}

static void tell_add(const struct prober *prober, uint8_t slave, const char *way)
{
	bool vi = prober->vietnamese, known = prober->n_matches > 0;
	if (known)
		printf(vi ? "\nTiếp theo, nếu đúng là kiểu máy đầu tiên, ghi vào cấu "
		            "hình:\n"
		          : "\nNext, if it is the first of these, write it into the "
		            "configuration:\n");
	else
		printf(vi ? "Ghi vào cấu hình, với kiểu máy trên nhãn máy (quantrac "
		            "instrument list liệt kê):\n"
		          : "Into the configuration, with the model of its type plate "
		            "(quantrac instrument list has them):\n");
	printf("  quantrac station add --port %s%s --slave %d --model %s\n",
	        prober->given.port, way, slave,
	        known ? prober->match[0].profile->name
	        : vi  ? "KIỂU"
	              : "MODEL");
}

void prober_next(const struct prober *prober, uint8_t slave)
{
	char way[96];
	if (prober->common->quiet)
		return;
	way_options(prober, way);
	if (!prober->given.match)
		tell_match(prober, slave, way);
	tell_add(prober, slave, way);
}
