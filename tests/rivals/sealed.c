/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac at rest: the readings go into a journal, and its days are sealed. */
#include <stdio.h>
#include <sys/stat.h>

#include "archive/proof.h"
#include "base/log.h"
#include "collector/ingest.h"
#include "tests/rivals/ours.h"

#define EPOCH UINT64_C(0xbe0c000000000003)

static void quiet(enum log_level level, const char *text)
{
}

static void fill(const struct load *load, struct ingest *ingest, int raw)
{
	static uint8_t record[RECORD_MOST];
	uint8_t hash[32];
	struct problem why;
	size_t size = ours_describe(record, hash);
	int64_t now_us = BEGIN_S * 1000000;
	int status =
	        ingest_record(ingest, "bt-outlet", EPOCH, record, size, now_us, &why);
	for (size_t k = 0; k < load->n && status == OK; k++) {
		size = ours_reading(load, k, hash, record, raw);
		now_us = (BEGIN_S + (int64_t)k) * 1000000 + 100000;
		status = ingest_record(
		        ingest, "bt-outlet", EPOCH, record, size, now_us, &why);
	}
	if (status != OK || ingest_commit(ingest) != OK)
		stop("not taken:", why.text);
}

static double sealed_bytes(const char *dir)
{
	struct seal_list list = { .n = 0 };
	double bytes = 0;
	if (seal_list_read(&list, dir, NULL) != OK)
		stop("no seal list in", dir);
	for (size_t i = 0; i < list.n; i++) {
		char path[1024];
		struct stat st;
		snprintf(path, sizeof path, "%s/%s", dir, list.seal[i].path);
		if (stat(path, &st) != 0)
			stop("not there:", path);
		bytes += (double)st.st_size;
	}
	seal_list_free(&list);
	return bytes;
}

static void seal(struct load *load, int raw)
{
	struct archive_identity identity = { "kcn-mau", "KCN Mau", 420 };
	struct ingest_options options = { .dir = load->place };
	struct ingest *ingest;
	struct problem why;
	log_catch(quiet);
	if (archive_create(load->place, &identity, &why) != OK ||
	        ingest_open(&ingest, &options, &why) != OK)
		stop("no archive:", why.text);
	fill(load, ingest, raw);
	load_begin(load);
	if (ingest_seal(
	            ingest, (BEGIN_S + INT64_C(100) * 86400) * 1000000, true, &why) < 0)
		stop("not sealed:", why.text);
	load_end(load);
	ingest_close(ingest);
	printf("bytes %.0f\n", sealed_bytes(load->place));
}

void load_sealed(struct load *load)
{
	seal(load, 1);
}

void load_sealed_bare(struct load *load)
{
	seal(load, 0);
}
