/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Current loops: told when one begins to say that it is broken, and when it does no longer. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "tests/kits/asked_line.h"
#include "tests/kits/station_head.h"

#define SECOND INT64_C(1000000)

/* Two of its eight inputs are loops; one more is switched off. */
static const char module[] = STATION_HEAD
        "ports: [{id: bus, path: /dev/modbus0, line: 9600 8N1}]\n"
        "instruments:\n"
        "  - id: ai\n"
        "    profile: icpdas-i-7017\n"
        "    port: bus\n"
        "    poll_every: 1s\n"
        "    channels:\n"
        "      - {name: in0, id: flow_out, signal: 4-20 mA, range: 0..500 m3/h}\n"
        "      - {name: in1, id: ph, signal: 4-20 mA, range: 0..14 pH}\n"
        "      - {name: in2, signal: 4-20 mA, range: 0..10 m, off: yes}\n";

struct loops {
	struct asked_line line;
	const char *current
	        [3]; /* of the first inputs, seven characters; NULL: it is silent */
	char told[4096];
	size_t n_told;
};

static void asked(void *context, const uint8_t *in, size_t n)
{
	struct loops *loops = context;
	char answer[80];
	if (loops->current[0] == NULL)
		return;
	snprintf(answer, sizeof answer, ">%s%s%s+04.000+04.000+04.000+04.000+04.000\r",
	        loops->current[0], loops->current[1], loops->current[2]);
	asked_line_say(
	        &loops->line, loops->line.now.mono_us + 20000, answer, strlen(answer));
}

static void read_them(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
}

static void told(void *context, const struct state_event *event)
{
	struct loops *loops = context;
	size_t n = strlen(loops->told);
	if (strncmp(event->subject, "loop ", 5) != 0)
		return;
	snprintf(loops->told + n, sizeof loops->told - n, "%s %s %s\n", event->subject,
	        event->state, event->text);
	loops->n_told++;
}

static size_t lines_logged;

static void count_lines(enum log_level level, const char *text)
{
	lines_logged += strncmp(text, "loop ", 5) == 0;
}

static void begin(struct loops *loops)
{
	*loops = (struct loops){ .line = { .context = loops,
		                         .asked = asked,
		                         .reading = read_them,
		                         .told = told },
		.current = { "+12.000", "+08.000", "+00.000" } };
	assert_int_equal(asked_line_open(&loops->line, module), 0);
	log_catch(count_lines);
}

/* So many polls later, exactly this has been told since. */
static void expect(struct loops *loops, int polls, const char *text)
{
	loops->told[0] = '\0';
	asked_line_run(&loops->line, polls * SECOND);
	assert_string_equal(loops->told, text);
}

static void a_broken_loop_is_told_once_with_its_current_and_once_when_it_is_back(
        void **state)
{
	static struct loops loops;
	begin(&loops);
	expect(&loops, 3,
	        "loop ai/flow_out up current 12 mA\nloop ai/ph up current 8 mA\n");
	assert_int_equal(lines_logged, 0); /* that they are well at first is no news */
	loops.current[0] = "+00.000";
	expect(&loops, 5,
	        "loop ai/flow_out down current 0 mA, below 3.6 mA: check the loop and "
	        "its transmitter\n");
	loops.current[1] = "+21.500";
	expect(&loops, 5,
	        "loop ai/ph down current 21.5 mA, above 21 mA: check the loop and its "
	        "transmitter\n");
	loops.current[0] = "+03.600"; /* below its range, and well */
	expect(&loops, 5, "loop ai/flow_out up current 3.6 mA\n");
	assert_int_equal(lines_logged, 3);
	asked_line_close(&loops.line);
}

/* Nothing is known of a loop whose module does not answer, or says no number. */
static void what_is_not_read_says_nothing_of_a_loop(void **state)
{
	static struct loops loops;
	begin(&loops);
	asked_line_run(&loops.line, 3 * SECOND);
	loops.current[0] = NULL;
	expect(&loops, 10, "");
	loops.current[0] = "       ";
	expect(&loops, 70, "");
	loops.current[0] = "+12.000";
	expect(&loops, 70, "");
	asked_line_close(&loops.line);
}

static void a_loop_that_comes_and_goes_does_not_fill_the_journal(void **state)
{
	static struct loops loops;
	begin(&loops);
	for (int i = 0; i < 600; i++) {
		loops.current[0] = i % 2 == 0 ? "+00.000" : "+12.000";
		asked_line_run(&loops.line, SECOND);
		loops.told[0] = '\0';
	}
	assert_in_range(loops.n_told, 35, 45);
	asked_line_close(&loops.line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        a_broken_loop_is_told_once_with_its_current_and_once_when_it_is_back),
		cmocka_unit_test(what_is_not_read_says_nothing_of_a_loop),
		cmocka_unit_test(a_loop_that_comes_and_goes_does_not_fill_the_journal),
	};
	return cmocka_run_group_tests_name("poller loop", tests, NULL, NULL);
}
