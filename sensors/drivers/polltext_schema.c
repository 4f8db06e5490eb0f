/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a poll-text profile beside those every text profile has. */
#include "sensors/drivers/polltext.h"
#include "sensors/tables/checksum.h"
#include "sensors/tables/fields.h"
#include "sensors/tables/profile.h"

#define BLOCK(member)   offsetof(struct profile_block, member)
#define REFUSAL(member) offsetof(struct profile_refusal, member)
#define PROFILE(member) offsetof(struct profile, member)

const char *const refusal_words[] = { "refused", "busy", "unfit", NULL };

// clang-format off
static const struct field block_fields[] = {
	{ .key = "name", .type = FIELD_ID, .at = BLOCK(name), .required = true,
	  .help = "What channels and rules call this block.",
	  .help_vi = "Tên khối, kênh và quy tắc dùng tên này." },
	{ .key = "send", .type = FIELD_TEXT, .at = BLOCK(text.send), .high = 400,
	  .help = "The request, as a template in single quotes; none: the instrument speaks by itself.",
	  .help_vi = "Lệnh gửi đi, dạng mẫu trong dấu nháy đơn; bỏ trống: thiết bị tự gửi." },
	{ .key = "answers", .type = FIELD_TEXTS, .at = BLOCK(text.answer),
	  .count_at = BLOCK(text.n_answers), .required = true, .high = 400,
	  .help = "Templates of the answer, its end included; the first that fits is taken.",
	  .help_vi = "Các mẫu câu trả lời, gồm cả ký tự kết thúc; dùng mẫu khớp đầu tiên." },
	{ .key = "timeout", .type = FIELD_DURATION, .at = BLOCK(timeout_s), .low = 0.05, .high = 60,
	  .help = "How long to wait for this answer, when it differs from the instrument's.",
	  .help_vi = "Thời gian chờ trả lời của khối này, nếu khác của thiết bị." },
	{ .key = "source", .type = FIELD_TEXT, .at = BLOCK(source), .required = true,
	  .help = "Where request and answer are written down: manual and page, or field evidence.",
	  .help_vi = "Nguồn của lệnh và câu trả lời: tài liệu và trang." },
	{ 0 },
};
static const struct section block_section = {
	"block", sizeof(struct profile_block), block_fields, NULL };

static const struct field refusal_fields[] = {
	{ .key = "answer", .type = FIELD_TEXT, .at = REFUSAL(answer), .required = true, .high = 400,
	  .help = "Template of an answer that refuses.", .help_vi = "Mẫu câu trả lời từ chối." },
	{ .key = "means", .type = FIELD_CHOICE, .at = REFUSAL(means), .choices = refusal_words,
	  .fallback = "refused",
	  .help = "refused: not now; busy: ask again soon; unfit: it does not know the request.",
	  .help_vi = "refused: lúc này không; busy: hỏi lại ngay; unfit: thiết bị không biết lệnh này." },
	{ .key = "meaning", .type = FIELD_TEXT, .at = REFUSAL(meaning), .required = true,
	  .help = "What the maker calls it.", .help_vi = "Cách gọi của nhà sản xuất." },
	{ .key = "source", .type = FIELD_TEXT, .at = REFUSAL(source),
	  .help = "Where it is written down.", .help_vi = "Nguồn." },
	{ 0 },
};
static const struct section refusal_section = {
	"refusal", sizeof(struct profile_refusal), refusal_fields, NULL };

static const struct field profile_fields[] = {
	{ .key = "checksum", .type = FIELD_CHOICE, .at = PROFILE(polltext.checksum),
	  .choices = checksum_kinds, .fallback = "none",
	  .help = "What {check} is in the templates.", .help_vi = "Loại mã kiểm tra {check} trong các mẫu." },
	{ .key = "pause", .type = FIELD_DURATION, .at = PROFILE(polltext.pause_s), .low = 0, .high = 60,
	  .fallback = "0s", .help = "Between an answer and the next request.",
	  .help_vi = "Khoảng nghỉ giữa câu trả lời và lệnh tiếp theo." },
	{ .key = "blocks", .type = FIELD_SECTIONS, .at = PROFILE(block), .count_at = PROFILE(n_blocks),
	  .section = &block_section, .required = true,
	  .help = "The requests of one poll, in order; or the lines it says by itself.",
	  .help_vi = "Các lệnh trong một lần hỏi; hoặc các dòng thiết bị tự gửi." },
	{ .key = "refusals", .type = FIELD_SECTIONS, .at = PROFILE(polltext.refusal),
	  .count_at = PROFILE(polltext.n_refusals), .section = &refusal_section,
	  .help = "Answers that refuse.", .help_vi = "Các câu trả lời từ chối." },
	{ .key = "skip", .type = FIELD_TEXTS, .at = PROFILE(polltext.skip),
	  .count_at = PROFILE(polltext.n_skips), .high = 400,
	  .help = "Templates of lines it says besides, of no interest.",
	  .help_vi = "Mẫu các dòng khác không cần đọc." },
	{ .key = "commands", .type = FIELD_SECTIONS, .at = PROFILE(command), .count_at = PROFILE(n_commands),
	  .section = &polltext_command_section,
	  .help = "What an operator may order it to do; nothing sends one by itself.",
	  .help_vi = "Các lệnh người vận hành có thể ra; hệ thống không tự gửi." },
	{ 0 },
};
// clang-format on

const struct section polltext_section = { "profile", sizeof(struct profile),
	profile_fields, &text_profile_section };
