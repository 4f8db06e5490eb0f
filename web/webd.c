/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac-webd: the public page of an archive.  Reads only. */
#include <argp.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "base/notify.h"
#include "web/server.h"
#include "web/watch.h"

const char *argp_program_version = "quantrac-webd " QUANTRAC_VERSION;

static volatile sig_atomic_t stop;

static void on_signal(int signal)
{
	stop = 1;
}

struct arguments {
	const char *archive, *listen;
	double for_s; /* 0: until stopped */
	bool detail;
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct arguments *a = state->input;
	switch (key) {
	case 'a':
		a->archive = value;
		return 0;
	case 'l':
		a->listen = value;
		return 0;
	case 'f':
		if (duration_parse(value, &a->for_s) != OK || a->for_s <= 0)
			argp_error(state,
			        "--for '%s': write a duration, for example 60s, 10min "
			        "or 2h (m is no unit: minutes are min)",
			        value);
		return 0;
	case 'v':
		a->detail = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void arguments_read(struct arguments *a, int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "archive", 'a', "DIR", 0, "the archive to show ($QUANTRAC_ARCHIVE)",
		        0 },
		{ "listen", 'l', "ADDR:PORT", 0, "where to listen (127.0.0.1:8087)",
		        0 },
		{ "for", 'f', "TIME", 0, "end after so long, for example 60s or 10min",
		        0 },
		{ "verbose", 'v', NULL, 0, "tell more", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Shows an archive as one public page, in Vietnamese and "
		       "English.  It "
		       "only reads; put a proxy with TLS before it to publish it.",
	};
	*a = (struct arguments){ .archive = getenv("QUANTRAC_ARCHIVE"),
		.listen = "127.0.0.1:8087" };
	argp_parse(&argp, argc, argv, 0, NULL, a);
}

static const struct view *look(void *with)
{
	struct clock clock;
	clock_init(&clock);
	return watch_look(with, clock_now(&clock).time_us);
}

static void run(struct server *server, double for_s)
{
	struct clock clock;
	clock_init(&clock);
	int64_t started_us = clock_now(&clock).mono_us;
	while (!stop) {
		int64_t now_us = clock_now(&clock).mono_us;
		if (for_s > 0 && (double)(now_us - started_us) >= for_s * US_PER_S)
			return;
		if (server_turn(server, 250, now_us) != OK)
			log_seldom(
			        LOG_WARN, "turn", "the web server stumbled, going on");
	}
}

int main(int argc, char **argv)
{
	struct arguments a;
	struct problem why = { 0 };
	struct watch *watch = NULL;
	struct server *server = NULL;
	struct clock clock;
	arguments_read(&a, argc, argv);
	log_start("webd", a.detail ? LOG_DETAIL : LOG_INFO);
	if (a.archive == NULL)
		fatal(EXIT_USAGE, "which archive? give --archive DIR");
	clock_init(&clock);
	if (watch_new(&watch, a.archive, clock_now(&clock).time_us, &why) != OK)
		fatal(why.exit, "%s", why.text);
	const struct server_options options = {
		.listen = a.listen, .look = look, .with = watch
	};
	if (server_open(&server, &options, &why) != OK)
		fatal(why.exit, "%s", why.text);
	const struct sigaction action = { .sa_handler = on_signal };
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	log_line(LOG_INFO, "showing %s on %s (port %u)", a.archive, a.listen,
	        server_port(server));
	notify("READY=1");
	run(server, a.for_s);
	notify("STOPPING=1");
	server_close(server);
	watch_free(watch);
	return 0;
}
