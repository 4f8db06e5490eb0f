/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages of the kernel about devices that come and go.
 *
 * ttyS0 is as a kernel 6.18 sent it.  The FTDI device is put into the kernel's form from the properties of
 * github.com/systemd/systemd issue 8221 (udevadm monitor, Debian, kernel 4.15); its tty from the form
 * Linux gives a USB serial adapter.
 */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "sensors/ports/uevent.h"

#define UART "/devices/pnp0/00:00/00:00:0/00:00:0.0/tty/ttyS0"
static const char uart[] = "add@" UART "\0ACTION=add\0DEVPATH=" UART
                           "\0SUBSYSTEM=tty\0SYNTH_UUID=0\0MAJOR=4\0MINOR=64\0"
                           "DEVNAME=ttyS0\0SEQNUM=1511";

#define FTDI "/devices/pci0000:00/0000:00:1e.0/0000:01:01.0/0000:02:03.0/usb1/1-3"
#define FTDI_TEXTS                                                                     \
	"\0SUBSYSTEM=usb\0MAJOR=189\0MINOR=3\0DEVNAME=bus/usb/001/004\0"               \
	"DEVTYPE=usb_device\0PRODUCT=403/7840/900\0TYPE=0/0/0\0BUSNUM=001\0"           \
	"DEVNUM=004\0SEQNUM=1760"
static const char ftdi_in[] = "add@" FTDI "\0ACTION=add\0DEVPATH=" FTDI FTDI_TEXTS;
static const char ftdi_out[] =
        "remove@" FTDI "\0ACTION=remove\0DEVPATH=" FTDI FTDI_TEXTS;
static const char ftdi_bind[] = "bind@" FTDI "\0ACTION=bind\0DEVPATH=" FTDI FTDI_TEXTS;

static const char ftdi_interface[] =
        "add@" FTDI "/1-3:1.0\0ACTION=add\0DEVPATH=" FTDI
        "/1-3:1.0\0SUBSYSTEM=usb\0DEVTYPE=usb_interface\0PRODUCT=403/7840/900\0"
        "TYPE=0/0/0\0INTERFACE=255/255/255\0SEQNUM=1761";

#define TTY FTDI "/1-3:1.0/ttyUSB0/tty/ttyUSB0"
static const char tty[] =
        "add@" TTY "\0ACTION=add\0DEVPATH=" TTY
        "\0SUBSYSTEM=tty\0MAJOR=188\0MINOR=0\0DEVNAME=ttyUSB0\0SEQNUM=1765";

static const uint8_t *bytes(const char *message)
{
	return (const uint8_t *)message;
}

static void check_told(
        const char *message, size_t n, const char *word, const char *want)
{
	struct uevent event;
	char text[128];
	assert_int_equal(uevent_parse(&event, bytes(message), n), OK);
	assert_string_equal(uevent_word(&event), word);
	uevent_text(&event, text, sizeof text);
	assert_string_equal(text, want);
}

static void what_a_cabinet_wants_to_know_is_told(void **state)
{
	check_told(ftdi_in, sizeof ftdi_in, "usb in", "0403:7840 at 1-3");
	check_told(ftdi_out, sizeof ftdi_out, "usb out", "0403:7840 at 1-3");
	check_told(tty, sizeof tty, "tty in", "ttyUSB0 at 1-3:1.0");
	check_told(uart, sizeof uart, "tty in", "ttyS0 at 00:00:0.0");
}

static void a_modem_has_its_tty_right_below_its_interface(void **state)
{
#define ACM FTDI "/1-3:1.1/tty/ttyACM0"
	static const char acm[] = "remove@" ACM "\0ACTION=remove\0DEVPATH=" ACM
	                          "\0SUBSYSTEM=tty\0DEVNAME=ttyACM0\0SEQNUM=9";
	check_told(acm, sizeof acm, "tty out", "ttyACM0 at 1-3:1.1");
}

static void what_belongs_to_it_is_not_told_once_more(void **state)
{
	struct uevent event;
	assert_int_equal(
	        uevent_parse(&event, bytes(ftdi_interface), sizeof ftdi_interface), OK);
	assert_null(uevent_word(&event));
	assert_int_equal(uevent_parse(&event, bytes(ftdi_bind), sizeof ftdi_bind), OK);
	assert_null(uevent_word(&event));
}

static void a_device_without_a_product_has_its_place(void **state)
{
	static const char hub[] = "add@/devices/x/usb2\0ACTION=add\0DEVPATH=/devices/x/"
	                          "usb2\0SUBSYSTEM=usb\0DEVTYPE=usb_device\0"
	                          "PRODUCT=rubbish/1\0SEQNUM=1";
	check_told(hub, sizeof hub, "usb in", "device at usb2");
}

static void every_cut_is_refused(void **state)
{
	struct uevent event;
	size_t sound = 0;
	assert_int_equal(uevent_parse(&event, bytes(tty), sizeof tty), OK);
	for (size_t n = 0; n < sizeof tty; n++)
		sound += uevent_parse(&event, bytes(tty), n) == OK;
	/* between two texts a cut cannot be seen: after SUBSYSTEM there are three more of them */
	assert_int_equal(sound, 4);
	for (size_t n = 0; n < sizeof tty; n++)
		if (n == 0 || tty[n - 1] != '\0')
			assert_int_equal(
			        uevent_parse(&event, bytes(tty), n), MALFORMED);
}

static void what_contradicts_itself_or_is_of_udev_is_refused(void **state)
{
	static const char other_action[] = "add@" FTDI "\0ACTION=remove\0DEVPATH=" FTDI
	                                   "\0SUBSYSTEM=usb\0SEQNUM=1";
	static const char other_path[] =
	        "add@" FTDI "\0ACTION=add\0DEVPATH=" FTDI "x\0SUBSYSTEM=usb\0SEQNUM=1";
	static const char no_sign[] =
	        "add-/d@1\0ACTION=add\0DEVPATH=/d@1\0SUBSYSTEM=usb";
	static const char udev[] = "libudev\0\xfe\xed\xca\xfe\0\0\0\x28\0";
	static const char nameless[] = "add@" FTDI "\0ACTION=add\0DEVPATH=" FTDI;
	struct uevent event;
	assert_int_equal(uevent_parse(&event, bytes(other_action), sizeof other_action),
	        MALFORMED);
	assert_int_equal(
	        uevent_parse(&event, bytes(other_path), sizeof other_path), MALFORMED);
	assert_int_equal(
	        uevent_parse(&event, bytes(no_sign), sizeof no_sign), MALFORMED);
	assert_int_equal(uevent_parse(&event, bytes(udev), sizeof udev), MALFORMED);
	assert_int_equal(
	        uevent_parse(&event, bytes(nameless), sizeof nameless), MALFORMED);
	assert_int_equal(uevent_parse(&event, bytes(""), 0), MALFORMED);
	assert_int_equal(uevent_parse(&event, bytes(""), 1), MALFORMED);
}

static void texts_longer_than_their_room_are_cut(void **state)
{
	char message[3000], text[64];
	struct uevent event;
	int n = snprintf(message, sizeof message,
	        "add@/d/%01000d%cACTION=add%cDEVPATH=/d/%01000d%c", 7, 0, 0, 7, 0);
	memcpy(message + n, "SUBSYSTEM=tty\0DEVNAME=ttyX", 27);
	assert_int_equal(uevent_parse(&event, bytes(message), (size_t)n + 27), OK);
	uevent_text(&event, text, sizeof text);
	assert_string_equal(uevent_word(&event), "tty in");
	assert_true(strlen(text) < sizeof text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_cabinet_wants_to_know_is_told),
		cmocka_unit_test(a_modem_has_its_tty_right_below_its_interface),
		cmocka_unit_test(what_belongs_to_it_is_not_told_once_more),
		cmocka_unit_test(a_device_without_a_product_has_its_place),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(what_contradicts_itself_or_is_of_udev_is_refused),
		cmocka_unit_test(texts_longer_than_their_room_are_cut),
	};
	return cmocka_run_group_tests_name("uevent", tests, NULL, NULL);
}
