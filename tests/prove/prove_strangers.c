/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Strangers as peers: the servers of libmodbus and pymodbus asked by our poller through our own
 * ports (TCP, RTU and ASCII, a serial line being two pseudo-terminals with bytes carried between
 * them), and mbpoll asking our simulator.
 */
#include "tests/kits/check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "sensors/poller/poller.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/free_port.h"

#define LIBMODBUS "build/peers/libmodbus_server"
#define PYMODBUS  "tests/peers/pymodbus_server.py"
#define WAIT_MS   15000

static const char map[] =
        "name: stranger\nmaker: m\nmodel: m\nsummary: s\nsource: s\ndriver: "
        "modbus\nslave: 17\n"
        "poll_every: 1s\ntimeout: 2s\nblocks:\n"
        "  - {name: coils, function: 1, start: 304, count: 37, source: s}\n"
        "  - {name: inputs, function: 2, start: 452, count: 22, source: s}\n"
        "  - {name: holding, function: 3, start: 352, count: 56, source: s}\n"
        "  - {name: input, function: 4, start: 264, count: 1, source: s}\n"
        "  - {name: beyond, function: 4, start: 265, count: 2, source: s}\n"
        "channels:\n"
        "  - {name: coil_0, block: coils, at: 0, type: bit, %s}\n"
        "  - {name: coil_1, block: coils, at: 1, type: bit, %s}\n"
        "  - {name: coil_36, block: coils, at: 36, type: bit, %s}\n"
        "  - {name: input_2, block: inputs, at: 2, type: bit, %s}\n"
        "  - {name: input_21, block: inputs, at: 21, type: bit, %s}\n"
        "  - {name: first, block: holding, at: 0, type: u16, %s}\n"
        "  - {name: third, block: holding, at: 2, type: u16, %s}\n"
        "  - {name: abcd, block: holding, at: 48, type: f32, order: ABCD, %s}\n"
        "  - {name: cdab, block: holding, at: 50, type: f32, order: CDAB, %s}\n"
        "  - {name: badc, block: holding, at: 52, type: f32, order: BADC, %s}\n"
        "  - {name: dcba, block: holding, at: 54, type: f32, order: DCBA, %s}\n"
        "  - {name: ten, block: input, at: 0, type: u16, %s}\n"
        "  - {name: beyond, block: beyond, at: 0, type: u16, %s}\n";
static const double want[] = { 1, 0, 1, 1, 1, 555, 100, 123456, 123456, 123456, 123456,
	10 };
#define CHANNELS (sizeof want / sizeof want[0])

static const char station_text[] =
        "zone: {id: z, name: Z}\nstation: {id: s, name: S, role: A}\n"
        "facility: {id: f, name: F}\noutlets: [{id: o, name: O, kind: water}]\n"
        "journal: {folder: j}\nprofiles: .\n"
        "ports: [{id: p, %s}]\n"
        "instruments: [{id: x, profile: stranger, port: p}]\n";

/* ---- a program of somebody else ---- */

static pid_t stranger_start(const char *const *argument)
{
	int said[2];
	char word[8] = "";
	assert_int_equal(pipe2(said, O_CLOEXEC), 0);
	pid_t parent = getpid(), pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent && dup2(said[1], 1) == 1)
			execv(argument[0], (char *const *)argument);
		_exit(127);
	}
	close(said[1]);
	/* it says "ready", in one piece or letter by letter, or ends */
	for (ssize_t n = 0, got; strchr(word, '\n') == NULL; n += got) {
		got = read(said[0], word + n, sizeof word - 1 - (size_t)n);
		if (got <= 0)
			break;
	}
	close(said[0]);
	if (strcmp(word, "ready\n") != 0)
		fail_msg("%s does not start", argument[0]);
	return pid;
}

static void stranger_end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* ---- a serial line between two pseudo-terminals ---- */

struct wire {
	int end[2];
	char path[2][64];
};

static int pty_open(char path[64])
{
	struct termios raw;
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0);
	assert_int_equal(ptsname_r(fd, path, 64), 0);
	assert_int_equal(tcgetattr(fd, &raw), 0);
	cfmakeraw(&raw);
	tcsetattr(fd, TCSANOW, &raw);
	return fd;
}

static void wire_carry(const struct wire *wire)
{
	for (int i = 0; i < 2; i++) {
		uint8_t byte[512];
		ssize_t n = read(wire->end[i], byte, sizeof byte);
		if (n > 0)
			assert_int_equal(write(wire->end[!i], byte, (size_t)n), n);
	}
}

/* ---- our side ---- */

struct answer {
	size_t n;
	uint8_t state[CHANNELS + 1];
	double value[CHANNELS + 1];
};

static void take(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
	struct answer *answer = context;
	assert_int_equal(parts->n_channels, CHANNELS + 1);
	memcpy(answer->state, parts->state, sizeof answer->state);
	memcpy(answer->value, parts->value, sizeof answer->value);
	answer->n += parts->state[0] == STATE_OK; /* it may not have begun yet */
}

static void write_map(const char *folder)
{
	static const char rest[] = "unit: \"1\", label_vi: x, label_en: x";
	fixture_write(folder, "stranger.yaml", map, rest, rest, rest, rest, rest, rest,
	        rest, rest, rest, rest, rest, rest, rest);
}

/* The first poll that is answered: all values are those of the stranger's map, and what lies beyond is refused. */
static void ask(const char *folder, const char *port, const struct wire *wire)
{
	struct answer answer = { .n = 0 };
	const struct poller_hooks hooks = { .context = &answer, .reading = take };
	struct clock clock;
	write_map(folder);
	fixture_write(folder, "station.yaml", station_text, port);
	struct station *station = fixture_station(folder, "station.yaml");
	struct poller *poller = poller_new(station, &hooks);
	clock_init(&clock);
	for (int ms = 0; ms < WAIT_MS && answer.n == 0; ms++) {
		struct pollfd fds[2];
		size_t n = poller_descriptors(poller, fds, 2);
		poll(fds, n, 1);
		struct moment now = clock_now(&clock);
		poller_step(poller, fds, n, &now);
		if (wire != NULL)
			wire_carry(wire);
	}
	poller_free(poller);
	station_free(station);
	assert_int_equal(answer.n, 1);
	for (size_t i = 0; i < CHANNELS; i++) {
		assert_int_equal(answer.state[i], STATE_OK);
		assert_close(answer.value[i], want[i], 0);
	}
	assert_int_equal(answer.state[CHANNELS], STATE_REFUSED);
}

static void ask_tcp(const char *folder, const char *program)
{
	char number[16], port[64];
	snprintf(number, sizeof number, "%d", free_port());
	snprintf(port, sizeof port, "tcp: \"127.0.0.1:%s\"", number);
	const char *argument[] = { program, "tcp", number, NULL };
	pid_t pid = stranger_start(argument);
	ask(folder, port, NULL);
	stranger_end(pid);
}

static void ask_line(const char *folder, const char *program, const char *mode)
{
	struct wire wire;
	char port[128];
	for (int i = 0; i < 2; i++)
		wire.end[i] = pty_open(wire.path[i]);
	snprintf(port, sizeof port, "path: %s, mode: %s", wire.path[0], mode);
	const char *argument[] = { program, mode, wire.path[1], NULL };
	pid_t pid = stranger_start(argument);
	ask(folder, port, &wire);
	stranger_end(pid);
	close(wire.end[0]);
	close(wire.end[1]);
}

static void libmodbus_answers_by_tcp(void **state)
{
	ask_tcp(*state, project_file(LIBMODBUS));
}

static void libmodbus_answers_on_a_line(void **state)
{
	ask_line(*state, project_file(LIBMODBUS), "rtu");
}

static void pymodbus_answers_by_tcp(void **state)
{
	ask_tcp(*state, project_file(PYMODBUS));
}

static void pymodbus_answers_on_a_line(void **state)
{
	ask_line(*state, project_file(PYMODBUS), "rtu");
}

static void pymodbus_answers_in_ascii(void **state)
{
	ask_line(*state, project_file(PYMODBUS), "ascii");
}

/* ---- mbpoll asks our simulator ---- */

static const char scenario[] =
        "scenario: {name: s, seed: 1, start: 2026-11-01T00:00, offset: \"+07:00\"}\n"
        "ports:\n  - {id: bus, mode: rtu}\n"
        "  - {id: stack, mode: tcp, listen: \"127.0.0.1:%d\"}\n"
        "instruments:\n"
        "  - {id: a, profile: stranger, port: bus, slave: 17, channels:\n"
        "      [%s]}\n"
        "  - {id: b, profile: stranger, port: stack, slave: 17, channels:\n"
        "      [%s]}\n";

/* What mbpoll prints, "[400]: \t123456" and so on. */
static void mbpoll_says(const char *how, const char *what, const char *line)
{
	int code;
	char *out = run_command(&code, "mbpoll -0 -1 -q -a 17 %s %s 2>&1", what, how);
	if (code != 0 || strstr(out, line) == NULL)
		fail_msg("mbpoll %s %s: %s", what, how, out);
	free(out);
}

static void mbpoll_asks(const char *how)
{
	mbpoll_says(how, "-t 0 -r 304 -c 2", "[304]: \t1");
	mbpoll_says(how, "-t 0 -r 304 -c 2", "[305]: \t0");
	mbpoll_says(how, "-t 1 -r 473 -c 1", "[473]: \t1");
	mbpoll_says(how, "-t 4 -r 352 -c 3", "[352]: \t555");
	mbpoll_says(how, "-t 4:float -B -r 400 -c 1", "[400]: \t123456");
	mbpoll_says(how, "-t 4:float -r 402 -c 1", "[402]: \t123456");
	mbpoll_says(how, "-t 3 -r 264 -c 1", "[264]: \t10");
}

static void simulate(const char *folder, int number)
{
	static const char *const name[] = { "coil_0", "coil_1", "coil_36", "input_2",
		"input_21", "first", "third", "abcd", "cdab", "badc", "dcba", "ten" };
	char channels[2048] = "";
	write_map(folder);
	for (size_t i = 0; i < CHANNELS; i++) {
		size_t n = strlen(channels);
		snprintf(channels + n, sizeof channels - n, "%s{name: %s, mean: %g}",
		        i > 0 ? ", " : "", name[i], want[i]);
	}
	fixture_write(folder, "scenario.yaml", scenario, number, channels, channels);
}

/* It tells each port when it is there. */
static void await_line(int descriptor, const char *begins)
{
	char line[512];
	FILE *in = fdopen(descriptor, "r");
	while (fgets(line, sizeof line, in) != NULL)
		if (strncmp(line, begins, strlen(begins)) == 0)
			return; /* left open: the simulator may say more */
	fail_msg("the simulator ended and never said '%s'", begins);
}

static void mbpoll_reads_the_simulator(void **state)
{
	const char *folder = *state;
	char how[256], path[256];
	int number = free_port();
	simulate(folder, number);
	int said[2];
	setenv("QUANTRAC_PROFILES", folder, 1);
	assert_int_equal(pipe(said), 0);
	pid_t parent = getpid(), pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(said[1], STDOUT_FILENO);
		if (getppid() == parent && chdir(folder) == 0)
			execl(project_file("build/san/quantrac"), "quantrac",
			        "simulate", "scenario.yaml", "--dir", "run", NULL);
		_exit(127);
	}
	close(said[1]);
	await_line(said[0], "stack: ");
	snprintf(path, sizeof path, "%s/run/bus", folder);
	snprintf(how, sizeof how, "-m tcp -p %d 127.0.0.1", number);
	mbpoll_asks(how);
	snprintf(how, sizeof how, "-m rtu -b 9600 -P none %s", path);
	mbpoll_asks(how);
	stranger_end(pid);
	unsetenv("QUANTRAC_PROFILES");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(libmodbus_answers_by_tcp),
		TEST(libmodbus_answers_on_a_line),
		TEST(pymodbus_answers_by_tcp),
		TEST(pymodbus_answers_on_a_line),
		TEST(pymodbus_answers_in_ascii),
		TEST(mbpoll_reads_the_simulator),
	};
	return cmocka_run_group_tests_name("strangers", tests, NULL, NULL);
}
