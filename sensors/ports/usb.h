/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Serial ports by who they are, not by the order they were plugged in:
 *
 *   /dev/ttyUSB0                                             order of plugging: changes
 *   /dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0    the adapter, in any socket
 *   /dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0   the socket, with any adapter
 *
 * udev makes the by-id names of maker, model and serial number.  Adapters without one
 * (CH340, many PL2303) all have one name, and the link is of the one plugged in last.
 */
#ifndef SENSORS_USB_H
#define SENSORS_USB_H

#include <stdbool.h>
#include <stddef.h>

#define USB_MOST  64
#define USB_LINKS "/dev/serial"

struct usb_port {
	char path[128];                /* as the kernel calls it: "/dev/ttyUSB0" */
	char by_id[256], by_path[256]; /* "": there is no such link */
	char maker[64], product[64], serial[64];
	bool usb;
	int vendor_id, product_id, bus, address; /* -1: unknown */
};

struct usb_ports {
	size_t n;
	struct usb_port port[USB_MOST];
};

/* Every serial port of this machine with its names, in the order of their paths. */
void usb_list(struct usb_ports *out);

/* Fill in the names that links in <folder>/by-id and <folder>/by-path give the ports. */
void usb_links(struct usb_ports *ports, const char *folder);

/* Why a name is the one to write into a configuration. */
enum usb_reason {
	USB_UNIQUE,    /* by-id: the adapter has a serial number of its own */
	USB_NO_SERIAL, /* by-path: any other of its kind would have the same by-id */
	USB_TWINS,     /* by-path: another one plugged in has the same identity */
	USB_BUILT_IN,  /* the kernel's: it is soldered in */
	USB_ONLY_NAME, /* the kernel's, or a by-id that may repeat: there is no other */
};

/* The name to write into a configuration for port i. */
const char *usb_name(const struct usb_ports *ports, size_t i, enum usb_reason *why);

/* Which port a path means, through links; NOT_FOUND. */
int usb_find(const struct usb_ports *ports, const char *path);

#endif
