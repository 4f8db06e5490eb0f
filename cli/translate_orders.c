/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of orders to the cabinet and to its instruments: refused, done, not known. */
#include "cli/translate.h"

// clang-format off
const struct sentence_pair translate_orders[] = {
	/* why there is nothing to order */
	{ "write: quantrac station command INSTRUMENT [NAME [VALUE] --reason TEXT]",
	  "hãy viết: quantrac station command THIẾT_BỊ [LỆNH [SỐ] --reason NỘI DUNG]" },
	{ "there is no instrument '%s' at station '%s'", "không có thiết bị '%1' tại trạm '%2'" },
	{ "there is no instrument '%s' at station '%s', whose own id means all of them",
	  "không có thiết bị '%1' tại trạm '%2'; mã của trạm nghĩa là mọi thiết bị" },
	{ "profile '%s' knows no commands: nobody found them written down",
	  "hồ sơ '%1' không có lệnh nào: chưa tìm thấy tài liệu ghi lệnh" },
	{ "profile '%s' knows no command '%s'; it knows %s", "hồ sơ '%1' không có lệnh '%2'; có các lệnh: %3" },
	{ "%s: port '%s' is only listened to, nothing is ever sent there: give the command at the instrument or by the line's own master",
	  "%1: cổng '%2' chỉ được nghe, không bao giờ gửi gì ra đó: hãy ra lệnh tại thiết bị hoặc từ máy chủ của đường dây" },
	{ "%s:%d: instrument '%s' is read only: write `commands: allowed` in its section, and start quantrac-sensord again (sudo systemctl restart quantrac-sensord)",
	  "%1:%2: thiết bị '%3' chỉ được đọc: hãy ghi `commands: allowed` trong mục của thiết bị, rồi khởi động lại: sudo systemctl restart quantrac-sensord" },
	{ "command '%s' takes no number", "lệnh '%1' không nhận số nào" },
	{ "command '%s' takes a number, %s", "lệnh '%1' cần một số, %2" },
	{ "'%.20s' is no plain decimal number of at most %d characters", "'%1' không phải số thập phân tối đa %2 ký tự" },
	{ "command '%s': %s is not in %s", "lệnh '%1': %2 không nằm trong %3" },
	{ "command '%s' cannot be written with this address and number", "lệnh '%1' không gửi được với địa chỉ và số này" },
	{ "a reason is wanted (--reason TEXT): one line of at most 240 bytes", "cần lý do (--reason NỘI DUNG): một dòng, tối đa 240 byte" },
	{ "there is no terminal to ask on: nothing was sent (--yes for scripts)",
	  "không có cửa sổ dòng lệnh để hỏi lại: không có gì được gửi đi (--yes để dùng trong script)" },
	{ "left: nothing was sent", "đã bỏ: không có gì được gửi đi" },

	/* why sensord does not take it */
	{ "quantrac-sensord still runs with another configuration than %s as it is now: it reads the file when it starts. Nothing was sent. Start it again: sudo systemctl restart quantrac-sensord",
	  "quantrac-sensord đang chạy với cấu hình khác với %1 hiện nay: tệp chỉ được đọc khi khởi động. Không có gì được gửi đi. Hãy khởi động lại: sudo systemctl restart quantrac-sensord" },
	{ "command '%s' disturbs what '%s' measures: begin its maintenance first (quantrac station maintenance %s on --reason TEXT)",
	  "lệnh '%1' làm giá trị đo của '%2' không còn là của mẫu: hãy bật bảo trì trước (quantrac station maintenance %3 on --reason NỘI DUNG)" },
	{ "another command is under way; nothing was sent", "đang thực hiện một lệnh khác; không có gì được gửi đi" },
	{ "quantrac-sensord is not running: nobody listens at %s", "quantrac-sensord không chạy: không có chương trình nào nghe ở %1; sudo systemctl start quantrac-sensord" },
	{ "%s: only root and the group of quantrac-sensord may give orders to the cabinet: sudo, or usermod -aG quantrac NAME",
	  "%1: chỉ root và nhóm của quantrac-sensord được ra lệnh cho trạm: dùng sudo, hoặc usermod -aG quantrac TÊN" },
	{ "quantrac-sensord ended before it said what became of it; its record tells, and what it was in the middle of is told when it starts again",
	  "quantrac-sensord đã dừng trước khi cho biết kết quả; hồ sơ của trạm có ghi, và việc đang làm dở sẽ được báo khi khởi động lại" },

	/* maintenance and the sampler */
	{ "maintenance of %s until %s", "bảo trì %1 đến %2" },
	{ "maintenance of %s has ended", "đã kết thúc bảo trì %1" },
	{ "maintenance of %s is not on (by an order)", "%1 không đang bảo trì theo lệnh nào" },
	{ "the sampler has %s empty bottles", "thiết bị lấy mẫu có %1 chai rỗng" },
	{ "this station has no sampler", "trạm này không có thiết bị lấy mẫu tự động" },

	/* what became of a command, and how that is known */
	{ "%s %s: done; %s", "%1 %2: đã thực hiện; ~3" },
	{ "%s %s: the instrument refused it; %s", "%1 %2: thiết bị từ chối; ~3" },
	{ "%s %s: nobody knows whether it was done: look at the instrument; %s", "%1 %2: không biết đã thực hiện hay chưa, hãy xem tại thiết bị; ~3" },
	{ "%s %s: nothing was sent; %s", "%1 %2: không có gì được gửi đi; ~3" },
	{ "answer %s", "trả lời %1" },
	{ "maintenance has ended", "bảo trì đã kết thúc" },
	{ "its line takes no command", "cổng của thiết bị không nhận lệnh" },
	{ "what was ordered could not be written to the disk", "không ghi được lệnh xuống đĩa" },
	{ "the program ends", "chương trình đang dừng" },
	{ "the line was closed before an answer came", "cổng bị đóng trước khi có trả lời" },
	{ "the instrument does not answer, or its line is busy", "thiết bị không trả lời, hoặc đường dây đang bận" },
	{ "no answer", "không có trả lời" },
	{ "the line takes nothing", "cổng không gửi được gì" },
	{ "what came is no answer to it", "tín hiệu nhận được không phải câu trả lời" },
	{ "the instrument reports another number", "thiết bị báo lại một số khác" },
	{ "the instrument reports another number or time", "thiết bị báo lại một số hoặc thời điểm khác" },
	{ "the line took only a part of it", "cổng chỉ gửi được một phần lệnh" },
	{ "warning: it holds, but the disk cannot be written: a restart of the program forgets it",
	  "cảnh báo: đã có hiệu lực nhưng không ghi được xuống đĩa; chương trình khởi động lại thì sẽ quên" },
	{ 0 },
};
// clang-format on
