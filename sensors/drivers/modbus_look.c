/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the answers of an instrument that is asked say, block by block.  (One that another master
 * asks: modbus_listen.c.)  Numbers are taken out of the answer where it lies; in ASCII it is written
 * in characters, and its bytes are put into the store.
 */
#include <string.h>

#include "sensors/drivers/modbus_listen.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"

void modbus_look(const struct instrument *instrument, const struct exchange *exchange,
        struct came *out)
{
	struct modbus_request request =
	        modbus_block_request(instrument, exchange->block);
	struct modbus_answer answer;
	int status = modbus_answer_get(instrument->framing, &request, exchange->bytes,
	        exchange->size, false, &answer);
	out->exception = answer.exception;
	if (answer.exception != 0)
		out->why = modbus_exception_text(answer.exception);
	if (status == REFUSED)
		out->state = modbus_refused_state(answer.exception);
	else
		out->state = status == OK ? STATE_OK : STATE_GARBLED;
	out->size = answer.size;
	out->data = instrument->framing != FRAMING_ASCII ? answer.data : NULL;
}

/* The bytes of sound answers in ASCII. */
static void store_plain(const struct instrument *instrument, struct came_all *out)
{
	struct modbus_answer answer;
	for (size_t b = 0; b < instrument->profile->n_blocks; b++) {
		struct came *came = &out->block[b];
		struct modbus_request request = modbus_block_request(instrument, b);
		if (came->state != STATE_OK ||
		        modbus_answer_get(FRAMING_ASCII, &request, came->frame,
		                came->frame_size, false, &answer) != OK)
			continue;
		came->data =
		        memcpy(out->store + CAME_SLOT * b, answer.data, answer.size);
	}
}

void modbus_sort(const struct instrument *instrument, const struct exchanges *exchanges,
        struct came_all *out)
{
	if (!driver_asks(instrument)) {
		modbus_listen_sort(instrument, exchanges, out);
		return;
	}
	values_look(instrument, exchanges, out);
	if (instrument->framing == FRAMING_ASCII)
		store_plain(instrument, out);
}
