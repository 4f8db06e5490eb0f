/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/modbus_step.h"

#include <string.h>

static bool answers_look_alike(
        const struct modbus_request *one, const struct modbus_request *other)
{
	return one->slave == other->slave && one->function == other->function &&
	       modbus_answer_size(one) == modbus_answer_size(other);
}

void modbus_owed_add(struct modbus_owed *owed, const struct modbus_request *request)
{
	if (owed->n == MODBUS_OWED) {
		memmove(owed->request, owed->request + 1,
		        (MODBUS_OWED - 1) * sizeof owed->request[0]);
		owed->n--;
	}
	owed->request[owed->n++] = *request;
}

static bool is_owed(
        const struct modbus_owed *owed, const struct modbus_request *request)
{
	for (size_t i = 0; i < owed->n; i++)
		if (answers_look_alike(&owed->request[i], request))
			return true;
	return false;
}

/* So many registers, or eight times as many bits, from where `wanted` begins. */
static struct modbus_request some(const struct modbus_request *wanted, size_t registers)
{
	struct modbus_request request = *wanted;
	size_t count = wanted->function <= 2 ? 8 * registers : registers;
	request.count = (uint16_t)count;
	if ((size_t)request.start + count > 65536)
		request.start = (uint16_t)(65536 - count);
	return request;
}

struct modbus_request modbus_owed_next(
        const struct modbus_owed *owed, const struct modbus_request *wanted)
{
	if (!is_owed(owed, wanted))
		return *wanted;
	/* one more is tried than can be owed, and `wanted` is one of these */
	for (size_t registers = 1;; registers++) {
		struct modbus_request request = some(wanted, registers);
		if (!is_owed(owed, &request))
			return request;
	}
}

int modbus_owed_frame(const struct modbus_owed *owed, int framing,
        const struct modbus_request *asked, const uint8_t *in, size_t n)
{
	int found = FRAME_NONE;
	for (size_t i = 0; i < owed->n; i++) {
		if (answers_look_alike(&owed->request[i], asked))
			continue;
		int length = modbus_answer_frame(framing, &owed->request[i], in, n);
		if (length > 0)
			return length;
		if (length == FRAME_SHORT)
			found = FRAME_SHORT;
	}
	return found;
}
