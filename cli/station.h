/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac station: its verbs, one file each (station_add*.c are one), and what they share. */
#ifndef CLI_STATION_H
#define CLI_STATION_H

#include "cli/common.h"
#include "sensors/tools/trial.h"

int station_test(int argc, char **argv);
int station_add(int argc, char **argv);

/* ---- station_poll.c: one poll of a trial, for people ---- */

/* One poll as it came: what was sent, what came, every channel; its time with the station's offset. */
void station_tell_reading(FILE *out, const struct trial_reading *reading,
        int offset_min, bool vietnamese);

/* The same in one line: time, values, wait. */
void station_tell_short(FILE *out, const struct trial_reading *reading, int offset_min,
        bool vietnamese);

/* Milliseconds to the first answer; NAN: nothing was asked, or nothing came. */
double station_poll_ms(const struct trial_reading *reading);

/* The polls before; all zero at the beginning. */
struct station_polls {
	size_t n, sent; /* requests that a poll takes */
	uint8_t state[READING_CHANNELS];
};

/* Is it to be told in full: the first, one whose channels are in other states than before, one that
 * was asked again, or a tiny value?  What fails as the one before did is none. */
bool station_poll_is_news(
        struct station_polls *polls, const struct trial_reading *reading);

/* ---- station_told.c: what a trial showed in the end ---- */

/* How it went, in plain words with the cure; its exit code: 0 where every poll was
 * answered and something usable came, else EXIT_FOUND. */
int station_tell_verdict(FILE *out, const struct station *station, size_t i,
        const struct trial_tally *tally, bool vietnamese);

/* ---- station_cure.c ---- */

/* What to do about it, "" nothing: of an instrument at a network address or a serial line, that speaks
 * Modbus or something else. */
const char *station_cure(
        enum trial_verdict verdict, bool tcp, bool modbus, bool vietnamese);

/* "ok", "đang đo" */
const char *station_state_word(uint8_t state, bool vietnamese);

#endif
