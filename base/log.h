/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One line per change to stderr: who, what, why.  Under systemd ($JOURNAL_STREAM) with
 * a priority prefix <3>..<7>, else plain.  The same key is written once, then
 * "(repeated N times)" once a minute.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdarg.h>
#include <stdint.h>

enum log_level { LOG_ALERT = 3, LOG_WARN = 4, LOG_INFO = 6, LOG_DETAIL = 7 };

/* The lowest level that is written (default LOG_INFO); `name` opens every line
 * ("sensord"). */
void log_start(const char *name, enum log_level level);

/* "windsonic: hung up, trying again in 4 s".  Newlines become blanks. */
void log_line(enum log_level level, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* As log_line, but at most once a minute for the same `key`; what was held back is
 * counted. */
void log_seldom(enum log_level level, const char *key, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* For tests: hand in the seconds log_seldom goes by, and catch the lines. */
void log_clock(int64_t (*seconds)(void));
void log_catch(void (*line)(enum log_level level, const char *text));

/* Print and end: only before a program's loop has begun.  `exit_code` of
 * base/status.h. */
_Noreturn void fatal(int exit_code, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

#endif
