/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kernel says of a device that comes or goes (NETLINK_KOBJECT_UEVENT, group 1): texts, each ended
 * by a zero, the first of them `action@devpath` (kernel, lib/kobject_uevent.c).
 *
 *   add@/devices/pci0000:00/.../usb1/1-1 0 ACTION=add 0 DEVPATH=/devices/... 0 SUBSYSTEM=usb 0
 *   MAJOR=189 0 DEVNAME=bus/usb/001/005 0 DEVTYPE=usb_device 0 PRODUCT=403/6001/600 0 SEQNUM=2744 0
 *
 * udev's own messages (group 2) begin with "libudev" and are not this.  All but the last two are pure.
 */
#ifndef SENSORS_UEVENT_H
#define SENSORS_UEVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UEVENT_MOST 8192 /* the kernel's buffer is 2048 of texts, and the first one */

struct uevent {
	char action[16], subsystem[32], devtype[32], devname[64];
	char devpath[512];
	bool has_product;
	unsigned vendor, product; /* PRODUCT=vendor/product/release, hexadecimal */
};

/* OK or MALFORMED: no message of the kernel, or one that contradicts itself. */
int uevent_parse(struct uevent *out, const uint8_t *in, size_t n);

/* The state word for what a cabinet wants to know ("usb in", "usb out", "tty in", "tty out"); NULL: anything
 * else. */
const char *uevent_word(const struct uevent *event);

/* "0403:6001 at 1-1.4", "ttyUSB0 at 1-1.4:1.0". */
void uevent_text(const struct uevent *event, char *out, size_t room);

/* ---- where they come from: uevent_socket.c ---- */

/* A descriptor that is readable when a device has come or gone; FAILED with errno. */
int uevent_open(void);

/* The next message: 1, 0 none is there, FAILED: some were lost (errno ENOBUFS), or it is broken. */
int uevent_next(int fd, struct uevent *out);

#endif
