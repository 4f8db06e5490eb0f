/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/ports/usb.h"

#include <dirent.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

#define SERIAL_LEAST 5 /* characters of a serial number that tells adapters apart */

/* ---- what libserialport knows ---- */

static void copy(char *out, size_t room, const char *text)
{
	snprintf(out, room, "%s", text != NULL ? text : "");
}

static void take(struct usb_port *out, const struct sp_port *port)
{
	*out = (struct usb_port){
		.usb = sp_get_port_transport(port) == SP_TRANSPORT_USB,
		.vendor_id = -1,
		.product_id = -1,
		.bus = -1,
		.address = -1,
	};
	copy(out->path, sizeof out->path, sp_get_port_name(port));
	if (!out->usb)
		return;
	sp_get_port_usb_vid_pid(port, &out->vendor_id, &out->product_id);
	sp_get_port_usb_bus_address(port, &out->bus, &out->address);
	copy(out->maker, sizeof out->maker, sp_get_port_usb_manufacturer(port));
	copy(out->product, sizeof out->product, sp_get_port_usb_product(port));
	copy(out->serial, sizeof out->serial, sp_get_port_usb_serial(port));
}

static int by_name(const void *a, const void *b)
{
	const struct usb_port *one = a, *other = b;
	return strverscmp(one->path, other->path);
}

void usb_list(struct usb_ports *out)
{
	struct sp_port **list;
	out->n = 0;
	if (sp_list_ports(&list) != SP_OK)
		return;
	for (size_t i = 0; list[i] != NULL && out->n < USB_MOST; i++)
		take(&out->port[out->n++], list[i]);
	sp_free_port_list(list);
	qsort(out->port, out->n, sizeof out->port[0], by_name);
	usb_links(out, USB_LINKS);
}

/* ---- the links of udev ---- */

int usb_find(const struct usb_ports *ports, const char *path)
{
	char real[PATH_MAX];
	if (realpath(path, real) == NULL)
		copy(real, sizeof real, path);
	for (size_t i = 0; i < ports->n; i++)
		if (strcmp(ports->port[i].path, real) == 0)
			return (int)i;
	return NOT_FOUND;
}

static void read_links(struct usb_ports *ports, const char *folder, bool by_id)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir = opendir(folder);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		int i = usb_find(ports, path);
		if (i < 0)
			continue;
		struct usb_port *port = &ports->port[i];
		char *out = by_id ? port->by_id : port->by_path;
		/* udev may give a socket two names ("usb" and "usbv2"): the same one at
		 * every run */
		if (out[0] == '\0' || strcmp(path, out) < 0)
			copy(out, sizeof port->by_id, path);
	}
	if (dir != NULL)
		closedir(dir);
}

void usb_links(struct usb_ports *ports, const char *folder)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/by-id", folder);
	read_links(ports, path, true);
	snprintf(path, sizeof path, "%s/by-path", folder);
	read_links(ports, path, false);
}

/* ---- which name ---- */

/* Another port with this identity that has no by-id name of its own: one link was made
 * for both.  (The several ports of one adapter have each their own.) */
static bool has_twin(const struct usb_ports *ports, size_t i)
{
	const struct usb_port *one = &ports->port[i];
	for (size_t k = 0; k < ports->n; k++) {
		const struct usb_port *other = &ports->port[k];
		if (k == i || !other->usb || other->vendor_id != one->vendor_id ||
		        other->product_id != one->product_id ||
		        strcmp(other->serial, one->serial) != 0)
			continue;
		if (one->by_id[0] == '\0' || other->by_id[0] == '\0')
			return true;
	}
	return false;
}

/* Makers who give none leave the chip's "0001", the same on every one. */
static bool has_own_serial(const struct usb_port *port)
{
	return strlen(port->serial) >= SERIAL_LEAST;
}

static enum usb_reason reason_of(const struct usb_ports *ports, size_t i)
{
	const struct usb_port *port = &ports->port[i];
	if (!port->usb)
		return USB_BUILT_IN;
	if (has_twin(ports, i))
		return port->by_path[0] != '\0' ? USB_TWINS : USB_ONLY_NAME;
	if (has_own_serial(port) && port->by_id[0] != '\0')
		return USB_UNIQUE;
	return port->by_path[0] != '\0' ? USB_NO_SERIAL : USB_ONLY_NAME;
}

const char *usb_name(const struct usb_ports *ports, size_t i, enum usb_reason *why)
{
	const struct usb_port *port = &ports->port[i];
	*why = reason_of(ports, i);
	switch (*why) {
	case USB_UNIQUE:
		return port->by_id;
	case USB_NO_SERIAL:
	case USB_TWINS:
		return port->by_path;
	case USB_ONLY_NAME:
		return port->by_id[0] != '\0' && !has_twin(ports, i) ? port->by_id
		                                                     : port->path;
	default:
		return port->path;
	}
}
