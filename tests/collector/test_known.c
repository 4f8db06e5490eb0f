/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that come again when their journal has gone: held against the sealed files. */
#include "tests/kits/desk_kit.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/journal.h"
#include "collector/leaves.h"
#include "collector/sealing.h"

#define DAYS 3
#define LAST 361 /* records of a day; the first has the DESCRIBE */
#define OVER (D(DAYS) + 9 * AGENT_1DAY) /* the holding time of all of them */

static struct ingest *ingest;
static struct agent twin; /* the same cabinet's, with other bytes here and there */
static struct agent_book twins;

/* Sealed days in small segments, all but the newest of which have gone. */
static int setup(void **state)
{
	struct problem why = { .text = "" };
	if (collector_setup(state) != 0)
		return -1;
	struct ingest_options options = { .dir = *state,
		.segment_size = JOURNAL_SEGMENT_LEAST };
	assert_int_equal(ingest_open(&ingest, &options, &why), OK);
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(DAYS) + AGENT_HOUR, 4 * AGENT_MIN);
	assert_int_equal(seal(ingest, D(DAYS) + AGENT_HOUR, false), DAYS);
	assert_int_equal(seal(ingest, OVER, false), 1);
	size_t left = journal_records(*state, &book);
	assert_in_range(left, 1, 300); /* of 1096 */
	twins = (struct agent_book){ .n = 0 };
	agent_start(&twin, &twins, "bt-outlet", EPOCH);
	agent_describe(&twin, D(0));
	for (int64_t t = D(0); t < D(DAYS) + AGENT_HOUR; t += 4 * AGENT_MIN) {
		agent_reading(&twin, t, (double)(t % 1000));
		agent_message(&twin);
	}
	lines[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	ingest_close(ingest);
	agent_end(&twin);
	agent_book_free(&twins);
	return collector_teardown(state);
}

/* A job of the sealing thread, with nothing to seal. */
static void job(void)
{
	assert_int_equal(seal(ingest, OVER + AGENT_HOUR, false), 0);
}

static int show(struct agent *agent, uint64_t first, uint64_t last, uint64_t *other)
{
	struct problem why;
	struct wire wire = agent_again(agent, first, last);
	return ingest_data(ingest, "bt-outlet", &wire, OVER, other, &why);
}

/* One byte of a record's value is another. */
static void change(uint64_t seq)
{
	twins.record[seq - 1].bytes[RECORD_HEADER + 45] ^= 1;
}

static void the_same_bytes_are_taken_once_the_file_was_read(void **state)
{
	uint64_t next = ingest_next(ingest, "bt-outlet", EPOCH), other;
	assert_false(ingest_asks(ingest));
	assert_int_equal(show(&cabinet, 100, 199, &other), NOT_FOUND);
	assert_true(other == 0);
	assert_true(ingest_asks(ingest));
	assert_int_equal(show(&cabinet, 100, 199, &other), NOT_FOUND);
	job();
	assert_false(ingest_asks(ingest));
	assert_int_equal(show(&cabinet, 100, 199, &other), OK);
	/* the file tells of all that follows in it */
	assert_int_equal(show(&cabinet, 200, 299, &other), OK);
	assert_int_equal(show(&cabinet, 300, LAST, &other), OK);
	assert_false(ingest_asks(ingest));
	assert_true(ingest_next(ingest, "bt-outlet", EPOCH) == next);
	assert_string_equal(lines, "");
}

static void other_bytes_are_refused_and_kept_in_quarantine(void **state)
{
	uint64_t other;
	change(150);
	change(160);
	assert_int_equal(show(&twin, 100, 199, &other), NOT_FOUND);
	job();
	struct problem why;
	struct wire wire = agent_again(&twin, 100, 199);
	assert_int_equal(
	        ingest_data(ingest, "bt-outlet", &wire, OVER, &other, &why), REFUSED);
	assert_int_equal(other, 150);
	assert_contains(why.text,
	        "/150 came before with other bytes (a copied disk, or "
	        "somebody tampers); it is in quarantine");
	int code;
	free(run_command(&code,
	        "ls %s/quarantine/"
	        "bt-outlet_5000000000000001_00000000000000000150_*.record",
	        (char *)*state));
	assert_int_equal(code, 0);
	/* its own records are the collector's as before */
	assert_int_equal(show(&cabinet, 100, 199, &other), OK);
	assert_true(other == 0);
}

/* Three files, and what the journal still has. */
static void one_message_may_be_of_several_files_and_of_the_journal(void **state)
{
	uint64_t other, next = ingest_next(ingest, "bt-outlet", EPOCH);
	uint64_t from = next - 400, first = LAST - 3;
	assert_true(from < 2 * LAST - 1);
	assert_int_equal(show(&cabinet, from, next - 1, &other), NOT_FOUND);
	assert_int_equal(show(&cabinet, first, LAST + 300, &other), NOT_FOUND);
	job();
	assert_int_equal(show(&cabinet, from, next - 1, &other), OK);
	assert_int_equal(show(&cabinet, first, LAST + 300, &other), OK);
	change(LAST + 5);
	assert_int_equal(show(&twin, first, LAST + 300, &other), REFUSED);
	assert_int_equal(other, LAST + 5);
	change(next - 2);
	assert_int_equal(show(&twin, next - 10, next - 1, &other), REFUSED);
	assert_int_equal(other, next - 2);
}

static void what_nobody_can_compare_is_taken_and_told(void **state)
{
	uint64_t other;
	const char *first = path_of(*state, DAY1), *second = path_of(*state, DAY2);
	assert_int_equal(unlink(first), 0);
	assert_int_equal(chmod(second, 0640), 0);
	assert_int_equal(truncate(second, 9000), 0);
	assert_int_equal(show(&cabinet, 100, 199, &other), NOT_FOUND);
	job();
	assert_int_equal(show(&cabinet, 100, 199, &other), OK);
	assert_contains(lines, "bt-outlet: records 5000000000000001/100 to 199 came "
	                       "again and cannot be compared (kcn-mau/bt-outlet/");
	assert_contains(
	        lines, DAY1 ": No such file or directory); they lie in quarantine");
	/* a copy may have been put back: it is looked for again */
	assert_int_equal(show(&cabinet, 100, 199, &other), NOT_FOUND);
	assert_int_equal(show(&cabinet, LAST + 2, LAST + 40, &other), NOT_FOUND);
	job();
	assert_int_equal(show(&cabinet, LAST + 2, LAST + 40, &other), OK);
	assert_int_equal(show(&cabinet, 100, 199, &other), OK);
	char *again = strstr(lines, "100 to 199");
	assert_null(strstr(again + 1, "100 to 199")); /* within the minute */
}

/* A copy that ends in the part nobody can compare hides nothing of the rest. */
static void what_can_be_compared_is(void **state)
{
	uint64_t other;
	assert_int_equal(unlink(path_of(*state, DAY1)), 0);
	change(LAST + 30);
	assert_int_equal(show(&twin, LAST - 20, LAST + 60, &other), NOT_FOUND);
	job();
	assert_int_equal(show(&twin, LAST - 20, LAST + 60, &other), REFUSED);
	assert_int_equal(other, LAST + 30);
}

static void a_question_that_comes_during_a_job_is_of_the_next(void **state)
{
	struct problem why;
	uint64_t other;
	assert_int_equal(show(&cabinet, 100, 199, &other), NOT_FOUND);
	struct seal_job *under_way = ingest_seal_begin(ingest, OVER + 1, false);
	assert_int_equal(show(&cabinet, LAST + 2, LAST + 40, &other), NOT_FOUND);
	assert_int_equal(seal_job_run(under_way, &why), 0);
	ingest_seal_end(ingest, under_way);
	assert_true(ingest_asks(ingest));
	assert_int_equal(show(&cabinet, 100, 199, &other), OK);
	assert_int_equal(show(&cabinet, LAST + 2, LAST + 40, &other), NOT_FOUND);
	job();
	assert_int_equal(show(&cabinet, LAST + 2, LAST + 40, &other), OK);
	/* one that is hurried may end without an answer: it is asked again */
	assert_int_equal(show(&cabinet, 20, 29, &other), NOT_FOUND);
	under_way = ingest_seal_begin(ingest, OVER + 2, false);
	seal_job_hurry(under_way);
	seal_job_run(under_way, &why);
	ingest_seal_end(ingest, under_way);
	assert_int_equal(show(&cabinet, 20, 29, &other), NOT_FOUND);
	job();
	assert_int_equal(show(&cabinet, 20, 29, &other), OK);
}

/* More at once than are kept: each gets its turn. */
static void many_questions_are_answered_one_after_the_other(void **state)
{
	uint64_t other;
	bool done[40] = { false };
	for (int round = 0, open = 40; open > 0; round++) {
		assert_true(round < 20);
		open = 0;
		for (uint64_t i = 0; i < 40; i++) {
			uint64_t first = 700 - 10 * i; /* no answer covers the next */
			if (!done[i])
				done[i] =
				        show(&cabinet, first, first + 9, &other) == OK;
			open += !done[i];
		}
		job();
	}
}

/* A question of `source` about ten records from `seq` on. */
static struct leaves *asks(
        struct leaves *kept, const char *source, uint64_t seq, int64_t now_us)
{
	struct leaves wanted = { .epoch = EPOCH,
		.first_seq = seq,
		.end_seq = seq + 10,
		.asked_us = now_us };
	snprintf(wanted.source, sizeof wanted.source, "%s", source);
	return leaves_of(kept, &wanted);
}

static void all_are_answered(struct leaves *kept)
{
	for (size_t i = 0; i < LEAVES_ASKED; i++)
		kept[i].answered |= kept[i].source[0] != '\0';
}

/* Whoever asks waits a while before he comes again: others who ask meanwhile do not take his
 * answer from him, and nobody has all places. */
static void an_answer_stays_until_whoever_asked_comes_for_it(void **state)
{
	struct leaves kept[LEAVES_ASKED] = { { .epoch = 0 } };
	const int64_t later_us = OVER + LEAVES_WAIT_US;
	for (uint64_t i = 0; i < 20; i++) {
		assert_null(asks(kept, "one", 100 * i, OVER));
		all_are_answered(kept);
	}
	assert_null(asks(kept, "two", 1, OVER));
	all_are_answered(kept);
	for (uint64_t i = 0; i < 20; i++) {
		assert_null(asks(kept, i % 2 == 0 ? "three" : "four", 100 * i, OVER));
		all_are_answered(kept);
	}
	assert_non_null(asks(kept, "one", 0, OVER));
	assert_non_null(asks(kept, "two", 1, OVER));
	/* one that was come for makes room, and so does one that nobody comes for */
	assert_null(asks(kept, "five", 1, OVER));
	all_are_answered(kept);
	assert_non_null(asks(kept, "five", 1, OVER));
	for (uint64_t i = 0; i < 20; i++) {
		assert_null(
		        asks(kept, i % 2 == 0 ? "six" : "seven", 100 * i, later_us));
		all_are_answered(kept);
	}
	assert_non_null(asks(kept, "seven", 100, later_us));
}

static bool ended(const struct sealing *sealing)
{
	struct pollfd ready = { .fd = sealing->descriptor, .events = POLLIN };
	return poll(&ready, 1, 60000) == 1;
}

static void the_sealing_thread_answers(void **state)
{
	struct sealing sealing;
	uint64_t other;
	assert_int_equal(sealing_open(&sealing, ingest), OK);
	change(150);
	assert_int_equal(show(&twin, 100, 199, &other), NOT_FOUND);
	assert_int_equal(sealing_begin(&sealing, OVER + AGENT_HOUR), OK);
	for (uint64_t first = 1; first < 90; first++) /* taking in goes on meanwhile */
		show(&cabinet, first, first + 9, &other);
	assert_true(ended(&sealing));
	sealing_end(&sealing);
	assert_int_equal(show(&twin, 100, 199, &other), REFUSED);
	assert_int_equal(other, 150);
	sealing_close(&sealing);
}

/* ---- at the desk ---- */

/* The ACK of what is behind would be one of what was not compared. */
static void nothing_behind_is_taken_before_it_was_compared(void **state)
{
	struct wire out = { .type = 0 }, data;
	struct wire_nak nak;
	uint64_t next = ingest_next(ingest, "bt-outlet", EPOCH);
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	assert_true(desk_hears_hello(&bt, OVER, 1, &out) > 0);
	data = agent_again(&cabinet, 100, 199);
	assert_true(desk_hears(&data, &bt, &out) > 0);
	assert_int_equal(out.type, WIRE_NAK);
	assert_int_equal(wire_nak_get(&nak, out.payload, out.payload_size), OK);
	assert_true(nak.other_seq == 0);
	assert_contains(nak.reason, "compared with what was sealed; send them again");
	assert_string_equal(desk.station[0].problem, "");
	more(&cabinet, 3);
	data = agent_message(&cabinet);
	assert_true(data.first_seq == next);
	assert_true(desk_hears(&data, &bt, &out) > 0);
	assert_int_equal(out.type, WIRE_NAK);
	assert_true(ingest_next(ingest, "bt-outlet", EPOCH) == next);
	assert_int_equal(desk_ack(&desk, 0, answer), 0);
	job();
	data = agent_again(&cabinet, 100, 199);
	assert_int_equal(desk_hears(&data, &bt, &out), 0);
	data = agent_again(&cabinet, next, next + 2);
	assert_int_equal(desk_hears(&data, &bt, &out), 0);
	assert_int_equal(ingest_commit(ingest), OK);
	assert_true(desk_acks().first_seq == next + 3);
	desk_close(&desk);
}

static void hello_begins_anew_and_another_connection_is_its_own(void **state)
{
	struct wire out = { .type = 0 }, data;
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	data = agent_again(&cabinet, 100, 199);
	assert_true(desk_hears(&data, &bt, &out) > 0);
	data = agent_again(&cabinet, 30, 39);
	assert_true(desk_hears(&data, &bt_copy, &out) > 0);
	more(&cabinet, 1);
	data = agent_message(&cabinet);
	assert_true(desk_hears(&data, &bt, &out) > 0);
	data = agent_again(&cabinet, data.first_seq, data.first_seq);
	assert_true(desk_hears(&data, &bt_copy, &out) > 0);
	assert_int_equal(out.type, WIRE_NAK);
	assert_true(desk_hears_hello(&bt, OVER, 1, &out) > 0);
	data = agent_again(&cabinet, data.first_seq, data.first_seq);
	assert_int_equal(desk_hears(&data, &bt, &out), 0);
	desk_close(&desk);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_same_bytes_are_taken_once_the_file_was_read),
		WITH(other_bytes_are_refused_and_kept_in_quarantine),
		WITH(one_message_may_be_of_several_files_and_of_the_journal),
		WITH(what_nobody_can_compare_is_taken_and_told),
		WITH(what_can_be_compared_is),
		WITH(a_question_that_comes_during_a_job_is_of_the_next),
		WITH(many_questions_are_answered_one_after_the_other),
		cmocka_unit_test(an_answer_stays_until_whoever_asked_comes_for_it),
		WITH(the_sealing_thread_answers),
		WITH(nothing_behind_is_taken_before_it_was_compared),
		WITH(hello_begins_anew_and_another_connection_is_its_own),
	};
	return cmocka_run_group_tests_name("known", tests, NULL, NULL);
}
