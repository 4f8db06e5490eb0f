/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first morning: what people write wrong in a cabinet's file is told with file, line and cure, in
 * the language they ask for. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kits/line_kit.h"

static const char sound[] = "zone:\n"
                            "  id: kcn-mau\n"
                            "  name: \"KCN Mẫu\"\n"
                            "station:\n"
                            "  id: nt-01\n"
                            "  name: \"Trạm nước thải 01\"\n"
                            "  role: A\n"
                            "  simulation: yes\n"
                            "facility:\n"
                            "  id: nha-may\n"
                            "  name: \"Nhà máy\"\n"
                            "outlets:\n"
                            "  - {id: cua-xa, name: \"Cửa xả\", kind: water}\n"
                            "journal:\n"
                            "  folder: journal\n"
                            "  keep: 90d\n"
                            "ports:\n"
                            "  - id: bus\n"
                            "    path: /dev/serial/by-id/usb-FTDI\n"
                            "    line: \"9600 8N1\"\n"
                            "instruments:\n"
                            "  - id: cod\n"
                            "    profile: sim-water-quality\n"
                            "    port: bus\n"
                            "    slave: 3\n"
                            "    poll_every: 5s\n"
                            "    channels:\n"
                            "      - name: cod\n"
                            "        range: 0..225 mg/L\n"
                            "  - id: flow\n"
                            "    profile: sim-flow\n"
                            "    port: bus\n"
                            "    slave: 4\n";

/* From the profile of `cod` to the name of its channel; and of one that has a temperature. */
#define TO_CHANNEL                                                                     \
	"    port: bus\n    slave: 3\n    poll_every: 5s\n    channels:\n      - "     \
	"name: "
#define WATER_CHANNEL "profile: sim-water-quality\n" TO_CHANNEL
#define PH_CHANNEL    "profile: endress-hauser-liquiline-cm44x\n" TO_CHANNEL

/* What stands for what; place, message and cure in both languages. */
static const struct mistake {
	const char *good, *bad, *place, *said[2], *cure[2];
} mistakes[] = {
	{ "  id: nt-01", "\tid: nt-01", "5:1",
	        { "a tab stands where blanks must indent",
	                "thụt đầu dòng bằng tab thay vì dấu cách" },
	        { "indent with blanks", "hãy thụt đầu dòng bằng dấu cách" } },
	{ "  role: A", "  role A", "7:3",
	        { "no ':' behind the key", "thiếu dấu ':' sau khóa" },
	        { "write 'key: value', with a blank",
	                "hãy ghi 'khóa: giá trị', có dấu cách" } },
	{ "    slave: 3", "    slave:3", "25:5",
	        { "no ':' behind the key", "thiếu dấu ':' sau khóa" },
	        { "with a blank behind the colon", "có dấu cách sau dấu hai chấm" } },
	{ "port: bus\n    slave: 3", "port: bus1\n    slave: 3", "24:11",
	        { "there is no port 'bus1'", "không có cổng 'bus1'" },
	        { "did you mean 'bus'?", "ý bạn là 'bus'?" } },
	{ "sim-water-quality", "sim-water-qualty", "23:14",
	        { "there is no profile 'sim-water-qualty'",
	                "không có hồ sơ thiết bị 'sim-water-qualty'; ý bạn là "
	                "'sim-water-quality'?" },
	        { "quantrac instrument list names them",
	                "quantrac instrument list liệt kê các hồ sơ" } },
	{ "name: cod\n", "name: codd\n", "28:15",
	        { "has no channel 'codd'", "không có kênh 'codd'" },
	        { "did you mean 'cod'?", "ý bạn là 'cod'?" } },
	{ "name: cod\n", "name: oxygen\n", "28:15",
	        { "has no channel 'oxygen'", "không có kênh 'oxygen'" },
	        { "its channels are cod, ", "các kênh của hồ sơ này: cod, " } },
	{ "- id: flow", "- id: cod", "30:9",
	        { "a second instrument 'cod'", "có hai thiết bị 'cod'" },
	        { "give each instrument its own id",
	                "hãy đặt cho mỗi thiết bị một mã riêng" } },
	{ "slave: 4", "slave: 3", "33:12",
	        { "'cod' on port 'bus' has slave 3 too",
	                "'cod' trên cổng 'bus' cũng có địa chỉ (slave) 3" },
	        { "its own address", "một địa chỉ riêng" } },
	{ "poll_every: 5s", "poll_every: 0s", "26:17",
	        { "'0s' is outside 0.1s..86400s", "'0s' nằm ngoài 0.1s..86400s" },
	        { "poll_every: How often to ask", "poll_every: Chu kỳ hỏi." } },
	{ "poll_every: 5s", "poll_every: 5 giây", "26:17",
	        { "'5 giây' is not a duration",
	                "'5 giây' không phải khoảng thời gian" },
	        { "write a number and ms, s, min", "ghi số và ms, s, min" } },
	{ "poll_every: 5s", "poll_every: 0,5s", "26:17",
	        { "'0,5s' is not a duration", "'0,5s' không phải khoảng thời gian" },
	        { "write a decimal point instead of the comma",
	                "hãy dùng dấu chấm thập phân thay cho dấu phẩy" } },
	{ "kind: water}", "kind: water, at: 1,5}", "13:53",
	        { "unknown key '5' in outlet", "không có khóa '5' trong điểm xả" },
	        { "a comma ends a value inside { }",
	                "trong { } dấu phẩy kết thúc giá trị" } },
	{ "225 mg/L", "22,5 mg/L", "29:16",
	        { "'0..22,5 mg/L' is not a range",
	                "'0..22,5 mg/L' không phải phạm vi đo" },
	        { "write a decimal point instead of the comma",
	                "hãy dùng dấu chấm thập phân thay cho dấu phẩy" } },
	{ "225 mg/L", "225 mgL", "29:16",
	        { "'0..225 mgL' is not a range", "'0..225 mgL' không phải phạm vi đo" },
	        { "for example 0..225 mg/L", "ví dụ 0..225 mg/L" } },
	{ "225 mg/L", "225 độ C", "29:16",
	        { "'0..225 độ C' is not a range with its unit",
	                "'0..225 độ C' không phải phạm vi đo kèm đơn vị" },
	        { "for example 0..225 mg/L", "ví dụ 0..225 mg/L" } },
	{ WATER_CHANNEL "cod\n        range: 0..225 mg/L",
	        PH_CHANNEL "temperature\n        range: 0..50 độ C", "29:16",
	        { "'0..50 độ C' is not a range", "'0..50 độ C' không phải phạm vi đo" },
	        { "for example 0..50 °C", "ví dụ 0..50 °C" } },
	{ WATER_CHANNEL "cod\n        range: 0..225 mg/L",
	        PH_CHANNEL "temperature\n        range: 0..50 C", "29:16",
	        { "'0..50 C' is not a range", "'0..50 C' không phải phạm vi đo" },
	        { "for example 0..50 °C", "ví dụ 0..50 °C" } },
	{ WATER_CHANNEL "cod\n        range: 0..225 mg/L",
	        PH_CHANNEL "temperature\n        range: 0..50 mg/L", "29:16",
	        { "'0..50 mg/L' is not a range in °C",
	                "'0..50 mg/L' không phải phạm vi đo theo đơn vị °C" },
	        { "for example 0..50 °C", "ví dụ 0..50 °C" } },
	{ "line: \"9600 8N1\"", "line: “9600 8N1”", "20:11",
	        { "“ is no quote here", "“ không phải dấu nháy ở đây" },
	        { "write straight quotes", "hãy dùng dấu nháy thẳng" } },
	{ "id: nt-01", "id: nước-thải", "5:7",
	        { "'nước-thải' is not an id", "'nước-thải' không phải mã hợp lệ" },
	        { "write small letters, digits", "ghi chữ thường không dấu" } },
	{ "simulation: yes", "simulation: yes\n  utc_offset: 7", "9:15",
	        { "'7' is not an offset from UTC",
	                "'7' không phải độ lệch so với UTC" },
	        { "for example \"+07:00\"", "ví dụ \"+07:00\"" } },
	{ "\"KCN Mẫu\"", "\"KCN Mẫu", "3:9",
	        { "the quote opened here", "dấu nháy mở ở đây" },
	        { "close it in the same line", "đóng dấu nháy trên cùng dòng" } },
	{ "outlets:\n", "not yaml: [\noutlets:\n", "14:3",
	        { "a value is missing here", "thiếu giá trị ở đây" },
	        { "close the '[' or '{' that is open",
	                "đóng dấu '[' hay '{' đang mở" } },
};

static void write_file(const char *folder, const char *text)
{
	FILE *out = fopen(in_folder(folder, "station.yaml"), "w");
	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}

/* The sound file with one thing otherwise. */
static void write_mistake(const char *folder, const struct mistake *mistake)
{
	char text[2 * sizeof sound];
	const char *at = strstr(sound, mistake->good);
	assert_non_null(at);
	snprintf(text, sizeof text, "%.*s%s%s", (int)(at - sound), sound, mistake->bad,
	        at + strlen(mistake->good));
	write_file(folder, text);
}

static void each_is_told_with_its_place_and_its_cure(void **state)
{
	static const char *const language[] = { "en", "vi" };
	static const char *const lead[] = { "error", "lỗi" }, *const hint[] = { "hint",
		"gợi ý" };
	for (size_t i = 0; i < 2 * sizeof mistakes / sizeof mistakes[0]; i++) {
		const struct mistake *mistake = &mistakes[i / 2];
		char words[64], place[64], cure[16];
		write_mistake(*state, mistake);
		snprintf(words, sizeof words, "config check --lang %s station.yaml",
		        language[i % 2]);
		snprintf(place, sizeof place, "station.yaml:%s: %s: ", mistake->place,
		        lead[i % 2]);
		snprintf(cure, sizeof cure, "\n%s: ", hint[i % 2]);
		char *text = line_said(*state, words, 78);
		assert_contains(text, place);
		assert_contains(text, mistake->said[i % 2]);
		assert_contains(text, cure);
		assert_contains(text, mistake->cure[i % 2]);
		if (i % 2 == 1)
			assert_null(strstr(text, "rror"));
		free(text);
	}
}

static void a_keep_below_the_law_is_warned_of_where_data_are_simulated(void **state)
{
	const char *at = strstr(sound, "keep: 90d");
	char text[sizeof sound];
	snprintf(text, sizeof text, "%.*skeep: 30d%s", (int)(at - sound), sound,
	        at + strlen("keep: 90d"));
	write_file(*state, text);
	char *said =
	        line_said(*state, "config check --elsewhere --lang en station.yaml", 0);
	assert_contains(said,
	        "station.yaml:16:9: warning: 30 days are less than the 60 that the law "
	        "wants (Circular 10/2021/TT-BTNMT, article 39)\n");
	assert_contains(said, "simulated data may be kept for less");
	free(said);
	said = line_said(*state, "config check --elsewhere --lang vi station.yaml", 0);
	assert_contains(said, "(Thông tư 10/2021/TT-BTNMT, Điều 39)");
	assert_contains(said, "trạm đo thật phải ghi từ 60d trở lên");
	free(said);
	write_file(*state, sound);
	said = line_said(*state, "config check --elsewhere station.yaml", 0);
	assert_null(strstr(said, "article 39"));
	free(said);
}

static void what_is_no_mistake_is_none(void **state)
{
	char text[2 * sizeof sound + 8];
	write_file(*state, sound);
	line_says(*state, "config check --elsewhere --lang vi station.yaml", 0,
	        "trạm nt-01, 2 thiết bị trên 1 cổng: không có lỗi");
	snprintf(text, sizeof text, "\xef\xbb\xbf%s", sound); /* as Notepad saves it */
	write_file(*state, text);
	line_says(*state, "config check --elsewhere station.yaml", 0, "no errors");
	size_t n = 0;
	for (const char *at = sound; *at != '\0'; at++) {
		if (*at == '\n')
			text[n++] = '\r';
		text[n++] = *at;
	}
	text[n] = '\0';
	write_file(*state, text);
	line_says(*state, "config check --elsewhere station.yaml", 0, "no errors");
}

/* Not of the file's text: what the machine has not, and what is no cabinet's file. */
static void so_is_what_stands_around_the_file(void **state)
{
	write_file(*state, sound);
	line_says(*state, "config check --lang vi station.yaml", 0,
	        "station.yaml: cảnh báo: hiện không có: cổng 'bus': ");
	line_says(*state, "config check --lang vi nosuch.yaml", 66,
	        "nosuch.yaml: không có tệp này");
	line_says(*state, "status --lang vi --config station.yaml", 69,
	        "chưa có quantrac-sensord nào ghi");
	write_file(*state, "archive: a\nlisten: b\n");
	line_says(*state, "config check --lang vi station.yaml", 78, ": lỗi: ");
	line_says(*state, "station test x --lang vi --config station.yaml", 78,
	        "đây là tệp của máy chủ nhận (có khóa 'archive')");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		        each_is_told_with_its_place_and_its_cure, scratch_make,
		        scratch_remove),
		cmocka_unit_test_setup_teardown(
		        a_keep_below_the_law_is_warned_of_where_data_are_simulated,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        what_is_no_mistake_is_none, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(so_is_what_stands_around_the_file,
		        scratch_make, scratch_remove),
	};
	return cmocka_run_group_tests_name("config: mistakes", tests, NULL, NULL);
}
