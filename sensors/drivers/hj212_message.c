/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is inside a frame, and what is put into one.
 *
 *     QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=...;Flag=5;PNUM=2;PNO=1;CP=&&...&&
 *     between the && : items parted by ; and the members of one item by ,
 *                                              HJ 212-2017, 6.3.2 and 6.3.3
 *
 * Flag: V5 V4 V3 V2 V1 V0 D A.  A wants an answer, D says that PNUM and PNO are there, V is the edition:
 * 0 of 2005, 1 of 2017, 2 of 2025.
 *
 * Data are acknowledged (C.10 to C.18) with  QN=the same;ST=91;CN=9014;PW=..;MN=..;Flag=4;CP=&&&&, a
 * notice with CN=9013.  The edition of 2005 names the message between its && instead:
 * ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051&&, as public code quotes its example; we have not seen
 * the printed page.
 */
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "sensors/drivers/hj212_frame.h"

#define DATA_ALLOWED 1024 /* HJ 212-2017, table 2 */
#define WORD         64   /* longest header field we give back; MN has 24 */

const char *const hj212_editions[] = { "2005", "2017", "2025", NULL };

struct span {
	const char *at;
	size_t n;
};

static struct span trim(struct span span)
{
	text_trim(&span.at, &span.n);
	return span;
}

static bool is_digits(const char *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (at[i] < '0' || at[i] > '9')
			return false;
	return n > 0;
}

int hj212_number_of(const struct text_fields *fields, const char *name)
{
	const struct text_field *found = text_fields_find(fields, name);
	int number = 0;
	if (found == NULL || found->n > 8 || !is_digits(found->at, found->n))
		return -1;
	for (size_t i = 0; i < found->n; i++)
		number = number * 10 + (found->at[i] - '0');
	return number;
}

int hj212_edition_of(const struct text_fields *fields)
{
	int flag = hj212_number_of(fields, "Flag");
	return flag < 0 ? HJ212_2005 : flag >> 2;
}

/* ---- taking apart ---- */

/* The name as we know it, in `out`; its length, 0 if it has no room. */
static size_t name_of(struct span name, bool water, char *out, size_t room)
{
	size_t n = 0;
	const char *dash = memchr(name.at, '-', name.n);
	size_t code = dash != NULL ? (size_t)(dash - name.at) : name.n;
	if (water && code == 5 && dash != NULL && is_digits(name.at, code))
		out[n++] = 'w';
	for (size_t i = 0; i < name.n; i++) {
		if (name.at[i] == '-' && i + 1 < name.n && name.at[i + 1] == '-')
			continue;
		if (n + 1 >= room)
			return 0;
		out[n++] = name.at[i];
	}
	out[n] = '\0';
	return n;
}

/* "name=value" as a field; fields before `mine` are of the header, and are not overridden. */
static int add(struct text_fields *out, size_t mine, struct span piece, bool water)
{
	char name[sizeof out->field[0].name];
	const char *equals = memchr(piece.at, '=', piece.n);
	if (equals == NULL)
		return OK;
	size_t before = (size_t)(equals - piece.at);
	struct span value = trim((struct span){ equals + 1, piece.n - before - 1 });
	if (name_of(trim((struct span){ piece.at, before }), water, name,
	            sizeof name) == 0)
		return OK;
	const struct text_field *twin = text_fields_find(out, name);
	if (twin == NULL)
		return text_fields_add(out, name, value.at, value.n);
	bool same = twin->n == value.n && memcmp(twin->at, value.at, value.n) == 0;
	if (!same && twin >= &out->field[mine])
		out->field[twin - out->field].n = 0;
	return OK;
}

/* All "name=value" of a stretch, parted by any of `parted`. */
static int add_all(
        struct text_fields *out, struct span span, const char *parted, bool water)
{
	size_t mine = out->n, from = 0;
	int status = OK;
	for (size_t i = 0; i <= span.n && status == OK; i++) {
		if (i < span.n && strchr(parted, span.at[i]) == NULL)
			continue;
		status = add(
		        out, mine, (struct span){ span.at + from, i - from }, water);
		from = i + 1;
	}
	return status;
}

static const char *find_marks(const char *at, size_t n)
{
	return memmem(at, n, "&&", 2);
}

/* The header before CP=&& and what is between && and &&; MALFORMED if they are not so. */
static int split(const char *data, size_t n, struct span *header, struct span *content)
{
	const char *first = find_marks(data, n);
	if (first == NULL || first + 4 > data + n || memcmp(data + n - 2, "&&", 2) != 0)
		return MALFORMED;
	*header = trim((struct span){ data, (size_t)(first - data) });
	*content = (struct span){ first + 2, (size_t)(data + n - 2 - (first + 2)) };
	if (find_marks(content->at, content->n) != NULL || header->n < 3 ||
	        memcmp(header->at + header->n - 3, "CP=", 3) != 0)
		return MALFORMED;
	header->n -= 3;
	return OK;
}

int hj212_fields(const uint8_t *data, size_t n, struct text_fields *out)
{
	struct span header, content;
	out->n = 0;
	for (size_t i = 0; i < n; i++)
		if (data[i] < ' ' || data[i] == 0x7F)
			return MALFORMED;
	if (split((const char *)data, n, &header, &content) != OK)
		return MALFORMED;
	if (add_all(out, header, ";", false) != OK)
		return FULL;
	if (hj212_number_of(out, "CN") < 0)
		return MALFORMED;
	int kind = hj212_number_of(out, "ST");
	return add_all(out, content, ";,", kind == 21 || kind == 32);
}

/* ---- putting together ---- */

struct writer {
	char *at;
	size_t n, room;
	bool full;
};

/* before text after; nothing when there is no text. */
static void put(
        struct writer *writer, const char *before, const char *text, const char *after)
{
	if (text == NULL)
		return;
	int n = snprintf(writer->at + writer->n, writer->room - writer->n, "%s%s%s",
	        before, text, after);
	if (n < 0 || (size_t)n >= writer->room - writer->n)
		writer->full = true;
	else
		writer->n += (size_t)n;
}

static void put_number(struct writer *writer, const char *before, int number)
{
	char text[16];
	snprintf(text, sizeof text, "%d", number);
	put(writer, before, text, ";");
}

int hj212_put(const struct hj212_dialect *dialect, const struct hj212_message *message,
        uint8_t *out, size_t room)
{
	char data[DATA_ALLOWED + 1], frame[sizeof data + HJ212_OVERHEAD];
	struct writer to = { .at = data, .room = sizeof data };
	put(&to, "QN=", message->qn, ";");
	put(&to, "ST=", message->st, ";");
	put(&to, "CN=", message->cn, ";");
	put(&to, "PW=", message->pw, ";");
	put(&to, "MN=", message->mn, ";");
	if (message->flag >= 0)
		put_number(&to, "Flag=", message->flag);
	if (message->pnum > 0) {
		put_number(&to, "PNUM=", message->pnum);
		put_number(&to, "PNO=", message->pno);
	}
	put(&to, "CP=&&", message->cp, "&&");
	if (to.full)
		return REFUSED;
	unsigned check = hj212_check_of(dialect->check, (const uint8_t *)data, to.n);
	int n = snprintf(frame, sizeof frame, "##%04zu%s%04X%s", to.n, data, check,
	        dialect->no_end ? "" : "\r\n");
	if ((size_t)n > room)
		return FULL;
	memcpy(out, frame, (size_t)n);
	return n;
}

/* A field's text in `out`, NULL if it is not there or too long to be given back. */
static const char *word(
        const struct text_fields *fields, const char *name, char out[WORD])
{
	const struct text_field *found = text_fields_find(fields, name);
	if (found == NULL || found->n >= WORD)
		return NULL;
	memcpy(out, found->at, found->n);
	out[found->n] = '\0';
	return out;
}

int hj212_thanks(const struct hj212_dialect *dialect, const struct text_fields *fields,
        uint8_t *out, size_t room)
{
	char qn[WORD], pw[WORD], mn[WORD], cp[2 * WORD];
	int flag = hj212_number_of(fields, "Flag");
	int cn = hj212_number_of(fields, "CN");
	if (flag < 0 || !(flag & HJ212_FLAG_ANSWER) || cn >= 9000)
		return 0;
	struct hj212_message message = {
		.qn = word(fields, "QN", qn),
		.st = "91",
		.cn = cn == 1013 ? "9013" : "9014",
		.pw = word(fields, "PW", pw),
		.mn = word(fields, "MN", mn),
		.flag = flag & ~(HJ212_FLAG_ANSWER | HJ212_FLAG_PARTS),
		.cp = "",
	};
	if (message.qn != NULL && hj212_edition_of(fields) == HJ212_2005) {
		snprintf(cp, sizeof cp, "QN=%s;CN=%d", message.qn, cn);
		message = (struct hj212_message){
			.st = "91", .cn = message.cn, .flag = -1, .cp = cp
		};
	}
	return hj212_put(dialect, &message, out, room);
}
