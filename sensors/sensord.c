/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quantrac-sensord: reads the instruments of one cabinet, keeps every reading, sends it on.
 *
 *     poller (this thread)  --ring-->  keeper (its own thread)
 *     ports, drivers                   journal, uplink, live view
 */
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/legal_time.h"
#include "base/log.h"
#include "base/notify.h"
#include "sensors/cabinet/senses.h"
#include "sensors/keeper/home.h"
#include "sensors/keeper/keeper.h"
#include "sensors/keeper/link.h"
#include "sensors/keeper/recorder.h"
#include "sensors/keeper/ring.h"
#include "sensors/poller/counts.h"
#include "sensors/poller/poller.h"
#include "sensors/sensord_arguments.h"
#include "sensors/sensord_check.h"
#include "sensors/station/describes.h"
#include "sensors/station/station.h"

#define RING_SIZE (4u << 20)
#define ENDING_US INT64_C(3000000) /* for outputs that must go inactive */

static volatile sig_atomic_t stop, hung_up;

static void on_signal(int number)
{
	if (number == SIGHUP)
		hung_up = 1;
	else
		stop = 1;
}

struct sensord {
	struct station *station;
	struct describes describes;
	struct ring *ring;
	struct poller *poller;
	struct keeper *keeper;
	struct recorder recorder; /* of the poller's thread */
	struct clock clock;       /* of the poller's thread */
	struct link link;
	struct home home;
	struct senses senses;
	struct counting counting;
	char **path;        /* [n_ports] of serial lines, in full; NULL: TCP */
	struct pollfd *fds; /* [fds_most] ports, contacts, orders */
	size_t fds_most;
	int wake; /* readable when the keeper shall end */
	pthread_t thread;
};

/* ---- the poller's thread ---- */

static void put(struct sensord *sensord, int status, const struct moment *when)
{
	const struct recorder *recorder = &sensord->recorder;
	if (status == OK) {
		ring_put(sensord->ring, recorder->record, recorder->n, when->time_us);
		return;
	}
	/* told by a GAP, as any other that is not kept */
	ring_lose(sensord->ring, when->time_us);
	log_seldom(LOG_ALERT, "record", "a record could not be made (%s) and is lost",
	        status == FULL ? "it is too long" : status_text(status));
}

static void on_reading(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
	struct sensord *sensord = context;
	struct reading_parts told = *parts;
	told.state = cabinet_reading(sensord->senses.cabinet, instrument, when, parts);
	put(sensord, recorder_reading(&sensord->recorder, when, &told), when);
}

static void on_state(
        void *context, const struct moment *when, const struct state_event *event)
{
	struct sensord *sensord = context;
	put(sensord, recorder_state(&sensord->recorder, when, event), when);
}

static void on_written(
        void *context, const struct poller_written *what, const struct moment *now)
{
	cabinet_written(((struct sensord *)context)->senses.cabinet, what, now);
}

static bool on_may(void *context)
{
	return cabinet_command_may(((struct sensord *)context)->senses.cabinet);
}

static struct moment look_at_clock(struct sensord *sensord)
{
	struct moment now = clock_now(&sensord->clock);
	if (sensord->clock.beyond)
		log_seldom(LOG_ALERT, "clock",
		        "the clock of this machine is before 1970 or after 2099: what "
		        "is recorded has no time until it is set");
	return now;
}

/* One wait and one step of poller and cabinet.  Signals are taken only while waiting, so none is missed between
 * look and sleep. */
static struct moment wait_and_step(struct sensord *sensord, struct moment now,
        int64_t until_us, const sigset_t *waiting)
{
	struct pollfd *fds = sensord->fds;
	struct cabinet *cabinet = sensord->senses.cabinet;
	size_t n = poller_descriptors(sensord->poller, fds, sensord->fds_most);
	size_t more = cabinet_descriptors(cabinet, fds, n, sensord->fds_most);
	int wait_ms = poller_wait_ms(sensord->poller, &now);
	int cabinet_ms = cabinet_wait_ms(cabinet, &now);
	int64_t wait_us = (cabinet_ms < wait_ms ? cabinet_ms : wait_ms) * INT64_C(1000);
	if (until_us - now.mono_us < wait_us)
		wait_us = until_us - now.mono_us;
	struct timespec wait = { .tv_sec = wait_us / 1000000,
		.tv_nsec = wait_us % 1000000 * 1000 };
	int ready = ppoll(fds, n + more, &wait, waiting);
	now = look_at_clock(sensord);
	cabinet_step(cabinet, ready >= 0 ? fds : NULL, &now);
	poller_step(sensord->poller, fds, ready >= 0 ? n : 0, &now);
	counting_step(&sensord->counting, &now);
	return now;
}

static void read_instruments(
        struct sensord *sensord, double for_s, const sigset_t *waiting)
{
	struct moment now = clock_now(&sensord->clock);
	int64_t end_us =
	        isfinite(for_s) ? now.mono_us + (int64_t)(for_s * 1e6) : INT64_MAX;
	while (!stop && now.mono_us < end_us) {
		now = wait_and_step(sensord, now, end_us, waiting);
		if (!hung_up)
			continue;
		hung_up = 0;
		log_line(LOG_WARN, "the configuration is read only at the start: end "
		                   "quantrac-sensord and start it again (where it is "
		                   "installed: systemctl restart quantrac-sensord)");
	}
	int64_t last_us = now.mono_us + ENDING_US;
	while (senses_end(&sensord->senses, &now) && now.mono_us < last_us)
		now = wait_and_step(sensord, now, now.mono_us + 50000, waiting);
	counting_end(&sensord->counting, &now);
}

/* ---- the keeper's thread ---- */

static void *keep(void *with)
{
	struct sensord *sensord = with;
	struct clock clock;
	clock_init(&clock);
	clock.boot = sensord->clock.boot;
	for (bool more = true; more;) {
		struct pollfd fds[KEEPER_DESCRIPTORS + 1];
		struct moment now = clock_now(&clock);
		size_t n = keeper_descriptors(sensord->keeper, fds);
		fds[n] = (struct pollfd){ .fd = sensord->wake, .events = POLLIN };
		if (poll(fds, n + 1, keeper_wait_ms(sensord->keeper, &now)) > 0)
			more = fds[n].revents == 0;
		now = clock_now(&clock);
		keeper_step(sensord->keeper, &now);
		senses_write(&sensord->senses);
	}
	keeper_farewell(sensord->keeper, &clock);
	senses_write(&sensord->senses);
	return NULL;
}

/* ---- beginning and ending ---- */

static const struct keeper_link *open_link(struct sensord *sensord)
{
	struct problem why = { .exit = EXIT_CONFIG };
	int status = link_open(&sensord->link, sensord->station, &why);
	if (status == OK)
		return &sensord->link.keeper;
	if (status != NOT_FOUND || sensord->station->collector[0] != '\0')
		fatal(why.exit, "%s", why.text);
	log_line(LOG_INFO, "no collector: everything is kept here, nothing is sent");
	return NULL;
}

static void make_keeper(struct sensord *sensord)
{
	const struct station *station = sensord->station;
	struct problem why = { .exit = EXIT_INTERNAL };
	struct moment now = clock_now(&sensord->clock);
	struct keeper_options options = { .source = station->id,
		.folder = sensord->home.folder,
		.state_path = sensord->home.state_path,
		.keep_s = station->keep_s,
		.commit_s = station->commit_s,
		.room = station_room(station),
		.memory = station->memory_bytes,
		.ring = sensord->ring,
		.station = sensord->describes.station,
		.instrument = sensord->describes.instrument,
		.n_instruments = sensord->describes.n,
		.configured = station,
		.counts = sensord->counting.board,
		.cabinet = &sensord->senses.note,
		.link = open_link(sensord) };
	if (getrandom(&options.seed, sizeof options.seed, 0) != sizeof options.seed)
		options.seed = (uint64_t)now.time_us;
	if (keeper_new(&sensord->keeper, &options, &now, &why) != OK)
		fatal(why.exit, "%s", why.text);
}

/* A relative path of a port is beside the configuration, as all others are. */
static void resolve_paths(struct sensord *sensord)
{
	struct station *station = sensord->station;
	sensord->path = calloc(station->n_ports + 1, sizeof sensord->path[0]);
	for (size_t i = 0; sensord->path != NULL && i < station->n_ports; i++) {
		char path[PATH_MAX];
		if (station->port[i].setting.path[0] == '\0')
			continue;
		station_path(station, station->port[i].setting.path, path, sizeof path);
		sensord->path[i] = strdup(path);
		if (sensord->path[i] != NULL)
			station->port[i].setting.path = sensord->path[i];
	}
}

static void make_senses(struct sensord *sensord)
{
	struct moment now = clock_now(&sensord->clock);
	const struct cabinet_options options = { .station = sensord->station,
		.folder = sensord->home.folder,
		.hooks = { .context = sensord, .state = on_state } };
	sensord->fds_most =
	        sensord->station->n_ports + cabinet_descriptors_most(sensord->station);
	sensord->fds = calloc(sensord->fds_most, sizeof sensord->fds[0]);
	if (sensord->fds == NULL ||
	        senses_open(&sensord->senses, &options, sensord->poller, &now) != OK)
		fatal(EXIT_INTERNAL, "no memory for the cabinet");
}

static void make_poller(struct sensord *sensord)
{
	struct poller_hooks hooks = { .context = sensord,
		.reading = on_reading,
		.state = on_state,
		.written = on_written,
		.may = on_may };
	sensord->poller = poller_new(sensord->station, &hooks);
	if (sensord->poller == NULL)
		fatal(EXIT_INTERNAL, "no memory for the poller");
	for (size_t i = 0; i < sensord->describes.n; i++)
		poller_describe(
		        sensord->poller, i, sensord->describes.instrument[i]->hash);
}

static void make_counting(struct sensord *sensord)
{
	struct moment now = clock_now(&sensord->clock);
	sensord->counting = (struct counting){ .station = sensord->station,
		.poller = sensord->poller,
		.board = sensord->counting.board,
		.context = sensord,
		.state = on_state };
	counting_begin(&sensord->counting, &now);
}

static void start(struct sensord *sensord)
{
	struct problem why = { .exit = EXIT_CONFIG };
	clock_init(&sensord->clock);
	recorder_init(&sensord->recorder, sensord->station->id);
	if (describes_make(&sensord->describes, sensord->station, &why) != OK)
		fatal(why.exit, "%s", why.text);
	if (home_open(&sensord->home, sensord->station, &why) != OK)
		fatal(why.exit, "%s", why.text);
	if (ring_new(&sensord->ring, RING_SIZE) != OK)
		fatal(EXIT_INTERNAL, "no memory for the ring: %s", strerror(errno));
	sensord->wake = eventfd(0, EFD_CLOEXEC);
	if (sensord->wake < 0)
		fatal(EXIT_INTERNAL, "eventfd: %s", strerror(errno));
	sensord->counting.board = counts_board_new(sensord->station->n_instruments);
	make_keeper(sensord);
	resolve_paths(sensord);
	make_poller(sensord);
	make_senses(sensord);
	make_counting(sensord);
}

/* Both threads get the signals blocked; this one lets them in while it waits. */
static void watch_signals(sigset_t *waiting)
{
	sigset_t blocked;
	struct sigaction action = { .sa_handler = on_signal };
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &blocked, waiting);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void end(struct sensord *sensord)
{
	uint64_t one = 1;
	notify("STOPPING=1");
	ring_put_loss(sensord->ring);
	if (write(sensord->wake, &one, sizeof one) < 0)
		log_line(LOG_ALERT, "the keeper cannot be woken: %s", strerror(errno));
	pthread_join(sensord->thread, NULL);
	struct keeper_counts counts = keeper_counts(sensord->keeper);
	log_line(LOG_INFO,
	        "ended; %llu records in the journal of epoch %016llx, %llu lost; %llu "
	        "wait for the collector",
	        (unsigned long long)counts.committed_seq - 1,
	        (unsigned long long)counts.epoch, (unsigned long long)counts.lost,
	        (unsigned long long)counts.waiting);
	senses_close(&sensord->senses);
	poller_free(sensord->poller);
	keeper_free(sensord->keeper);
	counts_board_free(sensord->counting.board);
	link_close(&sensord->link);
	ring_free(sensord->ring);
	describes_free(&sensord->describes);
	for (size_t i = 0; sensord->path != NULL && i < sensord->station->n_ports; i++)
		free(sensord->path[i]);
	free(sensord->path);
	free(sensord->fds);
	station_free(sensord->station);
	close(sensord->wake);
	home_close(&sensord->home);
}

int main(int argc, char **argv)
{
	static struct sensord sensord;
	struct problem why = { .exit = EXIT_CONFIG };
	sigset_t waiting;
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); /* a cabinet has little memory */
	struct arguments given = sensord_arguments(argc, argv);
	if (given.check) /* people read its table; a log is English, and needs no locale */
		setlocale(LC_CTYPE, "");
	log_start("sensord", given.verbose ? LOG_DETAIL : LOG_INFO);
	if (station_read(&sensord.station, given.config, stderr, &why) != OK)
		fatal(why.exit, "%s%s", why.text,
		        given.check ? "" : "; nothing was started");
	if (given.check)
		return sensord_check(sensord.station, given.config);
	station_settle(sensord.station);
	watch_signals(&waiting);
	start(&sensord);
	if (pthread_create(&sensord.thread, NULL, keep, &sensord) != 0)
		fatal(EXIT_INTERNAL, "no thread for the keeper");
	char what[READ_THERE];
	sensord_read_there(sensord.station, what);
	log_line(LOG_INFO, "station %s: %s%s", sensord.station->id, what,
	        sensord.station->simulation ? " (" SIMULATED_TEXT ")" : "");
	notify("READY=1\nSTATUS=%s", what);
	read_instruments(&sensord, given.for_s, &waiting);
	end(&sensord);
	return 0;
}
