/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/gaps_fixture.h"

#include <stdio.h>
#include <string.h>

struct gaps *gaps;
uint64_t seq, epoch;
struct describe *ph, *cod;

int64_t feed_at(double s)
{
	return TEN + (int64_t)(s * 1e6);
}

struct describe *feed_instrument(const char *id, size_t n, double poll_s)
{
	static const char *const names[] = { "one", "two", "three" };
	struct describe *describe = describe_new(DESCRIBE_INSTRUMENT);
	assert_int_equal(describe_channels(describe, n), OK);
	snprintf(describe->instrument, ID_SIZE, "%s", id);
	describe->poll_every_s = poll_s;
	for (size_t i = 0; i < n; i++) {
		describe->channel[i].name = names[i];
		describe->channel[i].result_every_s = poll_s;
	}
	return describe;
}

/* Everything is asked for, and nobody waits for more. */
void feed_begin(void)
{
	const struct gaps_options options = { .from_us = TEN,
		.to_us = TEN + US_PER_DAY,
		.now_us = TEN + US_PER_DAY,
		.fed_us = TEN,
		.whole = true,
		.ended = true };
	gaps = gaps_new(&options);
	assert_non_null(gaps);
	seq = 0;
	epoch = 7;
}

void feed_begin_until(double until_s, double now_s, double patience_s)
{
	const struct gaps_options options = { .from_us = TEN,
		.to_us = feed_at(until_s),
		.now_us = feed_at(now_s),
		.fed_us = TEN,
		.patience_us = (int64_t)(patience_s * 1e6),
		.whole = true };
	gaps = gaps_new(&options);
	assert_non_null(gaps);
	seq = 0;
	epoch = 7;
}

void feed_put(const struct describe *describe, double s, uint8_t state)
{
	uint8_t states[3] = { state, state, state };
	assert_int_equal(
	        gaps_reading(gaps, &(struct gaps_reading){ .describe = describe,
	                                   .time_us = feed_at(s),
	                                   .epoch = epoch,
	                                   .seq = ++seq,
	                                   .state = states }),
	        OK);
}

/* Readings of one state every ten seconds in [from, to). */
void feed_run(
        const struct describe *describe, double from_s, double to_s, uint8_t state)
{
	for (double s = from_s; s < to_s; s += 10)
		feed_put(describe, s, state);
}

/* Two instruments side by side. */
void feed_both(double from_s, double to_s)
{
	for (double s = from_s; s < to_s; s += 10) {
		feed_put(ph, s, STATE_OK);
		feed_put(cod, s + 1, STATE_OK);
	}
}

void feed_event(uint8_t type, double s, const uint8_t *payload, int n)
{
	assert_true(n > 0);
	const struct record record = { .type = type,
		.clock = CLOCK_SYNCED,
		.epoch = epoch,
		.seq = ++seq,
		.time_us = feed_at(s),
		.payload = payload,
		.payload_size = (size_t)n };
	assert_int_equal(gaps_event(gaps, &record, feed_at(s), NULL), OK);
}

void feed_start(double s)
{
	feed_event(RECORD_DESCRIBE, s, (const uint8_t *)"{}", 2);
}

void feed_state(double s, const char *subject, const char *what, const char *text)
{
	uint8_t payload[400];
	const struct state_event told = { subject, what, text };
	feed_event(
	        RECORD_STATE, s, payload, state_encode(&told, payload, sizeof payload));
}

void feed_drop(double s, const struct gap_event *told)
{
	uint8_t payload[400];
	feed_event(RECORD_GAP, s, payload, gap_encode(told, payload, sizeof payload));
}

/* ---- what is expected ---- */

void check_gap(const struct gap *gap, const struct want *want)
{
	char reason[900];
	assert_string_equal(gap->instrument, want->instrument);
	assert_string_equal(gap->channel, want->channel);
	assert_string_equal(gap_cause_text(gap->cause), gap_cause_text(want->cause));
	assert_close((double)(gap->from_us - TEN) / 1e6, want->from_s, 1e-9);
	assert_close((double)(gap->to_us - TEN) / 1e6, want->to_s, 1e-9);
	assert_int_equal(gap->expected, want->expected);
	assert_int_equal(gap->valid, want->valid);
	assert_int_equal(gap->records, want->records);
	gap_reason(gap, reason, sizeof reason);
	if (want->reason != NULL)
		assert_contains(reason, want->reason);
}

static void print(const struct gap *gap)
{
	char reason[900];
	print_message("%s/%s %.1f to %.1f %s %d/%d %d: %s\n", gap->instrument,
	        gap->channel, (double)(gap->from_us - TEN) / 1e6,
	        (double)(gap->to_us - TEN) / 1e6, gap_cause_text(gap->cause),
	        (int)gap->valid, (int)gap->expected, (int)gap->records,
	        gap_reason(gap, reason, sizeof reason));
}

/* Ends the ledger. */
void expect_gaps(const struct want *want, size_t n)
{
	const struct gap *gap;
	size_t found;
	assert_int_equal(gaps_finish(gaps, &gap, &found), OK);
	if (found != n)
		for (size_t i = 0; i < found; i++)
			print(&gap[i]);
	assert_int_equal(found, n);
	for (size_t i = 0; i < n; i++)
		check_gap(&gap[i], &want[i]);
	gaps_free(gaps);
}

int feed_setup(void **with)
{
	ph = feed_instrument("ph", 2, 10);
	cod = feed_instrument("cod", 1, 10);
	return 0;
}

int feed_teardown(void **with)
{
	describe_free(ph);
	describe_free(cod);
	return 0;
}

void expect_reason(const char *instrument, const char *words, bool is_reason)
{
	const struct gap *gap;
	size_t found;
	char reason[900];
	assert_int_equal(gaps_finish(gaps, &gap, &found), OK);
	assert_int_equal(found, 1);
	assert_string_equal(gap->instrument, instrument);
	gap_reason(gap, reason, sizeof reason);
	assert_int_equal(strstr(reason, words) != NULL, is_reason);
	gaps_free(gaps);
}
