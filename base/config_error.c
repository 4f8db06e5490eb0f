/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors in gcc's form: file:line:column, the line itself, a caret, a hint. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/config_parts.h"
#include "base/utf8.h"

#define SHOWN 100 /* characters of a line: JSON comes in lines of 48,000 */
#define AHEAD 40  /* of them before the error, when the line is cut */

static void keep(struct config *config, const struct config_fault *fault)
{
	if (config->n_faults < CONFIG_ERRORS) {
		config->fault[config->n_faults] = *fault;
		config->fault[config->n_faults].order = config->n_faults;
	}
	config->n_faults++;
}

static const char *kept_text(struct config *config, const char *text)
{
	return text != NULL ? arena_copy(&config->arena, text, strlen(text)) : NULL;
}

void config_note_at(struct config *config, struct mark from, struct mark to,
        const char *hint, const char *format, ...)
{
	if (config->n_faults >= CONFIG_ERRORS) {
		config->n_faults++;
		return;
	}
	va_list args;
	va_start(args, format);
	const char *message = arena_printf(&config->arena, format, args);
	va_end(args);
	keep(config, &(struct config_fault){ .from = from,
	                     .to = to,
	                     .message = message,
	                     .hint = kept_text(config, hint) });
}

void config_note(struct config *config, const struct node *node, const char *hint,
        const char *format, ...)
{
	char message[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	config_note_at(config, node->from, node->to, hint, "%s", message);
}

void config_note_file(struct config *config, const char *hint, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const char *message = arena_printf(&config->arena, format, args);
	va_end(args);
	keep(config, &(struct config_fault){ .nowhere = true,
	                     .message = message,
	                     .hint = kept_text(config, hint) });
}

/* The text of a line (from 0) without its break. */
static const char *line_text(const struct config *config, size_t line, size_t *n)
{
	const char *at = config->text, *end = at + config->n;
	while (line > 0 && at < end) {
		size_t ends = config_line_break(at, (size_t)(end - at));
		line -= ends > 0;
		at += ends > 0 ? ends : 1;
	}
	const char *start = at;
	while (at < end && config_line_break(at, (size_t)(end - at)) == 0)
		at++;
	*n = (size_t)(at - start);
	return start;
}

/* Would a terminal show it, and nothing but show it?  Not controls, not marks that turn the direction
 * of what follows (U+202A.., U+2066..), which make a line look other than it is. */
static bool harmless(uint32_t code)
{
	bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
	bool turns = (code >= 0x202a && code <= 0x202e) ||
	             (code >= 0x2066 && code <= 0x2069);
	return !control && !turns && code != 0xfeff;
}

/* One character of the source on the first line, what stands below it on the second. */
static void put_character(
        FILE *source, FILE *below, const char *at, size_t n, char under)
{
	uint32_t code;
	size_t length = utf8_next(at, n, &code);
	bool tab = length > 0 && code == '\t';
	int width = length > 0 && harmless(code) ? utf8_width(code) : 1;

	if (length > 0 && (tab || harmless(code)))
		fwrite(at, 1, length, source);
	else
		putc('?', source);
	for (int i = 0; i < width; i++)
		putc(tab && under == ' ' ? '\t' : under, below);
}

/* A message quotes what it found, and that may be anything. */
static void put_message(FILE *out, const char *text)
{
	for (size_t n = strlen(text); n > 0;) {
		uint32_t code;
		size_t length = utf8_next(text, n, &code);
		if (length > 0 && harmless(code))
			fwrite(text, 1, length, out);
		else
			putc(length > 0 && (code == '\n' || code == '\t') ? ' ' : '?',
			        out);
		text += length > 0 ? length : 1;
		n -= length > 0 ? length : 1;
	}
}

/* Columns [from, to) of the line get '^' and '~'; the rest blanks and tabs. */
struct underline {
	size_t from, to, first, last; /* first..last: the window shown */
};

static void put_line(FILE *source, FILE *below, const char *text, size_t n,
        const struct underline *u)
{
	size_t column = 0;
	for (size_t at = 0; at < n; column++) {
		uint32_t code;
		size_t length = utf8_next(text + at, n - at, &code);
		char under = column == u->from ? '^' : '~';
		if (column < u->from || column >= u->to)
			under = ' ';
		if (column >= u->first && column < u->last)
			put_character(source, below, text + at, n - at, under);
		at += length > 0 ? length : 1;
	}
	if (u->from >= column) /* behind the end: something is missing */
		putc('^', below);
}

static void trim_end(char *text)
{
	size_t n = strlen(text);
	while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
		text[--n] = '\0';
}

static void show_source(
        const struct config *config, const struct config_fault *fault, FILE *out)
{
	char *source = NULL, *below = NULL;
	size_t n, room;
	const char *text = line_text(config, fault->from.line, &n);
	struct underline u = { .from = fault->from.column,
		.to = fault->from.column + 1 };

	if (fault->to.line > fault->from.line)
		u.to = n;
	else if (fault->to.column > u.to)
		u.to = fault->to.column;
	u.first = u.from > SHOWN - 10 ? u.from - AHEAD : 0;
	u.last = u.first + SHOWN;
	FILE *a = open_memstream(&source, &room), *b = open_memstream(&below, &room);
	if (a != NULL && b != NULL)
		put_line(a, b, text, n, &u);
	if (a != NULL)
		fclose(a);
	if (b != NULL)
		fclose(b);
	if (source != NULL && below != NULL) {
		trim_end(below);
		fprintf(out, "%4zu | %s%s\n", fault->from.line + 1,
		        u.first > 0 ? "..." : "", source);
		fprintf(out, "     | %s%s\n", u.first > 0 ? "   " : "", below);
	}
	free(source);
	free(below);
}

static void print_head(const struct config *config, const struct config_fault *fault,
        const char *kind, FILE *out)
{
	fputs(config->name, out);
	if (!fault->nowhere)
		fprintf(out, ":%zu:%zu", fault->from.line + 1, fault->from.column + 1);
	fprintf(out, ": %s: ", kind);
	put_message(out, fault->message != NULL ? fault->message : "not enough memory");
}

static void print_fault(const struct config *config, const struct config_fault *fault,
        const char *kind, FILE *out)
{
	print_head(config, fault, kind, out);
	putc('\n', out);
	if (!fault->nowhere)
		show_source(config, fault, out);
	if (fault->hint == NULL)
		return;
	fputs("hint: ", out);
	put_message(out, fault->hint);
	putc('\n', out);
}

static void keep_first(struct config *config, const struct config_fault *fault)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	if (out == NULL)
		return;
	print_head(config, fault, "error", out);
	fclose(out);
	if (text != NULL)
		config->first = arena_copy(&config->arena, text, n);
	free(text);
}

static int before(const void *a, const void *b)
{
	const struct config_fault *x = a, *y = b;
	if (x->from.line != y->from.line)
		return x->from.line < y->from.line ? -1 : 1;
	if (x->from.column != y->from.column)
		return x->from.column < y->from.column ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

void config_report(struct config *config, FILE *out)
{
	size_t n = config->n_faults < CONFIG_ERRORS ? config->n_faults : CONFIG_ERRORS;
	for (size_t i = 0; out != NULL && i < config->n_warnings; i++)
		print_fault(config, &config->warning[i], "warning", out);
	if (n == 0)
		return;
	qsort(config->fault, n, sizeof config->fault[0], before);
	keep_first(config, &config->fault[0]);
	for (size_t i = 0; out != NULL && i < n; i++)
		print_fault(config, &config->fault[i], "error", out);
	if (out != NULL && config->n_faults > n)
		fprintf(out, "%s: error: and %zu more\n", config->name,
		        config->n_faults - n);
}

size_t config_errors(const struct config *config)
{
	return config != NULL ? config->n_faults : 1;
}

const char *config_first_error(const struct config *config)
{
	if (config == NULL)
		return "error: not enough memory";
	return config->first != NULL ? config->first : "";
}

/* "instruments[2].model" from the root: the value, and the key before it. */
static const struct node *node_at(
        const struct config *config, const char *path, const struct node **key)
{
	const struct node *node = config->root;
	*key = NULL;
	while (node != NULL && *path != '\0') {
		char name[128];
		size_t n = strcspn(path, ".[");
		if (*path == '[') {
			size_t index = strtoul(path + 1, NULL, 10);
			node = node->kind == NODE_LIST ? node->first : NULL;
			while (node != NULL && index-- > 0)
				node = node->next;
			*key = node;
			path += strcspn(path, "]");
			path += *path == ']';
		} else if (n == 0 || n >= sizeof name) {
			return NULL;
		} else {
			memcpy(name, path, n);
			name[n] = '\0';
			node = node_find(node, name, key);
			path += n;
		}
		path += *path == '.';
	}
	return node;
}

int config_line(const struct config *config, const char *path)
{
	const struct node *key;
	if (config == NULL)
		return 0;
	const struct node *node = node_at(config, path, &key);
	if (node == NULL)
		return 0;
	return (int)(key != NULL ? key->from.line : node->from.line) + 1;
}

/* A scalar is shown itself, anything bigger by its key; what is absent by the map that
 * lacks it. */
static const struct node *shown(const struct config *config, const char *path)
{
	char parent[256];
	snprintf(parent, sizeof parent, "%s", path);
	for (;;) {
		const struct node *key, *node = node_at(config, parent, &key);
		if (node != NULL && (node->kind == NODE_SCALAR || key == NULL))
			return node;
		if (node != NULL)
			return key->kind == NODE_MAP && key->first != NULL ? key->first
			                                                   : key;
		char *dot = strrchr(parent, '.'), *bracket = strrchr(parent, '[');
		char *cut = dot > bracket ? dot : bracket;
		if (cut == NULL)
			return config->root;
		*cut = '\0';
	}
}

static struct config_fault fault_at(
        struct config *config, const char *path, const char *hint, const char *message)
{
	const struct node *node = shown(config, path);
	struct config_fault fault = { .nowhere = node == NULL,
		.message = kept_text(config, message),
		.hint = kept_text(config, hint) };
	if (node != NULL) {
		fault.from = node->from;
		fault.to = node->to;
	}
	return fault;
}

void config_error(struct config *config, FILE *report, const char *path,
        const char *hint, const char *format, ...)
{
	char message[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);

	if (config == NULL)
		return;
	struct config_fault fault = fault_at(config, path, hint, message);
	if (config->first == NULL)
		keep_first(config, &fault);
	keep(config, &fault);
	if (report != NULL)
		print_fault(config, &fault, "error", report);
}

void config_warn(struct config *config, const char *path, const char *hint,
        const char *format, ...)
{
	char message[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	if (config == NULL || config->n_warnings == CONFIG_WARNINGS)
		return;
	config->warning[config->n_warnings++] = fault_at(config, path, hint, message);
}

size_t config_warnings(const struct config *config)
{
	return config != NULL ? config->n_warnings : 0;
}
