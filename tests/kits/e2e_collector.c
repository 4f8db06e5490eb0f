/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/e2e_collector.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive/day.h"
#include "archive/proof.h"
#include "base/folder.h"
#include "base/journal.h"
#include "base/legal_time.h"
#include "collector/ingest.h"
#include "collector/keys.h"
#include "tests/kits/check.h"

#define LAST_SECOND                                                                    \
	40 /* records of a cabinet that reads 20 a second, and as many again */

static void become(const char *folder, char *const argv[])
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (freopen(in_folder(folder, "collectd.log"), "w", stderr) == NULL)
		_exit(99);
	execv(argv[0], argv);
	_exit(98);
}

static void wait_for_endpoint(const char *folder, struct collector *collector)
{
	for (int i = 0; i < 10000; i++) {
		char *text;
		size_t n;
		if (file_read(in_folder(folder, "archive/collectd.json"), 1 << 20,
		            &text, &n) == OK) {
			const char *listen = strstr(text, "\"listen\":\"");
			int found = listen != NULL &&
			            sscanf(listen, "\"listen\":\"%63[^\"]",
			                    collector->endpoint) == 1;
			free(text);
			if (found)
				return;
		}
		poll(NULL, 0, 1);
	}
	fail_msg("collectd does not listen");
}

struct collector collector_begin(const char *folder, const char *station)
{
	struct collector collector = { 0 };
	struct problem why;
	char key[KEY_TEXT], keys[4096], own[4200], agents[4096], archive[4096],
	        program[4096];
	snprintf(keys, sizeof keys, "%s/keys", folder);
	snprintf(own, sizeof own, "%s/collector.secret", keys);
	snprintf(agents, sizeof agents, "%s/agents", folder);
	snprintf(archive, sizeof archive, "%s/archive", folder);
	snprintf(program, sizeof program, "%s",
	        project_file("build/san/quantrac-collectd"));
	assert_int_equal(keys_new(keys, "collector", key, &why), OK);
	assert_int_equal(keys_new(keys, station, key, &why), OK);
	assert_int_equal(keys_admit(agents, station, key, &why), OK);
	struct archive_identity identity = { .zone = "kcn-mau",
		.zone_name = "KCN Mau",
		.utc_offset_min = OFFSET_VIETNAM };
	assert_int_equal(archive_create(archive, &identity, &why), OK);
	char *argv[] = { program, "--archive", archive, "--listen", "tcp://127.0.0.1:*",
		"--keys", own, "--agents", agents, "--allow-simulated", NULL };
	collector.pid = fork();
	if (collector.pid == 0)
		become(folder, argv);
	wait_for_endpoint(folder, &collector);
	return collector;
}

const char *collector_section(const struct collector *collector, const char *station)
{
	static char text[512];
	snprintf(text, sizeof text,
	        "collector:\n  endpoint: \"%s\"\n  server_key: keys/collector.pub\n"
	        "  secret_key: keys/%s.secret\n  public_key: keys/%s.pub\n",
	        collector->endpoint, station, station);
	return text;
}

void collector_finish(struct collector *collector)
{
	int status;
	kill(collector->pid, SIGTERM);
	assert_int_equal(waitpid(collector->pid, &status, 0), collector->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- comparing ---- */

struct comparing {
	struct journal_reader *journal;
	size_t n;
};

static int compare(void *with, const uint8_t *record, size_t size, int64_t stored_us,
        uint8_t transport)
{
	struct comparing *comparing = with;
	struct journal_entry entry;
	struct problem why;
	(void)stored_us;
	(void)transport;
	assert_int_equal(journal_read_next(comparing->journal, &entry, &why), 1);
	assert_int_equal(entry.size, size);
	assert_memory_equal(entry.record, record, size);
	comparing->n++;
	return 0;
}

static void seal_all(const char *archive)
{
	struct ingest *ingest;
	struct problem why;
	struct ingest_options options = { .dir = archive, .allow_simulated = true };
	assert_int_equal(ingest_open(&ingest, &options, &why), OK);
	assert_true(ingest_seal(ingest, TIME_US_END - 1, true, &why) > 0);
	ingest_close(ingest);
}

size_t sealed_equals_journal(const char *folder, const char *station)
{
	struct comparing comparing = { .n = 0 };
	struct journal_entry entry;
	struct seal_list list;
	struct problem why;
	uint64_t epoch;
	char archive[4096], path[8192];
	snprintf(archive, sizeof archive, "%s/archive", folder);
	seal_all(archive);
	const char *journals = in_folder(folder, "journal");
	assert_int_equal(journal_epochs(journals, station, &epoch, 1), 1);
	assert_int_equal(
	        journal_read_open(&comparing.journal, journals, station, epoch, 1), OK);
	assert_int_equal(seal_list_read(&list, archive, &why), OK);
	for (size_t i = 0; i < list.n; i++) {
		struct day *day;
		if (strcmp(list.seal[i].station, station) != 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", archive, list.seal[i].path);
		assert_int_equal(day_open(&day, path, &why), OK);
		assert_true(day_records(day, compare, &comparing, &why) > 0);
		day_close(day);
	}
	assert_int_equal(journal_read_next(comparing.journal, &entry, &why), 0);
	journal_read_close(comparing.journal);
	seal_list_free(&list);
	return comparing.n;
}
