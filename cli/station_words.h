/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of an order to the cabinet, and why one cannot be given, in the language of who asks: from
 * what the order and the configuration hold, not from the English of the record. */
#ifndef CLI_STATION_WORDS_H
#define CLI_STATION_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "sensors/cabinet/control.h"
#include "sensors/station/station.h"

struct told_order {
	const struct station *station;
	const struct order *order;
	bool vietnamese;
};

/* The answer to an order as a person reads it, in answer->text, and in why->text where it is a refusal. */
void order_words(const struct told_order *told, struct control_answer *answer,
        struct problem *why);

/* Why instrument `i` takes no such order at all, or not this number, of which `why` says it in English. */
void order_refused_words(const struct told_order *told, size_t i, struct problem *why);

/* "a reason is wanted", and the rest of what is told where one will not do. */
const char *order_reason_words(bool vietnamese);

#endif
