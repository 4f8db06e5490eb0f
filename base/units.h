/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Units, by UDUNITS-2 behind a guard table for what it does not know or takes for
 * something else: pH is not picohenry; NTU, Nm3, Pt-Co, dB(A), CFU.
 */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stddef.h>

/* OK; MALFORMED: nobody knows this unit, or it could mean two things ("ppt", "Mg/l",
 * "mg N/L"); FAILED: UDUNITS's table (libudunits2-data) is not there, or no memory. */
int units_check(const char *unit);

/* The same measurement in other units: value in `to` = factor * value in `from` +
 * offset. OK, MALFORMED (unknown unit) or REFUSED (units of different things: ug/m3 and
 * ppb need a molar mass and a reference state, which is not a matter of units). */
int units_convert(const char *from, const char *to, double *factor, double *offset);

/* 1 if both are spellings of one unit ("mg/l", "mg/L", "g m-3"), 0 if not. */
int units_same(const char *a, const char *b);

/* As CF readers want it ("mg L-1", "1" for pH, "degC", "m3 h-1"); NULL if unknown. */
const char *units_cf(const char *unit);

/* As people read it ("µg/m³", "°C", "m³/h", "" for pH); NULL if unknown. */
const char *units_people(const char *unit);

/* As people read it, and as it is written where nobody knows it. */
const char *units_shown(const char *unit);

/* The same where a number stands beside its limit: pH keeps its name. */
const char *units_named(const char *unit);

/* Give back the table and all that was learnt; texts that were handed out are gone.  What is asked
 * afterwards reads the table again. */
void units_forget(void);

#endif
