/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/capture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "sensors/tables/framer.h"

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

/* "T 100 SO2\r" with its quotes; its bytes. */
static size_t text_bytes(const char *text, uint8_t *out, size_t room)
{
	size_t n = 0;
	unsigned byte;
	for (text++; *text != '"' && *text != '\0' && n < room; text++) {
		if (*text != '\\') {
			out[n++] = (uint8_t)*text;
			continue;
		}
		text++;
		if (*text == 'x' && sscanf(text + 1, "%2x", &byte) == 1) {
			out[n++] = (uint8_t)byte;
			text += 2;
		} else {
			out[n++] = (uint8_t)(*text == 'r'   ? '\r'
			                     : *text == 'n' ? '\n'
			                     : *text == 't' ? '\t'
			                                    : *text);
		}
	}
	assert_int_equal(*text, '"');
	return n;
}

static bool told_word(struct capture *capture, const char *line)
{
	char word[64];
	if (sscanf(line, "# slave: %d", &capture->slave) == 1 ||
	        sscanf(line, "# profile: %63s", capture->profile_name) == 1 ||
	        sscanf(line, "# address: %63s", capture->address) == 1)
		return true;
	if (sscanf(line, "# listen: %63s", word) == 1) {
		capture->listen = strcmp(word, "yes") == 0;
		return true;
	}
	if (sscanf(line, "# utc_offset: %63s", word) == 1) {
		assert_int_equal(offset_parse(word, &capture->utc_offset_min), OK);
		return true;
	}
	return false;
}

static void header(struct capture *capture, const char *line)
{
	char word[64];
	struct capture_range *range = &capture->range[capture->n_ranges];
	if (told_word(capture, line))
		return;
	if (sscanf(line, "# range: %63s %lf %lf", range->channel, &range->low,
	            &range->high) == 3) {
		capture->n_ranges++;
		assert_true(capture->n_ranges < 16);
	}
	if (sscanf(line, "# framing: %63s", word) == 1)
		for (int i = 0; modbus_framings[i] != NULL; i++)
			if (strcmp(word, modbus_framings[i]) == 0)
				capture->framing = i;
	bool real = strstr(line, "recorded") || strstr(line, "noted") ||
	            strstr(line, "a real ");
	capture->real |= real;
	capture->told |= real || strstr(line, "constructed");
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
	assert_true(poll->n < CAPTURE_STEPS);
	struct capture_step *to = &poll->step[poll->n++];
	const char *at = line + 1 + strspn(line + 1, " ");
	to->sent = line[0] == '>';
	to->n = *at == '"' ? text_bytes(at, to->byte, sizeof to->byte)
	                   : hex_bytes(at, to->byte, sizeof to->byte);
}

static void set_up(struct capture *capture)
{
	for (size_t i = 0; i < capture->profile->n_channels; i++)
		capture->setting[i] = (struct channel_setting){
			.low = capture->profile->channel[i].about.low,
			.high = capture->profile->channel[i].about.high,
		};
	for (size_t i = 0; i < capture->n_ranges; i++) {
		int c = profile_channel_index(
		        capture->profile, capture->range[i].channel);
		assert_true(c >= 0);
		capture->setting[c].low = capture->range[i].low;
		capture->setting[c].high = capture->range[i].high;
	}
	if (capture->address[0] == '\0' && capture->profile->address != NULL)
		snprintf(capture->address, sizeof capture->address, "%s",
		        capture->profile->address);
	capture->instrument = (struct instrument){
		.id = "i1",
		.profile = capture->profile,
		.framing = capture->framing,
		.slave = (uint8_t)capture->slave,
		.address = capture->address,
		.listen = capture->listen,
		.utc_offset_min = capture->utc_offset_min,
		.setting = capture->setting,
	};
}

static void begin(struct capture *capture, const char *name)
{
	memset(capture, 0, sizeof *capture);
	snprintf(capture->name, sizeof capture->name, "%s", name);
	snprintf(capture->profile_name, sizeof capture->profile_name, "%s", name);
	capture->slave = 1;
	capture->utc_offset_min = OFFSET_VIETNAM;
}

void capture_make(struct capture *capture, const char *profile)
{
	struct problem why;
	begin(capture, "it");
	if (profile_parse(&capture->profile, profile, strlen(profile), "it.yaml",
	            stderr, &why) != OK)
		fail_msg("%s", why.text);
	set_up(capture);
}

void capture_read(struct capture *capture, const char *name)
{
	char path[512], line[8192];
	struct problem why;
	bool open = false;
	begin(capture, name);
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
	set_up(capture);
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

const char **capture_names(const char *folder)
{
	struct dirent **entry;
	int n = scandir(project_file(folder), &entry, is_capture, alphasort);
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

const char **capture_list(void)
{
	return capture_names("tests/captures");
}

/* What a poll is put together from. */
struct drive {
	const struct capture *capture;
	const struct driver *driver;
	void *state;
	const struct capture_poll *poll;
	size_t at; /* next step */
	struct framer framer;
	struct exchanges exchanges;
	uint8_t *out;
	size_t room;
	bool asks;
};

static void expect_sent(struct drive *drive, const uint8_t *bytes, size_t n)
{
	const struct capture_step *step = &drive->poll->step[drive->at];
	if (drive->at >= drive->poll->n || !step->sent || step->n != n ||
	        memcmp(step->byte, bytes, n) != 0)
		fail_msg("%s: step %zu is not what is sent", drive->capture->name,
		        drive->at + 1);
	drive->at++;
}

static void keep(struct drive *drive, uint16_t block, const uint8_t *bytes, size_t n)
{
	if (n > 0 && !drive->asks && drive->driver->kept != NULL)
		bytes = drive->driver->kept(drive->state, &n);
	struct exchange exchange = {
		.block = block,
		.after_ms = (uint32_t)(40 * drive->exchanges.n),
		.size = (uint16_t)n,
		.bytes = bytes,
	};
	int size = exchange_put(&exchange, drive->out + drive->exchanges.size,
	        drive->room - drive->exchanges.size);
	assert_true(size > 0);
	drive->exchanges.size += (size_t)size;
	drive->exchanges.n++;
}

static void thank(struct drive *drive)
{
	uint8_t out[FRAME_MOST];
	size_t n = drive->driver->thanks != NULL && !drive->capture->listen
	                   ? drive->driver->thanks(drive->state, out, sizeof out)
	                   : 0;
	if (n > 0)
		expect_sent(drive, out, n);
}

/* All frames of what has come; what the last said, or `what`. */
static int hear_frames(struct drive *drive, int what)
{
	struct moment first;
	const uint8_t *frame;
	int n;
	uint8_t copy[FRAME_MOST];
	while ((n = framer_next(&drive->framer, drive->driver, drive->state, &frame,
	                &first)) > 0) {
		/* who is asked moves on to the next block in decode; who speaks says there
		 * which block it was */
		uint16_t block = drive->driver->block(drive->state);
		memcpy(copy, frame, (size_t)n);
		what = drive->driver->decode(drive->state, frame, (size_t)n);
		thank(drive);
		if (what == NOT_USABLE)
			continue;
		if (!drive->asks)
			block = drive->driver->block(drive->state);
		keep(drive, block, copy, (size_t)n);
		if (what == READING_DONE || drive->asks)
			break;
	}
	return what;
}

static size_t clump_at(
        const struct drive *drive, const struct capture_step *step, size_t at)
{
	size_t left = step->n - at, clump = drive->capture->clump;
	if (at < drive->capture->cut)
		clump = drive->capture->cut - at;
	return clump == 0 || clump > left ? left : clump;
}

/* What came in this step; what its last frame said. */
static int hear(struct drive *drive, const struct capture_step *step)
{
	struct moment when = { .time_us = 0 };
	int what = NOT_USABLE;
	for (size_t at = 0, n; at < step->n; at += n) {
		n = clump_at(drive, step, at);
		framer_add(&drive->framer, step->byte + at, n, &when);
		what = hear_frames(drive, what);
		if (what == READING_DONE || (drive->asks && what != NOT_USABLE))
			break;
	}
	return what;
}

/* What another master asked and was answered. */
static int hear_pairs(struct drive *drive, const struct capture_step *step)
{
	size_t poll = (size_t)(drive->poll - drive->capture->poll);
	struct moment when = { .mono_us =
		                       (int64_t)(60000000 * poll + 50000 * drive->at) };
	struct heard heard;
	int what, last = NOT_USABLE;
	for (size_t at = 0, n; at < step->n; at += n) {
		n = clump_at(drive, step, at);
		drive->driver->hear(drive->state, step->byte + at, n, &when);
	}
	when.mono_us += drive->at == drive->poll->n ? 10000000 : 0;
	drive->driver->hear(drive->state, NULL, 0, &when);
	while ((what = drive->driver->heard(drive->state, true, &heard)) !=
	        NOT_USABLE) {
		if (heard.keep)
			keep(drive, heard.block, heard.bytes, heard.n);
		last = what;
	}
	return last;
}

static int ask(struct drive *drive)
{
	uint8_t request[FRAME_MOST];
	size_t n = drive->driver->ask(drive->state, request, sizeof request);
	if (n > 0) {
		expect_sent(drive, request, n);
		framer_init(&drive->framer);
	}
	if (drive->at >= drive->poll->n || drive->poll->step[drive->at].sent)
		return drive->driver->missed(drive->state, true);
	const struct capture_step *step = &drive->poll->step[drive->at++];
	int what = step->n > 0 ? hear(drive, step) : NOT_USABLE;
	if (what != NOT_USABLE)
		return what;
	keep(drive, drive->driver->block(drive->state), step->byte, step->n);
	return drive->driver->missed(drive->state, step->n == 0);
}

struct exchanges capture_drive(const struct capture *capture, size_t poll, void *state,
        uint8_t *out, size_t room)
{
	struct drive drive = {
		.capture = capture,
		.driver = capture->profile->driver,
		.state = state,
		.poll = &capture->poll[poll],
		.exchanges = { .bytes = out },
		.out = out,
		.room = room,
		.asks = driver_asks(&capture->instrument),
	};
	int what = ASK_AGAIN;
	framer_init(&drive.framer);
	while (drive.asks && (what == ASK_AGAIN || what == ASK_LATER))
		what = ask(&drive);
	while (!drive.asks && drive.at < drive.poll->n && what != READING_DONE) {
		const struct capture_step *step = &drive.poll->step[drive.at++];
		what = drive.driver->hear != NULL ? hear_pairs(&drive, step)
		                                  : hear(&drive, step);
	}
	if (!drive.asks && drive.driver->hear != NULL && what != READING_DONE)
		drive.driver->missed(state, true);
	if (drive.asks)
		assert_int_equal(what, READING_DONE);
	assert_int_equal(drive.at, drive.poll->n);
	return drive.exchanges;
}

const struct capture_step *capture_first(const struct capture *capture, void *state)
{
	uint8_t request[FRAME_MOST];
	const struct capture_poll *poll = &capture->poll[0];
	capture->profile->driver->begin(state, &capture->instrument);
	if (driver_asks(&capture->instrument))
		capture->profile->driver->ask(state, request, sizeof request);
	for (size_t i = 0; i < poll->n; i++)
		if (!poll->step[i].sent)
			return &poll->step[i];
	fail_msg("%s: nothing comes in the first poll", capture->name);
	return NULL;
}
