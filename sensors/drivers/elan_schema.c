/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of an ELAN profile beside those every text profile has, and what tables cannot say. */
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/elan.h"
#include "sensors/tables/profile_parts.h"

// clang-format off
static const struct field profile_fields[] = {
	{ .key = "component", .type = FIELD_INTEGER, .at = offsetof(struct profile, only.elan.component),
	  .low = 0, .high = 15, .fallback = "1",
	  .help = "Component the request for the measured values is addressed to.",
	  .help_vi = "Thành phần nhận yêu cầu đọc giá trị đo." },
	{ 0 },
};
// clang-format on

const struct section elan_section = { "profile", sizeof(struct profile), profile_fields,
	&text_profile_section };

/* "1", "c12"; of status too "status", "phase". */
static bool is_field(const char *field, bool status)
{
	const char *number = field + (field[0] == 'c');
	size_t digits = strspn(number, "0123456789");
	if (status && (strcmp(field, "status") == 0 || strcmp(field, "phase") == 0))
		return true;
	return digits >= 1 && digits <= 3 && number[digits] == '\0' &&
	       atoi(number) <= 255 && (field[0] == 'c' || atoi(number) >= 1);
}

void elan_check(struct profile_checker *check)
{
	const struct profile *profile = check->profile;
	text_check(check);
	checker_at(check, "address");
	if (profile->address[0] != '\0' && elan_address(profile->address) != NULL)
		WRONG(check, elan_address(profile->address),
		        "'%s' is no address of ELAN", profile->address);
	for (size_t i = 0; i < profile->n_channels; i++) {
		const char *field = profile->channel[i].tag.field;
		checker_at(check, "channels[%zu].field", i);
		if (!is_field(field, false))
			WRONG(check, "its place (1, 2, ...) or its component (c6)",
			        "'%s' is no value of an answer", field);
	}
	for (size_t i = 0; i < profile->n_rules; i++) {
		checker_at(check, "states[%zu].field", i);
		if (!is_field(profile->rule[i].field, true))
			WRONG(check, "status or phase", "'%s' is no field of an answer",
			        profile->rule[i].field);
	}
}
