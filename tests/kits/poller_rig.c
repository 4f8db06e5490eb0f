/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/poller_rig.h"
#include "tests/kits/station_head.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

size_t lines_logged, minutes_logged;

static void count_line(enum log_level level, const char *text)
{
	if (strstr(text, ": in the last ") != NULL)
		minutes_logged++;
	else
		lines_logged++;
}

static void on_reading(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
	struct rig *rig = context;
	uint8_t payload[4096];
	struct reading reading;
	int n = reading_encode(parts, payload, sizeof payload);
	assert_true(n > 0);
	assert_int_equal(reading_decode(&reading, payload, (size_t)n), OK);
	assert_true(rig->n_seen < MOST_SEEN);
	rig->seen[rig->n_seen++] = (struct seen){
		.instrument = instrument,
		.when = *when,
		.state = parts->state[0],
		.value = parts->value[0],
		.n_exchanges = parts->n_exchanges,
	};
}

static void on_state(
        void *context, const struct moment *when, const struct state_event *event)
{
	struct rig *rig = context;
	assert_true(rig->n_told < 64);
	snprintf(rig->told[rig->n_told++], sizeof rig->told[0], "%s %s %s",
	        event->subject, event->state, event->text);
}

static void on_written(
        void *context, const struct poller_written *what, const struct moment *now)
{
	struct rig *rig = context;
	assert_true(rig->n_written < 8);
	snprintf(rig->why[rig->n_written], sizeof rig->why[0], "%s", what->why);
	rig->sent[rig->n_written] = what->sent;
	rig->n_answer = what->n < sizeof rig->answer ? what->n : sizeof rig->answer;
	if (rig->n_answer > 0)
		memcpy(rig->answer, what->answer, rig->n_answer);
	rig->written[rig->n_written++] = what->status;
}

static struct port *give_bus(
        void *context, size_t port, const struct port_setting *setting)
{
	return &((struct rig *)context)->bus.port;
}

static const char configuration[] = STATION_HEAD
        "ports: [{id: bus, path: /dev/ttyUSB0}]\n"
        "instruments:\n"
        "  - {id: flow, profile: sim-flow, port: bus, slave: 1, poll_every: 5s, "
        "timeout: 500ms}\n"
        "  - {id: ph, profile: sim-ph-temperature, port: bus, slave: 2, poll_every: "
        "5s, timeout: "
        "500ms}\n"
        "  - {id: cod, profile: sim-water-quality, port: bus, slave: 3, poll_every: "
        "5s, timeout: "
        "500ms}\n";

void rig_restart(struct rig *rig)
{
	struct poller_hooks hooks = { .context = rig,
		.reading = on_reading,
		.state = on_state,
		.port = give_bus,
		.written = on_written };
	poller_free(rig->poller);
	rig->poller = poller_new(rig->station, &hooks);
}

int rig_make(void **state)
{
	struct rig *rig = calloc(1, sizeof *rig);
	struct problem why;
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	log_catch(count_line);
	lines_logged = minutes_logged = 0;
	if (station_parse(&rig->station, configuration, strlen(configuration),
	            "station.yaml", stderr, &why) != OK)
		return -1;
	fake_bus_init(&rig->bus);
	rig->now = (struct moment){ .time_us = START_TIME, .mono_us = START_US };
	rig_restart(rig);
	*state = rig;
	return rig->poller != NULL ? 0 : -1;
}

int rig_remove(void **state)
{
	struct rig *rig = *state;
	poller_free(rig->poller);
	station_free(rig->station);
	log_catch(NULL);
	free(rig);
	return 0;
}

void run(struct rig *rig, int64_t for_us)
{
	int64_t end = rig->now.mono_us + for_us;
	while (rig->now.mono_us < end) {
		rig->bus.now_us = rig->now.mono_us;
		poller_step(rig->poller, NULL, 0, &rig->now);
		rig->now.mono_us += MS;
		rig->now.time_us += MS;
	}
}

size_t count(const struct rig *rig, size_t instrument, uint8_t state, int64_t within_us)
{
	size_t n = 0;
	for (size_t i = 0; i < rig->n_seen; i++)
		if (rig->seen[i].instrument == instrument &&
		        rig->seen[i].state == state &&
		        rig->now.mono_us - rig->seen[i].when.mono_us <= within_us)
			n++;
	return n;
}

bool told(const struct rig *rig, const char *part)
{
	for (size_t i = 0; i < rig->n_told; i++)
		if (strstr(rig->told[i], part) != NULL)
			return true;
	return false;
}

void only_these_values(const struct rig *rig, size_t instrument, double value)
{
	for (size_t i = 0; i < rig->n_seen; i++)
		if (rig->seen[i].instrument == instrument &&
		        isfinite(rig->seen[i].value))
			assert_close(rig->seen[i].value, value, 1e-6);
}
