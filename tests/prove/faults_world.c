/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/prove/faults_world.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sensors/simulator/simulate.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"
#include "tests/kits/played.h"
#include "tests/kits/station_head.h"

#define START_US INT64_C(1793466000000000) /* 2026-11-01T00:00:00+07:00 */

static struct faults_world *logging;

static void count_line(enum log_level level, const char *text)
{
	if (logging != NULL)
		logging->lines_logged++;
}

/* ---- the line, and what really was said on it ---- */

struct tap {
	struct port port; /* first */
	struct port *inner;
	struct faults_world *world;
};

static struct port *inner(struct port *port)
{
	return ((struct tap *)port)->inner;
}

static int tap_open(struct port *port, struct problem *why)
{
	return inner(port)->open(inner(port), why);
}

static int tap_descriptor(struct port *port)
{
	return -1;
}

static short tap_events(struct port *port)
{
	return inner(port)->events(inner(port));
}

static int tap_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	return inner(port)->read(inner(port), out, room, readable);
}

static void forget(struct faults_world *world, size_t i)
{
	struct faults_asked *asked = &world->asked[i];
	for (size_t k = 0; k < asked->n; k++)
		world->before[i][world->n_before[i]++ % FAULTS_BEFORE] = asked->said[k];
	asked->n = 0;
}

/* What it says, and what the line makes of that. */
static void note(struct faults_world *world, size_t i, const struct simulated said[2],
        int64_t time_us)
{
	struct faults_asked *asked = &world->asked[i];
	if (asked->n == 64) {
		memmove(asked->said, asked->said + 1, 63 * sizeof asked->said[0]);
		asked->n--;
	}
	struct faults_said *one = &asked->said[asked->n++];
	one->time_us = time_us;
	one->n = said[0].size;
	one->n_came = said[1].size;
	memcpy(one->said, said[0].bytes, said[0].size);
	memcpy(one->came, said[1].bytes, said[1].size);
}

static int tap_write(struct port *port, const uint8_t *in, size_t n)
{
	struct faults_world *world = ((struct tap *)port)->world;
	struct simulated said[2] = { { .size = 0 }, { .size = 0 } };
	int64_t time_us = world->now.time_us;
	int used = simulate_answer(world->twin, 0, in, n, time_us, &said[0]);
	if (used != (int)n) /* an acknowledgement */
		return inner(port)->write(inner(port), in, n);
	size_t i = (size_t)(said[0].instrument - world->twin->instrument);
	simulate_answer(world->scenario, 0, in, n, time_us, &said[1]);
	if (world->asked[i].n == 0)
		world->began_us[i] = time_us;
	note(world, i, said, time_us);
	return inner(port)->write(inner(port), in, n);
}

static void tap_close(struct port *port)
{
	inner(port)->close(inner(port));
}

static void tap_free(struct port *port)
{
	inner(port)->free(inner(port));
	free(port);
}

static struct port *give_port(
        void *context, size_t port, const struct port_setting *setting)
{
	struct faults_world *world = context;
	struct tap *tap = calloc(1, sizeof *tap);
	assert_non_null(tap);
	tap->port = (struct port){ .open = tap_open,
		.descriptor = tap_descriptor,
		.events = tap_events,
		.read = tap_read,
		.write = tap_write,
		.close = tap_close,
		.free = tap_free };
	tap->inner = world->line = simulate_port_new(world->scenario, 0);
	tap->world = world;
	return &tap->port;
}

static void on_reading(void *context, size_t i, const struct moment *when,
        const struct reading_parts *parts)
{
	struct faults_world *world = context;
	struct faults_tally *tally = &world->tally[i];
	uint8_t state = parts->state[0];
	tally->readings++;
	tally->state[state]++;
	faults_judge(world, i, parts);
	world->last_state[i] = state;
	if (world->speaks) {
		world->last_us[i] =
		        poller_port_up(world->poller, 0) ? when->time_us : 0;
		return;
	}
	world->last_us[i] = world->asked[i].n > 0 ? world->began_us[i] : 0;
	forget(world, i);
}

static void on_state(
        void *context, const struct moment *when, const struct state_event *event)
{
	struct faults_world *world = context;
	size_t n = strlen(world->told);
	snprintf(world->told + n, sizeof world->told - n, "%s %s %s\n", event->subject,
	        event->state, event->text);
}

/* ---- making it ---- */

static const char *const ids[2] = { "sick", "sound" };
static const char own[] = "tests/prove/profiles";

/* Every channel of a profile moves all the time, within its range. */
static void write_channels(FILE *out, const char *name)
{
	struct profile *profile;
	struct problem why;
	assert_int_equal(
	        profile_find(&profile, name, project_file(own), stderr, &why), OK);
	for (size_t c = 0; c < profile->n_channels; c++) {
		const struct channel *about = &profile->channel[c].about;
		double low = isfinite(about->low) ? about->low : 0;
		double high = isfinite(about->high) ? about->high : low + 1000;
		if (profile->channel[c].tag.type == TYPE_BIT) {
			fprintf(out,
			        "      - {name: %s, mean: 0.5, noise: 0.5, low: 0, "
			        "high: 1, decimals: 0, correlation: 1s}\n",
			        about->name);
			continue;
		}
		fprintf(out,
		        "      - {name: %s, mean: %.17g, daily: %.17g, noise: %.17g, "
		        "correlation: 1s}\n",
		        about->name, (low + high) / 2, 0.3 * (high - low),
		        0.03 * (high - low));
	}
	profile_free(profile);
}

static struct scenario *make_scenario(const struct faults_kind *kind, const char *scene)
{
	char *text;
	size_t n;
	struct scenario *scenario;
	struct problem why;
	FILE *out = open_memstream(&text, &n);
	fprintf(out,
	        "scenario: {name: faults, seed: 7, start: 2026-11-01T00:00, "
	        "profiles: %s}\n"
	        "ports: [{id: line, mode: %s}]\ninstruments:\n",
	        project_file(own), kind->mode);
	for (int i = 0; i < 2 && kind->profile[i] != NULL; i++) {
		fprintf(out,
		        "  - id: %s\n    profile: %s\n    port: line\n    %s\n"
		        "    channels:\n",
		        ids[i], kind->profile[i], kind->address[i]);
		write_channels(out, kind->profile[i]);
	}
	if (scene != NULL) {
		fputs("scenes:\n  - {from: day 1 00:01, to: day 90000, instrument: "
		      "sick, ",
		        out);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		fprintf(out, scene, kind->other);
#pragma GCC diagnostic pop
		fputs("}\n", out);
	}
	fclose(out);
	if (scenario_parse(&scenario, text, n, "faults.yaml", stderr, &why) != OK)
		fail_msg("%s: %s", kind->name, why.text);
	scenario_begin(scenario, START_US, INT64_MAX);
	free(text);
	return scenario;
}

static struct station *make_station(const struct faults_kind *kind)
{
	char text[2048];
	struct station *station;
	struct problem why;
	int n = snprintf(text, sizeof text,
	        "%s"
	        "profiles: %s\n"
	        "ports: [{id: line, %s}]\n"
	        "instruments:\n",
	        STATION_HEAD, project_file(own), kind->port);
	for (int i = 0; i < 2 && kind->profile[i] != NULL; i++)
		n += snprintf(text + n, sizeof text - (size_t)n,
		        "  - {id: %s, profile: %s, port: line, %s, %s}\n", ids[i],
		        kind->profile[i], kind->address[i],
		        i == 0 ? kind->times : "poll_every: 30s, timeout: 1s");
	if (station_parse(&station, text, (size_t)n, "station.yaml", NULL, &why) != OK)
		fail_msg("%s: %s", kind->name, why.text);
	return station;
}

/* ---- letting it run ---- */

/* What the instruments say by themselves, until now. */
static void listen(struct faults_world *world)
{
	const struct scenario_instrument *one = &world->twin->instrument[0];
	int64_t at_us;
	while (world->speaks && (at_us = simulate_speaks_next(one, world->spoken_us)) <=
	                                world->now.time_us) {
		struct simulated said[2];
		simulate_unasked(world->twin, one, at_us, &said[0]);
		simulate_unasked(world->scenario, &world->scenario->instrument[0],
		        at_us, &said[1]);
		note(world, 0, said, at_us);
		world->spoken_us = at_us;
	}
}

static void step(struct faults_world *world)
{
	listen(world);
	played_step(world->poller, world->line, &world->now);
}

void faults_run(struct faults_world *world, int64_t for_us)
{
	int64_t end_us = world->now.mono_us + for_us;
	while (world->now.mono_us < end_us)
		step(world);
}

struct faults_world *faults_new(const struct faults_kind *kind, const char *scene)
{
	struct faults_world *world = calloc(1, sizeof *world);
	struct poller_hooks hooks = { .context = world,
		.reading = on_reading,
		.state = on_state,
		.port = give_port };
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	assert_non_null(world);
	world->kind = kind;
	world->scenario = make_scenario(kind, scene);
	world->twin = make_scenario(kind, NULL);
	world->station = make_station(kind);
	world->n = world->station->n_instruments;
	world->speaks = simulate_speaks(&world->scenario->instrument[0]);
	world->spoken_us = START_US;
	world->now = (struct moment){ .time_us = START_US, .mono_us = START_US };
	logging = world;
	log_catch(count_line);
	world->poller = poller_new(world->station, &hooks);
	assert_non_null(world->poller);
	const struct scenario_scene *fault = world->scenario->scene;
	world->says_other =
	        scene != NULL && (fault->frozen || fault->shift > 0 ||
	                                 fault->flips > 0 || fault->garbage);
	faults_run(world, FAULTS_BEGIN_US);
	memset(world->tally, 0, sizeof world->tally);
	world->clean = *poller_counts(world->poller, 0);
	return world;
}

void faults_free(struct faults_world *world)
{
	poller_free(world->poller);
	station_free(world->station);
	scenario_free(world->scenario);
	scenario_free(world->twin);
	log_catch(NULL);
	logging = NULL;
	free(world);
}

void faults_transactions(struct faults_world *world, uint64_t n)
{
	const struct poller_counts *counts = poller_counts(world->poller, 0);
	uint64_t end = counts->requests + n, polls = counts->readings + 2 * n;
	if (world->speaks)
		polls = counts->readings + n;
	while (counts->requests < end && counts->readings < polls)
		step(world);
}

/* Until a poll of the sick one has ended that began then or later. */
static void run_past(struct faults_world *world, int64_t began_us)
{
	int64_t give_up_us = world->now.time_us + 7200000000;
	while (world->last_us[0] < began_us && world->now.time_us < give_up_us)
		step(world);
}

int64_t faults_recover(struct faults_world *world)
{
	struct scenario_scene *scene = &world->scenario->scene[0];
	int64_t end_us = world->now.time_us;
	scene->to_us = end_us - START_US;
	run_past(world, end_us);
	/* where an answer does not say to what it is, what is owed must be over first */
	if (world->last_state[0] != STATE_OK && !world->speaks &&
	        world->kind->lacks & (NO_TIE | IN_PIECES))
		run_past(world, end_us + FAULTS_OWED_US);
	/* who seemed to refuse, by a bent answer, is believed when it has answered; being
	 * dead it is asked once a minute */
	const uint64_t *states = world->tally[0].state;
	if (world->last_state[0] != STATE_OK && states[STATE_REFUSED] > 0 &&
	        states[STATE_GARBLED] > 0)
		run_past(world, end_us + FAULTS_OWED_US + FAULTS_DEAD_US);
	return world->last_state[0] == STATE_OK ? world->now.time_us - end_us : -1;
}
