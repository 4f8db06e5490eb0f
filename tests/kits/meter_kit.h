/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One instrument at a table: a profile, the answers of a poll, and what they say of each channel. */
#ifndef TESTS_METER_KIT_H
#define TESTS_METER_KIT_H

#include "sensors/drivers/modbus.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"

struct meter {
	struct profile *profile;
	struct channel_setting
	        setting[READING_CHANNELS]; /* ranges as the profile says */
	struct instrument instrument;
	uint8_t bytes[4096];
	struct exchanges said;
	struct fresh fresh;
	struct decoded decoded;
};

/* With a shipped profile, or one written in the test; fails the test if it is not read. */
void meter_open(struct meter *meter, const char *name);
void meter_parse(struct meter *meter, const char *text);
void meter_close(struct meter *meter);

/* A new poll, in which nothing came yet. */
void meter_clear(struct meter *meter);
/* What came for a block. */
void meter_bytes(struct meter *meter, uint16_t block, const uint8_t *bytes, size_t n);
void meter_text(struct meter *meter, uint16_t block, const char *text);
/* The answer to the request of a Modbus block: its registers, or (functions 1 and 2) its items. */
void meter_words(struct meter *meter, uint16_t block, const uint16_t *word);

/* The poll decoded, with the marks of the polls before; the channel's state, and its value. */
uint8_t meter_state(struct meter *meter, const char *channel);
double meter_value(const struct meter *meter, const char *channel);

#endif
