/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The permits of an archive, and which of them hold. */
#include "analysis/permit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/units.h"
#include "calibration/document.h"

/* ---- does it fit its rule ---- */

struct check {
	const struct permit *permit;
	const struct rule *rule;
	struct config *config;
	FILE *report;
};

static const struct rule_limit *find_limit(const struct rule *rule, const char *channel)
{
	for (size_t i = 0; i < rule->n_limits; i++)
		if (strcmp(rule->limit[i].channel, channel) == 0)
			return &rule->limit[i];
	return NULL;
}

static bool rule_has_column(const struct rule *rule, const char *column)
{
	for (size_t i = 0; i < rule->n_limits; i++)
		for (size_t k = 0; k < rule->limit[i].n_columns; k++)
			if (strcmp(rule->limit[i].value[k].column, column) == 0)
				return true;
	return rule->n_limits == 0;
}

static bool rule_has_coefficient(const struct rule *rule, const char *name)
{
	for (size_t i = 0; i < rule->n_coefficients; i++)
		if (strcmp(rule->coefficient[i], name) == 0)
			return true;
	return false;
}

static bool class_has(const struct rule *rule, const struct permit_coefficient *given)
{
	bool known = false;
	for (size_t i = 0; i < rule->n_classes; i++) {
		if (strcmp(rule->class[i].coefficient, given->name) != 0)
			continue;
		known = true;
		if (fabs(rule->class[i].value - given->value) < 1e-9)
			return true;
	}
	return !known;
}

static void check_coefficients(const struct check *check)
{
	const struct permit *permit = check->permit;
	char place[64];
	for (size_t i = 0; i < permit->n_coefficients; i++) {
		const struct permit_coefficient *given = &permit->coefficient[i];
		snprintf(place, sizeof place, "coefficients[%zu]", i);
		if (!rule_has_coefficient(check->rule, given->name))
			config_error(check->config, check->report, place, NULL,
			        "%s has no coefficient '%s'", check->rule->regulation,
			        given->name);
		else if (!class_has(check->rule, given))
			config_error(check->config, check->report, place,
			        "see its classes in the rule record",
			        "%s knows no %s of %g", check->rule->regulation,
			        given->name, given->value);
	}
	for (size_t i = 0; i < check->rule->n_coefficients; i++) {
		size_t k = 0;
		while (k < permit->n_coefficients &&
		        strcmp(permit->coefficient[k].name,
		                check->rule->coefficient[i]) != 0)
			k++;
		if (k == permit->n_coefficients)
			config_error(check->config, check->report, "coefficients",
			        "give its value and the document that fixes it",
			        "%s needs the coefficient '%s'",
			        check->rule->regulation, check->rule->coefficient[i]);
	}
}

static void check_stricter(const struct check *check, size_t i)
{
	const struct permit_limit *stricter = &check->permit->stricter[i];
	const struct rule_limit *limit = find_limit(check->rule, stricter->channel);
	double factor, offset;
	char place[64];
	snprintf(place, sizeof place, "stricter[%zu]", i);
	if (limit == NULL)
		config_error(check->config, check->report, place, NULL,
		        "%s does not limit '%s'", check->rule->regulation,
		        stricter->channel);
	else if (units_convert(stricter->unit, limit->unit, &factor, &offset) != OK)
		config_error(check->config, check->report, place, NULL,
		        "'%s' cannot be compared with '%s' of %s", stricter->unit,
		        limit->unit, check->rule->regulation);
	if (isnan(stricter->low) && isnan(stricter->high))
		config_error(check->config, check->report, place, NULL,
		        "give `high`, or `low` and `high`");
}

int permit_check(const struct permit *permit, const struct rule *rule,
        struct config *config, FILE *report)
{
	const struct check check = { permit, rule, config, report };
	if (strcmp(permit->kind, "permit") != 0)
		config_error(
		        config, report, "kind", NULL, "the kind must be \"permit\"");
	if (!rule_has_column(rule, permit->column))
		config_error(config, report, "column", NULL, "%s has no column '%s'",
		        rule->regulation, permit->column);
	if (permit->to_us != 0 && permit->to_us <= permit->from_us)
		config_error(config, report, "to", NULL,
		        "the end is not after the beginning");
	check_coefficients(&check);
	for (size_t i = 0; i < permit->n_stricter; i++)
		check_stricter(&check, i);
	for (size_t i = 0; i < permit->n_parameters; i++) {
		char place[64];
		snprintf(place, sizeof place, "parameters[%zu]", i);
		if (rule->n_limits > 0 &&
		        find_limit(rule, permit->parameter[i]) == NULL)
			config_error(config, report, place, NULL,
			        "%s does not limit '%s'", rule->regulation,
			        permit->parameter[i]);
	}
	return config_errors(config) == 0 ? OK : MALFORMED;
}

/* ---- those of an archive ---- */

static int take(void *with, const struct document *document)
{
	struct permits *permits = with;
	struct permit permit;
	struct problem why;
	if (permit_from_json(&permit, document->json, document->size, &why) != OK) {
		log_line(LOG_WARN, "permit document %llu of the office is left out: %s",
		        (unsigned long long)document->seq, why.text);
		return OK;
	}
	permit.stored_us = document->stored_us;
	struct permit *more =
	        realloc(permits->permit, (permits->n + 1) * sizeof *permits->permit);
	if (more == NULL) {
		config_free(permit.config);
		return FAILED;
	}
	permits->permit = more;
	more[permits->n++] = permit;
	return OK;
}

/* Oldest first: stable, documents stored at once stay in the order of their records. */
static void sort_by_stored(struct permits *permits)
{
	for (size_t i = 1; i < permits->n; i++) {
		struct permit one = permits->permit[i];
		size_t k = i;
		for (; k > 0 && permits->permit[k - 1].stored_us > one.stored_us; k--)
			permits->permit[k] = permits->permit[k - 1];
		permits->permit[k] = one;
	}
}

int permits_load(struct permits *out, struct reader *reader, int64_t as_of_us,
        struct problem *why)
{
	*out = (struct permits){ 0 };
	int n = documents_read(reader, "permit", as_of_us, take, out, why);
	if (n < 0) {
		permits_free(out);
		return n;
	}
	sort_by_stored(out);
	return OK;
}

int permits_whole(const struct reader *reader, struct problem *why)
{
	const char *shut = reader_shut_of(reader, OFFICE);
	if (shut == NULL)
		return OK;
	return problem_set(why, REFUSED, EXIT_DAMAGED,
	        "the permits of the archive cannot be read: %s may not be read by this "
	        "user; run this as the archive's owner, or in its group",
	        shut);
}

void permits_free(struct permits *permits)
{
	for (size_t i = 0; i < permits->n; i++)
		config_free(permits->permit[i].config);
	free(permits->permit);
	*permits = (struct permits){ 0 };
}

static bool holds(const struct permit *permit, const char *station, int64_t time_us)
{
	return strcmp(permit->station, station) == 0 && permit->from_us <= time_us &&
	       (permit->to_us == 0 || time_us < permit->to_us);
}

/* Into `out`, kept in order of rule; the newer one takes the older one's place. */
static size_t put_newer(
        const struct permit **out, size_t n, size_t most, const struct permit *permit)
{
	size_t at = 0;
	while (at < n && strcmp(out[at]->rule, permit->rule) < 0)
		at++;
	if (at < n && strcmp(out[at]->rule, permit->rule) == 0) {
		out[at] = permit;
		return n;
	}
	if (n == most)
		return n;
	memmove(out + at + 1, out + at, (n - at) * sizeof *out);
	out[at] = permit;
	return n + 1;
}

size_t permits_for(const struct permits *permits, const char *station, int64_t time_us,
        const struct permit **out, size_t most)
{
	size_t n = 0;
	for (size_t i = 0; i < permits->n; i++)
		if (holds(&permits->permit[i], station, time_us))
			n = put_newer(out, n, most, &permits->permit[i]);
	return n;
}
