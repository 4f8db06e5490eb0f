/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SELDOM_KEYS 64
#define SELDOM_S    60

static struct {
	const char *name;
	enum log_level level;
	int64_t (*seconds)(void);
	void (*caught)(enum log_level, const char *);
	pthread_mutex_t lock;
	struct seldom {
		char key[64];
		int64_t since_s;
		uint64_t held_back;
	} seldom[SELDOM_KEYS];
} logging = {
	.level = LOG_INFO,
	.lock = PTHREAD_MUTEX_INITIALIZER,
};

void log_start(const char *name, enum log_level level)
{
	logging.name = name;
	logging.level = level;
}

void log_clock(int64_t (*seconds)(void))
{
	logging.seconds = seconds;
}

void log_catch(void (*line)(enum log_level level, const char *text))
{
	logging.caught = line;
}

static void write_line(enum log_level level, const char *text)
{
	char line[2100];
	if (logging.caught != NULL) {
		logging.caught(level, text);
		return;
	}
	int n = snprintf(line, sizeof line, "%s", text);
	for (int i = 0; i < n && i < (int)sizeof line; i++)
		if (line[i] == '\n')
			line[i] = ' ';
	const char *name = logging.name != NULL ? logging.name : "quantrac";
	if (getenv("JOURNAL_STREAM") != NULL && !isatty(STDERR_FILENO))
		fprintf(stderr, "<%d>%s: %s\n", (int)level, name, line);
	else
		fprintf(stderr, "%s: %s\n", name, line);
}

static void log_list(enum log_level level, const char *format, va_list args)
        __attribute__((format(printf, 2, 0)));

static void log_list(enum log_level level, const char *format, va_list args)
{
	char text[2048];
	if (level > logging.level)
		return;
	vsnprintf(text, sizeof text, format, args);
	write_line(level, text);
}

void log_line(enum log_level level, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	log_list(level, format, args);
	va_end(args);
}

static int64_t seconds_now(void)
{
	struct timespec t;
	if (logging.seconds != NULL)
		return logging.seconds();
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* The slot of a key: its own, a free one, or the one unused for longest. */
static struct seldom *slot_of(const char *key)
{
	struct seldom *oldest = &logging.seldom[0];
	for (size_t i = 0; i < SELDOM_KEYS; i++) {
		struct seldom *slot = &logging.seldom[i];
		if (strncmp(slot->key, key, sizeof slot->key - 1) == 0)
			return slot;
		if (slot->key[0] == '\0' || slot->since_s < oldest->since_s)
			oldest = slot;
		if (slot->key[0] == '\0')
			break;
	}
	*oldest = (struct seldom){ .since_s = INT64_MIN / 2 };
	snprintf(oldest->key, sizeof oldest->key, "%s", key);
	return oldest;
}

/* 1 if the line may be written now; *held_back is how many were kept quiet before it.
 */
static int may_write(const char *key, uint64_t *held_back)
{
	int64_t now_s = seconds_now();
	pthread_mutex_lock(&logging.lock);
	struct seldom *slot = slot_of(key);
	int may = now_s - slot->since_s >= SELDOM_S;
	*held_back = slot->held_back;
	if (may) {
		slot->since_s = now_s;
		slot->held_back = 0;
	} else {
		slot->held_back++;
	}
	pthread_mutex_unlock(&logging.lock);
	return may;
}

void log_seldom(enum log_level level, const char *key, const char *format, ...)
{
	uint64_t held_back;
	char text[2048];
	if (level > logging.level || !may_write(key, &held_back))
		return;
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (held_back > 0)
		log_line(level, "%s (repeated %llu times)", text,
		        (unsigned long long)held_back);
	else
		write_line(level, text);
}

void fatal(int exit_code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	log_list(LOG_ALERT, format, args);
	va_end(args);
	exit(exit_code);
}
