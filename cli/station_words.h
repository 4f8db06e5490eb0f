/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of an order to the cabinet: from what the order and the configuration hold, where the
 * record alone does not say it to a person. */
#ifndef CLI_STATION_WORDS_H
#define CLI_STATION_WORDS_H

#include "sensors/cabinet/control.h"
#include "sensors/station/station.h"

/* The answer to an order as a person reads it, in answer->text, and in why->text where it is a refusal. */
void order_words(const struct station *station, const struct order *order,
        struct control_answer *answer, struct problem *why);

#endif
