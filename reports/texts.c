/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/texts.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void texts_free(struct texts *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		free(texts->text[i]);
	free(texts->text);
	*texts = (struct texts){ 0 };
}

/* Takes over `text`; NULL says there was no memory for it. */
static const char *keep(struct texts *texts, char *text)
{
	if (text != NULL && texts->n == texts->room) {
		size_t room = texts->room > 0 ? 2 * texts->room : 64;
		char **more = realloc(texts->text, room * sizeof *more);
		if (more == NULL) {
			free(text);
			text = NULL;
		} else {
			texts->text = more;
			texts->room = room;
		}
	}
	if (text == NULL) {
		texts->failed = true;
		return "";
	}
	texts->text[texts->n++] = text;
	return text;
}

const char *texts_add(struct texts *texts, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return keep(texts, text);
}

const char *texts_join(
        struct texts *texts, const char *before, const char *between, const char *more)
{
	if (before == NULL || before[0] == '\0')
		return more;
	if (more == NULL || more[0] == '\0')
		return before;
	return texts_add(texts, "%s%s%s", before, between, more);
}

/* Length of the UTF-8 character at in[0] (RFC 3629: no surrogates, nothing overlong), 0 if none. */
static size_t utf8_length(const unsigned char *in)
{
	static const unsigned char low[] = { 0x80, 0xa0, 0x90 };
	if (in[0] < 0x80)
		return 1;
	size_t n = in[0] >= 0xc2 && in[0] < 0xe0   ? 2
	           : in[0] >= 0xe0 && in[0] < 0xf0 ? 3
	           : in[0] >= 0xf0 && in[0] < 0xf5 ? 4
	                                           : 0;
	unsigned char first = in[0] == 0xe0 ? low[1] : in[0] == 0xf0 ? low[2] : low[0];
	unsigned char last = in[0] == 0xed ? 0x9f : in[0] == 0xf4 ? 0x8f : 0xbf;
	if (n == 0 || in[1] < first || in[1] > last)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((in[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

const char *texts_clean(struct texts *texts, const char *text)
{
	char *out = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&out, &size);
	if (stream == NULL)
		return keep(texts, NULL);
	for (const unsigned char *in = (const unsigned char *)text; *in != '\0';) {
		size_t n = utf8_length(in);
		if (n == 0)
			fputs("\xef\xbf\xbd", stream);
		else if (n == 1)
			putc(iscntrl(*in) ? ' ' : *in, stream);
		else
			fwrite(in, 1, n, stream);
		in += n > 0 ? n : 1;
	}
	return keep(texts, fclose(stream) == 0 ? out : (free(out), NULL));
}

const char *texts_plain(struct texts *texts, const char *text)
{
	char *out = strdup(text);
	if (out == NULL)
		return keep(texts, NULL);
	char *to = out;
	for (const char *in = text; *in != '\0'; in++)
		if (*in != BOLD_ON && *in != BOLD_OFF)
			*to++ = *in;
	*to = '\0';
	return keep(texts, out);
}

static const char *slot_find(const struct slot *slots, const char *name, size_t n)
{
	for (const struct slot *s = slots; s != NULL && s->name != NULL; s++)
		if (strlen(s->name) == n && memcmp(s->name, name, n) == 0)
			return s->text != NULL ? s->text : "";
	assert(!"a sentence has a slot nobody fills");
	return "";
}

const char *texts_fill(struct texts *texts, enum language language, enum word word,
        const struct slot *slots)
{
	char *out = NULL;
	size_t size = 0;
	bool bold = false;
	FILE *stream = open_memstream(&out, &size);
	if (stream == NULL)
		return keep(texts, NULL);
	for (const char *in = word_text(language, word); *in != '\0'; in++) {
		if (in[0] == '*' && in[1] == '*') {
			bold = !bold;
			putc(bold ? BOLD_ON : BOLD_OFF, stream);
			in++;
		} else if (*in == '{') {
			size_t n = strcspn(in + 1, "}");
			const char *text = slot_find(slots, in + 1, n);
			fputs(text[0] != '\0' ? text
			                      : word_text(language, WORD_NOT_GIVEN),
			        stream);
			in += n + 1;
		} else {
			putc(*in, stream);
		}
	}
	return keep(texts, fclose(stream) == 0 ? out : (free(out), NULL));
}

const char *texts_capital(struct texts *texts, const char *text)
{
	char *out = strdup(text);
	unsigned char *c = (unsigned char *)out;
	if (out == NULL)
		return keep(texts, NULL);
	if (c[0] < 0x80)
		c[0] = (unsigned char)(isupper(c[1]) ? c[0]
		                                     : toupper(c[0])); /* pH stays */
	else if (c[0] == 0xc4 && c[1] == 0x91) /* d with stroke, U+0111 */
		c[1] = 0x90;
	else if (c[0] == 0xc3 && c[1] >= 0xa0) /* U+00E0..U+00FE */
		c[1] = (unsigned char)(c[1] - 0x20);
	return keep(texts, out);
}
