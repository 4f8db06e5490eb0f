/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cabinet told of its ports and instruments, and when its program ran. */
#include <string.h>

#include "base/config.h"
#include "base/event.h"
#include "base/gaps_inside.h"

struct told_state { /* payload of a STATE record */
	const char *subject, *state, *text;
};

#define AT(member) offsetof(struct told_state, member)
static const struct field fields[] = {
	{ .key = "subject", .type = FIELD_TEXT, .at = AT(subject), .required = true },
	{ .key = "state", .type = FIELD_TEXT, .at = AT(state), .required = true },
	{ .key = "text", .type = FIELD_TEXT, .at = AT(text) },
	{ 0 },
};
static const struct section section = { "STATE", sizeof(struct told_state), fields,
	NULL };

/* It is up, or down for another reason: what was told before ends here. */
static void down_ends(struct gaps *gaps, const char *subject, int64_t time_us)
{
	for (size_t i = gaps->downs.n; i > 0; i--) {
		struct gaps_told *down = &gaps->downs.one[i - 1];
		if (strcmp(down->subject, subject) != 0)
			continue;
		if (down->to_us > time_us)
			down->to_us = time_us;
		return;
	}
}

/* What happened to an instrument and says nothing of whether it is there. */
static bool is_passed_over(const char *state)
{
	static const char *const happened[] = { STATE_COUNTS, "settings changed",
		"command ordered", "command done", "command refused", "command unknown",
		"command not sent" };
	for (size_t i = 0; i < sizeof happened / sizeof happened[0]; i++)
		if (strcmp(state, happened[i]) == 0)
			return true;
	return false;
}

static bool is_maintenance(const char *subject)
{
	return strncmp(subject, GAPS_MAINTENANCE, sizeof GAPS_MAINTENANCE - 1) == 0;
}

/* Told once more after a restart of the program: who gave the order was told when it began. */
static bool goes_on(const struct gaps *gaps, const struct told_state *told)
{
	if (!is_maintenance(told->subject) || strncmp(told->text, "goes on", 7) != 0)
		return false;
	for (size_t i = gaps->downs.n; i > 0; i--)
		if (strcmp(gaps->downs.one[i - 1].subject, told->subject) == 0)
			return gaps->downs.one[i - 1].to_us == INT64_MAX;
	return false;
}

static bool is_over(const struct told_state *told)
{
	return strcmp(told->state, "up") == 0 ||
	       (is_maintenance(told->subject) &&
	               (strcmp(told->state, "off") == 0 ||
	                       strcmp(told->state, "ended") == 0));
}

static int note(struct gaps *gaps, const struct told_state *told, int64_t time_us)
{
	struct gaps_told down = { .from_us = time_us, .to_us = INT64_MAX };
	bool new_epoch = strcmp(told->state, "new epoch") == 0;
	if (is_passed_over(told->state) || goes_on(gaps, told))
		return OK;
	if (gaps_port(gaps, told->subject) != OK)
		return FAILED;
	down_ends(gaps, told->subject, time_us);
	if (new_epoch)
		down.to_us = time_us;
	else if (is_over(told))
		return OK;
	snprintf(down.subject, sizeof down.subject, "%s", told->subject);
	return told_add(&gaps->downs, &down, told->text, strlen(told->text));
}

int gaps_state(struct gaps *gaps, const struct record *record, int64_t time_us)
{
	struct told_state told = { 0 };
	struct config *config;
	int status = OK;
	/* so many, that they are known before they are parsed */
	if (state_is_counts(record->payload, record->payload_size))
		return OK;
	if (config_read_text(&config, (const char *)record->payload,
	            record->payload_size, "STATE", &section, &told, NULL) == OK)
		status = note(gaps, &told, time_us);
	config_free(config);
	return status;
}

int gaps_ran(struct gaps *gaps, int64_t time_us, bool begins)
{
	const struct gaps_told pause = { .from_us = gaps->last_us, .to_us = time_us };
	int status = OK;
	if (begins && gaps->last_us != INT64_MIN && time_us > gaps->last_us)
		status = told_add(&gaps->pauses, &pause, "", 0);
	if (begins)
		gaps->began_us = time_us;
	if (time_us > gaps->last_us)
		gaps->last_us = time_us;
	return status;
}
