/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/ports/uevent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

/* A text of the message, or NULL when its zero is missing. */
static const char *next_text(const uint8_t *in, size_t n, size_t *at)
{
	const char *text = (const char *)in + *at;
	const char *end = *at < n ? memchr(text, '\0', n - *at) : NULL;
	if (end == NULL)
		return NULL;
	*at += (size_t)(end - text) + 1;
	return text;
}

static bool take(const char *text, const char *key, char *out, size_t room)
{
	size_t n = strlen(key);
	if (strncmp(text, key, n) != 0)
		return false;
	snprintf(out, room, "%s", text + n);
	return true;
}

static void take_product(const char *text, struct uevent *out)
{
	char *end;
	if (strncmp(text, "PRODUCT=", 8) != 0)
		return;
	unsigned long vendor = strtoul(text + 8, &end, 16);
	if (*end != '/' || vendor > 0xffff)
		return;
	unsigned long product = strtoul(end + 1, &end, 16);
	if (*end != '/' || product > 0xffff)
		return;
	out->vendor = (unsigned)vendor;
	out->product = (unsigned)product;
	out->has_product = true;
}

static void take_text(const char *text, struct uevent *out)
{
	bool taken = take(text, "SUBSYSTEM=", out->subsystem, sizeof out->subsystem) ||
	             take(text, "DEVTYPE=", out->devtype, sizeof out->devtype) ||
	             take(text, "DEVNAME=", out->devname, sizeof out->devname) ||
	             take(text, "ACTION=", out->action, sizeof out->action) ||
	             take(text, "DEVPATH=", out->devpath, sizeof out->devpath);
	if (!taken)
		take_product(text, out);
}

/* The first text says action and path once more. */
static bool agrees(const struct uevent *event, const char *head)
{
	size_t n = strlen(event->action);
	return event->action[0] != '\0' && event->subsystem[0] != '\0' &&
	       strncmp(head, event->action, n) == 0 && head[n] == '@' &&
	       strncmp(head + n + 1, event->devpath, sizeof event->devpath - 1) == 0;
}

int uevent_parse(struct uevent *out, const uint8_t *in, size_t n)
{
	size_t at = 0;
	memset(out, 0, sizeof *out);
	const char *head = next_text(in, n, &at);
	if (head == NULL || strchr(head, '@') == NULL)
		return MALFORMED;
	while (at < n) {
		const char *text = next_text(in, n, &at);
		if (text == NULL)
			return MALFORMED;
		take_text(text, out);
	}
	return agrees(out, head) ? OK : MALFORMED;
}

const char *uevent_word(const struct uevent *event)
{
	bool in = strcmp(event->action, "add") == 0;
	if (!in && strcmp(event->action, "remove") != 0)
		return NULL;
	if (strcmp(event->subsystem, "usb") == 0 &&
	        strcmp(event->devtype, "usb_device") == 0)
		return in ? "usb in" : "usb out";
	if (strcmp(event->subsystem, "tty") == 0)
		return in ? "tty in" : "tty out";
	return NULL;
}

/* The part of the path that says at which socket: of the device itself, or of what holds the tty
 * (".../1-1.4/1-1.4:1.0/ttyUSB0/tty/ttyUSB0"). */
static void place(const struct uevent *event, char *out, size_t room)
{
	char path[sizeof event->devpath];
	snprintf(path, sizeof path, "%s", event->devpath);
	char *last = strrchr(path, '/');
	if (strcmp(event->subsystem, "tty") == 0) {
		char *tty = strstr(path, "/tty/");
		if (tty != NULL)
			*tty = '\0';
		last = strrchr(path, '/');
		if (last != NULL && strcmp(last + 1, event->devname) == 0) {
			*last = '\0';
			last = strrchr(path, '/');
		}
	}
	snprintf(out, room, "%s", last != NULL ? last + 1 : path);
}

void uevent_text(const struct uevent *event, char *out, size_t room)
{
	char where[64];
	place(event, where, sizeof where);
	if (strcmp(event->subsystem, "tty") == 0)
		snprintf(out, room, "%s at %s", event->devname, where);
	else if (event->has_product)
		snprintf(out, room, "%04x:%04x at %s", event->vendor, event->product,
		        where);
	else
		snprintf(out, room, "device at %s", where);
}
