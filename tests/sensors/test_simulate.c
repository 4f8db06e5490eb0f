/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answering side against the driver's own asking side: what a scenario says comes
 * out again. */
#include "tests/kits/check.h"

#include <math.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/reading.h"
#include "sensors/drivers/modbus.h"
#include "sensors/simulator/simulate.h"
#include "sensors/tables/driver.h"
#include "sensors/tables/values.h"
#include "tests/kits/cabinet_fixture.h"

static const char text[] =
        "ports:\n"
        "  - {id: bus, mode: rtu}\n"
        "  - {id: stack, mode: tcp, listen: \"127.0.0.1:0\"}\n"
        "instruments:\n"
        "  - id: water\n"
        "    profile: fixture-water\n"
        "    port: bus\n"
        "    delay: 30ms\n"
        "    channels:\n"
        "      - {name: cod, mean: 42, daily: 6, noise: 1.5, decimals: 1}\n"
        "      - {name: tss, mean: 20, noise: 0.5, decimals: 1}\n"
        "      - {name: ph, mean: 7.3, noise: 0.02, decimals: 2}\n"
        "      - {name: flow_out, mean: 120, noise: 20, decimals: 3}\n"
        "  - id: gas\n"
        "    profile: fixture-gas\n"
        "    port: stack\n"
        "    channels:\n"
        "      - {name: dust, mean: 120, noise: 5}\n"
        "      - {name: o2, replay: {file: o2.csv, column: o2, every: 1min}}\n"
        "scenes:\n"
        "  - {from: day 2 00:00, to: day 2 01:00, instrument: water, channels: [cod], "
        "state: fault}\n"
        "  - {from: day 2 01:00, to: day 2 02:00, instrument: water, channels: [tss], "
        "state: calibrating}\n"
        "  - {from: day 2 02:00, to: day 2 03:00, instrument: water, state: "
        "maintenance}\n"
        "  - {from: day 2 03:00, to: day 2 04:00, instrument: water, silent: yes}\n"
        "  - {from: day 2 04:00, to: day 2 05:00, instrument: water, exception: 4}\n"
        "  - {from: day 2 05:00, to: day 2 06:00, instrument: water, garbage: yes}\n"
        "  - {from: day 2 06:00, to: day 2 07:00, instrument: water, late: 2s}\n"
        "  - {from: day 2 00:00, to: day 2 01:00, instrument: gas, channels: [dust], "
        "state: calibrating}\n"
        "  - {from: day 2 01:00, to: day 2 02:00, instrument: gas, state: fault}\n"
        "  - {from: day 2 02:00, to: day 2 03:00, instrument: gas, hang_up: yes}\n";

static struct scenario *scenario;

static int setup(void **state)
{
	char whole[8192];
	if (scratch_make(state) != 0)
		return -1;
	fixture_profiles(*state);
	fixture_write(*state, "o2.csv", "t,o2\n1,8.5\n2,\n3,20.9\n");
	snprintf(whole, sizeof whole, fixture_head, (const char *)*state);
	fixture_write(*state, "scenario.yaml", "%s%s", whole, text);
	scenario = fixture_scenario(*state, "scenario.yaml");
	return 0;
}

static int teardown(void **state)
{
	scenario_free(scenario);
	return scratch_remove(state);
}

static int64_t at(int day, int hour, int minute)
{
	return FIXTURE_DAY1 + (day - 1) * US_PER_DAY + hour * US_PER_HOUR +
	       minute * US_PER_MIN;
}

/* An instrument as a station would have it, no range set. */
static struct channel_setting open_range[READING_CHANNELS];

static struct instrument seen(size_t i)
{
	const struct scenario_instrument *one = &scenario->instrument[i];
	for (size_t c = 0; c < READING_CHANNELS; c++)
		open_range[c] =
		        (struct channel_setting){ .low = -INFINITY, .high = INFINITY };
	return (struct instrument){ .id = one->id,
		.profile = one->profile,
		.framing = scenario->port[one->port].mode,
		.slave = (uint8_t)one->slave,
		.setting = open_range };
}

/* Ask all blocks, as the poller does, and decode. */
static struct decoded polled(size_t i, int64_t time_us)
{
	static struct decoded out;
	uint8_t kept[4096], request[MODBUS_FRAME], state[4096] = { 0 };
	struct exchanges exchanges = { .bytes = kept };
	struct instrument instrument = seen(i);
	const struct driver *driver = instrument.profile->driver;
	int what = ASK_AGAIN;
	assert_true(driver->state_size <= sizeof state);
	driver->begin(state, &instrument);
	while (what == ASK_AGAIN) {
		struct simulated answer;
		size_t n = driver->ask(state, request, sizeof request);
		uint16_t block = driver->block(state);
		assert_int_equal(simulate_answer(scenario, scenario->instrument[i].port,
		                         request, n, time_us, &answer),
		        (int)n);
		bool sound = answer.size > 0 &&
		             driver->frame(state, answer.bytes, answer.size) ==
		                     (int)answer.size;
		what = sound ? driver->decode(state, answer.bytes, answer.size)
		             : driver->missed(state, answer.size == 0);
		struct exchange one = {
			.block = block,
			.size = (uint16_t)answer.size,
			.bytes = answer.bytes,
		};
		exchanges.size += (size_t)exchange_put(
		        &one, kept + exchanges.size, sizeof kept - exchanges.size);
		exchanges.n++;
	}
	values_decode(&instrument, &exchanges, NULL, NULL, &out);
	return out;
}

static void what_the_scenario_says_is_read_back_exactly(void **state)
{
	for (int minute = 0; minute < 600; minute++) {
		int64_t t = at(1, 0, minute);
		struct decoded water = polled(0, t);
		for (size_t c = 0; c < 4; c++) {
			double said = scenario_value(
			        scenario, &scenario->instrument[0], c, t);
			assert_int_equal(water.state[c], STATE_OK);
			assert_true(water.value[c] == (c == 0 ? (float)said : said));
		}
		struct decoded gas = polled(1, t);
		double dust = scenario_value(scenario, &scenario->instrument[1], 0, t);
		assert_true(gas.value[0] == (float)dust);
	}
}

static void a_missing_value_of_a_column_is_no_value(void **state)
{
	struct decoded gas = polled(1, at(1, 0, 0));
	assert_true(gas.value[1] == 8.5);
	gas = polled(1, at(1, 0, 1));
	assert_int_equal(gas.state[1], STATE_NO_VALUE);
	assert_true(isnan(gas.value[1]));
	gas = polled(1, at(1, 0, 2));
	assert_true(gas.value[1] == (float)20.9);
}

static void states_are_said_by_the_profiles_registers(void **state)
{
	struct decoded water = polled(0, at(2, 0, 30));
	assert_int_equal(water.state[0], STATE_FAULT);
	assert_int_equal(water.state[1], STATE_OK);
	water = polled(0, at(2, 1, 30));
	assert_int_equal(water.state[1], STATE_CALIBRATING);
	assert_int_equal(water.state[2], STATE_OK);
	water = polled(0, at(2, 2, 30));
	for (size_t c = 0; c < 4; c++)
		assert_int_equal(water.state[c], STATE_MAINTENANCE);
	assert_true(water.value[1] > 10);
	struct decoded gas = polled(1, at(2, 0, 30));
	assert_int_equal(gas.state[0], STATE_CALIBRATING);
	/* its column has ended: not touched by the rule of dust */
	assert_int_equal(gas.state[1], STATE_NO_VALUE);
	gas = polled(1, at(2, 1, 30));
	assert_int_equal(gas.state[0], STATE_FAULT);
	assert_int_equal(gas.state[1], STATE_FAULT);
}

static void faults_of_the_wire_are_played(void **state)
{
	assert_int_equal(polled(0, at(2, 3, 30)).state[0], STATE_SILENT);
	assert_int_equal(polled(0, at(2, 4, 30)).state[0], STATE_REFUSED);
	assert_int_equal(polled(0, at(2, 5, 30)).state[0], STATE_GARBLED);
	assert_int_equal(polled(0, at(2, 7, 30)).state[0], STATE_OK);
}

/* Whose address it is not, says nothing, and the request is skipped. */
static bool nobody_answers(size_t port, const struct modbus_request *request, int64_t t)
{
	struct simulated answer;
	uint8_t bytes[MODBUS_FRAME];
	int n = modbus_request_put(
	        scenario->port[port].mode, request, bytes, sizeof bytes);
	assert_true(n > 0);
	return simulate_answer(scenario, port, bytes, (size_t)n, t, &answer) ==
	       FRAME_NONE;
}

static struct simulated ask(
        size_t port, const struct modbus_request *request, int64_t t)
{
	struct simulated answer;
	uint8_t bytes[MODBUS_FRAME];
	int n = modbus_request_put(
	        scenario->port[port].mode, request, bytes, sizeof bytes);
	assert_true(n > 0);
	assert_int_equal(
	        simulate_answer(scenario, port, bytes, (size_t)n, t, &answer), n);
	return answer;
}

static void answers_take_their_time(void **state)
{
	struct modbus_request request = {
		.slave = 1, .function = 4, .start = 100, .count = 6
	};
	assert_int_equal(ask(0, &request, at(1, 0, 0)).delay_us, 30000);
	assert_int_equal(ask(0, &request, at(2, 6, 30)).delay_us, 2030000);
}

static void a_connection_can_be_hung_up(void **state)
{
	struct modbus_request request = {
		.slave = 2, .function = 3, .start = 0, .count = 4, .number = 9
	};
	assert_false(ask(1, &request, at(1, 0, 0)).hang_up);
	struct simulated answer = ask(1, &request, at(2, 2, 30));
	assert_true(answer.hang_up);
	assert_int_equal(answer.size, 0);
}

static uint8_t exception_of(const struct simulated *answer)
{
	return answer->bytes[1] & 0x80 ? answer->bytes[2] : 0;
}

static void addresses_and_functions_it_has_not_are_refused(void **state)
{
	struct modbus_request request = {
		.slave = 1, .function = 4, .start = 100, .count = 6
	};
	struct simulated answer = ask(0, &request, at(1, 0, 0));
	assert_int_equal(exception_of(&answer), 0);
	request.count = 7;
	answer = ask(0, &request, at(1, 0, 0));
	assert_int_equal(exception_of(&answer), 2);
	request = (struct modbus_request){
		.slave = 1, .function = 4, .start = 99, .count = 2
	};
	answer = ask(0, &request, at(1, 0, 0));
	assert_int_equal(exception_of(&answer), 2);
	request.function = 1;
	answer = ask(0, &request, at(1, 0, 0));
	assert_int_equal(exception_of(&answer), 1);
	request = (struct modbus_request){
		.slave = 9, .function = 4, .start = 100, .count = 2
	};
	assert_true(nobody_answers(0, &request, at(1, 0, 0)));
}

static void a_part_of_a_block_is_the_same_registers(void **state)
{
	struct modbus_request whole = {
		.slave = 1, .function = 4, .start = 100, .count = 6
	};
	struct modbus_request part = {
		.slave = 1, .function = 4, .start = 102, .count = 2
	};
	struct simulated a = ask(0, &whole, at(1, 5, 0));
	struct simulated b = ask(0, &part, at(1, 5, 0));
	assert_memory_equal(a.bytes + 3 + 4, b.bytes + 3, 4);
}

static void every_cut_of_a_request_is_waited_for(void **state)
{
	struct modbus_request request = {
		.slave = 1, .function = 4, .start = 100, .count = 6
	};
	struct simulated answer;
	uint8_t bytes[MODBUS_FRAME];
	int n = modbus_request_put(FRAMING_RTU, &request, bytes, sizeof bytes);
	for (int cut = 1; cut < n; cut++)
		assert_int_equal(simulate_answer(scenario, 0, bytes, (size_t)cut,
		                         at(1, 0, 0), &answer),
		        FRAME_SHORT);
	assert_int_equal(
	        simulate_answer(scenario, 0, bytes, (size_t)n, at(1, 0, 0), &answer),
	        n);
}

/* ---- the port without a wire ---- */

static void a_port_without_a_wire_answers_when_it_is_time(void **state)
{
	struct port *port = simulate_port_new(scenario, 0);
	struct problem why;
	uint8_t request[MODBUS_FRAME], out[MODBUS_FRAME];
	struct modbus_request asked = {
		.slave = 1, .function = 4, .start = 100, .count = 6
	};
	int n = modbus_request_put(FRAMING_RTU, &asked, request, sizeof request);
	simulate_port_time(port, at(1, 0, 0));
	assert_int_equal(port->open(port, &why), OK);
	assert_true(simulate_port_due(port) == INT64_MAX);
	assert_int_equal(port->write(port, request, (size_t)n), n);
	assert_true(simulate_port_due(port) == at(1, 0, 0) + 30000);
	assert_int_equal(port->read(port, out, sizeof out, false), 0);
	simulate_port_time(port, at(1, 0, 0) + 30000);
	assert_int_equal(port->read(port, out, sizeof out, false), 17);
	assert_int_equal(port->read(port, out, sizeof out, false), 0);
	port->free(port);
}

#define scratch_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(what_the_scenario_says_is_read_back_exactly),
		scratch_test(a_missing_value_of_a_column_is_no_value),
		scratch_test(states_are_said_by_the_profiles_registers),
		scratch_test(faults_of_the_wire_are_played),
		scratch_test(answers_take_their_time),
		scratch_test(a_connection_can_be_hung_up),
		scratch_test(addresses_and_functions_it_has_not_are_refused),
		scratch_test(a_part_of_a_block_is_the_same_registers),
		scratch_test(every_cut_of_a_request_is_waited_for),
		scratch_test(a_port_without_a_wire_answers_when_it_is_time),
	};
	return cmocka_run_group_tests_name("simulate", tests, NULL, NULL);
}
