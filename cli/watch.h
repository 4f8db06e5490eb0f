/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `quantrac watch` shows: the live view as a picture of character cells.  watch_draw is pure. */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include <stdbool.h>

#include "base/clock.h"
#include "cli/screen.h"
#include "sensors/cabinet/live.h"
#include "sensors/station/station.h"

/* sensord writes every second: nothing of a view that is older is shown as a value of now. */
#define WATCH_OLD_US INT64_C(5000000)

struct watch {
	const struct station *station; /* NULL: its configuration cannot be read */
	const struct live_view *view;  /* NULL: there is nothing current */
	const char *problem;           /* why there is none, or no configuration */
	struct moment now;
	int64_t last_us; /* when there was a view last; 0: never */
	bool vietnamese; /* first */
	bool both;       /* the other language too */
	bool kiosk;      /* as large as fits */
	bool whole;      /* no terminal: as many lines as there is to say */
	int offset_min;  /* of legal time */
	int page; /* of those that do not fit at once; taken modulo their number */
};

/* Fill the screen; the number of pages. */
int watch_draw(struct screen *screen, const struct watch *watch);

/* Lines of a table that shows all channels, of so many columns. */
int watch_lines(const struct watch *watch, int cols);

/* ---- the parts: watch_words.c, watch_value.c ---- */

struct word {
	const char *vi, *en;
};
/* The word for a channel's state, and how good it is. */
enum tone { TONE_GOOD, TONE_OVER, TONE_NOTE, TONE_BAD, TONE_QUIET };
const struct word *watch_state(const char *state, enum tone *tone);
/* Of an input's state, by its kind; of a link. */
const struct word *watch_input(const char *state);
/* Of the sampler's state, and how good it is; whether it is of one moment, which is told too. */
const struct word *watch_sampler(const char *state, enum tone *tone);
bool watch_sampler_happened(const char *state);

/* One channel as it is shown. */
struct shown_channel {
	const struct live_channel *live;
	const char *label_vi, *label_en;
	char value[32]; /* "" there is none */
	char unit[32];
	char limit[64], source[96]; /* "" none */
	struct word state;
	enum tone tone;
	int64_t age_us; /* of the value; -1: none */
};
void watch_channel(const struct watch *watch, const struct live_channel *live,
        struct shown_channel *out);

/* A number as people of the language write it. */
void watch_number(double value, int decimals, bool vietnamese, char out[32]);
/* "3 s", "12 min" or "12 phút". */
void watch_age(int64_t age_us, bool vietnamese, char out[32]);
int watch_style(enum tone tone);

/* A channel of the view that is shown at all. */
bool watch_wanted(const struct live_channel *live);

/* Both languages of a word, where both are asked for.  watch_draw.c */
void watch_both(
        const struct watch *watch, const struct word *word, char *out, size_t room);

/* Where there is no view.  watch_nothing.c */
void watch_nothing(struct screen *screen, const struct watch *watch);

/* The lines below: maintenance, contacts, the sampler, what was sent; how many on a screen of this size.
 * watch_foot.c */
int watch_foot_lines(const struct watch *watch, int rows, int cols);
void watch_foot(struct screen *screen, const struct watch *watch);

#endif
