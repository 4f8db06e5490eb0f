/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Current loops (channel option `signal: 4-20 mA`), judged by NAMUR NE 43:
 *
 *    mA   3.6      3.8      4.0                20.5     21
 *   fault | below  | low    | measured value   | above  | fault
 *         | range  | end    |                  | range  |
 *
 * A broken loop is a fault and has no value; it is never the bottom of the range.  Each limit
 * belongs to the better side: 3.8 and 20.5 measure, 3.6 and 21 are out of range.
 */
#ifndef SENSORS_ANALOG_H
#define SENSORS_ANALOG_H

enum analog_signal { SIGNAL_NONE, SIGNAL_4_20_MA };
extern const char *const analog_signals[]; /* "none", "4-20 mA"; ended by NULL */

/* NAMUR NE 43, milliamperes. */
#define ANALOG_FAULT_LOW  3.6
#define ANALOG_FAULT_HIGH 21.0

/* -1: below what an instrument that is well sends, 1: above it, 0: neither. */
int analog_fault(double mA);

/* What a loop of so many milliamperes says, with a range of low..high at 4 and 20 mA:
 * STATE_OK, STATE_BELOW_RANGE or STATE_ABOVE_RANGE and *value; STATE_FAULT (broken or
 * shorted), or STATE_NO_VALUE (mA or the range is no number), and *value NAN.  Between 3.8
 * and 4.0 the value is `low`. */
int analog_value(double mA, double low, double high, double *value);

/* The milliamperes of a value, for the simulator. */
double analog_current(double value, double low, double high);

/* Decimals of a value in low..high that a current with so many decimals resolves; -1: any. */
int analog_decimals(int decimals, double low, double high);

#endif
