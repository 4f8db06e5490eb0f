/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A streaming JSON writer into memory or a file.  NAN and infinities become null. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *out; /* open_memstream for text in memory */
	int depth;
	bool comma[32];  /* a value stands before, at each depth */
	bool object[32]; /* an object, not an array */
	bool key_open;
};

void json_start(struct json *json, FILE *out);
void json_object(struct json *json);
void json_array(struct json *json);
void json_end(struct json *json); /* of the innermost object or array */
void json_key(struct json *json, const char *key);
void json_text(struct json *json, const char *text); /* NULL: null */
void json_text_n(struct json *json, const char *text, size_t n);
/* Shortest text that reads back to the same double. */
void json_number(struct json *json, double value);
void json_decimals(struct json *json, double value, int decimals);
void json_integer(struct json *json, int64_t value);
void json_unsigned(struct json *json, uint64_t value);
void json_bool(struct json *json, bool value);
void json_raw(struct json *json, const char *text); /* text that is JSON already */

/* key and value in one call */
void json_put_text(struct json *json, const char *key, const char *text);
void json_put_number(
        struct json *json, const char *key, double value); /* NAN: left out */
void json_put_integer(struct json *json, const char *key, int64_t value);
void json_put_bool(struct json *json, const char *key, bool value);

/* Shortest "%.17g" form that reads back bit for bit; "nan" for NAN.  `out` holds 32. */
const char *number_print(double value, char out[32]);

#endif
