/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The clients of the comparison: each gives a running system the same readings in its
 * best form, made ready beforehand, and waits for every acknowledgement.
 */
#ifndef TESTS_RIVALS_LOAD_H
#define TESTS_RIVALS_LOAD_H

#include <stddef.h>
#include <sys/types.h>

#include "tests/rivals/readings.h"

struct load {
	const struct shown *shown;
	size_t n;          /* readings */
	size_t batch;      /* readings of one request or commit */
	int connections;   /* at the same time */
	const char *place; /* port, folder, library: what the system is reached by */
	pid_t kill; /* 0, or who dies at the last acknowledgement; -1: this process */
	double began_s, cpu_s;
};

/* Ends the program with "rivals: why". */
_Noreturn void stop(const char *why, const char *detail);

/* The measured part: clock and processor time from load_begin to load_end, which prints
 * them; before that it kills, if it was asked to. */
void load_begin(struct load *load);
void load_end(struct load *load);

void load_influx(struct load *load);          /* HTTP, line protocol */
void load_victoria_json(struct load *load);   /* HTTP, JSON lines, one a series */
void load_victoria_native(struct load *load); /* HTTP, a file it has exported */
void load_postgres(struct load *load);        /* COPY BINARY, one commit a batch */
void load_postgres_record(
        struct load *load);                 /* the same with all that quantrac keeps */
void load_duckdb(struct load *load);        /* appender, one commit a batch */
void load_duckdb_record(struct load *load); /* the same with all that quantrac keeps */
void load_duckdb_found(struct load *load);  /* what is there */

/* place: a folder.  Readings into a journal, sealed, with and without raw frames. */
void load_sealed(struct load *load);
void load_sealed_bare(struct load *load);

/* Over the link, the collector killed at the last acknowledgement and asked again. */
void load_kept(struct load *load);

/* The limits of the machine for the same bytes: disk, and ZeroMQ over loopback. */
void load_limits(struct load *load);

#endif
