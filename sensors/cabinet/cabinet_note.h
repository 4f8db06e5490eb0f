/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the poller's thread hands to the keeper's: what the cabinet must remember, as
 * text, and what it shows. */
#ifndef SENSORS_CABINET_NOTE_H
#define SENSORS_CABINET_NOTE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/status.h"
#include "sensors/cabinet/cabinet_memory.h"
#include "sensors/cabinet/cabinet_shown.h"

struct cabinet_note {
	pthread_mutex_t lock; /* held for a copy of what follows only */
	size_t n, size;       /* of text: what is in it, and the length of the file */
	char *text, *copy;    /* copy: the keeper's thread's alone, as `seen` */
	FILE *stream;         /* into text */
	uint64_t version;     /* of text */
	struct cabinet_shown shown, seen;
	_Atomic uint64_t written; /* version on the disk */
	_Atomic int error;        /* errno of the last try, 0: it went well */
};

/* For so many instruments and key-switches together.  OK or FAILED. */
int cabinet_note_init(struct cabinet_note *note, size_t most);
void cabinet_note_end(struct cabinet_note *note);

/* The poller's thread: put a new text there; its version. */
uint64_t cabinet_note_put(
        struct cabinet_note *note, const struct cabinet_memory *memory);

/* What is shown beside it; from the poller's thread to the keeper's, there until the
 * next call. */
void cabinet_note_show(struct cabinet_note *note, const struct cabinet_shown *shown);
const struct cabinet_shown *cabinet_note_shown(struct cabinet_note *note);

/* The keeper's thread: write the newest, if it is not.  Its room is set aside, as
 * that of the journal is: a full disk does not make it forget. */
void cabinet_note_write(struct cabinet_note *note, const char *path);

#endif
