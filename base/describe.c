/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A describe in memory and as a payload; its text is made in describe_json.c. */
#include "base/describe.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/deflate.h"
#include "base/describe_json.h"
#include "base/digest.h"
#include "base/reading.h"
#include "base/sha256.h"

#define PAYLOAD_HEADER 8

enum encoding { PLAIN, DEFLATED };

/* ---- memory ---- */

struct block {
	struct block *next;
	max_align_t bytes[];
};

struct describe_arena {
	struct block *block;
	struct config *config;
};

void *describe_take(struct describe *describe, size_t size)
{
	struct describe_arena *arena = describe->arena;
	struct block *block = calloc(1, sizeof *block + size);
	if (block == NULL)
		return NULL;
	block->next = arena->block;
	arena->block = block;
	return block->bytes;
}

void describe_keep(struct describe *describe, struct config *config)
{
	struct describe_arena *arena = describe->arena;
	config_free(arena->config);
	arena->config = config;
}

static void clear_texts(struct describe *describe)
{
	const char **const texts[] = { &describe->zone, &describe->zone_name,
		&describe->model, &describe->maker, &describe->serial,
		&describe->summary, &describe->driver, &describe->line,
		&describe->outlet, &describe->profile, &describe->settings,
		&describe->import_file, &describe->import_sha256, &describe->import_who,
		&describe->station_name, &describe->facility, &describe->facility_name,
		&describe->outlet_kind, &describe->role, &describe->coordinates };
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		*texts[i] = "";
}

struct describe *describe_new(enum describe_kind kind)
{
	struct describe *describe = calloc(1, sizeof *describe);
	if (describe == NULL)
		return NULL;
	describe->arena = calloc(1, sizeof(struct describe_arena));
	if (describe->arena == NULL) {
		free(describe);
		return NULL;
	}
	describe->kind = kind;
	clear_texts(describe);
	describe->poll_every_s = NAN;
	describe->latitude = describe->longitude = describe->altitude_m = NAN;
	return describe;
}

const char *describe_text(struct describe *describe, const char *text)
{
	if (text == NULL)
		return "";
	char *copy = describe_take(describe, strlen(text) + 1);
	return copy != NULL ? strcpy(copy, text) : "";
}

int describe_channels(struct describe *describe, size_t n)
{
	if (n > READING_CHANNELS)
		return REFUSED;
	describe->channel = describe_take(describe, n * sizeof *describe->channel);
	if (describe->channel == NULL)
		return FAILED;
	for (size_t i = 0; i < n; i++)
		describe->channel[i] = (struct channel){
			.name = "",
			.label_vi = "",
			.label_en = "",
			.unit = "",
			.standard_name = "",
			.expressed_as = "",
			.basis = "",
			.gas_state = "",
			.reference_temperature_C = NAN,
			.reference_pressure_kPa = NAN,
			.method = "",
			.kind = "",
			.low = NAN,
			.high = NAN,
			.resolution = NAN,
			.accuracy_reading_percent = NAN,
			.accuracy_span_percent = NAN,
			.accuracy_absolute = NAN,
			.result_every_s = NAN,
		};
	describe->n_channels = n;
	return OK;
}

int describe_parts(struct describe *describe, size_t n)
{
	if (n > DESCRIBE_PARTS)
		return REFUSED;
	describe->part = describe_take(describe, n * sizeof *describe->part);
	if (describe->part == NULL)
		return FAILED;
	describe->n_instruments = n;
	return OK;
}

void describe_free(struct describe *describe)
{
	if (describe == NULL)
		return;
	struct describe_arena *arena = describe->arena;
	while (arena->block != NULL) {
		struct block *next = arena->block->next;
		free(arena->block);
		arena->block = next;
	}
	config_free(arena->config);
	free(arena);
	free(describe);
}

int describe_channel(const struct describe *describe, const char *name)
{
	for (size_t i = 0; i < describe->n_channels; i++) {
		const struct channel *channel = &describe->channel[i];
		if (strcmp(channel->name, name) == 0 &&
		        (channel->kind == NULL ||
		                strcmp(channel->kind, CHANNEL_OFF) != 0))
			return (int)i;
	}
	return NOT_FOUND;
}

/* "port":"bus" of the settings; inside a text of JSON a quote is \". */
const char *describe_port(const struct describe *describe, size_t *n)
{
	static const char key[] = "\"port\":\"";
	const char *at = describe != NULL && describe->settings != NULL
	                         ? strstr(describe->settings, key)
	                         : NULL;
	if (at == NULL)
		return NULL;
	at += sizeof key - 1;
	*n = strcspn(at, "\"");
	return at;
}

bool describe_simulated(const struct describe *describe)
{
	return describe->origin == ORIGIN_SIMULATION;
}

/* ---- valid ---- */

static bool is_first(const struct describe *describe, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(describe->channel[k].name, describe->channel[i].name) == 0)
			return false;
	return true;
}

static bool channels_valid(const struct describe *describe)
{
	if (describe->n_channels > READING_CHANNELS)
		return false;
	for (size_t i = 0; i < describe->n_channels; i++) {
		const struct channel *channel = &describe->channel[i];
		if (!id_valid(channel->name, ID_SIZE - 1) || channel->decimals < -1 ||
		        channel->decimals > 99 || !is_first(describe, i))
			return false;
	}
	return true;
}

static bool parts_valid(const struct describe *describe)
{
	uint8_t hash[DIGEST_SIZE];
	if (describe->n_instruments > DESCRIBE_PARTS)
		return false;
	for (size_t i = 0; i < describe->n_instruments; i++) {
		if (!id_valid(describe->part[i].instrument, ID_SIZE - 1) ||
		        digest_parse(describe->part[i].hash, hash) != OK)
			return false;
	}
	return true;
}

bool describe_valid(const struct describe *describe)
{
	if (!id_valid(describe->station, SOURCE_SIZE) ||
	        describe->origin > ORIGIN_SIMULATION)
		return false;
	if (describe->kind == DESCRIBE_INSTRUMENT)
		return id_valid(describe->instrument, ID_SIZE - 1) &&
		       channels_valid(describe);
	return describe->kind == DESCRIBE_STATION &&
	       describe->utc_offset_min >= -1440 && describe->utc_offset_min <= 1440 &&
	       parts_valid(describe);
}

/* ---- the payload ---- */

/* Payload of a text into out[DESCRIBE_MOST]; its size, or REFUSED. */
static int payload_of(const char *text, size_t n, uint8_t *out)
{
	const size_t most = DESCRIBE_MOST - PAYLOAD_HEADER;
	size_t size = n;
	memset(out, 0, PAYLOAD_HEADER);
	out[0] = n > most ? DEFLATED : PLAIN;
	put_le32(out + 4, (uint32_t)n);
	if (out[0] == PLAIN)
		memcpy(out + PAYLOAD_HEADER, text, n);
	else
		size = deflate_text(text, n, out + PAYLOAD_HEADER, most);
	return size > 0 ? (int)(PAYLOAD_HEADER + size) : REFUSED;
}

int describe_encode(struct describe *describe, uint8_t *out, size_t room)
{
	size_t n;
	if (!describe_valid(describe))
		return REFUSED;
	uint8_t *payload = malloc(DESCRIBE_MOST);
	char *text = describe_json(describe, &n);
	int size = FULL;
	if (payload != NULL && text != NULL)
		size = n <= DESCRIBE_TEXT_MOST ? payload_of(text, n, payload) : REFUSED;
	if (size > 0 && (size_t)size > room)
		size = FULL;
	if (size > 0) {
		memcpy(out, payload, (size_t)size);
		sha256_of(text, n, describe->hash);
	}
	free(text);
	free(payload);
	return size;
}

/* The plain text of a payload; the caller frees it.  NULL and the reason in *what. */
static char *text_of(
        const uint8_t *payload, size_t n, size_t *text_size, const char **what)
{
	*what = "its payload is cut off";
	if (n < PAYLOAD_HEADER || n > DESCRIBE_MOST)
		return NULL;
	*what = "its payload is no form known here";
	if (payload[0] > DEFLATED || payload[1] != 0 || get_le16(payload + 2) != 0)
		return NULL;
	size_t size = get_le32(payload + 4);
	*what = "its length is not what it says";
	if (size > DESCRIBE_TEXT_MOST ||
	        (payload[0] == PLAIN && size != n - PAYLOAD_HEADER))
		return NULL;
	*what = "there is no memory for it";
	char *text = malloc(size + 1);
	if (text == NULL)
		return NULL;
	text[size] = '\0';
	*text_size = size;
	if (payload[0] == PLAIN) {
		memcpy(text, payload + PAYLOAD_HEADER, size);
		return text;
	}
	int status =
	        inflate_text(payload + PAYLOAD_HEADER, n - PAYLOAD_HEADER, text, size);
	if (status == OK)
		return text;
	if (status == MALFORMED)
		*what = "it cannot be inflated";
	free(text);
	return NULL;
}

int describe_decode(
        struct describe **out, const uint8_t *payload, size_t n, struct problem *why)
{
	const char *what;
	size_t size = 0;
	int saved = errno, status = MALFORMED;
	*out = NULL;
	/* every allocation that fails on the way, here or in a library, says so in it */
	errno = 0;
	char *text = text_of(payload, n, &size, &what);
	if (text != NULL)
		status = describe_of_json(out, text, size, why);
	else
		problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "a description of an instrument or station is damaged: %s",
		        what);
	if (status == OK)
		sha256_of(text, size, (*out)->hash);
	else if (errno == ENOMEM)
		status = problem_set(why, FAILED, EXIT_TRY_AGAIN,
		        "no memory to read the description of an instrument or "
		        "station");
	free(text);
	errno = saved;
	return status;
}
