/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which epochs the collector has not got in full, and whose turn it is on the link. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sensors/keeper/keeper_parts.h"

#define HINT_US  INT64_C(10000000)
#define LATER_US INT64_C(600000000) /* for an epoch that the collector does not take */
#define SLICE_US INT64_C(2000000)
#define NAKS     4 /* in a row: it does not take it */

/* ---- what is on disk ---- */

static const struct acked *hint_of(const struct acked *hint, size_t n, uint64_t epoch)
{
	for (size_t i = 0; i < n; i++) {
		if (hint[i].epoch == epoch)
			return &hint[i];
	}
	return NULL;
}

static void add_old(struct keeper *keeper, const struct old_epoch *old)
{
	if (keeper->n_old < KEEPER_EPOCHS)
		keeper->old[keeper->n_old++] = *old;
}

static void find_old(struct keeper *keeper, uint64_t epoch, const struct acked *hint)
{
	struct old_epoch old = { .epoch = epoch, .acked_seq = 1 };
	errno = 0;
	int status = journal_extent(keeper->options.folder, keeper->options.source,
	        epoch, &old.first_seq, &old.end_seq);
	if (status != OK) {
		if (keeper_unread(status, hint, &old))
			add_old(keeper, &old);
		return;
	}
	if (hint != NULL && hint->acked_seq <= old.end_seq)
		old.acked_seq = hint->acked_seq;
	add_old(keeper, &old);
}

/* An old epoch with everything acknowledged need not be read. */
static void add_done(struct keeper *keeper, const struct acked *hint)
{
	struct old_epoch old = { .epoch = hint->epoch,
		.first_seq = 1,
		.end_seq = hint->end_seq,
		.acked_seq = hint->end_seq };
	add_old(keeper, &old);
}

static void find_present(struct keeper *keeper, const struct acked *hint)
{
	uint64_t next = journal_next_seq(keeper->journal);
	keeper->hint_acked = hint != NULL ? hint->acked_seq : 0;
	keeper->present_acked = hint != NULL ? hint->acked_seq : 1;
	if (keeper->present_acked > next)
		keeper->present_acked = next;
}

/* Rows of the hint, and room for epochs. */
struct known {
	size_t rows;
	struct acked hint[KEEPER_EPOCHS];
	uint64_t epoch[KEEPER_EPOCHS];
	uint64_t present;
};

static void find_readable(struct keeper *keeper, struct known *known)
{
	int n = journal_epochs(keeper->options.folder, keeper->options.source,
	        known->epoch, KEEPER_EPOCHS);
	for (int i = 0; i < n; i++) {
		uint64_t epoch = known->epoch[i];
		const struct acked *hint = hint_of(known->hint, known->rows, epoch);
		if (epoch == known->present)
			continue;
		if (hint != NULL && hint->end_seq > 0 &&
		        hint->acked_seq >= hint->end_seq)
			add_done(keeper, hint);
		else
			find_old(keeper, epoch, hint);
	}
}

/* What the disk has and does not show, and what it should have. */
static void find_unread(struct keeper *keeper, struct known *known)
{
	int n = journal_epochs_shut(keeper->options.folder, keeper->options.source,
	        known->epoch, KEEPER_EPOCHS);
	for (int i = 0; i < n; i++)
		find_old(keeper, known->epoch[i],
		        hint_of(known->hint, known->rows, known->epoch[i]));
	for (size_t i = 0; i < known->rows; i++) {
		uint64_t epoch = known->hint[i].epoch;
		if (epoch != known->present && keeper_old(keeper, epoch) == NULL)
			find_old(keeper, epoch, &known->hint[i]);
	}
}

void keeper_find_epochs(struct keeper *keeper)
{
	struct known *known = calloc(1, sizeof *known);
	keeper->n_old = 0;
	if (known == NULL)
		return;
	if (keeper->journal != NULL)
		known->present = journal_epoch(keeper->journal);
	known->rows = acked_read(keeper->options.folder, known->hint, KEEPER_EPOCHS);
	find_readable(keeper, known);
	find_unread(keeper, known);
	if (keeper->journal != NULL)
		find_present(keeper, hint_of(known->hint, known->rows, known->present));
	free(known);
}

void keeper_retire(
        struct keeper *keeper, uint64_t first, uint64_t end, uint64_t acked_seq)
{
	struct old_epoch old = { .epoch = journal_epoch(keeper->journal),
		.first_seq = first,
		.end_seq = end,
		.acked_seq = acked_seq };
	add_old(keeper, &old);
	keeper->present_acked = 1;
	keeper->hint_changed = true;
}

struct old_epoch *keeper_old(const struct keeper *keeper, uint64_t epoch)
{
	for (size_t i = 0; i < keeper->n_old; i++) {
		if (keeper->old[i].epoch == epoch)
			return &keeper->old[i];
	}
	return NULL;
}

/* ---- turns ---- */

static bool owes(const struct old_epoch *old)
{
	return old->lies == EPOCH_HERE && old->acked_seq < old->end_seq;
}

static const struct old_epoch *oldest_owing(
        const struct keeper *keeper, const struct moment *now)
{
	for (size_t i = 0; i < keeper->n_old; i++) {
		if (owes(&keeper->old[i]) && keeper->old[i].later_us <= now->mono_us)
			return &keeper->old[i];
	}
	return NULL;
}

static bool present_owes(const struct keeper *keeper)
{
	return keeper->journal != NULL &&
	       keeper->present_acked < journal_committed_seq(keeper->journal);
}

/* Memory first: it dies with the power.  But where records go there all the time, and
 * the collector keeps up, what waits on the disk gets every second slice of time. */
static bool memory_first(
        const struct keeper *keeper, const struct moment *now, bool others)
{
	const struct memory *memory = &keeper->memory;
	bool much = memory->head - memory->tail > memory->size / 4;
	bool over = now->mono_us - keeper->turn_us >= SLICE_US;
	if (!memory_waits(memory) || !others || much)
		return memory_waits(memory);
	if (keeper->turn == TURN_MEMORY)
		return !over || keeper->uplink.state != UPLINK_OPEN;
	return over;
}

static enum turn whose(
        const struct keeper *keeper, const struct moment *now, uint64_t *epoch)
{
	const struct old_epoch *old = oldest_owing(keeper, now);
	*epoch = 0;
	if (memory_first(keeper, now, old != NULL || present_owes(keeper)))
		return TURN_MEMORY;
	if (old != NULL) {
		*epoch = old->epoch;
		return TURN_OLD;
	}
	if (present_owes(keeper))
		return TURN_PRESENT;
	return keeper->in_memory ? keeper->turn == TURN_OLD ? TURN_MEMORY : keeper->turn
	                         : TURN_PRESENT;
}

struct turn_view keeper_turn_view(const struct keeper *keeper)
{
	const struct old_epoch *old = keeper_old(keeper, keeper->turn_epoch);
	const struct memory *memory = &keeper->memory;
	if (keeper->turn == TURN_MEMORY || (keeper->journal == NULL && old == NULL))
		return (struct turn_view){ memory->epoch, memory->first_seq,
			memory->next_seq, memory->acked_seq };
	if (keeper->turn == TURN_OLD && old != NULL)
		return (struct turn_view){ old->epoch, old->first_seq, old->end_seq,
			old->acked_seq };
	return (struct turn_view){ journal_epoch(keeper->journal),
		journal_first_seq(keeper->journal),
		journal_committed_seq(keeper->journal), keeper->present_acked };
}

/* An epoch that the collector refuses again and again must not keep all others from
 * going. */
static void put_off(struct keeper *keeper, const struct moment *now)
{
	struct old_epoch *old = keeper_old(keeper, keeper->turn_epoch);
	if (keeper->turn != TURN_OLD || old == NULL ||
	        keeper->uplink.naks_in_row < NAKS)
		return;
	old->later_us = now->mono_us + LATER_US;
	log_line(LOG_ALERT,
	        "journal: the collector does not take epoch %016" PRIx64
	        " from record %" PRIu64 " on (%s); it is offered again in 10 minutes",
	        old->epoch, old->acked_seq, keeper->uplink.refusal.reason);
}

bool keeper_turn(struct keeper *keeper, const struct moment *now)
{
	uint64_t epoch;
	put_off(keeper, now);
	enum turn turn = whose(keeper, now, &epoch);
	if (turn == keeper->turn && epoch == keeper->turn_epoch)
		return true;
	bool refused = keeper->uplink.naks_in_row >= NAKS;
	if (keeper->uplink.state == UPLINK_OPEN && keeper->uplink.n_open > 0 &&
	        !refused)
		return false;
	if (keeper->reader != NULL)
		journal_read_close(keeper->reader);
	keeper->reader = NULL;
	keeper->entry = (struct journal_entry){ 0 };
	keeper->turn = turn;
	keeper->turn_us = now->mono_us;
	keeper->turn_epoch = epoch;
	keeper->told_hole = 0;
	uplink_turn(&keeper->uplink, keeper_turn_view(keeper).acked_seq, now->mono_us);
	return true;
}

/* ---- what was heard ---- */

/* The collector has less of the present epoch than it acknowledged: it may have lost
 * older ones too, which are asked about again. */
static void ask_all_again(struct keeper *keeper)
{
	log_line(LOG_WARN, "the collector wants records again that it had "
	                   "acknowledged; it gets all that is kept here");
	for (size_t i = 0; i < keeper->n_old; i++) {
		struct old_epoch *old = &keeper->old[i];
		uint64_t first, end;
		if (journal_extent(keeper->options.folder, keeper->options.source,
		            old->epoch, &first, &end) != OK)
			continue;
		old->first_seq = old->acked_seq = first;
		old->end_seq = end;
		old->lies = EPOCH_HERE;
	}
}

static void tell_done(const struct keeper *keeper, const struct old_epoch *old)
{
	log_line(LOG_INFO, "journal: the collector has all of epoch %016" PRIx64,
	        old->epoch);
	if (keeper->uplink.wanted > old->end_seq)
		log_line(LOG_WARN,
		        "journal: the collector has records of epoch %016" PRIx64
		        " beyond %" PRIu64 ", where it ends here",
		        old->epoch, old->end_seq - 1);
}

void keeper_note_acked(struct keeper *keeper, const struct moment *now)
{
	uint64_t acked = keeper->uplink.acked_seq;
	struct old_epoch *old = keeper_old(keeper, keeper->turn_epoch);
	uint64_t before = keeper_turn_view(keeper).acked_seq;
	if (keeper->uplink.state != UPLINK_OPEN || acked == before)
		return;
	keeper->hint_changed = true;
	if (acked > before)
		keeper->acked_us = now->time_us;
	if (keeper->turn == TURN_MEMORY) {
		memory_acked(&keeper->memory, acked);
		return;
	}
	if (keeper->turn == TURN_OLD) {
		if (old == NULL)
			return;
		old->acked_seq = acked;
		if (!owes(old))
			tell_done(keeper, old);
		return;
	}
	keeper->present_acked = acked;
	if (acked < before)
		ask_all_again(keeper);
}

uint64_t keeper_waiting(const struct keeper *keeper)
{
	uint64_t waiting = keeper->memory.next_seq - keeper->memory.acked_seq;
	if (keeper->options.link == NULL)
		return 0;
	for (size_t i = 0; i < keeper->n_old; i++) {
		if (owes(&keeper->old[i]))
			waiting += keeper->old[i].end_seq - keeper->old[i].acked_seq;
	}
	if (present_owes(keeper))
		waiting +=
		        journal_committed_seq(keeper->journal) - keeper->present_acked;
	return waiting;
}

/* ---- the hint ---- */

/* Rows of `row` filled; *open: one is to be left out as soon as that is sure. */
static size_t hint_rows(const struct keeper *keeper, struct acked *row, bool *open)
{
	size_t n = 0;
	*open = false;
	for (size_t i = 0; i < keeper->n_old; i++) {
		const struct old_epoch *old = &keeper->old[i];
		if (keeper_told_for_good(keeper, old))
			continue;
		*open |= old->told_seq > 0;
		row[n++] = (struct acked){ .epoch = old->epoch,
			.acked_seq = old->acked_seq,
			.end_seq = old->end_seq };
	}
	row[n++] = (struct acked){ .epoch = journal_epoch(keeper->journal),
		.acked_seq = keeper->present_acked };
	return n;
}

void keeper_hint(struct keeper *keeper, bool at_once, const struct moment *now)
{
	bool open;
	if (keeper->options.link == NULL || keeper->journal == NULL ||
	        !keeper->hint_changed ||
	        (!at_once && now->mono_us - keeper->hinted_us < HINT_US))
		return;
	keeper->hinted_us = now->mono_us;
	struct acked *row = calloc(keeper->n_old + 1, sizeof *row);
	if (row == NULL)
		return;
	size_t n = hint_rows(keeper, row, &open);
	if (acked_write(keeper->options.folder, row, n, at_once) == OK)
		keeper->hint_changed = open;
	free(row);
}
