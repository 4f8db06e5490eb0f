/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gaps explained by what the cabinet told of its ports, instruments and clock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/event.h"
#include "base/gaps_inside.h"

void gap_detail(struct gaps *gaps, struct gap *gap, const char *text)
{
	free(gap->detail);
	gap->detail = strdup(text);
	gaps->failed = gaps->failed || gap->detail == NULL;
}

bool gap_is_bare(const struct gap *gap)
{
	return gap->cause == GAP_NO_READING || gap->cause == GAP_STATION ||
	       gap->cause == GAP_EPOCH;
}

static bool of_instrument(const struct gaps_told *down, const char *instrument)
{
	return strncmp(down->subject, "instrument ", 11) == 0 &&
	       strcmp(down->subject + 11, instrument) == 0;
}

static bool of_port(const struct gaps_told *down)
{
	return strncmp(down->subject, "port ", 5) == 0;
}

/* Do so many microseconds fill most of the gap? */
static bool is_most(int64_t us, const struct gap *gap)
{
	return us > (gap->to_us - gap->from_us) / 2;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t overlap_us(int64_t from_us, int64_t to_us, const struct gap *gap)
{
	return earlier(to_us, gap->to_us) - later(from_us, gap->from_us);
}

/* For how much of a stretch nothing tells that the cabinet's program ran. */
static int64_t paused_us(const struct gaps *gaps, int64_t from_us, int64_t to_us)
{
	const struct told_list *pauses = &gaps->pauses;
	int64_t sum_us = 0, at_us = from_us;
	for (size_t i = told_first(pauses, from_us); i < pauses->n; i++) {
		const struct gaps_told *pause = &pauses->one[i];
		int64_t end_us = earlier(pause->to_us, to_us);
		if (pause->from_us >= to_us)
			break;
		at_us = later(at_us, pause->from_us);
		sum_us += later(end_us - at_us, 0);
		at_us = later(at_us, end_us);
	}
	return sum_us;
}

/* Was it down for most of the gap?  What a program told holds as long as it runs.  That
 * it ran is shown by readings, also silent ones; where there are none, by what it told. */
static bool holds(
        const struct gaps *gaps, const struct gaps_told *down, const struct gap *gap)
{
	int64_t down_us = overlap_us(down->from_us, down->to_us, gap);
	if (gap_is_bare(gap) && is_most(down_us, gap))
		down_us -= paused_us(gaps, later(down->from_us, gap->from_us),
		        earlier(down->to_us, gap->to_us));
	return is_most(down_us, gap);
}

/* The longest cycle of an instrument's channels. */
static int64_t cycle_of(const struct gaps *gaps, const char *id)
{
	int64_t cycle_us = 0;
	for (size_t i = 0; i < gaps->n_instruments; i++) {
		const struct gaps_instrument *one = &gaps->instrument[i];
		for (size_t k = 0; strcmp(one->id, id) == 0 && k < one->n; k++)
			if (one->track[k].cycle_us > cycle_us)
				cycle_us = one->track[k].cycle_us;
	}
	return cycle_us;
}

/* No DESCRIBE says which port an instrument is at: its own is one that went when the
 * readings did, or that was gone when what is fed began. */
static bool went_together(
        const struct gaps *gaps, const struct gaps_told *port, const struct gap *gap)
{
	int64_t near_us = GAPS_BACK_OFF_US + 2 * cycle_of(gaps, gap->instrument);
	int64_t fed_us = gaps->options.fed_us;
	if (gap->instrument[0] == '\0') /* all of them went, by whatever port */
		return true;
	if (port->from_us <= fed_us && gap->from_us >= fed_us &&
	        gap->from_us - fed_us <= near_us)
		return true;
	return port->from_us - gap->from_us <= near_us &&
	       gap->from_us - port->from_us <= near_us;
}

/* The last that was told of the instrument and holds for most of the gap; else of its
 * port. */
static const struct gaps_told *down_of(const struct gaps *gaps, const struct gap *gap)
{
	const struct told_list *downs = &gaps->downs;
	const struct gaps_told *own = NULL, *port = NULL;
	for (size_t i = told_first(downs, gap->from_us); i < downs->n; i++) {
		const struct gaps_told *down = &downs->one[i];
		if (down->from_us > gap->to_us)
			break;
		if (!holds(gaps, down, gap))
			continue;
		if (of_instrument(down, gap->instrument))
			own = down;
		else if (of_port(down) && went_together(gaps, down, gap))
			port = down;
	}
	return own != NULL ? own : port;
}

/* An instrument whose port is gone is not silent: nobody asked it. */
static void explain_down(struct gaps *gaps, struct gap *gap)
{
	char text[400];
	bool asked = gap->cause == GAP_GARBLED || gap->cause == GAP_REFUSED;
	if (!asked && gap->cause != GAP_SILENT && gap->cause != GAP_NO_READING &&
	        gap->cause != GAP_STATION)
		return;
	const struct gaps_told *down = down_of(gaps, gap);
	if (down == NULL)
		return;
	snprintf(text, sizeof text, "%s: %s", down->subject,
	        down->text[0] != '\0' ? down->text : GAP_NOT_GIVEN);
	gap_detail(gaps, gap, text);
	if (!asked && (gap->cause != GAP_SILENT || of_port(down)))
		gap->cause = GAP_LINE;
}

/* ---- maintenance: the reason a person gave ---- */

/* Are "cod" and what follows "key-switch: cod, tss; ends by itself at ..." one of the list? */
static bool lists(const char *text, const char *id)
{
	size_t n = strlen(id);
	const char *at = strchr(text, ':');
	while (at != NULL && n > 0) {
		at += strspn(at, ":, ");
		size_t word = strcspn(at, ",;");
		if (word == n && strncmp(at, id, n) == 0)
			return true;
		at = at[word] == ',' ? at + word : NULL;
	}
	return false;
}

/* "maintenance cod", "maintenance all instruments" of orders, "maintenance by key" of a switch. */
static bool maintains(const struct gaps_told *told, const char *instrument)
{
	const size_t n = sizeof GAPS_MAINTENANCE - 1;
	if (strncmp(told->subject, GAPS_MAINTENANCE, n) != 0)
		return false;
	const char *whose = told->subject + n;
	return strcmp(whose, instrument) == 0 ||
	       strcmp(whose, "all instruments") == 0 ||
	       (strncmp(whose, "by ", 3) == 0 && lists(told->text, instrument));
}

/* By whose order, and why, for most of it: a person's words before a key-switch. */
static void explain_maintenance(struct gaps *gaps, struct gap *gap)
{
	const struct told_list *all = &gaps->downs;
	const struct gaps_told *best = NULL;
	int64_t best_us = 0;
	char text[700];
	for (size_t i = told_first(all, gap->from_us);
	        gap->cause == GAP_MAINTENANCE && i < all->n; i++) {
		const struct gaps_told *one = &all->one[i];
		if (one->from_us >= gap->to_us)
			break;
		int64_t us = overlap_us(one->from_us, one->to_us, gap);
		bool person = strncmp(one->text, "by ", 3) == 0;
		bool before = best != NULL && strncmp(best->text, "by ", 3) == 0;
		if (!maintains(one, gap->instrument) || us <= 0 || person < before ||
		        (person == before && us <= best_us))
			continue;
		best = one;
		best_us = us;
	}
	if (best == NULL)
		return;
	snprintf(text, sizeof text, "%.*s", (int)maintenance_why_size(best->text),
	        best->text);
	gap_detail(gaps, gap, text);
}

/* The clock was put forward by as much as the gap is long. */
static void explain_step(struct gaps *gaps, struct gap *gap)
{
	for (size_t i = 0; i < gaps->steps.n && gap_is_bare(gap); i++) {
		const struct gaps_told *step = &gaps->steps.one[i];
		int64_t length_us = gap->to_us - gap->from_us;
		bool inside = step->from_us - gap->from_us < length_us / 8 &&
		              gap->from_us - step->from_us < length_us / 8 &&
		              is_most(overlap_us(step->from_us, step->to_us, gap), gap);
		if (inside)
			gap->cause = GAP_CLOCK;
	}
}

/* Nothing is missing where no time passed. */
void gaps_told(struct gaps *gaps, struct gap_list *list)
{
	if (told_ends(&gaps->downs) != OK || told_ends(&gaps->pauses) != OK) {
		gaps->failed = true;
		return;
	}
	for (size_t i = 0; i < list->n; i++) {
		struct gap *gap = &list->gap[i];
		explain_step(gaps, gap);
		explain_down(gaps, gap);
		explain_maintenance(gaps, gap);
		if (gap->cause == GAP_CLOCK)
			gap->expected = gap->valid = 0;
	}
}
