/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Vietnamese words of the ledger of gaps.  The sentences are those of the data sheet's
 * part 7 (reports/words.c), those of the cabinet of cli/translate_told.c; names, numbers and
 * what people recorded stay as they are. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/gaps.h"
#include "cli/translate.h"

static const struct {
	const char *word, *sentence;
} causes[GAP_CAUSES] = {
	[GAP_SILENT] = { "không trả lời", "thiết bị đo không trả lời" },
	[GAP_GARBLED] = { "không đọc được", "tín hiệu của thiết bị đo không đọc được" },
	[GAP_REFUSED] = { "từ chối", "thiết bị đo từ chối yêu cầu" },
	[GAP_NO_VALUE] = { "không có giá trị",
	        "thiết bị đo trả lời nhưng không có giá trị" },
	[GAP_FAULT] = { "thiết bị báo lỗi", "thiết bị đo báo lỗi" },
	[GAP_LOOP] = { "lỗi mạch dòng",
	        "dòng điện 4-20 mA ở mức báo lỗi: đứt hoặc chập mạch, hoặc thiết bị đo "
	        "báo lỗi" },
	[GAP_UNCHANGED] = { "không có kết quả mới",
	        "thiết bị đo không có kết quả mới" },
	[GAP_LINE] = { "mất kết nối", "mất kết nối giữa tủ và thiết bị đo" },
	[GAP_NO_READING] = { "không có số đo", "không có số đo, chưa rõ nguyên nhân" },
	[GAP_STATION] = { "cả trạm", "không nhận được số liệu nào từ trạm" },
	[GAP_EPOCH] = { "đánh số lại",
	        "không nhận được số liệu nào từ trạm cho đến khi "
	        "tủ bắt đầu đánh số lại" },
	[GAP_DROPPED] = { "mất tại tủ", "mất tại tủ, tủ đã báo" },
	[GAP_LOST] = { "mất bản ghi", "có bản ghi đã đánh số nhưng không có ở đây" },
	[GAP_FILE] = { "tệp đã chốt",
	        "tệp số liệu đã chốt bị thiếu, hỏng hoặc không được phép đọc" },
	[GAP_CONFLICT] = { "khác nội dung",
	        "bản ghi gửi lại với nội dung khác, đang cách ly" },
	[GAP_UNPLACED] = { "không rõ thời gian",
	        "có bản ghi nhưng không xác định được thời gian đo (đồng hồ chưa được "
	        "chỉnh)" },
	[GAP_CLOCK] = { "chỉnh đồng hồ",
	        "đồng hồ được chỉnh tiến, không mất thời gian đo" },
	[GAP_PRUNED] = { "đưa ra khỏi kho",
	        "tệp số liệu đã chốt được đưa ra khỏi kho theo "
	        "văn bản có chữ ký số" },
	[GAP_CALIBRATING] = { "hiệu chuẩn", "hiệu chuẩn" },
	[GAP_MAINTENANCE] = { "bảo trì", "bảo trì" },
	[GAP_STOPPED] = { "nguồn thải dừng", "nguồn thải dừng hoạt động" },
	[GAP_OFF] = { "đã tắt", "kênh đo tắt theo cấu hình" },
};

const char *gap_cause_vi(uint8_t cause)
{
	return cause < GAP_CAUSES ? causes[cause].word : "(không rõ)";
}

/* What the ledger itself puts before the words of others. */
static const char *beginning_vi(const char **detail)
{
	static const char *const begins[][2] = {
		{ "port ", "cổng " },
		{ "instrument ", "thiết bị " },
		{ "loop ", "mạch dòng " },
		{ "by ", "do " },
		{ "key-switch", "khóa bảo trì" },
		{ GAP_NOT_GIVEN, "(không nêu lý do)" },
		{ "stored at the time shown", "được lưu vào thời gian ghi ở đây" },
		{ "written before the time shown",
		        "được ghi trước thời gian ghi ở đây" },
		{ "nothing of it is older than its first record",
		        "không có gì cũ hơn bản ghi đầu tiên của trạm" },
		{ "it never sent anything; its permit is ",
		        "trạm chưa từng gửi số liệu; giấy phép của trạm: " },
	};
	for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
		size_t n = strlen(begins[i][0]);
		if (strncmp(*detail, begins[i][0], n) != 0)
			continue;
		*detail += n;
		return begins[i][1];
	}
	return "";
}

/* What the ledger says of a file, behind its name; `out` holds `room`. */
static void file_vi(const char *detail, char *out, size_t room)
{
	static const char missing[] = " is missing", order[] = ", order ",
	                  kept[] = "; its records are still in the journal",
	                  other[] = " is not to the bit what was sealed",
	                  shut[] = " may not be read by this user";
	uint64_t held, due;
	size_t name = strcspn(detail, " ,;");
	const char *rest = detail + name, *end = strchr(rest, ';');
	int n = (int)(end != NULL ? (size_t)(end - rest) : strlen(rest));
	int at = snprintf(out, room, "%.*s", (int)name, detail);
	if (strncmp(rest, missing, sizeof missing - 1) == 0)
		at += snprintf(out + at, room - (size_t)at, " bị thiếu");
	else if (strncmp(rest, other, sizeof other - 1) == 0)
		at += snprintf(out + at, room - (size_t)at, " không còn đúng từng bit");
	else if (strncmp(rest, shut, sizeof shut - 1) == 0)
		at += snprintf(out + at, room - (size_t)at,
		        " không được phép đọc với người dùng này");
	else if (strncmp(rest, order, sizeof order - 1) == 0)
		at += snprintf(out + at, room - (size_t)at, ", văn bản %.*s",
		        n - (int)sizeof order + 1, rest + sizeof order - 1);
	else
		at += snprintf(out + at, room - (size_t)at, "%.*s", n, rest);
	if (end != NULL && strcmp(end, kept) == 0)
		snprintf(out + at, room - (size_t)at,
		        "; các bản ghi vẫn còn trong nhật ký");
	else if (end != NULL && sscanf(end, "; it held %" SCNu64 " readings, %" SCNu64,
	                                &held, &due) == 2)
		snprintf(out + at, room - (size_t)at,
		        "; tệp có %" PRIu64 " lần đo, phải có %" PRIu64, held, due);
}

/* What stands between two of a list. */
struct between {
	const char *next, *word, *vietnamese;
};

/* The next ", or port net: ..."; NULL: it is the last. */
static const char *next_of(const char *detail, const struct between **between)
{
	static const struct between words[] = { { ", or port ", ", or ", ", hoặc " },
		{ ", and port ", ", and ", ", và " },
		{ ", and loop ", ", and ", ", và " } };
	const char *first = NULL;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		const char *at = strstr(detail, words[i].next);
		if (at == NULL || (first != NULL && at > first))
			continue;
		first = at;
		*between = &words[i];
	}
	return first;
}

/* "port bus: hung up, or port net: ...", "instrument cod: ..." */
static void down_vi(const char *detail, char *out, size_t room)
{
	char text[1100], said[1100];
	const struct between *between = &(struct between){ "", "", "" };
	const char *next = detail;
	size_t at = 0;
	out[0] = '\0';
	for (; next != NULL && at < room; detail = next) {
		const char *before = between->vietnamese;
		detail += strlen(between->word);
		const char *begins = beginning_vi(&detail);
		next = next_of(detail, &between);
		size_t n = next != NULL ? (size_t)(next - detail) : strlen(detail);
		size_t name = strcspn(detail, ":");
		name = name + 2 <= n ? name + 2 : 0;
		snprintf(text, sizeof text, "%.*s", (int)(n - name), detail + name);
		translate(NULL, text, said, sizeof said);
		at += (size_t)snprintf(out + at, room - at, "%s%s%.*s%s", before,
		        begins, (int)name, detail, said);
	}
}

static void detail_vi(const struct gap *gap, char *out, size_t room)
{
	const char *detail = gap->detail != NULL ? gap->detail : "";
	if (gap->cause == GAP_DROPPED && detail[0] == '\0')
		detail = GAP_NOT_GIVEN;
	if (gap->cause == GAP_FILE || gap->cause == GAP_PRUNED) {
		file_vi(detail, out, room);
		return;
	}
	if (gap_is_told(gap)) {
		down_vi(detail, out, room);
		return;
	}
	const char *begins = beginning_vi(&detail), *colon = strstr(detail, ": ");
	if (colon != NULL && strcmp(colon + 2, GAP_NOT_GIVEN) == 0)
		snprintf(out, room, "%s%.*s: (không nêu lý do)", begins,
		        (int)(colon - detail), detail);
	else
		snprintf(out, room, "%s%s", begins, detail);
}

const char *gap_reason_vi(const struct gap *gap, char *out, size_t room)
{
	char detail[1100], some[48] = "";
	const char *sentence =
	        gap->cause < GAP_CAUSES ? causes[gap->cause].sentence : "(không rõ)";
	detail_vi(gap, detail, sizeof detail);
	if (gap_is_told(gap))
		sentence = "";
	int n = snprintf(out, room, "%s%s%s", sentence,
	        detail[0] != '\0' && sentence[0] != '\0' ? ": " : "", detail);
	if (gap->first_seq == 0 || n < 0 || (size_t)n >= room)
		return out;
	if (gap->records > 0 && gap->records != gap->last_seq - gap->first_seq + 1)
		snprintf(some, sizeof some, "%" PRIu64 " trong các ", gap->records);
	snprintf(out + n, room - (size_t)n,
	        " (epoch %016" PRIx64 ", %sbản ghi %" PRIu64 " đến %" PRIu64 ")",
	        gap->epoch, some, gap->first_seq, gap->last_seq);
	return out;
}
