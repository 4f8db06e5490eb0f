/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two sockets and the allow-list: a call that fails is told or made good by a new
 * socket, and messages travel again. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/folder.h"
#include "base/socket.h"
#include "collector/keys.h"
#include "tests/kits/check.h"
#include "tests/prove/fail_wrap.h"

enum { PATIENCE_MS = 60000 };

static struct {
	const char *dir;
	struct key_pair server_pair, own;
	struct server_socket *server;
	struct uplink_socket *uplink;
	char endpoint[64];
	char *wrong;
} l;

static bool wrong(const char *what, const char *why)
{
	if (l.wrong[0] == '\0')
		snprintf(l.wrong, 512, "%s: %.400s", what, why);
	return false;
}

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool open_server(struct problem *why)
{
	struct server_options options = { .endpoint = l.endpoint,
		.own = &l.server_pair,
		.agents_folder = in_folder(l.dir, "agents"),
		.most_agents = 2 };
	fail_on(true);
	int status = server_socket_open(&l.server, &options, why);
	fail_on(false);
	if (status == OK)
		snprintf(l.endpoint, sizeof l.endpoint, "%s",
		        server_socket_endpoint(l.server));
	else
		l.server = NULL;
	return status == OK;
}

static bool open_uplink(struct problem *why)
{
	struct uplink_options options = { .endpoint = l.endpoint,
		.server_key = l.server_pair.public_key,
		.own = &l.own };
	fail_on(true);
	int status = uplink_socket_open(&l.uplink, &options, why);
	fail_on(false);
	if (status != OK)
		l.uplink = NULL;
	return status == OK;
}

/* Open until it opens: what fails must say why. */
static bool insist(bool (*open)(struct problem *why), const char *what)
{
	for (int tries = 0; tries < 3; tries++) {
		struct problem why = { .text = "" };
		if (open(&why))
			return true;
		if (why.text[0] == '\0')
			return wrong(what, "failed and did not say why");
	}
	return wrong(what, "cannot be opened again");
}

/* Say hello until it is heard and answered; a new socket now and then. */
static bool exchange(void)
{
	char in[512];
	struct peer peer;
	/* longer each time, so that a slow machine gets through a handshake too */
	int64_t end = now_ms() + PATIENCE_MS, wait = 400, renew = now_ms() + wait;
	while (now_ms() < end) {
		fail_on(true);
		uplink_socket_send(l.uplink, "hello", 5);
		int n = server_socket_receive(l.server, &peer, in, sizeof in);
		if (n > 0 && strcmp(peer.user, "bt-outlet") == 0)
			server_socket_send(l.server, &peer, "welcome", 7);
		int back = uplink_socket_receive(l.uplink, in, sizeof in);
		fail_on(false);
		if (back == 7)
			return true;
		poll(NULL, 0, 1);
		if (now_ms() < renew)
			continue;
		wait *= 2;
		renew = now_ms() + wait;
		fail_on(true);
		uplink_socket_renew(l.uplink);
		server_socket_reload(l.server); /* collectd: once a minute */
		fail_on(false);
	}
	return wrong("nothing comes through", "a minute long");
}

static void work(void)
{
	struct server_counts counts;
	if (!insist(open_server, "server") || !insist(open_uplink, "uplink") ||
	        !exchange())
		return;
	fail_on(true);
	server_socket_counts(l.server, &counts);
	server_socket_reload(l.server);
	uplink_socket_renew(l.uplink);
	fail_on(false);
	exchange();
}

static bool run(const char *dir, char text[512])
{
	memset(&l, 0, sizeof l);
	l.wrong = text;
	l.dir = dir;
	snprintf(l.endpoint, sizeof l.endpoint, "tcp://127.0.0.1:*");
	key_pair_new(&l.server_pair);
	key_pair_new(&l.own);
	char key[KEY_TEXT];
	memcpy(key, l.own.public_key, KEY_TEXT);
	if (keys_admit(in_folder(dir, "agents"), "bt-outlet", key, NULL) != OK)
		return wrong("agents", "cannot be admitted");
	snprintf(fail_plan_used->root, sizeof fail_plan_used->root, "%s", dir);
	work();
	/* and once more without */
	struct fail_plan *plan = fail_plan_used;
	fail_plan_used = NULL;
	if (text[0] == '\0')
		exchange();
	uplink_socket_close(l.uplink);
	server_socket_close(l.server);
	fail_plan_used = plan;
	return text[0] == '\0';
}

const struct fail_work fail_link = { .name = "link", .run = run };
