/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/numbers.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/units.h"

#define DASH     "–"
#define MINUS    "−"
#define NO_BREAK "\xc2\xa0"

/* Digits of a printed number with the marks of the language: "1410.5" to "1.410,5". */
static const char *punctuate(const struct writer *to, const char *digits)
{
	char out[96];
	size_t n = 0, whole = strcspn(digits, ".");
	bool vietnamese = to->language == VIETNAMESE;
	for (size_t i = 0; digits[i] != '\0' && n < sizeof out - 2; i++) {
		if (i > 0 && i < whole && (whole - i) % 3 == 0 && whole > 3)
			out[n++] = vietnamese ? '.' : ',';
		char c = digits[i];
		out[n++] = c != '.' ? c : vietnamese ? ',' : '.';
	}
	out[n] = '\0';
	return texts_add(to->texts, "%s", out);
}

const char *people_number(const struct writer *to, double value, int decimals)
{
	char digits[64];
	if (!isfinite(value) || fabs(value) > 1e15)
		return DASH;
	snprintf(digits, sizeof digits, "%.*f", decimals > 0 ? decimals : 0,
	        fabs(value));
	bool zero = digits[strspn(digits, "0.")] == '\0';
	const char *text = punctuate(to, digits);
	return value < 0 && !zero ? texts_add(to->texts, MINUS "%s", text) : text;
}

const char *people_count(const struct writer *to, uint64_t n)
{
	char digits[32];
	snprintf(digits, sizeof digits, "%" PRIu64, n);
	return punctuate(to, digits);
}

const char *people_unit(const struct writer *to, const char *unit)
{
	const char *text = unit != NULL && unit[0] != '\0' ? units_people(unit) : "";
	return text != NULL ? text : texts_clean(to->texts, unit);
}

const char *people_quantity(
        const struct writer *to, double value, int decimals, const char *unit)
{
	const char *text = people_number(to, value, decimals);
	const char *of = people_unit(to, unit);
	return of[0] != '\0' ? texts_add(to->texts, "%s" NO_BREAK "%s", text, of)
	                     : text;
}

int decimals_apart(double value, double other, int decimals)
{
	char a[64], b[64];
	if (!isfinite(value) || !isfinite(other) || value == other)
		return decimals;
	for (int more = decimals; more < 6; more++) {
		snprintf(a, sizeof a, "%.*f", more, value);
		snprintf(b, sizeof b, "%.*f", more, other);
		if (strcmp(a, b) != 0)
			return more;
	}
	return decimals > 6 ? decimals : 6;
}

const char *people_share(
        const struct writer *to, uint64_t part, uint64_t whole, double apart)
{
	if (whole == 0)
		return DASH;
	double percent = 100.0 * (double)part / (double)whole;
	int decimals = decimals_apart(percent, apart, 1);
	if (part == whole)
		decimals = 0;
	return texts_add(
	        to->texts, "%s" NO_BREAK "%%", people_number(to, percent, decimals));
}

const char *people_date(const struct writer *to, int64_t time_us)
{
	static const char *const month[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct civil day = civil_from_us(time_us, to->utc_offset_min);
	if (to->language == ENGLISH)
		return texts_add(to->texts, "%d" NO_BREAK "%s" NO_BREAK "%d", day.day,
		        month[day.month - 1], day.year);
	return texts_add(to->texts, "%02d/%02d/%04d", day.day, day.month, day.year);
}

const char *people_clock(const struct writer *to, int64_t time_us)
{
	struct civil at = civil_from_us(time_us, to->utc_offset_min);
	return texts_add(to->texts, "%02d:%02d", at.hour, at.minute);
}

const char *people_clock_end(const struct writer *to, int64_t time_us)
{
	return time_us == day_start(time_us, to->utc_offset_min)
	               ? "24:00"
	               : people_clock(to, time_us);
}

const char *people_moment(const struct writer *to, int64_t time_us)
{
	return texts_fill(to->texts, to->language, WORD_MOMENT,
	        (struct slot[]){ { "time", people_clock(to, time_us) },
	                { "date", people_date(to, time_us) }, { 0 } });
}

const char *people_duration(const struct writer *to, double seconds)
{
	int64_t minutes = (int64_t)floor(seconds / 60 + 0.5);
	const char *h = texts_add(to->texts, "%" PRId64, minutes / 60);
	const char *m = texts_add(
	        to->texts, minutes < 60 ? "%" PRId64 : "%02" PRId64, minutes % 60);
	enum word word = minutes < 60 ? WORD_DURATION_M : WORD_DURATION_HM;
	return texts_fill(to->texts, to->language, word,
	        (struct slot[]){ { "h", h }, { "m", m }, { 0 } });
}

const char *people_zone(const struct writer *to)
{
	char offset[8];
	if (to->utc_offset_min == OFFSET_VIETNAM)
		return word_text(to->language, WORD_VIETNAM_TIME);
	return texts_fill(to->texts, to->language, WORD_LEGAL_TIME,
	        (struct slot[]){ { "offset", offset_print(to->utc_offset_min, offset) },
	                { 0 } });
}

const char *people_day_period(const struct writer *to, int64_t start_us)
{
	return texts_fill(to->texts, to->language, WORD_DAY_PERIOD,
	        (struct slot[]){ { "date", people_date(to, start_us) },
	                { "zone", people_zone(to) }, { 0 } });
}

const char *people_archive_state(const struct writer *to, const char *state)
{
	struct texts *texts = to->texts;
	size_t digits = strspn(state, "0123456789");
	const char *rest = strstr(state, "; ");
	if (digits == 0 || strncmp(state + digits, " seals", 6) != 0)
		return texts_clean(texts, state);
	const char *text = texts_fill(texts, to->language, WORD_ARCHIVE_SEALS,
	        (struct slot[]){
	                { "n", texts_add(texts, "%.*s", (int)digits, state) }, { 0 } });
	while (rest != NULL) {
		const char *next = strstr(rest + 2, "; ");
		size_t n = next != NULL ? (size_t)(next - rest) : strlen(rest);
		bool journal = n > 8 && strncmp(rest + n - 8, " journal", 8) == 0;
		text = texts_add(texts, "%s%s%s", text,
		        texts_clean(texts, texts_add(texts, "%.*s",
		                                   (int)(journal ? n - 7 : n), rest)),
		        journal ? word_text(to->language, WORD_ARCHIVE_JOURNAL) : "");
		rest = next;
	}
	return text;
}
