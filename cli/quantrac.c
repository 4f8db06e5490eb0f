/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac: the cabinet's commands; any other is handed to quantrac-office, if it is
 * installed. */
#include <locale.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/dispatch.h"
#include "cli/office_exec.h"

// clang-format off
static const struct command commands[] = {
	{ "config",   command_config,   "check a configuration, explain a key",        "kiểm tra cấu hình, giải thích một khóa" },
	{ "get",      command_get,      "newest value of a station or channel",        "giá trị mới nhất của trạm hoặc kênh" },
	{ "instrument", command_instrument, "models of instruments: list, show",       "các kiểu thiết bị đo: liệt kê, xem" },
	{ "serial",   command_serial,   "serial ports: list, probe, monitor",          "cổng nối tiếp: liệt kê, dò, nghe" },
	{ "simulate", command_simulate, "instruments on ptys and TCP from a scenario", "mô phỏng thiết bị đo theo kịch bản" },
	{ "station",  command_station,  "add or test an instrument, maintenance",      "thêm, thử thiết bị đo; báo bảo trì" },
	{ "status",   command_status,   "what every channel of this cabinet shows",    "tình trạng từng kênh của tủ" },
	{ "watch",    command_watch,    "this cabinet's values, second by second",     "giá trị của tủ, cập nhật từng giây" },
	{ 0 },
};
// clang-format on

static const struct command *find(const char *name)
{
	for (const struct command *command = commands; command->name != NULL; command++)
		if (strcmp(command->name, name) == 0)
			return command;
	return NULL;
}

static int hand_over(char **argv)
{
	office_exec(argv);
	if (argv[1] == NULL || strcmp(argv[1], "--help") == 0 ||
	        strcmp(argv[1], "help") == 0)
		return -1;
	return office_missing(argv[1]);
}

/* `status` of an archive is the office's; without one, and in what an archive has not, it is this
 * cabinet's. */
static bool is_of_archive(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], "status") != 0)
		return false;
	for (int i = 2; i < argc; i++)
		if (strcmp(argv[i], "--lines") == 0 ||
		        strcmp(argv[i], "--contacts") == 0)
			return false;
	return common_archive_named(argc, argv);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	command_arrange(argc, argv);
	if (argc > 1 && find(argv[1]) != NULL && !is_of_archive(argc, argv))
		return command_dispatch("quantrac", commands, argc, argv);
	if (argc > 1 && strcmp(argv[1], "--version") == 0)
		return command_dispatch("quantrac", commands, argc, argv);
	int status = hand_over(argv);
	return status >= 0 ? status
	                   : command_dispatch("quantrac", commands, argc, argv);
}
