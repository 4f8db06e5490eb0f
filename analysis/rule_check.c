/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/rule_check.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/units.h"

struct check {
	const struct rule *rule;
	struct config *config;
	FILE *report;
};

/* A place of the document, as config_error wants it: "parameters[2].unit". */
struct place {
	char text[96];
};

static struct place place_of(const char *format, ...)
        __attribute__((format(printf, 1, 2)));
static struct place place_of(const char *format, ...)
{
	struct place place;
	va_list more;
	va_start(more, format);
	vsnprintf(place.text, sizeof place.text, format, more);
	va_end(more);
	return place;
}

int rule_stage(const struct rule *rule, const char *name)
{
	for (size_t i = 0; i < rule->n_stages; i++)
		if (name[0] == '\0' || strcmp(rule->stage[i].name, name) == 0)
			return (int)i;
	return NOT_FOUND;
}

static void check_unit(const struct check *check, struct place place, const char *unit)
{
	if (units_check(unit) != OK)
		config_error(check->config, check->report, place.text,
		        "write it as in \"mg/L\", \"ug/m3\", \"pH\"",
		        "'%s' is not a unit", unit);
}

static void check_stage(const struct check *check, size_t i)
{
	const struct stage *stage = &check->rule->stage[i];
	if (fmod(86400, stage->period_s) > 0)
		config_error(check->config, check->report,
		        place_of("stages[%zu].period", i).text,
		        "5min, 1h, 8h and 24h do", "the period must divide a day");
	int of = rule_stage(check->rule, stage->of);
	if (i == 0 && stage->of[0] != '\0')
		config_error(check->config, check->report,
		        place_of("stages[%zu].of", i).text, NULL,
		        "the first stage is made of readings");
	else if (i > 0 && (of < 0 || (size_t)of >= i))
		config_error(check->config, check->report,
		        place_of("stages[%zu].of", i).text,
		        "name one of the stages above",
		        "there is no earlier stage '%s'", stage->of);
	else if (i > 0 && fmod(stage->period_s, check->rule->stage[of].period_s) > 0)
		config_error(check->config, check->report,
		        place_of("stages[%zu].period", i).text, NULL,
		        "the period must be a multiple of that of stage '%s'",
		        check->rule->stage[of].name);
	for (size_t k = 0; k < i; k++)
		if (strcmp(check->rule->stage[k].name, stage->name) == 0)
			config_error(check->config, check->report,
			        place_of("stages[%zu].name", i).text, NULL,
			        "two stages are called '%s'", stage->name);
}

static void check_value(const struct check *check, size_t i, size_t k)
{
	const struct rule_value *value = &check->rule->limit[i].value[k];
	struct place place = place_of("parameters[%zu].values[%zu]", i, k);
	if (isnan(value->low) && isnan(value->high))
		config_error(check->config, check->report, place.text,
		        "give `high`, or `low` and `high` for an interval",
		        "a value needs a limit");
	if (value->low >= value->high)
		config_error(check->config, check->report, place.text, NULL,
		        "the interval %g to %g is empty", value->low, value->high);
	if (value->to_us != 0 && value->to_us <= value->from_us)
		config_error(check->config, check->report, place.text, NULL,
		        "in force until before it is in force");
	if (rule_stage(check->rule, value->stage) < 0)
		config_error(check->config, check->report, place.text,
		        "name one of the stages", "there is no stage '%s'",
		        value->stage);
}

static bool in_force_together(const struct rule_value *a, const struct rule_value *b)
{
	return (a->to_us == 0 || b->from_us < a->to_us) &&
	       (b->to_us == 0 || a->from_us < b->to_us);
}

/* Never two values for one column, stage and time. */
static void check_twice(const struct check *check, size_t i)
{
	const struct rule_limit *limit = &check->rule->limit[i];
	for (size_t k = 0; k < limit->n_columns; k++)
		for (size_t m = 0; m < k; m++)
			if (strcmp(limit->value[k].column, limit->value[m].column) ==
			                0 &&
			        strcmp(limit->value[k].stage, limit->value[m].stage) ==
			                0 &&
			        in_force_together(&limit->value[k], &limit->value[m]))
				config_error(check->config, check->report,
				        place_of("parameters[%zu].values[%zu]", i, k)
				                .text,
				        "give them different dates",
				        "two values of '%s' are in force at once",
				        limit->channel);
}

static void check_limit(const struct check *check, size_t i)
{
	const struct rule_limit *limit = &check->rule->limit[i];
	check_unit(check, place_of("parameters[%zu].unit", i), limit->unit);
	for (size_t k = 0; k < i; k++)
		if (strcmp(check->rule->limit[k].channel, limit->channel) == 0)
			config_error(check->config, check->report,
			        place_of("parameters[%zu].channel", i).text, NULL,
			        "'%s' is limited twice", limit->channel);
	for (size_t k = 0; k < limit->n_columns; k++)
		check_value(check, i, k);
	check_twice(check, i);
	if (check->rule->decision == DECISION_SUBTRACT &&
	        isnan(limit->subtract_percent))
		config_error(check->config, check->report,
		        place_of("parameters[%zu]", i).text,
		        "for example: subtract: 20%",
		        "the decision subtract_interval needs the interval of '%s'",
		        limit->channel);
}

static void check_operating(const struct check *check, size_t i)
{
	const struct rule_operating *operating = &check->rule->operating[i];
	check_unit(check, place_of("operating[%zu].unit", i), operating->unit);
	if (isnan(operating->above) && isnan(operating->below))
		config_error(check->config, check->report,
		        place_of("operating[%zu]", i).text, NULL,
		        "give `above` or `below`");
}

static bool has_coefficient(const struct rule *rule, const char *name)
{
	for (size_t i = 0; i < rule->n_coefficients; i++)
		if (strcmp(rule->coefficient[i], name) == 0)
			return true;
	return false;
}

/* A record that may be judged by has stages and parameters; it is named as its file. */
static void check_whole(const struct check *check, const char *path)
{
	const struct rule *rule = check->rule;
	const char *name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
	size_t n = strlen(rule->id);
	if (strncmp(name, rule->id, n) != 0 || strcmp(name + n, ".yaml") != 0)
		config_error(check->config, check->report, "id", NULL,
		        "the record '%s' must be in a file '%s.yaml'", rule->id,
		        rule->id);
	if (rule->to_us != 0 && rule->to_us <= rule->from_us)
		config_error(check->config, check->report, "to", NULL,
		        "in force until before it is in force");
	if (rule->refused[0] == '\0' && (rule->n_stages < 2 || rule->n_limits == 0))
		config_error(check->config, check->report, "id",
		        "or say in `refused` why nothing may be judged by it",
		        "a record needs parameters and at least two stages");
	if (rule->n_limits > 0 && rule->n_stages == 0)
		config_error(check->config, check->report, "parameters", NULL,
		        "parameters without stages");
}

int rule_check(
        const struct rule *rule, struct config *config, const char *path, FILE *report)
{
	const struct check check = { rule, config, report };
	check_whole(&check, path);
	for (size_t i = 0; i < rule->n_stages; i++)
		check_stage(&check, i);
	for (size_t i = 0; i < rule->n_limits && rule->n_stages > 0; i++)
		check_limit(&check, i);
	for (size_t i = 0; i < rule->n_operating; i++)
		check_operating(&check, i);
	for (size_t i = 0; i < rule->n_classes; i++)
		if (!has_coefficient(rule, rule->class[i].coefficient))
			config_error(config, report,
			        place_of("classes[%zu].coefficient", i).text,
			        "list it under `coefficients`",
			        "there is no coefficient '%s'",
			        rule->class[i].coefficient);
	return config_errors(config) == 0 ? OK : MALFORMED;
}
