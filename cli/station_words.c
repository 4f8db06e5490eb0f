/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/station_words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int say(struct control_answer *answer, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

static int say(struct control_answer *answer, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(answer->text, sizeof answer->text, format, args);
	va_end(args);
	return n;
}

/* What became of a command, and how that is known. */
static void command_words(const struct order *order, struct control_answer *answer)
{
	static const char *const words[] = {
		[CONTROL_DONE] = "done",
		[CONTROL_DECLINED] = "the instrument refused it",
		[CONTROL_UNKNOWN] =
		        "nobody knows whether it was done: look at the instrument",
		[CONTROL_UNSENT] = "nothing was sent",
	};
	struct control_answer how = *answer;
	say(answer, "%.*s %.*s: %s; %.*s", ID_SIZE, order->id, ID_SIZE, order->command,
	        words[answer->outcome], CONTROL_MOST / 2, how.text);
}

void order_words(const struct station *station, const struct order *order,
        struct control_answer *answer, struct problem *why)
{
	enum control_outcome outcome = answer->outcome;
	if (outcome >= CONTROL_NOBODY) /* of control_ask itself */
		say(answer, "%.*s", CONTROL_MOST - 1, why->text);
	if (outcome == CONTROL_REASON)
		say(answer, "%s", order_reason_wanted);
	else if (outcome == CONTROL_STALE)
		say(answer,
		        "quantrac-sensord still runs with another configuration than "
		        "%s as it is now: it reads the file when it starts. Nothing "
		        "was sent. Start it again: sudo systemctl restart "
		        "quantrac-sensord",
		        station->path);
	else if (outcome >= CONTROL_DONE && outcome <= CONTROL_UNSENT)
		command_words(order, answer);
	snprintf(why->text, sizeof why->text, "%s", answer->text);
}
