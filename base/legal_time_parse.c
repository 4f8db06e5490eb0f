/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times as people and programs write them, read strictly: what is not understood whole
 * is refused. */
#include "base/legal_time.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

/* No clock on earth is further from Greenwich (ISO 8601 usage, XML Schema part 2
 * D.3.2). */
#define OFFSET_MOST (14 * 60)

/* Longest stretch duration_parse believes: a thousand years, far inside int64
 * microseconds. */
#define DURATION_MOST_S (1000 * 366 * 86400.0)

/* Reads from *at; moves *at behind what was read.  False, and *at anywhere, if it is
 * not there. */
static bool take(const char **at, char c)
{
	if (**at != c)
		return false;
	++*at;
	return true;
}

static bool take_digits(const char **at, int count, int *value)
{
	*value = 0;
	for (int i = 0; i < count; i++, ++*at) {
		if (!isdigit((unsigned char)**at))
			return false;
		*value = *value * 10 + (**at - '0');
	}
	return true;
}

static bool take_date(const char **at, struct civil *civil)
{
	return take_digits(at, 4, &civil->year) && take(at, '-') &&
	       take_digits(at, 2, &civil->month) && take(at, '-') &&
	       take_digits(at, 2, &civil->day);
}

/* ".5" or ",5"; digits beyond microseconds, of which up to nine are read, are cut off.
 */
static bool take_fraction(const char **at, int *microsecond)
{
	int digits = 0;
	*microsecond = 0;
	for (; isdigit((unsigned char)**at); ++*at, digits++)
		if (digits < 6)
			*microsecond = *microsecond * 10 + (**at - '0');
	for (int i = digits; i < 6; i++)
		*microsecond *= 10;
	return digits >= 1 && digits <= 9;
}

/* Other programs' "2004-03-11 0:00:00" is plain enough: an hour may have one digit. */
static bool take_clock(const char **at, struct civil *civil)
{
	bool short_hour = (*at)[0] != '\0' && (*at)[1] == ':';
	if (!take_digits(at, short_hour ? 1 : 2, &civil->hour) || !take(at, ':') ||
	        !take_digits(at, 2, &civil->minute))
		return false;
	if (!take(at, ':'))
		return true;
	if (!take_digits(at, 2, &civil->second))
		return false;
	if (take(at, '.') || take(at, ','))
		return take_fraction(at, &civil->microsecond);
	return true;
}

/* "+07:00", "+0700", "+07" */
static bool take_offset(const char **at, int *offset_min)
{
	int hours, minutes = 0;
	bool west = **at == '-';
	if (!take(at, '+') && !take(at, '-'))
		return false;
	if (!take_digits(at, 2, &hours))
		return false;
	if ((take(at, ':') || **at != '\0') && !take_digits(at, 2, &minutes))
		return false;
	int away = hours * 60 + minutes;
	*offset_min = west ? -away : away;
	return minutes < 60 && away <= OFFSET_MOST;
}

int offset_parse(const char *text, int *offset_min)
{
	const char *at = text;
	int parsed;
	if (strlen(text) != 6 || text[3] != ':')
		return MALFORMED;
	if (!take_offset(&at, &parsed) || *at != '\0')
		return MALFORMED;
	*offset_min = parsed;
	return OK;
}

/* TT10's "20261115084800" */
static bool take_stamp(const char **at, struct civil *civil)
{
	return take_digits(at, 4, &civil->year) && take_digits(at, 2, &civil->month) &&
	       take_digits(at, 2, &civil->day) && take_digits(at, 2, &civil->hour) &&
	       take_digits(at, 2, &civil->minute) && take_digits(at, 2, &civil->second);
}

static bool take_point(const char **at, struct civil *civil, int *offset_min)
{
	if (!take_date(at, civil) || !(take(at, 'T') || take(at, 't') || take(at, ' ')))
		return false;
	if (!take_clock(at, civil))
		return false;
	if (take(at, 'Z') || take(at, 'z')) {
		*offset_min = 0;
		return true;
	}
	return **at == '\0' || take_offset(at, offset_min);
}

int time_parse(const char *text, int offset_min, int64_t *time_us)
{
	struct civil civil = { 0 };
	const char *at = text;
	bool stamp = strspn(text, "0123456789") == 14;
	bool found =
	        stamp ? take_stamp(&at, &civil) : take_point(&at, &civil, &offset_min);

	if (!found || *at != '\0' || !civil_valid(&civil))
		return MALFORMED;
	*time_us = civil_to_us(&civil, offset_min);
	return OK;
}

int duration_parse(const char *text, double *seconds)
{
	static const struct {
		const char *word;
		double seconds;
	} unit[] = {
		{ "ms", 1e-3 },
		{ "s", 1 },
		{ "min", 60 },
		{ "h", 3600 },
		{ "d", 86400 },
	};
	size_t whole = strspn(text, "0123456789");
	size_t n = whole;
	if (text[n] == '.')
		n += 1 + strspn(text + n + 1, "0123456789");
	if (whole == 0 || n == whole + 1 || n > 40)
		return MALFORMED;

	const char *word = text + n + strspn(text + n, " ");
	for (size_t i = 0; i < sizeof unit / sizeof unit[0]; i++) {
		if (strcmp(word, unit[i].word) != 0)
			continue;
		double value = strtod(text, NULL) * unit[i].seconds;
		if (value > DURATION_MOST_S)
			return MALFORMED;
		*seconds = value;
		return OK;
	}
	return MALFORMED;
}

/* "2026", "2026-11", "2026-11-15", "2026-11-15T08": the first moment of it and the
 * first after. */
static int calendar_stretch(
        const char *text, int offset_min, int64_t *from_us, int64_t *to_us)
{
	struct civil from = { .month = 1, .day = 1 };
	const char *at = text;
	size_t n = strlen(text);
	bool found = take_digits(&at, 4, &from.year);

	if (found && n > 4)
		found = take(&at, '-') && take_digits(&at, 2, &from.month);
	if (found && n > 7)
		found = take(&at, '-') && take_digits(&at, 2, &from.day);
	if (found && n > 10)
		found = (take(&at, 'T') || take(&at, ' ')) &&
		        take_digits(&at, 2, &from.hour);
	if (!found || *at != '\0' || !civil_valid(&from))
		return MALFORMED;

	struct civil to = from;
	*from_us = civil_to_us(&from, offset_min);
	if (n == 4)
		to.year++;
	else if (n == 7 && ++to.month > 12)
		to = (struct civil){ .year = from.year + 1, .month = 1, .day = 1 };
	*to_us = civil_to_us(&to, offset_min);
	if (n == 10)
		*to_us += US_PER_DAY;
	else if (n > 10)
		*to_us += US_PER_HOUR;
	return OK;
}

/* One or two digits. */
static bool take_short(const char **at, int *value)
{
	bool one = (*at)[0] != '\0' && strchr("0123456789", (*at)[1]) == NULL;
	return take_digits(at, one ? 1 : 2, value);
}

int date_turn(const char *text, char out[TIME_TEXT])
{
	struct civil civil = { 0 };
	const char *at = text;
	int64_t ignored;
	if (!take_short(&at, &civil.day))
		return MALFORMED;
	char between = *at;
	if (between == '\0' || strchr("/-.", between) == NULL || !take(&at, between) ||
	        !take_short(&at, &civil.month) || !take(&at, between) ||
	        !take_digits(&at, 4, &civil.year) || !civil_valid(&civil))
		return MALFORMED;
	const char *clock = at + strspn(at, " T");
	int n = snprintf(out, TIME_TEXT, "%04d-%02d-%02d%s%s", civil.year, civil.month,
	        civil.day, *clock != '\0' ? "T" : "", clock);
	if (n >= TIME_TEXT || (*clock != '\0' && time_parse(out, 0, &ignored) != OK))
		return MALFORMED;
	return OK;
}

/* "now" and "now-6h" */
static int before_now(
        const char *text, int64_t now_us, int64_t *from_us, int64_t *to_us)
{
	double seconds = 0;
	if (*text != '\0' && (*text != '-' || duration_parse(text + 1, &seconds) != OK))
		return MALFORMED;
	*from_us = now_us - (int64_t)llround(seconds * 1e6);
	*to_us = now_us;
	return OK;
}

int interval_parse(const char *text, int offset_min, int64_t now_us, int64_t *from_us,
        int64_t *to_us)
{
	int64_t from, to;
	int status = OK;

	if (strncmp(text, "now", 3) == 0) {
		status = before_now(text + 3, now_us, &from, &to);
	} else if (strcmp(text, "today") == 0) {
		from = day_start(now_us, offset_min);
		to = from + US_PER_DAY;
	} else if (strcmp(text, "yesterday") == 0) {
		to = day_start(now_us, offset_min);
		from = to - US_PER_DAY;
	} else if (time_parse(text, offset_min, &from) == OK) {
		to = from;
	} else {
		status = calendar_stretch(text, offset_min, &from, &to);
	}
	if (status != OK)
		return status;
	*from_us = from;
	*to_us = to;
	return OK;
}
