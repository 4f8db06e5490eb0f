/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper and its collector. */
#include "sensors/keeper_parts.h"

#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

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
	               keeper->options.source, journal_epoch(keeper->journal),
	               seq) == OK;
}

/* Records are asked for in order, and the last one again when it did not fit. */
static size_t record_at(void *with, uint64_t seq, const uint8_t **out)
{
	struct keeper *keeper = with;
	struct problem why;
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
	static const char reason[] = "damaged in the cabinet's journal: the disk gave "
	                             "back other bytes than were written";
	struct record record;
	int64_t time_us = 0;
	if (record_decode(&record, keeper->entry.record, keeper->entry.size) > 0)
		time_us = record.time_us;
	struct gap_event gap = { .first_seq = first,
		.last_seq = behind - 1,
		.count = behind - first,
		.from_us = time_us,
		.to_us = time_us,
		.why = reason,
		.why_size = sizeof reason - 1 };
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
	if (!read_from(keeper, seq))
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

static struct uplink_view view_of(struct keeper *keeper, const struct moment *now)
{
	return (struct uplink_view){ .now_us = now->mono_us,
		.time_us = now->time_us,
		.clock = now->state,
		.epoch = journal_epoch(keeper->journal),
		.first_seq = journal_first_seq(keeper->journal),
		.committed_seq = journal_committed_seq(keeper->journal),
		.with = keeper,
		.record = record_at,
		.behind = behind };
}

/* The collector holds records that this journal never had: numbers are not used twice, so a new
 * epoch begins, and says from which number on the old one is not ours. */
static void begin_epoch(struct keeper *keeper, const struct moment *now)
{
	static const char reason[] =
	        "the collector has these, the cabinet's journal has not: "
	        "an older copy of it was put back";
	struct gap_event gap = { .first_seq = keeper->uplink.beyond[0],
		.last_seq = keeper->uplink.beyond[1],
		.count = keeper->uplink.beyond[1] - keeper->uplink.beyond[0] + 1,
		.from_us = now->time_us,
		.to_us = now->time_us,
		.why = reason,
		.why_size = sizeof reason - 1 };
	struct state_event state = {
		.subject = "journal", .state = "new epoch", .text = reason
	};
	struct problem why;
	uint64_t epoch = 0;
	while (epoch == 0)
		if (getrandom(&epoch, sizeof epoch, 0) != sizeof epoch)
			epoch = 0;
	struct journal *old = keeper->journal;
	if (keeper_open_journal(keeper, epoch, now, &why) != OK) {
		log_seldom(
		        LOG_ALERT, "epoch", "no new epoch can be begun: %s", why.text);
		uplink_greet(&keeper->uplink, now->mono_us + UPLINK_SILENT_US);
		return;
	}
	journal_close(old);
	if (keeper->reader != NULL)
		journal_read_close(keeper->reader);
	keeper->reader = NULL;
	log_line(LOG_WARN, "new epoch: %s", reason);
	keeper_append_describes(keeper, now);
	keeper_append_own(keeper, recorder_state(&keeper->recorder, now, &state), now);
	keeper_append_gap(keeper, &gap, now);
	keeper_commit(keeper, true, now);
	uplink_greet(&keeper->uplink, now->mono_us);
}

static void hear(struct keeper *keeper, const struct moment *now)
{
	const struct keeper_link *link = keeper->options.link;
	int n;
	while ((n = link->receive(
	                link->with, keeper->message, sizeof keeper->message)) != 0) {
		struct uplink_view view = view_of(keeper, now);
		if (n > 0)
			uplink_hear(&keeper->uplink, &view, keeper->message, (size_t)n);
	}
}

/* One thing; false when there is nothing more to do now. */
static bool act(struct keeper *keeper, const struct moment *now)
{
	const struct keeper_link *link = keeper->options.link;
	struct uplink_view view = view_of(keeper, now);
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
		begin_epoch(keeper, now);
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
	if (uplink->refusal[0] != '\0')
		log_seldom(LOG_WARN, "refused", "the collector refuses our records: %s",
		        uplink->refusal);
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
	if (keeper->options.link == NULL)
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
}
