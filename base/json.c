/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEEPEST 32

void json_start(struct json *json, FILE *out)
{
	*json = (struct json){ .out = out };
}

/* Comma or nothing before a value, by where it stands. */
static void before_value(struct json *json)
{
	if (json->key_open) {
		json->key_open = false;
		return;
	}
	if (json->comma[json->depth])
		putc(',', json->out);
	json->comma[json->depth] = true;
}

static void open_with(struct json *json, char bracket)
{
	before_value(json);
	putc(bracket, json->out);
	json->depth++;
	assert(json->depth < DEEPEST);
	json->comma[json->depth] = false;
	json->object[json->depth] = bracket == '{';
}

void json_object(struct json *json)
{
	open_with(json, '{');
}

void json_array(struct json *json)
{
	open_with(json, '[');
}

void json_end(struct json *json)
{
	assert(json->depth > 0 && !json->key_open);
	putc(json->object[json->depth] ? '}' : ']', json->out);
	json->depth--;
}

static void put_escaped(struct json *json, const char *text, size_t n)
{
	putc('"', json->out);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '"' || c == '\\')
			fprintf(json->out, "\\%c", c);
		else if (c == '\n')
			fputs("\\n", json->out);
		else if (c == '\t')
			fputs("\\t", json->out);
		else if (c < 0x20 || c == 0x7f)
			fprintf(json->out, "\\u%04x", c);
		else
			putc(c, json->out);
	}
	putc('"', json->out);
}

void json_key(struct json *json, const char *key)
{
	assert(json->object[json->depth]);
	before_value(json);
	put_escaped(json, key, strlen(key));
	putc(':', json->out);
	json->key_open = true;
}

void json_raw(struct json *json, const char *text)
{
	before_value(json);
	fputs(text, json->out);
}

void json_text(struct json *json, const char *text)
{
	if (text == NULL) {
		json_raw(json, "null");
		return;
	}
	json_text_n(json, text, strlen(text));
}

void json_text_n(struct json *json, const char *text, size_t n)
{
	before_value(json);
	put_escaped(json, text, n);
}

const char *number_print(double value, char out[32])
{
	if (isnan(value))
		return strcpy(out, "nan");
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(out, 32, "%.*g", digits, value);
		if (strtod(out, NULL) == value)
			break;
	}
	return out;
}

void json_number(struct json *json, double value)
{
	char text[32];
	json_raw(json, isfinite(value) ? number_print(value, text) : "null");
}

void json_decimals(struct json *json, double value, int decimals)
{
	char text[400];
	if (isfinite(value))
		snprintf(text, sizeof text, "%.*f", decimals, value);
	json_raw(json, isfinite(value) ? text : "null");
}

void json_integer(struct json *json, int64_t value)
{
	char text[32];
	snprintf(text, sizeof text, "%" PRId64, value);
	json_raw(json, text);
}

void json_unsigned(struct json *json, uint64_t value)
{
	char text[32];
	snprintf(text, sizeof text, "%" PRIu64, value);
	json_raw(json, text);
}

void json_bool(struct json *json, bool value)
{
	json_raw(json, value ? "true" : "false");
}

void json_put_text(struct json *json, const char *key, const char *text)
{
	json_key(json, key);
	json_text(json, text);
}

void json_put_number(struct json *json, const char *key, double value)
{
	if (isnan(value))
		return;
	json_key(json, key);
	json_number(json, value);
}

void json_put_integer(struct json *json, const char *key, int64_t value)
{
	json_key(json, key);
	json_integer(json, value);
}

void json_put_bool(struct json *json, const char *key, bool value)
{
	json_key(json, key);
	json_bool(json, value);
}
