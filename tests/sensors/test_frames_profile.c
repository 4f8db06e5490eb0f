/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles of binary frames: what a writer can get wrong is told, with its place. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/frames.h"
#include "sensors/tables/profile.h"
#include "tests/kits/changed.h"

static const char good[] =
        "name: toy\n"
        "maker: Nobody\n"
        "model: Toy\n"
        "summary: A toy\n"
        "source: test\n"
        "driver: stream-frame\n"
        "blocks:\n"
        "  - name: values\n"
        "    request: \"A0 01\"\n"
        "    header: \"A5 01\"\n"
        "    length_at: 2\n"
        "    length_add: 4\n"
        "    longest: 30\n"
        "    check: sum8\n"
        "    check_over: \"1-\"\n"
        "    refused: \"5A\"\n"
        "    error_at: 3\n"
        "    errors: [\"0x43: not now\"]\n"
        "    blank: \"4-11\"\n"
        "    start: begin\n"
        "    start_if: [\"0x43\"]\n"
        "    source: test\n"
        "  - name: begin\n"
        "    request: \"A0 02\"\n"
        "    header: \"A5 02\"\n"
        "    length: 4\n"
        "    check: crc16-modbus\n"
        "    source: test\n"
        "channels:\n"
        "  - {name: a, label_vi: A, label_en: A, unit: mg/L, block: values, at: 4, "
        "type: u16, order: AB}\n"
        "  - {name: b, label_vi: B, label_en: B, unit: mg/L, block: values, at: 6, "
        "type: u24, order: CBA}\n"
        "  - {name: c, label_vi: C, label_en: C, unit: mg/L, block: values, at: 9, "
        "type: u8, mask: 0xF0, shift: 4}\n"
        "states:\n"
        "  - {block: values, at: 2, order: AB, when: [\"3\"], state: fault}\n"
        "fresh:\n"
        "  - {block: values, at: 10, count: 2}\n"
        "vendor:\n"
        "  - {block: values, at: 12, count: 2}\n";

static void refused(const char *from, const char *to, const char *says)
{
	profile_refused(good, from, to, says);
}

static void taken(const char *from, const char *to)
{
	profile_taken(good, from, to);
}

static void a_good_profile_is_read(void **state)
{
	struct profile *profile;
	struct problem why;
	assert_int_equal(
	        profile_parse(&profile, good, strlen(good), "toy.yaml", stderr, &why),
	        OK);
	const struct frames_block *values = frames_block(profile, 0);
	const struct frames_block *start = frames_block(profile, 1);
	assert_ptr_equal(profile->driver, &frames_driver);
	assert_int_equal(values->rule.header.n, 2);
	assert_int_equal(values->rule.length_size, 1);
	assert_int_equal(values->rule.from, 1);
	assert_int_equal(values->rule.to, 0);
	assert_int_equal(values->blank_from, 4);
	assert_int_equal(values->blank_to, 12);
	assert_int_equal(values->error_mask, 0xFF);
	assert_int_equal(values->needs, 10);
	assert_int_equal(values->start, 1);
	assert_true(map_covers(values->idle, 0x43) && !map_covers(values->idle, 0x42));
	assert_false(values->on_demand);
	assert_true(start->on_demand);
	assert_true(start->rule.check_low_first);
	assert_false(values->rule.check_low_first);
	profile_free(profile);
}

static void bytes_and_places_that_are_none_are_told(void **state)
{
	refused("\"A0 01\"", "\"A0 1\"", "'A0 1' are no bytes");
	refused("\"A0 01\"", "\"A0 ..\"", "`..` is no byte to send");
	refused("\"5A\"", "\"..\"", "`..` is no byte to send");
	refused("\"A5 01\"", "\"\"", "there is no header");
	taken("\"A5 01\"", "\"A5 01 ..\"");
	refused("\"1-\"", "\"1\"", "'1' are no places");
	refused("\"1-\"", "\"7-2\"", "'7-2' are no places");
	refused("\"1-\"", "\"x-2\"", "'x-2' are no places");
	refused("\"1-\"", "\"-2\"", "'-2' are no places");
	refused("\"4-11\"", "\"4-\"", "'4-' are no places");
	refused("\"4-11\"", "\"4-30\"", "byte 30 lies outside the frame");
	taken("\"4-11\"", "\"4-29\"");
	refused("[\"0x43: not now\"]", "[\"0x43\"]",
	        "does not say what an error means");
	refused("[\"0x43: not now\"]", "[\"256: much\"]", "does not say");
	refused("[\"0x43\"]\n    source", "[\"67 \"]\n    source",
	        "is no error number");
	refused("[\"0x43\"]\n    source", "[\"0\"]\n    source", "is no error number");
	refused("[\"0x43\"]\n    source", "[\"256\"]\n    source",
	        "is no error number");
	taken("[\"0x43\"]\n    source", "[\"255\"]\n    source");
}

static void a_frame_that_cannot_be_is_told(void **state)
{
	refused("    length_at: 2\n", "", "neither `length` nor `length_at`");
	refused("    length: 4\n", "    length: 3\n", "do not fit into it");
	refused("    length: 4\n", "    length: 4\n    tail: \"AB\"\n", "do not fit");
	taken("    length: 4\n", "    length: 5\n    tail: \"AB\"\n");
	refused("    length: 4\n", "    length: 4\n    longest: 9\n",
	        "a fixed length and a length field");
	refused("    longest: 30\n", "", "do not fit into it");
	refused("\"1-\"", "\"3-8\"\n    check_at: 5", "the check covers itself");
	refused("\"1-\"", "\"9-\"\n    check_at: 5", "the check covers no bytes");
	taken("\"1-\"", "\"6-8\"\n    check_at: 5");
	refused("    check: sum8\n", "    check: sum8\n    stuffed: yes\n",
	        "begins with 7E");
	refused("    longest: 30\n", "    longest: 261\n", "longest");
	taken("    longest: 30\n", "    longest: 260\n");
	refused("    error_at: 3\n", "    error_at: 4\n",
	        "byte 4 lies outside the shortest frame, which has 4");
}

static void blocks_must_be_told_from_one_another(void **state)
{
	refused("    request: \"A0 02\"\n", "", "block 'begin' has no request");
	refused("    header: \"A5 02\"\n", "    header: \"A5 01\"\n", "look alike");
	refused("    header: \"A5 02\"\n", "    header: \"A5 ..\"\n", "look alike");
	refused("    start: begin\n", "    start: values\n", "cannot start another");
	refused("    start: begin\n", "    start: begun\n",
	        "there is no block 'begun'");
	refused("    start: begin\n", "", "`start_if` without `start`");
	refused("at: 4, type: u16, order: AB}",
	        "at: 4, type: u16, order: AB}\n"
	        "  - {name: d, label_vi: D, label_en: D, unit: mg/L, block: begin, at: "
	        "1, "
	        "type: u8}",
	        "block 'begin' is only asked to start");
}

static void numbers_must_lie_in_their_frame(void **state)
{
	refused("at: 4, type: u16, order: AB", "at: 4, type: u16", "needs `order`");
	refused("type: u16, order: AB", "type: u16, order: ABCD",
	        "type u16 cannot have the order ABCD");
	refused("type: u8, mask", "type: u8, order: AB, mask",
	        "cannot have the order AB");
	refused("type: u8, mask", "type: i8, mask", "mask and shift are for u8 to u32");
	refused("at: 4, type: u16", "at: 29, type: u16",
	        "byte 30 lies outside the frame");
	taken("at: 4, type: u16", "at: 28, type: u16");
	refused("at: 2, order: AB", "at: 3, order: AB",
	        "byte 4 lies outside the shortest frame");
	refused("at: 10, count: 2", "at: 29, count: 2", "byte 30 lies outside");
	refused("at: 12, count: 2", "at: 30, count: 1", "byte 30 lies outside");
	char many[1024] = "at: 12, count: 2}";
	for (int i = 0; i < 9; i++)
		strcat(many, "\n  - {block: values, at: 1, count: 28}");
	many[strlen(many) - 1] = '\0';
	taken("at: 12, count: 2", many);
	strcat(many, "}\n  - {block: values, at: 1, count: 3");
	refused("at: 12, count: 2", many, "more than 256 bytes of status");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_profile_is_read),
		cmocka_unit_test(bytes_and_places_that_are_none_are_told),
		cmocka_unit_test(a_frame_that_cannot_be_is_told),
		cmocka_unit_test(blocks_must_be_told_from_one_another),
		cmocka_unit_test(numbers_must_lie_in_their_frame),
	};
	return cmocka_run_group_tests_name("frames_profile", tests, NULL, NULL);
}
