/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A TCP connection: Modbus TCP, or a serial server.  A name is looked up in the background, the
 * connection is made without waiting, and keepalive finds a server that lost its power.
 *
 *   NAMING      getaddrinfo_a works; no descriptor yet
 *   CONNECTING  POLLOUT tells the end; a name may have several addresses, tried in turn, and
 *               the next time from behind the one that did not even refuse
 *   UP
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sensors/ports/port.h"

#define IDLE_S     10 /* of silence before keepalive asks */
#define INTERVAL_S 5
#define PROBES     3
#define UNSENT_MS  15000 /* bytes nobody acknowledged: the peer is gone */

enum tcp_state { DOWN, NAMING, CONNECTING, UP };

struct tcp {
	struct port port;
	const struct port_setting *setting;
	enum tcp_state state;
	int fd;
	bool looking;   /* a lookup was begun and not yet dropped */
	char said[384]; /* what port.reason points at */
	struct addrinfo hints;
	struct gaicb lookup, *lookups[1];
	const struct addrinfo *next; /* address of the name not tried yet */
	size_t mute;                 /* addresses so far that said nothing at all */
};

/* Drop a lookup that has ended; one still under way is left to itself, since stopping it may mean
 * waiting for it. */
static void drop_lookup(struct tcp *tcp)
{
	if (!tcp->looking || gai_error(&tcp->lookup) == EAI_INPROGRESS)
		return;
	if (tcp->lookup.ar_result != NULL)
		freeaddrinfo(tcp->lookup.ar_result);
	tcp->lookup.ar_result = NULL;
	tcp->looking = false;
}

static int hung_up(struct tcp *tcp, const char *reason)
{
	tcp->port.reason = reason;
	return HUNG_UP;
}

static void tcp_close(struct port *port)
{
	struct tcp *tcp = (struct tcp *)port;
	drop_lookup(tcp);
	if (tcp->fd >= 0)
		close(tcp->fd);
	tcp->mute += tcp->state == CONNECTING;
	tcp->fd = -1;
	tcp->next = NULL;
	tcp->state = DOWN;
}

void port_keepalive(int fd)
{
	int on = 1, idle = IDLE_S, interval = INTERVAL_S, probes = PROBES;
	unsigned unsent = UNSENT_MS;
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unsent, sizeof unsent);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static int start_connect(struct tcp *tcp, const struct addrinfo *address)
{
	tcp->fd = socket(
	        address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (tcp->fd < 0)
		return FAILED;
	port_keepalive(tcp->fd);
	tcp->state = CONNECTING;
	if (connect(tcp->fd, address->ai_addr, address->ai_addrlen) == 0)
		tcp->state = UP;
	else if (errno != EINPROGRESS)
		tcp->state = DOWN;
	return tcp->state != DOWN ? OK : FAILED;
}

/* The next address of the name that can be begun with; FAILED with errno after the last. */
static int connect_next(struct tcp *tcp)
{
	int error = EADDRNOTAVAIL;
	while (tcp->next != NULL) {
		const struct addrinfo *address = tcp->next;
		tcp->next = address->ai_next;
		if (tcp->fd >= 0)
			close(tcp->fd);
		if (start_connect(tcp, address) == OK)
			return OK;
		error = errno;
	}
	errno = error;
	return FAILED;
}

static const struct addrinfo *first_address(const struct tcp *tcp)
{
	const struct addrinfo *first = tcp->lookup.ar_result, *address = first;
	for (size_t i = 0; i < tcp->mute && address != NULL; i++)
		address = address->ai_next != NULL ? address->ai_next : first;
	return address;
}

static int open_literal(struct tcp *tcp, bool *is_literal)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *address = NULL;
	*is_literal = getaddrinfo(tcp->setting->host, tcp->setting->service, &hints,
	                      &address) == 0;
	if (!*is_literal)
		return OK;
	int status = start_connect(tcp, address);
	freeaddrinfo(address);
	return status;
}

static int start_lookup(struct tcp *tcp)
{
	struct sigevent quiet = { .sigev_notify = SIGEV_NONE };
	tcp->state = NAMING;
	if (tcp->looking)
		return OK; /* the one begun before is still under way */
	tcp->lookup = (struct gaicb){
		.ar_name = tcp->setting->host,
		.ar_service = tcp->setting->service,
		.ar_request = &tcp->hints,
	};
	if (getaddrinfo_a(GAI_NOWAIT, tcp->lookups, 1, &quiet) != 0)
		return FAILED;
	tcp->looking = true;
	return OK;
}

/* A connection that cannot be made: to whom, why, and the cure where there is one. */
static int not_reached(struct tcp *tcp, const char *text, const char *cure)
{
	snprintf(tcp->said, sizeof tcp->said, "%s port %s: %s%s", tcp->setting->host,
	        tcp->setting->service, text, cure);
	return hung_up(tcp, tcp->said);
}

static const char *cure_of(int error)
{
	if (error == ECONNREFUSED)
		return ": nothing listens there; is the device on, and this its port?";
	if (error == ETIMEDOUT || error == EHOSTUNREACH || error == ENETUNREACH)
		return "; check power, cable and address";
	return "";
}

/* It answered, be it with no. */
static int declined(struct tcp *tcp, int error)
{
	tcp->state = DOWN;
	return not_reached(tcp, strerrordesc_np(error), cure_of(error));
}

static int tcp_open(struct port *port, struct problem *why)
{
	struct tcp *tcp = (struct tcp *)port;
	bool is_literal;
	tcp_close(port);
	port->reason = NULL;
	int status = open_literal(tcp, &is_literal);
	if (status == OK && !is_literal)
		status = start_lookup(tcp);
	if (status == OK)
		return OK;
	int reason = errno;
	tcp_close(port);
	return problem_set(why, FAILED, EXIT_TRY_AGAIN, "port %s: %s port %s: %s%s",
	        tcp->setting->id, tcp->setting->host, tcp->setting->service,
	        strerrordesc_np(reason), cure_of(reason));
}

/* One step nearer to UP: OK (not there yet, or there), or HUNG_UP. */
static int come_up(struct tcp *tcp)
{
	if (tcp->state == NAMING) {
		int status = gai_error(&tcp->lookup);
		if (status == EAI_INPROGRESS)
			return OK;
		tcp->state = DOWN;
		if (status != 0)
			return not_reached(tcp, gai_strerror(status),
			        "; check the name, or write the address");
		tcp->next = first_address(tcp);
		if (connect_next(tcp) != OK)
			return not_reached(tcp, strerrordesc_np(errno), cure_of(errno));
	}
	if (tcp->state == CONNECTING) {
		struct pollfd look = { .fd = tcp->fd, .events = POLLOUT };
		int error = 0;
		socklen_t size = sizeof error;
		if (poll(&look, 1, 0) != 1)
			return OK;
		getsockopt(tcp->fd, SOL_SOCKET, SO_ERROR, &error, &size);
		if (error != 0 && connect_next(tcp) == OK)
			return OK;
		if (error != 0)
			return declined(tcp, error);
		tcp->state = UP;
	}
	return tcp->state == UP ? OK : HUNG_UP;
}

static int tcp_descriptor(struct port *port)
{
	return ((struct tcp *)port)->fd;
}

static short tcp_events(struct port *port)
{
	const struct tcp *tcp = (const struct tcp *)port;
	if (tcp->state == DOWN || tcp->state == NAMING)
		return 0;
	return tcp->state == CONNECTING ? POLLOUT : POLLIN;
}

static int tcp_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	struct tcp *tcp = (struct tcp *)port;
	if (tcp->state != UP && (come_up(tcp) != OK))
		return HUNG_UP;
	if (tcp->state != UP || room == 0)
		return 0;
	ssize_t n = recv(tcp->fd, out, room, MSG_DONTWAIT);
	if (n > 0)
		return (int)n;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return hung_up(
	        tcp, n == 0 ? "closed by the other side" : strerrordesc_np(errno));
}

static int tcp_write(struct port *port, const uint8_t *in, size_t n)
{
	struct tcp *tcp = (struct tcp *)port;
	if (tcp->state != UP && come_up(tcp) != OK)
		return HUNG_UP;
	if (tcp->state != UP || tcp->setting->listen)
		return 0;
	ssize_t sent = send(tcp->fd, in, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent >= 0)
		return (int)sent;
	if (errno == EAGAIN || errno == EINTR)
		return 0;
	return hung_up(tcp, strerrordesc_np(errno));
}

static void tcp_free(struct port *port)
{
	struct tcp *tcp = (struct tcp *)port;
	const struct timespec most = { .tv_sec = 1 };
	if (tcp->looking && gai_cancel(&tcp->lookup) == EAI_NOTCANCELED)
		gai_suspend((const struct gaicb *const *)tcp->lookups, 1, &most);
	tcp_close(port);
	if (tcp->looking) /* whoever looks it up still writes here; the program ends anyway */
		return;
	free(port);
}

struct port *port_tcp_new(const struct port_setting *setting)
{
	struct tcp *tcp = calloc(1, sizeof *tcp);
	if (tcp == NULL)
		return NULL;
	tcp->setting = setting;
	tcp->fd = -1;
	tcp->hints.ai_socktype = SOCK_STREAM;
	tcp->lookups[0] = &tcp->lookup;
	tcp->port = (struct port){
		.open = tcp_open,
		.descriptor = tcp_descriptor,
		.events = tcp_events,
		.read = tcp_read,
		.write = tcp_write,
		.close = tcp_close,
		.free = tcp_free,
	};
	return &tcp->port;
}
