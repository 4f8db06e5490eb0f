/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever bytes come: a record, a reading, an event or a message is refused or is
 * whole. */
#include <assert.h>
#include <string.h>

#include "base/describe.h"
#include "base/event.h"
#include "base/reading.h"
#include "base/record.h"
#include "base/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

static void walk_reading(const uint8_t *payload, size_t n)
{
	struct reading reading;
	struct exchange exchange;
	uint16_t channel;
	if (reading_decode(&reading, payload, n) != OK)
		return;
	for (size_t i = 0; i < reading.n_channels; i++)
		(void)reading_value(&reading, i);
	for (size_t i = 0; i < reading.n_sampled; i++)
		(void)reading_sampled(&reading, i, &channel);
	for (size_t at = 0; exchange_next(&reading, &at, &exchange) == 1;)
		assert(exchange.bytes + exchange.size <= payload + n);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static uint8_t again[RECORD_MOST];
	struct record record;
	struct wire wire;
	struct gap_event gap;
	struct clock_event clock;
	int size = record_decode(&record, in, n);
	if (size > 0) {
		assert((size_t)size <= n);
		assert(record_encode(&record, again, sizeof again) == size);
		assert(memcmp(again, in, (size_t)size) == 0);
	}
	walk_reading(in, n);
	gap_decode(&gap, in, n);
	clock_decode(&clock, in, n);
	if (wire_decode(&wire, in, n) == OK)
		assert(wire.payload_size + WIRE_HEADER == n);
	struct describe *describe = NULL;
	struct problem why;
	if (describe_decode(&describe, in, n, &why) == OK)
		describe_free(describe);
	return 0;
}
