/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/command.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/tables/profile.h"

int command_find(const struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->n_commands; i++)
		if (strcmp(profile->command[i].name, name) == 0)
			return (int)i;
	return NOT_FOUND;
}

bool command_takes_value(const struct profile_command *command)
{
	return isfinite(command->low);
}

bool command_sets_clock(const struct profile_command *command)
{
	const char *form = command->text.clock;
	return command->modbus.clock_set || (form != NULL && form[0] != '\0');
}

double command_timeout_s(const struct profile_command *command, double instrument_s)
{
	return command->timeout_s > 0 ? command->timeout_s : instrument_s;
}

/* "7", "-0.50": what it says goes into a text as it stands, so nothing else may. */
static bool is_plain(const char *text)
{
	size_t digits = 0, points = 0;
	if (strlen(text) > COMMAND_VALUE)
		return false;
	for (const char *at = text + (*text == '-'); *at != '\0'; at++) {
		digits += isdigit((unsigned char)*at) != 0;
		points += *at == '.';
		if (!isdigit((unsigned char)*at) && (*at != '.' || digits == 0))
			return false;
	}
	return digits > 0 && points <= 1 && text[strlen(text) - 1] != '.';
}

int command_value(const struct profile_command *command, const char *text,
        double *value, struct problem *why)
{
	const char *unit = command->unit;
	bool takes = command_takes_value(command);
	*value = NAN;
	if (!takes && text[0] != '\0')
		return problem_set(why, REFUSED, EXIT_USAGE,
		        "command '%s' takes no number", command->name);
	if (!takes)
		return OK;
	if (text[0] == '\0')
		return problem_set(why, REFUSED, EXIT_USAGE,
		        "command '%s' takes a number, %g..%g%s%s", command->name,
		        command->low, command->high, unit[0] != '\0' ? " " : "", unit);
	if (!is_plain(text))
		return problem_set(why, REFUSED, EXIT_USAGE,
		        "'%.20s' is no plain decimal number of at most %d characters",
		        text, COMMAND_VALUE);
	*value = strtod(text, NULL);
	if (*value < command->low || *value > command->high)
		return problem_set(why, REFUSED, EXIT_USAGE,
		        "command '%s': %s is not in %g..%g%s%s", command->name, text,
		        command->low, command->high, unit[0] != '\0' ? " " : "", unit);
	return OK;
}

int command_request(const struct command_order *order, uint8_t out[COMMAND_MOST],
        struct problem *why)
{
	const struct profile *profile = order->instrument->profile;
	const struct profile_command *command = &profile->command[order->command];
	double value;
	if (command_value(command, order->value, &value, why) != OK)
		return REFUSED;
	int n = profile->driver->command->request(order, out);
	if (n <= 0)
		return problem_set(why, REFUSED, EXIT_USAGE,
		        "command '%s' cannot be written with this address and number",
		        command->name);
	return n;
}

void command_hex(const uint8_t *in, size_t n, char *out, size_t room)
{
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		bool fits = used + 4 + (i + 1 < n ? 4 : 0) <= room;
		if (!fits) {
			snprintf(out + used, room - used, " ...");
			return;
		}
		used += (size_t)snprintf(
		        out + used, room - used, "%s%02X", i > 0 ? " " : "", in[i]);
	}
}

bool command_text(const uint8_t *in, size_t n, char *out, size_t room)
{
	size_t used = 0, letters = 0;
	out[0] = '\0';
	for (size_t i = 0; i < n && used + 5 <= room; i++) {
		bool plain = in[i] >= 0x20 && in[i] < 0x7f;
		letters += plain;
		if (plain)
			used += (size_t)snprintf(out + used, room - used, "%c", in[i]);
		else if (in[i] == '\r' || in[i] == '\n')
			used += (size_t)snprintf(out + used, room - used, "\\%c",
			        in[i] == '\r' ? 'r' : 'n');
		else
			used += (size_t)snprintf(
			        out + used, room - used, "\\x%02X", in[i]);
	}
	return letters > n / 2;
}
