/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys every command of a profile has, and what tables cannot say of them
 * (docs/quantrac-profile.md says the same for people). */
#include <math.h>
#include <string.h>

#include "sensors/tables/command.h"
#include "sensors/tables/profile_parts.h"

const char *const command_changes[] = { "zero", "span", "calibration", "range",
	"settings", "clock", "gas", "mode", "counters", "cleaning", NULL };

const char *command_changes_vi(int changes)
{
	static const char *const words[] = { "điểm không (zero)", "điểm span",
		"hiệu chuẩn", "phạm vi đo", "thông số cài đặt", "đồng hồ",
		"khí đi vào thiết bị", "chế độ làm việc", "bộ đếm", "làm sạch" };
	return words[changes];
}

#define COMMAND(member) offsetof(struct profile_command, member)

// clang-format off
static const struct field fields[] = {
	{ .key = "name", .type = FIELD_ID, .at = COMMAND(name), .required = true,
	  .help = "What the operator writes: zero, span, set_date.", .help_vi = "Tên lệnh người vận hành gõ: zero, span, set_date." },
	{ .key = "label_en", .type = FIELD_TEXT, .at = COMMAND(label_en), .required = true,
	  .help = "What it does, in English.", .help_vi = "Lệnh làm gì, bằng tiếng Anh." },
	{ .key = "label_vi", .type = FIELD_TEXT, .at = COMMAND(label_vi), .required = true,
	  .help = "What it does, in Vietnamese.", .help_vi = "Lệnh làm gì, bằng tiếng Việt." },
	{ .key = "changes", .type = FIELD_CHOICE, .at = COMMAND(changes), .choices = command_changes,
	  .required = true, .help = "What it changes, as the record keeps it.", .help_vi = "Lệnh thay đổi điều gì; được ghi vào hồ sơ." },
	{ .key = "disturbs", .type = FIELD_BOOLEAN, .at = COMMAND(disturbs), .fallback = "yes",
	  .help = "no: what is measured stays true all along; else the instrument must be in maintenance first.",
	  .help_vi = "no: giá trị đo vẫn đúng; nếu không, thiết bị phải ở trạng thái bảo trì trước." },
	{ .key = "timeout", .type = FIELD_DURATION, .at = COMMAND(timeout_s), .low = 0.05, .high = 60,
	  .help = "How long to wait for its answer, when it differs from the instrument's.",
	  .help_vi = "Thời gian chờ trả lời, nếu khác của thiết bị." },
	{ .key = "low", .type = FIELD_NUMBER, .at = COMMAND(low),
	  .help = "Least number the operator may give; without low and high it takes none.",
	  .help_vi = "Số nhỏ nhất người vận hành được nhập; không có low và high: lệnh không cần số." },
	{ .key = "high", .type = FIELD_NUMBER, .at = COMMAND(high),
	  .help = "Greatest number the operator may give.", .help_vi = "Số lớn nhất người vận hành được nhập." },
	{ .key = "unit", .type = FIELD_TEXT, .at = COMMAND(unit),
	  .help = "Unit of that number.", .help_vi = "Đơn vị của số đó." },
	{ .key = "source", .type = FIELD_TEXT, .at = COMMAND(source), .required = true,
	  .help = "Where the command is written down: manual and page.", .help_vi = "Nguồn của lệnh: tài liệu và trang." },
	{ .key = "note", .type = FIELD_TEXT, .at = COMMAND(note),
	  .help = "What is unconfirmed, and what an operator must know.", .help_vi = "Điều chưa được xác nhận và điều cần biết." },
	{ .key = "note_vi", .type = FIELD_TEXT, .at = COMMAND(note_vi),
	  .help = "The note in Vietnamese.", .help_vi = "Lưu ý bằng tiếng Việt." },
	{ 0 },
};
// clang-format on
const struct section command_common = { "command", sizeof(struct profile_command),
	fields, NULL };

static void check_one(struct profile_checker *check, size_t i)
{
	const struct profile_command *command = &check->profile->command[i];
	for (size_t k = 0; k < i; k++) {
		checker_at(check, "commands[%zu].name", i);
		if (strcmp(check->profile->command[k].name, command->name) == 0)
			WRONG(check, "give each command its own name",
			        "a second command '%s'", command->name);
	}
	checker_at(check, "commands[%zu].source", i);
	if (command->source[strspn(command->source, " ")] == '\0')
		WRONG(check,
		        "name manual and page; nobody sends what nobody wrote down",
		        "command '%s' has no source", command->name);
	checker_at(check, "commands[%zu].%s", i, isnan(command->low) ? "high" : "low");
	if (isnan(command->low) != isnan(command->high))
		WRONG(check, "write both, or none for a command without a number",
		        "low or high is missing");
	else if (command->low >= command->high)
		WRONG(check, "low is the smaller one", "the range %g..%g is empty",
		        command->low, command->high);
}

void command_check(struct profile_checker *check)
{
	const struct profile *profile = check->profile;
	checker_at(check, "commands");
	if (profile->n_commands > COMMANDS_MOST) {
		WRONG(check, "leave out what nobody uses", "more than %d commands",
		        COMMANDS_MOST);
		return;
	}
	for (size_t i = 0; i < profile->n_commands; i++) {
		check_one(check, i);
		profile->driver->command->check(check, i);
	}
}
