/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A serial port that somebody has: he is named, and left alone. */
#include "tests/kits/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/kits/pty_kit.h"

/* Another program locks it, and ends when it is killed. */
static pid_t lock_by_another(const char *path)
{
	char byte;
	int other = open(path, O_RDWR | O_NOCTTY), locked[2];
	assert_int_equal(pipe(locked), 0);
	pid_t child = fork();
	if (child == 0) { /* whose name is longer than the system keeps */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (flock(other, LOCK_EX | LOCK_NB) != 0 ||
		        write(locked[1], "", 1) != 1)
			_exit(1);
		pause();
	}
	close(other);
	assert_int_equal(read(locked[0], &byte, 1), 1);
	close(locked[0]);
	close(locked[1]);
	return child;
}

static void end(pid_t child)
{
	int status;
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
}

static void a_port_in_use_names_its_holder(void **state)
{
	struct pty *pty = *state;
	struct problem why = { .text = "" };
	char he[96];
	pid_t child = lock_by_another(pty->path);
	assert_int_equal(pty->port->open(pty->port, &why), REFUSED);
	snprintf(he, sizeof he, "is in use by test_port_in_use (pid %d)", (int)child);
	assert_contains(why.text, he);
	end(child);
	assert_int_equal(pty->port->open(pty->port, &why), OK);
}

/* To open it raises DTR and RTS: on RS-485 that turns the direction of whoever sends. */
static void a_port_that_another_has_locked_is_not_even_opened(void **state)
{
	struct pty *pty = *state;
	struct problem why;
	struct inotify_event event;
	pid_t child = lock_by_another(pty->path);
	int opens = inotify_init1(IN_NONBLOCK);
	assert_true(inotify_add_watch(opens, pty->path, IN_OPEN) > 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(pty->port->open(pty->port, &why), REFUSED);
	assert_int_equal(read(opens, &event, sizeof event), -1);
	assert_int_equal(errno, EAGAIN);
	/* an open is seen, once nobody has it */
	end(child);
	assert_int_equal(pty->port->open(pty->port, &why), OK);
	assert_int_equal(read(opens, &event, sizeof event), sizeof event);
	assert_int_equal(event.mask, IN_OPEN);
	close(opens);
}

static void a_device_that_has_two_names_is_not_in_use_by_a_stranger(void **state)
{
	struct pty *pty = *state;
	struct problem why = { .text = "" };
	struct port *other = port_serial_new(&pty->setting);
	assert_int_equal(pty->port->open(pty->port, &why), OK);
	assert_int_equal(other->open(other, &why), REFUSED);
	assert_contains(why.text, "is the device of another port of the configuration");
	other->free(other);
}

/* Nor its speed, nor what waits for whoever has it. */
static void a_port_in_use_is_not_touched(void **state)
{
	struct pty *pty = *state;
	struct problem why;
	struct termios before = { .c_iflag = 0 }, after = before;
	uint8_t in[8];
	struct port *other = port_serial_new(&pty->setting);
	assert_int_equal(pty->port->open(pty->port, &why), OK);
	assert_int_equal(tcgetattr(pty->slave, &before), 0);
	before.c_cc[VMIN] = 7;
	assert_int_equal(tcsetattr(pty->slave, TCSANOW, &before), 0);
	assert_int_equal(write(pty->master, "hello", 5), 5);
	pty_look(pty->port, 1000);
	assert_int_equal(other->open(other, &why), REFUSED);
	other->free(other);
	assert_int_equal(tcgetattr(pty->slave, &after), 0);
	assert_memory_equal(&before, &after, sizeof before);
	assert_int_equal(pty->port->read(pty->port, in, sizeof in, true), 5);
	assert_memory_equal(in, "hello", 5);
}

#define PTY(test) cmocka_unit_test_setup_teardown(test, pty_make, pty_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PTY(a_port_in_use_names_its_holder),
		PTY(a_device_that_has_two_names_is_not_in_use_by_a_stranger),
		PTY(a_port_in_use_is_not_touched),
		PTY(a_port_that_another_has_locked_is_not_even_opened),
	};
	return cmocka_run_group_tests_name("port_in_use", tests, NULL, NULL);
}
