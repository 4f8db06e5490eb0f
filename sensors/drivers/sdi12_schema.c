/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of an SDI-12 profile beside those every text profile has, and what tables cannot say. */
#include <string.h>

#include "sensors/drivers/sdi12.h"
#include "sensors/tables/profile_parts.h"

#define BLOCK(member)   offsetof(struct profile_block, member)
#define PROFILE(member) offsetof(struct profile, member)

// clang-format off
static const struct field block_fields[] = {
	{ .key = "name", .type = FIELD_ID, .at = BLOCK(name), .required = true,
	  .help = "What channels and rules call this measurement.",
	  .help_vi = "Tên phép đo, kênh và quy tắc dùng tên này." },
	{ .key = "measure", .type = FIELD_TEXT, .at = BLOCK(sdi12.measure), .required = true, .high = 2,
	  .help = "The command without address: M, M1..M9 (the line waits), C, C1..C9 (it does not), R0..R9.",
	  .help_vi = "Lệnh đo không kèm địa chỉ: M, M1..M9 (đường truyền chờ), C, C1..C9 (không chờ), R0..R9." },
	{ .key = "check", .type = FIELD_CHOICE, .at = BLOCK(sdi12.check), .choices = sdi12_checkings,
	  .fallback = "ask",
	  .help = "Data with a check: yes, no, or ask the instrument whether it knows SDI-12 1.3.",
	  .help_vi = "Dữ liệu có mã kiểm tra: yes, no, hoặc ask (hỏi thiết bị có hỗ trợ SDI-12 1.3)." },
	{ .key = "values", .type = FIELD_INTEGER, .at = BLOCK(sdi12.values), .low = 1, .high = SDI12_VALUES,
	  .help = "How many values it announces; another number is refused.",
	  .help_vi = "Số giá trị thiết bị báo; nếu khác thì bị từ chối." },
	{ .key = "timeout", .type = FIELD_DURATION, .at = BLOCK(timeout_s), .low = 0.05, .high = 60,
	  .help = "How long to wait for an answer, when it differs from the instrument's.",
	  .help_vi = "Thời gian chờ trả lời của khối này, nếu khác của thiết bị." },
	{ .key = "source", .type = FIELD_TEXT, .at = BLOCK(source), .required = true,
	  .help = "Where command and order of the values are written down.",
	  .help_vi = "Nguồn của lệnh và thứ tự giá trị: tài liệu và trang." },
	{ 0 },
};
static const struct section block_section = {
	"measurement", sizeof(struct profile_block), block_fields, NULL };

static const struct field profile_fields[] = {
	{ .key = "blocks", .type = FIELD_SECTIONS, .at = PROFILE(block), .count_at = PROFILE(n_blocks),
	  .section = &block_section, .required = true,
	  .help = "Measurements, in the order they are made.", .help_vi = "Các phép đo, theo thứ tự." },
	{ 0 },
};
// clang-format on

const struct section sdi12_section = { "profile", sizeof(struct profile),
	profile_fields, &text_profile_section };

static bool is_place(const char *field)
{
	size_t digits = strspn(field, "0123456789");
	return digits >= 1 && digits <= 2 && field[0] != '0' && field[digits] == '\0';
}

static void check_block(struct profile_checker *check, size_t i)
{
	const struct profile_block *block = &check->profile->block[i];
	checker_at(check, "blocks[%zu].measure", i);
	if (!sdi12_is_measurement(block->sdi12.measure))
		WRONG(check, "M, M1..M9, C, C1..C9, R0..R9",
		        "'%s' is no measurement of SDI-12", block->sdi12.measure);
	checker_at(check, "blocks[%zu].values", i);
	if (block->sdi12.measure[0] == 'M' && block->sdi12.values > 9)
		WRONG(check, "use C, or several of M, M1, M2 ...",
		        "M has at most 9 values");
}

static void check_place(struct profile_checker *check, const char *field)
{
	if (!is_place(field))
		WRONG(check, "1 is the first value, 2 the second, ...",
		        "'%s' is no place of a value", field);
}

void sdi12_check_profile(struct profile_checker *check)
{
	const struct profile *profile = check->profile;
	text_check(check);
	checker_at(check, "blocks");
	if (profile->n_blocks > SDI12_BLOCKS)
		WRONG(check, "split the profile in two", "more than %d measurements",
		        SDI12_BLOCKS);
	checker_at(check, "address");
	if (profile->address[0] != '\0' && sdi12_address(profile->address) != NULL)
		WRONG(check, sdi12_address(profile->address),
		        "'%s' is no address of SDI-12", profile->address);
	for (size_t i = 0; i < profile->n_blocks; i++)
		check_block(check, i);
	for (size_t i = 0; i < profile->n_channels; i++) {
		checker_at(check, "channels[%zu].field", i);
		check_place(check, profile->channel[i].tag.field);
	}
	for (size_t i = 0; i < profile->n_rules; i++) {
		checker_at(check, "states[%zu].field", i);
		check_place(check, profile->rule[i].field);
	}
}
