/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/benchraw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "base/journal.h"
#include "base/wire.h"
#include "tests/bench/benchkit.h"

static int make_file(const char *dir)
{
	char path[256];
	snprintf(path, sizeof path, "%s/raw", dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		bench_stop(path, strerror(errno));
	return fd;
}

int raw_file(const char *dir, size_t n, size_t size)
{
	int fd = make_file(dir);
	if (posix_fallocate(fd, 0, (off_t)(n * size)) != 0 || fsync(fd) != 0)
		bench_stop(dir, "no room");
	return fd;
}

double raw_append(int fd, const uint8_t *record, size_t size, size_t i)
{
	double began = bench_seconds();
	if (pwrite(fd, record, size, (off_t)(i * size)) != (ssize_t)size ||
	        fdatasync(fd) != 0)
		bench_stop("raw file", strerror(errno));
	return bench_seconds() - began;
}

/* Bytes that no disk can shorten. */
static void fill(uint8_t *out, size_t n)
{
	uint64_t x = 88172645463325252u;
	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		out[i] = (uint8_t)x;
	}
}

static double time_disk(size_t bytes)
{
	static uint8_t group[JOURNAL_GROUP];
	char dir[128];
	bench_begin(dir);
	fill(group, sizeof group);
	int fd = make_file(dir);
	double began = bench_seconds();
	for (size_t at = 0; at < bytes; at += sizeof group)
		if (write(fd, group, sizeof group) != (ssize_t)sizeof group ||
		        fdatasync(fd) != 0)
			bench_stop(dir, strerror(errno));
	double took = bench_seconds() - began;
	close(fd);
	bench_end(dir);
	return took;
}

/* ---- ZeroMQ alone ---- */

struct keys {
	char public_key[KEY_TEXT], secret_key[KEY_TEXT];
};

static void secure(void *socket, const struct keys *server, int is_server)
{
	struct keys own;
	int one = 1;
	if (server == NULL)
		return;
	zmq_curve_keypair(own.public_key, own.secret_key);
	if (is_server) {
		zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &one, sizeof one);
		zmq_setsockopt(
		        socket, ZMQ_CURVE_SECRETKEY, server->secret_key, KEY_TEXT);
		return;
	}
	zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server->public_key, KEY_TEXT);
	zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, own.public_key, KEY_TEXT);
	zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, own.secret_key, KEY_TEXT);
}

static void send_all(const char *endpoint, const struct keys *server, size_t messages)
{
	static uint8_t message[WIRE_MOST];
	void *context = zmq_ctx_new(), *dealer = zmq_socket(context, ZMQ_DEALER);
	fill(message, sizeof message);
	secure(dealer, server, 0);
	zmq_connect(dealer, endpoint);
	for (size_t i = 0; i < messages; i++)
		if (zmq_send(dealer, message, sizeof message, 0) < 0)
			_exit(1);
	zmq_recv(dealer, message, sizeof message, 0); /* all have come */
	zmq_close(dealer);
	zmq_ctx_term(context);
	_exit(0);
}

static double receive_all(void *router, size_t messages)
{
	static uint8_t message[WIRE_MOST];
	uint8_t route[64];
	int n = 0;
	double began = 0;
	for (size_t i = 0; i < messages; i++) {
		n = zmq_recv(router, route, sizeof route, 0);
		if (n < 0 || zmq_recv(router, message, sizeof message, 0) < 0)
			bench_stop("zeromq", zmq_strerror(zmq_errno()));
		if (i == 0)
			began = bench_seconds();
	}
	double took = bench_seconds() - began;
	zmq_send(router, route, (size_t)n, ZMQ_SNDMORE);
	zmq_send(router, "", 0, 0);
	return took;
}

static double time_zeromq(size_t bytes, const struct keys *server)
{
	char endpoint[64];
	size_t n = sizeof endpoint, messages = bytes / WIRE_MOST + 2;
	/* the parent's context may have no thread yet when it forks */
	int back[2];
	if (pipe(back) != 0)
		bench_stop("zeromq", strerror(errno));
	pid_t pid = fork();
	if (pid == 0) {
		if (read(back[0], endpoint, sizeof endpoint) <= 0)
			_exit(1);
		send_all(endpoint, server, messages);
	}
	void *context = zmq_ctx_new(), *router = zmq_socket(context, ZMQ_ROUTER);
	secure(router, server, 1);
	if (zmq_bind(router, "tcp://127.0.0.1:*") != 0 ||
	        zmq_getsockopt(router, ZMQ_LAST_ENDPOINT, endpoint, &n) != 0 ||
	        write(back[1], endpoint, sizeof endpoint) < 0)
		bench_stop("zeromq", zmq_strerror(zmq_errno()));
	double took = receive_all(router, messages);
	waitpid(pid, NULL, 0);
	close(back[0]);
	close(back[1]);
	zmq_close(router);
	zmq_ctx_term(context);
	return took;
}

struct raw raw_run(size_t bytes)
{
	struct keys server;
	zmq_curve_keypair(server.public_key, server.secret_key);
	return (struct raw){ .disk_s = time_disk(bytes),
		.null_s = time_zeromq(bytes, NULL),
		.curve_s = time_zeromq(bytes, &server) };
}
