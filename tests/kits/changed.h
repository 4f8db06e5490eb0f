/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A good document with one text exchanged for another, and what is told of it. */
#ifndef TESTS_CHANGED_H
#define TESTS_CHANGED_H

/* `good` with the first `from` (which must be there) replaced by `to`; the caller frees. */
char *changed_text(const char *good, const char *from, const char *to);

/* What is told of a profile ("toy.yaml") or a station's file ("station.yaml"), "" if
 * nothing is wrong: something is told exactly if it is refused.  The caller frees. */
char *profile_told(const char *text);
char *station_told(const char *text);

/* The changed document is refused, and `says` is told; or taken without a word. */
void profile_refused(
        const char *good, const char *from, const char *to, const char *says);
void profile_taken(const char *good, const char *from, const char *to);
void station_refused(
        const char *good, const char *from, const char *to, const char *says);
void station_taken(const char *good, const char *from, const char *to);

#endif
