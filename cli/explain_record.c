/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/explain.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/event.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "sensors/redecode.h"

static void print_exchanges(FILE *out, const struct reading *reading)
{
	struct exchange exchange;
	size_t at = 0;
	while (exchange_next(reading, &at, &exchange) == 1) {
		fprintf(out, "   block %u after %u ms:", exchange.block,
		        exchange.after_ms);
		for (size_t i = 0; i < exchange.size && i < 64; i++)
			fprintf(out, " %02X", exchange.bytes[i]);
		fprintf(out, "%s\n", exchange.size > 64 ? " ..." : "");
	}
}

static void print_decoding(
        FILE *out, const struct nearest *nearest, const struct reading *reading)
{
	struct redecode *redecode;
	struct redecoded again;
	struct problem why;
	if (redecode_open(&redecode, nearest->describe, &why) != OK) {
		fprintf(out, "3 decoding      %s\n", why.text);
		return;
	}
	if (redecode_channel(redecode, reading, nearest->channel, &again) == OK)
		fprintf(out, "3 decoding      %s\n   %s\n", again.how,
		        again.same ? "decoded again now: the same, to the bit"
		                   : "DECODED AGAIN NOW: NOT WHAT IS STORED");
	redecode_close(redecode);
}

/* An import keeps what stood in the file: text, not an instrument's answer. */
static void print_lines(
        FILE *out, const struct describe *describe, const struct reading *reading)
{
	struct exchange exchange;
	size_t at = 0;
	while (exchange_next(reading, &at, &exchange) == 1) {
		const char *text = (const char *)exchange.bytes;
		for (size_t from = 0, n; from < exchange.size; from += n + 1) {
			const char *end =
			        memchr(text + from, '\n', exchange.size - from);
			n = end != NULL ? (size_t)(end - text) - from
			                : exchange.size - from;
			fprintf(out, "   in the file: ");
			for (size_t i = 0; i < n; i++)
				fputc(text[from + i] == '\r' ? ' ' : text[from + i],
				        out);
			fputc('\n', out);
		}
	}
	fprintf(out,
	        "3 decoding      imported from %s%s%s by %s: no instrument was asked\n",
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

int explain_record(
        const struct question *q, const struct nearest *nearest, struct problem *why)
{
	static struct one_record one;
	char when[TIME_TEXT], stored[TIME_TEXT], place[4096];
	struct record record;
	struct reading reading;
	const struct channel *about = &nearest->describe->channel[nearest->channel];
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
	if (reader_place(q->view.reader, q->station, nearest->epoch, nearest->seq,
	            place, sizeof place) != OK)
		snprintf(place, sizeof place, "?");
	fprintf(q->out,
	        "1 record        %s epoch %016" PRIx64 " seq %" PRIu64 "\n"
	        "   measured %s (clock %s), stored %s\n   in %s\n",
	        q->station, nearest->epoch, nearest->seq,
	        time_print(nearest->time_us, q->view.offset_min, when),
	        clock_state_text(nearest->clock),
	        time_print(nearest->stored_us, q->view.offset_min, stored), place);
	fprintf(q->out, "2 raw bytes     instrument %s (%s)\n",
	        nearest->describe->instrument,
	        nearest->describe->model[0] != '\0' ? nearest->describe->model
	                                            : nearest->describe->summary);
	if (one.size == 0 || record_decode(&record, one.bytes, one.size) < 0 ||
	        reading_decode(&reading, record.payload, record.payload_size) != OK)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "the record cannot be read back; see quantrac verify");
	if (nearest->describe->origin == ORIGIN_IMPORT) {
		print_lines(q->out, nearest->describe, &reading);
	} else {
		print_exchanges(q->out, &reading);
		print_decoding(q->out, nearest, &reading);
	}
	if (isnan(nearest->value))
		fprintf(q->out, "   indication: none, state %s\n",
		        channel_state_text(nearest->state));
	else
		fprintf(q->out, "   indication: %.10g %s, state %s\n", nearest->value,
		        about->unit, channel_state_text(nearest->state));
	return OK;
}
