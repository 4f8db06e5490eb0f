/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/cabinet/senses.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

static int on_port(void *poller, size_t port)
{
	return poller_port_descriptor(poller, port);
}

static int on_coil(
        void *poller, size_t port, const struct coil *coil, const struct moment *now)
{
	return poller_coil(poller, port, coil, now);
}

static int on_command(
        void *poller, const struct poller_command *command, const struct moment *now)
{
	return poller_command(poller, command, now);
}

int senses_open(struct senses *senses, const struct cabinet_options *options,
        struct poller *poller, const struct moment *now)
{
	struct cabinet_memory memory;
	struct problem why = { .text = "" };
	struct cabinet_options all = *options;
	snprintf(senses->path, sizeof senses->path, "%.*s/%s", PATH_MAX - 32,
	        options->folder, CABINET_FILE);
	if (cabinet_memory_read(&memory, senses->path, &why) == MALFORMED)
		log_line(LOG_ALERT, "%s; nothing is remembered of before", why.text);
	if (cabinet_note_init(&senses->note, cabinet_most(options->station)) != OK)
		return FAILED;
	all.note = &senses->note;
	all.memory = &memory;
	all.hooks.lines = poller;
	all.hooks.port = on_port;
	all.hooks.coil = on_coil;
	all.hooks.command = on_command;
	senses->cabinet = cabinet_new(&all, now);
	cabinet_memory_free(&memory);
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
