/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys, both ends of the link and the ring, each call of opening them failing once. */
#include "tests/kits/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "base/folder.h"
#include "base/socket_parts.h"
#include "sensors/keeper/link.h"
#include "sensors/keeper/ring.h"
#include "tests/kits/journal_kit.h"
#include "tests/prove/fail_each.h"

static struct key_pair own, server;

static int setup(void **state)
{
	if (fail_each_setup(state) != 0)
		return -1;
	return key_pair_new(&own) == OK && key_pair_new(&server) == OK ? 0 : -1;
}

/* Open descriptors of this process: what failed half-way leaves none. */
static int descriptors(void)
{
	int n = 0;
	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int before_descriptors;

static const char *path_of(const char *name)
{
	return in_folder(fail_folder, name);
}

/* ---- key files ---- */

static void lay_nothing(void)
{
	fail_each_clear();
	before_descriptors = descriptors();
}

static int write_key(void)
{
	struct problem why = { .text = "" };
	int status = key_write(path_of("own.secret"), own.secret_key, 1, &why);
	assert_true(status == OK || why.text[0] != '\0');
	return status;
}

/* A key is whole or not there: nothing stands in the way of the next try. */
static void it_can_be_written_after_all(int status, bool failed)
{
	char key[KEY_TEXT];
	struct problem why = { .text = "" };
	assert_true(failed || status == OK);
	assert_int_equal(descriptors(), before_descriptors);
	if (status != OK)
		assert_int_equal(access(path_of("own.secret"), F_OK), -1);
	if (status != OK)
		assert_int_equal(write_key(), OK);
	assert_int_equal(key_read(path_of("own.secret"), key, 1, &why), OK);
	assert_string_equal(key, own.secret_key);
	assert_int_equal(
	        key_write(path_of("own.secret"), own.secret_key, 1, &why), REFUSED);
}

static void a_key_file_is_whole_or_not_there(void **state)
{
	const struct fail_scene scene = { .name = "key file",
		.before = lay_nothing,
		.work = write_key,
		.after = it_can_be_written_after_all,
		.calls = { 8, 60 } };
	fail_each(&scene);
}

/* ---- the cabinet's end ---- */

static void lay_keys(void)
{
	lay_nothing();
	key_write(path_of("own.secret"), own.secret_key, 1, NULL);
	key_write(path_of("own.pub"), own.public_key, 0, NULL);
	key_write(path_of("collector.pub"), server.public_key, 0, NULL);
	before_descriptors = descriptors();
}

static int open_link(void)
{
	static char path[700];
	struct link link;
	struct problem why = { .text = "" };
	snprintf(path, sizeof path, "%s/station.yaml", fail_folder);
	struct station station = { .path = path,
		.collector = "tcp://127.0.0.1:9",
		.server_key = "collector.pub",
		.secret_key = "own.secret",
		.public_key = "own.pub" };
	int status = link_open(&link, &station, &why);
	if (status == OK)
		status = link.keeper.renew(link.keeper.with);
	if (why.text[0] == '\0' && link.socket == NULL)
		return OK;
	link_close(&link);
	link_close(&link);
	return status;
}

static void it_opens_or_says_why_not(int status, bool failed)
{
	assert_true(status == OK || failed);
	assert_int_equal(descriptors(), before_descriptors);
	assert_int_equal(open_link(), OK);
}

static void a_link_opens_whole_or_leaves_nothing(void **state)
{
	const struct fail_scene scene = { .name = "link",
		.before = lay_keys,
		.work = open_link,
		.after = it_opens_or_says_why_not,
		.calls = { 30, 300 } };
	fail_each(&scene);
}

static void a_station_without_a_collector_has_no_link(void **state)
{
	struct link link;
	struct problem why = { .text = "" };
	lay_keys();
	struct station station = { .path = "x", .collector = "" };
	assert_int_equal(link_open(&link, &station, &why), NOT_FOUND);
	link_close(&link);
	/* a key file that holds no key is named */
	assert_int_equal(file_replace(path_of("own.secret"), "short\n", 6, 0400), OK);
	assert_int_equal(open_link(), MALFORMED);
}

/* ---- the collector's end ---- */

static void lay_agents(void)
{
	lay_nothing();
	key_write(path_of("bt-outlet.pub"), own.public_key, 0, NULL);
	key_write(path_of("nt-01.pub"), server.public_key, 0, NULL);
	before_descriptors = descriptors();
}

static int n_agents;

static int open_server(void)
{
	struct server_socket *socket;
	struct problem why = { .text = "" };
	struct server_options options = { .endpoint = "tcp://127.0.0.1:*",
		.own = &server,
		.agents_folder = fail_folder,
		.most_agents = 4 };
	n_agents = FAILED;
	int status = server_socket_open(&socket, &options, &why);
	if (status != OK) {
		assert_true(why.text[0] != '\0');
		return status;
	}
	if (server_socket_descriptor(socket) < 0 ||
	        strstr(server_socket_endpoint(socket), "127.0.0.1") == NULL)
		status = FAILED;
	n_agents = server_socket_reload(socket);
	server_socket_number(socket, ZMQ_RCVHWM);
	server_socket_close(socket);
	return status;
}

/* A list that cannot be read is no shorter list. */
static void it_listens_or_says_why_not(int status, bool failed)
{
	assert_true(failed || (status == OK && n_agents == 2));
	assert_true(n_agents == FAILED || n_agents == 2 || n_agents == 1);
	assert_int_equal(descriptors(), before_descriptors);
	assert_int_equal(open_server(), OK);
	assert_int_equal(n_agents, 2);
}

static void a_server_opens_whole_or_leaves_nothing(void **state)
{
	const struct fail_scene scene = { .name = "server",
		.before = lay_agents,
		.work = open_server,
		.after = it_listens_or_says_why_not,
		.calls = { 40, 400 } };
	fail_each(&scene);
}

/* ---- the ring ---- */

static int make_ring(void)
{
	struct ring *ring;
	int status = ring_new(&ring, 4096);
	if (status == OK)
		ring_free(ring);
	ring_free(NULL);
	return status;
}

static void it_is_there_or_not(int status, bool failed)
{
	assert_int_equal(status, failed ? FAILED : OK);
	assert_int_equal(descriptors(), before_descriptors);
}

static void a_ring_is_whole_or_not_there(void **state)
{
	const struct fail_scene scene = { .name = "ring",
		.before = lay_nothing,
		.work = make_ring,
		.after = it_is_there_or_not,
		.calls = { 2, 2 } };
	fail_each(&scene);
}

#define with_keys(test) cmocka_unit_test_setup_teardown(test, setup, fail_each_teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest links[] = {
		with_keys(a_key_file_is_whole_or_not_there),
		with_keys(a_link_opens_whole_or_leaves_nothing),
		with_keys(a_station_without_a_collector_has_no_link),
		with_keys(a_server_opens_whole_or_leaves_nothing),
		with_keys(a_ring_is_whole_or_not_there),
	};
	return cmocka_run_group_tests_name("fail_link", links, NULL, NULL);
}
