/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cabinet's configuration and a collector's may be called alike and lie alike: their top
 * keys tell them apart. */
#ifndef BASE_WHOSE_H
#define BASE_WHOSE_H

#include "base/config.h"

enum whose { WHOSE_UNKNOWN, WHOSE_CABINET, WHOSE_COLLECTOR };

/* By a top key that only one of the two has, and none that only the other has. */
enum whose config_whose(const struct config *config);

/* Says into `report` that the document, read as `read_as`, is the other one's, and which
 * program reads it; nothing where it is not. */
void config_tell_whose(const struct config *config, enum whose read_as,
        const char *path, FILE *report);

#endif
