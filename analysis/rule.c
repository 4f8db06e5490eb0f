/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/rule.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/rule_check.h"
#include "base/digest.h"
#include "base/share.h"

const char *rule_status_text(int status)
{
	static const char *const text[] = { "draft", "sourced", "countersigned",
		"superseded" };
	return status >= 0 && status <= RULE_SUPERSEDED ? text[status] : "?";
}

int rule_standing(const struct rule *rule, const struct rule_limit *limit)
{
	return rule->status < limit->status ? rule->status : limit->status;
}

bool rule_confirmed(const struct rule *rule, const struct rule_limit *limit)
{
	return rule->status == RULE_COUNTERSIGNED &&
	       (limit->status == RULE_COUNTERSIGNED ||
	               limit->status == RULE_SUPERSEDED);
}

/* What follows from what is written: rows without a status have the record's, an
 * interval has no bounds, no minimum time of operation is NAN. */
static void complete(struct rule *rule)
{
	for (size_t i = 0; i < rule->n_stages; i++)
		if (!(rule->stage[i].min_operating_s > 0))
			rule->stage[i].min_operating_s = NAN;
	for (size_t i = 0; i < rule->n_limits; i++) {
		struct rule_limit *limit = &rule->limit[i];
		if (!limit->status_given)
			limit->status = rule->status;
		for (size_t k = 0; k < limit->n_columns; k++)
			if (!isnan(limit->value[k].low))
				limit->bounded = false;
	}
}

int rule_read(struct rule *out, const char *path, struct problem *why)
{
	uint8_t digest[DIGEST_SIZE];
	*out = (struct rule){ 0 };
	if (digest_of_file(path, digest) != OK)
		return problem_set(
		        why, NOT_FOUND, EXIT_NO_FILE, "%s: %s", path, strerror(errno));
	struct config *config = NULL;
	int status = config_read(&config, path, &rule_section, out, stderr);
	if (status == OK)
		status = rule_check(out, config, path, stderr);
	if (status != OK) {
		problem_set(why, status, EXIT_CONFIG, "%s", config_first_error(config));
		config_free(config);
		*out = (struct rule){ 0 };
		return status;
	}
	out->config = config;
	digest_print(digest, out->hash);
	complete(out);
	return OK;
}

void rule_free(struct rule *rule)
{
	config_free(rule->config);
	*rule = (struct rule){ 0 };
}

const char *rule_folder(void)
{
	static char folder[4096];
	const char *asked = getenv("QUANTRAC_LIMITS");
	if (asked != NULL && asked[0] != '\0')
		return asked;
	return share_folder("limits", folder, sizeof folder);
}

static int is_rule_file(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);
	return entry->d_name[0] != '.' && n > 5 &&
	       strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

static int by_id(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;
	return strcmp(x->id, y->id);
}

static int read_all(struct rules *out, const char *folder, struct dirent **entry, int n,
        struct problem *why)
{
	int status = OK;
	out->rule = calloc((size_t)(n > 0 ? n : 1), sizeof *out->rule);
	if (out->rule == NULL)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "no memory for %d rules", n);
	for (int i = 0; i < n; i++) {
		char path[4096];
		snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
		int one =
		        rule_read(&out->rule[out->n], path, status == OK ? why : NULL);
		if (one == OK)
			out->n++;
		else
			status = one;
	}
	qsort(out->rule, out->n, sizeof *out->rule, by_id);
	for (size_t i = 1; i < out->n && status == OK; i++)
		if (strcmp(out->rule[i - 1].id, out->rule[i].id) == 0)
			status = problem_set(why, MALFORMED, EXIT_CONFIG,
			        "%s: two rule records have the id '%s'", folder,
			        out->rule[i].id);
	return status;
}

int rules_read(struct rules *out, const char *folder, struct problem *why)
{
	struct dirent **entry;
	*out = (struct rules){ 0 };
	int n = scandir(folder, &entry, is_rule_file, alphasort);
	if (n < 0)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "no folder of rule records at '%s' (%s): set QUANTRAC_LIMITS",
		        folder, strerror(errno));
	int status = read_all(out, folder, entry, n, why);
	for (int i = 0; i < n; i++)
		free(entry[i]);
	free(entry);
	if (status != OK)
		rules_free(out);
	return status;
}

void rules_free(struct rules *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		rule_free(&rules->rule[i]);
	free(rules->rule);
	*rules = (struct rules){ 0 };
}

const struct rule *rules_find(const struct rules *rules, const char *id)
{
	for (size_t i = 0; i < rules->n; i++)
		if (strcmp(rules->rule[i].id, id) == 0)
			return &rules->rule[i];
	return NULL;
}
