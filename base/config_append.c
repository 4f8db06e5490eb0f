/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One more item in a list, put into the text as a person would: nothing else is touched. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config_parts.h"

/* ---- where ---- */

/* Byte of a place; the end of its line where the line is shorter. */
static size_t byte_of(const struct config *config, struct mark mark)
{
	size_t at = 0;
	for (size_t line = 0; line < mark.line && at < config->n;) {
		size_t ends = config_line_break(config->text + at, config->n - at);
		at += ends > 0 ? ends : 1;
		line += ends > 0;
	}
	for (size_t column = 0; column < mark.column && at < config->n;) {
		if (config_line_break(config->text + at, config->n - at) > 0)
			break;
		at++;
		while (at < config->n &&
		        ((unsigned char)config->text[at] & 0xc0) == 0x80)
			at++; /* of one character */
		column++;
	}
	return at;
}

static size_t next_line(const struct config *config, size_t at)
{
	while (at < config->n) {
		size_t ends = config_line_break(config->text + at, config->n - at);
		at += ends > 0 ? ends : 1;
		if (ends > 0)
			break;
	}
	return at;
}

static bool in_brackets(const struct config *config, const struct node *node)
{
	size_t at = byte_of(config, node->from);
	return at < config->n && (config->text[at] == '[' || config->text[at] == '{');
}

/* The last thing of a node that has an end of its own in the text. */
static const struct node *last_leaf(
        const struct config *config, const struct node *node)
{
	while (node->kind != NODE_SCALAR && node->last != NULL &&
	        !in_brackets(config, node))
		node = node->last;
	return node;
}

/* The line behind a leaf: a text of many lines (`|`) ends where the next one begins. */
static size_t behind(const struct config *config, const struct node *leaf)
{
	size_t at = byte_of(config, leaf->to);
	if (leaf->kind == NODE_SCALAR && leaf->to.column == 0 &&
	        leaf->to.line > leaf->from.line)
		return at;
	return next_line(config, at);
}

/* Columns before the comment that fills the line at `at`; SIZE_MAX: none does. */
static size_t comment_column(const struct config *config, size_t at)
{
	size_t n = 0;
	while (at + n < config->n &&
	        (config->text[at + n] == ' ' || config->text[at + n] == '\t'))
		n++;
	return at + n < config->n && config->text[at + n] == '#' ? n : SIZE_MAX;
}

static bool is_blank(const struct config *config, size_t at)
{
	while (at < config->n && (config->text[at] == ' ' || config->text[at] == '\t'))
		at++;
	return at < config->n &&
	       config_line_break(config->text + at, config->n - at) > 0;
}

/* Comments that stand deeper than the dashes of the list belong to the item above them. */
static size_t behind_comments(
        const struct config *config, const struct node *list, size_t at)
{
	size_t end = at;
	while (at < config->n) {
		size_t column = comment_column(config, at);
		bool own = column != SIZE_MAX && column > list->from.column;
		if (!own && !is_blank(config, at))
			break;
		at = next_line(config, at);
		if (own)
			end = at;
	}
	return end;
}

/* ---- what ---- */

static const char *line_end(const struct config *config)
{
	const char *first = memchr(config->text, '\n', config->n);
	return first != NULL && first > config->text && first[-1] == '\r' ? "\r\n"
	                                                                  : "\n";
}

static void put_lines(FILE *out, const char *lines, size_t indent, const char *end)
{
	while (*lines != '\0') {
		size_t n = strcspn(lines, "\n");
		fprintf(out, "%*s%.*s%s", (int)indent, "", (int)n, lines, end);
		lines += n + (lines[n] == '\n');
	}
}

static void put_block(FILE *out, const struct config *config, const struct node *list,
        const struct config_item *item)
{
	size_t at = behind_comments(
	        config, list, behind(config, last_leaf(config, list->last)));
	const char *end = line_end(config);
	fwrite(config->text, 1, at, out);
	if (at > 0 && config->text[at - 1] != '\n' && config->text[at - 1] != '\r')
		fputs(end, out);
	put_lines(out, item->block, list->from.column, end);
	fwrite(config->text + at, 1, config->n - at, out);
}

static void put_flow(FILE *out, const struct config *config, const struct node *list,
        const struct config_item *item)
{
	size_t at = list->last != NULL
	                    ? byte_of(config, last_leaf(config, list->last)->to)
	                    : byte_of(config, list->from) + 1;
	fwrite(config->text, 1, at, out);
	fprintf(out, "%s%s", list->last != NULL ? ", " : "", item->flow);
	fwrite(config->text + at, 1, config->n - at, out);
}

static void put_new(FILE *out, const struct config *config, const char *key,
        const struct config_item *item)
{
	const char *end = line_end(config);
	fwrite(config->text, 1, config->n, out);
	if (config->n > 0 && config->text[config->n - 1] != '\n')
		fputs(end, out);
	fprintf(out, "%s:%s", key, end);
	put_lines(out, item->block, 2, end);
}

char *config_append(const struct config *config, const char *key,
        const struct config_item *item, size_t *n)
{
	char *text = NULL;
	if (config == NULL || config->root == NULL)
		return NULL;
	const struct node *list = node_find(config->root, key, NULL);
	if (list != NULL && list->kind != NODE_LIST)
		return NULL;
	FILE *out = open_memstream(&text, n);
	if (out == NULL)
		return NULL;
	if (list == NULL)
		put_new(out, config, key, item);
	else if (in_brackets(config, list))
		put_flow(out, config, list, item);
	else
		put_block(out, config, list, item);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}
