/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/collectd_kit.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/log.h"
#include "base/status.h"
#include "base/wire.h"
#include "collector/keys.h"
#include "tests/kits/check.h"

#define PROGRAM   "build/san/quantrac-collectd"
#define SILENT_MS 300 /* where the test says nothing else; longer each time */
#define BATCH     40

struct collectd_kit t;

int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the program ---- */

void write_config(const char *more)
{
	char text[16384];
	int n = snprintf(text, sizeof text,
	        "archive: %s/archive\n"
	        "zone: {id: kcn-mau, name: \"KCN Mẫu\"}\n"
	        "utc_offset: \"+07:00\"\n"
	        "listen: \"tcp://127.0.0.1:%d\"\n"
	        "key: %s/collector.secret\n"
	        "agents: %s/agents\n"
	        "most_agents: %d\n"
	        "seal_every: 1s\n"
	        "commit_every: %s\n%s",
	        t.dir, t.port, t.dir, t.dir, t.most_agents > 0 ? t.most_agents : 4,
	        t.commit_every != NULL ? t.commit_every : "10ms", more);
	assert_int_equal(
	        file_replace(in_folder(t.dir, "collectd.yaml"), text, (size_t)n, 0644),
	        OK);
}

pid_t spawn(const char *const *argument)
{
	char program[4096], log[4200], *argv[16] = { program };
	size_t n = 0;
	while (n < 14 && argument[n] != NULL)
		n++;
	memcpy(&argv[1], argument, n * sizeof argv[0]);
	snprintf(program, sizeof program, "%s", project_file(PROGRAM));
	snprintf(log, sizeof log, "%s/collectd.log", t.dir);
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
	close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
	if (t.descriptors > 0)
		setrlimit(RLIMIT_NOFILE,
		        &(struct rlimit){ t.descriptors, t.descriptors });
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(fd, STDERR_FILENO);
	dup2(fd, STDOUT_FILENO);
	execv(program, argv);
	_exit(127);
}

void start_collectd(void)
{
	char path[4200];
	snprintf(path, sizeof path, "%s/collectd.yaml", t.dir);
	const char *argument[] = { "--config", path, NULL };
	t.collectd = spawn(argument);
}

int wait_for(pid_t pid)
{
	int status;
	for (int64_t end = now_ms() + PATIENCE; now_ms() < end; poll(NULL, 0, 5))
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status)
			                         : 128 + WTERMSIG(status);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

int end_collectd(int number)
{
	kill(t.collectd, number);
	int status = wait_for(t.collectd);
	t.collectd = 0;
	return status;
}

int run_refused(const char *const *argument, char said[8192])
{
	char *text;
	size_t n;
	unlink(in_folder(t.dir, "collectd.log"));
	int status = wait_for(spawn(argument));
	assert_int_equal(
	        file_read(in_folder(t.dir, "collectd.log"), 1u << 20, &text, &n), OK);
	snprintf(said, 8192, "%s", text);
	free(text);
	return status;
}

/* ---- the cabinet ---- */

void connect_agent(void)
{
	char endpoint[64];
	snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", t.port);
	struct uplink_options options = {
		.endpoint = endpoint, .server_key = t.server.public_key, .own = &t.own
	};
	uplink_socket_close(t.socket);
	assert_int_equal(uplink_socket_open(&t.socket, &options, NULL), OK);
	t.open = false;
	t.heard_ms = now_ms();
}

static void say_hello(void)
{
	uint8_t payload[64], out[256];
	struct wire_hello hello = {
		.newest_seq = t.agent.seq - 1, .time_us = BEGIN, .version = "test"
	};
	struct wire wire = {
		.type = WIRE_HELLO, .epoch = EPOCH, .first_seq = 1, .payload = payload
	};
	memcpy(wire.source, t.agent.source, sizeof wire.source);
	wire.payload_size = (size_t)wire_hello_put(&hello, payload, sizeof payload);
	int n = wire_encode(&wire, out, sizeof out);
	uplink_socket_send(t.socket, out, (size_t)n);
}

static void send_data(void)
{
	while (t.open && t.next < t.agent.seq && t.next < t.acked + t.window * BATCH) {
		uint64_t last = t.next + BATCH - 1;
		if (last >= t.agent.seq)
			last = t.agent.seq - 1;
		struct wire wire = agent_again(&t.agent, t.next, last);
		int n = WIRE_HEADER + (int)wire.payload_size;
		if (uplink_socket_send(t.socket, t.agent.message, (size_t)n) != OK)
			return;
		t.next = last + 1;
	}
}

static void hear(const uint8_t *in, size_t n)
{
	struct wire wire;
	struct wire_welcome welcome;
	assert_int_equal(wire_decode(&wire, in, n), OK);
	t.heard_ms = now_ms();
	t.tries = 0;
	if (wire.type == WIRE_WELCOME && !t.open) {
		assert_int_equal(
		        wire_welcome_get(&welcome, wire.payload, wire.payload_size),
		        OK);
		/* what was acknowledged is never asked for again */
		assert_true(wire.first_seq >= t.acked);
		t.acked = t.next = wire.first_seq;
		t.window = welcome.window;
		t.open = true;
	}
	if (wire.type == WIRE_ACK && wire.first_seq > t.acked)
		t.acked = wire.first_seq;
	if (wire.type == WIRE_NAK) {
		struct wire_nak nak;
		assert_int_equal(
		        wire_nak_get(&nak, wire.payload, wire.payload_size), OK);
		snprintf(t.refusal, sizeof t.refusal, "%s", nak.reason);
		t.next = wire.first_seq;
	}
}

void step(void)
{
	static int64_t hello_ms;
	uint8_t in[4096];
	int n;
	int silent_ms = t.silent_ms > 0 ? t.silent_ms : SILENT_MS;
	if (now_ms() - t.heard_ms > silent_ms * (1 + t.tries)) {
		t.tries++;
		connect_agent();
	}
	if (!t.open && now_ms() - hello_ms > 20) {
		say_hello();
		hello_ms = now_ms();
	}
	send_data();
	while ((n = uplink_socket_receive(t.socket, in, sizeof in)) > 0)
		hear(in, (size_t)n);
	struct pollfd item = { .fd = uplink_socket_descriptor(t.socket),
		.events = POLLIN };
	poll(&item, 1, 5);
}

bool run_until_acked(uint64_t seq)
{
	int64_t end = now_ms() + PATIENCE;
	while (t.acked < seq && now_ms() < end)
		step();
	return t.acked >= seq;
}

void make_readings(int n, int64_t step_us)
{
	if (t.agent.seq == 1)
		agent_describe(&t.agent, BEGIN);
	for (int i = 0; i < n; i++) {
		agent_reading(&t.agent, BEGIN + (int64_t)t.agent.seq * step_us, i);
		t.agent.batch_size = 0;
	}
}

const char *archive_dir(void)
{
	static char path[4200];
	snprintf(path, sizeof path, "%s/archive", t.dir);
	return path;
}

/* ---- a test's beginning and end ---- */

static void quiet(enum log_level level, const char *text)
{
}

int collectd_setup(void **state)
{
	void *dir;
	if (scratch_make(&dir) != 0)
		return -1;
	memset(&t, 0, sizeof t);
	snprintf(t.dir, sizeof t.dir, "%s", (char *)dir);
	free(dir);
	log_catch(quiet);
	t.port = free_port();
	t.acked = t.next = t.window = 1;
	char key[KEY_TEXT], secret[4200];
	snprintf(secret, sizeof secret, "%s/collector.secret", t.dir);
	keys_own(secret, &t.server, NULL);
	key_pair_new(&t.own);
	memcpy(key, t.own.public_key, KEY_TEXT);
	keys_admit(in_folder(t.dir, "agents"), "bt-outlet", key, NULL);
	agent_start(&t.agent, &t.book, "bt-outlet", EPOCH);
	write_config("");
	return 0;
}

int collectd_teardown(void **state)
{
	if (t.collectd > 0)
		end_collectd(SIGKILL);
	uplink_socket_close(t.socket);
	agent_end(&t.agent);
	agent_book_free(&t.book);
	void *dir = strdup(t.dir);
	/* cppcheck-suppress memleak */
	return scratch_remove(&dir);
}

/* ---- what it says ---- */

void log_says(const char *part)
{
	int64_t began = now_ms();
	for (bool said = false; !said; poll(NULL, 0, 50)) {
		char *text;
		size_t n;
		assert_int_equal(file_read(in_folder(t.dir, "collectd.log"), 1u << 20,
		                         &text, &n),
		        OK);
		said = strstr(text, part) != NULL;
		if (!said && now_ms() - began > PATIENCE)
			fail_msg("\"%s\" is not in: %s", part, text);
		free(text);
	}
}

char *status_of_archive(const char *more)
{
	int code;
	char *text = run_command(&code, "%s --archive %s status %s 2>&1",
	        project_file("build/san/quantrac-office"), archive_dir(), more);
	if (code != 0)
		fail_msg("exit %d: %s", code, text);
	return text;
}

int64_t status_says(const char *more, const char *words)
{
	int64_t began = now_ms();
	for (;;) {
		char *text = status_of_archive(more);
		bool said = strstr(text, words) != NULL;
		if (!said && now_ms() - began > PATIENCE)
			fail_msg("\"%s\" is not in: %s", words, text);
		free(text);
		if (said)
			return now_ms() - began;
		poll(NULL, 0, 50);
	}
}
