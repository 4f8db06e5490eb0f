/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac station: its verbs, one file each (station_add*.c are one), and what they share. */
#ifndef CLI_STATION_H
#define CLI_STATION_H

#include "cli/common.h"
#include "sensors/tools/trial.h"

int station_test(int argc, char **argv);
int station_add(int argc, char **argv);

/* ---- station_told.c: what a trial showed, for people ---- */

/* One poll as it came: what was sent, what came, every channel; its time with the station's offset. */
void station_tell_reading(FILE *out, const struct trial_reading *reading,
        int offset_min, bool vietnamese);

/* How it went, in plain words with the cure; its exit code: 0 where every poll was
 * answered and something usable came, else EXIT_FOUND. */
int station_tell_verdict(FILE *out, const struct station *station, size_t i,
        const struct trial_tally *tally, bool vietnamese);

/* "ok", "đang đo" */
const char *station_state_word(uint8_t state, bool vietnamese);

#endif
