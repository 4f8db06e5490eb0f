/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/explain.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/event.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "cli/translate.h"
#include "reports/words.h"
#include "sensors/station/redecode.h"

static void print_exchanges(const struct question *q, const struct reading *reading)
{
	struct exchange exchange;
	FILE *out = q->out;
	size_t at = 0;
	while (exchange_next(reading, &at, &exchange) == 1) {
		fprintf(out,
		        q->vietnamese ? "   khối %u sau %u ms:"
		                      : "   block %u after %u ms:",
		        exchange.block, exchange.after_ms);
		for (size_t i = 0; i < exchange.size && i < 64; i++)
			fprintf(out, " %02X", exchange.bytes[i]);
		fprintf(out, "%s\n", exchange.size > 64 ? " ..." : "");
	}
}

static const char *decoded(bool same, bool vietnamese)
{
	static const char *const words[2][2] = {
		{ "DECODED AGAIN NOW: NOT WHAT IS STORED",
		        "GIẢI MÃ LẠI BÂY GIỜ: KHÁC VỚI GIÁ TRỊ ĐÃ LƯU" },
		{ "decoded again now: the same, to the bit",
		        "giải mã lại bây giờ: trùng từng bit" },
	};
	return words[same][vietnamese];
}

/* Clause by clause, as its driver says it. */
static void print_how(
        const struct question *q, const char *title, struct redecoded *again)
{
	char *rest = again->how, clause[2 * sizeof again->how];
	fputs(title, q->out);
	for (bool first = true; rest != NULL; first = false) {
		char *next = strstr(rest, "; ");
		if (next != NULL)
			*next = '\0';
		if (q->vietnamese)
			translate(NULL, rest, clause, sizeof clause);
		else
			snprintf(clause, sizeof clause, "%s", rest);
		explain_say(q, "%s%s", first ? "" : "; ", clause);
		rest = next != NULL ? next + 2 : NULL;
	}
	fprintf(q->out, "\n   %s\n", decoded(again->same, q->vietnamese));
}

static void print_decoding(const struct question *q, const struct nearest *nearest,
        const struct reading *reading)
{
	const char *title = q->vietnamese ? "3 giải mã       " : "3 decoding      ";
	struct redecode *redecode;
	struct redecoded again;
	struct problem why;
	if (redecode_open(&redecode, nearest->describe, &why) != OK) {
		char text[2 * sizeof why.text];
		translate(NULL, why.text, text, sizeof text);
		fprintf(q->out, "%s%s\n", title, q->vietnamese ? text : why.text);
		return;
	}
	if (redecode_channel(redecode, reading, nearest->channel, &again) == OK)
		print_how(q, title, &again);
	redecode_close(redecode);
}

/* An import keeps what stood in the file: text, not an instrument's answer. */
static void print_lines(const struct question *q, const struct describe *describe,
        const struct reading *reading)
{
	FILE *out = q->out;
	struct exchange exchange;
	size_t at = 0;
	while (exchange_next(reading, &at, &exchange) == 1) {
		const char *text = (const char *)exchange.bytes;
		for (size_t from = 0, n; from < exchange.size; from += n + 1) {
			const char *end =
			        memchr(text + from, '\n', exchange.size - from);
			n = end != NULL ? (size_t)(end - text) - from
			                : exchange.size - from;
			fputs(q->vietnamese ? "   trong tệp: " : "   in the file: ",
			        out);
			for (size_t i = 0; i < n; i++)
				fputc(text[from + i] == '\r' ? ' ' : text[from + i],
				        out);
			fputc('\n', out);
		}
	}
	fprintf(out,
	        q->vietnamese
	                ? "3 giải mã       nhập từ %s%s%s, người nhập %s: không hỏi "
	                  "thiết bị đo\n"
	                : "3 decoding      imported from %s%s%s by %s: no instrument "
	                  "was asked\n",
	        describe->import_file,
	        describe->import_sha256[0] != '\0' ? ", SHA-256 " : "",
	        describe->import_sha256, describe->import_who);
}

struct one_record {
	uint64_t epoch, seq;
	uint8_t bytes[RECORD_MOST];
	size_t size;
};

static int keep_record(void *with, const uint8_t *bytes, size_t size, int64_t stored_us)
{
	struct one_record *one = with;
	struct record record;
	(void)stored_us;
	if (record_decode(&record, bytes, size) < 0 || record.epoch != one->epoch ||
	        record.seq != one->seq)
		return 0;
	memcpy(one->bytes, bytes, size);
	one->size = size;
	return 1;
}

static const char *clock_word(uint8_t state, bool vietnamese)
{
	static const char *const words[] = { [CLOCK_UNSYNCED] = "chưa đồng bộ",
		[CLOCK_SYNCED] = "đã đồng bộ",
		[CLOCK_HOLDOVER] = "tự giữ giờ",
		[CLOCK_STEPPED] = "vừa chỉnh lại" };
	bool known = state < sizeof words / sizeof words[0];
	return vietnamese && known ? words[state] : clock_state_text(state);
}

static const char *state_word(uint8_t state, bool vietnamese)
{
	static const enum word words[] = { [STATE_OK] = WORD_STATE_OK,
		[STATE_UNCHANGED] = WORD_STATE_UNCHANGED,
		[STATE_SILENT] = WORD_GAP_SILENT,
		[STATE_GARBLED] = WORD_GAP_GARBLED,
		[STATE_REFUSED] = WORD_GAP_REFUSED,
		[STATE_NO_VALUE] = WORD_STATE_NO_VALUE,
		[STATE_BELOW_RANGE] = WORD_STATE_BELOW_RANGE,
		[STATE_ABOVE_RANGE] = WORD_STATE_ABOVE_RANGE,
		[STATE_CALIBRATING] = WORD_STATE_CALIBRATING,
		[STATE_MAINTENANCE] = WORD_STATE_MAINTENANCE,
		[STATE_FAULT] = WORD_STATE_FAULT,
		[STATE_STOPPED] = WORD_STATE_STOPPED,
		[STATE_OFF] = WORD_STATE_OFF };
	bool known = state < sizeof words / sizeof words[0];
	return vietnamese && known ? word_text(VIETNAMESE, words[state])
	                           : channel_state_text(state);
}

static void print_indication(const struct question *q, const struct nearest *nearest)
{
	bool vi = q->vietnamese;
	const struct channel *about = &nearest->describe->channel[nearest->channel];
	const char *state = state_word(nearest->state, vi);
	if (isnan(nearest->value))
		explain_say(q,
		        vi ? "   giá trị chỉ thị: không có, trạng thái: %s\n"
		           : "   indication: none, state %s\n",
		        state);
	else
		explain_say(q,
		        vi ? "   giá trị chỉ thị: %.10g %s, trạng thái: %s\n"
		           : "   indication: %.10g %s, state %s\n",
		        nearest->value, about->unit, state);
}

static void print_place(const struct question *q, const struct nearest *nearest)
{
	char when[TIME_TEXT], stored[TIME_TEXT], place[4096];
	if (reader_place(q->view.reader, q->station, nearest->epoch, nearest->seq,
	            place, sizeof place) != OK)
		snprintf(place, sizeof place, "?");
	fprintf(q->out,
	        q->vietnamese ? "1 bản ghi       %s epoch %016" PRIx64 " seq %" PRIu64
	                        "\n   đo lúc %s (đồng hồ: %s), lưu lúc %s\n   tại %s\n"
	                      : "1 record        %s epoch %016" PRIx64 " seq %" PRIu64
	                        "\n   measured %s (clock %s), stored %s\n   in %s\n",
	        q->station, nearest->epoch, nearest->seq,
	        time_print(nearest->time_us, q->view.offset_min, when),
	        clock_word(nearest->clock, q->vietnamese),
	        time_print(nearest->stored_us, q->view.offset_min, stored), place);
	fprintf(q->out,
	        q->vietnamese ? "2 byte thô      thiết bị đo %s (%s)\n"
	                      : "2 raw bytes     instrument %s (%s)\n",
	        nearest->describe->instrument,
	        nearest->describe->model[0] != '\0' ? nearest->describe->model
	                                            : nearest->describe->summary);
}

int explain_record(
        const struct question *q, const struct nearest *nearest, struct problem *why)
{
	static struct one_record one;
	struct record record;
	struct reading reading;
	struct query query = {
		.station = q->station,
		.from_us = nearest->time_us,
		.to_us = nearest->time_us + 1,
	};
	one = (struct one_record){ .epoch = nearest->epoch, .seq = nearest->seq };
	int status = reader_records(
	        q->view.reader, &query, 1u << RECORD_READING, keep_record, &one, why);
	if (status < 0)
		return status;
	print_place(q, nearest);
	if (one.size == 0 || record_decode(&record, one.bytes, one.size) < 0 ||
	        reading_decode(&reading, record.payload, record.payload_size) != OK)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "the record cannot be read back; see quantrac verify");
	if (nearest->describe->origin == ORIGIN_IMPORT) {
		print_lines(q, nearest->describe, &reading);
	} else {
		print_exchanges(q, &reading);
		print_decoding(q, nearest, &reading);
	}
	print_indication(q, nearest);
	return OK;
}
