/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac serial list: every serial port of this machine. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/legal_time.h"
#include "cli/serial.h"
#include "cli/status.h"
#include "cli/tool.h"
#include "cli/translate.h"

static const struct table_column columns[] = {
	{ .name = "port" },
	{ .name = "adapter" },
	{ .name = "usb_id", .wide = true },
	{ .name = "serial", .wide = true },
	{ .name = "bus", .wide = true },
	{ .name = "address", .wide = true },
	{ .name = "by_id", .wide = true },
	{ .name = "by_path", .wide = true },
	{ .name = "name", .title = "NAME TO WRITE" },
	{ .name = "why", .wide = true },
	{ .name = "configured", .title = "CONFIGURED AS" },
	{ .name = "used_by", .title = "USED BY" },
	{ .name = "problem" },
	{ .name = "cure", .wide = true },
	{ 0 },
};

static const char *const headings_vi[] = { "CỔNG", "BỘ CHUYỂN ĐỔI", "MÃ USB",
	"SỐ SÊ-RI", "BUS", "ĐỊA CHỈ", "BY_ID", "BY_PATH", "TÊN NÊN GHI", "LÝ DO",
	"TRONG CẤU HÌNH", "ĐANG DÙNG", "VẤN ĐỀ", "CÁCH XỬ LÝ" };

/* ---- words ---- */

static const char *reason_word(enum usb_reason reason)
{
	static const char *const words[] = { [USB_UNIQUE] = "own serial number",
		[USB_NO_SERIAL] = "no serial number",
		[USB_TWINS] = "identity repeats",
		[USB_BUILT_IN] = "built in",
		[USB_ONLY_NAME] = "no lasting name" };
	return words[reason];
}

static const char *reason_text(enum usb_reason reason, bool vi)
{
	switch (reason) {
	case USB_NO_SERIAL:
		return vi ? "bộ chuyển đổi không có số sê-ri riêng: tên theo ổ cắm "
		            "USB, luôn cắm vào đúng ổ này"
		          : "the adapter has no serial number of its own: this is the "
		            "name of its socket, keep it there";
	case USB_TWINS:
		return vi ? "hai bộ chuyển đổi giống hệt nhau: tên theo ổ cắm USB, "
		            "luôn cắm vào đúng ổ này"
		          : "two adapters have one identity: this is the name of its "
		            "socket, keep it there";
	case USB_ONLY_NAME:
		return vi ? "không có tên cố định: tên này có thể đổi khi cắm lại"
		          : "there is no lasting name: this one may change when it is "
		            "plugged in again";
	default:
		return NULL;
	}
}

/* ---- the configuration ---- */

/* Index of the station's port that is this one; NOT_FOUND. */
static int configured(const struct serial_listing *listing, size_t i)
{
	const struct station *station = listing->station;
	char path[PATH_MAX];
	for (size_t k = 0; station != NULL && k < station->n_ports; k++) {
		if (station->port[k].path[0] == '\0')
			continue;
		station_path(station, station->port[k].path, path, sizeof path);
		if (usb_find(listing->ports, path) == (int)i)
			return (int)k;
	}
	return NOT_FOUND;
}

static const char *configured_text(
        const struct serial_listing *listing, size_t i, char *out, size_t room)
{
	int k = configured(listing, i);
	if (k < 0)
		return NULL;
	snprintf(out, room, "%s: %s", listing->station->id,
	        listing->station->port[k].id);
	return out;
}

/* ---- rows ---- */

static const char *adapter_text(const struct usb_port *port, char *out, size_t room)
{
	if (!port->usb)
		return snprintf(out, room, "-"), out;
	snprintf(out, room, "%s%s%s%s%s", port->maker,
	        port->maker[0] != '\0' ? " " : "", port->product,
	        port->serial[0] != '\0' ? " " : "", port->serial);
	if (out[0] == '\0')
		snprintf(out, room, "USB %04x:%04x", port->vendor_id, port->product_id);
	return out;
}

static void usb_cells(struct table *table, const struct usb_port *port)
{
	char id[16];
	snprintf(id, sizeof id, "%04x:%04x", port->vendor_id, port->product_id);
	table_text(table, port->usb && port->vendor_id >= 0 ? id : NULL);
	table_text(table, port->serial[0] != '\0' ? port->serial : NULL);
	if (port->bus >= 0)
		table_integer(table, port->bus);
	else
		table_empty(table);
	if (port->address >= 0)
		table_integer(table, port->address);
	else
		table_empty(table);
	table_text(table, port->by_id[0] != '\0' ? port->by_id : NULL);
	table_text(table, port->by_path[0] != '\0' ? port->by_path : NULL);
}

static const char *user_text(const struct hold *hold, char *out, size_t room)
{
	if (hold->n == 0)
		return NULL;
	snprintf(out, room, "%s (pid %ld)", hold->holder[0].name, hold->holder[0].pid);
	return out;
}

static void row(struct table *table, const struct serial_listing *listing, size_t i,
        const struct common *common)
{
	const struct usb_port *port = &listing->ports->port[i];
	enum usb_reason reason;
	struct tool_trouble trouble;
	char adapter[256], where[128], user[128], problem[64];
	bool vi = common->format == TABLE_TEXT && common_vietnamese(common);
	const char *name = usb_name(listing->ports, i, &reason);
	tool_trouble(
	        &trouble, &listing->hold[i], port->path, common_vietnamese(common));
	table_text(table, port->path);
	table_text(table, adapter_text(port, adapter, sizeof adapter));
	usb_cells(table, port);
	table_text(table, name);
	table_text(table, reason_word(reason));
	table_text(table, configured_text(listing, i, where, sizeof where));
	table_text(table, user_text(&listing->hold[i], user, sizeof user));
	snprintf(problem, sizeof problem, "%s", trouble.word);
	if (vi)
		translate(NULL, trouble.word, problem, sizeof problem);
	table_text(table, problem[0] != '\0' ? problem : NULL);
	table_text(table, trouble.cure[0] != '\0' ? trouble.cure : NULL);
	table_row(table);
}

/* ---- what people read below the table ---- */

/* The configuration names it by a name that changes, and there is a better one. */
static bool badly_named(
        const struct serial_listing *listing, size_t i, const char *name)
{
	int k = configured(listing, i);
	char path[PATH_MAX];
	if (k < 0)
		return false;
	station_path(
	        listing->station, listing->station->port[k].path, path, sizeof path);
	return strcmp(path, listing->ports->port[i].path) == 0 &&
	       strcmp(path, name) != 0;
}

static void note(FILE *out, const struct serial_listing *listing, size_t i, bool vi)
{
	const char *path = listing->ports->port[i].path;
	enum usb_reason reason;
	struct tool_trouble trouble;
	const char *name = usb_name(listing->ports, i, &reason);
	if (tool_trouble(&trouble, &listing->hold[i], path, vi))
		fprintf(out, "%s: %s\n    %s\n", path, trouble.text, trouble.cure);
	if (reason_text(reason, vi) != NULL)
		fprintf(out, "%s: %s\n", path, reason_text(reason, vi));
	if (badly_named(listing, i, name))
		fprintf(out,
		        vi ? "%s: cấu hình đang ghi tên này; hãy ghi path: %s\n"
		           : "%s: the configuration has this name; write path: %s\n",
		        path, name);
}

/* Ports of the configuration that nothing is plugged in for. */
static void note_missing(FILE *out, const struct serial_listing *listing, bool vi)
{
	const struct station *station = listing->station;
	char path[PATH_MAX];
	for (size_t k = 0; station != NULL && k < station->n_ports; k++) {
		if (station->port[k].path[0] == '\0')
			continue;
		station_path(station, station->port[k].path, path, sizeof path);
		if (access(path, F_OK) != 0)
			fprintf(out,
			        vi ? "%s: cổng %s trong cấu hình (%s) không được cắm\n"
			           : "%s: port %s of the configuration (%s) is not "
			             "plugged in\n",
			        path, station->port[k].id, station->id);
	}
}

void serial_list_print(
        FILE *out, const struct serial_listing *listing, const struct common *common)
{
	bool vi = common_vietnamese(common);
	struct table_column shown[sizeof columns / sizeof columns[0]];
	status_headings(
	        columns, headings_vi, vi && common->format == TABLE_TEXT, shown);
	struct table *table = table_new(
	        out, (enum table_format)common->format, shown, OFFSET_VIETNAM);
	for (size_t i = 0; i < listing->ports->n; i++)
		row(table, listing, i, common);
	table_end(table);
	if (common->format != TABLE_TEXT || common->quiet)
		return;
	for (size_t i = 0; i < listing->ports->n; i++)
		note(out, listing, i, vi);
	note_missing(out, listing, vi);
	if (listing->ports->n == 0)
		fputs(vi ? "máy này không có cổng nối tiếp nào; bộ chuyển đổi USB đã "
		           "cắm chưa?\n"
		         : "this machine has no serial port; is the USB adapter "
		           "plugged in?\n",
		        out);
}

int serial_list(int argc, char **argv)
{
	static const struct argp argp = {
		.doc = "Every serial port of this machine: its USB identity, the name "
		       "to write into a configuration, who has it and why it cannot be "
		       "opened. No port is opened.",
	};
	static struct usb_ports ports;
	static struct hold hold[USB_MOST];
	struct common common;
	struct station *station = NULL;
	struct problem why;
	int first = common_parse(&common, &argp, NULL, argc, argv);
	common_no_words("serial list", first, argc, argv);
	usb_list(&ports);
	for (size_t i = 0; i < ports.n; i++)
		hold_look(&hold[i], ports.port[i].path, "");
	int status = station_read(&station, common.config, NULL, &why);
	if (status != OK && status != NOT_FOUND && !common.quiet)
		common_fail("serial list", &why);
	const struct serial_listing listing = { &ports, hold, station };
	serial_list_print(stdout, &listing, &common);
	station_free(station);
	return 0;
}
