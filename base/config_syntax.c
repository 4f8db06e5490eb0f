/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libyaml finds wrong, said so that the person who wrote the line knows what to
 * do. */
#include <string.h>

#include "base/config_parts.h"
#include "base/utf8.h"

/* clang-format off */
/* libyaml's words (0.2.5, scanner.c and parser.c), ours, and the cure.  `at_context`:
 * the place is where the thing began, for libyaml's own is the end of the file. */
static const struct {
	const char *problem, *message, *hint; /* %zu: the line where the thing began */
	bool at_context;
} known[] = {
	{ "found unexpected end of stream", "the quote opened here is never closed",
	  "close it in the same line", true },
	{ "found unexpected document indicator", "the quote opened here is not closed before '---'",
	  "close it in the same line", true },
	{ "mapping values are not allowed in this context", "a ':' where no key can be",
	  "check the indentation of this line and the one before; a blank follows every ':' behind a key; "
	  "a text that holds ': ' goes into quotes", false },
	{ "could not find expected ':'", "no ':' behind the key",
	  "write 'key: value', with a blank behind the colon; a text over several lines goes into quotes", true },
	{ "did not find expected key", "this line does not fit the lines before it",
	  "indent all keys of one map alike, and close every quote and bracket above", false },
	{ "did not find expected '-' indicator", "this line does not fit the list before it",
	  "begin every item with '- ' in the same column", false },
	{ "block sequence entries are not allowed in this context", "a list item where none can be",
	  "a list begins on the line below its key", false },
	{ "did not find expected ',' or ']'", "the '[' of line %zu is not closed before this",
	  "put commas between the items and close the list with ']'", false },
	{ "did not find expected ',' or '}'", "the '{' of line %zu is not closed before this",
	  "put commas between the pairs and close the map with '}'", false },
	{ "found unknown escape character", "no such escape",
	  "in double quotes a backslash begins an escape: write \\\\ for one, or use single quotes",
	  false },
	{ "did not find expected hexdecimal number", "the escape needs hexadecimal digits",
	  "write \\xHH or \\uHHHH", false },
	{ "found invalid Unicode character escape code", "the escape is no character",
	  "half a surrogate pair is not one", false },
	{ "did not find expected <document start>", "something behind the end of the document",
	  "a file holds one document: one map, keys indented alike", false },
	{ "found a tab character that violates indentation", "a tab stands where blanks must indent",
	  "indent with blanks", false },
	{ "found a tab character where an indentation space is expected",
	  "a tab stands where blanks must indent", "indent with blanks", false },
	{ "found undefined tag handle", "tags are not used here",
	  "leave it out; put the text in quotes if it begins with '!'", false },
	{ "found unknown directive name", "directives are not used here",
	  "remove the line that begins with '%'", false },
	{ "found incompatible YAML document", "directives are not used here",
	  "remove the line that begins with '%'", false },
	{ "did not find expected node content", "a value is missing here",
	  "write it, or close the '[' or '{' that is open", false },
};
/* clang-format on */

/* Where the place lies in the text; its end where there is nothing any more. */
static size_t byte_at(const struct config *config, struct mark at)
{
	size_t line = 0, column = 0, i = 0;
	while (i < config->n && (line < at.line || column < at.column)) {
		uint32_t code;
		size_t ends = config_line_break(config->text + i, config->n - i);
		size_t length = utf8_next(config->text + i, config->n - i, &code);
		if (ends > 0 && line == at.line)
			break;
		column = ends > 0 ? 0 : column + 1;
		line += ends > 0;
		i += ends > 0 ? ends : length > 0 ? length : 1;
	}
	return i;
}

/* Where libyaml came to the end of the file, that is behind the last line that says something. */
static struct mark shown_at(const struct config *config, struct mark at)
{
	size_t n = byte_at(config, at);
	struct mark last = { 0 };
	if (config->text[n + strspn(config->text + n, " \t\r\n")] != '\0')
		return at;
	while (n > 0 && strchr(" \t\r\n", config->text[n - 1]) != NULL)
		n--;
	for (size_t i = 0; i < n;) {
		uint32_t code;
		size_t ends = config_line_break(config->text + i, n - i);
		size_t length = utf8_next(config->text + i, n - i, &code);
		last.column = ends > 0 ? 0 : last.column + 1;
		last.line += ends > 0;
		i += ends > 0 ? ends : length > 0 ? length : 1;
	}
	return last;
}

static void note_strange_start(struct config *config, struct mark at)
{
	struct mark to = { at.line, at.column + 1 };
	char c = config->text[byte_at(config, at)];
	if (c == '\t')
		config_note_at(config, at, to, "indent with blanks",
		        "a tab stands where blanks must indent");
	else
		config_note_at(config, at, to, "put the text into quotes",
		        "a text cannot begin with '%c'", c);
}

void config_note_syntax(struct config *config, const struct syntax *syntax)
{
	const char *problem =
	        syntax->problem != NULL ? syntax->problem : "not readable";
	if (strcmp(problem, "found character that cannot start any token") == 0) {
		note_strange_start(config, syntax->at);
		return;
	}
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcmp(problem, known[i].problem) != 0)
			continue;
		struct mark from = known[i].at_context ? syntax->context_at
		                                       : shown_at(config, syntax->at);
		struct mark to = { from.line + known[i].at_context, from.column + 1 };
		char message[128];
		snprintf(message, sizeof message, known[i].message,
		        syntax->context_at.line + 1);
		config_note_at(config, from, to, known[i].hint, "%s", message);
		return;
	}
	struct mark to = { syntax->at.line, syntax->at.column + 1 };
	config_note_at(config, syntax->at, to, NULL, "%s%s%s",
	        syntax->context != NULL ? syntax->context : "",
	        syntax->context != NULL ? ": " : "", problem);
}
