/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever text comes: configuration, times, units, lines of Circular 10/2021 are
 * refused or read. */
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/units.h"
#include "sensors/scenario.h"
#include "sensors/station.h"
#include "sensors/tt10.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

static void read_small(const char *text)
{
	int64_t from_us, to_us;
	double seconds;
	int offset_min;
	struct tt10_name name;
	time_parse(text, OFFSET_VIETNAM, &from_us);
	interval_parse(text, OFFSET_VIETNAM, 0, &from_us, &to_us);
	duration_parse(text, &seconds);
	offset_parse(text, &offset_min);
	units_check(text);
	tt10_name_parse(text, OFFSET_VIETNAM, &name, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct tt10_line line;
	struct station *station;
	struct problem why;
	tt10_line_parse((const char *)in, n, OFFSET_VIETNAM, &line, &why);
	char *text = malloc(n + 1);
	if (text == NULL)
		return 0;
	memcpy(text, in, n);
	text[n] = '\0';
	if (n < 200)
		read_small(text);
	if (station_parse(&station, text, n, "fuzz", NULL, &why) == OK)
		station_free(station);
	free(text);
	return 0;
}
