/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a Modbus profile beside those every profile has. */
#include "sensors/drivers/modbus.h"
#include "sensors/tables/profile.h"

#define TAG(member)     offsetof(struct profile_channel, tag.member)
#define BLOCK(member)   offsetof(struct profile_block, member)
#define RULE(member)    offsetof(struct profile_rule, member)
#define TIME(member)    offsetof(struct profile_time, member)
#define FRESH(member)   offsetof(struct profile_fresh, member)
#define WORDS(member)   offsetof(struct profile_words, member)
#define PROFILE(member) offsetof(struct profile, member)

// clang-format off
static const struct field block_fields[] = {
	{ .key = "name", .type = FIELD_ID, .at = BLOCK(name), .required = true,
	  .help = "What channels and rules call this block.",
	  .help_vi = "Tên khối, kênh và quy tắc dùng tên này." },
	{ .key = "function", .type = FIELD_INTEGER, .at = BLOCK(modbus.function), .required = true,
	  .low = 1, .high = PUSHED,
	  .help = "Modbus function: 1 coils, 2 discrete inputs, 3 holding, 4 input registers; 16 registers that a plant's own master writes to this address.",
	  .help_vi = "Mã hàm Modbus: 1 coil, 2 đầu vào rời rạc, 3 thanh ghi giữ, 4 thanh ghi vào; 16 thanh ghi do máy chủ của nhà máy ghi đến địa chỉ này." },
	{ .key = "start", .type = FIELD_INTEGER, .at = BLOCK(modbus.start), .required = true,
	  .low = 0, .high = 65535,
	  .help = "First register or item as it goes over the wire, counted from 0 (40001 is 0).",
	  .help_vi = "Địa chỉ đầu tiên trên đường truyền, đếm từ 0 (40001 là 0)." },
	{ .key = "count", .type = FIELD_INTEGER, .at = BLOCK(modbus.count), .required = true,
	  .low = 1, .high = 2000,
	  .help = "Registers (at most 125) or items (at most 2000), read in one request.",
	  .help_vi = "Số thanh ghi (tối đa 125) hoặc bit (tối đa 2000) đọc trong một lần." },
	{ .key = "indivisible", .type = FIELD_BOOLEAN, .at = BLOCK(modbus.indivisible), .fallback = "no",
	  .help = "yes: all of it must come out of one answer, also when another master asks.",
	  .help_vi = "yes: toàn bộ khối phải nằm trong một trả lời, kể cả khi máy chủ khác hỏi." },
	{ .key = "timeout", .type = FIELD_DURATION, .at = BLOCK(timeout_s), .low = 0.05, .high = 60,
	  .help = "How long to wait for this answer, when it differs from the instrument's.",
	  .help_vi = "Thời gian chờ trả lời của khối này, nếu khác của thiết bị." },
	{ .key = "source", .type = FIELD_TEXT, .at = BLOCK(source), .required = true,
	  .help = "Where these registers are written down: manual and page, or field evidence.",
	  .help_vi = "Nguồn của bản đồ thanh ghi: tài liệu và trang." },
	{ 0 },
};
static const struct section block_section = {
	"block", sizeof(struct profile_block), block_fields, NULL };

static const struct field channel_fields[] = {
	{ .key = "block", .type = FIELD_ID, .at = TAG(block), .required = true,
	  .help = "The block the number lies in.", .help_vi = "Khối chứa giá trị." },
	{ .key = "at", .type = FIELD_INTEGER, .at = TAG(at), .required = true, .low = 0, .high = 1999,
	  .help = "Register (or item, for functions 1 and 2) of the block, counted from 0.",
	  .help_vi = "Vị trí trong khối, đếm từ 0." },
	{ .key = "type", .type = FIELD_CHOICE, .at = TAG(type), .required = true,
	  .choices = number_types, .help = "How the number is written.", .help_vi = "Kiểu số." },
	{ .key = "order", .type = FIELD_CHOICE, .at = TAG(order), .choices = word_orders,
	  .set_at = TAG(order_set),
	  .help = "Order of the bytes on the wire, A most significant; there is no usual one.",
	  .help_vi = "Thứ tự byte trên đường truyền, A là byte cao nhất." },
	{ .key = "bit", .type = FIELD_INTEGER, .at = TAG(bit), .low = 0, .high = 15,
	  .help = "Bit of the register, for type bit.", .help_vi = "Bit trong thanh ghi." },
	{ .key = "mask", .type = FIELD_INTEGER, .at = TAG(mask), .low = 0, .high = 4294967295.0,
	  .help = "Bits that count, for u16 and u32.", .help_vi = "Mặt nạ bit." },
	{ .key = "shift", .type = FIELD_INTEGER, .at = TAG(shift), .low = 0, .high = 31,
	  .help = "Shift to the right after the mask.", .help_vi = "Dịch phải sau mặt nạ." },
	{ .key = "count", .type = FIELD_INTEGER, .at = TAG(count), .low = 1, .high = 16,
	  .fallback = "1", .help = "Registers, for bcd and ascii.", .help_vi = "Số thanh ghi (bcd, ascii)." },
	{ 0 },
};
static const struct section channel_section = {
	"channel", sizeof(struct profile_channel), channel_fields, &channel_common };

static const struct field rule_fields[] = {
	{ .key = "block", .type = FIELD_ID, .at = RULE(block), .required = true,
	  .help = "The block of the status.", .help_vi = "Khối chứa trạng thái." },
	{ .key = "at", .type = FIELD_INTEGER, .at = RULE(at), .required = true, .low = 0, .high = 1999,
	  .help = "Register or item of the block, from 0.", .help_vi = "Vị trí trong khối, đếm từ 0." },
	{ .key = "bit", .type = FIELD_INTEGER, .at = RULE(bit), .low = 0, .high = 15,
	  .set_at = RULE(bit_set), .help = "One bit of the register.", .help_vi = "Một bit của thanh ghi." },
	{ .key = "mask", .type = FIELD_INTEGER, .at = RULE(mask), .low = 0, .high = 65535,
	  .help = "Bits that count.", .help_vi = "Mặt nạ bit." },
	{ 0 },
};
static const struct section rule_section = {
	"state rule", sizeof(struct profile_rule), rule_fields, &rule_common };

static const struct field time_fields[] = {
	{ .key = "block", .type = FIELD_ID, .at = TIME(block), .required = true,
	  .help = "The block of the sample time.", .help_vi = "Khối chứa thời gian lấy mẫu." },
	{ .key = "at", .type = FIELD_INTEGER, .at = TIME(at), .required = true, .low = 0, .high = 124,
	  .help = "First register of the block, from 0.", .help_vi = "Vị trí trong khối, đếm từ 0." },
	{ .key = "form", .type = FIELD_CHOICE, .at = TIME(form), .required = true, .choices = time_forms,
	  .help = "tai64n (6 registers), words (year month day hour minute second) or seconds (u32 since 1970).",
	  .help_vi = "tai64n, words (năm tháng ngày giờ phút giây) hoặc seconds (u32 từ 1970)." },
	{ .key = "order", .type = FIELD_CHOICE, .at = TIME(order), .choices = word_orders,
	  .fallback = "ABCD", .help = "Of the u32 of seconds.", .help_vi = "Thứ tự byte của seconds." },
	{ .key = "leap", .type = FIELD_INTEGER, .at = TIME(leap_s), .low = 0, .high = 60,
	  .fallback = "37",
	  .help = "TAI minus UTC in tai64n; 0 where the maker counts UTC.",
	  .help_vi = "Chênh lệch TAI và UTC (giây); 0 nếu nhà sản xuất dùng UTC." },
	{ .key = "utc_offset", .type = FIELD_OFFSET, .at = TIME(offset_min), .fallback = "+00:00",
	  .help = "Of the instrument's clock, for words.", .help_vi = "Múi giờ của đồng hồ thiết bị." },
	{ .key = "channels", .type = FIELD_TEXTS, .at = TIME(channel), .count_at = TIME(n_channels),
	  .help = "Channels it speaks of; none: all.", .help_vi = "Các kênh liên quan; bỏ trống: tất cả." },
	{ .key = "source", .type = FIELD_TEXT, .at = TIME(source),
	  .help = "Where it is written down.", .help_vi = "Nguồn." },
	{ 0 },
};
static const struct section time_section = {
	"sample time", sizeof(struct profile_time), time_fields, NULL };

static const struct field fresh_fields[] = {
	{ .key = "block", .type = FIELD_ID, .at = FRESH(block), .required = true,
	  .help = "The block of the result counter or time.", .help_vi = "Khối chứa bộ đếm kết quả." },
	{ .key = "at", .type = FIELD_INTEGER, .at = FRESH(at), .required = true, .low = 0, .high = 124,
	  .help = "First register that changes with every result.", .help_vi = "Vị trí trong khối, đếm từ 0." },
	{ .key = "count", .type = FIELD_INTEGER, .at = FRESH(count), .low = 1, .high = FRESH_SIZE / 2.0,
	  .fallback = "1", .help = "Registers.", .help_vi = "Số thanh ghi." },
	{ .key = "channels", .type = FIELD_TEXTS, .at = FRESH(channel), .count_at = FRESH(n_channels),
	  .help = "Channels whose result it counts; none: all.", .help_vi = "Các kênh liên quan; bỏ trống: tất cả." },
	{ .key = "source", .type = FIELD_TEXT, .at = FRESH(source),
	  .help = "Where it is written down.", .help_vi = "Nguồn." },
	{ 0 },
};
static const struct section fresh_section = {
	"fresh mark", sizeof(struct profile_fresh), fresh_fields, NULL };

static const struct field words_fields[] = {
	{ .key = "block", .type = FIELD_ID, .at = WORDS(block), .required = true,
	  .help = "The block of the status registers.", .help_vi = "Khối chứa thanh ghi trạng thái." },
	{ .key = "at", .type = FIELD_INTEGER, .at = WORDS(at), .required = true, .low = 0, .high = 1999,
	  .help = "First register or item, from 0.", .help_vi = "Vị trí trong khối, đếm từ 0." },
	{ .key = "count", .type = FIELD_INTEGER, .at = WORDS(count), .low = 1, .high = 2000,
	  .fallback = "1", .help = "Registers or items kept verbatim.", .help_vi = "Số thanh ghi được lưu nguyên." },
	{ 0 },
};
static const struct section words_section = {
	"vendor words", sizeof(struct profile_words), words_fields, NULL };

static const struct field profile_fields[] = {
	{ .key = "slave", .type = FIELD_INTEGER, .at = PROFILE(slave), .low = 1, .high = 255,
	  .fallback = "1", .help = "Factory address.", .help_vi = "Địa chỉ mặc định." },
	{ .key = "blocks", .type = FIELD_SECTIONS, .at = PROFILE(block), .count_at = PROFILE(n_blocks),
	  .section = &block_section, .required = true,
	  .help = "The requests of one poll, in order.", .help_vi = "Các khối đọc trong một lần hỏi." },
	{ .key = "channels", .type = FIELD_SECTIONS, .at = PROFILE(channel),
	  .count_at = PROFILE(n_channels), .section = &channel_section, .required = true,
	  .help = "What it measures and where the numbers lie.", .help_vi = "Các kênh đo." },
	{ .key = "states", .type = FIELD_SECTIONS, .at = PROFILE(rule), .count_at = PROFILE(n_rules),
	  .section = &rule_section,
	  .help = "What status registers say; the first rule that holds counts.",
	  .help_vi = "Ý nghĩa của thanh ghi trạng thái; quy tắc đúng đầu tiên được dùng." },
	{ .key = "sampled", .type = FIELD_SECTIONS, .at = PROFILE(time), .count_at = PROFILE(n_times),
	  .section = &time_section,
	  .help = "Where the instrument says when it took its sample.", .help_vi = "Thời gian lấy mẫu của thiết bị." },
	{ .key = "fresh", .type = FIELD_SECTIONS, .at = PROFILE(fresh), .count_at = PROFILE(n_fresh),
	  .section = &fresh_section,
	  .help = "Registers that change with every result of a slow analyser.",
	  .help_vi = "Thanh ghi thay đổi theo mỗi kết quả mới." },
	{ .key = "vendor", .type = FIELD_SECTIONS, .at = PROFILE(words), .count_at = PROFILE(n_words),
	  .section = &words_section,
	  .help = "Status registers kept verbatim with every reading.",
	  .help_vi = "Thanh ghi trạng thái được lưu nguyên văn." },
	{ .key = "commands", .type = FIELD_SECTIONS, .at = PROFILE(command), .count_at = PROFILE(n_commands),
	  .section = &modbus_command_section,
	  .help = "What an operator may order it to do; nothing sends one by itself.",
	  .help_vi = "Các lệnh người vận hành có thể ra; hệ thống không tự gửi." },
	{ 0 },
};
// clang-format on

const struct section modbus_section = { "profile", sizeof(struct profile),
	profile_fields, &profile_common };
