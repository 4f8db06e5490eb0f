/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a trial of an instrument showed in the end, for people: the counts, the verdict, the cure. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/counted.h"
#include "cli/station.h"
#include "cli/translate.h"

static void print_counts(FILE *out, const struct trial_tally *tally, bool vi)
{
	const struct poller_counts *counts = &tally->counts;
	char polls[COUNTED];
	if (vi)
		snprintf(polls, sizeof polls, "%zu lần hỏi", tally->polls);
	else
		counted(tally->polls, "poll", polls);
	fprintf(out,
	        vi ? "%s: %zu đủ, %zu thiếu một phần, %zu không trả lời, %zu "
	             "không đọc được, %zu bị từ chối\n"
	           : "%s: %zu answered in full, %zu in part, %zu silent, %zu "
	             "garbled, %zu refused\n",
	        polls, tally->good, tally->partly, tally->silent, tally->garbled,
	        tally->refused);
	fprintf(out,
	        vi ? "%" PRIu64 " yêu cầu, %" PRIu64 " trả lời đúng, %" PRIu64
	             " hết giờ, %" PRIu64 " sai mã kiểm, %" PRIu64 " sai dạng, %" PRIu64
	             " mã lỗi, %" PRIu64 " byte nhiễu, %" PRIu64 " trễ, %" PRIu64
	             " echo\n"
	           : "%" PRIu64 " requests, %" PRIu64 " sound answers, %" PRIu64
	             " timeouts, %" PRIu64 " wrong check sums, %" PRIu64
	             " malformed, %" PRIu64 " exceptions, %" PRIu64
	             " bytes of noise, %" PRIu64 " late, %" PRIu64 " echoes\n",
	        counts->requests, counts->answers, counts->timeouts, counts->checksum,
	        counts->malformed, counts->exceptions, counts->noise, counts->late,
	        counts->echoes);
}

static const char *verdict_text(enum trial_verdict verdict, bool vi)
{
	static const char *const words[][2] = {
		[TRIAL_GOOD] = { "answers every poll", "trả lời mọi lần hỏi" },
		[TRIAL_ABSURD] = { "answers, but a value is of a size that no "
		                   "instrument shows",
		        "có trả lời, nhưng có giá trị lớn hoặc nhỏ vô lý" },
		[TRIAL_NO_VALUE] = { "answers, but no channel has a usable value",
		        "có trả lời, nhưng không kênh nào có giá trị dùng được" },
		[TRIAL_SOMETIMES] = { "answers only now and then, or in part",
		        "lúc trả lời lúc không, hoặc trả lời thiếu" },
		[TRIAL_REFUSED] = { "refuses", "từ chối yêu cầu" },
		[TRIAL_FOREIGN] = { "sound frames come, but no answer to what was "
		                    "asked",
		        "có khung tin đúng dạng nhưng không phải trả lời cho yêu cầu" },
		[TRIAL_GARBLED] = { "something comes, but no sound answer",
		        "có tín hiệu nhưng không đọc được" },
		[TRIAL_SILENT] = { "does not answer", "không trả lời" },
		[TRIAL_NO_PORT] = { "the port cannot be used", "không dùng được cổng" },
	};
	return words[verdict][vi];
}

// clang-format off
static const char *const cures[][2] = {
	[TRIAL_GOOD] = { "", "" },
	[TRIAL_ABSURD] = {
		"mostly a wrong word order: quantrac serial probe shows the same registers in all of them; compare with the display.",
		"thường do sai thứ tự byte: quantrac serial probe in các thanh ghi theo mọi thứ tự; so với màn hình thiết bị.",
	},
	[TRIAL_NO_VALUE] = {
		"look at the instrument's display: is it measuring, calibrating, faulty? Do its numbers make sense here? If not, the profile is of another model or word order.",
		"xem màn hình thiết bị: đang đo, hiệu chuẩn hay báo lỗi? Nếu màn hình vẫn đo bình thường thì hồ sơ là của kiểu máy khác hoặc sai thứ tự byte.",
	},
	[TRIAL_SOMETIMES] = {
		"a loose wire, no termination, noise, a line that is too long or shared with another master; or the timeout is too short for a slow analyser.",
		"lỏng dây, thiếu điện trở đầu cuối, nhiễu, đường dây quá dài hoặc còn máy chủ khác trên đường; hoặc timeout quá ngắn với thiết bị chậm.",
	},
	[TRIAL_REFUSED] = {
		"somebody answers at this address, but not this model: compare its register map with the profile (quantrac instrument show).",
		"địa chỉ này có thiết bị nhưng không đúng kiểu: so bảng thanh ghi với hồ sơ (quantrac instrument show).",
	},
	[TRIAL_FOREIGN] = {
		"the line is right: compare address, model and profile with the instrument; nobody else may ask on this line.",
		"đường truyền đúng: so địa chỉ, kiểu máy và hồ sơ với thiết bị; không được có máy chủ khác hỏi trên đường dây này.",
	},
	[TRIAL_GARBLED] = {
		"a wrong speed or parity, wires A and B exchanged, two devices of one address, noise; quantrac serial probe finds the setting.",
		"sai tốc độ hoặc chẵn lẻ, đảo dây A/B, hai thiết bị trùng địa chỉ, nhiễu; quantrac serial probe dò thông số.",
	},
	[TRIAL_SILENT] = {
		"check power, wires A and B (try them exchanged), the address and the speed set on the instrument; quantrac serial probe finds who is there.",
		"kiểm tra nguồn, dây A/B (thử đổi), địa chỉ và tốc độ đặt trên thiết bị; quantrac serial probe tìm xem có ai trên đường.",
	},
	[TRIAL_NO_PORT] = {
		"quantrac serial list says which ports there are and why one cannot be opened.",
		"quantrac serial list cho biết có cổng nào và vì sao không mở được.",
	},
};
/* Of an instrument at a network address, where these are others. */
static const char *const cures_tcp[TRIAL_NO_PORT + 1][2] = {
	[TRIAL_SOMETIMES] = {
		"another master on the device's single connection or on the line behind the gateway, a weak network; or the timeout is too short for gateway and line.",
		"máy chủ khác chiếm kết nối duy nhất của thiết bị hoặc đường dây sau gateway, mạng kém; hoặc timeout quá ngắn so với gateway và đường dây.",
	},
	[TRIAL_FOREIGN] = {
		"the connection is right: compare slave (unit id), model and profile with the instrument; a gateway has to give each answer the number of its request (mode tcp).",
		"kết nối đúng: so slave (unit id), kiểu máy và hồ sơ với thiết bị; gateway phải ghi vào trả lời đúng số của yêu cầu (mode tcp).",
	},
	[TRIAL_GARBLED] = {
		"mode is wrong for what listens there (tcp, rtu-over-tcp or ascii), or the port number is of another service.",
		"sai mode so với thiết bị (tcp, rtu-over-tcp hay ascii), hoặc số cổng là của dịch vụ khác.",
	},
	[TRIAL_SILENT] = {
		"the connection stands and nobody answers: a wrong slave (unit id) behind a gateway, the instrument behind it without power, mode tcp instead of rtu-over-tcp, or another master holds the single connection.",
		"kết nối được nhưng không ai trả lời: sai slave (unit id) sau gateway, thiết bị sau gateway mất điện, mode tcp thay vì rtu-over-tcp, hoặc máy chủ khác giữ kết nối duy nhất.",
	},
	[TRIAL_NO_PORT] = {
		"refused: a wrong port number, or another master holds the single connection; no answer or no route: power, cable, address, firewall (try ping from here).",
		"bị từ chối: sai số cổng, hoặc máy chủ khác giữ kết nối duy nhất; không phản hồi hay không có đường đi: nguồn, cáp mạng, địa chỉ, tường lửa (thử ping từ đây).",
	},
};
// clang-format on

static const char *cure_text(enum trial_verdict verdict, bool tcp, bool vi)
{
	return tcp && cures_tcp[verdict][vi] != NULL ? cures_tcp[verdict][vi]
	                                             : cures[verdict][vi];
}

/* "slave 3 on bus (9600 8N1)" */
static const char *place_text(
        const struct station *station, size_t i, bool vi, char out[160])
{
	const struct station_instrument *one = &station->instrument[i];
	const struct station_port *port = &station->port[one->port_index];
	char address[64] = "";
	if (one->profile->driver->modbus)
		snprintf(address, sizeof address, vi ? "địa chỉ %d, " : "slave %d, ",
		        (int)one->slave);
	else if (one->address[0] != '\0')
		snprintf(address, sizeof address, "%s, ", one->address);
	snprintf(out, 160, "%s%s %s", address, port->id,
	        port->path[0] != '\0'  ? port->line_text
	        : port->tcp[0] != '\0' ? port->tcp
	                               : port->listen_on);
	return out;
}

/* What is behind the verdict, "" there is no more to say. */
static const char *reason_text(
        const struct trial_tally *tally, enum trial_verdict verdict)
{
	switch (verdict) {
	case TRIAL_REFUSED:
		return tally->refusal;
	case TRIAL_NO_PORT:
		return tally->port;
	case TRIAL_FOREIGN:
	case TRIAL_GARBLED:
		return tally->blame.text;
	default:
		return "";
	}
}

int station_tell_verdict(FILE *out, const struct station *station, size_t i,
        const struct trial_tally *tally, bool vietnamese)
{
	enum trial_verdict verdict = trial_verdict(tally);
	bool tcp = station->port[station->instrument[i].port_index].tcp[0] != '\0';
	const char *reason = reason_text(tally, verdict);
	char place[160], translated[512];
	if (vietnamese) {
		translate(NULL, reason, translated, sizeof translated);
		reason = translated;
	}
	print_counts(out, tally, vietnamese);
	fprintf(out, "%s (%s): %s%s%s\n", station->instrument[i].id,
	        place_text(station, i, vietnamese, place),
	        verdict_text(verdict, vietnamese), reason[0] != '\0' ? ": " : "",
	        reason);
	if (station->simulation)
		fprintf(out, "%s\n", SIMULATED_TEXT);
	if (cure_text(verdict, tcp, vietnamese)[0] != '\0')
		fprintf(out, "%s\n", cure_text(verdict, tcp, vietnamese));
	if (verdict == TRIAL_NO_PORT)
		return EXIT_NO_FILE;
	return verdict == TRIAL_GOOD ? 0 : EXIT_FOUND;
}
