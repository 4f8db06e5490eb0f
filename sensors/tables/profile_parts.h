/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files that check a profile share.  First what all drivers have in common:
 * profile_check.c (itself, blocks, channels) and profile_states.c (rules, times, marks, words)
 * find names, states and ranges; then driver->check, which knows what lies where.  It leaves
 * out what has NO_BLOCK: that was told.
 */
#ifndef SENSORS_PROFILE_PARTS_H
#define SENSORS_PROFILE_PARTS_H

#include <stdbool.h>
#include <stdio.h>

#include "sensors/tables/profile.h"

struct profile_checker {
	struct profile *profile;
	FILE *report;
	char path[96]; /* of what is looked at: "states[2].when" */
	const char *block_name[BLOCKS_MOST + 1];
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

/* Number of the block `name` ("": the only one); NO_BLOCK after an error at check->path. */
#define NO_BLOCK SIZE_MAX
size_t checker_block(struct profile_checker *check, const char *name);

/* Rule i looks at words of so many bits: whether it can hold, and can not hold. */
void checker_fires(struct profile_checker *check, size_t i, size_t bits);

/* Each `none` of channel i can come, in numbers of that kind; those of f32 become the float they are
 * compared with. */
enum none_kind { NONE_UNSIGNED, NONE_SIGNED, NONE_F32, NONE_F64 };
void checker_none(
        struct profile_checker *check, size_t i, enum none_kind kind, size_t bits);

/* A number of several registers needs the order of its words, and one that it can have: errors at
 * `place`.order and .type. */
void modbus_check_order(struct profile_checker *check, const char *place,
        const struct profile_tag *tag);

/* profile_states.c: rules, sample times, fresh marks and vendor words. */
void profile_check_states(struct profile_checker *check);

#endif
