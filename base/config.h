/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every text file and JSON object quantrac reads is described by tables of fields; one
 * walker checks a document against them and fills a struct.  All errors are found at
 * once:
 *
 *     station.yaml:6:11: error: '9600x' is not a line setting
 *        6 |     line: 9600x
 *          |           ^~~~~
 *     hint: write baud, data bits, parity and stop bits, for example "9600 8N1"
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/status.h"

enum field_type {
	FIELD_TEXT, /* const char *: any UTF-8 text, "" if absent */
	FIELD_ID, /* const char *: [a-z0-9][a-z0-9_-]*, at most high characters (0: 32) */
	FIELD_INTEGER, /* int64_t in low..high; 0x... allowed */
	FIELD_NUMBER,  /* double in low..high; NAN if absent */
	FIELD_BOOLEAN, /* bool: yes/no/true/false/on/off */
	FIELD_DURATION, /* double seconds, "5min"; a unit is required; low..high in seconds */
	FIELD_QUANTITY, /* double in `unit`: "75 mg/L", converted; a unit is required; NAN if absent */
	FIELD_PERCENT, /* double: "75%" (sign required); NAN if absent */
	FIELD_CHOICE,  /* int: index into choices */
	FIELD_TIME, /* int64_t UTC microseconds; ISO 8601, legal time without offset */
	FIELD_OFFSET,  /* int minutes: "+07:00" */
	FIELD_SECTION, /* a struct inside the struct */
	FIELD_SECTIONS, /* list of maps: pointer to array, and size_t count at count_at */
	FIELD_TEXTS, /* list of scalars: const char **, and size_t count at count_at */
	FIELD_NUMBERS, /* list of numbers: double *, and size_t count at count_at */
	FIELD_MAP,     /* struct config_pairs: any keys, scalar values, in order */
	FIELD_ANY,     /* const char *: the subtree as JSON text, unchecked */
};

struct section;

struct field {
	const char *key;
	enum field_type type;
	size_t at;       /* offsetof in the struct */
	size_t count_at; /* offsetof of the size_t count, for lists */
	bool required;
	double low, high; /* both 0: no range */
	const char *unit; /* FIELD_QUANTITY: the unit wanted; also shown by explain */
	const char *const *choices; /* ended by NULL */
	const struct section *section;
	const char *fallback; /* text parsed as if it had been written; NULL: none */
	const char *help;     /* one sentence, English */
	const char *help_vi;  /* the same in Vietnamese */
	size_t set_at; /* offsetof a bool told whether the key was written, and well; 0: nobody asks */
};

/* A map: its fields ended by a NULL key; size of the struct, for lists. */
struct section {
	const char *name; /* as messages call it: "instrument" */
	size_t size;
	const struct field *field;
	const struct section *also; /* its fields belong to this one too; NULL: none */
};

/* Field i of a section, those of `also` behind its own; NULL behind the last. */
const struct field *section_field(const struct section *section, size_t i);

struct config_pairs {
	size_t n;
	const char **key, **value;
};

struct config; /* a document: owns every text and list the struct points to */

/*
 * YAML without anchors, aliases and tags; UTF-8; one document of at most 1 MiB and 32
 * levels; JSON is read by the same door.  `null` and `~` are as if the key were absent,
 * and so is "" for an id that is not required.  A date alone is a FIELD_TIME: the first
 * moment of that legal day.  Range of a text or id: `high` characters.  The fallback of
 * a list is written "a, b"; a fallback that its own field would refuse is a bug and
 * asserted.
 *
 * Read and check a file (or text; `name` is what messages call it) and fill `into`, a
 * zeroed struct of section->size.  Errors go to `report` (NULL: collected only).  OK,
 * NOT_FOUND, or MALFORMED with the count of errors in config_errors.  *out is always
 * set and must be freed (NULL if there was no memory for it, which all functions here
 * take).
 */
int config_read(struct config **out, const char *path, const struct section *section,
        void *into, FILE *report);
int config_read_text(struct config **out, const char *text, size_t n, const char *name,
        const struct section *section, void *into, FILE *report);
void config_free(struct config *config);
/* Nothing will be complained of, appended or asked about places any more: what was read stays, the
 * text and its lines go. */
void config_settle(struct config *config);
size_t config_errors(const struct config *config);
/* First error in one line ("file:6:11: error: ..."), for `struct problem`; "" if
 * none. */
const char *config_first_error(const struct config *config);

/* Further errors a program finds (unknown model, two slaves with one address): same
 * form, same count.  The path names the place: "instruments[2].model", as in the
 * struct's tables. */
void config_error(struct config *config, FILE *report, const char *path,
        const char *hint, const char *format, ...)
        __attribute__((format(printf, 5, 6)));
/* Print all errors found so far, in the order of the file: for who read with report
 * NULL, and looked on with config_error and report NULL. */
void config_tell(struct config *config, FILE *report);
/* What is allowed and yet unwise: told by config_tell before the errors, and no error. */
void config_warn(struct config *config, const char *path, const char *hint,
        const char *format, ...) __attribute__((format(printf, 4, 5)));
size_t config_warnings(const struct config *config);
/* Line of a path in the file, 0 if absent. */
int config_line(const struct config *config, const char *path);

/* An item for config_append, as both kinds of list write it. */
struct config_item {
	const char *block; /* lines, not indented, that begin with "- " or a comment */
	const char *flow;  /* "{id: cod, port: bus}", for lists in brackets */
};

/* The text of a document with one more item at the end of the list `key` of its top level,
 * written as that list is; everything else, comments too, stays as it was.  A list that is
 * not there is added at the end.  NULL: the key is no list, or no memory.  The caller
 * frees. */
char *config_append(const struct config *config, const char *key,
        const struct config_item *item, size_t *n);

/* The whole document as JSON text, owned by it; NULL: it has none, or no memory. */
const char *config_as_json(struct config *config);

/* Help for a dotted key ("instruments.line"): what it is, its type, range, unit,
 * default.  OK or NOT_FOUND, then with "did you mean": keys that end in the same word, else
 * one that is spelt alike. */
int config_explain(
        const struct section *section, const char *key, bool vietnamese, FILE *out);

/* How a value of this type is written: "write yes or no"; choices, a unit or a range may follow. */
const char *config_type_how(enum field_type type, bool vietnamese);

/* The word among `known` (ended by NULL) at most 2 edits from `word`, or NULL. */
const char *did_you_mean(const char *word, const char *const *known);

/* The hint for a number with a decimal comma, "7,5"; for any other text `otherwise`. */
const char *comma_hint(const char *text, const char *otherwise);

#endif
