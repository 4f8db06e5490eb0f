/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gaps explained by what the cabinet told of its ports and instruments (gaps_down.c), of
 * maintenance and of its clock. */
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

bool gap_is_most(int64_t us, const struct gap *gap)
{
	return us > (gap->to_us - gap->from_us) / 2;
}

int64_t gap_overlap_us(int64_t from_us, int64_t to_us, const struct gap *gap)
{
	return gap_earlier(to_us, gap->to_us) - gap_later(from_us, gap->from_us);
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
		int64_t us = gap_overlap_us(one->from_us, one->to_us, gap);
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
		bool inside =
		        step->from_us - gap->from_us < length_us / 8 &&
		        gap->from_us - step->from_us < length_us / 8 &&
		        gap_is_most(
		                gap_overlap_us(step->from_us, step->to_us, gap), gap);
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
		gaps_down(gaps, gap);
		explain_maintenance(gaps, gap);
		if (gap->cause == GAP_CLOCK)
			gap->expected = gap->valid = 0;
	}
}
