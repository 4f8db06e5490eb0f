/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside base/config*.c: a document as a tree of nodes, its memory and its errors. */
#ifndef BASE_CONFIG_PARTS_H
#define BASE_CONFIG_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/config.h"

#define CONFIG_MOST     (1 << 20) /* bytes of a file or text */
#define CONFIG_LEVELS   32        /* maps and lists inside one another */
#define CONFIG_ERRORS   50        /* kept and printed; the rest is counted */
#define CONFIG_WARNINGS 16

/* Both from 0; the column counts characters. */
struct mark {
	size_t line, column;
};

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
	enum node_kind kind;
	bool plain;       /* a scalar without quotes */
	const char *text; /* of a scalar, without NULs inside */
	struct mark from, to;
	struct node *first,
	        *last; /* items of a list; key, value, key, value of a map */
	size_t count;  /* items of a list, pairs of a map */
	struct node *next;
};

struct chunk;
struct arena {
	struct chunk *chunk;
	bool failed; /* memory was refused once: the document cannot be trusted */
};

struct config_fault {
	struct mark from, to;
	bool nowhere; /* concerns the file, not a place in it */
	size_t order; /* as found, for errors of one place */
	const char *message, *hint;
};

struct config {
	struct arena arena, tree; /* tree: text and nodes, gone when it is settled */
	const char *name, *text;
	size_t n;          /* bytes of text */
	const char *clean; /* for libyaml: U+FFFD for each byte that is no character */
	size_t n_clean;
	bool foreign; /* there are such bytes: values with U+FFFD are not looked at */
	struct node *root;
	size_t n_faults; /* found; the first CONFIG_ERRORS of them are kept */
	struct config_fault fault[CONFIG_ERRORS];
	size_t n_warnings; /* of config_warn; the first CONFIG_WARNINGS of them are kept */
	struct config_fault warning[CONFIG_WARNINGS];
	char *first; /* of config_first_error */
};

/* Zeroed memory that lives as long as the document; NULL and arena->failed if there is
 * none. */
void *arena_take(struct arena *arena, size_t size);
char *arena_copy(struct arena *arena, const char *text, size_t n);
char *arena_printf(struct arena *arena, const char *format, va_list args)
        __attribute__((format(printf, 2, 0)));
void arena_free(struct arena *arena);

/* The text as a tree in config->root; what is wrong is noted.  OK or MALFORMED. */
int config_parse(struct config *config);

/* Is every byte of the text one a YAML file may hold?  A line that is not UTF-8 is noted, and the rest
 * may be read in config->clean; MALFORMED when this is no text at all. */
int config_check_bytes(struct config *config);

/* JSON may say in escapes and hold raw what libyaml does not take: surrogate pairs, C1
 * controls and line separators.  Writes the text so that it does; its length.  `out`
 * NULL: only counts. */
size_t config_mend_json(const char *in, size_t n, char *out);

/* Bytes of the line break at `at` as libyaml counts lines (YAML 1.1, 5.4); 0 if there
 * is none. */
size_t config_line_break(const char *at, size_t n);

/* What libyaml found wrong, in our words. */
struct syntax {
	const char *problem, *context; /* libyaml's words, may be NULL */
	struct mark at, context_at;
};
void config_note_syntax(struct config *config, const struct syntax *syntax);

/* Keep an error for the report.  `hint` may be NULL. */
void config_note(struct config *config, const struct node *node, const char *hint,
        const char *format, ...) __attribute__((format(printf, 4, 5)));
void config_note_at(struct config *config, struct mark from, struct mark to,
        const char *hint, const char *format, ...)
        __attribute__((format(printf, 5, 6)));
void config_note_file(struct config *config, const char *hint, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Sort what was noted by place and print it. */
void config_report(struct config *config, FILE *out);

/* Check the tree against the section and fill `into`. */
void config_check(struct config *config, const struct section *section, void *into);

/* One value of one field, and the struct it goes into. */
struct value {
	struct config *config;
	const struct field *field;
	const struct node *node;
	char *into;
};

/* Scalars: check, convert, store at `out`; what is wrong is noted. */
void config_read_scalar(const struct value *value, void *out);
/* The value an absent key leaves behind. */
void config_clear_scalar(const struct field *field, void *out);
/* "null" and "~" */
bool config_is_null(const struct node *node);
/* Note an error of a value: "key: message". */
void config_bad_value(const struct value *value, const char *hint, const char *format,
        ...) __attribute__((format(printf, 3, 4)));
/* "0..255", "1 s..60 s"; "" if there is no range. */
const char *config_range(const struct field *field, char *out, size_t room);
/* How a value of this field is written, for hints and help. */
const char *config_how(
        const struct field *field, bool vietnamese, char *out, size_t room);

/* The subtree as JSON text. */
const char *config_json(struct config *config, const struct node *node);

/* Value of a key in a map, or NULL; its key in *key_out if that is not NULL. */
const struct node *node_find(
        const struct node *map, const char *key, const struct node **key_out);

#endif
