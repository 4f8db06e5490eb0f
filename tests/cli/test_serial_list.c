/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What quantrac serial list prints of ports that are made up here, and of this machine. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/serial.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/line_kit.h"
#include "tests/kits/station_head.h"

static struct usb_ports ports;
static struct hold hold[USB_MOST];

static struct usb_port *plug(const char *path, const char *product, const char *serial)
{
	struct usb_port *port = &ports.port[ports.n++];
	*port = (struct usb_port){ .usb = product != NULL,
		.vendor_id = product != NULL ? 0x1a86 : -1,
		.product_id = product != NULL ? 0x7523 : -1,
		.bus = product != NULL ? 1 : -1,
		.address = product != NULL ? 7 : -1 };
	snprintf(port->path, sizeof port->path, "%s", path);
	snprintf(port->product, sizeof port->product, "%s",
	        product != NULL ? product : "");
	snprintf(port->serial, sizeof port->serial, "%s", serial);
	return port;
}

static void names(struct usb_port *port, const char *by_id, const char *by_path)
{
	snprintf(port->by_id, sizeof port->by_id, "%s", by_id);
	snprintf(port->by_path, sizeof port->by_path, "%s", by_path);
}

/* An FTDI of its own, two alike, and one on the board that nobody may open. */
static void make_machine(void)
{
	memset(hold, 0, sizeof hold);
	ports.n = 0;
	names(plug("/dev/ttyUSB0", "FT232R", "A50285BI"),
	        "/dev/serial/by-id/usb-FTDI_A50285BI-port0",
	        "/dev/serial/by-path/usb-1");
	names(plug("/dev/ttyUSB1", "CH340", ""), "", "/dev/serial/by-path/usb-2");
	names(plug("/dev/ttyUSB2", "CH340", ""), "/dev/serial/by-id/usb-1a86-port0",
	        "/dev/serial/by-path/usb-3");
	plug("/dev/ttyS0", NULL, "");
	hold[0].n = 1;
	hold[0].holder[0] = (struct holder){
		.pid = 812, .name = "quantrac-sensord", .how = HOLDS_LOCK
	};
	hold[2].modem_manager = true;
	hold[3].forbidden = true;
	snprintf(hold[3].group, sizeof hold[3].group, "dialout");
}

static char *printed(const struct station *station, int format, const char *lang)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	const struct common common = { .format = format, .lang = lang };
	const struct serial_listing listing = { &ports, hold, station };
	serial_list_print(out, &listing, &common);
	assert_int_equal(fclose(out), 0);
	return text;
}

static struct station *station(const char *folder)
{
	fixture_profiles(folder);
	fixture_write(folder, "station.yaml",
	        STATION_HEAD
	        "profiles: profiles\n"
	        "ports:\n"
	        "  - {id: bus, path: /dev/ttyUSB0}\n"
	        "  - {id: stack, path: /dev/serial/by-id/pulled-out}\n"
	        "instruments:\n"
	        "  - {id: cod, profile: fixture-water, port: bus, slave: 1}\n");
	return fixture_station(folder, "station.yaml");
}

static void people_read_names_users_problems_and_cures(void **state)
{
	struct station *made = station(*state);
	make_machine();
	char *text = printed(made, TABLE_TEXT, "en");
	assert_contains(text, "PORT          ADAPTER          NAME TO WRITE            "
	                      "                  "
	                      "CONFIGURED AS  USED BY                     PROBLEM\n"
	                      "/dev/ttyUSB0  FT232R A50285BI  "
	                      "/dev/serial/by-id/usb-FTDI_A50285BI-port0  "
	                      "nt-01: bus     quantrac-sensord (pid 812)  in use\n");
	assert_contains(
	        text, "/dev/ttyUSB1  CH340            /dev/serial/by-path/usb-2");
	assert_contains(text, "/dev/ttyUSB1: two adapters have one identity");
	assert_contains(text, "/dev/ttyUSB2: ModemManager tries its commands");
	assert_contains(text, "sudo systemctl disable --now ModemManager");
	assert_contains(text, "/dev/ttyS0: this user may not open it\n"
	                      "    sudo adduser $USER dialout, then log in again\n");
	assert_contains(text,
	        "/dev/ttyUSB0: the configuration has this name; write path: "
	        "/dev/serial/by-id/usb-FTDI_A50285BI-port0\n");
	assert_contains(text, "/dev/serial/by-id/pulled-out: port stack of the "
	                      "configuration (nt-01) is not plugged in\n");
	free(text);
	text = printed(made, TABLE_TEXT, "vi");
	assert_contains(text, "CỔNG          BỘ CHUYỂN ĐỔI    TÊN NÊN GHI");
	assert_contains(text, "quantrac-sensord (pid 812)  đang bận\n");
	assert_contains(text, "hai bộ chuyển đổi giống hệt nhau");
	assert_contains(text, "sudo adduser $USER dialout, rồi đăng nhập lại");
	assert_contains(text, "quantrac-sensord (pid 812) đang dùng cổng này");
	free(text);
	station_free(made);
}

static void programs_read_all_of_it_in_fixed_columns(void **state)
{
	make_machine();
	char *text = printed(NULL, TABLE_CSV, "en");
	assert_contains(text,
	        "port,adapter,usb_id,serial,bus,address,by_id,by_path,name,why,"
	        "configured,"
	        "used_by,problem,cure\n"
	        "/dev/ttyUSB0,FT232R A50285BI,1a86:7523,A50285BI,1,7,"
	        "/dev/serial/by-id/usb-FTDI_A50285BI-port0,/dev/serial/by-path/usb-1,"
	        "/dev/serial/by-id/usb-FTDI_A50285BI-port0,own serial number,,"
	        "quantrac-sensord (pid 812),in use,");
	assert_contains(
	        text, "\n/dev/ttyS0,-,,,,,,,/dev/ttyS0,built in,,,no permission,");
	assert_null(strstr(text, "not plugged in"));
	free(text);
	text = printed(NULL, TABLE_JSON, "en");
	assert_contains(text, "\"why\":\"identity repeats\"");
	free(text);
}

static void a_machine_without_ports_is_told(void **state)
{
	ports.n = 0;
	char *text = printed(NULL, TABLE_TEXT, "en");
	assert_contains(text, "this machine has no serial port");
	free(text);
	text = printed(NULL, TABLE_TEXT, "vi");
	assert_contains(text, "máy này không có cổng nối tiếp nào");
	free(text);
}

static void a_configuration_that_cannot_be_read_is_told_and_the_rest_shown(void **state)
{
	line_says(*state, "serial list --format csv", 0, "port,adapter,usb_id,");
	fixture_write(*state, "station.yaml", "rubbish: 1\n");
	char *text = line_said(*state, "serial list --format csv", 0);
	assert_contains(text, "port,adapter,usb_id,");
	assert_contains(text, "quantrac serial list: station.yaml:");
	free(text);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(people_read_names_users_problems_and_cures),
		cmocka_unit_test(programs_read_all_of_it_in_fixed_columns),
		cmocka_unit_test(a_machine_without_ports_is_told),
		WITH(a_configuration_that_cannot_be_read_is_told_and_the_rest_shown),
	};
	return cmocka_run_group_tests_name("serial_list", tests, NULL, NULL);
}
