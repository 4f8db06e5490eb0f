/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One more item in a list of a configuration: the new text is what a person would have
 * written, and everything else in it is what it was. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/config.h"

struct thing {
	const char *id, *text;
};

struct document {
	size_t n, n_others;
	struct thing *thing, *other;
};

static const struct field thing_fields[] = {
	{ .key = "id", .type = FIELD_ID, .at = offsetof(struct thing, id) },
	{ .key = "text", .type = FIELD_TEXT, .at = offsetof(struct thing, text) },
	{ 0 },
};
static const struct section thing_section = { "thing", sizeof(struct thing),
	thing_fields, NULL };
static const struct field fields[] = {
	{ .key = "things",
	        .type = FIELD_SECTIONS,
	        .at = offsetof(struct document, thing),
	        .count_at = offsetof(struct document, n),
	        .section = &thing_section },
	{ .key = "others",
	        .type = FIELD_SECTIONS,
	        .at = offsetof(struct document, other),
	        .count_at = offsetof(struct document, n_others),
	        .section = &thing_section },
	{ 0 },
};
static const struct section section = { "document", sizeof(struct document), fields,
	NULL };

static const struct config_item item = { "# why\n- id: new\n  text: x\n",
	"{id: new, text: x}" };

/* The text with the item in `things`; it must be read again, with the item last and all
 * else as before. */
static char *appended(const char *text)
{
	struct document before = { 0 }, after = { 0 };
	struct config *config, *again;
	size_t n = 0;
	assert_int_equal(config_read_text(&config, text, strlen(text), "x", &section,
	                         &before, stderr),
	        0);
	char *made = config_append(config, "things", &item, &n);
	assert_non_null(made);
	assert_int_equal(n, strlen(made));
	assert_int_equal(
	        config_read_text(&again, made, n, "x", &section, &after, stderr), 0);
	assert_int_equal(after.n, before.n + 1);
	assert_int_equal(after.n_others, before.n_others);
	for (size_t i = 0; i < before.n; i++) {
		assert_string_equal(after.thing[i].id, before.thing[i].id);
		assert_string_equal(after.thing[i].text, before.thing[i].text);
	}
	for (size_t i = 0; i < before.n_others; i++)
		assert_string_equal(after.other[i].id, before.other[i].id);
	assert_string_equal(after.thing[before.n].id, "new");
	config_free(config);
	config_free(again);
	return made;
}

static void becomes(const char *text, const char *want)
{
	char *made = appended(text);
	assert_string_equal(made, want);
	free(made);
}

static void an_item_goes_behind_the_last_one_and_before_what_follows(void **state)
{
	becomes("# head\n"
	        "things:           # the first list\n"
	        "  - id: a         # one\n"
	        "    text: b       # two\n"
	        "  # old: {id: c}\n"
	        "\n"
	        "others:\n"
	        "  - {id: d}\n",
	        "# head\n"
	        "things:           # the first list\n"
	        "  - id: a         # one\n"
	        "    text: b       # two\n"
	        "  # why\n"
	        "  - id: new\n"
	        "    text: x\n"
	        "  # old: {id: c}\n"
	        "\n"
	        "others:\n"
	        "  - {id: d}\n");
}

static void comments_stay_with_the_item_they_stand_in(void **state)
{
	becomes("things:\n"
	        "  - id: a\n"
	        "    # text: c      # of a\n"
	        "\n"
	        "    # of a too\n"
	        "\n"
	        "  # of nobody\n"
	        "    # of nobody too\n"
	        "others: []\n",
	        "things:\n"
	        "  - id: a\n"
	        "    # text: c      # of a\n"
	        "\n"
	        "    # of a too\n"
	        "  # why\n"
	        "  - id: new\n"
	        "    text: x\n"
	        "\n"
	        "  # of nobody\n"
	        "    # of nobody too\n"
	        "others: []\n");
	becomes("things:\n- id: a\n # of a", "things:\n- id: a\n # of a\n"
	                                     "# why\n- id: new\n  text: x\n");
	becomes("things:\n- id: a\n# of nobody",
	        "things:\n- id: a\n# why\n- id: new\n  text: x\n# of nobody");
	becomes("things:\r\n  - id: a\r\n    # of a\r\n  # of nobody\r\n",
	        "things:\r\n  - id: a\r\n    # of a\r\n  # why\r\n  - id: new\r\n"
	        "    text: x\r\n  # of nobody\r\n");
}

static void a_list_without_indentation_stays_so(void **state)
{
	becomes("things:\n- {id: a}\n- {id: b, text: 'ế, x'}  # Nước thải\nothers: "
	        "[]\n",
	        "things:\n- {id: a}\n- {id: b, text: 'ế, x'}  # Nước thải\n"
	        "# why\n- id: new\n  text: x\nothers: []\n");
}

static void a_list_in_brackets_stays_in_brackets(void **state)
{
	becomes("things: [{id: a, text: ế}]  # one\nothers: []\n",
	        "things: [{id: a, text: ế}, {id: new, text: x}]  # one\nothers: []\n");
	becomes("things: [\n  {id: a},  # one\n  {id: b},  # two\n]\n",
	        "things: [\n  {id: a},  # one\n  {id: b}, {id: new, text: x},  # "
	        "two\n]\n");
	becomes("things: []\n", "things: [{id: new, text: x}]\n");
}

static void a_list_that_is_not_there_is_added(void **state)
{
	becomes("others: [{id: d}]\n",
	        "others: [{id: d}]\nthings:\n  # why\n  - id: new\n    text: x\n");
	becomes("others: [{id: d}]",
	        "others: [{id: d}]\nthings:\n  # why\n  - id: new\n    text: x\n");
}

static void ends_of_every_kind_are_found(void **state)
{
	becomes("things:\n  - id: a\n    text: b",
	        "things:\n  - id: a\n    text: b\n  # why\n  - id: new\n    text: x\n");
	becomes("things:\n  - id: a\n    text: |\n      b\n      c\nothers: []\n",
	        "things:\n  - id: a\n    text: |\n      b\n      c\n"
	        "  # why\n  - id: new\n    text: x\nothers: []\n");
	becomes("things:\n  - text: b\n     c\n    id: a\n  -\n    id: d\n    text: ~\n"
	        "others: []\n",
	        "things:\n  - text: b\n     c\n    id: a\n  -\n    id: d\n    text: ~\n"
	        "  # why\n  - id: new\n    text: x\nothers: []\n");
	becomes("things:\r\n  - id: a\r\nothers: []\r\n",
	        "things:\r\n  - id: a\r\n  # why\r\n  - id: new\r\n    text: x\r\n"
	        "others: []\r\n");
	becomes("things: [{id: a, text: \"q]\"}, {id: b, text: 'r}'}] # ]\n",
	        "things: [{id: a, text: \"q]\"}, {id: b, text: 'r}'}, {id: new, text: "
	        "x}] "
	        "# ]\n");
}

static void what_is_no_list_is_left_alone(void **state)
{
	struct document unused = { 0 };
	struct config *config;
	size_t n;
	config_read_text(&config, "things: 7\n", 10, "x", &section, &unused, NULL);
	assert_null(config_append(config, "things", &item, &n));
	config_free(config);
	assert_null(config_append(NULL, "things", &item, &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        an_item_goes_behind_the_last_one_and_before_what_follows),
		cmocka_unit_test(comments_stay_with_the_item_they_stand_in),
		cmocka_unit_test(a_list_without_indentation_stays_so),
		cmocka_unit_test(a_list_in_brackets_stays_in_brackets),
		cmocka_unit_test(a_list_that_is_not_there_is_added),
		cmocka_unit_test(ends_of_every_kind_are_found),
		cmocka_unit_test(what_is_no_list_is_left_alone),
	};
	return cmocka_run_group_tests_name("config_append", tests, NULL, NULL);
}
