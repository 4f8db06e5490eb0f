/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the cabinet carries out an order to command an instrument, and what it records of it. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sensors/poller/poller.h"
#include "tests/kits/cabinet_rig.h"

static const char o3[] = "  - {id: o3, profile: teledyne-t400, port: bus, slave: 5, "
                         "commands: allowed}\n"
                         "  - {id: shut, profile: teledyne-t400, port: bus, slave: "
                         "6}\n";
static const uint8_t zero_on[] = { 5, 5, 0, 20, 0xff, 0, 0xcd, 0xba };
static const uint8_t zero_off[] = { 5, 5, 0, 20, 0, 0, 0x8c, 0x4a };

static struct order order_of(const char *id, const char *command, const uint8_t *shown)
{
	struct order order = {
		.kind = ORDER_COMMAND, .n_shown = 8, .reason = "check of November"
	};
	snprintf(order.id, sizeof order.id, "%s", id);
	snprintf(order.command, sizeof order.command, "%s", command);
	memcpy(order.shown, shown, 8);
	return order;
}

/* The order with where its instrument is, as the operator's program puts it. */
static struct order placed(const struct order *order)
{
	struct order out = *order;
	for (size_t i = 0; i < rig.station->n_instruments; i++)
		if (strcmp(rig.station->instrument[i].id, order->id) == 0) {
			station_place(rig.station, i, out.shown + out.n_shown);
			out.n_shown += COMMAND_PLACE;
		}
	return out;
}

static int give(const struct order *order)
{
	struct order whole = placed(order);
	return rig_give(&whole);
}

static void not_yet(int fd)
{
	char answer[CONTROL_MOST];
	assert_int_equal(recv(fd, answer, sizeof answer, 0), -1);
}

static void refused(const struct order *order, const char *want)
{
	size_t told = rig.n_told;
	rig_heard(give(order), want);
	rig_run(10 * SEC);
	assert_int_equal(rig.n_told, told);
	assert_int_equal(rig.n_commands, 0);
}

static void begin_maintenance(void)
{
	struct order order = {
		.kind = ORDER_MAINTENANCE, .id = "o3", .on = true, .reason = "x"
	};
	rig_heard(give(&order), "ok\n");
}

static void became(int status, const char *why, const uint8_t *answer, size_t n)
{
	const struct poller_written what = { .command = true,
		.status = status,
		.sent = status != REFUSED || n > 0,
		.why = why,
		.answer = answer,
		.n = n };
	cabinet_written(rig.cabinet, &what, &rig.now);
}

static const char *last(const char *state)
{
	const struct rig_told *told = rig_last("instrument o3");
	assert_non_null(told);
	assert_string_equal(told->state, state);
	return told->text;
}

static void the_order_is_recorded_before_and_its_outcome_after(void **state)
{
	struct order order = order_of("o3", "zero", zero_on);
	rig_begin(o3);
	begin_maintenance();
	rig.keep_note = true;
	int fd = give(&order);
	assert_contains(last("command ordered"),
	        "zero; changes gas; request 05 05 00 14 FF 00 CD BA; by ");
	assert_contains(last("command ordered"), ": check of November");
	rig_run(SEC);
	assert_int_equal(rig.n_commands, 0); /* not on the disk yet */
	rig.keep_note = false;
	rig_run(100 * MS);
	assert_int_equal(rig.n_commands, 1);
	assert_memory_equal(rig.request, zero_on, 8);
	not_yet(fd);
	became(OK, "", zero_on, 8);
	assert_contains(last("command done"), "; answer 05 05 00 14 FF 00 CD BA; by ");
	rig_heard(fd, "ok done\nanswer 05 05 00 14 FF 00 CD BA");
	rig_run(60 * SEC);
	assert_int_equal(rig.n_commands, 1);
	assert_int_equal(rig_count("instrument o3", "command done"), 1);
}

static void what_cannot_be_written_down_is_not_sent(void **state)
{
	struct order order = order_of("o3", "zero", zero_on);
	rig_begin(o3);
	begin_maintenance();
	rig.keep_note = true;
	int fd = give(&order);
	rig_run(6 * SEC);
	assert_int_equal(rig.n_commands, 0);
	assert_contains(last("command not sent"), "could not be written to the disk");
	rig_heard(fd, "un unsent\nwhat was ordered could not be written");
}

static void refusal_silence_and_a_busy_line_are_told_apart(void **state)
{
	static const uint8_t exception[] = { 5, 0x85, 4, 0x62, 0xf3 };
	struct order order = order_of("o3", "zero", zero_on);
	rig_begin(o3);
	begin_maintenance();
	int fd = give(&order);
	rig_run(100 * MS);
	became(REFUSED, "device failure", exception, 5);
	assert_contains(last("command refused"),
	        "; answer 05 85 04 62 F3 (device failure); by ");
	rig_heard(fd, "un refused\nanswer 05 85");
	fd = give(&order);
	rig_run(100 * MS);
	became(TIMED_OUT, "no answer", NULL, 0);
	assert_contains(last("command unknown"), "; no answer; by ");
	rig_heard(fd, "un unknown\nno answer");
	rig.command_status = REFUSED;
	fd = give(&order);
	rig_run(100 * MS);
	assert_contains(last("command not sent"), "its line takes no command");
	rig_heard(fd, "un unsent\nits line takes no command");
}

static void a_command_that_disturbs_wants_maintenance(void **state)
{
	struct order order = order_of("o3", "zero", zero_on);
	rig_begin(o3);
	refused(&order, "no maintenance\ncommand 'zero' disturbs what 'o3' measures");
	/* the one that puts the sample back does not */
	order = order_of("o3", "end_zero", zero_off);
	int fd = give(&order);
	rig_run(100 * MS);
	assert_int_equal(rig.n_commands, 1);
	became(OK, "", zero_off, 8);
	rig_heard(fd, "ok done\n");
}

static void what_is_not_allowed_is_refused(void **state)
{
	struct order order = order_of("shut", "end_zero", zero_off);
	rig_begin(o3);
	refused(&order, "station.yaml:12: instrument 'shut' is read only");
	order = order_of("flow", "zero", zero_on);
	refused(&order, "no stale\nprofile 'sim-flow' knows no commands");
	order = order_of("o4", "zero", zero_on);
	refused(&order, "no stale\nthere is no instrument 'o4'");
	order = order_of("o3", "zeroo", zero_on);
	refused(&order, "it knows zero, end_zero, span, end_span");
	order = order_of("o3", "end_zero", zero_on);
	refused(&order, "no stale\nquantrac-sensord runs with another configuration "
	                "than was shown");
	/* the same bytes, to another port or address */
	order = order_of("o3", "end_zero", zero_off);
	rig.station->instrument[rig.station->n_instruments - 2].instrument.slave ^= 2;
	struct order elsewhere = placed(&order);
	rig.station->instrument[rig.station->n_instruments - 2].instrument.slave ^= 2;
	snprintf(elsewhere.id, sizeof elsewhere.id, "%s", "o3");
	assert_memory_not_equal(
	        elsewhere.shown + 8, placed(&order).shown + 8, COMMAND_PLACE);
	order = order_of("o3", "end_zero", zero_off);
	snprintf(order.value, sizeof order.value, "7");
	refused(&order, "no stale\ncommand 'end_zero' takes no number");
}

static void one_at_a_time(void **state)
{
	struct order order = order_of("o3", "end_zero", zero_off);
	rig_begin(o3);
	int first = give(&order);
	rig_run(100 * MS);
	rig_heard(give(&order), "no busy\nanother command is under way");
	became(OK, "", zero_off, 8);
	rig_heard(first, "ok done\n");
	int second = give(&order);
	rig_run(100 * MS);
	assert_int_equal(rig.n_commands, 2);
	became(OK, "", zero_off, 8);
	rig_heard(second, "ok done\n");
}

/* Another's order is done and waits for the disk: the outcome is not its answer. */
static void the_outcome_is_told_to_who_gave_the_command_alone(void **state)
{
	struct order order = order_of("o3", "zero", zero_on);
	struct order other = {
		.kind = ORDER_MAINTENANCE, .id = "flow", .on = true, .reason = "x"
	};
	rig_begin(o3);
	begin_maintenance();
	int fd = give(&order);
	rig_run(100 * MS);
	assert_int_equal(rig.n_commands, 1);
	rig.keep_note = true;
	int other_fd = give(&other);
	became(OK, "", zero_on, 8);
	rig_heard(fd, "ok done\nanswer 05 05 00 14 FF 00 CD BA");
	not_yet(other_fd);
	rig.keep_note = false;
	rig_run(100 * MS);
	rig_heard(other_fd, "ok\nmaintenance of flow until ");
}

static void a_power_cut_leaves_its_trace(void **state)
{
	struct order order = order_of("o3", "end_zero", zero_off);
	rig_begin(o3);
	int fd = give(&order);
	rig_run(100 * MS);
	assert_int_equal(rig.n_commands, 1);
	rig_restart_machine(60 * SEC);
	assert_contains(last("command unknown"),
	        "end_zero; changes gas; request 05 05 00 14 00 00 8C 4A; the program "
	        "ended before it was known; by ");
	assert_contains(last("command unknown"), ": check of November");
	rig_restart_program();
	assert_null(rig_last("instrument o3")); /* told once */
	assert_int_equal(rig.n_commands, 1);
	close(fd);
}

static void who_goes_away_changes_nothing(void **state)
{
	struct order order = order_of("o3", "end_zero", zero_off);
	rig_begin(o3);
	close(give(&order));
	rig_run(100 * MS);
	assert_int_equal(rig.n_commands, 1);
	became(OK, "", zero_off, 8);
	assert_contains(last("command done"), "end_zero");
}

static void every_cut_of_an_order_is_refused(void **state)
{
	struct order order = order_of("o3", "zero", zero_on), back;
	char text[CONTROL_MOST];
	snprintf(order.value, sizeof order.value, "-7.50");
	int n = order_print(&order, text, sizeof text);
	assert_int_equal(order_parse(&back, text, (size_t)n), OK);
	assert_string_equal(back.command, "zero");
	assert_string_equal(back.value, "-7.50");
	assert_int_equal(back.n_shown, 8);
	assert_memory_equal(back.shown, zero_on, 8);
	for (size_t cut = 0; cut <= (size_t)n - strlen(order.reason); cut++)
		assert_int_not_equal(order_parse(&back, text, cut), OK);
	order.value[0] = '\0';
	n = order_print(&order, text, sizeof text);
	assert_int_equal(order_parse(&back, text, (size_t)n), OK);
	assert_string_equal(back.value, "");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(the_order_is_recorded_before_and_its_outcome_after),
		EACH(what_cannot_be_written_down_is_not_sent),
		EACH(refusal_silence_and_a_busy_line_are_told_apart),
		EACH(a_command_that_disturbs_wants_maintenance),
		EACH(what_is_not_allowed_is_refused),
		EACH(one_at_a_time),
		EACH(the_outcome_is_told_to_who_gave_the_command_alone),
		EACH(a_power_cut_leaves_its_trace),
		EACH(who_goes_away_changes_nothing),
		cmocka_unit_test(every_cut_of_an_order_is_refused),
	};
	return cmocka_run_group_tests_name("cabinet_command", tests, NULL, NULL);
}
