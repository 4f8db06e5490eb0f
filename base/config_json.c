/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A subtree written again as JSON. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/config_parts.h"
#include "base/json.h"

/* RFC 8259, 6: what may stand as a number without quotes. */
static bool json_number_shape(const char *at)
{
	at += *at == '-';
	if (*at == '0' && isdigit((unsigned char)at[1]))
		return false;
	size_t whole = strspn(at, "0123456789");
	at += whole;
	if (whole == 0)
		return false;
	if (*at == '.') {
		size_t n = strspn(at + 1, "0123456789");
		if (n == 0)
			return false;
		at += 1 + n;
	}
	if (*at == 'e' || *at == 'E') {
		at += 1 + (at[1] == '+' || at[1] == '-');
		size_t n = strspn(at, "0123456789");
		if (n == 0)
			return false;
		at += n;
	}
	return *at == '\0';
}

static void put_scalar(struct json *json, const struct node *node)
{
	const char *text = node->text;
	if (config_is_null(node) || (node->plain && text[0] == '\0'))
		json_raw(json, "null");
	else if (node->plain &&
	         (strcmp(text, "true") == 0 || strcmp(text, "false") == 0 ||
	                 json_number_shape(text)))
		json_raw(json, text);
	else
		json_text(json, text);
}

static void put_node(struct json *json, const struct node *node);

static void put_map(struct json *json, const struct node *map)
{
	json_object(json);
	for (const struct node *k = map->first; k != NULL; k = k->next->next) {
		if (k->kind != NODE_SCALAR)
			continue;
		json_key(json, k->text);
		put_node(json, k->next);
	}
	json_end(json);
}

static void put_node(struct json *json, const struct node *node)
{
	if (node->kind == NODE_SCALAR) {
		put_scalar(json, node);
	} else if (node->kind == NODE_MAP) {
		put_map(json, node);
	} else {
		json_array(json);
		for (const struct node *item = node->first; item != NULL;
		        item = item->next)
			put_node(json, item);
		json_end(json);
	}
}

const char *config_json(struct config *config, const struct node *node)
{
	char *text = NULL, *kept = NULL;
	size_t n = 0;
	struct json json;
	FILE *out = open_memstream(&text, &n);
	if (out != NULL) {
		json_start(&json, out);
		put_node(&json, node);
		fclose(out);
	}
	if (text != NULL)
		kept = arena_copy(&config->arena, text, n);
	else
		config->arena.failed = true;
	free(text);
	return kept != NULL ? kept : "";
}

const char *config_as_json(struct config *config)
{
	if (config == NULL || config->root == NULL)
		return NULL;
	return config_json(config, config->root);
}
