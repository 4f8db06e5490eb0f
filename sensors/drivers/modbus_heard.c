/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/drivers/modbus_heard.h"

#include <string.h>

#include "base/reading.h"

/* The registers a master pushed: of its own frame, whatever frame the slave sent back. */
static void take_pushed(const struct modbus_tap_parts *asked, struct modbus_heard *out)
{
	out->answer.size = asked->n - 7;
	memcpy(out->answer.plain, asked->plain + 7, out->answer.size);
	out->answer.data = out->answer.plain;
	out->state = STATE_OK;
}

static void take_answer(const struct modbus_tap_parts *asked,
        const struct modbus_tap_parts *answer, struct modbus_heard *out)
{
	if (answer->plain[1] & MODBUS_EXCEPTION) {
		out->answer.exception = answer->plain[2];
		out->state = modbus_refused_state(answer->plain[2]);
	} else if (out->request.function == 16) {
		take_pushed(asked, out);
	} else {
		out->answer.size = answer->plain[2];
		memcpy(out->answer.plain, answer->plain + 3, out->answer.size);
		out->answer.data = out->answer.plain;
		out->state = STATE_OK;
	}
}

int modbus_heard_get(int framing, const uint8_t *in, size_t n, struct modbus_heard *out)
{
	struct modbus_tap_parts asked, answer;
	int length = modbus_tap_frame(framing, in, n);
	*out = (struct modbus_heard){ .state = STATE_SILENT };
	if (length <= 0)
		return MALFORMED;
	unsigned kinds = modbus_tap_parts(framing, in, (size_t)length, &asked);
	if (!(kinds & TAP_REQUEST) || !modbus_tap_used(&asked.request))
		return MALFORMED;
	out->request = asked.request;
	in += length;
	n -= (size_t)length;
	if (n == 0 && asked.request.function == 16)
		take_pushed(&asked, out);
	if (n == 0)
		return OK;
	out->state = STATE_GARBLED;
	if (modbus_tap_frame(framing, in, n) == (int)n &&
	        modbus_tap_parts(framing, in, n, &answer) != 0 &&
	        modbus_tap_answers(&asked.request, &answer))
		take_answer(&asked, &answer, out);
	return OK;
}
