/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The collector: desk -> ingest -> journal -> seal.  What its desk acknowledged is there
 * after a restart; what it did not, the agents send again; and in the end every record
 * lies in the sealed days once.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/proof.h"
#include "base/journal.h"
#include "collector/desk.h"
#include "tests/kits/agent_kit.h"
#include "tests/prove/fail_wrap.h"

enum { AGENTS = 1, STEPS = 5 };

static struct {
	const char *dir;
	struct agent_book book[AGENTS];
	struct agent agent[AGENTS];
	uint64_t acked[AGENTS];
	struct ingest *ingest;
	struct desk desk;
	bool open;
	int64_t now_us;
	long nth;
	char *wrong;
} y;

static const char *const name[AGENTS] = { "bt-outlet" };

static bool wrong(const char *what, const char *why)
{
	if (y.wrong[0] == '\0')
		snprintf(y.wrong, 512, "%s: %.400s", what, why);
	return false;
}

static bool open_desk(struct problem *why)
{
	struct ingest_options options = { .dir = y.dir,
		.segment_size = JOURNAL_SEGMENT_LEAST,
		.sign_key = "/nowhere/none",
		.hold_us = -1 };
	fail_on(true);
	int status = ingest_open(&y.ingest, &options, why);
	if (status == OK && desk_open(&y.desk, y.ingest, 4) != OK) {
		ingest_close(y.ingest);
		status = problem_set(why, FAILED, EXIT_INTERNAL, "no desk");
	}
	fail_on(false);
	y.open = status == OK;
	return y.open;
}

static void close_desk(void)
{
	if (!y.open)
		return;
	fail_on(true);
	desk_close(&y.desk);
	ingest_close(y.ingest);
	fail_on(false);
	y.open = false;
}

/* What the desk says to agent i. */
static void hear(size_t i, const uint8_t *answer, int n)
{
	struct wire wire;
	if (n <= 0 || wire_decode(&wire, answer, (size_t)n) != OK)
		return;
	if (wire.type == WIRE_ACK && wire.first_seq > y.acked[i])
		y.acked[i] = wire.first_seq;
}

/* Commit, then send the acknowledgements owed, as collectd does. */
static void commit(void)
{
	static uint8_t answer[WIRE_MOST];
	fail_on(true);
	ingest_commit(y.ingest);
	for (size_t i = 0; i < y.desk.n; i++) {
		int n = desk_ack(&y.desk, i, answer);
		for (size_t k = 0; k < AGENTS; k++)
			if (strcmp(y.desk.station[i].name, name[k]) == 0)
				hear(k, answer, n);
	}
	fail_on(false);
}

/* All that is not acknowledged, from there on. */
static void send(size_t i)
{
	static uint8_t answer[WIRE_MOST];
	struct peer peer = { .route = "r", .route_size = 1 };
	struct moment now = { .time_us = y.now_us, .mono_us = y.now_us, .boot = 1 };
	struct agent *agent = &y.agent[i];
	snprintf(peer.user, sizeof peer.user, "%s", name[i]);
	if (y.acked[i] >= agent->seq)
		return;
	uint64_t last = agent->seq - 1;
	if (last - y.acked[i] > 60)
		last = y.acked[i] + 60;
	struct wire wire = agent_again(agent, y.acked[i], last);
	fail_on(true);
	int n = desk_hear(&y.desk, &peer, agent->message,
	        WIRE_HEADER + wire.payload_size, &now, answer);
	fail_on(false);
	hear(i, answer, n);
}

static void seal(bool all, bool must)
{
	struct problem why = { .text = "" };
	fail_on(true);
	int files = ingest_seal(y.ingest, y.now_us, all, &why);
	fail_on(false);
	if (files < 0 && (must || why.text[0] == '\0'))
		wrong("not sealed", why.text);
}

static void make(size_t i)
{
	struct agent *agent = &y.agent[i];
	if (agent->seq == 1)
		agent_describe(agent, y.now_us);
	for (int n = 0; n < 3; n++)
		agent_reading(agent, y.now_us - n * 9 * AGENT_HOUR, n);
	agent->batch_size = 0;
}

static void work(void)
{
	for (int step = 0; step < STEPS; step++) {
		y.now_us += 10 * AGENT_HOUR;
		for (size_t i = 0; i < AGENTS; i++) {
			make(i);
			send(i);
		}
		commit();
		if (step == 3)
			seal(false, false);
	}
}

/* Nothing fails any more: all is sent, sealed, and there once. */
static void recover(void)
{
	struct problem why = { .text = "" };
	if (!open_desk(&why)) {
		wrong("does not start again", why.text);
		return;
	}
	for (size_t i = 0; i < AGENTS; i++)
		if (ingest_durable(y.ingest, name[i], y.agent[i].epoch) < y.acked[i])
			wrong("acknowledged records are lost", name[i]);
	for (int tries = 0; tries < 8; tries++) {
		for (size_t i = 0; i < AGENTS; i++)
			send(i);
		commit();
	}
	for (size_t i = 0; i < AGENTS; i++)
		if (y.acked[i] != y.agent[i].seq)
			wrong("does not take what is sent again", name[i]);
	y.now_us += 30 * AGENT_1DAY;
	seal(true, true);
	close_desk();
}

static void verify(void)
{
	char text[4096] = "";
	struct problem why = { .text = "" };
	FILE *out = fmemopen(text, sizeof text, "w");
	int bad = verify_path(y.dir, out, 1, &why);
	fclose(out);
	if (bad != 0)
		wrong("verify", bad < 0 ? why.text : text);
}

static void count(void)
{
	if (sealed_records(y.dir, &y.book[0]) != y.book[0].n)
		wrong("records are lost", "not all are sealed");
	/* slow, since it opens each file in a child of its own */
	if (y.wrong[0] == '\0' && y.nth % 8 == 0)
		verify();
}

static bool run(const char *dir, char text[512])
{
	struct problem why = { .text = "" };
	memset(&y, 0, sizeof y);
	y.wrong = text;
	y.dir = dir;
	y.now_us = AGENT_DAY;
	y.nth = fail_plan_used->nth;
	archive_make(dir);
	for (size_t i = 0; i < AGENTS; i++) {
		agent_start(&y.agent[i], &y.book[i], name[i], 7 + i);
		y.acked[i] = 1;
	}
	snprintf(fail_plan_used->root, sizeof fail_plan_used->root, "%s", dir);
	if (!open_desk(&why) && why.text[0] == '\0')
		wrong("no start", "and no reason");
	if (!y.open && !open_desk(&why))
		wrong("does not start the second time", why.text);
	if (y.open)
		work();
	close_desk();
	struct fail_plan *plan = fail_plan_used;
	fail_plan_used = NULL;
	if (text[0] == '\0')
		recover();
	if (text[0] == '\0')
		count();
	fail_plan_used = plan;
	for (size_t i = 0; i < AGENTS; i++) {
		agent_end(&y.agent[i]);
		agent_book_free(&y.book[i]);
	}
	return text[0] == '\0';
}

const struct fail_work fail_collector = { .name = "collector", .run = run };
