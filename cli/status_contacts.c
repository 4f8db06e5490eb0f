/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac status --contacts: contacts, maintenance that is on, how much of it there was today, and the sampler.  People read sentences,
 * programs a column for each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/contacts.h"
#include "cli/status.h"
#include "sensors/station/inputs.h"
#include "sensors/station/maintenance_day.h"

static const struct table_column columns[] = {
	{ .name = "station" },
	{ .name = "what" }, /* input, maintenance, maintenance today, sampler */
	{ .name = "kind" }, /* of an input */
	{ .name = "id" },
	{ .name = "name" },
	{ .name = "state" },
	{ .name = "since" },
	{ .name = "until" },
	{ .name = "instruments" },
	{ .name = "bottles" },
	{ .name = "bottles_used" },
	{ .name = "bottles_left" },
	{ .name = "bottles_used_today" },
	{ .name = "bottles_left_today" },
	{ .name = "last" }, /* what the sampler did last, and when */
	{ .name = "last_at" },
	{ .name = "text" },    /* of the record */
	{ .name = "today_s" }, /* maintenance of the day */
	{ 0 },
};
enum { BOTTLES = 7 };

static const struct table_column people[] = {
	{ .name = "contact" },
	{ .name = "state" },
	{ .name = "since" },
	{ .name = "until" },
	{ .name = "text", .title = "MORE" },
	{ 0 },
};
static const char *const people_vi[] = { "TIẾP ĐIỂM", "TRẠNG THÁI", "TỪ LÚC", "ĐẾN LÚC",
	"CHI TIẾT" };

struct showing {
	struct table *table;
	const struct live_view *view;
	const struct station *station;
	bool people, vi;
};

static void put_time(const struct showing *showing, int64_t time_us)
{
	if (time_us == 0)
		table_empty(showing->table);
	else
		table_time(showing->table,
		        showing->people ? time_us - time_us % US_PER_S : time_us);
}

static void put_empty(const struct showing *showing, int n)
{
	for (int i = 0; i < n; i++)
		table_empty(showing->table);
}

/* What programs find before the state. */
static void put_head(const struct showing *showing, const char *what, const char *kind,
        const char *id)
{
	table_text(showing->table, showing->view->station);
	table_text(showing->table, what);
	table_text(showing->table, kind);
	table_text(showing->table, id);
}

static void show_input(const struct showing *showing, const struct input_setting *input)
{
	struct table *table = showing->table;
	const struct live_state *told = contact_told(showing->view, input->id);
	const struct word *word = contact_state(told);
	bool unknown = told != NULL && strcmp(told->state, "unknown") == 0;
	if (showing->people) {
		table_text(
		        table, contact_name(showing->station, input->id, showing->vi));
		table_text(table, showing->vi ? word->vi : word->en);
	} else {
		put_head(showing, "input", input_kinds[input->kind], input->id);
		table_text(table, input->name);
		table_text(table, told != NULL ? told->state : NULL);
	}
	put_time(showing, told != NULL ? told->time_us : 0);
	put_empty(showing, showing->people ? 1 : 2 + BOTTLES);
	table_text(
	        table, unknown || (told != NULL && !showing->people) ? told->text : "");
	put_empty(showing, !showing->people);
	table_row(table);
}

static void show_maintenance(
        const struct showing *showing, const struct live_maintenance *one)
{
	struct table *table = showing->table;
	const char *key = contact_key(one, showing->station, showing->vi);
	char name[200];
	snprintf(name, sizeof name, "%s%s%s%s", showing->vi ? "Bảo trì" : "Maintenance",
	        key != NULL ? " (" : "", key != NULL ? key : "",
	        key != NULL ? ")" : "");
	if (showing->people) {
		table_text(table, name);
		table_text(table, showing->vi ? "bật" : "on");
	} else {
		put_head(showing, "maintenance", NULL, one->id);
		table_text(table, key);
		table_text(table, "on");
	}
	put_time(showing, one->since_us);
	put_time(showing, one->until_us);
	table_text(table, contact_instruments(one, showing->people && showing->vi));
	if (!showing->people)
		put_empty(showing, BOTTLES + 2);
	table_row(table);
}

static bool is_long(const struct live_today *one)
{
	return one->today_us > MAINTENANCE_DAY_MOST_US;
}

/* One row for people, however many there are: "cod 4 h 10 min, more than 4 h; tss 20
 * min". */
static void tell_today(const struct showing *showing)
{
	const struct live_view *view = showing->view;
	char *text = NULL;
	size_t n;
	bool any_long = false;
	FILE *out = open_memstream(&text, &n);
	for (size_t i = 0; out != NULL && i < view->n_today; i++) {
		const struct live_today *one = &view->today[i];
		long long min = (long long)(one->today_us / US_PER_MIN);
		fprintf(out,
		        showing->vi ? "%s%s %lld giờ %lld phút%s"
		                    : "%s%s %lld h %lld min%s",
		        i > 0 ? "; " : "", one->instrument, min / 60, min % 60,
		        !is_long(one) ? ""
		        : showing->vi ? ", quá 4 giờ"
		                      : ", more than 4 h");
		any_long |= is_long(one);
	}
	if (out != NULL)
		fclose(out);
	table_text(showing->table,
	        showing->vi ? "Bảo trì trong ngày" : "Maintenance today");
	table_text(showing->table, !any_long ? "" : showing->vi ? "kéo dài" : "long");
	put_empty(showing, 2);
	table_text(showing->table, text != NULL ? text : "");
	table_row(showing->table);
	free(text);
}

static void show_today(const struct showing *showing)
{
	const struct live_view *view = showing->view;
	if (showing->people && view->n_today > 0)
		tell_today(showing);
	for (size_t i = 0; i < view->n_today && !showing->people; i++) {
		const struct live_today *one = &view->today[i];
		put_head(showing, "maintenance today", NULL, one->instrument);
		table_empty(showing->table);
		table_text(showing->table, is_long(one) ? "long" : NULL);
		put_empty(showing, 2);
		table_text(showing->table, one->instrument);
		put_empty(showing, BOTTLES + 1);
		table_integer(showing->table, one->today_us / US_PER_S);
		table_row(showing->table);
	}
}

/* "3 of 24 bottles used, ...; taken at 08:48". */
static void tell_bottles(const struct showing *showing, const struct live_sampler *one)
{
	char text[400], time[TIME_TEXT] = "";
	const struct live_state *told = sampler_told(showing->view);
	bool happened = told != NULL && watch_sampler_happened(told->state);
	const struct word *word = &(const struct word){ "", "" };
	enum tone tone;
	if (happened) {
		word = watch_sampler(told->state, &tone);
		time_print(told->time_us - told->time_us % US_PER_S,
		        (int)showing->view->offset_min, time);
	}
	snprintf(text, sizeof text,
	        showing->vi ? "đã dùng %lld trong %lld chai, còn %lld; hôm nay %lld, "
	                      "còn được lấy %lld%s%s %s"
	                    : "%lld of %lld bottles used, %lld left; today %lld, "
	                      "%lld left%s%s %s",
	        (long long)one->used, (long long)one->bottles,
	        (long long)bottles_left(one), (long long)one->today,
	        (long long)bottles_left_today(one), happened ? "; " : "",
	        showing->vi ? word->vi : word->en, time);
	if (!happened)
		text[strlen(text) - 1] = '\0'; /* the blank */
	table_text(showing->table, text);
}

static void put_bottles(const struct showing *showing, const struct live_sampler *one)
{
	const struct live_state *told = sampler_told(showing->view);
	table_integer(showing->table, one->bottles);
	table_integer(showing->table, one->used);
	table_integer(showing->table, bottles_left(one));
	table_integer(showing->table, one->today);
	table_integer(showing->table, bottles_left_today(one));
	table_text(showing->table, told != NULL ? told->state : NULL);
	put_time(showing, told != NULL ? told->time_us : 0);
	table_text(showing->table, told != NULL ? told->text : NULL);
}

static void show_sampler(const struct showing *showing, const struct live_sampler *one)
{
	static const struct word words[] = { { "không kích hoạt", "not armed" },
		{ "đã kích hoạt", "armed" } };
	const struct word *word = &words[one->armed];
	if (showing->people) {
		table_text(showing->table,
		        showing->vi ? "Lấy mẫu tự động" : "Automatic sampler");
		table_text(showing->table, showing->vi ? word->vi : word->en);
	} else {
		put_head(showing, "sampler", NULL, "sampler");
		table_empty(showing->table);
		table_text(showing->table, word->en);
	}
	put_empty(showing, showing->people ? 2 : 3);
	if (showing->people)
		tell_bottles(showing, one);
	else
		put_bottles(showing, one);
	put_empty(showing, !showing->people);
	table_row(showing->table);
}

bool status_has_contacts(const struct live_view *view, const struct station *station)
{
	return station->cabinet.n_inputs > 0 || view->n_maintenance > 0 ||
	       view->n_today > 0 || view->n_samplers > 0;
}

void status_contacts(const struct live_view *view, const struct station *station,
        const struct common *common)
{
	struct table_column shown[sizeof columns / sizeof columns[0]];
	struct showing showing = { .view = view,
		.station = station,
		.people = common->format == TABLE_TEXT,
		.vi = common_vietnamese(common) };
	if (showing.people && !status_has_contacts(view, station)) {
		puts(showing.vi ? "cấu hình không có `inputs`, không có bộ lấy mẫu"
		                : "the configuration has no inputs and no sampler");
		return;
	}
	if (showing.people)
		status_headings(people, people_vi, showing.vi, shown);
	showing.table = table_new(stdout, (enum table_format)common->format,
	        showing.people ? shown : columns, (int)view->offset_min);
	for (size_t i = 0; i < station->cabinet.n_inputs; i++)
		show_input(&showing, &station->cabinet.input[i]);
	for (size_t i = 0; i < view->n_maintenance; i++)
		show_maintenance(&showing, &view->maintenance[i]);
	show_today(&showing);
	for (size_t i = 0; i < view->n_samplers; i++)
		show_sampler(&showing, &view->sampler[i]);
	table_end(showing.table);
}
