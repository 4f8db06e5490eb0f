/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of a configuration, from YAML and JSON alike. */
#include "tests/kits/config_kit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/status.h"

static void assert_whole_sample(const struct sample *s)
{
	assert_string_equal(s->id, "nuo-01");
	assert_string_equal(s->name, "Trạm nước thải \"số 1\"");
	assert_int_equal(s->since_us, 1794707280 * US_PER_S);
	assert_int_equal(s->offset_min, 420);
	assert_close(s->place.latitude, 10.25, 0);
	assert_close(s->place.longitude, 106.375, 0);
	assert_string_equal(s->place.datum, "VN-2000");
	assert_int_equal(s->n_tags, 3);
	assert_string_equal(s->tag[0], "nước");
	assert_string_equal(s->tag[2], "số 1");
	assert_int_equal(s->n_levels, 2);
	assert_close(s->level[1], 2.5, 0);
	assert_int_equal(s->labels.n, 2);
	assert_string_equal(s->labels.key[1], "z 2");
	assert_string_equal(s->labels.value[1], "7");
	assert_string_equal(s->settings,
	        "{\"a\":1,\"b\":[true,null,\"x\",\"0x1F\",\"007\",-2.5e3],"
	        "\"c\":{\"d\":\"q\\\"\\n\"},\"e\":{}}");
	assert_string_equal(s->notes, "first line\nsecond: line\n");
}

static void assert_instruments(const struct sample *s)
{
	assert_int_equal(s->n_instruments, 2);
	const struct sample_instrument *cod = &s->instrument[0],
	                               *ph = &s->instrument[1];
	assert_string_equal(cod->id, "cod");
	assert_string_equal(cod->line, "19200 8E1");
	assert_int_equal(cod->slave, 16);
	assert_true(cod->slave_set);
	assert_int_equal(cod->framing, 2);
	assert_close(cod->poll_s, 60, 0);
	assert_close(cod->limit_mg_L, 75, 1e-15);
	assert_close(cod->temperature_C, 25, 1e-13);
	assert_close(cod->share_percent, 80, 0);
	assert_close(cod->gain, -0.0015, 0);
	assert_false(cod->enabled);
	assert_string_equal(ph->line, "9600 8N1");
	assert_int_equal(ph->slave, 1);
	assert_false(ph->slave_set);
	assert_int_equal(ph->framing, 0);
	assert_close(ph->limit_mg_L, 90, 1e-15);
	assert_true(isnan(ph->temperature_C) && isnan(ph->gain));
	assert_close(ph->share_percent, 75, 0);
	assert_true(ph->enabled);
}

static void every_kind_of_value_is_read_from_yaml_and_json(void **state)
{
	const char *texts[] = { sample_yaml, sample_json };
	for (size_t i = 0; i < 2; i++) {
		struct outcome got = read_it(texts[i]);
		assert_string_equal(got.report, "");
		assert_int_equal(got.status, OK);
		assert_string_equal(config_first_error(got.config), "");
		assert_whole_sample(&got.sample);
		assert_instruments(&got.sample);
		done(&got);
	}
}

static void absent_keys_leave_their_fallbacks(void **state)
{
	struct outcome got = read_it("id: a\ninstruments: []\nname: null\nlevels: ~\n");
	assert_int_equal(got.status, OK);
	assert_string_equal(got.sample.name, "");
	assert_string_equal(got.sample.notes, "");
	assert_string_equal(got.sample.settings, "");
	assert_int_equal(got.sample.since_us, 0);
	assert_int_equal(got.sample.offset_min, 420);
	assert_string_equal(got.sample.place.datum, "WGS84");
	assert_true(isnan(got.sample.place.latitude));
	assert_int_equal(got.sample.n_instruments, 0);
	assert_int_equal(got.sample.n_tags, 2);
	assert_string_equal(got.sample.tag[1], "b");
	assert_int_equal(got.sample.n_levels, 0);
	assert_int_equal(got.sample.labels.n, 0);
	done(&got);
}

/* ASan finds values that point into it. */
static void what_was_read_outlives_its_text(void **state)
{
	struct outcome got = read_it(sample_yaml);
	assert_int_equal(got.status, OK);
	config_settle(got.config);
	assert_whole_sample(&got.sample);
	assert_instruments(&got.sample);
	config_settle(got.config);
	config_settle(NULL);
	done(&got);
}

/* Both sides of every range. */
static void limits_hold_on_both_sides(void **state)
{
	static const struct {
		const char *line;
		int sound;
	} side[] = { { "slave: 1", 1 }, { "slave: 247", 1 }, { "slave: 0", 0 },
		{ "slave: 248", 0 }, { "slave: -1", 0 }, { "slave: 0xF7", 1 },
		{ "slave: 0xF8", 0 }, { "poll: 100ms", 1 }, { "poll: 99ms", 0 },
		{ "poll: 1h", 1 }, { "poll: 3601s", 0 }, { "limit: 0 mg/L", 1 },
		{ "limit: 1 g/L", 1 }, { "limit: 1.0001 g/L", 0 },
		{ "limit: -1 mg/L", 0 }, { "share: 0%", 1 }, { "share: 100%", 1 },
		{ "share: 100.1%", 0 }, { "model: abcdefghijklmnopqrst", 1 },
		{ "model: đđđđđđđđđđđđđđđđđđđđ", 1 },
		{ "model: abcdefghijklmnopqrstu", 0 }, { "gain: 1e300", 1 },
		{ "gain: 1e400", 0 } };
	for (size_t i = 0; i < sizeof side / sizeof side[0]; i++) {
		char text[256];
		const char *model =
		        strncmp(side[i].line, "model", 5) == 0 ? "" : "model: m\n    ";
		snprintf(text, sizeof text,
		        "id: a\ninstruments:\n  - id: b\n    %s%s\n", model,
		        side[i].line);
		struct outcome got = read_it(text);
		if ((got.status == OK) != side[i].sound)
			print_error("%s\n%s", side[i].line, got.report);
		assert_int_equal(got.status, side[i].sound ? OK : MALFORMED);
		done(&got);
	}
}

static void a_station_id_has_sixteen_characters_at_most(void **state)
{
	struct outcome got = read_it("id: abcdefghijklmnop\ninstruments: []\n");
	assert_int_equal(got.status, OK);
	done(&got);
	got = read_it("id: abcdefghijklmnopq\ninstruments: []\n");
	assert_int_equal(got.status, MALFORMED);
	assert_contains(got.report, "'abcdefghijklmnopq' is longer than 16 characters");
	done(&got);
}

static void json_may_use_all_its_escapes(void **state)
{
	struct outcome got =
	        read_it("{\"id\":\"a\",\"instruments\":[],\"name\":\"\\\"\\\\\\/"
	                "\\b\\f\\n\\r\\t\\u00e1\\u1ea1"
	                "\\ud83d\\ude00\\udbff\\udffd\\\\ud83d\",\"notes\":"
	                "\"\x7f\xc2\x80\xe2\x80\xa8 \xef\xbb\xbf\xc2\x85 x\"}");
	assert_string_equal(got.report, "");
	assert_string_equal(
	        got.sample.name, "\"\\/\b\f\n\r\táạ😀\xf4\x8f\xbf\xbd\\ud83d");
	assert_string_equal(
	        got.sample.notes, "\x7f\xc2\x80\xe2\x80\xa8 \xef\xbb\xbf\xc2\x85 x");
	done(&got);
}

static void sixty_four_kilobytes_of_json_are_read(void **state)
{
	size_t n = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &n);
	fputs("{\"id\":\"a\",\"instruments\":[],\"notes\":\"", out);
	for (int i = 0; i < 5100; i++)
		fputs("\\u1ea1\\n\\\"x y", out);
	fputs("\",\"name\":\"end\"}", out);
	fclose(out);
	assert_true(n > 65536);
	struct outcome got = read_n(text, n);
	assert_int_equal(got.status, OK);
	assert_int_equal(strlen(got.sample.notes), 5100 * 8);
	assert_string_equal(got.sample.name, "end");
	done(&got);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_value_is_read_from_yaml_and_json),
		cmocka_unit_test(what_was_read_outlives_its_text),
		cmocka_unit_test(absent_keys_leave_their_fallbacks),
		cmocka_unit_test(limits_hold_on_both_sides),
		cmocka_unit_test(a_station_id_has_sixteen_characters_at_most),
		cmocka_unit_test(json_may_use_all_its_escapes),
		cmocka_unit_test(sixty_four_kilobytes_of_json_are_read),
	};
	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
