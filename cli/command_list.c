/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command_list.h"

#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/common.h"
#include "sensors/drivers/modbus_write.h"
#include "sensors/tables/profile.h"

// clang-format off
static const struct table_column columns[] = {
	{ .name = "command" }, { .name = "number" }, { .name = "changes" },
	{ .name = "maintenance" }, { .name = "label", .title = "WHAT IT DOES" },
	{ .name = "sends" }, { 0 },
};
static const struct table_column columns_vi[] = {
	{ .name = "command", .title = "LỆNH" }, { .name = "number", .title = "SỐ NHẬP" },
	{ .name = "changes", .title = "THAY ĐỔI" }, { .name = "maintenance", .title = "BẢO TRÌ" },
	{ .name = "label", .title = "NỘI DUNG" }, { .name = "sends", .title = "GỬI ĐI" }, { 0 },
};
// clang-format on

void command_words(const struct command_order *order, char *out, size_t room)
{
	const struct instrument *instrument = order->instrument;
	const struct profile_command *command =
	        &instrument->profile->command[order->command];
	struct problem why;
	uint8_t bytes[COMMAND_MOST];
	if (instrument->profile->driver->modbus) {
		int64_t function = command->modbus.function;
		bool coil = function == WRITE_COIL || function == WRITE_COILS;
		snprintf(out, room, "slave %d, function %d, %s %d",
		        (int)instrument->slave, (int)function,
		        coil ? "coil" : "register", (int)command->modbus.address);
		return;
	}
	int n = command_request(order, bytes, &why);
	command_text(bytes, n > 0 ? (size_t)n : 0, out, room);
}

static void print_row(
        struct table *table, const struct command_order *order, bool vietnamese)
{
	const struct profile_command *command =
	        &order->instrument->profile->command[order->command];
	struct problem why;
	uint8_t bytes[COMMAND_MOST];
	char number[64], words[4 * COMMAND_MOST], hex[3 * COMMAND_MOST + 8],
	        sends[sizeof words + sizeof hex + 8];
	int n = command_request(order, bytes, &why);
	command_hex(bytes, n > 0 ? (size_t)n : 0, hex, sizeof hex);
	command_words(order, words, sizeof words);
	snprintf(sends, sizeof sends, "%s (%s%s%s)", hex, words,
	        order->value[0] == '\0' ? ""
	        : vietnamese            ? "; với "
	                                : "; with ",
	        order->value);
	snprintf(number, sizeof number, "%g..%g %s", command->low, command->high,
	        command->unit);
	table_text(table, command->name);
	table_text(table, command_takes_value(command) ? number : NULL);
	table_text(table, vietnamese ? command_changes_vi(command->changes)
	                             : command_changes[command->changes]);
	table_text(table, !command->disturbs ? NULL
	                  : vietnamese       ? "phải bật trước"
	                                     : "must be on");
	table_text(table, vietnamese ? command->label_vi : command->label_en);
	table_text(table, n > 0 ? sends : why.text);
	table_row(table);
}

void command_list_print(
        const struct instrument *instrument, int format, bool vietnamese)
{
	struct table *table = table_new(
	        stdout, format, vietnamese ? columns_vi : columns, OFFSET_VIETNAM);
	for (size_t i = 0; i < instrument->profile->n_commands; i++) {
		const struct profile_command *command =
		        &instrument->profile->command[i];
		char lowest[COMMAND_VALUE + 1] = "";
		if (command_takes_value(command))
			snprintf(lowest, sizeof lowest, "%.6g", command->low);
		const struct command_order order = { .instrument = instrument,
			.command = i,
			.value = lowest,
			.time_us = common_now() };
		print_row(table, &order, vietnamese);
	}
	table_end(table);
}
