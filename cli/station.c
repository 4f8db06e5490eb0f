/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac station add | test ID | maintenance ID on|off | command ID NAME | emptied */
#include "cli/station.h"

#include "cli/commands.h"
#include "cli/station_orders.h"
#include "cli/verbs.h"

// clang-format off
static const struct verb verbs[] = {
	{ "add",  station_add,  "",   "add an instrument to a configuration: asks, tests, writes", "thêm thiết bị đo vào cấu hình: hỏi, thử, ghi" },
	{ "test", station_test, "ID", "poll an instrument, print what it says and what is wrong",  "hỏi thử một thiết bị đo, in kết quả và nguyên nhân lỗi" },
	{ "maintenance", station_maintenance, "ID on|off --reason TEXT", "an instrument is worked on; ends by itself after 2 h", "báo thiết bị đang bảo trì; tự kết thúc sau 2 giờ" },
	{ "command", station_command_order, "ID [NAME [VALUE] --reason TEXT]", "order an instrument to do what changes it (zero, span, clock)", "ra lệnh làm thay đổi thiết bị đo (zero, span, đồng hồ)" },
	{ "emptied", station_emptied, "--reason TEXT", "the sampler's bottles were changed", "đã thay chai của thiết bị lấy mẫu tự động" },
	{ 0 },
};
// clang-format on

int command_station(int argc, char **argv)
{
	return verb_dispatch("station", verbs, argc, argv);
}
