/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the collector of an archive sees, as it wrote it into collectd.json. */
#include "cli/status_archive.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/collector_state.h"
#include "base/config.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "cli/status.h"

#define MOST (1u << 20)

struct seen_station {
	const char *station, *problem, *version;
	bool connected;
	int64_t heard_us, record_us, records, not_taken;
	double ahead_s;
};

struct seen_round {
	int64_t began_us, ended_us, files, damaged, restored, journals_damaged;
};

struct seen {
	int64_t time_us;
	bool ended;
	struct {
		const char *problem;
	} sealing;
	struct {
		struct seen_round round, last;
		const char *problem;
	} scrub;
	struct seen_station *station;
	size_t n;
};

#define STATION(member) offsetof(struct seen_station, member)
static const struct field station_fields[] = {
	{ .key = "station", .type = FIELD_TEXT, .at = STATION(station) },
	{ .key = "connected", .type = FIELD_BOOLEAN, .at = STATION(connected) },
	{ .key = "heard", .type = FIELD_TIME, .at = STATION(heard_us) },
	{ .key = "last_record", .type = FIELD_TIME, .at = STATION(record_us) },
	{ .key = "records", .type = FIELD_INTEGER, .at = STATION(records) },
	{ .key = "not_taken", .type = FIELD_INTEGER, .at = STATION(not_taken) },
	{ .key = "clock_ahead_s", .type = FIELD_NUMBER, .at = STATION(ahead_s) },
	{ .key = "version", .type = FIELD_TEXT, .at = STATION(version) },
	{ .key = "problem", .type = FIELD_TEXT, .at = STATION(problem) },
	{ 0 },
};
static const struct section station_section = { "station", sizeof(struct seen_station),
	station_fields, NULL };

#define ROUND(member) offsetof(struct seen_round, member)
static const struct field round_fields[] = {
	{ .key = "began", .type = FIELD_TIME, .at = ROUND(began_us) },
	{ .key = "ended", .type = FIELD_TIME, .at = ROUND(ended_us) },
	{ .key = "files", .type = FIELD_INTEGER, .at = ROUND(files) },
	{ .key = "damaged", .type = FIELD_INTEGER, .at = ROUND(damaged) },
	{ .key = "restored", .type = FIELD_INTEGER, .at = ROUND(restored) },
	{ .key = "journals_damaged",
	        .type = FIELD_INTEGER,
	        .at = ROUND(journals_damaged) },
	{ 0 },
};
static const struct section round_section = { "round", sizeof(struct seen_round),
	round_fields, NULL };

#define SEEN(member)  offsetof(struct seen, member)
#define SCRUB(member) (SEEN(scrub.member) - SEEN(scrub))
static const struct field scrub_fields[] = {
	{ .key = "round",
	        .type = FIELD_SECTION,
	        .at = SCRUB(round),
	        .section = &round_section },
	{ .key = "last",
	        .type = FIELD_SECTION,
	        .at = SCRUB(last),
	        .section = &round_section },
	{ .key = "problem", .type = FIELD_TEXT, .at = SCRUB(problem) },
	{ 0 },
};
static const struct section scrub_section = { "scrub", sizeof((struct seen *)0)->scrub,
	scrub_fields, NULL };

static const struct field sealing_fields[] = {
	{ .key = "problem", .type = FIELD_TEXT },
	{ 0 },
};
static const struct section sealing_section = { "sealing",
	sizeof((struct seen *)0)->sealing, sealing_fields, NULL };

static const struct field seen_fields[] = {
	{ .key = "time", .type = FIELD_TIME, .at = SEEN(time_us) },
	{ .key = "ended", .type = FIELD_BOOLEAN, .at = SEEN(ended) },
	{ .key = "sealing",
	        .type = FIELD_SECTION,
	        .at = SEEN(sealing),
	        .section = &sealing_section },
	{ .key = "scrub",
	        .type = FIELD_SECTION,
	        .at = SEEN(scrub),
	        .section = &scrub_section },
	{ .key = "stations",
	        .type = FIELD_SECTIONS,
	        .at = SEEN(station),
	        .count_at = SEEN(n),
	        .section = &station_section },
	{ 0 },
};
static const struct section seen_section = { "collectd.json", sizeof(struct seen),
	seen_fields, NULL };

static const struct table_column columns[] = {
	{ .name = "station" },
	{ .name = "connected" },
	{ .name = "heard" },
	{ .name = "last_record", .title = "LAST RECORD" },
	{ .name = "records", .right = true },
	{ .name = "not_taken", .title = "NOT TAKEN", .right = true },
	{ .name = "clock_ahead_s", .title = "CLOCK AHEAD S", .right = true },
	{ .name = "problem" },
	{ .name = "collecting", .wide = true },
	{ .name = "as_of", .wide = true },
	{ 0 },
};

static const char *const headings_vi[] = { "TRẠM", "KẾT NỐI", "NHẬN TIN LÚC",
	"BẢN GHI CUỐI", "SỐ BẢN GHI", "KHÔNG NHẬN", "ĐỒNG HỒ NHANH S", "VẤN ĐỀ",
	"ĐANG THU", "TÍNH ĐẾN" };

static void put_time(struct table *table, int64_t time_us)
{
	if (time_us > 0)
		table_time(table, time_us / US_PER_S * US_PER_S);
	else
		table_empty(table);
}

static int print_stations(
        const struct seen *seen, const struct common *common, int offset_min, bool runs)
{
	bool vi = common->format == TABLE_TEXT && common_vietnamese(common);
	const char *yes = vi ? "có" : "yes", *no = vi ? "không" : "no";
	struct table_column shown[sizeof columns / sizeof columns[0]];
	status_headings(columns, headings_vi, vi, shown);
	struct table *table =
	        table_new(stdout, (enum table_format)common->format, shown, offset_min);
	for (size_t i = 0; i < seen->n; i++) {
		const struct seen_station *one = &seen->station[i];
		table_text(table, one->station);
		table_text(table, runs && one->connected ? yes : no);
		put_time(table, one->heard_us);
		put_time(table, one->record_us);
		table_integer(table, one->records);
		table_integer(table, one->not_taken);
		table_number(table, one->ahead_s, 3);
		table_text(table, one->problem);
		table_text(table, runs ? yes : no);
		put_time(table, seen->time_us);
		table_row(table);
	}
	return table_end(table);
}

/* To the second. */
static const char *when(int64_t time_us, int offset_min, char out[TIME_TEXT])
{
	return time_print(time_us / US_PER_S * US_PER_S, offset_min, out);
}

static void print_scrub(const struct seen *seen, int offset_min, bool vi)
{
	char text[TIME_TEXT];
	const char *title = vi ? "kiểm tra lại kho" : "scrub";
	const struct seen_round *last = &seen->scrub.last, *now = &seen->scrub.round;
	if (last->ended_us > 0)
		printf(vi ? "%s: lượt trọn vẹn gần nhất kết thúc lúc %s: số tệp %lld, "
		            "bị "
		            "hỏng %lld, lập lại %lld, nhật ký bị hỏng %lld\n"
		          : "%s: last whole round ended %s: files %lld, damaged %lld, "
		            "made again %lld, damaged journals %lld\n",
		        title, when(last->ended_us, offset_min, text),
		        (long long)last->files, (long long)last->damaged,
		        (long long)last->restored, (long long)last->journals_damaged);
	else
		printf(vi ? "%s: chưa có lượt trọn vẹn nào\n"
		          : "%s: no whole round yet\n",
		        title);
	if (now->began_us > 0 && now->ended_us <= 0)
		printf(vi ? "%s: đang kiểm tra từ %s: số tệp %lld, bị hỏng %lld\n"
		          : "%s: under way since %s: files %lld, damaged %lld\n",
		        title, when(now->began_us, offset_min, text),
		        (long long)now->files, (long long)now->damaged);
	if (seen->scrub.problem != NULL && seen->scrub.problem[0] != '\0')
		printf("%s: %s\n", title, seen->scrub.problem);
}

static void print_foot(
        const struct seen *seen, int offset_min, enum collector_state state, bool vi)
{
	static const struct {
		const char *words[2], *cure[2];
	} said[] = {
		[COLLECTOR_RUNS] = { { "runs; as of", "đang chạy; tính đến" },
		        { "", "" } },
		[COLLECTOR_MUTE] = { { "runs, but has not written its state since",
		                             "đang chạy, nhưng không ghi trạng thái kể "
		                             "từ" },
		        { ": is the archive's disk full? Its log says why",
		                ": đĩa của kho lưu trữ đã đầy? Nhật ký chương trình "
		                "cho biết nguyên nhân" } },
		[COLLECTOR_AWAY] = { { "NOT RUNNING, nobody collects now; its last "
		                       "state is of",
		                             "KHÔNG CHẠY, không ai thu nhận số liệu; "
		                             "trạng thái cuối lúc" },
		        { "", "" } },
	};
	char text[TIME_TEXT];
	printf("%s: %s %s%s\n", vi ? "máy chủ nhận" : "collector",
	        said[state].words[vi], when(seen->time_us, offset_min, text),
	        said[state].cure[vi]);
	if (seen->sealing.problem != NULL && seen->sealing.problem[0] != '\0')
		printf("%s: %s\n", vi ? "chốt số liệu" : "sealing",
		        seen->sealing.problem);
	print_scrub(seen, offset_min, vi);
}

int status_archive(const struct common *common, int offset_min, struct problem *why)
{
	char path[4200], *text;
	size_t n;
	struct seen seen = { 0 };
	struct config *config;
	snprintf(path, sizeof path, "%.4096s/collectd.json", common->archive);
	if (file_read(path, MOST, &text, &n) != OK)
		return problem_set(why, NOT_FOUND, EXIT_NO_DAEMON,
		        "%s: is not there; no quantrac-collectd has run on this "
		        "archive (quantrac status --gaps needs none)",
		        path);
	/* keys this program does not know are no fault: the rest is filled */
	config_read_text(&config, text, n, path, &seen_section, &seen, NULL);
	int status = seen.time_us > 0 ? OK : MALFORMED;
	enum collector_state state = collector_state(
	        common->archive, seen.ended, common_now() - seen.time_us);
	if (status == OK)
		status = print_stations(
		        &seen, common, offset_min, state != COLLECTOR_AWAY);
	if (status == OK && common->format == TABLE_TEXT && !common->quiet)
		print_foot(&seen, offset_min, state, common_vietnamese(common));
	config_free(config);
	free(text);
	if (status == MALFORMED)
		problem_set(why, MALFORMED, EXIT_DAMAGED, "%s: is damaged", path);
	return status;
}
