/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "archive/channel_attributes.h"
#include "archive/columns.h"
#include "archive/day.h"
#include "archive/day_inside.h"
#include "archive/h5.h"
#include "archive/plan.h"
#include "archive/proof.h"

static void position_write(struct h5 *h5, const struct describe *station)
{
	const struct {
		const char *name, *units;
		double value;
	} part[] = {
		{ "latitude", "degrees_north", station->latitude },
		{ "longitude", "degrees_east", station->longitude },
		{ "altitude", "m", station->altitude_m },
	};
	for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
		if (!isfinite(part[i].value))
			continue;
		h5_scalar(h5, part[i].name, part[i].value);
		h5_put_text(h5, "units", part[i].units);
		h5_put_text(h5, "standard_name", part[i].name);
	}
}

/* Nodes over LAYOUT_BLOCK records each: they tell where a file was changed. */
static int tree_write(struct h5 *h5, const struct plan *plan)
{
	size_t blocks = day_blocks(plan->n);
	uint8_t *node = malloc(blocks * DIGEST_SIZE + 1);
	if (node == NULL || day_nodes(plan->record, plan->n, node) != OK) {
		free(node);
		return FAILED;
	}
	if (plan->n > 0) {
		h5_dimension(h5, LAYOUT_TREE LAYOUT_ROOM, blocks * DIGEST_SIZE);
		h5_column(h5, &(struct h5_column){ .name = LAYOUT_TREE,
		                      .dimension = LAYOUT_TREE LAYOUT_ROOM,
		                      .kind = H5_U8,
		                      .n = blocks * DIGEST_SIZE,
		                      .data = node });
		h5_put_text(h5, "long_name",
		        "nodes (SHA-256) of the RFC 6962 tree over 64 records each");
	}
	free(node);
	return OK;
}

static int root_write(struct h5 *h5, const struct plan *plan)
{
	file_attributes(h5, plan);
	h5_column(h5, &(struct h5_column){ .name = LAYOUT_EPOCHS,
	                      .dimension = LAYOUT_EPOCHS,
	                      .kind = H5_U64,
	                      .n = plan->n_epochs,
	                      .data = plan->epoch });
	h5_put_text(h5, "long_name", "journals that numbered the records");
	if (tree_write(h5, plan) != OK)
		return FAILED;
	if (plan->station == NULL)
		return OK;
	position_write(h5, plan->station);
	columns_text(h5, "describe", plan->station_text, plan->station_text_size);
	h5_put_text(h5, "long_name", "DESCRIBE of the station");
	return OK;
}

static int group_write(
        struct h5 *h5, const struct plan *plan, const struct plan_group *group)
{
	h5_group(h5, group->name);
	group_attributes(h5, group->describe);
	if (columns_write(h5, plan, group) != OK)
		return FAILED;
	columns_text(h5, "describe", group->text, group->text_size);
	h5_put_text(h5, "long_name",
	        "DESCRIBE of the instrument: its SHA-256 is describe_sha256");
	return OK;
}

static int events_write(struct h5 *h5, const struct plan *plan)
{
	const struct plan_group *events = &plan->events;
	if (events->n == 0)
		return OK;
	h5_group(h5, LAYOUT_EVENTS);
	h5_put_text(h5, "title", "all records that are not rows of an instrument");
	return columns_write(h5, plan, events);
}

int day_plan_write(struct h5 *h5, const struct plan *plan)
{
	int status = root_write(h5, plan);
	for (size_t i = 0; i < plan->n_groups && status == OK; i++)
		status = group_write(h5, plan, &plan->group[i]);
	if (status == OK)
		status = events_write(h5, plan);
	return status;
}

int day_write(const char *path, const struct day_header *header,
        const struct day_record *record, size_t n, struct describe *const *describes,
        size_t n_describes, struct problem *why)
{
	struct plan plan;
	struct h5 *h5;
	struct plan_input input = {
		.header = header,
		.record = record,
		.n = n,
		.describe = describes,
		.n_describes = n_describes,
	};
	int status = plan_make(&plan, &input, why);
	if (status != OK)
		return status;
	status = h5_create(&h5, path, n <= H5_ROWS, why);
	if (status == OK) {
		int written = day_plan_write(h5, &plan);
		status = h5_close(h5, why);
		if (written != OK && status == OK)
			status = problem_set(
			        why, FAILED, EXIT_TRY_AGAIN, "%s: out of memory", path);
	}
	plan_free(&plan);
	return status;
}
