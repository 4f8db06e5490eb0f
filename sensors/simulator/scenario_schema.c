/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables a scenario file is checked against. */
#include "sensors/simulator/scenario.h"

#include "sensors/drivers/modbus.h"

const char *const scenario_commands[] = { "done", "refused", "ignored", NULL };

// clang-format off
#define AT(member) offsetof(struct scenario_head, member)
static const struct field head_fields[] = {
	{ "name", FIELD_TEXT, AT(name), .fallback = "",
	  .help = "What is played, for people.", .help_vi = "Tên kịch bản." },
	{ "seed", FIELD_INTEGER, AT(seed), .low = 1, .high = 4294967295.0, .fallback = "1",
	  .help = "Where chance begins: the same seed, the same values.",
	  .help_vi = "Hạt giống ngẫu nhiên: cùng hạt giống, cùng giá trị." },
	{ "start", FIELD_TIME, AT(start_us), .set_at = AT(start_set),
	  .help = "Day 1 is the legal day of this time.", .help_vi = "Ngày 1 của kịch bản." },
	{ "offset", FIELD_OFFSET, AT(offset_min), .fallback = "+07:00",
	  .help = "Legal time against UTC.", .help_vi = "Giờ chính thức so với UTC." },
	{ "base", FIELD_DURATION, AT(base_s), .low = 1, .high = 86400, .fallback = "5min",
	  .help = "Base interval a planted mean is exact over.",
	  .help_vi = "Khoảng cơ sở của trung bình định trước." },
	{ "slot", FIELD_DURATION, AT(slot_s), .low = 1, .high = 86400, .fallback = "1min",
	  .help = "Readings of a planted mean come once (or equally often) a slot.",
	  .help_vi = "Bước đọc của trung bình định trước." },
	{ "profiles", FIELD_TEXT, AT(profiles), .fallback = "",
	  .help = "Folder of own profiles, looked in before the shipped ones.",
	  .help_vi = "Thư mục hồ sơ thiết bị riêng." },
	{ 0 },
};
#undef AT
static const struct section head_section = {
	"scenario", sizeof(struct scenario_head), head_fields, NULL };

#define AT(member) offsetof(struct scenario_port, member)
static const struct field port_fields[] = {
	{ "id", FIELD_ID, AT(id), .required = true,
	  .help = "Name of the port; a pseudo-terminal is linked as <dir>/<id>.",
	  .help_vi = "Mã cổng; cổng giả được liên kết tại <dir>/<mã>." },
	{ "mode", FIELD_CHOICE, AT(mode), .choices = modbus_framings, .fallback = "rtu",
	  .help = "How the port carries Modbus.", .help_vi = "Kiểu khung Modbus của cổng." },
	{ "listen", FIELD_TEXT, AT(listen), .fallback = "",
	  .help = "Address and TCP port to listen on; without it, a pseudo-terminal.",
	  .help_vi = "Địa chỉ và cổng TCP; không có thì là cổng giả." },
	{ "connect", FIELD_TEXT, AT(connect), .fallback = "",
	  .help = "Address and TCP port to connect to, as a sub-logger does that calls its logger.",
	  .help_vi = "Địa chỉ và cổng TCP cần kết nối đến, như thiết bị con tự kết nối đến datalogger." },
	{ 0 },
};
#undef AT
static const struct section port_section = {
	"port", sizeof(struct scenario_port), port_fields, NULL };

#define AT(member) offsetof(struct scenario_replay, member)
static const struct field replay_fields[] = {
	{ "file", FIELD_TEXT, AT(file), .required = true,
	  .help = "CSV file, absolute or beside the scenario.", .help_vi = "Tệp CSV." },
	{ "column", FIELD_TEXT, AT(column), .required = true,
	  .help = "Column of the values.", .help_vi = "Cột giá trị." },
	{ "every", FIELD_DURATION, AT(every_s), .low = 0.01, .high = 31536000, .fallback = "1min",
	  .help = "Time from row to row.", .help_vi = "Khoảng thời gian giữa hai dòng." },
	{ "time", FIELD_TEXT, AT(time), .fallback = "",
	  .help = "Column of ISO 8601 times, if the rows are not evenly spaced.",
	  .help_vi = "Cột thời gian ISO 8601, nếu các dòng không đều." },
	{ "missing", FIELD_NUMBER, AT(missing),
	  .help = "Number that means: no value.", .help_vi = "Số có nghĩa là không có giá trị." },
	{ "loop", FIELD_BOOLEAN, AT(loop), .fallback = "no",
	  .help = "Begin again at the end.", .help_vi = "Lặp lại từ đầu." },
	{ 0 },
};
#undef AT
static const struct section replay_section = {
	"replay", sizeof(struct scenario_replay), replay_fields, NULL };

#define AT(member) offsetof(struct scenario_channel, member)
static const struct field channel_fields[] = {
	{ "name", FIELD_ID, AT(name), .required = true,
	  .help = "Channel of the profile.", .help_vi = "Kênh trong hồ sơ." },
	{ "mean", FIELD_NUMBER, AT(mean), .fallback = "0",
	  .help = "What it is about, in the profile's unit.",
	  .help_vi = "Giá trị trung bình, theo đơn vị của hồ sơ." },
	{ "daily", FIELD_NUMBER, AT(daily), .fallback = "0",
	  .help = "Amplitude of the daily cycle.", .help_vi = "Biên độ chu kỳ ngày." },
	{ "peak", FIELD_TEXT, AT(peak), .fallback = "12:00",
	  .help = "Time of day at which the daily cycle is highest.",
	  .help_vi = "Giờ cao nhất của chu kỳ ngày." },
	{ "half_day", FIELD_NUMBER, AT(half_day), .fallback = "0",
	  .help = "Amplitude of the second harmonic.", .help_vi = "Biên độ chu kỳ nửa ngày." },
	{ "half_peak", FIELD_TEXT, AT(half_peak), .fallback = "08:00",
	  .help = "Time of day at which the second harmonic is highest.",
	  .help_vi = "Giờ cao nhất của chu kỳ nửa ngày." },
	{ "noise", FIELD_NUMBER, AT(noise), .fallback = "0",
	  .help = "Standard deviation of chance.", .help_vi = "Độ lệch chuẩn của nhiễu." },
	{ "correlation", FIELD_DURATION, AT(correlation_s), .fallback = "10min",
	  .help = "How long chance remembers itself.", .help_vi = "Thời gian tự tương quan." },
	{ "decimals", FIELD_INTEGER, AT(decimals), .low = -1, .high = 9, .fallback = "-1",
	  .help = "Decimals the instrument shows; -1: not rounded.",
	  .help_vi = "Số chữ số thập phân; -1: không làm tròn." },
	{ "low", FIELD_NUMBER, AT(low),
	  .help = "Never less than this.", .help_vi = "Không nhỏ hơn." },
	{ "high", FIELD_NUMBER, AT(high),
	  .help = "Never more than this.", .help_vi = "Không lớn hơn." },
	{ "replay", FIELD_SECTION, AT(replay), .section = &replay_section,
	  .help = "A column of real data instead.", .help_vi = "Phát lại một cột số liệu thật." },
	{ 0 },
};
#undef AT
static const struct section channel_section = {
	"channel", sizeof(struct scenario_channel), channel_fields, NULL };

#define AT(member) offsetof(struct scenario_instrument, member)
static const struct field instrument_fields[] = {
	{ "id", FIELD_ID, AT(id), .required = true,
	  .help = "Name of the instrument.", .help_vi = "Mã thiết bị." },
	{ "profile", FIELD_TEXT, AT(profile_name), .required = true,
	  .help = "Its profile: what registers it has.", .help_vi = "Hồ sơ thiết bị." },
	{ "port", FIELD_ID, AT(port_id), .required = true,
	  .help = "The port it answers at.", .help_vi = "Cổng thiết bị trả lời." },
	{ "slave", FIELD_INTEGER, AT(slave), .low = 0, .high = 255, .set_at = AT(slave_set),
	  .fallback = "1",
	  .help = "Its address; without it, the profile's.", .help_vi = "Địa chỉ Modbus." },
	{ "address", FIELD_TEXT, AT(address),
	  .help = "Its address on a line that is not Modbus; without it, the profile's.",
	  .help_vi = "Địa chỉ trên đường truyền không phải Modbus." },
	{ "every", FIELD_DURATION, AT(every_s), .low = 0.05, .high = 86400, .fallback = "1s",
	  .help = "How often it speaks, if it is one that is not asked.",
	  .help_vi = "Chu kỳ tự gửi số liệu, với thiết bị không cần hỏi." },
	{ "delay", FIELD_DURATION, AT(delay_s), .low = 0, .high = 60, .fallback = "40ms",
	  .help = "Time between request and answer.", .help_vi = "Độ trễ trả lời." },
	{ "coils", FIELD_INTEGER, AT(coils), .low = 0, .high = 65536, .fallback = "0",
	  .help = "Of Modbus: so many coils, from 0, can be written (function 5).",
	  .help_vi = "Của Modbus: số coil có thể ghi (hàm 5), tính từ 0." },
	{ "channels", FIELD_SECTIONS, AT(channel), AT(n_channels), .section = &channel_section,
	  .help = "What it measures; channels left out read 0.",
	  .help_vi = "Các kênh; kênh không nêu đọc là 0." },
	{ 0 },
};
#undef AT
static const struct section instrument_section = {
	"instrument", sizeof(struct scenario_instrument), instrument_fields, NULL };

#define AT(member) offsetof(struct scenario_scene, member)
static const struct field scene_fields[] = {
	{ "name", FIELD_TEXT, AT(name), .fallback = "",
	  .help = "What happens, for people.", .help_vi = "Mô tả cảnh." },
	{ "from", FIELD_TEXT, AT(from), .required = true,
	  .help = "ISO 8601, \"day 9\", \"day 9 10:00\" or \"live +20s\".",
	  .help_vi = "ISO 8601, \"day 9 10:00\" hoặc \"live +20s\"." },
	{ "to", FIELD_TEXT, AT(to), .required = true,
	  .help = "Its end, the same way; not included.", .help_vi = "Kết thúc (không gồm)." },
	{ "every", FIELD_DURATION, AT(every_s), .low = 1, .high = 31536000,
	  .help = "Again and again, before and after.", .help_vi = "Lặp lại theo chu kỳ." },
	{ "instrument", FIELD_TEXT, AT(instrument), .fallback = "",
	  .help = "To which instrument; without it, to all.", .help_vi = "Thiết bị." },
	{ "port", FIELD_TEXT, AT(port), .fallback = "",
	  .help = "To all instruments of this port.", .help_vi = "Mọi thiết bị của cổng." },
	{ "channels", FIELD_TEXTS, AT(channel), AT(n_channels),
	  .help = "To which channels; without it, to all.", .help_vi = "Các kênh." },
	{ "set", FIELD_NUMBER, AT(set), .help = "The value is this.", .help_vi = "Đặt giá trị." },
	{ "mean", FIELD_NUMBER, AT(mean),
	  .help = "The mean over the scene is exactly this.", .help_vi = "Trung bình đúng bằng." },
	{ "swing", FIELD_NUMBER, AT(swing), .fallback = "1",
	  .help = "How much of the usual ups and downs a planted mean keeps.",
	  .help_vi = "Mức dao động giữ lại quanh trung bình." },
	{ "noise", FIELD_NUMBER, AT(noise),
	  .help = "Standard deviation of further chance.", .help_vi = "Nhiễu thêm." },
	{ "multiply", FIELD_NUMBER, AT(multiply),
	  .help = "Times this.", .help_vi = "Nhân với." },
	{ "add", FIELD_NUMBER, AT(add), .help = "Plus this.", .help_vi = "Cộng thêm." },
	{ "state", FIELD_TEXT, AT(state), .fallback = "",
	  .help = "What the instrument says of itself: calibrating, maintenance, fault, ...",
	  .help_vi = "Trạng thái thiết bị báo." },
	{ "commands", FIELD_CHOICE, AT(commands), .choices = scenario_commands, .fallback = "done",
	  .help = "What it does with a command: done, refused, ignored (no answer).",
	  .help_vi = "Khi nhận lệnh: done thực hiện, refused từ chối, ignored không trả lời." },
	{ "silent", FIELD_BOOLEAN, AT(silent), .fallback = "no",
	  .help = "It answers nothing.", .help_vi = "Không trả lời." },
	{ "cable", FIELD_BOOLEAN, AT(cable), .fallback = "no",
	  .help = "The port is gone: cable pulled, converter without power.",
	  .help_vi = "Rút cáp: mất cổng." },
	{ "hang_up", FIELD_BOOLEAN, AT(hang_up), .fallback = "no",
	  .help = "At every request the TCP connection is closed, or the pseudo-terminal goes and "
	          "is back under another name.",
	  .help_vi = "Ngắt kết nối TCP (hoặc cổng giả đổi tên) mỗi lần hỏi." },
	{ "exception", FIELD_INTEGER, AT(exception), .low = 0, .high = 255, .fallback = "0",
	  .help = "It answers with this Modbus exception.", .help_vi = "Trả lời mã lỗi Modbus." },
	{ "late", FIELD_DURATION, AT(late_s), .low = 0, .high = 600, .fallback = "0s",
	  .help = "Answers come this much later.", .help_vi = "Trả lời trễ." },
	{ "behind", FIELD_BOOLEAN, AT(behind), .fallback = "no",
	  .help = "Late by one: each answer comes when the instrument is asked the next time.",
	  .help_vi = "Trễ một lượt: mỗi câu trả lời chỉ đến khi thiết bị được hỏi lần sau." },
	{ "slow", FIELD_DURATION, AT(slow_s), .low = 0, .high = 600, .fallback = "0s",
	  .help = "Answers come byte by byte, with this time between two.",
	  .help_vi = "Trả lời từng byte một, cách nhau khoảng này." },
	{ "split", FIELD_DURATION, AT(split_s), .low = 0, .high = 600, .fallback = "0s",
	  .help = "The second half of an answer comes this much after the first.",
	  .help_vi = "Nửa sau của câu trả lời đến sau nửa đầu khoảng này." },
	{ "clumps", FIELD_DURATION, AT(clumps_s), .low = 0, .high = 1, .fallback = "0s",
	  .help = "Bytes come in clumps, with this time between two, as the latency timer of a USB "
	          "adapter gives them out; as many in each as 9600 baud has in that time.",
	  .help_vi = "Byte đến từng cụm, cách nhau khoảng này, như bộ đếm trễ (latency timer) của bộ "
	             "chuyển đổi USB." },
	{ "garbage", FIELD_BOOLEAN, AT(garbage), .fallback = "no",
	  .help = "Other bytes come instead of an answer, as many.",
	  .help_vi = "Byte vô nghĩa thay cho câu trả lời." },
	{ "flips", FIELD_INTEGER, AT(flips), .low = 0, .high = 64, .fallback = "0",
	  .help = "So many bits of every answer are turned over, wherever chance has it.",
	  .help_vi = "Số bit ngẫu nhiên bị đảo trong mỗi câu trả lời." },
	{ "stray", FIELD_INTEGER, AT(stray), .low = 0, .high = 16, .fallback = "0",
	  .help = "So many bytes FF and 00 before and behind every answer, as when a two-wire line "
	          "changes its direction.",
	  .help_vi = "Số byte nhiễu FF, 00 trước và sau mỗi câu trả lời (RS-485 đổi chiều)." },
	{ "echo", FIELD_BOOLEAN, AT(echo), .fallback = "no",
	  .help = "The request comes back before the answer.",
	  .help_vi = "Câu hỏi dội lại trước câu trả lời." },
	{ "twice", FIELD_BOOLEAN, AT(twice), .fallback = "no",
	  .help = "Every answer comes twice, glued together.",
	  .help_vi = "Mỗi câu trả lời đến hai lần, dính liền nhau." },
	{ "foreign", FIELD_BOOLEAN, AT(foreign), .fallback = "no",
	  .help = "What another instrument of the port said last comes before the answer.",
	  .help_vi = "Câu trả lời cũ của thiết bị khác cùng cổng đến trước." },
	{ "babble", FIELD_BOOLEAN, AT(babble), .fallback = "no",
	  .help = "It sends bytes without end, and nothing else.",
	  .help_vi = "Gửi byte không ngừng, không trả lời gì khác." },
	{ "frozen", FIELD_BOOLEAN, AT(frozen), .fallback = "no",
	  .help = "It shows what it showed when the scene began.",
	  .help_vi = "Giá trị đứng yên như lúc bắt đầu cảnh." },
	{ "other_order", FIELD_BOOLEAN, AT(other_order), .fallback = "no",
	  .help = "Its numbers have their words in the other order.",
	  .help_vi = "Các số có thứ tự từ (word) ngược lại." },
	{ "shift", FIELD_INTEGER, AT(shift), .low = 0, .high = 127, .fallback = "0",
	  .help = "Its channels are renumbered: each says what the one so many behind it measures.",
	  .help_vi = "Kênh bị đánh số lại: mỗi kênh đưa giá trị của kênh đứng sau nó bấy nhiêu." },
	{ "renumbered", FIELD_TEXT, AT(renumbered), .fallback = "",
	  .help = "It answers at this address, and no longer at its own.",
	  .help_vi = "Thiết bị trả lời ở địa chỉ này thay cho địa chỉ cũ." },
	{ 0 },
};
#undef AT
static const struct section scene_section = {
	"scene", sizeof(struct scenario_scene), scene_fields, NULL };

#define AT(member) offsetof(struct scenario, member)
static const struct field scenario_fields[] = {
	{ "scenario", FIELD_SECTION, AT(head), .required = true, .section = &head_section,
	  .help = "The whole.", .help_vi = "Chung." },
	{ "ports", FIELD_SECTIONS, AT(port), AT(n_ports), .required = true,
	  .section = &port_section,
	  .help = "Where the instruments answer.", .help_vi = "Các cổng." },
	{ "instruments", FIELD_SECTIONS, AT(instrument), AT(n_instruments), .required = true,
	  .section = &instrument_section,
	  .help = "What is simulated.", .help_vi = "Các thiết bị mô phỏng." },
	{ "scenes", FIELD_SECTIONS, AT(scene), AT(n_scenes), .section = &scene_section,
	  .help = "What happens, in this order when several do at once.",
	  .help_vi = "Các cảnh; cùng lúc thì theo thứ tự." },
	{ 0 },
};
#undef AT
// clang-format on

const struct section scenario_section = { "scenario", sizeof(struct scenario),
	scenario_fields, NULL };
