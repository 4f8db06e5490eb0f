/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An archive opened to be read by a command: reader, rules, legal time. */
#ifndef CLI_VIEW_H
#define CLI_VIEW_H

#include "analysis/permit.h"
#include "analysis/rule.h"
#include "archive/reader.h"
#include "cli/common.h"

struct view {
	struct reader *reader;
	struct rules rules;
	struct permits permits; /* by view_permits */
	int offset_min;
	size_t told, taken; /* reader problems already shown; stays after closing */
};

/* OK, or a problem; `with_rules` reads the rule folder too. */
int view_open(
        struct view *view, const char *archive, bool with_rules, struct problem *why);
/* Tells damage met on the way (once each) and closes. */
void view_close(struct view *view);
void view_tell(struct view *view);
/* The exit code of a command that did its work: 65 if some of the archive could not be
 * read. */
int view_exit(const struct view *view);

/* Read the permits of the archive too: OK, or a problem.  After it the stations of the
 * view are those that ever sent something, and behind them those that only a permit
 * names. */
int view_permits(struct view *view, struct problem *why);
size_t view_stations(const struct view *view);
const char *view_station(const struct view *view, size_t i);

/* The stations of a zone or one station: is `station` wanted? */
bool view_has_station(const struct view *view, const char *station);
/* OK, or NOT_FOUND with "did you mean" and the channels the station has. */
int view_channel(const struct view *view, const char *station, const char *channel,
        struct problem *why);
/* NOT_FOUND with "did you mean" and the stations there are. */
int view_no_station(const struct view *view, const char *station, struct problem *why);

#endif
