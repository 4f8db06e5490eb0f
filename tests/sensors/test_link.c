/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The link's keys: read, completed, and refused when they do not belong together. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "sensors/keeper/link.h"

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

/* A secret that is none has no public key; a file may hold less than a key, or more. */
static void what_is_no_key_is_not_completed_nor_read(void **state)
{
	struct problem why = { .text = "" };
	struct key_pair pair = { .secret_key = "too short" };
	char key[KEY_TEXT], text[100];
	assert_int_equal(key_pair_complete(&pair), MALFORMED);
	assert_int_equal(key_pair_new(&pair), OK);
	snprintf(text, sizeof text, "%s", pair.public_key);
	assert_int_equal(key_pair_complete(&pair), OK);
	assert_string_equal(pair.public_key, text);
	memset(text, 'a', sizeof text);
	for (size_t n = 0; n < sizeof text; n += 3) {
		assert_int_equal(
		        file_replace(in_folder(*state, "k.pub"), text, n, 0644), OK);
		int status = key_read(in_folder(*state, "k.pub"), key, 0, &why);
		assert_int_equal(status, MALFORMED); /* 40 is no multiple of 3 */
	}
	/* with what editors and other systems leave behind it */
	snprintf(text, sizeof text, "%s\r\n", pair.public_key);
	assert_int_equal(file_replace(in_folder(*state, "k.pub"), text, 42, 0644), OK);
	assert_int_equal(key_read(in_folder(*state, "k.pub"), key, 0, &why), OK);
	assert_string_equal(key, pair.public_key);
}

static void a_key_may_be_written_where_one_stands(void **state)
{
	char key[KEY_TEXT], *before = getcwd(NULL, 0);
	struct problem why = { .text = "" };
	struct key_pair pair;
	key_pair_new(&pair);
	assert_int_equal(chdir(*state), 0);
	assert_int_equal(key_write("here.secret", pair.secret_key, 1, &why), OK);
	assert_int_equal(key_write("here.secret", pair.secret_key, 1, &why), REFUSED);
	assert_int_equal(key_read("here.secret", key, 1, &why), OK);
	assert_int_equal(chdir(before), 0);
	free(before);
	assert_string_equal(key, pair.secret_key);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_public_key_follows_from_the_secret_one),
		WITH(keys_that_are_no_pair_are_refused),
		WITH(what_is_no_key_is_not_completed_nor_read),
		WITH(a_key_may_be_written_where_one_stands),
	};
	return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
