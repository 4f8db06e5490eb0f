/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/basis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

#define CURE "; declare it in the instrument's profile, or with import --declare"

static const char *said(const char *text)
{
	return text[0] != '\0' ? text : "nothing";
}

/* A limit that says nothing asks for nothing; a channel that says nothing is not
 * believed. */
static int agree(const char *what, const char *channel, const char *limit,
        const struct rule_limit *parameter, struct problem *why)
{
	if (limit[0] == '\0' || strcmp(channel, limit) == 0)
		return OK;
	return problem_set(why, REFUSED, EXIT_CONFIG,
	        "not compared: the limit of '%s' is %s %s, the channel says %s" CURE,
	        parameter->channel, what, limit, said(channel));
}

static int agree_number(double channel, double limit, const char *unit,
        const struct rule_limit *parameter, struct problem *why)
{
	if (isnan(limit) || fabs(channel - limit) <= 0.01)
		return OK;
	char text[32] = "nothing";
	if (!isnan(channel))
		snprintf(text, sizeof text, "%g %s", channel, unit);
	return problem_set(why, REFUSED, EXIT_CONFIG,
	        "not compared: the limit of '%s' is at %g %s, the channel says %s" CURE,
	        parameter->channel, limit, unit, text);
}

/* "mg/Nm3" to "mg/m3": the N is the standard state, which was compared already. */
static void without_normal(const char *unit, char *out, size_t room)
{
	const char *normal = strstr(unit, "Nm3");
	if (normal == NULL)
		snprintf(out, room, "%s", unit);
	else
		snprintf(out, room, "%.*s%s", (int)(normal - unit), unit, normal + 1);
}

static int convert(
        const char *from, const char *to, bool standard, double *factor, double *offset)
{
	int status = units_convert(from, to, factor, offset);
	if (status == OK || !standard)
		return status;
	char plain_from[64], plain_to[64];
	without_normal(from, plain_from, sizeof plain_from);
	without_normal(to, plain_to, sizeof plain_to);
	return units_convert(plain_from, plain_to, factor, offset);
}

int basis_check(const struct channel *about, const struct rule_limit *limit,
        double *factor, double *offset, struct problem *why)
{
	int status = agree("as", about->expressed_as, limit->expressed_as, limit, why);
	if (status == OK)
		status = agree("for", about->basis, limit->basis, limit, why);
	if (status == OK)
		status = agree(
		        "in state", about->gas_state, limit->gas_state, limit, why);
	if (status == OK)
		status = agree_number(about->reference_temperature_C,
		        limit->reference_temperature_C, "Cel", limit, why);
	if (status == OK)
		status = agree_number(about->reference_pressure_kPa,
		        limit->reference_pressure_kPa, "kPa", limit, why);
	if (status != OK)
		return status;
	bool standard = strcmp(limit->gas_state, "standard") == 0;
	if (convert(about->unit, limit->unit, standard, factor, offset) != OK)
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "not compared: the channel '%s' is in '%s', the limit in '%s', "
		        "and no "
		        "conversion is declared",
		        about->name, about->unit, limit->unit);
	return OK;
}
