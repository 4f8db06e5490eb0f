/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a profile of frames beside those every profile has. */
#include "sensors/drivers/frames.h"
#include "sensors/tables/profile.h"

#define TAG(member)     offsetof(struct profile_channel, tag.member)
#define BLOCK(member)   offsetof(struct profile_block, member)
#define RULE(member)    offsetof(struct profile_rule, member)
#define FRESH(member)   offsetof(struct profile_fresh, member)
#define WORDS(member)   offsetof(struct profile_words, member)
#define PROFILE(member) offsetof(struct profile, member)

static const char *const byte_orders[] = { "AB", "BA", NULL }; /* FRAME_AB, FRAME_BA */

// clang-format off
static const struct field block_fields[] = {
	{ .key = "name", .type = FIELD_ID, .at = BLOCK(name), .required = true,
	  .help = "What channels and rules call this block.",
	  .help_vi = "Tên khối, kênh và quy tắc dùng tên này." },
	{ .key = "request", .type = FIELD_TEXT, .at = BLOCK(frames.request),
	  .help = "Bytes sent, whole, with check and stuffing: \"FF 01 86 00 00 00 00 00 79\". Absent: it speaks unasked.",
	  .help_vi = "Các byte gửi đi, đầy đủ cả tổng kiểm tra; bỏ trống: thiết bị tự gửi." },
	{ .key = "header", .type = FIELD_TEXT, .at = BLOCK(frames.header), .required = true,
	  .help = "Bytes every frame begins with; `..` is any byte.",
	  .help_vi = "Các byte đầu khung; `..` là byte bất kỳ." },
	{ .key = "length", .type = FIELD_INTEGER, .at = BLOCK(frames.length), .low = 1, .high = FRAMES_WIRE,
	  .help = "Bytes of the whole frame, if that never changes.",
	  .help_vi = "Độ dài cả khung (byte), nếu cố định." },
	{ .key = "length_at", .type = FIELD_INTEGER, .at = BLOCK(frames.length_at), .low = 1, .high = FRAMES_WIRE,
	  .help = "Else: the byte that says it.", .help_vi = "Nếu không: vị trí trường độ dài." },
	{ .key = "length_size", .type = FIELD_INTEGER, .at = BLOCK(frames.length_size), .low = 1, .high = 2,
	  .fallback = "1", .help = "Bytes of that field.", .help_vi = "Số byte của trường độ dài." },
	{ .key = "length_order", .type = FIELD_CHOICE, .at = BLOCK(frames.length_order), .choices = byte_orders,
	  .fallback = "AB", .help = "AB: high byte first, BA: low byte first.",
	  .help_vi = "AB: byte cao trước, BA: byte thấp trước." },
	{ .key = "length_add", .type = FIELD_INTEGER, .at = BLOCK(frames.length_add), .low = -FRAMES_WIRE,
	  .high = FRAMES_WIRE, .fallback = "0",
	  .help = "What makes the field the length of the whole frame.",
	  .help_vi = "Cộng vào trường để ra độ dài cả khung." },
	{ .key = "longest", .type = FIELD_INTEGER, .at = BLOCK(frames.longest), .low = 1, .high = FRAMES_WIRE,
	  .help = "Longest frame the field may mean.", .help_vi = "Khung dài nhất có thể." },
	{ .key = "stuffed", .type = FIELD_BOOLEAN, .at = BLOCK(frames.stuffed), .fallback = "no",
	  .help = "yes: SHDLC, between 7E and 7E; all places are those before stuffing.",
	  .help_vi = "yes: SHDLC, giữa hai byte 7E; mọi vị trí tính trước khi chèn." },
	{ .key = "tail", .type = FIELD_TEXT, .at = BLOCK(frames.tail),
	  .help = "Bytes every frame ends with, after the check.",
	  .help_vi = "Các byte cuối khung, sau tổng kiểm tra." },
	{ .key = "check", .type = FIELD_CHOICE, .at = BLOCK(frames.check), .required = true,
	  .choices = frame_checks, .help = "Kind of check.", .help_vi = "Loại tổng kiểm tra." },
	{ .key = "check_order", .type = FIELD_CHOICE, .at = BLOCK(frames.check_order), .choices = byte_orders,
	  .set_at = BLOCK(frames.check_order_set),
	  .help = "AB: high byte first, BA: low byte first; as usual for its kind if absent.",
	  .help_vi = "AB: byte cao trước, BA: byte thấp trước." },
	{ .key = "check_over", .type = FIELD_TEXT, .at = BLOCK(frames.over),
	  .help = "Bytes it covers: \"2-7\"; \"1-\": up to the check; absent: all before it.",
	  .help_vi = "Các byte được kiểm tra: \"2-7\"; \"1-\": đến trước tổng kiểm tra." },
	{ .key = "check_at", .type = FIELD_INTEGER, .at = BLOCK(frames.check_at), .low = 1, .high = FRAMES_WIRE,
	  .help = "Its place, if not right before the tail.",
	  .help_vi = "Vị trí tổng kiểm tra, nếu không ở cuối khung." },
	{ .key = "refused", .type = FIELD_TEXT, .at = BLOCK(frames.refused),
	  .help = "The answer that says no: \"96 96\".", .help_vi = "Câu trả lời từ chối." },
	{ .key = "error_at", .type = FIELD_INTEGER, .at = BLOCK(frames.error_at), .low = 1, .high = FRAMES_WIRE,
	  .help = "The byte that is not 0 when the answer says no.",
	  .help_vi = "Byte khác 0 khi thiết bị từ chối." },
	{ .key = "error_mask", .type = FIELD_INTEGER, .at = BLOCK(frames.error_mask), .low = 1, .high = 255,
	  .fallback = "255", .help = "Bits of it that count.", .help_vi = "Mặt nạ bit." },
	{ .key = "errors", .type = FIELD_TEXTS, .at = BLOCK(frames.error), .count_at = BLOCK(frames.n_errors),
	  .help = "What its numbers mean: \"0x43: not allowed in this state\".",
	  .help_vi = "Ý nghĩa của mã lỗi." },
	{ .key = "blank", .type = FIELD_TEXT, .at = BLOCK(frames.blank),
	  .help = "While all these bytes are 0 it is starting up and there is no value: \"4-29\".",
	  .help_vi = "Khi mọi byte này bằng 0, thiết bị đang khởi động, chưa có số liệu." },
	{ .key = "start", .type = FIELD_ID, .at = BLOCK(frames.start),
	  .help = "The block that starts the measurement, asked only when this one has no data or one of `start_if`.",
	  .help_vi = "Khối bắt đầu đo, chỉ hỏi khi khối này không có số liệu hoặc báo lỗi trong start_if." },
	{ .key = "start_if", .type = FIELD_TEXTS, .at = BLOCK(frames.idle), .count_at = BLOCK(frames.n_idle),
	  .help = "Errors that say it does not measure.", .help_vi = "Các mã lỗi nghĩa là chưa đo." },
	{ .key = "timeout", .type = FIELD_DURATION, .at = BLOCK(timeout_s), .low = 0.05, .high = 60,
	  .help = "How long to wait for this answer, when it differs from the instrument's.",
	  .help_vi = "Thời gian chờ trả lời của khối này, nếu khác của thiết bị." },
	{ .key = "source", .type = FIELD_TEXT, .at = BLOCK(source), .required = true,
	  .help = "Where this frame is written down: manual and page, or field evidence.",
	  .help_vi = "Nguồn của khung này: tài liệu và trang." },
	{ 0 },
};
static const struct section block_section = {
	"block", sizeof(struct profile_block), block_fields, NULL };

static const struct field channel_fields[] = {
	{ .key = "block", .type = FIELD_ID, .at = TAG(block),
	  .help = "The block the number lies in, if there are several.", .help_vi = "Khối chứa giá trị, nếu có nhiều khối." },
	{ .key = "at", .type = FIELD_INTEGER, .at = TAG(at), .required = true, .low = 0, .high = FRAMES_WIRE,
	  .help = "First byte of the number; the header's first byte is 0.",
	  .help_vi = "Byte đầu của giá trị; byte đầu khung là 0." },
	{ .key = "type", .type = FIELD_CHOICE, .at = TAG(type), .required = true,
	  .choices = frame_types, .help = "How the number is written.", .help_vi = "Kiểu số." },
	{ .key = "order", .type = FIELD_CHOICE, .at = TAG(order), .choices = frame_orders,
	  .set_at = TAG(order_set),
	  .help = "Order of its bytes, A most significant; for all types of more than one byte.",
	  .help_vi = "Thứ tự byte, A là byte cao nhất." },
	{ .key = "bit", .type = FIELD_INTEGER, .at = TAG(bit), .low = 0, .high = 7,
	  .help = "Bit of the byte, for type bit.", .help_vi = "Bit trong byte." },
	{ .key = "mask", .type = FIELD_INTEGER, .at = TAG(mask), .low = 0, .high = 4294967295.0,
	  .help = "Bits that count, for the unsigned types.", .help_vi = "Mặt nạ bit." },
	{ .key = "shift", .type = FIELD_INTEGER, .at = TAG(shift), .low = 0, .high = 31,
	  .help = "Shift to the right after the mask.", .help_vi = "Dịch phải sau mặt nạ." },
	{ 0 },
};
static const struct section channel_section = {
	"channel", sizeof(struct profile_channel), channel_fields, &channel_common };

static const struct field rule_fields[] = {
	{ .key = "block", .type = FIELD_ID, .at = RULE(block),
	  .help = "The block of the status, if there are several.", .help_vi = "Khối chứa trạng thái, nếu có nhiều khối." },
	{ .key = "at", .type = FIELD_INTEGER, .at = RULE(at), .required = true, .low = 0, .high = FRAMES_WIRE,
	  .help = "Byte of the frame, from 0.", .help_vi = "Vị trí trong khung, đếm từ 0." },
	{ .key = "order", .type = FIELD_CHOICE, .at = RULE(order), .choices = frame_orders,
	  .set_at = RULE(order_set), .help = "Of a status of several bytes: AB, BA, ABCD, ...",
	  .help_vi = "Thứ tự byte, nếu trạng thái dài hơn một byte." },
	{ .key = "bit", .type = FIELD_INTEGER, .at = RULE(bit), .low = 0, .high = 31,
	  .set_at = RULE(bit_set), .help = "One bit of it.", .help_vi = "Một bit." },
	{ .key = "mask", .type = FIELD_INTEGER, .at = RULE(mask), .low = 0, .high = 4294967295.0,
	  .help = "Bits that count.", .help_vi = "Mặt nạ bit." },
	{ 0 },
};
static const struct section rule_section = {
	"state rule", sizeof(struct profile_rule), rule_fields, &rule_common };

static const struct field fresh_fields[] = {
	{ .key = "block", .type = FIELD_ID, .at = FRESH(block),
	  .help = "The block of the result counter, if there are several.", .help_vi = "Khối chứa bộ đếm kết quả." },
	{ .key = "at", .type = FIELD_INTEGER, .at = FRESH(at), .required = true, .low = 0, .high = FRAMES_WIRE,
	  .help = "First byte that changes with every result.", .help_vi = "Byte đầu thay đổi theo mỗi kết quả mới." },
	{ .key = "count", .type = FIELD_INTEGER, .at = FRESH(count), .low = 1, .high = FRESH_SIZE,
	  .fallback = "1", .help = "Bytes.", .help_vi = "Số byte." },
	{ .key = "channels", .type = FIELD_TEXTS, .at = FRESH(channel), .count_at = FRESH(n_channels),
	  .help = "Channels whose result it counts; none: all.", .help_vi = "Các kênh liên quan; bỏ trống: tất cả." },
	{ .key = "source", .type = FIELD_TEXT, .at = FRESH(source),
	  .help = "Where it is written down.", .help_vi = "Nguồn." },
	{ 0 },
};
static const struct section fresh_section = {
	"fresh mark", sizeof(struct profile_fresh), fresh_fields, NULL };

static const struct field words_fields[] = {
	{ .key = "block", .type = FIELD_ID, .at = WORDS(block),
	  .help = "The block of the status bytes, if there are several.", .help_vi = "Khối chứa byte trạng thái." },
	{ .key = "at", .type = FIELD_INTEGER, .at = WORDS(at), .required = true, .low = 0, .high = FRAMES_WIRE,
	  .help = "First byte, from 0.", .help_vi = "Vị trí trong khung, đếm từ 0." },
	{ .key = "count", .type = FIELD_INTEGER, .at = WORDS(count), .low = 1, .high = VENDOR_MOST,
	  .fallback = "1", .help = "Bytes kept verbatim.", .help_vi = "Số byte được lưu nguyên." },
	{ 0 },
};
static const struct section words_section = {
	"vendor words", sizeof(struct profile_words), words_fields, NULL };

static const struct field profile_fields[] = {
	{ .key = "blocks", .type = FIELD_SECTIONS, .at = PROFILE(block), .count_at = PROFILE(n_blocks),
	  .section = &block_section, .required = true,
	  .help = "The requests of one poll, in order; or the one kind of frame it sends unasked.",
	  .help_vi = "Các khối hỏi theo thứ tự; hoặc một loại khung thiết bị tự gửi." },
	{ .key = "channels", .type = FIELD_SECTIONS, .at = PROFILE(channel),
	  .count_at = PROFILE(n_channels), .section = &channel_section, .required = true,
	  .help = "What it measures and where the numbers lie.", .help_vi = "Các kênh đo." },
	{ .key = "states", .type = FIELD_SECTIONS, .at = PROFILE(rule), .count_at = PROFILE(n_rules),
	  .section = &rule_section,
	  .help = "What status bytes say; the first rule that holds counts.",
	  .help_vi = "Ý nghĩa của byte trạng thái; quy tắc đúng đầu tiên được dùng." },
	{ .key = "fresh", .type = FIELD_SECTIONS, .at = PROFILE(fresh), .count_at = PROFILE(n_fresh),
	  .section = &fresh_section,
	  .help = "Bytes that change with every result of a slow instrument.",
	  .help_vi = "Byte thay đổi theo mỗi kết quả mới." },
	{ .key = "vendor", .type = FIELD_SECTIONS, .at = PROFILE(words), .count_at = PROFILE(n_words),
	  .section = &words_section,
	  .help = "Bytes kept verbatim with every reading.",
	  .help_vi = "Byte được lưu nguyên văn." },
	{ 0 },
};
// clang-format on

const struct section frames_section = { "profile", sizeof(struct profile),
	profile_fields, &profile_common };
