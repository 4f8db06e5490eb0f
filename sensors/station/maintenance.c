/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/station/maintenance.h"

void maintenance_begin(struct maintenance *maintenance, const struct moment *when)
{
	maintenance->on = true;
	maintenance->spent = false;
	maintenance->began = *when;
}

void maintenance_end(struct maintenance *maintenance)
{
	maintenance->on = maintenance->spent = false;
}

int64_t maintenance_due_us(const struct maintenance *maintenance)
{
	if (!maintenance->on)
		return INT64_MAX;
	return maintenance->began.mono_us + maintenance->most_us;
}

int64_t maintenance_until_us(
        const struct maintenance *maintenance, const struct moment *now)
{
	return now->time_us + maintenance_due_us(maintenance) - now->mono_us;
}

bool maintenance_over(struct maintenance *maintenance, const struct moment *now)
{
	if (!maintenance->on || now->mono_us < maintenance_due_us(maintenance))
		return false;
	maintenance->on = false;
	maintenance->spent = true;
	return true;
}

void maintenance_resume(struct maintenance *maintenance, const struct moment *now)
{
	struct moment *began = &maintenance->began;
	if ((!maintenance->on && !maintenance->spent) || began->boot == now->boot)
		return;
	int64_t ago_us = now->time_us - began->time_us;
	if (ago_us < 0)
		ago_us = maintenance->most_us;
	began->boot = now->boot;
	began->mono_us = now->mono_us - ago_us;
}

uint8_t maintenance_state(uint8_t state)
{
	switch (state) {
	case STATE_OK:
	case STATE_BELOW_RANGE:
	case STATE_ABOVE_RANGE:
	case STATE_STOPPED:
		return STATE_MAINTENANCE;
	default:
		return state;
	}
}

void maintenance_mark(const uint8_t *state, size_t n, uint8_t *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = maintenance_state(state[i]);
}
