/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/played.h"

void played_step(struct poller *poller, struct port *line, struct moment *now)
{
	simulate_port_time(line, now->time_us);
	poller_step(poller, NULL, 0, now);
	int64_t wait_us = poller_wait_ms(poller, now) * INT64_C(1000);
	int64_t due_us = simulate_port_due(line) - now->time_us;
	if (due_us < wait_us)
		wait_us = due_us;
	if (wait_us <= 0)
		wait_us = 1000;
	now->time_us += wait_us;
	now->mono_us += wait_us;
}
