/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What quantrac serial probe says before it begins, and of what it found. */
#include <math.h>
#include <string.h>

#include "base/counted.h"
#include "base/json.h"
#include "cli/serial_probe.h"

#define BLOCK_S 5 /* for the block that is read at the end */

/* ---- words ---- */

static const char *time_text(double s, bool vi, char out[32])
{
	if (s < 100)
		snprintf(out, 32, vi ? "%.0f giây" : "%.0f s", ceil(s));
	else
		snprintf(out, 32, vi ? "%.0f phút" : "%.0f min", ceil(s / 60));
	return out;
}

// clang-format off
static const char *const announcement[] = {
	"About to probe %s. It ONLY READS: nothing is written, no setting of an instrument is changed.\n"
	"1. Listen for %g s. %s\n"
	"2. Send requests that read (Modbus functions 3 and 4) to %s.\n"
	"3. Read one block of registers of one slave, and print it in every type and word order.\n"
	"Listening and the common addresses take the first %s, all of it at most %s%s. Ctrl-C ends it.\n",

	"Sắp dò cổng %s. Chương trình CHỈ ĐỌC, không ghi và không thay đổi cài đặt nào của thiết bị.\n"
	"1. Nghe %g giây. %s\n"
	"2. Gửi yêu cầu đọc (Modbus hàm 3 và 4) lần lượt đến %s.\n"
	"3. Đọc một khối thanh ghi của một thiết bị, in theo mọi kiểu số và thứ tự byte.\n"
	"Nghe và dò các địa chỉ thường gặp mất %s đầu, tất cả lâu nhất %s%s. Ctrl-C để dừng.\n",
};
static const char *const for_late[] = {
	", and %g s more for each instrument that answers too late",
	", thêm %g giây cho mỗi thiết bị trả lời quá chậm",
};
static const char *const if_heard[] = {
	"If somebody speaks, stop: the line has another master.",
	"Nếu có tín hiệu thì dừng: đường này đã có máy chủ khác.",
};
static const char *const is_owned[] = {
	"(--i-own-this-bus: the line is yours.)",
	"(--i-own-this-bus: đường này là của mình.)",
};
// clang-format on

/* Before anything is sent: at the first setting, and where somebody is heard at all others, to tell what he
 * says.  Only who owns the line goes on after that. */
static double listening_s(const struct prober *prober)
{
	bool others = prober->given.own && prober->port.path[0] != '\0';
	return prober->given.listen_s +
	       (others ? OTHER_S * (double)(prober->options.n_ways - 1) : 0);
}

static void announce_in(const struct prober *prober, bool vi)
{
	char first[32], most[32], late[96] = "", asked[128];
	char addresses[COUNTED], settings[COUNTED];
	size_t n = prober->options.n_slaves, ways = prober->options.n_ways;
	double listening = listening_s(prober);
	time_text(listening + probe_first_s(&prober->options), vi, first);
	time_text(listening + probe_most_s(&prober->options) + BLOCK_S, vi, most);
	if (vi)
		snprintf(asked, sizeof asked,
		        "%zu địa chỉ, với %zu cách đặt đường truyền", n, ways);
	else
		snprintf(asked, sizeof asked, "%s, with %s",
		        counted(n, "address", addresses),
		        counted(ways, "line setting", settings));
	if (prober->options.timeout_s < LATE_S)
		snprintf(late, sizeof late, for_late[vi], CALM_S + LATE_S);
	fprintf(stderr, announcement[vi], prober->port.setting.id,
	        prober->given.listen_s, (prober->given.own ? is_owned : if_heard)[vi],
	        asked, first, most, late);
	if (prober->port.pty)
		fputs(vi ? "Đây là đầu cuối giả lập (pty): tốc độ và chẵn lẻ không có "
		           "tác dụng.\n"
		         : "This is a pseudo-terminal: speed and parity have no "
		           "effect.\n",
		        stderr);
}

/* In Vietnamese, unless somebody asked for English alone; in English too, where nobody
 * asked for a language. */
void prober_announce(const struct prober *prober)
{
	const char *lang = prober->common->lang;
	if (prober->common->quiet)
		return;
	if (lang == NULL || strchr(lang, 'v') != NULL)
		announce_in(prober, true);
	if (lang == NULL && !prober->vietnamese)
		fputc('\n', stderr);
	if (lang != NULL ? strchr(lang, 'e') != NULL : !prober->vietnamese)
		announce_in(prober, false);
}

/* ---- what was found ---- */

static void tell_echo(const struct prober *prober, FILE *out)
{
	if (prober->echoes)
		fputs(prober->vietnamese ? "  bộ chuyển đổi trả lại chính các byte đã "
		                           "gửi (echo); quantrac tự bỏ qua\n"
		                         : "  the adapter gives back what is sent "
		                           "(echo); quantrac skips that\n",
		        out);
}

void prober_found(const struct prober *prober)
{
	const struct probe *probe = &prober->probe;
	bool vi = prober->vietnamese;
	char way[32];
	printf(vi                     ? "%s: %zu thiết bị trả lời (%s)\n"
	        : probe->n_found == 1 ? "%s: %zu slave answers (%s)\n"
	                              : "%s: %zu slaves answer (%s)\n",
	        prober->port.setting.id, probe->n_found,
	        probe_way_text(&prober->way[probe->found_way], way));
	for (size_t i = 0; i < probe->n_found; i++) {
		const struct probe_found *found = &probe->found[i];
		if (found->exception != 0)
			printf(vi ? "  địa chỉ %d: có, từ chối thanh ghi %d (mã lỗi "
			            "%d: %s)\n"
			          : "  slave %d: there, refuses register %d (exception "
			            "%d, %s)\n",
			        found->slave, prober->given.start, found->exception,
			        modbus_exception_text(found->exception));
		else
			printf(vi ? "  địa chỉ %d: trả lời hàm %d\n"
			          : "  slave %d: answers function %d\n",
			        found->slave, found->functions & 1 << 3 ? 3 : 4);
	}
	for (size_t i = 0; i < prober->n_late; i++)
		printf(vi ? "  địa chỉ %d trả lời chậm hơn %g giây: đặt timeout dài "
		            "hơn\n"
		          : "  slave %d answers later than %g s: give it a longer "
		            "timeout\n",
		        prober->late[i], prober->options.timeout_s);
	tell_echo(prober, stdout);
}

// clang-format off
/* [at a network address][something came][Vietnamese] */
static const char *const cure[2][2][2] = {
	{ { "Check power, wires A and B (try them exchanged), address and protocol; a slow analyser: --timeout 3s; one that answers for registers it has only: --start.\n",
	    "Kiểm tra nguồn điện, dây A/B (thử đổi), địa chỉ và kiểu giao thức; thiết bị chậm: --timeout 3s; thiết bị chỉ trả lời thanh ghi có thật: --start.\n" },
	  { "Something answers, not soundly: nearly the speed or a wrong parity, two slaves of one address, noise, no termination.\n",
	    "Có tín hiệu nhưng sai: gần đúng tốc độ hoặc sai chẵn lẻ, hai thiết bị trùng địa chỉ, nhiễu, thiếu điện trở đầu cuối.\n" } },
	{ { "The connection stands and nobody answers: check the instrument's power behind a gateway, its slave (unit id) and --mode; another master may hold the single connection; a slow analyser: --timeout 3s; one that answers for registers it has only: --start.\n",
	    "Kết nối được nhưng không ai trả lời: kiểm tra nguồn của thiết bị sau gateway, slave (unit id) và --mode; máy chủ khác có thể đang giữ kết nối duy nhất; thiết bị chậm: --timeout 3s; thiết bị chỉ trả lời thanh ghi có thật: --start.\n" },
	  { "Something answers, not soundly: another --mode (tcp, rtu-over-tcp or ascii), or the port number is of another service.\n",
	    "Có tín hiệu nhưng sai: sai --mode (tcp, rtu-over-tcp hay ascii), hoặc số cổng là của dịch vụ khác.\n" } },
};
// clang-format on

void prober_nobody(const struct prober *prober)
{
	bool vi = prober->vietnamese;
	char way[32];
	size_t garbled = 0;
	fprintf(stderr,
	        vi ? "%s: không có thiết bị nào trả lời.\n" : "%s: nobody answers.\n",
	        prober->port.setting.id);
	for (size_t i = 0; i < prober->options.n_ways; i++) {
		if (prober->probe.garbled[i] == 0)
			continue;
		garbled += prober->probe.garbled[i];
		char times[COUNTED];
		probe_way_text(&prober->way[i], way);
		if (vi)
			fprintf(stderr,
			        "  %s: %zu lần có byte nhưng không phải câu trả lời "
			        "đúng\n",
			        way, prober->probe.garbled[i]);
		else
			fprintf(stderr,
			        "  %s: %s bytes came that are no sound answer\n", way,
			        counted(prober->probe.garbled[i], "time", times));
	}
	tell_echo(prober, stderr);
	fputs(cure[prober->port.path[0] == '\0'][garbled > 0][vi], stderr);
}

static void slaves_json(struct json *json, const struct probe *probe)
{
	json_key(json, "slaves");
	json_array(json);
	for (size_t i = 0; i < probe->n_found; i++) {
		json_object(json);
		json_put_integer(json, "slave", probe->found[i].slave);
		json_put_integer(json, "exception", probe->found[i].exception);
		json_end(json);
	}
	json_end(json);
}

void prober_json(const struct prober *prober, const struct prober_block *block)
{
	const struct probe *probe = &prober->probe;
	const struct probe_way *found =
	        probe->found_way >= 0 ? &prober->way[probe->found_way] : NULL;
	struct json json;
	char way[32];
	json_start(&json, stdout);
	json_object(&json);
	json_put_text(&json, "port", prober->port.setting.id);
	json_put_text(
	        &json, "mode", found != NULL ? modbus_framings[found->framing] : NULL);
	json_put_text(&json, "line",
	        found != NULL && prober->port.path[0] != '\0'
	                ? probe_way_text(found, way)
	                : NULL);
	json_put_bool(&json, "echo", prober->echoes);
	slaves_json(&json, probe);
	json_key(&json, "models");
	json_array(&json);
	for (size_t i = 0; i < prober->n_matches; i++)
		json_text(&json, prober->match[i].profile->name);
	json_end(&json);
	json_key(&json, "block");
	if (block == NULL) {
		json_raw(&json, "null");
	} else {
		json_object(&json);
		prober_block_json(&json, prober, block);
		json_end(&json);
	}
	json_end(&json);
	putchar('\n');
}
