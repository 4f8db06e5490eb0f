/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a station's configuration, as tables. */
#include "sensors/drivers/modbus.h"
#include "sensors/station/station.h"
#include "sensors/tables/analog.h"

const char *const station_kinds[] = { "water", "stack", "ambient", NULL };
const char *const station_masters[] = { "us", "other", NULL };
const char *const station_roles[] = { "A", "B", "C", NULL };

#define STATION(member)    offsetof(struct station, member)
#define OUTLET(member)     offsetof(struct station_outlet, member)
#define PORT(member)       offsetof(struct station_port, member)
#define INSTRUMENT(member) offsetof(struct station_instrument, member)
#define CHANNEL(member)    offsetof(struct station_channel, member)

// clang-format off
static const struct field zone_fields[] = {
	{ .key = "id", .type = FIELD_ID, .at = STATION(zone), .required = true,
	  .help = "Id of the industrial zone.", .help_vi = "Mã khu công nghiệp." },
	{ .key = "name", .type = FIELD_TEXT, .at = STATION(zone_name), .required = true,
	  .help = "Its name.", .help_vi = "Tên khu công nghiệp." },
	{ 0 },
};
static const struct section zone_section = { "zone", 0, zone_fields, NULL };

static const struct field who_fields[] = {
	{ .key = "id", .type = FIELD_ID, .at = STATION(id), .required = true, .high = SOURCE_SIZE,
	  .help = "Id of the station: the source of its records, at most 16 characters.",
	  .help_vi = "Mã trạm, tối đa 16 ký tự." },
	{ .key = "name", .type = FIELD_TEXT, .at = STATION(name), .required = true,
	  .help = "Its name.", .help_vi = "Tên trạm." },
	{ .key = "role", .type = FIELD_CHOICE, .at = STATION(role), .choices = station_roles,
	  .fallback = "A", .help = "A legal logger, B parallel recorder, C receiver.",
	  .help_vi = "A: thiết bị thu thập, lưu giữ và truyền dữ liệu (datalogger), B: ghi song song, C: máy chủ nhận." },
	{ .key = "simulation", .type = FIELD_BOOLEAN, .at = STATION(simulation), .fallback = "no",
	  .set_at = STATION(simulation_set),
	  .help = "yes: every record says that its data are simulated.",
	  .help_vi = "yes: mọi bản ghi được đánh dấu là dữ liệu mô phỏng." },
	{ .key = "utc_offset", .type = FIELD_OFFSET, .at = STATION(utc_offset_min),
	  .fallback = "+07:00", .help = "Of legal time; no summer time.",
	  .help_vi = "Giờ chính thức so với UTC; không có giờ mùa hè." },
	{ .key = "coordinates", .type = FIELD_TEXT, .at = STATION(coordinates),
	  .help = "As the permit writes them (VN-2000).", .help_vi = "Tọa độ như trong giấy phép (VN-2000)." },
	{ .key = "latitude", .type = FIELD_NUMBER, .at = STATION(latitude), .low = -90, .high = 90,
	  .help = "WGS 84, degrees north.", .help_vi = "Vĩ độ WGS 84." },
	{ .key = "longitude", .type = FIELD_NUMBER, .at = STATION(longitude), .low = -180, .high = 180,
	  .help = "WGS 84, degrees east.", .help_vi = "Kinh độ WGS 84." },
	{ .key = "altitude", .type = FIELD_QUANTITY, .unit = "m", .at = STATION(altitude_m),
	  .help = "Above sea level.", .help_vi = "Cao độ." },
	{ 0 },
};
static const struct section who_section = { "station", 0, who_fields, NULL };

static const struct field facility_fields[] = {
	{ .key = "id", .type = FIELD_ID, .at = STATION(facility), .required = true,
	  .help = "Id of the facility.", .help_vi = "Mã cơ sở." },
	{ .key = "name", .type = FIELD_TEXT, .at = STATION(facility_name), .required = true,
	  .help = "Its name.", .help_vi = "Tên cơ sở." },
	{ 0 },
};
static const struct section facility_section = { "facility", 0, facility_fields, NULL };

static const struct field outlet_fields[] = {
	{ .key = "id", .type = FIELD_ID, .at = OUTLET(id), .required = true,
	  .help = "Id of the outlet.", .help_vi = "Mã điểm xả (cửa xả, ống khói)." },
	{ .key = "name", .type = FIELD_TEXT, .at = OUTLET(name), .required = true,
	  .help = "Its name.", .help_vi = "Tên điểm xả (cửa xả, ống khói)." },
	{ .key = "kind", .type = FIELD_CHOICE, .at = OUTLET(kind), .choices = station_kinds,
	  .required = true, .help = "water, stack or ambient.",
	  .help_vi = "water: nước thải, stack: khí thải, ambient: không khí xung quanh." },
	{ 0 },
};
static const struct section outlet_section = { "outlet", sizeof(struct station_outlet), outlet_fields, NULL };

static const struct field journal_fields[] = {
	{ .key = "folder", .type = FIELD_TEXT, .at = STATION(journal_folder), .required = true,
	  .help = "Where the journal lies.", .help_vi = "Thư mục nhật ký." },
	{ .key = "keep", .type = FIELD_DURATION, .at = STATION(keep_s), .fallback = "90d",
	  .low = 3600, .high = 86400.0 * 3660,
	  .help = "How long records are kept here; the law wants 60 days (Circular 10/2021, article 39).",
	  .help_vi = "Thời gian lưu tại trạm; quy định: 60 ngày (Thông tư 10/2021/TT-BTNMT, Điều 39)." },
	{ .key = "room", .type = FIELD_TEXT, .at = STATION(room),
	  .help = "Disk set aside for the journal at the start: 12 GiB; reckoned from the instruments if not written, and never less than that.",
	  .help_vi = "Dung lượng đĩa dành riêng cho nhật ký khi khởi động: 12 GiB; nếu không ghi thì tính từ các thiết bị." },
	{ .key = "memory", .type = FIELD_TEXT, .at = STATION(memory), .fallback = "8 MiB",
	  .help = "What is kept in memory, and sent from there, while the disk cannot be written: 1 MiB to 1 GiB.",
	  .help_vi = "Bộ nhớ tạm giữ và gửi dữ liệu khi không ghi được vào đĩa: từ 1 MiB đến 1 GiB." },
	{ .key = "commit_every", .type = FIELD_DURATION, .at = STATION(commit_s), .fallback = "1s",
	  .low = 0.1, .high = 60,
	  .help = "Records are written to the disk so often, or every 64 KiB; a power cut costs at most this.",
	  .help_vi = "Chu kỳ ghi xuống đĩa (hoặc mỗi 64 KiB); mất điện chỉ mất tối đa chừng này." },
	{ 0 },
};
static const struct section journal_section = { "journal", 0, journal_fields, NULL };

static const struct field collector_fields[] = {
	{ .key = "endpoint", .type = FIELD_TEXT, .at = STATION(collector),
	  .help = "Where the collector listens: tcp://192.0.2.7:5710.", .help_vi = "Địa chỉ máy chủ nhận." },
	{ .key = "server_key", .type = FIELD_TEXT, .at = STATION(server_key),
	  .help = "File with the collector's public key.", .help_vi = "Tệp khóa công khai của máy chủ." },
	{ .key = "secret_key", .type = FIELD_TEXT, .at = STATION(secret_key),
	  .help = "File with this station's secret key.", .help_vi = "Tệp khóa bí mật của trạm." },
	{ .key = "public_key", .type = FIELD_TEXT, .at = STATION(public_key),
	  .help = "File with this station's public key; it follows from the secret one.",
	  .help_vi = "Tệp khóa công khai của trạm; có thể bỏ trống." },
	{ 0 },
};
static const struct section collector_section = { "collector", 0, collector_fields, NULL };

static const struct field port_fields[] = {
	{ .key = "id", .type = FIELD_ID, .at = PORT(id), .required = true,
	  .help = "Id of the port; instruments name it.", .help_vi = "Mã cổng." },
	{ .key = "path", .type = FIELD_TEXT, .at = PORT(path),
	  .help = "A serial device, best by its name under /dev/serial/by-id.",
	  .help_vi = "Thiết bị nối tiếp, nên dùng tên trong /dev/serial/by-id." },
	{ .key = "line", .type = FIELD_TEXT, .at = PORT(line_text), .fallback = "9600 8N1",
	  .help = "Baud, data bits, parity, stop bits: 9600 8N1.",
	  .help_vi = "Tốc độ, số bit, chẵn lẻ, bit dừng: 9600 8N1." },
	{ .key = "tcp", .type = FIELD_TEXT, .at = PORT(tcp),
	  .help = "host:port of a Modbus TCP device or a serial server, instead of path.",
	  .help_vi = "máy:cổng của thiết bị Modbus TCP hoặc bộ chuyển đổi." },
	{ .key = "listen", .type = FIELD_TEXT, .at = PORT(listen_on),
	  .help = "address:port of this machine that sub-loggers connect to, instead of path: 0.0.0.0:9001.",
	  .help_vi = "địa chỉ:cổng của máy này để thiết bị kết nối đến, thay cho path: 0.0.0.0:9001." },
	{ .key = "only", .type = FIELD_TEXT, .at = PORT(only),
	  .help = "With listen: the one address that may connect.",
	  .help_vi = "Dùng với listen: địa chỉ duy nhất được phép kết nối." },
	{ .key = "mode", .type = FIELD_CHOICE, .at = PORT(mode), .choices = modbus_framings,
	  .set_at = PORT(mode_set),
	  .help = "Of Modbus: rtu or ascii on a path; tcp, rtu-over-tcp or ascii on tcp; rtu for path and tcp for tcp if not written.",
	  .help_vi = "Của Modbus: rtu hoặc ascii với path; tcp, rtu-over-tcp hoặc ascii với tcp." },
	{ .key = "master", .type = FIELD_CHOICE, .at = PORT(master), .choices = station_masters,
	  .fallback = "us",
	  .help = "other: somebody else asks the instruments of this line; quantrac listens and never sends a byte.",
	  .help_vi = "other: thiết bị khác đang hỏi trên đường truyền này; quantrac chỉ nghe, không gửi byte nào." },
	{ .key = "dtr", .type = FIELD_BOOLEAN, .at = PORT(dtr), .fallback = "on",
	  .help = "Level of DTR; some converters live on it.", .help_vi = "Mức tín hiệu DTR." },
	{ .key = "rts", .type = FIELD_BOOLEAN, .at = PORT(rts), .fallback = "on",
	  .help = "Level of RTS.", .help_vi = "Mức tín hiệu RTS." },
	{ 0 },
};
static const struct section port_section = { "port", sizeof(struct station_port), port_fields, NULL };

static const struct field channel_fields[] = {
	{ .key = "name", .type = FIELD_ID, .at = CHANNEL(name), .required = true,
	  .help = "A channel of the profile.", .help_vi = "Một kênh của hồ sơ thiết bị." },
	{ .key = "label_vi", .type = FIELD_TEXT, .at = CHANNEL(label_vi),
	  .help = "Another label, in Vietnamese.", .help_vi = "Tên hiển thị tiếng Việt khác." },
	{ .key = "label_en", .type = FIELD_TEXT, .at = CHANNEL(label_en),
	  .help = "Another label, in English.", .help_vi = "Tên hiển thị tiếng Anh khác." },
	{ .key = "id", .type = FIELD_ID, .at = CHANNEL(id),
	  .help = "What the channel is called here, where the profile cannot know it: flow_out on an input of an analogue module.",
	  .help_vi = "Mã kênh tại trạm, khi hồ sơ không biết kênh đo gì: flow_out trên một đầu vào tương tự." },
	{ .key = "signal", .type = FIELD_CHOICE, .at = CHANNEL(signal), .choices = analog_signals,
	  .fallback = "none",
	  .help = "4-20 mA: the number is a current in mA; `range` says, with its unit, what 4 and 20 mA stand for. Below 3.6 and above 21 mA the loop is faulty (NAMUR NE 43).",
	  .help_vi = "4-20 mA: giá trị là dòng điện (mA); `range` cho biết 4 và 20 mA ứng với giá trị nào, kèm đơn vị. Dưới 3,6 hoặc trên 21 mA là lỗi vòng dòng điện (NAMUR NE 43)." },
	{ .key = "range", .type = FIELD_TEXT, .at = CHANNEL(range),
	  .help = "Measuring range as set on the instrument, with its unit: 0..225 mg/L.",
	  .help_vi = "Phạm vi đo đang cài đặt trên thiết bị, có đơn vị: 0..225 mg/L." },
	{ .key = "method", .type = FIELD_TEXT, .at = CHANNEL(method),
	  .help = "Principle of measurement.", .help_vi = "Nguyên lý đo." },
	{ .key = "accuracy_reading", .type = FIELD_PERCENT, .at = CHANNEL(accuracy_reading_percent),
	  .help = "Accuracy of the reading, from the certificate.", .help_vi = "Cấp chính xác theo giá trị đọc, như trong giấy chứng nhận." },
	{ .key = "accuracy_span", .type = FIELD_PERCENT, .at = CHANNEL(accuracy_span_percent),
	  .help = "Accuracy of the range, from the certificate.", .help_vi = "Cấp chính xác theo toàn phạm vi đo, như trong giấy chứng nhận." },
	{ .key = "accuracy_absolute", .type = FIELD_NUMBER, .at = CHANNEL(accuracy_absolute),
	  .help = "Accuracy in the channel's unit.", .help_vi = "Cấp chính xác theo đơn vị của kênh." },
	{ .key = "limit", .type = FIELD_TEXT, .at = CHANNEL(limit),
	  .help = "Shown by `quantrac watch` beside the value: 75 mg/L, or 5.5..9 pH. Nothing is judged by it.",
	  .help_vi = "Giá trị tối đa cho phép hiển thị trên màn hình tủ: 75 mg/L, hoặc 5.5..9 pH. Không dùng để đánh giá." },
	{ .key = "limit_source", .type = FIELD_TEXT, .at = CHANNEL(limit_source),
	  .help = "Where that limit stands: permit, regulation and column.",
	  .help_vi = "Căn cứ: giấy phép môi trường, quy chuẩn và cột." },
	{ .key = "result_every", .type = FIELD_DURATION, .at = CHANNEL(result_every_s),
	  .low = 0.1, .high = 86400, .help = "How often a fresh result is due.",
	  .help_vi = "Chu kỳ có kết quả mới." },
	{ .key = "off", .type = FIELD_BOOLEAN, .at = CHANNEL(off), .fallback = "no",
	  .help = "yes: not used here.", .help_vi = "yes: không dùng kênh này." },
	{ 0 },
};
static const struct section channel_section = {
	"channel", sizeof(struct station_channel), channel_fields, NULL };

static const struct field instrument_fields[] = {
	{ .key = "id", .type = FIELD_ID, .at = INSTRUMENT(id), .required = true,
	  .help = "Id of the instrument.", .help_vi = "Mã thiết bị." },
	{ .key = "profile", .type = FIELD_ID, .at = INSTRUMENT(profile_name), .required = true, .high = 64,
	  .help = "Its model: the name of a profile.",
	  .help_vi = "Kiểu thiết bị: tên một hồ sơ thiết bị." },
	{ .key = "port", .type = FIELD_ID, .at = INSTRUMENT(port_id), .required = true,
	  .help = "The port it is wired to.", .help_vi = "Cổng nối thiết bị." },
	{ .key = "slave", .type = FIELD_INTEGER, .at = INSTRUMENT(slave), .low = 1, .high = 255,
	  .set_at = INSTRUMENT(slave_set), .help = "Its address on the line; else the factory's.",
	  .help_vi = "Địa chỉ Modbus; mặc định là địa chỉ của nhà sản xuất." },
	{ .key = "address", .type = FIELD_TEXT, .at = INSTRUMENT(address), .high = 32,
	  .help = "Its address on a line that is not Modbus, as the protocol writes it; else the factory's.",
	  .help_vi = "Địa chỉ trên đường truyền không phải Modbus, ghi như trong giao thức." },
	{ .key = "outlet", .type = FIELD_ID, .at = INSTRUMENT(outlet),
	  .help = "The outlet it watches, where there are several.", .help_vi = "Điểm xả được giám sát, nếu có nhiều." },
	{ .key = "serial", .type = FIELD_TEXT, .at = INSTRUMENT(serial),
	  .help = "Serial number on the type plate.", .help_vi = "Số sê-ri trên nhãn." },
	{ .key = "poll_every", .type = FIELD_DURATION, .at = INSTRUMENT(poll_every_s), .low = 0.1,
	  .high = 86400, .help = "How often to ask; else as the profile says.", .help_vi = "Chu kỳ hỏi." },
	{ .key = "timeout", .type = FIELD_DURATION, .at = INSTRUMENT(timeout_s), .low = 0.05, .high = 60,
	  .help = "How long to wait for an answer.", .help_vi = "Thời gian chờ trả lời." },
	{ .key = "retries", .type = FIELD_INTEGER, .at = INSTRUMENT(retries), .low = 0, .high = 5,
	  .fallback = "1", .help = "How often to ask again when nothing sound came.",
	  .help_vi = "Số lần hỏi lại." },
	{ .key = "commands", .type = FIELD_CHOICE, .at = INSTRUMENT(commands), .choices = station_commands,
	  .fallback = "refused",
	  .help = "allowed: an operator may order the commands of its profile (quantrac station command); else it is only read.",
	  .help_vi = "allowed: người vận hành được ra các lệnh trong hồ sơ thiết bị (quantrac station command); nếu không, chỉ đọc." },
	{ .key = "channels", .type = FIELD_SECTIONS, .at = INSTRUMENT(override),
	  .count_at = INSTRUMENT(n_overrides), .section = &channel_section,
	  .help = "What is different here from the profile.", .help_vi = "Những điểm khác với hồ sơ thiết bị." },
	{ 0 },
};
static const struct section instrument_section = {
	"instrument", sizeof(struct station_instrument), instrument_fields, NULL };

static const struct field station_fields[] = {
	{ .key = "zone", .type = FIELD_SECTION, .section = &zone_section, .required = true,
	  .help = "The industrial zone.", .help_vi = "Khu công nghiệp." },
	{ .key = "station", .type = FIELD_SECTION, .section = &who_section, .required = true,
	  .help = "This cabinet.", .help_vi = "Trạm này." },
	{ .key = "facility", .type = FIELD_SECTION, .section = &facility_section, .required = true,
	  .help = "The facility it watches.", .help_vi = "Cơ sở được giám sát." },
	{ .key = "outlets", .type = FIELD_SECTIONS, .at = STATION(outlet), .count_at = STATION(n_outlets),
	  .section = &outlet_section, .required = true,
	  .help = "What leaves the facility here.", .help_vi = "Các điểm xả: cửa xả nước thải, ống khói." },
	{ .key = "journal", .type = FIELD_SECTION, .section = &journal_section, .required = true,
	  .help = "Where readings are kept first.", .help_vi = "Nhật ký tại trạm." },
	{ .key = "collector", .type = FIELD_SECTION, .section = &collector_section,
	  .help = "Where records are sent.", .help_vi = "Máy chủ nhận dữ liệu." },
	{ .key = "profiles", .type = FIELD_TEXT, .at = STATION(profiles),
	  .help = "A folder with profiles of your own.", .help_vi = "Thư mục hồ sơ thiết bị riêng." },
	{ .key = "ports", .type = FIELD_SECTIONS, .at = STATION(port), .count_at = STATION(n_ports),
	  .section = &port_section, .required = true,
	  .help = "Serial lines and TCP connections.", .help_vi = "Các cổng nối tiếp và TCP." },
	{ .key = "instruments", .type = FIELD_SECTIONS, .at = STATION(instrument),
	  .count_at = STATION(n_instruments), .section = &instrument_section, .required = true,
	  .help = "What is wired to them.", .help_vi = "Các thiết bị đo." },
	{ .key = "inputs", .type = FIELD_SECTIONS, .at = STATION(cabinet.input),
	  .count_at = STATION(cabinet.n_inputs), .section = &input_section,
	  .help = "Contacts of the cabinet: maintenance key-switch, door, mains, UPS, sampler.",
	  .help_vi = "Các tiếp điểm của tủ: khóa bảo trì, cửa, điện lưới, bộ lưu điện, thiết bị lấy mẫu." },
	{ .key = "cabinet", .type = FIELD_SECTION, .at = STATION(cabinet), .section = &events_section,
	  .help = "What is recorded of what happens at the cabinet.",
	  .help_vi = "Những sự kiện tại tủ được ghi lại." },
	{ .key = "sampler", .type = FIELD_SECTION, .at = STATION(cabinet.sampler),
	  .set_at = STATION(cabinet.has_sampler), .section = &sampler_section,
	  .help = "When the automatic sampler takes a bottle.",
	  .help_vi = "Khi nào thiết bị lấy mẫu tự động lấy một chai mẫu." },
	{ 0 },
};
const struct section station_section = { "configuration", sizeof(struct station), station_fields, NULL };

#define SETTING(member) offsetof(struct instrument_settings, member)
#define EACH(member)    offsetof(struct instrument_channel, member)

static const struct field setting_channel_fields[] = {
	{ .key = "name", .type = FIELD_ID, .at = EACH(name), .required = true },
	{ .key = "low", .type = FIELD_NUMBER, .at = EACH(low) },
	{ .key = "high", .type = FIELD_NUMBER, .at = EACH(high) },
	{ .key = "off", .type = FIELD_BOOLEAN, .at = EACH(off) },
	{ .key = "signal", .type = FIELD_CHOICE, .at = EACH(signal), .choices = analog_signals,
	  .fallback = "none" },
	{ 0 },
};
static const struct section setting_channel_section = {
	"channel", sizeof(struct instrument_channel), setting_channel_fields, NULL };

static const struct field setting_fields[] = {
	{ .key = "port", .type = FIELD_TEXT, .at = SETTING(port), .high = ID_SIZE - 1 },
	{ .key = "framing", .type = FIELD_CHOICE, .at = SETTING(framing), .choices = modbus_framings,
	  .fallback = "rtu" },
	{ .key = "slave", .type = FIELD_INTEGER, .at = SETTING(slave), .low = 0, .high = 255,
	  .fallback = "0" },
	{ .key = "address", .type = FIELD_TEXT, .at = SETTING(address), .high = 32 },
	{ .key = "listen", .type = FIELD_BOOLEAN, .at = SETTING(listen), .fallback = "no" },
	{ .key = "utc_offset", .type = FIELD_OFFSET, .at = SETTING(utc_offset_min),
	  .fallback = "+07:00" },
	{ .key = "channels", .type = FIELD_SECTIONS, .at = SETTING(channel),
	  .count_at = SETTING(n_channels), .section = &setting_channel_section },
	{ 0 },
};
const struct section settings_section = {
	"settings", sizeof(struct instrument_settings), setting_fields, NULL };
// clang-format on
