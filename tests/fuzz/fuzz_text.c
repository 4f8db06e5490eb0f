/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short texts people and machines write: times, durations, units, ranges,
 * addresses, keys: refused or read. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/legal_time.h"
#include "base/socket.h"
#include "base/units.h"
#include "sensors/station/station.h"
#include "tests/fuzz/fuzz_kit.h"

static void read_times(const char *text)
{
	int64_t from_us, to_us;
	double seconds;
	int offset_min;
	char again[TIME_TEXT];
	if (time_parse(text, OFFSET_VIETNAM, &from_us) == OK) {
		time_print(from_us, OFFSET_VIETNAM, again);
		assert(time_parse(again, 0, &to_us) == OK && to_us == from_us);
	}
	if (interval_parse(text, OFFSET_VIETNAM, 0, &from_us, &to_us) == OK)
		assert(from_us <= to_us);
	if (duration_parse(text, &seconds) == OK)
		assert(seconds >= 0);
	offset_parse(text, &offset_min);
}

static void read_units(const char *text)
{
	double factor, offset, low, high;
	if (units_check(text) == OK) {
		assert(units_same(text, text) == 1);
		units_convert(text, "mg/L", &factor, &offset);
		(void)units_cf(text);
		(void)units_people(text);
	}
	range_parse(text, "mg/L", &low, &high);
	number_parse(text, &low);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct problem why;
	if (n > 200)
		return 0;
	char *text = fuzz_text(in, n);
	read_times(text);
	read_units(text);
	(void)key_valid(text);
	endpoint_check(text, &why);
	free(text);
	return 0;
}
