/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of instruments and lines: each change once, and what goes wrong once a
 * minute. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "sensors/poller/poller_parts.h"
#include "sensors/tables/sentence.h"

/* What goes to and fro at every poll would fill log and journal: after some changes one
 * a minute is told, and that is the state at that moment. */
#define TELL_AT_ONCE     4
#define SETTINGS_AT_ONCE 32 /* a profile may know many, and somebody may set them all */

static void tell(const struct poller *poller, const struct moment *when,
        const struct state_event *event)
{
	if (poller->hooks.state != NULL)
		poller->hooks.state(poller->hooks.context, when, event);
}

static void tell_setting(struct poller *poller, const struct device *device,
        const struct setting_change *change)
{
	const struct profile *profile = device->setting->profile;
	const char *id = device->setting->id;
	const char *name = profile->channel[change->channel].about.name;
	char subject[160], text[160];
	settings_text(profile, change, text, sizeof text);
	size_t used = strlen(text);
	if (device->settings_untold > 0)
		snprintf(text + used, sizeof text - used,
		        "; %u changes before it were not told",
		        device->settings_untold);
	log_line(LOG_WARN, "instrument %s: setting %s changed: %s", id, name, text);
	snprintf(subject, sizeof subject, "setting %s/%s", id, name);
	struct state_event event = {
		.subject = subject,
		.state = "settings changed",
		.text = text,
	};
	tell(poller, device->has_first ? &device->first : &device->started, &event);
}

void device_settings(struct poller *poller, struct device *device)
{
	struct setting_change change[READING_CHANNELS];
	if (device->settings == NULL)
		return;
	int64_t now_us = (device->has_first ? device->first : device->started).mono_us;
	size_t n = settings_note(device->settings, now_us, &poller->decoded, change);
	for (size_t i = 0; i < n; i++) {
		if (!purse_spend(&device->settings_purse, SETTINGS_AT_ONCE, now_us)) {
			device->settings_untold++;
			continue;
		}
		tell_setting(poller, device, &change[i]);
		device->settings_untold = 0;
	}
}

/* Where it is on its line: "slave 3 ", "address 42 ", "". */
static void place_of(const struct device *device, char out[64])
{
	const struct instrument *instrument = &device->setting->instrument;
	out[0] = '\0';
	if (device->driver->modbus)
		snprintf(out, 64, "slave %d ", instrument->slave);
	else if (instrument->address[0] != '\0')
		snprintf(out, 64, "address %s ", instrument->address);
}

static bool device_told(
        struct poller *poller, struct device *device, int what, const char *text)
{
	static const char *const word[] = {
		[TOLD_UP] = "up", [TOLD_DOWN] = "down", [TOLD_REFUSED] = "refused"
	};
	const struct station_instrument *setting = device->setting;
	char subject[64], place[64];
	if (!purse_spend(&device->purse, TELL_AT_ONCE, device->started.mono_us))
		return false;
	device->told = what;
	device->told_code = device->declined.code;
	snprintf(subject, sizeof subject, "instrument %s", setting->id);
	place_of(device, place);
	log_line(what == TOLD_UP ? LOG_INFO : LOG_WARN, "%s (%son %s): %s", subject,
	        place, setting->port_id, text);
	struct state_event event = {
		.subject = subject,
		.state = word[what],
		.text = text,
	};
	tell(poller, &device->started, &event);
	return true;
}

void bus_told(struct poller *poller, struct bus *bus, bool up, const char *text,
        const struct moment *now)
{
	char subject[64];
	bool same_reason = strcmp(bus->reason, text) == 0;
	int told = up ? TOLD_UP : TOLD_DOWN;
	if (bus->told == told && (up || same_reason))
		return;
	if (!purse_spend(&bus->purse, TELL_AT_ONCE, now->mono_us))
		return;
	snprintf(subject, sizeof subject, "port %s", bus->setting->id);
	snprintf(bus->reason, sizeof bus->reason, "%s", text);
	log_line(up ? LOG_INFO : LOG_WARN, "%s: %s", subject, text);
	struct state_event event = {
		.subject = subject,
		.state = up ? "up" : "down",
		.text = text,
	};
	if (bus->told != told)
		tell(poller, now, &event);
	bus->told = told;
}

/* The state all channels share when the poll brought nothing, or STATE_OK. */
static uint8_t failure(const struct poller *poller, const struct device *device)
{
	const struct decoded *decoded = &poller->decoded;
	uint8_t found = STATE_OFF;
	/* who says that what is behind it is silent is not silent itself */
	if (device->driver->flag != NULL && device->has_first)
		return STATE_OK;
	for (size_t i = 0; i < device->setting->profile->n_channels; i++) {
		uint8_t state = decoded->state[i];
		if (state == STATE_OFF)
			continue;
		if (state != STATE_SILENT && state != STATE_GARBLED)
			return STATE_OK;
		if (found != STATE_GARBLED)
			found = state;
	}
	return found == STATE_OFF && device->has_first ? STATE_OK : found;
}

/* It answers, and may have refused one block or all. */
static void tell_answers(struct poller *poller, struct device *device)
{
	char text[160];
	const struct declined *no = &device->declined;
	int what = no->kind != 0 ? TOLD_REFUSED : TOLD_UP;
	if (device->told == what && device->told_code == no->code)
		return;
	if (what == TOLD_UP)
		snprintf(text, sizeof text, "answers");
	else
		snprintf(text, sizeof text, "refuses: exception %d, %s%s", no->code,
		        no->why,
		        no->kind == DECLINED_UNFIT
		                ? "; the profile does not fit this device"
		                : "");
	device_told(poller, device, what, text);
}

void device_blame(struct device *device, const uint8_t *in, size_t n)
{
	struct poller_blame *blame = &device->blame;
	struct sentence out = { .out = blame->text, .room = sizeof blame->text };
	if (device->driver->blame == NULL || blame->sound)
		return; /* a sound frame of this poll says more than what came after it */
	blame->text[0] = '\0';
	blame->sound = device->driver->blame(device->state, in, n, &out);
}

/* Whose frames are sound has no fault of the line. */
static void text_of_garbled(const struct poller *poller, const struct device *device,
        char *out, size_t room)
{
	const struct poller_blame *blame = &device->blame;
	size_t port = device->setting->port_index;
	const char *cure =
	        poller->station->port[port].path[0] != '\0'
	                ? ": check speed, parity and wiring"
	                : ": check that the other end speaks this (mode, address)";
	snprintf(out, room, "%s%s",
	        blame->text[0] != '\0' ? blame->text
	                               : "something comes, but no sound answer",
	        blame->sound ? "" : cure);
}

/* Late answers since it was last in time; once that was told, since its last poll. */
static bool is_late(const struct device *device)
{
	return device->counts.late - device->late_before >= STRIKES - 1 &&
	       (device->told != TOLD_DOWN || device->counts.late != device->late_seen);
}

/* A gateway answers for whoever is dead behind it, and says so by an exception. */
static int why_down(const struct device *device, bool garbled)
{
	if (device->declined.kind != 0)
		return WHY_GATEWAY;
	if (is_late(device))
		return WHY_LATE;
	if (!garbled)
		return WHY_SILENT;
	return device->blame.sound ? WHY_FOREIGN : WHY_GARBLED;
}

static void tell_down(struct poller *poller, struct device *device, int why)
{
	char text[400];
	if (why == WHY_GATEWAY)
		snprintf(text, sizeof text,
		        "does not answer: exception %d, %s; check power, address and "
		        "wiring",
		        device->declined.code, device->declined.why);
	else if (why == WHY_LATE)
		snprintf(text, sizeof text,
		        "answers too late: give it more time (timeout: in the "
		        "configuration), or find out what makes it slow");
	else if (why == WHY_GARBLED || why == WHY_FOREIGN)
		text_of_garbled(poller, device, text, sizeof text);
	else
		snprintf(text, sizeof text, "%s",
		        "does not answer: check power, address and wiring");
	if (!device_told(poller, device, TOLD_DOWN, text))
		return;
	device->told_why = why;
	device->other_why = 0;
}

/* One that is down may be so for another reason after a while, and that is another
 * thing to look for: three polls of it are believed, and one that is late. */
static void tell_why(struct poller *poller, struct device *device, int why)
{
	if (device->told == TOLD_DOWN && device->told_why == why) {
		device->other_why = 0;
		return;
	}
	device->other_why++;
	if (device->told != TOLD_DOWN || why == WHY_LATE ||
	        device->other_why >= STRIKES)
		tell_down(poller, device, why);
}

/* It is up or down as before; values that were taken may be old. */
static void tell_later(
        struct poller *poller, struct device *device, const struct moment *now)
{
	char text[320];
	snprintf(text, sizeof text,
	        "an answer came more than %lld s after its request, and nothing in it "
	        "says which that was: a value taken before may be older than its time; "
	        "from now on it is left alone for %lld s after a lost answer (give it "
	        "more time, timeout: in the configuration)",
	        (long long)(OWED_US / 1000000),
	        (long long)(owed_wait_us(device, now) / 1000000));
	if (device->told != TOLD_NOTHING &&
	        device_told(poller, device, device->told, text))
		device->owed.later = false;
}

void device_health(
        struct poller *poller, struct device *device, const struct moment *now)
{
	uint8_t failed = failure(poller, device);
	if (device->owed.later)
		tell_later(poller, device, now);
	if (device->cut)
		return;
	if (failed == STATE_OK) {
		device->misses = 0;
		device->late_before = device->late_seen = device->counts.late;
		device->other_why = 0;
		tell_answers(poller, device);
		return;
	}
	device->misses++;
	if (device->misses >= STRIKES)
		tell_why(poller, device, why_down(device, failed == STATE_GARBLED));
	device->late_seen = device->counts.late;
}

static void add(char *out, size_t room, uint64_t n, const char *what)
{
	size_t used = strlen(out);
	if (n > 0)
		snprintf(out + used, room - used, "%s%llu %s", used > 0 ? ", " : "",
		        (unsigned long long)n, what);
}

void device_failures(struct device *device, const struct moment *now)
{
	const struct poller_counts *was = &device->logged, *is = &device->counts;
	char text[320] = "";
	if (device->logged_us == 0)
		device->logged_us = now->mono_us;
	if (now->mono_us - device->logged_us < PURSE_EVERY_US)
		return;
	add(text, sizeof text, is->timeouts - was->timeouts, "without an answer");
	add(text, sizeof text, is->checksum - was->checksum, "with a wrong check sum");
	add(text, sizeof text, is->malformed - was->malformed,
	        "with bytes that are no answer");
	add(text, sizeof text, is->exceptions - was->exceptions, "refused");
	add(text, sizeof text, is->late - was->late, "late");
	add(text, sizeof text, is->overruns - was->overruns, "polls left out");
	add(text, sizeof text, is->noise - was->noise, "bytes of noise");
	if (text[0] != '\0')
		log_line(LOG_INFO,
		        "instrument %s: in the last %lld s: %s (of %llu requests)",
		        device->setting->id,
		        (long long)((now->mono_us - device->logged_us) / 1000000), text,
		        (unsigned long long)(is->requests - was->requests));
	device->logged = device->counts;
	device->logged_us = now->mono_us;
}
