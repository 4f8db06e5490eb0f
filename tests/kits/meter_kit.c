/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/meter_kit.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "tests/kits/check.h"

static void set_up(struct meter *meter)
{
	const struct profile *profile = meter->profile;
	for (size_t i = 0; i < profile->n_channels; i++)
		meter->setting[i] = (struct channel_setting){
			.low = profile->channel[i].about.low,
			.high = profile->channel[i].about.high,
		};
	meter->instrument = (struct instrument){
		.id = "meter",
		.profile = profile,
		.slave = (uint8_t)profile->slave,
		.address = profile->address != NULL ? profile->address : "",
		.setting = meter->setting,
	};
	meter->said.bytes = meter->bytes;
}

void meter_open(struct meter *meter, const char *name)
{
	struct problem why = { .text = "" };
	memset(meter, 0, sizeof *meter);
	int status = profile_find(
	        &meter->profile, name, project_file("sensors/profiles"), stderr, &why);
	if (status != OK)
		fail_msg("%s: %s", name, why.text);
	set_up(meter);
}

void meter_parse(struct meter *meter, const char *text)
{
	struct problem why = { .text = "" };
	memset(meter, 0, sizeof *meter);
	int status = profile_parse(
	        &meter->profile, text, strlen(text), "meter.yaml", stderr, &why);
	if (status != OK)
		fail_msg("%s", why.text);
	set_up(meter);
}

void meter_close(struct meter *meter)
{
	profile_free(meter->profile);
}

void meter_clear(struct meter *meter)
{
	meter->said.n = meter->said.size = 0;
}

void meter_bytes(struct meter *meter, uint16_t block, const uint8_t *bytes, size_t n)
{
	struct exchange exchange = {
		.block = block, .size = (uint16_t)n, .bytes = bytes
	};
	int size = exchange_put(&exchange, meter->bytes + meter->said.size,
	        sizeof meter->bytes - meter->said.size);
	assert_true(size > 0);
	meter->said.size += (size_t)size;
	meter->said.n++;
}

void meter_text(struct meter *meter, uint16_t block, const char *text)
{
	meter_bytes(meter, block, (const uint8_t *)text, strlen(text));
}

void meter_words(struct meter *meter, uint16_t block, const uint16_t *word)
{
	struct modbus_request request = modbus_block_request(&meter->instrument, block);
	uint8_t data[FRAME_MOST] = { 0 }, frame[FRAME_MOST];
	for (size_t i = 0; i < request.count; i++) {
		if (request.function <= 2)
			data[i / 8] |= (uint8_t)((word[i] & 1) << i % 8);
		else
			put_be16(data + 2 * i, word[i]);
	}
	int n = modbus_answer_put(FRAMING_RTU, &request, data, frame, sizeof frame);
	assert_true(n > 0);
	meter_bytes(meter, block, frame, (size_t)n);
}

static size_t channel_of(const struct meter *meter, const char *channel)
{
	for (size_t i = 0; i < meter->profile->n_channels; i++)
		if (strcmp(meter->profile->channel[i].about.name, channel) == 0)
			return i;
	fail_msg("%s has no channel %s", meter->profile->name, channel);
	return 0;
}

uint8_t meter_state(struct meter *meter, const char *channel)
{
	values_decode(&meter->instrument, &meter->said, &meter->fresh, &meter->fresh,
	        &meter->decoded);
	return meter->decoded.state[channel_of(meter, channel)];
}

double meter_value(const struct meter *meter, const char *channel)
{
	return meter->decoded.value[channel_of(meter, channel)];
}
