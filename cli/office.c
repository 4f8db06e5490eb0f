/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac-office: every command; called through quantrac. */
#include <gsl/gsl_errno.h>
#include <locale.h>

#include "cli/commands.h"
#include "cli/dispatch.h"

// clang-format off
static const struct command commands[] = {
	{ "breaches",    command_exceedances, NULL, NULL },
	{ "calibrate",   command_calibrate,   "fit, record and list calibrations",            "hiệu chuẩn: tính, ghi, liệt kê" },
	{ "config",      command_config_office, "check a configuration, explain a key",         "kiểm tra cấu hình, giải thích một khóa" },
	{ "demo",        command_demo,        "a whole zone in a box",                        "cả một khu công nghiệp mẫu" },
	{ "exceedances", command_exceedances, "values over the limits",                       "các trường hợp vượt giá trị tối đa cho phép" },
	{ "explain",     command_explain,     "every step from raw bytes to result",          "từng bước từ byte thô đến kết quả" },
	{ "export",      command_export,      "a station's month as CSV for other programs",  "xuất số liệu tháng của trạm ra CSV" },
	{ "get",         command_get,         "newest value of a station or channel",         "giá trị mới nhất của trạm hoặc kênh" },
	{ "import",      command_import,      "take in CSV tables or Circular 10/2021 files", "nhập bảng CSV hoặc tệp theo Thông tư 10/2021" },
	{ "instrument",  command_instrument,  "models of instruments: list, show",            "các kiểu thiết bị đo: liệt kê, xem" },
	{ "judge",       command_judge,       "assess every statistic against its limit",     "đánh giá theo quy chuẩn" },
	{ "keys",        command_keys,        "keys of cabinets and collector",               "khóa của tủ và máy chủ nhận" },
	{ "means",       command_means,       "means with data capture",                      "giá trị trung bình và tỷ lệ số liệu nhận được" },
	{ "permit",      command_permit,      "set and list permits",                         "giấy phép: ghi, liệt kê" },
	{ "recover",     command_recover,     "bring an archive into order after damage",     "khôi phục kho lưu trữ sau sự cố" },
	{ "prune",       command_prune,       "take a sealed file away by a named order",     "xóa tệp đã chốt theo quyết định" },
	{ "receipt",     command_receipt,     "time stamps and witnesses of the seal list",   "dấu thời gian và bên chứng kiến" },
	{ "report",      command_report,      "the data sheet of a station's day",            "phiếu số liệu của trạm theo ngày" },
	{ "serial",      command_serial,      "serial ports: list, probe, monitor",           "cổng nối tiếp: liệt kê, dò, nghe" },
	{ "simulate",    command_simulate,    "instruments on ptys and TCP from a scenario",  "mô phỏng thiết bị đo theo kịch bản" },
	{ "station",     command_station,     "add, test, maintenance, command, emptied",     "add, test, maintenance, command, emptied" },
	{ "status",      command_status_office, "what every channel shows, what is missing",    "tình trạng từng kênh; --gaps: số liệu còn thiếu" },
	{ "verify",      command_verify,      "is every file what was sealed?",               "kiểm tra tính toàn vẹn của tệp lưu trữ" },
	{ "watch",       command_watch,       "this cabinet's values, second by second",      "giá trị của tủ, cập nhật từng giây" },
	{ 0 },
};
// clang-format on

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	command_arrange(argc, argv);
	gsl_set_error_handler_off();
	return command_dispatch("quantrac", commands, argc, argv);
}
