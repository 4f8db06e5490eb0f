/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/attack/attack_kit.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/log.h"
#include "collector/keys.h"
#include "tests/kits/check.h"

double clock_s(void)
{
	return (double)now_ms() / 1000;
}

/* ---- what it costs ---- */

static long count_entries(const char *path)
{
	long n = 0;
	DIR *dir = opendir(path);
	for (struct dirent *e = dir != NULL ? readdir(dir) : NULL; e != NULL;
	        e = readdir(dir))
		n += e->d_name[0] != '.';
	if (dir != NULL)
		closedir(dir);
	return n;
}

struct cost cost_now(void)
{
	char path[64], line[512];
	struct cost cost = { 0 };
	unsigned long user, system;
	snprintf(path, sizeof path, "/proc/%d/status", t.collectd);
	FILE *in = fopen(path, "r");
	assert_non_null(in);
	while (fgets(line, sizeof line, in) != NULL)
		if (sscanf(line, "VmRSS: %ld", &cost.rss_kib) == 1)
			break;
	fclose(in);
	snprintf(path, sizeof path, "/proc/%d/fd", t.collectd);
	cost.descriptors = count_entries(path);
	snprintf(path, sizeof path, "/proc/%d/stat", t.collectd);
	in = fopen(path, "r");
	assert_non_null(in);
	if (fscanf(in, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
	            &user, &system) == 2)
		cost.cpu_s = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
	fclose(in);
	return cost;
}

/* ---- the honest cabinet ---- */

/* One more record when the last is acknowledged; the longest wait so far. */
static void honest_step(double *sent_s, double *longest_ms)
{
	if (t.acked >= t.agent.seq) {
		make_readings(1, AGENT_MIN);
		*sent_s = clock_s();
	}
	step();
	double waited_ms = (clock_s() - *sent_s) * 1000;
	if (waited_ms > *longest_ms)
		*longest_ms = waited_ms;
}

double honest(int ms)
{
	double sent_s = clock_s(), longest_ms = 0;
	for (int64_t end = now_ms() + ms; now_ms() < end;)
		honest_step(&sent_s, &longest_ms);
	return longest_ms;
}

/* What a collector does but once (the first sealed day brings a library's tables) is none of an
 * attacker's cost. */
void honest_begin(void)
{
	start_collectd();
	connect_agent();
	make_readings(3000, 5 * AGENT_MIN);
	assert_true(run_until_acked(t.agent.seq));
	for (int64_t end = now_ms() + PATIENCE; now_ms() < end; honest(50))
		if (access(in_folder(archive_dir(), "seals"), F_OK) == 0)
			break;
	honest(1500);
}

void honest_end(void)
{
	make_readings(10, AGENT_MIN);
	assert_true(run_until_acked(t.agent.seq));
	assert_int_equal(end_collectd(SIGTERM), 0);
	assert_int_equal(journal_records(archive_dir(), &t.book), t.book.n);
}

/* ---- attacks ---- */

static pid_t begin(void (*attack)(struct told *told), struct told *told)
{
	pid_t child = fork();
	if (child != 0)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	attack(told);
	_exit(0);
}

static void note_peak(struct cost *peak)
{
	struct cost now = cost_now();
	if (now.rss_kib > peak->rss_kib)
		peak->rss_kib = now.rss_kib;
	if (now.descriptors > peak->descriptors)
		peak->descriptors = now.descriptors;
}

struct result attacked(void (*attack)(struct told *told), int most_s)
{
	struct told *told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE,
	        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(told != MAP_FAILED);
	memset(told, 0, sizeof *told);
	struct result result = { .before = cost_now() };
	result.peak = result.before;
	double began_s = clock_s(), sent_s = began_s, looked_s = began_s;
	uint64_t acked = t.acked;
	int status = 0;
	pid_t child = begin(attack, told);
	while (waitpid(child, &status, WNOHANG) == 0) {
		honest_step(&sent_s, &result.ack_ms);
		if (clock_s() - looked_s > 0.05) {
			note_peak(&result.peak);
			looked_s = clock_s();
		}
		if (clock_s() - began_s > most_s)
			kill(child, SIGKILL);
	}
	note_peak(&result.peak);
	result.seconds = clock_s() - began_s;
	result.acked = t.acked - acked;
	result.told = *told;
	munmap(told, sizeof *told);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	honest(300);
	result.after = cost_now();
	return result;
}

double result_kib_per_peer(const struct result *result)
{
	long peers = result->told.peers > 0 ? result->told.peers : 1;
	return (double)(result->peak.rss_kib - result->before.rss_kib) / (double)peers;
}

void result_print(const char *name, const struct result *result)
{
	const struct told *told = &result->told;
	char dropped[64] = "";
	if (told->dropped > 0)
		snprintf(dropped, sizeof dropped, ", dropped after %.1f to %.1f s",
		        told->first_s, told->last_s);
	printf("  %-28s %6ld peers %7.2f KiB each%s, rss %ld > %ld > %ld KiB, "
	       "descriptors "
	       "%ld > %ld > %ld, cpu %.2f s in %.1f s; honest cabinet: %llu "
	       "acknowledged, longest "
	       "wait %.0f ms\n",
	        name, told->peers, result_kib_per_peer(result), dropped,
	        result->before.rss_kib, result->peak.rss_kib, result->after.rss_kib,
	        result->before.descriptors, result->peak.descriptors,
	        result->after.descriptors, result->after.cpu_s - result->before.cpu_s,
	        result->seconds, (unsigned long long)result->acked, result->ack_ms);
	fflush(stdout);
}

/* ---- for attackers ---- */

/* A connection, or one that is on its way.  From eight addresses in turn, since one is let have half of the
 * connections at most. */
static int knock_how(int how)
{
	static uint32_t knocks;
	struct sockaddr_in from = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + knocks++ % 8) };
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)t.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | how, 0), one = 1;
	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	bind(fd, (struct sockaddr *)&from, sizeof from);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS)
		return fd;
	close(fd);
	return -1;
}

int knock(void)
{
	return knock_how(0);
}

int knock_soon(void)
{
	return knock_how(SOCK_NONBLOCK);
}

/* signature FF, 8 bytes, 7F; version 3.0; mechanism, 20 bytes; as-server 0; 31 zeros */
void greeting_put(uint8_t out[64], const char *mechanism)
{
	memset(out, 0, 64);
	out[0] = 0xff;
	out[8] = 1;
	out[9] = 0x7f;
	out[10] = 3;
	memcpy(out + 12, mechanism, strlen(mechanism));
}

/* Read away what it says; is it closed? */
static int closed(int fd)
{
	char in[4096];
	ssize_t n;
	while ((n = recv(fd, in, sizeof in, MSG_DONTWAIT)) > 0)
		;
	return n == 0 || (errno != EAGAIN && errno != EINTR);
}

void await_drops(
        int *fd, const double *since_s, size_t n, struct told *told, double most_s)
{
	double end_s = clock_s() + most_s;
	for (size_t open = n; open > 0 && clock_s() < end_s; poll(NULL, 0, 5)) {
		open = 0;
		for (size_t i = 0; i < n; i++) {
			if (fd[i] < 0)
				continue;
			if (!closed(fd[i])) {
				open++;
				continue;
			}
			double took_s = clock_s() - since_s[i];
			if (told->dropped++ == 0 || took_s < told->first_s)
				told->first_s = took_s;
			if (took_s > told->last_s)
				told->last_s = took_s;
			close(fd[i]);
			fd[i] = -1;
		}
	}
}

/* ---- fixtures ---- */

int attack_setup(void **state)
{
	int status = collectd_setup(state);
	*state = NULL;
	t.silent_ms = 30000; /* as a cabinet waits */
	return status;
}

int attack_teardown(void **state)
{
	return collectd_teardown(state);
}

uint64_t link_count(const char *key)
{
	char word[64], *text;
	size_t n;
	honest(2200); /* the file is written once a second */
	snprintf(word, sizeof word, "\"%s\":", key);
	assert_int_equal(file_read(in_folder(archive_dir(), "collectd.json"), 1 << 20,
	                         &text, &n),
	        OK);
	const char *at = strstr(text, word);
	assert_non_null(at);
	uint64_t value = strtoull(at + strlen(word), NULL, 10);
	free(text);
	return value;
}

uint64_t link_count_reaches(const char *key, uint64_t wanted)
{
	uint64_t count = link_count(key);
	for (int64_t end = now_ms() + PATIENCE; count < wanted && now_ms() < end;)
		count = link_count(key);
	return count;
}

bool descriptors_fall_to(long most)
{
	for (int64_t end = now_ms() + PATIENCE; now_ms() < end; honest(100))
		if (cost_now().descriptors <= most)
			return true;
	return false;
}

const char *collectd_log(void)
{
	static char log[1 << 20];
	char *text;
	size_t n;
	assert_int_equal(
	        file_read(in_folder(t.dir, "collectd.log"), sizeof log - 1, &text, &n),
	        OK);
	snprintf(log, sizeof log, "%s", text);
	free(text);
	return log;
}
