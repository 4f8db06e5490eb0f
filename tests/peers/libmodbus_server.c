/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A stranger that answers: libmodbus' server (Debian package libmodbus-dev), slave 17.
 *
 *     libmodbus_server tcp PORT
 *     libmodbus_server rtu PATH
 *
 * Coils, inputs and registers are those of libmodbus' own unit test, at its addresses; the
 * same float stands four times at 400, once in each order of its bytes.
 */
#include <errno.h>
#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLAVE 17

static modbus_mapping_t *map_new(void)
{
	static const uint8_t coils[] = { 0xCD, 0x6B, 0xB2, 0x0E, 0x1B };
	static const uint8_t inputs[] = { 0xAC, 0xDB, 0x35 };
	/* ABCD, CDAB, BADC, DCBA of 123456.0; not by modbus_set_float_abcd() and its like, which
	 * in 3.1.6 turn the bytes of each word */
	static const uint16_t floats[] = { 0x47F1, 0x2000, 0x2000, 0x47F1, 0xF147,
		0x0020, 0x0020, 0xF147 };
	modbus_mapping_t *map =
	        modbus_mapping_new_start_address(304, 37, 452, 22, 352, 60, 264, 1);
	if (map == NULL)
		return NULL;
	modbus_set_bits_from_bytes(map->tab_bits, 0, 37, coils);
	modbus_set_bits_from_bytes(map->tab_input_bits, 0, 22, inputs);
	map->tab_registers[0] = 555;
	map->tab_registers[1] = 1;
	map->tab_registers[2] = 100;
	memcpy(map->tab_registers + 48, floats, sizeof floats);
	map->tab_input_registers[0] = 10;
	return map;
}

static int serve(modbus_t *context, modbus_mapping_t *map)
{
	uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
	for (;;) {
		int n = modbus_receive(context, query);
		if (n > 0)
			modbus_reply(context, query, n, map);
		else if (n < 0 && errno != EMBBADCRC && errno != ETIMEDOUT)
			return 1;
	}
}

static modbus_t *open_tcp(const char *port)
{
	modbus_t *context = modbus_new_tcp("127.0.0.1", atoi(port));
	int listener = modbus_tcp_listen(context, 1);
	printf("ready\n");
	fflush(stdout);
	if (listener < 0 || modbus_tcp_accept(context, &listener) < 0)
		return NULL;
	return context;
}

static modbus_t *open_rtu(const char *path)
{
	modbus_t *context = modbus_new_rtu(path, 9600, 'N', 8, 1);
	modbus_set_slave(context, SLAVE);
	if (modbus_connect(context) != 0)
		return NULL;
	printf("ready\n");
	fflush(stdout);
	return context;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 64;
	modbus_mapping_t *map = map_new();
	modbus_t *context =
	        strcmp(argv[1], "tcp") == 0 ? open_tcp(argv[2]) : open_rtu(argv[2]);
	if (map == NULL || context == NULL) {
		fprintf(stderr, "libmodbus_server: %s\n", modbus_strerror(errno));
		return 1;
	}
	return serve(context, map);
}
