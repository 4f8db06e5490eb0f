/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Long options are written in full.  getopt takes any beginning that only one of them has, so
 * that --for of one command would be --format of another.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <argp.h>

/* The first word of argv that begins with "--" and is no option of `argp` nor of its children, up to
 * its '='; NULL: there is none.  *near: the option that may be meant, NULL: none. */
const char *options_unknown(
        const struct argp *argp, int argc, char **argv, const char **near);

#endif
