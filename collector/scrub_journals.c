/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every entry of every journal is read and its check sum looked at; and what a scrub
 * remembers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"
#include "base/journal.h"
#include "collector/scrub_parts.h"

static void journal_damaged(struct scrub *scrub, const struct seal_limit *limit,
        uint64_t seq, const char *what)
{
	char text[900];
	scrub->round.journals_damaged++;
	snprintf(text, sizeof text,
	        "%s: journal %016" PRIx64 ", at record %" PRIu64 ": %.500s",
	        limit->source, limit->epoch, seq, what);
	scrub_tell(scrub, text);
}

/* Read on until its end, or as much as may be read.  true: its end. */
static bool journal_look(
        struct scrub *scrub, struct seal_job *job, const struct seal_limit *limit)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why = { .text = "" };
	int next = 0;
	if (scrub->next_seq < limit->first_seq)
		scrub->next_seq = limit->first_seq;
	if (journal_read_open(&reader, job->sealer->journals, limit->source,
	            limit->epoch, scrub->next_seq) != OK)
		return true;
	bool damaged = false, end = false;
	while (!end && scrub->balance > 0 && !job->enough) {
		next = journal_read_next(reader, &entry, &why);
		uint64_t behind = journal_read_never_came(reader);
		bool hole = next == MALFORMED && behind == 0;
		if (next == MALFORMED && behind > 0)
			scrub->next_seq = behind;
		if (hole && !damaged)
			journal_damaged(scrub, limit, scrub->next_seq, why.text);
		damaged = damaged || hole;
		end = (next != 1 && next != MALFORMED) ||
		      (next == 1 && entry.seq >= limit->committed_seq);
		if (next != 1 || end)
			continue;
		scrub->next_seq = entry.seq + 1;
		scrub->balance -= (double)(entry.size + JOURNAL_ENTRY);
		scrub->round.bytes += entry.size + JOURNAL_ENTRY;
	}
	/* in the segment being written a reader stops where it cannot read on */
	if (end && next == 0 && !damaged && scrub->next_seq < limit->committed_seq)
		journal_damaged(scrub, limit, scrub->next_seq,
		        "what was durable once cannot be read");
	journal_read_close(reader);
	return end;
}

bool scrub_journals(struct scrub *scrub, struct seal_job *job)
{
	while (scrub->next_journal < job->n) {
		if (!journal_look(scrub, job, &job->limit[scrub->next_journal]))
			return false;
		scrub->next_journal++;
		scrub->next_seq = 0;
	}
	return true;
}

/* ---- <archive>/scrub ---- */

static void round_print(FILE *out, const char *name, const struct scrub_round *round)
{
	fprintf(out,
	        "%s %" PRId64 " %" PRId64 " files %" PRIu64 " bytes %" PRIu64
	        " damaged %" PRIu64 " restored %" PRIu64 " journals %" PRIu64 "\n",
	        name, round->began_us, round->ended_us, round->files, round->bytes,
	        round->damaged, round->restored, round->journals_damaged);
}

static int round_parse(const char *text, const char *name, struct scrub_round *round)
{
	char format[160];
	const char *line = strstr(text, name);
	snprintf(format, sizeof format,
	        "%s %%" SCNd64 " %%" SCNd64 " files %%" SCNu64 " bytes %%" SCNu64
	        " damaged %%" SCNu64 " restored %%" SCNu64 " journals %%" SCNu64,
	        name);
	return line != NULL && sscanf(line, format, &round->began_us, &round->ended_us,
	                               &round->files, &round->bytes, &round->damaged,
	                               &round->restored, &round->journals_damaged) == 7
	               ? OK
	               : MALFORMED;
}

static void path_print(const char *dir, char out[ARCHIVE_PATH])
{
	snprintf(out, ARCHIVE_PATH, "%.4000s/scrub", dir);
}

/* What cannot be understood begins a new round; the last one is then unknown. */
void scrub_load(struct scrub *scrub, const char *dir)
{
	char path[ARCHIVE_PATH], *text;
	size_t n;
	path_print(dir, path);
	if (file_read(path, 4096, &text, &n) != OK)
		return;
	if (round_parse(text, "round", &scrub->round) != OK ||
	        sscanf(text, "next file %" SCNu64, &scrub->next_file) != 1)
		scrub->round = (struct scrub_round){ 0 };
	if (round_parse(text, "last", &scrub->last) != OK)
		scrub->last = (struct scrub_round){ 0 };
	free(text);
}

/* Journals come and go: after a restart those of the round are read from the first. */
void scrub_save(const struct scrub *scrub, const char *dir)
{
	char path[ARCHIVE_PATH], *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	if (out == NULL)
		return;
	fprintf(out, "next file %" PRIu64 "\n", scrub->next_file);
	round_print(out, "round", &scrub->round);
	round_print(out, "last", &scrub->last);
	path_print(dir, path);
	if (fclose(out) == 0)
		file_replace(path, text, n, 0644);
	free(text);
}
