/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper and its collector. */
#include "sensors/keeper/keeper_parts.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/folder.h"
#include "base/log.h"

#define MESSAGES_A_STEP                                                                \
	64 /* so that a fast collector cannot keep us from the journal */

static bool read_from(struct keeper *keeper, uint64_t seq)
{
	if (keeper->reader != NULL)
		journal_read_close(keeper->reader);
	keeper->reader = NULL;
	keeper->entry = (struct journal_entry){ 0 };
	return journal_read_open(&keeper->reader, keeper->options.folder,
	               keeper->options.source, keeper_turn_view(keeper).epoch,
	               seq) == OK;
}

/* Records are asked for in order, and the last one again when it did not fit. */
static size_t record_at(void *with, uint64_t seq, const uint8_t **out)
{
	struct keeper *keeper = with;
	struct problem why;
	if (keeper->turn == TURN_MEMORY)
		return memory_read(&keeper->memory, seq, out);
	bool here = keeper->reader != NULL && keeper->entry.seq == seq;
	bool next = keeper->reader != NULL && keeper->entry.seq + 1 == seq;
	if (!here && !next && !read_from(keeper, seq))
		return 0;
	if (!here && journal_read_next(keeper->reader, &keeper->entry, &why) <= 0) {
		keeper->entry = (struct journal_entry){ 0 };
		log_seldom(LOG_ALERT, "unreadable",
		        "journal: record %" PRIu64 " cannot be read back", seq);
		return 0;
	}
	if (keeper->entry.seq != seq)
		return 0;
	*out = keeper->entry.record;
	return keeper->entry.size;
}

static void tell_hole(struct keeper *keeper, uint64_t first, uint64_t behind)
{
	char reason[160];
	struct record record;
	int size = record_decode(&record, keeper->entry.record, keeper->entry.size);
	assert(size > 0); /* a reader gives sound ones only */
	int64_t time_us = record.time_us;
	int n = snprintf(reason, sizeof reason,
	        "epoch %016" PRIx64 ": damaged in the cabinet's journal: the disk gave "
	        "back other bytes than "
	        "were written",
	        keeper_turn_view(keeper).epoch);
	struct gap_event gap = { .first_seq = first,
		.last_seq = behind - 1,
		.count = behind - first,
		.from_us = time_us,
		.to_us = time_us,
		.why = reason,
		.why_size = (size_t)n };
	log_line(LOG_ALERT,
	        "journal %s: records %" PRIu64 " to %" PRIu64
	        " are damaged and lost to the collector; look at the disk",
	        keeper->options.folder, first, behind - 1);
	struct moment now = keeper->now;
	keeper_append_gap(keeper, &gap, &now);
	keeper->told_hole = first;
}

/* Reads over damage; what stands at the end for now is no damage. */
static uint64_t behind(void *with, uint64_t seq)
{
	struct keeper *keeper = with;
	struct problem why;
	int status = MALFORMED;
	if (keeper->turn == TURN_MEMORY || !read_from(keeper, seq))
		return 0;
	while (status == MALFORMED)
		status = journal_read_next(keeper->reader, &keeper->entry, &why);
	if (status <= 0 || keeper->entry.seq <= seq) {
		keeper->entry = (struct journal_entry){ 0 };
		return 0;
	}
	if (keeper->told_hole != seq)
		tell_hole(keeper, seq, keeper->entry.seq);
	return keeper->entry.seq;
}

/* ---- a record that is too long ---- */

/* The record beside the journal, for a person to look at.  OK: it lies there. */
static int lay_aside(struct keeper *keeper, uint64_t seq, size_t n)
{
	char path[PATH_MAX];
	const uint8_t *record = NULL;
	snprintf(path, sizeof path, "%.*s/quarantine", PATH_MAX - 128,
	        keeper->options.folder);
	int status = folder_make(path);
	snprintf(path, sizeof path,
	        "%.*s/quarantine/%s_%016" PRIx64 "_%020" PRIu64 ".long", PATH_MAX - 128,
	        keeper->options.folder, keeper->options.source,
	        keeper_turn_view(keeper).epoch, seq);
	if (status == OK)
		status = record_at(keeper, seq, &record) == n
		                 ? file_replace(path, record, n, 0640)
		                 : FAILED;
	log_line(LOG_ALERT,
	        "record %" PRIu64
	        " of %zu bytes is longer than the %u that the collector "
	        "takes and is never sent; %s %s%s%s",
	        seq, n, keeper->uplink.most,
	        status == OK ? "it lies in" : "no copy could be kept in", path,
	        status == OK ? "" : ": ", status == OK ? "" : strerror(errno));
	return status;
}

static void too_long(void *with, uint64_t seq, size_t n)
{
	struct keeper *keeper = with;
	struct record record = { 0 };
	const uint8_t *bytes = NULL;
	char reason[160];
	if (keeper->told_hole == seq)
		return;
	keeper->told_hole = seq;
	bool copied = lay_aside(keeper, seq, n) == OK;
	if (record_at(keeper, seq, &bytes) == n)
		record_decode(&record, bytes, n);
	int size = snprintf(reason, sizeof reason,
	        "epoch %016" PRIx64
	        ": a record of %zu bytes, longer than the collector takes; it is in "
	        "the cabinet's %s",
	        keeper_turn_view(keeper).epoch, n, copied ? "quarantine" : "journal");
	struct gap_event gap = { .first_seq = seq,
		.last_seq = seq,
		.count = 1,
		.from_us = record.time_us,
		.to_us = record.time_us,
		.why = reason,
		.why_size = (size_t)size };
	struct moment now = keeper->now;
	keeper_append_gap(keeper, &gap, &now);
}

/* ---- the talk ---- */

static struct uplink_view view_of(
        struct keeper *keeper, bool pause, const struct moment *now)
{
	struct turn_view turn = keeper_turn_view(keeper);
	return (struct uplink_view){ .now_us = now->mono_us,
		.time_us = now->time_us,
		.clock = now->state,
		.epoch = turn.epoch,
		.first_seq = turn.first_seq,
		.committed_seq = turn.end_seq,
		.pause = pause,
		.with = keeper,
		.record = record_at,
		.behind = behind,
		.too_long = too_long };
}

static void hear(struct keeper *keeper, const struct moment *now)
{
	const struct keeper_link *link = keeper->options.link;
	int n;
	while ((n = link->receive(
	                link->with, keeper->message, sizeof keeper->message)) != 0) {
		struct uplink_view view = view_of(keeper, false, now);
		if (n <= 0)
			continue;
		bool greeting = keeper->uplink.state != UPLINK_OPEN;
		uplink_hear(&keeper->uplink, &view, keeper->message, (size_t)n);
		if (greeting && keeper->uplink.state == UPLINK_OPEN)
			keeper->turn_us = now->mono_us;
		keeper_note_acked(keeper, now);
	}
}

/* One thing; false when there is nothing more to do now. */
static bool act(struct keeper *keeper, const struct moment *now)
{
	const struct keeper_link *link = keeper->options.link;
	bool pause = !keeper_turn(keeper, now);
	struct uplink_view view = view_of(keeper, pause, now);
	size_t n;
	switch (uplink_next(&keeper->uplink, &view, keeper->message, &n)) {
	case UPLINK_SEND:
		uplink_sent(&keeper->uplink, now->mono_us,
		        link->send(link->with, keeper->message, n));
		return true;
	case UPLINK_RENEW:
		link->renew(link->with);
		return true;
	case UPLINK_NEW_EPOCH:
		keeper_go_beyond(keeper, now);
		return true;
	default:
		return false;
	}
}

/* libzmq does not say why a handshake failed: all that can be wrong is named. */
static void tell_lost(const struct keeper *keeper, const struct moment *now)
{
	const char *name = keeper->options.link->name;
	bool silent = now->mono_us - keeper->uplink.heard_us >= UPLINK_SILENT_US;
	if (keeper->link_state != UPLINK_OPEN)
		log_line(LOG_WARN,
		        "collector %s: no answer for 30 s: is it running there, is "
		        "server_key its key, is this station's key on its list "
		        "(quantrac keys admit)? Records are kept here and sent later",
		        name);
	else
		log_line(LOG_WARN,
		        "collector %s: %s; records are kept here and sent later", name,
		        silent ? "not heard for 30 s"
		               : "acknowledges nothing for 60 s");
}

static void tell_change(struct keeper *keeper, const struct moment *now)
{
	const struct uplink *uplink = &keeper->uplink;
	if (uplink->refusal.reason[0] != '\0')
		log_seldom(LOG_WARN, "refused", "the collector refuses our records: %s",
		        uplink->refusal.reason);
	if (uplink->state == keeper->link_state || uplink->state == UPLINK_GREETING)
		return;
	if (uplink->state == UPLINK_OPEN)
		log_line(LOG_INFO,
		        "collector %s: connected, it has all before record %" PRIu64,
		        keeper->options.link->name, uplink->acked_seq);
	else
		tell_lost(keeper, now);
	keeper->link_state = uplink->state;
}

void keeper_talk(struct keeper *keeper, const struct moment *now)
{
	keeper->talking = false;
	if (keeper->options.link == NULL || keeper_turn_view(keeper).epoch == 0)
		return;
	keeper->now = *now;
	/* a message may come while one is sent, and the descriptor says so only once */
	for (int i = 0; i < MESSAGES_A_STEP; i++) {
		hear(keeper, now);
		bool more = act(keeper, now);
		tell_change(keeper, now);
		if (!more)
			return;
	}
	keeper->talking = true;
}
