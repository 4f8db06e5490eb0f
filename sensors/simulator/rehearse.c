/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/simulator/rehearse.h"

#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/log.h"
#include "sensors/cabinet/cabinet.h"
#include "sensors/keeper/recorder.h"
#include "sensors/poller/poller.h"
#include "sensors/simulator/simulate.h"
#include "sensors/station/describes.h"

struct stage {
	const struct rehearsal *rehearsal;
	struct describes describes;
	struct poller *poller;
	struct recorder recorder;
	struct cabinet *cabinet; /* NULL: it has neither contacts nor a sampler */
	struct cabinet_note note;
	struct cabinet_memory memory;
	struct port **port; /* [station->n_ports], the poller's */
	struct moment now;
	int64_t records;
	int status; /* of the callback: OK, or why it stopped */
};

static void hand_over(struct stage *stage, int status, int64_t time_us)
{
	const struct rehearsal *rehearsal = stage->rehearsal;
	if (stage->status == OK)
		stage->status = status;
	if (stage->status != OK)
		return;
	stage->status = rehearsal->each(
	        rehearsal->with, stage->recorder.record, stage->recorder.n, time_us);
	stage->records++;
}

static void on_reading(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
	struct stage *stage = context;
	struct reading_parts told = *parts;
	if (stage->cabinet != NULL)
		told.state = cabinet_reading(stage->cabinet, instrument, when, parts);
	hand_over(
	        stage, recorder_reading(&stage->recorder, when, &told), when->time_us);
}

static void on_state(
        void *context, const struct moment *when, const struct state_event *event)
{
	struct stage *stage = context;
	hand_over(stage, recorder_state(&stage->recorder, when, event), when->time_us);
}

/* ---- the cabinet: contacts that instruments read, a sampler that a coil starts ---- */

static int on_coil(
        void *lines, size_t port, const struct coil *coil, const struct moment *now)
{
	return poller_coil(((struct stage *)lines)->poller, port, coil, now);
}

static void on_written(
        void *context, const struct poller_written *what, const struct moment *now)
{
	struct stage *stage = context;
	if (stage->cabinet != NULL)
		cabinet_written(stage->cabinet, what, now);
}

static int begin_cabinet(struct stage *stage)
{
	const struct cabinet_setting *setting = &stage->rehearsal->station->cabinet;
	struct cabinet_options options = { .station = stage->rehearsal->station,
		.folder = "",
		.hooks = { .context = stage,
		        .state = on_state,
		        .lines = stage,
		        .coil = on_coil },
		.note = &stage->note,
		.memory = &stage->memory,
		.rehearsed = true };
	if (setting->n_inputs == 0 && !setting->has_sampler)
		return OK;
	if (cabinet_note_init(&stage->note, cabinet_most(options.station)) != OK)
		return FAILED;
	stage->cabinet = cabinet_new(&options, &stage->now);
	if (stage->cabinet != NULL)
		return OK;
	cabinet_note_end(&stage->note);
	return FAILED;
}

/* What is to be remembered is as good as on the disk. */
static void step_cabinet(struct stage *stage)
{
	if (stage->cabinet == NULL)
		return;
	cabinet_step(stage->cabinet, NULL, &stage->now);
	atomic_store(&stage->note.written, stage->note.version);
}

static void end_cabinet(struct stage *stage)
{
	if (stage->cabinet == NULL)
		return;
	cabinet_end(stage->cabinet, &stage->now);
	if (stage->rehearsal->memory != NULL) {
		atomic_store(&stage->note.written, 0);
		cabinet_note_write(&stage->note, stage->rehearsal->memory);
	}
	cabinet_free(stage->cabinet);
	stage->cabinet = NULL;
	cabinet_note_end(&stage->note);
}

static struct port *make_port(
        void *context, size_t port, const struct port_setting *setting)
{
	struct stage *stage = context;
	const struct scenario *scenario = stage->rehearsal->scenario;
	int index = scenario_port_index(scenario, setting->id);
	stage->port[port] =
	        index >= 0 ? simulate_port_new(scenario, (size_t)index) : NULL;
	return stage->port[port];
}

/* A mode is how a port carries Modbus; elsewhere there is none. */
static bool same_mode(const struct rehearsal *rehearsal, size_t port, size_t played)
{
	const struct station *station = rehearsal->station;
	for (size_t i = 0; i < station->n_instruments; i++)
		if (station->instrument[i].port_index == port &&
		        station->instrument[i].profile->driver->modbus)
			return rehearsal->scenario->port[played].mode ==
			       station->port[port].mode;
	return true;
}

static int check(const struct rehearsal *rehearsal, struct problem *why)
{
	const struct station *station = rehearsal->station;
	for (size_t i = 0; i < station->n_ports; i++) {
		int index =
		        scenario_port_index(rehearsal->scenario, station->port[i].id);
		if (index < 0)
			return problem_set(why, NOT_FOUND, EXIT_CONFIG,
			        "the scenario has no port '%s' of station '%s'",
			        station->port[i].id, station->id);
		if (!same_mode(rehearsal, i, (size_t)index))
			return problem_set(why, REFUSED, EXIT_CONFIG,
			        "port '%s' has one mode in the scenario and another in "
			        "station '%s'",
			        station->port[i].id, station->id);
	}
	return OK;
}

static int begin(struct stage *stage, struct problem *why)
{
	const struct station *station = stage->rehearsal->station;
	struct poller_hooks hooks = { .context = stage,
		.reading = on_reading,
		.state = on_state,
		.port = make_port,
		.written = on_written };
	int status = describes_make(&stage->describes, station, why);
	if (status != OK)
		return status;
	recorder_init(&stage->recorder, station->id);
	stage->port = calloc(station->n_ports + 1, sizeof stage->port[0]);
	if (stage->port != NULL)
		stage->poller = poller_new(station, &hooks);
	if (stage->poller == NULL || begin_cabinet(stage) != OK)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory to rehearse");
	for (size_t i = 0; i < station->n_instruments; i++)
		poller_describe(stage->poller, i, stage->describes.instrument[i]->hash);
	return OK;
}

static void describe_one(struct stage *stage, struct describe *describe)
{
	uint8_t *payload = malloc(DESCRIBE_MOST);
	int n = payload != NULL ? describe_encode(describe, payload, DESCRIBE_MOST)
	                        : FAILED;
	int status = n > 0 ? recorder_describe(
	                             &stage->recorder, &stage->now, payload, (size_t)n)
	                   : n;
	hand_over(stage, status, stage->now.time_us);
	free(payload);
}

/* On to the next thing: what the poller waits for, or an answer on its way. */
static void move_clock(struct stage *stage)
{
	int64_t now_us = stage->now.time_us;
	int64_t next_us =
	        now_us + poller_wait_ms(stage->poller, &stage->now) * INT64_C(1000);
	if (stage->cabinet != NULL) {
		int64_t wait_ms = cabinet_wait_ms(stage->cabinet, &stage->now);
		if (now_us + wait_ms * 1000 < next_us)
			next_us = now_us + wait_ms * 1000;
	}
	for (size_t i = 0; i < stage->rehearsal->station->n_ports; i++)
		if (simulate_port_due(stage->port[i]) < next_us)
			next_us = simulate_port_due(stage->port[i]);
	if (next_us <= now_us)
		next_us = now_us + 1000;
	stage->now.mono_us += next_us - now_us;
	stage->now.time_us = next_us;
}

static void play(struct stage *stage)
{
	const struct rehearsal *rehearsal = stage->rehearsal;
	while (stage->status == OK && stage->now.time_us < rehearsal->to_us) {
		for (size_t i = 0; i < rehearsal->station->n_ports; i++)
			simulate_port_time(stage->port[i], stage->now.time_us);
		poller_step(stage->poller, NULL, 0, &stage->now);
		step_cabinet(stage);
		move_clock(stage);
	}
}

static void swallow(enum log_level level, const char *text)
{
}

int64_t rehearse(const struct rehearsal *rehearsal, struct problem *why)
{
	struct stage stage = { .rehearsal = rehearsal,
		.now = { .time_us = rehearsal->from_us,
		        .mono_us = US_PER_HOUR,
		        .boot = (uint64_t)rehearsal->scenario->head.seed,
		        .state = CLOCK_SYNCED } };
	int status = check(rehearsal, why);
	if (status == OK)
		status = begin(&stage, why);
	for (size_t i = 0; status == OK && i < stage.describes.n; i++)
		describe_one(&stage, stage.describes.instrument[i]);
	if (status == OK) {
		describe_one(&stage, stage.describes.station);
		log_catch(swallow);
		play(&stage);
		log_catch(NULL);
		status = stage.status;
		if (status != OK)
			problem_set(why, status, EXIT_INTERNAL,
			        "the rehearsal was stopped: %s", status_text(status));
	}
	end_cabinet(&stage);
	poller_free(stage.poller);
	describes_free(&stage.describes);
	free(stage.port);
	return status == OK ? stage.records : status;
}
