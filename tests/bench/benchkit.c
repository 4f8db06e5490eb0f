/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/benchkit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/proof.h"
#include "base/bytes.h"
#include "base/folder.h"
#include "base/journal.h"
#include "base/reading.h"
#include "collector/keys.h"

#define TIME_AT 40 /* of time_us in a record */
#define HEAD    8  /* of an exchange: block, milliseconds, length */

static pid_t child; /* dies with us */

void bench_stop(const char *what, const char *why)
{
	fprintf(stderr, "bench: %s: %s\n", what, why);
	if (child > 0)
		kill(child, SIGKILL);
	exit(70);
}

double bench_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_of(const struct rusage *usage)
{
	return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
	       (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

double bench_cpu_s(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return cpu_of(&usage);
}

void bench_begin(char dir[128])
{
	const char *base = getenv("TMPDIR");
	snprintf(dir, 128, "%.80s/quantrac-bench-XXXXXX", base != NULL ? base : "/tmp");
	if (mkdtemp(dir) == NULL)
		bench_stop(dir, strerror(errno));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path);
}

void bench_end(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- readings ---- */

static size_t encode(const struct bench_maker *maker, const struct record *head,
        uint8_t *out, size_t room)
{
	struct record record = *head;
	memcpy(record.source, maker->source, sizeof record.source);
	record.clock = CLOCK_SYNCED;
	record.time_us = maker->begin_us;
	int n = record_encode(&record, out, room);
	if (n <= 0)
		bench_stop("record", status_text(n));
	return (size_t)n;
}

static void make_describes(struct bench_maker *maker)
{
	uint8_t payload[DESCRIBE_MOST];
	struct describe *of = maker->instrument = describe_new(DESCRIBE_INSTRUMENT);
	if (of == NULL || describe_channels(of, BENCH_CHANNELS) != OK)
		bench_stop("describe", "no memory");
	snprintf(of->station, sizeof of->station, "%s", maker->source);
	snprintf(of->instrument, sizeof of->instrument, "plc");
	for (int i = 0; i < BENCH_CHANNELS; i++) {
		char name[16];
		snprintf(name, sizeof name, "c%d", i);
		of->channel[i].name = describe_text(of, name);
		of->channel[i].unit = "mg/L";
		of->channel[i].kind = "measurement";
		of->channel[i].result_every_s = (double)maker->step_us / 1e6;
	}
	int n = describe_encode(of, payload, sizeof payload);
	struct record head = {
		.type = RECORD_DESCRIBE, .payload = payload, .payload_size = (size_t)n
	};
	maker->describe_size =
	        encode(maker, &head, maker->describe, sizeof maker->describe);
	maker->station = describe_new(DESCRIBE_STATION);
	snprintf(maker->station->station, sizeof maker->station->station, "%s",
	        maker->source);
	describe_encode(maker->station, payload, sizeof payload);
}

static void make_reading(struct bench_maker *maker)
{
	static const uint8_t bytes[5 + 4 * BENCH_CHANNELS] = { 1, 4, 48 };
	uint8_t payload[768], exchanges[128], state[BENCH_CHANNELS] = { 0 };
	double value[BENCH_CHANNELS] = { 0 };
	struct exchange exchange = { .size = sizeof bytes, .bytes = bytes };
	int size = exchange_put(&exchange, exchanges, sizeof exchanges);
	struct reading_parts parts = { .n_channels = BENCH_CHANNELS,
		.state = state,
		.value = value,
		.n_exchanges = !maker->bare,
		.exchanges = exchanges,
		.exchanges_size = maker->bare ? 0 : (size_t)size };
	memcpy(parts.describe, maker->instrument->hash, sizeof parts.describe);
	int n = reading_encode(&parts, payload, sizeof payload);
	struct record head = {
		.type = RECORD_READING, .payload = payload, .payload_size = (size_t)n
	};
	maker->record_size = encode(maker, &head, maker->record, sizeof maker->record);
}

void bench_maker_init(struct bench_maker *maker, const char *source, int64_t begin_us,
        int64_t step_us)
{
	*maker = (struct bench_maker){ .begin_us = begin_us, .step_us = step_us };
	snprintf(maker->source, sizeof maker->source, "%s", source);
	make_describes(maker);
	make_reading(maker);
}

void bench_maker_bare(struct bench_maker *maker)
{
	maker->bare = true;
	make_reading(maker);
}

void bench_maker_free(struct bench_maker *maker)
{
	describe_free(maker->instrument);
	describe_free(maker->station);
}

/* splitmix64 */
static uint64_t chance(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* Every value moved by up to 2 in steps of 0.01, and with it its bytes in the frame
 * (float32, most significant byte first, behind three bytes of head). */
uint8_t *bench_record(struct bench_maker *maker, uint64_t seq, size_t *n)
{
	uint8_t *value =
	        maker->record + RECORD_HEADER + READING_HEADER + BENCH_CHANNELS;
	uint8_t *frame = value + BENCH_CHANNELS * 8 + HEAD + 3;
	*n = maker->describe_size;
	if (seq <= 1)
		return maker->describe;
	*n = maker->record_size;
	put_le64(maker->record + TIME_AT,
	        (uint64_t)(maker->begin_us + (int64_t)(seq - 2) * maker->step_us));
	for (int i = 0; i < BENCH_CHANNELS; i++) {
		uint64_t dice = chance(seq * BENCH_CHANNELS + (uint64_t)i);
		float moved = (float)(40 + i) + (float)(dice % 200) / 100;
		uint32_t bits;
		memcpy(&bits, &moved, sizeof bits);
		put_le64(value + 8 * i, bits_of_double((double)moved));
		if (!maker->bare)
			put_be32(frame + 4 * i, bits);
	}
	return maker->record;
}

void bench_fill(struct bench_maker *maker, const char *folder, uint64_t readings)
{
	struct journal *journal;
	struct problem why;
	struct journal_options options = {
		.folder = folder, .source = maker->source, .now_us = maker->begin_us
	};
	if (journal_open(&journal, &options, NULL, &why) != OK)
		bench_stop(folder, why.text);
	for (uint64_t seq = 1; seq <= readings + 1; seq++) {
		size_t n;
		uint8_t *record = bench_record(maker, seq, &n);
		int status = journal_append(journal, record, n, maker->begin_us);
		if (status == FULL && journal_commit(journal) == OK)
			status = journal_append(journal, record, n, maker->begin_us);
		if (status != OK)
			bench_stop(folder, status_text(status));
	}
	journal_close(journal);
}

/* ---- the collector ---- */

static int free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
	        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
		bench_stop("no port", strerror(errno));
	close(fd);
	return ntohs(address.sin_port);
}

void bench_collector_init(struct bench_collector *collector, const char *dir)
{
	char path[256];
	struct problem why;
	*collector = (struct bench_collector){ .dir = dir,
		.most_agents = 1,
		.commit_every = "100ms",
		.seal_every = "1h",
		.port = free_port() };
	snprintf(path, sizeof path, "%s/collector.secret", dir);
	if (keys_own(path, &collector->own, &why) != OK)
		bench_stop(path, why.text);
}

void bench_collector_admit(const struct bench_collector *collector, const char *station,
        struct key_pair *pair)
{
	char path[256];
	struct problem why;
	snprintf(path, sizeof path, "%s/agents", collector->dir);
	if (key_pair_new(pair) != OK ||
	        keys_admit(path, station, pair->public_key, &why) != OK)
		bench_stop(path, why.text);
}

static void write_configuration(const struct bench_collector *collector, char *path)
{
	char text[2048];
	const char *dir = collector->dir;
	int n = snprintf(text, sizeof text,
	        "archive: %s/archive\nzone: {id: kcn-mau}\n"
	        "listen: \"tcp://127.0.0.1:%d\"\nkey: %s/collector.secret\n"
	        "agents: %s/agents\nmost_agents: %d\nseal_every: %s\n"
	        "commit_every: %s\n",
	        dir, collector->port, dir, dir, collector->most_agents,
	        collector->seal_every, collector->commit_every);
	if (file_replace(path, text, (size_t)n, 0644) != OK)
		bench_stop(path, strerror(errno));
}

static void join_group(const char *cgroup)
{
	char path[256];
	snprintf(path, sizeof path, "%s/cgroup.procs", cgroup);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		_exit(126);
	close(fd);
}

void bench_collector_look(const struct bench_collector *collector)
{
	char path[256], *text;
	size_t n;
	if (waitpid(collector->pid, NULL, WNOHANG) == 0)
		return;
	child = 0;
	snprintf(path, sizeof path, "%s/collectd.log", collector->dir);
	bool read = file_read(path, 1 << 20, &text, &n) == OK;
	bench_stop("the collector has ended", !read     ? "no words"
	                                      : n > 500 ? text + n - 500
	                                                : text);
}

/* An agent that knocks too early waits a second before it knocks again. */
static void wait_for_port(const struct bench_collector *collector)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)collector->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	for (int status = -1; status != 0; poll(NULL, 0, 10)) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		status = connect(fd, (struct sockaddr *)&address, sizeof address);
		close(fd);
		bench_collector_look(collector);
	}
}

void bench_collector_start(struct bench_collector *collector)
{
	char path[256], log[256];
	snprintf(path, sizeof path, "%s/collectd.yaml", collector->dir);
	snprintf(log, sizeof log, "%s/collectd.log", collector->dir);
	write_configuration(collector, path);
	child = collector->pid = fork();
	if (collector->pid != 0) {
		wait_for_port(collector);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(fd, STDERR_FILENO);
	if (collector->cgroup != NULL)
		join_group(collector->cgroup);
	execl("build/quantrac-collectd", "quantrac-collectd", "--config", path, NULL);
	_exit(127);
}

double bench_collector_end(struct bench_collector *collector, long *most_kib)
{
	struct rusage usage;
	int status;
	kill(collector->pid, SIGTERM);
	if (wait4(collector->pid, &status, 0, &usage) < 0 || !WIFEXITED(status) ||
	        WEXITSTATUS(status) != 0)
		bench_stop("the collector did not end well",
		        "is build/quantrac-collectd there?");
	child = collector->pid = 0;
	if (most_kib != NULL)
		*most_kib = usage.ru_maxrss;
	return cpu_of(&usage);
}

struct uplink_socket *bench_connect(
        const struct bench_collector *collector, const struct key_pair *own)
{
	char endpoint[64];
	struct problem why;
	struct uplink_socket *socket;
	snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", collector->port);
	struct uplink_options options = { .endpoint = endpoint,
		.server_key = collector->own.public_key,
		.own = own };
	if (uplink_socket_open(&socket, &options, &why) != OK)
		bench_stop(endpoint, why.text);
	return socket;
}

size_t bench_sealed(const struct bench_collector *collector, double *bytes)
{
	struct seal_list list = { .n = 0 };
	char dir[256];
	snprintf(dir, sizeof dir, "%s/archive", collector->dir);
	*bytes = 0;
	if (seal_list_read(&list, dir, NULL) != OK)
		return 0;
	for (size_t i = 0; i < list.n; i++) {
		char path[1024];
		struct stat st;
		snprintf(path, sizeof path, "%s/%s", dir, list.seal[i].path);
		if (stat(path, &st) == 0)
			*bytes += (double)st.st_size;
	}
	size_t n = list.n;
	seal_list_free(&list);
	return n;
}

static int by_size(const void *a, const void *c)
{
	double left = *(const double *)a, right = *(const double *)c;
	return (left > right) - (left < right);
}

void bench_percentiles(const char *name, double *took_s, size_t n)
{
	qsort(took_s, n, sizeof *took_s, by_size);
	printf("%s_p50 %.3f ms\n%s_p99 %.3f ms\n%s_most %.3f ms\n", name,
	        took_s[n / 2] * 1e3, name, took_s[n * 99 / 100] * 1e3, name,
	        took_s[n - 1] * 1e3);
}
