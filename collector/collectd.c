/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quantrac-collectd: takes in the records of the cabinets, makes them durable,
 * acknowledges them, and seals each legal day.  One poll loop; sealing has a thread of
 * its own, the door of the socket too.
 *
 *     cabinets --CURVE--> desk --> ingest (journals) --ACK--> cabinets
 *                                    `--> sealing (archive)
 */
#include <errno.h>
#include <locale.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/journal.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "base/notify.h"
#include "collector/checkpoints.h"
#include "collector/collectd_parts.h"
#include "collector/incoming.h"
#include "collector/status_file.h"

#define RELOAD_US   (60 * US_PER_S)
#define INCOMING_US US_PER_S
#define STATUS_US   US_PER_S
#define IDLE_US     (10 * US_PER_S) /* the status file, when nothing changes */

#define BACKLOG_US (5 * US_PER_S / 1000) /* nobody waits longer with a backlog */

#define MESSAGES_A_ROUND 256 /* a cabinet that never stops keeps nobody from the rest */

static volatile sig_atomic_t stop, reload;

static void on_signal(int number)
{
	if (number == SIGHUP)
		reload = 1;
	else
		stop = 1;
}

/* ---- starting ---- */

static void catch_signals(sigset_t *waiting)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t ours;
	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGHUP);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* they come in ppoll alone, and in this thread */
	pthread_sigmask(SIG_BLOCK, &ours, waiting);
	sigdelset(waiting, SIGTERM);
	sigdelset(waiting, SIGINT);
	sigdelset(waiting, SIGHUP);
}

static _Noreturn void end_checked(const struct collectd_config *config)
{
	struct problem why;
	printf("archive %s, listens on %s: OK\n", config->archive, config->listen);
	if (checkpoints_key_look(config->sign_key, &why) != OK)
		fprintf(stderr, "%s\n", why.text);
	exit(0);
}

static void start(struct collectd *collectd, const struct collectd_arguments *arguments)
{
	collectd->document = collectd_configure(&collectd->config, arguments);
	if (arguments->check)
		end_checked(&collectd->config);
	collectd_open_archive(collectd);
	if (desk_open(&collectd->desk, collectd->ingest,
	            (size_t)collectd->config.most_agents) != OK ||
	        sealing_open(&collectd->sealing, collectd->ingest) != OK)
		fatal(EXIT_INTERNAL, "cannot start: %s", strerror(errno));
	sealing_scrub(&collectd->sealing,
	        &(struct scrub_options){ .every_s = collectd->config.scrub_every_s,
	                .bytes_s = collectd->config.scrub_mib_s * (1 << 20) });
	collectd_open_link(collectd);
	clock_init(&collectd->clock);
	collectd->now = clock_now(&collectd->clock);
	int64_t mono_us = collectd->now.mono_us;
	collectd->end_us = arguments->for_s > 0
	                           ? mono_us + (int64_t)(arguments->for_s * 1e6)
	                           : INT64_MAX;
	collectd->reload_us = mono_us + RELOAD_US;
	collectd->changed = true;
	notify("READY=1\nSTATUS=listens on %s",
	        server_socket_endpoint(collectd->server));
}

/* ---- the link ---- */

static void send_acks(struct collectd *collectd)
{
	for (size_t i = 0; i < collectd->desk.n; i++) {
		int n = desk_ack(&collectd->desk, i, collectd->out);
		if (n <= 0)
			continue;
		/* a lost ACK costs a repetition, no more */
		const struct peer *peer = &collectd->desk.station[i].shown_by;
		server_socket_send(collectd->server, peer, collectd->out, (size_t)n);
		server_socket_acknowledged(collectd->server, peer);
	}
}

static void commit(struct collectd *collectd)
{
	int status = ingest_commit(collectd->ingest);
	bool failed = status != OK;
	if (failed && !collectd->cannot_commit)
		log_line(LOG_ALERT,
		        "journals cannot be written: %s; nothing is acknowledged until "
		        "they can",
		        strerror(errno));
	if (!failed && collectd->cannot_commit)
		log_line(LOG_INFO, "journals are written again");
	collectd->cannot_commit = failed;
	collectd->desk.gathered = 0;
	collectd->desk.waits = collectd->desk.backlog = false;
	/* what could not be written stays gathered: try again before long */
	collectd->commit_us = failed ? collectd->now.mono_us + US_PER_S : 0;
	collectd->changed = collectd->spoke = true;
	send_acks(collectd);
}

/* Everything that has come, or as much as one commit takes.  1: there may be more. */
static int hear(struct collectd *collectd)
{
	struct peer peer;
	collectd->spoke = false;
	for (int i = 0; i < MESSAGES_A_ROUND; i++) {
		int n = server_socket_receive(
		        collectd->server, &peer, collectd->in, sizeof collectd->in);
		if (n == 0)
			return 0;
		if (n < 0) {
			desk_drop(&collectd->desk, &peer);
			continue;
		}
		if (!collectd->cannot_commit &&
		        desk_owes_another(&collectd->desk, &peer))
			commit(collectd);
		int answer = desk_hear(&collectd->desk, &peer, collectd->in, (size_t)n,
		        &collectd->now, collectd->out);
		if (answer > 0)
			server_socket_send(
			        collectd->server, &peer, collectd->out, (size_t)answer);
		collectd->changed = true;
		if (collectd->desk.gathered >= DESK_ENOUGH)
			return 1;
	}
	return 1;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void commit_if_due(struct collectd *collectd)
{
	int64_t wait_us = (int64_t)(collectd->config.commit_every_s * 1e6);
	if (collectd->desk.gathered > 0 && collectd->commit_us == 0)
		collectd->commit_us = collectd->now.mono_us + wait_us;
	if (collectd->desk.backlog && !collectd->cannot_commit)
		collectd->commit_us = earlier(
		        collectd->commit_us, collectd->now.mono_us + BACKLOG_US);
	bool full = (collectd->desk.gathered >= DESK_ENOUGH || collectd->desk.waits) &&
	            !collectd->cannot_commit;
	bool due = collectd->commit_us != 0 &&
	           collectd->now.mono_us >= collectd->commit_us;
	if (full || due)
		commit(collectd);
}

/* ---- what is done from time to time ---- */

static bool is_time(int64_t *at_us, int64_t now_us, int64_t every_us)
{
	if (now_us < *at_us)
		return false;
	*at_us = now_us + every_us;
	return true;
}

static void reload_keys(struct collectd *collectd)
{
	int agents = server_socket_reload(collectd->server);
	if (agents < 0) {
		log_seldom(LOG_ALERT, "agents",
		        "%s: cannot be read: %s; the list stays as it was",
		        collectd->config.agents, strerror(errno));
		return;
	}
	if ((size_t)agents != collectd->agents)
		log_line(LOG_INFO, "%d agents are on the list, before %zu", agents,
		        collectd->agents);
	collectd->agents = (size_t)agents;
	collectd->changed = true;
	for (size_t i = 0; i < collectd->desk.n; i++)
		desk_listed(&collectd->desk, i,
		        server_socket_lists(
		                collectd->server, collectd->desk.station[i].name));
}

/* A key was laid into the folder or taken out of it since the last look, or it is another folder or gone, which the
 * reload tells; what is written into a file that is there waits for the next reload.  What changes
 * while it is read, in the same tick of the file system's clock, is seen at the look after. */
static bool list_changed(struct collectd *collectd)
{
	struct stat st;
	struct listed *before = &collectd->listed;
	if (stat(collectd->config.agents, &st) != 0)
		return true;
	bool changed = st.st_mtim.tv_sec != before->mtime.tv_sec ||
	               st.st_mtim.tv_nsec != before->mtime.tv_nsec ||
	               st.st_ino != before->inode;
	bool again = before->changed;
	*before = (struct listed){ st.st_mtim, st.st_ino, changed };
	return changed || again;
}

static void write_status(struct collectd *collectd, bool ended)
{
	struct status_view view = { .now_us = collectd->now.time_us,
		.ended = ended,
		.utc_offset_min = collectd->identity.utc_offset_min,
		.endpoint = server_socket_endpoint(collectd->server),
		.public_key = collectd->own.public_key,
		.desk = &collectd->desk,
		.sealing = &collectd->sealing,
		.counts = &collectd->counts,
		.agents = collectd->agents };
	status_write(collectd->config.archive, &view, &collectd->mute);
	collectd->changed = false;
}

static void take_incoming(struct collectd *collectd)
{
	struct incoming_counts counts = { 0 };
	struct problem why;
	if (incoming_take(collectd->ingest, collectd->now.time_us, &counts, &why) != OK)
		log_seldom(LOG_ALERT, "incoming", "%s", why.text);
	if (counts.files > 0)
		log_line(LOG_INFO,
		        "%llu records taken in from %llu files, %llu were there",
		        (unsigned long long)counts.stored,
		        (unsigned long long)counts.files,
		        (unsigned long long)counts.repeated);
}

static void from_time_to_time(struct collectd *collectd)
{
	int64_t mono_us = collectd->now.mono_us;
	if (is_time(&collectd->incoming_us, mono_us, INCOMING_US)) {
		take_incoming(collectd);
		desk_watch(&collectd->desk, mono_us);
		collectd_note_counts(collectd);
		reload |= list_changed(collectd);
		notify("WATCHDOG=1");
	}
	if (reload || is_time(&collectd->reload_us, mono_us, RELOAD_US)) {
		reload = 0;
		reload_keys(collectd);
	}
	int64_t seal_us = (int64_t)(collectd->config.seal_every_s * 1e6);
	if (collectd->sealing.job == NULL && ingest_asks(collectd->ingest))
		collectd->seal_us = 0; /* a cabinet waits for the answer */
	if (is_time(&collectd->seal_us, mono_us, seal_us) &&
	        sealing_begin(&collectd->sealing, collectd->now.time_us) != OK)
		log_seldom(LOG_ALERT, "sealing", "cannot seal: %s", strerror(errno));
	bool idle = mono_us >= collectd->status_us + IDLE_US;
	if ((collectd->changed || idle) &&
	        is_time(&collectd->status_us, mono_us, STATUS_US))
		write_status(collectd, false);
}

/* ---- the loop ---- */

/* Signals come in here alone, and the end of a seal is seen here alone: also when there
 * is no time to wait (`busy`). */
static void wait_for_news(struct collectd *collectd, bool busy, const sigset_t *waiting)
{
	struct pollfd item[] = {
		{ .fd = server_socket_descriptor(collectd->server), .events = POLLIN },
		{ .fd = collectd->sealing.descriptor, .events = POLLIN },
	};
	int64_t until_us = earlier(collectd->incoming_us, collectd->end_us);
	if (collectd->commit_us != 0)
		until_us = earlier(until_us, collectd->commit_us);
	int64_t wait_us = until_us - collectd->now.mono_us;
	if (wait_us < 0 || busy)
		wait_us = 0;
	struct timespec wait = { .tv_sec = wait_us / US_PER_S,
		.tv_nsec = wait_us % US_PER_S * 1000 };
	if (ppoll(item, 2, &wait, waiting) > 0 && (item[1].revents & POLLIN)) {
		sealing_end(&collectd->sealing);
		if (collectd->sealing.result > 0) /* more may have come meanwhile */
			collectd->seal_us = 0;
		collectd->changed = true;
	}
}

static void run(struct collectd *collectd, const sigset_t *waiting)
{
	while (!stop && collectd->now.mono_us < collectd->end_us) {
		int more = hear(collectd);
		collectd->now = clock_now(&collectd->clock);
		/* nobody waits for an acknowledgement while housekeeping is done */
		commit_if_due(collectd);
		from_time_to_time(collectd);
		/* what is waited for is a socket that was found empty last: whatever else
		 * was done with it may have used up the ring of its descriptor */
		wait_for_news(collectd, more || collectd->spoke, waiting);
		collectd->now = clock_now(&collectd->clock);
	}
}

static void end(struct collectd *collectd)
{
	notify("STOPPING=1");
	commit(collectd);
	sealing_close(&collectd->sealing);
	collectd_note_counts(collectd);
	write_status(collectd, true);
	server_socket_close(collectd->server);
	desk_close(&collectd->desk);
	ingest_close(collectd->ingest);
	config_free(collectd->document);
	explicit_bzero(&collectd->own, sizeof collectd->own);
	log_line(LOG_INFO, "ended");
}

int main(int argc, char **argv)
{
	static struct collectd collectd;
	struct collectd_arguments arguments = { .config = NULL };
	sigset_t waiting;
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	/* what a seal took goes back to the system: else the threshold grows with it */
	mallopt(M_MMAP_THRESHOLD, 128 << 10);
	collectd_arguments(&arguments, argc, argv);
	log_start("collectd", arguments.verbose ? LOG_DETAIL : LOG_INFO);
	catch_signals(&waiting);
	start(&collectd, &arguments);
	run(&collectd, &waiting);
	end(&collectd);
	return 0;
}
