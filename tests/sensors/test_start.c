/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What sensord's start would end with is known before it is started, and nothing is made to find out. */
#include "tests/kits/check.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "sensors/cabinet/contact.h"
#include "sensors/keeper/home.h"
#include "sensors/keeper/start.h"

static const char text[] =
        "zone: {id: kcn-mau, name: KCN Mẫu}\n"
        "station: {id: nt-01, name: Nước thải, simulation: yes}\n"
        "facility: {id: co-so-a, name: Cơ sở Mẫu A}\n"
        "outlets: [{id: cua-xa, name: Cửa xả, kind: water}]\n"
        "ports: [{id: bus, path: no-such-tty}, {id: file, path: station.yaml}]\n"
        "instruments:\n"
        "  - {id: ph, profile: sim-ph-temperature, port: bus, slave: 1}\n"
        "  - {id: ph2, profile: sim-ph-temperature, port: file, slave: 1}\n"
        "inputs: [{id: door, kind: door, gpio: /dev/no-such-chip, gpio_line: 3}]\n";

struct doubts {
	char said[START_REFUSED + 1][4000];
};

static void hear(void *context, enum start_doubt doubt, const char *words)
{
	struct doubts *doubts = context;
	size_t n = strlen(doubts->said[doubt]);
	snprintf(
	        doubts->said[doubt] + n, sizeof doubts->said[doubt] - n, "%s\n", words);
}

/* The station beside its files, and what is more in its configuration. */
static struct station *station_of(const char *folder, const char *more)
{
	struct station *station;
	struct problem why = { .text = "" };
	char *all;
	int n = asprintf(&all, "%s%s", text, more);
	assert_int_equal(
	        file_replace(in_folder(folder, "station.yaml"), all, (size_t)n, 0644),
	        OK);
	if (station_parse(&station, all, (size_t)n, in_folder(folder, "station.yaml"),
	            stderr, &why) != OK)
		fail_msg("%s", why.text);
	free(all);
	return station;
}

static int asked(const char *folder, const char *more, struct doubts *doubts,
        struct problem *why)
{
	struct station *station = station_of(folder, more);
	const struct start_told told = { .context = doubts, .tell = hear };
	*doubts = (struct doubts){ .said = { "" } };
	int status = start_check(station, &told, why);
	station_free(station);
	return status;
}

static void what_may_come_later_is_told_and_keeps_nobody_from_starting(void **state)
{
	struct doubts doubts;
	struct problem why = { .text = "" };
	assert_int_equal(asked(*state, "journal: {folder: j}\n", &doubts, &why), OK);
	assert_string_equal(doubts.said[START_REFUSED], "");
	assert_contains(doubts.said[START_ABSENT], "port 'bus': ");
	assert_contains(doubts.said[START_ABSENT],
	        "no-such-tty: No such file or directory; sensord looks for it until it "
	        "is there");
	assert_contains(doubts.said[START_ABSENT], "station.yaml is no serial port");
	assert_contains(doubts.said[START_ABSENT],
	        "input 'door': line 3 of /dev/no-such-chip: there is no such chip");
	assert_int_equal(access(in_folder(*state, "j"), F_OK), -1);
}

static void a_journal_that_cannot_be_made_is_refused_in_the_words_of_the_start(
        void **state)
{
	struct doubts doubts;
	struct problem why = { .text = "" }, starts = { .text = "" };
	struct home home;
	static const char *const below[] = { "journal: {folder: station.yaml}\n",
		"journal: {folder: station.yaml/deep/er}\n" };
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(asked(*state, below[i], &doubts, &why), FAILED);
		assert_contains(doubts.said[START_REFUSED], "cannot be made: ");
		assert_int_equal(why.exit, EXIT_CONFIG);
		struct station *station = station_of(*state, below[i]);
		assert_int_equal(home_open(&home, station, &starts), FAILED);
		assert_string_equal(why.text, starts.text);
		station_free(station);
	}
}

/* A check beside a running cabinet is no reason for alarm. */
static void a_journal_that_another_sensord_writes_is_no_doubt(void **state)
{
	struct doubts doubts;
	struct problem why = { .text = "" };
	struct home home;
	struct station *station = station_of(*state, "journal: {folder: j}\n");
	assert_int_equal(home_open(&home, station, &why), OK);
	assert_int_equal(asked(*state, "journal: {folder: j}\n", &doubts, &why), OK);
	home_close(&home);
	station_free(station);
}

static const char linked[] = "journal: {folder: j}\n"
                             "collector: {endpoint: \"tcp://192.0.2.7:5710\", "
                             "server_key: c.pub, secret_key: "
                             "own.secret}\n";

static void keys_that_are_not_there_are_refused(void **state)
{
	struct doubts doubts;
	struct problem why = { .text = "" };
	assert_int_equal(asked(*state, linked, &doubts, &why), NOT_FOUND);
	assert_contains(doubts.said[START_REFUSED], "c.pub: cannot read the key: ");
}

/* Somebody else's key and journal may be sound: who may not look cannot say that sensord would not start. */
static void what_this_user_may_not_look_at_is_told_as_not_seen(void **state)
{
	struct doubts doubts;
	struct problem why = { .text = "" };
	uid_t before = geteuid();
	assert_int_equal(file_replace(in_folder(*state, "c.pub"), "x", 1, 0000), OK);
	struct station *station = station_of(*state, linked);
	const struct start_told told = { .context = &doubts, .tell = hear };
	doubts = (struct doubts){ .said = { "" } };
	assert_int_equal(mkdir(in_folder(*state, "j"), 0700), 0);
	if (before == 0) {
		assert_int_equal(chmod(*state, 0755), 0);
		assert_int_equal(seteuid(65534), 0);
	} else {
		assert_int_equal(chmod(in_folder(*state, "j"), 0), 0);
	}
	int status = start_check(station, &told, &why);
	assert_int_equal(seteuid(before), 0);
	assert_int_equal(chmod(in_folder(*state, "j"), 0700), 0);
	station_free(station);
	assert_int_equal(status, OK);
	assert_contains(doubts.said[START_UNSEEN], "j: this user may not write there");
	assert_contains(
	        doubts.said[START_UNSEEN], "c.pub: this user may not read the key");
	assert_string_equal(doubts.said[START_REFUSED], "");
}

/* ---- a GPIO chip, without one ---- */

static int chip_error;

static int chip_open(const char *path, int flags)
{
	errno = chip_error;
	return chip_error != 0 ? -1 : open("/dev/null", flags);
}

static int chip_ioctl(int fd, unsigned long request, void *argument)
{
	assert_int_equal(request, GPIO_GET_CHIPINFO_IOCTL); /* no line is taken */
	((struct gpiochip_info *)argument)->lines = 54;
	return 0;
}

static void a_line_is_looked_at_without_being_taken(void **state)
{
	static const struct contact_system chip = {
		.open = chip_open, .ioctl = chip_ioctl, .close = close
	};
	struct problem why = { .text = "" };
	chip_error = 0;
	assert_int_equal(gpio_look(&chip, "/dev/gpiochip0", 53, &why), OK);
	assert_int_equal(gpio_look(&chip, "/dev/gpiochip0", 54, &why), FAILED);
	assert_string_equal(why.text, "the chip has 54 lines, counted from 0");
	chip_error = EACCES;
	assert_int_equal(gpio_look(&chip, "/dev/gpiochip0", 1, &why), REFUSED);
	chip_error = ENOENT;
	assert_int_equal(gpio_look(&chip, "/dev/gpiochip0", 1, &why), FAILED);
	assert_int_equal(
	        gpio_look(&contact_real, project_file("README.md"), 1, &why), FAILED);
	assert_contains(why.text, "this is no GPIO chip");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(what_may_come_later_is_told_and_keeps_nobody_from_starting),
		WITH(a_journal_that_cannot_be_made_is_refused_in_the_words_of_the_start),
		WITH(a_journal_that_another_sensord_writes_is_no_doubt),
		WITH(keys_that_are_not_there_are_refused),
		WITH(what_this_user_may_not_look_at_is_told_as_not_seen),
		cmocka_unit_test(a_line_is_looked_at_without_being_taken),
	};
	return cmocka_run_group_tests_name("start", tests, NULL, NULL);
}
