/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pseudo-terminals with their links, and listening sockets. */
#include "sensors/simulator/simulate_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define CALL_US INT64_C(500000) /* between two tries to connect */

int serve_port_init(const struct serve *serve, struct serve_port *port, size_t index)
{
	const struct scenario_port *about = &serve->scenario->port[index];
	const char *dir = serve->options->dir;
	port->index = index;
	port->up = false;
	port->listener = port->slave = -1;
	for (size_t i = 0; i < SERVE_PEERS; i++)
		port->peer[i] = (struct serve_peer){ .descriptor = -1,
			.way = simulate_way_new(serve->scenario) };
	port->calls = about->connect[0] != '\0';
	if (about->listen[0] != '\0' || port->calls)
		snprintf(port->link, sizeof port->link, "%s",
		        port->calls ? about->connect : about->listen);
	else
		snprintf(port->link, sizeof port->link, "%s/%s",
		        dir != NULL ? dir : ".", about->id);
	for (size_t i = 0; i < SERVE_PEERS; i++)
		if (port->peer[i].way == NULL)
			return FAILED;
	return OK;
}

void serve_port_free(struct serve_port *port)
{
	serve_port_down(port);
	for (size_t i = 0; i < SERVE_PEERS; i++)
		simulate_way_free(port->peer[i].way);
}

/* ---- pseudo-terminals ---- */

/* Bytes pass as they are. */
static int make_raw(int descriptor)
{
	struct termios line;
	if (tcgetattr(descriptor, &line) != 0)
		return FAILED;
	cfmakeraw(&line);
	return tcsetattr(descriptor, TCSANOW, &line) == 0 ? OK : FAILED;
}

/* Put the link where it belongs.  A link that is there is replaced in one step; anything else
 * with this name stays, and we do not begin. */
static int make_link(const char *target, const char *link)
{
	struct stat st;
	char beside[PATH_MAX];
	if (lstat(link, &st) != 0)
		return symlink(target, link) == 0 ? OK : FAILED;
	if (!S_ISLNK(st.st_mode)) {
		errno = EEXIST;
		return FAILED;
	}
	snprintf(beside, sizeof beside, "%.*s.new", PATH_MAX - 8, link);
	unlink(beside);
	if (symlink(target, beside) != 0)
		return FAILED;
	return rename(beside, link) == 0 ? OK : FAILED;
}

static int terminal_open(struct serve_port *port)
{
	char slave[64];
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (master < 0)
		return FAILED;
	port->peer[0].descriptor = master;
	if (grantpt(master) != 0 || unlockpt(master) != 0)
		return FAILED;
	errno = ptsname_r(master, slave, sizeof slave);
	if (errno != 0)
		return FAILED;
	port->slave = open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (port->slave < 0 || make_raw(port->slave) != OK)
		return FAILED;
	return make_link(slave, port->link);
}

/* The new one is made while the old one is there: so it gets another name. */
void serve_port_rename(struct serve_port *port)
{
	int master = port->peer[0].descriptor, slave = port->slave;
	if (terminal_open(port) == OK) {
		close(master);
		close(slave);
		simulate_way_clear(port->peer[0].way);
		return;
	}
	if (port->slave >= 0 && port->slave != slave)
		close(port->slave);
	if (port->peer[0].descriptor >= 0 && port->peer[0].descriptor != master)
		close(port->peer[0].descriptor);
	port->peer[0].descriptor = master;
	port->slave = slave;
}

/* ---- TCP ---- */

static int listen_on(const struct addrinfo *at)
{
	int one = 1;
	int descriptor = socket(at->ai_family,
	        at->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, at->ai_protocol);
	if (descriptor < 0)
		return -1;
	setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(descriptor, at->ai_addr, at->ai_addrlen) == 0 &&
	        listen(descriptor, 8) == 0)
		return descriptor;
	int saved = errno;
	close(descriptor);
	errno = saved;
	return -1;
}

/* "127.0.0.1:15020", "[::1]:502"; NULL, and errno. */
static struct addrinfo *find_address(const struct serve_port *port, int flags)
{
	char host[256];
	const char *colon = strrchr(port->link, ':');
	struct addrinfo *found,
	        hints = { .ai_socktype = SOCK_STREAM, .ai_flags = flags };
	if (colon == NULL || (size_t)(colon - port->link) >= sizeof host) {
		errno = EINVAL;
		return NULL;
	}
	size_t skip = port->link[0] == '[';
	size_t n = (size_t)(colon - port->link) - 2 * skip;
	snprintf(host, sizeof host, "%.*s", (int)n, port->link + skip);
	if (getaddrinfo(host[0] != '\0' ? host : NULL, colon + 1, &hints, &found) == 0)
		return found;
	errno = EADDRNOTAVAIL;
	return NULL;
}

static int tcp_listen(struct serve_port *port)
{
	struct addrinfo *found = find_address(port, AI_PASSIVE);
	if (found == NULL)
		return FAILED;
	port->listener = listen_on(found);
	freeaddrinfo(found);
	return port->listener >= 0 ? OK : FAILED;
}

/* ---- one that calls ---- */

static void forget_call(struct serve_port *port, int64_t now_us)
{
	if (port->listener >= 0)
		close(port->listener);
	port->listener = -1;
	port->call_us = now_us + CALL_US;
}

/* Nobody there is no error: it calls again, as sub-loggers do. */
void serve_port_call(struct serve_port *port, int64_t now_us)
{
	if (!port->calls || !port->up || port->listener >= 0 ||
	        port->peer[0].descriptor >= 0 || now_us < port->call_us)
		return;
	struct addrinfo *at = find_address(port, AI_NUMERICHOST | AI_NUMERICSERV);
	port->call_us = now_us + CALL_US;
	if (at == NULL)
		return;
	port->listener = socket(at->ai_family,
	        at->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, at->ai_protocol);
	if (port->listener >= 0 &&
	        connect(port->listener, at->ai_addr, at->ai_addrlen) != 0 &&
	        errno != EINPROGRESS)
		forget_call(port, now_us);
	freeaddrinfo(at);
}

void serve_port_called(struct serve_port *port, int64_t now_us)
{
	int error = 0;
	socklen_t size = sizeof error;
	if (getsockopt(port->listener, SOL_SOCKET, SO_ERROR, &error, &size) != 0 ||
	        error != 0) {
		forget_call(port, now_us);
		return;
	}
	port->peer[0].descriptor = port->listener;
	port->peer[0].n = 0;
	port->listener = -1;
}

int serve_port_up(
        const struct serve *serve, struct serve_port *port, struct problem *why)
{
	const struct scenario_port *about = &serve->scenario->port[port->index];
	bool tcp = about->listen[0] != '\0';
	int status = tcp ? tcp_listen(port) : port->calls ? OK : terminal_open(port);
	if (status == OK) {
		port->up = true;
		return OK;
	}
	int saved = errno;
	serve_port_down(port);
	return problem_set(why, FAILED, EXIT_CONFIG, "port '%s': cannot %s %s: %s%s",
	        about->id, tcp ? "listen on" : "link a pseudo-terminal as", port->link,
	        strerror(saved),
	        saved == EADDRINUSE ? "; another program has it, give another port"
	                            : "");
}

/* The link goes only if it still is ours: it points to our slave. */
static void remove_link(const struct serve_port *port)
{
	char slave[64], target[PATH_MAX];
	if (ptsname_r(port->peer[0].descriptor, slave, sizeof slave) != 0)
		return;
	ssize_t n = readlink(port->link, target, sizeof target - 1);
	if (n < 0)
		return;
	target[n] = '\0';
	if (strcmp(target, slave) == 0)
		unlink(port->link);
}

void serve_port_down(struct serve_port *port)
{
	if (port->slave >= 0 && port->peer[0].descriptor >= 0)
		remove_link(port);
	for (size_t i = 0; i < SERVE_PEERS; i++)
		peer_close(&port->peer[i]);
	if (port->slave >= 0)
		close(port->slave);
	if (port->listener >= 0)
		close(port->listener);
	port->slave = port->listener = -1;
	port->up = false;
}
