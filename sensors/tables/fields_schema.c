/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of text profiles whose places are fields of an answer, and what tables cannot say of
 * them. */
#include <string.h>

#include "sensors/tables/fields.h"
#include "sensors/tables/profile_parts.h"

#define TAG(member)     offsetof(struct profile_channel, tag.member)
#define RULE(member)    offsetof(struct profile_rule, member)
#define TIME(member)    offsetof(struct profile_time, member)
#define FRESH(member)   offsetof(struct profile_fresh, member)
#define WORDS(member)   offsetof(struct profile_words, member)
#define PROFILE(member) offsetof(struct profile, member)

#define BLOCK_HELP    "The request whose answer it is in, where there are several."
#define BLOCK_HELP_VI "Yêu cầu có câu trả lời chứa trường này, nếu có nhiều."

// clang-format off
static const struct field channel_fields[] = {
	{ .key = "block", .type = FIELD_ID, .at = TAG(block), .help = BLOCK_HELP,
	  .help_vi = BLOCK_HELP_VI },
	{ .key = "field", .type = FIELD_TEXT, .at = TAG(field), .required = true, .high = 23,
	  .help = "The field of the answer with its number.", .help_vi = "Trường chứa giá trị." },
	{ 0 },
};
const struct section text_channel_section = {
	"channel", sizeof(struct profile_channel), channel_fields, &channel_common };

static const struct field rule_fields[] = {
	{ .key = "block", .type = FIELD_ID, .at = RULE(block), .help = BLOCK_HELP,
	  .help_vi = BLOCK_HELP_VI },
	{ .key = "field", .type = FIELD_TEXT, .at = RULE(field), .required = true, .high = 23,
	  .help = "The field of the answer with the status.", .help_vi = "Trường chứa trạng thái." },
	{ .key = "base", .type = FIELD_INTEGER, .at = RULE(base), .low = 0, .high = 16, .fallback = "0",
	  .help = "10 or 16: the field is a number; else it is compared as text.",
	  .help_vi = "10 hoặc 16: trường là số; nếu không, so sánh như văn bản." },
	{ .key = "bit", .type = FIELD_INTEGER, .at = RULE(bit), .low = 0, .high = 31,
	  .set_at = RULE(bit_set), .help = "One bit of the number.", .help_vi = "Một bit của số." },
	{ .key = "mask", .type = FIELD_INTEGER, .at = RULE(mask), .low = 0, .high = 4294967295.0,
	  .help = "Bits that count.", .help_vi = "Mặt nạ bit." },
	{ 0 },
};
const struct section text_rule_section = {
	"state rule", sizeof(struct profile_rule), rule_fields, &rule_common };

static const struct field time_fields[] = {
	{ .key = "block", .type = FIELD_ID, .at = TIME(block), .help = BLOCK_HELP,
	  .help_vi = BLOCK_HELP_VI },
	{ .key = "field", .type = FIELD_TEXT, .at = TIME(field), .required = true, .high = 23,
	  .help = "The field of the answer with the time.", .help_vi = "Trường chứa thời gian." },
	{ .key = "form", .type = FIELD_TEXT, .at = TIME(text_form), .required = true, .high = 32,
	  .help = "How it is written: YYYYMMDDhhmmss, MM-DD-YY hh:mm, ... (DDD: day of the year).",
	  .help_vi = "Cách ghi: YYYYMMDDhhmmss, MM-DD-YY hh:mm, ..." },
	{ .key = "utc_offset", .type = FIELD_OFFSET, .at = TIME(offset_min), .set_at = TIME(offset_set),
	  .help = "Of the instrument's clock; else the station's.", .help_vi = "Múi giờ của đồng hồ thiết bị." },
	{ .key = "channels", .type = FIELD_TEXTS, .at = TIME(channel), .count_at = TIME(n_channels),
	  .help = "Channels it speaks of; none: all.", .help_vi = "Các kênh liên quan; bỏ trống: tất cả." },
	{ .key = "source", .type = FIELD_TEXT, .at = TIME(source),
	  .help = "Where it is written down.", .help_vi = "Nguồn." },
	{ 0 },
};
const struct section text_time_section = {
	"sample time", sizeof(struct profile_time), time_fields, NULL };

static const struct field fresh_fields[] = {
	{ .key = "block", .type = FIELD_ID, .at = FRESH(block), .help = BLOCK_HELP,
	  .help_vi = BLOCK_HELP_VI },
	{ .key = "field", .type = FIELD_TEXT, .at = FRESH(field), .required = true, .high = 23,
	  .help = "The field that changes with every result.", .help_vi = "Trường thay đổi theo mỗi kết quả." },
	{ .key = "channels", .type = FIELD_TEXTS, .at = FRESH(channel), .count_at = FRESH(n_channels),
	  .help = "Channels whose result it counts; none: all.", .help_vi = "Các kênh liên quan; bỏ trống: tất cả." },
	{ .key = "source", .type = FIELD_TEXT, .at = FRESH(source),
	  .help = "Where it is written down.", .help_vi = "Nguồn." },
	{ 0 },
};
const struct section text_fresh_section = {
	"fresh mark", sizeof(struct profile_fresh), fresh_fields, NULL };

static const struct field words_fields[] = {
	{ .key = "block", .type = FIELD_ID, .at = WORDS(block), .help = BLOCK_HELP,
	  .help_vi = BLOCK_HELP_VI },
	{ .key = "field", .type = FIELD_TEXT, .at = WORDS(field), .required = true, .high = 23,
	  .help = "A field kept verbatim with every reading.", .help_vi = "Trường được lưu nguyên văn." },
	{ 0 },
};
const struct section text_words_section = {
	"vendor words", sizeof(struct profile_words), words_fields, NULL };

static const struct field profile_fields[] = {
	{ .key = "address", .type = FIELD_TEXT, .at = PROFILE(address), .high = 32,
	  .help = "Factory address, as the protocol writes it.", .help_vi = "Địa chỉ mặc định." },
	{ .key = "channels", .type = FIELD_SECTIONS, .at = PROFILE(channel),
	  .count_at = PROFILE(n_channels), .section = &text_channel_section, .required = true,
	  .help = "What it measures and in which fields the numbers are.", .help_vi = "Các kênh đo." },
	{ .key = "states", .type = FIELD_SECTIONS, .at = PROFILE(rule), .count_at = PROFILE(n_rules),
	  .section = &text_rule_section,
	  .help = "What status fields say; the first rule that holds counts.",
	  .help_vi = "Ý nghĩa của trường trạng thái; quy tắc đúng đầu tiên được dùng." },
	{ .key = "sampled", .type = FIELD_SECTIONS, .at = PROFILE(time), .count_at = PROFILE(n_times),
	  .section = &text_time_section,
	  .help = "Where the instrument says when it took its sample.", .help_vi = "Thời gian lấy mẫu của thiết bị." },
	{ .key = "fresh", .type = FIELD_SECTIONS, .at = PROFILE(fresh), .count_at = PROFILE(n_fresh),
	  .section = &text_fresh_section,
	  .help = "Fields that change with every result of a slow analyser.",
	  .help_vi = "Trường thay đổi theo mỗi kết quả mới." },
	{ .key = "vendor", .type = FIELD_SECTIONS, .at = PROFILE(words), .count_at = PROFILE(n_words),
	  .section = &text_words_section,
	  .help = "Status fields kept verbatim with every reading.",
	  .help_vi = "Trường trạng thái được lưu nguyên văn." },
	{ 0 },
};
// clang-format on

const struct section text_profile_section = { "profile", sizeof(struct profile),
	profile_fields, &profile_common };

void text_check(struct profile_checker *check)
{
	const struct profile *profile = check->profile;
	for (size_t i = 0; i < profile->n_rules; i++) {
		const struct profile_rule *rule = &profile->rule[i];
		bool number = rule->base == 10 || rule->base == 16;
		checker_at(check, "states[%zu].base", i);
		if (rule->base != 0 && !number)
			WRONG(check, "write 10 or 16, or leave it out",
			        "%d is no base of numbers", (int)rule->base);
		checker_at(check, "states[%zu].field", i);
		if (rule->base == 0 && (rule->bit_set || rule->mask != 0))
			WRONG(check, "write base: 16 if the status is hexadecimal",
			        "bit and mask need `base`");
		else if (number)
			checker_fires(check, i, 32);
	}
}
