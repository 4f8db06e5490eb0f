/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules that can never hold, and `none` that can never come: a profile that has them is refused. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/modbus.h"
#include "sensors/tables/profile.h"
#include "tests/kits/changed.h"

static const char good[] =
        "name: toy\nmaker: m\nmodel: m\nsummary: s\nsource: s\ndriver: modbus\n"
        "blocks:\n"
        "  - {name: values, function: 3, start: 0, count: 8, source: s}\n"
        "  - {name: bits, function: 2, start: 0, count: 16, source: s}\n"
        "channels:\n"
        "  - name: cod\n"
        "    label_vi: COD\n"
        "    label_en: COD\n"
        "    unit: mg/L\n"
        "    block: values\n"
        "    at: 0\n"
        "    type: f32\n"
        "    order: CDAB\n"
        "    none: [\"-9999\", \"0x7FA00000\"]\n"
        "states:\n"
        "  - {block: bits, at: 3, state: fault}\n"
        "  - {block: values, at: 2, when: [\"3\", \"0x80-0xBF\"], state: "
        "calibrating}\n";

static void refused(const char *from, const char *to, const char *says)
{
	profile_refused(good, from, to, says);
}

/* A rule that no word makes hold is a state that nobody is ever told. */
static void a_rule_that_cannot_hold_is_refused(void **state)
{
	const char *const rule = "at: 2, when: [\"3\", \"0x80-0xBF\"]";
	const char *const never = "no word of 16 bits makes this rule hold";
	refused(rule, "at: 2, bit: 6, mask: 0x40", never);
	refused(rule, "at: 2, mask: 0x0F, when: [\"0x80\"]", never);
	refused(rule, "at: 2, bit: 3, when: [\"8\"]", never);
	refused(rule, "at: 2, when: [\"70000\"]", never);
	refused(rule, "at: 2, mask: 0x0F, unless: [\"0-0x0F\"]", never);
	refused(rule, "at: 2, mask: 0x0F, unless: [\"0x10\"]", "every word of 16 bits");
	refused("block: bits, at: 3,", "block: bits, at: 3, bit: 3,",
	        "no word of 1 bits");
}

/* What is said of the profile with these keys of its channel; NULL: nothing. */
static const char *warned(const char *keys, const char *driver)
{
	static char said[2048];
	struct profile *p;
	struct problem why;
	char *half = changed_text(good, "    block: values\n", keys);
	char *text = changed_text(half, "driver: modbus\n", driver);
	FILE *out = fmemopen(said, sizeof said, "w");
	if (profile_parse(&p, text, strlen(text), "toy.yaml", out, &why) != OK)
		fail_msg("%s: %s", keys, why.text);
	fclose(out);
	bool any = config_warnings(p->config) > 0;
	profile_free(p);
	free(half);
	free(text);
	return any ? said : NULL;
}

/* Of a real model; a map made up for simulation needs none. */
static void a_figure_without_a_source_is_warned_of(void **state)
{
	static const char *const figures[][2] = { { "high: 225", "has a range" },
		{ "low: 0", "has a range" }, { "resolution: 0.1", "has a resolution" },
		{ "result_every: 1h", "has a result_every" } };
	static const char made_up[] = "driver: modbus\nsimulation: yes\n";
	static const char modbus[] = "driver: modbus\n";
	char keys[160];
	for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
		snprintf(keys, sizeof keys, "    block: values\n    %s\n",
		        figures[i][0]);
		const char *said = warned(keys, modbus);
		assert_non_null(said);
		assert_contains(said, "toy.yaml:11:11: warning: 'cod' has a ");
		assert_contains(said, figures[i][1]);
		assert_contains(said, "hint: add source: with document and page");
		assert_null(warned(keys, made_up));
		strcat(keys, "    source: p. 60\n");
		assert_null(warned(keys, modbus));
	}
	assert_null(warned("    block: values\n", modbus));
	assert_null(warned("    block: values\n    kind: setting\n", modbus));
}

static void out_of_range_needs_a_range(void **state)
{
	static const char text[] =
	        "name: toy\nmaker: m\nmodel: m\nsummary: s\n"
	        "source: s\ndriver: modbus\nblocks:\n"
	        "  - {name: b, function: 3, start: 0, count: 2, source: s}\n"
	        "channels:\n"
	        "  - {name: v, label_vi: v, label_en: v, unit: mg/L, block: b, at: 0, "
	        "type: u16, low: 0, high: 5}\n"
	        "states:\n  - {block: b, at: 1, state: out_of_range}\n";
	profile_refused(text, ", low: 0, high: 5", ", low: 0",
	        "out_of_range, but channel 'v' has no range");
}

/* `none` that the type cannot hold never comes. */
static void a_none_that_cannot_come_is_refused(void **state)
{
	refused("\"0x7FA00000\"", "\"0x7FA000000\"", "is no float of 32 bits");
	refused("\"-9999\"", "\"1e40\"", "'1e40' is no float of 32 bits");
	refused("type: f32\n    order: CDAB", "type: u16",
	        "'-9999' is no unsigned number of 16 bits");
	refused("type: f32\n    order: CDAB", "type: i16",
	        "'0x7FA00000' is no signed number of 16 bits");
}

/* No float is -9999.9: it is compared as the float that comes. */
static void a_decimal_none_of_a_float_is_the_float_nearest_to_it(void **state)
{
	struct profile *profile;
	struct problem why;
	char text[sizeof good + 8];
	double value;
	const uint8_t wire[] = { 0x3F, 0x9A, 0xC6, 0x1C };
	const char *at = strstr(good, "-9999");
	snprintf(text, sizeof text, "%.*s-9999.9%s", (int)(at - good), good, at + 5);
	assert_int_equal(
	        profile_parse(&profile, text, strlen(text), "toy.yaml", stderr, &why),
	        OK);
	assert_false(modbus_tag_get(&profile->channel[0].tag, false, wire, &value));
	profile->channel[0].tag.n_sentinels = 0;
	assert_true(modbus_tag_get(&profile->channel[0].tag, false, wire, &value));
	assert_close(value, -9999.9, 1e-3);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_that_cannot_hold_is_refused),
		cmocka_unit_test(a_figure_without_a_source_is_warned_of),
		cmocka_unit_test(out_of_range_needs_a_range),
		cmocka_unit_test(a_none_that_cannot_come_is_refused),
		cmocka_unit_test(a_decimal_none_of_a_float_is_the_float_nearest_to_it),
	};
	return cmocka_run_group_tests_name("profile_rules", tests, NULL, NULL);
}
