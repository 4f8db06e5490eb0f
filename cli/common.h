/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every subcommand shares: the options of docs/quantrac.1, reading times, ending
 * well.  A subcommand is one file with one function `int command_x(int argc, char
 * **argv)`; argv[0] is its name, what it returns is the exit code.
 */
#ifndef CLI_COMMON_H
#define CLI_COMMON_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/table.h"

struct common {
	const char
	        *archive; /* --archive, $QUANTRAC_ARCHIVE, /var/lib/quantrac/archive */
	const char
	        *config;  /* --config, $QUANTRAC_CONFIG, /etc/quantrac/quantrac.yaml */
	const char *lang; /* --lang vi,en as written; NULL: from the environment */
	int format;       /* enum table_format: --json, --format */
	bool quiet, verbose;
};

/*
 * Parse the arguments of a subcommand.  `argp` is its own options (NULL: none beyond
 * the common ones); its parser finds `with` in state->input.  Never returns on --help
 * or misuse (exit 64).  Index of the first argument that is no option.
 */
int common_parse(struct common *common, const struct argp *argp, void *with, int argc,
        char **argv);

/* A command that takes no words but options ends with 64 where there is one. */
void common_no_words(const char *command, int first, int argc, char **argv);

/* Does a command ("status", "serial list") speak Vietnamese?  One that does not says
 * so where --lang vi asks for it, and goes on in English. */
bool common_has_vietnamese(const char *command);

/* Is Vietnamese (the first language) asked for?  Is "vi", is "en" among those asked
 * for? */
bool common_vietnamese(const struct common *common);
bool common_wants(const struct common *common, const char *language);

/* Is an archive named, by --archive or $QUANTRAC_ARCHIVE? */
bool common_archive_named(int argc, char **argv);

/* Print "quantrac means: <problem>", in the language that common_parse was asked for, and give its
 * exit code. */
int common_fail(const char *command, const struct problem *why);

/* Before common_parse is: the language of what is told. */
void common_speak(bool vietnamese);

/* A line on stderr, in the language that common_parse was asked for: English here, Vietnamese in
 * cli/translate_*.c. */
void common_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same of one text, on stdout. */
void common_put(const char *english);

/* A time or a stretch of time from an option; on nonsense says which option and ends
 * with 64. */
void common_interval(const char *option, const char *text, int offset_min,
        int64_t *from_us, int64_t *to_us);

/* The stretch from --since to --until, each NULL where it was not given: then its end
 * stays as it is.  OK, or REFUSED: it ends before it begins. */
int common_stretch(const char *since, const char *until, int offset_min,
        int64_t *from_us, int64_t *to_us, struct problem *why);

/* Now, UTC microseconds; $QUANTRAC_NOW (ISO 8601) for golden outputs. */
int64_t common_now(void);

/* Who runs this, by the name of the login; "?": it has none. */
const char *common_login(void);

/* A number into a table of this format: rounded for people, whole for programs; NAN is empty. */
void common_number(struct table *table, int format, double value, int decimals);

/* A rewritten line on stderr when it is a terminal, nothing otherwise; share 0..1, 1
 * ends it. */
void common_progress(const struct common *common, const char *what, double share);

#endif
