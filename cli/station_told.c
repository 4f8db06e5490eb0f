/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a trial of an instrument showed in the end, for people: the counts, the verdict, the cure. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/counted.h"
#include "cli/station.h"
#include "cli/translate.h"
#include "sensors/drivers/modbus.h"

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

/* Of another model than its profile: which has these registers, ready to copy. */
static void print_match(FILE *out, const struct station *station, size_t i, bool vi)
{
	const struct station_instrument *one = &station->instrument[i];
	const struct station_port *port = &station->port[one->port_index];
	char path[PATH_MAX];
	if (!one->profile->driver->modbus || port->listen || port->listen_on[0] != '\0')
		return;
	fprintf(out, "%s\n  quantrac serial probe ",
	        vi ? "Tiếp theo, xem kiểu máy nào đã biết có các thanh ghi này:"
	           : "Next, which of the known models has these registers:");
	if (port->path[0] != '\0') {
		station_path(station, port->path, path, sizeof path);
		fprintf(out, "%s --line \"%s\"", path, port->line_text);
	} else {
		fputs(port->tcp, out);
	}
	if (port->mode != FRAMING_RTU)
		fprintf(out, " --mode %s", modbus_framings[port->mode]);
	fprintf(out, " --slave %d --match\n", (int)one->slave);
}

int station_tell_verdict(FILE *out, const struct station *station, size_t i,
        const struct trial_tally *tally, bool vietnamese)
{
	enum trial_verdict verdict = trial_verdict(tally);
	const struct station_instrument *one = &station->instrument[i];
	bool tcp = station->port[one->port_index].tcp[0] != '\0';
	const char *cure =
	        station_cure(verdict, tcp, one->profile->driver->modbus, vietnamese);
	const char *reason = reason_text(tally, verdict);
	char place[160], translated[512];
	if (vietnamese) {
		translate(NULL, reason, translated, sizeof translated);
		reason = translated;
	}
	print_counts(out, tally, vietnamese);
	fprintf(out, "%s (%s): %s%s%s\n", one->id,
	        place_text(station, i, vietnamese, place),
	        verdict_text(verdict, vietnamese), reason[0] != '\0' ? ": " : "",
	        reason);
	if (station->simulation)
		fprintf(out, "%s\n", SIMULATED_TEXT);
	if (cure[0] != '\0')
		fprintf(out, "%s\n", cure);
	if (verdict == TRIAL_REFUSED)
		print_match(out, station, i, vietnamese);
	if (verdict == TRIAL_NO_PORT)
		return EXIT_NO_FILE;
	return verdict == TRIAL_GOOD ? 0 : EXIT_FOUND;
}
