/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of quantrac-collectd share. */
#ifndef COLLECTOR_COLLECTD_PARTS_H
#define COLLECTOR_COLLECTD_PARTS_H

#include <sys/types.h>
#include <time.h>

#include "archive/archive.h"
#include "base/clock.h"
#include "base/socket.h"
#include "collector/collectd_config.h"
#include "collector/desk.h"
#include "collector/sealing.h"

struct listed { /* the folder of agents, as last seen */
	struct timespec mtime;
	ino_t inode;
	bool changed; /* against the look before */
};

struct collectd {
	struct collectd_config config;
	struct config *document;
	struct archive_identity identity;
	struct key_pair own;
	struct server_socket *server;
	struct ingest *ingest;
	struct desk desk;
	struct sealing sealing;
	struct clock clock;
	struct moment now;
	struct server_counts counts;
	size_t agents;
	struct listed listed;
	bool mute;    /* the status file could not be written last time */
	bool changed; /* since the status file was written */
	bool spoke;   /* with the socket, since it was found empty */
	bool cannot_commit;
	int64_t commit_us; /* all of these by CLOCK_BOOTTIME; 0: nothing gathered */
	int64_t end_us;    /* INT64_MAX: no end */
	int64_t reload_us, incoming_us, seal_us, status_us;
	uint8_t in[WIRE_MOST], out[WIRE_MOST];
};

/* Open, or end the program saying why. */
void collectd_open_archive(struct collectd *collectd);
void collectd_open_link(struct collectd *collectd);

/* Who knocked, was not heard or came too often since the last look: into the log, and collectd->counts. */
void collectd_note_counts(struct collectd *collectd);

#endif
