/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of gaps and of what was told, and when two gaps are one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gaps_inside.h"

int gap_list_add(struct gap_list *list, const struct gap *gap)
{
	if (list->n == list->room) {
		size_t room = list->room > 0 ? 2 * list->room : 64;
		void *more = realloc(list->gap, room * sizeof *list->gap);
		if (more == NULL)
			return FAILED;
		list->gap = more;
		list->room = room;
	}
	list->gap[list->n++] = *gap;
	return OK;
}

void gap_list_free(struct gap_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->gap[i].detail);
	free(list->gap);
	*list = (struct gap_list){ 0 };
}

static int by_time(const void *left, const void *right)
{
	const struct gap *a = left, *b = right;
	if (a->from_us != b->from_us)
		return a->from_us < b->from_us ? -1 : 1;
	int order = strcmp(a->instrument, b->instrument);
	if (order == 0)
		order = strcmp(a->channel, b->channel);
	if (order != 0)
		return order;
	if (a->to_us != b->to_us)
		return a->to_us < b->to_us ? -1 : 1;
	return (a->cause > b->cause) - (a->cause < b->cause);
}

void gap_list_sort(struct gap_list *list)
{
	if (list->n > 1)
		qsort(list->gap, list->n, sizeof *list->gap, by_time);
}

int told_add(struct told_list *list, const struct gaps_told *told, const char *text,
        size_t n_text)
{
	if (list->n == list->room) {
		size_t room = list->room > 0 ? 2 * list->room : 16;
		void *more = realloc(list->one, room * sizeof *list->one);
		if (more == NULL)
			return FAILED;
		list->one = more;
		list->room = room;
	}
	char *copy = strndup(text, n_text);
	if (copy == NULL)
		return FAILED;
	list->one[list->n] = *told;
	list->one[list->n++].text = copy;
	return OK;
}

void told_free(struct told_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->one[i].text);
	free(list->one);
	free(list->end_us);
	*list = (struct told_list){ 0 };
}

int told_ends(struct told_list *list)
{
	int64_t latest_us = INT64_MIN;
	free(list->end_us);
	list->end_us = malloc((list->n + 1) * sizeof *list->end_us);
	for (size_t i = 0; list->end_us != NULL && i < list->n; i++) {
		if (list->one[i].to_us > latest_us)
			latest_us = list->one[i].to_us;
		list->end_us[i] = latest_us;
	}
	return list->end_us != NULL ? OK : FAILED;
}

size_t gaps_first(const int64_t *end_us, size_t n, int64_t time_us)
{
	size_t low = 0;
	while (low < n) {
		size_t middle = low + (n - low) / 2;
		if (end_us[middle] < time_us)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

size_t told_first(const struct told_list *list, int64_t time_us)
{
	return gaps_first(list->end_us, list->n, time_us);
}

uint64_t gaps_due(int64_t from_us, int64_t to_us, int64_t cycle_us)
{
	if (to_us <= from_us || cycle_us <= 0)
		return 0;
	return (uint64_t)((to_us - from_us + cycle_us / 4) / cycle_us);
}

uint64_t gaps_share(uint64_t count, int64_t part_us, int64_t whole_us)
{
	return (uint64_t)((double)count * (double)part_us / (double)whole_us + 0.5);
}

bool gaps_near(int64_t to_us, int64_t from_us, int64_t cycle_us)
{
	int64_t most_us = GAPS_NEAR_CYCLES * cycle_us;
	if (most_us > GAPS_NEAR_US)
		most_us = GAPS_NEAR_US;
	return from_us - to_us <= most_us;
}
