/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/hj212_rig.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* ---- the port in memory ---- */

static int wire_open(struct port *port, struct problem *why)
{
	((struct wire *)port)->is_open = true;
	return OK;
}

static int wire_descriptor(struct port *port)
{
	return -1;
}

static short wire_events(struct port *port)
{
	return ((struct wire *)port)->is_open ? POLLIN : 0;
}

static int wire_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	struct wire *wire = (struct wire *)port;
	size_t n = wire->n_said - wire->at;
	n = n < room ? n : room;
	memcpy(out, wire->said + wire->at, n);
	wire->at += n;
	return (int)n;
}

static int wire_write(struct port *port, const uint8_t *in, size_t n)
{
	struct wire *wire = (struct wire *)port;
	assert_true(wire->n_sent + n < sizeof wire->sent);
	memcpy(wire->sent + wire->n_sent, in, n);
	wire->n_sent += n;
	wire->sent[wire->n_sent] = '\0';
	return (int)n;
}

static void wire_nothing(struct port *port)
{
}

static const struct port wire_port = { .open = wire_open,
	.descriptor = wire_descriptor,
	.events = wire_events,
	.read = wire_read,
	.write = wire_write,
	.close = wire_nothing,
	.free = wire_nothing };

static struct port *give_wire(
        void *context, size_t port, const struct port_setting *setting)
{
	struct sub_rig *rig = context;
	rig->wire.port = wire_port;
	return rig->real ? port_new(setting) : &rig->wire.port;
}

/* ---- a station ---- */

static void on_reading(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
	struct sub_rig *rig = context;
	rig->n_readings++;
	rig->by[instrument]++;
	rig->state = parts->state[0];
}

static void on_state(
        void *context, const struct moment *when, const struct state_event *event)
{
	struct sub_rig *rig = context;
	if (strncmp(event->subject, "instrument", 10) != 0)
		return;
	assert_true(rig->n_told < 16);
	snprintf(rig->told[rig->n_told++], sizeof rig->told[0], "%s %s", event->state,
	        event->text);
}

static void quiet(enum log_level level, const char *text)
{
}

int sub_make(void **state)
{
	struct sub_rig *rig = calloc(1, sizeof *rig);
	void *folder = NULL;
	scratch_make(&folder);
	rig->folder = folder;
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	log_catch(quiet);
	*state = rig;
	return 0;
}

int sub_remove(void **state)
{
	struct sub_rig *rig = *state;
	void *folder = rig->folder;
	poller_free(rig->poller);
	station_free(rig->station);
	scratch_remove(&folder);
	log_catch(NULL);
	free(rig);
	return 0;
}

void sub_profile(struct sub_rig *rig, const char *name, const char *keys)
{
	char file[64];
	snprintf(file, sizeof file, "%s.yaml", name);
	FILE *out = fopen(in_folder(rig->folder, file), "w");
	assert_non_null(out);
	fprintf(out,
	        "name: %s\nmaker: m\nmodel: m\nsummary: s\nsource: s\ndriver: hj212\n"
	        "edition: 2017\n%s"
	        "channels: [{name: cod, label_vi: COD, label_en: COD, unit: mg/L, "
	        "field: w01018-Rtd}]\n",
	        name, keys);
	fclose(out);
}

void sub_start(struct sub_rig *rig, const char *ports, const char *instruments)
{
	char text[4096];
	struct problem why;
	struct poller_hooks hooks = { .context = rig,
		.reading = on_reading,
		.state = on_state,
		.port = give_wire };
	int n = snprintf(text, sizeof text,
	        "zone: {id: z, name: Z}\nstation: {id: s, name: S}\n"
	        "facility: {id: f, name: F}\noutlets: [{id: o, name: O, kind: water}]\n"
	        "journal: {folder: j}\nprofiles: %s\nports: [%s]\ninstruments:\n%s",
	        rig->folder, ports, instruments);
	assert_int_equal(
	        station_parse(&rig->station, text, (size_t)n, "s.yaml", stderr, &why),
	        OK);
	rig->now = (struct moment){ .time_us = INT64_C(1794188880000000),
		.mono_us = 1000 * SECOND };
	rig->poller = poller_new(rig->station, &hooks);
	assert_non_null(rig->poller);
}

void sub_run(struct sub_rig *rig, int64_t for_us)
{
	for (int64_t end = rig->now.mono_us + for_us; rig->now.mono_us < end;) {
		poller_step(rig->poller, NULL, 0, &rig->now);
		rig->now.mono_us += 50 * MS;
		rig->now.time_us += 50 * MS;
	}
}

void sub_hear(struct sub_rig *rig, const char *text)
{
	struct wire *wire = &rig->wire;
	wire->n_said = wire->at = 0;
	wire->n_said = (size_t)snprintf(wire->said, sizeof wire->said, "%s", text);
	sub_run(rig, 100 * MS);
}

bool sub_told(const struct sub_rig *rig, const char *part)
{
	for (size_t i = 0; i < rig->n_told; i++)
		if (strstr(rig->told[i], part) != NULL)
			return true;
	return false;
}
