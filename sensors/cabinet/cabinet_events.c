/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens at the machine: it was started, somebody plugged something in, somebody logged in. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "sensors/cabinet/cabinet_parts.h"

#define WTMP_US     INT64_C(2000000)
#define ABSENT_US   INT64_C(60000000) /* that wtmp may be missing while it is rotated */
#define A_MINUTE    30                /* told one by one; what comes more is counted */
#define CARD_RESET  0x20 /* linux/watchdog.h: the last boot was caused by the watchdog */
#define WATCHDOG_AT "/sys/class/watchdog/watchdog0/bootstatus"

static void tell(struct cabinet *cabinet, const char *state, const char *text,
        const struct moment *when)
{
	struct state_event event = {
		.subject = "cabinet", .state = state, .text = text
	};
	log_line(LOG_INFO, "cabinet: %s: %s", state, text);
	cabinet_tell(cabinet, when, &event);
}

/* Whoever flaps must not fill the journal. */
static void tell_bounded(struct cabinet *cabinet, const char *state, const char *text,
        const struct moment *when)
{
	if (when->mono_us - cabinet->minute_us >= US_PER_MIN) {
		cabinet->minute_us = when->mono_us;
		cabinet->told = 0;
	}
	if (cabinet->told++ < A_MINUTE)
		tell(cabinet, state, text, when);
	else
		cabinet->untold++;
}

static void tell_untold(struct cabinet *cabinet, const struct moment *now)
{
	char text[96];
	if (cabinet->untold == 0 || now->mono_us - cabinet->minute_us < US_PER_MIN)
		return;
	snprintf(text, sizeof text, "%zu more within a minute are not told one by one",
	        cabinet->untold);
	cabinet->untold = 0;
	tell(cabinet, "many", text, now);
}

/* ---- devices ---- */

static void not_watched(
        struct cabinet *cabinet, const char *what, const struct moment *now)
{
	char text[160];
	snprintf(text, sizeof text, "%s: %s", what, strerrordesc_np(errno));
	tell(cabinet, "not watched", text, now);
}

static void hear_devices(struct cabinet *cabinet, const struct moment *now)
{
	struct uevent event;
	char text[640];
	int status = 1;
	for (int i = 0;
	        i < 256 && (status = uevent_next(cabinet->uevents, &event)) == 1; i++) {
		const char *word = uevent_word(&event);
		if (word == NULL)
			continue;
		uevent_text(&event, text, sizeof text);
		tell_bounded(cabinet, word, text, now);
	}
	if (status != FAILED)
		return;
	if (errno == ENOBUFS) {
		tell_bounded(cabinet, "many",
		        "so many devices came and went that some are not told", now);
		return;
	}
	not_watched(cabinet, "USB devices and serial ports", now);
	close(cabinet->uevents);
	cabinet->uevents = -1;
}

/* ---- logins ---- */

/* An end names its line alone: who began there? */
static void know_session(struct cabinet *cabinet, struct login *login)
{
	struct login *free_one = NULL, *same = NULL;
	for (size_t i = 0; i < LOGINS; i++) {
		struct login *one = &cabinet->session[i];
		if (one->line[0] == '\0')
			free_one = one;
		else if (strcmp(one->line, login->line) == 0)
			same = one;
	}
	if (login->kind == LOGIN_IN) {
		struct login *to = same != NULL ? same : free_one;
		if (to != NULL)
			*to = *login;
	} else if (same != NULL) {
		snprintf(login->user, sizeof login->user, "%s", same->user);
		snprintf(login->host, sizeof login->host, "%s", same->host);
		same->line[0] = '\0';
	} else {
		login->user[0] = '\0';
	}
}

/* A file that is being rotated is away for a moment; one that stays away is told once. */
static void wtmp_failed(struct cabinet *cabinet, const struct moment *now)
{
	bool gone = errno == ENOENT;
	if (gone && cabinet->wtmp.inode != 0 && cabinet->absent_us == INT64_MIN)
		cabinet->absent_us = now->mono_us + ABSENT_US;
	if (gone && cabinet->wtmp.inode != 0 && now->mono_us < cabinet->absent_us)
		return;
	if (cabinet->absent_us != INT64_MAX)
		not_watched(cabinet, "logins (wtmp)", now);
	cabinet->absent_us = INT64_MAX;
	cabinet->follows_wtmp = gone;
}

/* Records of the run before are told too; what they say of a shutdown is for the boot. */
static bool read_logins(struct cabinet *cabinet, const struct moment *now)
{
	struct login login;
	char text[400];
	bool shut_down = false, any = false;
	int status;
	while ((status = wtmp_next(&cabinet->wtmp, &login)) == 1) {
		any = true;
		shut_down |= login.kind == LOGIN_SHUTDOWN;
		if (login.kind != LOGIN_IN && login.kind != LOGIN_OUT)
			continue;
		know_session(cabinet, &login);
		login_text(&login, text, sizeof text);
		tell_bounded(cabinet, login.kind == LOGIN_IN ? "login" : "logout", text,
		        now);
	}
	if (cabinet->wtmp.shortened) {
		cabinet->wtmp.shortened = false;
		tell(cabinet, "many",
		        "the record of logins (wtmp) was made shorter by somebody",
		        now);
	}
	if (status == FAILED)
		wtmp_failed(cabinet, now);
	else
		cabinet->absent_us = INT64_MIN;
	if (any)
		cabinet_remember(cabinet);
	return shut_down;
}

/* ---- the boot ---- */

static bool watchdog_did_it(const struct cabinet *cabinet)
{
	char *text;
	size_t n;
	if (file_read(cabinet->watchdog, 64, &text, &n) != OK)
		return false;
	long status = strtol(text, NULL, 10);
	free(text);
	return (status & CARD_RESET) != 0;
}

/* wtmp has a record of every orderly shutdown; without it, whether this program was ended tells as much. */
static const char *reason(const struct cabinet *cabinet, bool shut_down)
{
	if (watchdog_did_it(cabinet))
		return "the watchdog had reset the machine";
	if (shut_down)
		return "it had been shut down or restarted in order";
	if (cabinet->memory.ended_well)
		return "this program had been ended in order";
	return "it was not shut down: a power cut, a reset or a crash";
}

static void tell_boot(struct cabinet *cabinet, bool shut_down, const struct moment *now)
{
	char text[240];
	if (!cabinet->memory.known)
		snprintf(text, sizeof text,
		        "the machine runs for %lld s; this is the first time that is "
		        "remembered",
		        (long long)(now->mono_us / US_PER_S));
	else if (cabinet->memory.boot != now->boot)
		snprintf(text, sizeof text, "the machine was started %lld s ago; %s",
		        (long long)(now->mono_us / US_PER_S),
		        reason(cabinet, shut_down));
	else
		return;
	tell(cabinet, "boot", text, now);
}

/* ---- beginning, time, step ---- */

void events_open(struct cabinet *cabinet)
{
	cabinet->uevents = -1;
	cabinet->uevents_slot = SIZE_MAX;
	cabinet->minute_us = INT64_MIN / 2;
	cabinet->absent_us = INT64_MIN;
	if (cabinet->watchdog == NULL)
		cabinet->watchdog = WATCHDOG_AT;
	cabinet->wtmp.inode = cabinet->memory.wtmp_inode;
	cabinet->wtmp.at = cabinet->memory.wtmp_at;
}

void events_close(struct cabinet *cabinet)
{
	if (cabinet->uevents >= 0)
		close(cabinet->uevents);
}

void events_begin(struct cabinet *cabinet, const struct moment *now)
{
	const struct cabinet_setting *setting = cabinet->setting;
	bool shut_down = false;
	if (cabinet->rehearsed)
		return;
	cabinet->follows_wtmp = setting->login;
	if (setting->login)
		shut_down = read_logins(cabinet, now);
	if (setting->boot)
		tell_boot(cabinet, shut_down, now);
	if (setting->usb && (cabinet->uevents = uevent_open()) < 0)
		not_watched(cabinet, "USB devices and serial ports", now);
	cabinet->wtmp_us = now->mono_us + WTMP_US;
}

void events_step(
        struct cabinet *cabinet, const struct pollfd *fds, const struct moment *now)
{
	size_t slot = cabinet->uevents_slot;
	if (cabinet->uevents >= 0 && fds != NULL && slot != SIZE_MAX &&
	        fds[slot].revents != 0)
		hear_devices(cabinet, now);
	if (cabinet->follows_wtmp && now->mono_us >= cabinet->wtmp_us) {
		cabinet->wtmp_us = now->mono_us + WTMP_US;
		read_logins(cabinet, now);
	}
	tell_untold(cabinet, now);
}

int64_t events_due_us(const struct cabinet *cabinet)
{
	int64_t due_us = cabinet->follows_wtmp ? cabinet->wtmp_us : INT64_MAX;
	int64_t untold_us = cabinet->minute_us + US_PER_MIN;
	return cabinet->untold > 0 && untold_us < due_us ? untold_us : due_us;
}
