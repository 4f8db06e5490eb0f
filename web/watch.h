/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps the view of an archive fresh: it is read again when it changed, and never more
 * often than every few seconds, however many people ask. */
#ifndef WEB_WATCH_H
#define WEB_WATCH_H

#include "base/status.h"
#include "web/view.h"

struct watch;

/* OK, or a problem: not an archive, no rules. */
int watch_new(
        struct watch **out, const char *archive, int64_t now_us, struct problem *why);
void watch_free(struct watch *watch);

/* The view as of now, valid until the next call.  When the archive cannot be read any
 * more the last view stays, and says so in `trouble`. */
const struct view *watch_look(struct watch *watch, int64_t now_us);

#endif
