/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cabinet's screen at 08:48 of 9 November 2026: COD and pH are measured, the temperature is off, the door is
 * open; what it shows is read from a terminal of our own. */
#ifndef TESTS_KIOSK_KIT_H
#define TESTS_KIOSK_KIT_H

#include "cli/watch.h"
#include "tests/kits/vt.h"

#define S INT64_C(1000000)

enum { RED = 1, GREEN = 2, YELLOW = 3 };

extern struct kiosk {
	struct station *station;
	struct live_channel channel[3];
	struct live_state told[8];
	struct live_view view;
	struct watch scene;
	struct vt vt;
} kiosk;

/* The scene anew before each test; its end after the group. */
int kiosk_setup(void **state);
int kiosk_end(void **state);
#define KIOSK(test) cmocka_unit_test_setup(test, kiosk_setup)

/* Draw it; the pages it has. */
int kiosk_draw(int rows, int cols);
void kiosk_shows(const char *text);
void kiosk_shows_not(const char *text);
/* The colour a text begins with. */
int kiosk_colour(const char *text);

#endif
