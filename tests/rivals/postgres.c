/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PostgreSQL: COPY of wide rows in their binary form (the text form took a sixth
 * longer), one commit a batch. */
#include <postgresql/libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "tests/rivals/ours.h"

#define SLICE    65536
#define ROW_MOST 512
/* microseconds from 1970 to PostgreSQL's 2000-01-01 */
#define Y2000_US INT64_C(946684800000000)

struct body {
	char *bytes;
	size_t size;
};

static size_t number64_put(uint64_t number, uint8_t *out)
{
	put_be32(out, 8);
	put_be32(out + 4, (uint32_t)(number >> 32));
	put_be32(out + 8, (uint32_t)number);
	return 12;
}

static size_t bytes_put(const uint8_t *bytes, uint32_t n, uint8_t *out)
{
	put_be32(out, n);
	memcpy(out + 4, bytes, n);
	return 4 + n;
}

static size_t values_put(const struct load *load, size_t k, uint8_t *out)
{
	size_t at = 0;
	for (size_t i = 0; i < CHANNELS; i++)
		at += number64_put(
		        bits_of_double(shown_value(&load->shown[k], i)), out + at);
	return at;
}

/* time and 12 values */
static size_t row_put(const struct load *load, size_t k, uint8_t *out)
{
	int64_t time_us = (BEGIN_S + (int64_t)k) * 1000000 - Y2000_US;
	put_be16(out, 1 + CHANNELS);
	size_t at = 2 + number64_put((uint64_t)time_us, out + 2);
	return at + values_put(load, k, out + at);
}

/* What quantrac keeps of a reading: time, epoch, seq, boot, time since boot, states,
 * the frame; and 12 values */
static size_t record_put(const struct load *load, size_t k, uint8_t *out)
{
	static const uint8_t state[CHANNELS];
	uint8_t frame[FRAME_SIZE];
	int64_t time_us = ours_time_us(k);
	put_be16(out, 7 + CHANNELS);
	size_t at = 2 + number64_put((uint64_t)(time_us - Y2000_US), out + 2);
	at += number64_put(7, out + at);
	at += number64_put(k + 1, out + at);
	at += number64_put(99, out + at);
	at += number64_put((uint64_t)(time_us - BEGIN_S * 1000000), out + at);
	at += bytes_put(state, sizeof state, out + at);
	ours_frame(load, k, frame);
	at += bytes_put(frame, sizeof frame, out + at);
	return at + values_put(load, k, out + at);
}

typedef size_t put_one(const struct load *load, size_t k, uint8_t *out);

/* "PGCOPY", flags and extension; rows, each the number of its fields and of each field
 * length and bytes; -1 */
static struct body body_make(const struct load *load, size_t from, put_one *put)
{
	static const char head[19] = "PGCOPY\n\377\r\n";
	size_t n = load->n - from < load->batch ? load->n - from : load->batch;
	struct body body = { .bytes = malloc(n * ROW_MOST + 64), .size = sizeof head };
	if (body.bytes == NULL)
		stop("no memory", "");
	memcpy(body.bytes, head, sizeof head);
	for (size_t k = from; k < from + n; k++)
		body.size += put(load, k, (uint8_t *)body.bytes + body.size);
	put_be16((uint8_t *)body.bytes + body.size, 0xffff);
	body.size += 2;
	return body;
}

static void copy_one(PGconn *connection, const struct body *body)
{
	PGresult *result = PQexec(connection, "COPY outlet FROM STDIN (FORMAT binary)");
	if (PQresultStatus(result) != PGRES_COPY_IN)
		stop("COPY:", PQerrorMessage(connection));
	PQclear(result);
	for (size_t at = 0; at < body->size; at += SLICE) {
		size_t n = body->size - at < SLICE ? body->size - at : SLICE;
		if (PQputCopyData(connection, body->bytes + at, (int)n) != 1)
			stop("COPY:", PQerrorMessage(connection));
	}
	if (PQputCopyEnd(connection, NULL) != 1)
		stop("COPY:", PQerrorMessage(connection));
	while ((result = PQgetResult(connection)) != NULL) {
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			stop("COPY:", PQerrorMessage(connection));
		PQclear(result);
	}
}

/* place: a connection string */
static void copy_all(struct load *load, put_one *put)
{
	size_t n = (load->n + load->batch - 1) / load->batch;
	struct body *body = calloc(n, sizeof *body);
	PGconn *connection = PQconnectdb(load->place);
	if (body == NULL)
		stop("no memory", "");
	if (PQstatus(connection) != CONNECTION_OK)
		stop("connect:", PQerrorMessage(connection));
	for (size_t i = 0; i < n; i++)
		body[i] = body_make(load, i * load->batch, put);
	load_begin(load);
	for (size_t i = 0; i < n; i++)
		copy_one(connection, &body[i]);
	load_end(load);
	PQfinish(connection);
	for (size_t i = 0; i < n; i++)
		free(body[i].bytes);
	free(body);
}

void load_postgres(struct load *load)
{
	copy_all(load, row_put);
}

void load_postgres_record(struct load *load)
{
	copy_all(load, record_put);
}
