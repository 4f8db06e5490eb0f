/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac instrument list | show MODEL: what is known of instruments. */
#include "cli/instrument.h"
#include "cli/status.h"

#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/commands.h"
#include "cli/verbs.h"
#include "sensors/station/station.h"

#define TEXT_MOST 40 /* bytes of a model, and of channels, in the list for people */

// clang-format off
static const struct verb verbs[] = {
	{ "list", instrument_list, "[WORD...]", "the models that are known",                 "các kiểu thiết bị đã biết" },
	{ "show", instrument_show, "MODEL", "everything known of one, with its sources", "mọi thông tin của một kiểu, kèm nguồn" },
	{ 0 },
};
// clang-format on

int command_instrument(int argc, char **argv)
{
	return verb_dispatch("instrument", verbs, argc, argv);
}

/* ---- finding ---- */

const char *instrument_folder(const struct common *common, char out[PATH_MAX])
{
	struct station *station;
	struct problem why;
	out[0] = '\0';
	if (station_read(&station, common->config, NULL, &why) != OK)
		return out;
	if (station->profiles[0] != '\0')
		station_path(station, station->profiles, out, PATH_MAX);
	station_free(station);
	return out;
}

/* ---- list ---- */

static const struct table_column columns[] = {
	{ .name = "name" },
	{ .name = "maker" },
	{ .name = "model" },
	{ .name = "driver" },
	{ .name = "line", .wide = true },
	{ .name = "address", .wide = true },
	{ .name = "channels" },
	{ .name = "simulation", .wide = true },
	{ .name = "summary", .wide = true },
	{ .name = "folder", .wide = true },
	{ 0 },
};

static const char *const headings_vi[] = { "TÊN", "HÃNG", "KIỂU", "GIAO THỨC",
	"ĐƯỜNG TRUYỀN", "ĐỊA CHỈ", "KÊNH", "MÔ PHỎNG", "MÔ TẢ", "THƯ MỤC" };

static char *channels_text(const struct profile *profile)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	for (size_t i = 0; out != NULL && i < profile->n_channels; i++)
		fprintf(out, "%s%s", i > 0 ? " " : "", profile->channel[i].about.name);
	if (out != NULL)
		fclose(out);
	return text;
}

/* A line of the list must fit on a screen. */
static const char *shortened(const char *text, char out[TEXT_MOST + 4])
{
	size_t n = TEXT_MOST;
	if (text == NULL || strlen(text) <= TEXT_MOST)
		return text;
	while (((unsigned char)text[n] & 0xc0) == 0x80)
		n--; /* not within a character */
	snprintf(out, TEXT_MOST + 4, "%.*s...", (int)n, text);
	return out;
}

/* NULL: its driver has no addresses, or the factory gives none. */
static const char *factory_address(const struct profile *profile)
{
	return profile->address != NULL && profile->address[0] != '\0'
	               ? profile->address
	               : NULL;
}

static void row(struct table *table, const struct profile *profile, const char *folder,
        const struct common *common)
{
	char *channels = channels_text(profile), maker[128], model[TEXT_MOST + 4];
	char names[TEXT_MOST + 4];
	bool people = common->format == TABLE_TEXT;
	snprintf(maker, sizeof maker, "%s%s", profile->maker,
	        people && profile->simulation
	                ? (common_vietnamese(common) ? " (mô phỏng)" : " (simulation)")
	                : "");
	table_text(table, profile->name);
	table_text(table, maker);
	table_text(table, people ? shortened(profile->model, model) : profile->model);
	table_text(table, profile->driver_name);
	table_text(table, profile->line);
	if (profile->driver->modbus)
		table_integer(table, profile->slave);
	else
		table_text(table, factory_address(profile));
	table_text(table, people ? shortened(channels, names) : channels);
	table_text(table, profile->simulation ? "yes" : "no");
	table_text(table, profile->summary);
	table_text(table, folder);
	table_row(table);
	free(channels);
}

static bool named(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* The table is begun with its first row: there is none of what is not there. */
struct listing {
	struct table *table;
	const struct common *common;
	char **word;         /* ended by NULL: only what has them all */
	const char **hidden; /* the station's own, which come before those shipped */
	size_t broken;       /* files that cannot be read */
	struct table_column shown[sizeof columns / sizeof columns[0]];
};

static bool is_asked(const struct listing *listing, const struct profile *profile)
{
	for (char **word = listing->word; *word != NULL; word++)
		if (!instrument_is(profile, *word))
			return false;
	return true;
}

static void list_one(struct listing *listing, const char *folder, const char *name)
{
	char path[PATH_MAX];
	struct profile *profile;
	struct problem why;
	snprintf(path, sizeof path, "%s/%s.yaml", folder, name);
	if (profile_read(&profile, path, NULL, &why) != OK) {
		fprintf(stderr, "quantrac instrument list: %s\n", why.text);
		listing->broken++;
		return;
	}
	if (is_asked(listing, profile)) {
		if (listing->table == NULL)
			listing->table = table_new(stdout,
			        (enum table_format)listing->common->format,
			        listing->shown, OFFSET_VIETNAM);
		row(listing->table, profile, folder, listing->common);
	}
	profile_free(profile);
}

/* A folder without a profile is told, with the cure. */
static void list_folder(struct listing *listing, const char *folder, bool shipped)
{
	size_t n, n_hidden = 0;
	bool vi = common_vietnamese(listing->common);
	const char **names = profile_names(folder, &n);
	while (shipped && listing->hidden != NULL && listing->hidden[n_hidden] != NULL)
		n_hidden++;
	for (size_t i = 0; names != NULL && i < n; i++)
		if (!named(listing->hidden, n_hidden, names[i]))
			list_one(listing, folder, names[i]);
	free(names);
	if (names != NULL && n > 0)
		return;
	listing->broken++;
	fprintf(stderr,
	        shipped ? (vi ? "quantrac instrument list: %s: %s; hãy cài lại "
	                        "quantrac, "
	                        "hoặc đặt QUANTRAC_PROFILES là thư mục chứa hồ sơ "
	                        "thiết "
	                        "bị\n"
	                      : "quantrac instrument list: %s: %s; install quantrac "
	                        "again, or set QUANTRAC_PROFILES to the folder of the "
	                        "profiles\n")
	                : (vi ? "quantrac instrument list: %s: %s; hãy tạo thư mục và "
	                        "chép hồ sơ vào đó, hoặc bỏ `profiles` khỏi cấu hình\n"
	                      : "quantrac instrument list: %s: %s; make the folder and "
	                        "put profiles there, or leave `profiles` out of the "
	                        "configuration\n"),
	        folder,
	        names == NULL ? (vi ? "không có thư mục này, hoặc không đọc được"
	                            : "is not there, or cannot be read")
	                      : (vi ? "không có hồ sơ thiết bị nào (*.yaml)"
	                            : "holds no profile (*.yaml)"));
}

/* No model has the words: those that are written nearly so. */
static int none(const struct listing *listing, const char *folder)
{
	struct problem why;
	bool vi = common_vietnamese(listing->common);
	const char *word = listing->word[0];
	char near[512] = "";
	bool is = instrument_nearest(word, folder, near, sizeof near);
	problem_set(&why, NOT_FOUND, EXIT_NO_FILE,
	        vi ? "không có kiểu thiết bị nào có '%s'%s%s%s%s"
	           : "no model has '%s'%s%s%s%s",
	        word, listing->word[1] != NULL ? " ..." : "",
	        !is  ? ""
	        : vi ? ", gần nhất là: "
	             : "; the nearest: ",
	        near,
	        is   ? ""
	        : vi ? "; bỏ từ tìm để xem tất cả"
	             : "; without a word all are listed");
	return common_fail("instrument list", &why);
}

int instrument_list(int argc, char **argv)
{
	static const struct argp argp = {
		.args_doc = "[WORD...]",
		.doc = "The models of instruments that are known: those shipped, and "
		       "those in the folder that the configuration names. With WORDs "
		       "those whose name, maker or model has them: thermo, 42i.",
	};
	struct common common;
	char own[PATH_MAX];
	size_t n;
	int first = common_parse(&common, &argp, NULL, argc, argv);
	struct listing listing = { .common = &common, .word = argv + first };
	status_headings(columns, headings_vi,
	        common.format == TABLE_TEXT && common_vietnamese(&common),
	        listing.shown);
	instrument_folder(&common, own);
	listing.hidden = own[0] != '\0' ? profile_names(own, &n) : NULL;
	if (own[0] != '\0')
		list_folder(&listing, own, false);
	list_folder(&listing, profile_folder(), true);
	free(listing.hidden);
	if (listing.table != NULL)
		table_end(listing.table);
	else if (listing.word[0] != NULL && listing.broken == 0)
		return none(&listing, own);
	return listing.broken > 0 ? EXIT_CONFIG : 0;
}
