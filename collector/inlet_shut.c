/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Epochs whose folder cannot be looked into at the start: told, and not forgotten. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "collector/ingest_parts.h"

static void note(struct ingest *ingest, const struct shut_epoch *one)
{
	void *more = realloc(ingest->shut, (ingest->n_shut + 1) * sizeof *ingest->shut);
	if (more == NULL)
		return; /* the log has it */
	ingest->shut = more;
	ingest->shut[ingest->n_shut++] = *one;
}

void inlets_shut(struct ingest *ingest, const char *source, uint64_t *epoch)
{
	struct problem why;
	int n = journal_epochs_shut(ingest->journals, source, epoch, EPOCHS_MOST);
	for (int i = 0; i < n; i++) {
		struct shut_epoch one = { .epoch = epoch[i] };
		if (journal_stranger(ingest->journals, source, epoch[i], &why) == OK)
			continue; /* it can be, by now */
		snprintf(one.source, sizeof one.source, "%s", source);
		snprintf(one.text, sizeof one.text,
		        "%.700s, and start this program again; until then its records "
		        "are not sealed, and what comes of this epoch is not taken",
		        why.text);
		log_line(LOG_ALERT, "%s: %s", source, one.text);
		note(ingest, &one);
	}
}

const char *ingest_shut(struct ingest *ingest)
{
	for (size_t i = 0; i < ingest->n_shut; i++) {
		const struct shut_epoch *one = &ingest->shut[i];
		if (inlet_find(ingest, one->source, one->epoch) == NULL)
			return one->text;
	}
	return "";
}
