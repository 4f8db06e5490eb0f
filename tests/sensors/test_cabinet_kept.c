/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an operator ordered is on the disk before he is told that it is done. */
#include "tests/kits/check.h"

#include <string.h>

#include "tests/kits/cabinet_rig.h"

static const char no_key[] = "cabinet: {usb: no, boot: no, login: no}\n";

static const struct order on = { .id = "flow", .on = true, .reason = "a new sensor" };

static void an_order_is_on_the_disk_when_it_is_answered(void **state)
{
	struct cabinet_memory memory;
	struct problem why;
	char answer[CONTROL_MOST];
	rig_begin(no_key);
	assert_int_equal(rig_order(&on, answer), OK);
	assert_int_equal(rig.outcome, CONTROL_OK);
	assert_contains(answer, "maintenance of flow until ");
	assert_int_equal(
	        cabinet_memory_read(&memory, in_folder(rig.folder, CABINET_FILE), &why),
	        OK);
	assert_int_equal(memory.n_maintenance, 1);
	assert_string_equal(memory.maintenance[0].id, "flow");
	cabinet_memory_free(&memory);
}

static void an_order_that_the_disk_does_not_take_holds_and_says_so(void **state)
{
	struct order off = on;
	char answer[CONTROL_MOST];
	rig_begin(no_key);
	rig.keep_note = true;
	int64_t given_us = rig.now.mono_us;
	assert_int_equal(rig_order(&on, answer), OK);
	assert_int_equal(rig.outcome, CONTROL_UNKEPT);
	assert_contains(answer, "maintenance of flow until ");
	assert_in_range(rig.now.mono_us - given_us, 5 * SEC, 6 * SEC);
	assert_string_equal(rig_last("maintenance flow")->state, "on");
	/* one that changes nothing is answered at once, and one that ends it when
	 * the disk is back */
	given_us = rig.now.mono_us;
	off.on = false;
	off.id[0] = 'x';
	assert_int_equal(rig_order(&off, answer), REFUSED);
	assert_in_range(rig.now.mono_us - given_us, 0, 2 * SEC);
	rig.keep_note = false;
	off.id[0] = 'f';
	assert_int_equal(rig_order(&off, answer), OK);
	assert_int_equal(rig.outcome, CONTROL_OK);
}

/* The end comes while it waits for the disk; `written`: which takes it at the last moment. */
static void the_end_comes(bool written, const char *want)
{
	rig_begin(no_key);
	rig.keep_note = true;
	int fd = rig_give(&on);
	if (written)
		cabinet_note_write(&rig.note, in_folder(rig.folder, CABINET_FILE));
	cabinet_free(rig.cabinet);
	rig.cabinet = NULL;
	rig_heard(fd, want);
}

static void an_order_written_at_the_very_end_is_answered(void **state)
{
	the_end_comes(true, "ok\nmaintenance of flow until ");
}

static void an_order_not_written_at_the_end_is_answered_so(void **state)
{
	the_end_comes(false, "ok unkept\nmaintenance of flow until ");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(an_order_is_on_the_disk_when_it_is_answered),
		EACH(an_order_that_the_disk_does_not_take_holds_and_says_so),
		EACH(an_order_written_at_the_very_end_is_answered),
		EACH(an_order_not_written_at_the_end_is_answered_so),
	};
	return cmocka_run_group_tests_name("cabinet_kept", tests, NULL, NULL);
}
