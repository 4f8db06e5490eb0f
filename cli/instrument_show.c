/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac instrument show MODEL: everything a profile says; what only its driver knows,
 * in the words of the file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/legal_time.h"
#include "base/units.h"
#include "cli/command_list.h"
#include "cli/instrument.h"

static void put(const char *vi_name, const char *name, bool vi, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	const char *title = vi ? vi_name : name;
	printf("%s%*s  %s\n", title, (int)(16 - text_width(title)), "", text);
}

static const char *seconds_text(double s, char out[32])
{
	if (s < 1)
		snprintf(out, 32, "%.0f ms", s * 1000);
	else if (s >= 120 && fmod(s, 60) == 0)
		snprintf(out, 32, "%.0f min", s / 60);
	else
		snprintf(out, 32, "%g s", s);
	return out;
}

static void print_head(const struct profile *profile, bool vi)
{
	char every[32], timeout[32], text[128];
	printf("%s\n\n", profile->name);
	put("nhà sản xuất", "maker", vi, profile->maker);
	put("kiểu máy", "model", vi, profile->model);
	put("đo", "measures", vi, profile->summary);
	snprintf(text, sizeof text, "%s: %s", profile->driver_name,
	        profile->driver->summary);
	put("giao thức", "protocol", vi, text);
	snprintf(text, sizeof text, "%s%s%s%s", profile->line,
	        config_line(profile->config, "line") > 0 ? ""
	        : vi ? " (không có nguồn: thông số thường gặp)"
	             : " (no source says: the usual one)",
	        profile->dtr ? "" : ", dtr: off", profile->rts ? "" : ", rts: off");
	put("đường truyền", "line", vi, text);
	snprintf(text, sizeof text, "%d", (int)profile->slave);
	put("địa chỉ", "address", vi,
	        profile->driver->modbus ? text : profile->address);
	snprintf(text, sizeof text,
	        vi ? "%s, chờ trả lời %s" : "%s, waiting %s for an answer",
	        seconds_text(profile->poll_every_s, every),
	        seconds_text(profile->timeout_s, timeout));
	put("chu kỳ đọc", "read every", vi, text);
	if (profile->simulation)
		put("mô phỏng", "simulation", vi,
		        vi ? "bản đồ chỉ dùng để mô phỏng, không phải thiết bị thật"
		           : "a map made up for simulation: no instrument has it");
	put("nguồn", "source", vi, profile->source);
	put("lưu ý", "note", vi, profile->note);
}

/* ---- channels ---- */

// clang-format off
static const struct table_column columns[] = {
	{ .name = "channel" }, { .name = "label" }, { .name = "unit" }, { .name = "range" },
	{ .name = "accuracy" }, { .name = "result_every", .title = "RESULT EVERY" },
	{ .name = "method" }, { 0 },
};
static const struct table_column columns_vi[] = {
	{ .name = "channel", .title = "KÊNH" }, { .name = "label", .title = "TÊN" },
	{ .name = "unit", .title = "ĐƠN VỊ" }, { .name = "range", .title = "PHẠM VI ĐO" },
	{ .name = "accuracy", .title = "CẤP CHÍNH XÁC" },
	{ .name = "result_every", .title = "CHU KỲ KẾT QUẢ" },
	{ .name = "method", .title = "NGUYÊN LÝ" }, { 0 },
};
// clang-format on

static const char *range_text(const struct channel *about, char out[64])
{
	if (isnan(about->low) && isnan(about->high))
		return NULL;
	if (isnan(about->high))
		snprintf(out, 64, ">= %g", about->low);
	else if (isnan(about->low))
		snprintf(out, 64, "<= %g", about->high);
	else
		snprintf(out, 64, "%g..%g", about->low, about->high);
	return out;
}

/* "5 % of reading, 3 % of range" */
static const char *accuracy_text(const struct channel *about, bool vi, char out[96])
{
	size_t n = 0;
	out[0] = '\0';
	if (isfinite(about->accuracy_reading_percent))
		n += (size_t)snprintf(out + n, 96 - n,
		        vi ? "%g %% giá trị đọc" : "%g %% of reading",
		        about->accuracy_reading_percent);
	if (isfinite(about->accuracy_span_percent))
		n += (size_t)snprintf(out + n, 96 - n,
		        vi ? "%s%g %% phạm vi đo" : "%s%g %% of range",
		        n > 0 ? ", " : "", about->accuracy_span_percent);
	if (isfinite(about->accuracy_absolute))
		snprintf(out + n, 96 - n, "%s%g %s", n > 0 ? ", " : "",
		        about->accuracy_absolute, units_shown(about->unit));
	return out[0] != '\0' ? out : NULL;
}

static void channel_row(struct table *table, const struct channel *about, bool vi)
{
	char range[64], accuracy[96], every[32], method[128];
	snprintf(method, sizeof method, "%s%s%s", about->method,
	        strcmp(about->kind, "measurement") != 0 ? " " : "",
	        strcmp(about->kind, "measurement") != 0 ? about->kind : "");
	table_text(table, about->name);
	table_text(table, vi ? about->label_vi : about->label_en);
	table_text(table, units_shown(about->unit));
	table_text(table, range_text(about, range));
	table_text(table, accuracy_text(about, vi, accuracy));
	table_text(table, isfinite(about->result_every_s)
	                          ? seconds_text(about->result_every_s, every)
	                          : NULL);
	table_text(table, method);
	table_row(table);
}

/* What is not in the table: on what basis, and where range and accuracy are written. */
static void channel_notes(const struct profile_channel *channel, bool vi)
{
	const struct channel *about = &channel->about;
	char basis[160];
	snprintf(basis, sizeof basis, "%s%s%s%s%s",
	        about->expressed_as[0] != '\0' ? (vi ? "tính theo " : "as ") : "",
	        about->expressed_as, about->basis[0] != '\0' ? " " : "", about->basis,
	        about->gas_state[0] != '\0' ? " " : "");
	if (basis[0] != '\0' || about->gas_state[0] != '\0')
		printf("%s: %s%s\n", about->name, basis, about->gas_state);
	if (channel->source[0] != '\0')
		printf(vi ? "%s: nguồn: %s\n" : "%s: source: %s\n", about->name,
		        channel->source);
	if (channel->accuracy_source[0] != '\0')
		printf(vi ? "%s: nguồn cấp chính xác: %s\n" : "%s: accuracy from: %s\n",
		        about->name, channel->accuracy_source);
}

/* ---- the rest, in the words of the file ---- */

/* Keys of the head and of the table. */
static bool is_told(const char *line)
{
	static const char *const told[] = { "name", "maker", "model", "summary",
		"source", "note", "driver", "simulation", "line", "dtr", "rts", "slave",
		"address", "poll_every", "timeout" };
	size_t n = strcspn(line, ":");
	for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
		if (strlen(told[i]) == n && strncmp(line, told[i], n) == 0)
			return true;
	return false;
}

static void print_rest(const struct profile *profile)
{
	bool told = true; /* what stands before the first key */
	for (const char *line = profile->text; *line != '\0';) {
		size_t n = strcspn(line, "\n") + 1;
		bool begins = strchr(" -#\n\r", line[0]) == NULL;
		if (line[n - 1] == '\0')
			n--;
		if (begins)
			told = is_told(line);
		if (!told)
			printf("    %.*s%s", (int)n, line,
			        line[n - 1] == '\n' ? "" : "\n");
		line += n;
	}
}

void instrument_print(const struct profile *profile, bool vietnamese)
{
	print_head(profile, vietnamese);
	putchar('\n');
	struct table *table = table_new(
	        stdout, TABLE_TEXT, vietnamese ? columns_vi : columns, OFFSET_VIETNAM);
	for (size_t i = 0; i < profile->n_channels; i++)
		channel_row(table, &profile->channel[i].about, vietnamese);
	table_end(table);
	putchar('\n');
	for (size_t i = 0; i < profile->n_channels; i++)
		channel_notes(&profile->channel[i], vietnamese);
	if (profile->n_commands > 0) {
		const struct instrument factory = { .profile = profile,
			.slave = (uint8_t)profile->slave,
			.address = profile->address,
			.utc_offset_min = OFFSET_VIETNAM };
		fputs(vietnamese ? "\nLệnh (quantrac station command; địa chỉ của nhà "
		                   "sản xuất):\n"
		                 : "\nCommands (quantrac station command; at the "
		                   "factory's address):\n",
		        stdout);
		command_list_print(&factory, TABLE_TEXT, vietnamese);
	}
	fputs(vietnamese ? "\nTrong hồ sơ (khối đọc, vị trí, trạng thái và nguồn của "
	                   "chúng):\n"
	                 : "\nIn the profile (blocks, places, states, and their "
	                   "sources):\n",
	        stdout);
	print_rest(profile);
}

/* ---- the command ---- */

static void print_json(struct profile *profile)
{
	struct json json;
	const char *whole = config_as_json(profile->config);
	json_start(&json, stdout);
	json_object(&json);
	json_put_text(&json, "name", profile->name);
	json_put_text(&json, "driver", profile->driver_name);
	json_put_text(&json, "driver_summary", profile->driver->summary);
	json_put_bool(&json, "simulation", profile->simulation);
	json_put_text(&json, "line", profile->line);
	json_put_bool(&json, "dtr", profile->dtr);
	json_put_bool(&json, "rts", profile->rts);
	json_put_number(&json, "poll_every_s", profile->poll_every_s);
	json_put_number(&json, "timeout_s", profile->timeout_s);
	json_key(&json, "profile");
	json_raw(&json, whole != NULL ? whole : "null");
	json_end(&json);
	putchar('\n');
}

int instrument_show(int argc, char **argv)
{
	static const struct argp argp = {
		.args_doc = "MODEL",
		.doc = "Everything known of a model of instrument: line, blocks, "
		       "channels with unit, range and accuracy, what its states mean, "
		       "and the source of each. MODEL is a name of instrument list, or "
		       "what the type plate says.",
	};
	struct common common;
	struct problem why = { .exit = EXIT_NO_FILE };
	struct profile *profile;
	char folder[PATH_MAX];
	int first = common_parse(&common, &argp, NULL, argc, argv);
	if (argc - first != 1 || common.format == TABLE_CSV) {
		problem_set(&why, REFUSED, EXIT_USAGE,
		        "write: quantrac instrument show MODEL [--json]");
		return common_fail("instrument show", &why);
	}
	instrument_folder(&common, folder);
	if (instrument_find(&profile, argv[first], folder, &why) != OK)
		return common_fail("instrument show", &why);
	if (common.format == TABLE_JSON)
		print_json(profile);
	else
		instrument_print(profile, common_vietnamese(&common));
	profile_free(profile);
	return 0;
}
