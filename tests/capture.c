/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check.h"

#include "tests/capture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/framer.h"

size_t hex_bytes(const char *text, uint8_t *out, size_t room)
{
	size_t n = 0;
	unsigned byte;
	int used;
	while (n < room && sscanf(text, " %2x%n", &byte, &used) == 1) {
		out[n++] = (uint8_t)byte;
		text += used;
	}
	return n;
}

static void header(struct capture *capture, const char *line)
{
	char word[64];
	if (sscanf(line, "# slave: %d", &capture->slave) == 1)
		return;
	if (sscanf(line, "# profile: %63s", capture->profile_name) == 1)
		return;
	if (sscanf(line, "# framing: %63s", word) == 1)
		for (int i = 0; modbus_framings[i] != NULL; i++)
			if (strcmp(word, modbus_framings[i]) == 0)
				capture->framing = i;
	if (strstr(line, "constructed") || strstr(line, "recorded") ||
	        strstr(line, "noted") || strstr(line, "a real "))
		capture->told = true;
}

static void body(struct capture *capture, const char *line, bool *open)
{
	if (line[0] != '>' && line[0] != '<') {
		*open = false;
		return;
	}
	if (!*open)
		capture->n_polls++;
	*open = true;
	assert_true(capture->n_polls <= CAPTURE_POLLS);
	struct capture_poll *poll = &capture->poll[capture->n_polls - 1];
	if (line[0] == '>')
		poll->n++;
	assert_true(poll->n >= 1 && poll->n <= CAPTURE_PAIRS);
	struct capture_bytes *to = line[0] == '>' ? &poll->request[poll->n - 1]
	                                          : &poll->answer[poll->n - 1];
	to->n = hex_bytes(line + 1, to->byte, sizeof to->byte);
}

void capture_read(struct capture *capture, const char *name)
{
	char path[512], line[4096];
	struct problem why;
	bool open = false;
	memset(capture, 0, sizeof *capture);
	snprintf(capture->name, sizeof capture->name, "%s", name);
	snprintf(capture->profile_name, sizeof capture->profile_name, "%s", name);
	capture->slave = 1;
	snprintf(path, sizeof path, "tests/captures/%s.hex", name);
	FILE *in = fopen(project_file(path), "r");
	assert_non_null(in);
	while (fgets(line, sizeof line, in) != NULL) {
		if (line[0] == '#')
			header(capture, line);
		else
			body(capture, line, &open);
	}
	fclose(in);
	if (profile_find(&capture->profile, capture->profile_name,
	            project_file("sensors/profiles"), stderr, &why) != OK)
		fail_msg("%s: %s", name, why.text);
	for (size_t i = 0; i < capture->profile->n_channels; i++)
		capture->setting[i] = (struct channel_setting){
			.low = capture->profile->channel[i].about.low,
			.high = capture->profile->channel[i].about.high,
		};
	capture->instrument = (struct instrument){
		.id = "i1",
		.profile = capture->profile,
		.framing = capture->framing,
		.slave = (uint8_t)capture->slave,
		.setting = capture->setting,
	};
}

void capture_free(struct capture *capture)
{
	profile_free(capture->profile);
	capture->profile = NULL;
}

static int is_capture(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);
	return n > 4 && strcmp(entry->d_name + n - 4, ".hex") == 0;
}

const char **capture_list(void)
{
	struct dirent **entry;
	int n = scandir(project_file("tests/captures"), &entry, is_capture, alphasort);
	assert_true(n > 0);
	char *block = calloc(1, ((size_t)n + 1) * (sizeof(char *) + 64));
	const char **names = (const char **)(void *)block;
	char *text = block + ((size_t)n + 1) * sizeof(char *);
	for (int i = 0; i < n; i++, text += 64) {
		snprintf(text, 64, "%.*s", (int)strlen(entry[i]->d_name) - 4,
		        entry[i]->d_name);
		names[i] = text;
		free(entry[i]);
	}
	free(entry);
	return names;
}

/* One request and its answer; what decode says. */
static int drive_one(const struct capture *capture, const struct capture_poll *poll,
        size_t i, void *state, struct exchange *exchange)
{
	static struct framer
	        framer; /* the exchange's bytes live in it until the next one */
	const struct driver *driver = capture->profile->driver;
	const uint8_t *frame;
	uint8_t request[FRAME_MOST];
	struct moment when = { .time_us = 0 }, first;
	size_t n = driver->ask(state, request, sizeof request);
	if (n != poll->request[i].n || memcmp(request, poll->request[i].byte, n) != 0)
		fail_msg("%s: request %zu is not the one of the capture", capture->name,
		        i + 1);
	framer_init(&framer);
	framer_add(&framer, poll->answer[i].byte, poll->answer[i].n, &when);
	int length = framer_next(&framer, driver, state, &frame, &first);
	if (length != (int)poll->answer[i].n)
		fail_msg("%s: answer %zu is no frame", capture->name, i + 1);
	*exchange = (struct exchange){
		.block = driver->block(state),
		.after_ms = (uint32_t)(40 * i),
		.size = (uint16_t)length,
		.bytes = frame,
	};
	return driver->decode(state, frame, (size_t)length);
}

struct exchanges capture_drive(const struct capture *capture, size_t poll, void *state,
        uint8_t *out, size_t room)
{
	const struct capture_poll *from = &capture->poll[poll];
	struct exchanges exchanges = { .bytes = out };
	int what = ASK_AGAIN;
	for (size_t i = 0; i < from->n; i++) {
		struct exchange exchange;
		assert_int_equal(what, ASK_AGAIN);
		what = drive_one(capture, from, i, state, &exchange);
		int size = exchange_put(
		        &exchange, out + exchanges.size, room - exchanges.size);
		assert_true(size > 0);
		exchanges.size += (size_t)size;
		exchanges.n++;
	}
	assert_int_equal(what, READING_DONE);
	return exchanges;
}

size_t capture_encode(const struct capture *capture, const struct exchanges *exchanges,
        const struct decoded *decoded, uint8_t *out, size_t room)
{
	struct reading_parts parts = {
		.n_channels = capture->profile->n_channels,
		.state = decoded->state,
		.value = decoded->value,
		.n_sampled = decoded->n_sampled,
		.sampled_channel = decoded->sampled_channel,
		.sampled_us = decoded->sampled_us,
		.vendor = decoded->vendor,
		.vendor_size = decoded->vendor_size,
		.n_exchanges = exchanges->n,
		.exchanges = exchanges->bytes,
		.exchanges_size = exchanges->size,
	};
	int n = reading_encode(&parts, out, room);
	assert_true(n > 0);
	return (size_t)n;
}
