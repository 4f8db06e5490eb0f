/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * YAML by libyaml's events, taken into a tree of our own.  Not by yaml_parser_load:
 * that one costs the square of the nesting and of the number of anchors (MEASURED,
 * 0.2.5: 100,000 brackets 14 s, 50,000 anchors 3 s), and can tell neither an alias from
 * a copy nor where a tag stood.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/config_parts.h"
#include "base/folder.h"

/* A document being taken in: the maps and lists that are open. */
struct loading {
	struct config *config;
	struct node *open[CONFIG_LEVELS];
	size_t depth;
	size_t documents;
	const struct node *spread; /* the last text in quotes over several lines */
	bool done, failed;
};

static struct mark mark_of(yaml_mark_t mark)
{
	return (struct mark){ mark.line, mark.column };
}

static void add_node(struct loading *loading, struct node *node)
{
	if (loading->depth == 0) {
		loading->config->root = node;
		return;
	}
	struct node *parent = loading->open[loading->depth - 1];
	if (parent->first == NULL)
		parent->first = node;
	else
		parent->last->next = node;
	parent->last = node;
	parent->count++; /* of a map: keys and values, halved when it closes */
}

static struct node *new_node(
        struct loading *loading, enum node_kind kind, const yaml_event_t *event)
{
	struct node *node = arena_take(&loading->config->tree, sizeof *node);
	if (node == NULL) {
		loading->failed = true;
		return NULL;
	}
	node->kind = kind;
	node->from = mark_of(event->start_mark);
	node->to = mark_of(event->end_mark);
	add_node(loading, node);
	return node;
}

static void refuse_marks(struct loading *loading, const yaml_event_t *event,
        const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor != NULL)
		config_note_at(loading->config, mark_of(event->start_mark),
		        mark_of(event->end_mark),
		        "write the text out; put it in quotes if it begins with '&'",
		        "anchors ('&%s') are not used here", (const char *)anchor);
	if (tag != NULL)
		config_note_at(loading->config, mark_of(event->start_mark),
		        mark_of(event->end_mark),
		        "leave it out; put the text in quotes if it begins with '!'",
		        "tags ('%s') are not used here", (const char *)tag);
}

static void take_scalar(struct loading *loading, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t n = event->data.scalar.length;

	refuse_marks(loading, event, event->data.scalar.anchor, event->data.scalar.tag);
	struct node *node = new_node(loading, NODE_SCALAR, event);
	if (node == NULL)
		return;
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	node->text = arena_copy(&loading->config->arena, text, n);
	if (!node->plain && node->to.line > node->from.line)
		loading->spread = node;
	if (node->text == NULL)
		loading->failed = true;
	else if (strlen(node->text) != n)
		config_note(loading->config, node, "leave the \\0 out",
		        "a text cannot hold a NUL character");
}

static void open_node(
        struct loading *loading, enum node_kind kind, const yaml_event_t *event)
{
	if (loading->depth == CONFIG_LEVELS) {
		config_note_at(loading->config, mark_of(event->start_mark),
		        mark_of(event->end_mark), NULL,
		        "more than %d maps and lists inside one another",
		        CONFIG_LEVELS);
		loading->failed = true;
		return;
	}
	struct node *node = new_node(loading, kind, event);
	if (node != NULL)
		loading->open[loading->depth++] = node;
}

static void close_node(struct loading *loading, const yaml_event_t *event)
{
	struct node *node = loading->open[--loading->depth];
	assert(node != NULL); /* what was opened is never NULL */
	node->to = mark_of(event->end_mark);
	if (node->kind == NODE_MAP)
		node->count /= 2;
}

static void start_document(struct loading *loading, const yaml_event_t *event)
{
	if (loading->documents++ == 0)
		return;
	config_note_at(loading->config, mark_of(event->start_mark),
	        mark_of(event->end_mark), "put it into a file of its own",
	        "a second document begins here");
	loading->failed = true;
}

static void take_event(struct loading *loading, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		take_scalar(loading, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
		refuse_marks(loading, event, event->data.sequence_start.anchor,
		        event->data.sequence_start.tag);
		open_node(loading, NODE_LIST, event);
		break;
	case YAML_MAPPING_START_EVENT:
		refuse_marks(loading, event, event->data.mapping_start.anchor,
		        event->data.mapping_start.tag);
		open_node(loading, NODE_MAP, event);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_node(loading, event);
		break;
	case YAML_ALIAS_EVENT:
		config_note_at(loading->config, mark_of(event->start_mark),
		        mark_of(event->end_mark),
		        "write the text out; put it in quotes if it begins with '*'",
		        "aliases ('*%s') are not used here",
		        (const char *)event->data.alias.anchor);
		loading->failed = true;
		break;
	case YAML_DOCUMENT_START_EVENT:
		start_document(loading, event);
		break;
	case YAML_STREAM_END_EVENT:
		loading->done = true;
		break;
	default:
		break;
	}
}

static void note_parser(const struct loading *loading, const yaml_parser_t *parser)
{
	struct config *config = loading->config;
	const struct node *spread = loading->spread;
	if (parser->error == YAML_MEMORY_ERROR) {
		config->arena.failed = true;
		return;
	}
	if (spread != NULL && spread->to.line == parser->problem_mark.line) {
		config_note(config, spread, "close it in the same line",
		        "the quote opened here is closed only in line %zu",
		        spread->to.line + 1);
		return;
	}
	config_note_syntax(config, &(struct syntax){
	                                   .problem = parser->problem,
	                                   .context = parser->context,
	                                   .at = mark_of(parser->problem_mark),
	                                   .context_at = mark_of(parser->context_mark),
	                           });
}

int config_parse(struct config *config)
{
	struct loading loading = { .config = config };
	yaml_parser_t parser;
	yaml_event_t event;

	if (!yaml_parser_initialize(&parser)) {
		config->arena.failed = true;
		return MALFORMED;
	}
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	        &parser, (const unsigned char *)config->clean, config->n_clean);
	while (!loading.done && !loading.failed) {
		if (!yaml_parser_parse(&parser, &event)) {
			note_parser(&loading, &parser);
			break;
		}
		take_event(&loading, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	bool empty = config->root == NULL || (config->root->kind == NODE_SCALAR &&
	                                             config->root->text[0] == '\0');
	if (loading.done && empty)
		config_note_file(config, NULL, "the file is empty");
	return loading.done && !empty ? OK : MALFORMED;
}

static bool is_json(const char *text, size_t n)
{
	size_t at = 0;
	while (at < n && (text[at] == ' ' || text[at] == '\n'))
		at++;
	return at < n && (text[at] == '{' || text[at] == '[');
}

/* Keeps the text, for source lines in messages: without a byte order mark, JSON
 * mended. */
static bool keep_text(struct config *config, const char *text, size_t n)
{
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		n -= 3;
	}
	config->n = n;
	if (!is_json(text, n)) {
		config->text = arena_copy(&config->tree, text, n);
		return config->text != NULL;
	}
	config->n = config_mend_json(text, n, NULL);
	char *mended = arena_take(&config->tree, config->n + 1);
	if (mended != NULL)
		config_mend_json(text, n, mended);
	config->text = mended;
	return mended != NULL;
}

static struct config *config_new(const char *name)
{
	struct config *config = calloc(1, sizeof *config);
	if (config == NULL)
		return NULL;
	config->name = arena_copy(&config->arena, name, strlen(name));
	config->text = "";
	if (config->name == NULL) {
		free(config);
		return NULL;
	}
	return config;
}

static void read_text(struct config *config, const char *text, size_t n,
        const struct section *section, void *into)
{
	if (n > CONFIG_MOST)
		config_note_file(config, NULL,
		        "longer than %d KiB: this is no configuration",
		        CONFIG_MOST / 1024);
	else if (keep_text(config, text, n) && config_check_bytes(config) == OK &&
	         config_parse(config) == OK)
		config_check(config, section, into);
}

static int finish(struct config *config, FILE *report)
{
	if (config->arena.failed || config->tree.failed)
		config_note_file(config, NULL, "not enough memory to read it");
	config_report(config, report);
	return config->n_faults > 0 ? MALFORMED : OK;
}

int config_read_text(struct config **out, const char *text, size_t n, const char *name,
        const struct section *section, void *into, FILE *report)
{
	struct config *config = *out = config_new(name);
	if (config == NULL)
		return MALFORMED;
	read_text(config, text, n, section, into);
	return finish(config, report);
}

int config_read(struct config **out, const char *path, const struct section *section,
        void *into, FILE *report)
{
	char *text = NULL;
	size_t n = 0;
	struct config *config = *out = config_new(path);
	if (config == NULL)
		return MALFORMED;

	int status = file_read(path, CONFIG_MOST, &text, &n);
	if (status == OK)
		read_text(config, text, n, section, into);
	else if (status == NOT_FOUND)
		config_note_file(
		        config, "check the name, or make the file", "no such file");
	else if (status == FULL)
		config_note_file(config, NULL,
		        "longer than %d KiB: this is no configuration",
		        CONFIG_MOST / 1024);
	else
		config_note_file(config, NULL, "cannot be read: %s", strerror(errno));
	free(text);
	int result = finish(config, report);
	return status == NOT_FOUND || status == FAILED ? NOT_FOUND : result;
}

void config_tell(struct config *config, FILE *report)
{
	if (config != NULL)
		config_report(config, report);
}

void config_settle(struct config *config)
{
	if (config == NULL)
		return;
	arena_free(&config->tree);
	config->root = NULL;
	config->text = config->clean = "";
	config->n = config->n_clean = 0;
}

void config_free(struct config *config)
{
	if (config == NULL)
		return;
	arena_free(&config->tree);
	arena_free(&config->arena);
	free(config);
}
