/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's keys of a station's configuration, as tables. */
#include "sensors/station/cabinet_setting.h"
#include "sensors/station/inputs.h"
#include "sensors/station/maintenance.h"

const char *const gpio_pulls[] = { "as-is", "up", "down", "none", NULL };
const char *const active_levels[] = { "high", "low", NULL };
const char *const modem_lines[] = { "cts", "dsr", "dcd", "ri", NULL };
const char *const modem_outputs[] = { "rts", "dtr", NULL };

#define INPUT(member)   offsetof(struct input_setting, member)
#define EVENTS(member)  offsetof(struct cabinet_setting, member)
#define SAMPLER(member) offsetof(struct sampler_setting, member)

// clang-format off
static const struct field input_fields[] = {
	{ .key = "id", .type = FIELD_ID, .at = INPUT(id), .required = true,
	  .help = "Id of the contact.", .help_vi = "Mã tiếp điểm." },
	{ .key = "kind", .type = FIELD_CHOICE, .at = INPUT(kind), .choices = input_kinds, .required = true,
	  .help = "What it says when it is active: maintenance is on, the door is open, the mains are there, the UPS "
	          "reports trouble, the sampler is ready; or other, with a name.",
	  .help_vi = "Ý nghĩa khi tiếp điểm tác động: maintenance: đang bảo trì, door: cửa mở, mains: có điện lưới, "
	             "ups: bộ lưu điện báo động, sampler-ready: thiết bị lấy mẫu sẵn sàng; other: tiếp điểm khác, có tên." },
	{ .key = "name", .type = FIELD_TEXT, .at = INPUT(name), .high = 60,
	  .help = "What people call it.", .help_vi = "Tên gọi của tiếp điểm." },
	{ .key = "gpio", .type = FIELD_TEXT, .at = INPUT(gpio),
	  .help = "Where it is wired: a GPIO chip of the kernel, /dev/gpiochip0; with gpio_line.",
	  .help_vi = "Nơi đấu nối: chip GPIO của nhân hệ điều hành, /dev/gpiochip0; kèm gpio_line." },
	{ .key = "gpio_line", .type = FIELD_INTEGER, .at = INPUT(gpio_line), .low = 0, .high = 65535,
	  .set_at = INPUT(gpio_line_set), .help = "Number of the line on that chip.",
	  .help_vi = "Số thứ tự chân trên chip GPIO." },
	{ .key = "pull", .type = FIELD_CHOICE, .at = INPUT(pull), .choices = gpio_pulls, .fallback = "as-is",
	  .help = "Resistor of the GPIO line: up for a contact to ground.",
	  .help_vi = "Điện trở kéo của chân GPIO: up nếu tiếp điểm nối xuống đất." },
	{ .key = "port", .type = FIELD_ID, .at = INPUT(port_id),
	  .help = "Or: a serial port of this station; with modem.",
	  .help_vi = "Hoặc: một cổng nối tiếp của trạm; kèm modem." },
	{ .key = "modem", .type = FIELD_CHOICE, .at = INPUT(modem), .choices = modem_lines,
	  .set_at = INPUT(modem_set), .help = "Modem line of that port it is wired to.",
	  .help_vi = "Chân tín hiệu modem của cổng đó." },
	{ .key = "instrument", .type = FIELD_ID, .at = INPUT(instrument),
	  .help = "Or: an instrument with digital inputs; with channel.",
	  .help_vi = "Hoặc: một thiết bị có đầu vào số; kèm channel." },
	{ .key = "channel", .type = FIELD_ID, .at = INPUT(channel),
	  .help = "Channel of that instrument: active where its value is not 0.",
	  .help_vi = "Kênh của thiết bị đó: tác động khi giá trị khác 0." },
	{ .key = "active", .type = FIELD_CHOICE, .at = INPUT(active), .choices = active_levels, .fallback = "high",
	  .help = "Level at which it is active; low where a closed contact pulls the line to ground.",
	  .help_vi = "Mức tín hiệu khi tác động; low nếu tiếp điểm đóng kéo tín hiệu xuống đất." },
	{ .key = "settle", .type = FIELD_DURATION, .at = INPUT(settle_s), .fallback = "1s", .low = 0, .high = 30,
	  .help = "A change counts when it has stood so long; its time is that of the first edge.",
	  .help_vi = "Thay đổi được ghi khi đã ổn định chừng này; thời điểm ghi là lúc bắt đầu thay đổi." },
	{ .key = "instruments", .type = FIELD_TEXTS, .at = INPUT(instrument_id), .count_at = INPUT(n_instruments),
	  .help = "Of kind maintenance: whose readings are marked; all if not written.",
	  .help_vi = "Với kind maintenance: các thiết bị được đánh dấu bảo trì; bỏ trống: tất cả." },
	{ .key = "ends_after", .type = FIELD_DURATION, .at = INPUT(ends_after_s), .fallback = "2h", .low = 60,
	  .high = MAINTENANCE_MOST_S,
	  .help = "Of kind maintenance: it ends by itself after this time, at most 2 h.",
	  .help_vi = "Với kind maintenance: tự kết thúc sau thời gian này, tối đa 2 giờ." },
	{ 0 },
};
const struct section input_section = { "input", sizeof(struct input_setting), input_fields, NULL };

static const struct field events_fields[] = {
	{ .key = "usb", .type = FIELD_BOOLEAN, .at = EVENTS(usb), .fallback = "yes",
	  .help = "Record USB devices and serial ports that come and go.",
	  .help_vi = "Ghi lại việc cắm, rút thiết bị USB và cổng nối tiếp." },
	{ .key = "boot", .type = FIELD_BOOLEAN, .at = EVENTS(boot), .fallback = "yes",
	  .help = "Record that the machine was started anew, and why as far as that is known.",
	  .help_vi = "Ghi lại việc máy khởi động lại và lý do, nếu biết." },
	{ .key = "login", .type = FIELD_BOOLEAN, .at = EVENTS(login), .fallback = "yes",
	  .help = "Record who logs in to this machine (from /var/log/wtmp).",
	  .help_vi = "Ghi lại người đăng nhập vào máy (theo /var/log/wtmp)." },
	{ 0 },
};
const struct section events_section = { "cabinet", 0, events_fields, NULL };

static const struct field sampler_fields[] = {
	{ .key = "armed", .type = FIELD_BOOLEAN, .at = SAMPLER(armed), .fallback = "no",
	  .help = "yes: it takes bottles; without it nothing is ever switched.",
	  .help_vi = "yes: cho phép lấy mẫu; nếu không ghi thì không bao giờ kích hoạt." },
	{ .key = "instrument", .type = FIELD_ID, .at = SAMPLER(instrument), .required = true,
	  .help = "Instrument whose indications decide.", .help_vi = "Thiết bị đo dùng để kích hoạt." },
	{ .key = "channel", .type = FIELD_ID, .at = SAMPLER(channel), .required = true,
	  .help = "Its channel.", .help_vi = "Kênh đo của thiết bị đó." },
	{ .key = "above", .type = FIELD_TEXT, .at = SAMPLER(above),
	  .help = "An episode is above this level, written with its unit: 75 mg/L.",
	  .help_vi = "Đợt vượt ngưỡng khi giá trị tức thời lớn hơn mức này, có đơn vị: 75 mg/L." },
	{ .key = "below", .type = FIELD_TEXT, .at = SAMPLER(below),
	  .help = "Or below this level: 5.5 pH.", .help_vi = "Hoặc khi nhỏ hơn mức này: 5.5 pH." },
	{ .key = "for", .type = FIELD_DURATION, .at = SAMPLER(for_s), .fallback = "15min", .low = 0, .high = 86400,
	  .help = "A bottle is taken when the episode has lasted so long.",
	  .help_vi = "Lấy một chai khi đợt vượt ngưỡng kéo dài chừng này." },
	{ .key = "readings", .type = FIELD_INTEGER, .at = SAMPLER(readings), .fallback = "3", .low = 1, .high = 10000,
	  .help = "And has at least so many readings in a row.",
	  .help_vi = "Và có ít nhất chừng này giá trị liên tiếp." },
	{ .key = "bottles", .type = FIELD_INTEGER, .at = SAMPLER(bottles), .required = true, .low = 1, .high = 1000,
	  .help = "Bottles of the carousel.", .help_vi = "Số chai mẫu của thiết bị." },
	{ .key = "most_per_day", .type = FIELD_INTEGER, .at = SAMPLER(most_a_day), .fallback = "4", .low = 1, .high = 1000,
	  .help = "Bottles of one legal day, at most.", .help_vi = "Số chai mẫu tối đa trong một ngày." },
	{ .key = "spacing", .type = FIELD_DURATION, .at = SAMPLER(spacing_s), .fallback = "60min", .low = 0, .high = 604800,
	  .help = "Between two bottles, at least.", .help_vi = "Khoảng cách tối thiểu giữa hai chai." },
	{ .key = "ready", .type = FIELD_ID, .at = SAMPLER(ready),
	  .help = "Input of kind sampler-ready that must be active; none if not written.",
	  .help_vi = "Tiếp điểm sampler-ready phải ở trạng thái sẵn sàng; có thể bỏ trống." },
	{ .key = "pulse", .type = FIELD_DURATION, .at = SAMPLER(pulse_s), .fallback = "1s", .low = 0.05, .high = 60,
	  .help = "How long the output is active.", .help_vi = "Độ dài xung kích hoạt." },
	{ .key = "active", .type = FIELD_CHOICE, .at = SAMPLER(active), .choices = active_levels, .fallback = "high",
	  .help = "Level of the output while active.", .help_vi = "Mức tín hiệu đầu ra khi kích hoạt." },
	{ .key = "gpio", .type = FIELD_TEXT, .at = SAMPLER(gpio),
	  .help = "The output: a GPIO chip of the kernel; with gpio_line.",
	  .help_vi = "Đầu ra: chip GPIO của nhân hệ điều hành; kèm gpio_line." },
	{ .key = "gpio_line", .type = FIELD_INTEGER, .at = SAMPLER(gpio_line), .low = 0, .high = 65535,
	  .set_at = SAMPLER(gpio_line_set), .help = "Number of the line on that chip.",
	  .help_vi = "Số thứ tự chân trên chip GPIO." },
	{ .key = "port", .type = FIELD_ID, .at = SAMPLER(port_id),
	  .help = "Or: a port of this station; with modem, or with slave and coil.",
	  .help_vi = "Hoặc: một cổng của trạm; kèm modem, hoặc kèm slave và coil." },
	{ .key = "modem", .type = FIELD_CHOICE, .at = SAMPLER(modem), .choices = modem_outputs,
	  .set_at = SAMPLER(modem_set), .help = "Modem line of that serial port.",
	  .help_vi = "Chân tín hiệu modem của cổng nối tiếp đó." },
	{ .key = "slave", .type = FIELD_INTEGER, .at = SAMPLER(slave), .low = 1, .high = 247,
	  .set_at = SAMPLER(slave_set), .help = "Modbus address of the output module on that port.",
	  .help_vi = "Địa chỉ Modbus của mô-đun đầu ra trên cổng đó." },
	{ .key = "coil", .type = FIELD_INTEGER, .at = SAMPLER(coil), .low = 0, .high = 65535,
	  .set_at = SAMPLER(coil_set), .help = "Coil to write (function 5), counted from 0 as on the wire.",
	  .help_vi = "Coil cần ghi (hàm 5), đếm từ 0 như trên đường truyền." },
	{ 0 },
};
const struct section sampler_section = { "sampler", sizeof(struct sampler_setting), sampler_fields, NULL };
// clang-format on
