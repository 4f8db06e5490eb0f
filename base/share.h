/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the things quantrac ships lie: beside the program in a build, else under the
 * prefix. */
#ifndef BASE_SHARE_H
#define BASE_SHARE_H

#include <stddef.h>

/* The folder of shipped `name` ("limits", "profiles", "scenarios"); always fills
 * `out`. */
const char *share_folder(const char *name, char *out, size_t room);

/* Path of another of our programs: beside this one, else its bare name (for the
 * PATH). */
const char *share_program(const char *name, char *out, size_t room);

#endif
