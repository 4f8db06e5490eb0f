/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text answers: a driver's parser names the fields of an answer (driver->fields), and the tables of
 * the profile say what they mean.  These functions serve every text driver (poll-text,
 * bayern-hessen, hj212, sdi12, elan) as its number, holds, mark, sampled, vendor and explain_rule.
 */
#ifndef SENSORS_FIELDS_H
#define SENSORS_FIELDS_H

#include "sensors/tables/driver.h"

#define TEXT_FIELDS 128 /* most of one answer */
#define FIELD_NAME  24

struct text_field {
	char name[FIELD_NAME];
	const char *at; /* into the answer, or to `made`; no NUL behind */
	size_t n;
	char made[2];
};

struct text_fields { /* not to be copied */
	size_t n;
	struct text_field field[TEXT_FIELDS];
};

/* Add a field; OK or FULL.  A name too long is cut. */
int text_fields_add(
        struct text_fields *fields, const char *name, const char *at, size_t n);

/* The same of a byte that is no text: as two hexadecimal digits, in capitals. */
int text_fields_add_byte(struct text_fields *fields, const char *name, uint8_t byte);

/* The field of a name, or NULL. */
const struct text_field *text_fields_find(
        const struct text_fields *fields, const char *name);

/* A stretch of text without the blanks around. */
void text_trim(const char **at, size_t *n);

/* A field as a number: all of it but blanks around, decimal, finite.  True with *out. */
bool text_number_of(const struct text_field *field, double *out);

/* Whether a field is a word of `when`, `unless` or `none`: numbers are compared as numbers ("00.985" is
 * 0.985), all else, and what the profile writes as "=-0000.0", letter by letter. */
bool text_is_word(const struct text_field *field, const char *word);

/* Whether a rule without `base` holds.  Neither `when` nor `unless`: anything written holds. */
bool text_rule_holds(const struct profile_rule *rule, const struct text_field *field);

/* Time written after a form "YYYYMMDDhhmmss" (also YY, "DDD" day of the year; any other character
 * must stand as it is): UTC microseconds, INT64_MIN if it is none.  What the form does not say is
 * 0; without a date it is none. */
int64_t text_time_of(
        const struct text_field *field, const char *form, int utc_offset_min);

/* The same the other way; DDD cannot be written. */
#define TEXT_TIME 48
void text_time_put(
        int64_t time_us, const char *form, int utc_offset_min, char out[TEXT_TIME]);

/* driver->number and the others, over driver->fields.  A channel whose field is not there has no
 * number; a rule whose field is not there does not hold. */
bool text_number(const struct instrument *instrument, const struct came *came, size_t i,
        double *value);
bool text_holds(const struct instrument *instrument, const struct came *came,
        const struct profile_rule *rule);
size_t text_mark(const struct instrument *instrument, const struct came *came,
        const struct profile_fresh *fresh, uint8_t out[FRESH_SIZE]);
int64_t text_sampled(const struct instrument *instrument, const struct came *came,
        const struct profile_time *time);
size_t text_vendor(const struct instrument *instrument, const struct came *came,
        const struct profile_words *words, uint8_t *out, size_t room);
/* "field no2 '+2578+01' = 25.78 ppb" */
void text_explain(const struct instrument *instrument, const struct came *came,
        size_t i, struct sentence *out);
void text_explain_rule(const struct instrument *instrument, const struct came *came,
        const struct profile_rule *rule, struct sentence *out);

/* Tables for the profiles of text drivers: channel, state rule, sample time, fresh mark and vendor
 * words whose place is `field` (and `block`, where the driver has several: ..._block). */
extern const struct section text_channel_section, text_rule_section, text_time_section,
        text_fresh_section, text_words_section;
/* Rows of the profile itself: states, sampled, fresh, vendor, address; `also` of it is
 * profile_common. */
extern const struct section text_profile_section;

/* Rules compared with numbers need `base`; what has a `bit` or `mask` is a number. */
void text_check(struct profile_checker *check);

#endif
