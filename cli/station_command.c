/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac station command INSTRUMENT [NAME [VALUE] --reason TEXT]: an operator orders what changes an
 * instrument.  It is shown first, byte by byte, and asked for once more. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cabinet.h"
#include "cli/command_list.h"
#include "cli/common.h"
#include "cli/station_orders.h"
#include "cli/station_words.h"
#include "sensors/cabinet/control.h"
#include "sensors/station/station.h"

enum { OPTION_REASON = 0x200, OPTION_YES };

static const struct argp_option options[] = {
	{ "reason", OPTION_REASON, "TEXT", 0, "why; it is recorded, with who you are",
	        0 },
	{ "yes", OPTION_YES, NULL, 0, "do not ask once more (for scripts)", 0 },
	{ 0 },
};

struct wanted {
	struct common common;
	const char *reason; /* NULL: none */
	bool yes;
	const char *id, *name, *value; /* name NULL: list; value "": none */
	struct station *station;
	size_t instrument;
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct wanted *wanted = state->input;
	if (key == OPTION_REASON)
		wanted->reason = word;
	else if (key == OPTION_YES)
		wanted->yes = true;
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static bool vietnamese(const struct wanted *wanted)
{
	return common_vietnamese(&wanted->common);
}

/* ---- what will be sent ---- */

static void line(const struct wanted *wanted, const char *english, const char *other,
        const char *text)
{
	const char *title = vietnamese(wanted) ? other : english;
	if (text != NULL && text[0] != '\0')
		printf("%s%*s  %s\n", title, (int)(14 - text_width(title)), "", text);
}

static void put_port(const struct wanted *wanted)
{
	const struct station *station = wanted->station;
	const struct station_port *port =
	        &station->port[station->instrument[wanted->instrument].port_index];
	char text[512];
	snprintf(text, sizeof text, "%s: %s%s%s", port->id,
	        port->path[0] != '\0' ? port->path : port->host,
	        port->path[0] != '\0' ? "" : ":",
	        port->path[0] != '\0' ? "" : port->service);
	line(wanted, "port", "cổng", text);
}

static void show(const struct wanted *wanted, const struct command_order *order,
        const uint8_t *bytes, size_t n)
{
	const struct profile *profile = order->instrument->profile;
	const struct profile_command *command = &profile->command[order->command];
	bool vi = vietnamese(wanted), clock = order->time_us != 0;
	char text[512], hex[3 * COMMAND_MOST + 8];
	snprintf(text, sizeof text, "%s: %s %s", wanted->id, profile->maker,
	        profile->model);
	line(wanted, "instrument", "thiết bị", text);
	put_port(wanted);
	snprintf(text, sizeof text, "%s: %s", command->name,
	        vi ? command->label_vi : command->label_en);
	line(wanted, "command", "lệnh", text);
	line(wanted, "changes", "thay đổi",
	        vi ? command_changes_vi(command->changes)
	           : command_changes[command->changes]);
	snprintf(text, sizeof text, "%s %s", order->value, command->unit);
	line(wanted, "number", "số nhập", order->value[0] != '\0' ? text : NULL);
	command_hex(bytes, n, hex, sizeof hex);
	line(wanted, "sends", "gửi đi", hex);
	command_words(order, text, sizeof text);
	line(wanted, "that is", "nghĩa là", text);
	if (clock)
		line(wanted, "", "",
		        vi ? "(giờ của trạm tại lúc gửi)"
		           : "(with the station's time when it is sent)");
	if (command->disturbs)
		line(wanted, "maintenance", "bảo trì",
		        vi ? "phải bật trước: từ đó giá trị đo không phải của mẫu"
		           : "must be on: what is measured then is not the sample");
	line(wanted, "source", "nguồn", command->source);
	line(wanted, "note", "lưu ý",
	        vi && command->note_vi[0] != '\0' ? command->note_vi : command->note);
	line(wanted, "reason", "lý do", wanted->reason);
}

/* The operator types the instrument's id. */
static bool confirmed(const struct wanted *wanted)
{
	char answer[ID_SIZE + 2];
	printf(vietnamese(wanted) ? "\nGõ %s để gửi lệnh, gõ bất kỳ thứ gì khác để bỏ: "
	                          : "\nType %s to send it, anything else to leave it: ",
	        wanted->id);
	fflush(stdout);
	if (fgets(answer, sizeof answer, stdin) == NULL)
		return false;
	answer[strcspn(answer, "\n")] = '\0';
	return strcmp(answer, wanted->id) == 0;
}

/* ---- the order ---- */

static int give(const struct wanted *wanted, const struct order *order)
{
	char folder[PATH_MAX];
	struct control_answer answer;
	struct problem why = { .text = "", .exit = EXIT_CONFIG };
	const struct station *station = wanted->station;
	station_path(station, station->journal_folder, folder, sizeof folder);
	int status = control_ask(folder, order, &answer, &why);
	order_words(station, order, &answer, &why);
	if (status != OK)
		return common_fail("station command", &why);
	if (!wanted->common.quiet)
		common_put(answer.text);
	return 0;
}

static int refuse(const char *text)
{
	struct problem why;
	problem_set(&why, REFUSED, EXIT_USAGE, "%s", text);
	return common_fail("station command", &why);
}

/* The order as sensord gets it, with what the operator is shown; REFUSED with the reason. */
static int make_order(const struct wanted *wanted, struct command_order *made,
        struct order *order, struct problem *why)
{
	int n = command_request(made, order->shown, why);
	if (n < 0)
		return REFUSED;
	station_place(wanted->station, wanted->instrument, order->shown + n);
	order->n_shown = (size_t)n + COMMAND_PLACE;
	snprintf(order->id, sizeof order->id, "%s", wanted->id);
	snprintf(order->command, sizeof order->command, "%s", wanted->name);
	snprintf(order->value, sizeof order->value, "%s", wanted->value);
	if (command_sets_clock(&made->instrument->profile->command[made->command]))
		made->time_us = common_now();
	return OK;
}

/* Show it, ask, send it. */
static int order_it(const struct wanted *wanted, int command)
{
	struct order order = { .kind = ORDER_COMMAND };
	struct command_order made = {
		.instrument =
		        &wanted->station->instrument[wanted->instrument].instrument,
		.command = (size_t)command,
		.value = wanted->value
	};
	struct problem why = { .text = "" };
	uint8_t bytes[COMMAND_MOST];
	if (make_order(wanted, &made, &order, &why) != OK)
		return common_fail("station command", &why);
	if (wanted->reason == NULL || snprintf(order.reason, sizeof order.reason, "%s",
	                                      wanted->reason) > ORDER_REASON)
		return refuse(order_reason_wanted);
	int n = command_request(&made, bytes, &why);
	if (!wanted->common.quiet || !wanted->yes)
		show(wanted, &made, bytes, n > 0 ? (size_t)n : 0);
	if (!wanted->yes && !isatty(STDIN_FILENO))
		return refuse("there is no terminal to ask on: nothing was sent "
		              "(--yes for scripts)");
	if (!wanted->yes && !confirmed(wanted))
		return refuse("left: nothing was sent");
	fflush(stdout);
	return give(wanted, &order);
}

static int find_instrument(struct wanted *wanted, struct problem *why)
{
	const struct station *station = wanted->station;
	for (size_t i = 0; i < station->n_instruments; i++) {
		wanted->instrument = i;
		if (strcmp(station->instrument[i].id, wanted->id) == 0)
			return OK;
	}
	return problem_set(why, NOT_FOUND, EXIT_USAGE,
	        "there is no instrument '%s' at station '%s'", wanted->id, station->id);
}

static int run(struct wanted *wanted)
{
	struct problem why = { .exit = EXIT_CONFIG };
	if (find_instrument(wanted, &why) != OK)
		return common_fail("station command", &why);
	const struct station_instrument *instrument =
	        &wanted->station->instrument[wanted->instrument];
	if (wanted->name == NULL && instrument->profile->n_commands > 0) {
		command_list_print(&instrument->instrument, wanted->common.format,
		        vietnamese(wanted));
		return 0;
	}
	int command = station_command(wanted->station, wanted->instrument,
	        wanted->name != NULL ? wanted->name : "", &why);
	if (command < 0)
		return common_fail("station command", &why);
	return order_it(wanted, command);
}

int station_command_order(int argc, char **argv)
{
	static const struct argp argp = { .options = options,
		.parser = parse,
		.args_doc = "INSTRUMENT [NAME [VALUE]]",
		.doc = "Order an instrument to do what its profile knows of: measure "
		       "zero gas, calibrate, set its clock. Without NAME the commands "
		       "are listed. What is sent is shown first, and asked for; it is "
		       "sent once, between two polls, and recorded before and after, "
		       "with who and why. The instrument's section of the "
		       "configuration must say `commands: allowed`, and what disturbs "
		       "the values wants its maintenance to be on. A negative VALUE "
		       "stands behind --." };
	struct wanted wanted = { .value = "" };
	struct problem why = { .exit = EXIT_CONFIG };
	int first = common_parse(&wanted.common, &argp, &wanted, argc, argv);
	if (argc - first < 1 || argc - first > 3)
		return refuse("write: quantrac station command INSTRUMENT [NAME "
		              "[VALUE] --reason TEXT]");
	wanted.id = argv[first];
	wanted.name = argc - first > 1 ? argv[first + 1] : NULL;
	wanted.value = argc - first > 2 ? argv[first + 2] : "";
	if (cabinet_read(&wanted.station, wanted.common.config,
	            common_vietnamese(&wanted.common), &why) != OK)
		return common_fail("station command", &why);
	int code = run(&wanted);
	station_free(wanted.station);
	return code;
}
