/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac station test, the real program, of devices whose frames are sound and not the answer. */
#include "tests/kits/check.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/status.h"
#include "sensors/drivers/modbus.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/e2e_cabinet.h"
#include "tests/kits/free_port.h"
#include "tests/kits/line_kit.h"
#include "tests/kits/station_head.h"

static const char station[] = STATION_HEAD
        "profiles: profiles\n"
        "ports: [{id: bus, path: run/bus}, {id: net, tcp: \"127.0.0.1:%d\"}]\n"
        "instruments:\n"
        "  - {id: cod, profile: fixture-water, port: bus, slave: 3, poll_every: 1s}\n"
        "  - {id: far, profile: fixture-water, port: net, slave: 1, poll_every: 1s}\n";

/* Answers as another slave, with fewer registers, or with number 0. */
enum { OTHER_SLAVE = 1, SHORTER = 2, NUMBER_0 = 4 };

static int misanswer(int framing, int how, const uint8_t *in, size_t n, uint8_t *out)
{
	static const uint8_t data[2 * MODBUS_REGISTERS];
	struct modbus_request request;
	if (modbus_request_get(framing, in, n, &request) <= 0)
		return 0;
	request.slave = (uint8_t)(request.slave + (how & OTHER_SLAVE ? 1 : 0));
	request.count = (uint16_t)(request.count - (how & SHORTER ? 1 : 0));
	request.number = how & NUMBER_0 ? 0 : request.number;
	return modbus_answer_put(framing, &request, data, out, MODBUS_FRAME);
}

static void talk(int fd, int how)
{
	uint8_t in[64], out[MODBUS_FRAME];
	for (int i = 0; i < 6000; i++) {
		size_t n = line_read(fd, in, sizeof in, 20);
		int size = n > 0 ? misanswer(FRAMING_RTU, how, in, n, out) : 0;
		if (size > 0 && write(fd, out, (size_t)size) != size)
			_exit(97);
	}
}

static void as_another_slave(const char *folder, int master)
{
	talk(master, OTHER_SLAVE);
}

static void with_fewer_registers(const char *folder, int master)
{
	talk(master, SHORTER);
}

static pid_t serve(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
	uint8_t in[64], out[MODBUS_FRAME];
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 4), 0);
	pid_t child = fork();
	if (child != 0) {
		close(fd);
		return child;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int client; (client = accept(fd, NULL, NULL)) >= 0; close(client))
		for (ssize_t n; (n = read(client, in, sizeof in)) > 0;) {
			int size = misanswer(FRAMING_TCP, NUMBER_0, in, (size_t)n, out);
			if (write(client, out, (size_t)size) != size)
				break;
		}
	_exit(0);
}

static void begin(const char *folder, int port)
{
	fixture_profiles(folder);
	fixture_write(folder, "station.yaml", station, port);
}

static void a_frame_of_another_slave_is_named_and_not_the_line(void **state)
{
	begin(*state, 1);
	pid_t line = line_begin(*state, "bus", as_another_slave);
	char *text = line_said(*state, "station test cod --for 2s", EXIT_FOUND);
	assert_contains(text, "sound frames come, but no answer to what was asked: a "
	                      "sound frame of slave 4 comes, and slave 3 was asked");
	assert_contains(text, "the line is right: compare address");
	assert_null(strstr(text, "a wrong speed"));
	free(text);
	text = line_said(*state, "station test cod --for 1s --lang vi", EXIT_FOUND);
	assert_contains(text, "có khung tin đúng dạng nhưng không phải trả lời");
	assert_contains(text,
	        "nhận được khung đúng của địa chỉ (slave) 4, trong khi hỏi địa chỉ 3");
	assert_contains(text, "đường truyền đúng: so địa chỉ");
	free(text);
	line_end(line);
}

static void another_number_of_registers_is_named(void **state)
{
	begin(*state, 1);
	pid_t line = line_begin(*state, "bus", with_fewer_registers);
	char *text = line_said(*state, "station test cod --for 500ms", EXIT_FOUND);
	assert_contains(text, "a sound answer of 5 registers comes to a request of 6");
	/* after a lost answer one register is asked for, which the profile does not */
	assert_contains(text, "-> 03 04 00 64 00 06 30 35\n");
	assert_contains(text, "-> 03 04 00 64 00 01 71 F7   (trial)\n");
	free(text);
	line_says(*state, "station test cod --for 500ms --lang vi", EXIT_FOUND,
	        "71 F7   (hỏi thử)\n");
	line_end(line);
}

static void a_device_that_does_not_give_the_number_back_is_named(void **state)
{
	int port = free_port();
	begin(*state, port);
	pid_t device = serve(port);
	char *text = line_said(*state, "station test far --for 2s", EXIT_FOUND);
	assert_contains(text, "the answer carries number 0, and its request had ");
	assert_contains(text, "a gateway has to give each answer the number");
	assert_contains(text, " 0 silent");
	assert_contains(text, " 0 late");
	assert_null(strstr(text, "does not answer"));
	free(text);
	line_end(device);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_frame_of_another_slave_is_named_and_not_the_line),
		WITH(another_number_of_registers_is_named),
		WITH(a_device_that_does_not_give_the_number_back_is_named),
	};
	unsetenv("LANG");
	unsetenv("LC_ALL");
	return cmocka_run_group_tests_name("station_foreign", tests, NULL, NULL);
}
