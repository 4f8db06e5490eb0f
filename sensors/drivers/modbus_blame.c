/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a frame that is sound is not the answer to what was asked.  Then speed, parity
 * and wiring are right, and another thing is to be looked for. */
#include <string.h>

#include "base/counted.h"
#include "sensors/drivers/modbus_tap.h"
#include "sensors/tables/sentence.h"

/* An answer says how many bytes its items take. */
static void blame_size(const struct modbus_request *asked,
        const struct modbus_tap_parts *came, struct sentence *out)
{
	bool bits = asked->function <= 2;
	size_t size = bits ? 1 : 2;
	char items[COUNTED];
	say(out, "a sound answer of %s comes to a request of %zu",
	        counted(came->plain[2] / size, bits ? "byte" : "register", items),
	        modbus_answer_size(asked) / size);
}

static bool blame_frame(const struct modbus_request *asked, unsigned kinds,
        const struct modbus_tap_parts *came, struct sentence *out)
{
	const struct modbus_request *is = &came->request;
	if (kinds == TAP_REQUEST)
		say(out,
		        "a sound request to slave %d comes that is not ours: another "
		        "master asks on this line",
		        is->slave);
	else if (is->slave != asked->slave)
		say(out,
		        "a sound frame of slave %d comes, and slave %d was asked: "
		        "check the address",
		        is->slave, asked->slave);
	else if (is->function != asked->function)
		say(out, "a sound frame of function %d comes, and %d was asked",
		        is->function, asked->function);
	else if (!modbus_tap_answers(asked, came))
		blame_size(asked, came, out);
	else if (is->number != asked->number)
		say(out,
		        "the answer carries number %d, and its request had %d: whoever "
		        "does not give the number back cannot be told from a late "
		        "answer",
		        is->number, asked->number);
	else
		return false;
	return true;
}

bool modbus_blame(int framing, const struct modbus_request *asked, const uint8_t *in,
        size_t n, struct sentence *out)
{
	uint8_t own[MODBUS_FRAME];
	struct modbus_request is = *asked;
	struct modbus_tap_parts came;
	if (framing != FRAMING_TCP)
		is.number = 0; /* nothing carries it */
	int n_own = modbus_request_put(framing, asked, own, sizeof own);
	for (size_t at = 0, step; at < n; at += step) {
		int length = modbus_tap_frame(framing, in + at, n - at);
		step = length > 0 ? (size_t)length : 1;
		if (length <= 0 || (length == n_own && memcmp(in + at, own, step) == 0))
			continue;
		unsigned kinds = modbus_tap_parts(framing, in + at, step, &came);
		if (blame_frame(&is, kinds, &came, out))
			return true;
	}
	return false;
}
