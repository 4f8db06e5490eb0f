/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac recover: what a collector does at its start, and a whole scrub, without one
 * running: finish what was interrupted, seal what is due, make damaged files again. */
#include <inttypes.h>
#include <stdio.h>

#include "base/json.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "collector/ingest.h"
#include "collector/scrub.h"

/* Seal what is due and look at everything; damaged places that stay, or a problem. */
static int put_in_order(
        struct ingest *ingest, struct scrub *scrub, int *sealed, struct problem *why)
{
	struct seal_job *job = ingest_seal_begin(ingest, common_now(), false);
	if (job == NULL)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "not enough memory");
	*sealed = seal_job_run(job, why);
	scrub_all(scrub, job);
	ingest_seal_end(ingest, job);
	if (*sealed < 0)
		return *sealed;
	const struct scrub_round *round = &scrub->last;
	return (int)(round->damaged - round->restored + round->journals_damaged);
}

/* For programs: one object. */
static void print_json(const struct scrub *scrub, int sealed)
{
	const struct scrub_round *round = &scrub->last;
	struct json json;
	json_start(&json, stdout);
	json_object(&json);
	json_key(&json, "sealed");
	json_unsigned(&json, (uint64_t)sealed);
	json_key(&json, "files");
	json_unsigned(&json, round->files);
	json_key(&json, "damaged");
	json_unsigned(&json, round->damaged);
	json_key(&json, "restored");
	json_unsigned(&json, round->restored);
	json_key(&json, "journals_damaged");
	json_unsigned(&json, round->journals_damaged);
	json_key(&json, "findings");
	json_array(&json);
	for (size_t i = 0; i < scrub->n_told; i++)
		json_text(&json, scrub->told[i]);
	json_end(&json);
	json_end(&json);
	putchar('\n');
}

static void print(const struct scrub *scrub, int sealed)
{
	const struct scrub_round *round = &scrub->last;
	printf("%d days sealed; %" PRIu64 " sealed files looked at: %" PRIu64
	       " damaged, %" PRIu64 " of them made again to the bit; %" PRIu64
	       " journals damaged\n",
	        sealed, round->files, round->damaged, round->restored,
	        round->journals_damaged);
	for (size_t i = 0; i < scrub->n_told; i++)
		printf("%s\n", scrub->told[i]);
}

static int recover(const struct common *common, const char *dir, struct problem *why)
{
	struct ingest *ingest;
	struct scrub scrub;
	int sealed = 0;
	const struct ingest_options options = { .dir = dir, .allow_simulated = true };
	const struct scrub_options pace = {
		.every_s = SCRUB_EVERY_S, .bytes_s = SCRUB_BYTES_S, .silent = true
	};
	int status = ingest_open(&ingest, &options, why);
	if (status != OK)
		return status;
	scrub_open(&scrub, &pace, dir);
	int left = put_in_order(ingest, &scrub, &sealed, why);
	if (left >= 0 && common->format == TABLE_JSON)
		print_json(&scrub, sealed);
	else if (left >= 0 && !common->quiet)
		print(&scrub, sealed);
	scrub_close(&scrub);
	ingest_close(ingest);
	return left;
}

int command_recover(int argc, char **argv)
{
	static const struct argp argp = {
		.args_doc = "[DIR]",
		.doc = "Bring an archive into order without a running collector: "
		       "finish "
		       "interrupted seals, seal what is due, look at every sealed file "
		       "and journal, and make damaged files again from the journals.",
	};
	struct common common;
	struct problem why = { 0 };
	int first = common_parse(&common, &argp, NULL, argc, argv);
	if (first + 1 < argc) {
		fputs("quantrac recover: one archive, please\n", stderr);
		return EXIT_USAGE;
	}
	log_start("recover", common.verbose ? LOG_DETAIL : LOG_WARN);
	int left = recover(&common, first < argc ? argv[first] : common.archive, &why);
	if (left < 0)
		return common_fail("recover", &why);
	return left > 0 ? EXIT_DAMAGED : 0;
}
