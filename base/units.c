/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/units.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <udunits2.h>

#include "base/status.h"
#include "base/units_parts.h"

#define CHAINS 256
#define MOST_KNOWN                                                                     \
	4096 /* units arrive in foreign records too: what is kept must end             \
	      */

struct known {
	struct known *next;
	ut_unit *unit;
	char seen[UNIT_TEXT], cf[2 * UNIT_TEXT], people[2 * UNIT_TEXT];
};

/*
 * UDUNITS reads its table from disk and its parser keeps statics, so there is one
 * system for the process behind one lock; the units met are kept beside it, which is
 * why their texts may be handed out for good.
 */
static struct {
	pthread_mutex_t lock;
	bool tried;
	ut_system *system;
	struct known *chain[CHAINS];
	size_t n_known;
} table = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void open_system(void)
{
	table.tried = true;
	ut_set_error_message_handler(ut_ignore);
	table.system = ut_read_xml(NULL);
	for (const struct unit_kind *k = unit_kinds; table.system && k->name != NULL;
	        k++) {
		ut_unit *unit = ut_new_base_unit(table.system);
		ut_map_name_to_unit(k->name, UT_ASCII, unit);
		ut_free(unit);
	}
}

static size_t chain_of(const char *text)
{
	size_t hash = 5381;
	for (; *text != '\0'; text++)
		hash = hash * 33 + (unsigned char)*text;
	return hash % CHAINS;
}

static ut_unit *parse(const struct unit_parts *parts)
{
	char text[UNIT_FACTORS * UNIT_TEXT];
	if (unit_for_udunits(parts, text, sizeof text) != OK)
		return NULL;
	return ut_parse(table.system, text, UT_ASCII);
}

static struct known *learn(const char *text)
{
	struct unit_parts parts;
	if (unit_take_apart(text, &parts) != OK || table.n_known == MOST_KNOWN)
		return NULL;
	struct known *known = calloc(1, sizeof *known);
	if (known == NULL)
		return NULL;
	known->unit = parse(&parts);
	if (known->unit == NULL ||
	        unit_for_cf(&parts, known->cf, sizeof known->cf) != OK ||
	        unit_for_people(&parts, known->people, sizeof known->people) != OK) {
		ut_free(known->unit);
		free(known);
		return NULL;
	}
	snprintf(known->seen, sizeof known->seen, "%s", text);
	known->next = table.chain[chain_of(text)];
	table.chain[chain_of(text)] = known;
	table.n_known++;
	return known;
}

/* Caller holds the lock.  NULL: nobody knows it. */
static const struct known *look_up(const char *text)
{
	if (!table.tried)
		open_system();
	if (table.system == NULL || strlen(text) >= UNIT_TEXT)
		return NULL;
	for (struct known *k = table.chain[chain_of(text)]; k != NULL; k = k->next)
		if (strcmp(k->seen, text) == 0)
			return k;
	return learn(text);
}

/* UDUNITS multiplies in doubles and may end one bit beside 1000; a factor within two
 * bits of a decimal of 15 digits is that decimal. */
static double tidy(double factor)
{
	char text[32];
	snprintf(text, sizeof text, "%.15g", factor);
	double decimal = strtod(text, NULL);
	return fabs(decimal - factor) <= 4e-16 * fabs(factor) ? decimal : factor;
}

/* UDUNITS also turns s/m into m/s, by the reciprocal, which is infinite at 0, and
 * decibels into what they are the logarithm of: neither is a factor and an offset. */
static int linear(const cv_converter *by, double *factor, double *offset)
{
	double at_0 = cv_convert_double(by, 0), at_1024 = cv_convert_double(by, 1024);
	if (!isfinite(at_0) || !isfinite(at_1024))
		return REFUSED;
	bool shifted = fabs(at_0) > 0;
	double slope = shifted ? (at_1024 - at_0) / 1024 : cv_convert_double(by, 1);
	double straight = at_0 + slope * 7, bent = cv_convert_double(by, 7) - straight;
	if (!(fabs(bent) <= 1e-9 * (fabs(at_0) + fabs(straight))))
		return REFUSED;
	*factor = tidy(slope);
	*offset = tidy(at_0);
	return OK;
}

int units_convert(const char *from, const char *to, double *factor, double *offset)
{
	int status = MALFORMED;
	pthread_mutex_lock(&table.lock);
	const struct known *a = look_up(from), *b = look_up(to);
	if (a != NULL && a == b) {
		*factor = 1;
		*offset = 0;
		status = OK;
	} else if (a != NULL && b != NULL) {
		cv_converter *by = ut_get_converter(a->unit, b->unit);
		status = by != NULL ? linear(by, factor, offset) : REFUSED;
		cv_free(by);
	}
	pthread_mutex_unlock(&table.lock);
	return status;
}

int units_check(const char *unit)
{
	pthread_mutex_lock(&table.lock);
	errno = 0;
	int status = look_up(unit) != NULL ? OK : MALFORMED;
	if (table.system == NULL || (status != OK && errno == ENOMEM))
		status = FAILED;
	pthread_mutex_unlock(&table.lock);
	return status;
}

int units_same(const char *a, const char *b)
{
	double factor, offset;
	return units_convert(a, b, &factor, &offset) == OK &&
	       fabs(factor - 1) < 1e-12 && fabs(offset) < 1e-12;
}

const char *units_cf(const char *unit)
{
	pthread_mutex_lock(&table.lock);
	const struct known *known = look_up(unit);
	pthread_mutex_unlock(&table.lock);
	return known != NULL ? known->cf : NULL;
}

const char *units_people(const char *unit)
{
	pthread_mutex_lock(&table.lock);
	const struct known *known = look_up(unit);
	pthread_mutex_unlock(&table.lock);
	return known != NULL ? known->people : NULL;
}

const char *units_shown(const char *unit)
{
	const char *people = unit[0] != '\0' ? units_people(unit) : NULL;
	return people != NULL ? people : unit;
}

const char *units_named(const char *unit)
{
	const char *shown = units_shown(unit);
	return shown[0] != '\0' ? shown : unit;
}

void units_forget(void)
{
	pthread_mutex_lock(&table.lock);
	for (size_t i = 0; i < CHAINS; i++)
		while (table.chain[i] != NULL) {
			struct known *next = table.chain[i]->next;
			ut_free(table.chain[i]->unit);
			free(table.chain[i]);
			table.chain[i] = next;
		}
	if (table.system != NULL)
		ut_free_system(table.system);
	table.system = NULL;
	table.tried = false;
	table.n_known = 0;
	pthread_mutex_unlock(&table.lock);
}
