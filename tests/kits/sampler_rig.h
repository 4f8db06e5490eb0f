/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The automatic sampler of the cabinet of cabinet_rig.h: armed on COD above 75 mg/L for 15 min. */
#ifndef TESTS_SAMPLER_RIG_H
#define TESTS_SAMPLER_RIG_H

/* Its configuration, up to its output. */
#define SAMPLER                                                                        \
	"cabinet: {usb: no, boot: no, login: no}\n"                                    \
	"sampler: {armed: yes, instrument: cod, channel: cod, above: 75 mg/L, for: "   \
	"15min, bottles: 3, most_per_day: 2, pulse: 500ms, "

/* A reading of COD a minute for so long. */
void sampler_cod_is(double value, int minutes);

/* The last that was told of it has this state, and this in its text. */
void sampler_last(const char *state, const char *text);

#endif
