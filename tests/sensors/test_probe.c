/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search of a line, played against lines that are made up here. */
#include "tests/kits/check.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "sensors/tools/probe.h"

/* A line: who answers, at which setting. */
struct device {
	const char *way; /* "9600 8N1" */
	uint8_t slave, function;
	uint8_t exception; /* 0: a value */
};

struct search {
	struct probe_way way[PROBE_WAYS];
	uint8_t slave[PROBE_SLAVES];
	struct probe_options options;
	struct probe probe;
	uint8_t first_of_all; /* the first address tried */
	size_t tries, reads;
	double share;
};

static void begin(struct search *search, bool timed, const uint8_t *likely, size_t n)
{
	memset(search, 0, sizeof *search);
	int ways = probe_serial_ways(FRAMING_RTU, NULL, timed, search->way);
	assert_true(ways > 0 && ways <= PROBE_WAYS);
	search->options = (struct probe_options){ .n_ways = (size_t)ways,
		.way = search->way,
		.n_slaves = PROBE_SLAVES,
		.slave = search->slave,
		.timeout_s = 0.3 };
	probe_slaves(likely, n, search->slave, &search->options.n_common);
	probe_init(&search->probe, &search->options);
}

static enum probe_outcome ask(
        const struct device *device, const char *way, const struct probe_try *tried)
{
	if (device->slave != tried->request.slave || strcmp(device->way, way) != 0 ||
	        (device->function != 0 && device->function != tried->request.function))
		return PROBE_SILENT;
	return device->exception != 0 ? PROBE_REFUSED : PROBE_ANSWERED;
}

/* Search to the end among n devices. */
static void play(struct search *search, const struct device *device, size_t n)
{
	struct probe_try tried;
	char text[32];
	while (probe_next(&search->probe, &tried)) {
		enum probe_outcome outcome = PROBE_SILENT;
		uint8_t exception = 0;
		if (search->tries++ == 0)
			search->first_of_all = tried.request.slave;
		search->reads +=
		        tried.request.function == 3 || tried.request.function == 4;
		probe_way_text(&search->way[tried.way], text);
		for (size_t i = 0; i < n && outcome == PROBE_SILENT; i++) {
			outcome = ask(&device[i], text, &tried);
			exception = device[i].exception;
		}
		probe_note(&search->probe, outcome, exception);
		double share = probe_share(&search->probe);
		assert_true(share >= search->share && share <= 1);
		search->share = share;
		assert_true(search->tries < 100000);
	}
	assert_int_equal(search->tries, search->reads);
	assert_close(search->share, 1, 0);
}

static void every_slave_of_a_line_is_found_at_its_setting(void **state)
{
	static const struct device line[] = {
		{ "19200 8N1", 3, 0, 0 },
		{ "19200 8N1", 97, 3, 0 },
		{ "19200 8N1", 247, 0, 2 },
	};
	struct search search;
	char text[32];
	begin(&search, true, NULL, 0);
	play(&search, line, 3);
	const struct probe *probe = &search.probe;
	assert_string_equal(
	        probe_way_text(&search.way[probe->found_way], text), "19200 8N1");
	assert_int_equal(probe->n_found, 3);
	assert_int_equal(probe->found[0].slave, 3);
	assert_int_equal(probe->found[1].slave, 97);
	assert_int_equal(probe->found[2].slave, 247);
	assert_int_equal(probe->found[2].exception, 2);
	assert_int_equal(search.first_of_all, 1);
	/* the settings before it with the common addresses, it with all: not more */
	assert_true(search.tries <= 4 * 20 + 237);
}

static void an_uncommon_address_alone_is_found_in_the_second_round(void **state)
{
	static const struct device line = { "4800 8N1", 200, 3, 0 };
	struct search search;
	begin(&search, true, NULL, 0);
	play(&search, &line, 1);
	assert_int_equal(search.probe.n_found, 1);
	assert_int_equal(search.probe.found[0].slave, 200);
	assert_true(search.tries > search.options.n_ways * 20);
}

/* A factory address of a profile is as common as 1. */
static void likely_addresses_are_tried_first(void **state)
{
	static const uint8_t likely[] = { 200, 0, 1, 251, 48 };
	static const struct device line = { "9600 8E1", 200, 3, 0 };
	struct search search;
	begin(&search, true, likely, sizeof likely);
	assert_int_equal(search.options.n_common, 12);
	play(&search, &line, 1);
	assert_int_equal(search.probe.n_found, 1);
	assert_true(search.tries <= 3 * 24 + 235);
	bool seen[256] = { false };
	for (size_t i = 0; i < PROBE_SLAVES; i++) {
		assert_true(search.slave[i] >= 1 && search.slave[i] <= 247);
		assert_false(seen[search.slave[i]]);
		seen[search.slave[i]] = true;
	}
}

static void one_that_knows_function_4_only_is_found(void **state)
{
	static const struct device line = { "9600 8N1", 2, 4, 0 };
	struct search search;
	begin(&search, true, NULL, 0);
	play(&search, &line, 1);
	assert_int_equal(search.probe.n_found, 1);
	assert_int_equal(search.probe.found[0].functions, 1 << 4);
}

static void a_dead_line_is_searched_once_and_in_the_time_told(void **state)
{
	struct search search;
	begin(&search, true, NULL, 0);
	play(&search, NULL, 0);
	assert_int_equal(search.probe.n_found, 0);
	assert_int_equal(search.probe.found_way, -1);
	assert_int_equal(search.tries, search.options.n_ways * (2 * 10 + 237));
	double least = (double)search.tries * 0.3;
	assert_true(probe_most_s(&search.options) > least);
	assert_true(probe_most_s(&search.options) < least * 1.2);
	assert_true(probe_first_s(&search.options) < 0.1 * least * 1.2);
}

static void garbled_answers_are_counted_where_they_came(void **state)
{
	struct search search;
	begin(&search, true, NULL, 0);
	probe_note(&search.probe, PROBE_GARBLED, 0);
	probe_note(&search.probe, PROBE_SILENT, 0);
	assert_int_equal(search.probe.garbled[0], 1);
	assert_int_equal(search.probe.garbled[1], 0);
	assert_int_equal(search.probe.n_found, 0);
}

static void a_pseudo_terminal_has_one_setting(void **state)
{
	struct search search;
	begin(&search, false, NULL, 0);
	assert_int_equal(search.options.n_ways, 1);
	struct probe_way way[PROBE_WAYS];
	char text[32];
	assert_int_equal(probe_serial_ways(-1, "2400 7E2", true, way), 1);
	assert_string_equal(probe_way_text(way, text), "2400 7E2");
	assert_int_equal(probe_serial_ways(-1, "2400", true, way), MALFORMED);
}

static void every_setting_of_a_line_is_tried_once(void **state)
{
	static const struct {
		int framing, n;
		const char *first;
	} all[] = { { FRAMING_RTU, 6 * 4, "9600 8N1" },
		{ FRAMING_ASCII, 6 * 5, "9600 8N1 ascii" } };
	for (size_t a = 0; a < 2; a++) {
		struct probe_way way[PROBE_WAYS];
		char one[32], other[32];
		int n = probe_serial_ways(all[a].framing, NULL, true, way);
		assert_int_equal(n, all[a].n);
		assert_string_equal(probe_way_text(&way[0], one), all[a].first);
		for (int i = 0; i < n; i++)
			for (int k = 0; k < i; k++)
				assert_string_not_equal(probe_way_text(&way[i], one),
				        probe_way_text(&way[k], other));
	}
}

/* Seven data bits are the standard's in ASCII, and RTU has none of that. */
static void a_slave_of_ascii_is_found_at_seven_data_bits(void **state)
{
	static const struct device line = { "19200 7E1 ascii", 5, 3, 0 };
	struct search search;
	begin(&search, true, NULL, 0);
	search.options.n_ways =
	        (size_t)probe_serial_ways(FRAMING_ASCII, NULL, true, search.way);
	play(&search, &line, 1);
	assert_int_equal(search.probe.n_found, 1);
	int n = probe_serial_ways(FRAMING_RTU, NULL, true, search.way);
	for (int i = 0; i < n; i++)
		assert_int_equal(search.way[i].line.data_bits, 8);
}

static void a_network_port_is_tried_as_what_it_can_be(void **state)
{
	struct probe_way way[PROBE_WAYS];
	char text[32];
	assert_int_equal(probe_tcp_ways("502", -1, way), 1);
	assert_int_equal(way[0].framing, FRAMING_TCP);
	assert_int_equal(probe_tcp_ways("4001", -1, way), 2);
	assert_string_equal(probe_way_text(&way[1], text), "rtu-over-tcp");
	assert_int_equal(probe_tcp_ways("502", FRAMING_RTU_OVER_TCP, way), 1);
	assert_int_equal(way[0].framing, FRAMING_RTU_OVER_TCP);
}

static void one_address_alone_is_one_round(void **state)
{
	struct search search;
	begin(&search, false, NULL, 0);
	search.slave[0] = 17;
	search.options.n_slaves = search.options.n_common = 1;
	probe_init(&search.probe, &search.options);
	play(&search, NULL, 0);
	assert_int_equal(search.tries, 2);
	search.options.n_slaves = search.options.n_common = 0;
	probe_init(&search.probe, &search.options);
	struct probe_try tried;
	assert_false(probe_next(&search.probe, &tried));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_slave_of_a_line_is_found_at_its_setting),
		cmocka_unit_test(
		        an_uncommon_address_alone_is_found_in_the_second_round),
		cmocka_unit_test(likely_addresses_are_tried_first),
		cmocka_unit_test(one_that_knows_function_4_only_is_found),
		cmocka_unit_test(a_dead_line_is_searched_once_and_in_the_time_told),
		cmocka_unit_test(garbled_answers_are_counted_where_they_came),
		cmocka_unit_test(a_pseudo_terminal_has_one_setting),
		cmocka_unit_test(every_setting_of_a_line_is_tried_once),
		cmocka_unit_test(a_slave_of_ascii_is_found_at_seven_data_bits),
		cmocka_unit_test(a_network_port_is_tried_as_what_it_can_be),
		cmocka_unit_test(one_address_alone_is_one_round),
	};
	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
