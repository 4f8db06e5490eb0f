/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/collector_fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

struct agent_book book;
struct agent cabinet;
char lines[65536];

static void keep_line(enum log_level level, const char *text)
{
	size_t n = strlen(lines);
	snprintf(lines + n, sizeof lines - n, "%s\n", text);
}

int collector_setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	lines[0] = '\0';
	log_catch(keep_line);
	archive_make(*state);
	agent_start(&cabinet, &book, "bt-outlet", EPOCH);
	return 0;
}

int collector_teardown(void **state)
{
	agent_end(&cabinet);
	agent_book_free(&book);
	return scratch_remove(state);
}

void fill(struct agent *agent, int n)
{
	agent_describe(agent, AGENT_DAY);
	for (int i = 0; i < n; i++)
		agent_reading(agent, AGENT_DAY + i * AGENT_MIN, 40 + i);
}

void more(struct agent *agent, int n)
{
	for (int i = 0; i < n; i++)
		agent_reading(agent, NOW + i * AGENT_MIN, 50 + i);
}

void run_day(struct agent *agent, struct ingest *ingest, int64_t from_us, int64_t to_us,
        int64_t step_us)
{
	for (int64_t t = from_us; t < to_us; t += step_us) {
		agent_reading(agent, t, (double)(t % 1000));
		agent_give(agent, ingest, t + 1000000);
	}
}

int seal(struct ingest *ingest, int64_t now_us, bool all)
{
	struct problem why = { .text = "" };
	int files = ingest_seal(ingest, now_us, all, &why);
	if (files < 0)
		fail_msg("not sealed: %s", why.text);
	return files;
}

const char *path_of(const char *dir, const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "kcn-mau/bt-outlet/2026/%s", name);
	return in_folder(dir, path);
}
