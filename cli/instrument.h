/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac instrument: instrument.c (list), instrument_find.c, instrument_show.c. */
#ifndef CLI_INSTRUMENT_H
#define CLI_INSTRUMENT_H

#include <limits.h>

#include "cli/common.h"
#include "sensors/tables/profile.h"

int instrument_list(int argc, char **argv);
int instrument_show(int argc, char **argv);

/* Folder of a station's own profiles, as its configuration says; "" none (or no
 * configuration). */
const char *instrument_folder(const struct common *common, char out[PATH_MAX]);

/* The profile of a name, of the station's own folder before those that are shipped; a
 * part of its name or of what the type plate says ("CM442") will do, if only one has it.  OK or
 * problem with "did you mean". */
int instrument_find(struct profile **out, const char *word, const char *folder,
        struct problem *why);

/* Has its name, maker or type plate the word, from the beginning of a word on ("42i", "CM 442")? */
bool instrument_is(const struct profile *profile, const char *word);

/* "thermo-42i, ..." that are written nearly so; false: none is. */
bool instrument_nearest(const char *word, const char *folder, char *out, size_t room);

/* Everything a profile says, for people. */
void instrument_print(const struct profile *profile, bool vietnamese);

#endif
