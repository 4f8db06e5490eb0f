/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/tcp_tap.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kits/check.h"

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static int connect_to(int port)
{
	struct sockaddr_in to = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	close(fd);
	return -1;
}

static void keep(struct tap *tap, const uint8_t *in, size_t n)
{
	if (tap->chunks == TAP_CHUNKS || n > TAP_BYTES - tap->n)
		return;
	memcpy(tap->bytes + tap->n, in, n);
	tap->chunk[tap->chunks] = (struct tap_chunk){ tap->n, n, tap->connections };
	tap->n += n;
	tap->chunks++;
}

/* Bytes of `from` to `to`; 0 when it has closed. */
static int pass(struct tap *tap, int from, int to, int is_client)
{
	static uint8_t buffer[65536];
	ssize_t n = recv(from, buffer, sizeof buffer, 0);
	if (n <= 0)
		return 0;
	if (is_client) {
		keep(tap, buffer, (size_t)n);
		if (tap->flip)
			buffer[n - 1] ^= 1;
		tap->flip = 0;
	}
	return send(to, buffer, (size_t)n, MSG_NOSIGNAL) == n;
}

static void send_garbage(struct tap *tap, int server)
{
	uint8_t nonsense[1024];
	uint64_t seed = 99;
	for (; tap->garbage > 0; tap->garbage--) {
		for (size_t i = 0; i < sizeof nonsense; i++)
			nonsense[i] = (uint8_t)(chance(&seed) >> 32);
		if (send(server, nonsense, sizeof nonsense, MSG_NOSIGNAL) < 0)
			break;
	}
	tap->garbage = 0;
}

static void serve(struct tap *tap, int client, int server)
{
	struct pollfd item[] = { { client, POLLIN, 0 }, { server, POLLIN, 0 } };
	while (poll(item, 2, 10) >= 0) {
		if (tap->garbage)
			send_garbage(tap, server);
		if ((item[0].revents & (POLLIN | POLLHUP)) &&
		        !pass(tap, client, server, 1))
			return;
		if ((item[1].revents & (POLLIN | POLLHUP)) &&
		        !pass(tap, server, client, 0)) {
			tap->closed_by_server++;
			return;
		}
	}
}

static void run(struct tap *tap, int listening, int server_port)
{
	for (;;) {
		int client = accept(listening, NULL, NULL);
		int server = connect_to(server_port);
		if (client >= 0 && server >= 0) {
			tap->connections++;
			serve(tap, client, server);
		}
		close(client);
		close(server);
	}
}

struct tap *tap_start(int server_port)
{
	struct tap *tap = mmap(NULL, sizeof *tap, PROT_READ | PROT_WRITE,
	        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sockaddr_in at = loopback(0);
	socklen_t size = sizeof at;
	assert_true(tap != MAP_FAILED);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	tap->port = ntohs(at.sin_port);
	pid_t child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run(tap, fd, server_port);
	}
	assert_true(child > 0);
	tap->child = child;
	close(fd);
	return tap;
}

void tap_end(struct tap *tap)
{
	kill(tap->child, SIGKILL);
	waitpid(tap->child, NULL, 0);
	munmap(tap, sizeof *tap);
}

/* ---- ZMTP 3: a greeting of 64 bytes, then flags u8 (1 more, 2 long, 4 command), size u8 or u64 ---- */

static void count_frames(const uint8_t *in, size_t n, struct tap_frames *out)
{
	size_t at = n < 64 ? n : 64;
	out->connections++;
	out->handshake_bytes += (long)at;
	while (at + 2 <= n) {
		size_t head = in[at] & 2 ? 9 : 2, size = in[at + 1];
		for (size_t i = 2; head == 9 && i < 9; i++)
			size = size << 8 | (at + i < n ? in[at + i] : 0);
		if (size > n - at)
			size = n - at;
		if (in[at] & 4) {
			out->handshake_bytes += (long)(head + size);
		} else {
			out->message_bytes += (long)size;
			out->messages++;
		}
		at += head + size;
	}
}

struct tap_frames tap_frames(const struct tap *tap)
{
	struct tap_frames frames = { 0 };
	for (size_t i = 0; i < tap->chunks;) {
		size_t n = 0, first = i;
		for (; i < tap->chunks &&
		        tap->chunk[i].connection == tap->chunk[first].connection;
		        i++)
			n += tap->chunk[i].size;
		count_frames(tap->bytes + tap->chunk[first].at, n, &frames);
	}
	return frames;
}
