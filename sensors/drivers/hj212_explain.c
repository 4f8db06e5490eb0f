/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HJ 212 for people: refusals, what a message has to do with us, how a value came about. */
#include <string.h>

#include "sensors/drivers/hj212.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/sentence.h"

/* HJ 212-2017, C.1 and C.2: QnRtn of CN=9011, ExeRtn of CN=9012; 1 is yes. */
static const struct {
	int cn, code, kind;
	const char *why;
} refusals[] = {
	{ 9011, 2, DECLINED_NOW, "the request is refused" },
	{ 9011, 3, DECLINED_UNFIT, "PW, the password, is wrong" },
	{ 9011, 4, DECLINED_UNFIT, "MN, the address, is wrong" },
	{ 9011, 5, DECLINED_UNFIT, "ST, the kind of system, is wrong" },
	{ 9011, 6, DECLINED_UNFIT, "Flag is wrong" },
	{ 9011, 7, DECLINED_UNFIT, "QN, the number of the request, is wrong" },
	{ 9011, 8, DECLINED_UNFIT, "CN, the command, is wrong" },
	{ 9011, 9, DECLINED_NOW, "the check of the request arrived wrong" },
	{ 9011, 100, DECLINED_NOW, "unknown error" },
	{ 9012, 2, DECLINED_NOW, "it failed" },
	{ 9012, 3, DECLINED_NOW, "the condition of the command is wrong" },
	{ 9012, 4, DECLINED_NOW, "it took too long" },
	{ 9012, 5, DECLINED_BUSY, "it is busy" },
	{ 9012, 6, DECLINED_NOW, "it has a fault" },
	{ 9012, 100, DECLINED_NOW, "there are no data" },
};

bool hj212_declined(const struct text_fields *fields, struct declined *out)
{
	int cn = hj212_number_of(fields, "CN");
	int code = cn == 9011 ? hj212_number_of(fields, "QnRtn")
	                      : hj212_number_of(fields, "ExeRtn");
	if ((cn != 9011 && cn != 9012) || code == 1)
		return false;
	*out = (struct declined){
		.kind = DECLINED_NOW, .code = code, .why = "a code no edition has"
	};
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
		if (refusals[i].cn == cn && refusals[i].code == code) {
			out->kind = refusals[i].kind;
			out->why = refusals[i].why;
		}
	return true;
}

/* ---- what is wrong with what came ---- */

static void say_word(
        struct sentence *out, const struct text_fields *fields, const char *name)
{
	const struct text_field *field = text_fields_find(fields, name);
	int n = field != NULL && field->n < 32 ? (int)field->n : 0;
	say(out, "%s=%.*s", name, n, n > 0 ? field->at : "");
}

/* A sound message that is no reading of ours. */
static void blame_message(const struct instrument *instrument,
        const struct text_fields *fields, struct sentence *out)
{
	const struct profile_block *only = &instrument->profile->only;
	int pnum = hj212_number_of(fields, "PNUM");
	const struct text_field *mn = text_fields_find(fields, "MN");
	const char *address = instrument->address;
	bool other = address != NULL && address[0] != '\0' &&
	             (mn == NULL || mn->n != strlen(address) ||
	                     memcmp(mn->at, address, mn->n) != 0);
	say(out, "a sound message comes, but ");
	if (!hj212_has_content(fields)) {
		say(out,
		        "nothing in it can be read: a request, or encrypted (edition "
		        "%s)",
		        hj212_editions[HJ212_2025]);
	} else if (other) {
		say_word(out, fields, "MN");
		say(out, " is not the address of the configuration");
	} else if (pnum > 1) {
		say(out, "it is part %d of %d, and the profile has `part: %d`",
		        hj212_number_of(fields, "PNO"), pnum, (int)only->hj212.part);
	} else if (only->hj212.st != 0 &&
	           hj212_number_of(fields, "ST") != only->hj212.st) {
		say_word(out, fields, "ST");
		say(out, " is not that of the profile");
	} else {
		say_word(out, fields, "CN");
		say(out, " is no reading (CN=%d with a field of the profile)",
		        (int)only->hj212.cn);
	}
}

/* What a damaged line does not make: a frame that came whole, of another dialect. */
static bool is_other_dialect(const struct hj212_frame *frame)
{
	return frame->fault == HJ212_OTHER_CHECK || frame->fault == HJ212_END ||
	       frame->fault == HJ212_SYNTAX;
}

bool hj212_blame(const struct instrument *instrument, const uint8_t *in, size_t n,
        struct sentence *out)
{
	const struct hj212_dialect dialect = hj212_dialect_of(instrument);
	struct hj212_frame frame;
	struct text_fields fields;
	char text[256];
	hj212_frame_blame(&dialect, in, n, &frame);
	if (frame.fault == HJ212_SOUND &&
	        hj212_fields(frame.data, frame.n, &fields) == OK) {
		blame_message(instrument, &fields, out);
		return true;
	}
	hj212_fault_text(&frame, text, sizeof text);
	if (frame.fault == HJ212_NO_START)
		say(out, "%s", text);
	else
		say(out, "a message of HJ 212 comes, but %s", text);
	return is_other_dialect(&frame);
}

/* ---- how a value came about ---- */

void hj212_explain(const struct instrument *instrument, const struct came *came,
        size_t i, struct sentence *out)
{
	struct text_fields fields;
	char name[FIELD_NAME];
	text_explain(instrument, came, i, out);
	if (came->state == STATE_GARBLED) {
		say(out, ": ");
		hj212_blame(instrument, came->frame, came->frame_size, out);
		return;
	}
	hj212_beside(instrument->profile->channel[i].tag.field, "Flag", name);
	if (came->state != STATE_OK || !hj212_fields_of(instrument, came, &fields))
		return;
	const struct text_field *flag = text_fields_find(&fields, name);
	if (flag == NULL)
		return;
	say(out, ", %s '%.*s'", name, (int)(flag->n < 8 ? flag->n : 8), flag->at);
	uint8_t state = hj212_flag(instrument, came, i);
	if (state != STATE_OK)
		say(out, ": %s", channel_state_text(state));
}
