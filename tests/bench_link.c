/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One cabinet and the collector on one machine, CURVE on: readings of 12 channels with
 * their raw frames, acknowledged after fdatasync.  Lines "name value unit".
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
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

#include "base/folder.h"
#include "base/reading.h"
#include "base/socket.h"
#include "base/wire.h"
#include "collector/keys.h"

#define CHANNELS  12
#define EPOCH     UINT64_C(0xbe0c000000000001)
#define BULK      1500000                   /* readings of the first part */
#define SINGLE    2000                      /* of the second, one at a time */
#define BEGIN     INT64_C(1794675600000000) /* 2026-11-15 00:00 +07:00 */
#define GIVE_UP_S 120

static struct {
	char dir[128];
	int port;
	pid_t collectd;
	struct key_pair own;
	char server_key[KEY_TEXT];
	struct uplink_socket *socket;
	uint8_t record[1024];
	size_t record_size;
	uint64_t seq, acked; /* next to be sent; all below are durable */
	uint32_t window;
} b;

static void stop(const char *why)
{
	fprintf(stderr, "bench_link: %s\n", why);
	if (b.collectd > 0)
		kill(b.collectd, SIGKILL);
	exit(70);
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
	        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
		stop("no port");
	close(fd);
	return ntohs(address.sin_port);
}

/* ---- the collector ---- */

static void start_collector(const char *commit_every)
{
	char path[256], text[2048];
	int n = snprintf(text, sizeof text,
	        "archive: %s/archive\nzone: {id: kcn-mau}\nlisten: "
	        "\"tcp://127.0.0.1:%d\"\n"
	        "key: %s/collector.secret\nagents: %s/agents\nmost_agents: 1\n"
	        "seal_every: 1h\ncommit_every: %s\n",
	        b.dir, b.port, b.dir, b.dir, commit_every);
	snprintf(path, sizeof path, "%s/collectd.yaml", b.dir);
	if (file_replace(path, text, (size_t)n, 0644) != OK)
		stop("no configuration");
	b.collectd = fork();
	if (b.collectd == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		int fd = open("/dev/null", O_WRONLY);
		dup2(fd, STDERR_FILENO);
		execl("build/quantrac-collectd", "quantrac-collectd", "--config", path,
		        NULL);
		_exit(127);
	}
}

static double end_collector(void)
{
	struct rusage usage;
	int status;
	kill(b.collectd, SIGTERM);
	if (wait4(b.collectd, &status, 0, &usage) < 0 || !WIFEXITED(status) ||
	        WEXITSTATUS(status) != 0)
		stop("the collector did not end well; is build/quantrac-collectd "
		     "there?");
	b.collectd = 0;
	return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* ---- the cabinet ---- */

static void make_reading(void)
{
	static const uint8_t bytes[53] = { 1, 4, 48, 0x42, 0x28 };
	uint8_t payload[768], exchanges[128], state[CHANNELS] = { 0 };
	double value[CHANNELS];
	struct exchange exchange = { .size = sizeof bytes, .bytes = bytes };
	for (int i = 0; i < CHANNELS; i++)
		value[i] = 40.25 + i;
	int size = exchange_put(&exchange, exchanges, sizeof exchanges);
	struct reading_parts parts = { .n_channels = CHANNELS,
		.state = state,
		.value = value,
		.n_exchanges = 1,
		.exchanges = exchanges,
		.exchanges_size = (size_t)size };
	int n = reading_encode(&parts, payload, sizeof payload);
	struct record record = { .type = RECORD_READING,
		.clock = CLOCK_SYNCED,
		.source = "bt-outlet",
		.time_us = BEGIN,
		.payload = payload,
		.payload_size = (size_t)n };
	b.record_size = (size_t)record_encode(&record, b.record, sizeof b.record);
}

static int send_wire(struct wire *wire, uint8_t *out)
{
	snprintf(wire->source, sizeof wire->source, "bt-outlet");
	wire->epoch = EPOCH;
	int n = wire_encode(wire, out, WIRE_MOST);
	return n > 0 ? uplink_socket_send(b.socket, out, (size_t)n) : n;
}

/* Up to `most` readings as one message, from b.seq on. */
static int send_batch(uint64_t most)
{
	static uint8_t out[WIRE_MOST];
	uint64_t fit = (WIRE_MOST - WIRE_HEADER) / b.record_size;
	uint64_t n = most < fit ? most : fit;
	if (n > WIRE_COUNT)
		n = WIRE_COUNT;
	for (uint64_t i = 0; i < n; i++) {
		record_place(b.record, EPOCH, b.seq + i);
		memcpy(out + WIRE_HEADER + i * b.record_size, b.record, b.record_size);
	}
	struct wire wire = { .type = WIRE_DATA,
		.first_seq = b.seq,
		.count = (uint16_t)n,
		.payload = out + WIRE_HEADER,
		.payload_size = n * b.record_size };
	int status = send_wire(&wire, out);
	if (status == OK)
		b.seq += n;
	return status;
}

/* Everything that has come; waits at most `wait_ms` for the first. */
static int hear(int wait_ms)
{
	uint8_t in[4096];
	struct wire wire;
	struct wire_welcome welcome;
	int heard = 0;
	for (int round = 0; round < 2 && heard == 0; round++) {
		int n;
		while ((n = uplink_socket_receive(b.socket, in, sizeof in)) > 0) {
			if (wire_decode(&wire, in, (size_t)n) != OK ||
			        wire.type == WIRE_NAK)
				stop("not taken");
			if (wire.type == WIRE_WELCOME &&
			        wire_welcome_get(&welcome, wire.payload,
			                wire.payload_size) == OK)
				b.window = welcome.window;
			b.acked = wire.first_seq;
			heard++;
		}
		struct pollfd item = { .fd = uplink_socket_descriptor(b.socket),
			.events = POLLIN };
		if (heard == 0 && round == 0)
			poll(&item, 1, wait_ms);
	}
	return heard;
}

static void greet(void)
{
	char endpoint[64];
	uint8_t payload[64], out[256];
	struct wire_hello hello = { .version = "bench" };
	snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", b.port);
	struct uplink_options options = {
		.endpoint = endpoint, .server_key = b.server_key, .own = &b.own
	};
	if (uplink_socket_open(&b.socket, &options, NULL) != OK)
		stop("no socket");
	int n = wire_hello_put(&hello, payload, sizeof payload);
	struct wire wire = { .type = WIRE_HELLO,
		.first_seq = 1,
		.payload = payload,
		.payload_size = (size_t)n };
	b.window = 0;
	double until = seconds() + GIVE_UP_S;
	while (b.window == 0 && seconds() < until)
		if (send_wire(&wire, out) != OK || hear(100) == 0)
			poll(NULL, 0, 10);
	if (b.window == 0)
		stop("the collector does not answer");
	b.seq = b.acked;
}

/* ---- the measurements ---- */

static void bulk(void)
{
	uint64_t fit = (WIRE_MOST - WIRE_HEADER) / b.record_size;
	double began = seconds();
	uint64_t end = b.seq + BULK;
	while (b.acked < end && seconds() < began + GIVE_UP_S) {
		while (b.seq < end && b.seq - b.acked < (b.window - 1) * fit + 1)
			if (send_batch(end - b.seq) != OK)
				break;
		hear(50);
	}
	double took = seconds() - began;
	if (b.acked < end)
		stop("no end of acknowledgements");
	printf("link_readings_acknowledged %.0f readings/s\n", BULK / took);
	printf("link_values_acknowledged %.0f values/s\n", BULK * CHANNELS / took);
	printf("link_bytes_acknowledged %.1f MB/s\n",
	        BULK * (double)b.record_size / took / 1e6);
}

static int by_size(const void *a, const void *c)
{
	double left = *(const double *)a, right = *(const double *)c;
	return (left > right) - (left < right);
}

static void print_percentiles(const char *name, double *took, size_t n)
{
	qsort(took, n, sizeof *took, by_size);
	printf("%s_p50 %.3f ms\n%s_p99 %.3f ms\n", name, took[n / 2] * 1e3, name,
	        took[n * 99 / 100] * 1e3);
}

static void single(void)
{
	static double took[SINGLE];
	for (int i = 0; i < SINGLE; i++) {
		double began = seconds();
		if (send_batch(1) != OK)
			stop("full");
		while (b.acked < b.seq && seconds() < began + GIVE_UP_S)
			hear(50);
		took[i] = seconds() - began;
	}
	print_percentiles("link_one_reading_durable", took, SINGLE);
}

/* What the disk alone takes for the same. */
static void raw_sync(void)
{
	static double took[SINGLE];
	char path[256];
	snprintf(path, sizeof path, "%s/raw", b.dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || posix_fallocate(fd, 0, 4 << 20) != 0 || fsync(fd) != 0)
		stop("no room");
	for (int i = 0; i < SINGLE; i++) {
		double began = seconds();
		off_t at = (off_t)i * (off_t)b.record_size;
		if (pwrite(fd, b.record, b.record_size, at) < 0 || fdatasync(fd) != 0)
			stop("the disk does not sync");
		took[i] = seconds() - began;
	}
	close(fd);
	print_percentiles("raw_append_fdatasync", took, SINGLE);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path);
}

static void prepare(void)
{
	char path[256];
	struct key_pair server;
	const char *base = getenv("TMPDIR");
	snprintf(b.dir, sizeof b.dir, "%.80s/quantrac-bench-XXXXXX",
	        base != NULL ? base : "/tmp");
	if (mkdtemp(b.dir) == NULL || key_pair_new(&b.own) != OK)
		stop("no folder");
	b.port = free_port();
	snprintf(path, sizeof path, "%s/collector.secret", b.dir);
	if (keys_own(path, &server, NULL) != OK)
		stop("no key");
	memcpy(b.server_key, server.public_key, KEY_TEXT);
	snprintf(path, sizeof path, "%s/agents", b.dir);
	if (keys_admit(path, "bt-outlet", b.own.public_key, NULL) != OK)
		stop("no key");
	make_reading();
}

int main(void)
{
	prepare();
	start_collector("0ms");
	greet();
	single();
	uplink_socket_close(b.socket);
	end_collector();
	raw_sync();

	start_collector("100ms");
	greet();
	bulk();
	uplink_socket_close(b.socket);
	double cpu_s = end_collector();
	printf("collectd_cpu_per_million_values %.3f s\n",
	        cpu_s / (BULK * CHANNELS / 1e6));
	printf("journal_bytes_per_value %.1f bytes\n",
	        (double)(b.record_size + 16) / CHANNELS);
	nftw(b.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}
