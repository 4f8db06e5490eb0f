/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A station that hears a line with another master (lead 1 every 10 s, inputs 17 every 5 s), its
 * poller, a clock moved by hand, and all that the poller said. */
#ifndef TESTS_HEARD_KIT_H
#define TESTS_HEARD_KIT_H

#include "sensors/poller/poller.h"
#include "sensors/station/redecode.h"

#define SECOND     INT64_C(1000000)
#define START_US   (1000 * SECOND)
#define START_TIME INT64_C(1794188880000000)
#define LEAD       0x1008
#define STATE      0x1083
#define SETTINGS   0x1089

struct tap_port {
	struct port port;
	bool open;
	uint8_t byte[4096];
	size_t n;
	size_t writes; /* calls: there may be none */
};

struct got {
	size_t instrument, n_exchanges;
	struct moment when;
	uint8_t state;
	double value;
};

struct world {
	struct station *station;
	struct poller *poller;
	struct tap_port line;
	struct moment now;
	struct got got[256];
	size_t n;
	struct redecode
	        *redecode[2]; /* every reading is decoded again from its bytes */
	char told[16][160];
	char said[16][400]; /* the same, each with its text */
	size_t n_told;
};

/* Begin anew on a port ("path: /dev/pts/3"); NULL: on world->line. */
void heard_begin(struct world *world, const char *path);
void heard_end(struct world *world);
/* cmocka fixtures of it: a world on world->line. */
int heard_setup(void **state);
int heard_teardown(void **state);
#define HEARD(test) cmocka_unit_test_setup_teardown(test, heard_setup, heard_teardown)
/* The DESCRIBE anew, after a setting was changed. */
void heard_describe(struct world *world);

/* Let time pass, a step a millisecond. */
void heard_wait(struct world *world, int ms);

/* What another master asks of slave 1, function 3, and what comes back: 30 and 20 ms. */
void other_asks(struct world *world, uint16_t start, uint16_t count);
void slave_answers(
        struct world *world, uint16_t start, const uint16_t *word, uint16_t count);
/* Bytes on the line. */
void line_say(struct world *world, const uint8_t *in, size_t n);
/* What the plant's own master does in one of its rounds: 100 ms. */
void other_round(struct world *world);

size_t heard_count(const struct world *world, size_t instrument, uint8_t state);
bool heard_told(const struct world *world, const char *text);
/* Whether something that contains `part` was told, text and all. */
bool heard_said(const struct world *world, const char *part);

#endif
