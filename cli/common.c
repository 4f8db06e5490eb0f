/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/common.h"

#include <math.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "cli/options.h"
#include "cli/translate.h"

enum { OPTION_ARCHIVE = 0x100, OPTION_CONFIG, OPTION_LANG, OPTION_JSON, OPTION_FORMAT };

static const struct argp_option options[] = {
	{ "archive", OPTION_ARCHIVE, "DIR", 0, "archive folder", 90 },
	{ "config", OPTION_CONFIG, "FILE", 0, "configuration file", 90 },
	{ "lang", OPTION_LANG, "vi|en|vi,en", 0, "language of what people read", 90 },
	{ "json", OPTION_JSON, NULL, 0, "results as JSON", 90 },
	{ "format", OPTION_FORMAT, "text|csv|json", 0, "form of the results", 90 },
	{ "quiet", 'q', NULL, 0, "only results and errors", 90 },
	{ "verbose", 'v', NULL, 0, "say what is being done", 90 },
	{ 0 },
};

static error_t parse_format(
        struct common *common, const char *word, struct argp_state *state)
{
	common->format = table_format_of(word);
	if (common->format < 0)
		argp_error(state, "--format: '%s' is none of text, csv, json", word);
	return 0;
}

static error_t parse_lang(
        struct common *common, const char *word, struct argp_state *state)
{
	static const char *const known[] = { "vi", "en", "vi,en", "en,vi" };
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(word, known[i]) == 0) {
			common->lang = known[i];
			return 0;
		}
	argp_error(state, "--lang: '%s' is none of vi, en, vi,en", word);
	return 0;
}

static error_t parse_common(int key, char *word, struct argp_state *state)
{
	struct common *common = state->input;
	switch (key) {
	case OPTION_ARCHIVE:
		common->archive = word;
		return 0;
	case OPTION_CONFIG:
		common->config = word;
		return 0;
	case OPTION_LANG:
		return parse_lang(common, word, state);
	case OPTION_JSON:
		common->format = TABLE_JSON;
		return 0;
	case OPTION_FORMAT:
		return parse_format(common, word, state);
	case 'q':
		common->quiet = true;
		return 0;
	case 'v':
		common->verbose = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Both parsers are children of an empty one, so that each finds its own input. */
struct inputs {
	struct common *common;
	void *with;
};

static error_t hand_inputs(int key, char *word, struct argp_state *state)
{
	struct inputs *inputs = state->input;
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	state->child_inputs[0] = inputs->common;
	state->child_inputs[1] = inputs->with;
	return 0;
}

static const char *from_environment(const char *name, const char *otherwise)
{
	const char *value = getenv(name);
	return value != NULL && value[0] != '\0' ? value : otherwise;
}

/* A command speaks one language all along: for common_fail. */
static bool speaks_vietnamese;

static const char *const have_vietnamese[] = { "breaches", "config", "demo",
	"exceedances", "explain", "instrument", "judge", "report", "serial", "simulate",
	"station", "status", "watch", NULL };

bool common_has_vietnamese(const char *command)
{
	size_t n = strcspn(command, " "); /* "serial list" */
	for (const char *const *one = have_vietnamese; *one != NULL; one++)
		if (strncmp(command, *one, n) == 0 && (*one)[n] == '\0')
			return true;
	return false;
}

/* Results are not in the language that was asked for: people are told, once. */
static void tell_language(const struct common *common, const char *command)
{
	if (common->lang == NULL || strcmp(common->lang, "vi") != 0 || common->quiet ||
	        common->format != TABLE_TEXT || common_has_vietnamese(command))
		return;
	fprintf(stderr, "quantrac %s: lệnh này chỉ có tiếng Anh\n", command);
}

/* One that is none here, or only the beginning of one, ends the command. */
static void check_options(
        const struct argp *argp, const char *command, int argc, char **argv)
{
	const char *near, *word = options_unknown(argp, argc, argv, &near);
	if (word == NULL)
		return;
	if (near != NULL)
		common_tell("quantrac %s: unknown option %s; did you mean --%s?; see "
		            "quantrac %s --help",
		        command, word, near, command);
	else
		common_tell("quantrac %s: unknown option %s; see quantrac %s --help",
		        command, word, command);
	exit(EXIT_USAGE);
}

int common_parse(struct common *common, const struct argp *argp, void *with, int argc,
        char **argv)
{
	static const struct argp common_argp = { .options = options,
		.parser = parse_common };
	static char name[64];
	/* words and sentences are the parent's: argp would print the child's once
	 * more */
	struct argp own = { 0 };
	if (argp != NULL) {
		own = *argp;
		own.args_doc = own.doc = NULL;
	}
	struct argp_child children[] = { { .argp = &common_argp }, { .argp = &own },
		{ 0 } };
	struct argp both = {
		.parser = hand_inputs,
		.children = children,
		.args_doc = argp != NULL ? argp->args_doc : NULL,
		.doc = argp != NULL ? argp->doc : NULL,
	};
	*common = (struct common){
		.archive = from_environment(
		        "QUANTRAC_ARCHIVE", "/var/lib/quantrac/archive"),
		.config = from_environment(
		        "QUANTRAC_CONFIG", "/etc/quantrac/quantrac.yaml"),
		.format = TABLE_TEXT,
	};
	const char *command = argv[0];
	snprintf(name, sizeof name, "quantrac %s", command);
	argv[0] = name;
	struct inputs inputs = { common, with };
	int first = argc;
	argp_err_exit_status = EXIT_USAGE;
	check_options(&both, command, argc, argv);
	argp_parse(&both, argc, argv, 0, &first, &inputs);
	tell_language(common, command);
	common_speak(common_vietnamese(common));
	return first;
}

void common_no_words(const char *command, int first, int argc, char **argv)
{
	if (first >= argc)
		return;
	common_tell("quantrac %s: '%s' is one word too many", command, argv[first]);
	exit(EXIT_USAGE);
}

bool common_vietnamese(const struct common *common)
{
	if (common->lang != NULL)
		return common->lang[0] == 'v';
	const char *environment =
	        from_environment("LC_ALL", from_environment("LANG", ""));
	return strncmp(environment, "vi", 2) == 0;
}

bool common_wants(const struct common *common, const char *language)
{
	if (common->lang == NULL)
		return common_vietnamese(common) == (strcmp(language, "vi") == 0);
	return strstr(common->lang, language) != NULL;
}

bool common_archive_named(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "--archive", 9) == 0)
			return true;
	return getenv("QUANTRAC_ARCHIVE") != NULL;
}

void common_speak(bool vietnamese)
{
	speaks_vietnamese = vietnamese;
}

static void put_line(const char *english, FILE *out)
{
	char vietnamese[4096];
	if (speaks_vietnamese)
		translate(NULL, english, vietnamese, sizeof vietnamese);
	fprintf(out, "%s\n", speaks_vietnamese ? vietnamese : english);
}

void common_tell(const char *format, ...)
{
	char english[2048];
	va_list args;
	va_start(args, format);
	vsnprintf(english, sizeof english, format, args);
	va_end(args);
	put_line(english, stderr);
}

void common_put(const char *english)
{
	put_line(english, stdout);
}

int common_fail(const char *command, const struct problem *why)
{
	fprintf(stderr, "quantrac %s: ", command);
	common_tell("%s", why->text);
	return why->exit != 0 ? why->exit : EXIT_INTERNAL;
}

void common_interval(const char *option, const char *text, int offset_min,
        int64_t *from_us, int64_t *to_us)
{
	if (interval_parse(text, offset_min, common_now(), from_us, to_us) == OK)
		return;
	char turned[TIME_TEXT];
	if (date_turn(text, turned) == OK)
		common_tell(
		        "quantrac: %s: '%s' is not how a date is given here; write %s",
		        option, text, turned);
	else
		common_tell("quantrac: %s: '%s' is no time; write 2026-11-15, "
		            "2026-11-15T08:48, 2026-11, yesterday or now-6h",
		        option, text);
	exit(EXIT_USAGE);
}

int common_stretch(const char *since, const char *until, int offset_min,
        int64_t *from_us, int64_t *to_us, struct problem *why)
{
	int64_t ignored;
	if (since != NULL)
		common_interval("--since", since, offset_min, from_us, &ignored);
	if (until != NULL)
		common_interval("--until", until, offset_min, &ignored, to_us);
	if ((since == NULL && until == NULL) || *from_us < *to_us)
		return OK;
	return problem_set(why, REFUSED, EXIT_USAGE,
	        "--since %s is not before --until %s",
	        since != NULL ? since : "(beginning)", until != NULL ? until : "(end)");
}

int64_t common_now(void)
{
	int64_t now_us;
	const char *fixed = getenv("QUANTRAC_NOW");
	if (fixed != NULL && time_parse(fixed, OFFSET_VIETNAM, &now_us) == OK)
		return now_us;
	struct clock clock;
	clock_init(&clock);
	return clock_now(&clock).time_us;
}

const char *common_login(void)
{
	const struct passwd *user = getpwuid(geteuid());
	return user != NULL ? user->pw_name : "?";
}

void common_number(struct table *table, int format, double value, int decimals)
{
	if (isnan(value))
		table_empty(table);
	else
		table_number(table, value, format == TABLE_TEXT ? decimals : -1);
}

void common_progress(const struct common *common, const char *what, double share)
{
	static int shown = -1;
	int percent = (int)(share * 100);
	if (common->quiet || !isatty(STDERR_FILENO) || percent == shown)
		return;
	shown = percent;
	fprintf(stderr, "\r%s %d %%\033[K", what, percent);
	if (share >= 1) {
		fputs("\r\033[K", stderr);
		shown = -1;
	}
	fflush(stderr);
}
