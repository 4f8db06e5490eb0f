/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tools/trial.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/ports/port_tap.h"
#include "sensors/tables/values.h"

#define APART_US INT64_C(50000) /* between two frames, behind whatever adapter */

#define LOOK_MS  100               /* between looks at the time and at *stop */
#define FIRST_US INT64_C(30000000) /* that the first poll may take longer */

struct trial {
	const struct trial_options *options;
	struct trial_tally *tally;
	struct clock clock;
	struct station station; /* of one port and one instrument */
	struct station_port port;
	struct station_instrument instrument;
	char path[PATH_MAX];
	struct poller *poller;
	size_t n_passes, n_bytes;
	bool asked;      /* something was sent for the poll under way */
	size_t at_end;   /* polls that had ended when the time was over; 0: it is not */
	int64_t last_us; /* of the last byte that passed */
	struct trial_pass pass[TRIAL_PASSES];
	uint8_t bytes[TRIAL_BYTES];
};

/* ---- what polls count as ---- */

static bool is_usable(uint8_t state)
{
	return state == STATE_UNCHANGED || channel_state_measured(state);
}

void trial_count(
        struct trial_tally *tally, const struct reading_parts *parts, bool absurd)
{
	size_t n = 0, silent = 0, garbled = 0, refused = 0, usable = 0;
	for (size_t i = 0; i < parts->n_channels; i++) {
		uint8_t state = parts->state[i];
		if (state == STATE_OFF)
			continue;
		n++;
		silent += state == STATE_SILENT;
		garbled += state == STATE_GARBLED;
		refused += state == STATE_REFUSED;
		usable += is_usable(state);
	}
	size_t missing = silent + garbled + refused;
	tally->polls++;
	tally->good += missing == 0;
	tally->usable += usable > 0;
	tally->absurd += absurd;
	tally->partly += missing > 0 && missing < n;
	if (missing < n || n == 0)
		return;
	tally->refused += refused > 0;
	tally->garbled += refused == 0 && garbled > 0;
	tally->silent += refused == 0 && garbled == 0;
}

enum trial_verdict trial_verdict(const struct trial_tally *tally)
{
	uint64_t unsound = tally->counts.malformed + tally->counts.checksum;
	enum trial_verdict garbled = tally->blame.sound ? TRIAL_FOREIGN : TRIAL_GARBLED;
	if (tally->port_gone || tally->polls == 0) {
		if (tally->port[0] != '\0')
			return TRIAL_NO_PORT;
		/* no poll was over in time, yet something may have come */
		return unsound > 0 ? garbled : TRIAL_SILENT;
	}
	if (tally->good == tally->polls && tally->absurd > 0)
		return TRIAL_ABSURD;
	if (tally->good == tally->polls)
		return tally->usable > 0 ? TRIAL_GOOD : TRIAL_NO_VALUE;
	if (tally->good + tally->partly > 0)
		return TRIAL_SOMETIMES;
	if (tally->refused > 0)
		return TRIAL_REFUSED;
	return tally->garbled > 0 ? garbled : TRIAL_SILENT;
}

/* ---- what the poller tells ---- */

static void on_passed(void *context, bool sent, const uint8_t *bytes, size_t n)
{
	struct trial *trial = context;
	struct trial_pass *last =
	        trial->n_passes > 0 ? &trial->pass[trial->n_passes - 1] : NULL;
	if (n > sizeof trial->bytes - trial->n_bytes)
		n = sizeof trial->bytes - trial->n_bytes;
	memcpy(trial->bytes + trial->n_bytes, bytes, n);
	int64_t now_us = clock_now(&trial->clock).mono_us;
	if (last != NULL && last->sent == sent && now_us - trial->last_us < APART_US)
		last->n += n;
	else if (n > 0 && trial->n_passes < TRIAL_PASSES)
		trial->pass[trial->n_passes++] = (struct trial_pass){ .sent = sent,
			.shows_step = sent && poller_tries(trial->poller, 0),
			.mono_us = now_us,
			.bytes = trial->bytes + trial->n_bytes,
			.n = n };
	trial->n_bytes += n;
	trial->asked = trial->asked || (sent && n > 0);
	trial->last_us = now_us;
}

static void note_blame(struct trial *trial)
{
	const struct poller_blame *blame = poller_blame(trial->poller, 0);
	if (blame->text[0] != '\0')
		trial->tally->blame = *blame;
}

static void on_reading(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
	struct trial *trial = context;
	const struct trial_reading reading = { .instrument = &trial->instrument,
		.when = when,
		.parts = parts,
		.n_passes = trial->n_passes,
		.pass = trial->pass };
	const struct exchanges exchanges = { .n = parts->n_exchanges,
		.size = parts->exchanges_size,
		.bytes = parts->exchanges };
	/* a poll that ended because the line went says nothing of the instrument */
	trial->asked = false;
	if (!trial->tally->port_gone) {
		trial->tally->counts = *poller_counts(trial->poller, 0);
		note_blame(trial);
		trial_count(trial->tally, parts,
		        values_absurd(&trial->instrument.instrument, &exchanges));
		if (trial->options->reading != NULL)
			trial->options->reading(trial->options->context, &reading);
	}
	trial->n_passes = trial->n_bytes = 0;
}

static void on_state(
        void *context, const struct moment *when, const struct state_event *event)
{
	struct trial *trial = context;
	struct trial_tally *tally = trial->tally;
	if (strncmp(event->subject, "port ", 5) == 0) {
		tally->port_gone = strcmp(event->state, "down") == 0;
		const char *text = tally->port_gone ? event->text : "";
		const char *again = strstr(text, "; trying again"); /* not here */
		int n = (int)(again != NULL ? again - text : (long)strlen(text));
		snprintf(tally->port, sizeof tally->port, "%.*s", n, text);
	} else if (strcmp(event->state, "refused") == 0) {
		const char *words = strstr(event->text, "exception");
		snprintf(tally->refusal, sizeof tally->refusal, "%s",
		        words != NULL ? words : event->text);
	}
}

static struct port *give_port(
        void *context, size_t port, const struct port_setting *setting)
{
	return port_tap_new(port_new(setting), on_passed, context);
}

/* ---- the run ---- */

static void arrange(struct trial *trial, const struct station *station, size_t i)
{
	trial->station = *station;
	trial->instrument = station->instrument[i];
	trial->port = station->port[trial->instrument.port_index];
	if (trial->port.path[0] != '\0') {
		station_path(
		        station, trial->port.path, trial->path, sizeof trial->path);
		trial->port.setting.path = trial->path;
	}
	trial->instrument.port_index = 0;
	trial->instrument.poll_every_s = trial->options->poll_every_s;
	trial->station.n_ports = trial->station.n_instruments = 1;
	trial->station.port = &trial->port;
	trial->station.instrument = &trial->instrument;
}

static bool more(struct trial *trial, int64_t now_us, int64_t end_us)
{
	const struct trial_options *options = trial->options;
	if (trial->tally->polls == 0) /* a slow one is waited for */
		end_us += FIRST_US;
	else if (trial->asked && now_us >= end_us) { /* and what is under way */
		if (trial->at_end == 0)
			trial->at_end = trial->tally->polls;
		if (trial->at_end == trial->tally->polls)
			end_us += FIRST_US;
	}
	return now_us < end_us && !trial->tally->port_gone &&
	       (options->polls == 0 || trial->tally->polls < options->polls) &&
	       (options->stop == NULL || !*options->stop);
}

static void go(struct trial *trial)
{
	struct moment now = clock_now(&trial->clock);
	int64_t end_us = now.mono_us + (int64_t)(trial->options->for_s * 1e6);
	while (more(trial, now.mono_us, end_us)) {
		struct pollfd fds[1];
		size_t n = poller_descriptors(trial->poller, fds, 1);
		int64_t wait_ms = poller_wait_ms(trial->poller, &now);
		if (wait_ms > LOOK_MS)
			wait_ms = LOOK_MS;
		int ready = poll(fds, n, (int)wait_ms);
		now = clock_now(&trial->clock);
		poller_step(trial->poller, fds, ready >= 0 ? n : 0, &now);
	}
}

int trial_run(const struct station *station, size_t i,
        const struct trial_options *options, struct trial_tally *out)
{
	struct trial *trial = calloc(1, sizeof *trial);
	const struct poller_hooks hooks = { .context = trial,
		.reading = on_reading,
		.state = on_state,
		.port = give_port };
	*out = (struct trial_tally){ 0 };
	if (trial == NULL)
		return FAILED;
	trial->options = options;
	trial->tally = out;
	clock_init(&trial->clock);
	arrange(trial, station, i);
	trial->poller = poller_new(&trial->station, &hooks);
	if (trial->poller != NULL) {
		go(trial);
		if (out->polls == 0) {
			out->counts = *poller_counts(trial->poller, 0);
			note_blame(trial);
		}
	}
	int status = trial->poller != NULL ? OK : FAILED;
	poller_free(trial->poller);
	free(trial);
	return status;
}
