/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/analog.h"

#include <math.h>
#include <stddef.h>

#include "base/reading.h"

/* NAMUR NE 43, milliamperes. */
#define MEASURE_LOW  3.8
#define MEASURE_HIGH 20.5

const char *const analog_signals[] = { "none", "4-20 mA", NULL };

int analog_fault(double mA)
{
	return (mA > ANALOG_FAULT_HIGH) - (mA < ANALOG_FAULT_LOW);
}

int analog_value(double mA, double low, double high, double *value)
{
	*value = NAN;
	if (!isfinite(mA) || !isfinite(low) || !isfinite(high))
		return STATE_NO_VALUE;
	if (analog_fault(mA) != 0)
		return STATE_FAULT;
	*value = low + (mA - 4) / 16 * (high - low);
	if (mA < MEASURE_LOW)
		return STATE_BELOW_RANGE;
	if (mA > MEASURE_HIGH)
		return STATE_ABOVE_RANGE;
	if (mA < 4)
		*value = low;
	return STATE_OK;
}

double analog_current(double value, double low, double high)
{
	return 4 + (value - low) / (high - low) * 16;
}

int analog_decimals(int decimals, double low, double high)
{
	double step = fabs(high - low) / 16 * pow(10, -decimals);
	if (decimals < 0 || !isfinite(step) || step <= 0)
		return -1;
	double resolved = floor(-log10(step) + 1e-9);
	return resolved > 0 ? (int)resolved : 0;
}
