/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Part 7: what should be there and is not, the longest first. */
#include "reports/form.h"

#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"

static const char *word(const struct form *form, enum word which)
{
	return word_text(form->to.language, which);
}

static int64_t length_us(const struct gap *gap)
{
	return gap->to_us - gap->from_us;
}

/* Losses before what is told as such, then the longest first. */
static int by_weight(const void *left, const void *right)
{
	const struct gap *a = *(const struct gap *const *)left;
	const struct gap *b = *(const struct gap *const *)right;
	if (gap_is_loss(a) != gap_is_loss(b))
		return gap_is_loss(a) ? -1 : 1;
	if (length_us(a) != length_us(b))
		return length_us(a) > length_us(b) ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* As the other parts call it; its id if none of them does. */
static const char *parameter(
        const struct form *form, const struct sheet *sheet, const char *channel)
{
	for (size_t i = 0; i < sheet->n; i++)
		if (strcmp(sheet->assessment[i].channel, channel) == 0)
			return form_parameter(form, &sheet->assessment[i]);
	return channel;
}

/* The instrument, and the parameter where only that is concerned. */
static const char *who(
        const struct form *form, const struct sheet *sheet, const struct gap *gap)
{
	if (gap->instrument[0] == '\0')
		return word(form, WORD_GAP_STATION_WHOLE);
	if (gap->channel[0] == '\0')
		return texts_add(form->to.texts, "%s", gap->instrument);
	return texts_add(form->to.texts, "%s (%s)",
	        parameter(form, sheet, gap->channel), gap->instrument);
}

/* The results came, but none that counts. */
static bool is_answered(const struct gap *gap)
{
	static const bool answered[GAP_CAUSES] = {
		[GAP_NO_VALUE] = true,
		[GAP_FAULT] = true,
		[GAP_LOOP] = true,
		[GAP_UNCHANGED] = true,
		[GAP_CALIBRATING] = true,
		[GAP_MAINTENANCE] = true,
		[GAP_STOPPED] = true,
	};
	return gap->cause < GAP_CAUSES && answered[gap->cause];
}

static const char *counted(const struct form *form, const struct gap *gap)
{
	const struct writer *to = &form->to;
	const char *text = "";
	if (gap->expected > gap->valid)
		text = texts_fill(to->texts, to->language,
		        is_answered(gap) ? WORD_GAP_INVALID : WORD_GAP_RESULTS,
		        (struct slot[]){
		                { "missing",
		                        people_count(to, gap->expected - gap->valid) },
		                { "expected", people_count(to, gap->expected) },
		                { 0 } });
	if (gap->records > 0)
		text = texts_join(to->texts, text, "",
		        texts_fill(to->texts, to->language, WORD_GAP_RECORDS,
		                (struct slot[]){
		                        { "records", people_count(to, gap->records) },
		                        { 0 } }));
	if (gap->open)
		text = texts_join(to->texts, text, "", word(form, WORD_GAP_GOES_ON));
	return text;
}

/* "4 giờ 05 phút"; what is shorter than a minute in seconds. */
static const char *lasted(const struct form *form, int64_t us)
{
	if (us >= US_PER_MIN)
		return people_duration(&form->to, (double)us / US_PER_S);
	return texts_add(form->to.texts, "%d\xc2\xa0s", (int)(us / US_PER_S));
}

static const char *sentence(const struct form *form, const struct gap *gap)
{
	const struct writer *to = &form->to;
	enum word why =
	        gap->cause < GAP_CAUSES ? WORD_GAP_SILENT + gap->cause : WORD_NOT_GIVEN;
	const char *text = texts_fill(to->texts, to->language,
	        length_us(gap) > 0 ? WORD_GAP_TEXT : WORD_GAP_MOMENT,
	        (struct slot[]){ { "from", people_clock(to, gap->from_us) },
	                { "to", people_clock_end(to, gap->to_us) },
	                { "duration", lasted(form, length_us(gap)) },
	                { "why", word(form, why) }, { 0 } });
	/* nothing is counted where nothing was due, or nobody knows what was */
	return texts_join(to->texts, text, "", counted(form, gap));
}

static void more(struct form *form, const struct sheet *sheet,
        const struct gap *const *gap, size_t n)
{
	const struct writer *to = &form->to;
	char day[TIME_TEXT];
	int64_t all_us = 0;
	for (size_t i = 0; i < n; i++)
		all_us += length_us(gap[i]);
	date_print(sheet->start_us, sheet->utc_offset_min, day);
	form_add(&form->gaps, "",
	        texts_fill(to->texts, to->language, WORD_GAPS_MORE,
	                (struct slot[]){ { "n", people_count(to, n) },
	                        { "duration", lasted(form, all_us) },
	                        { "station", sheet->station }, { "day", day },
	                        { 0 } }));
}

int form_gaps(struct form *form, const struct sheet *sheet)
{
	size_t n = 0;
	const struct gap **sorted = calloc(sheet->n_gaps + 1, sizeof *sorted);
	if (sorted == NULL)
		return FAILED;
	for (size_t i = 0; i < sheet->n_gaps; i++)
		if (sheet->gap[i].cause != GAP_OFF) /* nothing was ever due */
			sorted[n++] = &sheet->gap[i];
	if (n > 1)
		qsort(sorted, n, sizeof(struct gap *), by_weight);
	size_t told = n > FORM_GAPS + 1 ? FORM_GAPS : n;
	for (size_t i = 0; i < told; i++)
		form_add(&form->gaps, who(form, sheet, sorted[i]),
		        sentence(form, sorted[i]));
	if (told < n)
		more(form, sheet, sorted + told, n - told);
	if (n == 0)
		form_add(&form->gaps, "", word(form, WORD_GAPS_NONE));
	free(sorted);
	return OK;
}
