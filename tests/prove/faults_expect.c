/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What must be seen of a fault, on every kind of line:
 *
 *   no value is taken that the instrument did not say to that request, but for what the
 *     protocol's own check cannot know (and only there);
 *   the state is that of the fault, in all readings but the first two;
 *   every request ends as an answer, a timeout, a wrong check sum or no answer at all;
 *   who shares the line loses no reading, unless the line itself is gone;
 *   the first poll that begins after the fault is good; where nothing in an answer says which request
 *     it is to, the first after the time that answers may still come.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/reading.h"
#include "tests/prove/faults_world.h"

bool faults_apply(const struct faults_kind *kind, const struct faults_fault *fault)
{
	bool wire = strncmp(kind->port, "path", 4) == 0;
	return !(fault->kind & ASKED && kind->lacks & UNASKED) &&
	       !(fault->kind & WIRED && !wire) &&
	       !(fault->kind & REFUSAL && !(kind->lacks & REFUSES)) &&
	       !(fault->kind & CODED && !(kind->lacks & CODES)) &&
	       !(fault->kind & MOVED && kind->other == NULL) &&
	       !(fault->kind & FOREIGN && kind->profile[1] == NULL);
}

/* What the check of the protocol may let pass, at most one in so many. */
static uint64_t most_admitted(const struct faults_world *world,
        const struct faults_fault *fault, const struct faults_tally *tally)
{
	unsigned lacks = world->kind->lacks;
	/* whoever is for ever one answer behind, or another one's answer */
	bool unseen = fault->kind & (FOREIGN | BEHIND);
	uint64_t all =
	        tally->readings * world->station->instrument[0].profile->n_blocks;
	if (fault->kind & SAID || (unseen && lacks & NO_TIE))
		return all;
	if (!(fault->kind & ALTERED))
		return 0;
	if (lacks & NO_CHECK)
		return all;
	if (fault->kind & ONE_BIT)
		return 0;
	if (lacks & WEAK_CHECK)
		return tally->readings / 20;
	return lacks & XOR_CHECK ? tally->readings / 1000 + 2
	                         : tally->readings / 8192 + 2;
}

static bool states_right(const struct faults_world *world,
        const struct faults_fault *fault, const struct faults_tally *tally)
{
	/* what comes too late is no answer that could be garbled */
	if (fault->kind & LATE && world->kind->lacks & CODES)
		return tally->state[STATE_SILENT] + 2 >= tally->readings;
	if (fault->state < 0)
		return true;
	/* what another said passes for the answer, and has no value for this one */
	if (fault->kind & FOREIGN && world->kind->lacks & NO_TIE)
		return true;
	uint64_t right = tally->state[fault->state];
	/* SDI-12 has answers of three bytes without a check ("0", CR, LF: no values): among millions
	 * that mean nothing there are some */
	if (fault->kind & ENDLESS && world->kind->lacks & IN_PIECES)
		right += tally->state[STATE_SILENT];
	if (fault->state == STATE_GARBLED && world->kind->lacks & BARE_REFUSAL &&
	        tally->state[STATE_REFUSED] <= tally->readings / 2000)
		right += tally->state[STATE_REFUSED];
	return right + 2 >= tally->readings;
}

static uint64_t ended(const struct poller_counts *counts)
{
	return counts->answers + counts->timeouts + counts->checksum +
	       counts->malformed;
}

/* The last request may be on its way still. */
static bool adds_up(const struct faults_world *world)
{
	const struct poller_counts *counts = poller_counts(world->poller, 0);
	if (world->speaks || world->kind->lacks & IN_PIECES)
		return true;
	return counts->requests - ended(counts) <= 1;
}

static bool other_lost(
        const struct faults_world *world, const struct faults_fault *fault)
{
	if (world->n < 2 || fault->kind & LINE)
		return false;
	/* how long it measures an instrument of SDI-12 says without a check */
	if (fault->kind & ALTERED && world->kind->lacks & IN_PIECES)
		return false;
	/* its bytes fall into the other one's message, and where that begins nobody knows */
	if (fault->kind & DRAWN_OUT && world->kind->lacks & NO_START)
		return false;
	const struct faults_tally *tally = &world->tally[1];
	return tally->state[STATE_OK] != tally->readings || tally->wrong > 0 ||
	       poller_counts(world->poller, 1)->overruns > 0;
}

/* One that is for ever behind must be seen by the comparison where the poller cannot: else that is blind. */
static bool finds_nothing(const struct faults_world *world,
        const struct faults_fault *fault, const struct faults_tally *tally)
{
	return fault->kind & BEHIND &&
	       (world->kind->lacks & ~(unsigned)XOR_CHECK) == NO_TIE &&
	       tally->admitted == 0;
}

bool faults_as_expected(const struct faults_world *world,
        const struct faults_fault *fault, const struct faults_tally *tally, char *why,
        size_t room)
{
	uint64_t most = most_admitted(world, fault, tally);
	why[0] = '\0';
	if (tally->wrong > 0)
		snprintf(why, room, "%" PRIu64 " values nobody said", tally->wrong);
	else if (tally->admitted > most)
		snprintf(why, room,
		        "%" PRIu64 " altered values, at most %" PRIu64 " may be",
		        tally->admitted, most);
	else if (finds_nothing(world, fault, tally))
		snprintf(why, room, "an instrument one behind, and nothing was found");
	else if (!states_right(world, fault, tally))
		snprintf(why, room,
		        "of %" PRIu64 " readings %" PRIu64 " are ok, %" PRIu64
		        " silent, %" PRIu64 " garbled, %" PRIu64 " refused",
		        tally->readings, tally->state[STATE_OK],
		        tally->state[STATE_SILENT], tally->state[STATE_GARBLED],
		        tally->state[STATE_REFUSED]);
	else if (!adds_up(world))
		snprintf(why, room, "the counts do not add up");
	else if (other_lost(world, fault))
		snprintf(why, room,
		        "of the other one's %" PRIu64 " readings %" PRIu64
		        " are ok, %" PRIu64 " wrong, %" PRIu64 " left out",
		        world->tally[1].readings, world->tally[1].state[STATE_OK],
		        world->tally[1].wrong,
		        poller_counts(world->poller, 1)->overruns);
	else if (world->last_state[0] != STATE_OK)
		snprintf(why, room, "its first poll after the fault is %s",
		        channel_state_text((uint8_t)world->last_state[0]));
	return why[0] == '\0';
}
