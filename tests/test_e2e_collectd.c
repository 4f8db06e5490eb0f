/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The real quantrac-collectd with a small cabinet made of base/socket and base/wire.  It is killed at
 * random moments, $QUANTRAC_KILLS times (30 if not set).
 */
#include "tests/check.h"

#include <errno.h>
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

#include "archive/archive.h"
#include "base/folder.h"
#include "base/journal.h"
#include "base/log.h"
#include "base/socket.h"
#include "base/status.h"
#include "collector/keys.h"
#include "tests/agent_kit.h"

#define EPOCH     UINT64_C(0xe2e0000000000001)
#define PROGRAM   "build/san/quantrac-collectd"
#define BEGIN     (AGENT_DAY - 40 * AGENT_1DAY)
#define PATIENCE  20000 /* ms before a test gives up */
#define SILENT_MS 300   /* without an answer: a new socket; longer each time */
#define BATCH     40

static struct {
	char dir[4096];
	pid_t collectd;
	int port;
	struct key_pair server, own;
	struct uplink_socket *socket;
	struct agent agent;
	struct agent_book book;
	uint64_t acked, next; /* all below are durable; next to be sent */
	uint32_t window;
	bool open;
	int64_t heard_ms;
	int tries; /* sockets since something was heard */
	char refusal[256];
} t;

static void quiet(enum log_level level, const char *text)
{
}

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	close(fd);
	return ntohs(address.sin_port);
}

/* ---- the program ---- */

static void write_config(const char *more)
{
	char text[16384];
	int n = snprintf(text, sizeof text,
	        "archive: %s/archive\n"
	        "zone: {id: kcn-mau, name: \"KCN Mẫu\"}\n"
	        "utc_offset: \"+07:00\"\n"
	        "listen: \"tcp://127.0.0.1:%d\"\n"
	        "key: %s/collector.secret\n"
	        "agents: %s/agents\n"
	        "most_agents: 4\n"
	        "seal_every: 1s\n"
	        "commit_every: 10ms\n%s",
	        t.dir, t.port, t.dir, t.dir, more);
	assert_int_equal(
	        file_replace(in_folder(t.dir, "collectd.yaml"), text, (size_t)n, 0644),
	        OK);
}

/* A child that dies with us, its words in collectd.log; arguments ended by NULL. */
static pid_t spawn(const char *const *argument)
{
	char *argv[16] = { strdup(project_file(PROGRAM)) };
	for (int i = 0; argument[i] != NULL && i < 14; i++)
		argv[i + 1] = strdup(argument[i]);
	char log[4200];
	snprintf(log, sizeof log, "%s/collectd.log", t.dir);
	pid_t pid = fork();
	if (pid == 0) {
		int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fd, STDERR_FILENO);
		dup2(fd, STDOUT_FILENO);
		execv(argv[0], argv);
		_exit(127);
	}
	for (int i = 0; argv[i] != NULL; i++)
		free(argv[i]);
	return pid;
}

static void start_collectd(void)
{
	char path[4200];
	snprintf(path, sizeof path, "%s/collectd.yaml", t.dir);
	const char *argument[] = { "--config", path, NULL };
	t.collectd = spawn(argument);
}

/* Wait for the child; its exit code, 128 + signal, or -1: it does not end. */
static int wait_for(pid_t pid)
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

static int end_collectd(int number)
{
	kill(t.collectd, number);
	int status = wait_for(t.collectd);
	t.collectd = 0;
	return status;
}

/* Exit code of a run that cannot start; what it said is in `said`. */
static int run_refused(const char *const *argument, char said[8192])
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

static void connect_agent(void)
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
		snprintf(t.refusal, sizeof t.refusal, "%.*s", (int)wire.payload_size,
		        (const char *)wire.payload);
		t.next = wire.first_seq;
	}
}

/* One round of the cabinet's loop. */
static void step(void)
{
	static int64_t hello_ms;
	uint8_t in[4096];
	int n;
	if (now_ms() - t.heard_ms > SILENT_MS * (1 + t.tries)) {
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

static bool run_until_acked(uint64_t seq)
{
	int64_t end = now_ms() + PATIENCE;
	while (t.acked < seq && now_ms() < end)
		step();
	return t.acked >= seq;
}

static void make_readings(int n, int64_t step_us)
{
	if (t.agent.seq == 1)
		agent_describe(&t.agent, BEGIN);
	for (int i = 0; i < n; i++) {
		agent_reading(&t.agent, BEGIN + (int64_t)t.agent.seq * step_us, i);
		t.agent.batch_size = 0;
	}
}

static const char *archive_dir(void)
{
	static char path[4200];
	snprintf(path, sizeof path, "%s/archive", t.dir);
	return path;
}

/* ---- fixtures ---- */

static int setup(void **state)
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

static int teardown(void **state)
{
	if (t.collectd > 0)
		end_collectd(SIGKILL);
	uplink_socket_close(t.socket);
	agent_end(&t.agent);
	agent_book_free(&t.book);
	void *dir = strdup(t.dir);
	return scratch_remove(&dir);
}

/* ---- tests ---- */

static void records_travel_and_sigterm_ends_cleanly(void **state)
{
	make_readings(2000, 5 * AGENT_MIN);
	start_collectd();
	connect_agent();
	assert_true(run_until_acked(t.agent.seq));
	assert_int_equal(end_collectd(SIGTERM), 0);
	assert_int_equal(journal_records(archive_dir(), &t.book), t.book.n);
}

static void nothing_acknowledged_is_lost_or_doubled_by_kill(void **state)
{
	const char *wanted = getenv("QUANTRAC_KILLS");
	int kills = wanted != NULL ? atoi(wanted) : 30;
	uint64_t seed = (uint64_t)now_ms() | 1;
	printf("seed %llu, %d kills\n", (unsigned long long)seed, kills);
	start_collectd();
	connect_agent();
	for (int i = 0; i < kills; i++) {
		make_readings(200 + (int)(chance(&seed) % 300), 5 * AGENT_MIN);
		uint64_t left = t.agent.seq - t.acked;
		assert_true(run_until_acked(t.acked + 1 + chance(&seed) % left));
		for (uint64_t more = chance(&seed) % 8; more > 0; more--)
			step();
		end_collectd(SIGKILL);
		/* what was acknowledged is there */
		assert_true(journal_records(archive_dir(), &t.book) + 1 >= t.acked);
		start_collectd();
	}
	make_readings(50, 5 * AGENT_MIN);
	assert_true(run_until_acked(t.agent.seq));
	assert_int_equal(end_collectd(SIGTERM), 0);
	assert_int_equal(journal_records(archive_dir(), &t.book), t.book.n);

	struct ingest *ingest = archive_ingest(archive_dir());
	assert_true(ingest_seal(ingest, BEGIN + 4000 * AGENT_1DAY, true, NULL) >= 0);
	ingest_close(ingest);
	assert_int_equal(sealed_records(archive_dir(), &t.book), t.book.n);
}

static void days_are_sealed_while_records_come_in(void **state)
{
	make_readings(3000, 5 * AGENT_MIN);
	start_collectd();
	connect_agent();
	assert_true(run_until_acked(t.agent.seq));
	int64_t end = now_ms() + PATIENCE;
	const char *names = "";
	while (strstr(names, "2026-10-15") == NULL && now_ms() < end) {
		step();
		if (access(in_folder(archive_dir(), "seals"), F_OK) == 0)
			names = sealed_names(archive_dir(), "bt-outlet");
	}
	assert_contains(names, "bt-outlet_2026-10-15.h5");
	assert_int_equal(end_collectd(SIGTERM), 0);
	assert_true(sealed_records(archive_dir(), &t.book) > 9 * 288);
	assert_int_equal(journal_records(archive_dir(), &t.book), t.book.n);
}

static void a_revoked_cabinet_falls_silent_at_sighup(void **state)
{
	make_readings(10, AGENT_MIN);
	start_collectd();
	connect_agent();
	assert_true(run_until_acked(t.agent.seq));
	assert_int_equal(
	        keys_revoke(in_folder(t.dir, "agents"), "bt-outlet", BEGIN, NULL), OK);
	kill(t.collectd, SIGHUP);
	/* until the signal is served a batch may still be taken: send one after the other */
	int64_t end = now_ms() + PATIENCE;
	do {
		make_readings(1, AGENT_MIN);
		for (int64_t soon = now_ms() + 500;
		        now_ms() < soon && t.acked < t.agent.seq;)
			step();
	} while (t.acked == t.agent.seq && now_ms() < end);
	assert_true(t.acked < t.agent.seq);
	uint64_t acked = t.acked;
	assert_int_equal(end_collectd(SIGTERM), 0);
	assert_int_equal(journal_records(archive_dir(), &t.book), acked - 1);
}

static void the_status_file_tells_what_is_seen(void **state)
{
	char *text;
	size_t n;
	make_readings(30, AGENT_MIN);
	start_collectd();
	connect_agent();
	assert_true(run_until_acked(t.agent.seq));
	assert_int_equal(end_collectd(SIGTERM), 0);
	assert_int_equal(file_read(in_folder(t.dir, "archive/collectd.json"), 1u << 20,
	                         &text, &n),
	        OK);
	assert_contains(text, "\"station\":\"bt-outlet\"");
	assert_contains(text, "\"durable\":32");
	assert_contains(text, "\"epoch\":\"e2e0000000000001\"");
	assert_contains(text, t.server.public_key);
	free(text);
}

static void simulated_data_are_refused_by_name(void **state)
{
	agent_instrument(&t.agent, ORIGIN_SIMULATION, "S1");
	make_readings(5, AGENT_MIN);
	start_collectd();
	connect_agent();
	for (int64_t end = now_ms() + PATIENCE; now_ms() < end && t.refusal[0] == '\0';)
		step();
	assert_contains(t.refusal, "--allow-simulated");
	assert_int_equal(t.acked, 1);
	assert_int_equal(end_collectd(SIGTERM), 0);
}

static void what_cannot_start_says_why_with_its_code(void **state)
{
	char said[8192], path[4200], agents[4200];
	snprintf(path, sizeof path, "%s/collectd.yaml", t.dir);
	snprintf(agents, sizeof agents, "%s/nowhere", t.dir);
	const char *misuse[] = { "--for", "soon", NULL };
	assert_int_equal(run_refused(misuse, said), EXIT_USAGE);
	const char *folder[] = { "--config", path, "--agents", agents, NULL };
	assert_int_equal(run_refused(folder, said), EXIT_CONFIG);
	assert_contains(said, "nowhere");
	const char *address[] = { "--config", path, "--listen", "ipc:///tmp/x", NULL };
	assert_int_equal(run_refused(address, said), EXIT_CONFIG);
	assert_contains(said, "tcp://ADDRESS:PORT");
	const char *archive[] = { "--archive", agents, NULL };
	assert_int_equal(run_refused(archive, said), EXIT_NO_FILE);

	start_collectd();
	connect_agent();
	make_readings(1, AGENT_MIN);
	assert_true(run_until_acked(t.agent.seq));
	const char *again[] = { "--config", path, NULL };
	assert_int_equal(run_refused(again, said), EXIT_TRY_AGAIN);
	assert_contains(said, "another program writes to this archive");
	assert_int_equal(end_collectd(SIGINT), 0);

	write_config("seal_evry: 1s\n");
	assert_int_equal(run_refused(again, said), EXIT_CONFIG);
	assert_contains(said, "seal_evry");
}

static void it_ends_by_itself_when_told_for_how_long(void **state)
{
	char path[4200];
	snprintf(path, sizeof path, "%s/collectd.yaml", t.dir);
	const char *argument[] = { "--config", path, "--for", "300ms", NULL };
	t.collectd = spawn(argument);
	assert_int_equal(wait_for(t.collectd), 0);
	t.collectd = 0;
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(records_travel_and_sigterm_ends_cleanly),
		WITH(nothing_acknowledged_is_lost_or_doubled_by_kill),
		WITH(days_are_sealed_while_records_come_in),
		WITH(a_revoked_cabinet_falls_silent_at_sighup),
		WITH(the_status_file_tells_what_is_seen),
		WITH(simulated_data_are_refused_by_name),
		WITH(what_cannot_start_says_why_with_its_code),
		WITH(it_ends_by_itself_when_told_for_how_long),
	};
	return cmocka_run_group_tests_name("collectd", tests, NULL, NULL);
}
