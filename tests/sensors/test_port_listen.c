/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A TCP port that others connect to, on loopback: who is heard, who takes over, who is turned away. */
#include "tests/kits/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "sensors/ports/port.h"
#include "tests/kits/free_port.h"

static size_t lines;
static char last_line[512];

static void catch_line(enum log_level level, const char *text)
{
	lines++;
	snprintf(last_line, sizeof last_line, "%s", text);
}

static int64_t seconds;

static int64_t log_seconds(void)
{
	return seconds;
}

struct door {
	int number;
	char service[16];
	struct port_setting setting;
	struct port *port;
};

static int door_make(void **state)
{
	struct door *door = calloc(1, sizeof *door);
	door->number = free_port();
	snprintf(door->service, sizeof door->service, "%d", door->number);
	door->setting = (struct port_setting){ .id = "sub",
		.path = "",
		.host = "127.0.0.1",
		.service = door->service,
		.accepts = true,
		.only = "" };
	door->port = port_new(&door->setting);
	lines = 0;
	seconds += 1000;
	log_clock(log_seconds);
	log_catch(catch_line);
	*state = door;
	return door->port != NULL ? 0 : -1;
}

static int door_remove(void **state)
{
	struct door *door = *state;
	door->port->free(door->port);
	free(door);
	log_catch(NULL);
	log_clock(NULL);
	return 0;
}

static void open_door(struct door *door)
{
	struct problem why = { .text = "" };
	assert_int_equal(door->port->open(door->port, &why), OK);
	assert_int_equal(door->port->events(door->port), POLLIN);
	assert_true(door->port->descriptor(door->port) >= 0);
}

/* A connection to the door from one of the addresses of loopback. */
static int knock(const struct door *door, const char *from)
{
	struct sockaddr_in me = { .sin_family = AF_INET }, to = me;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	me.sin_addr.s_addr = inet_addr(from);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)door->number);
	assert_int_equal(bind(fd, (struct sockaddr *)&me, sizeof me), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

static void tell(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* What the port reads once something is there; "" if it is nothing. */
static const char *hear(struct port *port)
{
	static char got[64];
	struct pollfd fd = { .fd = port->descriptor(port), .events = POLLIN };
	assert_int_equal(poll(&fd, 1, 5000), 1);
	int n = port->read(port, (uint8_t *)got, sizeof got - 1, true);
	assert_true(n >= 0);
	got[n] = '\0';
	return got;
}

/* Nothing that the port would wake up for. */
static bool is_quiet(struct port *port)
{
	struct pollfd fd = { .fd = port->descriptor(port), .events = POLLIN };
	return poll(&fd, 1, 0) == 0;
}

/* The other side was hung up on. */
static bool is_closed(int fd)
{
	struct pollfd look = { .fd = fd, .events = POLLIN };
	char byte;
	return poll(&look, 1, 5000) == 1 && read(fd, &byte, 1) <= 0;
}

static void bytes_go_both_ways(void **state)
{
	struct door *door = *state;
	struct port *port = door->port;
	char got[16];
	open_door(door);
	int peer = knock(door, "127.0.0.1");
	tell(peer, "answer");
	assert_string_equal(hear(port), "answer");
	assert_int_equal(port->write(port, (const uint8_t *)"thanks", 6), 6);
	assert_int_equal(read(peer, got, sizeof got), 6);
	assert_memory_equal(got, "thanks", 6);
	assert_int_equal(lines, 1);
	assert_contains(last_line, "port sub: 127.0.0.1 connected");
	close(peer);
}

static void without_a_peer_nothing_waits_and_nothing_is_taken(void **state)
{
	struct door *door = *state;
	struct port *port = door->port;
	uint8_t got[8];
	assert_int_equal(port->read(port, got, sizeof got, false), HUNG_UP);
	assert_int_equal(port->write(port, got, sizeof got), HUNG_UP);
	assert_int_equal(port->events(port), 0);
	open_door(door);
	assert_true(is_quiet(port));
	assert_int_equal(port->read(port, got, sizeof got, false), 0);
	assert_int_equal(port->read(port, got, sizeof got, true), 0);
	assert_int_equal(port->write(port, got, sizeof got), 0);
	port->close(port);
	assert_int_equal(port->descriptor(port), -1);
	assert_int_equal(port->read(port, got, sizeof got, false), HUNG_UP);
}

static void a_peer_that_goes_is_let_go_and_may_come_again(void **state)
{
	struct door *door = *state;
	struct port *port = door->port;
	open_door(door);
	for (int i = 0; i < 3; i++) {
		int peer = knock(door, "127.0.0.1");
		tell(peer, "last words");
		close(peer);
		assert_string_equal(hear(port), "last words");
		assert_string_equal(hear(port), "");
		assert_true(is_quiet(port));
		assert_int_equal(port->write(port, (const uint8_t *)"x", 1), 0);
	}
	assert_int_equal(lines, 1); /* always the same one */
}

static void who_calls_for_each_message_is_heard_to_the_last_byte(void **state)
{
	struct door *door = *state;
	open_door(door);
	for (int i = 0; i < 2; i++) {
		int peer = knock(door, "127.0.0.1");
		tell(peer, i == 0 ? "first" : "second");
		close(peer);
	}
	assert_string_equal(hear(door->port), "first");
	assert_string_equal(hear(door->port), "second");
}

/* After a power cut the old connection still looks open. */
static void a_newer_peer_takes_over(void **state)
{
	struct door *door = *state;
	struct port *port = door->port;
	open_door(door);
	int half_open = knock(door, "127.0.0.2");
	tell(half_open, "old");
	assert_string_equal(hear(port), "old");
	int newer = knock(door, "127.0.0.3");
	assert_string_equal(hear(port), "");
	assert_true(is_closed(half_open));
	tell(newer, "new");
	assert_string_equal(hear(port), "new");
	assert_int_equal(port->write(port, (const uint8_t *)"yes", 3), 3);
	close(half_open);
	close(newer);
}

static void another_peer_is_told_once_a_minute_at_most(void **state)
{
	struct door *door = *state;
	open_door(door);
	for (int i = 0; i < 8; i++) {
		int peer = knock(door, i % 2 ? "127.0.0.2" : "127.0.0.3");
		tell(peer, "x");
		assert_string_equal(hear(door->port), "x");
		close(peer);
	}
	assert_int_equal(lines, 1);
	seconds += 61;
	int peer = knock(door, "127.0.0.3");
	tell(peer, "x");
	assert_string_equal(hear(door->port), "x");
	assert_int_equal(lines, 2);
	assert_contains(last_line, "127.0.0.3 connected");
	close(peer);
}

static void only_the_one_address_may_connect(void **state)
{
	struct door *door = *state;
	door->setting.only = "127.0.0.2";
	open_door(door);
	int friend = knock(door, "127.0.0.2");
	tell(friend, "mine");
	assert_string_equal(hear(door->port), "mine");
	int stranger = knock(door, "127.0.0.3");
	tell(stranger, "theirs");
	assert_string_equal(hear(door->port), "");
	assert_true(is_closed(stranger));
	assert_contains(last_line, "127.0.0.3 was turned away: only 127.0.0.2 may");
	tell(friend, "still");
	assert_string_equal(hear(door->port), "still");
	close(friend);
	close(stranger);
}

static void who_came_over_ipv4_to_a_port_of_both_has_a_plain_address(void **state)
{
	struct door *door = *state;
	struct problem why;
	door->setting.host = "::";
	door->setting.only = "127.0.0.2";
	if (door->port->open(door->port, &why) != OK)
		skip(); /* a machine without IPv6 */
	int peer = knock(door, "127.0.0.2");
	tell(peer, "x");
	assert_string_equal(hear(door->port), "x");
	assert_contains(last_line, "port sub: 127.0.0.2 connected");
	close(peer);
}

static void why_nobody_can_connect_is_said(void **state)
{
	struct door *door = *state;
	struct problem why;
	open_door(door);
	struct port *other = port_new(&door->setting);
	assert_int_equal(other->open(other, &why), FAILED);
	assert_contains(why.text, "port sub: cannot listen on 127.0.0.1 port ");
	assert_contains(why.text, "another program, or another port of this file");
	other->free(other);
	door->setting.host = "192.0.2.1";
	assert_int_equal(door->port->open(door->port, &why), FAILED);
	assert_contains(why.text, "this machine has no such address");
	door->setting.host = "localhost.invalid";
	assert_int_equal(door->port->open(door->port, &why), FAILED);
	assert_contains(why.text, "is not an address of this machine");
	assert_int_equal(door->port->descriptor(door->port), -1);
}

/* A port that was closed can be opened again at once. */
static void a_door_can_be_opened_again(void **state)
{
	struct door *door = *state;
	for (int i = 0; i < 3; i++) {
		open_door(door);
		int peer = knock(door, "127.0.0.1");
		tell(peer, "x");
		assert_string_equal(hear(door->port), "x");
		door->port->close(door->port);
		assert_true(is_closed(peer));
		close(peer);
	}
}

#define DOOR(test) cmocka_unit_test_setup_teardown(test, door_make, door_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOOR(bytes_go_both_ways),
		DOOR(without_a_peer_nothing_waits_and_nothing_is_taken),
		DOOR(a_peer_that_goes_is_let_go_and_may_come_again),
		DOOR(who_calls_for_each_message_is_heard_to_the_last_byte),
		DOOR(a_newer_peer_takes_over),
		DOOR(another_peer_is_told_once_a_minute_at_most),
		DOOR(only_the_one_address_may_connect),
		DOOR(who_came_over_ipv4_to_a_port_of_both_has_a_plain_address),
		DOOR(why_nobody_can_connect_is_said),
		DOOR(a_door_can_be_opened_again),
	};
	return cmocka_run_group_tests_name("port_listen", tests, NULL, NULL);
}
