/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cabinet recorded of its ports, its instruments and itself: the record keeps the
 * English. */
#include "cli/translate.h"

// clang-format off
const struct sentence_pair translate_told[] = {
	{ "(not given)", "(không nêu lý do)" },

	/* ports */
	{ "%s; trying again", "~1; đang thử lại" },
	{ "hung up", "bị ngắt kết nối" },
	{ "cannot be reached", "không kết nối được" },
	{ "it takes no bytes", "cổng không nhận dữ liệu gửi đi" },
	{ "closed by the other side", "bị đầu kia đóng" },
	{ "%s port %s: Connection refused: nothing listens there; is the device on, and this its port?", "%1 cổng %2: kết nối bị từ chối: không có gì lắng nghe ở đó; thiết bị đã bật chưa, có đúng cổng này không?" },
	{ "%s port %s: Connection timed out; check power, cable and address", "%1 cổng %2: quá thời gian kết nối; kiểm tra nguồn, cáp và địa chỉ" },
	{ "%s port %s: No route to host; check power, cable and address", "%1 cổng %2: không có đường đến máy; kiểm tra nguồn, cáp và địa chỉ" },
	{ "%s port %s: Network is unreachable; check power, cable and address",
	  "%1 cổng %2: không đến được mạng này; kiểm tra nguồn, cáp và địa chỉ" },
	{ "%s: there is no such device; is the adapter plugged in?", "%1: không có cổng này; đã cắm bộ chuyển đổi chưa?" },
	{ "%s: this user may not open it; %s", "%1: người dùng này không có quyền mở cổng; ~2" },
	{ "this user may not open it; %s", "người dùng này không có quyền mở cổng; ~1" },
	{ "sudo adduser $USER %s, then log in again", "sudo adduser $USER %1, rồi đăng nhập lại" },
	{ "run this with sudo", "chạy lệnh bằng sudo" },
	{ "%s: another program has it for itself; `quantrac serial list` (as root) names it",
	  "%1: chương trình khác đang giữ riêng cổng này; `quantrac serial list` (quyền root) cho biết tên" },
	{ "%s is in use by %s; stop it, or give it another port",
	  "%1 đang được %2 sử dụng; hãy dừng chương trình đó hoặc cho nó cổng khác" },
	{ "the line is never silent: something sends all the time (a second master, a faulty instrument or adapter); nobody can be asked",
	  "đường dây không lúc nào im: luôn có tín hiệu gửi ra (có máy chủ thứ hai, thiết bị hoặc bộ chuyển đổi hỏng); không hỏi được thiết bị nào" },

	/* instruments */
	{ "does not answer: check power, address and wiring", "không trả lời: hãy kiểm tra nguồn, địa chỉ và đấu dây" },
	{ "does not answer: exception %d, %s; check power, address and wiring",
	  "không trả lời: mã lỗi %1, ~2; hãy kiểm tra nguồn, địa chỉ và đấu dây" },
	{ "answers too late: give it more time (timeout: in the configuration), or find out what makes it slow",
	  "trả lời quá muộn: hãy cho thêm thời gian (timeout: trong cấu hình), hoặc tìm xem vì sao chậm" },
	{ "something comes, but no sound answer", "có tín hiệu nhưng không phải câu trả lời đúng" },
	{ "%s: check that the other end speaks this (mode, address)", "~1: hãy kiểm tra đầu kia có dùng giao thức này không (mode, địa chỉ)" },
	{ "%s: check speed, parity and wiring", "~1: hãy kiểm tra tốc độ, chẵn lẻ và đấu dây" },
	{ "refuses: %s", "từ chối: ~1" },
	{ "exception %d, %s", "mã lỗi %1, ~2" },
	{ "exception %d, %s; the profile does not fit this device", "mã lỗi %1, ~2; hồ sơ không hợp với thiết bị này" },
	/* exceptions of Modbus */
	{ "illegal function", "thiết bị không có chức năng này" },
	{ "illegal data address", "thiết bị không có địa chỉ dữ liệu này" },
	{ "illegal data value", "giá trị trong yêu cầu không được chấp nhận" },
	{ "device failure", "thiết bị báo hỏng" },
	{ "acknowledged, still working", "đã nhận yêu cầu, đang xử lý" },
	{ "busy", "đang bận" },
	{ "memory parity error", "lỗi bộ nhớ" },
	{ "gateway: no path to the device", "gateway: không có đường đến thiết bị" },
	{ "gateway: the device behind it does not answer", "gateway: thiết bị phía sau không trả lời" },
	{ "unknown exception", "mã lỗi lạ" },
	{ "current %s mA, below %s mA: check the loop and its transmitter",
	  "dòng điện %1 mA, thấp hơn %2 mA: hãy kiểm tra mạch dòng và bộ phát tín hiệu" },
	{ "current %s mA, above %s mA: check the loop and its transmitter",
	  "dòng điện %1 mA, cao hơn %2 mA: hãy kiểm tra mạch dòng và bộ phát tín hiệu" },

	/* maintenance */
	{ "%s; ends by itself at %s", "~1; tự kết thúc lúc %2" },
	{ "goes on: %s", "vẫn tiếp tục: %1" },

	/* the machine */
	{ "the machine runs for %lld s; this is the first time that is remembered",
	  "máy đã chạy %1 s; đây là lần khởi động đầu tiên được ghi nhớ" },
	{ "the machine was started %lld s ago; %s", "máy khởi động cách đây %1 s; ~2" },
	{ "the watchdog had reset the machine", "trước đó watchdog đã khởi động lại máy" },
	{ "it had been shut down or restarted in order", "trước đó máy được tắt hoặc khởi động lại đúng cách" },
	{ "this program had been ended in order", "trước đó chương trình này được dừng đúng cách" },
	{ "it was not shut down: a power cut, a reset or a crash",
	  "trước đó máy không được tắt đúng cách: mất điện, bị khởi động lại hoặc treo máy" },
	{ "%zu more within a minute are not told one by one", "%1 sự kiện nữa trong một phút không ghi từng cái" },
	{ "so many devices came and went that some are not told", "quá nhiều thiết bị cắm vào, rút ra; một phần không được ghi" },
	{ "the record of logins (wtmp) was made shorter by somebody", "nhật ký đăng nhập (wtmp) đã bị cắt ngắn" },
	{ "%s; changed %u times since it was told", "~1; đã đổi %2 lần từ lần ghi trước" },
	{ 0 },
};
// clang-format on
