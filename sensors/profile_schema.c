/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys every profile has, whatever its driver (docs/quantrac-profile.md says the same for
 * people); the driver's own are in sensors/<driver>_schema.c. */
#include "sensors/profile.h"

#define CHANNEL(member) offsetof(struct profile_channel, about.member)
#define TAG(member)     offsetof(struct profile_channel, tag.member)
#define RULE(member)    offsetof(struct profile_rule, member)
#define PROFILE(member) offsetof(struct profile, member)

// clang-format off
static const struct field channel_fields[] = {
	{ .key = "name", .type = FIELD_ID, .at = CHANNEL(name), .required = true,
	  .help = "Id of the channel: cod, pm2_5, flow_out.", .help_vi = "Mã kênh: cod, pm2_5, flow_out." },
	{ .key = "label_vi", .type = FIELD_TEXT, .at = CHANNEL(label_vi), .required = true,
	  .help = "What a person reads, in Vietnamese.", .help_vi = "Tên hiển thị tiếng Việt." },
	{ .key = "label_en", .type = FIELD_TEXT, .at = CHANNEL(label_en), .required = true,
	  .help = "What a person reads, in English.", .help_vi = "Tên hiển thị tiếng Anh." },
	{ .key = "unit", .type = FIELD_TEXT, .at = CHANNEL(unit), .required = true,
	  .help = "Unit after scale, divide and offset.", .help_vi = "Đơn vị sau khi quy đổi." },
	{ .key = "standard_name", .type = FIELD_TEXT, .at = CHANNEL(standard_name),
	  .help = "CF standard name, if there is one.", .help_vi = "Tên chuẩn CF, nếu có." },
	{ .key = "expressed_as", .type = FIELD_TEXT, .at = CHANNEL(expressed_as),
	  .help = "N, P, NO2: what a mass is counted as.", .help_vi = "Tính theo: N, P, NO2." },
	{ .key = "basis", .type = FIELD_TEXT, .at = CHANNEL(basis),
	  .help = "dry or wet gas.", .help_vi = "Khí khô (dry) hay ẩm (wet)." },
	{ .key = "gas_state", .type = FIELD_TEXT, .at = CHANNEL(gas_state),
	  .help = "standard (at the reference temperature and pressure) or actual.",
	  .help_vi = "standard (điều kiện chuẩn) hoặc actual (điều kiện thực)." },
	{ .key = "reference_temperature", .type = FIELD_QUANTITY, .unit = "Cel",
	  .at = CHANNEL(reference_temperature_C),
	  .help = "Of the standard state.", .help_vi = "Nhiệt độ của điều kiện chuẩn." },
	{ .key = "reference_pressure", .type = FIELD_QUANTITY, .unit = "kPa",
	  .at = CHANNEL(reference_pressure_kPa),
	  .help = "Of the standard state.", .help_vi = "Áp suất của điều kiện chuẩn." },
	{ .key = "method", .type = FIELD_TEXT, .at = CHANNEL(method),
	  .help = "Principle of measurement: UV-Vis, ISE, chemiluminescence.",
	  .help_vi = "Nguyên lý đo: UV-Vis, ISE, quang hóa." },
	{ .key = "kind", .type = FIELD_TEXT, .at = CHANNEL(kind), .fallback = "measurement",
	  .help = "measurement, setting or counter.", .help_vi = "measurement, setting hoặc counter." },
	{ .key = "low", .type = FIELD_NUMBER, .at = CHANNEL(low),
	  .help = "Bottom of the measuring range, in the channel's unit.", .help_vi = "Giới hạn dưới của phạm vi đo, theo đơn vị của kênh." },
	{ .key = "high", .type = FIELD_NUMBER, .at = CHANNEL(high),
	  .help = "Top of the measuring range: at or over it a value is counted as range top.",
	  .help_vi = "Giới hạn trên của phạm vi đo." },
	{ .key = "resolution", .type = FIELD_NUMBER, .at = CHANNEL(resolution),
	  .help = "Smallest difference shown.", .help_vi = "Độ phân giải." },
	{ .key = "accuracy_reading", .type = FIELD_PERCENT, .at = CHANNEL(accuracy_reading_percent),
	  .help = "Accuracy class, of the reading.", .help_vi = "Cấp chính xác, theo giá trị đọc." },
	{ .key = "accuracy_span", .type = FIELD_PERCENT, .at = CHANNEL(accuracy_span_percent),
	  .help = "Accuracy class, of the range.", .help_vi = "Cấp chính xác, theo toàn phạm vi đo." },
	{ .key = "accuracy_absolute", .type = FIELD_NUMBER, .at = CHANNEL(accuracy_absolute),
	  .help = "Accuracy class, in the channel's unit.", .help_vi = "Cấp chính xác, theo đơn vị của kênh." },
	{ .key = "accuracy_source", .type = FIELD_TEXT,
	  .at = offsetof(struct profile_channel, accuracy_source),
	  .help = "Where the accuracy is written down.", .help_vi = "Nguồn của cấp chính xác." },
	{ .key = "result_every", .type = FIELD_DURATION, .at = CHANNEL(result_every_s),
	  .low = 0.1, .high = 86400,
	  .help = "How often the instrument has a fresh result.", .help_vi = "Chu kỳ có kết quả mới." },
	{ .key = "decimals", .type = FIELD_INTEGER, .at = offsetof(struct profile_channel, decimals),
	  .low = 0, .high = 9, .fallback = "1",
	  .help = "Decimals shown to people.", .help_vi = "Số chữ số thập phân hiển thị." },
	{ .key = "source", .type = FIELD_TEXT, .at = offsetof(struct profile_channel, source),
	  .help = "Where register and range are written down, if not with the block.",
	  .help_vi = "Nguồn của thanh ghi và phạm vi đo." },
	{ .key = "scale", .type = FIELD_NUMBER, .at = TAG(scale), .fallback = "1",
	  .help = "value = raw * scale / divide + offset.", .help_vi = "giá trị = thô * scale / divide + offset." },
	{ .key = "divide", .type = FIELD_NUMBER, .at = TAG(divide), .fallback = "1",
	  .help = "Write divide: 10 rather than scale: 0.1, which no binary number is.",
	  .help_vi = "Nên viết divide: 10 thay cho scale: 0.1." },
	{ .key = "offset", .type = FIELD_NUMBER, .at = TAG(offset), .fallback = "0",
	  .help = "Added last.", .help_vi = "Cộng sau cùng." },
	{ .key = "none", .type = FIELD_TEXTS, .at = TAG(sentinel), .count_at = TAG(n_sentinels),
	  .help = "Raw numbers (-9999) or bits (0x7FA00000) that mean no value.",
	  .help_vi = "Các giá trị thô nghĩa là không có số liệu." },
	{ 0 },
};
const struct section channel_common = {
	"channel", sizeof(struct profile_channel), channel_fields, NULL };

static const struct field rule_fields[] = {
	{ .key = "when", .type = FIELD_TEXTS, .at = RULE(when), .count_at = RULE(n_when),
	  .help = "Numbers (3) and ranges (0x80-0xBF) for which the rule holds.",
	  .help_vi = "Các giá trị làm quy tắc có hiệu lực." },
	{ .key = "unless", .type = FIELD_TEXTS, .at = RULE(unless), .count_at = RULE(n_unless),
	  .help = "Numbers and ranges for which it does not. Neither: anything but 0.",
	  .help_vi = "Các giá trị làm quy tắc không có hiệu lực." },
	{ .key = "state", .type = FIELD_ID, .at = RULE(state), .required = true,
	  .help = "calibrating, maintenance, fault, stopped, no_value, below_range, above_range, out_of_range.",
	  .help_vi = "Trạng thái của kênh khi quy tắc có hiệu lực." },
	{ .key = "channels", .type = FIELD_TEXTS, .at = RULE(channel), .count_at = RULE(n_channels),
	  .help = "Channels it speaks of; none: all.", .help_vi = "Các kênh liên quan; bỏ trống: tất cả." },
	{ .key = "meaning", .type = FIELD_TEXT, .at = RULE(meaning),
	  .help = "What the maker calls it.", .help_vi = "Cách gọi của nhà sản xuất." },
	{ .key = "source", .type = FIELD_TEXT, .at = RULE(source),
	  .help = "Where it is written down, if not with the block.", .help_vi = "Nguồn." },
	{ 0 },
};
const struct section rule_common = {
	"state rule", sizeof(struct profile_rule), rule_fields, NULL };

static const struct field profile_fields[] = {
	{ .key = "name", .type = FIELD_ID, .at = PROFILE(name), .required = true,
	  .help = "The name of the file, without .yaml.", .help_vi = "Tên tệp, không có .yaml." },
	{ .key = "maker", .type = FIELD_TEXT, .at = PROFILE(maker), .required = true,
	  .help = "Who makes it.", .help_vi = "Nhà sản xuất." },
	{ .key = "model", .type = FIELD_TEXT, .at = PROFILE(model), .required = true,
	  .help = "As on the type plate.", .help_vi = "Kiểu máy, như trên nhãn." },
	{ .key = "summary", .type = FIELD_TEXT, .at = PROFILE(summary), .required = true,
	  .help = "What it measures, in one line.", .help_vi = "Đo gì, trong một dòng." },
	{ .key = "source", .type = FIELD_TEXT, .at = PROFILE(source), .required = true,
	  .help = "Where all this was taken from.", .help_vi = "Nguồn của hồ sơ thiết bị." },
	{ .key = "note", .type = FIELD_TEXT, .at = PROFILE(note),
	  .help = "What a technician must know.", .help_vi = "Điều kỹ thuật viên cần biết." },
	{ .key = "driver", .type = FIELD_ID, .at = PROFILE(driver_name), .required = true,
	  .help = "The kind of protocol: modbus, poll-text, ...", .help_vi = "Loại giao thức: modbus, poll-text, ..." },
	{ .key = "simulation", .type = FIELD_BOOLEAN, .at = PROFILE(simulation), .fallback = "no",
	  .help = "yes: a map made up for simulation, not an instrument.",
	  .help_vi = "yes: bản đồ chỉ dùng để mô phỏng, không phải thiết bị thật." },
	{ .key = "line", .type = FIELD_TEXT, .at = PROFILE(line), .fallback = "9600 8N1",
	  .help = "Usual line settings.", .help_vi = "Thông số đường truyền thường dùng." },
	{ .key = "poll_every", .type = FIELD_DURATION, .at = PROFILE(poll_every_s), .low = 0.1,
	  .high = 86400, .fallback = "10s", .help = "How often to ask.", .help_vi = "Chu kỳ hỏi." },
	{ .key = "timeout", .type = FIELD_DURATION, .at = PROFILE(timeout_s), .low = 0.05, .high = 60,
	  .fallback = "1s", .help = "How long to wait for an answer.", .help_vi = "Thời gian chờ trả lời." },
	{ 0 },
};
// clang-format on

const struct section profile_common = { "profile", sizeof(struct profile),
	profile_fields, NULL };
