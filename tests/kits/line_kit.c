/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/line_kit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/kits/e2e_cabinet.h"

static const char *absolute(const char *program)
{
	static char path[4096];
	assert_non_null(realpath(project_file(program), path));
	return path;
}

static void wait_for_tcp(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	for (int i = 0; i < 5000; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		int status = connect(fd, (struct sockaddr *)&at, sizeof at);
		close(fd);
		if (status == 0)
			return;
		poll(NULL, 0, 1);
	}
	fail_msg("nobody listens on %d", port);
}

pid_t line_simulate(const char *folder, const char *link, int tcp_port)
{
	char program[4096];
	snprintf(program, sizeof program, "%s", absolute("build/san/quantrac"));
	pid_t child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (chdir(folder) != 0 ||
		        freopen("simulate.log", "w", stderr) == NULL ||
		        freopen("/dev/null", "w", stdout) == NULL)
			_exit(99);
		execl(program, program, "simulate", "scenario.yaml", "--dir", "run",
		        NULL);
		_exit(98);
	}
	if (link != NULL)
		wait_for_file(in_folder(folder, link));
	else
		wait_for_tcp(tcp_port);
	return child;
}

pid_t line_begin(const char *folder, const char *name,
        void (*talk)(const char *folder, int master))
{
	int master, slave;
	char path[128], link[4096];
	struct termios raw;
	assert_int_equal(openpty(&master, &slave, path, NULL, NULL), 0);
	assert_int_equal(tcgetattr(slave, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(slave, TCSANOW, &raw), 0);
	mkdir(in_folder(folder, "run"), 0755);
	snprintf(link, sizeof link, "%s/run/%s", folder, name);
	unlink(link);
	assert_int_equal(symlink(path, link), 0);
	pid_t child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		talk(folder, master);
		_exit(0);
	}
	/* the child keeps both ends: nobody hangs up between two opens */
	close(master);
	close(slave);
	return child;
}

void line_note(const char *folder, const uint8_t *in, size_t n)
{
	FILE *out = fopen(in_folder(folder, "heard"), "a");
	if (out == NULL || fwrite(in, 1, n, out) != n || fclose(out) != 0)
		_exit(97);
}

size_t line_heard(const char *folder, uint8_t *out, size_t room)
{
	FILE *in = fopen(in_folder(folder, "heard"), "r");
	if (in == NULL)
		return 0;
	size_t n = fread(out, 1, room, in);
	fclose(in);
	return n;
}

size_t line_read(int master, uint8_t *out, size_t room, int ms)
{
	struct pollfd fd = { .fd = master, .events = POLLIN };
	if (poll(&fd, 1, ms) <= 0)
		return 0;
	ssize_t n = read(master, out, room);
	return n > 0 ? (size_t)n : 0;
}

void line_end(pid_t child)
{
	int status;
	kill(child, SIGTERM);
	assert_int_equal(waitpid(child, &status, 0), child);
}

char *line_said(const char *folder, const char *words, int code)
{
	int exit_code = -1;
	char *text = run_command(&exit_code,
	        "exec 2>&1; cd %s && QUANTRAC_CONFIG=station.yaml %s %s", folder,
	        absolute("build/san/quantrac"), words);
	if (exit_code != code)
		fail_msg("quantrac %s ended with %d, not %d: %s", words, exit_code,
		        code, text);
	return text;
}

void line_says(const char *folder, const char *words, int code, const char *part)
{
	char *text = line_said(folder, words, code);
	assert_contains(text, part);
	free(text);
}
