/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/senses.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

int senses_open(struct senses *senses, const struct cabinet_options *options,
        const struct moment *now)
{
	static struct cabinet_memory memory;
	struct problem why = { .text = "" };
	struct cabinet_options all = *options;
	snprintf(senses->path, sizeof senses->path, "%.*s/%s", PATH_MAX - 32,
	        options->folder, CABINET_FILE);
	if (cabinet_memory_read(&memory, senses->path, &why) == MALFORMED)
		log_line(LOG_ALERT, "%s; nothing is remembered of before", why.text);
	if (cabinet_note_init(&senses->note) != OK)
		return FAILED;
	all.note = &senses->note;
	all.memory = &memory;
	senses->cabinet = cabinet_new(&all, now);
	return senses->cabinet != NULL ? OK : FAILED;
}

bool senses_end(struct senses *senses, const struct moment *now)
{
	return cabinet_end(senses->cabinet, now);
}

void senses_write(struct senses *senses)
{
	cabinet_note_write(&senses->note, senses->path);
	int error = atomic_load(&senses->note.error);
	if (error != 0)
		log_seldom(LOG_WARN, "cabinet memory",
		        "%s cannot be written: %s; a restart would forget bottles and "
		        "maintenance",
		        senses->path, strerrordesc_np(error));
}

void senses_close(struct senses *senses)
{
	cabinet_free(senses->cabinet);
	cabinet_note_end(&senses->note);
}
