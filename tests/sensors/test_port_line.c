/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libserialport is told of a line, and in what order: one of our own stands in its place. */
#include "tests/kits/check.h"

#include <fcntl.h>
#include <libserialport.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensors/ports/port.h"

/* ---- the library ---- */

static char told[512];
static const char *refuses; /* what it cannot do */
static int opened = -1;
static char opened_path[128];

static enum sp_return tell(const char *what, int value)
{
	size_t n = strlen(told);
	snprintf(told + n, sizeof told - n, "%s %d\n", what, value);
	return refuses != NULL && strcmp(refuses, what) == 0 ? SP_ERR_SUPP : SP_OK;
}

enum sp_return sp_get_port_by_name(const char *name, struct sp_port **out)
{
	snprintf(opened_path, sizeof opened_path, "%s", name);
	*out = calloc(1, 1);
	return *out != NULL ? SP_OK : SP_ERR_MEM;
}

void sp_free_port(struct sp_port *port)
{
	free(port);
}

enum sp_return sp_open(struct sp_port *port, enum sp_mode mode)
{
	(void)port;
	opened = open(opened_path, mode == SP_MODE_READ ? O_RDONLY : O_RDWR);
	return tell("open", mode);
}

enum sp_return sp_close(struct sp_port *port)
{
	(void)port;
	close(opened);
	opened = -1;
	return tell("close", 0);
}

enum sp_return sp_get_port_handle(const struct sp_port *port, void *out)
{
	(void)port;
	*(int *)out = opened;
	return SP_OK;
}

enum sp_return sp_set_baudrate(struct sp_port *port, int baud)
{
	(void)port;
	return tell("baud", baud);
}

enum sp_return sp_set_bits(struct sp_port *port, int bits)
{
	(void)port;
	return tell("bits", bits);
}

enum sp_return sp_set_parity(struct sp_port *port, enum sp_parity parity)
{
	(void)port;
	return tell("parity", parity);
}

enum sp_return sp_set_stopbits(struct sp_port *port, int bits)
{
	(void)port;
	return tell("stop", bits);
}

enum sp_return sp_set_flowcontrol(struct sp_port *port, enum sp_flowcontrol way)
{
	(void)port;
	return tell("flow", way);
}

enum sp_return sp_set_dtr(struct sp_port *port, enum sp_dtr way)
{
	(void)port;
	return tell("dtr", way);
}

enum sp_return sp_set_rts(struct sp_port *port, enum sp_rts way)
{
	(void)port;
	return tell("rts", way);
}

/* ---- a line behind it ---- */

struct wire {
	int master, slave;
	char path[64];
	struct port_setting setting;
	struct port *port;
};

static int wire_make(void **state)
{
	struct wire *wire = calloc(1, sizeof *wire);
	if (openpty(&wire->master, &wire->slave, wire->path, NULL, NULL) != 0)
		return -1;
	wire->setting = (struct port_setting){ .id = "bus",
		.path = wire->path,
		.host = "",
		.service = "",
		.line = { .baud = 19200,
		        .data_bits = 7,
		        .parity = 'E',
		        .stop_bits = 2 },
		.dtr = 1,
		.rts = 1 };
	wire->port = port_serial_new(&wire->setting);
	told[0] = '\0';
	refuses = NULL;
	*state = wire;
	return 0;
}

static int wire_remove(void **state)
{
	struct wire *wire = *state;
	wire->port->free(wire->port);
	close(wire->master);
	close(wire->slave);
	free(wire);
	return 0;
}

static void a_line_is_set_as_the_configuration_says(void **state)
{
	struct wire *wire = *state;
	struct problem why;
	assert_int_equal(wire->port->open(wire->port, &why), OK);
	assert_string_equal(told, "open 3\nbaud 19200\nbits 7\nparity 2\nstop 2\n"
	                          "flow 0\ndtr 1\nrts 1\n");
}

static void modem_lines_stay_off_where_the_configuration_says_so(void **state)
{
	struct wire *wire = *state;
	struct problem why;
	wire->setting.dtr = wire->setting.rts = 0;
	assert_int_equal(wire->port->open(wire->port, &why), OK);
	assert_contains(told, "dtr 0\nrts 0\n");
}

/* Its RTS would make an adapter of two wires drive the line. */
static void the_line_of_another_master_is_opened_for_reading_alone(void **state)
{
	struct wire *wire = *state;
	struct problem why;
	wire->setting.listen = true;
	assert_int_equal(wire->port->open(wire->port, &why), OK);
	assert_contains(told, "open 1\n");
	assert_contains(told, "dtr 1\nrts 0\n");
	assert_int_equal(fcntl(opened, F_GETFL) & O_ACCMODE, O_RDONLY);
}

static void a_line_in_use_is_not_even_opened(void **state)
{
	struct wire *wire = *state;
	struct problem why;
	struct port *other = port_serial_new(&wire->setting);
	assert_int_equal(wire->port->open(wire->port, &why), OK);
	told[0] = '\0';
	assert_int_equal(other->open(other, &why), REFUSED);
	assert_string_equal(told, "");
	other->free(other);
	assert_string_equal(told, "");
}

/* And is free for the next one afterwards. */
static void what_cannot_be_set_is_said(void **state)
{
	static const struct {
		const char *what, *says;
	} refused[] = { { "baud", "this speed cannot be set" },
		{ "bits", "this number of data bits cannot be set" },
		{ "parity", "this parity cannot be set" },
		{ "stop", "this number of stop bits cannot be set" },
		{ "flow", "flow control cannot be switched off" } };
	struct wire *wire = *state;
	struct problem why;
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		refuses = refused[i].what;
		assert_int_equal(wire->port->open(wire->port, &why), FAILED);
		assert_contains(why.text, refused[i].says);
		assert_int_equal(opened, -1);
	}
	refuses = "dtr"; /* a line without modem lines is one all the same */
	assert_int_equal(wire->port->open(wire->port, &why), OK);
}

#define WIRE(test) cmocka_unit_test_setup_teardown(test, wire_make, wire_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WIRE(a_line_is_set_as_the_configuration_says),
		WIRE(modem_lines_stay_off_where_the_configuration_says_so),
		WIRE(the_line_of_another_master_is_opened_for_reading_alone),
		WIRE(a_line_in_use_is_not_even_opened),
		WIRE(what_cannot_be_set_is_said),
	};
	return cmocka_run_group_tests_name("port_line", tests, NULL, NULL);
}
