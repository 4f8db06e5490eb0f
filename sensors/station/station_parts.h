/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that check a station's configuration share: station_check.c (ports, instruments),
 * station_lines.c (what instruments on one line must agree about). */
#ifndef SENSORS_STATION_PARTS_H
#define SENSORS_STATION_PARTS_H

#include "sensors/station/station.h"

struct station_checker {
	struct station *station;
	FILE *report;  /* where the errors in profiles go; NULL: nowhere */
	char path[96]; /* of what is looked at: "ports[1].mode" */
};

/* Set check->path; returns it. */
const char *station_at(struct station_checker *check, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* An error at check->path, with a hint. */
#define WRONG(check, hint, ...)                                                        \
	config_error((check)->station->config, NULL, (check)->path, (hint), __VA_ARGS__)

/* Was the key of the path written?  If it was, and its value is not there, the tables refused it. */
bool station_wrote(const struct station_checker *check);

/* "host:port", "[2001:db8::7]:502" into the port's host and service; OK or MALFORMED. */
int station_split(struct station_port *port, const char *text);

/* station_places.c: a port is one of a serial device, a TCP connection, and a port others connect to. */
void station_check_place(struct station_checker *check, size_t i);

/* station_profile.c: the folder of own profiles, and the profile of an instrument. */
void station_check_profiles(struct station_checker *check);
void station_find_profile(struct station_checker *check, size_t i);

/* station_channels.c: what is written of an instrument's channels, into its channel_setting. */
void station_check_channels(struct station_checker *check, size_t i);

/* Addresses that must differ, instruments that cannot share a line, lines that must be able to
 * carry what is asked of them. */
void station_check_lines(struct station_checker *check);

/* station_command.c: commands are allowed only where something may be sent. */
void station_check_commands(struct station_checker *check);

#endif
