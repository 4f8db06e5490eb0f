/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A rule record: one regulation as a dated, cited YAML file of analysis/limits
 * (docs/quantrac-limits.md).
 */
#ifndef ANALYSIS_RULE_H
#define ANALYSIS_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/record.h"
#include "base/status.h"

enum rule_status { RULE_DRAFT, RULE_SOURCED, RULE_COUNTERSIGNED, RULE_SUPERSEDED };
enum rule_kind { KIND_LEGAL, KIND_AMBIENT, KIND_EPISODE };
enum decision { DECISION_SIMPLE, DECISION_SUBTRACT, DECISION_GUARD };
enum statistic { STATISTIC_MEAN, STATISTIC_MAX, STATISTIC_FLOW_MEAN };
enum label { LABEL_END, LABEL_START };
enum below_minimum { BELOW_BOUNDS, BELOW_VOID };

struct stage {            /* one step from readings to the judged statistic */
	const char *name; /* "base", "hour", "day" */
	double period_s;
	int statistic; /* enum statistic */
	int label;
	double min_valid_percent; /* NAN: none */
	int64_t min_valid_count;  /* of the inputs; 0: none */
	double min_operating_s;   /* NAN: none */
	int below;                /* enum below_minimum */
	const char *of;           /* stage whose values are its inputs; "": the first */
};

struct rule_limit {          /* one parameter */
	const char *channel; /* "cod" */
	const char *name_vi, *name_en;
	const char *unit, *expressed_as, *basis, *gas_state;
	double reference_temperature_C, reference_pressure_kPa; /* NAN: not a gas */
	bool scaled; /* the coefficients apply */
	bool hazardous;
	int decimals;     /* of the limit as printed */
	size_t n_columns; /* of the regulation: "A", "B"; ambient: "1h", "24h" (a stage) */
	struct rule_value {
		const char *column;
		double low, high;
		const char *stage;
		int64_t from_us, to_us;
		const char *source;
	} * value;          /* low NAN: none; dated if it says so */
	const char *source; /* table and row */
	int status;         /* enum rule_status: weaker of this and the rule's counts */
	bool status_given;  /* else it is the rule's */
	bool bounded; /* missing values lie between 0 and range top: not pH, temperature */
	double subtract_percent; /* DECISION_SUBTRACT: interval to take off, in % of the limit */
};

struct rule {
	char hash[65]; /* SHA-256 of the file: named by every result */
	const char *id, *regulation, *title_vi, *title_en;
	const char *source; /* document, article, page */
	const char *limit_term_vi, *limit_term_en;
	int status, kind, decision;
	int64_t from_us, to_us; /* in force; 0: open */
	const char *version;
	size_t n_coefficients; /* "kq", "kf": their values are in the permit */
	const char **coefficient;
	size_t n_stages;
	struct stage *stage;
	size_t n_limits;
	struct rule_limit *limit;
	size_t n_operating; /* all must hold for `running`; no data = running */
	struct rule_operating {
		const char *channel;
		double above, below;
		const char *unit;
		double dwell_s;
	} * operating;
	double recovery_s;            /* after calibrating */
	const char *min_valid_source; /* "policy of the department, not law" */
	struct config *config;        /* owns the texts */
	const char *refused;          /* why nothing may be judged by it; "": it may */
	const char *note;
	size_t n_classes; /* what the regulation says of its coefficients, for people */
	struct rule_class {
		const char *coefficient, *when_vi, *when_en;
		double value;
	} * class;
};

/* Schema of a rule file. */
extern const struct section rule_section;

/* Read one rule file; all errors to stderr.  OK, NOT_FOUND, MALFORMED. */
int rule_read(struct rule *out, const char *path, struct problem *why);
void rule_free(struct rule *rule);

/* The folder of the shipped rules: $QUANTRAC_LIMITS, else beside the program, else the
 * installed one. */
const char *rule_folder(void);

/* All rules of a folder, sorted by id. */
struct rules {
	size_t n;
	struct rule *rule;
};
int rules_read(struct rules *out, const char *folder, struct problem *why);
void rules_free(struct rules *rules);
const struct rule *rules_find(const struct rules *rules, const char *id);

const char *rule_status_text(int status); /* "draft" */

/* The weaker standing of a record and of one of its limits; and have two authorised
 * persons confirmed what is judged by them? */
int rule_standing(const struct rule *rule, const struct rule_limit *limit);
bool rule_confirmed(const struct rule *rule, const struct rule_limit *limit);

#endif
