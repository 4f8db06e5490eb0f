/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/cabinet/cabinet_note.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"

#define TEXT_HEAD 16384 /* bytes of all but ... */
#define TEXT_EACH                                                                      \
	512 /* ... an instrument or key-switch: its maintenance, and that of the day */

int cabinet_note_init(struct cabinet_note *note, size_t most)
{
	*note = (struct cabinet_note){ .size = TEXT_HEAD + most * TEXT_EACH };
	pthread_mutex_init(&note->lock, NULL);
	note->text = calloc(1, note->size);
	note->copy = calloc(1, note->size);
	if (note->text != NULL)
		note->stream = fmemopen(note->text, note->size, "w");
	if (note->stream != NULL && note->copy != NULL &&
	        cabinet_shown_init(&note->shown, most) == OK &&
	        cabinet_shown_init(&note->seen, most) == OK)
		return OK;
	cabinet_note_end(note);
	return FAILED;
}

void cabinet_note_end(struct cabinet_note *note)
{
	if (note->stream != NULL)
		fclose(note->stream);
	free(note->text);
	free(note->copy);
	cabinet_shown_free(&note->shown);
	cabinet_shown_free(&note->seen);
	pthread_mutex_destroy(&note->lock);
}

uint64_t cabinet_note_put(
        struct cabinet_note *note, const struct cabinet_memory *memory)
{
	pthread_mutex_lock(&note->lock);
	rewind(note->stream);
	cabinet_memory_print(memory, note->stream);
	bool bad = fflush(note->stream) != 0;
	long n = ftell(note->stream);
	assert(!bad && n > 0); /* its most entries fit */
	note->n = (size_t)n;
	uint64_t version = ++note->version;
	pthread_mutex_unlock(&note->lock);
	return version;
}

void cabinet_note_show(struct cabinet_note *note, const struct cabinet_shown *shown)
{
	pthread_mutex_lock(&note->lock);
	cabinet_shown_copy(&note->shown, shown);
	pthread_mutex_unlock(&note->lock);
}

const struct cabinet_shown *cabinet_note_shown(struct cabinet_note *note)
{
	pthread_mutex_lock(&note->lock);
	cabinet_shown_copy(&note->seen, &note->shown);
	pthread_mutex_unlock(&note->lock);
	return &note->seen;
}

void cabinet_note_write(struct cabinet_note *note, const char *path)
{
	pthread_mutex_lock(&note->lock);
	uint64_t version = note->version;
	size_t n = note->n;
	bool due = version != atomic_load(&note->written);
	if (due)
		memcpy(note->copy, note->text, n);
	pthread_mutex_unlock(&note->lock);
	if (!due)
		return;
	if (file_rewrite(path, note->copy, n, note->size) != OK) {
		atomic_store(&note->error, errno != 0 ? errno : EIO);
		return;
	}
	atomic_store(&note->error, 0);
	atomic_store(&note->written, version);
}
