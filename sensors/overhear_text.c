/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of text, of whatever protocol: printable characters up to CR or LF.
 *
 *   $WIMWV,214.8,R,0.1,K,A*28 CR LF
 *   STX DA097 ETX 3A                   a control character before and behind may be there
 */
#include <stdio.h>
#include <string.h>

#include "sensors/driver.h"
#include "sensors/overhear.h"

#define TEXT_LEAST 4 /* characters: fewer may be chance */

#define STX 0x02
#define ETX 0x03

static bool printable(uint8_t c)
{
	return c >= 0x20 && c < 0x7f;
}

/* Characters from in[0], and in *end all bytes with those that end it; *whole if they
 * did. */
static size_t run(const uint8_t *in, size_t n, size_t *end, bool *whole)
{
	size_t at = in[0] == STX, from = at;
	while (at < n && printable(in[at]))
		at++;
	size_t characters = at - from;
	*whole = at < n && (in[at] == '\r' || in[at] == '\n' || in[at] == ETX);
	if (*whole && in[at] == ETX) {
		at++;
		while (at < n && printable(in[at])) /* the check sum */
			at++;
		*end = at;
		return characters;
	}
	while (at < n && (in[at] == '\r' || in[at] == '\n'))
		at++;
	*end = at;
	return characters;
}

int overhear_text(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out)
{
	size_t end;
	bool whole;
	if (!printable(in[0]) && in[0] != STX)
		return FRAME_NONE;
	size_t characters = run(in, n, &end, &whole);
	/* behind the last byte the rest of its end may come */
	if (end == n && !ear->quiet)
		return FRAME_SHORT;
	if (characters < TEXT_LEAST || (!whole && !(ear->quiet && end == n)))
		return FRAME_NONE;
	size_t shown =
	        characters < sizeof out->text - 1 ? characters : sizeof out->text - 1;
	memcpy(out->text, in + (in[0] == STX), shown);
	out->text[shown] = '\0';
	return (int)end;
}
