/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A permit: a dated DOCUMENT of the source `office` that says which rule an outlet
 * answers to, with which column and coefficients.  Append-only: the newest one in force
 * at a time counts.
 */
#ifndef ANALYSIS_PERMIT_H
#define ANALYSIS_PERMIT_H

#include <stddef.h>
#include <stdint.h>

#include "analysis/rule.h"
#include "archive/reader.h"
#include "base/config.h"
#include "base/status.h"

struct permit {
	const char *id, *number, *issuer;
	int64_t issued_us, from_us, to_us; /* to 0: open */
	const char *zone, *facility, *facility_name, *facility_address, *facility_owner;
	const char *outlet, *outlet_name, *station, *coordinates, *receiving_water;
	const char *rule, *column;
	size_t n_coefficients;
	struct permit_coefficient {
		const char *name;
		double value;
		const char *document;
	} * coefficient;
	size_t n_stricter; /* permit values that are stricter than the regulation */
	struct permit_limit {
		const char *channel;
		double low, high;
		const char *unit;
	} * stricter;
	size_t n_parameters; /* channels judged; none: all the rule has and the station measures */
	const char **parameter;
	int64_t stored_us;
	struct config *config; /* owns the texts */
	const char *kind;      /* "permit": the first key of the DOCUMENT */
};

struct permits {
	size_t n;
	struct permit *permit;
};

/* Schema of a permit file (quantrac permit set FILE). */
extern const struct section permit_section;

/* Check a permit file and turn it into the JSON of a DOCUMENT ({"kind":"permit",...});
 * the caller frees *json.  OK or MALFORMED (errors told on stderr), NOT_FOUND. */
int permit_from_file(const char *path, char **json, struct problem *why);

/* Does a permit fit the rule it names: column, coefficients, parameters?  Errors go to `report` and into
 * config_errors of `config`, the document the permit was read from.  OK or
 * MALFORMED. */
int permit_check(const struct permit *permit, const struct rule *rule,
        struct config *config, FILE *report);

/* The DOCUMENT's JSON of a permit; the caller frees *json.  OK or FAILED. */
int permit_json(const struct permit *permit, char **json);

/* A permit read back from that JSON; freed by permits_free or
 * config_free(out->config).  OK, MALFORMED. */
int permit_from_json(
        struct permit *out, const char *json, size_t n, struct problem *why);

/* All permits of the archive stored by as_of_us (0: all), oldest first. */
int permits_load(struct permits *out, struct reader *reader, int64_t as_of_us,
        struct problem *why);
/* OK, or REFUSED: some of where they lie may not be read, so there may be others. */
int permits_whole(const struct reader *reader, struct problem *why);
void permits_free(struct permits *permits);

/* Those in force for a station at a time; the newest of each rule.  Count, at most
 * `most`. */
size_t permits_for(const struct permits *permits, const char *station, int64_t time_us,
        const struct permit **out, size_t most);

/* Cmax of one parameter: C x coefficients, or the permit's stricter value.  OK,
 * NOT_FOUND (the rule has none), REFUSED (a coefficient the permit does not give, a
 * rule not in force) with the reason. */
struct limit_applied {
	double low, high;   /* high NAN: none; low NAN: not an interval */
	double table_value; /* C */
	double factor;      /* product of the coefficients, 1 if not scaled */
	bool stricter;      /* the permit's value was taken */
	char basis[256];    /* "QCVN 40:2011/BTNMT, column A, Kq = 1, Kf = 1" */
	char basis_vi[256];
	int decimals;
};
int limit_apply(struct limit_applied *out, const struct rule *rule,
        const struct rule_limit *limit, const struct permit *permit, const char *stage,
        int64_t time_us, struct problem *why);

#endif
