/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/keeper_fixture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/journal.h"
#include "base/log.h"
#include "base/reading.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/check.h"

struct cabinet c;

static int no_descriptor(void *with)
{
	return -1;
}

static int take_message(void *with, const void *in, size_t n)
{
	struct script *script = with;
	assert_true(script->n_out < 64);
	memcpy(script->out[script->n_out], in, n);
	script->out_size[script->n_out++] = n;
	return OK;
}

static int give_message(void *with, void *out, size_t room)
{
	struct script *script = with;
	if (script->heard == script->n_in)
		return 0;
	size_t n = script->in_size[script->heard];
	memcpy(out, script->in[script->heard++], n);
	return (int)n;
}

static int renew(void *with)
{
	((struct script *)with)->renewed++;
	return OK;
}

static void quiet(enum log_level level, const char *text)
{
}

void start_keeper(bool linked, uint32_t segment_size)
{
	struct problem why = { 0 };
	struct keeper_options options = { .source = "nt-01",
		.folder = c.folder,
		.state_path = c.state_path,
		.keep_s = c.keep_s > 0 ? c.keep_s : 90 * 86400.0,
		.commit_s = c.commit_s,
		.room = c.room,
		.memory = c.memory,
		.system = c.system,
		.segment_size = segment_size,
		.ring = c.ring,
		.station = c.describes.station,
		.instrument = c.describes.instrument,
		.n_instruments = c.describes.n,
		.link = !linked          ? NULL
		        : c.link != NULL ? c.link
		                         : &c.script.link,
		.seed = 5 };
	if (keeper_new(&c.keeper, &options, &c.now, &why) != OK)
		fail_msg("%s", why.text);
}

int keeper_setup(void **state)
{
	struct problem why = { 0 };
	if (scratch_make(state) != 0)
		return -1;
	log_catch(quiet);
	fixture_profiles(*state);
	fixture_write(*state, "station.yaml",
	        "zone: {id: kcn-mau, name: KCN Mau}\n"
	        "station: {id: nt-01, name: Nuoc thai, simulation: yes}\n"
	        "facility: {id: a, name: A}\n"
	        "outlets: [{id: x, name: X, kind: water}]\n"
	        "journal: {folder: journal}\n"
	        "profiles: profiles\n"
	        "ports: [{id: bus, path: bus}]\n"
	        "instruments: [{id: water, profile: fixture-water, port: bus}]\n");
	memset(&c, 0, sizeof c);
	c.station = fixture_station(*state, "station.yaml");
	assert_int_equal(describes_make(&c.describes, c.station, &why), OK);
	assert_int_equal(ring_new(&c.ring, 8192), OK);
	recorder_init(&c.recorder, "nt-01");
	snprintf(c.folder, sizeof c.folder, "%s", in_folder(*state, "journal"));
	snprintf(c.state_path, sizeof c.state_path, "%s",
	        in_folder(*state, "state.json"));
	c.now = (struct moment){ .time_us = FIXTURE_DAY1,
		.mono_us = 1000 * S,
		.boot = 77,
		.state = CLOCK_SYNCED };
	c.script.link = (struct keeper_link){ .with = &c.script,
		.name = "tcp://192.0.2.7:5710",
		.descriptor = no_descriptor,
		.send = take_message,
		.receive = give_message,
		.renew = renew };
	return 0;
}

int keeper_teardown(void **state)
{
	keeper_free(c.keeper);
	c.keeper = NULL;
	ring_free(c.ring);
	describes_free(&c.describes);
	station_free(c.station);
	log_catch(NULL);
	return scratch_remove(state);
}

void move_clock(int64_t us)
{
	c.now.time_us += us;
	c.now.mono_us += us;
}

int put_reading(double cod)
{
	uint8_t first = isnan(cod) ? STATE_SILENT : STATE_OK;
	uint8_t state[4] = { first, STATE_OK, STATE_SILENT, STATE_OK };
	double value[4] = { cod, 20, NAN, 100 };
	struct reading_parts parts = {
		.n_channels = 4, .state = state, .value = value
	};
	memcpy(parts.describe, c.describes.instrument[0]->hash, 32);
	assert_int_equal(recorder_reading(&c.recorder, &c.now, &parts), OK);
	return ring_put(c.ring, c.recorder.record, c.recorder.n, c.now.time_us);
}

/* ---- what lies in the journal ---- */

struct kept read_journal(uint64_t epoch)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	static struct kept kept;
	memset(&kept, 0, sizeof kept);
	if (journal_read_open(&reader, c.folder, "nt-01", epoch, 1) != OK)
		return kept;
	while (journal_read_next(reader, &entry, &why) > 0) {
		struct record record;
		assert_true(record_decode(&record, entry.record, entry.size) > 0);
		assert_int_equal(record.seq, kept.last_seq + 1);
		assert_string_equal(record.source, "nt-01");
		kept.last_seq = record.seq;
		if (record.type == RECORD_GAP)
			gap_decode(&kept.gap, record.payload, record.payload_size);
		if (record.type == RECORD_CLOCK)
			clock_decode(&kept.clock, record.payload, record.payload_size);
		assert_true(kept.n < 1000);
		kept.type[kept.n++] = record.type;
	}
	journal_read_close(reader);
	return kept;
}

uint64_t epoch_now(void)
{
	return keeper_counts(c.keeper).epoch;
}

/* ---- the scripted collector ---- */

void collector_says(uint8_t type, uint64_t first_seq, const void *payload, size_t n)
{
	struct script *script = &c.script;
	struct wire wire = { .type = type,
		.source = "nt-01",
		.epoch = epoch_now(),
		.first_seq = first_seq,
		.payload = payload,
		.payload_size = n };
	assert_true(script->n_in < 16);
	int size = wire_encode(&wire, script->in[script->n_in], 4096);
	assert_true(size > 0);
	script->in_size[script->n_in++] = (size_t)size;
}

void collector_welcomes(uint64_t wanted)
{
	uint8_t payload[32];
	struct wire_welcome welcome = { .window = 4, .most = WIRE_MOST };
	int n = wire_welcome_put(&welcome, payload, sizeof payload);
	collector_says(WIRE_WELCOME, wanted, payload, (size_t)n);
}

struct wire cabinet_said(size_t i)
{
	struct wire wire;
	assert_true(i < c.script.n_out);
	assert_int_equal(wire_decode(&wire, c.script.out[i], c.script.out_size[i]), OK);
	return wire;
}
