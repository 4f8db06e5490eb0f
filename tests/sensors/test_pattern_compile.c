/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "sensors/tables/checksum.h"
#include "tests/kits/pattern_kit.h"

static const struct wrong {
	const char *pattern, *where, *what;
	int checksum;
} wrongs[] = {
	{ "", "character 1", "empty", CHECKSUM_NONE },
	{ "abc{", "character 5", "a name", CHECKSUM_NONE },
	{ "abc{o3", "character 7", "opened at character 4 is never closed",
	        CHECKSUM_NONE },
	{ "abc{o3 }", "character 7", "'}' belongs here", CHECKSUM_NONE },
	{ "abc{}d", "character 5", "a name", CHECKSUM_NONE },
	{ "{o3:}d", "character 5", "a number of 0 to 99", CHECKSUM_NONE },
	{ "{o3:0}d", "character 5", "0 characters wide", CHECKSUM_NONE },
	{ "{o3:100}d", "character 5", "a number of 0 to 99", CHECKSUM_NONE },
	{ "ab\\q", "character 3", "write \\r", CHECKSUM_NONE },
	{ "ab\\x4", "character 3", "two hexadecimal digits", CHECKSUM_NONE },
	{ "ab\\xg0", "character 3", "two hexadecimal digits", CHECKSUM_NONE },
	{ "ab\\", "character 3", "write \\r", CHECKSUM_NONE },
	{ "{address+}", "character 10", "a number of 0 to 255", CHECKSUM_NONE },
	{ "{address+256}", "character 10", "a number of 0 to 255", CHECKSUM_NONE },
	{ "<{pairs =}>", "character 10", "two characters", CHECKSUM_NONE },
	{ "<{pairs = ; unit", "character 17", "never closed", CHECKSUM_NONE },
	{ "<{pairs}>", "character 8", "two characters", CHECKSUM_NONE },
	{ "ab{check}\\r", "character 3", "needs the profile's `checksum`",
	        CHECKSUM_NONE },
	{ "{check}\\r", "character 1", "nothing before it", CHECKSUM_XOR },
	{ "a{check}{check}\\r", "character 9", "a second {check}", CHECKSUM_XOR },
	{ "o3 {v}", "character 1", "where {v} ends", CHECKSUM_NONE },
	{ "o3 {v}{w}\\r", "character 1", "where {v} ends", CHECKSUM_NONE },
	{ "o3 {v}{w:3}", "character 1", "where {v} ends", CHECKSUM_NONE },
	{ "o3 {_}{pairs = ;}\\r", "character 1", "where {_} ends", CHECKSUM_NONE },
	{ "o3 {pairs = ;}", "character 1", "where {pairs} ends", CHECKSUM_NONE },
	{ "{v} {v}\\r", "character 1", "a second 'v'", CHECKSUM_NONE },
	{ "{aaaaaaaaaaaaaaaaaaaaaaaa}\\r", "character 2", "at most 23", CHECKSUM_NONE },
};

static void a_wrong_template_says_what_is_wrong_where(void **state)
{
	struct pattern pattern;
	struct problem why;
	for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
		const struct wrong *w = &wrongs[i];
		char where[40];
		if (pattern_compile(&pattern, w->pattern, w->checksum, &why) !=
		        MALFORMED)
			fail_msg("'%s' is taken", w->pattern);
		snprintf(where, sizeof where, "%s:", w->where);
		assert_contains(why.text, where);
		assert_contains(why.text, w->what);
		assert_int_equal(
		        pattern_compile(&pattern, w->pattern, w->checksum, NULL),
		        MALFORMED);
	}
}

static void a_template_has_as_much_as_there_is_room_for(void **state)
{
	char text[2 * PATTERN_BYTES + 8];
	struct pattern pattern;
	struct problem why;
	memset(text, 'a', PATTERN_BYTES);
	text[PATTERN_BYTES] = '\0';
	assert_int_equal(pattern_compile(&pattern, text, CHECKSUM_NONE, &why), OK);
	text[PATTERN_BYTES] = 'a';
	text[PATTERN_BYTES + 1] = '\0';
	assert_int_equal(
	        pattern_compile(&pattern, text, CHECKSUM_NONE, &why), MALFORMED);
	assert_contains(why.text, "too long");
	for (size_t i = 0; i <= PATTERN_PARTS; i++)
		memcpy(text + 2 * i, i % 2 == 0 ? "ab" : "  ", 3);
	assert_int_equal(
	        pattern_compile(&pattern, text, CHECKSUM_NONE, &why), MALFORMED);
	assert_contains(why.text, "too long");
	text[2 * PATTERN_PARTS] = '\0';
	assert_int_equal(pattern_compile(&pattern, text, CHECKSUM_NONE, &why), OK);
}

static void a_template_knows_its_first_byte_and_its_names(void **state)
{
	struct pattern text =
	        pattern_of("\\x02{_:1}AKON {status} {v}\\x03", CHECKSUM_NONE);
	struct pattern field = pattern_of("{v} {pairs = ;}\\r", CHECKSUM_NONE);
	assert_int_equal(pattern_first(&text), 2);
	assert_int_equal(pattern_first(&field), -1);
	assert_true(pattern_names(&text, "status"));
	assert_false(pattern_names(&text, "stat"));
	assert_false(pattern_names(&text, ""));
	assert_true(pattern_names(&field, "anything"));
	assert_false(pattern_checked(&text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_template_says_what_is_wrong_where),
		cmocka_unit_test(a_template_has_as_much_as_there_is_room_for),
		cmocka_unit_test(a_template_knows_its_first_byte_and_its_names),
	};
	return cmocka_run_group_tests_name("pattern_compile", tests, NULL, NULL);
}
