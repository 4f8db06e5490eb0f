/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records kept in memory while the disk cannot be written; and the hint of what was
 * acknowledged. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "sensors/keeper/acked.h"
#include "sensors/keeper/memory.h"

#define EPOCH UINT64_C(0x1122334455667788)

static uint8_t bytes[RECORD_MOST];

static size_t make(uint64_t n, size_t payload_size)
{
	static uint8_t payload[RECORD_MOST];
	memset(payload, (int)n, sizeof payload);
	struct record record = { .type = RECORD_READING,
		.source = "nt-01",
		.time_us = (int64_t)n * 1000,
		.payload = payload,
		.payload_size = payload_size };
	int size = record_encode(&record, bytes, sizeof bytes);
	assert_true(size > 0);
	return (size_t)size;
}

static void is_there(struct memory *memory, uint64_t seq, size_t payload_size)
{
	const uint8_t *out = NULL;
	struct record record;
	size_t n = memory_read(memory, seq, &out);
	assert_int_equal(n, RECORD_HEADER + payload_size);
	assert_int_equal(record_decode(&record, out, n), (int)n);
	assert_int_equal(record.seq, seq);
	assert_true(record.epoch == EPOCH);
	assert_true(record.time_us == (int64_t)seq * 1000);
}

static void records_get_numbers_and_come_back(void **state)
{
	struct memory memory;
	const uint8_t *out;
	assert_int_equal(memory_init(&memory, 0), OK);
	assert_int_equal(memory_append(&memory, bytes, make(1, 10)), REFUSED);
	assert_false(memory_waits(&memory));
	memory_begin(&memory, EPOCH);
	for (uint64_t seq = 1; seq <= 100; seq++)
		assert_int_equal(memory_append(&memory, bytes, make(seq, seq)), OK);
	assert_int_equal(memory_append(&memory, bytes, 10), REFUSED);
	for (uint64_t seq = 1; seq <= 100; seq++)
		is_there(&memory, seq, seq);
	for (uint64_t seq = 100; seq >= 1; seq--)
		is_there(&memory, seq, seq);
	assert_int_equal(memory_read(&memory, 0, &out), 0);
	assert_int_equal(memory_read(&memory, 101, &out), 0);
	assert_true(memory_waits(&memory));
	memory_acked(&memory, 51);
	assert_int_equal(memory.first_seq, 51);
	assert_int_equal(memory_read(&memory, 50, &out), 0);
	is_there(&memory, 51, 51);
	memory_acked(&memory, 1000);
	assert_false(memory_waits(&memory));
	assert_int_equal(memory.lost.count, 0);
	memory_free(&memory);
}

/* Sizes of every kind, over the end of the room again and again. */
static void the_oldest_make_room_and_are_counted(void **state)
{
	struct memory memory;
	assert_int_equal(memory_init(&memory, MEMORY_LEAST), OK);
	memory_begin(&memory, EPOCH);
	static size_t size[3000];
	srand(7);
	for (uint64_t seq = 1; seq < 3000; seq++) {
		size[seq] = seq % 50 == 0 ? RECORD_MOST - RECORD_HEADER
		                          : (size_t)(rand() % 3000);
		assert_int_equal(
		        memory_append(&memory, bytes, make(seq, size[seq])), OK);
		assert_true(memory.head - memory.tail <= memory.size);
		is_there(&memory, seq, size[seq]);
		is_there(&memory, memory.first_seq, size[memory.first_seq]);
		if (seq % 5 == 0) {
			uint64_t middle = (memory.first_seq + seq) / 2;
			is_there(&memory, middle, size[middle]);
		}
		if (seq % 700 == 0)
			memory_acked(&memory, seq - 20);
		/* all is there, acknowledged, or counted */
		uint64_t gone = memory.first_seq - 1;
		assert_true(memory.lost.count <= gone);
	}
	assert_true(memory.lost.count > 500);
	assert_true(memory.lost.last_seq < memory.first_seq);
	assert_true(memory.lost.from_us == (int64_t)memory.lost.first_seq * 1000);
	assert_true(memory.lost.to_us == (int64_t)memory.lost.last_seq * 1000);
	memory_free(&memory);
}

static void the_hint_is_as_it_was_written_or_none(void **state)
{
	struct acked row[3] = { { 7, 8, 9 }, { EPOCH, 100, 0 }, { 3, 1, 2 } };
	struct acked out[3];
	char *text;
	size_t n;
	assert_int_equal(acked_read(*state, out, 3), 0);
	for (int sync = 0; sync <= 1; sync++) {
		assert_int_equal(acked_write(*state, row, 3, sync != 0), OK);
		memset(out, 0, sizeof out);
		assert_int_equal(acked_read(*state, out, 3), 3);
		assert_memory_equal(out, row, sizeof row);
		assert_int_equal(acked_read(*state, out, 2), 2);
	}
	const char *path = in_folder(*state, "acked");
	assert_int_equal(file_read(path, 1000, &text, &n), OK);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
		assert_int_equal(file_replace(path, text, n, 0640), OK);
		assert_int_equal(acked_read(*state, out, 3), 0);
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
	}
	for (size_t cut = 0; cut < n; cut++) {
		assert_int_equal(file_replace(path, text, cut, 0640), OK);
		assert_int_equal(acked_read(*state, out, 3), 0);
	}
	assert_int_equal(file_replace(path, text, n, 0640), OK);
	assert_int_equal(acked_read(*state, out, 3), 3);
	free(text);
	assert_int_equal(acked_write("/nowhere", row, 3, false), FAILED);
}

int main(void)
{
	if (access("/dev/shm", W_OK | X_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	const struct CMUnitTest memory_tests[] = {
		cmocka_unit_test(records_get_numbers_and_come_back),
		cmocka_unit_test(the_oldest_make_room_and_are_counted),
		cmocka_unit_test_setup_teardown(the_hint_is_as_it_was_written_or_none,
		        scratch_make, scratch_remove),
	};
	return cmocka_run_group_tests_name("memory", memory_tests, NULL, NULL);
}
