/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of an instrument, and the bytes of each, for people. */
#ifndef CLI_COMMAND_LIST_H
#define CLI_COMMAND_LIST_H

#include "base/table.h"
#include "sensors/tables/command.h"
#include "sensors/tables/driver.h"

/* A table of the commands its profile knows, with the bytes for this address; where one takes a number,
 * those for its lowest. */
void command_list_print(
        const struct instrument *instrument, int format, bool vietnamese);

/* What the bytes say: "Cal,mid,7.00\r", or "slave 1, function 5, coil 20". */
void command_words(const struct command_order *order, char *out, size_t room);

#endif
