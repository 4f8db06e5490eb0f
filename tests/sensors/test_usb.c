/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and holders of serial ports, on folders of links and processes made up here. */
#include "tests/kits/check.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/status.h"
#include "sensors/ports/holder.h"
#include "sensors/ports/usb.h"

static void put(const char *folder, const char *name, const char *text, size_t n)
{
	char parent[512];
	snprintf(parent, sizeof parent, "%s", in_folder(folder, name));
	*strrchr(parent, '/') = '\0';
	assert_int_equal(folder_make(parent), OK);
	FILE *out = fopen(in_folder(folder, name), "w");
	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, n, out), n);
	assert_int_equal(fclose(out), 0);
}

static void put_text(const char *folder, const char *name, const char *text)
{
	put(folder, name, text, strlen(text));
}

static void put_link(const char *folder, const char *name, const char *target)
{
	char parent[512];
	snprintf(parent, sizeof parent, "%s", in_folder(folder, name));
	*strrchr(parent, '/') = '\0';
	assert_int_equal(folder_make(parent), OK);
	unlink(in_folder(folder, name));
	assert_int_equal(symlink(target, in_folder(folder, name)), 0);
}

/* ---- names ---- */

static struct usb_ports ports;

/* A port whose device is a file of the folder. */
static struct usb_port *plug(const char *folder, const char *name, const char *serial)
{
	struct usb_port *port = &ports.port[ports.n++];
	put_text(folder, name, "");
	*port = (struct usb_port){ .usb = true,
		.vendor_id = 0x1a86,
		.product_id = 0x7523,
		.bus = 1,
		.address = 7 };
	assert_non_null(realpath(in_folder(folder, name), port->path));
	snprintf(port->serial, sizeof port->serial, "%s", serial);
	return port;
}

static void links(const char *folder)
{
	char path[512];
	snprintf(path, sizeof path, "%s", in_folder(folder, "serial"));
	usb_links(&ports, path);
}

static void named(size_t i, const char *ending, enum usb_reason reason)
{
	enum usb_reason why;
	const char *name = usb_name(&ports, i, &why);
	size_t n = strlen(name), m = strlen(ending);
	assert_true(n >= m);
	assert_string_equal(name + n - m, ending);
	assert_int_equal(why, reason);
}

static void an_adapter_with_a_serial_number_goes_by_it(void **state)
{
	ports.n = 0;
	plug(*state, "dev/ttyUSB0", "A50285BI");
	put_link(*state, "serial/by-id/usb-FTDI_A50285BI-if00-port0",
	        "../../dev/ttyUSB0");
	put_link(*state, "serial/by-path/pci-usb-0:2:1.0-port0", "../../dev/ttyUSB0");
	links(*state);
	named(0, "/serial/by-id/usb-FTDI_A50285BI-if00-port0", USB_UNIQUE);
	assert_int_equal(
	        usb_find(&ports,
	                in_folder(*state, "serial/by-id/usb-FTDI_A50285BI-if00-port0")),
	        0);
	assert_int_equal(usb_find(&ports, in_folder(*state, "dev/ttyUSB0")), 0);
	assert_int_equal(usb_find(&ports, "/dev/null"), NOT_FOUND);
}

static void one_without_a_serial_number_goes_by_its_socket(void **state)
{
	static const char *const none[] = { "", "0001" };
	for (size_t i = 0; i < 2; i++) {
		ports.n = 0;
		plug(*state, "dev/ttyUSB0", none[i]);
		put_link(*state, "serial/by-id/usb-1a86_USB_Serial-if00-port0",
		        "../../dev/ttyUSB0");
		put_link(*state, "serial/by-path/pci-usb-0:3:1.0-port0",
		        "../../dev/ttyUSB0");
		links(*state);
		named(0, "/serial/by-path/pci-usb-0:3:1.0-port0", USB_NO_SERIAL);
	}
	ports.port[0].by_path[0] = '\0';
	named(0, "/serial/by-id/usb-1a86_USB_Serial-if00-port0", USB_ONLY_NAME);
}

/* udev has one link for both, of the one plugged in last. */
static void two_of_one_identity_go_by_their_sockets(void **state)
{
	ports.n = 0;
	plug(*state, "dev/ttyUSB0", "12345678");
	plug(*state, "dev/ttyUSB1", "12345678");
	put_link(*state, "serial/by-id/usb-1a86_12345678-if00-port0",
	        "../../dev/ttyUSB1");
	put_link(*state, "serial/by-path/pci-usb-0:2:1.0-port0", "../../dev/ttyUSB0");
	put_link(*state, "serial/by-path/pci-usb-0:3:1.0-port0", "../../dev/ttyUSB1");
	put_link(*state, "serial/by-path/pci-usbv2-0:3:1.0-port0", "../../dev/ttyUSB1");
	links(*state);
	named(0, "/serial/by-path/pci-usb-0:2:1.0-port0", USB_TWINS);
	named(1, "/serial/by-path/pci-usb-0:3:1.0-port0", USB_TWINS);
	ports.port[0].by_path[0] = ports.port[1].by_path[0] = '\0';
	named(0, "/dev/ttyUSB0", USB_ONLY_NAME);
	named(1, "/dev/ttyUSB1", USB_ONLY_NAME);
	/* another maker's with the same number is no twin */
	ports.port[0].vendor_id = 0x0403;
	named(1, "/serial/by-id/usb-1a86_12345678-if00-port0", USB_UNIQUE);
}

static void the_ports_of_one_adapter_are_no_twins(void **state)
{
	ports.n = 0;
	plug(*state, "dev/ttyUSB0", "FT4XYZAB");
	plug(*state, "dev/ttyUSB1", "FT4XYZAB");
	put_link(*state, "serial/by-id/usb-FTDI_Quad_FT4XYZAB-if00-port0",
	        "../../dev/ttyUSB0");
	put_link(*state, "serial/by-id/usb-FTDI_Quad_FT4XYZAB-if01-port0",
	        "../../dev/ttyUSB1");
	links(*state);
	named(0, "-if00-port0", USB_UNIQUE);
	named(1, "-if01-port0", USB_UNIQUE);
}

static void a_port_of_the_board_keeps_the_name_of_the_kernel(void **state)
{
	ports.n = 0;
	plug(*state, "dev/ttyS0", "")->usb = false;
	put_link(*state, "serial/by-path/pci-0000", "../../dev/ttyS0");
	links(*state);
	named(0, "/dev/ttyS0", USB_BUILT_IN);
}

static void the_list_of_this_machine_has_no_doubles(void **state)
{
	usb_list(&ports);
	assert_true(ports.n <= USB_MOST);
	for (size_t i = 1; i < ports.n; i++)
		assert_true(strcmp(ports.port[i - 1].path, ports.port[i].path) != 0);
}

/* ---- holders ---- */

static void process(
        const char *root, long pid, const char *comm, const char *words, size_t n)
{
	char name[64];
	snprintf(name, sizeof name, "proc/%ld/comm", pid);
	put_text(root, name, comm);
	snprintf(name, sizeof name, "proc/%ld/cmdline", pid);
	put(root, name, words, n);
}

static void opens(const char *root, long pid, const char *path)
{
	char name[64], real[4096];
	snprintf(name, sizeof name, "proc/%ld/fd/5", pid);
	assert_non_null(realpath(path, real));
	put_link(root, name, real);
}

static void locks(const char *root, long pid, const char *path)
{
	char line[256];
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	snprintf(line, sizeof line,
	        "1: POSIX  ADVISORY  WRITE 77 00:05:1 0 EOF\n"
	        "2: FLOCK  ADVISORY  WRITE %ld %02x:%02x:%lu 0 EOF\n",
	        pid, major(st.st_dev), minor(st.st_dev), (unsigned long)st.st_ino);
	put_text(root, "proc/locks", line);
}

static struct hold looked(const char *root)
{
	struct hold hold;
	hold_look(&hold, in_folder(root, "dev/ttyUSB0"), root);
	return hold;
}

static void a_port_nobody_has_is_free(void **state)
{
	put_text(*state, "dev/ttyUSB0", "");
	process(*state, 7, "bash\n", "bash", 5);
	opens(*state, 7, in_folder(*state, "proc/7/comm"));
	struct hold hold = looked(*state);
	assert_false(hold.missing || hold.forbidden || hold.modem_manager);
	assert_false(hold_taken(&hold));
	hold_look(&hold, in_folder(*state, "dev/ttyUSB1"), *state);
	assert_true(hold.missing);
}

static void who_locked_or_opened_it_is_named_in_full(void **state)
{
	put_text(*state, "dev/ttyUSB0", "");
	process(*state, 812, "quantrac-sensor\n",
	        "/usr/bin/quantrac-sensord\0--config\0x", 37);
	process(*state, 813, "minicom\n", "sh", 3);
	locks(*state, 812, in_folder(*state, "dev/ttyUSB0"));
	opens(*state, 812, in_folder(*state, "dev/ttyUSB0"));
	opens(*state, 813, in_folder(*state, "dev/ttyUSB0"));
	struct hold hold = looked(*state);
	assert_true(hold_taken(&hold));
	assert_int_equal(hold.n, 2);
	assert_string_equal(hold.holder[0].name, "quantrac-sensord");
	assert_int_equal(hold.holder[0].pid, 812);
	assert_int_equal(hold.holder[0].how, HOLDS_LOCK);
	assert_string_equal(hold.holder[1].name, "minicom");
	assert_int_equal(hold.holder[1].how, HOLDS_OPEN);
}

static void a_console_and_a_getty_are_seen(void **state)
{
	put_text(*state, "dev/ttyUSB0", "");
	process(*state, 1, "agetty\n", "agetty\0-L\0ttyUSB1\0vt102", 24);
	struct hold hold = looked(*state);
	assert_false(hold_taken(&hold));
	process(*state, 2, "agetty\n", "agetty\0-L\0ttyUSB0\0vt102", 24);
	hold = looked(*state);
	assert_int_equal(hold.n, 1);
	assert_int_equal(hold.holder[0].how, HOLDS_LOGIN);
	put_text(*state, "proc/consoles",
	        "tty0                 -WU (EC p  )    4:1\n"
	        "ttyUSB0              -W- (EC p a)  188:0\n");
	hold = looked(*state);
	assert_true(hold.console && hold_taken(&hold));
}

static void a_modem_manager_is_told_of_unless_it_was_told_to_stay_away(void **state)
{
	put_text(*state, "dev/ttyUSB0", "");
	process(*state, 9, "ModemManager\n", "/usr/sbin/ModemManager", 23);
	struct hold hold = looked(*state);
	assert_true(hold.modem_manager);
	assert_false(hold_taken(&hold));
	put_text(*state, "run/udev/data/c0:0", "S:serial/x\nE:ID_MM_DEVICE_IGNORE=1\n");
	hold = looked(*state);
	assert_false(hold.modem_manager);
}

/* Root may open anything: where the tests are root, a stranger looks. */
static void a_port_without_permission_names_the_group(void **state)
{
	put_text(*state, "dev/ttyUSB0", "");
	assert_int_equal(chmod(in_folder(*state, "dev/ttyUSB0"), 0600), 0);
	if (geteuid() == 0) {
		assert_int_equal(chmod(*state, 0755), 0);
		assert_int_equal(chmod(in_folder(*state, "dev"), 0755), 0);
		assert_int_equal(seteuid(65534), 0);
	} else {
		assert_int_equal(chmod(in_folder(*state, "dev/ttyUSB0"), 0), 0);
	}
	struct hold hold = looked(*state);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_true(hold.forbidden);
	assert_true(hold.group[0] != '\0');
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(an_adapter_with_a_serial_number_goes_by_it),
		WITH(one_without_a_serial_number_goes_by_its_socket),
		WITH(two_of_one_identity_go_by_their_sockets),
		WITH(the_ports_of_one_adapter_are_no_twins),
		WITH(a_port_of_the_board_keeps_the_name_of_the_kernel),
		cmocka_unit_test(the_list_of_this_machine_has_no_doubles),
		WITH(a_port_nobody_has_is_free),
		WITH(who_locked_or_opened_it_is_named_in_full),
		WITH(a_console_and_a_getty_are_seen),
		WITH(a_modem_manager_is_told_of_unless_it_was_told_to_stay_away),
		WITH(a_port_without_permission_names_the_group),
	};
	return cmocka_run_group_tests_name("usb", tests, NULL, NULL);
}
