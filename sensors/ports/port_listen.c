/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A TCP port that others connect to: a sub-logger calls its logger, not the other way round.
 *
 *   open      binds and listens; the port is up, whoever is there
 *   read      what the one peer sent, to its last byte; then the peer that came meanwhile
 *   write     to the peer; nothing is taken while there is none
 *
 * One peer at a time.  A newer one takes over: after a power cut the old connection still looks open
 * here, and keepalive needs 25 s to find that nobody is left.  A peer that goes is no hang-up of the
 * port; many connect for each message.  Both sockets hang on one epoll descriptor, for the one poll().
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "sensors/ports/port.h"

#define WAITING 4 /* connections the kernel keeps for us between two looks */

struct listener {
	struct port port;
	const struct port_setting *setting;
	int both; /* epoll of the two below */
	int door, peer;
	char told[NI_MAXHOST]; /* who was last said to be connected */
};

static void drop_peer(struct listener *listener)
{
	if (listener->peer >= 0)
		close(listener->peer); /* which takes it out of epoll */
	listener->peer = -1;
}

static void listen_close(struct port *port)
{
	struct listener *listener = (struct listener *)port;
	drop_peer(listener);
	if (listener->door >= 0)
		close(listener->door);
	if (listener->both >= 0)
		close(listener->both);
	listener->door = listener->both = -1;
}

static int watch(struct listener *listener, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
	return epoll_ctl(listener->both, EPOLL_CTL_ADD, fd, &event) == 0 ? OK : FAILED;
}

/* The socket others connect to; errno tells why not. */
static int make_door(struct listener *listener, const struct addrinfo *address)
{
	int on = 1;
	listener->both = epoll_create1(EPOLL_CLOEXEC);
	listener->door = socket(
	        address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener->both < 0 || listener->door < 0)
		return FAILED;
	setsockopt(listener->door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(listener->door, address->ai_addr, address->ai_addrlen) != 0 ||
	        listen(listener->door, WAITING) != 0)
		return FAILED;
	return watch(listener, listener->door);
}

static const char *cure_of(int error)
{
	if (error == EADDRINUSE)
		return ": another program, or another port of this file, listens there";
	if (error == EADDRNOTAVAIL)
		return ": this machine has no such address; write 0.0.0.0 for all it "
		       "has";
	if (error == EACCES)
		return ": ports below 1024 need rights we do not have; take a higher "
		       "one";
	return "";
}

static int listen_open(struct port *port, struct problem *why)
{
	struct listener *listener = (struct listener *)port;
	const struct port_setting *setting = listener->setting;
	struct addrinfo hints = { .ai_flags =
		                          AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *address = NULL;
	listen_close(port);
	port->reason = NULL;
	if (getaddrinfo(setting->host, setting->service, &hints, &address) != 0)
		return problem_set(why, FAILED, EXIT_CONFIG,
		        "port %s: '%s' is not an address of this machine", setting->id,
		        setting->host);
	int status = make_door(listener, address), reason = errno;
	freeaddrinfo(address);
	if (status == OK)
		return OK;
	listen_close(port);
	return problem_set(why, FAILED, EXIT_TRY_AGAIN,
	        "port %s: cannot listen on %s port %s: %s%s", setting->id,
	        setting->host, setting->service, strerrordesc_np(reason),
	        cure_of(reason));
}

/* Its address as people write it: what came over IPv4 to a socket of both is not ::ffff:192.0.2.7. */
static void name_peer(const struct sockaddr_storage *from, socklen_t size, char *out)
{
	static const char mapped[] = "::ffff:";
	if (getnameinfo((const struct sockaddr *)from, size, out, NI_MAXHOST, NULL, 0,
	            NI_NUMERICHOST) != 0)
		snprintf(out, NI_MAXHOST, "?");
	if (strncmp(out, mapped, sizeof mapped - 1) == 0 && strchr(out, '.') != NULL)
		memmove(out, out + sizeof mapped - 1, strlen(out) - sizeof mapped + 2);
}

static bool is_welcome(const struct listener *listener, const char *name)
{
	const char *only = listener->setting->only;
	char key[64];
	if (only == NULL || only[0] == '\0' || strcmp(only, name) == 0)
		return true;
	snprintf(key, sizeof key, "stranger at %s", listener->setting->id);
	log_seldom(LOG_WARN, key, "port %s: %s was turned away: only %s may connect",
	        listener->setting->id, name, only);
	return false;
}

/* Said when it is another than before; at most once a minute, should two take turns. */
static void tell_peer(struct listener *listener, const char *name, bool took_over)
{
	char key[64];
	if (strcmp(listener->told, name) == 0)
		return;
	snprintf(listener->told, sizeof listener->told, "%s", name);
	snprintf(key, sizeof key, "peer of %s", listener->setting->id);
	log_seldom(LOG_INFO, key, "port %s: %s connected%s", listener->setting->id,
	        name, took_over ? ", and takes the place of the one before" : "");
}

/* The next who waits at the door, in the place of the peer we have.  OK, NOT_FOUND, or HUNG_UP. */
static int take_peer(struct listener *listener)
{
	struct sockaddr_storage from;
	socklen_t size = sizeof from;
	char name[NI_MAXHOST];
	int fd = accept4(listener->door, (struct sockaddr *)&from, &size,
	        SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
	                      errno == ENOMEM)) {
		listener->port.reason = strerrordesc_np(errno);
		return HUNG_UP;
	}
	if (fd < 0)
		return NOT_FOUND;
	name_peer(&from, size, name);
	if (!is_welcome(listener, name) || watch(listener, fd) != OK) {
		close(fd);
		return NOT_FOUND;
	}
	bool took_over = listener->peer >= 0;
	drop_peer(listener);
	port_keepalive(fd);
	listener->peer = fd;
	tell_peer(listener, name, took_over);
	return OK;
}

/* Bytes of the peer, or 0: nothing yet, or it has gone. */
static int hear_peer(struct listener *listener, uint8_t *out, size_t room)
{
	if (listener->peer < 0 || room == 0)
		return 0;
	ssize_t n = recv(listener->peer, out, room, MSG_DONTWAIT);
	if (n > 0)
		return (int)n;
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		drop_peer(listener);
	return 0;
}

static int listen_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	struct listener *listener = (struct listener *)port;
	if (listener->door < 0)
		return HUNG_UP;
	int n = hear_peer(listener, out, room);
	if (n > 0)
		return n;
	int status = take_peer(listener);
	if (status == OK)
		return hear_peer(listener, out, room);
	return status == HUNG_UP ? HUNG_UP : 0;
}

static int listen_write(struct port *port, const uint8_t *in, size_t n)
{
	struct listener *listener = (struct listener *)port;
	if (listener->door < 0)
		return HUNG_UP;
	if (listener->peer < 0)
		return 0;
	ssize_t sent = send(listener->peer, in, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent >= 0)
		return (int)sent;
	if (errno != EAGAIN && errno != EINTR)
		drop_peer(listener);
	return 0;
}

static int listen_descriptor(struct port *port)
{
	return ((struct listener *)port)->both;
}

static short listen_events(struct port *port)
{
	return ((struct listener *)port)->door >= 0 ? POLLIN : 0;
}

static void listen_free(struct port *port)
{
	listen_close(port);
	free(port);
}

struct port *port_listen_new(const struct port_setting *setting)
{
	struct listener *listener = calloc(1, sizeof *listener);
	if (listener == NULL)
		return NULL;
	listener->setting = setting;
	listener->both = listener->door = listener->peer = -1;
	listener->port = (struct port){
		.open = listen_open,
		.descriptor = listen_descriptor,
		.events = listen_events,
		.read = listen_read,
		.write = listen_write,
		.close = listen_close,
		.free = listen_free,
	};
	return &listener->port;
}
