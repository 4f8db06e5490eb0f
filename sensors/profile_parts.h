/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two files that check a profile share: profile_check.c (itself, blocks, channels) and
 * profile_states.c (rules, times, marks, words). */
#ifndef SENSORS_PROFILE_PARTS_H
#define SENSORS_PROFILE_PARTS_H

#include <stdbool.h>
#include <stdio.h>

#include "sensors/profile.h"

struct profile_checker {
	struct profile *profile;
	FILE *report;
	char path[96]; /* of what is looked at: "states[2].when" */
	const char *block_name[MODBUS_BLOCKS + 1];
	const char *channel_name[READING_CHANNELS + 1];
};

/* An error at check->path, with a hint. */
#define WRONG(check, hint, ...)                                                        \
	config_error((check)->profile->config, (check)->report, (check)->path, (hint), \
	        __VA_ARGS__)

/* Set check->path. */
void checker_at(struct profile_checker *check, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* Index among names ended by NULL, or NOT_FOUND. */
int checker_find(const char *const *names, const char *name);

/* "did you mean ...?" */
void checker_hint(const char *word, const char *const *names, char *out, size_t room);

/* The block `name`, its number in *index; NULL after an error at check->path. */
const struct modbus_block *checker_block(
        struct profile_checker *check, const char *name, size_t *index);

/* Whether items from..from+width-1 lie in a block; an error at check->path if not. */
bool checker_fits(struct profile_checker *check, const struct modbus_block *block,
        int64_t from, size_t width);

/* profile_states.c: rules, sample times, fresh marks and vendor words. */
void profile_check_states(struct profile_checker *check);

#endif
