/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one model of instrument says and where: sensors/profiles/NAME.yaml.
 * docs/quantrac-profile.md tells how to write one.  The text goes verbatim into
 * DESCRIBE records.
 */
#ifndef SENSORS_PROFILE_H
#define SENSORS_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/config.h"
#include "base/describe.h"
#include "sensors/tables/command.h"
#include "sensors/tables/driver.h"

struct profile_channel {
	struct channel
	        about; /* base/describe.h: name, labels, unit, range, accuracy, ... */
	const char *source; /* of register and range */
	const char *accuracy_source;
	int64_t decimals;       /* of about, as written */
	bool holds_result;      /* shows a result until the next, and no mark tells */
	struct profile_tag tag; /* where its number lies */
};

/* poll-text: an answer that refuses, in the words of its maker. */
struct profile_refusal {
	const char *answer, *meaning, *source;
	int means; /* index into refusal_words */
};

struct profile {
	const char *name, *maker, *model, *summary, *source, *note;
	const char *driver_name;
	const struct driver *driver;
	bool simulation;  /* a map made up for simulation: no instrument on earth has it
	                   */
	const char *line; /* "9600 8N1" */
	bool dtr, rts;    /* of a port whose configuration does not say */
	int64_t slave;    /* factory address, Modbus */
	const char *address; /* factory address of other lines, "" none */
	double poll_every_s, timeout_s;
	size_t n_channels;
	struct profile_channel *channel;

	size_t n_blocks, n_rules, n_times, n_fresh, n_words; /* sensors/tables/map.h */
	struct profile_block *block;
	struct profile_rule *rule;
	struct profile_time *time;
	struct profile_fresh *fresh;
	struct profile_words *words;
	size_t n_commands;
	struct profile_command *command;
	struct {              /* driver poll-text */
		int checksum; /* enum checksum_kind */
		double pause_s;
		size_t n_refusals, n_skips;
		struct profile_refusal *refusal;
		const char **skip;
	} polltext;
	struct profile_block only; /* the block of a driver that has no others */
	void *own; /* what its driver's check worked out; freed with it; NULL: nothing */

	const char *text; /* the file verbatim */
	size_t text_size;
	struct config *config; /* owns texts and lists */
};

/* Read and check a profile; all errors go to `report` (NULL: only the first, in `why`).
 * OK, NOT_FOUND (with "did you mean"), MALFORMED. */
int profile_read(
        struct profile **out, const char *path, FILE *report, struct problem *why);
int profile_parse(struct profile **out, const char *text, size_t n, const char *name,
        FILE *report, struct problem *why);
void profile_free(struct profile *profile); /* NULL is fine */

/* The folder of the shipped profiles: $QUANTRAC_PROFILES, else beside the program, else
 * installed. */
const char *profile_folder(void);

/* Find a profile by name: in `extra` (NULL or "": none) before the shipped ones. */
int profile_find(struct profile **out, const char *name, const char *extra,
        FILE *report, struct problem *why);

/* Names of all profiles in a folder, sorted, ended by NULL; one allocation, the caller
 * frees.  NULL if there is no such folder. */
const char **profile_names(const char *folder, size_t *n);

/* Index of a channel, or NOT_FOUND. */
int profile_channel_index(const struct profile *profile, const char *name);

/* A hint for whoever wrote the name of a channel it has not: the one meant, or all it has. */
#define CHANNEL_HINT 512
const char *profile_channel_hint(
        const struct profile *profile, const char *name, char out[CHANNEL_HINT]);

/* What profile_parse does after reading: checks what tables cannot, resolves names.  Errors go to
 * the config. */
void profile_check(struct profile *profile, FILE *report);

/* The keys every profile, channel and state rule has: `also` of the drivers' tables. */
extern const struct section profile_common, channel_common, rule_common;

#endif
