/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/rivals/http.h"

#define HEAD_MOST   2048
#define ANSWER_MOST 4096

struct request {
	char *bytes;
	size_t size;
};

struct lane {
	pthread_t thread;
	int fd;
	const struct request *request;
	size_t first, step, n;
};

static int connected(const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		stop("cannot connect to port", port);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

static void send_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t gone = send(fd, bytes, n, MSG_NOSIGNAL);
		if (gone <= 0)
			stop("the server hung up", "");
		bytes += gone;
		n -= (size_t)gone;
	}
}

/* One whole answer of at most ANSWER_MOST bytes, which must be a 2xx. */
static void hear_answer(int fd)
{
	char in[ANSWER_MOST + 1];
	size_t have = 0, whole = 0;
	while (whole == 0 || have < whole) {
		ssize_t n = recv(fd, in + have, ANSWER_MOST - have, 0);
		if (n <= 0)
			stop("no whole answer", "");
		have += (size_t)n;
		in[have] = '\0';
		char *end = strstr(in, "\r\n\r\n");
		if (end == NULL)
			continue;
		char *length = strcasestr(in, "\r\nContent-Length:");
		whole = (size_t)(end + 4 - in);
		if (length != NULL && length < end)
			whole += strtoul(length + 17, NULL, 10);
		if (whole > ANSWER_MOST)
			stop("too long an answer", in);
	}
	if (strncmp(in, "HTTP/1.1 2", 10) != 0)
		stop("the server answers", in);
}

static void *lane_run(void *with)
{
	struct lane *lane = with;
	for (size_t i = lane->first; i < lane->n; i += lane->step) {
		send_all(lane->fd, lane->request[i].bytes, lane->request[i].size);
		hear_answer(lane->fd);
	}
	return NULL;
}

static struct request request_make(
        const struct load *load, const struct http_form *form, size_t from)
{
	size_t n = load->n - from < load->batch ? load->n - from : load->batch;
	char *body = malloc(n * form->room + 4096);
	struct request request = { .bytes = malloc(n * form->room + 4096 + HEAD_MOST) };
	if (body == NULL || request.bytes == NULL)
		stop("no memory", "");
	size_t size = form->put(load, from, n, body);
	int head = snprintf(request.bytes, HEAD_MOST,
	        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n",
	        form->path, size);
	memcpy(request.bytes + head, body, size);
	request.size = (size_t)head + size;
	request.bytes = realloc(request.bytes, request.size);
	free(body);
	return request;
}

void http_load(struct load *load, const struct http_form *form)
{
	size_t n = (load->n + load->batch - 1) / load->batch;
	struct request *request = calloc(n, sizeof *request);
	struct lane *lane = calloc((size_t)load->connections, sizeof *lane);
	if (request == NULL || lane == NULL)
		stop("no memory", "");
	for (size_t i = 0; i < n; i++)
		request[i] = request_make(load, form, i * load->batch);
	for (int i = 0; i < load->connections; i++)
		lane[i] = (struct lane){ .fd = connected(load->place),
			.request = request,
			.first = (size_t)i,
			.step = (size_t)load->connections,
			.n = n };
	load_begin(load);
	for (int i = 0; i < load->connections; i++)
		if (pthread_create(&lane[i].thread, NULL, lane_run, &lane[i]) != 0)
			stop("no thread", "");
	for (int i = 0; i < load->connections; i++)
		pthread_join(lane[i].thread, NULL);
	load_end(load);
	for (int i = 0; i < load->connections; i++)
		close(lane[i].fd);
	for (size_t i = 0; i < n; i++)
		free(request[i].bytes);
	free(request);
	free(lane);
}
