/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The scrub: what was sealed is looked at again, so that damage is found while it can
 * still be healed and not when somebody asks for the day.  One round goes over every
 * sealed file (its SHA-256 against the seal list) and every journal (its check sums); a
 * round is begun once a week and read no faster than a bound, in the sealing thread when
 * it has nothing to seal.  At the start the newest files are verified whole.
 *
 * A file that is damaged or missing is made again while the journals still hold its
 * records, and one that a tool rewrote from what it says itself.  The writer is deterministic: if the new file is to the bit the one that was
 * sealed it takes its place and the damaged one goes to quarantine/; if it is not, it is
 * thrown away and nothing is touched but the log.
 *
 * <archive>/scrub keeps where the round stands, so that a restart does not begin anew.
 */
#ifndef COLLECTOR_SCRUB_H
#define COLLECTOR_SCRUB_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/seal.h"

#define SCRUB_EVERY_S (7 * 86400.0)
#define SCRUB_BYTES_S (4.0 * (1 << 20))
#define SCRUB_BURST   (64.0 * (1 << 20)) /* most bytes at once */
#define SCRUB_NEWEST  3 /* files that are verified whole at the start */
#define SCRUB_TEXT    256

struct scrub_options {
	double every_s; /* 0: never */
	double bytes_s; /* read at most so fast */
	bool silent; /* nothing goes to the log: whoever asked tells what is in `told` */
};

/* What one round found. */
struct scrub_round {
	int64_t began_us, ended_us; /* 0: none */
	uint64_t files, bytes, damaged, restored, journals_damaged;
};

struct scrub {
	struct scrub_options options;
	bool begun;               /* in this process */
	double balance;           /* bytes that may be read now */
	int64_t paced_us;         /* when that was reckoned last */
	struct scrub_round round; /* under way, or the last one if ended_us */
	struct scrub_round last;  /* the last whole one */
	uint64_t next_file;       /* in the seal list */
	size_t next_journal;      /* of the job's limits */
	uint64_t next_seq;        /* in it */
	size_t n_told; /* damage that was told already, by its text; if silent
	                             also what was made again */
	char **told;
	char worst[SCRUB_TEXT]; /* first damage of the round that was not healed; "" */
};

/* Take up the round that was under way. */
void scrub_open(
        struct scrub *scrub, const struct scrub_options *options, const char *dir);
void scrub_close(struct scrub *scrub);

/* Look at as much as is due by the job's clock; ends early when it is told to hurry. */
void scrub_run(struct scrub *scrub, struct seal_job *job);

/* One whole round at once, as fast as the disk goes: `quantrac recover`. */
void scrub_all(struct scrub *scrub, struct seal_job *job);

#endif
