/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a Bayern-Hessen profile beside those every text profile has, and what tables cannot say. */
#include <string.h>

#include "sensors/drivers/bayern_hessen.h"
#include "sensors/tables/profile_parts.h"

#define ONLY(member) offsetof(struct profile, only.bayern.member)

// clang-format off
static const struct field profile_fields[] = {
	{ .key = "form", .type = FIELD_CHOICE, .at = ONLY(form), .choices = bayern_forms, .fallback = "etx",
	  .help = "How requests and answers end: etx (with a block check) or cr (without one).",
	  .help_vi = "Cách kết thúc khung: etx (có mã kiểm tra) hoặc cr (không có)." },
	{ .key = "numbers", .type = FIELD_CHOICE, .at = ONLY(numbers), .choices = bayern_numbers, .fallback = "own",
	  .help = "What the numbers in the answer are: own, address (each), counted (address, address + 1, ...).",
	  .help_vi = "Số trong trả lời là: own (số riêng), address (địa chỉ), counted (địa chỉ, địa chỉ + 1, ...)." },
	{ 0 },
};
// clang-format on

const struct section bayern_section = { "profile", sizeof(struct profile),
	profile_fields, &text_profile_section };

/* "3" or "k211", and what may stand behind it. */
static bool is_field(const char *field, const char *const *behind)
{
	size_t digits = strspn(field + (field[0] == 'k'), "0123456789");
	const char *rest = field + (field[0] == 'k') + digits;
	if (field[0] == 'k' ? digits != 3 : digits < 1 || digits > 2 || field[0] == '0')
		return false;
	for (size_t i = 0; behind[i] != NULL; i++)
		if (strcmp(rest, behind[i]) == 0)
			return true;
	return false;
}

static void check_fields(struct profile_checker *check)
{
	static const char *const value[] = { "", NULL };
	static const char *const any[] = { "", ".status", ".error", ".number", ".gas",
		".serial", NULL };
	const struct profile *profile = check->profile;
	for (size_t i = 0; i < profile->n_channels; i++) {
		const char *field = profile->channel[i].tag.field;
		checker_at(check, "channels[%zu].field", i);
		if (!is_field(field, value))
			WRONG(check, "its place (1, 2, ...) or its number (k211)",
			        "'%s' is no value of an answer", field);
	}
	for (size_t i = 0; i < profile->n_rules; i++) {
		checker_at(check, "states[%zu].field", i);
		if (!is_field(profile->rule[i].field, any))
			WRONG(check, "1.status, 1.error, k211.status, ...",
			        "'%s' is no field of an answer",
			        profile->rule[i].field);
	}
	for (size_t i = 0; i < profile->n_words; i++) {
		checker_at(check, "vendor[%zu].field", i);
		if (!is_field(profile->words[i].field, any))
			WRONG(check, "1.status, 1.error, k211.status, ...",
			        "'%s' is no field of an answer",
			        profile->words[i].field);
	}
}

void bayern_check(struct profile_checker *check)
{
	const char *hint = bayern_address(check->profile->address);
	text_check(check);
	check_fields(check);
	checker_at(check, "address");
	if (hint != NULL)
		WRONG(check, hint, "'%s' is no address of Bayern-Hessen",
		        check->profile->address);
}
