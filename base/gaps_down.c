/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gaps explained by a port, an instrument or a current loop that was down.  This is evidence: a port is
 * the reason where it is known to be the instrument's, or where every port that it may be
 * at was gone; never by a guess.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gaps_inside.h"

#define PORT "port "
enum { GAP_LOOPS = 8 }; /* so many are named */

enum tie { OTHERS, MAY_BE, ITS_OWN };

struct reasons {
	const struct gaps_told *
	        *port; /* [n] by the order in which they were first told */
	size_t n;
};

static bool is_port(const char *subject)
{
	return strncmp(subject, PORT, sizeof PORT - 1) == 0;
}

int gaps_port(struct gaps *gaps, const char *subject)
{
	struct gaps_told port = { .from_us = 0 };
	for (size_t i = 0; i < gaps->ports.n; i++)
		if (strcmp(gaps->ports.one[i].subject, subject) == 0)
			return OK;
	snprintf(port.subject, sizeof port.subject, "%s", subject);
	return is_port(subject) ? told_add(&gaps->ports, &port, "", 0) : OK;
}

/* ---- was it down ---- */

/* For how much of a stretch nothing tells that the cabinet's program ran. */
static int64_t paused_us(const struct gaps *gaps, int64_t from_us, int64_t to_us)
{
	const struct told_list *pauses = &gaps->pauses;
	int64_t sum_us = 0, at_us = from_us;
	for (size_t i = told_first(pauses, from_us); i < pauses->n; i++) {
		const struct gaps_told *pause = &pauses->one[i];
		int64_t end_us = gap_earlier(pause->to_us, to_us);
		if (pause->from_us >= to_us)
			break;
		at_us = gap_later(at_us, pause->from_us);
		sum_us += gap_later(end_us - at_us, 0);
		at_us = gap_later(at_us, end_us);
	}
	return sum_us;
}

/* Was it down for most of the gap?  What a program told holds as long as it runs.  That
 * it ran is shown by readings, also silent ones; where there are none, by what it told. */
static bool holds(
        const struct gaps *gaps, const struct gaps_told *down, const struct gap *gap)
{
	int64_t down_us = gap_overlap_us(down->from_us, down->to_us, gap);
	if (gap_is_bare(gap) && gap_is_most(down_us, gap))
		down_us -= paused_us(gaps, gap_later(down->from_us, gap->from_us),
		        gap_earlier(down->to_us, gap->to_us));
	return gap_is_most(down_us, gap);
}

/* The last that was told of a subject and holds for most of the gap; NULL: none. */
static const struct gaps_told *down_of(
        const struct gaps *gaps, const struct gap *gap, const char *subject)
{
	const struct told_list *downs = &gaps->downs;
	const struct gaps_told *found = NULL;
	for (size_t i = told_first(downs, gap->from_us); i < downs->n; i++) {
		const struct gaps_told *down = &downs->one[i];
		if (down->from_us > gap->to_us)
			break;
		if (strcmp(down->subject, subject) == 0 && holds(gaps, down, gap))
			found = down;
	}
	return found;
}

/* ---- whose port is it ---- */

/* An older DESCRIBE does not name the port, but its line is "10.0.0.7:502", and a port
 * that cannot be reached is told as "10.0.0.7 port 502: ...". */
static enum tie tie_by_place(const struct describe *describe, const char *text)
{
	char place[300], bracketed[300];
	const char *middle = strstr(text, " " PORT);
	size_t host = middle != NULL ? (size_t)(middle - text) : 0;
	if (host == 0 || host > 200 || strcspn(text, " ") < host)
		return MAY_BE;
	const char *service = middle + 1 + sizeof PORT - 1;
	size_t n = strcspn(service, ": ");
	if (service[n] != ':' || describe == NULL || describe->line == NULL ||
	        describe->line[0] == '\0')
		return MAY_BE;
	snprintf(place, sizeof place, "%.*s:%.*s", (int)host, text, (int)n, service);
	snprintf(bracketed, sizeof bracketed, "[%.*s]:%.*s", (int)host, text, (int)n,
	        service);
	return strcmp(describe->line, place) == 0 ||
	                       strcmp(describe->line, bracketed) == 0
	               ? ITS_OWN
	               : OTHERS;
}

/* `down` is what was told of the port; NULL: it was not gone. */
static enum tie tie_of(
        const struct gap *gap, const char *subject, const struct gaps_told *down)
{
	size_t n;
	const char *port = describe_port(gap->describe, &n);
	if (port == NULL)
		return down != NULL ? tie_by_place(gap->describe, down->text) : MAY_BE;
	subject += sizeof PORT - 1;
	return strlen(subject) == n && strncmp(subject, port, n) == 0 ? ITS_OWN
	                                                              : OTHERS;
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

/* A port that may be the instrument's went when the readings did, or was gone when what
 * is fed began. */
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

/* Its own port, if that was gone; else, where its own is not known, all ports that may
 * be, if not one of them was there. */
static void ports_of(
        const struct gaps *gaps, const struct gap *gap, struct reasons *out)
{
	bool all = true;
	for (size_t i = 0; i < gaps->ports.n; i++) {
		const char *subject = gaps->ports.one[i].subject;
		const struct gaps_told *down = down_of(gaps, gap, subject);
		enum tie tie = tie_of(gap, subject, down);
		if (tie == ITS_OWN) {
			out->port[0] = down;
			out->n = down != NULL;
			return;
		}
		if (tie == OTHERS)
			continue;
		if (down != NULL && went_together(gaps, down, gap))
			out->port[out->n++] = down;
		else
			all = false;
	}
	if (!all)
		out->n = 0;
}

/* ---- the reason ---- */

/* "port bus: hung up, or port net: ...", "loop plc/cod: ..., and loop plc/tss: ..." */
static void put_reasons(struct gaps *gaps, struct gap *gap,
        const struct gaps_told *const *reason, size_t n)
{
	char text[900];
	size_t at = 0;
	bool all = gap->instrument[0] == '\0' || gap->cause == GAP_LOOP;
	for (size_t i = 0; i < n && at < sizeof text; i++) {
		const char *between = i == 0 ? "" : all ? ", and " : ", or ";
		const char *words = reason[i]->text;
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%s: %s", between,
		        reason[i]->subject, words[0] != '\0' ? words : GAP_NOT_GIVEN);
	}
	gap_detail(gaps, gap, text);
}

/* An instrument whose port is gone is not silent: nobody asked it. */
static void explain(struct gaps *gaps, struct gap *gap, struct reasons *ports)
{
	bool asked = gap->cause == GAP_GARBLED || gap->cause == GAP_REFUSED;
	char subject[ID_SIZE + 16];
	snprintf(subject, sizeof subject, "instrument %s", gap->instrument);
	const struct gaps_told *own = down_of(gaps, gap, subject);
	if (own != NULL)
		put_reasons(gaps, gap, &own, 1);
	else
		ports_of(gaps, gap, ports);
	if (own == NULL && ports->n > 0)
		put_reasons(gaps, gap, ports->port, ports->n);
	if (!asked && (ports->n > 0 || (own != NULL && gap->cause != GAP_SILENT)))
		gap->cause = GAP_LINE;
}

/* Of one channel, or of all of an instrument: the loops whose current said so. */
static void explain_loops(struct gaps *gaps, struct gap *gap)
{
	const struct gaps_instrument *one = gaps_instrument(gaps, gap->instrument);
	const struct gaps_told *loop[GAP_LOOPS];
	size_t n = 0;
	for (size_t i = 0; one != NULL && i < one->n && n < GAP_LOOPS; i++) {
		const char *channel = one->track[i].channel;
		char subject[2 * ID_SIZE + 16];
		if (gap->channel[0] != '\0' && strcmp(gap->channel, channel) != 0)
			continue;
		snprintf(subject, sizeof subject, "loop %s/%s", gap->instrument,
		        channel);
		loop[n] = down_of(gaps, gap, subject);
		n += loop[n] != NULL;
	}
	if (n == 0)
		return;
	gap->cause = GAP_LOOP;
	put_reasons(gaps, gap, loop, n);
}

void gaps_down(struct gaps *gaps, struct gap *gap)
{
	struct reasons ports = { 0 };
	if (gap->cause == GAP_FAULT)
		explain_loops(gaps, gap);
	if (gap->cause != GAP_GARBLED && gap->cause != GAP_REFUSED &&
	        gap->cause != GAP_SILENT && gap->cause != GAP_NO_READING &&
	        gap->cause != GAP_STATION)
		return;
	ports.port = calloc(gaps->ports.n + 1, sizeof(struct gaps_told *));
	if (ports.port != NULL)
		explain(gaps, gap, &ports);
	else
		gaps->failed = true;
	free(ports.port);
}
