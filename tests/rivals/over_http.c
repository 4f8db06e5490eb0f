/* SPDX-License-Identifier: GPL-3.0-or-later */
/* InfluxDB and VictoriaMetrics: the bodies of their requests.  Of the forms that
 * VictoriaMetrics imports JSON lines are the fastest; CSV and Influx lines took twice
 * as long. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/rivals/http.h"

static size_t text_put(const char *text, char *out)
{
	size_t n = strlen(text);
	memcpy(out, text, n);
	return n;
}

static size_t value_put(const struct load *load, size_t k, size_t i, char *out)
{
	return number_put(load->shown[k].digits[i], channel_decimals[i], out);
}

/* outlet,station=bt-outlet cod=45.2,bod=18.3,... 1717174800 */
static size_t lines_put(const struct load *load, size_t from, size_t n, char *out)
{
	size_t at = 0;
	for (size_t k = from; k < from + n; k++) {
		at += text_put("outlet,station=bt-outlet", out + at);
		for (size_t i = 0; i < CHANNELS; i++) {
			out[at++] = i == 0 ? ' ' : ',';
			at += text_put(channel_name[i], out + at);
			out[at++] = '=';
			at += value_put(load, k, i, out + at);
		}
		at += (size_t)sprintf(
		        out + at, " %lld\n", (long long)BEGIN_S + (long long)k);
	}
	return at;
}

void load_influx(struct load *load)
{
	struct http_form form = { "/write?db=bench&precision=s", lines_put, 320 };
	http_load(load, &form);
}

/* {"metric":{...},"values":[45.2,...],"timestamps":[1717174800000,...]}, one line a
 * channel */
static size_t json_put(const struct load *load, size_t from, size_t n, char *out)
{
	size_t at = 0;
	for (size_t i = 0; i < CHANNELS; i++) {
		at += (size_t)sprintf(out + at,
		        "{\"metric\":{\"__name__\":\"outlet_%s\",\"station\":\"bt-"
		        "outlet\"},\"values\":[",
		        channel_name[i]);
		for (size_t k = from; k < from + n; k++) {
			at += value_put(load, k, i, out + at);
			out[at++] = ',';
		}
		at += text_put("],\"timestamps\":[", out + at - 1) - 1;
		for (size_t k = from; k < from + n; k++)
			at += (size_t)sprintf(out + at, "%lld000,",
			        (long long)BEGIN_S + (long long)k);
		at += text_put("]}\n", out + at - 1) - 1;
	}
	return at;
}

void load_victoria_json(struct load *load)
{
	struct http_form form = { "/api/v1/import", json_put, 320 };
	http_load(load, &form);
}

/* ---- what VictoriaMetrics has exported itself ---- */

static struct {
	char *bytes;
	size_t size;
	size_t *block; /* where each begins; one more at the end */
	size_t n;
} native;

static uint32_t be32(const char *in)
{
	const uint8_t *u = (const uint8_t *)in;
	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

/* 16 bytes of time range, then blocks: size and metric name, size and data. */
static void native_read(const char *path)
{
	struct stat st;
	FILE *file = fopen(path, "rb");
	if (file == NULL || fstat(fileno(file), &st) != 0)
		stop("cannot read", path);
	native.size = (size_t)st.st_size;
	native.bytes = malloc(native.size);
	native.block = calloc(native.size / 8 + 2, sizeof *native.block);
	if (native.bytes == NULL || native.block == NULL ||
	        fread(native.bytes, 1, native.size, file) != native.size)
		stop("cannot read", path);
	fclose(file);
	size_t at = 16;
	while (at + 8 <= native.size) {
		native.block[native.n++] = at;
		for (int part = 0; part < 2 && at + 4 <= native.size; part++)
			at += 4 + be32(native.bytes + at);
	}
	if (at != native.size)
		stop("not native:", path);
	native.block[native.n] = at;
}

/* As large a share of the blocks as of the readings. */
static size_t native_put(const struct load *load, size_t from, size_t n, char *out)
{
	size_t first = native.block[from * native.n / load->n];
	size_t last = native.block[(from + n) * native.n / load->n];
	memcpy(out, native.bytes, 16);
	memcpy(out + 16, native.bytes + first, last - first);
	return 16 + last - first;
}

/* place: port,file */
void load_victoria_native(struct load *load)
{
	struct http_form form = { "/api/v1/import/native", native_put, 320 };
	const char *comma = strchr(load->place, ',');
	if (comma == NULL)
		stop("no file in", load->place);
	native_read(comma + 1);
	http_load(load, &form);
	free(native.bytes);
	free(native.block);
}
