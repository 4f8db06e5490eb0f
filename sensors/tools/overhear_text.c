/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Protocols of text: HJ 212, Bayern-Hessen, and lines of whatever other one. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sensors/drivers/bayern_hessen_frame.h"
#include "sensors/drivers/hj212_frame.h"
#include "sensors/tables/driver.h"
#include "sensors/tables/sentence.h"
#include "sensors/tools/overhear.h"

#define TEXT_LEAST 4 /* characters: fewer may be chance */

#define STX 0x02
#define ETX 0x03

/* ---- HJ 212 ---- */

/* Commands of 9000 on answer, one without data asks, any other reports. */
static enum overheard_kind hj212_kind(const struct hj212_frame *frame)
{
	struct text_fields fields;
	if (hj212_fields(frame->data, frame->n, &fields) != OK)
		return HEARD_SAYS;
	if (hj212_number_of(&fields, "CN") >= 9000)
		return HEARD_ANSWERS;
	return memmem(frame->data, frame->n, "CP=&&&&", 7) != NULL ? HEARD_ASKS
	                                                           : HEARD_SAYS;
}

/* One whose check is that of another dialect is a frame too; which one is told. */
static int other_dialect(
        const uint8_t *in, size_t n, int length, const struct hj212_frame *frame)
{
	if (length > 0 || frame->fault != HJ212_OTHER_CHECK)
		return length;
	size_t whole = frame->n + HJ212_OVERHEAD - 2;
	if (whole + 2 <= n && in[whole] == '\r' && in[whole + 1] == '\n')
		whole += 2;
	return (int)whole;
}

int overhear_hj212(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out)
{
	static const struct hj212_dialect standard = { .check = HJ212_CHECK_OWN };
	struct sentence text = { .out = out->text, .room = sizeof out->text };
	struct hj212_frame frame = { 0 };
	char fault[160];
	int length = hj212_frame_get(&standard, in, n, &frame);
	length = other_dialect(in, n, length, &frame);
	if (length <= 0)
		return length;
	out->kind = hj212_kind(&frame);
	if (frame.fault == HJ212_OTHER_CHECK) {
		hj212_fault_text(&frame, fault, sizeof fault);
		say(&text, "(%s) ", fault);
	}
	say(&text, "%.*s", (int)frame.n, (const char *)frame.data);
	return length;
}

/* ---- Bayern-Hessen ---- */

static void tell_records(const struct bayern_answer *answer, struct sentence *text)
{
	for (size_t i = 0; i < answer->n; i++) {
		const struct bayern_record *record = &answer->record[i];
		double value = bayern_value_get(record->value.at, record->value.n);
		say(text, " %.*s=%g",
		        record->number.at != NULL ? (int)record->number.n : 1,
		        record->number.at != NULL ? record->number.at : "?", value);
		say(text, " (%.*s %.*s)", (int)record->status.n, record->status.at,
		        (int)record->failure.n, record->failure.at);
	}
}

static int bayern_answers(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out)
{
	struct sentence text = { .out = out->text, .room = sizeof out->text };
	int found = FRAME_NONE;
	for (int form = BAYERN_ETX; form <= BAYERN_CR; form++) {
		struct bayern_answer answer;
		const char *why;
		int length = bayern_answer_frame(form, in, n);
		found = length == FRAME_SHORT ? FRAME_SHORT : found;
		if (length <= 0 || bayern_answer_get(form, in, (size_t)length, &answer,
		                           &why) != OK)
			continue;
		out->kind = HEARD_ANSWERS;
		say(&text,
		        ear->vietnamese ? "trả lời %zu giá trị:"
		                        : "answers %zu values:",
		        answer.n);
		tell_records(&answer, &text);
		return length;
	}
	return found;
}

int overhear_bayern(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out)
{
	struct bayern_request request;
	if (in[0] != STX)
		return FRAME_NONE;
	int length = bayern_request_get(in, n, &request);
	if (length <= 0) {
		int answer = bayern_answers(ear, in, n, out);
		return answer > 0 || answer == FRAME_SHORT ? answer : length;
	}
	out->kind = HEARD_ASKS;
	snprintf(out->text, sizeof out->text,
	        ear->vietnamese ? "máy chủ hỏi địa chỉ %s" : "a master asks address %s",
	        request.address[0] != '\0' ? request.address : "-");
	return length;
}

/* ---- lines ---- */

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
	snprintf(out->text, sizeof out->text, "%.*s", (int)characters,
	        (const char *)in + (in[0] == STX));
	return (int)end;
}
