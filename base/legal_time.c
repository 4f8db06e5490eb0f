/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/legal_time.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

/* Days of a 400-year era of the Gregorian calendar, and from 0000-03-01 to 1970-01-01.
 */
#define DAYS_OF_ERA    146097
#define DAYS_TO_1970   719468
#define MINUTES_OF_DAY (24 * 60)

static int64_t floor_div(int64_t a, int64_t b)
{
	int64_t q = a / b;
	return a % b < 0 ? q - 1 : q;
}

/* Years counted from March, so that the leap day is the last of its year. */
static int64_t days_from_civil(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = floor_div(y, 400);
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era =
	        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * DAYS_OF_ERA + day_of_era - DAYS_TO_1970;
}

static void civil_from_days(int64_t days, struct civil *civil)
{
	days += DAYS_TO_1970;
	int64_t era = floor_div(days, DAYS_OF_ERA);
	int64_t day_of_era = days - era * DAYS_OF_ERA;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
	                              day_of_era / (DAYS_OF_ERA - 1)) /
	                      365;
	int64_t day_of_year =
	        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t from_march = (5 * day_of_year + 2) / 153;
	civil->day = (int)(day_of_year - (153 * from_march + 2) / 5 + 1);
	civil->month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
	civil->year = (int)(year_of_era + era * 400 + (civil->month <= 2));
}

struct civil civil_from_us(int64_t time_us, int offset_min)
{
	struct civil civil;
	int64_t rest = time_us % US_PER_DAY + offset_min * US_PER_MIN;
	int64_t shift = floor_div(rest, US_PER_DAY);

	rest -= shift * US_PER_DAY;
	civil_from_days(time_us / US_PER_DAY + shift, &civil);
	civil.hour = (int)(rest / US_PER_HOUR);
	civil.minute = (int)(rest / US_PER_MIN % 60);
	civil.second = (int)(rest / US_PER_S % 60);
	civil.microsecond = (int)(rest % US_PER_S);
	return civil;
}

int64_t civil_to_us(const struct civil *civil, int offset_min)
{
	int64_t days = days_from_civil(civil->year, civil->month, civil->day);
	return days * US_PER_DAY + civil->hour * US_PER_HOUR +
	       (civil->minute - offset_min) * US_PER_MIN + civil->second * US_PER_S +
	       civil->microsecond;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

static int within(int value, int low, int high)
{
	return value >= low && value <= high;
}

int civil_valid(const struct civil *civil)
{
	return within(civil->year, 1, 9999) && within(civil->month, 1, 12) &&
	       within(civil->day, 1, days_in_month(civil->year, civil->month)) &&
	       within(civil->hour, 0, 23) && within(civil->minute, 0, 59) &&
	       within(civil->second, 0, 59) && within(civil->microsecond, 0, 999999);
}

const char *time_print(int64_t time_us, int offset_min, char out[TIME_TEXT])
{
	struct civil c = civil_from_us(time_us, offset_min);
	char offset[8];
	char fraction[16] = "";

	if (c.microsecond != 0)
		snprintf(fraction, sizeof fraction, ".%06d", c.microsecond);
	int n = snprintf(out, TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d%s%s", c.year,
	        c.month, c.day, c.hour, c.minute, c.second, fraction,
	        offset_print(offset_min, offset));
	assert(n > 0 && n < TIME_TEXT);
	return out;
}

const char *date_print(int64_t time_us, int offset_min, char out[TIME_TEXT])
{
	struct civil c = civil_from_us(time_us, offset_min);
	snprintf(out, TIME_TEXT, "%04d-%02d-%02d", c.year, c.month, c.day);
	return out;
}

const char *date_print_vi(int64_t time_us, int offset_min, char out[TIME_TEXT])
{
	struct civil c = civil_from_us(time_us, offset_min);
	snprintf(out, TIME_TEXT, "%02d/%02d/%04d", c.day, c.month, c.year);
	return out;
}

const char *stamp_print(int64_t time_us, int offset_min, char out[TIME_TEXT])
{
	struct civil c = civil_from_us(time_us, offset_min);
	int n = snprintf(out, TIME_TEXT, "%04d%02d%02d%02d%02d%02d", c.year, c.month,
	        c.day, c.hour, c.minute, c.second);
	assert(n > 0 && n < TIME_TEXT);
	return out;
}

const char *offset_print(int offset_min, char out[8])
{
	int away = offset_min < 0 ? -offset_min : offset_min;
	assert(away < MINUTES_OF_DAY);
	int n = snprintf(out, 8, "%c%02d:%02d", offset_min < 0 ? '-' : '+', away / 60,
	        away % 60);
	assert(n == 6);
	return out;
}

int64_t period_start(int64_t time_us, int64_t period_us, int offset_min)
{
	assert(period_us > 0);
	int64_t shift = offset_min * US_PER_MIN;
	return floor_div(time_us + shift, period_us) * period_us - shift;
}

int64_t day_start(int64_t time_us, int offset_min)
{
	return period_start(time_us, US_PER_DAY, offset_min);
}
