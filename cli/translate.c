/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/translate.h"

#include <stdlib.h>
#include <string.h>

#include "base/config.h"

#define SLOTS    9    /* %1..%9 */
#define TEXT     2048 /* bytes of one sentence */
#define DEPTH    4    /* sentences inside sentences */
#define SECTIONS 6    /* maps inside maps that may have helps */

struct slots {
	size_t n, literal; /* characters of the format that are the text's own */
	struct {
		const char *at;
		size_t size;
	} slot[SLOTS];
};

/* ---- a text against a format ---- */

/* Behind the conversion at `format`, whose kind goes to *kind; NULL: there is none. */
static const char *conversion(const char *format, char *kind)
{
	if (format[0] != '%' || format[1] == '%')
		return NULL;
	format += 1 + strspn(format + 1, "0123456789.*+-hlz");
	*kind = *format;
	return format + 1;
}

static bool may_hold(char kind, char c)
{
	return kind == 's' || kind == 'c' ||
	       strchr("0123456789abcdefABCDEFinx.+-", c) != NULL;
}

static bool fits(const char *format, const char *text, struct slots *slots)
{
	char kind;
	for (; *format != '\0'; format++, text++, slots->literal++) {
		const char *rest = conversion(format, &kind);
		if (rest != NULL) {
			size_t mine = slots->n++, literal = slots->literal, size = 0;
			for (; mine < SLOTS; size++) {
				slots->slot[mine].at = text;
				slots->slot[mine].size = size;
				slots->n = mine + 1;
				slots->literal = literal;
				if (fits(rest, text + size, slots))
					return true;
				if (text[size] == '\0' || !may_hold(kind, text[size]))
					return false;
			}
			return false;
		}
		format += format[0] == '%'; /* "%%" */
		if (*format != *text)
			return false;
	}
	return *text == '\0';
}

/* The sentence with the most words of its own. */
static const struct sentence_pair *find(const char *text, struct slots *best)
{
	static const struct sentence_pair *const tables[] = { translate_config,
		translate_station, translate_simulator, translate_orders,
		translate_commands, translate_told };
	const struct sentence_pair *found = NULL;
	for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++)
		for (const struct sentence_pair *pair = tables[t];
		        pair->english != NULL; pair++) {
			struct slots slots = { 0 };
			if (!fits(pair->english, text, &slots) ||
			        (found != NULL && slots.literal <= best->literal))
				continue;
			*best = slots;
			found = pair;
		}
	return found;
}

/* ---- helps ---- */

static const char *help_of(
        const struct section *section, const char *english, int depth)
{
	const struct field *field;
	for (size_t i = 0;
	        section != NULL && (field = section_field(section, i)) != NULL; i++) {
		if (field->help != NULL && strcmp(field->help, english) == 0)
			return field->help_vi;
		const char *inside =
		        depth > 0 ? help_of(field->section, english, depth - 1) : NULL;
		if (inside != NULL)
			return inside;
	}
	return NULL;
}

/* How a value is written; behind it may stand choices, a range or a unit. */
static bool is_how(const char *english, char *out, size_t room)
{
	const char *how, *vietnamese;
	for (int type = FIELD_TEXT; type <= FIELD_ANY; type++) {
		how = config_type_how((enum field_type)type, false);
		vietnamese = config_type_how((enum field_type)type, true);
		size_t n = strlen(how);
		if (strncmp(english, how, n) != 0)
			continue;
		const char *rest = english + n;
		const char *in = " in ", *example = ", for example ";
		if (*rest == '\0' || *rest == ':')
			snprintf(out, room, "%s%s", vietnamese, rest);
		else if (strncmp(rest, in, strlen(in)) == 0)
			snprintf(out, room, "%s trong %s", vietnamese,
			        rest + strlen(in));
		else if (strncmp(rest, example, strlen(example)) == 0)
			snprintf(out, room, "%s, ví dụ %s", vietnamese,
			        rest + strlen(example));
		else
			continue;
		return true;
	}
	return false;
}

/* ---- one text ---- */

static void put(char *out, size_t room, size_t *n, const char *text)
{
	int more = snprintf(out + *n, room - *n, "%s", text);
	*n += more > 0 ? (size_t)more : 0;
	if (*n >= room)
		*n = room - 1;
}

static void translate_deep(const struct section *helped, const char *english, char *out,
        size_t room, int depth);

static void fill(const struct section *helped, const char *vietnamese,
        const struct slots *slots, char *out, size_t room, int depth)
{
	size_t n = 0;
	out[0] = '\0';
	for (; *vietnamese != '\0'; vietnamese++) {
		char one[2] = { *vietnamese, '\0' }, text[TEXT], said[TEXT];
		size_t slot = (size_t)(vietnamese[1] - '1');
		if (strchr("%~", *vietnamese) == NULL || slot >= slots->n) {
			put(out, room, &n, one);
			continue;
		}
		snprintf(text, sizeof text, "%.*s", (int)slots->slot[slot].size,
		        slots->slot[slot].at);
		if (*vietnamese == '~')
			translate_deep(helped, text, said, sizeof said, depth - 1);
		put(out, room, &n, *vietnamese == '~' ? said : text);
		vietnamese++;
	}
}

static void translate_deep(const struct section *helped, const char *english, char *out,
        size_t room, int depth)
{
	struct slots slots;
	const char *key = strstr(english, ": "); /* "line: <its help>" */
	const char *help = help_of(helped, english, SECTIONS);
	const char *of_key = key != NULL ? help_of(helped, key + 2, SECTIONS) : NULL;
	const struct sentence_pair *pair;
	if (help != NULL)
		snprintf(out, room, "%s", help);
	else if (of_key != NULL)
		snprintf(out, room, "%.*s: %s", (int)(key - english), english, of_key);
	else if (is_how(english, out, room))
		return;
	else if (depth > 0 && (pair = find(english, &slots)) != NULL)
		fill(helped, pair->vietnamese, &slots, out, room, depth);
	else
		snprintf(out, room, "%s", english);
}

void translate(
        const struct section *helped, const char *english, char *out, size_t room)
{
	translate_deep(helped, english, out, room, DEPTH);
}

/* ---- errors of a configuration ---- */

/* "   6 |     line: 9600x", and what stands below it */
static bool is_source(const char *line)
{
	size_t n = strspn(line, " ");
	n += strspn(line + n, "0123456789");
	return n > 0 && strncmp(line + n, " | ", 3) == 0;
}

/* The line behind `lead`, whose place in it is told; NULL: it has none. */
static const char *behind(const char *line, const char *lead, size_t *at)
{
	const char *found = strstr(line, lead);
	if (found == NULL)
		return NULL;
	*at = (size_t)(found - line);
	return found + strlen(lead);
}

static void translate_line(const struct section *helped, const char *line, FILE *out)
{
	static const struct sentence_pair leads[] = { { ": error: ", ": lỗi: " },
		{ ": warning: ", ": cảnh báo: " }, { "hint: ", "gợi ý: " } };
	char text[TEXT];
	size_t at;
	for (size_t i = 0; !is_source(line) && i < sizeof leads / sizeof leads[0];
	        i++) {
		const char *rest = behind(line, leads[i].english, &at);
		if (rest == NULL || (leads[i].english[0] == 'h' && at > 0))
			continue;
		translate(helped, rest, text, sizeof text);
		fprintf(out, "%.*s%s%s\n", (int)at, line, leads[i].vietnamese, text);
		return;
	}
	if (is_source(line))
		snprintf(text, sizeof text, "%s", line);
	else
		translate(helped, line, text, sizeof text);
	fprintf(out, "%s\n", text);
}

void translate_lines(const struct section *helped, const char *english, FILE *out)
{
	char line[TEXT];
	while (*english != '\0') {
		size_t n = strcspn(english, "\n");
		snprintf(line, sizeof line, "%.*s", (int)n, english);
		translate_line(helped, line, out);
		english += n + (english[n] == '\n');
	}
}

FILE *translated_open(struct translated *told, bool vietnamese)
{
	*told = (struct translated){ .out = stderr };
	FILE *out = vietnamese ? open_memstream(&told->text, &told->n) : NULL;
	if (out != NULL)
		told->out = out;
	return told->out;
}

void translated_close(struct translated *told, const struct section *helped)
{
	if (told->out != stderr && fclose(told->out) == 0)
		translate_lines(helped, told->text, stderr);
	free(told->text);
}
