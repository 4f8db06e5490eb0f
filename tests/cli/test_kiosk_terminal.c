/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac watch on a real terminal: what stands there is read back as text. */
#include "tests/kits/check.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sensors/cabinet/live.h"
#include "tests/kits/keeper_fixture.h"
#include "tests/kits/vt.h"

enum { GREEN = 2 };

static struct vt vt;

static void shows_not(const char *text)
{
	if (strstr(vt_text(&vt), text) != NULL)
		fail_msg("\"%s\" is in:\n%s", text, vt_text(&vt));
}

struct child {
	pid_t pid;
	int terminal;
};

static struct child start(const char *folder, const char *words, bool colour)
{
	struct child child;
	struct winsize size = { .ws_row = 25, .ws_col = 80 };
	char command[4096];
	snprintf(command, sizeof command, "exec %s watch %s --config %s",
	        project_file("build/san/quantrac"), words,
	        in_folder(folder, "station.yaml"));
	child.pid = forkpty(&child.terminal, NULL, NULL, &size);
	if (child.pid == 0) {
		setenv("TERM", "xterm", 1);
		if (!colour)
			setenv("NO_COLOR", "1", 1);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	vt_begin(&vt, 25, 80);
	return child;
}

/* What comes within so many milliseconds; false: nothing did. */
static bool take(const struct child *child, int wait_ms)
{
	char bytes[4096];
	struct pollfd fd = { .fd = child->terminal, .events = POLLIN };
	if (poll(&fd, 1, wait_ms) <= 0)
		return false;
	ssize_t n = read(child->terminal, bytes, sizeof bytes);
	if (n > 0)
		vt_feed(&vt, bytes, (size_t)n);
	return n > 0;
}

/* Read until the screen shows a text, and the rest of that picture; ten seconds at most. */
static bool wait_for(const struct child *child, const char *text)
{
	for (int i = 0; i < 100; i++) {
		take(child, 100);
		if (strstr(vt_text(&vt), text) == NULL)
			continue;
		while (take(child, 100))
			continue;
		return true;
	}
	return false;
}

static void finish(struct child *child, int want)
{
	char rest[4096];
	int status;
	kill(child->pid, SIGTERM);
	while (read(child->terminal, rest, sizeof rest) > 0)
		continue;
	assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == want);
	close(child->terminal);
}

/* A sensord that runs, as far as its state file says. */
static void run_keeper(int64_t age_us)
{
	struct clock clock;
	clock_init(&clock);
	c.now = clock_now(&clock);
	c.now.mono_us -= age_us;
	c.now.time_us -= age_us;
	snprintf(c.state_path, sizeof c.state_path, "%s/%s", c.folder, LIVE_FILE);
	start_keeper(false, 0);
	put_reading(40.5);
	keeper_step(c.keeper, &c.now);
	move_clock(S);
	keeper_step(c.keeper, &c.now);
}

static void expect(const struct child *child, const char *text)
{
	if (!wait_for(child, text))
		fail_msg("\"%s\" did not come; the screen is:\n%s", text, vt_text(&vt));
}

static void the_screen_of_a_cabinet_shows_its_values(void **state)
{
	run_keeper(0);
	struct child child = start(*state, "--kiosk", true);
	expect(&child, "đang đo / measuring");
	assert_true(vt.cursor_hidden);
	assert_true(vt_has_colour(&vt, GREEN));
	assert_contains(vt_text(&vt), "DỮ LIỆU MÔ PHỎNG");
	/* nothing that is typed is shown, or ends it */
	assert_int_equal(write(child.terminal, "q\003\032rubbish\n", 11), 11);
	keeper_end(c.keeper, &c.now);
	expect(&child, "KHÔNG#CÓ#SỐ#LIỆU#HIỆN#TẠI");
	assert_int_equal(kill(child.pid, 0), 0);
	shows_not("rubbish");
	assert_false(vt_has_colour(&vt, GREEN));
	assert_int_equal(vt.strange, 0);
	finish(&child, 0);
}

static void with_no_color_it_has_none(void **state)
{
	run_keeper(0);
	struct child child = start(*state, "--kiosk", false);
	expect(&child, "đang đo / measuring");
	for (int colour = 1; colour < 8; colour++)
		assert_false(vt_has_colour(&vt, colour));
	finish(&child, 0);
}

static void a_dead_sensord_is_told_at_once(void **state)
{
	run_keeper(40 * S);
	struct child child = start(*state, "--kiosk", true);
	expect(&child, "KHÔNG#CÓ#SỐ#LIỆU#HIỆN#TẠI");
	assert_false(vt_has_colour(&vt, GREEN));
	finish(&child, 0);
}

static void a_configuration_that_cannot_be_read_is_shown_there(void **state)
{
	assert_int_equal(unlink(in_folder(*state, "station.yaml")), 0);
	struct child child = start(*state, "--kiosk", true);
	expect(&child, "Không đọc được cấu hình của tủ.");
	finish(&child, 0);
}

static void a_q_ends_it_where_somebody_types(void **state)
{
	run_keeper(0);
	struct child child = start(*state, "--lang vi", true);
	expect(&child, "Trạng thái");
	struct winsize size = { .ws_row = 25, .ws_col = 60 };
	vt_begin(&vt, 25, 80);
	assert_int_equal(ioctl(child.terminal, TIOCSWINSZ, &size), 0);
	expect(&child, "Trạng thái"); /* drawn anew, narrower */
	assert_int_equal(write(child.terminal, "q", 1), 1);
	int status = 0;
	char rest[4096];
	struct pollfd fd = { .fd = child.terminal, .events = POLLIN };
	/* its end hangs the terminal up */
	do
		assert_int_equal(poll(&fd, 1, 10000), 1);
	while (read(child.terminal, rest, sizeof rest) > 0);
	assert_int_equal(waitpid(child.pid, &status, 0), child.pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(child.terminal);
}

static void what_is_no_terminal_gets_lines(void **state)
{
	int code;
	run_keeper(0);
	char *text = run_command(&code, "%s watch --for 100ms --lang vi --config %s",
	        project_file("build/san/quantrac"), in_folder(*state, "station.yaml"));
	assert_int_equal(code, 0);
	assert_contains(text, "40,5");
	assert_null(strchr(text, '\033'));
	free(text);
}

#define RUN(test) cmocka_unit_test_setup_teardown(test, keeper_setup, keeper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(the_screen_of_a_cabinet_shows_its_values),
		RUN(with_no_color_it_has_none),
		RUN(a_dead_sensord_is_told_at_once),
		RUN(a_configuration_that_cannot_be_read_is_shown_there),
		RUN(a_q_ends_it_where_somebody_types),
		RUN(what_is_no_terminal_gets_lines),
	};
	return cmocka_run_group_tests_name("kiosk_terminal", tests, NULL, NULL);
}
