/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "archive/stored_text.h"
#include "base/bytes.h"
#include "base/digest.h"

#define MOST_GROUPS 1024
#define MOST_EPOCHS UINT16_MAX

static int out_of_memory(struct problem *why)
{
	return problem_set(
	        why, FAILED, EXIT_TRY_AGAIN, "out of memory for a sealed file");
}

/* ---- order and epochs ---- */

static int record_check(const struct plan *plan, size_t i, struct record *record)
{
	const struct day_record *one = &plan->record[i];
	return record_decode(record, one->bytes, one->size) == (int)one->size &&
	                       strcmp(record->source, plan->header->station) == 0
	               ? OK
	               : MALFORMED;
}

static int epoch_note(struct plan *plan, uint64_t epoch)
{
	if (plan->n_epochs > 0 && plan->epoch[plan->n_epochs - 1] == epoch)
		return OK;
	if (plan->n_epochs == MOST_EPOCHS)
		return FULL;
	if ((plan->n_epochs & (plan->n_epochs - 1)) ==
	        0) { /* double at 0, 1, 2, 4, ... */
		size_t room = plan->n_epochs > 0 ? 2 * plan->n_epochs : 1;
		void *more = realloc(plan->epoch, room * sizeof *plan->epoch);
		if (more == NULL)
			return FAILED;
		plan->epoch = more;
	}
	plan->epoch[plan->n_epochs++] = epoch;
	return OK;
}

static int order_check(struct plan *plan, struct problem *why)
{
	struct record before = { 0 }, record;
	for (size_t i = 0; i < plan->n; i++) {
		if (record_check(plan, i, &record) != OK)
			return problem_set(why, MALFORMED, EXIT_DAMAGED,
			        "record %zu is unsound or not of station %s", i,
			        plan->header->station);
		if (i > 0 && (record.epoch < before.epoch ||
		                     (record.epoch == before.epoch &&
		                             record.seq <= before.seq)))
			return problem_set(why, MALFORMED, EXIT_DAMAGED,
			        "record %zu (epoch %016" PRIx64 " seq %" PRIu64
			        ") is doubled or out of order",
			        i, record.epoch, record.seq);
		int status = epoch_note(plan, record.epoch);
		if (status != OK)
			return problem_set(why, status, EXIT_INTERNAL,
			        "too many epochs for one sealed file");
		plan->epoch_index[i] = (uint16_t)(plan->n_epochs - 1);
		before = record;
	}
	return OK;
}

/* ---- groups ---- */

static const struct describe *describe_find(
        const struct plan_input *input, const uint8_t *hash)
{
	for (size_t i = 0; i < input->n_describes; i++) {
		const struct describe *one = input->describe[i];
		if (one->kind == DESCRIBE_INSTRUMENT &&
		        memcmp(one->hash, hash, DIGEST_SIZE) == 0)
			return one;
	}
	return NULL;
}

static int group_add(struct plan *plan, const struct describe *describe)
{
	char taken[MOST_GROUPS][H5_NAME];
	if (plan->n_groups == MOST_GROUPS)
		return FULL;
	void *more = realloc(plan->group, (plan->n_groups + 1) * sizeof *plan->group);
	if (more == NULL)
		return FAILED;
	plan->group = more;
	for (size_t i = 0; i < plan->n_groups; i++)
		memcpy(taken[i], plan->group[i].name, H5_NAME);
	struct plan_group *group = &plan->group[plan->n_groups];
	*group = (struct plan_group){ .describe = describe };
	layout_group_name(describe->instrument, (const char(*)[H5_NAME])taken,
	        plan->n_groups, group->name);
	plan->n_groups++;
	return OK;
}

/* Index of the group of a DESCRIBE; MALFORMED if nobody has it, FULL, FAILED. */
static int group_find(
        struct plan *plan, const struct plan_input *input, const uint8_t *hash)
{
	for (size_t i = 0; i < plan->n_groups; i++) {
		if (memcmp(plan->group[i].describe->hash, hash, DIGEST_SIZE) == 0)
			return (int)i;
	}
	const struct describe *describe = describe_find(input, hash);
	if (describe == NULL)
		return MALFORMED;
	int status = group_add(plan, describe);
	return status == OK ? (int)plan->n_groups - 1 : status;
}

static int unknown_describe(
        const struct plan *plan, size_t i, const uint8_t *hash, struct problem *why)
{
	char text[DIGEST_HEX];
	digest_print(hash, text);
	return problem_set(why, MALFORMED, EXIT_DAMAGED,
	        "reading %zu (seq %" PRIu64 ") names DESCRIBE %s, which nobody has", i,
	        get_le64(plan->record[i].bytes + RECORD_AT_SEQ), text);
}

static void sampled_note(struct plan_group *group, const struct layout_row *row)
{
	for (size_t k = 0; k < row->n_sampled; k++) {
		size_t channel = get_le16(row->sampled + 10 * k);
		if (channel < row->n_channels)
			group->sampled[channel] = true;
	}
}

/* Where record i goes: 0 /events, 1 + group. */
static int place_record(struct plan *plan, const struct plan_input *input, size_t i,
        struct problem *why)
{
	struct layout_row row;
	const struct day_record *one = &plan->record[i];
	plan->where[i] = 0;
	if (one->bytes[RECORD_AT_TYPE] == RECORD_READING &&
	        layout_row(&row, one->bytes, one->size) == OK) {
		int group = group_find(plan, input, row.describe);
		if (group == MALFORMED && !plan->header->keep_unknown)
			return unknown_describe(plan, i, row.describe, why);
		if (group == MALFORMED) {
			plan->events.n++;
			return OK;
		}
		if (group < 0)
			return problem_set(why, group, EXIT_INTERNAL,
			        "too many DESCRIBEs for one sealed file");
		if (plan->group[group].describe->n_channels == row.n_channels) {
			plan->where[i] = (uint16_t)(group + 1);
			sampled_note(&plan->group[group], &row);
		}
	}
	if (plan->where[i] == 0)
		plan->events.n++;
	else
		plan->group[plan->where[i] - 1].n++;
	return OK;
}

/* ---- rows in time order ---- */

static int earlier(const void *left, const void *right, void *with)
{
	const struct plan *plan = with;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	int64_t time_a = (int64_t)get_le64(plan->record[a].bytes + RECORD_AT_TIME);
	int64_t time_b = (int64_t)get_le64(plan->record[b].bytes + RECORD_AT_TIME);
	if (time_a != time_b)
		return time_a < time_b ? -1 : 1;
	return a < b ? -1 : a > b; /* records come in (epoch, seq) order */
}

/* As a day nearly always is. */
static bool in_order(const uint32_t *row, size_t n, struct plan *plan)
{
	for (size_t i = 1; i < n; i++) {
		if (earlier(&row[i - 1], &row[i], plan) > 0)
			return false;
	}
	return true;
}

static int rows_fill(struct plan *plan, struct plan_group *group, uint16_t where)
{
	group->row = calloc(group->n + 1, sizeof *group->row);
	if (group->row == NULL)
		return FAILED;
	size_t n = 0;
	for (size_t i = 0; i < plan->n; i++) {
		if (plan->where[i] == where)
			group->row[n++] = (uint32_t)i;
	}
	if (!in_order(group->row, n, plan))
		qsort_r(group->row, n, sizeof *group->row, earlier, plan);
	return OK;
}

static int rows_make(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_groups; i++) {
		if (rows_fill(plan, &plan->group[i], (uint16_t)(i + 1)) != OK)
			return FAILED;
	}
	return rows_fill(plan, &plan->events, 0);
}

/* ---- DESCRIBE texts ---- */

/* The text of a hash from the DESCRIBE records of the day itself. */
static int text_from_records(
        const struct plan *plan, const uint8_t *hash, char **text, size_t *n)
{
	uint8_t got[DIGEST_SIZE];
	for (size_t i = 0; i < plan->n; i++) {
		const struct day_record *one = &plan->record[i];
		if (one->bytes[RECORD_AT_TYPE] != RECORD_DESCRIBE ||
		        stored_text_of_payload(one->bytes + RECORD_HEADER,
		                one->size - RECORD_HEADER, text, n) != OK)
			continue;
		digest_of(*text, *n, got);
		if (memcmp(got, hash, DIGEST_SIZE) == 0)
			return OK;
		free(*text);
		*text = NULL;
	}
	return NOT_FOUND;
}

static int text_make(
        struct plan *plan, const struct describe *describe, char **text, size_t *n)
{
	if (text_from_records(plan, describe->hash, text, n) == OK)
		return OK;
	return stored_text_of(describe, text, n);
}

static int texts_make(struct plan *plan, struct problem *why)
{
	for (size_t i = 0; i < plan->n_groups; i++) {
		struct plan_group *group = &plan->group[i];
		if (text_make(plan, group->describe, &group->text, &group->text_size) !=
		        OK)
			return problem_set(why, MALFORMED, EXIT_INTERNAL,
			        "the DESCRIBE of %s cannot be written as it was",
			        group->describe->instrument);
		if (describe_simulated(group->describe))
			plan->simulated = true;
	}
	if (plan->station == NULL)
		return OK;
	if (describe_simulated(plan->station))
		plan->simulated = true;
	if (text_make(plan, plan->station, &plan->station_text,
	            &plan->station_text_size) != OK)
		return problem_set(why, MALFORMED, EXIT_INTERNAL,
		        "the DESCRIBE of station %s cannot be written as it was",
		        plan->header->station);
	return OK;
}

/* The station's DESCRIBE: the day's last one, else the first that was handed in.  OK or
 * FAILED: no memory. */
static int station_find(struct plan *plan, const struct plan_input *input)
{
	struct problem ignored;
	for (size_t i = plan->n; i > 0 && plan->own_station == NULL; i--) {
		const struct day_record *one = &plan->record[i - 1];
		struct describe *describe = NULL;
		if (one->bytes[RECORD_AT_TYPE] != RECORD_DESCRIBE)
			continue;
		int status = describe_decode(&describe, one->bytes + RECORD_HEADER,
		        one->size - RECORD_HEADER, &ignored);
		if (status == FAILED)
			return FAILED;
		if (status != OK)
			continue;
		if (describe->kind == DESCRIBE_STATION)
			plan->own_station = describe;
		else
			describe_free(describe);
	}
	plan->station = plan->own_station;
	for (size_t i = 0; i < input->n_describes && plan->station == NULL; i++) {
		if (input->describe[i]->kind == DESCRIBE_STATION)
			plan->station = input->describe[i];
	}
	return OK;
}

int plan_make(struct plan *plan, const struct plan_input *input, struct problem *why)
{
	*plan = (struct plan){
		.header = input->header,
		.record = input->record,
		.n = input->n,
		.where = calloc(input->n + 1, sizeof *plan->where),
		.epoch_index = calloc(input->n + 1, sizeof *plan->epoch_index),
	};
	int status = OK;
	if (plan->where == NULL || plan->epoch_index == NULL) {
		plan_free(plan);
		return out_of_memory(why);
	}
	if (plan->n > UINT32_MAX)
		status = problem_set(
		        why, FULL, EXIT_INTERNAL, "too many records for one file");
	if (status == OK)
		status = order_check(plan, why);
	for (size_t i = 0; i < plan->n && status == OK; i++)
		status = place_record(plan, input, i, why);
	if (status == OK && (rows_make(plan) != OK || station_find(plan, input) != OK))
		status = out_of_memory(why);
	if (status == OK)
		status = texts_make(plan, why);
	if (status != OK)
		plan_free(plan);
	return status;
}

static void group_free(struct plan_group *group)
{
	free(group->text);
	free(group->row);
}

void plan_free(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_groups; i++)
		group_free(&plan->group[i]);
	group_free(&plan->events);
	describe_free(plan->own_station);
	free(plan->station_text);
	free(plan->where);
	free(plan->epoch_index);
	free(plan->epoch);
	free(plan->group);
	*plan = (struct plan){ 0 };
}
