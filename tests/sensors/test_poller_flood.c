/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whoever sends without end: a connection is closed and opened ever more seldom, a line that cannot be
 * is read a piece at a time.  The clock is moved by hand. */
#include "tests/kits/check.h"

#include <string.h>

#include "tests/kits/asked_line.h"
#include "tests/kits/odd_kit.h"

#define PIECE    8192      /* bytes */
#define PIECE_US (50 * MS) /* and how often */
#define ENDLESS  SIZE_MAX

static const char *const polls[] = { "poll_every: 1s, timeout: 500ms" };

static struct odd *begin(const char *port)
{
	struct odd *odd = odd_new(port, "teledyne-t101", 1, polls);
	odd->answer = odd_well;
	return odd;
}

static void a_connection_without_end_is_closed_and_opened_ever_more_seldom(void **state)
{
	struct odd *odd = begin(TCP);
	odd->floods = ENDLESS;
	odd_run(odd, 600 * SECOND);
	assert_in_range(odd->opened, 10, 16); /* after 1, 2, 4 ... 60 s */
	assert_true(odd->taken <= odd->opened * 9 * PIECE);
	assert_in_range(odd->readings[0], 598, 601); /* each period says so */
	assert_non_null(strstr(odd->told, "it sends without end: closed"));
	assert_int_equal(odd->ok[0], 0);
	assert_true(odd->steps < 3 * 600);
	odd->floods = 0;
	odd_run(odd, 70 * SECOND);
	assert_true(odd->ok[0] > 5);
	odd_end(odd);
}

/* A byte less than eight pieces is no flood yet; nor is a millisecond of silence between them. */
static void much_at_once_is_no_flood(void **state)
{
	struct odd *odd = begin(TCP);
	odd_run(odd, 10 * SECOND + 500 * MS);
	for (int i = 0; i < 10; i++) {
		odd->floods = 8 * PIECE - 1;
		odd_run(odd, 10 * SECOND);
		assert_int_equal(odd->floods, 0);
	}
	assert_int_equal(odd->opened, 1);
	assert_true(odd->ok[0] > 90);
	odd->floods = 9 * PIECE;
	odd_run(odd, 10 * SECOND);
	assert_int_equal(odd->opened, 2);
	odd_end(odd);
}

static void what_gathered_while_nobody_was_there_is_no_flood(void **state)
{
	struct odd *odd = begin(TCP);
	odd_run(odd, 10 * SECOND + 500 * MS);
	odd->floods = 1000000;
	odd->now.mono_us += 60 * SECOND;
	odd->now.time_us += 60 * SECOND;
	odd_run(odd, 30 * SECOND);
	assert_int_equal(odd->opened, 1);
	assert_true(odd->ok[0] > 25);
	odd_end(odd);
}

/* Once all that gathered is read, it is one as any other. */
static void a_connection_that_floods_after_a_stall_is_closed(void **state)
{
	struct odd *odd = begin(TCP);
	odd_run(odd, 10 * SECOND + 500 * MS);
	odd->now.mono_us += 60 * SECOND;
	odd->now.time_us += 60 * SECOND;
	odd_run(odd, 10 * SECOND);
	odd->floods = 20 * PIECE;
	odd_run(odd, SECOND);
	assert_non_null(strstr(odd->told, "it sends without end: closed"));
	odd_end(odd);
}

/* The line takes half of the request, and gives all that time. */
static void a_flood_while_a_coil_is_written_is_one_too(void **state)
{
	const struct coil coil = { .slave = 9, .address = 3, .on = true };
	struct odd *odd = begin(TCP);
	odd_run(odd, 10 * SECOND + 500 * MS);
	odd->takes = 3;
	assert_int_equal(poller_coil(odd->poller, 0, &coil, &odd->now), OK);
	odd_run(odd, 100 * MS);
	assert_int_equal(odd->takes, 0);
	odd->floods = 20 * PIECE;
	odd_run(odd, 800 * MS);
	assert_non_null(strstr(odd->told, "it sends without end: closed"));
	odd_end(odd);
}

/* ---- heard ---- */

static struct asked_line heard;
static size_t heard_floods, heard_opened;

static int heard_open(struct port *port, struct problem *why)
{
	heard_opened++;
	return OK;
}

static int heard_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	size_t n = heard_floods < room ? heard_floods : room;
	memset(out, 0x55, n);
	heard_floods -= n;
	return (int)n;
}

static void nothing_read(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
}

static void a_connection_that_is_only_heard_and_floods_is_closed(void **state)
{
	heard = (struct asked_line){ .reading = nothing_read };
	heard_opened = 0;
	assert_int_equal(
	        asked_line_open(&heard,
	                "zone: {id: z, name: Z}\nstation: {id: s, name: S}\n"
	                "facility: {id: f, name: F}\n"
	                "outlets: [{id: o, name: O, kind: ambient}]\n"
	                "journal: {folder: j}\n"
	                "ports: [{id: bus, " TCP "}]\n"
	                "instruments:\n"
	                "  - {id: one, profile: plantower-pms5003, port: bus}\n"),
	        0);
	heard.port.open = heard_open;
	heard.port.read = heard_read;
	heard_floods = 8 * PIECE - 1;
	asked_line_run(&heard, 2 * SECOND);
	assert_int_equal(heard_floods, 0);
	assert_int_equal(heard_opened, 1);
	heard_floods = 9 * PIECE;
	asked_line_run(&heard, 4 * SECOND);
	assert_int_equal(heard_opened, 2);
	heard.now.mono_us += 60 * SECOND; /* and after a stall as before it */
	heard.now.time_us += 60 * SECOND;
	asked_line_run(&heard, 2 * SECOND);
	heard_floods = 9 * PIECE;
	asked_line_run(&heard, 4 * SECOND);
	assert_int_equal(heard_opened, 3);
	asked_line_close(&heard);
}

static void a_serial_line_that_never_rests_is_read_a_piece_at_a_time(void **state)
{
	struct odd *odd = begin(SERIAL);
	odd->floods = ENDLESS;
	odd_run(odd, 60 * SECOND);
	assert_int_equal(odd->opened, 1);
	assert_in_range(odd->taken / PIECE, 1100, 60 * SECOND / PIECE_US + 1);
	assert_int_equal(odd->asked[0], 0);
	assert_true(odd->steps < 2 * 60 * SECOND / PIECE_US);
	assert_in_range(odd->readings[0], 58, 61);
	assert_non_null(strstr(odd->told, "the line is never silent"));
	odd->floods = 0;
	odd_run(odd, 10 * SECOND);
	assert_true(odd->ok[0] > 8);
	odd_end(odd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        a_connection_without_end_is_closed_and_opened_ever_more_seldom),
		cmocka_unit_test(much_at_once_is_no_flood),
		cmocka_unit_test(what_gathered_while_nobody_was_there_is_no_flood),
		cmocka_unit_test(a_connection_that_floods_after_a_stall_is_closed),
		cmocka_unit_test(a_flood_while_a_coil_is_written_is_one_too),
		cmocka_unit_test(a_connection_that_is_only_heard_and_floods_is_closed),
		cmocka_unit_test(
		        a_serial_line_that_never_rests_is_read_a_piece_at_a_time),
	};
	return cmocka_run_group_tests_name("poller_flood", tests, NULL, NULL);
}
