/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/legal_time.h"
#include "base/status.h"
#include "tests/config_sample.h"

/* What was read, what was reported, and what to free. */
struct outcome {
	struct sample sample;
	struct config *config;
	char *report;
	int status;
};

static struct outcome read_n(const char *text, size_t n)
{
	struct outcome got = { 0 };
	size_t room;
	FILE *report = open_memstream(&got.report, &room);
	got.status = config_read_text(
	        &got.config, text, n, "x.yaml", &sample_section, &got.sample, report);
	fclose(report);
	assert_non_null(got.config);
	assert_int_equal(got.status == OK, config_errors(got.config) == 0);
	return got;
}

static struct outcome read_it(const char *text)
{
	return read_n(text, strlen(text));
}

static void done(struct outcome *got)
{
	config_free(got->config);
	free(got->report);
}

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

static void all_errors_are_told_at_once_in_order(void **state)
{
	struct outcome got = read_it("nmae: x\n"
	                             "since: yesterday\n"
	                             "instruments:\n"
	                             "  - id: Cod\n"
	                             "    slave: 300\n"
	                             "    limit: 75\n"
	                             "    limit: 5\n"
	                             "  - x\n");
	assert_int_equal(got.status, MALFORMED);
	assert_int_equal(config_errors(got.config), 9);
	static const char *const order[] = {
		"x.yaml:1:1: error: unknown key 'nmae' in station",
		"x.yaml:1:1: error: missing key 'id' in station",
		"x.yaml:2:8: error: since:",
		"x.yaml:4:5: error: missing key 'model' in instrument 'Cod'",
		"x.yaml:4:9: error: id: 'Cod' is not an id",
		"x.yaml:5:12: error: slave:",
		"x.yaml:6:12: error: limit: '75' has no unit",
		"x.yaml:7:5: error: the key 'limit' is written twice",
		"x.yaml:8:5: error: instrument: a map of keys is wanted here, not a "
		"text"
	};
	const char *at = got.report;
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		assert_contains(at, order[i]);
		at = strstr(at, order[i]);
	}
	assert_string_equal(config_first_error(got.config), order[0]);
	done(&got);
}

static void the_caret_stands_under_what_is_wrong(void **state)
{
	struct outcome got =
	        read_it("id: a\ninstruments:\n- {id: b, model: c, slave: 9600x}\n");
	assert_string_equal(got.report,
	        "x.yaml:3:28: error: slave: '9600x' is not a whole number\n"
	        "   3 | - {id: b, model: c, slave: 9600x}\n"
	        "     |                            ^~~~~\n"
	        "hint: write a whole number in 1..247\n");
	done(&got);
}

/* Combining marks take no column, a tab in the text is a tab below it. */
static void the_caret_follows_vietnamese_and_tabs(void **state)
{
	struct outcome got = read_it(
	        "{\"id\":\"a\",\t\"name\":\"Tra\xcc\xa3m đo 水\",\"offset\":\"x\",\n"
	        "\"instruments\":[]}");
	assert_string_equal(got.report,
	        "x.yaml:1:41: error: offset: 'x' is not an offset from UTC\n"
	        "   1 | {\"id\":\"a\",\t\"name\":\"Tra\xcc\xa3m đo "
	        "水\",\"offset\":\"x\",\n"
	        "     |           \t                             ^~~\n"
	        "hint: write hours and minutes, for example \"+07:00\"\n");
	done(&got);
}

static void a_long_line_is_shown_in_part(void **state)
{
	char text[6000];
	int n = snprintf(text, sizeof text, "{\"id\":\"a\",\"notes\":\"");
	memset(text + n, 'x', 5000);
	snprintf(text + n + 5000, sizeof text - (size_t)n - 5000,
	        "\",\"offset\":5,\"instruments\":[]}");
	struct outcome got = read_it(text);
	assert_int_equal(got.status, MALFORMED);
	assert_true(strlen(got.report) < 500);
	assert_contains(got.report, "xxx\",\"offset\":5,\"instruments\":[]}\n");
	assert_contains(got.report, " ^\n");
	done(&got);
}

static void source_lines_cannot_speak_to_the_terminal(void **state)
{
	struct outcome got =
	        read_it("{\"id\":\"a\",\"offset\":\"\x1b[31m\",\"instruments\":[]}");
	assert_contains(got.report, "x.yaml:1:21: error: control character U+001B");
	assert_null(strchr(got.report, '\x1b'));
	done(&got);
	got = read_it("{\"id\":\"a\",\"offset\":\"\\u001b[31m\",\"instruments\":[]}");
	assert_contains(got.report, "error: offset: '");
	assert_null(strchr(got.report, '\x1b'));
	done(&got);
}

static void a_hundred_errors_are_counted_and_fifty_shown(void **state)
{
	char text[4000] = "id: a\ninstruments: []\n";
	for (int i = 0; i < 100; i++)
		snprintf(text + strlen(text), 32, "unknown_%d: 1\n", i);
	struct outcome got = read_it(text);
	assert_int_equal(config_errors(got.config), 100);
	assert_contains(got.report, "x.yaml: error: and 50 more\n");
	done(&got);
}

/* A document of the corpus: "=== name", the text with \xHH escapes, "--- first
 * error". */
struct broken {
	char name[128], text[8192], want[512];
	size_t n;
};

static void unescape(struct broken *broken, const char *line)
{
	for (; *line != '\0'; line++) {
		unsigned code;
		assert_true(broken->n < sizeof broken->text);
		if (line[0] == '\\' && line[1] == 'x' &&
		        sscanf(line + 2, "%2x", &code) == 1) {
			broken->text[broken->n++] = (char)code;
			line += 3;
		} else {
			broken->text[broken->n++] = *line;
		}
	}
}

static int next_broken(FILE *in, struct broken *broken)
{
	char line[2048];
	*broken = (struct broken){ 0 };
	while (fgets(line, sizeof line, in) != NULL) {
		if (strncmp(line, "=== ", 4) == 0) {
			snprintf(broken->name, sizeof broken->name, "%.100s", line + 4);
		} else if (strncmp(line, "--- ", 4) == 0) {
			line[strcspn(line, "\n")] = '\0';
			snprintf(broken->want, sizeof broken->want, "%.500s", line + 4);
			return 1;
		} else if (broken->name[0] != '\0') {
			unescape(broken, line);
		}
	}
	return 0;
}

/* "1:2: message [hint]": the first error begins with the message, its hint holds the
 * text. */
static int as_wanted(const struct broken *broken, const struct outcome *got)
{
	char want[512], head[600], hint[512] = "hint: ";
	snprintf(want, sizeof want, "%s", broken->want);
	char *bracket = strstr(want, " [");
	if (bracket != NULL) {
		snprintf(hint, sizeof hint, "%.*s", (int)strcspn(bracket + 2, "]"),
		        bracket + 2);
		*bracket = '\0';
	}
	snprintf(head, sizeof head, "x.yaml:%s", want);
	const char *first = config_first_error(got->config);
	return strncmp(first, head, strlen(head)) == 0 &&
	       (bracket == NULL || strstr(got->report, hint) != NULL);
}

static void every_broken_document_gets_its_message(void **state)
{
	FILE *in = fopen(project_file("tests/captures/config/broken.txt"), "r");
	struct broken *broken = malloc(sizeof *broken);
	size_t count = 0, wrong = 0;
	assert_non_null(in);
	assert_non_null(broken);
	for (; next_broken(in, broken); count++) {
		struct outcome got = read_n(broken->text, broken->n);
		if (got.status != MALFORMED || !as_wanted(broken, &got)) {
			print_error("%swanted %s\n%s\n", broken->name, broken->want,
			        got.report);
			wrong++;
		}
		done(&got);
	}
	fclose(in);
	free(broken);
	assert_int_equal(wrong, 0);
	assert_true(count >= 100);
}

static void files_that_cannot_be_read_are_said_so(void **state)
{
	struct sample sample = { 0 };
	struct config *config;
	const char *path = in_folder(*state, "none.yaml");
	assert_int_equal(
	        config_read(&config, path, &sample_section, &sample, NULL), NOT_FOUND);
	assert_int_equal(config_errors(config), 1);
	assert_contains(config_first_error(config), "none.yaml: error: no such file");
	config_free(config);
	assert_int_equal(config_read(&config, *state, &sample_section, &sample, NULL),
	        NOT_FOUND);
	assert_contains(config_first_error(config), "cannot be read: Is a directory");
	config_free(config);

	FILE *out = fopen(path, "w");
	fputs("id: a\ninstruments: []\nbad: 1\n", out);
	fclose(out);
	assert_int_equal(
	        config_read(&config, path, &sample_section, &sample, NULL), MALFORMED);
	assert_contains(
	        config_first_error(config), "none.yaml:3:1: error: unknown key 'bad'");
	config_free(config);
	config_free(NULL);
}

static void big_files_and_deep_ones_are_refused_quickly(void **state)
{
	size_t n = (1 << 20) + 1;
	char *text = malloc(n);
	assert_non_null(text);
	memset(text, ' ', n);
	struct outcome got = read_n(text, n);
	assert_contains(got.report, "x.yaml: error: longer than 1024 KiB");
	done(&got);
	got = read_n(text, n - 1);
	assert_contains(got.report, "x.yaml: error: the file is empty");
	done(&got);
	static const char *const fill[] = { "[", "{a: ", "- ", "? ", "&a ", "[],",
		"\"a\": " };
	for (size_t i = 0; i < sizeof fill / sizeof fill[0]; i++) {
		size_t length = strlen(fill[i]);
		for (size_t k = 0; k < n - 1; k++)
			text[k] = fill[i][k % length];
		got = read_n(text, n - 1);
		assert_int_equal(got.status, MALFORMED);
		done(&got);
	}
	free(text);
}

static void thirty_two_levels_pass_and_thirty_three_do_not(void **state)
{
	for (size_t levels = 31; levels <= 32; levels++) {
		char text[200] = "{id: a, instruments: [], settings: ";
		for (size_t i = 0; i < levels; i++)
			strcat(text, "[");
		for (size_t i = 0; i < levels; i++)
			strcat(text, "]");
		strcat(text, "}");
		struct outcome got = read_it(text);
		assert_int_equal(got.status, levels == 31 ? OK : MALFORMED);
		if (levels == 32)
			assert_contains(got.report, "more than 32 maps and lists");
		else
			assert_int_equal(strlen(got.sample.settings), 62);
		done(&got);
	}
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

static void a_program_adds_its_own_errors_in_the_same_form(void **state)
{
	struct outcome got = read_it(sample_yaml);
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	config_error(got.config, out, "instruments[0].model",
	        "see `quantrac instrument list`", "no profile '%s'", "uv-vis");
	config_error(got.config, out, "instruments[1].slave", NULL, "two slaves at 1");
	config_error(got.config, out, "place", NULL, "outside the zone");
	config_error(got.config, out, "", NULL, "too little");
	fclose(out);
	assert_string_equal(text,
	        "x.yaml:9:12: error: no profile 'uv-vis'\n"
	        "   9 |     model: uv-vis\n"
	        "     |            ^~~~~~\n"
	        "hint: see `quantrac instrument list`\n"
	        "x.yaml:19:6: error: two slaves at 1\n"
	        "  19 |   - {id: ph, model: generic, limit: 90000 ug/L}\n"
	        "     |      ^~\n"
	        "x.yaml:6:1: error: outside the zone\n"
	        "   6 | place: {latitude: 10.25, longitude: 106.375, datum: VN-2000}\n"
	        "     | ^~~~~\n"
	        "x.yaml:2:1: error: too little\n"
	        "   2 | id: nuo-01\n"
	        "     | ^~~~~~~~~~\n");
	assert_int_equal(config_errors(got.config), 4);
	assert_string_equal(config_first_error(got.config),
	        "x.yaml:9:12: error: no profile 'uv-vis'");
	free(text);
	done(&got);
}

static void lines_of_keys_are_found(void **state)
{
	struct outcome got = read_it(sample_yaml);
	assert_int_equal(config_line(got.config, "id"), 2);
	assert_int_equal(config_line(got.config, "instruments"), 7);
	assert_int_equal(config_line(got.config, "instruments[0].slave"), 11);
	assert_int_equal(config_line(got.config, "instruments[1]"), 19);
	assert_int_equal(config_line(got.config, "levels[1]"), 23);
	assert_int_equal(config_line(got.config, "instruments[2].id"), 0);
	assert_int_equal(config_line(got.config, "instruments.id"), 0);
	assert_int_equal(config_line(got.config, "nothing"), 0);
	assert_int_equal(config_line(got.config, "id.x"), 0);
	done(&got);
}

static void words_that_were_meant_are_found(void **state)
{
	static const char *const known[] = { "period", "name", "id", "slave", NULL };
	assert_string_equal(did_you_mean("perod", known), "period");
	assert_string_equal(did_you_mean("Period", known), "period");
	assert_string_equal(did_you_mean("preiod", known), "period");
	assert_string_equal(did_you_mean("nmae", known), "name");
	assert_string_equal(did_you_mean("salve", known), "slave");
	assert_string_equal(did_you_mean("peri", known), "period");
	assert_null(did_you_mean("per", known));
	assert_null(did_you_mean("xy", known));
	assert_null(did_you_mean("", known));
	assert_null(did_you_mean("somethingelse", known));
}

static char *explained(const char *key, bool vietnamese, int want)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	assert_int_equal(config_explain(&sample_section, key, vietnamese, out), want);
	fclose(out);
	return text;
}

static void keys_are_explained_in_two_languages(void **state)
{
	char *text = explained("instruments.slave", false, OK);
	assert_string_equal(text, "instruments.slave: whole number\n"
	                          "  Modbus address\n"
	                          "  written: write a whole number in 1..247\n"
	                          "  range: 1..247\n"
	                          "  default: 1\n");
	free(text);
	text = explained("instruments.slave", true, OK);
	assert_contains(text, "instruments.slave: số nguyên\n  địa chỉ Modbus\n");
	assert_contains(text, "  khoảng: 1..247\n  mặc định: 1\n");
	free(text);
	text = explained("instruments.limit", false, OK);
	assert_contains(text,
	        "for example 75 mg/L\n  range: 0 mg/L..1000 mg/L\n  unit: mg/L\n");
	free(text);
	text = explained("instruments.framing", false, OK);
	assert_contains(text, "write one of: rtu, tcp, rtu-over-tcp\n");
	free(text);
	text = explained("instruments", false, OK);
	assert_contains(text, "instruments: list of maps, required\n");
	assert_contains(text, "    model                (*) profile it is read by\n");
	free(text);
	text = explained("", true, OK);
	assert_contains(text, "(*) mã trạm trong tên tệp\n");
	assert_contains(text, "(*) bắt buộc\n");
	free(text);
	text = explained("instruments.perod", false, NOT_FOUND);
	assert_string_equal(text, "no key 'perod' in instrument\n");
	free(text);
	text = explained("instrument", false, NOT_FOUND);
	assert_string_equal(
	        text, "no key 'instrument' in station; did you mean 'instruments'?\n");
	free(text);
	text = explained("id.x", true, NOT_FOUND);
	assert_string_equal(text, "không có khóa 'x' trong id\n");
	free(text);
}

/* One to four changes: a byte replaced, removed, doubled, or a piece moved. */
static size_t mutate(char *text, size_t n, size_t room, uint64_t *seed)
{
	static const char spice[] = "\n\t \"'{}[]:,-&*!|>%@`#?\\xu0\xc3\xa1\xff";
	for (uint64_t i = chance(seed) % 4 + 1; i > 0 && n > 2; i--) {
		size_t at = chance(seed) % n, other = chance(seed) % n;
		switch (chance(seed) % 4) {
		case 0:
			text[at] = spice[chance(seed) % (sizeof spice - 1)];
			break;
		case 1:
			memmove(text + at, text + at + 1, --n - at);
			break;
		case 2:
			if (n == room)
				break;
			memmove(text + at + 1, text + at, n++ - at);
			text[at] = spice[chance(seed) % (sizeof spice - 1)];
			break;
		default:
			n = other > n / 2 ? other : n; /* cut short */
		}
	}
	return n;
}

static void damaged_documents_never_harm(void **state)
{
	uint64_t seed = 20261123;
	const char *texts[] = { sample_yaml, sample_json };
	size_t sound = 0;
	for (int i = 0; i < 100000; i++) {
		char text[2048];
		struct sample sample = { 0 };
		struct config *config;
		const char *from = texts[i % 2];
		size_t n = strlen(from);
		memcpy(text, from, n);
		n = mutate(text, n, sizeof text, &seed);
		int status = config_read_text(
		        &config, text, n, "x.yaml", &sample_section, &sample, NULL);
		assert_true(status == OK || status == MALFORMED);
		assert_int_equal(status == OK, config_errors(config) == 0);
		assert_int_equal(status == OK, config_first_error(config)[0] == '\0');
		sound += status == OK;
		if (i % 100 == 0 && status != OK) {
			struct outcome got = read_n(text, n);
			assert_contains(got.report, config_first_error(config));
			done(&got);
		}
		config_free(config);
	}
	assert_true(sound > 1000 && sound < 60000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_value_is_read_from_yaml_and_json),
		cmocka_unit_test(absent_keys_leave_their_fallbacks),
		cmocka_unit_test(limits_hold_on_both_sides),
		cmocka_unit_test(a_station_id_has_sixteen_characters_at_most),
		cmocka_unit_test(all_errors_are_told_at_once_in_order),
		cmocka_unit_test(the_caret_stands_under_what_is_wrong),
		cmocka_unit_test(the_caret_follows_vietnamese_and_tabs),
		cmocka_unit_test(a_long_line_is_shown_in_part),
		cmocka_unit_test(source_lines_cannot_speak_to_the_terminal),
		cmocka_unit_test(a_hundred_errors_are_counted_and_fifty_shown),
		cmocka_unit_test(every_broken_document_gets_its_message),
		cmocka_unit_test_setup_teardown(files_that_cannot_be_read_are_said_so,
		        scratch_make, scratch_remove),
		cmocka_unit_test(big_files_and_deep_ones_are_refused_quickly),
		cmocka_unit_test(thirty_two_levels_pass_and_thirty_three_do_not),
		cmocka_unit_test(json_may_use_all_its_escapes),
		cmocka_unit_test(sixty_four_kilobytes_of_json_are_read),
		cmocka_unit_test(a_program_adds_its_own_errors_in_the_same_form),
		cmocka_unit_test(lines_of_keys_are_found),
		cmocka_unit_test(words_that_were_meant_are_found),
		cmocka_unit_test(keys_are_explained_in_two_languages),
		cmocka_unit_test(damaged_documents_never_harm),
	};
	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
