/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands to instruments: whether an operator's order is carried out, and the record of it.
 *
 *   order --> told "command ordered", and to the disk: DURABLE
 *             on the disk --> the poller writes it once: WRITTEN
 *                             --> told "command done", "refused", "unknown" or "not sent"
 *
 * What was under way when the program ended is told as unknown at the next start.  What is not on the
 * disk is not sent: no change of an instrument without a trace.
 *
 * A command that disturbs what is measured wants its instrument in maintenance first: readings of zero
 * gas would else stand in the record as the plant's.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "sensors/cabinet/cabinet_parts.h"
#include "sensors/poller/poller.h"

#define ANSWER_SHOWN 64 /* bytes of an answer in the record */

static const struct station_instrument *instrument_of(const struct cabinet *cabinet)
{
	return &cabinet->station->instrument[cabinet->commanding.instrument];
}

static const struct profile_command *command_of(const struct cabinet *cabinet)
{
	return &instrument_of(cabinet)->profile->command[cabinet->commanding.command];
}

/* "zero; changes gas; request ...; <how>; by minh (uid 1001): reason" */
static void tell(struct cabinet *cabinet, const char *state, const char *how,
        const struct moment *when)
{
	const struct remembered_command *told = &cabinet->commanding.told;
	char subject[ID_SIZE + 16], text[1600];
	struct state_event event = { .subject = subject, .state = state, .text = text };
	snprintf(subject, sizeof subject, "instrument %s", told->instrument);
	snprintf(text, sizeof text, "%s; %s%s%s", told->what, how,
	        how[0] != '\0' ? "; " : "", told->by);
	log_line(LOG_WARN, "%s: %s: %s", subject, state, text);
	cabinet_tell(cabinet, when, &event);
}

static void over(struct cabinet *cabinet)
{
	cabinet->commanding.state = COMMANDING_NOTHING;
	cabinet->commanding.told.instrument[0] = '\0';
	cabinet_remember(cabinet);
}

/* ---- what became of it ---- */

static void finish(struct cabinet *cabinet, enum control_outcome outcome,
        const char *how, const struct moment *now)
{
	static const char *const states[] = {
		[CONTROL_DONE] = "command done",
		[CONTROL_DECLINED] = "command refused",
		[CONTROL_UNKNOWN] = "command unknown",
		[CONTROL_UNSENT] = "command not sent",
	};
	tell(cabinet, states[outcome], how, now);
	control_done(&cabinet->control, outcome, how);
	over(cabinet);
}

/* "answer 11 85 02 C3 51 (illegal data address)" */
static void how_of(const struct poller_written *what, char *out, size_t room)
{
	char hex[3 * ANSWER_SHOWN + 8];
	bool why = what->why[0] != '\0';
	command_hex(what->answer, what->n, hex, sizeof hex);
	if (what->n == 0)
		snprintf(out, room, "%s", what->why);
	else
		snprintf(out, room, "answer %s%s%s%s", hex, why ? " (" : "", what->why,
		        why ? ")" : "");
}

void commands_written(struct cabinet *cabinet, const struct poller_written *what,
        const struct moment *now)
{
	char how[400];
	enum control_outcome outcome = what->status == OK          ? CONTROL_DONE
	                               : what->status == TIMED_OUT ? CONTROL_UNKNOWN
	                               : what->sent                ? CONTROL_DECLINED
	                                                           : CONTROL_UNSENT;
	if (cabinet->commanding.state != COMMANDING_WRITTEN)
		return;
	how_of(what, how, sizeof how);
	finish(cabinet, outcome, how, now);
}

/* ---- time ---- */

static bool in_maintenance(const struct cabinet *cabinet)
{
	return !command_of(cabinet)->disturbs ||
	       maintainers_hold(cabinet, cabinet->commanding.instrument);
}

bool cabinet_command_may(const struct cabinet *cabinet)
{
	return in_maintenance(cabinet);
}

static void hand_over(struct cabinet *cabinet, const struct moment *now)
{
	struct commanding *commanding = &cabinet->commanding;
	const struct poller_command command = { .instrument = commanding->instrument,
		.command = commanding->command,
		.n = commanding->n,
		.request = commanding->request };
	commanding->state = COMMANDING_WRITTEN;
	if (!in_maintenance(cabinet))
		finish(cabinet, CONTROL_UNSENT, "maintenance has ended", now);
	else if (cabinet->hooks.command == NULL ||
	         cabinet->hooks.command(cabinet->hooks.lines, &command, now) != OK)
		finish(cabinet, CONTROL_UNSENT, "its line takes no command", now);
}

void commands_step(struct cabinet *cabinet, const struct moment *now)
{
	const struct commanding *commanding = &cabinet->commanding;
	if (commanding->state != COMMANDING_DURABLE)
		return;
	if (atomic_load(&cabinet->note->written) >= commanding->version)
		hand_over(cabinet, now);
	else if (now->mono_us >= commanding->until_us)
		finish(cabinet, CONTROL_UNSENT,
		        "what was ordered could not be written to the disk", now);
}

void commands_begin(struct cabinet *cabinet, const struct moment *now)
{
	cabinet->commanding.told = cabinet->memory.command;
	if (cabinet->commanding.told.instrument[0] == '\0')
		return;
	tell(cabinet, "command unknown", "the program ended before it was known", now);
	over(cabinet);
}

bool commands_end(struct cabinet *cabinet, const struct moment *now)
{
	if (cabinet->commanding.state == COMMANDING_DURABLE)
		finish(cabinet, CONTROL_UNSENT, "the program ends", now);
	return cabinet->commanding.state == COMMANDING_WRITTEN;
}

/* ---- orders ---- */

static int instrument_named(const struct station *station, const char *id)
{
	for (size_t i = 0; i < station->n_instruments; i++)
		if (strcmp(station->instrument[i].id, id) == 0)
			return (int)i;
	return NOT_FOUND;
}

/* The bytes to send, if they are those the operator was shown, and to whom. */
static int make_request(struct cabinet *cabinet, const struct order *order,
        const struct moment *now, struct problem *why)
{
	struct commanding *commanding = &cabinet->commanding;
	uint8_t shown[COMMAND_MOST + COMMAND_PLACE];
	struct command_order wanted = { .instrument =
		                                &instrument_of(cabinet)->instrument,
		.command = commanding->command,
		.value = order->value };
	int n = command_request(&wanted, shown, why);
	if (n < 0)
		return REFUSED;
	station_place(cabinet->station, commanding->instrument, shown + n);
	n += COMMAND_PLACE;
	if ((size_t)n != order->n_shown || memcmp(shown, order->shown, (size_t)n) != 0)
		return problem_set(why, REFUSED, EXIT_USAGE,
		        "quantrac-sensord runs with another configuration than was "
		        "shown: start it again first");
	wanted.time_us = now->time_us;
	wanted.number = ++commanding->number;
	n = command_request(&wanted, commanding->request, why);
	commanding->n = n > 0 ? (size_t)n : 0;
	return n > 0 ? OK : REFUSED;
}

/* CONTROL_LATER, or why not.  The operator's program has asked the same of the configuration it read: where
 * ours says no, it is another. */
static enum control_outcome accept_order(struct cabinet *cabinet,
        const struct order *order, const struct moment *now, struct problem *why)
{
	struct commanding *commanding = &cabinet->commanding;
	int i = instrument_named(cabinet->station, order->id);
	if (commanding->state != COMMANDING_NOTHING) {
		problem_set(why, REFUSED, EXIT_USAGE,
		        "another command is under way; nothing was sent");
		return CONTROL_BUSY;
	}
	if (i < 0) {
		problem_set(why, NOT_FOUND, EXIT_USAGE,
		        "there is no instrument '%s' at station '%s'", order->id,
		        cabinet->station->id);
		return CONTROL_STALE;
	}
	int command = station_command(cabinet->station, (size_t)i, order->command, why);
	if (command < 0)
		return CONTROL_STALE;
	commanding->instrument = (size_t)i;
	commanding->command = (size_t)command;
	if (!in_maintenance(cabinet)) {
		problem_set(why, REFUSED, EXIT_USAGE,
		        "command '%s' disturbs what '%s' measures: begin its "
		        "maintenance first (quantrac station maintenance %s on "
		        "--reason TEXT)",
		        order->command, order->id, order->id);
		return CONTROL_MAINTENANCE;
	}
	return make_request(cabinet, order, now, why) == OK ? CONTROL_LATER
	                                                    : CONTROL_STALE;
}

enum control_outcome commands_order(struct cabinet *cabinet, const struct order *order,
        const char *who, char answer[CONTROL_MOST], const struct moment *now)
{
	struct commanding *commanding = &cabinet->commanding;
	struct remembered_command *told = &commanding->told;
	struct problem why = { .text = "" };
	char hex[3 * COMMAND_MOST + 8];
	enum control_outcome outcome = accept_order(cabinet, order, now, &why);
	if (outcome != CONTROL_LATER) {
		snprintf(answer, CONTROL_MOST, "%s", why.text);
		return outcome;
	}
	const struct profile_command *command = command_of(cabinet);
	bool value = order->value[0] != '\0';
	command_hex(commanding->request, commanding->n, hex, sizeof hex);
	snprintf(told->instrument, sizeof told->instrument, "%s", order->id);
	snprintf(told->what, sizeof told->what, "%s%s%s%s%s; changes %s; request %s",
	        command->name, value ? " " : "", order->value,
	        value && command->unit[0] != '\0' ? " " : "",
	        value ? command->unit : "", command_changes[command->changes], hex);
	snprintf(told->by, sizeof told->by, "by %s: %s", who, order->reason);
	tell(cabinet, "command ordered", "", now);
	commanding->state = COMMANDING_DURABLE;
	commanding->until_us = now->mono_us + DURABLE_US;
	cabinet_remember(cabinet);
	commanding->version = cabinet->version;
	return CONTROL_LATER;
}
