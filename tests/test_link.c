/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The link's keys: read, completed, and refused when they do not belong together. */
#include "tests/check.h"

#include <stdio.h>
#include <string.h>

#include "sensors/link.h"

static const char *const endpoint = "tcp://127.0.0.1:9";

/* A station beside its keys; `public` as its configuration names it. */
static int opened(
        const char *folder, const char *secret, const char *public, struct problem *why)
{
	char path[512];
	struct link link;
	snprintf(path, sizeof path, "%s/station.yaml", folder);
	struct station station = { .path = path,
		.collector = endpoint,
		.server_key = "server.pub",
		.secret_key = secret,
		.public_key = public };
	int status = link_open(&link, &station, why);
	if (status == OK)
		link_close(&link);
	return status;
}

static void write_keys(const char *folder)
{
	static const char *const names[] = { "server", "one", "two" };
	struct key_pair pair;
	for (size_t i = 0; i < 3; i++) {
		char file[32];
		assert_int_equal(key_pair_new(&pair), OK);
		snprintf(file, sizeof file, "%s.secret", names[i]);
		assert_int_equal(
		        key_write(in_folder(folder, file), pair.secret_key, 1, NULL),
		        OK);
		snprintf(file, sizeof file, "%s.pub", names[i]);
		assert_int_equal(
		        key_write(in_folder(folder, file), pair.public_key, 0, NULL),
		        OK);
	}
}

static void the_public_key_follows_from_the_secret_one(void **state)
{
	struct problem why = { .text = "" };
	write_keys(*state);
	assert_int_equal(opened(*state, "one.secret", "one.pub", &why), OK);
	assert_int_equal(opened(*state, "one.secret", "", &why), OK);
}

static void keys_that_are_no_pair_are_refused(void **state)
{
	struct problem why = { .text = "" };
	write_keys(*state);
	assert_int_equal(opened(*state, "one.secret", "two.pub", &why), REFUSED);
	assert_contains(why.text, "one.secret and two.pub are not a pair");
	assert_int_equal(why.exit, EXIT_CONFIG);
	assert_int_equal(opened(*state, "none.secret", "", &why), NOT_FOUND);
	assert_contains(why.text, "none.secret");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_public_key_follows_from_the_secret_one),
		WITH(keys_that_are_no_pair_are_refused),
	};
	return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
