/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac receipt: what makes a checkpoint count with somebody else. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "archive/receipts.h"
#include "archive/witness.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "collector/checkpoints.h"

enum { OPTION_MEMORY = 0x200, OPTION_KEY };

struct receipt_options {
	const char *memory, *key, *out;
};

static const struct argp_option options[] = {
	{ "memory", OPTION_MEMORY, "DIR", 0, "witness: what was seen before", 0 },
	{ "key", OPTION_KEY, "FILE", 0, "witness: the secret key that co-signs", 0 },
	{ "out", 'o', "FILE", 0, "witness: where the co-signed note goes (stdout)", 0 },
	{ 0 },
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct receipt_options *receipt = state->input;
	switch (key) {
	case OPTION_MEMORY:
		receipt->memory = word;
		return 0;
	case OPTION_KEY:
		receipt->key = word;
		return 0;
	case 'o':
		receipt->out = word;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "\nrequest\nstore FILE\nfind DIGITS\nwitness FOLDER",
	.doc = "Without a word: the newest checkpoint and its 16 digits, as a report "
	       "prints "
	       "them.  request: a question for a time stamp authority (RFC 3161).  "
	       "store: keep "
	       "its answer, or a note that a witness co-signed.  find: the checkpoint "
	       "that has these digits.  witness: co-sign another archive's newest "
	       "checkpoint, if its list only grew since the last time.",
};

static int run_show(const struct common *common)
{
	struct checkpoint_mark mark;
	struct problem why;
	char at[TIME_TEXT];
	if (checkpoint_newest(common->archive, &mark, &why) != OK)
		return common_fail("receipt", &why);
	printf("%s  %" PRIu64 " seals  %s\n", mark.digits, mark.size,
	        time_print(mark.at_us, OFFSET_VIETNAM, at));
	return 0;
}

static int run_request(const struct common *common)
{
	char path[ARCHIVE_PATH];
	struct problem why;
	if (receipt_request(common->archive, path, sizeof path, &why) != OK)
		return common_fail("receipt request", &why);
	printf("%s\n", path);
	if (!common->quiet)
		fprintf(stderr,
		        "give it to an authority, for example: curl -H 'Content-Type: "
		        "application/timestamp-query' --data-binary @%s URL\n"
		        "and keep the answer: quantrac --archive '%s' receipt store "
		        "ANSWER\n",
		        path, common->archive);
	return 0;
}

static int run_store(const struct common *common, const char *file)
{
	char said[300];
	struct problem why;
	if (receipt_store(common->archive, file, said, sizeof said, &why) != OK)
		return common_fail("receipt store", &why);
	if (!common->quiet)
		fprintf(stderr, "%s\n", said);
	return 0;
}

#define DIGITS_LEAST 16 /* as many as a data sheet prints */

/* As a person copies them from paper: capitals and blanks do not matter.  OK or
 * MALFORMED. */
static int digits_take(const char *text, char digits[DIGEST_HEX])
{
	size_t n = 0;
	for (; *text != '\0'; text++) {
		if (*text == ' ' || *text == '-')
			continue;
		if (!isxdigit((unsigned char)*text) || n == DIGEST_HEX - 1)
			return MALFORMED;
		digits[n++] = (char)tolower((unsigned char)*text);
	}
	digits[n] = '\0';
	return n >= DIGITS_LEAST ? OK : MALFORMED;
}

static int run_find(const struct common *common, const char *text)
{
	char name[CHECKPOINT_NAME], at[TIME_TEXT], digits[DIGEST_HEX];
	struct checkpoint checkpoint;
	struct problem why;
	if (digits_take(text, digits) != OK) {
		fprintf(stderr,
		        "quantrac receipt find: '%s' are not the digits of a "
		        "checkpoint: write all %d that the data sheet prints (0-9, "
		        "a-f), for example bc8fb0f3861e6dab\n",
		        text, DIGITS_LEAST);
		return EXIT_USAGE;
	}
	if (receipt_find(common->archive, digits, name, &checkpoint, &why) != OK)
		return common_fail("receipt find", &why);
	printf(CHECKPOINTS_DIR "/%s  %" PRIu64 " seals  %s  %s\n", name,
	        checkpoint.size, time_print(checkpoint.at_us, OFFSET_VIETNAM, at),
	        checkpoint.signature[0].name);
	return 0;
}

static int note_put(
        const struct checkpoint *checkpoint, const char *out, struct problem *why)
{
	char text[CHECKPOINT_TEXT];
	int n = checkpoint_print(checkpoint, text, sizeof text);
	if (n >= 0 && out == NULL)
		return fputs(text, stdout) >= 0 ? OK : FAILED;
	if (n >= 0 && file_replace(out, text, (size_t)n, 0644) == OK)
		return OK;
	return problem_set(why, FAILED, EXIT_TRY_AGAIN, "%s: cannot be written", out);
}

static int run_witness(const struct common *common,
        const struct receipt_options *receipt, const char *copy)
{
	char name[KEY_NAME];
	struct sign_key *key = NULL;
	struct checkpoint note;
	struct problem why;
	uint64_t seen;
	if (receipt->memory == NULL || receipt->key == NULL) {
		fputs("quantrac receipt witness: --memory DIR and --key FILE, please\n",
		        stderr);
		return EXIT_USAGE;
	}
	checkpoints_key_name(receipt->key, name);
	int status = sign_key_open(&key, receipt->key, &why);
	if (status == OK)
		status = witness_run(&(struct witness){ .copy = copy,
		                             .memory = receipt->memory,
		                             .name = name,
		                             .key = key,
		                             .now_us = common_now() },
		        &note, &seen, &why);
	if (status == OK)
		status = note_put(&note, receipt->out, &why);
	sign_key_close(key);
	if (status != OK)
		return common_fail("receipt witness", &why);
	if (!common->quiet)
		fprintf(stderr,
		        "%s: %" PRIu64 " seals, of which %" PRIu64
		        " were seen before%s: co-signed\n",
		        note.origin, note.size, seen,
		        seen == 0 ? " (the first visit: its key is taken on trust)"
		                  : "");
	return 0;
}

int command_receipt(int argc, char **argv)
{
	struct common common;
	struct receipt_options receipt = { .memory = NULL };
	int first = common_parse(&common, &argp, &receipt, argc, argv);
	int n = argc - first - 1;
	const char *verb = first < argc ? argv[first] : "";
	if (first == argc)
		return run_show(&common);
	if (strcmp(verb, "request") == 0 && n == 0)
		return run_request(&common);
	if (strcmp(verb, "store") == 0 && n == 1)
		return run_store(&common, argv[first + 1]);
	if (strcmp(verb, "find") == 0 && n == 1)
		return run_find(&common, argv[first + 1]);
	if (strcmp(verb, "witness") == 0 && n == 1)
		return run_witness(&common, &receipt, argv[first + 1]);
	fputs("quantrac receipt: write one of: receipt, receipt request, receipt store "
	      "FILE, receipt find DIGITS, receipt witness FOLDER\n",
	        stderr);
	return EXIT_USAGE;
}
