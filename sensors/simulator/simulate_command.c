/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands to the instruments of a scenario: done (what they write stays written), refused, or ignored
 * and unanswered, as the scene of the moment has it. */
#include "sensors/simulator/simulate_way.h"

#define DEVICE_FAILURE 4 /* the exception of a refusal, where a scene gives none */

static void answer_of(const struct scenario_instrument *instrument,
        const struct instrument *who, const struct command_bytes *in,
        struct simulated *out)
{
	const struct scenario_condition *now = &out->condition;
	struct command_heard heard = { .instrument = who,
		.in = *in,
		.exception = now->exception,
		.written = instrument->written };
	out->delay_us = (int64_t)(instrument->delay_s * 1e6) + now->late_us;
	out->hang_up = now->hang_up;
	if (now->silent || now->cable || now->hang_up || now->babble ||
	        now->commands == SCENE_COMMANDS_IGNORED)
		return;
	if (now->commands == SCENE_COMMANDS_REFUSED && heard.exception == 0)
		heard.exception = DEVICE_FAILURE;
	out->size = instrument->profile->driver->command->say(
	        &heard, out->bytes, sizeof out->bytes);
	simulate_spoil(now, out->bytes, out->size);
}

int simulate_command(const struct scenario *scenario, size_t port, const uint8_t *in,
        size_t n, int64_t time_us, struct simulated *out)
{
	int found = FRAME_NONE;
	for (size_t i = 0; i < scenario->n_instruments; i++) {
		const struct scenario_instrument *instrument = &scenario->instrument[i];
		const struct driver *driver = instrument->profile->driver;
		if (instrument->port != port || driver->command == NULL)
			continue;
		struct scenario_condition now =
		        scenario_condition(scenario, instrument, time_us);
		struct instrument who = simulate_renumbered(instrument, now.renumbered);
		struct command_bytes bytes = { in, n };
		int used = driver->command->heard(&who, &bytes);
		if (used > 0) {
			bytes.n = (size_t)used;
			*out = (struct simulated){ .instrument = instrument,
				.condition = now };
			answer_of(instrument, &who, &bytes, out);
			return used;
		}
		if (used == FRAME_SHORT)
			found = FRAME_SHORT;
	}
	return found;
}
