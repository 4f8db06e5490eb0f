/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One block of registers of a slave that was found. */
#include <string.h>

#include "cli/serial_probe.h"

#define BLOCK_MOST 16 /* registers, when nobody says how many */

static int read_block(struct prober *prober, const struct modbus_request *request,
        struct prober_block *out, struct problem *why)
{
	int status = prober_ask(prober, request, why);
	if (status != OK)
		return status;
	const struct asked *asked = &prober->asked;
	*out = (struct prober_block){ .slave = request->slave,
		.function = request->function,
		.start = request->start,
		.outcome = asked->outcome,
		.exception = asked->exception,
		.wait_s = asked->wait_s };
	if (asked->outcome != OK || asked->size > sizeof out->data)
		return OK;
	out->n = asked->size / 2;
	memcpy(out->data, asked->data, asked->size);
	return OK;
}

static bool is_too_many(const struct prober_block *block)
{
	return block->outcome == REFUSED &&
	       (block->exception == 2 || block->exception == 3);
}

/* As many as were asked for; else 16, 8, ... down to the one it has. */
static int read_some(struct prober *prober, struct modbus_request *request,
        struct prober_block *out, struct problem *why)
{
	int status = OK;
	bool said = prober->given.count > 0;
	request->count = said ? (uint16_t)prober->given.count : BLOCK_MOST;
	for (; request->count > 0; request->count /= 2) {
		if (request->start + request->count > 65536)
			continue;
		status = read_block(prober, request, out, why);
		if (status != OK || said || !is_too_many(out))
			break;
	}
	return status;
}

int prober_block(struct prober *prober, uint8_t slave, struct prober_block *out,
        struct problem *why)
{
	struct modbus_request request = { .slave = slave,
		.start = (uint16_t)prober->given.start };
	int status = OK;
	const int said = prober->given.function;
	for (int function = 3; function <= 4; function++) {
		if (said != 0 && said != function)
			continue;
		request.function = (uint8_t)function;
		status = read_some(prober, &request, out, why);
		if (status != OK || out->n > 0)
			break;
	}
	return status;
}
