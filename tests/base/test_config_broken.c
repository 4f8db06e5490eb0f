/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Configurations that are broken, too large, too deep, or damaged by chance. */
#include "tests/kits/config_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

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
		cmocka_unit_test(every_broken_document_gets_its_message),
		cmocka_unit_test_setup_teardown(files_that_cannot_be_read_are_said_so,
		        scratch_make, scratch_remove),
		cmocka_unit_test(big_files_and_deep_ones_are_refused_quickly),
		cmocka_unit_test(thirty_two_levels_pass_and_thirty_three_do_not),
		cmocka_unit_test(damaged_documents_never_harm),
	};
	return cmocka_run_group_tests_name(
	        "config: broken documents", tests, NULL, NULL);
}
