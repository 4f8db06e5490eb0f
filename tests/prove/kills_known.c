/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/prove/kills_known.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/crc.h"
#include "base/journal.h"
#include "base/status.h"

struct found found;

void known_add(struct known *known, uint32_t sum)
{
	if (known->n == known->room) {
		known->room = known->room > 0 ? 2 * known->room : 1024;
		known->sum = realloc(known->sum, known->room * sizeof *known->sum);
		if (known->sum == NULL)
			err(70, "no memory");
	}
	known->sum[known->n++] = sum;
}

uint64_t known_look(
        const char *folder, const char *source, struct known *known, bool learn)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	uint64_t seq = 0;
	int status;
	found.looks++;
	if (journal_read_open(&reader, folder, source, known->epoch, 1) != OK)
		return 0;
	while ((status = journal_read_next(reader, &entry, &why)) != 0) {
		if (status < 0 || entry.seq != ++seq) {
			printf("%s: behind %" PRIu64 ": %s\n", source, seq,
			        status < 0 ? why.text : "records are missing");
			found.lost++;
			break;
		}
		uint32_t sum = crc32c(0, entry.record, entry.size);
		if (seq <= known->n)
			found.other += known->sum[seq - 1] != sum;
		else if (learn)
			known_add(known, sum);
		else
			found.other++; /* the collector has what was never made */
	}
	journal_read_close(reader);
	return seq;
}
