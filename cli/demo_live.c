/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The live part: the real programs as children, on pseudo-terminals, TCP ports and
 * sockets of this machine alone.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/share.h"
#include "base/socket.h"
#include "cli/demo.h"
#include "collector/keys.h"

#define PAGE_PORT 8087
#define CHILDREN  9
#define ARGUMENTS 16
#define TCP_PORTS 4

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

struct child {
	const char *name;
	pid_t pid;
};

struct live {
	struct demo *demo;
	char collector[64]; /* endpoint */
	int tcp_port[TCP_PORTS];
	size_t n;
	struct child child[CHILDREN];
};

/* ---- ports and files ---- */

/* A TCP port of the loopback that is free now; the wanted one if it is. */
static int free_port(int wanted)
{
	for (int port = wanted; port >= 0; port = port == 0 ? -1 : 0) {
		struct sockaddr_in address = {
			.sin_family = AF_INET,
			.sin_port = htons((uint16_t)port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		};
		socklen_t size = sizeof address;
		int one = 1;
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
		int bound = bind(fd, (struct sockaddr *)&address, sizeof address);
		if (bound == 0)
			getsockname(fd, (struct sockaddr *)&address, &size);
		close(fd);
		if (bound == 0)
			return ntohs(address.sin_port);
	}
	return wanted;
}

/* Copy text, each `from` replaced by `to`. */
static void put_replaced(
        FILE *out, const char *text, const char *const from[], const char *const to[])
{
	while (*text != '\0') {
		size_t i = 0;
		while (from[i] != NULL && strncmp(text, from[i], strlen(from[i])) != 0)
			i++;
		if (from[i] != NULL) {
			fputs(to[i], out);
			text += strlen(from[i]);
		} else {
			putc(*text++, out);
		}
	}
}

/* TCP ports of the shipped files: the gas system, the fence, the sub-logger, the old analyser. */
static const char *const shipped_port[TCP_PORTS] = { "127.0.0.1:15020",
	"127.0.0.1:15021", "127.0.0.1:15022", "127.0.0.1:15023" };

/* The live part is a minute: what the history has once a minute comes every five seconds, who speaks by
 * himself does it as often as he really does, and a quarter of an hour passes in fifteen seconds. */
static const char *const pace[][2] = { { "poll_every: 60s", "poll_every: 5s" },
	{ "poll_every: 2min", "poll_every: 5s" },
	{ "poll_every: 5min", "poll_every: 5s" }, { "every: 1min", "every: 5s" },
	{ "every: 5min", "every: 1s" }, { "for: 15min", "for: 15s" } };
#define PACES (sizeof pace / sizeof pace[0])

/* The shipped file with today's ports and a live pace; `more` is added at its end. */
static int copy_file(const struct live *live, const char *from, const char *to,
        const char *more, struct problem *why)
{
	char port[TCP_PORTS][32], *text;
	const char *what[TCP_PORTS + PACES + 1] = { NULL };
	const char *by[TCP_PORTS + PACES + 1] = { NULL };
	size_t n, k = 0;
	for (size_t i = 0; i < TCP_PORTS; i++, k++) {
		snprintf(port[i], sizeof port[i], "127.0.0.1:%d", live->tcp_port[i]);
		what[k] = shipped_port[i];
		by[k] = port[i];
	}
	for (size_t i = 0; i < PACES; i++, k++) {
		what[k] = pace[i][0];
		by[k] = pace[i][1];
	}
	if (file_read(from, 1 << 20, &text, &n) != OK)
		return problem_set(
		        why, FAILED, EXIT_NO_FILE, "%s: %s", from, strerror(errno));
	FILE *out = fopen(to, "we");
	if (out != NULL) {
		put_replaced(out, text, what, by);
		fputs(more, out);
	}
	free(text);
	if (out == NULL || fclose(out) != 0)
		return problem_set(
		        why, FAILED, EXIT_CONFIG, "%s: %s", to, strerror(errno));
	return OK;
}

/* ---- children ---- */

static void become(const char *log, char *const argument[])
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd >= 0) {
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
	}
	execv(argument[0], argument);
	execvp(argument[0], argument);
	_exit(127);
}

/* Start one of our programs; its words go to <dir>/<name>.log.  Arguments end with
 * NULL. */
static int start(struct live *live, const char *name, const char *program, ...)
{
	char path[DEMO_PATH], log[DEMO_PATH + 64];
	char *argument[ARGUMENTS] = { path };
	va_list args;
	va_start(args, program);
	for (size_t i = 1; i < ARGUMENTS - 1; i++) {
		argument[i] = va_arg(args, char *);
		if (argument[i] == NULL)
			break;
	}
	va_end(args);
	share_program(program, path, sizeof path);
	snprintf(log, sizeof log, "%s/%s.log", live->demo->dir, name);
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		become(log, argument);
	if (pid < 0)
		return FAILED;
	live->child[live->n++] = (struct child){ name, pid };
	return OK;
}

static void rest(int ms)
{
	struct timespec pause = { .tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000L };
	nanosleep(&pause, NULL);
}

/* Has a child ended by itself?  Its name, or NULL. */
static const char *fallen(struct live *live)
{
	for (size_t i = 0; i < live->n; i++)
		if (live->child[i].pid > 0 && waitpid(live->child[i].pid, NULL,
		                                      WNOHANG) == live->child[i].pid) {
			live->child[i].pid = 0;
			return live->child[i].name;
		}
	return NULL;
}

/* End a child and wait for it: ten seconds, then without asking. */
static void end(struct child *child)
{
	if (child->pid <= 0)
		return;
	kill(child->pid, SIGTERM);
	for (int i = 0; i < 200; i++) {
		if (waitpid(child->pid, NULL, WNOHANG) != 0) {
			child->pid = 0;
			return;
		}
		rest(50);
	}
	kill(child->pid, SIGKILL);
	waitpid(child->pid, NULL, 0);
	child->pid = 0;
}

static void end_all(struct live *live, const char *prefix)
{
	for (size_t i = 0; i < live->n; i++)
		if (strncmp(live->child[i].name, prefix, strlen(prefix)) == 0)
			end(&live->child[i]);
}

/* ---- starting the zone ---- */

/* The collector's endpoint, from the file it writes when it listens. */
static int wait_for_collector(struct live *live, struct problem *why)
{
	char path[DEMO_PATH + 32];
	snprintf(path, sizeof path, "%s/collectd.json", live->demo->archive);
	for (int i = 0; i < 100 && fallen(live) == NULL && !interrupted; i++) {
		char *text;
		size_t n;
		if (file_read(path, 1 << 20, &text, &n) == OK) {
			const char *listen = strstr(text, "\"listen\":\"tcp://");
			int found = listen != NULL &&
			            sscanf(listen, "\"listen\":\"%63[^\"]",
			                    live->collector) == 1;
			free(text);
			if (found)
				return OK;
		}
		rest(100);
	}
	return problem_set(why, FAILED, EXIT_INTERNAL,
	        "quantrac-collectd does not listen; see %s/collectd.log",
	        live->demo->dir);
}

static int start_collector(struct live *live, struct problem *why)
{
	char keys[DEMO_PATH + 16], agents[DEMO_PATH + 16], own[DEMO_PATH + 64],
	        file[DEMO_PATH + 64];
	char key[KEY_TEXT];
	snprintf(keys, sizeof keys, "%s/keys", live->demo->dir);
	snprintf(agents, sizeof agents, "%s/agents", live->demo->dir);
	snprintf(own, sizeof own, "%s/collector.secret", keys);
	int status = keys_new(keys, "collector", key, why);
	for (size_t i = 0; status == OK && i < DEMO_STATIONS; i++) {
		status = keys_new(keys, live->demo->station[i].id, key, why);
		if (status == OK)
			status =
			        keys_admit(agents, live->demo->station[i].id, key, why);
	}
	if (status != OK)
		return status;
	snprintf(file, sizeof file, "%s/collectd.json", live->demo->archive);
	unlink(file);
	if (start(live, "collectd", "quantrac-collectd", "--archive",
	            live->demo->archive, "--listen", "tcp://127.0.0.1:*", "--keys", own,
	            "--agents", agents, "--allow-simulated", NULL) != OK)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "fork: %s", strerror(errno));
	return wait_for_collector(live, why);
}

static int start_station(struct live *live, size_t i, struct problem *why)
{
	static const char *const simulator[] = { "simulate-water", "simulate-stack",
		"simulate-ambient" };
	static const char *const sensord[] = { "sensord-water", "sensord-stack",
		"sensord-ambient" };
	struct demo *demo = live->demo;
	const struct demo_station *station = &demo->station[i];
	char config[DEMO_PATH + 64], scenario[DEMO_PATH + 64], run[DEMO_PATH + 16],
	        more[512];
	char begin[TIME_TEXT];
	snprintf(config, sizeof config, "%s/%s.yaml", demo->dir, station->id);
	snprintf(scenario, sizeof scenario, "%s/%s-scenario.yaml", demo->dir,
	        station->id);
	snprintf(run, sizeof run, "%s/run", demo->dir);
	snprintf(more, sizeof more,
	        "collector:\n  endpoint: \"%s\"\n  server_key: keys/collector.pub\n"
	        "  secret_key: keys/%s.secret\n  public_key: keys/%s.pub\n",
	        live->collector, station->id, station->id);
	int status = copy_file(live, station->config, config, more, why);
	if (status == OK)
		status = copy_file(live, station->scenario, scenario, "", why);
	if (status != OK)
		return status;
	date_print(demo->first_us, DEMO_OFFSET, begin);
	if (start(live, simulator[i], "quantrac", "simulate", scenario, "--dir", run,
	            "--start", begin, NULL) != OK ||
	        start(live, sensord[i], "quantrac-sensord", "--config", config, NULL) !=
	                OK)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "fork: %s", strerror(errno));
	return OK;
}

static int start_page(struct live *live, struct problem *why)
{
	char listen[32];
	int port = free_port(PAGE_PORT);
	snprintf(listen, sizeof listen, "127.0.0.1:%d", port);
	snprintf(live->demo->page, sizeof live->demo->page, "http://%s/", listen);
	if (start(live, "webd", "quantrac-webd", "--archive", live->demo->archive,
	            "--listen", listen, NULL) != OK)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "fork: %s", strerror(errno));
	return OK;
}

/* ---- what is seen meanwhile ---- */

/* Does the page answer 200 to `path`? */
static bool page_answers(const struct demo *demo, const char *path)
{
	char request[256], answer[64] = "";
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	address.sin_port = htons((uint16_t)atoi(strrchr(demo->page, ':') + 1));
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval patience = { .tv_sec = 5 };
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	int n = snprintf(request, sizeof request,
	        "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
	        path);
	bool ok = connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
	          write(fd, request, (size_t)n) == n &&
	          recv(fd, answer, sizeof answer - 1, MSG_WAITALL) > 0 &&
	          strncmp(answer, "HTTP/1.1 200", 12) == 0;
	close(fd);
	return ok;
}

static int run(struct live *live, struct problem *why)
{
	struct demo *demo = live->demo;
	int tenths = (int)(demo->live_s * 10);
	if (!demo->common->quiet)
		common_tell("live for %.0f s%s%s", demo->live_s,
		        demo->page[0] != '\0' ? ", page: " : "", demo->page);
	for (int i = 0; i < tenths && !interrupted; i++) {
		const char *name = fallen(live);
		if (name != NULL)
			return problem_set(why, FAILED, EXIT_INTERNAL,
			        "%s has ended; see %s/%s.log", name, demo->dir, name);
		common_progress(demo->common, "live", (double)i / tenths);
		rest(100);
	}
	common_progress(demo->common, "live", 1);
	if (demo->page[0] != '\0')
		demo->page_ok =
		        page_answers(demo, "/") && page_answers(demo, "/healthz");
	return OK;
}

int demo_live(struct demo *demo, struct problem *why)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct live live = { .demo = demo };
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < TCP_PORTS; i++)
		live.tcp_port[i] = free_port(atoi(strchr(shipped_port[i], ':') + 1));
	demo->live_from_us = common_now();
	int status = start_collector(&live, why);
	for (size_t i = 0; status == OK && i < DEMO_STATIONS; i++)
		status = start_station(&live, i, why);
	if (status == OK && demo->web)
		status = start_page(&live, why);
	if (status == OK)
		status = run(&live, why);
	/* the way the data go: instruments last, so that no reading is torn */
	end_all(&live, "webd");
	end_all(&live, "sensord");
	end_all(&live, "simulate");
	end_all(&live, "collectd");
	if (status == OK)
		demo_seen(demo);
	return status;
}
