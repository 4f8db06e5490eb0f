/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands of Modbus instruments: one write of coils or registers (sensors/drivers/modbus_write.h). */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/legal_time.h"
#include "sensors/drivers/modbus.h"
#include "sensors/drivers/modbus_write.h"
#include "sensors/tables/profile_parts.h"

#define COMMAND(member) offsetof(struct profile_command, member)
#define TAG(member)     offsetof(struct profile_command, modbus.tag.member)
#define CLOCK(member)   offsetof(struct profile_command, modbus.clock.member)

// clang-format off
static const struct field fields[] = {
	{ .key = "function", .type = FIELD_INTEGER, .at = COMMAND(modbus.function), .required = true,
	  .low = 5, .high = 16,
	  .help = "Modbus function: 5 one coil, 6 one register, 15 coils, 16 registers.",
	  .help_vi = "Mã hàm Modbus: 5 một coil, 6 một thanh ghi, 15 nhiều coil, 16 nhiều thanh ghi." },
	{ .key = "address", .type = FIELD_INTEGER, .at = COMMAND(modbus.address), .required = true,
	  .low = 0, .high = 65535,
	  .help = "First coil or register as it goes over the wire, counted from 0.",
	  .help_vi = "Địa chỉ đầu tiên trên đường truyền, đếm từ 0." },
	{ .key = "values", .type = FIELD_TEXTS, .at = COMMAND(modbus.value), .count_at = COMMAND(modbus.n_values),
	  .help = "What is written: 0 or 1 for coils, 0 to 65535 (0xA55A) for registers.",
	  .help_vi = "Giá trị được ghi: 0 hoặc 1 cho coil, 0 đến 65535 cho thanh ghi." },
	{ .key = "type", .type = FIELD_CHOICE, .at = TAG(type), .choices = number_types,
	  .set_at = COMMAND(modbus.type_set),
	  .help = "Instead of values: how the operator's number is written.",
	  .help_vi = "Thay cho values: kiểu của số người vận hành nhập." },
	{ .key = "order", .type = FIELD_CHOICE, .at = TAG(order), .choices = word_orders,
	  .set_at = TAG(order_set), .help = "Order of its bytes on the wire.", .help_vi = "Thứ tự byte." },
	{ .key = "count", .type = FIELD_INTEGER, .at = TAG(count), .low = 1, .high = 16, .fallback = "1",
	  .help = "Registers, for bcd and ascii.", .help_vi = "Số thanh ghi (bcd, ascii)." },
	{ .key = "scale", .type = FIELD_NUMBER, .at = TAG(scale), .fallback = "1",
	  .help = "number = raw * scale / divide + offset, as with channels.", .help_vi = "số = thô * scale / divide + offset." },
	{ .key = "divide", .type = FIELD_NUMBER, .at = TAG(divide), .fallback = "1",
	  .help = "As with channels.", .help_vi = "Như với kênh đo." },
	{ .key = "offset", .type = FIELD_NUMBER, .at = TAG(offset), .fallback = "0",
	  .help = "As with channels.", .help_vi = "Như với kênh đo." },
	{ .key = "clock", .type = FIELD_CHOICE, .at = CLOCK(form), .choices = time_forms,
	  .set_at = COMMAND(modbus.clock_set),
	  .help = "Instead of values: the time is written, as with sampled; words are in the station's time.",
	  .help_vi = "Thay cho values: ghi thời gian, dạng như trong sampled; words theo giờ của trạm." },
	{ .key = "leap", .type = FIELD_INTEGER, .at = CLOCK(leap_s), .low = 0, .high = 60, .fallback = "37",
	  .help = "Of the clock, as with sampled.", .help_vi = "Của đồng hồ, như trong sampled." },
	{ 0 },
};
// clang-format on
const struct section modbus_command_section = { "command",
	sizeof(struct profile_command), fields, &command_common };

static bool is_coils(const struct profile_command *command)
{
	return command->modbus.function == WRITE_COIL ||
	       command->modbus.function == WRITE_COILS;
}

static bool is_one(const struct profile_command *command)
{
	return command->modbus.function == WRITE_COIL ||
	       command->modbus.function == WRITE_REGISTER;
}

/* ---- what is sent ---- */

/* One of `values`: true with *out. */
static bool item_of(const char *text, long most, uint16_t *out)
{
	char *end;
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	long value = strtol(text, &end, hex ? 16 : 10);
	*out = (uint16_t)value;
	return isdigit((unsigned char)text[0]) && *end == '\0' && value >= 0 &&
	       value <= most;
}

static void put_values(
        const struct profile_command *command, struct modbus_write *write)
{
	for (size_t i = 0; i < command->modbus.n_values; i++) {
		uint16_t item = 0;
		item_of(command->modbus.value[i], 65535, &item);
		if (command->modbus.function == WRITE_COIL)
			put_be16(write->data, item != 0 ? 0xff00 : 0);
		else if (is_coils(command))
			write->data[i / 8] |= (uint8_t)((item & 1) << i % 8);
		else
			put_be16(write->data + 2 * i, item);
	}
	write->count = (uint16_t)command->modbus.n_values;
	write->size = 2 * command->modbus.n_values;
	if (command->modbus.function == WRITE_COILS)
		write->size = (command->modbus.n_values + 7) / 8;
}

static size_t clock_width(const struct profile_command *command)
{
	return command->modbus.clock.form == TIME_SECONDS ? 2 : 6;
}

/* Whole seconds: nobody knows how long the instrument takes to believe it. */
static void put_clock(const struct command_order *order, struct modbus_write *write)
{
	const struct instrument *instrument = order->instrument;
	const struct profile_command *command =
	        &instrument->profile->command[order->command];
	struct profile_time clock = command->modbus.clock;
	clock.order = command->modbus.tag.order;
	clock.offset_min = instrument->utc_offset_min;
	modbus_time_put(
	        &clock, order->time_us - order->time_us % US_PER_S, write->data);
}

/* The request of a command; `value` where it takes one, the time of a clock still 0.  OK, or REFUSED: its type
 * cannot hold it. */
static int write_of(
        const struct profile_command *command, double value, struct modbus_write *out)
{
	const struct profile_tag *tag = &command->modbus.tag;
	*out = (struct modbus_write){ .function = (uint8_t)command->modbus.function,
		.address = (uint16_t)command->modbus.address };
	if (!command->modbus.type_set && !command->modbus.clock_set) {
		put_values(command, out);
		return OK;
	}
	out->count = (uint16_t)(command->modbus.clock_set ? clock_width(command)
	                                                  : modbus_tag_width(tag));
	out->size = 2 * (size_t)out->count;
	if (command->modbus.clock_set)
		return OK;
	return modbus_tag_put(tag, false, value, out->data);
}

static int request(const struct command_order *order, uint8_t out[COMMAND_MOST])
{
	const struct instrument *instrument = order->instrument;
	const struct profile_command *command =
	        &instrument->profile->command[order->command];
	struct modbus_write write;
	if (write_of(command, strtod(order->value, NULL), &write) != OK)
		return REFUSED;
	if (command->modbus.clock_set)
		put_clock(order, &write);
	write.slave = instrument->slave;
	write.number = order->number;
	return modbus_write_put(instrument->framing, &write, out, COMMAND_MOST);
}

/* Still working, or no answer from behind a gateway: who knows (application protocol 1.1b3, 7). */
#define STILL_WORKING 5
#define BEHIND_SILENT 11

static int answer(const struct command_order *order, const uint8_t *asked,
        const struct command_bytes *in, struct command_outcome *out)
{
	uint8_t exception;
	int n = modbus_write_answer(
	        order->instrument->framing, asked, in->at, in->n, &exception);
	bool open = exception == STILL_WORKING || exception == BEHIND_SILENT;
	*out = (struct command_outcome){ .kind = exception == 0 ? COMMAND_DONE
		                                 : open         ? COMMAND_UNKNOWN
		                                                : COMMAND_REFUSED,
		.why = exception == 0 ? "" : modbus_exception_text(exception) };
	return n;
}

/* ---- what a profile may say ---- */

static void check_values(struct profile_checker *check, size_t i)
{
	const struct profile_command *command = &check->profile->command[i];
	size_t n = command->modbus.n_values;
	size_t most = is_coils(command) ? 8 * MODBUS_WRITE_DATA : MODBUS_WRITE_DATA / 2;
	uint16_t item;
	checker_at(check, "commands[%zu].values", i);
	if (is_one(command) && n != 1)
		WRONG(check, "functions 15 and 16 write several",
		        "function %d writes one", (int)command->modbus.function);
	if (n > most)
		WRONG(check, "split it", "more than %zu values", most);
	for (size_t k = 0; k < n; k++) {
		checker_at(check, "commands[%zu].values[%zu]", i, k);
		if (!item_of(command->modbus.value[k], is_coils(command) ? 1 : 65535,
		            &item))
			WRONG(check,
			        is_coils(command) ? "0 or 1" : "0 to 65535, or 0xA55A",
			        "'%s' cannot be written", command->modbus.value[k]);
	}
}

static void check_type(struct profile_checker *check, size_t i)
{
	const struct profile_command *command = &check->profile->command[i];
	const struct profile_tag *tag = &command->modbus.tag;
	struct modbus_write write;
	char place[32];
	snprintf(place, sizeof place, "commands[%zu]", i);
	modbus_check_order(check, place, tag);
	checker_at(check, "%s.type", place);
	if (is_coils(command) || tag->type == TYPE_BIT)
		WRONG(check, "write `values`", "a number is written into registers");
	else if (is_one(command) && modbus_tag_width(tag) != 1)
		WRONG(check, "use function 16", "function 6 writes one register");
	if (tag->scale == 0 || tag->divide == 0)
		WRONG(check, "leave it out if nothing is to be done",
		        "scale and divide cannot be 0");
	else if (!command_takes_value(command))
		WRONG(check, "write low and high: what an operator may give",
		        "a number without bounds");
	else if (write_of(command, command->low, &write) != OK ||
	         write_of(command, command->high, &write) != OK)
		WRONG(check, "correct low, high or the type",
		        "type %s cannot hold %g..%g", number_types[tag->type],
		        command->low, command->high);
}

static void check_clock(struct profile_checker *check, size_t i)
{
	const struct profile_command *command = &check->profile->command[i];
	const struct profile_tag *tag = &command->modbus.tag;
	checker_at(check, "commands[%zu].clock", i);
	if (command->modbus.function != WRITE_REGISTERS)
		WRONG(check, "use function 16", "a time is written into registers");
	checker_at(check, "commands[%zu].order", i);
	if (command->modbus.clock.form == TIME_SECONDS &&
	        (!tag->order_set || tag->order > ORDER_DCBA))
		WRONG(check, "ABCD, CDAB, BADC or DCBA", "seconds need `order`");
}

static void check_command(struct profile_checker *check, size_t i)
{
	const struct profile_command *command = &check->profile->command[i];
	int64_t function = command->modbus.function;
	checker_at(check, "commands[%zu].function", i);
	if (!is_one(command) && function != WRITE_COILS && function != WRITE_REGISTERS)
		WRONG(check, "5, 6, 15 or 16", "function %d writes nothing",
		        (int)function);
	checker_at(check, "commands[%zu]", i);
	if ((command->modbus.n_values > 0) + command->modbus.type_set +
	                command->modbus.clock_set !=
	        1)
		WRONG(check, "`values`, or `type` with low and high, or `clock`",
		        "it is not said what command '%s' writes", command->name);
	else if (command->modbus.clock_set)
		check_clock(check, i);
	else if (command->modbus.type_set)
		check_type(check, i);
	else
		check_values(check, i);
	checker_at(check, "commands[%zu].low", i);
	if (!command->modbus.type_set && command_takes_value(command))
		WRONG(check, "leave out low and high, or write `type` for `values`",
		        "what is written is fixed, and takes no number");
}

/* ---- the answering side ---- */

static int heard(const struct instrument *instrument, const struct command_bytes *in)
{
	struct modbus_write write;
	bool plain = instrument->framing != FRAMING_TCP &&
	             instrument->framing != FRAMING_ASCII;
	if (instrument->profile->n_commands == 0 ||
	        (plain && in->n > 0 && in->at[0] != instrument->slave))
		return FRAME_NONE;
	int n = modbus_write_get(instrument->framing, in->at, in->n, &write);
	return n > 0 && write.slave != instrument->slave ? FRAME_NONE : n;
}

#define ILLEGAL_FUNCTION 1
#define ILLEGAL_ADDRESS  2
#define ILLEGAL_VALUE    3

/* 0, or why an instrument of this profile would not do it. */
static uint8_t refuses(
        const struct instrument *instrument, const struct modbus_write *write)
{
	const struct profile *profile = instrument->profile;
	uint8_t exception = ILLEGAL_FUNCTION;
	for (size_t i = 0; i < profile->n_commands; i++) {
		const struct profile_command *command = &profile->command[i];
		struct modbus_write known;
		if (command->modbus.function != write->function)
			continue;
		if (exception == ILLEGAL_FUNCTION)
			exception = ILLEGAL_ADDRESS;
		write_of(command, command->low, &known);
		if (known.address != write->address || known.size != write->size)
			continue;
		if (command->modbus.type_set || command->modbus.clock_set ||
		        memcmp(known.data, write->data, known.size) == 0)
			return 0;
		exception = ILLEGAL_VALUE;
	}
	return exception;
}

/* The channels of the profile that lie in what is written. */
static void remember(const struct instrument *instrument,
        const struct modbus_write *write, double *written)
{
	const struct profile *profile = instrument->profile;
	bool coils = write->function == WRITE_COIL || write->function == WRITE_COILS;
	for (size_t c = 0; c < profile->n_channels; c++) {
		struct profile_tag tag = profile->channel[c].tag;
		const struct profile_block *block = &profile->block[tag.block_index];
		size_t width = coils ? 1 : modbus_tag_width(&tag);
		int64_t from = block->modbus.start + tag.at - write->address;
		size_t room = coils ? write->count : write->size / 2;
		if (block->modbus.function != (coils ? 1 : 3) || from < 0 ||
		        (size_t)from + width > room)
			continue;
		tag.at = from;
		modbus_tag_get(&tag, coils, write->data, &written[c]);
	}
}

static size_t say(const struct command_heard *what, uint8_t *out, size_t room)
{
	const struct instrument *instrument = what->instrument;
	struct modbus_write write;
	uint8_t exception = what->exception;
	if (room < MODBUS_WRITE_ANSWER || modbus_write_get(instrument->framing,
	                                          what->in.at, what->in.n, &write) <= 0)
		return 0;
	if (exception == 0)
		exception = refuses(instrument, &write);
	if (exception == 0)
		remember(instrument, &write, what->written);
	return (size_t)modbus_write_say(instrument->framing, &write, exception, out);
}

const struct command_driver modbus_commands = {
	.check = check_command,
	.request = request,
	.answer = answer,
	.heard = heard,
	.say = say,
};
