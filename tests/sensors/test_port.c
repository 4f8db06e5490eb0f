/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ports on a pseudo-terminal and on loopback: bytes both ways, and hang-up seen. */
#include "tests/kits/check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/kits/pty_kit.h"

static size_t lines;
static char last_line[512];

static void catch_line(enum log_level level, const char *text)
{
	lines++;
	snprintf(last_line, sizeof last_line, "%s", text);
}

static int catching_pty_make(void **state)
{
	lines = 0;
	log_catch(catch_line);
	return pty_make(state);
}

static int catching_pty_remove(void **state)
{
	log_catch(NULL);
	return pty_remove(state);
}

static void line_settings_are_read_strictly(void **state)
{
	struct line line;
	assert_int_equal(line_parse("9600 8N1", &line), OK);
	assert_int_equal(line.baud, 9600);
	assert_int_equal(line.parity, 'N');
	assert_int_equal(line_parse("19200 7E2", &line), OK);
	assert_int_equal(line.data_bits, 7);
	assert_int_equal(line.stop_bits, 2);
	static const char *const wrong[] = { "", "9600", "9600x", "9600 8N",
		"9600 8N12", "9601 8N1", "9600 9N1", "9600 8X1", "9600 8N3",
		"-9600 8N1", "96008N1", " 9600 8N1" };
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(line_parse(wrong[i], &line), MALFORMED);
	assert_int_equal(line_parse("9600 8N1", &line), OK);
	assert_close(line_seconds(&line, 96), 0.1, 1e-12);
}

/* ---- a pseudo-terminal ---- */

static void bytes_go_both_ways_over_a_pseudo_terminal(void **state)
{
	struct pty *pty = *state;
	struct port *port = pty->port;
	struct problem why;
	uint8_t all[256], got[256];
	size_t n = 0;
	for (int i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	assert_int_equal(port->open(port, &why), OK);
	assert_int_equal(port->events(port), POLLIN);
	assert_int_equal(port->read(port, got, sizeof got, false), 0);
	assert_int_equal(port->write(port, all, sizeof all), sizeof all);
	while (n < sizeof got)
		n += (size_t)read(pty->master, got + n, sizeof got - n);
	assert_memory_equal(got, all, sizeof all);
	assert_int_equal(write(pty->master, all, sizeof all), sizeof all);
	for (n = 0; n < sizeof got;) {
		assert_true(pty_look(port, 1000) & POLLIN);
		int some = port->read(port, got + n, sizeof got - n, true);
		assert_true(some > 0);
		n += (size_t)some;
	}
	assert_memory_equal(got, all, sizeof all);
}

static void a_pseudo_terminal_is_told_once(void **state)
{
	struct pty *pty = *state;
	struct problem why;
	assert_int_equal(pty->port->open(pty->port, &why), OK);
	assert_int_equal(lines, 1);
	assert_contains(last_line, "speed and parity have no effect");
	pty->port->close(pty->port);
	assert_int_equal(pty->port->open(pty->port, &why), OK);
	assert_int_equal(lines, 1);
}

static void a_closed_pseudo_terminal_is_a_hang_up(void **state)
{
	struct pty *pty = *state;
	struct problem why;
	uint8_t got[16];
	assert_int_equal(pty->port->open(pty->port, &why), OK);
	assert_int_equal(write(pty->master, "hello", 5), 5);
	assert_true(pty_look(pty->port, 1000) & POLLIN);
	close(pty->master);
	pty->master = -1;
	assert_true(pty_look(pty->port, 1000) & POLLHUP);
	int n = pty->port->read(pty->port, got, sizeof got, true);
	if (n > 0)
		n = pty->port->read(
		        pty->port, got, sizeof got, pty_look(pty->port, 1000) != 0);
	assert_int_equal(n, HUNG_UP);
	pty->port->close(pty->port);
	assert_int_equal(pty->port->descriptor(pty->port), -1);
}

static void a_link_to_a_port_is_followed(void **state)
{
	struct pty *pty = *state;
	struct problem why;
	void *folder = NULL;
	assert_int_equal(scratch_make(&folder), 0);
	const char *link = in_folder(folder, "usb-adapter-port0");
	assert_int_equal(symlink(pty->path, link), 0);
	pty->setting.path = link;
	assert_int_equal(pty->port->open(pty->port, &why), OK);
	pty->port->close(pty->port);
	scratch_remove(&folder);
}

static void what_is_no_port_says_so(void **state)
{
	struct pty *pty = *state;
	struct problem why;
	pty->setting.path = "/dev/serial/by-id/usb-none";
	assert_int_equal(pty->port->open(pty->port, &why), NOT_FOUND);
	assert_contains(why.text, "is the adapter plugged in");
	pty->setting.path = "/dev/null";
	assert_int_equal(pty->port->open(pty->port, &why), FAILED);
	assert_contains(why.text, "it is not a serial port");
}

/* ---- TCP on loopback ---- */

struct tcp {
	int listener;
	char service[16];
	struct port_setting setting;
	struct port *port;
};

static int tcp_make(void **state)
{
	struct tcp *tcp = calloc(1, sizeof *tcp);
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	tcp->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	        bind(tcp->listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(tcp->listener, 4), 0);
	getsockname(tcp->listener, (struct sockaddr *)&address, &size);
	snprintf(tcp->service, sizeof tcp->service, "%d", ntohs(address.sin_port));
	tcp->setting = (struct port_setting){
		.id = "stack", .path = "", .host = "127.0.0.1", .service = tcp->service
	};
	tcp->port = port_new(&tcp->setting);
	*state = tcp;
	return tcp->port != NULL ? 0 : -1;
}

static int tcp_remove(void **state)
{
	struct tcp *tcp = *state;
	tcp->port->free(tcp->port);
	if (tcp->listener >= 0)
		close(tcp->listener);
	free(tcp);
	return 0;
}

/* Step a port until it is up or has hung up. */
static int come_up(struct port *port)
{
	uint8_t none[1];
	for (int i = 0; i < 500; i++) {
		if (port->events(port) == POLLIN)
			return OK;
		if (port->descriptor(port) >= 0)
			pty_look(port, 20);
		else
			poll(NULL, 0, 10);
		if (port->read(port, none, 0, false) < 0)
			return HUNG_UP;
	}
	return TIMED_OUT;
}

static void bytes_go_both_ways_over_tcp(void **state)
{
	struct tcp *tcp = *state;
	struct port *port = tcp->port;
	struct problem why;
	uint8_t got[16];
	assert_int_equal(port->open(port, &why), OK);
	int peer = accept(tcp->listener, NULL, NULL);
	assert_int_equal(come_up(port), OK);
	assert_int_equal(port->read(port, got, sizeof got, false), 0);
	assert_int_equal(port->write(port, (const uint8_t *)"ask", 3), 3);
	assert_int_equal(read(peer, got, sizeof got), 3);
	assert_int_equal(write(peer, "answer", 6), 6);
	assert_true(pty_look(port, 1000) & POLLIN);
	assert_int_equal(port->read(port, got, sizeof got, true), 6);
	assert_memory_equal(got, "answer", 6);
	close(peer);
	assert_true(pty_look(port, 1000) & POLLIN);
	assert_int_equal(port->read(port, got, sizeof got, true), HUNG_UP);
	assert_contains(port->reason, "closed by the other side");
}

static void nobody_listening_is_said(void **state)
{
	struct tcp *tcp = *state;
	struct problem why = { .text = "" };
	close(tcp->listener);
	tcp->listener = -1;
	int status = tcp->port->open(tcp->port, &why);
	if (status == OK) {
		assert_int_equal(come_up(tcp->port), HUNG_UP);
		assert_contains(tcp->port->reason, "127.0.0.1 port ");
		assert_contains(tcp->port->reason,
		        "refused: nothing listens there; is the device on");
	} else {
		assert_contains(why.text, "refused");
	}
}

static void a_name_is_looked_up_without_waiting(void **state)
{
	struct tcp *tcp = *state;
	struct problem why;
	tcp->setting.host = "localhost";
	assert_int_equal(tcp->port->open(tcp->port, &why), OK);
	int status = come_up(tcp->port);
	/* a machine may know localhost as ::1 only, where nobody listens */
	assert_true(status == OK || status == HUNG_UP);
	tcp->port->close(tcp->port);
	assert_int_equal(tcp->port->open(tcp->port, &why), OK);
	tcp->port->close(tcp->port); /* while the name is being looked up */
}

/* ---- replay ---- */

static void a_script_answers_in_its_own_time(void **state)
{
	static const struct replay_step steps[] = {
		{ .request = (const uint8_t *)"ask",
		        .request_size = 3,
		        .answer = (const uint8_t *)"answer",
		        .answer_size = 6,
		        .after_us = 100,
		        .clump = 4 },
		{ .answer_size = 0 },
		{ .hang_up = true, .after_us = 50 },
	};
	struct port *port = port_replay_new(steps, 3);
	uint8_t got[16];
	port_replay_time(port, 1000);
	assert_int_equal(port->open(port, NULL), OK);
	assert_int_equal(port->write(port, (const uint8_t *)"ask", 3), 3);
	assert_int_equal(port->read(port, got, sizeof got, false), 0);
	port_replay_time(port, 1100);
	assert_int_equal(port->read(port, got, sizeof got, false), 4);
	assert_int_equal(port->read(port, got, sizeof got, false), 2);
	assert_int_equal(port->write(port, (const uint8_t *)"again", 5), 5);
	assert_int_equal(port->read(port, got, sizeof got, false), 0);
	assert_int_equal(port->write(port, (const uint8_t *)"again", 5), 5);
	port_replay_time(port, 1150);
	assert_int_equal(port->read(port, got, sizeof got, false), HUNG_UP);
	assert_int_equal(port_replay_used(port), 3);
	assert_int_equal(port_replay_wrong(port), 0);
	port->free(port);
}

#define PTY(test)                                                                      \
	cmocka_unit_test_setup_teardown(test, catching_pty_make, catching_pty_remove)
#define TCP(test) cmocka_unit_test_setup_teardown(test, tcp_make, tcp_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_settings_are_read_strictly),
		PTY(bytes_go_both_ways_over_a_pseudo_terminal),
		PTY(a_pseudo_terminal_is_told_once),
		PTY(a_closed_pseudo_terminal_is_a_hang_up),
		PTY(a_link_to_a_port_is_followed),
		PTY(what_is_no_port_says_so),
		TCP(bytes_go_both_ways_over_tcp),
		TCP(nobody_listening_is_said),
		TCP(a_name_is_looked_up_without_waiting),
		cmocka_unit_test(a_script_answers_in_its_own_time),
	};
	return cmocka_run_group_tests_name("port", tests, NULL, NULL);
}
