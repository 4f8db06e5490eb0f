/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac station: the orders to the running sensord. */
#ifndef CLI_STATION_ORDERS_H
#define CLI_STATION_ORDERS_H

int station_maintenance(int argc, char **argv); /* ID on|off --reason TEXT */
int station_emptied(int argc, char **argv);     /* --reason TEXT */

/* station_command.c: INSTRUMENT [NAME [VALUE] --reason TEXT] */
int station_command_order(int argc, char **argv);

#endif
