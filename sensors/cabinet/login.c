/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/cabinet/login.h"

#include <stdio.h>
#include <string.h>
#include <utmp.h>

#include "base/legal_time.h"
#include "base/status.h"

size_t login_size(void)
{
	return sizeof(struct utmp);
}

/* What a terminal would obey, or would not show, has no place in a name. */
static void take(char *out, size_t room, const char *in, size_t n)
{
	size_t length = strnlen(in, n);
	if (length > room - 1)
		length = room - 1;
	for (size_t i = 0; i < length; i++) {
		unsigned char letter = (unsigned char)in[i];
		out[i] = letter < 0x20 || letter == 0x7f ? '?' : in[i];
	}
	out[length] = '\0';
}

static enum login_kind kind_of(const struct utmp *entry, const struct login *login)
{
	switch (entry->ut_type) {
	case BOOT_TIME:
		return LOGIN_BOOT;
	case RUN_LVL:
		return strcmp(login->user, "shutdown") == 0 ? LOGIN_SHUTDOWN
		                                            : LOGIN_OTHER;
	case USER_PROCESS:
		return login->user[0] != '\0' ? LOGIN_IN : LOGIN_OTHER;
	case DEAD_PROCESS:
		return login->line[0] != '\0' ? LOGIN_OUT : LOGIN_OTHER;
	default:
		return LOGIN_OTHER;
	}
}

int login_parse(struct login *out, const uint8_t *in, size_t n)
{
	struct utmp entry;
	memset(out, 0, sizeof *out);
	if (n != sizeof entry)
		return MALFORMED;
	memcpy(&entry, in, sizeof entry);
	take(out->user, sizeof out->user, entry.ut_user, sizeof entry.ut_user);
	take(out->line, sizeof out->line, entry.ut_line, sizeof entry.ut_line);
	take(out->host, sizeof out->host, entry.ut_host, sizeof entry.ut_host);
	out->time_us = (int64_t)entry.ut_tv.tv_sec * US_PER_S + entry.ut_tv.tv_usec;
	out->kind = kind_of(&entry, out);
	return OK;
}

void login_text(const struct login *login, char *out, size_t room)
{
	if (login->user[0] == '\0')
		snprintf(out, room, "%s", login->line);
	else if (login->host[0] != '\0')
		snprintf(out, room, "%s from %s (%s)", login->user, login->host,
		        login->line);
	else
		snprintf(out, room, "%s at the cabinet (%s)", login->user, login->line);
}
