/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands, and the cabinet and the archive they ask, say where something cannot be done. */
#include "cli/translate.h"

// clang-format off
const struct sentence_pair translate_commands[] = {
	/* common */
	{ "write: %s", "hãy ghi: %1" },
	{ "not enough memory", "không đủ bộ nhớ" },
	{ "--since %s is not before --until %s", "--since %1 không trước --until %2" },

	{ "quantrac config: check [FILE] or explain KEY", "quantrac config: check [TỆP] hoặc explain KHÓA" },
	{ "%s was read as a cabinet's file", "%1 được đọc như tệp của tủ" },
	{ "%s was read as a collector's file", "%1 được đọc như tệp của máy chủ nhận" },
	{ "%s: a cabinet's file: station %s, %s on %s: no errors", "%1: tệp của tủ: trạm %2, ~3 trên ~4: không có lỗi" },
	{ "%zu instrument", "%1 thiết bị" },
	{ "%zu instruments", "%1 thiết bị" },
	{ "%zu port", "%1 cổng" },
	{ "%zu ports", "%1 cổng" },
	{ "%s: a collector's file: archive %s, listens on %s: no errors", "%1: tệp của máy chủ nhận: kho lưu trữ %2, nhận kết nối ở %3: không có lỗi" },
	{ "%s: warning: not here now: %s", "%1: cảnh báo: hiện không có: ~2" },
	{ "%s: warning: not looked at: %s", "%1: cảnh báo: không xem được: ~2" },
	{ "%s: error: sensord would not start here: %s", "%1: lỗi: sensord sẽ không khởi động được trên máy này: ~2" },
	{ "%s: what was not looked at tells the user that sensord runs as: sudo -u quantrac quantrac config check %s",
	  "%1: hãy kiểm tra những gì chưa xem được bằng người dùng chạy sensord: sudo -u quantrac quantrac config check %2" },
	{ "%s: no errors in the file itself; if it is for another machine: quantrac config check --elsewhere %s",
	  "%1: bản thân tệp không có lỗi; nếu tệp dành cho máy khác: quantrac config check --elsewhere %2" },
	{ "quantrac config: %s: this is a collector's file, and quantrac-office is not installed here: quantrac-collectd --check --config %s checks it",
	  "quantrac config: %1: đây là tệp của máy chủ nhận, và máy này không cài quantrac-office: hãy kiểm tra bằng quantrac-collectd --check --config %2" },
	{ "%s; name a configuration with --config FILE", "~1; hãy chỉ tệp cấu hình bằng --config TỆP" },

	/* a cabinet that runs, or does not */
	{ "quantrac-sensord is not running: %s is what it left; start it (quantrac-sensord --config FILE; where it is installed: systemctl start quantrac-sensord)",
	  "quantrac-sensord không chạy: %1 là những gì nó để lại; hãy khởi động (quantrac-sensord --config TỆP; nếu đã cài đặt: systemctl start quantrac-sensord)" },
	{ "no quantrac-sensord has written %s: start it (quantrac-sensord --config FILE; where it is installed: systemctl start quantrac-sensord), or name its configuration with --config",
	  "chưa có quantrac-sensord nào ghi %1: hãy khởi động (quantrac-sensord --config TỆP; nếu đã cài đặt: systemctl start quantrac-sensord), hoặc chỉ tệp cấu hình bằng --config" },
	{ "%s cannot be read: %s", "không đọc được %1: %2" },
	{ "%.3000s: no journal of station '%s'; has quantrac-sensord run?", "%1: không có nhật ký của trạm '%2'; quantrac-sensord đã chạy chưa?" },
	{ "this cabinet is station '%s', not '%s'", "tủ này là trạm '%1', không phải '%2'" },
	{ "station '%s' has no channel '%s'; quantrac status lists its channels", "trạm '%1' không có kênh '%2'; quantrac status liệt kê các kênh" },
	{ "station '%s' has no channel '%s'; did you mean '%s'?; quantrac status lists its channels", "trạm '%1' không có kênh '%2'; ý bạn là '%3'?; quantrac status liệt kê các kênh" },

	/* instruments and their commands */
	{ "%zu models hold '%s': %s", "có %1 kiểu thiết bị khớp với '%2': %3" },

	/* ports */
	{ "port %s: quantrac-sensord (pid %ld) is using it", "cổng %1: quantrac-sensord (pid %2) đang dùng" },

	/* an archive */
	{ "the archive has no station '%s', did you mean '%s'?", "kho lưu trữ không có trạm '%1', ý bạn là '%2'?" },
	{ "the archive has no station '%s'; it has: none", "kho lưu trữ không có trạm '%1'; chưa có trạm nào" },
	{ "the archive has no station '%s'; it has: %s", "kho lưu trữ không có trạm '%1'; các trạm hiện có: %2" },
	{ "station '%s' has no channel '%s', did you mean '%s'?", "trạm '%1' không có kênh '%2', ý bạn là '%3'?" },
	{ "station '%s' has no channel '%s'; it has: none", "trạm '%1' không có kênh '%2'; chưa có kênh nào" },
	{ "station '%s' has no channel '%s'; it has: %s", "trạm '%1' không có kênh '%2'; các kênh hiện có: %3" },
	{ "%s: no such folder; name an archive with --archive DIR", "%1: không có thư mục này; hãy chỉ kho lưu trữ bằng --archive THƯ_MỤC" },
	{ "%s: is not there; no quantrac-collectd has run on this archive (quantrac status --gaps needs none)",
	  "%1: không có; chưa có quantrac-collectd nào chạy với kho lưu trữ này (quantrac status --gaps không cần)" },
	{ "%s: is damaged", "%1: bị hỏng" },
	{ "the record cannot be read back; see quantrac verify", "không đọc lại được bản ghi; hãy xem quantrac verify" },
	{ "%s: out of memory; ask for less", "%1: không đủ bộ nhớ; hãy hỏi ít hơn" },
	{ "%s: out of memory", "%1: không đủ bộ nhớ" },
	{ "the archive is of zone '%s', not '%s'", "kho lưu trữ là của khu công nghiệp '%1', không phải '%2'" },
	{ "there is no rule record '%s' in %s", "không có quy chuẩn '%1' trong %2" },
	{ "there is no rule record '%s' in %s; did you mean '%s'?", "không có quy chuẩn '%1' trong %2; ý bạn là '%3'?" },
	{ "no station measures '%s', and no rule limits it", "không trạm nào đo '%1', và không quy chuẩn nào quy định giới hạn" },
	{ "--day: '%s' is more than a day; write 2026-11-15", "--day: '%1' dài hơn một ngày; hãy ghi 2026-11-15" },

	/* how a value came about: clauses of sensors/tables/values.c and the drivers */
	{ "block %s: slave %d, function %d, register %s", "khối %1: địa chỉ (slave) %2, hàm %3, thanh ghi %4" },
	{ "block %s: slave %d, function %d, item %s", "khối %1: địa chỉ (slave) %2, hàm %3, bit %4" },
	{ "block %s: field %s is not in the answer", "khối %1: trả lời không có trường %2" },
	{ "block %s: field %s: no number", "khối %1: trường %2: không có số" },
	{ "block %s: field %s", "khối %1: trường %2" },
	{ "block %s: byte %s of the frame before stuffing%s", "khối %1: byte %2 của khung trước khi chèn%3" },
	{ "block %s: byte %s of the frame%s", "khối %1: byte %2 của khung%3" },
	{ "bytes %d.. of the answer %s: no number", "byte thứ %1.. của trả lời: %2: không có số" },
	{ "bytes %d.. of the answer %s", "byte thứ %1.. của trả lời: %2" },
	{ "bytes %s: no number", "byte: %1: không có số" },
	{ "bytes %s", "byte: %1" },
	{ "no instrument shows a number of that size: another order of words, or no number", "không thiết bị nào cho số lớn nhỏ như vậy: sai thứ tự từ, hoặc không phải số" },
	{ "nothing came", "không nhận được gì" },
	{ "what came is no sound answer:%s", "tín hiệu nhận được không phải trả lời hợp lệ:%1" },
	{ "the answer is exception %d, %s", "trả lời là mã lỗi %1, %2" },
	{ "state from block %s, register %d = %s: %s", "trạng thái theo khối %1, thanh ghi %2 = %3: %4" },
	{ "state from block %s, input %d = %s: %s", "trạng thái theo khối %1, đầu vào %2 = %3: %4" },
	{ "state from block %s, field %s: %s", "trạng thái theo khối %1, trường %2: %3" },
	{ "state from block %s, byte %d = %s: %s", "trạng thái theo khối %1, byte %2 = %3: %4" },
	{ "4-20 mA (NAMUR NE 43): %s mA of %s..%s = no value, the loop is faulty", "4-20 mA (NAMUR NE 43): %1 mA của %2..%3 = không có giá trị, vòng dòng điện bị lỗi" },
	{ "4-20 mA (NAMUR NE 43): %s mA of %s..%s = %s", "4-20 mA (NAMUR NE 43): %1 mA của %2..%3 = %4" },
	{ "maintenance, by the cabinet's switch or an order", "bảo trì, theo khóa của tủ hoặc theo lệnh" },
	{ 0 },
};
// clang-format on
