/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sealing and scrubbing in a thread of its own, so that acknowledgements go on.  libhdf5 is spoken to
 * in it alone. */
#ifndef COLLECTOR_SEALING_H
#define COLLECTOR_SEALING_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "collector/ingest.h"
#include "collector/scrub.h"

struct sealing {
	struct ingest *ingest;
	pthread_t thread;
	struct seal_job *job; /* NULL: none under way */
	int descriptor;       /* eventfd: readable when the job has ended */
	int result;           /* of the last job */
	struct problem why;
	int64_t began_us;    /* UTC, of the last job; 0: none yet */
	uint64_t files;      /* sealed since the start */
	struct scrub scrub;  /* of the thread */
	struct scrub seen;   /* its rounds, as the last job left them */
	struct problem left; /* the last job's, too */
};

int sealing_open(struct sealing *sealing, struct ingest *ingest); /* OK or FAILED */
/* Look again at what was sealed whenever a job has nothing more to seal. */
void sealing_scrub(struct sealing *sealing, const struct scrub_options *options);
/* Begin a job unless one is under way; OK or FAILED. */
int sealing_begin(struct sealing *sealing, int64_t now_us);
/* The descriptor was readable: take the result, log it on change. */
void sealing_end(struct sealing *sealing);
/* Waits for the file under way. */
void sealing_close(struct sealing *sealing);

#endif
