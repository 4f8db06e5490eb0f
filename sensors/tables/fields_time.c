/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times as instruments write them: "YYYYMMDDhhmmss", "MM-DD-YY hh:mm". */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "sensors/tables/fields.h"

struct parts {
	int year, month, day, of_year, hour, minute, second;
	bool has_date;
};

/* Letters of a form, how many may stand in a row, and what they fill. */
static bool take(struct parts *parts, char letter, size_t n, int number)
{
	switch (letter) {
	case 'Y':
		parts->year = n == 2 ? 2000 + number : number;
		return n == 2 || n == 4;
	case 'M':
		parts->month = number;
		return n == 2;
	case 'D':
		parts->has_date = true;
		if (n == 3)
			parts->of_year = number;
		else
			parts->day = number;
		return n == 2 || n == 3;
	case 'h':
		parts->hour = number;
		return n == 2;
	case 'm':
		parts->minute = number;
		return n == 2;
	default:
		parts->second = number;
		return n == 2;
	}
}

static int digits(const char *at, size_t n)
{
	int number = 0;
	for (size_t i = 0; i < n; i++) {
		if (at[i] < '0' || at[i] > '9')
			return -1;
		number = number * 10 + (at[i] - '0');
	}
	return number;
}

static bool read_parts(
        const struct text_field *field, const char *form, struct parts *out)
{
	size_t at = 0;
	while (*form != '\0') {
		size_t n = 1;
		if (strchr("YMDhms", *form) == NULL) {
			if (at >= field->n || field->at[at++] != *form++)
				return false;
			continue;
		}
		while (form[n] == form[0])
			n++;
		int number = at + n <= field->n ? digits(field->at + at, n) : -1;
		if (number < 0 || !take(out, *form, n, number))
			return false;
		at += n;
		form += n;
	}
	return out->has_date; /* what stands behind is finer than the form asks for */
}

int64_t text_time_of(
        const struct text_field *field, const char *form, int utc_offset_min)
{
	struct parts parts = { .month = 1, .day = 1 };
	if (!read_parts(field, form, &parts) || parts.year < 1970 ||
	        parts.of_year > 366)
		return INT64_MIN;
	struct civil civil = {
		.year = parts.year,
		.month = parts.month,
		.day = parts.day,
		.hour = parts.hour,
		.minute = parts.minute,
		.second = parts.second,
	};
	if (!civil_valid(&civil))
		return INT64_MIN;
	int64_t of_year = parts.of_year > 0 ? parts.of_year - 1 : 0;
	int64_t time_us = civil_to_us(&civil, utc_offset_min) + of_year * US_PER_DAY;
	return time_us >= 0 && time_us < TIME_US_END ? time_us : INT64_MIN;
}

/* ---- the other way ---- */

static int part_of(const struct civil *civil, char letter, size_t n)
{
	switch (letter) {
	case 'Y':
		return n == 2 ? civil->year % 100 : civil->year;
	case 'M':
		return civil->month;
	case 'D':
		return civil->day;
	case 'h':
		return civil->hour;
	case 'm':
		return civil->minute;
	default:
		return civil->second;
	}
}

void text_time_put(
        int64_t time_us, const char *form, int utc_offset_min, char out[TEXT_TIME])
{
	struct civil civil = civil_from_us(time_us, utc_offset_min);
	size_t used = 0;
	while (*form != '\0' && used < TEXT_TIME - 8) {
		size_t n = 1;
		if (strchr("YMDhms", *form) == NULL) {
			out[used++] = *form++;
			continue;
		}
		while (form[n] == form[0])
			n++;
		used += (size_t)snprintf(out + used, TEXT_TIME - used, "%0*d", (int)n,
		        part_of(&civil, *form, n));
		form += n;
	}
	out[used] = '\0';
}
