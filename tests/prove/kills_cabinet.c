/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/prove/kills_cabinet.h"

#include "tests/kits/check.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/folder.h"
#include "collector/keys.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/collectd_kit.h"
#include "tests/kits/e2e_cabinet.h"

#define STATION KILLS_STATION

static void write_cabinet(int port)
{
	char head[4200];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(head, sizeof head, fixture_head, t.dir);
#pragma GCC diagnostic pop
	fixture_write(t.dir, "scenario.yaml",
	        "%sports: [{id: stack, mode: tcp, listen: \"127.0.0.1:%d\"}, {id: bus, "
	        "mode: rtu}]\n"
	        "instruments:\n"
	        "  - {id: gas, profile: fixture-gas, port: stack, slave: 2, delay: "
	        "1ms, "
	        "channels: [{name: dust, mean: 120, noise: 30}, {name: o2, mean: 10, "
	        "noise: 1}]}\n"
	        "  - {id: water, profile: fixture-water, port: bus, slave: 1, delay: "
	        "5ms, channels: [{name: cod, mean: 42, noise: 9}]}\n",
	        head, port);
	fixture_write(t.dir, "station.yaml",
	        "zone: {id: kcn-mau, name: \"KCN Mẫu\"}\n"
	        "station: {id: " STATION ", name: Nuoc thai, simulation: yes}\n"
	        "facility: {id: a, name: A}\n"
	        "outlets: [{id: x, name: X, kind: water}]\n"
	        "journal: {folder: journal, commit_every: 100ms}\n"
	        "profiles: profiles\n"
	        "collector:\n  endpoint: \"tcp://127.0.0.1:%d\"\n"
	        "  server_key: collector.pub\n  secret_key: keys/" STATION ".secret\n"
	        "  public_key: keys/" STATION ".pub\n"
	        "ports:\n"
	        "  - {id: bus, path: run/bus, line: 115200 8N1}\n"
	        "  - {id: stack, tcp: \"127.0.0.1:%d\"}\n"
	        "instruments:\n"
	        "  - {id: gas, profile: fixture-gas, port: stack, slave: 2, "
	        "poll_every: 100ms}\n"
	        "  - {id: water, profile: fixture-water, port: bus, slave: 1, "
	        "poll_every: 200ms}\n",
	        t.port, port);
}

void kills_files(const char *dir)
{
	char key[KEY_TEXT], path[4200];
	struct problem why = { .text = "" };
	memset(&t, 0, sizeof t);
	snprintf(t.dir, sizeof t.dir, "%s", dir);
	t.port = free_port();
	t.acked = t.next = t.window = 1;
	snprintf(path, sizeof path, "%s/collector.secret", t.dir);
	assert_int_equal(keys_own(path, &t.server, &why), OK);
	assert_int_equal(file_replace(in_folder(t.dir, "collector.pub"),
	                         t.server.public_key, KEY_TEXT - 1, 0644),
	        OK);
	key_pair_new(&t.own);
	memcpy(key, t.own.public_key, KEY_TEXT);
	const char *agents = in_folder(t.dir, "agents");
	assert_int_equal(keys_admit(agents, "bt-outlet", key, &why), OK);
	assert_int_equal(keys_new(in_folder(t.dir, "keys"), STATION, key, &why), OK);
	assert_int_equal(keys_admit(agents, STATION, key, &why), OK);
	agent_start(&t.agent, &t.book, "bt-outlet", EPOCH);
	write_config("allow_simulated: yes\n");
	fixture_profiles(t.dir);
	write_cabinet(free_port());
}

static pid_t start(const char *log, const char *const word[])
{
	char *argument[12] = { 0 };
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; word[i] != NULL; i++)
		argument[i] = strdup(word[i]);
	if (freopen(in_folder(t.dir, log), "w", stderr) == NULL ||
	        freopen("/dev/null", "w", stdout) == NULL)
		_exit(99);
	if (argument[0] != NULL)
		execv(argument[0], argument);
	_exit(98);
}

pid_t kills_sensord(void)
{
	const char *program = project_file("build/san/quantrac-sensord");
	char station[4200];
	snprintf(station, sizeof station, "%s/station.yaml", t.dir);
	const char *const word[] = { program, "--config", station, "-v", NULL };
	return start("sensord.log", word);
}

pid_t kills_simulator(void)
{
	const char *program = project_file("build/san/quantrac");
	char scenario[4200], dir[4200];
	snprintf(scenario, sizeof scenario, "%s/scenario.yaml", t.dir);
	snprintf(dir, sizeof dir, "%s/run", t.dir);
	const char *const word[] = { program, "simulate", scenario, "--dir", dir,
		NULL };
	pid_t pid = start("simulate.log", word);
	wait_for_file(in_folder(t.dir, "run/bus"));
	return pid;
}
