/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/log.h"
#include "web/collector.h"

#define LOOK_EVERY_US (3 * US_PER_S)
#define AGE_MOST_US                                                                    \
	(10 * US_PER_S) /* ages and the word "lost" move on without new records */
#define GAPS_EVERY_US  (60 * US_PER_S)   /* a ledger reads the whole day */
#define JUDGE_EVERY_US (15 * US_PER_MIN) /* late data of the thirty days */

struct watch {
	char *archive;
	struct rules rules;
	struct view view;
	struct view_results results;
	int64_t looked_us, judged_us, gaps_us;
	long seals; /* at the last judging */
	char trouble[1024];
};

/* "31 seals; ...": the thirty days change when a day is sealed. */
static long seals_of(const struct reader *reader)
{
	return strtol(reader_state(reader), NULL, 10);
}

static void judge_again(struct watch *watch, struct reader *reader, int64_t now_us)
{
	struct view_results fresh;
	long seals = seals_of(reader);
	int64_t today_us = day_start(now_us, reader_identity(reader)->utc_offset_min);
	if (watch->judged_us != 0 && seals == watch->seals &&
	        today_us == watch->results.to_us &&
	        now_us - watch->judged_us < JUDGE_EVERY_US)
		return;
	if (view_results_make(&fresh, reader, &watch->rules, now_us) != OK) {
		log_seldom(LOG_WARN, "judge", "the last thirty days cannot be judged");
		view_results_free(&fresh);
		return;
	}
	view_results_free(&watch->results);
	watch->results = fresh;
	watch->seals = seals;
	watch->judged_us = now_us;
}

static bool unchanged(
        const struct watch *watch, const struct reader *reader, int64_t now_us)
{
	return watch->view.archive_state != NULL && watch->view.trouble == NULL &&
	       now_us - watch->view.made_us < AGE_MOST_US &&
	       strcmp(watch->view.archive_state, reader_state(reader)) == 0;
}

static void take(struct watch *watch, struct reader *reader, int64_t now_us)
{
	struct view fresh;
	if (unchanged(watch, reader, now_us))
		return;
	judge_again(watch, reader, now_us);
	if (view_make(&fresh, reader, &watch->rules, now_us) != OK) {
		log_seldom(LOG_WARN, "view",
		        "no memory for the page; showing the last one");
		view_free(&fresh);
		return;
	}
	bool young = now_us - watch->gaps_us < GAPS_EVERY_US &&
	             day_start(now_us, fresh.utc_offset_min) ==
	                     day_start(watch->gaps_us, fresh.utc_offset_min);
	view_gaps(&fresh, young ? &watch->view : NULL, reader);
	if (!young)
		watch->gaps_us = now_us;
	view_free(&watch->view);
	watch->view = fresh;
	watch->view.results = &watch->results;
}

static void say_trouble(struct watch *watch, const struct problem *why)
{
	if (watch->view.trouble == NULL)
		log_line(LOG_WARN, "%s; trying again every %d s", why->text,
		        (int)(LOOK_EVERY_US / US_PER_S));
	snprintf(watch->trouble, sizeof watch->trouble, "%s", why->text);
	watch->view.trouble = watch->trouble;
}

const struct view *watch_look(struct watch *watch, int64_t now_us)
{
	struct problem why = { 0 };
	struct reader *reader = NULL;
	int64_t since_us = now_us - watch->looked_us;
	if (watch->looked_us != 0 && since_us >= 0 && since_us < LOOK_EVERY_US)
		return &watch->view;
	watch->looked_us = now_us;
	if (reader_open(&reader, watch->archive, &why) != OK) {
		say_trouble(watch, &why);
		watch->view.made_us = now_us;
		return &watch->view;
	}
	if (watch->view.trouble != NULL)
		log_line(LOG_INFO, "the archive can be read again");
	take(watch, reader, now_us);
	watch->view.trouble = NULL;
	collector_look(&watch->view, watch->archive, now_us);
	reader_close(reader);
	return &watch->view;
}

int watch_new(
        struct watch **out, const char *archive, int64_t now_us, struct problem *why)
{
	struct reader *reader = NULL;
	struct watch *watch = *out = calloc(1, sizeof *watch);
	if (watch == NULL || (watch->archive = strdup(archive)) == NULL)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "not enough memory");
	int status = rules_read(&watch->rules, rule_folder(), why);
	if (status < 0)
		return status;
	status = reader_open(&reader, archive, why);
	if (status != OK)
		return status;
	reader_close(reader);
	watch_look(watch, now_us);
	return OK;
}

void watch_free(struct watch *watch)
{
	if (watch == NULL)
		return;
	view_free(&watch->view);
	view_results_free(&watch->results);
	rules_free(&watch->rules);
	free(watch->archive);
	free(watch);
}
