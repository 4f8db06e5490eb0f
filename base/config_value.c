/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One scalar each: checked whole, converted, stored; or refused with the way to write
 * it. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/config_parts.h"
#include "base/csv.h"
#include "base/legal_time.h"
#include "base/units.h"
#include "base/utf8.h"

#define ID_MOST 32

bool config_is_null(const struct node *node)
{
	return node->kind == NODE_SCALAR && node->plain &&
	       (strcmp(node->text, "null") == 0 || strcmp(node->text, "~") == 0);
}

void config_bad_value(
        const struct value *value, const char *hint, const char *format, ...)
{
	char message[512];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	config_note(
	        value->config, value->node, hint, "%s: %s", value->field->key, message);
}

const char *comma_hint(const char *text, const char *otherwise)
{
	const char *comma = strchr(text, ',');
	return comma != NULL && comma > text && isdigit((unsigned char)comma[-1]) &&
	                       isdigit((unsigned char)comma[1])
	               ? "write a decimal point instead of the comma"
	               : otherwise;
}

/* "'9600x' is not a whole number", with the way to write one. */
static void refuse(const struct value *value, const char *what)
{
	char how[256];
	const char *text = value->node->text;
	const char *hint = config_how(value->field, false, how, sizeof how);
	bool number = value->field->type == FIELD_NUMBER ||
	              value->field->type == FIELD_QUANTITY ||
	              value->field->type == FIELD_PERCENT ||
	              value->field->type == FIELD_DURATION;
	if (number)
		hint = comma_hint(text, hint);
	config_bad_value(value, hint, "'%.64s' %s", text, what);
}

static bool has_range(const struct field *field)
{
	return field->low < 0 || field->low > 0 || field->high < 0 || field->high > 0;
}

static bool in_range(const struct value *value, double number)
{
	char range[128], hint[256];
	const struct field *field = value->field;
	if (!has_range(field) || (number >= field->low && number <= field->high))
		return true;
	config_range(field, range, sizeof range);
	snprintf(hint, sizeof hint, "%s: %s", field->key,
	        field->help != NULL ? field->help : "");
	config_bad_value(value, field->help != NULL ? hint : NULL,
	        "'%.64s' is outside %s", value->node->text, range);
	return false;
}

static size_t characters(const char *text)
{
	size_t n = 0;
	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void read_text(const struct value *value, void *out)
{
	double most = value->field->high;
	if (most > 0 && (double)characters(value->node->text) > most)
		config_bad_value(value, NULL, "longer than %g characters", most);
	*(const char **)out = value->node->text;
}

static void read_id(const struct value *value, void *out)
{
	const char *text = value->node->text;
	double most = value->field->high > 0 ? value->field->high : ID_MOST;
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-");
	bool sound = n > 0 && text[n] == '\0' && text[0] != '_' && text[0] != '-';

	if (text[0] == '\0' && !value->node->plain && !value->field->required)
		return;
	if (!sound)
		refuse(value, "is not an id");
	else if ((double)n > most)
		config_bad_value(value, NULL, "'%.64s' is longer than %g characters",
		        text, most);
	else
		*(const char **)out = text;
}

/* Decimal without leading zeros, which other programs read as octal; or 0x and
 * hexadecimal. */
static bool whole_number(const char *text, int64_t *number)
{
	const char *digits = text + (*text == '-' || *text == '+');
	bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
	char *end;
	if (hex ? !isxdigit((unsigned char)digits[2])
	        : !isdigit((unsigned char)digits[0]))
		return false;
	if (!hex && digits[0] == '0' && digits[1] != '\0')
		return false;
	errno = 0;
	*number = strtoll(text, &end, hex ? 16 : 10);
	return *end == '\0' && errno == 0;
}

static void read_integer(const struct value *value, void *out)
{
	int64_t number;
	if (!whole_number(value->node->text, &number))
		refuse(value, "is not a whole number");
	else if (in_range(value, (double)number))
		*(int64_t *)out = number;
}

static void read_number(const struct value *value, void *out)
{
	double number;
	if (number_parse(value->node->text, &number) != OK)
		refuse(value, "is not a number");
	else if (in_range(value, number))
		*(double *)out = number;
}

static void read_boolean(const struct value *value, void *out)
{
	static const char *const words[] = { "no", "yes", "false", "true", "off",
		"on" };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcasecmp(value->node->text, words[i]) != 0)
			continue;
		*(bool *)out = i % 2 == 1;
		return;
	}
	refuse(value, "is neither yes nor no");
}

static bool bare_number(const struct value *value, const char *what, const char *hint)
{
	double number;
	if (number_parse(value->node->text, &number) != OK)
		return false;
	config_bad_value(value, hint, "'%.64s' has no %s", value->node->text, what);
	return true;
}

static void read_duration(const struct value *value, void *out)
{
	double seconds;
	char how[256];
	if (duration_parse(value->node->text, &seconds) == OK) {
		if (in_range(value, seconds))
			*(double *)out = seconds;
	} else if (!bare_number(value, "unit",
	                   config_how(value->field, false, how, sizeof how))) {
		refuse(value, "is not a duration");
	}
}

static void read_percent(const struct value *value, void *out)
{
	char number[64], how[256];
	double percent;
	size_t n = strlen(value->node->text);
	snprintf(number, sizeof number, "%s", value->node->text);
	if (n > 0 && n < sizeof number && number[n - 1] == '%') {
		number[n - 1] = '\0';
		number[n > 1 && number[n - 2] == ' ' ? n - 2 : n - 1] = '\0';
		if (number_parse(number, &percent) == OK) {
			if (in_range(value, percent))
				*(double *)out = percent;
			return;
		}
	} else if (bare_number(value, "%-sign",
	                   config_how(value->field, false, how, sizeof how))) {
		return;
	}
	refuse(value, "is not a percentage");
}

/* Value and unit of "75 mg/L"; the unit "" if there is only a number. */
static bool split_quantity(const char *text, double *number, const char **unit)
{
	char digits[64];
	size_t n = strspn(text, "+-.0123456789");
	if (text[n] == 'e' || text[n] == 'E') {
		size_t sign = text[n + 1] == '-' || text[n + 1] == '+';
		size_t exponent = strspn(text + n + 1 + sign, "0123456789");
		n += exponent > 0 ? 1 + sign + exponent : 0;
	}
	if (n >= sizeof digits || text[n] == ',')
		return false;
	memcpy(digits, text, n);
	digits[n] = '\0';
	*unit = text + n + strspn(text + n, " ");
	return number_parse(digits, number) == OK;
}

static void read_quantity(const struct value *value, void *out)
{
	const char *wanted = value->field->unit, *unit;
	double number, factor, offset;
	char hint[256];

	snprintf(hint, sizeof hint,
	        "write the unit with the number, for example '%.32s %s'",
	        value->node->text, wanted);
	if (bare_number(value, "unit", hint))
		return;
	if (!split_quantity(value->node->text, &number, &unit)) {
		refuse(value, "is not a number with a unit");
		return;
	}
	switch (units_convert(unit, wanted, &factor, &offset)) {
	case OK:
		number = number * factor + offset;
		if (in_range(value, number))
			*(double *)out = number;
		break;
	case REFUSED:
		snprintf(hint, sizeof hint,
		        "write it in %s; a unit cannot change the state of a gas "
		        "(mg/m3, mg/Nm3) "
		        "or bring in its molar mass (ppm)",
		        wanted);
		config_bad_value(
		        value, hint, "'%.32s' does not convert to %s", unit, wanted);
		break;
	default:
		config_bad_value(value,
		        "units are written like mg/L, ug/m3, mg/Nm3, m3/h, Cel, uS/cm, "
		        "%",
		        "nobody knows the unit '%.32s'", unit);
	}
}

static void read_choice(const struct value *value, void *out)
{
	const char *const *choices = value->field->choices;
	char hint[256], how[256];
	for (int i = 0; choices[i] != NULL; i++) {
		if (strcmp(choices[i], value->node->text) != 0)
			continue;
		*(int *)out = i;
		return;
	}
	const char *meant = did_you_mean(value->node->text, choices);
	config_how(value->field, false, how, sizeof how);
	if (meant != NULL)
		snprintf(hint, sizeof hint, "did you mean '%s'?", meant);
	config_bad_value(value, meant != NULL ? hint : how,
	        "'%.64s' is not one of the choices", value->node->text);
}

/* A date alone is the first moment of that legal day. */
static void read_time(const struct value *value, void *out)
{
	char text[64];
	bool date = strlen(value->node->text) == 10;
	snprintf(text, sizeof text, "%s%s", value->node->text, date ? "T00:00" : "");
	if (strlen(value->node->text) > 40 ||
	        time_parse(text, OFFSET_VIETNAM, out) != OK)
		refuse(value, "is not a time");
}

static void read_offset(const struct value *value, void *out)
{
	if (offset_parse(value->node->text, out) != OK)
		refuse(value, "is not an offset from UTC");
}

void config_clear_scalar(const struct field *field, void *out)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_ID:
	case FIELD_ANY:
		*(const char **)out = "";
		break;
	case FIELD_NUMBER:
	case FIELD_QUANTITY:
	case FIELD_PERCENT:
		*(double *)out = NAN;
		break;
	default: /* the struct was handed in zeroed */
		break;
	}
}

/* The quote of a word processor that a text begins with; NULL. */
static const char *strange_quote(const struct node *node)
{
	static const char *const quotes[] = { "\u201c", "\u201d", "\u201e", "\u2018",
		"\u2019", "\u201a", "\u00ab", "\u00bb" };
	for (size_t i = 0; node->kind == NODE_SCALAR && node->plain &&
	                   i < sizeof quotes / sizeof quotes[0];
	        i++)
		if (strncmp(node->text, quotes[i], strlen(quotes[i])) == 0)
			return quotes[i];
	return NULL;
}

void config_read_scalar(const struct value *value, void *out)
{
	static void (*const readers[])(const struct value *, void *) = {
		[FIELD_TEXT] = read_text,
		[FIELD_ID] = read_id,
		[FIELD_INTEGER] = read_integer,
		[FIELD_NUMBER] = read_number,
		[FIELD_BOOLEAN] = read_boolean,
		[FIELD_DURATION] = read_duration,
		[FIELD_QUANTITY] = read_quantity,
		[FIELD_PERCENT] = read_percent,
		[FIELD_CHOICE] = read_choice,
		[FIELD_TIME] = read_time,
		[FIELD_OFFSET] = read_offset,
	};
	char how[256];
	const char *quote = strange_quote(value->node);
	if (value->node->kind != NODE_SCALAR)
		config_bad_value(value,
		        config_how(value->field, false, how, sizeof how),
		        "one value is wanted here, not a %s",
		        value->node->kind == NODE_LIST ? "list" : "map of keys");
	else if (value->node->plain && value->node->text[0] == '\0')
		config_bad_value(value,
		        config_how(value->field, false, how, sizeof how),
		        "there is no value behind the colon");
	else if (quote != NULL)
		config_bad_value(value, "write straight quotes, \"...\"",
		        "%s is no quote here, it would be a part of the text", quote);
	else if (value->config->foreign &&
	         strstr(value->node->text, UTF8_REPLACEMENT) != NULL)
		return; /* what it says cannot be known, and that was told */
	else if (!config_is_null(value->node))
		readers[value->field->type](value, out);
}
