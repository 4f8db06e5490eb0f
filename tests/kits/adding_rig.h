/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cabinet that quantrac station add shall add to: its configuration, and a line with instruments. */
#ifndef TESTS_ADDING_RIG_H
#define TESTS_ADDING_RIG_H

#include <sys/types.h>

/* <folder>/station.yaml with its comments, before, in and behind the list of instruments. */
extern const char adding_head[], adding_instruments[], adding_tail[];

/* Write it, and start the line: run/bus, where a fixture-gas is slave 7, and TCP at adding_port,
 * where it is slave 2. */
pid_t adding_begin(const char *folder);
extern int adding_port;

/* A file of the folder; the caller frees. */
char *adding_file(const char *folder, const char *name);

/* station.yaml is what adding_begin wrote. */
void adding_unchanged(const char *folder);

#endif
