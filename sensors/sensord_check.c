/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/sensord_check.h"

#include <stdio.h>

#include "base/log.h"
#include "sensors/keeper/start.h"

const char *sensord_read_there(const struct station *station, char out[READ_THERE])
{
	char instruments[COUNTED], ports[COUNTED];
	snprintf(out, READ_THERE, "%s on %s",
	        counted(station->n_instruments, "instrument", instruments),
	        counted(station->n_ports, "port", ports));
	return out;
}

static void tell_doubt(void *context, enum start_doubt doubt, const char *text)
{
	if (doubt != START_REFUSED)
		fprintf(stderr, "%s\n", text);
}

int sensord_check(struct station *station, const char *path)
{
	static const struct start_told told = { .tell = tell_doubt };
	struct problem why = { .exit = EXIT_CONFIG };
	if (start_check(station, &told, &why) != OK)
		fatal(why.exit, "%s", why.text);
	char what[READ_THERE];
	printf("%s: station '%s', %s: OK\n", path, station->id,
	        sensord_read_there(station, what));
	station_free(station);
	return 0;
}
