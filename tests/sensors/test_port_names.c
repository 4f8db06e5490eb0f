/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A name with several addresses, as a resolver of our own gives them. */
#include "tests/kits/check.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sensors/ports/port.h"

/* ---- the resolver ---- */

static struct sockaddr_in place[2];
static struct addrinfo addresses[2];
static int lookup_state; /* what gai_error says */

int getaddrinfo_a(int mode, struct gaicb *list[], int n, struct sigevent *event)
{
	(void)mode, (void)n, (void)event;
	list[0]->ar_result = addresses;
	return 0;
}

int gai_error(struct gaicb *lookup)
{
	(void)lookup;
	return lookup_state;
}

int gai_cancel(struct gaicb *lookup)
{
	(void)lookup;
	return lookup_state == EAI_INPROGRESS ? EAI_NOTCANCELED : EAI_ALLDONE;
}

int gai_suspend(const struct gaicb *const list[], int n, const struct timespec *most)
{
	(void)list, (void)n;
	assert_true(most != NULL &&
	            most->tv_sec <= 1); /* a name server may be silent for long */
	return EAI_AGAIN;
}

void freeaddrinfo(struct addrinfo *first)
{
	(void)first;
}

/* ---- two addresses of one name ---- */

struct host {
	int listener[2];
	struct port_setting setting;
	struct port *port;
};

static int listener_at(struct sockaddr_in *out)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof *out;
	*out = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_int_equal(bind(fd, (struct sockaddr *)out, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)out, &size), 0);
	return fd;
}

static int host_make(void **state)
{
	struct host *host = calloc(1, sizeof *host);
	lookup_state = 0;
	for (size_t i = 0; i < 2; i++) {
		host->listener[i] = listener_at(&place[i]);
		addresses[i] = (struct addrinfo){ .ai_family = AF_INET,
			.ai_addr = (struct sockaddr *)&place[i],
			.ai_addrlen = sizeof place[i],
			.ai_next = i == 0 ? &addresses[1] : NULL };
	}
	host->setting = (struct port_setting){
		.id = "stack", .path = "", .host = "plc.example", .service = "502"
	};
	host->port = port_tcp_new(&host->setting);
	*state = host;
	return 0;
}

static int host_remove(void **state)
{
	struct host *host = *state;
	if (host->port != NULL)
		host->port->free(host->port);
	close(host->listener[0]);
	close(host->listener[1]);
	free(host);
	return 0;
}

/* Until it is up, has hung up, or `ms` have gone. */
static int come_up(struct port *port, int ms)
{
	uint8_t none[1];
	for (int waited = 0; waited < ms; waited += 10) {
		struct pollfd fd = { .fd = port->descriptor(port),
			.events = port->events(port) };
		poll(&fd, 1, 10);
		if (port->read(port, none, 0, false) < 0)
			return HUNG_UP;
		if (port->events(port) == POLLIN)
			return OK;
	}
	return TIMED_OUT;
}

/* localhost is ::1 and 127.0.0.1 on many machines, and a server listens at one of them. */
static void the_next_address_is_tried_when_one_refuses(void **state)
{
	struct host *host = *state;
	struct problem why;
	assert_int_equal(listen(host->listener[1], 1), 0);
	assert_int_equal(host->port->open(host->port, &why), OK);
	assert_int_equal(come_up(host->port, 5000), OK);
	int peer = accept(host->listener[1], NULL, NULL);
	assert_true(peer >= 0);
	close(peer);
}

static void all_that_refuse_are_told_as_one(void **state)
{
	struct host *host = *state;
	struct problem why;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(host->port->open(host->port, &why), OK);
		assert_int_equal(come_up(host->port, 5000), HUNG_UP);
		assert_contains(
		        host->port->reason, "plc.example port 502: Connection refused");
	}
}

/* Nobody takes its connections, so the system lets further ones wait without a word. */
static void an_address_that_says_nothing_is_passed_over_the_next_time(void **state)
{
	struct host *host = *state;
	struct problem why;
	int waiting[2];
	assert_int_equal(listen(host->listener[0], 0), 0);
	assert_int_equal(listen(host->listener[1], 1), 0);
	for (size_t i = 0; i < 2; i++) {
		waiting[i] =
		        socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(waiting[i], (struct sockaddr *)&place[0], sizeof place[0]);
	}
	assert_int_equal(host->port->open(host->port, &why), OK);
	assert_int_equal(come_up(host->port, 100), TIMED_OUT);
	host->port->close(host->port);
	assert_int_equal(host->port->open(host->port, &why), OK);
	assert_int_equal(come_up(host->port, 5000), OK);
	for (size_t i = 0; i < 2; i++)
		close(waiting[i]);
}

static void a_name_server_that_is_silent_does_not_hold_the_end_up(void **state)
{
	struct host *host = *state;
	struct problem why;
	lookup_state = EAI_INPROGRESS;
	assert_int_equal(host->port->open(host->port, &why), OK);
	assert_int_equal(come_up(host->port, 50), TIMED_OUT);
	host->port->free(host->port); /* what the lookup writes to stays */
	lookup_state = 0;
	host->port->free(host->port); /* and goes once it has ended */
	host->port = NULL;
}

#define HOST(test) cmocka_unit_test_setup_teardown(test, host_make, host_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOST(the_next_address_is_tried_when_one_refuses),
		HOST(all_that_refuse_are_told_as_one),
		HOST(an_address_that_says_nothing_is_passed_over_the_next_time),
		HOST(a_name_server_that_is_silent_does_not_hold_the_end_up),
	};
	return cmocka_run_group_tests_name("port_names", tests, NULL, NULL);
}
