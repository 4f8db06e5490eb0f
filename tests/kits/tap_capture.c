/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/tap_capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kits/capture.h"

#define FOLDER    "tests/captures/listen"
#define ANSWER_US INT64_C(1000000)
#define START_US  INT64_C(1000000000000)

static void header(struct tap_capture *capture, const char *line)
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
	if (strstr(line, "constructed") || strstr(line, "recorded"))
		capture->told = true;
}

void tap_capture_read(struct tap_capture *capture, const char *name)
{
	char path[512], text[4096];
	memset(capture, 0, sizeof *capture);
	snprintf(capture->name, sizeof capture->name, "%s", name);
	capture->slave = 1;
	snprintf(path, sizeof path, FOLDER "/%s.hex", name);
	FILE *in = fopen(project_file(path), "r");
	assert_non_null(in);
	while (fgets(text, sizeof text, in) != NULL) {
		struct tap_line *line = &capture->line[capture->n];
		int used, at_ms;
		if (text[0] == '#')
			header(capture, text);
		else if (sscanf(text, "%d%n", &at_ms, &used) == 1) {
			line->at_us = at_ms * INT64_C(1000);
			line->n = hex_bytes(text + used, line->byte, sizeof line->byte);
			assert_true(line->n > 0);
			assert_true(++capture->n < TAP_LINES);
		}
	}
	fclose(in);
	assert_true(capture->told && capture->n > 0);
}

const char **tap_capture_list(void)
{
	return capture_names(FOLDER);
}

static struct moment moment_at(int64_t us)
{
	return (struct moment){ .time_us = START_US + us, .mono_us = us };
}

static void give_all(struct modbus_tap *tap, tap_pair_hook *hook, void *context)
{
	struct modbus_pair pair;
	while (modbus_tap_next(tap, &pair))
		hook(context, &pair);
}

struct modbus_tap_counts tap_capture_play(const struct tap_capture *capture,
        size_t clump, tap_pair_hook *hook, void *context)
{
	struct modbus_tap *tap = malloc(sizeof *tap);
	assert_non_null(tap);
	modbus_tap_init(tap, capture->framing, ANSWER_US);
	int64_t last_us = 0;
	for (size_t i = 0; i < capture->n; i++) {
		const struct tap_line *line = &capture->line[i];
		struct moment when = moment_at(line->at_us);
		modbus_tap_idle(tap, line->at_us);
		give_all(tap, hook, context);
		for (size_t at = 0; at < line->n;) {
			size_t n = line->n - at;
			if (clump > 0 && n > clump)
				n = clump;
			modbus_tap_add(tap, line->byte + at, n, &when);
			give_all(tap, hook, context);
			at += n;
		}
		last_us = line->at_us;
	}
	modbus_tap_idle(tap, last_us + 20000000);
	give_all(tap, hook, context);
	struct modbus_tap_counts counts = tap->counts;
	free(tap);
	return counts;
}
