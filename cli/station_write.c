/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The YAML of a new port and a new instrument, with comments; as a whole file, or put into
 * the lists of one that is there. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/station_add.h"

/* Text as a YAML scalar between double quotes. */
static void put_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

/* The id of "cua-xa=Cửa xả", and its name; without one the id again. */
static const char *split(const char *word, char id[WORD_MOST])
{
	size_t n = strcspn(word, "=");
	snprintf(id, WORD_MOST, "%.*s", (int)(n < WORD_MOST ? n : WORD_MOST - 1), word);
	return word[n] == '=' ? word + n + 1 : id;
}

static void today(const struct adding *adding, char out[16])
{
	char stamp[TIME_TEXT];
	int offset_min = adding->station != NULL ? adding->station->utc_offset_min
	                                         : OFFSET_VIETNAM;
	time_print(common_now(), offset_min, stamp);
	snprintf(out, 16, "%.10s", stamp);
}

/* ---- an instrument ---- */

static void put_address(FILE *out, const struct adding *adding, const char *before)
{
	const char *address = adding->word.address;
	if (address[0] == '\0')
		return;
	fprintf(out, "%s%s: ", before,
	        adding->profile->driver->modbus ? "slave" : "address");
	if (adding->profile->driver->modbus)
		fputs(address, out);
	else
		put_quoted(out, address);
}

bool station_adds_currents(const struct adding *adding)
{
	return strcmp(adding->profile->channel[0].about.unit, "mA") == 0;
}

/* What a current stands for only the station can say. */
static void put_loops(FILE *out, const struct profile *profile)
{
	fprintf(out,
	        "  # channels: [{name: %s, id: flow_out, signal: 4-20 mA, range: "
	        "0..500 m3/h}",
	        profile->channel[0].about.name);
	if (profile->n_channels > 1)
		fprintf(out, ", {name: %s, off: yes}", profile->channel[1].about.name);
	fputs("]\n", out);
}

/* The range of the first channel, for whoever finds another one set on the instrument. */
static void put_range(FILE *out, const struct adding *adding)
{
	const struct channel *about = &adding->profile->channel[0].about;
	if (station_adds_currents(adding)) {
		put_loops(out, adding->profile);
		return;
	}
	if (!isfinite(about->low) || !isfinite(about->high))
		return;
	fprintf(out, "  # channels: [{name: %s, range: %g..%g %s}]   # %s\n",
	        about->name, about->low, about->high, about->unit,
	        adding->vietnamese ? "phạm vi đo đang cài đặt, nếu khác"
	                           : "the range as set, if it is another");
}

static void put_instrument_block(FILE *out, const struct adding *adding)
{
	const struct profile *profile = adding->profile;
	char day[16], outlet[WORD_MOST];
	today(adding, day);
	split(adding->word.outlet, outlet);
	fprintf(out, "# %s %s, quantrac station add, %s\n", profile->maker,
	        profile->model, day);
	fprintf(out, "- id: %s\n  profile: %s\n  port: %s", adding->word.id,
	        profile->name, adding->port_id);
	put_address(out, adding, "\n  ");
	if (outlet[0] != '\0')
		fprintf(out, "\n  outlet: %s", outlet);
	fprintf(out, "\n  # serial: \"...\"        # %s\n",
	        adding->vietnamese ? "số sê-ri trên nhãn thiết bị"
	                           : "the number on the type plate");
	fprintf(out, "  # poll_every: %gs\n  # timeout: %gs\n", profile->poll_every_s,
	        profile->timeout_s);
	put_range(out, adding);
}

static void put_instrument_flow(FILE *out, const struct adding *adding)
{
	char outlet[WORD_MOST];
	split(adding->word.outlet, outlet);
	fprintf(out, "{id: %s, profile: %s, port: %s", adding->word.id,
	        adding->profile->name, adding->port_id);
	put_address(out, adding, ", ");
	fprintf(out, "%s%s}", outlet[0] != '\0' ? ", outlet: " : "", outlet);
}

/* ---- a port ---- */

static const char *line_of(const struct adding *adding)
{
	return adding->word.line[0] != '\0' ? adding->word.line : adding->profile->line;
}

/* What the adapter is, for a comment. */
static void put_adapter(FILE *out, const struct adding *adding)
{
	int i = usb_find(&adding->ports, adding->port.path);
	if (i >= 0 && adding->ports.port[i].usb)
		fprintf(out, "  # %s %s %s", adding->ports.port[i].maker,
		        adding->ports.port[i].product, adding->ports.port[i].serial);
}

static void put_place(FILE *out, const struct adding *adding, const char *between)
{
	bool serial = adding->port.path[0] != '\0';
	fputs(serial ? "path: " : "tcp: ", out);
	put_quoted(out, adding->word.port);
	if (between[0] == '\n')
		put_adapter(out, adding);
	if (serial)
		fprintf(out, "%sline: %s", between, line_of(adding));
	if (adding->word.mode[0] != '\0')
		fprintf(out, "%smode: %s", between, adding->word.mode);
}

static void put_port_block(FILE *out, const struct adding *adding)
{
	fprintf(out, "- id: %s\n  ", adding->port_id);
	put_place(out, adding, "\n  ");
	fputc('\n', out);
}

static void put_port_flow(FILE *out, const struct adding *adding)
{
	fprintf(out, "{id: %s, ", adding->port_id);
	put_place(out, adding, ", ");
	fputc('}', out);
}

/* ---- the whole ---- */

static char *made(void (*put)(FILE *out, const struct adding *adding),
        const struct adding *adding)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	if (out == NULL)
		return NULL;
	put(out, adding);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static char *append(const struct config *config, const char *key,
        const struct adding *adding, size_t *n)
{
	bool port = strcmp(key, "ports") == 0;
	char *block = made(port ? put_port_block : put_instrument_block, adding);
	char *flow = made(port ? put_port_flow : put_instrument_flow, adding);
	const struct config_item item = { block, flow };
	char *text = block != NULL && flow != NULL
	                     ? config_append(config, key, &item, n)
	                     : NULL;
	free(block);
	free(flow);
	return text;
}

/* The instrument goes into what has become of the text with the port in it. */
static char *append_both(const struct adding *adding, size_t *n)
{
	static const struct field nothing[] = { { 0 } };
	static const struct section none = { "configuration", 1, nothing, NULL };
	struct config *again;
	char unused = 0;
	char *with_port = append(adding->station->config, "ports", adding, n);
	if (with_port == NULL)
		return NULL;
	config_read_text(&again, with_port, *n, adding->path, &none, &unused, NULL);
	char *text = append(again, "instruments", adding, n);
	config_free(again);
	free(with_port);
	return text;
}

static void put_who(FILE *out, const char *key, const char *word)
{
	char id[WORD_MOST];
	const char *name = split(word, id);
	fprintf(out, "%s: {id: %s, name: ", key, id);
	put_quoted(out, name);
	fputs("}\n", out);
}

static void put_station(FILE *out, const struct adding *adding)
{
	char id[WORD_MOST];
	const char *name = split(adding->word.station, id);
	bool vi = adding->vietnamese;
	fprintf(out, "station:\n  id: %s\n  name: ", id);
	put_quoted(out, name);
	fprintf(out, "\n  role: A             # %s\n",
	        vi ? "A: thiết bị thu thập, lưu giữ và truyền dữ liệu; B: ghi song song"
	           : "A legal logger, B parallel recorder");
	if (adding->profile->simulation || adding->simulation)
		fprintf(out, "  simulation: yes     # %s\n",
		        vi ? "mọi bản ghi được đánh dấu là dữ liệu mô phỏng"
		           : "every record says that it is simulated");
}

static void put_file(FILE *out, const struct adding *adding)
{
	char outlet[WORD_MOST];
	const char *name = split(adding->word.outlet, outlet);
	bool vi = adding->vietnamese;
	fprintf(out, "# %s\n",
	        vi ? "Tủ quan trắc: quantrac-sensord --config TỆP NÀY; `quantrac "
	             "config explain KHÓA` giải thích từng khóa."
	           : "A cabinet: quantrac-sensord --config THIS; `quantrac config "
	             "explain KEY` tells every key.");
	put_who(out, "zone", adding->word.zone);
	put_station(out, adding);
	put_who(out, "facility", adding->word.facility);
	fprintf(out, "outlets:\n  - {id: %s, name: ", outlet);
	put_quoted(out, name);
	fprintf(out, ", kind: %s}\njournal: {folder: ", adding->word.kind);
	put_quoted(out, adding->word.journal);
	fprintf(out,
	        ", keep: 90d}   # %s\n"
	        "# collector:          # %s\n"
	        "#   endpoint: \"tcp://192.0.2.7:5710\"\n"
	        "#   server_key: keys/collector.pub\n"
	        "#   secret_key: keys/%.*s.secret\n"
	        "ports:\n",
	        vi ? "quy định: ít nhất 60 ngày (Thông tư 10/2021/TT-BTNMT, Điều 39)"
	           : "the law wants 60 days (Circular 10/2021, article 39)",
	        vi ? "máy chủ nhận; bỏ trống thì chỉ lưu tại tủ"
	           : "leave it out and the cabinet only keeps its journal",
	        (int)strcspn(adding->word.station, "="), adding->word.station);
}

/* Two blanks before every line. */
static void put_indented(FILE *out, const char *lines)
{
	while (lines != NULL && *lines != '\0') {
		size_t n = strcspn(lines, "\n");
		fprintf(out, "  %.*s\n", (int)n, lines);
		lines += n + (lines[n] == '\n');
	}
}

static char *whole_file(const struct adding *adding, size_t *n)
{
	char *text = NULL, *port = made(put_port_block, adding),
	     *instrument = made(put_instrument_block, adding);
	FILE *out = open_memstream(&text, n);
	if (out != NULL) {
		put_file(out, adding);
		put_indented(out, port);
		fputs("instruments:\n", out);
		put_indented(out, instrument);
		fclose(out);
	}
	free(port);
	free(instrument);
	return text;
}

char *station_text(const struct adding *adding, size_t *n)
{
	if (adding->station == NULL)
		return whole_file(adding, n);
	if (adding->port_index != SIZE_MAX)
		return append(adding->station->config, "instruments", adding, n);
	return append_both(adding, n);
}
