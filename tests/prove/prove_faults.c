/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * So many transactions against every fault of the simulator, for every kind of line: by the
 * real poller, a clock moved by hand, nothing waits.  tests/prove/faults_world.h says what counts
 * as wrong.
 *
 *   faults [-n TRANSACTIONS] [KIND]
 */
#include "tests/kits/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/reading.h"
#include "tests/prove/faults_world.h"

static uint64_t transactions, accepted, admitted, failures;

static void head(const char *kind)
{
	printf("%-26s %8s %8s %8s %8s %8s %8s %8s %9s %6s %8s %8s %8s\n", kind, "asked",
	        "ok", "silent", "garbled", "refused", "late", "echoes", "noise",
	        "wrong", "admitted", "marked", "back");
}

static void row(const struct faults_world *world, const struct faults_fault *fault,
        int64_t back_us)
{
	struct poller_counts counts = *poller_counts(world->poller, 0);
	const struct poller_counts *clean = &world->clean;
	const struct faults_tally *tally = &world->tally[0];
	uint64_t asked =
	        world->speaks ? tally->readings : counts.requests - clean->requests;
	printf("  %-24s %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %8" PRIu64
	       " %8" PRIu64 " %8" PRIu64 " %9" PRIu64 " %6" PRIu64 " %8" PRIu64
	       " %8" PRIu64 " %7.2fs\n",
	        fault->name, asked, tally->state[STATE_OK], tally->state[STATE_SILENT],
	        tally->state[STATE_GARBLED], tally->state[STATE_REFUSED],
	        counts.late - clean->late, counts.echoes - clean->echoes,
	        counts.noise - clean->noise, tally->wrong, tally->admitted,
	        tally->marked, (double)back_us / 1e6);
	transactions += asked;
	accepted += tally->state[STATE_OK];
	admitted += tally->admitted;
}

static void prove(
        const struct faults_kind *kind, const struct faults_fault *fault, uint64_t n)
{
	char why[256];
	if (!faults_apply(kind, fault))
		return;
	struct faults_world *world = faults_new(kind, fault->scene);
	/* with bytes all the time nobody can be asked: fewer polls of that */
	faults_transactions(world, fault->kind & ENDLESS ? n / 100 + 1 : n);
	struct faults_tally tally = world->tally[0];
	int64_t back_us = faults_recover(world);
	row(world, fault, back_us);
	if (!faults_as_expected(world, fault, &tally, why, sizeof why)) {
		printf("    WRONG: %s\n", why);
		failures++;
	}
	faults_free(world);
}

int main(int argc, char **argv)
{
	uint64_t n = 10000;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int option; (option = getopt(argc, argv, "n:")) != -1;) {
		if (option != 'n') {
			fputs("usage: faults [-n TRANSACTIONS] [KIND]\n", stderr);
			return 64;
		}
		n = strtoull(optarg, NULL, 10);
	}
	for (size_t k = 0; k < n_faults_kinds; k++) {
		const struct faults_kind *kind = &faults_kinds[k];
		if (optind < argc && strstr(kind->name, argv[optind]) == NULL)
			continue;
		head(kind->name);
		for (size_t f = 0; f < n_faults_faults; f++)
			prove(kind, &faults_faults[f], n);
	}
	printf("%" PRIu64 " transactions, %" PRIu64 " values accepted, %" PRIu64
	       " that the protocol's own check lets pass; %" PRIu64
	       " rows are not as they must be\n",
	        transactions, accepted, admitted, failures);
	return failures == 0 ? 0 : 1;
}
