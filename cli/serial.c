/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac serial list | probe PORT | monitor PORT */
#include "cli/serial.h"

#include "cli/commands.h"
#include "cli/verbs.h"

// clang-format off
static const struct verb verbs[] = {
	{ "list",    serial_list,    "",     "the serial ports: who they are, which name to write, who has them", "các cổng nối tiếp: là gì, nên ghi tên nào, ai đang dùng" },
	{ "probe",   serial_probe,   "PORT", "find line settings and slaves, read one block; it only reads",      "dò thông số đường truyền và địa chỉ, đọc một khối; chỉ đọc" },
	{ "monitor", serial_monitor, "PORT", "listen: raw bytes, and beside them what they say",                  "chỉ nghe: byte thô và nội dung giải mã" },
	{ 0 },
};
// clang-format on

int serial_no_port(const char *command)
{
	struct problem why;
	problem_set(&why, REFUSED, EXIT_USAGE,
	        "name a port; quantrac serial list lists them");
	return common_fail(command, &why);
}

int command_serial(int argc, char **argv)
{
	return verb_dispatch("serial", verbs, argc, argv);
}
