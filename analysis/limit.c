/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cmax of one parameter: the table's value, the permit's coefficients, the permit's
 * stricter value. */
#include "analysis/permit.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

static bool in_force(int64_t from_us, int64_t to_us, int64_t time_us)
{
	return from_us <= time_us && (to_us == 0 || time_us < to_us);
}

static const struct rule_value *find_value(const struct rule_limit *limit,
        const char *column, const char *stage, int64_t time_us)
{
	for (size_t i = 0; i < limit->n_columns; i++) {
		const struct rule_value *value = &limit->value[i];
		if (strcmp(value->column, column) == 0 &&
		        strcmp(value->stage, stage) == 0 &&
		        in_force(value->from_us, value->to_us, time_us))
			return value;
	}
	return NULL;
}

static const struct permit_coefficient *find_coefficient(
        const struct permit *permit, const char *name)
{
	for (size_t i = 0; permit != NULL && i < permit->n_coefficients; i++)
		if (strcmp(permit->coefficient[i].name, name) == 0)
			return &permit->coefficient[i];
	return NULL;
}

/* Decimals that show a value in full, at least those of the table. */
static int decimals_of(double value, int least)
{
	int decimals = least;
	double scaled = value * pow(10, decimals);
	while (decimals < 6 && fabs(scaled - round(scaled)) > 1e-6 * fabs(scaled)) {
		decimals++;
		scaled = value * pow(10, decimals);
	}
	return decimals;
}

/* "0,9": at least one decimal, with the Vietnamese comma. */
static void print_vi(double value, char *out, size_t room)
{
	snprintf(out, room, "%.*f", decimals_of(value, 1), value);
	for (char *c = out; *c != '\0'; c++)
		if (*c == '.')
			*c = ',';
}

static void add(char *out, size_t room, const char *text)
{
	size_t n = strlen(out);
	snprintf(out + n, room - n, "%s", text);
}

/* ", Kq = 0.9" behind both bases. */
static void add_coefficient(
        struct limit_applied *out, const struct permit_coefficient *coefficient)
{
	char text[64], number[32];
	print_vi(coefficient->value, number, sizeof number);
	snprintf(text, sizeof text, ", %c%s = %g", toupper(coefficient->name[0]),
	        coefficient->name + 1, coefficient->value);
	add(out->basis, sizeof out->basis, text);
	snprintf(text, sizeof text, ", %c%s = %s", toupper(coefficient->name[0]),
	        coefficient->name + 1, number);
	add(out->basis_vi, sizeof out->basis_vi, text);
}

/* "QCVN 40:2011/BTNMT, column A" or "QCVN 05:2023/BTNMT, 24 h mean". */
static void name_basis(struct limit_applied *out, const struct rule *rule,
        const struct rule_value *value, const char *stage)
{
	snprintf(out->basis, sizeof out->basis, "%s", rule->regulation);
	snprintf(out->basis_vi, sizeof out->basis_vi, "%s", rule->regulation);
	char text[96];
	if (value->column[0] != '\0') {
		snprintf(text, sizeof text, ", column %s", value->column);
		add(out->basis, sizeof out->basis, text);
		snprintf(text, sizeof text, ", cột %s", value->column);
		add(out->basis_vi, sizeof out->basis_vi, text);
	}
	for (size_t i = 0; value->stage[0] != '\0' && i < rule->n_stages; i++) {
		if (strcmp(rule->stage[i].name, stage) != 0)
			continue;
		double hours = rule->stage[i].period_s / 3600;
		snprintf(text, sizeof text, ", %g h mean", hours);
		add(out->basis, sizeof out->basis, text);
		snprintf(text, sizeof text, ", trung bình %g giờ", hours);
		add(out->basis_vi, sizeof out->basis_vi, text);
	}
}

static int scale(struct limit_applied *out, const struct rule *rule,
        const struct permit *permit, struct problem *why)
{
	for (size_t i = 0; i < rule->n_coefficients; i++) {
		const struct permit_coefficient *coefficient =
		        find_coefficient(permit, rule->coefficient[i]);
		if (coefficient == NULL)
			return problem_set(why, REFUSED, EXIT_CONFIG,
			        "%s needs the coefficient '%s' and the permit %s does "
			        "not give it",
			        rule->regulation, rule->coefficient[i],
			        permit != NULL ? permit->number : "(none)");
		out->factor *= coefficient->value;
		add_coefficient(out, coefficient);
	}
	out->low *= out->factor;
	out->high *= out->factor;
	return OK;
}

/* An interval of the permit may narrow the regulation's, never widen it. */
static int narrow(struct limit_applied *out, const struct rule_limit *limit,
        const struct permit *permit, const struct permit_limit *stricter,
        struct problem *why)
{
	double factor, offset;
	if (units_convert(stricter->unit, limit->unit, &factor, &offset) != OK)
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "the permit %s limits '%s' in '%s', the rule in '%s'",
		        permit->number, limit->channel, stricter->unit, limit->unit);
	double low = stricter->low * factor + offset,
	       high = stricter->high * factor + offset;
	bool lower = high < out->high || (isnan(out->high) && !isnan(high));
	bool higher = low > out->low || (isnan(out->low) && !isnan(low));
	if (!lower && !higher)
		return OK;
	out->stricter = true;
	if (lower)
		out->high = high;
	if (higher)
		out->low = low;
	char text[sizeof out->basis];
	snprintf(text, sizeof text, "environmental permit %s, stricter than %.128s",
	        permit->number, out->basis);
	memcpy(out->basis, text, sizeof text);
	snprintf(text, sizeof text, "giấy phép môi trường số %s, chặt hơn %.128s",
	        permit->number, out->basis_vi);
	memcpy(out->basis_vi, text, sizeof text);
	return OK;
}

static int check_rule(const struct rule *rule, int64_t time_us, struct problem *why)
{
	if (rule->refused[0] != '\0')
		return problem_set(
		        why, REFUSED, EXIT_CONFIG, "not judged: %s", rule->refused);
	if (rule->status == RULE_SUPERSEDED)
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "not judged: the rule record '%s' is superseded", rule->id);
	if (!in_force(rule->from_us, rule->to_us, time_us))
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "not judged: %s was not in force at that time",
		        rule->regulation);
	return OK;
}

int limit_apply(struct limit_applied *out, const struct rule *rule,
        const struct rule_limit *limit, const struct permit *permit, const char *stage,
        int64_t time_us, struct problem *why)
{
	*out = (struct limit_applied){
		.low = NAN, .high = NAN, .table_value = NAN, .factor = 1
	};
	int status = check_rule(rule, time_us, why);
	if (status != OK)
		return status;
	const char *column = permit != NULL ? permit->column : "";
	const struct rule_value *value = find_value(limit, column, stage, time_us);
	bool last = rule->n_stages > 0 &&
	            strcmp(rule->stage[rule->n_stages - 1].name, stage) == 0;
	if (value == NULL && last)
		value = find_value(limit, column, "", time_us);
	if (value == NULL)
		return problem_set(why, NOT_FOUND, EXIT_CONFIG,
		        "%s has no value of '%s' for column '%s', stage '%s' at that "
		        "time",
		        rule->regulation, limit->channel, column, stage);
	out->low = value->low;
	out->high = value->high;
	out->table_value = value->high;
	name_basis(out, rule, value, stage);
	if (limit->scaled)
		status = scale(out, rule, permit, why);
	for (size_t i = 0; status == OK && permit != NULL && i < permit->n_stricter;
	        i++)
		if (strcmp(permit->stricter[i].channel, limit->channel) == 0)
			status = narrow(out, limit, permit, &permit->stricter[i], why);
	out->decimals =
	        decimals_of(isnan(out->high) ? out->low : out->high, limit->decimals);
	return status;
}
