/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/cabinet/cabinet_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/json.h"

/* ---- reading ---- */

/* As the file has it; numbers of 64 bits are hexadecimal texts there. */
struct read_moment {
	const char *boot;
	int64_t time_us, mono_us;
};
struct read_maintenance {
	const char *id, *boot;
	bool on, spent;
	int64_t time_us, mono_us;
};
struct read_day {
	const char *instrument, *boot;
	int64_t day_us, total_us, first_us;
	bool told;
};
struct read_file {
	const char *boot, *wtmp_inode;
	bool ended_well;
	int64_t wtmp_at;
	int64_t day, today, used;
	bool episode_spent, doubtful, doubt_told;
	struct read_moment last;
	const char *taken_boot;
	int64_t taken_us;
	size_t n;
	struct read_maintenance *one;
	size_t n_days;
	struct read_day *day_of;
	struct read_moment counted;
	const char *instrument, *what, *by;
};

// clang-format off
#define AT(member) offsetof(struct read_maintenance, member)
static const struct field maintenance_fields[] = {
	{ .key = "id", .type = FIELD_TEXT, .at = AT(id), .required = true },
	{ .key = "on", .type = FIELD_BOOLEAN, .at = AT(on), .required = true },
	{ .key = "spent", .type = FIELD_BOOLEAN, .at = AT(spent), .required = true },
	{ .key = "boot", .type = FIELD_TEXT, .at = AT(boot), .required = true },
	{ .key = "time_us", .type = FIELD_INTEGER, .at = AT(time_us), .required = true },
	{ .key = "mono_us", .type = FIELD_INTEGER, .at = AT(mono_us), .required = true },
	{ 0 },
};
#undef AT
static const struct section maintenance_section = {
	"maintenance", sizeof(struct read_maintenance), maintenance_fields, NULL };

#define AT(member) offsetof(struct read_day, member)
static const struct field day_fields[] = {
	{ .key = "instrument", .type = FIELD_TEXT, .at = AT(instrument), .required = true },
	{ .key = "day_us", .type = FIELD_INTEGER, .at = AT(day_us), .required = true },
	{ .key = "total_us", .type = FIELD_INTEGER, .at = AT(total_us), .required = true },
	{ .key = "boot", .type = FIELD_TEXT, .at = AT(boot), .required = true },
	{ .key = "first_us", .type = FIELD_INTEGER, .at = AT(first_us), .required = true },
	{ .key = "told", .type = FIELD_BOOLEAN, .at = AT(told), .required = true },
	{ 0 },
};
#undef AT
static const struct section day_section = {
	"days", sizeof(struct read_day), day_fields, NULL };

#define AT(member) offsetof(struct read_file, member)
static const struct field counted_fields[] = {
	{ .key = "boot", .type = FIELD_TEXT, .at = AT(counted.boot), .required = true },
	{ .key = "time_us", .type = FIELD_INTEGER, .at = AT(counted.time_us), .required = true },
	{ .key = "mono_us", .type = FIELD_INTEGER, .at = AT(counted.mono_us), .required = true },
	{ 0 },
};
static const struct section counted_part = { "counted", 0, counted_fields, NULL };

static const struct field sampler_fields[] = {
	{ .key = "day", .type = FIELD_INTEGER, .at = AT(day), .required = true },
	{ .key = "today", .type = FIELD_INTEGER, .at = AT(today), .low = 0, .high = 1e6, .required = true },
	{ .key = "used", .type = FIELD_INTEGER, .at = AT(used), .low = 0, .high = 1e6, .required = true },
	{ .key = "episode_spent", .type = FIELD_BOOLEAN, .at = AT(episode_spent), .required = true },
	{ .key = "doubtful", .type = FIELD_BOOLEAN, .at = AT(doubtful), .required = true },
	{ .key = "doubt_told", .type = FIELD_BOOLEAN, .at = AT(doubt_told), .fallback = "no" },
	{ .key = "taken_boot", .type = FIELD_TEXT, .at = AT(taken_boot) },
	{ .key = "taken_us", .type = FIELD_INTEGER, .at = AT(taken_us) },
	{ .key = "boot", .type = FIELD_TEXT, .at = AT(last.boot), .required = true },
	{ .key = "time_us", .type = FIELD_INTEGER, .at = AT(last.time_us), .required = true },
	{ .key = "mono_us", .type = FIELD_INTEGER, .at = AT(last.mono_us), .required = true },
	{ 0 },
};
static const struct section sampler_part = { "sampler", 0, sampler_fields, NULL };

static const struct field command_fields[] = {
	{ .key = "instrument", .type = FIELD_TEXT, .at = AT(instrument), .required = true },
	{ .key = "what", .type = FIELD_TEXT, .at = AT(what), .required = true },
	{ .key = "by", .type = FIELD_TEXT, .at = AT(by), .required = true },
	{ 0 },
};
static const struct section command_part = { "command", 0, command_fields, NULL };

static const struct field file_fields[] = {
	{ .key = "boot", .type = FIELD_TEXT, .at = AT(boot), .required = true },
	{ .key = "ended_well", .type = FIELD_BOOLEAN, .at = AT(ended_well), .required = true },
	{ .key = "wtmp_inode", .type = FIELD_TEXT, .at = AT(wtmp_inode), .required = true },
	{ .key = "wtmp_at", .type = FIELD_INTEGER, .at = AT(wtmp_at), .required = true },
	{ .key = "sampler", .type = FIELD_SECTION, .section = &sampler_part, .required = true },
	{ .key = "maintenance", .type = FIELD_SECTIONS, .at = AT(one), .count_at = AT(n),
	  .section = &maintenance_section },
	{ .key = "days", .type = FIELD_SECTIONS, .at = AT(day_of), .count_at = AT(n_days),
	  .section = &day_section },
	{ .key = "counted", .type = FIELD_SECTION, .section = &counted_part },
	{ .key = "command", .type = FIELD_SECTION, .section = &command_part },
	{ 0 },
};
#undef AT
// clang-format on
static const struct section file_section = { "cabinet", sizeof(struct read_file),
	file_fields, NULL };

static uint64_t number_of(const char *text)
{
	return strtoull(text, NULL, 16);
}

static struct moment moment_of(const struct read_moment *from)
{
	return (struct moment){ .time_us = from->time_us,
		.mono_us = from->mono_us,
		.boot = from->boot != NULL ? number_of(from->boot) : 0 };
}

static void take_days(struct cabinet_memory *out, const struct read_file *file)
{
	for (size_t i = 0; i < file->n_days; i++) {
		const struct read_day *from = &file->day_of[i];
		struct remembered_day *to = &out->day[out->n_days++];
		snprintf(to->instrument, sizeof to->instrument, "%s", from->instrument);
		to->day = (struct maintenance_day){ .day_us = from->day_us,
			.total_us = from->total_us,
			.boot = number_of(from->boot),
			.first_us = from->first_us,
			.told = from->told };
	}
	out->counted = moment_of(&file->counted);
}

static void take_maintenance(struct cabinet_memory *out, const struct read_file *file)
{
	for (size_t i = 0; i < file->n; i++) {
		const struct read_maintenance *from = &file->one[i];
		struct remembered_maintenance *to =
		        &out->maintenance[out->n_maintenance++];
		snprintf(to->id, sizeof to->id, "%s", from->id);
		to->on = from->on;
		to->spent = from->spent;
		to->began = (struct moment){ .time_us = from->time_us,
			.mono_us = from->mono_us,
			.boot = number_of(from->boot) };
	}
}

static void take_command(struct cabinet_memory *out, const struct read_file *file)
{
	struct remembered_command *to = &out->command;
	if (file->instrument == NULL)
		return;
	snprintf(to->instrument, sizeof to->instrument, "%s", file->instrument);
	snprintf(to->what, sizeof to->what, "%s", file->what);
	snprintf(to->by, sizeof to->by, "%s", file->by);
}

static void take(struct cabinet_memory *out, const struct read_file *file)
{
	out->known = true;
	out->boot = number_of(file->boot);
	out->ended_well = file->ended_well;
	out->wtmp_inode = number_of(file->wtmp_inode);
	out->wtmp_at = file->wtmp_at;
	out->sampler = (struct sampler_kept){ .day = file->day,
		.today = file->today,
		.used = file->used,
		.spent = file->episode_spent,
		.doubtful = file->doubtful,
		.doubt_told = file->doubt_told,
		.boot = file->taken_boot != NULL ? number_of(file->taken_boot) : 0,
		.taken_us = file->taken_us,
		.last = moment_of(&file->last) };
	take_maintenance(out, file);
	take_days(out, file);
	take_command(out, file);
}

int cabinet_memory_read(
        struct cabinet_memory *out, const char *path, struct problem *why)
{
	struct read_file file = { 0 };
	struct config *config;
	memset(out, 0, sizeof *out);
	int status = config_read(&config, path, &file_section, &file, NULL);
	if (status == OK && cabinet_memory_init(out, file.n, file.n_days) != OK)
		status = problem_set(
		        why, MALFORMED, EXIT_INTERNAL, "%s: not enough memory", path);
	else if (status == OK)
		take(out, &file);
	else if (status != NOT_FOUND)
		problem_set(why, MALFORMED, EXIT_DAMAGED, "%s cannot be read: %s", path,
		        config_first_error(config));
	config_free(config);
	return status == OK || status == NOT_FOUND ? status : MALFORMED;
}

int cabinet_memory_init(
        struct cabinet_memory *memory, size_t n_maintenance, size_t n_days)
{
	*memory = (struct cabinet_memory){ .known = false };
	memory->maintenance = calloc(n_maintenance + 1, sizeof memory->maintenance[0]);
	memory->day = calloc(n_days + 1, sizeof memory->day[0]);
	if (memory->maintenance != NULL && memory->day != NULL)
		return OK;
	cabinet_memory_free(memory);
	return FAILED;
}

void cabinet_memory_free(struct cabinet_memory *memory)
{
	free(memory->maintenance);
	free(memory->day);
	*memory = (struct cabinet_memory){ .known = false };
}

/* ---- writing ---- */

static void put_hex(struct json *json, const char *key, uint64_t value)
{
	char text[17];
	snprintf(text, sizeof text, "%016" PRIx64, value);
	json_put_text(json, key, text);
}

static void put_moment(struct json *json, const struct moment *moment)
{
	put_hex(json, "boot", moment->boot);
	json_put_integer(json, "time_us", moment->time_us);
	json_put_integer(json, "mono_us", moment->mono_us);
}

static void put_sampler(struct json *json, const struct sampler_kept *kept)
{
	json_key(json, "sampler");
	json_object(json);
	json_put_integer(json, "day", kept->day);
	json_put_integer(json, "today", kept->today);
	json_put_integer(json, "used", kept->used);
	json_put_bool(json, "episode_spent", kept->spent);
	json_put_bool(json, "doubtful", kept->doubtful);
	json_put_bool(json, "doubt_told", kept->doubt_told);
	put_hex(json, "taken_boot", kept->boot);
	json_put_integer(json, "taken_us", kept->taken_us);
	put_moment(json, &kept->last);
	json_end(json);
}

static void put_maintenance(struct json *json, const struct cabinet_memory *memory)
{
	json_key(json, "maintenance");
	json_array(json);
	for (size_t i = 0; i < memory->n_maintenance; i++) {
		const struct remembered_maintenance *one = &memory->maintenance[i];
		json_object(json);
		json_put_text(json, "id", one->id);
		json_put_bool(json, "on", one->on);
		json_put_bool(json, "spent", one->spent);
		put_moment(json, &one->began);
		json_end(json);
	}
	json_end(json);
}

static void put_days(struct json *json, const struct cabinet_memory *memory)
{
	json_key(json, "days");
	json_array(json);
	for (size_t i = 0; i < memory->n_days; i++) {
		const struct maintenance_day *day = &memory->day[i].day;
		json_object(json);
		json_put_text(json, "instrument", memory->day[i].instrument);
		json_put_integer(json, "day_us", day->day_us);
		json_put_integer(json, "total_us", day->total_us);
		put_hex(json, "boot", day->boot);
		json_put_integer(json, "first_us", day->first_us);
		json_put_bool(json, "told", day->told);
		json_end(json);
	}
	json_end(json);
	json_key(json, "counted");
	json_object(json);
	put_moment(json, &memory->counted);
	json_end(json);
}

static void put_command(struct json *json, const struct remembered_command *command)
{
	if (command->instrument[0] == '\0')
		return;
	json_key(json, "command");
	json_object(json);
	json_put_text(json, "instrument", command->instrument);
	json_put_text(json, "what", command->what);
	json_put_text(json, "by", command->by);
	json_end(json);
}

static void put_all(struct json *json, const struct cabinet_memory *memory)
{
	json_object(json);
	put_hex(json, "boot", memory->boot);
	json_put_bool(json, "ended_well", memory->ended_well);
	put_hex(json, "wtmp_inode", memory->wtmp_inode);
	json_put_integer(json, "wtmp_at", memory->wtmp_at);
	put_sampler(json, &memory->sampler);
	put_maintenance(json, memory);
	put_days(json, memory);
	put_command(json, &memory->command);
	json_end(json);
}

void cabinet_memory_print(const struct cabinet_memory *memory, FILE *out)
{
	struct json json;
	json_start(&json, out);
	put_all(&json, memory);
	fputc('\n', out);
}
