/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calibration/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "calibration/calibration_document.h"
#include "calibration/document.h"

static int ledger_add(struct ledger *ledger, const struct calibration *calibration)
{
	struct calibration *more = realloc(
	        ledger->calibration, (ledger->n + 1) * sizeof *ledger->calibration);
	if (more == NULL)
		return FAILED;
	ledger->calibration = more;
	more[ledger->n++] = *calibration;
	return OK;
}

/* A document nobody can read (of a later version) is told and left out: one must not
 * stop all. */
static int take(void *with, const struct document *document)
{
	struct calibration calibration;
	struct problem why;
	int status = calibration_read(&calibration, document->json, document->size,
	        document->stored_us, &why);
	if (status != OK) {
		log_line(LOG_WARN,
		        "calibration document %llu of the office is left out: %s",
		        (unsigned long long)document->seq, why.text);
		return OK;
	}
	status = ledger_add(with, &calibration);
	if (status != OK)
		config_free(calibration.config);
	return status;
}

static int by_from(const void *a, const void *b)
{
	const struct calibration *x = a, *y = b;
	if (x->from_us != y->from_us)
		return x->from_us < y->from_us ? -1 : 1;
	return (x->stored_us > y->stored_us) - (x->stored_us < y->stored_us);
}

void ledger_sort(struct ledger *ledger)
{
	if (ledger->n > 1)
		qsort(ledger->calibration, ledger->n, sizeof *ledger->calibration,
		        by_from);
}

int ledger_load(struct ledger *out, struct reader *reader, int64_t as_of_us,
        struct problem *why)
{
	*out = (struct ledger){ 0 };
	int n = documents_read(reader, "calibration", as_of_us, take, out, why);
	if (n < 0) {
		ledger_free(out);
		return n;
	}
	ledger_sort(out);
	return OK;
}

void ledger_free(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->n; i++)
		config_free(ledger->calibration[i].config);
	free(ledger->calibration);
	*ledger = (struct ledger){ 0 };
}

static bool in_force(const struct calibration *calibration, int64_t time_us)
{
	return calibration->from_us <= time_us &&
	       (calibration->to_us == 0 || time_us < calibration->to_us);
}

static bool is_for(
        const struct calibration *calibration, const char *station, const char *channel)
{
	return strcmp(calibration->station, station) == 0 &&
	       strcmp(calibration->channel, channel) == 0;
}

/* The ledger is in order of from, then of storing: the last in force is the newest. */
const struct calibration *ledger_find(const struct ledger *ledger, const char *station,
        const char *channel, int64_t time_us)
{
	for (size_t i = ledger->n; i-- > 0;)
		if (in_force(&ledger->calibration[i], time_us) &&
		        is_for(&ledger->calibration[i], station, channel))
			return &ledger->calibration[i];
	return NULL;
}

size_t ledger_apply(const struct ledger *ledger, const char *station,
        const char *channel, const int64_t *time_us, double *value, size_t n)
{
	bool any = false;
	for (size_t i = 0; i < ledger->n && !any; i++)
		any = is_for(&ledger->calibration[i], station, channel);
	size_t changed = 0;
	for (size_t i = 0; any && i < n; i++) {
		const struct calibration *found =
		        ledger_find(ledger, station, channel, time_us[i]);
		if (found == NULL)
			continue;
		double before = value[i];
		value[i] = found->relation.a + found->relation.b * before;
		changed += value[i] < before || value[i] > before;
	}
	return changed;
}
