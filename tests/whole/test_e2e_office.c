/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The office's commands as a person meets them: what they say, once, with the cure. */
#include "tests/kits/check.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/status.h"
#include "base/whose.h"
#include "collector/collectd_config.h"
#include "sensors/station/station.h"

#define DAY "zone/outlet/2026/outlet_2026-11-0%d.h5"

/* What `quantrac <words>` says on both outputs in the folder, where `archive` is the
 * archive and keys/archive.sign.secret signs; its exit code. */
static char *said(const char *folder, const char *words, int code)
{
	int exit_code = -1;
	char *text = run_command(&exit_code,
	        "cd %s && LANG=C QUANTRAC_ARCHIVE=$PWD/archive "
	        "QUANTRAC_SIGN_KEY=$PWD/keys/archive.sign.secret %s %s 2>&1",
	        folder, project_file("build/san/quantrac"), words);
	if (exit_code != code)
		fail_msg("quantrac %s ended with %d, not %d: %s", words, exit_code,
		        code, text);
	return text;
}

static void says(const char *folder, const char *words, int code, const char *part)
{
	char *text = said(folder, words, code);
	assert_contains(text, part);
	free(text);
}

static void put(const char *folder, const char *name, const char *text)
{
	assert_int_equal(
	        file_replace(in_folder(folder, name), text, strlen(text), 0644), OK);
}

/* An archive of three sealed, signed days; a second key that signs nothing. */
static int setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	FILE *out = fopen(in_folder(*state, "table.csv"), "w");
	assert_non_null(out);
	fputs("time,COD\n", out);
	for (int i = 0; i < 3 * 24; i++)
		fprintf(out, "2026-11-%02dT%02d:00:00,%d\n", 1 + i / 24, i % 24,
		        30 + i % 20);
	assert_int_equal(fclose(out), 0);
	free(said(*state, "keys new archive --sign --into keys", 0));
	free(said(*state, "keys new other --sign --into keys", 0));
	free(said(*state,
	        "import table.csv --station outlet --time time --map COD=cod:mg/L", 0));
	return 0;
}

/* ---- the man page ---- */

/* Is there " -<option>" as a word of its own? */
static bool is_told(const char *page, const char *option, size_t n)
{
	for (const char *at = page; (at = strstr(at, " -")) != NULL; at += 2)
		if (strncmp(at + 2, option, n) == 0 &&
		        !isalnum((unsigned char)at[2 + n]) && at[2 + n] != '-')
			return true;
	return false;
}

static void every_option_is_in_the_man_page(void **state)
{
	static const char *const command[] = { "config", "status", "get", "simulate",
		"demo", "import", "export", "means", "judge", "exceedances", "explain",
		"report", "recover", "verify", "receipt", "prune", "permit",
		"calibrate", "keys", "serial list", "serial probe", "serial monitor",
		"instrument list", "instrument show", "station add", "station test" };
	int code;
	char words[64],
	        *page = run_command(&code, "cat %s", project_file("docs/quantrac.1"));
	for (size_t i = 0; i < sizeof command / sizeof command[0]; i++) {
		snprintf(words, sizeof words, "%s --help", command[i]);
		char *help = said(*state, words, 0);
		for (const char *at = help; (at = strstr(at, " --")) != NULL; at++) {
			size_t n =
			        strspn(at + 3, "abcdefghijklmnopqrstuvwxyz0123456789-");
			if (n == 0 || strncmp(at + 3, "help", n) == 0 ||
			        strncmp(at + 3, "usage", n) == 0)
				continue;
			if (!is_told(page, at + 3, n))
				fail_msg("%s: not in docs/quantrac.1: --%.*s",
				        command[i], (int)n, at + 3);
		}
		free(help);
	}
	free(page);
}

/* ---- config ---- */

static void a_collectors_file_is_known_by_its_keys(void **state)
{
	put(*state, "c.yaml", "archive: a\nsign_key: none\n");
	says(*state, "config check c.yaml", 0, "c.yaml: a collector's file: archive a");
	says(*state, "config check c.yaml", 0,
	        "seals are not signed: there is no key none");
	put(*state, "c.yaml", "archive: a\nlistn: x\n");
	says(*state, "config check c.yaml", EXIT_CONFIG, "did you mean 'listen'?");
	says(*state, "config check c.yaml", EXIT_CONFIG, "read as a collector's file");
	put(*state, "c.yaml", "archive: a\nstation: {id: nt-01}\n");
	says(*state, "config check c.yaml", EXIT_CONFIG, "read as a cabinet's file");
}

static const struct field no_fields[] = { { 0 } };
static const struct section no_section = { "configuration", 1, no_fields, NULL };

static enum whose whose_with(const char *key)
{
	char text[100], unused = 0;
	struct config *document;
	int n = snprintf(text, sizeof text, "zone: {id: z}\n%s: x\n", key);
	config_read_text(
	        &document, text, (size_t)n, "x.yaml", &no_section, &unused, NULL);
	enum whose whose = config_whose(document);
	config_free(document);
	return whose;
}

static void every_top_key_but_the_zone_tells_whose_a_file_is(void **state)
{
	for (const struct field *f = station_section.field; f->key != NULL; f++)
		assert_int_equal(whose_with(f->key),
		        strcmp(f->key, "zone") == 0 ? WHOSE_UNKNOWN : WHOSE_CABINET);
	for (const struct field *f = collectd_section.field; f->key != NULL; f++)
		assert_int_equal(whose_with(f->key),
		        strcmp(f->key, "zone") == 0 ? WHOSE_UNKNOWN : WHOSE_COLLECTOR);
}

/* The first line says so, before the errors of a file that is none of its own. */
static void a_program_given_the_others_file_says_so_first(void **state)
{
	static const struct {
		const char *program, *first;
	} given[] = {
		{ "quantrac-sensord --config collector.yaml",
		        "collector.yaml: this is a collector's file (it has "
		        "'archive'): quantrac-collectd reads it; here a cabinet's is "
		        "wanted\n" },
		{ "quantrac-collectd --config station.yaml",
		        "station.yaml: this is a cabinet's file (it has 'station'): "
		        "quantrac-sensord reads it; here a collector's is wanted\n" },
		{ "quantrac status --config collector.yaml",
		        "collector.yaml: this is a collector's file" },
	};
	int code;
	put(*state, "collector.yaml", "archive: a\nlisten: \"tcp://127.0.0.1:*\"\n");
	put(*state, "station.yaml", "zone: {id: z}\nstation: {id: nt-01}\n");
	for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
		char *text = run_command(&code, "cd %s && %s/%s 2>&1", (char *)*state,
		        project_file("build/san"), given[i].program);
		assert_int_equal(code, EXIT_CONFIG);
		if (strncmp(text, given[i].first, strlen(given[i].first)) != 0)
			fail_msg("%s: %s", given[i].program, text);
		assert_contains(text, ": error: ");
		free(text);
	}
}

static void keys_of_both_files_are_explained(void **state)
{
	says(*state, "config explain sign_key", 0,
	        "A collector's file: sign_key: text");
	says(*state, "config explain ports.line", 0, "A cabinet's file: ports.line");
	says(*state, "config explain zone", 0, "A collector's file: zone");
	says(*state, "config explain zone", 0, "A cabinet's file: zone");
	says(*state, "config explain sgn_key", EXIT_USAGE, "did you mean 'sign_key'?");
	says(*state, "config explain poll_every", EXIT_USAGE,
	        "A cabinet's file: no key 'poll_every' in configuration; did you mean "
	        "'instruments.poll_every'?\n");
	says(*state, "config explain keep", EXIT_USAGE, "did you mean 'journal.keep'?");
	says(*state, "config explain ports.poll_every", EXIT_USAGE,
	        "no key 'poll_every' in port; did you mean 'instruments.poll_every'?");
	says(*state, "config explain line", EXIT_USAGE, "'ports.line'");
	says(*state, "config explain instrument.poll_every", EXIT_USAGE,
	        "did you mean 'instruments.poll_every'?");
	says(*state, "config explain keep --lang vi", EXIT_USAGE,
	        "ý bạn là 'journal.keep'?");
	says(*state, "config explain sign_key --lang vi", 0, "Tệp của máy chủ nhận");
}

/* The cabinet's program alone checks what it knows, and names who checks the rest. */
static void a_cabinet_without_the_office_says_who_checks_a_collectors(void **state)
{
	int code;
	char *text = run_command(&code,
	        "cd %s && cp %s . && echo 'archive: a' > c.yaml && "
	        "PATH=/nowhere ./quantrac config check c.yaml 2>&1",
	        (const char *)*state, project_file("build/san/quantrac"));
	assert_int_equal(code, EXIT_USAGE);
	assert_contains(text, "quantrac-collectd --check --config c.yaml");
	free(text);
}

/* ---- keys that sign ---- */

static void a_wrong_key_is_told_with_the_right_ones_name(void **state)
{
	const char *act[] = { "keys admit w keys/other.sign.pub --sign",
		"keys rotate keys/other.sign.secret --sign",
		"keys revoke w --sign --from 1",
		"prune zone/outlet/2026/outlet_2026-11-01.h5 --order 7" };
	char words[300];
	for (size_t i = 0; i < sizeof act / sizeof act[0]; i++) {
		snprintf(
		        words, sizeof words, "%s --key keys/other.sign.secret", act[i]);
		says(*state, words, EXIT_CONFIG, "that is archive, public key");
		snprintf(words, sizeof words, "%s --key keys/none", act[i]);
		says(*state, words, EXIT_CONFIG, "--key FILE names the secret key");
		snprintf(words, sizeof words, "%s --key keys/archive.sign.pub", act[i]);
		says(*state, words, EXIT_CONFIG, "the .secret beside it signs");
		snprintf(words, sizeof words, "%s --key keys", act[i]);
		says(*state, words, EXIT_CONFIG, "this is a folder");
	}
	says(*state, "verify", 0, "key archive signs");
}

static void a_key_that_takes_over_is_named_by_its_path(void **state)
{
	says(*state, "keys rotate other --sign", EXIT_CONFIG,
	        "keys rotate wants the path of the new secret key");
	says(*state, "keys rotate keys/other.sign.pub --sign", EXIT_CONFIG,
	        "name the .secret beside it");
	says(*state, "keys admit w keys/other.sign.secret --sign", EXIT_CONFIG,
	        "NAME.sign.pub");
	says(*state, "keys revoke nobody --sign --from 1", EXIT_DAMAGED,
	        "keys list --sign shows the keys");
	says(*state, "keys rotate keys/other.sign.secret --sign", 0,
	        "sign_key: keys/other");
	says(*state, "verify", 0, "key other signs");
	says(*state,
	        "keys revoke archive --sign --from 99 --key keys/other.sign.secret", 0,
	        "when something more is sealed");
}

/* ---- receipts ---- */

static void digits_are_taken_as_paper_has_them(void **state)
{
	char *newest = said(*state, "receipt", 0), find[64];
	newest[16] = '\0';
	snprintf(find, sizeof find, "receipt find %s", newest);
	says(*state, find, 0, "checkpoints/000000000003");
	for (char *at = newest; *at != '\0'; at++)
		*at = (char)(*at >= 'a' && *at <= 'f' ? *at - 'a' + 'A' : *at);
	snprintf(find, sizeof find, "receipt find '%.8s %.8s'", newest, newest + 8);
	says(*state, find, 0, "checkpoints/000000000003");
	snprintf(find, sizeof find, "receipt find %.15s", newest);
	says(*state, find, EXIT_USAGE, "write all 16 that the data sheet prints");
	says(*state, "receipt find thisisnohexatall", EXIT_USAGE, "write all 16");
	says(*state, "receipt find 0000000000000000", EXIT_NO_FILE, "another archive");
	free(newest);
}

/* ---- verify and recover ---- */

static void a_path_that_verify_printed_is_found_again(void **state)
{
	char *text = said(*state, "verify", 0), words[300], printed[200];
	const char *line = strstr(text, "zone/");
	assert_non_null(line);
	snprintf(printed, sizeof printed, "%.*s", (int)strcspn(line, ":"), line);
	free(text);
	snprintf(words, sizeof words, "verify %s", printed);
	says(*state, words, 0, "1 sealed files: 1 OK");
	snprintf(words, sizeof words, "--archive elsewhere verify %s", printed);
	says(*state, words, EXIT_NO_FILE, "in the archive elsewhere; --archive DIR");
}

static void damage(const char *folder, int day)
{
	char path[200];
	snprintf(path, sizeof path, "archive/" DAY, day);
	assert_int_equal(chmod(in_folder(folder, path), 0640), 0);
	int fd = open(in_folder(folder, path), O_WRONLY);
	assert_int_equal(pwrite(fd, "x", 1, 5000), 1);
	close(fd);
}

static void what_recover_finds_is_said_once(void **state)
{
	damage(*state, 2);
	char *text = said(*state, "recover", 0);
	assert_int_equal(times_in(text, "outlet_2026-11-02.h5"), 1);
	assert_contains(text, "made again from its records");
	assert_int_equal(times_in(text, "sealed files looked at"), 1);
	free(text);
	damage(*state, 2);
	int code;
	free(run_command(&code, "rm -r %s/archive/journal/outlet", (char *)*state));
	text = said(*state, "recover", EXIT_DAMAGED);
	assert_int_equal(times_in(text, "outlet_2026-11-02.h5"), 1);
	assert_contains(text, "put back a copy");
	free(text);
	text = said(*state, "recover --json", EXIT_DAMAGED);
	assert_int_equal(
	        strncmp(text, "{\"sealed\":0,\"files\":3,\"damaged\":1,", 34), 0);
	assert_int_equal(times_in(text, "outlet_2026-11-02.h5"), 1);
	assert_int_equal(times_in(text, "\n"), 1);
	free(text);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(every_option_is_in_the_man_page),
		WITH(a_collectors_file_is_known_by_its_keys),
		cmocka_unit_test(every_top_key_but_the_zone_tells_whose_a_file_is),
		WITH(a_program_given_the_others_file_says_so_first),
		WITH(keys_of_both_files_are_explained),
		WITH(a_cabinet_without_the_office_says_who_checks_a_collectors),
		WITH(a_wrong_key_is_told_with_the_right_ones_name),
		WITH(a_key_that_takes_over_is_named_by_its_path),
		WITH(digits_are_taken_as_paper_has_them),
		WITH(a_path_that_verify_printed_is_found_again),
		WITH(what_recover_finds_is_said_once),
	};
	return cmocka_run_group_tests_name("office", tests, NULL, NULL);
}
