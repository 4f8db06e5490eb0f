/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tools/probe.h"

#include <stdio.h>
#include <string.h>

#define FIRST_SLAVES 10 /* addresses people give: 1, 2, 3, ... */

/* The speeds of the field notes, by how often they were met, with every frame of eight
 * data bits.  "9600 8N1" is what most instruments leave the factory with; 19200 8E1 is
 * the default of Modbus over serial line 1.02, 2.5.1. */
static const char *const rtu_lines[] = { "9600 8N1", "19200 8E1", "9600 8E1",
	"19200 8N1", "4800 8N1", "2400 8N1", "38400 8N1", "115200 8N1", "9600 8O1",
	"9600 8N2", "19200 8O1", "19200 8N2", "4800 8E1", "2400 8E1", "38400 8E1",
	"115200 8E1", "4800 8O1", "2400 8O1", "38400 8O1", "115200 8O1", "4800 8N2",
	"2400 8N2", "38400 8N2", "115200 8N2", NULL };

/* In ASCII seven data bits with even parity are the standard's (the same, 2.5.2), and
 * 8N1 is what was met. */
static const char *const ascii_lines[] = { "9600 8N1", "9600 7E1", "19200 7E1",
	"19200 8N1", "9600 7O1", "9600 7N2", "9600 8E1", "19200 7O1", "19200 7N2",
	"19200 8E1", "4800 8N1", "2400 8N1", "38400 8N1", "115200 8N1", "4800 7E1",
	"2400 7E1", "38400 7E1", "115200 7E1", "4800 7O1", "2400 7O1", "38400 7O1",
	"115200 7O1", "4800 7N2", "2400 7N2", "38400 7N2", "115200 7N2", "4800 8E1",
	"2400 8E1", "38400 8E1", "115200 8E1", NULL };

int probe_serial_ways(int framing, const char *line, bool timed, struct probe_way *out)
{
	bool ascii = framing == FRAMING_ASCII;
	const char *const given[] = { line, NULL };
	const char *const *text = line != NULL ? given
	                          : ascii      ? ascii_lines
	                                       : rtu_lines;
	int n = 0;
	for (; text[n] != NULL && (timed || n == 0); n++) {
		out[n].framing = ascii ? FRAMING_ASCII : FRAMING_RTU;
		if (line_parse(text[n], &out[n].line) != OK)
			return MALFORMED;
	}
	return n;
}

size_t probe_tcp_ways(const char *service, int framing, struct probe_way *out)
{
	size_t n = 0;
	bool modbus = strcmp(service, "502") == 0;
	for (int i = 0; i < 2; i++) {
		int tried = i == 0 ? FRAMING_TCP : FRAMING_RTU_OVER_TCP;
		if (framing >= 0 && tried != framing)
			continue;
		if (framing < 0 && modbus && tried != FRAMING_TCP)
			continue;
		out[n].framing = tried;
		line_parse("115200 8N1", &out[n++].line); /* not used */
	}
	return n;
}

static size_t add_slave(uint8_t slave, uint8_t out[PROBE_SLAVES], size_t n)
{
	if (slave == 0 || slave > PROBE_SLAVES || memchr(out, slave, n) != NULL)
		return n;
	out[n] = slave;
	return n + 1;
}

void probe_slaves(
        const uint8_t *likely, size_t n, uint8_t out[PROBE_SLAVES], size_t *n_common)
{
	size_t k = 0;
	for (unsigned slave = 1; slave <= FIRST_SLAVES; slave++)
		k = add_slave((uint8_t)slave, out, k);
	for (size_t i = 0; i < n; i++)
		k = add_slave(likely[i], out, k);
	*n_common = k;
	for (unsigned slave = 1; slave <= PROBE_SLAVES; slave++)
		k = add_slave((uint8_t)slave, out, k);
}

/* ---- the search ---- */

void probe_init(struct probe *probe, const struct probe_options *options)
{
	*probe = (struct probe){ .options = options, .found_way = -1 };
	probe->at_end = options->n_ways == 0 || options->n_slaves == 0;
	if (options->n_common == 0)
		probe->pass = 1;
}

/* The first pass has the common addresses, the second the others. */
static size_t pass_end(const struct probe *probe)
{
	return probe->pass == 0 ? probe->options->n_common : probe->options->n_slaves;
}

bool probe_next(const struct probe *probe, struct probe_try *out)
{
	const struct probe_options *options = probe->options;
	if (probe->at_end)
		return false;
	*out = (struct probe_try){
		.way = probe->way,
		.request = {
			.slave = options->slave[probe->slave],
			.function = probe->second ? 4 : 3,
			.start = options->start,
			.count = 1,
		},
	};
	return true;
}

static void next_pass(struct probe *probe)
{
	const struct probe_options *options = probe->options;
	probe->pass++;
	probe->way = probe->found_way >= 0 ? (size_t)probe->found_way : 0;
	probe->slave = options->n_common;
	probe->at_end = probe->pass > 1 || options->n_common == options->n_slaves;
}

/* After the last address of a setting: the next setting, unless this one is right. */
static void next_way(struct probe *probe)
{
	bool right = probe->found_way >= 0;
	if (right || ++probe->way == probe->options->n_ways)
		next_pass(probe);
	else
		probe->slave = probe->pass == 0 ? 0 : probe->options->n_common;
}

/* Whoever answered one function, with whatever, need not be found by the other. */
static void next_try(struct probe *probe, bool answered)
{
	if (probe->pass == 0 && !probe->second && !answered) {
		probe->second = true;
		return;
	}
	probe->second = false;
	if (++probe->slave == pass_end(probe))
		next_way(probe);
}

void probe_add(struct probe *probe, const struct probe_found *found, size_t way)
{
	if (probe->n_found == PROBE_SLAVES)
		return;
	if (probe->found_way < 0)
		probe->found_way = (int)way;
	probe->found[probe->n_found++] = *found;
}

void probe_note(struct probe *probe, enum probe_outcome outcome, uint8_t exception)
{
	bool answered = outcome == PROBE_ANSWERED || outcome == PROBE_REFUSED;
	uint8_t bit = probe->second ? 1 << 4 : 1 << 3;
	const struct probe_found found = {
		.slave = probe->options->slave[probe->slave],
		.functions = outcome == PROBE_ANSWERED ? bit : 0,
		.exception = outcome == PROBE_REFUSED ? exception : 0,
	};
	probe->tried++;
	if (outcome == PROBE_GARBLED)
		probe->garbled[probe->way]++;
	if (answered)
		probe_add(probe, &found, probe->way);
	next_try(probe, answered);
}

/* ---- how long it takes ---- */

static bool is_serial(const struct probe_way *way)
{
	return way->framing == FRAMING_RTU || way->framing == FRAMING_ASCII;
}

/* A request, its timeout, and the silence before the next one. */
static double try_s(const struct probe_options *options, size_t way)
{
	const struct probe_way *how = &options->way[way];
	double silence = 0.005;
	if (!is_serial(how))
		return options->timeout_s;
	if (line_seconds(&how->line, 4) > silence)
		silence = line_seconds(&how->line, 4);
	return options->timeout_s +
	       line_seconds(&how->line, how->framing == FRAMING_ASCII ? 17 : 8) +
	       silence;
}

double probe_first_s(const struct probe_options *options)
{
	double total = 0;
	for (size_t i = 0; i < options->n_ways; i++)
		total += 2 * (double)options->n_common * try_s(options, i);
	return total;
}

double probe_most_s(const struct probe_options *options)
{
	double total = probe_first_s(options);
	for (size_t i = 0; i < options->n_ways; i++)
		total += (double)(options->n_slaves - options->n_common) *
		         try_s(options, i);
	return total;
}

/* Tries that are left, if nothing more answers. */
static size_t left(const struct probe *probe)
{
	const struct probe_options *options = probe->options;
	size_t others = options->n_slaves - options->n_common;
	size_t ways = options->n_ways - probe->way - 1;
	bool found = probe->found_way >= 0;
	if (probe->pass == 1)
		return options->n_slaves - probe->slave + (found ? 0 : others * ways);
	size_t here = 2 * (options->n_common - probe->slave) - probe->second;
	if (found)
		return here + others;
	return here + 2 * options->n_common * ways + others * options->n_ways;
}

double probe_share(const struct probe *probe)
{
	if (probe->at_end)
		return 1;
	return (double)probe->tried / (double)(probe->tried + left(probe));
}

const char *probe_way_text(const struct probe_way *way, char out[32])
{
	if (is_serial(way))
		snprintf(out, 32, "%d %d%c%d%s", way->line.baud, way->line.data_bits,
		        way->line.parity, way->line.stop_bits,
		        way->framing == FRAMING_ASCII ? " ascii" : "");
	else
		snprintf(out, 32, "%s", modbus_framings[way->framing]);
	return out;
}
