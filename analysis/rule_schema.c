/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a rule record; docs/quantrac-limits.md tells them in sentences. */
#include "analysis/rule.h"

static const char *const statuses[] = { "draft", "sourced", "countersigned",
	"superseded", NULL };
static const char *const kinds[] = { "legal", "ambient", "episode", NULL };
static const char *const decisions[] = { "simple", "subtract_interval", "guard_band",
	NULL };
static const char *const statistics[] = { "mean", "max", NULL };
static const char *const labels[] = { "end", "start", NULL };
static const char *const belows[] = { "bounds", "void", NULL };
static const char *const decimals[] = { "0", "1", "2", "3", "4", "5", "6", NULL };

#define DAY_S 86400.0

// clang-format off
#define AT(member) offsetof(struct rule_value, member)
static const struct field value_fields[] = {
	{ .key = "column", .type = FIELD_TEXT, .at = AT(column),
	  .help = "Column of the regulation the value stands in.", .help_vi = "Cột của quy chuẩn." },
	{ .key = "low", .type = FIELD_NUMBER, .at = AT(low),
	  .help = "Lower end of an interval.", .help_vi = "Giới hạn dưới (nếu là khoảng)." },
	{ .key = "high", .type = FIELD_NUMBER, .at = AT(high),
	  .help = "Maximum permitted value.", .help_vi = "Giá trị tối đa cho phép." },
	{ .key = "stage", .type = FIELD_TEXT, .at = AT(stage),
	  .help = "Stage whose values are compared with it; absent: the last stage.",
	  .help_vi = "Bước có giá trị được so sánh; bỏ trống: bước cuối." },
	{ .key = "from", .type = FIELD_TIME, .at = AT(from_us),
	  .help = "In force from.", .help_vi = "Có hiệu lực từ." },
	{ .key = "to", .type = FIELD_TIME, .at = AT(to_us),
	  .help = "In force until, not included.", .help_vi = "Hết hiệu lực (không gồm thời điểm này)." },
	{ .key = "source", .type = FIELD_TEXT, .at = AT(source),
	  .help = "Where it is written.", .help_vi = "Nguồn." },
	{ 0 },
};
#undef AT
static const struct section value_section = { "value", sizeof(struct rule_value), value_fields, NULL };

#define AT(member) offsetof(struct rule_limit, member)
static const struct field limit_fields[] = {
	{ .key = "channel", .type = FIELD_ID, .at = AT(channel), .required = true,
	  .help = "Channel that measures it.", .help_vi = "Kênh đo thông số này." },
	{ .key = "name_vi", .type = FIELD_TEXT, .at = AT(name_vi), .required = true,
	  .help = "Name in Vietnamese.", .help_vi = "Tên tiếng Việt." },
	{ .key = "name_en", .type = FIELD_TEXT, .at = AT(name_en), .required = true,
	  .help = "Name in English.", .help_vi = "Tên tiếng Anh." },
	{ .key = "unit", .type = FIELD_TEXT, .at = AT(unit), .required = true,
	  .help = "Unit of the values.", .help_vi = "Đơn vị của giá trị." },
	{ .key = "expressed_as", .type = FIELD_TEXT, .at = AT(expressed_as),
	  .help = "What the mass is of: N, NO2, P.", .help_vi = "Tính theo: N, NO2, P." },
	{ .key = "basis", .type = FIELD_TEXT, .at = AT(basis),
	  .help = "dry or wet.", .help_vi = "Khô (dry) hay ẩm (wet)." },
	{ .key = "gas_state", .type = FIELD_TEXT, .at = AT(gas_state),
	  .help = "standard or actual.", .help_vi = "Điều kiện chuẩn (standard) hay thực tế (actual)." },
	{ .key = "reference_temperature", .type = FIELD_QUANTITY, .at = AT(reference_temperature_C), .unit = "Cel",
	  .help = "Temperature of the standard state.", .help_vi = "Nhiệt độ của điều kiện chuẩn." },
	{ .key = "reference_pressure", .type = FIELD_QUANTITY, .at = AT(reference_pressure_kPa), .unit = "kPa",
	  .help = "Pressure of the standard state.", .help_vi = "Áp suất của điều kiện chuẩn." },
	{ .key = "scaled", .type = FIELD_BOOLEAN, .at = AT(scaled), .fallback = "yes",
	  .help = "The coefficients of the rule apply.", .help_vi = "Có nhân hệ số." },
	{ .key = "hazardous", .type = FIELD_BOOLEAN, .at = AT(hazardous), .fallback = "no",
	  .help = "A hazardous parameter.", .help_vi = "Thông số nguy hại." },
	{ .key = "bounded", .type = FIELD_BOOLEAN, .at = AT(bounded), .fallback = "yes",
	  .help = "What is missing lies between 0 and range top (not for pH and temperature).",
	  .help_vi = "Giá trị thiếu nằm giữa 0 và giới hạn trên của phạm vi đo." },
	{ .key = "decimals", .type = FIELD_CHOICE, .at = AT(decimals), .choices = decimals, .fallback = "0",
	  .help = "Decimals of the limit as printed.", .help_vi = "Số chữ số thập phân của giới hạn." },
	{ .key = "subtract", .type = FIELD_PERCENT, .at = AT(subtract_percent),
	  .help = "Interval taken off before comparing, in percent of the limit (decision subtract_interval).",
	  .help_vi = "Khoảng trừ trước khi so sánh, theo % giới hạn." },
	{ .key = "values", .type = FIELD_SECTIONS, .at = AT(value), .count_at = AT(n_columns),
	  .section = &value_section, .required = true,
	  .help = "The values, by column, stage and date.", .help_vi = "Các giá trị theo cột, bước và ngày." },
	{ .key = "source", .type = FIELD_TEXT, .at = AT(source),
	  .help = "Table and row.", .help_vi = "Bảng, dòng." },
	{ .key = "status", .type = FIELD_CHOICE, .at = AT(status), .choices = statuses, .set_at = AT(status_given),
	  .help = "Of this row, where it differs from the record's.", .help_vi = "Tình trạng của dòng này." },
	{ 0 },
};
#undef AT
static const struct section limit_section = { "parameter", sizeof(struct rule_limit), limit_fields, NULL };

#define AT(member) offsetof(struct stage, member)
static const struct field stage_fields[] = {
	{ .key = "name", .type = FIELD_ID, .at = AT(name), .required = true,
	  .help = "Name of the stage.", .help_vi = "Tên bước." },
	{ .key = "period", .type = FIELD_DURATION, .at = AT(period_s), .required = true, .low = 1, .high = DAY_S,
	  .help = "Length of its intervals; divides a day.", .help_vi = "Độ dài khoảng; chia hết một ngày." },
	{ .key = "of", .type = FIELD_TEXT, .at = AT(of),
	  .help = "Stage whose values are its inputs; absent: the first.", .help_vi = "Bước cung cấp giá trị đầu vào." },
	{ .key = "statistic", .type = FIELD_CHOICE, .at = AT(statistic), .choices = statistics, .fallback = "mean",
	  .help = "mean or max of the inputs.", .help_vi = "Trung bình hay lớn nhất." },
	{ .key = "label", .type = FIELD_CHOICE, .at = AT(label), .choices = labels, .fallback = "end",
	  .help = "Edge that names an interval; both edges are always stored.", .help_vi = "Mép khoảng dùng làm nhãn." },
	{ .key = "min_valid", .type = FIELD_PERCENT, .at = AT(min_valid_percent),
	  .help = "Minimum share of valid inputs.", .help_vi = "Tỷ lệ số liệu hợp lệ tối thiểu." },
	{ .key = "min_valid_count", .type = FIELD_INTEGER, .at = AT(min_valid_count), .low = 0, .high = 86400, .fallback = "0",
	  .help = "Minimum count of valid inputs.", .help_vi = "Số giá trị hợp lệ tối thiểu." },
	{ .key = "min_operating", .type = FIELD_DURATION, .at = AT(min_operating_s), .low = 0, .high = DAY_S,
	  .help = "Operated for less: not assessed.", .help_vi = "Hoạt động ít hơn: không đánh giá." },
	{ .key = "below_minimum", .type = FIELD_CHOICE, .at = AT(below), .choices = belows, .fallback = "bounds",
	  .help = "Below the minimum: bounds decide first, or void.", .help_vi = "Dưới mức tối thiểu: xét cận, hoặc bỏ." },
	{ 0 },
};
#undef AT
static const struct section stage_section = { "stage", sizeof(struct stage), stage_fields, NULL };

#define AT(member) offsetof(struct rule_operating, member)
static const struct field operating_fields[] = {
	{ .key = "channel", .type = FIELD_ID, .at = AT(channel), .required = true,
	  .help = "Channel that tells whether the source runs.", .help_vi = "Kênh cho biết nguồn thải có hoạt động." },
	{ .key = "above", .type = FIELD_NUMBER, .at = AT(above),
	  .help = "Runs above this.", .help_vi = "Hoạt động khi lớn hơn." },
	{ .key = "below", .type = FIELD_NUMBER, .at = AT(below),
	  .help = "Runs below this.", .help_vi = "Hoạt động khi nhỏ hơn." },
	{ .key = "unit", .type = FIELD_TEXT, .at = AT(unit), .required = true,
	  .help = "Unit of above and below.", .help_vi = "Đơn vị." },
	{ .key = "dwell", .type = FIELD_DURATION, .at = AT(dwell_s), .low = 0, .high = 21600, .fallback = "10min",
	  .help = "Stopped only when it has been so for this long.", .help_vi = "Chỉ coi là dừng khi kéo dài chừng này." },
	{ 0 },
};
#undef AT
static const struct section operating_section = { "operating condition", sizeof(struct rule_operating), operating_fields, NULL };

#define AT(member) offsetof(struct rule_class, member)
static const struct field class_fields[] = {
	{ .key = "coefficient", .type = FIELD_ID, .at = AT(coefficient), .required = true,
	  .help = "Coefficient.", .help_vi = "Hệ số." },
	{ .key = "when_vi", .type = FIELD_TEXT, .at = AT(when_vi), .required = true,
	  .help = "When it has this value, in Vietnamese.", .help_vi = "Trường hợp áp dụng." },
	{ .key = "when_en", .type = FIELD_TEXT, .at = AT(when_en), .required = true,
	  .help = "The same in English.", .help_vi = "Trường hợp áp dụng, tiếng Anh." },
	{ .key = "value", .type = FIELD_NUMBER, .at = AT(value), .required = true, .low = 0.01, .high = 100,
	  .help = "Its value.", .help_vi = "Giá trị." },
	{ 0 },
};
#undef AT
static const struct section class_section = { "class", sizeof(struct rule_class), class_fields, NULL };

#define AT(member) offsetof(struct rule, member)
static const struct field rule_fields[] = {
	{ .key = "id", .type = FIELD_ID, .at = AT(id), .required = true,
	  .help = "Name of the record; that of its file.", .help_vi = "Mã quy định; trùng tên tệp." },
	{ .key = "version", .type = FIELD_TEXT, .at = AT(version), .required = true,
	  .help = "Version of the record.", .help_vi = "Phiên bản của bản ghi." },
	{ .key = "regulation", .type = FIELD_TEXT, .at = AT(regulation), .required = true,
	  .help = "Short name of the regulation.", .help_vi = "Số hiệu quy chuẩn." },
	{ .key = "title_vi", .type = FIELD_TEXT, .at = AT(title_vi), .required = true,
	  .help = "Title in Vietnamese.", .help_vi = "Tên tiếng Việt." },
	{ .key = "title_en", .type = FIELD_TEXT, .at = AT(title_en), .required = true,
	  .help = "Title in English.", .help_vi = "Tên tiếng Anh." },
	{ .key = "source", .type = FIELD_TEXT, .at = AT(source), .required = true,
	  .help = "Where the values come from.", .help_vi = "Nguồn của các giá trị." },
	{ .key = "status", .type = FIELD_CHOICE, .at = AT(status), .choices = statuses, .required = true,
	  .help = "draft (from memory), sourced (text and page given), countersigned (by two), superseded.",
	  .help_vi = "draft, sourced, countersigned, superseded." },
	{ .key = "kind", .type = FIELD_CHOICE, .at = AT(kind), .choices = kinds, .required = true,
	  .help = "legal: an outlet answers to it; ambient: state of the air.", .help_vi = "legal hay ambient." },
	{ .key = "decision", .type = FIELD_CHOICE, .at = AT(decision), .choices = decisions, .required = true,
	  .help = "How statistic and limit are compared.", .help_vi = "Cách so sánh." },
	{ .key = "limit_term_vi", .type = FIELD_TEXT, .at = AT(limit_term_vi), .required = true,
	  .help = "What the regulation calls its limit.", .help_vi = "Tên gọi giới hạn trong quy chuẩn." },
	{ .key = "limit_term_en", .type = FIELD_TEXT, .at = AT(limit_term_en), .required = true,
	  .help = "The same in English.", .help_vi = "Tên gọi giới hạn, tiếng Anh." },
	{ .key = "from", .type = FIELD_TIME, .at = AT(from_us),
	  .help = "In force from.", .help_vi = "Có hiệu lực từ." },
	{ .key = "to", .type = FIELD_TIME, .at = AT(to_us),
	  .help = "In force until, not included.", .help_vi = "Hết hiệu lực (không gồm thời điểm này)." },
	{ .key = "refused", .type = FIELD_TEXT, .at = AT(refused),
	  .help = "Why nothing may be judged by this record yet.", .help_vi = "Lý do chưa được dùng để đánh giá." },
	{ .key = "note", .type = FIELD_TEXT, .at = AT(note),
	  .help = "What a reader should know.", .help_vi = "Ghi chú." },
	{ .key = "coefficients", .type = FIELD_TEXTS, .at = AT(coefficient), .count_at = AT(n_coefficients),
	  .help = "Coefficients whose values the permit gives.", .help_vi = "Các hệ số; giá trị ghi trong giấy phép." },
	{ .key = "classes", .type = FIELD_SECTIONS, .at = AT(class), .count_at = AT(n_classes), .section = &class_section,
	  .help = "Values the regulation knows for a coefficient.", .help_vi = "Các giá trị hệ số theo quy chuẩn." },
	{ .key = "stages", .type = FIELD_SECTIONS, .at = AT(stage), .count_at = AT(n_stages), .section = &stage_section,
	  .help = "From readings to the judged statistic.", .help_vi = "Các bước từ giá trị đo đến thống kê đánh giá." },
	{ .key = "min_valid_source", .type = FIELD_TEXT, .at = AT(min_valid_source),
	  .help = "Who says what share is enough.", .help_vi = "Căn cứ của tỷ lệ tối thiểu." },
	{ .key = "operating", .type = FIELD_SECTIONS, .at = AT(operating), .count_at = AT(n_operating), .section = &operating_section,
	  .help = "All must hold for the source to run; no data counts as running.",
	  .help_vi = "Điều kiện để coi là đang hoạt động; không có số liệu thì coi là đang hoạt động." },
	{ .key = "recovery", .type = FIELD_DURATION, .at = AT(recovery_s), .low = 0, .high = DAY_S, .fallback = "10min",
	  .help = "After calibrating, not counted for this long.", .help_vi = "Thời gian phục hồi sau hiệu chuẩn." },
	{ .key = "parameters", .type = FIELD_SECTIONS, .at = AT(limit), .count_at = AT(n_limits), .section = &limit_section,
	  .help = "What is limited.", .help_vi = "Các thông số." },
	{ 0 },
};
#undef AT
// clang-format on

const struct section rule_section = { "rule", sizeof(struct rule), rule_fields, NULL };
