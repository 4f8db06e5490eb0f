/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of an hj212 profile beside those of all text profiles. */
#include "sensors/drivers/hj212.h"
#include "sensors/tables/profile.h"

#define ONLY(member) offsetof(struct profile, only.hj212.member)

static const char *const ends[] = { "crlf", "none", NULL };

// clang-format off
static const struct field fields[] = {
	{ .key = "edition", .type = FIELD_CHOICE, .at = ONLY(edition), .choices = hj212_editions,
	  .required = true,
	  .help = "Of the standard: 2005, 2017 or 2025 (without its encryption); that of what we ask, every one is understood.",
	  .help_vi = "Phiên bản tiêu chuẩn: 2005, 2017 hoặc 2025 (không mã hóa)." },
	{ .key = "cn", .type = FIELD_INTEGER, .at = ONLY(cn), .low = 2000, .high = 2999, .fallback = "2011",
	  .help = "Which messages are readings: 2011 real-time, 2051 minutes, 2061 hours, 2031 days.",
	  .help_vi = "Bản tin nào là số liệu: 2011 tức thời, 2051 phút, 2061 giờ, 2031 ngày." },
	{ .key = "st", .type = FIELD_INTEGER, .at = ONLY(st), .low = 0, .high = 999, .fallback = "0",
	  .help = "Kind of system that is believed (32 waste water, 31 stack, 22 air, 21 surface water); 0: any.",
	  .help_vi = "Loại hệ thống được chấp nhận (32 nước thải, 31 khí thải, 22 không khí, 21 nước mặt); 0: bất kỳ." },
	{ .key = "part", .type = FIELD_INTEGER, .at = ONLY(part), .low = 0, .high = 99, .fallback = "0",
	  .help = "Part of a message in parts (PNO); 0: whole messages only.",
	  .help_vi = "Số thứ tự phần của bản tin nhiều phần (PNO); 0: chỉ bản tin trọn vẹn." },
	{ .key = "ask", .type = FIELD_BOOLEAN, .at = ONLY(ask), .fallback = "no",
	  .help = "yes: it is asked at every poll; no: it speaks by itself.",
	  .help_vi = "yes: hỏi theo chu kỳ; no: thiết bị tự gửi." },
	{ .key = "password", .type = FIELD_TEXT, .at = ONLY(password), .high = 24, .fallback = "123456",
	  .help = "PW of what we ask.", .help_vi = "Mật khẩu (PW) khi hỏi." },
	{ .key = "crc", .type = FIELD_CHOICE, .at = ONLY(check), .choices = hj212_checks, .fallback = "hj212",
	  .help = "The check it sends: hj212, or one of the known mistakes of peers.",
	  .help_vi = "Mã kiểm tra thiết bị gửi: hj212, hoặc một trong các lỗi đã biết." },
	{ .key = "end", .type = FIELD_CHOICE, .at = ONLY(end), .choices = ends, .fallback = "crlf",
	  .help = "none: its frames end with the check, without CR LF.",
	  .help_vi = "none: khung kết thúc ở mã kiểm tra, không có CR LF." },
	{ 0 },
};
// clang-format on

const struct section hj212_section = { "profile", sizeof(struct profile), fields,
	&text_profile_section };
