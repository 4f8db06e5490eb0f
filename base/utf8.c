/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

static int continues(const char *in, size_t n, size_t length)
{
	for (size_t i = 1; i < length; i++)
		if (i >= n || ((unsigned char)in[i] & 0xc0) != 0x80)
			return 0;
	return 1;
}

size_t utf8_next(const char *in, size_t n, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)in[0];

	*code = first;
	if (first < 0x80)
		return 1;
	size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	if (first < 0xc2 || first > 0xf4 || !continues(in, n, length))
		return 0;
	*code = first & (0xffU >> (length + 1));
	for (size_t i = 1; i < length; i++)
		*code = *code << 6 | ((unsigned char)in[i] & 0x3f);
	if (*code < least[length] || *code > 0x10ffff ||
	        (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return length;
}

size_t utf8_sound(const char *in, size_t n)
{
	size_t at = 0;
	while (at < n) {
		uint32_t code;
		size_t length = utf8_next(in + at, n - at, &code);
		if (length == 0)
			return at;
		at += length;
	}
	return n;
}

struct range {
	uint32_t first, last;
};

static int among(uint32_t code, const struct range *range, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (code >= range[i].first && code <= range[i].last)
			return 1;
	return 0;
}

static int obeyed(uint32_t code)
{
	/* C0, DEL and C1; ALM, LRM, RLM, line ends, embeddings, isolates */
	static const struct range marks[] = { { 0, 0x1f }, { 0x7f, 0x9f },
		{ 0x61c, 0x61c }, { 0x200e, 0x200f }, { 0x2028, 0x202e },
		{ 0x2066, 0x2069 } };
	return among(code, marks, sizeof marks / sizeof marks[0]);
}

void utf8_put_harmless(const char *text, FILE *out)
{
	for (size_t n = strlen(text); n > 0;) {
		uint32_t code;
		size_t length = utf8_next(text, n, &code);
		bool harmless = length > 0 && !obeyed(code);
		if (length == 0)
			length = 1;
		if (harmless)
			fwrite(text, 1, length, out);
		for (size_t i = 0; i < length && !harmless; i++)
			fprintf(out, "\\x%02x", (unsigned char)text[i]);
		text += length;
		n -= length;
	}
}

int utf8_width(uint32_t code)
{
	/* Unicode 15: general categories Mn and Cf as far as our texts go;
	 * East_Asian_Width W, F */
	static const struct range zero[] = { { 0x300, 0x36f }, { 0x1ab0, 0x1aff },
		{ 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x20d0, 0x20ff },
		{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff } };
	static const struct range wide[] = { { 0x1100, 0x115f }, { 0x2e80, 0x303e },
		{ 0x3041, 0xa4cf }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },
		{ 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 },
		{ 0x1f300, 0x1f64f }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd } };

	if (code < 0x300)
		return 1;
	if (among(code, zero, sizeof zero / sizeof zero[0]))
		return 0;
	return among(code, wide, sizeof wide / sizeof wide[0]) ? 2 : 1;
}
