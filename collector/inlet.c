/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The open journals, one for each source and epoch. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/log.h"
#include "collector/ingest_parts.h"

static int inlet_order(const char *source, uint64_t epoch, const struct inlet *inlet)
{
	int order = strcmp(source, inlet->source);
	if (order != 0)
		return order;
	return (epoch > inlet->epoch) - (epoch < inlet->epoch);
}

/* Where (source, epoch) stands or would stand. */
static size_t inlet_place(
        const struct ingest *ingest, const char *source, uint64_t epoch)
{
	size_t low = 0, high = ingest->n_inlets;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (inlet_order(source, epoch, &ingest->inlet[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct inlet *inlet_find(struct ingest *ingest, const char *source, uint64_t epoch)
{
	size_t at = inlet_place(ingest, source, epoch);
	if (at == ingest->n_inlets ||
	        inlet_order(source, epoch, &ingest->inlet[at]) != 0)
		return NULL;
	return &ingest->inlet[at];
}

static int make_room(struct ingest *ingest)
{
	if (ingest->n_inlets < ingest->room)
		return OK;
	size_t room = ingest->room > 0 ? 2 * ingest->room : 16;
	void *more = realloc(ingest->inlet, room * sizeof *ingest->inlet);
	if (more == NULL)
		return FAILED;
	ingest->inlet = more;
	ingest->room = room;
	return OK;
}

static void log_recovery(const struct ingest *ingest, const struct inlet *inlet,
        const struct journal_recovery *recovery, bool first)
{
	const char *source = inlet->source;
	uint64_t epoch = inlet->epoch;
	char quarantine[ARCHIVE_PATH], copy[ARCHIVE_PATH + 200], loss[256];
	snprintf(quarantine, sizeof quarantine, "%.*s/quarantine", ARCHIVE_PATH - 16,
	        ingest->dir);
	journal_copy_text(recovery, quarantine, copy, sizeof copy);
	journal_loss_text(
	        recovery, journal_next_seq(inlet->journal), loss, sizeof loss);
	/* the first of a station is expected; any other tells of a disk put in or failed */
	if (recovery->created)
		log_line(first ? LOG_INFO : LOG_WARN, "%s: new epoch %016" PRIx64 "%s",
		        source, epoch,
		        first ? ""
		              : ": its journal was begun anew, or its disk cannot be "
		                "written; its own STATE record says which");
	if (recovery->torn_bytes > 0)
		log_line(LOG_WARN,
		        "%s: journal %016" PRIx64 ": the last %" PRIu64
		        " bytes were never finished; %s",
		        source, epoch, recovery->torn_bytes, copy);
	if (recovery->damaged_segments > 0)
		log_line(LOG_ALERT,
		        "%s: journal %016" PRIx64 ": %" PRIu64
		        " damaged segments, %s; %s",
		        source, epoch, recovery->damaged_segments, loss, copy);
}

/* Records made here come in handfuls, or once (an import): they get small segments. */
#define SMALL_SEGMENT (512u << 10)

/* Newest segments verified when a journal is opened; the sealer reads all of them soon
 * after. */
#define SCAN_SEGMENTS 8

static size_t count_epochs(const struct ingest *ingest, const char *source)
{
	size_t n = 0;
	for (size_t i = 0; i < ingest->n_inlets; i++)
		n += strcmp(ingest->inlet[i].source, source) == 0;
	return n;
}

static bool this_hour(int64_t then_us, int64_t now_us)
{
	return then_us != 0 && llabs(now_us - then_us) < US_PER_HOUR;
}

/* Every epoch, and every hole in one, begins a segment. */
static size_t count_begun(
        const struct ingest *ingest, const char *source, int64_t now_us)
{
	size_t n = 0;
	for (size_t i = 0; i < ingest->n_inlets; i++) {
		const struct inlet *inlet = &ingest->inlet[i];
		if (strcmp(inlet->source, source) != 0)
			continue;
		n += this_hour(inlet->sent_us, now_us);
		n += this_hour(inlet->holes_us, now_us) ? inlet->holes : 0;
	}
	return n;
}

/* A cabinet whose disk fails again and again begins a few; who holds its key and means ill
 * could fill this disk with them. */
int inlet_check_begun(const struct ingest *ingest, const char *source, int64_t now_us,
        struct problem *why)
{
	if (count_begun(ingest, source, now_us) < BEGUN_HOUR)
		return OK;
	return problem_set(why, REFUSED, EXIT_TRY_AGAIN,
	        "%s: has begun an epoch or left out records %d times within an hour; "
	        "more is taken later: look at its disk, or who else has its key",
	        source, BEGUN_HOUR);
}

static int check_epochs(const struct ingest *ingest, const struct inlet_name *name,
        int64_t now_us, struct problem *why)
{
	if (count_epochs(ingest, name->source) >= EPOCHS_MOST)
		return problem_set(why, REFUSED, EXIT_DAMAGED,
		        "%s: has begun %d epochs already, which no sound journal does; "
		        "look at its disk",
		        name->source, EPOCHS_MOST);
	return name->made_here ? OK
	                       : inlet_check_begun(ingest, name->source, now_us, why);
}

void inlet_note_hole(struct inlet *inlet, int64_t now_us)
{
	if (!this_hour(inlet->holes_us, now_us)) {
		inlet->holes_us = now_us;
		inlet->holes = 0;
	}
	inlet->holes++;
}

/* Open (recover, or begin) a journal and enter it.  OK or a problem. */
static int inlet_open(struct ingest *ingest, const struct inlet_name *name,
        int64_t now_us, struct problem *why)
{
	const char *source = name->source;
	char quarantine[sizeof ingest->dir + 16];
	snprintf(quarantine, sizeof quarantine, "%s/quarantine", ingest->dir);
	struct journal_options options = { .folder = ingest->journals,
		.source = source,
		.epoch = name->epoch,
		.segment_size = ingest->segment_size == 0 && name->made_here
		                        ? SMALL_SEGMENT
		                        : ingest->segment_size,
		.quarantine = quarantine,
		.now_us = now_us,
		.scan_segments = SCAN_SEGMENTS,
		.groups = ingest->groups };
	struct journal_recovery recovery = { 0 };
	struct inlet inlet = { .age = ++ingest->ages,
		.sent_us = name->made_here ? 0 : now_us };
	if (make_room(ingest) != OK)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "no memory for a journal");
	int status = journal_open(&inlet.journal, &options, &recovery, why);
	if (status != OK)
		return status;
	snprintf(inlet.source, sizeof inlet.source, "%s", source);
	inlet.epoch = journal_epoch(inlet.journal);
	log_recovery(ingest, &inlet, &recovery,
	        name->made_here || count_epochs(ingest, source) == 0);
	struct problem strange;
	if (journal_stranger(ingest->journals, source, inlet.epoch, &strange) != OK)
		log_line(LOG_ALERT, "%s: %s", source, strange.text);
	size_t at = inlet_place(ingest, source, inlet.epoch);
	memmove(&ingest->inlet[at + 1], &ingest->inlet[at],
	        (ingest->n_inlets - at) * sizeof inlet);
	ingest->inlet[at] = inlet;
	ingest->n_inlets++;
	return OK;
}

int inlet_get(struct ingest *ingest, const struct inlet_name *name, int64_t now_us,
        struct inlet **out, struct problem *why)
{
	const char *source = name->source;
	*out = inlet_find(ingest, source, name->epoch);
	if (*out != NULL)
		return OK;
	if (name->epoch == 0)
		return problem_set(
		        why, REFUSED, EXIT_DAMAGED, "%s: epoch 0 is none", source);
	int status = check_epochs(ingest, name, now_us, why);
	if (status == OK)
		status = inlet_open(ingest, name, now_us, why);
	if (status == OK)
		*out = inlet_find(ingest, source, name->epoch);
	return status;
}

/* Journals of one source, oldest first.  One that cannot be opened is named and left to
 * later. */
static void open_source(struct ingest *ingest, const char *source)
{
	struct problem why;
	uint64_t *epoch = calloc(EPOCHS_MOST, sizeof *epoch);
	if (epoch == NULL)
		return;
	int n = journal_epochs(ingest->journals, source, epoch, EPOCHS_MOST);
	for (int i = 0; i < n; i++) {
		struct inlet_name name = { .source = source, .epoch = epoch[i] };
		if (inlet_open(ingest, &name, 0, &why) != OK)
			log_line(LOG_ALERT, "%s: %s", source, why.text);
	}
	inlets_shut(ingest, source, epoch);
	free(epoch);
}

void inlets_open(struct ingest *ingest)
{
	char(*source)[SOURCE_SIZE + 1] = calloc(SOURCES_MOST, sizeof *source);
	if (source == NULL)
		return;
	int n = journal_sources(ingest->journals, source, SOURCES_MOST);
	for (int i = 0; i < n; i++)
		open_source(ingest, source[i]);
	free(source);
}

static struct inlet *newest_inlet(struct ingest *ingest, const char *source)
{
	struct inlet *newest = NULL;
	for (size_t i = 0; i < ingest->n_inlets; i++) {
		struct inlet *inlet = &ingest->inlet[i];
		if (strcmp(inlet->source, source) == 0 &&
		        (newest == NULL || inlet->age > newest->age))
			newest = inlet;
	}
	return newest;
}

int inlet_for(struct ingest *ingest, const struct inlet_name *name, int64_t now_us,
        struct inlet **out, struct problem *why)
{
	if (name->epoch != 0)
		return inlet_get(ingest, name, now_us, out, why);
	*out = newest_inlet(ingest, name->source);
	if (*out != NULL)
		return OK;
	int status = inlet_open(ingest, name, now_us, why);
	if (status == OK)
		*out = newest_inlet(ingest, name->source);
	return status;
}
