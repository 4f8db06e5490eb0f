/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "collector/keys.h"

#define NOW INT64_C(1794700800000000) /* 2026-11-15 07:00 +07:00 */

static void key_files_come_back_as_written_and_secrets_stay_secret(void **state)
{
	struct key_pair pair, again = { .public_key = "" };
	struct problem why;
	struct stat st;
	char path[5000];
	key_pair_new(&pair);
	snprintf(path, sizeof path, "%s/own.secret", (char *)*state);
	assert_int_equal(key_write(path, pair.secret_key, 1, NULL), OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0400);
	assert_int_equal(key_read(path, again.secret_key, 1, NULL), OK);
	assert_int_equal(key_pair_complete(&again), OK);
	assert_string_equal(again.public_key, pair.public_key);

	assert_int_equal(key_write(path, pair.secret_key, 1, &why), REFUSED);
	assert_contains(why.text, "is there already");
	for (unsigned mode = 0404; mode <= 0440; mode += 0034) {
		assert_int_equal(chmod(path, mode), 0);
		assert_int_equal(key_read(path, again.secret_key, 1, &why), REFUSED);
		assert_contains(why.text, "chmod 0400");
	}
}

/* Half a key was read by a collector that looked in that moment, and again a minute later only. */
static void a_key_file_gets_its_name_when_it_is_whole(void **state)
{
	struct key_pair pair;
	char path[5000];
	_Alignas(struct inotify_event) char in[4096];
	int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), named = 0;
	key_pair_new(&pair);
	assert_true(inotify_add_watch(
	                    watch, *state, IN_CREATE | IN_MODIFY | IN_MOVED_TO) >= 0);
	snprintf(path, sizeof path, "%s/own.pub", (char *)*state);
	assert_int_equal(key_write(path, pair.public_key, 0, NULL), OK);
	ssize_t n = read(watch, in, sizeof in);
	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *event = (const void *)(in + at);
		if (event->len > 0 && strcmp(event->name, "own.pub") == 0) {
			assert_false(event->mask & IN_MODIFY);
			named++;
		}
		at += (ssize_t)(sizeof *event + event->len);
	}
	close(watch);
	assert_int_equal(named, 1);
	/* and nothing is left beside it */
	assert_int_equal(key_write(path, pair.public_key, 0, NULL), REFUSED);
	DIR *dir = opendir(*state);
	for (struct dirent *file; (file = readdir(dir)) != NULL;)
		assert_null(strstr(file->d_name, ".tmp"));
	closedir(dir);
}

static void what_is_no_key_is_refused(void **state)
{
	static const char *const bad[] = { "", "short\n",
		"0123456789012345678901234567890123456789012\n",
		"                                        \n" };
	char path[5000], key[KEY_TEXT];
	struct problem why;
	snprintf(path, sizeof path, "%s/bad.pub", (char *)*state);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		FILE *out = fopen(path, "w");
		fputs(bad[i], out);
		fclose(out);
		assert_int_equal(key_read(path, key, 0, &why), MALFORMED);
		assert_contains(why.text, path);
	}
	assert_int_equal(key_read("/nowhere/x.pub", key, 0, &why), NOT_FOUND);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	alarm(60); /* for a FIFO nobody writes to one would wait for good */
	assert_int_equal(key_read(path, key, 0, &why), FAILED);
	assert_contains(why.text, "it is no regular file");
	alarm(0);
	assert_false(key_valid("too short"));
	struct key_pair pair;
	key_pair_new(&pair);
	assert_true(key_valid(pair.public_key));
}

static void a_new_pair_is_two_files_and_never_replaced(void **state)
{
	char key[KEY_TEXT], read[KEY_TEXT], secret[KEY_TEXT];
	struct problem why;
	struct stat st;
	assert_int_equal(keys_new(*state, "bt-outlet", key, &why), OK);
	assert_int_equal(
	        key_read(in_folder(*state, "bt-outlet.pub"), read, 0, NULL), OK);
	assert_string_equal(read, key);
	const char *path = in_folder(*state, "bt-outlet.secret");
	assert_int_equal(key_read(path, secret, 1, NULL), OK);
	assert_string_not_equal(secret, key);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0400);
	assert_int_equal(keys_new(*state, "bt-outlet", key, &why), REFUSED);
	assert_contains(why.text, "bt-outlet.secret: is there already");
}

static void a_public_key_in_the_way_leaves_no_half_pair(void **state)
{
	char key[KEY_TEXT];
	struct problem why;
	assert_int_equal(keys_new(*state, "a", key, &why), OK);
	assert_int_equal(unlink(in_folder(*state, "a.secret")), 0);
	assert_int_equal(keys_new(*state, "a", key, &why), REFUSED);
	assert_int_equal(access(in_folder(*state, "a.secret"), F_OK), -1);
}

static void names_that_are_no_station_are_refused(void **state)
{
	static const char *const bad[] = { "", "Upper", "a/b", "../x", "-x",
		"longer-than-sixteen", "a.b" };
	char key[KEY_TEXT];
	struct problem why;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(keys_new(*state, bad[i], key, &why), REFUSED);
		assert_int_equal(why.exit, EXIT_USAGE);
		assert_int_equal(keys_admit(*state, bad[i], key, &why), REFUSED);
		assert_int_equal(keys_revoke(*state, bad[i], NOW, &why), REFUSED);
	}
	assert_int_equal(keys_new(*state, "sixteen-letters-", key, &why), OK);
}

static void the_collectors_own_pair_is_made_once_and_found_again(void **state)
{
	struct key_pair first, second;
	struct problem why;
	const char *path = in_folder(*state, "keys/collector.secret");
	assert_int_equal(keys_own(path, &first, &why), OK);
	assert_int_equal(keys_own(path, &second, &why), OK);
	assert_string_equal(first.secret_key, second.secret_key);
	assert_string_equal(first.public_key, second.public_key);
	assert_int_equal(access(in_folder(*state, "keys/collector.pub"), F_OK), 0);
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(keys_own(path, &second, &why), REFUSED);
	assert_contains(why.text, "chmod 0400");
}

static void a_station_is_admitted_revoked_and_admitted_anew(void **state)
{
	char one[KEY_TEXT], two[KEY_TEXT];
	struct problem why;
	struct key_entry *entry;
	const char *agents = in_folder(*state, "agents");
	assert_int_equal(keys_new(*state, "one", one, &why), OK);
	assert_int_equal(keys_new(*state, "two", two, &why), OK);
	assert_int_equal(keys_admit(agents, "bt-outlet", one, &why), OK);
	assert_int_equal(keys_admit(agents, "bt-outlet", one, &why), OK);
	assert_int_equal(keys_admit(agents, "bt-outlet", two, &why), REFUSED);
	assert_contains(why.text, "quantrac keys revoke bt-outlet");
	assert_int_equal(keys_revoke(agents, "bt-outlet", NOW, &why), OK);
	assert_int_equal(keys_revoke(agents, "bt-outlet", NOW, &why), NOT_FOUND);
	assert_int_equal(why.exit, EXIT_NO_FILE);
	/* others may have it: under no name it comes back */
	assert_int_equal(keys_admit(agents, "bt-outlet", one, &why), REFUSED);
	assert_contains(why.text, "was revoked");
	assert_int_equal(keys_admit(agents, "other", one, &why), REFUSED);
	assert_contains(why.text, "quantrac keys new other");
	/* a file with the key in it does as well */
	assert_int_equal(
	        keys_admit(agents, "bt-outlet", in_folder(*state, "two.pub"), &why),
	        OK);
	assert_int_equal(keys_list(agents, &entry, &why), 2);
	assert_true(entry[0].revoked);
	assert_int_equal(entry[0].since_us, NOW);
	assert_string_equal(entry[0].key, one);
	assert_false(entry[1].revoked);
	assert_string_equal(entry[1].key, two);
	free(entry);
}

static void two_keys_revoked_in_one_second_are_both_remembered(void **state)
{
	char key[2][KEY_TEXT], station[SOURCE_SIZE + 1] = "";
	const char *agents = in_folder(*state, "agents");
	for (int i = 0; i < 2; i++) {
		const char *name = i == 0 ? "one" : "two";
		assert_int_equal(keys_new(*state, name, key[i], NULL), OK);
		assert_int_equal(keys_admit(agents, "bt-outlet", key[i], NULL), OK);
		assert_int_equal(keys_revoked(agents, key[i], station), NOT_FOUND);
		assert_int_equal(keys_revoke(agents, "bt-outlet", NOW, NULL), OK);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		        keys_admit(agents, "bt-outlet", key[i], NULL), REFUSED);
		assert_int_equal(keys_revoked(agents, key[i], station), OK);
		assert_string_equal(station, "bt-outlet");
	}
	assert_int_equal(keys_revoked(agents, "", station), NOT_FOUND);
}

static void a_key_is_of_one_station_and_a_secret_one_of_none(void **state)
{
	char one[KEY_TEXT];
	struct problem why;
	const char *agents = in_folder(*state, "agents");
	assert_int_equal(keys_new(*state, "one", one, &why), OK);
	assert_int_equal(
	        keys_admit(agents, "nt-01", in_folder(*state, "one.secret"), &why),
	        REFUSED);
	assert_contains(why.text, "a secret key never leaves its machine");
	assert_int_equal(keys_admit(agents, "nt-01", one, &why), OK);
	assert_int_equal(keys_admit(agents, "nt-02", one, &why), REFUSED);
	assert_contains(why.text, "this is the key of nt-01");
	assert_int_equal(why.exit, EXIT_CONFIG);
	assert_int_equal(keys_revoke(agents, "nt-01", NOW, &why), OK);
	assert_int_equal(keys_admit(agents, "nt-02", one, &why), REFUSED);
	assert_contains(why.text, "this key of nt-01 was revoked");
}

static void a_list_that_cannot_be_read_is_named(void **state)
{
	struct problem why;
	struct key_entry *entry;
	assert_int_equal(keys_list(in_folder(*state, "none"), &entry, &why), NOT_FOUND);
	assert_int_equal(why.exit, EXIT_NO_FILE);
	assert_contains(why.text, "--agents");
	assert_int_equal(keys_list(*state, &entry, &why), 0);
	free(entry);
}

static int keys(const char *a, const char *b, const char *c, const char *agents)
{
	const char *word[] = { "keys", "-q", "--agents", agents, a, b, c };
	char text[7][256], *argv[8];
	int argc = 0;
	for (size_t i = 0; i < sizeof word / sizeof word[0]; i++)
		if (word[i][0] != '\0') {
			snprintf(text[i], sizeof text[i], "%s", word[i]);
			argv[argc++] = text[i];
		}
	argv[argc] = NULL;
	int status = command_keys(argc, argv);
	fflush(stdout);
	return status;
}

static void the_command_ends_with_the_code_of_what_happened(void **state)
{
	char key[KEY_TEXT];
	const char *agents = in_folder(*state, "agents");
	assert_int_equal(keys_new(*state, "one", key, NULL), OK);
	assert_int_equal(keys("list", "", "", agents), EXIT_NO_FILE);
	assert_int_equal(keys("admit", "bt-outlet", key, agents), 0);
	assert_int_equal(keys("list", "", "", agents), 0);
	assert_int_equal(keys("revoke", "bt-outlet", "", agents), 0);
	assert_int_equal(keys("revoke", "bt-outlet", "", agents), EXIT_NO_FILE);
	assert_int_equal(keys("admit", "bt-outlet", "nonsense", agents), EXIT_CONFIG);
	assert_int_equal(keys("", "", "", agents), EXIT_USAGE);
	assert_int_equal(keys("list", "more", "", agents), EXIT_USAGE);
}

static void a_new_public_key_can_be_written_on_a_command_line(void **state)
{
	(void)state;
	struct key_pair pair;
	for (int drawn = 0; drawn < 1000; drawn++) {
		assert_int_equal(key_pair_new(&pair), OK);
		assert_int_not_equal(pair.public_key[0], '-');
	}
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(key_files_come_back_as_written_and_secrets_stay_secret),
		WITH(a_key_file_gets_its_name_when_it_is_whole),
		WITH(what_is_no_key_is_refused),
		WITH(a_new_pair_is_two_files_and_never_replaced),
		WITH(a_public_key_in_the_way_leaves_no_half_pair),
		WITH(names_that_are_no_station_are_refused),
		WITH(the_collectors_own_pair_is_made_once_and_found_again),
		WITH(a_station_is_admitted_revoked_and_admitted_anew),
		WITH(two_keys_revoked_in_one_second_are_both_remembered),
		WITH(a_key_is_of_one_station_and_a_secret_one_of_none),
		WITH(a_list_that_cannot_be_read_is_named),
		WITH(the_command_ends_with_the_code_of_what_happened),
		cmocka_unit_test(a_new_public_key_can_be_written_on_a_command_line),
	};
	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
