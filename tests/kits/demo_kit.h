/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demonstration by the real program, played once for all tests of a group, and questions to its archive. */
#ifndef TESTS_DEMO_KIT_H
#define TESTS_DEMO_KIT_H

#define DEMO_NOW "2026-11-23T09:30:00+07:00" /* day 1 is 2026-10-24 */

extern char demo_folder[4096]; /* the archive is demo/archive below it */
extern char *demo_screen;      /* all that demo said */

/* Fixtures of the group. */
int demo_play(void **state);
int demo_leave(void **state);

/* What the command says with these arguments (the caller frees); of the second its end is 0. */
char *demo_quantrac(int *exit_code, const char *arguments);
char *demo_ok(const char *arguments);
/* It ends with 0, and this is in what it says. */
void demo_says(const char *arguments, const char *part);

/* The last screen of demo once more, in a language (the caller frees). */
char *demo_told(const char *language);

#endif
