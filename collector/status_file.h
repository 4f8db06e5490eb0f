/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * <archive>/collectd.json, for `quantrac status` and the page: what the running
 * collector sees.  Replaced as a whole, at most once a second and at least every ten;
 * one that holds the archive's lock and
 * has an old "time" could not write it (archive/collector_state.h).
 */
#ifndef COLLECTOR_STATUS_FILE_H
#define COLLECTOR_STATUS_FILE_H

#include <stdint.h>

#include "collector/desk.h"
#include "collector/sealing.h"

struct status_view {
	int64_t now_us;
	bool ended; /* the last words: nobody is connected any more */
	int utc_offset_min;
	const char *endpoint, *public_key;
	const struct desk *desk;
	const struct sealing *sealing;
	const struct server_counts *counts;
	size_t agents; /* on the list */
};

/* The text, to be freed; NULL without memory. */
char *status_text_of(const struct status_view *view, size_t *n);

/* Replace the file.  `mute`: the last one could not be; when it turns, the log is told once. */
void status_write(const char *dir, const struct status_view *view, bool *mute);

#endif
