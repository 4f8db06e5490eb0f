/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a DESCRIBE record: inside base/describe*.c. */
#ifndef BASE_DESCRIBE_JSON_H
#define BASE_DESCRIBE_JSON_H

#include "base/config.h"
#include "base/describe.h"

#define DESCRIBE_TEXT_MOST (1u << 20)
#define DESCRIBE_PARTS     1024 /* most instruments of one station */

/* Memory that lives as long as the describe; NULL if there is none. */
void *describe_take(struct describe *describe, size_t size);
/* Have it own a document whose texts it points to. */
void describe_keep(struct describe *describe, struct config *config);

/* The one text of a describe; the caller frees it.  NULL: no memory, or REFUSED by
 * describe_valid. */
char *describe_json(const struct describe *describe, size_t *n);

/* Ids sound, channels and numbers within their limits. */
bool describe_valid(const struct describe *describe);

/* Read such a text; OK or MALFORMED.  Refuses what describe_json would have written
 * otherwise. */
int describe_of_json(
        struct describe **out, const char *text, size_t n, struct problem *why);

#endif
