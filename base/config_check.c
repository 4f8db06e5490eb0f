/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The walker: a tree of nodes against the tables of fields, and the struct filled from
 * it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/config_parts.h"

static void read_map(struct config *config, const struct node *map,
        const struct section *section, void *into);
static void fill_absent(
        struct config *config, const struct section *section, void *into);

const struct node *node_find(
        const struct node *map, const char *key, const struct node **key_out)
{
	if (map->kind != NODE_MAP)
		return NULL;
	for (const struct node *k = map->first; k != NULL && k->next != NULL;
	        k = k->next->next) {
		if (k->kind != NODE_SCALAR || strcmp(k->text, key) != 0)
			continue;
		if (key_out != NULL)
			*key_out = k;
		return k->next;
	}
	return NULL;
}

static const char *kind_text(const struct node *node)
{
	switch (node->kind) {
	case NODE_LIST:
		return "a list";
	case NODE_MAP:
		return "a map of keys";
	default:
		return node->text[0] == '\0' ? "nothing" : "a text";
	}
}

static int by_text(const void *a, const void *b)
{
	const struct node *x = *(const struct node *const *)a;
	const struct node *y = *(const struct node *const *)b;
	int order = strcmp(x->text, y->text);
	if (order == 0)
		order = x->from.line < y->from.line ? -1 : x->from.line > y->from.line;
	if (order == 0)
		order = x->from.column < y->from.column
		                ? -1
		                : x->from.column > y->from.column;
	return order;
}

/* Sorted, equal keys lie side by side; a map may have fifty thousand of them. */
static void check_keys(struct config *config, const struct node *map)
{
	size_t n = 0;
	const struct node **key =
	        arena_take(&config->arena, (map->count + 1) * sizeof *key);
	if (key == NULL)
		return;
	for (const struct node *k = map->first; k != NULL; k = k->next->next) {
		if (k->kind == NODE_SCALAR)
			key[n++] = k;
		else
			config_note(config, k, "write 'key: value'",
			        "a key must be a text, not %s", kind_text(k));
	}
	qsort(key, n, sizeof *key, by_text);
	for (size_t i = 1; i < n; i++) {
		char hint[64];
		if (strcmp(key[i - 1]->text, key[i]->text) != 0)
			continue;
		snprintf(hint, sizeof hint, "written before in line %zu",
		        key[i - 1]->from.line + 1);
		config_note(config, key[i], hint, "the key '%.64s' is written twice",
		        key[i]->text);
	}
}

const struct field *section_field(const struct section *section, size_t i)
{
	for (; section != NULL; section = section->also)
		for (const struct field *f = section->field; f->key != NULL; f++)
			if (i-- == 0)
				return f;
	return NULL;
}

static const struct field *field_of(const struct section *section, const char *key)
{
	const struct field *f;
	for (size_t i = 0; (f = section_field(section, i)) != NULL; i++)
		if (strcmp(f->key, key) == 0)
			return f;
	return NULL;
}

/* "instrument 'dust'", or "instrument" while it has no id. */
static const char *who(
        const struct section *section, const struct node *map, char out[128])
{
	const struct node *id = node_find(map, "id", NULL);
	if (id == NULL)
		id = node_find(map, "name", NULL);
	if (id != NULL && id->kind == NODE_SCALAR && id->text[0] != '\0')
		snprintf(out, 128, "%s '%.32s'", section->name, id->text);
	else
		snprintf(out, 128, "%s", section->name);
	return out;
}

#define KEY_HINT 256

static void list_known(const char *const *known, char hint[KEY_HINT])
{
	size_t used = (size_t)snprintf(hint, KEY_HINT, "known keys: ");
	for (size_t i = 0; known[i] != NULL; i++) {
		bool fits = used + strlen(known[i]) + 8 < KEY_HINT;
		used += (size_t)snprintf(hint + used, KEY_HINT - used, "%s%s",
		        i > 0 ? ", " : "", fits ? known[i] : "...");
		if (!fits)
			break;
	}
}

static void note_unknown(struct config *config, const struct section *section,
        const struct node *map, const struct node *key)
{
	const char *known[128] = { NULL };
	char hint[KEY_HINT], place[128];
	const struct field *f;
	size_t n = 0;

	while (n < 127 && (f = section_field(section, n)) != NULL)
		known[n++] = f->key;
	const char *meant = did_you_mean(key->text, known);
	if (meant != NULL)
		snprintf(hint, sizeof hint, "did you mean '%s'?", meant);
	else if (key->text[0] >= '0' && key->text[0] <= '9')
		snprintf(hint, sizeof hint, "%s",
		        "a comma ends a value inside { }: write a decimal point");
	else
		list_known(known, hint);
	config_note(config, key, hint, "unknown key '%.64s' in %s", key->text,
	        who(section, map, place));
}

/* A missing key is shown where the map begins. */
static void note_missing(struct config *config, const struct section *section,
        const struct node *map, const struct field *field)
{
	char place[128], how[256], hint[400];
	const struct node *shown = map->first != NULL ? map->first : map;
	config_how(field, false, how, sizeof how);
	snprintf(hint, sizeof hint, "%s: %s", field->key,
	        field->help != NULL ? field->help : how);
	config_note(config, shown, hint, "missing key '%s' in %s", field->key,
	        who(section, map, place));
}

static bool wanted(const struct value *value, enum node_kind kind, const char *what)
{
	if (value->node->kind == kind)
		return true;
	char how[256];
	config_bad_value(value, config_how(value->field, false, how, sizeof how),
	        "%s is wanted here, not %s", what, kind_text(value->node));
	return false;
}

static void *list_of(const struct value *value, size_t size)
{
	void *items =
	        arena_take(&value->config->arena, (value->node->count + 1) * size);
	memcpy(value->into + value->field->at, &items, sizeof items);
	size_t count = items != NULL ? value->node->count : 0;
	memcpy(value->into + value->field->count_at, &count, sizeof count);
	return items;
}

static void read_sections(const struct value *value)
{
	const struct section *section = value->field->section;
	if (!wanted(value, NODE_LIST, "a list"))
		return;
	char *items = list_of(value, section->size);
	for (const struct node *n = value->node->first; n != NULL && items != NULL;
	        n = n->next) {
		read_map(value->config, n, section, items);
		items += section->size;
	}
}

/* FIELD_TEXTS and FIELD_NUMBERS; an item is read like a field of its own. */
static void read_list(const struct value *value, enum field_type type, size_t size)
{
	if (!wanted(value, NODE_LIST, "a list"))
		return;
	struct field item = *value->field;
	item.type = type;
	char *items = list_of(value, size);
	for (const struct node *n = value->node->first; n != NULL && items != NULL;
	        n = n->next) {
		config_clear_scalar(&item, items);
		config_read_scalar(&(struct value){ .config = value->config,
		                           .field = &item,
		                           .node = n,
		                           .into = value->into },
		        items);
		items += size;
	}
}

static void read_pairs(const struct value *value)
{
	struct config *config = value->config;
	struct config_pairs pairs = { 0 };
	if (!wanted(value, NODE_MAP, "a map of keys"))
		return;
	check_keys(config, value->node);
	pairs.key = arena_take(
	        &config->arena, (value->node->count + 1) * sizeof *pairs.key);
	pairs.value = arena_take(
	        &config->arena, (value->node->count + 1) * sizeof *pairs.value);
	if (pairs.key == NULL || pairs.value == NULL)
		return;
	for (const struct node *k = value->node->first; k != NULL; k = k->next->next) {
		if (k->kind != NODE_SCALAR)
			continue;
		if (k->next->kind != NODE_SCALAR) {
			config_note(config, k->next, NULL,
			        "%s: a text is wanted here, not %s", k->text,
			        kind_text(k->next));
			continue;
		}
		pairs.key[pairs.n] = k->text;
		pairs.value[pairs.n++] = config_is_null(k->next) ? "" : k->next->text;
	}
	memcpy(value->into + value->field->at, &pairs, sizeof pairs);
}

static void read_value(const struct value *value)
{
	const struct field *field = value->field;
	void *at = value->into + field->at;
	switch (field->type) {
	case FIELD_SECTION:
		if (wanted(value, NODE_MAP, "a map of keys"))
			read_map(value->config, value->node, field->section, at);
		break;
	case FIELD_SECTIONS:
		read_sections(value);
		break;
	case FIELD_TEXTS:
		read_list(value, FIELD_TEXT, sizeof(const char *));
		break;
	case FIELD_NUMBERS:
		read_list(value, FIELD_NUMBER, sizeof(double));
		break;
	case FIELD_MAP:
		read_pairs(value);
		break;
	case FIELD_ANY:
		*(const char **)at = config_json(value->config, value->node);
		break;
	default:
		config_read_scalar(value, at);
	}
}

/* "a, b" as the list [a, b]: fallbacks of lists are written so. */
static struct node *split_fallback(struct config *config, const char *text)
{
	struct node *list = arena_take(&config->arena, sizeof *list);
	if (list == NULL)
		return NULL;
	list->kind = NODE_LIST;
	while (*text != '\0') {
		size_t n = strcspn(text, ",");
		struct node *item = arena_take(&config->arena, sizeof *item);
		if (item == NULL)
			return NULL;
		*item = (struct node){ .plain = true,
			.text = arena_copy(&config->arena, text, n) };
		if (item->text == NULL)
			return NULL;
		*(list->last != NULL ? &list->last->next : &list->first) = item;
		list->last = item;
		list->count++;
		text += n;
		text += strspn(text, ", ");
	}
	return list;
}

/* What stands in the table must be right: a bad fallback is a bug, not an error of the
 * file. */
static void read_fallback(struct config *config, const struct field *field, char *into)
{
	struct node text = { .kind = NODE_SCALAR, .text = field->fallback };
	struct value value = {
		.config = config, .field = field, .node = &text, .into = into
	};
	size_t faults = config->n_faults;
	if (field->type == FIELD_TEXTS || field->type == FIELD_NUMBERS)
		value.node = split_fallback(config, field->fallback);
	if (value.node != NULL)
		read_value(&value);
	assert(config->n_faults == faults || config->arena.failed);
}

static void clear(struct config *config, const struct field *field, char *into)
{
	switch (field->type) {
	case FIELD_SECTION:
		fill_absent(config, field->section, into + field->at);
		break;
	case FIELD_SECTIONS:
	case FIELD_TEXTS:
	case FIELD_NUMBERS:
	case FIELD_MAP:
		break;
	default:
		config_clear_scalar(field, into + field->at);
	}
}

static void fill_absent(
        struct config *config, const struct section *section, void *into)
{
	const struct field *field;
	for (size_t i = 0; (field = section_field(section, i)) != NULL; i++) {
		clear(config, field, into);
		if (field->fallback != NULL)
			read_fallback(config, field, into);
	}
}

static void read_field(struct config *config, const struct field *field,
        const struct section *section, const struct node *map, char *into)
{
	const struct node *node = node_find(map, field->key, NULL);
	bool null = node != NULL && config_is_null(node) && field->type != FIELD_ANY;

	clear(config, field, into);
	if (node == NULL && field->required)
		note_missing(config, section, map, field);
	if ((node == NULL || null) && field->fallback != NULL)
		read_fallback(config, field, into);
	struct value value = {
		.config = config, .field = field, .node = node, .into = into
	};
	if (null && field->required)
		config_bad_value(&value, NULL, "a value is required");
	if (node == NULL || null)
		return;
	size_t faults = config->n_faults;
	read_value(&value);
	if (field->set_at != 0)
		*(bool *)(into + field->set_at) = config->n_faults == faults;
}

static void read_map(struct config *config, const struct node *map,
        const struct section *section, void *into)
{
	const struct field *field;
	if (map->kind != NODE_MAP) {
		config_note(config, map, "write 'key: value' lines, indented alike",
		        "%s: a map of keys is wanted here, not %s", section->name,
		        kind_text(map));
		fill_absent(config, section, into);
		return;
	}
	check_keys(config, map);
	for (const struct node *k = map->first; k != NULL; k = k->next->next)
		if (k->kind == NODE_SCALAR && field_of(section, k->text) == NULL)
			note_unknown(config, section, map, k);
	for (size_t i = 0; (field = section_field(section, i)) != NULL; i++)
		read_field(config, field, section, map, into);
}

void config_check(struct config *config, const struct section *section, void *into)
{
	read_map(config, config->root, section, into);
}
