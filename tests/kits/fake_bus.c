/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/fake_bus.h"

#include <poll.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "sensors/drivers/modbus.h"

static int bus_open(struct port *port, struct problem *why)
{
	struct fake_bus *bus = (struct fake_bus *)port;
	bus->looked++;
	if (bus->refuses)
		return problem_set(why, bus->missing ? NOT_FOUND : FAILED, EXIT_NO_FILE,
		        "port bus: there is no such device");
	bus->is_open = true;
	bus->gone = false;
	bus->opened++;
	memset(bus->message, 0, sizeof bus->message);
	return OK;
}

static int bus_descriptor(struct port *port)
{
	return -1;
}

static short bus_events(struct port *port)
{
	return ((struct fake_bus *)port)->is_open ? POLLIN : 0;
}

static int bus_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	struct fake_bus *bus = (struct fake_bus *)port;
	if (bus->gone)
		return HUNG_UP;
	struct fake_message *first = NULL;
	for (size_t i = 0; i < 16; i++) {
		struct fake_message *one = &bus->message[i];
		if (one->n > 0 && one->due_us <= bus->now_us &&
		        (first == NULL || one->due_us < first->due_us))
			first = one;
	}
	if (first == NULL)
		return 0;
	size_t n = first->n;
	assert_true(n <= room);
	memcpy(out, first->byte, n);
	first->n = 0;
	bus->gone = bus->hangs_up;
	return (int)n;
}

int64_t fake_bus_next_us(const struct fake_bus *bus)
{
	int64_t next = INT64_MAX;
	for (size_t i = 0; i < 16; i++)
		if (bus->message[i].n > 0 && bus->message[i].due_us < next)
			next = bus->message[i].due_us;
	return next;
}

void fake_bus_say(struct fake_bus *bus, int64_t due_us, const uint8_t *bytes, size_t n)
{
	size_t i = 0;
	while (i < 15 && bus->message[i].n > 0)
		i++;
	assert_int_equal(bus->message[i].n, 0);
	bus->message[i].due_us = due_us;
	bus->message[i].n = n;
	memcpy(bus->message[i].byte, bytes, n);
}

/* The answer of a simulated instrument: all registers of the block hold the value. */
static size_t answer(const struct fake_slave *slave,
        const struct modbus_request *request, uint8_t *out)
{
	uint8_t data[256] = { 0 };
	struct profile_tag tag = {
		.type = TYPE_F32, .scale = 1, .divide = 1, .count = 1
	};
	if (slave->manner == EXCEPTION)
		return (size_t)modbus_exception_put(
		        FRAMING_RTU, request, slave->exception, out, FRAME_MOST);
	if (slave->unknown != 0 && request->start == slave->unknown)
		return (size_t)modbus_exception_put(
		        FRAMING_RTU, request, 2, out, FRAME_MOST);
	tag.order = request->slave == 2 ? ORDER_CDAB : ORDER_ABCD;
	tag.at = request->slave == 1 ? 2 : request->slave == 2 ? 0 : 1;
	modbus_tag_put(&tag, false, slave->value, data);
	return (size_t)modbus_answer_put(FRAMING_RTU, request, data, out, FRAME_MOST);
}

static void behave(struct fake_bus *bus, struct fake_slave *slave, const uint8_t *in,
        size_t n, const struct modbus_request *request)
{
	static const uint8_t noise[] = { 0xFF, 0x00, 0xF0, 0x03 };
	static const uint8_t stray[] = { 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00 };
	uint8_t bytes[FRAME_MOST];
	size_t size = answer(slave, request, bytes);
	int64_t due_us = bus->now_us + slave->delay_us;
	switch (slave->manner) {
	case DEAD:
		return;
	case ECHOES:
		fake_bus_say(bus, due_us - 1, in, n);
		break;
	case ECHO_ONLY:
		fake_bus_say(bus, due_us, in, n);
		return;
	case STRAY:
		fake_bus_say(bus, due_us, stray, slave->stray);
		return;
	case NOISY:
		fake_bus_say(bus, due_us - 1, noise, sizeof noise);
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
		if (bus->n_kept > 0)
			fake_bus_say(bus, due_us, bus->kept, bus->n_kept);
		memcpy(bus->kept, bytes, size);
		bus->n_kept = size;
		return;
	default:
		break;
	}
	fake_bus_say(bus, due_us, bytes, size);
}

/* A coil: its answer is the request once more. */
static void write_coil(struct fake_bus *bus, const uint8_t *in, size_t n)
{
	struct fake_slave *slave = &bus->slave[in[0] % 8];
	int64_t due_us = bus->now_us + slave->delay_us;
	uint8_t refusal[FRAME_MOST];
	struct modbus_request request = { .slave = in[0], .function = 5 };
	assert_int_equal(n, 8);
	assert_int_equal(crc16_modbus(in, 6), get_le16(in + 6));
	if (slave->manner == ECHOES)
		fake_bus_say(bus, due_us - 1, in, n);
	if (slave->manner == EXCEPTION) {
		int size = modbus_exception_put(FRAMING_RTU, &request, slave->exception,
		        refusal, sizeof refusal);
		fake_bus_say(bus, due_us, refusal, (size_t)size);
		return;
	}
	slave->coils++;
	slave->coil = in[4] == 0xff;
	if (slave->manner != DEAD)
		fake_bus_say(bus, due_us, in, n);
}

static int bus_write(struct port *port, const uint8_t *in, size_t n)
{
	struct fake_bus *bus = (struct fake_bus *)port;
	struct modbus_request request;
	if (bus->gone)
		return HUNG_UP;
	if (in[1] == 5) {
		write_coil(bus, in, n);
		return (int)n;
	}
	assert_int_equal(modbus_request_get(FRAMING_RTU, in, n, &request), n);
	assert_true(request.slave < 8);
	struct fake_slave *slave = &bus->slave[request.slave];
	slave->asked++;
	behave(bus, slave, in, n, &request);
	return (int)n;
}

static void bus_close(struct port *port)
{
	((struct fake_bus *)port)->is_open = false;
}

static void bus_free(struct port *port)
{
}

void fake_bus_init(struct fake_bus *bus)
{
	*bus = (struct fake_bus){ .port = {
		                          .open = bus_open,
		                          .descriptor = bus_descriptor,
		                          .events = bus_events,
		                          .read = bus_read,
		                          .write = bus_write,
		                          .close = bus_close,
		                          .free = bus_free,
		                  } };
	for (int i = 1; i <= 3; i++)
		bus->slave[i] =
		        (struct fake_slave){ .delay_us = 40000, .value = 4.0 * i };
}
