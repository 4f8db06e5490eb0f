/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DuckDB's appender in its fastest form, whole data chunks, through the C interface of
 * the library that the npm package brings: no JavaScript stands between.  The package
 * has no header, so what is needed of duckdb.h stands here.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rivals/ours.h"

#define CHUNK       2048           /* rows of a data chunk: DuckDB's vector size */
#define TYPE_DOUBLE 11             /* DUCKDB_TYPE_DOUBLE */
#define TYPE_TIME   12             /* DUCKDB_TYPE_TIMESTAMP: microseconds */
#define TYPE_BIGINT 5              /* DUCKDB_TYPE_BIGINT */
#define TYPE_BLOB   18             /* DUCKDB_TYPE_BLOB */
#define VALUES      (1 + CHANNELS) /* columns: time and values */
#define COLUMNS     (VALUES + 6)   /* and epoch, seq, boot, since boot, states, frame */

/* Of DuckDB: handles are pointers, 0 is success. */
static struct {
	int (*open)(const char *path, void **database);
	int (*connect)(void *database, void **connection);
	int (*query)(void *connection, const char *sql, void *result);
	int (*appender_create)(void *connection, const char *schema, const char *table,
	        void **appender);
	int (*appender_flush)(void *appender);
	int (*appender_destroy)(void **appender);
	int (*append_data_chunk)(void *appender, void *chunk);
	void *(*create_logical_type)(int type);
	void *(*create_data_chunk)(void **types, uint64_t columns);
	void *(*data_chunk_get_vector)(void *chunk, uint64_t column);
	void *(*vector_get_data)(void *vector);
	void (*data_chunk_set_size)(void *chunk, uint64_t rows);
	void (*destroy_data_chunk)(void **chunk);
	void (*disconnect)(void **connection);
	void (*close)(void **database);
	double (*value_double)(void *result, uint64_t column, uint64_t row);
	void (*vector_assign_string_element_len)(
	        void *vector, uint64_t row, const char *bytes, uint64_t n);
} duck;

static void library_open(const char *path)
{
	static const char *const name[] = { "open", "connect", "query",
		"appender_create", "appender_flush", "appender_destroy",
		"append_data_chunk", "create_logical_type", "create_data_chunk",
		"data_chunk_get_vector", "vector_get_data", "data_chunk_set_size",
		"destroy_data_chunk", "disconnect", "close", "value_double",
		"vector_assign_string_element_len" };
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL)
		stop("no DuckDB:", dlerror());
	for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
		char symbol[64];
		snprintf(symbol, sizeof symbol, "duckdb_%s", name[i]);
		void *found = dlsym(library, symbol);
		if (found == NULL)
			stop("DuckDB lacks", symbol);
		memcpy((char *)&duck + i * sizeof found, &found, sizeof found);
	}
}

static void *chunk_new(size_t columns)
{
	static void *type[COLUMNS];
	for (size_t i = 0; type[i] == NULL && i < COLUMNS; i++)
		type[i] = duck.create_logical_type(i == 0            ? TYPE_TIME
		                                   : i < VALUES      ? TYPE_DOUBLE
		                                   : i < COLUMNS - 2 ? TYPE_BIGINT
		                                                     : TYPE_BLOB);
	return duck.create_data_chunk(type, columns);
}

static void *column_of(void *chunk, size_t i)
{
	return duck.vector_get_data(duck.data_chunk_get_vector(chunk, i));
}

static void values_put(const struct load *load, size_t from, size_t n, void *chunk)
{
	int64_t *time = column_of(chunk, 0);
	for (size_t k = 0; k < n; k++)
		time[k] = (BEGIN_S + (int64_t)(from + k)) * 1000000;
	for (size_t i = 0; i < CHANNELS; i++) {
		double *value = column_of(chunk, 1 + i);
		for (size_t k = 0; k < n; k++)
			value[k] = shown_value(&load->shown[from + k], i);
	}
}

/* What quantrac keeps beside time and values. */
static void evidence_put(const struct load *load, size_t from, size_t n, void *chunk)
{
	static const char state[CHANNELS];
	int64_t *time = column_of(chunk, 0), *number[4];
	void *states = duck.data_chunk_get_vector(chunk, VALUES + 4);
	void *frames = duck.data_chunk_get_vector(chunk, VALUES + 5);
	for (size_t i = 0; i < 4; i++)
		number[i] = column_of(chunk, VALUES + i);
	for (size_t k = 0; k < n; k++) {
		uint8_t frame[FRAME_SIZE];
		time[k] = ours_time_us(from + k);
		number[0][k] = 7;
		number[1][k] = (int64_t)(from + k) + 1;
		number[2][k] = 99;
		number[3][k] = time[k] - BEGIN_S * 1000000;
		ours_frame(load, from + k, frame);
		duck.vector_assign_string_element_len(states, k, state, sizeof state);
		duck.vector_assign_string_element_len(
		        frames, k, (const char *)frame, sizeof frame);
	}
}

static void must(int status, const char *what)
{
	if (status != 0)
		stop("DuckDB:", what);
}

static void table_create(void *connection, bool record)
{
	char sql[1024] = "CREATE TABLE outlet(time TIMESTAMP";
	size_t at = strlen(sql);
	for (size_t i = 0; i < CHANNELS; i++)
		at += (size_t)snprintf(
		        sql + at, sizeof sql - at, ", %s DOUBLE", channel_name[i]);
	snprintf(sql + at, sizeof sql - at,
	        record ? ", epoch BIGINT, seq BIGINT, boot BIGINT, since_boot BIGINT, "
	                 "states BLOB, frame BLOB)"
	               : ")");
	must(duck.query(connection, sql, NULL), sql);
}

struct chunks {
	void **chunk;
	bool *commit; /* after this one */
	size_t n;
};

static struct chunks chunks_make(const struct load *load, bool record)
{
	struct chunks chunks = { 0 };
	size_t most = load->n / CHUNK + load->n / load->batch + 2;
	chunks.chunk = calloc(most, sizeof *chunks.chunk);
	chunks.commit = calloc(most, sizeof *chunks.commit);
	if (chunks.chunk == NULL || chunks.commit == NULL)
		stop("no memory", "");
	for (size_t from = 0; from < load->n;) {
		size_t end = (from / load->batch + 1) * load->batch;
		size_t n = end - from < CHUNK ? end - from : CHUNK;
		if (n > load->n - from)
			n = load->n - from;
		void *chunk = chunk_new(record ? COLUMNS : VALUES);
		values_put(load, from, n, chunk);
		if (record)
			evidence_put(load, from, n, chunk);
		duck.data_chunk_set_size(chunk, n);
		chunks.chunk[chunks.n] = chunk;
		from += n;
		chunks.commit[chunks.n++] = from == end;
	}
	return chunks;
}

static void *database_open(const struct load *load, void **database)
{
	char library[1024];
	void *connection;
	const char *comma = strchr(load->place, ',');
	if (comma == NULL)
		stop("no database in", load->place);
	snprintf(library, sizeof library, "%.*s", (int)(comma - load->place),
	        load->place);
	library_open(library);
	must(duck.open(comma + 1, database), "open");
	must(duck.connect(*database, &connection), "connect");
	return connection;
}

/* place: library,database */
static void append_all(struct load *load, bool record)
{
	void *database, *appender, *connection = database_open(load, &database);
	table_create(connection, record);
	struct chunks chunks = chunks_make(load, record);
	must(duck.appender_create(connection, NULL, "outlet", &appender), "appender");
	load_begin(load);
	for (size_t i = 0; i < chunks.n; i++) {
		must(duck.append_data_chunk(appender, chunks.chunk[i]), "append");
		if (chunks.commit[i])
			must(duck.appender_flush(appender), "flush");
	}
	must(duck.appender_flush(appender), "flush");
	load_end(load);
	for (size_t i = 0; i < chunks.n; i++)
		duck.destroy_data_chunk(&chunks.chunk[i]);
	free(chunks.chunk);
	free(chunks.commit);
	duck.appender_destroy(&appender);
	duck.disconnect(&connection);
	duck.close(&database);
}

void load_duckdb(struct load *load)
{
	append_all(load, false);
}

void load_duckdb_record(struct load *load)
{
	append_all(load, true);
}

/* What is there; a checkpoint first, so that the file is at rest. */
void load_duckdb_found(struct load *load)
{
	char sql[1024] = "SELECT ";
	uint64_t result[16]; /* a duckdb_result and more */
	void *database, *connection = database_open(load, &database);
	must(duck.query(connection, "CHECKPOINT", NULL), "checkpoint");
	for (size_t i = 0, at = strlen(sql); i < CHANNELS; i++)
		at += (size_t)snprintf(sql + at, sizeof sql - at,
		        "count(%s), coalesce(sum(%s), 0), ", channel_name[i],
		        channel_name[i]);
	strcat(sql, "0 FROM outlet");
	must(duck.query(connection, sql, result), sql);
	for (size_t i = 0; i < CHANNELS; i++)
		printf("found_%s %.0f\nfound_sum_%s %.3f\n", channel_name[i],
		        duck.value_double(result, 2 * i, 0), channel_name[i],
		        duck.value_double(result, 2 * i + 1, 0));
	duck.disconnect(&connection);
	duck.close(&database);
}
