/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rivals/readings.h"

#define PARTS 256 /* of a last digit, in which a level walks */

const char *const channel_name[CHANNELS] = { "cod", "bod", "tss", "nh4", "ph", "oxygen",
	"temperature", "flow_in", "flow_out", "total", "turbidity", "chlorine" };
const uint8_t channel_decimals[CHANNELS] = { 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 2, 2 };

/* In last digits: what it stands around, how far it walks in a second (parts), and the
 * noise of one reading to either side. */
static const struct {
	int32_t level, step, noise;
} nature[CHANNELS] = {
	{ 452, 40, 1 },
	{ 183, 30, 1 },
	{ 312, 60, 2 },
	{ 412, 30, 1 },
	{ 712, 10, 1 },
	{ 534, 40, 2 },
	{ 287, 4, 0 },
	{ 1250, 300, 6 },
	{ 1180, 200, 4 },
	{ 0, 0, 0 }, /* the totaliser: grows with flow_out */
	{ 845, 80, 3 },
	{ 62, 8, 0 },
};
#define FLOW_OUT 8
#define TOTAL    9

static int32_t draw(uint64_t *chance, int32_t most)
{
	*chance ^= *chance << 13;
	*chance ^= *chance >> 7;
	*chance ^= *chance << 17;
	return most == 0 ? 0
	                 : (int32_t)((*chance >> 33) % (uint64_t)(2 * most + 1)) - most;
}

struct shown *readings_new(size_t n)
{
	uint64_t chance = 88172645463325252u;
	int32_t level[CHANNELS];
	int64_t total = INT64_C(4000000) * 3600; /* tenths of a m3, in 3600ths */
	struct shown *shown = calloc(n, sizeof *shown);
	if (shown == NULL) {
		fprintf(stderr, "rivals: no memory for %zu readings\n", n);
		exit(70);
	}
	for (size_t i = 0; i < CHANNELS; i++)
		level[i] = nature[i].level * PARTS;
	for (size_t k = 0; k < n; k++) {
		for (size_t i = 0; i < CHANNELS; i++) {
			int32_t away = level[i] - nature[i].level * PARTS;
			level[i] += draw(&chance, nature[i].step) - away / 4096;
			shown[k].digits[i] =
			        level[i] / PARTS + draw(&chance, nature[i].noise);
		}
		total += shown[k].digits[FLOW_OUT];
		shown[k].digits[TOTAL] = (int32_t)(total / 3600);
	}
	return shown;
}

double shown_value(const struct shown *shown, size_t i)
{
	static const double scale[] = { 1, 10, 100 };
	return shown->digits[i] / scale[channel_decimals[i]];
}

size_t number_put(int32_t digits, uint8_t decimals, char *out)
{
	char back[NUMBER_TEXT];
	size_t n = 0, used = 0;
	uint32_t rest = (uint32_t)(digits < 0 ? -digits : digits);
	do {
		back[used++] = (char)('0' + rest % 10);
		rest /= 10;
		if (used == decimals)
			back[used++] = '.';
	} while (rest > 0 || used < decimals + 2u);
	if (digits < 0)
		out[n++] = '-';
	while (used > 0)
		out[n++] = back[--used];
	return n;
}

double readings_sum(const struct shown *shown, size_t n, size_t channel)
{
	double sum = 0;
	for (size_t k = 0; k < n; k++)
		sum += shown[k].digits[channel];
	return sum / (channel_decimals[channel] == 1 ? 10 : 100);
}
