/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two cabinets that speak with one key: a disk or a key was copied. */
#include "tests/kits/desk_kit.h"

#include <stdio.h>
#include <string.h>

static void copy_greets(void)
{
	struct wire out = { .type = 0 };
	assert_true(desk_hears_hello(&bt_copy, NOW, 1, &out) > 0);
	assert_int_equal(out.type, WIRE_WELCOME);
}

/* A desk that has taken records 1 to 20 of the cabinet. */
static struct ingest *desk_with_twenty(const char *folder)
{
	struct ingest *ingest = archive_ingest(folder);
	struct wire out = { .type = 0 };
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	fill(&cabinet, 19);
	struct wire data = agent_message(&cabinet);
	assert_int_equal(desk_hears(&data, &bt, &out), 0);
	return ingest;
}

/* The journal is where nobody looks, or back: what comes again cannot be compared then. */
static void journal_is_away(const char *folder, bool away)
{
	char here[4200], there[4200];
	snprintf(here, sizeof here, "%s/journal/bt-outlet", folder);
	snprintf(there, sizeof there, "%s/away", folder);
	assert_int_equal(away ? rename(here, there) : rename(there, here), 0);
}

/* At work with copies of one disk: what the second sent behind a record with other bytes
 * is not taken for the next wanted. */
static void behind_other_bytes_nothing_is_taken_before_hello(void **state)
{
	struct agent other;
	struct agent_book apart = { 0 };
	struct ingest *ingest = desk_with_twenty(*state);
	struct wire out = { .type = 0 }, data;
	agent_start(&other, &apart, "bt-outlet", EPOCH);
	more(&other, 20);
	data = agent_message(&other);
	assert_true(desk_hears(&data, &bt_copy, &out) > 0);
	assert_int_equal(out.type, WIRE_NAK);
	more(&other, 5);
	data = agent_message(&other);
	assert_int_equal(data.first_seq, ingest_next(ingest, "bt-outlet", EPOCH));
	assert_int_equal(desk_hears(&data, &bt_copy, &out), 0);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 21);
	more(&cabinet, 1);
	data = agent_message(&cabinet);
	assert_int_equal(desk_hears(&data, &bt, &out), 0);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 22);
	copy_greets();
	data = agent_again(&other, 22, 25);
	assert_int_equal(desk_hears(&data, &bt_copy, &out), 0);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 26);
	agent_end(&other);
	agent_book_free(&apart);
	desk_close(&desk);
	ingest_close(ingest);
}

/* What the one is told says nothing of the other's records. */
static void each_is_told_of_what_it_has_shown_itself(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct wire out = { .type = 0 }, data;
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	fill(&cabinet, 19);
	data = agent_message(&cabinet);
	assert_int_equal(data.count, 20);
	assert_int_equal(desk_hears(&data, &bt, &out), 0);
	assert_false(desk_owes_another(&desk, &bt));
	assert_true(desk_owes_another(&desk, &bt_copy));
	/* the copy says something meanwhile: the ACK is not its */
	copy_greets();
	assert_int_equal(ingest_commit(ingest), OK);
	assert_int_equal(desk_acks().first_seq, 21);
	assert_memory_equal(desk.station[0].shown_by.route, bt.route, 1);
	assert_false(desk_owes_another(&desk, &bt_copy));
	data = agent_again(&cabinet, 1, 12);
	assert_int_equal(desk_hears(&data, &bt_copy, &out), 0);
	assert_int_equal(desk_acks().first_seq, 13);
	assert_memory_equal(desk.station[0].shown_by.route, bt_copy.route, 1);
	/* and of another epoch that it speaks of by then, nothing either */
	data = agent_again(&cabinet, 5, 20);
	assert_int_equal(desk_hears(&data, &bt, &out), 0);
	struct wire other = {
		.type = WIRE_HELLO, .source = "bt-outlet", .epoch = EPOCH + 1
	};
	uint8_t payload[64];
	other.payload = payload;
	other.payload_size = (size_t)wire_hello_put(
	        &(struct wire_hello){ .time_us = NOW }, payload, sizeof payload);
	assert_true(desk_hears(&other, &bt, &out) > 0);
	struct wire ack = desk_acks();
	assert_int_equal(ack.first_seq, 21);
	assert_true(ack.epoch == EPOCH);
	desk_close(&desk);
	ingest_close(ingest);
}

static void the_refusal_names_the_record_that_is_anothers(void **state)
{
	struct agent other;
	struct agent_book apart = { 0 };
	struct ingest *ingest = desk_with_twenty(*state);
	struct wire out = { .type = 0 }, data;
	struct wire_nak nak;
	/* one that only begins too late is no other's */
	more(&cabinet, 5);
	data = agent_again(&cabinet, 23, 25);
	assert_true(desk_hears(&data, &bt, &out) > 0);
	assert_int_equal(wire_nak_get(&nak, out.payload, out.payload_size), OK);
	assert_true(nak.other_seq == 0);
	assert_string_equal(nak.reason, "begins at 23, wanted is 21");
	assert_string_equal(desk.station[0].alarm, "");
	agent_start(&other, &apart, "bt-outlet", EPOCH);
	for (size_t i = 0; i < 7; i++) { /* seven are the same */
		struct agent_record *record = &cabinet.book->record[i];
		struct record decoded;
		assert_true(record_decode(&decoded, record->bytes, record->size) > 0);
		agent_raw(&other, decoded.type, decoded.time_us, decoded.payload,
		        decoded.payload_size);
		memcpy(other.batch + other.batch_size - record->size, record->bytes,
		        record->size);
	}
	more(&other, 3);
	data = agent_message(&other);
	assert_true(desk_hears(&data, &bt_copy, &out) > 0);
	assert_int_equal(wire_nak_get(&nak, out.payload, out.payload_size), OK);
	assert_int_equal(nak.other_seq, 8);
	assert_non_null(strstr(nak.reason, "/8 came before with other bytes"));
	assert_non_null(strstr(desk.station[0].alarm, "/8 came before"));
	assert_true(desk.station[0].alarm_us == NOW);
	/* taken again: no problem any more, but the alarm stays */
	data = agent_again(&cabinet, 21, 25);
	assert_int_equal(desk_hears(&data, &bt, &out), 0);
	assert_string_equal(desk.station[0].problem, "");
	assert_non_null(strstr(desk.station[0].alarm, "/8 came before"));
	agent_end(&other);
	agent_book_free(&apart);
	desk_close(&desk);
	ingest_close(ingest);
}

/* What was shown again could not be compared (the journal cannot be read back): the ACK of
 * what came behind it would say that it was. */
static void behind_what_was_refused_nothing_is_taken_before_it_is_shown_again(
        void **state)
{
	struct ingest *ingest = desk_with_twenty(*state);
	struct wire out = { .type = 0 }, data;
	struct wire_nak nak;
	assert_int_equal(ingest_commit(ingest), OK);
	desk_acks();
	journal_is_away(*state, true);
	data = agent_again(&cabinet, 11, 20);
	assert_true(desk_hears(&data, &bt_copy, &out) > 0);
	assert_int_equal(wire_nak_get(&nak, out.payload, out.payload_size), OK);
	assert_true(nak.other_seq == 0);
	more(&cabinet, 5);
	data = agent_message(&cabinet);
	assert_int_equal(data.first_seq, 21);
	assert_true(desk_hears(&data, &bt_copy, &out) > 0);
	assert_int_equal(out.type, WIRE_NAK);
	assert_false(desk.station[0].owes);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 21);
	journal_is_away(*state, false);
	data = agent_again(&cabinet, 11, 20);
	assert_int_equal(desk_hears(&data, &bt_copy, &out), 0);
	data = agent_again(&cabinet, 21, 25);
	assert_int_equal(desk_hears(&data, &bt_copy, &out), 0);
	assert_int_equal(ingest_commit(ingest), OK);
	assert_int_equal(desk_acks().first_seq, 26);
	desk_close(&desk);
	ingest_close(ingest);
}

/* A cabinet that connected anew without knowing it: what was on its way first is gone, what
 * comes now joins on to another's records, and the ACK would cover what was lost. */
static void connects_anew(const char *folder, bool ping)
{
	const struct peer anew = { .route = "t", .route_size = 1, .user = "bt-outlet" };
	struct agent other;
	struct agent_book apart = { 0 };
	struct ingest *ingest = archive_ingest(folder);
	struct wire out = { .type = 0 }, data;
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	copy_greets();
	agent_start(&other, &apart, "bt-outlet", EPOCH);
	more(&other, 20); /* 1 to 20 are on their way on a connection that breaks */
	agent_message(&other);
	assert_true(desk_hears_hello(&bt, NOW, 1, &out) > 0);
	fill(&cabinet, 19);
	data = agent_message(&cabinet);
	assert_int_equal(desk_hears(&data, &bt, &out), 0);
	assert_int_equal(ingest_commit(ingest), OK);
	assert_int_equal(desk_acks().first_seq, 21);
	more(&other, 5);
	data = agent_message(&other);
	assert_int_equal(data.first_seq, 21);
	if (ping) {
		struct wire asks = {
			.type = WIRE_PING, .source = "bt-outlet", .epoch = EPOCH
		};
		assert_true(desk_hears(&asks, &anew, &out) > 0);
		assert_int_equal(out.type, WIRE_NAK);
	}
	assert_true(desk_hears(&data, &anew, &out) > 0);
	assert_int_equal(out.type, WIRE_NAK);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 21);
	agent_end(&other);
	agent_book_free(&apart);
	desk_close(&desk);
	ingest_close(ingest);
}

static void data_that_begins_a_connection_is_asked_for_from_what_is_acknowledged(
        void **state)
{
	connects_anew(*state, false);
}

/* What was on its way behind it comes before the answer to it can be heard. */
static void nor_is_it_taken_behind_a_ping_that_begins_the_connection(void **state)
{
	connects_anew(*state, true);
}

/* What is wanted next has gone on by what the copy sent: the cabinet is told where it was
 * refused, else it would show what lies behind for ever. */
static void whoever_was_refused_is_told_from_where_to_show_again(void **state)
{
	struct ingest *ingest = desk_with_twenty(*state);
	struct wire out = { .type = 0 }, data;
	assert_int_equal(ingest_commit(ingest), OK);
	journal_is_away(*state, true);
	data = agent_again(&cabinet, 11, 20);
	assert_true(desk_hears(&data, &bt_copy, &out) > 0);
	journal_is_away(*state, false);
	more(&cabinet, 10);
	data = agent_message(&cabinet);
	assert_int_equal(desk_hears(&data, &bt, &out), 0);
	assert_int_equal(ingest_commit(ingest), OK);
	data = agent_again(&cabinet, 25, 30);
	assert_true(desk_hears(&data, &bt_copy, &out) > 0);
	assert_int_equal(out.type, WIRE_NAK);
	assert_int_equal(out.first_seq, 11);
	data = agent_again(&cabinet, 11, 30);
	assert_int_equal(desk_hears(&data, &bt_copy, &out), 0);
	desk_close(&desk);
	ingest_close(ingest);
}

#define WITH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, collector_setup, collector_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(each_is_told_of_what_it_has_shown_itself),
		WITH(the_refusal_names_the_record_that_is_anothers),
		WITH(behind_what_was_refused_nothing_is_taken_before_it_is_shown_again),
		WITH(whoever_was_refused_is_told_from_where_to_show_again),
		WITH(behind_other_bytes_nothing_is_taken_before_hello),
		WITH(data_that_begins_a_connection_is_asked_for_from_what_is_acknowledged),
		WITH(nor_is_it_taken_behind_a_ping_that_begins_the_connection),
	};
	return cmocka_run_group_tests_name("desk copy", tests, NULL, NULL);
}
