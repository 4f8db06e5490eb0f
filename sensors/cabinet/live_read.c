/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/cabinet/live.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

// clang-format off
#define AT(member) offsetof(struct live_channel, member)
static const struct field channel_fields[] = {
	{ "instrument", FIELD_TEXT, AT(instrument), .required = true },
	{ "channel", FIELD_TEXT, AT(channel), .required = true },
	{ "label_vi", FIELD_TEXT, AT(label_vi), .fallback = "" },
	{ "label_en", FIELD_TEXT, AT(label_en), .fallback = "" },
	{ "unit", FIELD_TEXT, AT(unit), .fallback = "" },
	{ "decimals", FIELD_INTEGER, AT(decimals), .fallback = "-1" },
	{ "state", FIELD_TEXT, AT(state), .required = true },
	{ "value", FIELD_NUMBER, AT(value), .required = false },
	{ "value_us", FIELD_INTEGER, AT(value_us), .fallback = "0" },
	{ "time_us", FIELD_INTEGER, AT(time_us), .fallback = "0" },
	{ "ok_percent", FIELD_NUMBER, AT(ok_percent), .required = false },
	{ "result_every_s", FIELD_NUMBER, AT(result_every_s), .required = false },
	{ 0 },
};
#undef AT
static const struct section channel_section = {
	"channel", sizeof(struct live_channel), channel_fields, NULL };

#define AT(member) offsetof(struct live_state, member)
static const struct field told_fields[] = {
	{ "subject", FIELD_TEXT, AT(subject), .required = true },
	{ "state", FIELD_TEXT, AT(state), .required = true },
	{ "text", FIELD_TEXT, AT(text), .fallback = "" },
	{ "time_us", FIELD_INTEGER, AT(time_us), .required = true },
	{ 0 },
};
#undef AT
static const struct section told_section = { "state", sizeof(struct live_state), told_fields, NULL };

#define AT(member) offsetof(struct live_counts, member)
#define COUNT(name) { #name, FIELD_INTEGER, AT(name), .fallback = "0" }
static const struct field counts_fields[] = {
	{ "instrument", FIELD_TEXT, AT(instrument), .required = true },
	{ "port", FIELD_TEXT, AT(port), .fallback = "" },
	{ "as", FIELD_TEXT, AT(as), .fallback = "" },
	COUNT(requests), COUNT(answers), COUNT(timeouts), COUNT(checksum),
	COUNT(malformed), COUNT(exceptions), COUNT(noise), COUNT(late), COUNT(echoes),
	COUNT(reconnects), COUNT(overruns), COUNT(readings),
	{ 0 },
};
#undef AT
static const struct section counts_section = {
	"instrument", sizeof(struct live_counts), counts_fields, NULL };

#define AT(member) offsetof(struct live_maintenance, member)
static const struct field maintenance_fields[] = {
	{ "id", FIELD_TEXT, AT(id), .required = true },
	{ "instruments", FIELD_TEXT, AT(instruments), .fallback = "" },
	{ "since_us", FIELD_INTEGER, AT(since_us), .required = true },
	{ "until_us", FIELD_INTEGER, AT(until_us), .required = true },
	{ 0 },
};
#undef AT
static const struct section maintenance_section = {
	"maintenance", sizeof(struct live_maintenance), maintenance_fields, NULL };

#define AT(member) offsetof(struct live_today, member)
static const struct field today_fields[] = {
	{ "instrument", FIELD_TEXT, AT(instrument), .required = true },
	{ "today_us", FIELD_INTEGER, AT(today_us), .required = true },
	{ 0 },
};
#undef AT
static const struct section today_section = {
	"maintenance_today", sizeof(struct live_today), today_fields, NULL };

#define AT(member) offsetof(struct live_sampler, member)
static const struct field sampler_fields[] = {
	{ "armed", FIELD_BOOLEAN, AT(armed), .required = true },
	{ "bottles", FIELD_INTEGER, AT(bottles), .required = true },
	{ "used", FIELD_INTEGER, AT(used), .required = true },
	{ "most_a_day", FIELD_INTEGER, AT(most_a_day), .required = true },
	{ "today", FIELD_INTEGER, AT(today), .required = true },
	{ 0 },
};
#undef AT
static const struct section sampler_part = {
	"sampler", sizeof(struct live_sampler), sampler_fields, NULL };

#define AT(member) offsetof(struct live_view, member)
static const struct field view_fields[] = {
	{ "station", FIELD_TEXT, AT(station), .required = true },
	{ "zone", FIELD_TEXT, AT(zone), .fallback = "" },
	{ "name", FIELD_TEXT, AT(name), .fallback = "" },
	{ "simulated", FIELD_BOOLEAN, AT(simulated), .fallback = "no" },
	{ "running", FIELD_BOOLEAN, AT(running), .required = true },
	{ "pid", FIELD_INTEGER, AT(pid), .fallback = "0" },
	{ "offset_min", FIELD_INTEGER, AT(offset_min), .fallback = "420" },
	{ "written_us", FIELD_INTEGER, AT(written_us), .required = true },
	{ "mono_us", FIELD_INTEGER, AT(mono_us), .required = true },
	{ "boot", FIELD_TEXT, AT(boot), .required = true },
	{ "link", FIELD_TEXT, AT(link), .fallback = "none" },
	{ "committed", FIELD_INTEGER, AT(committed), .fallback = "0" },
	{ "acked", FIELD_INTEGER, AT(acked), .fallback = "0" },
	{ "acked_us", FIELD_INTEGER, AT(acked_us), .fallback = "0" },
	{ "lost", FIELD_INTEGER, AT(lost), .fallback = "0" },
	{ "waiting", FIELD_INTEGER, AT(waiting), .fallback = "0" },
	{ "unreadable", FIELD_INTEGER, AT(unreadable), .fallback = "0" },
	{ "journal", FIELD_TEXT, AT(journal), .fallback = "disk" },
	{ "states", FIELD_SECTIONS, AT(told), AT(n_states), .section = &told_section },
	{ "instruments", FIELD_SECTIONS, AT(counts), AT(n_instruments),
	  .section = &counts_section },
	{ "maintenance", FIELD_SECTIONS, AT(maintenance), AT(n_maintenance),
	  .section = &maintenance_section },
	{ "maintenance_today", FIELD_SECTIONS, AT(today), AT(n_today),
	  .section = &today_section },
	{ "sampler", FIELD_SECTIONS, AT(sampler), AT(n_samplers), .section = &sampler_part },
	{ "channels", FIELD_SECTIONS, AT(channel), AT(n_channels),
	  .section = &channel_section },
	{ 0 },
};
#undef AT
// clang-format on

static const struct section view_section = { "state", sizeof(struct live_view),
	view_fields, NULL };

/* Written in this boot, and lately: the monotonic clock is not fooled by a clock put right. */
static bool is_current(const struct live_view *view, const struct moment *now)
{
	char boot[17];
	snprintf(boot, sizeof boot, "%016llx", (unsigned long long)now->boot);
	return view->running && strcmp(view->boot, boot) == 0 &&
	       now->mono_us - view->mono_us < LIVE_STALE_US;
}

static int read_file(struct live_view *out, const char *path, const struct moment *now,
        struct problem *why)
{
	memset(out, 0, sizeof *out);
	int status = config_read(&out->config, path, &view_section, out, NULL);
	if (status == NOT_FOUND)
		problem_set(why, NOT_FOUND, EXIT_NO_DAEMON,
		        "no quantrac-sensord has written %s: start it "
		        "(quantrac-sensord "
		        "--config FILE; where it is installed: systemctl start "
		        "quantrac-sensord), or name its configuration with --config",
		        path);
	else if (status != OK)
		problem_set(why, status, EXIT_DAMAGED, "%s cannot be read: %s", path,
		        config_first_error(out->config));
	else if (!is_current(out, now))
		status = problem_set(why, REFUSED, EXIT_NO_DAEMON,
		        "quantrac-sensord is not running: %s is what it left; start it "
		        "(quantrac-sensord --config FILE; where it is installed: "
		        "systemctl start quantrac-sensord)",
		        path);
	if (status != OK)
		live_view_free(out);
	return status;
}

int live_read(struct live_view *out, const char *path, const char *station,
        const struct moment *now, struct problem *why)
{
	char elsewhere[PATH_MAX];
	live_elsewhere(path, station, elsewhere, sizeof elsewhere);
	if (read_file(out, elsewhere, now, NULL) == OK)
		return OK;
	return read_file(out, path, now, why);
}

void live_view_free(struct live_view *view)
{
	config_free(view->config);
	memset(view, 0, sizeof *view);
}
