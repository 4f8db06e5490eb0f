/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The poller against a bus that is not there, with a clock moved by hand. */
#include "tests/check.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "sensors/modbus.h"
#include "sensors/poller.h"
#include "tests/capture.h"

#define MS         INT64_C(1000)
#define SECOND     INT64_C(1000000)
#define MOST_SEEN  4096
#define START_US   (1000 * SECOND)
#define START_TIME INT64_C(1794188880000000)

/* ---- slaves on a bus ---- */

enum manner {
	ANSWERS,
	DEAD,
	LATE,      /* answers `delay_us` after the request, whatever that is */
	ECHO,      /* gives the request back first */
	NOISY,     /* noise, then the answer */
	HALF,      /* half an answer, then nothing */
	GARBAGE,   /* bytes that are no answer */
	FLIPPED,   /* one bit wrong */
	EXCEPTION, /* refuses */
	NEXT_ONE,  /* keeps every answer until the next request comes */
};

struct slave {
	enum manner manner;
	int64_t delay_us;
	uint8_t exception;
	double value;
	size_t asked;
};

struct bus {
	struct port port;
	struct slave slave[8];
	int64_t now_us, due_us;
	uint8_t out[1024], kept[FRAME_MOST];
	size_t n_out, n_kept;
	bool refuses, is_open, gone;
	size_t opened;
};

static int bus_open(struct port *port, struct problem *why)
{
	struct bus *bus = (struct bus *)port;
	if (bus->refuses)
		return problem_set(
		        why, FAILED, EXIT_NO_FILE, "port bus: there is no such device");
	bus->is_open = true;
	bus->gone = false;
	bus->opened++;
	bus->n_out = 0;
	return OK;
}

static int bus_descriptor(struct port *port)
{
	return -1;
}

static short bus_events(struct port *port)
{
	return ((struct bus *)port)->is_open ? POLLIN : 0;
}

static int bus_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	struct bus *bus = (struct bus *)port;
	if (bus->gone)
		return HUNG_UP;
	if (bus->n_out == 0 || bus->now_us < bus->due_us)
		return 0;
	size_t n = bus->n_out < room ? bus->n_out : room;
	memcpy(out, bus->out, n);
	memmove(bus->out, bus->out + n, bus->n_out - n);
	bus->n_out -= n;
	return (int)n;
}

static void say(struct bus *bus, const uint8_t *bytes, size_t n)
{
	memcpy(bus->out + bus->n_out, bytes, n);
	bus->n_out += n;
}

/* The answer of a simulated instrument: all registers of the block hold the value. */
static size_t answer(
        const struct slave *slave, const struct modbus_request *request, uint8_t *out)
{
	uint8_t data[256] = { 0 };
	struct modbus_tag tag = {
		.type = TYPE_F32, .scale = 1, .divide = 1, .count = 1
	};
	if (slave->manner == EXCEPTION)
		return (size_t)modbus_exception_put(
		        FRAMING_RTU, request, slave->exception, out, FRAME_MOST);
	tag.order = request->slave == 2 ? ORDER_CDAB : ORDER_ABCD;
	tag.at = request->slave == 1 ? 2 : request->slave == 2 ? 0 : 1;
	modbus_tag_put(&tag, false, slave->value, data);
	return (size_t)modbus_answer_put(FRAMING_RTU, request, data, out, FRAME_MOST);
}

static void behave(struct bus *bus, struct slave *slave, const uint8_t *in, size_t n,
        const struct modbus_request *request)
{
	static const uint8_t noise[] = { 0xFF, 0x00, 0xF0, 0x03 };
	uint8_t bytes[FRAME_MOST];
	size_t size = answer(slave, request, bytes);
	bus->due_us = bus->now_us + slave->delay_us;
	switch (slave->manner) {
	case DEAD:
		return;
	case ECHO:
		say(bus, in, n);
		break;
	case NOISY:
		say(bus, noise, sizeof noise);
		break;
	case HALF:
		size /= 2;
		break;
	case GARBAGE:
		memset(bytes, 0xFF, size);
		break;
	case FLIPPED:
		bytes[5] ^= 0x10;
		break;
	case NEXT_ONE:
		say(bus, bus->kept, bus->n_kept);
		memcpy(bus->kept, bytes, size);
		bus->n_kept = size;
		return;
	default:
		break;
	}
	say(bus, bytes, size);
}

static int bus_write(struct port *port, const uint8_t *in, size_t n)
{
	struct bus *bus = (struct bus *)port;
	struct modbus_request request;
	if (bus->gone)
		return HUNG_UP;
	assert_int_equal(modbus_request_get(FRAMING_RTU, in, n, &request), n);
	assert_true(request.slave < 8);
	struct slave *slave = &bus->slave[request.slave];
	slave->asked++;
	behave(bus, slave, in, n, &request);
	return (int)n;
}

static void bus_close(struct port *port)
{
	((struct bus *)port)->is_open = false;
}

static void bus_free(struct port *port)
{
}

/* ---- a station with three slaves ---- */

struct seen {
	size_t instrument;
	struct moment when;
	uint8_t state;
	double value;
	size_t n_exchanges;
};

struct rig {
	struct station *station;
	struct poller *poller;
	struct bus bus;
	struct moment now;
	struct seen seen[MOST_SEEN];
	size_t n_seen;
	char told[64][160];
	size_t n_told;
};

static size_t lines_logged;

static void count_line(enum log_level level, const char *text)
{
	lines_logged++;
}

static void on_reading(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
	struct rig *rig = context;
	uint8_t payload[4096];
	struct reading reading;
	int n = reading_encode(parts, payload, sizeof payload);
	assert_true(n > 0);
	assert_int_equal(reading_decode(&reading, payload, (size_t)n), OK);
	assert_true(rig->n_seen < MOST_SEEN);
	rig->seen[rig->n_seen++] = (struct seen){
		.instrument = instrument,
		.when = *when,
		.state = parts->state[0],
		.value = parts->value[0],
		.n_exchanges = parts->n_exchanges,
	};
}

static void on_state(
        void *context, const struct moment *when, const struct state_event *event)
{
	struct rig *rig = context;
	assert_true(rig->n_told < 64);
	snprintf(rig->told[rig->n_told++], sizeof rig->told[0], "%s %s %s",
	        event->subject, event->state, event->text);
}

static struct port *give_bus(
        void *context, size_t port, const struct port_setting *setting)
{
	return &((struct rig *)context)->bus.port;
}

static const char configuration[] =
        "zone: {id: kcn-mau, name: KCN Mẫu}\n"
        "station: {id: nt-01, name: Nước thải, simulation: yes}\n"
        "facility: {id: co-so-a, name: Cơ sở Mẫu A}\n"
        "outlets: [{id: cong-xa, name: Cống xả, kind: water}]\n"
        "journal: {folder: journal}\n"
        "ports: [{id: bus, path: /dev/ttyUSB0}]\n"
        "instruments:\n"
        "  - {id: flow, profile: sim-flow, port: bus, slave: 1, poll_every: 5s, "
        "timeout: 500ms}\n"
        "  - {id: ph, profile: sim-ph-temperature, port: bus, slave: 2, poll_every: "
        "5s, timeout: "
        "500ms}\n"
        "  - {id: cod, profile: sim-water-quality, port: bus, slave: 3, poll_every: "
        "5s, timeout: "
        "500ms}\n";

static int rig_make(void **state)
{
	struct rig *rig = calloc(1, sizeof *rig);
	struct problem why;
	struct poller_hooks hooks = { .context = rig,
		.reading = on_reading,
		.state = on_state,
		.port = give_bus };
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	log_catch(count_line);
	lines_logged = 0;
	if (station_parse(&rig->station, configuration, strlen(configuration),
	            "station.yaml", stderr, &why) != OK)
		return -1;
	rig->bus.port = (struct port){
		.open = bus_open,
		.descriptor = bus_descriptor,
		.events = bus_events,
		.read = bus_read,
		.write = bus_write,
		.close = bus_close,
		.free = bus_free,
	};
	for (int i = 1; i <= 3; i++)
		rig->bus.slave[i] =
		        (struct slave){ .delay_us = 40 * MS, .value = 4.0 * i };
	rig->now = (struct moment){ .time_us = START_TIME, .mono_us = START_US };
	rig->poller = poller_new(rig->station, &hooks);
	*state = rig;
	return rig->poller != NULL ? 0 : -1;
}

static int rig_remove(void **state)
{
	struct rig *rig = *state;
	poller_free(rig->poller);
	station_free(rig->station);
	log_catch(NULL);
	free(rig);
	return 0;
}

static void run(struct rig *rig, int64_t for_us)
{
	int64_t end = rig->now.mono_us + for_us;
	while (rig->now.mono_us < end) {
		rig->bus.now_us = rig->now.mono_us;
		poller_step(rig->poller, NULL, 0, &rig->now);
		rig->now.mono_us += MS;
		rig->now.time_us += MS;
	}
}

/* Readings of an instrument with a state, of the last `within_us`. */
static size_t count(
        const struct rig *rig, size_t instrument, uint8_t state, int64_t within_us)
{
	size_t n = 0;
	for (size_t i = 0; i < rig->n_seen; i++)
		if (rig->seen[i].instrument == instrument &&
		        rig->seen[i].state == state &&
		        rig->now.mono_us - rig->seen[i].when.mono_us <= within_us)
			n++;
	return n;
}

static bool told(const struct rig *rig, const char *part)
{
	for (size_t i = 0; i < rig->n_told; i++)
		if (strstr(rig->told[i], part) != NULL)
			return true;
	return false;
}

static void only_these_values(const struct rig *rig, size_t instrument, double value)
{
	for (size_t i = 0; i < rig->n_seen; i++)
		if (rig->seen[i].instrument == instrument &&
		        isfinite(rig->seen[i].value))
			assert_close(rig->seen[i].value, value, 1e-6);
}

static void three_slaves_share_a_line(void **state)
{
	struct rig *rig = *state;
	run(rig, 60 * SECOND);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(count(rig, i, STATE_OK, 60 * SECOND), 12);
		only_these_values(rig, i, 4.0 * (double)(i + 1));
		assert_int_equal(poller_counts(rig->poller, i)->requests, 12);
		assert_int_equal(poller_counts(rig->poller, i)->timeouts, 0);
	}
	assert_int_equal(rig->n_seen, 36);
	assert_int_equal(rig->bus.opened, 1);
	assert_true(told(rig, "port bus up"));
	assert_true(told(rig, "instrument cod up"));
	assert_int_equal(rig->n_told, 4);
	assert_int_equal(lines_logged, 4);
}

static void the_time_is_that_of_the_first_byte(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].delay_us = 137 * MS;
	run(rig, SECOND);
	assert_int_equal(rig->seen[0].instrument, 0);
	int64_t after = rig->seen[0].when.time_us - START_TIME;
	assert_true(after >= 137 * MS + 5 * MS && after <= 137 * MS + 8 * MS);
}

static void a_dead_slave_costs_the_others_nothing_but_its_first_timeouts(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[2].manner = DEAD;
	run(rig, 600 * SECOND);
	assert_int_equal(count(rig, 0, STATE_OK, 600 * SECOND), 120);
	assert_int_equal(count(rig, 2, STATE_OK, 600 * SECOND), 120);
	assert_int_equal(count(rig, 1, STATE_OK, 600 * SECOND), 0);
	assert_int_equal(poller_counts(rig->poller, 0)->overruns, 0);
	assert_true(told(rig, "instrument ph down does not answer"));
	/* In its last minutes it is asked once a minute. */
	assert_in_range(count(rig, 1, STATE_SILENT, 300 * SECOND), 4, 6);
	assert_in_range(rig->bus.slave[2].asked, 12, 20);
	assert_int_equal(lines_logged, 4);
	rig->bus.slave[2].manner = ANSWERS;
	run(rig, 120 * SECOND);
	assert_in_range(count(rig, 1, STATE_OK, 120 * SECOND), 10, 24);
	assert_true(told(rig, "instrument ph up"));
	assert_int_equal(lines_logged, 5);
}

static void three_strikes_before_it_is_told(void **state)
{
	struct rig *rig = *state;
	run(rig, 6 * SECOND);
	size_t before = lines_logged;
	rig->bus.slave[3].manner = DEAD;
	run(rig, 9 * SECOND);
	assert_int_equal(lines_logged, before);
	rig->bus.slave[3].manner = ANSWERS;
	run(rig, 10 * SECOND);
	assert_int_equal(lines_logged, before);
	assert_false(told(rig, "cod down"));
}

static void half_an_answer_is_garbled_and_asked_for_again(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].manner = HALF;
	run(rig, 4 * SECOND);
	assert_int_equal(count(rig, 0, STATE_GARBLED, 4 * SECOND), 1);
	assert_int_equal(rig->bus.slave[1].asked, 2); /* one retry */
	assert_int_equal(poller_counts(rig->poller, 0)->garbled, 2);
	assert_int_equal(poller_counts(rig->poller, 0)->timeouts, 0);
	rig->bus.slave[1].manner = ANSWERS;
	run(rig, 6 * SECOND);
	assert_true(count(rig, 0, STATE_OK, 6 * SECOND) >= 1);
}

static void garbled_and_silent_are_told_apart(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].manner = GARBAGE;
	rig->bus.slave[2].manner = DEAD;
	rig->bus.slave[3].manner = FLIPPED;
	run(rig, 60 * SECOND);
	assert_true(count(rig, 0, STATE_GARBLED, 60 * SECOND) >= 3);
	assert_true(count(rig, 1, STATE_SILENT, 60 * SECOND) >= 3);
	assert_true(count(rig, 2, STATE_GARBLED, 60 * SECOND) >= 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(count(rig, i, STATE_OK, 60 * SECOND), 0);
	assert_true(told(rig, "instrument flow down something comes"));
	assert_true(told(rig, "instrument ph down does not answer"));
}

static void an_echo_and_noise_before_the_answer_are_skipped(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].manner = ECHO;
	rig->bus.slave[3].manner = NOISY;
	run(rig, 20 * SECOND);
	assert_int_equal(count(rig, 0, STATE_OK, 20 * SECOND), 4);
	assert_int_equal(count(rig, 2, STATE_OK, 20 * SECOND), 4);
	assert_int_equal(poller_counts(rig->poller, 0)->echoes, 4);
	assert_int_equal(poller_counts(rig->poller, 2)->noise, 16);
}

/* The answer comes after the deadline: it is never taken for that of the next request. */
static void a_late_answer_is_never_taken(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].manner = LATE;
	rig->bus.slave[1].delay_us = 700 * MS;
	for (int i = 0; i < 20; i++) {
		rig->bus.slave[1].value = 100 + i;
		run(rig, 5 * SECOND);
	}
	assert_int_equal(count(rig, 0, STATE_OK, 100 * SECOND), 0);
	assert_true(count(rig, 0, STATE_SILENT, 100 * SECOND) >= 3);
	/* While another is asked it is noise to that one, else it is counted as late. */
	assert_true(poller_counts(rig->poller, 0)->late +
	                    poller_counts(rig->poller, 1)->noise +
	                    poller_counts(rig->poller, 2)->noise >=
	            3);
	assert_int_equal(count(rig, 1, STATE_OK, 100 * SECOND), 20);
	only_these_values(rig, 1, 8);
	only_these_values(rig, 2, 12);
}

/* What one slave kept back may come after a request to another: the address tells. */
static void an_answer_of_another_slave_is_noise(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].manner = NEXT_ONE;
	run(rig, 30 * SECOND);
	only_these_values(rig, 0, 4);
	only_these_values(rig, 1, 8);
	only_these_values(rig, 2, 12);
	assert_int_equal(count(rig, 1, STATE_OK, 30 * SECOND), 6);
	assert_int_equal(count(rig, 2, STATE_OK, 30 * SECOND), 6);
}

static void exceptions_are_refusals_told_once(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[3].manner = EXCEPTION;
	rig->bus.slave[3].exception = 2;
	run(rig, 60 * SECOND);
	assert_int_equal(count(rig, 2, STATE_REFUSED, 60 * SECOND), 12);
	assert_int_equal(poller_counts(rig->poller, 2)->exceptions, 12);
	assert_true(told(rig,
	        "instrument cod refused refuses: exception 2, illegal data address; "
	        "the profile does not fit"));
	assert_false(told(rig, "cod down"));
	size_t lines = lines_logged;
	rig->bus.slave[3].exception = 6;
	run(rig, 30 * SECOND);
	assert_int_equal(lines_logged, lines + 1);
	rig->bus.slave[3].manner = ANSWERS;
	run(rig, 10 * SECOND);
	assert_int_equal(count(rig, 2, STATE_OK, 10 * SECOND), 2);
}

static void a_gateway_behind_which_nobody_answers_is_a_silent_instrument(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[3].manner = EXCEPTION;
	rig->bus.slave[3].exception = 11;
	run(rig, 60 * SECOND);
	assert_true(count(rig, 2, STATE_SILENT, 60 * SECOND) >= 3);
	assert_true(told(rig, "cod down does not answer"));
	assert_int_equal(count(rig, 0, STATE_OK, 60 * SECOND), 12);
}

static void a_hung_up_line_is_opened_again_ever_more_seldom(void **state)
{
	struct rig *rig = *state;
	run(rig, 10 * SECOND);
	size_t lines = lines_logged;
	rig->bus.gone = true;
	rig->bus.refuses = true;
	run(rig, 300 * SECOND);
	assert_true(told(rig, "port bus down hung up; trying again"));
	assert_int_equal(
	        lines_logged, lines + 2); /* hung up, and why it does not open */
	assert_false(poller_port_up(rig->poller, 0));
	/* The instruments are silent meanwhile, at their own pace, and not called dead. */
	assert_int_equal(count(rig, 0, STATE_SILENT, 300 * SECOND), 60);
	assert_false(told(rig, "instrument flow down"));
	rig->bus.refuses = false;
	run(rig, 70 * SECOND);
	assert_true(poller_port_up(rig->poller, 0));
	assert_int_equal(rig->bus.opened, 2);
	assert_true(count(rig, 0, STATE_OK, 30 * SECOND) >= 2);
	assert_int_equal(lines_logged, lines + 3);
}

static void a_poll_broken_off_by_a_hang_up_says_so(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].delay_us = 300 * MS;
	run(rig, 100 * MS);
	rig->bus.gone = true;
	run(rig, 10 * MS);
	assert_int_equal(rig->seen[0].instrument, 0);
	assert_int_equal(rig->seen[0].state, STATE_SILENT);
	assert_int_equal(rig->seen[0].when.mono_us, START_US + 5 * MS);
	assert_int_equal(rig->n_seen, 3); /* the others were due too */
	run(rig, 6 * SECOND);
	assert_true(count(rig, 0, STATE_OK, 5 * SECOND) >= 1);
}

static void nothing_is_due_before_its_time(void **state)
{
	struct rig *rig = *state;
	assert_int_equal(poller_wait_ms(rig->poller, &rig->now), 0);
	run(rig, 2 * SECOND);
	int wait = poller_wait_ms(rig->poller, &rig->now);
	assert_in_range(wait, 2990, 3001);
}

/* Woken only when it asks to be, the poller does as well as when looked at every millisecond. */
static void it_wakes_itself_in_time(void **state)
{
	struct rig *rig = *state;
	size_t steps = 0;
	int64_t end = rig->now.mono_us + 60 * SECOND;
	rig->bus.slave[2].manner = DEAD;
	while (rig->now.mono_us < end) {
		rig->bus.now_us = rig->now.mono_us;
		poller_step(rig->poller, NULL, 0, &rig->now);
		int64_t wait = poller_wait_ms(rig->poller, &rig->now) * MS;
		if (rig->bus.n_out > 0 && rig->bus.due_us > rig->now.mono_us &&
		        rig->bus.due_us - rig->now.mono_us < wait)
			wait = rig->bus.due_us - rig->now.mono_us;
		assert_true(wait > 0 || rig->bus.n_out > 0 || steps < 10);
		rig->now.mono_us += wait > 0 ? wait : MS;
		rig->now.time_us += wait > 0 ? wait : MS;
		steps++;
	}
	assert_true(steps < 300);
	assert_int_equal(count(rig, 0, STATE_OK, 60 * SECOND), 12);
	assert_int_equal(count(rig, 2, STATE_OK, 60 * SECOND), 12);
}

#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_make, rig_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIG(three_slaves_share_a_line),
		RIG(the_time_is_that_of_the_first_byte),
		RIG(a_dead_slave_costs_the_others_nothing_but_its_first_timeouts),
		RIG(three_strikes_before_it_is_told),
		RIG(half_an_answer_is_garbled_and_asked_for_again),
		RIG(garbled_and_silent_are_told_apart),
		RIG(an_echo_and_noise_before_the_answer_are_skipped),
		RIG(a_late_answer_is_never_taken),
		RIG(an_answer_of_another_slave_is_noise),
		RIG(exceptions_are_refusals_told_once),
		RIG(a_gateway_behind_which_nobody_answers_is_a_silent_instrument),
		RIG(a_hung_up_line_is_opened_again_ever_more_seldom),
		RIG(a_poll_broken_off_by_a_hang_up_says_so),
		RIG(nothing_is_due_before_its_time),
		RIG(it_wakes_itself_in_time),
	};
	return cmocka_run_group_tests_name("poller", tests, NULL, NULL);
}
