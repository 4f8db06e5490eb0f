/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Before libyaml sees a text: what bytes it holds. */
#include <stdlib.h>
#include <string.h>

#include "base/config_parts.h"
#include "base/utf8.h"

/* YAML 1.1, 5.1: what a stream may hold. */
static bool printable(uint32_t code)
{
	if (code < 0x20)
		return code == '\t' || code == '\n' || code == '\r';
	if (code == 0x85 || code == 0xfeff)
		return code == 0x85;
	return !(code >= 0x7f && code < 0xa0) && code != 0xfffe && code != 0xffff;
}

size_t config_line_break(const char *at, size_t n)
{
	static const char *const breaks[] = { "\r\n", "\n", "\r", "\xc2\x85",
		"\xe2\x80\xa8", "\xe2\x80\xa9" };
	for (size_t i = 0; i < sizeof breaks / sizeof breaks[0]; i++) {
		size_t length = strlen(breaks[i]);
		if (n >= length && memcmp(at, breaks[i], length) == 0)
			return length;
	}
	return 0;
}

/* Line and column of a byte; a byte that is no character counts as one. */
static struct mark place_of(const struct config *config, size_t byte)
{
	struct mark mark = { 0 };
	for (size_t at = 0; at < byte;) {
		uint32_t code;
		size_t ends = config_line_break(config->text + at, config->n - at);
		size_t n = utf8_next(config->text + at, config->n - at, &code);
		mark.column++;
		if (ends > 0)
			mark = (struct mark){ mark.line + 1, 0 };
		at += ends > 0 ? ends : n > 0 ? n : 1;
	}
	return mark;
}

static void note_byte(
        struct config *config, size_t byte, const char *hint, const char *what)
{
	struct mark from = place_of(config, byte);
	struct mark to = { from.line, from.column + 1 };
	config_note_at(config, from, to, hint, "%s", what);
}

/* False: the file is in an encoding of which nothing can be read. */
static bool note_not_utf8(struct config *config, size_t byte)
{
	unsigned char c = (unsigned char)config->text[byte];
	char what[64];
	if (byte == 0 && (c == 0xff || c == 0xfe)) {
		config_note_file(
		        config, "save the file as UTF-8", "the text is UTF-16");
		return false;
	}
	snprintf(what, sizeof what, "byte 0x%02X is not UTF-8", c);
	note_byte(config, byte,
	        "save the file as UTF-8 (it may be in a legacy code page such as TCVN3 "
	        "or windows-1258)",
	        what);
	return true;
}

static int note_control(struct config *config, size_t byte, uint32_t code)
{
	char what[64];
	snprintf(what, sizeof what, "control character U+%04X", code);
	note_byte(config, byte, "remove it",
	        code == 0 ? "NUL byte: this is no text file" : what);
	return MALFORMED;
}

/* Characters as they are, U+FFFD for each byte that is none. */
static void make_clean(struct config *config)
{
	size_t room = config->n + 1, used = 0;
	for (size_t at = 0, n; at<config->n; at += n> 0 ? n : 1) {
		uint32_t code;
		n = utf8_next(config->text + at, config->n - at, &code);
		room += n == 0 ? strlen(UTF8_REPLACEMENT) - 1 : 0;
	}
	char *clean = arena_take(&config->arena, room);
	config->clean = clean;
	config->n_clean = room - 1;
	for (size_t at = 0; clean != NULL && at < config->n;) {
		uint32_t code;
		size_t n = utf8_next(config->text + at, config->n - at, &code);
		size_t put = n > 0 ? n : strlen(UTF8_REPLACEMENT);
		memcpy(clean + used, n > 0 ? config->text + at : UTF8_REPLACEMENT, put);
		used += put;
		at += n > 0 ? n : 1;
	}
}

/* A no-break space, as web pages and word processors have it, among what indents a line. */
static bool is_false_blank(const struct config *config, size_t at, uint32_t code)
{
	while (code == 0xa0 && at > 0 && config->text[at - 1] == ' ')
		at--;
	return code == 0xa0 &&
	       (at == 0 || strchr("\r\n", config->text[at - 1]) != NULL);
}

int config_check_bytes(struct config *config)
{
	bool told = false; /* of this line */
	for (size_t at = 0; at < config->n;) {
		uint32_t code;
		size_t left = config->n - at;
		size_t n = utf8_next(config->text + at, left, &code);
		if (n > 0 && !printable(code))
			return note_control(config, at, code);
		if (n > 0 && is_false_blank(config, at, code)) {
			note_byte(config, at, "indent with blanks",
			        "a no-break space stands where blanks must indent");
			return MALFORMED;
		}
		if (n == 0 && !told && !note_not_utf8(config, at))
			return MALFORMED;
		config->foreign |= n == 0;
		told = n == 0 ||
		       (told && config_line_break(config->text + at, left) == 0);
		at += n > 0 ? n : 1;
	}
	config->clean = config->text;
	config->n_clean = config->n;
	if (config->foreign)
		make_clean(config);
	return config->clean != NULL ? OK : MALFORMED;
}

static int hex4(const char *at, const char *end, uint32_t *code)
{
	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return 0;
	char digits[5] = { at[2], at[3], at[4], at[5], '\0' };
	if (strspn(digits, "0123456789abcdefABCDEF") != 4)
		return 0;
	*code = (uint32_t)strtoul(digits, NULL, 16);
	return 1;
}

/* Surrogates D800..DBFF then DC00..DFFF (RFC 8259, 7) as the one character they
 * mean. */
static size_t surrogates(const char *at, const char *end, char out[4])
{
	uint32_t high, low;
	if (!hex4(at, end, &high) || !hex4(at + 6, end, &low))
		return 0;
	if (high < 0xd800 || high > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return 0;
	uint32_t code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 12;
}

/* What JSON lets stand raw in a string and YAML does not, or folds. */
static bool needs_escape(uint32_t code)
{
	return (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
	       code == 0xfeff || code == 0xfffe || code == 0xffff;
}

size_t config_mend_json(const char *in, size_t n, char *out)
{
	size_t used = 0;
	for (size_t at = 0; at < n;) {
		uint32_t code;
		char put[8];
		size_t length = utf8_next(in + at, n - at, &code), width;
		if (length > 0 && needs_escape(code)) {
			width = (size_t)snprintf(
			        put, sizeof put, "\\u%04x", code & 0xffff);
		} else if (in[at] == '\\' && n - at > 1) {
			length = surrogates(in + at, in + n, put);
			width = length > 0 ? 4 : 2;
			if (length == 0)
				memcpy(put, in + at, 2);
			length = length > 0 ? length : 2;
		} else {
			length = width = length > 0 ? length : 1;
			memcpy(put, in + at, width);
		}
		if (out != NULL)
			memcpy(out + used, put, width);
		used += width;
		at += length;
	}
	return used;
}
