/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/collect_world.h"

#include <stdio.h>
#include <stdlib.h>

#include "analysis/permit.h"
#include "cli/document.h"
#include "tests/kits/check.h"

static const char permit_text[] =
        "id: mau\nnumber: 00/GPMT-MẪU\nissuer: Cơ quan mẫu\nissued: 2025-01-15\n"
        "from: 2025-02-01\nzone: kcn-mau\nfacility: co-so-mau-a\nfacility_name: Cơ sở "
        "Mẫu A\n"
        "outlet: cua-xa\noutlet_name: Cửa xả Mẫu\nstation: bt-outlet\nrule: "
        "qcvn-40-2011\n"
        "column: A\ncoefficients:\n  - { name: kq, value: 1.0, document: mục 2 }\n"
        "  - { name: kf, value: 1.0, document: mục 3 }\nparameters: [cod]\n";

void world_begin(struct world *world, const char *folder)
{
	struct problem why = { 0 };
	*world = (struct world){ .dir = "" };
	snprintf(world->dir, sizeof world->dir, "%s", in_folder(folder, "archive"));
	archive_make(world->dir);
	world->ingest = archive_ingest(world->dir);
	agent_start(&world->agent, &world->book, "bt-outlet", 7);
	agent_describe(&world->agent, AGENT_DAY);
	agent_give(&world->agent, world->ingest, AGENT_DAY);
	setenv("QUANTRAC_LIMITS", project_file("analysis/limits"), 1);
	if (rules_read(&world->rules, rule_folder(), &why) != OK)
		fail_msg("%s", why.text);
}

void world_permit(struct world *world, const char *folder, int64_t time_us)
{
	char *json = NULL;
	struct problem why = { 0 };
	const char *path = in_folder(folder, "permit.yaml");
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs(permit_text, out);
	fclose(out);
	if (permit_from_file(path, &json, &why) != OK ||
	        document_ingest(world->ingest, json, time_us, &why) != OK)
		fail_msg("%s", why.text);
	free(json);
	assert_int_equal(ingest_commit(world->ingest), OK);
}

void world_readings(
        struct world *world, double from, double to, double value, int64_t stored_us)
{
	int64_t end_us = AGENT_DAY + (int64_t)(to * (double)AGENT_HOUR);
	int64_t at_us = AGENT_DAY + (int64_t)(from * (double)AGENT_HOUR);
	for (int n = 1; at_us < end_us; at_us += AGENT_MIN, n++) {
		agent_reading(&world->agent, at_us, value);
		if (n % 60 == 0 || at_us + AGENT_MIN >= end_us)
			agent_give(&world->agent, world->ingest,
			        stored_us != 0 ? stored_us : at_us);
	}
}

void world_read(struct world *world)
{
	struct problem why = { 0 };
	ingest_close(world->ingest);
	world->ingest = NULL;
	if (reader_open(&world->reader, world->dir, &why) != OK)
		fail_msg("%s", why.text);
}

void world_end(struct world *world)
{
	reader_close(world->reader);
	rules_free(&world->rules);
	agent_end(&world->agent);
	agent_book_free(&world->book);
}
