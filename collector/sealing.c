/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/sealing.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"

int sealing_open(struct sealing *sealing, struct ingest *ingest)
{
	*sealing = (struct sealing){ .ingest = ingest,
		.descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
	return sealing->descriptor >= 0 ? OK : FAILED;
}

void sealing_scrub(struct sealing *sealing, const struct scrub_options *options)
{
	scrub_open(&sealing->scrub, options, ingest_dir(sealing->ingest));
	sealing->seen = sealing->scrub;
}

static void *run(void *with)
{
	struct sealing *sealing = with;
	const uint64_t one = 1;
	struct problem why = { .text = "" };
	malloc_trim(0); /* what a rush of cabinets left free is wanted now */
	sealing->result = seal_job_run(sealing->job, &why);
	if (sealing->result < 0 && strcmp(why.text, sealing->why.text) != 0)
		log_line(LOG_ALERT, "sealing: %s", why.text);
	if (sealing->result >= 0 && sealing->why.text[0] != '\0')
		log_line(LOG_INFO, "sealing: goes on again");
	sealing->why = why;
	scrub_run(&sealing->scrub, sealing->job);
	(void)!write(sealing->descriptor, &one, sizeof one);
	return NULL;
}

int sealing_begin(struct sealing *sealing, int64_t now_us)
{
	if (sealing->job != NULL)
		return OK;
	sealing->job = ingest_seal_begin(sealing->ingest, now_us, false);
	if (sealing->job == NULL)
		return FAILED;
	sealing->began_us = now_us;
	if (pthread_create(&sealing->thread, NULL, run, sealing) == 0)
		return OK;
	ingest_seal_end(sealing->ingest, sealing->job);
	sealing->job = NULL;
	return FAILED;
}

void sealing_end(struct sealing *sealing)
{
	uint64_t count;
	if (sealing->job == NULL)
		return;
	pthread_join(sealing->thread, NULL);
	(void)!read(sealing->descriptor, &count, sizeof count);
	ingest_seal_end(sealing->ingest, sealing->job);
	sealing->job = NULL;
	sealing->seen = sealing->scrub;
	sealing->left = sealing->why;
	if (sealing->result > 0)
		sealing->files += (uint64_t)sealing->result;
}

void sealing_close(struct sealing *sealing)
{
	if (sealing->job != NULL)
		seal_job_hurry(sealing->job);
	sealing_end(sealing);
	scrub_close(&sealing->scrub);
	close(sealing->descriptor);
}
