/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever bytes come: a record, a reading or an event is refused or is whole, and what is whole is
 * written again as it came. */
#include <assert.h>
#include <string.h>

#include "base/event.h"
#include "base/reading.h"
#include "base/record.h"
#include "tests/fuzz/fuzz_kit.h"

static void walk_reading(const uint8_t *payload, size_t n)
{
	struct reading reading;
	struct exchange exchange;
	uint16_t channel;
	size_t found = 0;
	if (reading_decode(&reading, payload, n) != OK)
		return;
	for (size_t i = 0; i < reading.n_channels; i++)
		(void)reading_value(&reading, i);
	for (size_t i = 0; i < reading.n_sampled; i++)
		(void)reading_sampled(&reading, i, &channel);
	for (size_t at = 0; exchange_next(&reading, &at, &exchange) == 1; found++)
		assert(exchange.bytes + exchange.size <= payload + n);
	assert(found == reading.n_exchanges);
}

static void walk_events(const uint8_t *payload, size_t n)
{
	static uint8_t again[RECORD_MOST];
	struct gap_event gap;
	struct clock_event clock;
	if (gap_decode(&gap, payload, n) == OK)
		assert(gap.why_size <= n);
	if (clock_decode(&clock, payload, n) == OK) {
		int size = clock_encode(&clock, again, sizeof again);
		assert(size == (int)n && memcmp(again, payload, n) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static uint8_t again[RECORD_MOST];
	struct record record;
	int size = record_decode(&record, in, n);
	walk_reading(in, n);
	walk_events(in, n);
	if (size < 0)
		return 0;
	assert((size_t)size <= n);
	assert(record_encode(&record, again, sizeof again) == size);
	assert(memcmp(again, in, (size_t)size) == 0);
	walk_reading(record.payload, record.payload_size);
	walk_events(record.payload, record.payload_size);
	return 0;
}
