/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/station_words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/common.h"

static int say(struct control_answer *answer, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

static int say(struct control_answer *answer, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(answer->text, sizeof answer->text, format, args);
	va_end(args);
	return n;
}

const char *order_reason_words(bool vietnamese)
{
	return vietnamese ? "cần lý do (--reason NỘI DUNG): một dòng, tối đa 240 byte"
	                  : order_reason_wanted;
}

/* ---- what became of a command ---- */

/* How it is known, where it is no answer of the instrument. */
static const char *how_words(const char *how, bool vietnamese)
{
	static const char *const known[][2] = {
		{ "maintenance has ended", "bảo trì đã kết thúc" },
		{ "its line takes no command", "cổng của thiết bị không nhận lệnh" },
		{ "what was ordered could not be written to the disk",
		        "không ghi được lệnh xuống đĩa" },
		{ "the program ends", "chương trình đang dừng" },
		{ "the line was closed before an answer came",
		        "cổng bị đóng trước khi có trả lời" },
		{ "the instrument does not answer, or its line is busy",
		        "thiết bị không trả lời, hoặc đường dây đang bận" },
		{ "no answer", "không có trả lời" },
		{ "the line takes nothing", "cổng không gửi được gì" },
		{ "what came is no answer to it",
		        "tín hiệu nhận được không phải câu trả lời" },
		{ "the line took only a part of it",
		        "cổng chỉ gửi được một phần lệnh" },
	};
	for (size_t i = 0; vietnamese && i < sizeof known / sizeof known[0]; i++)
		if (strcmp(how, known[i][0]) == 0)
			return known[i][1];
	return how;
}

static void command_words_of(
        const struct told_order *told, struct control_answer *answer)
{
	static const char *const words[][2] = {
		[CONTROL_DONE] = { "done", "đã thực hiện" },
		[CONTROL_DECLINED] = { "the instrument refused it",
		        "thiết bị từ chối" },
		[CONTROL_UNKNOWN] = { "nobody knows whether it was done: look at the "
		                      "instrument",
		        "không biết đã thực hiện hay chưa, hãy xem tại thiết bị" },
		[CONTROL_UNSENT] = { "nothing was sent", "không có gì được gửi đi" },
	};
	static const char frame[] = "answer ";
	struct control_answer how = *answer;
	bool vi = told->vietnamese,
	     came = strncmp(how.text, frame, sizeof frame - 1) == 0;
	say(answer, "%.*s %.*s: %s; %s%.*s", ID_SIZE, told->order->id, ID_SIZE,
	        told->order->command, words[answer->outcome][vi],
	        vi && came ? "trả lời " : "", CONTROL_MOST / 2,
	        vi && came ? how.text + sizeof frame - 1 : how_words(how.text, vi));
}

/* ---- why sensord does not take an order ---- */

static void stale_words(const struct told_order *told, struct control_answer *answer)
{
	say(answer,
	        told->vietnamese
	                ? "quantrac-sensord đang chạy với cấu hình khác với %s hiện "
	                  "nay: tệp chỉ được đọc khi khởi động. Không có gì được "
	                  "gửi đi. Hãy khởi động lại: sudo systemctl restart "
	                  "quantrac-sensord"
	                : "quantrac-sensord still runs with another configuration "
	                  "than %s as it is now: it reads the file when it starts. "
	                  "Nothing was sent. Start it again: sudo systemctl restart "
	                  "quantrac-sensord",
	        told->station->path);
}

static void maintenance_words(
        const struct told_order *told, struct control_answer *answer)
{
	const struct order *order = told->order;
	if (told->vietnamese)
		say(answer,
		        "lệnh '%s' làm giá trị đo của '%s' không còn là của mẫu: hãy "
		        "bật bảo trì trước (quantrac station maintenance %s on "
		        "--reason NỘI DUNG)",
		        order->command, order->id, order->id);
}

/* In Vietnamese, where the English of control_ask would do. */
static void trouble_words(const struct told_order *told, struct control_answer *answer)
{
	static const char *const words[] = {
		[CONTROL_BUSY] =
		        "đang thực hiện một lệnh khác; không có gì được gửi đi",
		[CONTROL_NOBODY] = "quantrac-sensord không chạy: sudo systemctl start "
		                   "quantrac-sensord",
		[CONTROL_FORBIDDEN] = "chỉ root và nhóm của quantrac-sensord được ra "
		                      "lệnh cho trạm: dùng sudo, hoặc usermod -aG "
		                      "quantrac TÊN",
		[CONTROL_GONE] =
		        "quantrac-sensord đã dừng trước khi cho biết kết quả; hồ "
		        "sơ của trạm có ghi, và việc đang làm dở sẽ được báo khi "
		        "khởi động lại",
	};
	size_t outcome = answer->outcome;
	if (told->vietnamese && outcome < sizeof words / sizeof words[0] &&
	        words[outcome] != NULL)
		say(answer, "%s", words[outcome]);
}

void order_words(const struct told_order *told, struct control_answer *answer,
        struct problem *why)
{
	enum control_outcome outcome = answer->outcome;
	if (outcome >= CONTROL_NOBODY) /* of control_ask itself */
		say(answer, "%.*s", CONTROL_MOST - 1, why->text);
	if (outcome == CONTROL_REASON)
		say(answer, "%s", order_reason_words(told->vietnamese));
	else if (outcome == CONTROL_STALE)
		stale_words(told, answer);
	else if (outcome == CONTROL_MAINTENANCE)
		maintenance_words(told, answer);
	else if (outcome >= CONTROL_DONE && outcome <= CONTROL_UNSENT)
		command_words_of(told, answer);
	else
		trouble_words(told, answer);
	snprintf(why->text, sizeof why->text, "%s", answer->text);
}

/* ---- why there is nothing to order ---- */

static void number_words(
        const struct profile_command *command, const char *value, struct problem *why)
{
	const char *space = command->unit[0] != '\0' ? " " : "";
	char *end;
	double number = strtod(value, &end);
	bool beyond = *end == '\0' && (number < command->low || number > command->high);
	if (!command_takes_value(command))
		problem_set(why, REFUSED, why->exit, "lệnh '%s' không nhận số nào",
		        command->name);
	else if (value[0] == '\0')
		problem_set(why, REFUSED, why->exit, "lệnh '%s' cần một số, %g..%g%s%s",
		        command->name, command->low, command->high, space,
		        command->unit);
	else if (beyond)
		problem_set(why, REFUSED, why->exit,
		        "lệnh '%s': %s không nằm trong %g..%g%s%s", command->name,
		        value, command->low, command->high, space, command->unit);
	else
		problem_set(why, REFUSED, why->exit,
		        "'%.20s' không phải số thập phân tối đa %d ký tự, hoặc không "
		        "gửi được với địa chỉ này",
		        value, COMMAND_VALUE);
}

static void name_words(
        const struct profile *profile, const char *name, struct problem *why)
{
	char known[600] = "";
	size_t n = 0;
	for (size_t i = 0; i < profile->n_commands && n < sizeof known; i++)
		n += (size_t)snprintf(known + n, sizeof known - n, "%s%s",
		        i > 0 ? ", " : "", profile->command[i].name);
	if (profile->n_commands == 0)
		problem_set(why, NOT_FOUND, why->exit,
		        "hồ sơ '%s' không có lệnh nào: chưa tìm thấy tài liệu ghi lệnh",
		        profile->name);
	else
		problem_set(why, NOT_FOUND, why->exit,
		        "hồ sơ '%s' không có lệnh '%s'; có các lệnh: %s", profile->name,
		        name, known);
}

void order_refused_words(const struct told_order *told, size_t i, struct problem *why)
{
	const struct station *station = told->station;
	const struct station_instrument *instrument = &station->instrument[i];
	const struct profile *profile = instrument->profile;
	int command = command_find(profile, told->order->command);
	if (!told->vietnamese)
		return;
	if (command < 0)
		name_words(profile, told->order->command, why);
	else if (why->exit != EXIT_CONFIG)
		number_words(&profile->command[command], told->order->value, why);
	else if (instrument->commands == COMMANDS_ALLOWED ||
	         station->port[instrument->port_index].listen)
		problem_set(why, REFUSED, why->exit,
		        "%s: cổng '%s' chỉ được nghe, không bao giờ gửi gì ra đó: hãy "
		        "ra lệnh tại thiết bị hoặc từ máy chủ của đường dây",
		        station->path, station->port[instrument->port_index].id);
	else
		problem_set(why, REFUSED, why->exit,
		        "%s:%d: thiết bị '%s' chỉ được đọc: hãy ghi `commands: "
		        "allowed` trong mục của thiết bị, rồi khởi động lại: sudo "
		        "systemctl restart quantrac-sensord",
		        station->path, instrument->line, instrument->id);
}
