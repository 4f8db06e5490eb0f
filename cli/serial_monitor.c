/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quantrac serial monitor PORT: what passes on a line, as it came, and what it says.
 * Nothing is ever sent, and RTS is not raised: on some converters it would drive the line.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/instrument.h"
#include "cli/serial.h"
#include "cli/tool.h"
#include "sensors/tools/overhear.h"
#include "sensors/tools/talk.h"

#define BYTES_A_LINE 16
#define TEXT_BESIDE  90

enum { OPTION_LINE = 0x200, OPTION_FOR };

static const struct argp_option options[] = {
	{ "line", OPTION_LINE, "9600 8N1", 0, "speed, data bits, parity, stop bits",
	        1 },
	{ "for", OPTION_FOR, "10s", 0, "end after this time", 1 },
	{ 0 },
};

struct arguments {
	const char *port, *line;
	double for_s;
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct arguments *given = state->input;
	struct line line;
	switch (key) {
	case OPTION_LINE:
		if (line_parse(word, &line) != OK)
			argp_error(
			        state, "--line: '%s' is not like \"9600 8N1\"", word);
		given->line = word;
		return 0;
	case OPTION_FOR:
		if (duration_parse(word, &given->for_s) != OK)
			argp_error(state, "--for: '%s' is not like 10s", word);
		return 0;
	case ARGP_KEY_ARG:
		if (given->port != NULL)
			argp_error(state, "one port at a time");
		given->port = word;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ---- printing ---- */

static const struct table_column columns[] = {
	{ .name = "time" },
	{ .name = "bytes" },
	{ .name = "protocol" },
	{ .name = "kind" },
	{ .name = "slave" },
	{ .name = "text" },
	{ 0 },
};

struct monitor {
	const struct common *common;
	bool vietnamese;
	int64_t wall_us; /* wall clock minus monotonic */
	struct overhear ear;
	struct table *table; /* NULL: for people */
	uint64_t bytes, frames, noise;
};

static const char *kind_word(enum overheard_kind kind)
{
	static const char *const words[] = { [HEARD_NOISE] = "noise",
		[HEARD_SAYS] = "says",
		[HEARD_ASKS] = "asks",
		[HEARD_ANSWERS] = "answers" };
	return words[kind];
}

/* "14:03:07.123" of legal time */
static void print_clock(int64_t time_us, char out[16])
{
	int64_t day_us = (time_us + OFFSET_VIETNAM * US_PER_MIN) % US_PER_DAY;
	int ms = (int)(day_us / 1000);
	snprintf(out, 16, "%02d:%02d:%02d.%03d", ms / 3600000, ms / 60000 % 60,
	        ms / 1000 % 60, ms % 1000);
}

static void row(struct monitor *monitor, const struct overheard *heard)
{
	char *hex = NULL;
	size_t size;
	FILE *out = open_memstream(&hex, &size);
	for (size_t i = 0; out != NULL && i < heard->n; i++)
		fprintf(out, "%02x", heard->bytes[i]);
	if (out != NULL)
		fclose(out);
	table_time(monitor->table, heard->mono_us + monitor->wall_us);
	table_text(monitor->table, hex);
	table_text(monitor->table, heard->tongue);
	table_text(monitor->table, kind_word(heard->kind));
	if (heard->slave >= 0)
		table_integer(monitor->table, heard->slave);
	else
		table_empty(monitor->table);
	table_text(monitor->table, heard->text[0] != '\0' ? heard->text : NULL);
	table_row(monitor->table);
	free(hex);
}

/* Bytes on the left, what they say on the right of the first line; a long text below. */
static void print_bytes(
        const struct monitor *monitor, const struct overheard *heard, const char *text)
{
	char time[16];
	bool below = strlen(text) > TEXT_BESIDE;
	print_clock(heard->mono_us + monitor->wall_us, time);
	for (size_t at = 0; at < heard->n; at += BYTES_A_LINE) {
		printf("%-12s ", at == 0 ? time : "");
		for (size_t i = at; i < at + BYTES_A_LINE; i++)
			if (i < heard->n)
				printf(" %02X", heard->bytes[i]);
			else
				fputs("   ", stdout);
		if (at == 0 && !below)
			printf("  %s", text);
		putchar('\n');
	}
	if (below)
		printf("%14s%s\n", "", text);
	fflush(stdout);
}

static void show(struct monitor *monitor, const struct overheard *heard)
{
	char text[OVERHEAR_TEXT + 32];
	monitor->bytes += heard->n;
	monitor->frames += heard->kind != HEARD_NOISE;
	monitor->noise += heard->kind == HEARD_NOISE ? heard->n : 0;
	if (monitor->table != NULL) {
		row(monitor, heard);
		fflush(stdout);
		return;
	}
	if (heard->kind == HEARD_NOISE)
		snprintf(text, sizeof text, "?");
	else
		snprintf(text, sizeof text, "%s: %s", heard->tongue, heard->text);
	print_bytes(monitor, heard, text);
}

static bool on_bytes(void *context, const uint8_t *in, size_t n, int64_t mono_us)
{
	struct monitor *monitor = context;
	struct overheard heard;
	overhear_add(&monitor->ear, in, n, mono_us);
	while (overhear_next(&monitor->ear, mono_us, &heard) == 1)
		show(monitor, &heard);
	return !ferror(stdout); /* nobody reads it any more */
}

/* ---- beginning and end ---- */

static void announce(
        const struct monitor *monitor, const struct tool_port *port, const char *line)
{
	bool vi = monitor->vietnamese;
	if (monitor->common->quiet)
		return;
	if (port->path[0] == '\0')
		fprintf(stderr,
		        vi ? "Chỉ nghe trên %s, không gửi gì.\n"
		           : "Listening on %s; nothing is sent.\n",
		        port->setting.id);
	else
		fprintf(stderr,
		        vi ? "Chỉ nghe trên %s (%s), không gửi gì.\n"
		           : "Listening on %s (%s); nothing is sent.\n",
		        port->setting.id, line);
	if (port->pty)
		fputs(vi ? "Đây là đầu cuối giả lập (pty): tốc độ và chẵn lẻ không có "
		           "tác dụng.\n"
		         : "This is a pseudo-terminal: speed and parity have no "
		           "effect.\n",
		        stderr);
}

static void sum_up(const struct monitor *monitor)
{
	bool vi = monitor->vietnamese;
	if (monitor->common->quiet)
		return;
	fprintf(stderr,
	        vi ? "%" PRIu64 " byte, %" PRIu64 " khung, %" PRIu64
	             " byte không thuộc khung nào\n"
	           : "%" PRIu64 " bytes, %" PRIu64 " frames, %" PRIu64
	             " bytes of no frame\n",
	        monitor->bytes, monitor->frames, monitor->noise);
	if (monitor->bytes == 0)
		fputs(vi ? "Không nghe thấy gì: không ai nói, sai dây A/B, hoặc đứt "
		           "dây.\n"
		         : "Nothing was heard: nobody speaks, A and B are exchanged, "
		           "or a wire is open.\n",
		        stderr);
	else if (monitor->frames == 0)
		fputs(vi ? "Có byte nhưng không có khung nào: thường là sai tốc độ "
		           "hoặc chẵn lẻ; thử --line khác.\n"
		         : "Bytes, but no frame: mostly a wrong speed or parity; try "
		           "another --line.\n",
		        stderr);
}

static int listen_on(struct monitor *monitor, struct tool_port *port,
        const struct arguments *given, struct problem *why)
{
	struct talk talk;
	struct moment now;
	talk_init(&talk, &tool_stop);
	now = clock_now(&talk.clock);
	monitor->wall_us = now.time_us - now.mono_us;
	port->setting.rts = 0;
	port->setting.listen = true;
	port->setting.framing = FRAMING_RTU_OVER_TCP;
	int status = tool_port_free(port, monitor->vietnamese, why);
	if (status == OK)
		status = talk_open(&talk, &port->setting, why);
	if (status != OK)
		return status;
	announce(monitor, port, given->line);
	status = talk_listen(&talk, given->for_s, on_bytes, monitor);
	now = clock_now(&talk.clock);
	on_bytes(monitor, NULL, 0, now.mono_us + OVERHEAR_QUIET); /* what is left */
	if (status == REFUSED) /* by a signal: its end */
		status = OK;
	if (status == HUNG_UP)
		problem_set(why, status, EXIT_NO_FILE,
		        monitor->vietnamese ? "%s: cổng đã mất kết nối"
		                            : "%s: the port has gone",
		        port->setting.id);
	talk_close(&talk);
	return status;
}

int serial_monitor(int argc, char **argv)
{
	static const struct argp argp = { .options = options,
		.parser = parse,
		.args_doc = "PORT",
		.doc = "Listen to a port (a device, or host:port of a serial server) "
		       "and print what passes, raw and decoded, until a signal comes. "
		       "Nothing is sent." };
	static struct monitor monitor;
	static struct tool_port port;
	static struct overhear_models models;
	char folder[PATH_MAX];
	struct common common;
	struct problem why = { .exit = EXIT_INTERNAL };
	struct arguments given = { .line = "9600 8N1", .for_s = INFINITY };
	common_parse(&common, &argp, &given, argc, argv);
	if (given.port == NULL)
		return serial_no_port("serial monitor");
	monitor.common = &common;
	monitor.vietnamese = common_vietnamese(&common);
	overhear_init(&monitor.ear, monitor.vietnamese);
	int status = tool_port(&port, given.port, monitor.vietnamese, &why);
	if (status != OK)
		return common_fail("serial monitor", &why);
	overhear_models_load(&models, instrument_folder(&common, folder));
	monitor.ear.models = &models;
	line_parse(given.line, &port.setting.line);
	tool_catch_signals();
	if (common.format != TABLE_TEXT)
		monitor.table = table_new(stdout, (enum table_format)common.format,
		        columns, OFFSET_VIETNAM);
	status = listen_on(&monitor, &port, &given, &why);
	overhear_models_free(&models);
	if (monitor.table != NULL)
		table_end(monitor.table);
	if (status != OK)
		return common_fail("serial monitor", &why);
	if (!ferror(stdout))
		sum_up(&monitor);
	return 0;
}
